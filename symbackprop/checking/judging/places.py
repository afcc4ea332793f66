"""Lines and columns of offsets into a text."""

from __future__ import annotations

from bisect import bisect_right

from symbackprop.checking.verdicts import Place
from symbackprop.checking.work import Span


class Lines:
    """A text's lines, as far as places need them."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n")]

    def place(self, span: Span) -> Place:
        """The line and the column at which a stretch begins, counted from 1."""
        line = bisect_right(self._starts, span.start)
        return Place(line=line, column=span.start - self._starts[line - 1] + 1, span=span)
