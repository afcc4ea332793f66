"""Formulas as laid out on a page: the tree that the printers of the dialects share.

Signs, parentheses and multiplication dots are decided here and nowhere else, after it is known whether a
quantity shows its name or its value: `0.055 + (-0.019)`, never `0.055 + -0.019`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from symbackprop.typeset.formula import (
    Abs,
    Apply,
    Cases,
    Comparison,
    Condition,
    Constant,
    Elementary,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    SumOver,
    opposite,
)


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


@dataclass(frozen=True, slots=True)
class Symbol:
    """A variable's letter or word (`w`, `net`), a Greek letter by its name (`delta`), or an upright word.

    A bold one stands for a vector.
    """

    text: str
    upright: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """Decimal digits as they are printed, with a sign and an exponent if there is one: `-1.25e-7` or `-1,25e-7`."""

    digits: str


@dataclass(frozen=True, slots=True)
class Row:
    """Layouts side by side."""

    parts: tuple[Layout | Operator, ...]


class Mark(Enum):
    """What may stand over a letter."""

    HAT = "hat"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class Accent:
    """A letter with a mark over it."""

    body: Symbol
    mark: Mark


class Fence(Enum):
    """What encloses a layout."""

    ROUND = "()"
    SQUARE = "[]"


@dataclass(frozen=True, slots=True)
class Fenced:
    """A layout in parentheses, or in brackets."""

    body: Layout
    fence: Fence = Fence.ROUND


@dataclass(frozen=True, slots=True)
class Fraction:
    """A numerator over a denominator; `small` ones are numbers such as 1/2."""

    numerator: Layout
    denominator: Layout
    small: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """A base with a subscript, a superscript, or both."""

    base: Layout
    sub: Layout | None = None
    sup: Layout | None = None


@dataclass(frozen=True, slots=True)
class Summation:
    """The sign of a sum over an index, before its body."""

    index: Layout
    body: Layout


@dataclass(frozen=True, slots=True)
class Root:
    """A layout under the sign of a square root."""

    body: Layout


@dataclass(frozen=True, slots=True)
class Bars:
    """A layout between the bars of an absolute value."""

    body: Layout


@dataclass(frozen=True, slots=True)
class Applied:
    """A function's name before its argument, which brings its own parentheses or goes without: log out, Φ(net)."""

    function: Symbol
    argument: Layout


@dataclass(frozen=True, slots=True)
class Choice:
    """Values, each with the condition under which it is taken, one below the other after a brace."""

    rows: tuple[tuple[Layout, Layout], ...]


class Dots(Enum):
    """Dots in a matrix, for the columns, the rows, or the corner that are left out."""

    ACROSS = "across"
    DOWN = "down"
    SLANTED = "slanted"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of equally many entries in tall parentheses. A vector is a matrix with one column."""

    rows: tuple[tuple[Layout, ...], ...]


@dataclass(frozen=True, slots=True)
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

Show = Callable[[str], Layout]
"""How a quantity's id is shown: by its name in some notation, or by its value."""


def arrange(formula: Formula, show: Show) -> Layout:
    """The layout of a formula, each of its quantities shown by `show`."""
    match formula:
        case Constant(value=value):
            sign = "-" if value < 0 else ""
            if value.denominator == 1:
                return Number(f"{sign}{abs(value)}")
            small = Fraction(Number(f"{abs(value.numerator)}"), Number(f"{value.denominator}"), small=True)
            return Row((Operator.NEGATIVE, small)) if sign else small
        case Quantity(id=id_):
            return show(id_)
        case Sum(terms=(single,)) | Product(factors=(single,)):
            return arrange(single, show)
        case Sum(terms=terms):
            return _arrange_sum(terms, show)
        case Product(factors=factors):
            return _arrange_product(factors, show)
        case Negative(body=body):
            return Row((Operator.NEGATIVE, _fence_operand(arrange(body, show))))
        case Quotient(numerator=numerator, denominator=denominator):
            return Fraction(arrange(numerator, show), arrange(denominator, show))
        case Power(base=base, exponent=exponent):
            return Script(_fence_base(arrange(base, show)), sup=arrange(exponent, show))
        case Exp(exponent=exponent):
            return Script(Symbol("e"), sup=arrange(exponent, show))
        case Apply(function=function, argument=argument):
            return _arrange_function(function, arrange(argument, show))
        case Sqrt(body=body):
            return Root(arrange(body, show))
        case Abs(body=body):
            return Bars(arrange(body, show))
        case Cases(condition=condition, then=then, otherwise=otherwise):
            rows = ((then, condition), (otherwise, opposite(condition)))
            return Choice(tuple((arrange(value, show), arrange_condition(when, show)) for value, when in rows))
        case SumOver(index=index, body=body):
            return Summation(show(index), _fence_operand(arrange(body, show)))


def in_line(layout: Layout) -> Layout:
    """The layout for a line of words or a table's cell, where derivatives are written with a slash."""
    match layout:
        case Fraction(numerator=Row(parts=above), denominator=Row(parts=below), small=False):
            return Row((*above, Operator.SLASH, *below))
        case Row(parts=parts):
            flat = (part if isinstance(part, Operator) else in_line(part) for part in parts)
            return relate(*flat)
        case _:
            return layout


