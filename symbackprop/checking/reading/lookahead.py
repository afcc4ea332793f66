"""What a reader of formulas sees coming: powers of ten beside a number, words, rows of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symbackprop.checking.reading.name_spelling import Spelling
from symbackprop.checking.reading.tokens import Kind, Token


def power_of_ten(scan: Spelling, at: int) -> tuple[int, int]:
    """The exponent of a power of ten that a number before is multiplied by, or 0, and where what follows begins."""
    times = scan.kind(at) is Kind.OPERATOR and scan.text(at) == "*" and scan.kind(at + 1) is Kind.NUMBER
    if not times or scan.text(at + 1) != "10" or scan.kind(at + 2) not in (Kind.SUP, Kind.POWER):
        return 0, at
    here = at + 3
    close = scan.partner.get(here) if scan.kind(here) is Kind.OPEN else None
    inside = range(here + 1, close) if close is not None else range(here, min(here + 2, len(scan.tokens)))
    text = ""
    for index in inside:
        token = scan.tokens[index]
        if not (token.kind is Kind.NUMBER or (token.kind is Kind.OPERATOR and token.text in "+-" and not text)):
            break
        text += token.text
        here = index + 1
        if token.kind is Kind.NUMBER:
            break
    if not text.lstrip("+-").isdigit() or (close is not None and here != close) or len(text) > _LONGEST_EXPONENT:
        return 0, at
    return int(text), here if close is None else close + 1


_LONGEST_EXPONENT = 12


def is_word(scan: Spelling, at: int, word: str) -> bool:
    """Whether that word of plain text stands at a position by itself, letter by letter."""
    if scan.latex or scan.text(at) != word[0] or scan.tokens[at].glued:
        return False
    end = at + len(word)
    letters = scan.tokens[at:end]
    whole = [it.text for it in letters] == list(word) and all(it.glued for it in letters[1:])
    return whole and not (end < len(scan.tokens) and scan.tokens[end].glued)


def is_row_of_numbers(tokens: Sequence[Token], inside: Iterable[int]) -> bool:
    """Whether nothing but numbers stand side by side in brackets: (1 0 -1)."""
    return all(_is_of_row(tokens, at) for at in inside)


def _is_of_row(tokens: Sequence[Token], at: int) -> bool:
    token, before = tokens[at], tokens[at - 1]
    parted = before.kind is Kind.OPEN or not token.glued
    sign = token.kind is Kind.OPERATOR and token.text == "-" and parted and tokens[at + 1].glued
    return sign or (token.kind is Kind.NUMBER and (before.kind is not Kind.NUMBER or not token.glued))


def holds_condition(scan: Spelling, at: int) -> bool:
    """Whether the bracket at a position holds cases: `{net > 0: net; net <= 0: 0}`."""
    if not scan.is_open(at, "{"):
        return False
    here = at + 1
    while here < scan.partner[at] and scan.kind(here) is not Kind.COMPARISON:
        here = scan.partner.get(here, here) + 1 if scan.kind(here) is Kind.OPEN else here + 1
    return here < scan.partner[at]
