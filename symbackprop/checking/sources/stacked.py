"""Fractions that stand over several lines of text, read back into one line.

A formula's own line is the one with the equals sign. A bar in it has its numerator above and its denominator below;
both may have bars of their own. A block in which anything else is stacked, as a matrix, is left out.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from symbackprop.checking.sources.plain_lines import REMARK, SIGN
from symbackprop.checking.sources.snippet import Snippet

_BAR = re.compile(r"[─—]{2,}|(?<!\S)-{3,}(?!\S)")
_TALL = re.compile(r"[⎛⎜⎝⎞⎟⎠⎡⎢⎣⎤⎥⎦⎧⎨⎩⎪]")
_FENCES = str.maketrans("⎛⎜⎝⎞⎟⎠", "((()))")
_MOST_LINES = 60
_LONGEST_LINE = 2000
_DEEPEST = 8


class _NotStackedError(Exception):
    """Something is neither beside the sign nor above or below a bar."""


def in_one_line(lines: Iterable[Snippet]) -> Iterator[Snippet]:
    """The lines of a text; of blocks with stacked fractions, the formulas as lines of their own."""
    block: list[Snippet] = []
    for line in lines:
        if line.text.strip():
            block.append(line)
            continue
        yield from _block(block)
        block = []
        yield line
    yield from _block(block)


def _block(lines: list[Snippet]) -> Iterator[Snippet]:
    if not any(_is_stacked(line.text) for line in lines):
        yield from lines
        return
    if len(lines) > _MOST_LINES or max(len(line.text) for line in lines) > _LONGEST_LINE:
        return
    try:
        yield from _Grid(lines).formulas()
    except _NotStackedError:
        return


def _is_stacked(text: str) -> bool:
    """Whether a line needs the lines around it to be read."""
    return bool(_TALL.search(text) or (_BAR.search(text) and SIGN.search(text)))


class _Grid:
    """A block of text by rows and columns. Each character is read once."""

    def __init__(self, lines: Sequence[Snippet]) -> None:
        width = max(len(line.text) for line in lines)
        self._lines = lines
        self._rows = [line.text.ljust(width) for line in lines]
        self._left = [set(_columns(row)) for row in self._rows]

    def formulas(self) -> list[Snippet]:
        """The formulas, each in one line; raises an error where something is left that none has read."""
        own = [number for number, row in enumerate(self._rows) if SIGN.search(row)]
        found = [self._formula(number) for number in own]
        open_ = 0
        for number, row in enumerate(self._rows):
            if self._left[number] and not open_ and not REMARK.match(row):
                raise _NotStackedError
            if self._left[number]:
                open_ = max(0, open_ + sum(map(row.count, "(（")) - sum(map(row.count, ")）")))
        return found

    def _formula(self, row: int) -> Snippet:
        cells = list(self._read(row, 0, len(self._rows[row]), 0))
        text = "".join(character for character, _ in cells)
        return replace(self._lines[row], text=text, origin=array("L", (place for _, place in cells)))

    def _read(self, row: int, start: int, end: int, depth: int) -> Iterator[tuple[str, int]]:
        """The characters of a stretch of a row, with those above and below its bars, and their places."""
        if depth > _DEEPEST:
            raise _NotStackedError
        text, column = self._rows[row], start
        while column < end:
            bar = _BAR.match(text, column)
            if bar is None:
                yield self._take(row, column)
                column += 1
                continue
            left, right = bar.start(), min(bar.end(), end)
            place = self._place(row, left)
            self._left[row].difference_update(range(left, right))
            yield "(", place
            yield from self._part(row, -1, left, right, depth)
            for character in ")/(":
                yield character, place
            yield from self._part(row, 1, left, right, depth)
            yield ")", place
            column = right

    def _take(self, row: int, column: int) -> tuple[str, int]:
        character = self._rows[row][column]
        self._left[row].discard(column)
        if character in "⎛⎜⎝⎞⎟⎠":
            self._take_fence(row, column)
        elif _TALL.match(character):
            raise _NotStackedError
        return character.translate(_FENCES), self._place(row, column)

    def _take_fence(self, row: int, column: int) -> None:
        """All of a tall parenthesis."""
        top, bottom = ("⎛", "⎝") if self._rows[row][column] in "⎛⎜⎝" else ("⎞", "⎠")
        for step, last in ((-1, top), (1, bottom)):
            number = row
            while self._rows[number][column] != last:
                number += step
                if not 0 <= number < len(self._rows) or not _TALL.match(self._rows[number][column]):
                    raise _NotStackedError
                self._left[number].discard(column)

    def _part(self, bar: int, step: int, start: int, end: int, depth: int) -> Iterator[tuple[str, int]]:
        """What stands above a bar or below it: the row next to it, or the row of the next bar there."""
        rows = []
        number = bar + step
        while 0 <= number < len(self._rows) and self._has_more(number, start, end):
            rows.append(number)
            number += step
        own = [it for it in rows if _BAR.search(self._rows[it], start, end)] or rows[:1]
        if not own:
            raise _NotStackedError
        widest = max(own, key=lambda it: max((len(bar) for bar in _BAR.findall(self._rows[it][start:end])), default=0))
        part = list(self._read(widest, start, end, depth + 1))
        first = next((it for it, (character, _) in enumerate(part) if character != " "), 0)
        last = max((it for it, (character, _) in enumerate(part) if character != " "), default=-1)
        yield from part[first : last + 1]

    def _has_more(self, row: int, start: int, end: int) -> bool:
        return any(column in self._left[row] for column in range(start, end)) and not SIGN.search(self._rows[row])

    def _place(self, row: int, column: int) -> int:
        origin = self._lines[row].origin
        if not origin:
            return 0
        return origin[min(column, len(origin) - 1)]


def _columns(row: str) -> Iterator[int]:
    return (column for column, character in enumerate(row) if character != " ")
