"""A number as somebody typed it, to its exact value and the place of its last digit."""

from __future__ import annotations

import re
from fractions import Fraction

from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.work import Figure

MOST_DIGITS = 1_000
LARGEST_EXPONENT = 10_000

_POINT = re.compile(r"\.[0-9]")
_COMMA = re.compile(r"(?:,|\{,\})[0-9]")
_STRAY = re.compile(r"[0-9]+(?:,|\{,\})[0-9]+")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,|\{,\})[0-9]{3}")
_NOUGHT = re.compile(r"0[,{]")
_NO_DIGIT = re.compile(r"[^0-9]+")


class FigureError(ValueError):
    """A number of more digits, or with a larger exponent, than anybody prints, or with a comma for its point."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.snag.value)


def read_figure(digits: str, typed: str, *, decimal_comma: bool, exponent: int = 0) -> Figure:
    """The number that digits mean, perhaps parted in groups; `exponent` is that of a power of ten beside them.

    A nought and a comma begin a decimal number in any work: 0,3775 groups no digits.

    Raises FigureError.
    """
    mantissa, _, power = digits.lower().partition("e")
    if not decimal_comma and _STRAY.fullmatch(mantissa) and not _THOUSANDS.fullmatch(mantissa):
        if not _NOUGHT.match(mantissa):
            raise FigureError(Why(Snag.DECIMAL_POINT))
        decimal_comma = True
    if not decimal_comma and mantissa.count(".") > 1:
        raise FigureError(Why(Snag.TWO_POINTS))
    whole, point, fraction = mantissa.partition(".")
    if not (whole.isdecimal() and whole.isascii() and (not point or (fraction.isdecimal() and fraction.isascii()))):
        whole, fraction = _parted(mantissa, decimal_comma=decimal_comma)
    if len(whole) + len(fraction) > MOST_DIGITS:
        raise FigureError(Why(Snag.DIGITS, limit=MOST_DIGITS))
    if len(power.lstrip("+-0")) > len(str(LARGEST_EXPONENT)):
        raise FigureError(Why(Snag.EXPONENT, limit=LARGEST_EXPONENT))
    shift = int(power or 0) + exponent
    if abs(shift) > LARGEST_EXPONENT:
        raise FigureError(Why(Snag.EXPONENT, limit=LARGEST_EXPONENT))
    decimals = len(fraction) - shift
    return Figure(
        value=Fraction(int(whole + fraction) * 10 ** max(0, -decimals), 10 ** max(0, decimals)),
        typed=typed,
        decimals=decimals,
        significant=len((whole + fraction).lstrip("0")),
    )


def _parted(mantissa: str, *, decimal_comma: bool) -> tuple[str, str]:
    """The digits before and after the decimal sign."""
    signs = [*(_COMMA if decimal_comma else _POINT).finditer(mantissa)]
    if decimal_comma and not signs:
        signs = [*_POINT.finditer(mantissa)]
    if not signs:
        return _NO_DIGIT.sub("", mantissa) or "0", ""
    at = signs[-1].start()
    return _NO_DIGIT.sub("", mantissa[:at]) or "0", _NO_DIGIT.sub("", mantissa[at:])
