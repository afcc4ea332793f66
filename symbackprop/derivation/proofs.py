"""The exact route of the certificate: each line of each pattern against sympy's derivative of its definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from symbackprop.derivation.identities import unproved_lines
from symbackprop.derivation.keys import (
    BackwardPattern,
    ErrorByOut,
    OutputDelta,
    PatternKey,
    SoftmaxByNet,
    SoftmaxDelta,
    SquashByNet,
    SumByBias,
    SumByInput,
    SumByWeight,
    TotalByOut,
)
from symbackprop.derivation.pattern import Pattern, scaled, sum_of
from symbackprop.derivation.patterns import work_out
from symbackprop.derivation.polynomials import Ring
from symbackprop.derivation.steps import Plan
from symbackprop.functions import ACTIVATIONS, LOSSES, Loss, softmax_definition, softmax_derivative
from symbackprop.typeset.formula import ONE, Formula, Negative, Product, Quantity, Sum, quantities, rename

_ALL_TERMS = 16
_ALL_OF_SOFTMAX = 4


def proved_keys(plan: Plan) -> Iterator[BackwardPattern]:
    """The patterns that are proved exactly: local derivatives, and deltas in which loss and activation cancel.

    Of a wide sum's, a wide softmax's or a total of many errors' patterns, which differ in nothing but a number, a few
    stand for all; every step that follows one of the others is still examined at the points.
    """
    for family in plan.backward:
        match family.pattern:
            case SumByWeight(sum=sum_) | SumByInput(sum=sum_) as key:
                last = key.index + len(family.ids) - 1
                wide = sum_.inputs > _ALL_TERMS
                indexes = sorted({key.index, last}) if wide else range(key.index, last + 1)
                yield from (type(key)(sum_, index) for index in indexes)
            case SoftmaxByNet(width=width, of=of, by=by):
                if width <= _ALL_OF_SOFTMAX or (of, by) in ((1, 1), (1, 2), (2, 1)):
                    yield family.pattern
            case SoftmaxDelta(fused=True):
                yield family.pattern
            case TotalByOut(terms=terms, index=index):
                if terms <= _ALL_TERMS or index in (1, terms):
                    yield family.pattern
            case ErrorByOut() | SquashByNet() | SumByBias():
                yield family.pattern
            case OutputDelta() if work_out(family.pattern).shortcut:
                yield family.pattern
            case _:
                continue


@lru_cache(maxsize=4096)
def lines_that_differ(key: BackwardPattern, patterns: Callable[[PatternKey], Pattern]) -> tuple[int, ...]:
    """The numbers, from 1, of a pattern's lines that aren't sympy's derivative of its definition.

    What was proved once is kept for the next network.
    """
    pattern = patterns(key)
    match key:
        case OutputDelta() | SoftmaxDelta():
            return _lines_that_are_no_product(key, pattern)
        case _:
            assert pattern.differentiates is not None
            slot = pattern.differentiates.slot
            definition = _dependent_part(pattern.differentiates.definition, slot)
            formulas = [*(line.formula for line in pattern.working), pattern.result]
            return unproved_lines(definition, slot, formulas, _meanings(key))


def _lines_that_are_no_product(key: OutputDelta | SoftmaxDelta, pattern: Pattern) -> tuple[int, ...]:
    """The lines of a shortcut that aren't the product, or sum of products, of the derivatives that it joins.

    These derivatives are proved by themselves. Where the loss is the categorical cross-entropy, the last target is what
    the others leave of 1.
    """
    expected = _joined(key)
    formulas = (expected, *(line.formula for line in pattern.shortcut))
    slots = tuple(dict.fromkeys(slot for formula in formulas for slot in quantities(formula)))
    ring = Ring(slots)
    known = {slot: ring.generator(slot) for slot in slots}
    if isinstance(key, SoftmaxDelta):
        last = f"target{key.width}"
        rest = (Negative(Quantity(slot)) for slot in slots if slot.startswith("target") and slot != last)
        known[last] = ring.from_formula(Sum((ONE, *rest)), known, {})
    value = ring.from_formula(expected, known, {})
    found = (ring.from_formula(line.formula, known, {}) for line in pattern.shortcut)
    return tuple(number for number, line in enumerate(found, start=1) if not line.is_identical(value))


def _joined(key: OutputDelta | SoftmaxDelta) -> Formula:
    """The delta as the chain rule makes it from the tables of losses and activations."""
    match key:
        case OutputDelta(loss=loss, activation=activation):
            factors = (LOSSES[loss].derivative[-1].formula, ACTIVATIONS[activation].derivative[-1].formula)
            return scaled(Product(factors), key.divisor)
        case SoftmaxDelta(width=width, index=index):
            loss_factor = LOSSES[Loss.CROSS_ENTROPY].derivative[-1].formula
            paths = []
            for number in range(1, width + 1):
                factor = rename(loss_factor, {"target": f"target{number}", "out": f"out{number}"}.__getitem__)
                paths.append(Product((factor, softmax_derivative(width, number, index)[-1].formula)))
            return scaled(sum_of(tuple(paths)), key.divisor)


def _dependent_part(definition: Formula, slot: str) -> Formula:
    """A sum without the terms that don't hold the slot: their derivative is 0, however many they are."""
    match definition:
        case Sum(terms=terms):
            return sum_of(tuple(term for term in terms if slot in quantities(term)))
        case Product(factors=(factor, Sum() as total)):
            return Product((factor, _dependent_part(total, slot)))
        case _:
            return definition


def _meanings(key: PatternKey) -> Mapping[str, Formula]:
    """What an output stands for where it stands in the derivative of its own definition."""
    match key:
        case SquashByNet(activation=activation):
            return {"out": ACTIVATIONS[activation].definition}
        case SoftmaxByNet(width=width):
            return _softmax_outs(width)
        case _:
            return {}


def _softmax_outs(width: int) -> dict[str, Formula]:
    return {f"out{index}": softmax_definition(width, index) for index in range(1, width + 1)}
