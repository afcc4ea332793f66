"""Formulas as laid out on a page: the tree that the printers of the dialects share.

What may stand for a quantity has `of`, its id, for pages that follow quantities; that makes no difference to its looks.
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import Enum

from symbackprop.records import record


class Operator(Enum):
    """A sign between two layouts, or before one."""

    PLUS = "plus"
    MINUS = "minus"
    NEGATIVE = "negative"
    DOT = "dot"
    BESIDE = "beside"
    SLASH = "slash"
    EQUALS = "equals"
    APPROXIMATELY = "approximately"
    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"
    AT_MOST = "at_most"
    HADAMARD = "hadamard"
    TIMES = "times"


@record
class Symbol:
    """A variable's letter or word (`w`, `net`), a Greek letter by its name (`delta`), or an upright word.

    A bold one stands for a vector.
    """

    text: str
    upright: bool = False
    bold: bool = False
    of: str = field(default="", compare=False)


@record
class Number:
    """Decimal digits as they are printed, with a sign and an exponent if there is one: `-1.25e-7` or `-1,25e-7`."""

    digits: str
    of: str = field(default="", compare=False)


@record
class Row:
    """Layouts side by side."""

    parts: tuple[Layout | Operator, ...]
    of: str = field(default="", compare=False)


class Mark(Enum):
    """What may stand over a letter."""

    HAT = "hat"
    BAR = "bar"


@record
class Accent:
    """A letter with a mark over it."""

    body: Symbol
    mark: Mark
    of: str = field(default="", compare=False)


class Fence(Enum):
    """What encloses a layout."""

    ROUND = "()"
    SQUARE = "[]"


@record
class Fenced:
    """A layout in parentheses, or in brackets."""

    body: Layout
    fence: Fence = Fence.ROUND


@record
class Fraction:
    """A numerator over a denominator; `small` ones are numbers such as 1/2."""

    numerator: Layout
    denominator: Layout
    small: bool = False
    of: str = field(default="", compare=False)


@record
class Script:
    """A base with a subscript, a superscript, or both."""

    base: Layout
    sub: Layout | None = None
    sup: Layout | None = None
    of: str = field(default="", compare=False)


@record
class Summation:
    """The sign of a sum over an index, before its body."""

    index: Layout
    body: Layout


@record
class Root:
    """A layout under the sign of a square root."""

    body: Layout


@record
class Bars:
    """A layout between the bars of an absolute value."""

    body: Layout


@record
class Applied:
    """A function's name before its argument, which brings its own parentheses or goes without: log out, Φ(net)."""

    function: Symbol
    argument: Layout


@record
class Choice:
    """Values, each with the condition under which it is taken, one below the other after a brace."""

    rows: tuple[tuple[Layout, Layout], ...]


class Dots(Enum):
    """Dots in a matrix, for the columns, the rows, or the corner that are left out."""

    ACROSS = "across"
    DOWN = "down"
    SLANTED = "slanted"


@record
class Matrix:
    """Rows of equally many entries in tall parentheses. A vector is a matrix with one column."""

    rows: tuple[tuple[Layout, ...], ...]


@record
class Under:
    """A layout with a small one centred below it: a matrix's name over its dimensions."""

    body: Layout
    label: Layout


Layout = (
    Symbol
    | Accent
    | Number
    | Row
    | Fenced
    | Fraction
    | Script
    | Summation
    | Root
    | Bars
    | Applied
    | Choice
    | Dots
    | Matrix
    | Under
)


def in_line(layout: Layout) -> Layout:
    """The layout for a line of words or a table's cell, where derivatives are written with a slash."""
    match layout:
        case Fraction(numerator=Row(parts=above), denominator=Row(parts=below), small=False):
            return Row((*above, Operator.SLASH, *below), of=layout.of)
        case Row(parts=parts):
            flat = (part if isinstance(part, Operator) else in_line(part) for part in parts)
            return replace(relate(*flat), of=layout.of)
        case _:
            return layout


def relate(*parts: Layout | Operator) -> Row:
    """Layouts and relation signs in one line, nested rows opened up, unless they stand for a quantity."""
    flat: list[Layout | Operator] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Row) and not part.of else (part,))
    return Row(tuple(flat))


def standing_for(layout: Layout, id_: str) -> Layout:
    """The layout as that of a quantity."""
    match layout:
        case Symbol() | Number() | Row() | Accent() | Fraction() | Script():
            return replace(layout, of=id_)
        case _:
            return layout
