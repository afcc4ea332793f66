"""The golden fixture itself: it must see every difference, and say what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import SHOWN_LINES, golden_difference


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_bytes(b"first\nsecond\n")
    return path


def test_the_same_text_has_no_difference(stored: Path) -> None:
    assert golden_difference(stored, "first\nsecond\n") == ""


def test_a_changed_line_is_shown_with_its_sign(stored: Path) -> None:
    difference = golden_difference(stored, "first\nthird\n")
    assert "-second" in difference.splitlines()
    assert "+third" in difference.splitlines()


@pytest.mark.parametrize("text", ["first\nsecond", "first\r\nsecond\r\n"])
def test_line_endings_count(stored: Path, text: str) -> None:
    assert "line endings" in golden_difference(stored, text)


def test_a_missing_file_is_a_difference(tmp_path: Path) -> None:
    assert "no page.md yet" in golden_difference(tmp_path / "page.md", "text")


def test_a_long_difference_is_cut(stored: Path) -> None:
    difference = golden_difference(stored, "new\n" * 1000)
    assert len(difference.splitlines()) == SHOWN_LINES + 1
    assert "only the first" in difference.splitlines()[-1]
