"""How a value has to be written in TOML that somebody has written in another way: `.5`, `1/2`, `True`, `relu`."""

from __future__ import annotations

import re
from fractions import Fraction

from symbackprop.wording import shortened

_OPENED_BY = {"]": "[", "}": "{"}
_DIGITS = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]*)(?:[.,](?P<decimals>[0-9]*))?")
_FRACTION = re.compile(r"(?P<above>[+-]?[0-9]{1,9})/(?P<below>[0-9]{1,9})")
_PERCENT = re.compile(r"(?P<number>[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?)%")
_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_PRINTED_MINUS = "\u2212"
_WORD = re.compile(r"[^\W\d]")
_CURLY = "\u201c\u201d\u201e\u2018\u2019\u201a\u300c\u300d"
_QUOTES = "\"'"
_MOST_PLACES = 12

POINT = "(numbers in the file take a point)"


def remedy_for(word: str) -> str | None:
    """Give how a value has to be written; None where nobody knows what is meant."""
    plain = word.replace(_PRINTED_MINUS, "-")
    remedy = _right_number(plain) if not _NUMBER.fullmatch(word) else None
    if remedy is not None:
        return remedy
    if plain.lower() in {"true", "false", "yes", "no"}:
        return "true or false, in small letters"
    if plain.lower() in {"null", "none", "nil"}:
        return "a value, or the line left out"
    if any(it in _CURLY for it in word):
        return f'straight quotes, "{shortened(word.strip(_CURLY))}"'
    if word.endswith(("]", "}")):
        return f"an opening {_OPENED_BY[word[-1]]} before it"
    if plain[:1].isdigit() or plain.startswith(("+", "-", ".")):
        return None if _NUMBER.fullmatch(word) else "a number such as 0.5 or 1e-3"
    if _WORD.match(word):
        return f'a number, or a text in quotes, "{shortened(word.strip(_QUOTES))}"'
    return None


def _right_number(plain: str) -> str | None:
    """A number as TOML wants it: with a point, and with digits on both sides of it; None for what is none."""
    if (digits := _DIGITS.fullmatch(plain)) and (digits["whole"] or digits["decimals"]):
        whole = f"{digits['sign']}{digits['whole'].lstrip('0') or '0'}"
        point = "" if digits["decimals"] is None else f".{digits['decimals'] or '0'}"
        return shortened(f"{whole}{point}") + (f" {POINT}" if "," in plain else "")
    if fraction := _FRACTION.fullmatch(plain):
        below = int(fraction["below"])
        short = _terminating(Fraction(int(fraction["above"]), below)) if below else None
        return f"a decimal number such as {short or '0.25'}"
    if percent := _PERCENT.fullmatch(plain):
        return f"a decimal number such as {_terminating(Fraction(percent['number']) / 100)}"
    return None


def _terminating(value: Fraction) -> str | None:
    """A decimal of a few places, where the fraction is one."""
    scaled = value * 10**_MOST_PLACES
    if scaled.denominator != 1:
        return None
    sign, digits = "-" if value < 0 else "", str(abs(scaled.numerator)).rjust(_MOST_PLACES + 1, "0")
    return f"{sign}{digits[:-_MOST_PLACES]}.{digits[-_MOST_PLACES:].rstrip('0') or '0'}"
