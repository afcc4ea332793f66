"""Penalties on the weights: what they add to the error, and to every gradient."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.forward import L1_PENALTY, L1_STRENGTH, L2_PENALTY, L2_STRENGTH
from symbackprop.derivation.graph import TOTAL_ERROR, data_error
from symbackprop.derivation.steps import by
from symbackprop.network import Rule
from symbackprop.pages.document import Block, EquationLine
from symbackprop.pages.narrate.equations import computed, equations, in_numbers, line
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.formula import (
    ONE,
    TWO,
    Abs,
    Apply,
    Elementary,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Sum,
    SumOver,
    constant,
)
from symbackprop.typeset.layout import Layout, Operator

_MOST_TERMS = 12
"""So many weights may stand in a penalty's sum; of more it shows the sum sign alone."""

_WEIGHT = Quantity("w")


def tell_penalties(teller: Teller) -> Iterator[Block]:
    """What the weights add to the error, and the total."""
    shape = teller.graph.shape
    total = teller.name(TOTAL_ERROR)
    yield teller.heading(2, "penalty.heading")
    yield teller.paragraph("penalty.intro", data=teller.name(data_error(shape)), total=total)
    if shape.l1:
        yield teller.paragraph("penalty.l1", strength=teller.equality(L1_STRENGTH))
        general = Product((Quantity(L1_STRENGTH), SumOver("w", Abs(_WEIGHT))))
        yield equations(_penalty(teller, L1_PENALTY, general))
    if shape.l2:
        yield teller.paragraph(_words_of_l2(shape.rule), strength=teller.equality(L2_STRENGTH))
        general = Product((constant(1, 2), Quantity(L2_STRENGTH), SumOver("w", Power(_WEIGHT, TWO))))
        yield equations(_penalty(teller, L2_PENALTY, general))
    yield teller.paragraph("penalty.total")
    yield equations(computed(teller, TOTAL_ERROR))


def _words_of_l2(rule: Rule) -> str:
    """Only where a step is the gradient times the rate does the penalty do just what weight decay does."""
    match rule:
        case Rule.SGD:
            return "penalty.l2"
        case Rule.MOMENTUM | Rule.NESTEROV:
            return "penalty.l2_plain"
        case Rule.RMSPROP | Rule.ADAM | Rule.ADAMW:
            return "penalty.l2_adaptive"


def _penalty(teller: Teller, id_: str, general: Formula) -> Iterator[EquationLine]:
    """The penalty with a sum sign, written out where its terms are few, and its value."""
    left: Layout | None = teller.name(id_)
    symbols = (Operator.EQUALS, teller.with_names(general))
    if teller.graph.shape.weights > _MOST_TERMS:
        shown = teller.shown(id_)
        sign = Operator.EQUALS if shown.exact else Operator.APPROXIMATELY
        yield from line(left, symbols, (sign, teller.number(shown.digits)))
        return
    yield from line(left, symbols)
    yield from in_numbers(teller, id_, teller.derivation.formula(id_), left=None)


def tell_penalty_in_gradients(teller: Teller) -> Iterator[Block]:
    """How a penalty changes with one weight: derived once, since it is the same for all of them."""
    shape = teller.graph.shape
    names = {"total": teller.name(TOTAL_ERROR), "data": teller.name(data_error(shape))}
    yield teller.heading(2, "penalty.derivative")
    yield teller.paragraph("penalty.slope", **names)
    if shape.l1:
        sign = Product((Quantity(L1_STRENGTH), Apply(Elementary.SIGN, _WEIGHT)))
        yield equations(line(teller.name(by(L1_PENALTY, "w")), (Operator.EQUALS, teller.with_names(sign))))
    if shape.l2:
        down = Power(_WEIGHT, Sum((TWO, Negative(ONE))))
        lowered = Product((constant(1, 2), Quantity(L2_STRENGTH), TWO, down))
        shrunk = Product((Quantity(L2_STRENGTH), _WEIGHT))
        steps = ((Operator.EQUALS, teller.with_names(lowered)), (Operator.EQUALS, teller.with_names(shrunk)))
        yield equations(line(teller.name(by(L2_PENALTY, "w")), *steps))
    yield teller.paragraph("penalty.every_l2" if shape.l2 else "penalty.every_l1", **names)
