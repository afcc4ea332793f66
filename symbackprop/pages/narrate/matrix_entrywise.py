"""A function's formula over whole matrices: every operation entry by entry, products with the Hadamard sign."""

from __future__ import annotations

from collections.abc import Callable

from symbackprop.records import record
from symbackprop.typeset.arrange import COMPARISON_SIGNS, FUNCTION_SIGNS, arrange
from symbackprop.typeset.formula import (
    ONE,
    Abs,
    Apply,
    Cases,
    Condition,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    opposite,
    quantities,
)
from symbackprop.typeset.layout import (
    Applied,
    Bars,
    Choice,
    Fenced,
    Fraction,
    Layout,
    Matrix,
    Number,
    Operator,
    Root,
    Row,
    Script,
    Symbol,
    Under,
    relate,
)

_EXP = Symbol("exp", upright=True)


@record(kw_only=True)
class Entrywise:
    """Lays formulas out in which `matrices` are shown as matrices, and 1 beside them as a matrix of `ones`."""

    show: Callable[[str], Layout]
    matrices: frozenset[str]
    ones: Layout

    def write(self, formula: Formula) -> Layout:
        """The layout of one formula, which is a number in every entry where no matrix stands in it."""
        if not self._is_matrix(formula):
            return self._everywhere(formula)
        return self._inner(formula)

    def _is_matrix(self, formula: Formula) -> bool:
        return not self.matrices.isdisjoint(quantities(formula))

    def _everywhere(self, formula: Formula) -> Layout:
        if formula == ONE:
            return self.ones
        return relate(_fenced(arrange(formula, self.show)), *_between(arrange(formula, self.show)), self.ones)

    def _inner(self, formula: Formula) -> Layout:
        if not self._is_matrix(formula):
            return arrange(formula, self.show)
        match formula:
            case Quantity(id=id_):
                return self.show(id_)
            case Sum(terms=terms):
                return self._sum(terms)
            case Product(factors=factors):
                return self._product(factors)
            case Negative(body=body):
                return relate(Operator.NEGATIVE, _fenced(self._inner(body)))
            case Quotient(numerator=above, denominator=below):
                return Fraction(self._inner(above), self._inner(below))
            case Power(base=base, exponent=exponent):
                return _raised(self._inner(base), Row((Symbol("odot"), arrange(exponent, self.show))))
            case _:
                return self._function(formula)

    def _function(self, formula: Formula) -> Layout:
        match formula:
            case Exp(exponent=exponent):
                return Applied(_EXP, _closed(self._inner(exponent)))
            case Apply(function=function, argument=argument):
                return Applied(FUNCTION_SIGNS[function], _closed(self._inner(argument)))
            case Sqrt(body=body):
                return Root(self._inner(body))
            case Abs(body=body):
                return Bars(self._inner(body))
            case Cases(condition=condition, then=then, otherwise=otherwise):
                rows = ((then, condition), (otherwise, opposite(condition)))
                return Choice(tuple((self._inner(value), self._condition(when)) for value, when in rows))
            case _:
                return arrange(formula, self.show)

    def _condition(self, condition: Condition) -> Layout:
        return relate(self._inner(condition.left), COMPARISON_SIGNS[condition.comparison], self._inner(condition.right))

    def _sum(self, terms: tuple[Formula, ...]) -> Layout:
        """What is added to a matrix is one, too: a number is added to each entry."""
        parts: list[Layout | Operator] = []
        for term in terms:
            minus = isinstance(term, Negative)
            layout = self.write(term.body if isinstance(term, Negative) else term)
            if parts:
                parts.append(Operator.MINUS if minus else Operator.PLUS)
            elif minus:
                parts.append(Operator.NEGATIVE)
            parts.append(_fenced(layout) if minus else layout)
        return relate(*parts)

    def _product(self, factors: tuple[Formula, ...]) -> Layout:
        parts: list[Layout | Operator] = []
        before = False
        for factor in factors:
            matrix, layout = self._is_matrix(factor), _fenced(self._inner(factor))
            if parts:
                last = parts[-1]
                assert not isinstance(last, Operator)
                parts.extend((Operator.HADAMARD,) if before and matrix else _between(last))
            parts.append(layout)
            before = before or matrix
        return relate(*parts)


def _between(left: Layout) -> tuple[Operator]:
    """The sign between a number and what it multiplies: a dot after digits, nothing after a letter."""
    return (Operator.DOT if isinstance(left, Number) else Operator.BESIDE,)


def _raised(base: Layout, power: Layout) -> Layout:
    match base:
        case Under(body=body, label=label):
            return Under(_raised(body, power), label)
        case Script(base=inner, sub=sub, sup=None):
            return Script(inner, sub=sub, sup=power)
        case Symbol() | Matrix() | Fenced():
            return Script(base, sup=power)
        case _:
            return Script(Fenced(base), sup=power)


def _closed(layout: Layout) -> Layout:
    """An argument in parentheses. A matrix has its own."""
    return layout if isinstance(layout, Matrix) else Fenced(layout)


def _fenced(layout: Layout) -> Layout:
    signs = {Operator.PLUS, Operator.MINUS, Operator.NEGATIVE}
    loose = isinstance(layout, Row) and any(part in signs for part in layout.parts)
    negative = isinstance(layout, Number) and layout.digits.startswith("-")
    return Fenced(layout) if loose or negative else layout