def relate(*parts: Layout | Operator) -> Row:
    """Layouts and relation signs in one line, nested rows opened up."""
    flat: list[Layout | Operator] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Row) else (part,))
    return Row(tuple(flat))


_FUNCTIONS = {
    Elementary.LOG: Symbol("log", upright=True),
    Elementary.TANH: Symbol("tanh", upright=True),
    Elementary.SIGMOID: Symbol("sigma"),
    Elementary.NORMAL_CDF: Symbol("Phi"),
    Elementary.NORMAL_PDF: Symbol("phi"),
    Elementary.SIGN: Symbol("sign", upright=True),
}
_OFTEN_BARE = {Elementary.LOG, Elementary.TANH}


def _arrange_function(function: Elementary, argument: Layout) -> Layout:
    """People write log x and tanh x, but Φ(x) and log(1 − x)."""
    bare = function in _OFTEN_BARE and isinstance(argument, Symbol | Script)
    return Applied(_FUNCTIONS[function], argument if bare else Fenced(argument))


_COMPARISONS = {
    Comparison.ABOVE: Operator.ABOVE,
    Comparison.AT_LEAST: Operator.AT_LEAST,
    Comparison.BELOW: Operator.BELOW,
    Comparison.AT_MOST: Operator.AT_MOST,
}


def arrange_condition(condition: Condition, show: Show) -> Layout:
    """The layout of a condition: net > 0."""
    return relate(arrange(condition.left, show), _COMPARISONS[condition.comparison], arrange(condition.right, show))


def _arrange_sum(terms: tuple[Formula, ...], show: Show) -> Layout:
    parts: list[Layout | Operator] = []
    for term in terms:
        subtracted = isinstance(term, Negative)
        body = arrange(term.body if isinstance(term, Negative) else term, show)
        if subtracted or parts or isinstance(body, Summation | Choice):
            body = _fence_operand(body)
        if parts:
            parts.append(Operator.MINUS if subtracted else Operator.PLUS)
        elif subtracted:
            parts.append(Operator.NEGATIVE)
        if _is_product(body):
            parts.extend(body.parts)  # type: ignore[union-attr]
        else:
            parts.append(body)
    return Row(tuple(parts))


def _arrange_product(factors: tuple[Formula, ...], show: Show) -> Layout:
    parts: list[Layout | Operator] = []
    previous: Formula | None = None
    for factor in factors:
        body = arrange(factor, show)
        # A minus in front of a product needs no parentheses, a negative number has them everywhere.
        if previous is not None or not isinstance(factor, Negative):
            body = _fence_operand(body)
        if previous is not None:
            last = parts[-1]
            assert not isinstance(last, Operator)
            if isinstance(last, Applied) and not isinstance(last.argument, Fenced):
                # Nobody shall read log out · x as the logarithm of a product.
                parts[-1] = last = Applied(last.function, Fenced(last.argument))
            parts.append(Operator.DOT if _needs_dot(previous, last, body) else Operator.BESIDE)
        parts.append(body)
        previous = factor
    return Row(tuple(parts))


def _needs_dot(left_formula: Formula, left: Layout, right: Layout) -> bool:
    if isinstance(left_formula, Constant) and left_formula.value.denominator == 1:
        return True
    if isinstance(right, Number | Fraction) or (isinstance(right, Fenced) and _is_negative(right.body)):
        return True
    if isinstance(left, Number) or (isinstance(left, Fenced) and _is_negative(left.body)):
        return True
    return _is_tall(left) or _is_tall(right) or _ends_a_group(left)


def _ends_a_group(layout: Layout) -> bool:
    """Whether a layout ends in a closing parenthesis or an exponent, after which the next factor would crowd."""
    match layout:
        case Fenced() | Bars() | Applied():
            return True
        case Row(parts=parts):
            last = parts[-1]
            return not isinstance(last, Operator) and _ends_a_group(last)
        case Script(sup=sup):
            return sup is not None
        case _:
            return False


def _is_tall(layout: Layout) -> bool:
    match layout:
        case Fraction(small=small):
            return not small
        case Row(parts=(Operator.NEGATIVE, Fraction(small=small))):
            return not small
        case _:
            return False


def _is_negative(layout: Layout) -> bool:
    match layout:
        case Number(digits=digits):
            return digits.startswith("-")
        case Row(parts=(first, *_)):
            return first is Operator.NEGATIVE or (not isinstance(first, Operator) and _is_negative(first))
        case _:
            return False


def _is_sum(layout: Layout) -> bool:
    return isinstance(layout, Row) and any(part in (Operator.PLUS, Operator.MINUS) for part in layout.parts)


def _is_product(layout: Layout) -> bool:
    return isinstance(layout, Row) and not _is_sum(layout) and not _is_negative(layout)


def _fence_operand(layout: Layout) -> Layout:
    fenced = _is_sum(layout) or _is_negative(layout) or isinstance(layout, Summation | Choice)
    return Fenced(layout) if fenced else layout


def _fence_base(layout: Layout) -> Layout:
    match layout:
        case Number(digits=digits) if not digits.startswith("-") and "e" not in digits:
            return layout
        case Symbol() | Accent() | Fenced() | Bars():
            return layout
        case Script(sup=None):
            return layout
        case _:
            return Fenced(layout)
