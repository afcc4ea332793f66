"""The rows of a ledger as text: each calculation's layout is printed once for each way its signs fall.

Thousands of rows differ in their digits alone. Printing a layout takes fifty times as long as putting digits into
one that was printed before with gaps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from symbackprop.pages.document import Digits, Ledger, Setting
from symbackprop.typeset.layout import Layout

Print = Callable[[Layout], str]
"""A dialect's printer."""

_FIRST_GAP = 0xE000
_GAP = re.compile("([\ue000-\uf8ff])")


def ledger_rows(ledger: Ledger, printed: Print, printed_digits: Callable[[str], str]) -> Iterator[list[str]]:
    """The cells of each row, as one dialect prints them; `printed_digits` are the digits of a number in it."""
    columns = [_Column(setting, printed, printed_digits) for setting in ledger.settings]
    for row in ledger.rows:
        yield [column.cell(cell) for column, cell in zip(columns, row, strict=True)]


class _Column:
    """One column, and the calculations that were printed for it with gaps."""

    def __init__(self, setting: Setting | None, printed: Print, printed_digits: Callable[[str], str]) -> None:
        self._setting = setting
        self._printed = printed
        self._printed_digits = printed_digits
        self._with_gaps: dict[tuple[object, ...], list[str]] = {}

    def cell(self, cell: Layout | Digits) -> str:
        """The text of one cell."""
        if not isinstance(cell, Digits):
            return self._printed(cell)
        assert self._setting is not None
        if any("e" in digits for digits in cell.digits):
            # An exponent is printed by itself, not digit by digit.
            return self._printed(self._setting(cell))
        shape = (cell.exact, *[digits[0] == "-" for digits in cell.digits])
        parts = self._with_gaps.get(shape)
        if parts is None:
            parts = self._with_gaps[shape] = self._print_with_gaps(cell, self._setting)
        filled = parts.copy()
        for place in range(1, len(parts), 2):
            digits = cell.digits[ord(parts[place]) - _FIRST_GAP].lstrip("-")
            # Digits with a point are printed as they are in every dialect; a comma may not be.
            filled[place] = self._printed_digits(digits) if "," in digits else digits
        return "".join(filled)

    def _print_with_gaps(self, cell: Digits, setting: Setting) -> list[str]:
        """The text between the gaps, and at each odd place the character that stands for a number."""
        gaps = (chr(_FIRST_GAP + number) for number in range(len(cell.digits)))
        digits = tuple(f"-{gap}" if typed[0] == "-" else gap for gap, typed in zip(gaps, cell.digits, strict=True))
        return _GAP.split(self._printed(setting(Digits(digits, cell.exact))))
