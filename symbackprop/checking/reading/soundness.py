"""What a formula must not be, however well it reads: too deep to be walked, or too large a power to be worked out."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.work import Gap, Leaf, Span, Trouble
from symbackprop.typeset.formula import (
    Abs,
    Apply,
    Cases,
    Constant,
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
)

MOST_DEPTH = 120
LARGEST_POWER = 1_000


def unsound(formula: Formula, leaves: Sequence[Leaf], span: Span) -> Trouble | None:
    """What is wrong with a formula that was read, if anything."""
    stack: list[tuple[Formula, int, int]] = [(formula, 1, 1)]
    while stack:
        part, depth, raised = stack.pop()
        if depth > MOST_DEPTH:
            return Trouble(gap=Gap.UNREAD, span=span, why=Why(Snag.OPERATIONS, limit=MOST_DEPTH))
        if isinstance(part, Power):
            raised *= _exponent(part.exponent, leaves)
            if raised > LARGEST_POWER:
                return Trouble(gap=Gap.UNREAD, span=span, why=Why(Snag.POWER, limit=LARGEST_POWER))
        stack.extend((it, depth + 1, raised) for it in _parts(part))
    return None


def _exponent(exponent: Formula, leaves: Sequence[Leaf]) -> int:
    """How large an exponent can be in size, as far as it is made of numbers; 1 for what is none."""
    match exponent:
        case Constant(value=value):
            return max(1, int(abs(value)))
        case Quantity(id=id_):
            figure = leaves[int(id_)].figure
            return 1 if figure is None else max(1, min(int(figure.value), LARGEST_POWER + 1))
        case Negative(body=body):
            return _exponent(body, leaves)
        case Sum(terms=terms):
            return min(sum(_exponent(it, leaves) for it in terms), LARGEST_POWER + 1)
        case Product(factors=factors):
            size = 1
            for factor in factors:
                size = min(size * _exponent(factor, leaves), LARGEST_POWER + 1)
            return size
        case Quotient(numerator=numerator, denominator=denominator):
            number = isinstance(denominator, Quantity) and leaves[int(denominator.id)].figure is not None
            return _exponent(numerator, leaves) if number else LARGEST_POWER + 1
        case Power():
            return LARGEST_POWER + 1
        case _:
            return 1


def _parts(formula: Formula) -> tuple[Formula, ...]:
    match formula:
        case Constant() | Quantity():
            return ()
        case Sum(terms=parts) | Product(factors=parts):
            return parts
        case Negative(body=part) | Exp(exponent=part) | Apply(argument=part) | Sqrt(body=part) | Abs(body=part):
            return (part,)
        case SumOver(body=part):
            return (part,)
        case Quotient(numerator=one, denominator=other) | Power(base=one, exponent=other):
            return one, other
        case Cases(condition=condition, then=then, otherwise=otherwise):
            return condition.left, condition.right, then, otherwise
