"""What a reader of formulas sees coming: words, rows of numbers, conditions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symbackprop.checking.reading.name_spelling import Spelling
from symbackprop.checking.reading.tokens import Kind, Token


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
