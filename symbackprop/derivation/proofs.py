"""The exact route of the certificate: each line of each pattern against sympy's derivative of its definition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
from symbackprop.derivation.steps import Plan
from symbackprop.functions import ACTIVATIONS, LOSSES, Loss, softmax_definition
from symbackprop.typeset.formula import ONE, Formula, Negative, Product, Quantity, Sum, quantities, rename

_ALL_INPUTS = 16
_ALL_OF_SOFTMAX = 4

_Local = TotalByOut | ErrorByOut | SquashByNet | SoftmaxByNet | SumByWeight | SumByInput | SumByBias
_Fused = OutputDelta | SoftmaxDelta


def proved_keys(plan: Plan) -> Iterator[BackwardPattern]:
    """The patterns that are proved exactly: local derivatives, and deltas in which loss and activation cancel.

    Of a wide sum's or a wide softmax's patterns, which differ in nothing but a number, a few stand for all; every
    step that follows one of the others is still examined at the points.
    """
    for family in plan.backward:
        match family.pattern:
            case SumByWeight(sum=sum_) | SumByInput(sum=sum_) as key:
                last = key.index + len(family.ids) - 1
                wide = sum_.inputs > _ALL_INPUTS
                indexes = sorted({key.index, last}) if wide else range(key.index, last + 1)
                yield from (type(key)(sum_, index) for index in indexes)
            case SoftmaxByNet(width=width, of=of, by=by):
                if width <= _ALL_OF_SOFTMAX or (of, by) in ((1, 1), (1, 2), (2, 1)):
                    yield family.pattern
            case SoftmaxDelta(width=width, index=index, fused=True):
                if width <= _ALL_OF_SOFTMAX or index == 1:
                    yield family.pattern
            case TotalByOut() | ErrorByOut() | SquashByNet() | SumByBias():
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
        case OutputDelta(loss=loss, activation=activation, divisor=divisor):
            definition = scaled(LOSSES[loss].definition, divisor)
            meanings = {"out": ACTIVATIONS[activation].definition}
            return unproved_lines(definition, "net", [line.formula for line in pattern.shortcut], meanings)
        case SoftmaxDelta(width=width, index=index, divisor=divisor):
            categorical, outs = _categorical(width, divisor)
            formulas = [line.formula for line in pattern.shortcut]
            return unproved_lines(categorical, f"net{index}", formulas, outs)
        case _:
            assert pattern.differentiates is not None
            slot = pattern.differentiates.slot
            definition = _dependent_part(pattern.differentiates.definition, slot)
            formulas = [*(line.formula for line in pattern.working), pattern.result]
            return unproved_lines(definition, slot, formulas, _meanings(key))


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


def _categorical(width: int, divisor: int) -> tuple[Formula, Mapping[str, Formula]]:
    """The cross-entropy of a softmax layer. The last target is what the others leave of 1."""
    numbers = range(1, width + 1)
    definition = LOSSES[Loss.CROSS_ENTROPY].definition
    terms = tuple(rename(definition, lambda slot, number=number: f"{slot}{number}") for number in numbers)  # type: ignore[misc]
    others: Iterable[Formula] = (Negative(Quantity(f"target{number}")) for number in numbers[:-1])
    return scaled(sum_of(terms), divisor), _softmax_outs(width) | {f"target{width}": Sum((ONE, *others))}
