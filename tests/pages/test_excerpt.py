"""A line of somebody's text in a terminal: as much of it as there is room for, and carets under what is meant."""

from __future__ import annotations

import pytest

from symbackprop.pages.document import Excerpt, Tone
from symbackprop.pages.terminal import cells, excerpt


def lines(before: str, meant: str, after: str = "", *, columns: int = 40) -> list[str]:
    """Give the two lines of an excerpt."""
    return excerpt(Excerpt(number=7, before=before, meant=meant, after=after, tone=Tone.WRONG), columns)


def test_carets_stand_under_what_is_meant() -> None:
    assert lines("a = ", "b + c", " = d") == ["7 │ a = b + c = d", "  │     ^^^^^"]


def test_wide_characters_take_two_cells() -> None:
    assert lines("净输入 = ", "五") == ["7 │ 净输入 = 五", "  │          ^^"]


def test_what_is_missing_has_one_caret() -> None:
    assert lines("a = ", "") == ["7 │ a =", "  │     ^"]


@pytest.mark.parametrize("letter", ["x", "字"])
@pytest.mark.parametrize(
    ("before", "meant", "after"), [(90, 3, 0), (0, 3, 90), (90, 3, 90), (0, 90, 0), (90, 90, 90), (20, 30, 5)]
)
def test_a_long_line_is_cut_to_the_room_there_is(letter: str, before: int, meant: int, after: int) -> None:
    text, carets = lines(letter * before, "m" * meant, letter * after)
    assert cells(text) <= 40
    assert cells(carets) <= 40
    start = carets.index("^")
    assert cells(text[: text.index("m")]) == start
    if meant < 30:
        assert carets[start:] == "^" * meant
