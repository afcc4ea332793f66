"""From typed digits to exact numbers.

A numeral is kept as it was typed, but for what carries no meaning: a plus sign, underscores, a capital E,
the minus sign of a zero. Its length and its size are limited, so that no number can stall what is computed
from it.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from symbackprop.network import Given
from symbackprop.records import record
from symbackprop.wording import counted, quoted, shortened

MOST_DIGITS = 60
LARGEST_EXPONENT = 300
SHORT_ENOUGH = f"a number of at most {MOST_DIGITS} significant digits"

_DECIMAL = re.compile(r"([+-]?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?)([0-9]+))?")
_NOISE = str.maketrans({"+": None, "E": "e"})
_IN_RANGE = f"a number between 1e-{LARGEST_EXPONENT} and 1e{LARGEST_EXPONENT} in size"


class NumeralError(Exception):
    """A numeral that is none, or is beyond the limits; whoever knows its place says where it stands."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected = expected
        self.found = found
        super().__init__(f"expected {expected}, found {found}")


@record
class TypedFloat:
    """The digits of a TOML float, before anything is made of them: what `parse_float` gives."""

    digits: str


def read_float(typed: TypedFloat) -> Given:
    """Give the exact number that a TOML float means; raise `NumeralError` for NaN, infinity and excess."""
    return _read(typed.digits.replace("_", ""))


def read_integer(number: int) -> Given:
    """Give the exact number and its decimal digits; raise `NumeralError` if they are too many."""
    digits = str(number)
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise NumeralError(SHORT_ENOUGH, str(len(digits.lstrip("-"))))
    return Given(exact=Fraction(number), typed=digits)


def read_decimal(text: str) -> Given:
    """Give the exact number that a text such as `-0.0190` or `3.5e-5` means, or raise `NumeralError`."""
    plain = text.strip()
    if not _DECIMAL.fullmatch(plain):
        raise NumeralError('a decimal number such as "0.291027924"', f"the text {quoted(text)}")
    return _read(plain)


# The weights of a large network have few digits, which come again and again.
@lru_cache(maxsize=4096)
def _read(digits: str) -> Given:
    match = _DECIMAL.fullmatch(digits)
    if match is None:
        raise NumeralError("a number", shortened(digits))
    sign, whole, decimals, exponent_sign, exponent_digits = match.groups(default="")
    if not exponent_digits and len(digits) <= MOST_DIGITS:
        # Nearly all are like this: far from every limit, and with nothing to leave out but a sign.
        exact = Fraction(int(f"{sign}{whole}{decimals}"), 10 ** len(decimals))
        return Given(exact=exact, typed=digits.lstrip("+" if exact else "+-"))
    significant = (whole + decimals).lstrip("0")
    if len(significant or decimals) > MOST_DIGITS:
        raise NumeralError(SHORT_ENOUGH, str(len(significant or decimals)))
    exponent = exponent_digits.lstrip("0")
    # The exponent's length comes first: reading a very long one as an integer is refused by Python itself.
    if len(exponent) > len(str(LARGEST_EXPONENT)) or int(exponent or 0) > LARGEST_EXPONENT:
        raise NumeralError(_IN_RANGE, shortened(digits))
    typed = digits.translate(_NOISE)
    shift = int(f"{exponent_sign}{exponent or 0}") - len(decimals)
    if not significant:
        return Given(exact=Fraction(0), typed=typed.removeprefix("-"))
    if abs(len(significant) - 1 + shift) > LARGEST_EXPONENT:
        raise NumeralError(_IN_RANGE, shortened(digits))
    size = int(f"{sign}{significant}")
    exact = Fraction(size * 10**shift) if shift >= 0 else Fraction(size, 10**-shift)
    return Given(exact=exact, typed=typed)


def described(value: object) -> str:
    """Give the words by which an error message calls a value that a TOML file can hold."""
    match value:
        case bool():
            return "true" if value else "false"
        case TypedFloat():
            return shortened(value.digits)
        case int():
            return shortened(str(value))
        case str():
            return f"the text {quoted(value)}"
        case []:
            return "an empty list"
        case list():
            return f"a list of {counted(len(value), 'item')}"
        case dict():
            return "a table"
        case _:
            return "a date or a time"
