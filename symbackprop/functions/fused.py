"""Losses and activations that suit each other: together their derivative by the net input is just out - target."""

from __future__ import annotations

from functools import lru_cache

from symbackprop.functions.activations import ACTIVATIONS
from symbackprop.functions.kinds import Activation, Line, Loss, Reason, lines
from symbackprop.functions.losses import LOSSES
from symbackprop.functions.softmax import softmax_derivative
from symbackprop.typeset.formula import ONE, Formula, Negative, Product, Quantity, Sum, rename


def fused(loss: Loss, activation: Activation) -> tuple[Line, ...] | None:
    """The derivative of an output's error by its net input, worked out to one short formula where there is one.

    Only for activations of one net input, in the slots `target` and `out`; softmax has `softmax_cross_entropy`.
    """
    if (loss, activation) == (Loss.BINARY_CROSS_ENTROPY, Activation.SIGMOID):
        return _sigmoid_binary_cross_entropy()
    return None


@lru_cache(maxsize=1)
def _sigmoid_binary_cross_entropy() -> tuple[Line, ...]:
    out, target = Quantity("out"), Quantity("target")
    slope = LOSSES[Loss.BINARY_CROSS_ENTROPY].derivative[-1].formula
    squash = ACTIVATIONS[Activation.SIGMOID].derivative[-1].formula
    no_out, no_target = Sum((ONE, Negative(out))), Sum((ONE, Negative(target)))
    both = Product((target, out))
    return lines(
        (_flat(slope, squash), Reason.BOTH_FACTORS),
        (Sum((Negative(Product((target, no_out))), Product((no_target, out)))), Reason.DENOMINATORS_CANCEL),
        (Sum((Negative(target), both, out, Negative(both))), Reason.MULTIPLIED_OUT),
        (Sum((out, Negative(target))), Reason.TERMS_CANCEL),
    )


@lru_cache(maxsize=256)
def softmax_cross_entropy(width: int, index: int) -> tuple[Line, ...]:
    """The derivative of a softmax layer's whole cross-entropy by net input `index`.

    In the slots `target1`, `target2`, ... and `out1`, `out2`, ... The last line holds where the targets add up to 1.
    """
    numbers = range(1, width + 1)
    targets = {number: Quantity(f"target{number}") for number in numbers}
    outs = {number: Quantity(f"out{number}") for number in numbers}
    own, no_out = outs[index], Sum((ONE, Negative(outs[index])))
    everything = _sum([targets[number] for number in numbers])
    return lines(
        (_sum([_path(width, number, index) for number in numbers]), Reason.EVERY_OUTPUT),
        (
            _sum(
                [
                    Negative(Product((targets[number], no_out))) if number == index else Product((targets[number], own))
                    for number in numbers
                ]
            ),
            Reason.DENOMINATORS_CANCEL,
        ),
        (Sum((Product((own, everything)), Negative(targets[index]))), Reason.FACTORED_OUT),
        (Sum((own, Negative(targets[index]))), Reason.TARGETS_ADD_UP),
    )


def _path(width: int, output: int, index: int) -> Formula:
    """The path through one output: how the error follows the output, times how the output follows the net input."""
    slope = LOSSES[Loss.CROSS_ENTROPY].derivative[-1].formula
    slope = rename(slope, lambda slot: f"{slot}{output}")
    return _flat(slope, softmax_derivative(width, output, index)[-1].formula)


def _sum(terms: list[Formula]) -> Formula:
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def _flat(first: Formula, second: Formula) -> Product:
    return Product((first, *(second.factors if isinstance(second, Product) else (second,))))
