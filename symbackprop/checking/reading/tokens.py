"""Tokens: the signs, letters and numbers of a formula, each with the place where it stands in the whole text."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, StrEnum
from typing import NamedTuple

MOST_TOKENS = 200_000


class Dialect(StrEnum):
    """How a formula is written."""

    LATEX = "latex"
    PLAIN = "plain"


class Kind(Enum):
    """What a token is."""

    NUMBER = "number"
    LETTER = "letter"
    WORD = "word"
    OPERATOR = "operator"
    POWER = "power"
    RELATION = "relation"
    COMPARISON = "comparison"
    ARROW = "arrow"
    COMMA = "comma"
    OPEN = "open"
    CLOSE = "close"
    BAR = "bar"
    SUB = "sub"
    SUP = "sup"
    PRIME = "prime"
    AT = "at"
    COMMAND = "command"
    ACCENT = "accent"
    NOTE = "note"
    MATRIX = "matrix"
    ELLIPSIS = "ellipsis"
    COLUMN = "column"
    ROW = "row"
    BEGIN = "begin"
    END = "end"
    ODD = "odd"


class Token(NamedTuple):
    """A sign, a letter, a number. `text` is what it comes to; `glued` says that nothing parts it from the one before.

    `made` tells tokens that stand for a raised or lowered character of Unicode. There are almost as many tokens as
    characters, and a tuple is made in a third of the time of a record.
    """

    kind: Kind
    text: str
    start: int
    end: int
    glued: bool
    made: bool = False


class TooLongError(Exception):
    """More tokens than anybody's formula has, from this offset on."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(f"more than {MOST_TOKENS} tokens")


def pairs_of(tokens: Sequence[Token]) -> tuple[dict[int, int], int | None]:
    """Where each bracket has its other half, and the first that has none."""
    partner: dict[int, int] = {}
    open_: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind is Kind.OPEN:
            open_.append(index)
        elif token.kind is Kind.CLOSE:
            if not open_ or (tokens[open_[-1]].text == "{") is not (token.text == "}"):
                return partner, index
            partner[open_[-1]] = index
            partner[index] = open_.pop()
    return partner, open_[-1] if open_ else None
