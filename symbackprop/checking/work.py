"""Somebody's work as it was read: chains of formulas and figures, each with the place where it stands.

What a member of a chain means is kept apart from where it stands: its formula has numbered leaves, and each leaf
knows its place in the text and what it may name. So a leaf can be exchanged, and the formula asked again.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from symbackprop.checking.snags import Why
from symbackprop.records import record
from symbackprop.typeset.formula import Formula


@record(kw_only=True)
class Span:
    """A stretch of a text, from one offset up to another."""

    start: int
    end: int


@record(kw_only=True)
class Figure:
    """A number as it was typed, without its sign: `0.0822`, `1.2e-3`, `1.2 * 10^-3`.

    `decimals` is the place of its last digit: 4 for 0.0822, 4 for 1.2e-3, -2 for 1.2e3; `significant` counts its
    digits from the first that isn't 0.
    """

    value: Fraction
    typed: str
    decimals: int
    significant: int

    @property
    def unit(self) -> Fraction:
        """One in its last digit."""
        return _unit(self.decimals)

    @property
    def has_power(self) -> bool:
        """Whether it was typed with a power of ten."""
        return not {"e", "E", "^"}.isdisjoint(self.typed)


@lru_cache(maxsize=256)
def _unit(decimals: int) -> Fraction:
    return Fraction(10) ** -decimals


@record(kw_only=True)
class Leaf:
    """A figure or a name in a formula, as it was typed.

    `ids` are the quantities that the name can mean, the likeliest first, each perhaps with its rounds (`w1@3`). A name
    that no quantity of this network has, and a figure, have none.
    """

    text: str
    span: Span
    figure: Figure | None = None
    ids: tuple[str, ...] = ()


class Gap(StrEnum):
    """Why a member of a chain can't be judged."""

    GENERAL = "general"
    UNKNOWN = "unknown"
    UNREAD = "unread"


@record(kw_only=True)
class Trouble:
    """What kept a member from being judged, and where."""

    gap: Gap
    span: Span
    why: Why


@record(kw_only=True)
class Member:
    """One side of an equals sign.

    `formula` has a `Quantity` with the number of a leaf ("0", "1", ...) wherever a name or a figure stands, from
    left to right, each once; None where `trouble` says why it can't be judged. `approximate` says that the sign before
    it was an approximate one.
    """

    text: str
    span: Span
    formula: Formula | None
    leaves: tuple[Leaf, ...] = ()
    trouble: Trouble | None = None
    approximate: bool = False


@record(kw_only=True)
class Chain:
    """Members that are said to be equal, from left to right: `quantity = formula = with numbers = value`.

    `ids` are the quantities that the first member names, if it names one by itself.
    """

    members: tuple[Member, ...]
    ids: tuple[str, ...] = ()


@record(kw_only=True)
class Work:
    """All that was read of one text, in its order. `name` is the file's, as a report gives it."""

    name: str
    text: str
    chains: tuple[Chain, ...]
