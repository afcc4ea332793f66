"""The golden fixture itself: it must see every difference, and say what to do about it; and which cases always run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import SHOWN_LINES, golden_difference
from tests.sampling import one_of_each


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


def test_of_a_grid_each_value_is_chosen_in_as_few_cases_as_its_longest_side() -> None:
    grid = [(name, lang, detail) for name in "abc" for lang in ("en", "zh") for detail in ("full", "brief")]
    chosen = [grid[place] for place in one_of_each(grid)]
    assert chosen == [("a", "en", "full"), ("b", "zh", "brief"), ("c", "en", "full")]


def test_of_rows_each_value_is_chosen() -> None:
    rows = [("mazur", "w1"), ("mazur", "w1"), ("deep", "w1"), ("deep", "w2"), ("mazur", "w2")]
    chosen = [rows[place] for place in one_of_each(rows)]
    assert chosen == [("mazur", "w1"), ("deep", "w2")]


def test_of_no_cases_none_is_chosen() -> None:
    assert one_of_each([]) == []
    assert one_of_each([(), ()]) == []


@pytest.mark.one_of_each("lang")
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_case_that_repeats_others_is_slow(number: int, lang: str, request: pytest.FixtureRequest) -> None:
    assert (request.node.get_closest_marker("slow") is None) is (number == 1), lang
