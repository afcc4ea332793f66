"""How people say of a name that its value after the update is meant: `w5 new = ..`, `new w5 = ..`, `w5* = ..`."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.checking.reading.tokens import Kind, Token

_WORDS = frozenset({"new", "updated"})
_IN_NAMES = (Kind.LETTER, Kind.WORD, Kind.NUMBER, Kind.SUB, Kind.OPEN, Kind.CLOSE)
_BEFORE = (Kind.ROW, Kind.COMMA, Kind.RELATION, Kind.COLUMN, Kind.ARROW)
_LONGEST_NAME = 16
_BEGINNINGS = frozenset("nNuU(^*")
"""Of the words, with parentheses or without, and of stars."""


def with_updates(tokens: list[Token]) -> list[Token]:
    """The tokens with the mark of an update in place of such words and signs."""
    found: list[Token] = []
    at = 0
    late: dict[int, Token] = {}
    while at < len(tokens):
        token = tokens[at]
        if at in late:
            found.append(late.pop(at))
        if token.kind is not Kind.WORD and token.text not in _BEGINNINGS:
            found.append(token)
            at += 1
            continue
        stop = _word_end(tokens, at)
        relation = _relation_after(tokens, stop) if stop > at else None
        if stop > at and found and _ends(tokens, stop) and found[-1].kind in _IN_NAMES:
            found.append(_mark(token.start, tokens[stop - 1].end))
            at = stop
        elif relation is not None and (not found or found[-1].kind in _BEFORE):
            late[relation] = _mark(tokens[relation - 1].end, tokens[relation - 1].end)
            at = stop
        elif found and _is_raised_star(tokens, at):
            found.append(_mark(token.start, tokens[at + 3].end))
            at += 4
        elif _is_star(tokens, at):
            if found[-1].kind is Kind.SUP:
                found.pop()
            found.append(_mark(token.start, token.end))
            at += 1
        else:
            found.append(token)
            at += 1
    return found


def _mark(start: int, end: int) -> Token:
    return Token(Kind.PRIME, "'", start, end, glued=True)


def _word_end(tokens: Sequence[Token], at: int) -> int:
    """Where a word that speaks of the update ends, parentheses around it included; `at` itself if none begins there."""
    token = tokens[at]
    if token.kind is Kind.OPEN and token.text == "(":
        stop = _word_end(tokens, at + 1) if at + 1 < len(tokens) and tokens[at + 1].kind is not Kind.OPEN else at + 1
        closed = stop > at + 1 and stop < len(tokens) and tokens[stop].kind is Kind.CLOSE
        return stop + 1 if closed else at
    if token.kind is Kind.WORD:
        return at + 1 if token.text.strip().lower() in _WORDS else at
    if token.kind is not Kind.LETTER or token.text not in ("n", "N", "u", "U"):
        return at
    stop = at + 1
    while stop < len(tokens) and tokens[stop].kind is Kind.LETTER and tokens[stop].glued and stop < at + _LONGEST_NAME:
        stop += 1
    word = "".join(it.text for it in tokens[at:stop]).lower()
    parted = at == 0 or not token.glued or tokens[at - 1].kind in (*_BEFORE, Kind.OPEN)
    return stop if word in _WORDS and parted else at


def _ends(tokens: Sequence[Token], at: int) -> bool:
    return at >= len(tokens) or tokens[at].kind in (Kind.RELATION, Kind.COLUMN)


def _relation_after(tokens: Sequence[Token], at: int) -> int | None:
    """Where the relation behind the lone name at a position stands."""
    stop = at
    while stop < len(tokens) and stop < at + _LONGEST_NAME and tokens[stop].kind in _IN_NAMES:
        stop += 1
    while stop > at and stop < len(tokens) and tokens[stop].kind is Kind.COLUMN:
        stop += 1
    named = at < stop < len(tokens) and tokens[stop].kind is Kind.RELATION
    return stop if named and tokens[at].kind in (Kind.LETTER, Kind.WORD) else None


def _is_raised_star(tokens: Sequence[Token], at: int) -> bool:
    """Whether `^{*}` stands at a position."""
    if tokens[at].kind is not Kind.SUP:
        return False
    kinds = (Kind.SUP, Kind.OPEN, Kind.OPERATOR, Kind.CLOSE)
    return tuple(it.kind for it in tokens[at : at + 4]) == kinds and tokens[at + 2].text == "*"


def _is_star(tokens: Sequence[Token], at: int) -> bool:
    """Whether a star stands raised on a name, right before a relation: as w5* or w_5^* does."""
    token = tokens[at]
    if token.kind is not Kind.OPERATOR or token.text != "*" or at == 0 or not token.glued:
        return False
    before = tokens[at - 1].kind
    following = tokens[at + 1].kind if at + 1 < len(tokens) else None
    return before in (*_IN_NAMES, Kind.SUP) and following in (Kind.RELATION, Kind.COLUMN)
