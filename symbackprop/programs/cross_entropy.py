"""Cross-entropies as a program calculates them: from net inputs, since a saturated output is 0 or 1 to a double.

Its logarithm would be none, and what is divided by it would have no end, long before the error is too large.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symbackprop.derivation.keys import Compare, ErrorByOut, Softmax, Squash, TotalByOut
from symbackprop.derivation.steps import Plan
from symbackprop.functions import Activation, Loss
from symbackprop.programs.functions import softmax_call

LOG_SOFTMAX, DIVIDED = "minus_log_softmax", "divided"

DEFINED: Mapping[str, tuple[str, ...]] = {
    LOG_SOFTMAX: (
        "def minus_log_softmax(net, nets):",
        "    return max(nets) - net + log(sum(exp(it - max(nets)) for it in nets))",
    ),
    DIVIDED: (
        "def divided(a, b):",
        "    return a/b if b else a*inf if a else 0.0",
    ),
}
"""The functions by their names, as Python writes them for numbers."""


def is_from_nets(loss: Loss, activation: Activation) -> bool:
    """Whether a loss is calculated from the net inputs of outputs with such an activation."""
    return (loss, activation) in {
        (Loss.BINARY_CROSS_ENTROPY, Activation.SIGMOID),
        (Loss.CROSS_ENTROPY, Activation.SOFTMAX),
    }


def binary_cross_entropy(target: str, net: str) -> str:
    """The error by the net input: softplus is minus the logarithm of the sigmoid of the opposite net input."""
    return f"{target}*softplus(-{net}) + (1 - {target})*softplus({net})"


def calculated_from_nets(plan: Plan, id_: str, named: Callable[[str], str]) -> str | None:
    """The source of an output's cross-entropy, or of its derivative by the output; None for any other step."""
    step = plan[id_]
    match step.pattern:
        case Compare(loss=loss):
            return _error(plan, loss, step.slots["target"], step.slots["out"], named)
        case ErrorByOut(loss=loss):
            return _slope(plan, loss, step.slots["target"], step.slots["out"], named)
        case TotalByOut(loss=loss, index=index, divisor=divisor):
            slope = _slope(plan, loss, step.slots[f"target{index}"], step.slots[f"out{index}"], named)
            return slope if slope is None or divisor == 1 else f"({slope})/{divisor}"
        case _:
            return None


def _error(plan: Plan, loss: Loss, target: str, out: str, named: Callable[[str], str]) -> str | None:
    wanted, made = named(target), plan[out]
    match loss, made.pattern:
        case Loss.BINARY_CROSS_ENTROPY, Squash(activation=Activation.SIGMOID):
            net = named(made.slots["net"])
            return binary_cross_entropy(wanted, net)
        case Loss.CROSS_ENTROPY, Softmax(index=index):
            call = softmax_call(named(made.slots[f"net{index}"]), map(named, made.slots.values()))
            return f"{wanted}*minus_log_{call}"
        case _:
            return None


def _slope(plan: Plan, loss: Loss, target: str, out: str, named: Callable[[str], str]) -> str | None:
    wanted, made = named(target), plan[out]
    match loss, made.pattern:
        case Loss.BINARY_CROSS_ENTROPY, Squash(activation=Activation.SIGMOID):
            net = named(made.slots["net"])
            return f"{DIVIDED}(1 - {wanted}, sigmoid(-{net})) - {DIVIDED}({wanted}, sigmoid({net}))"
        case Loss.CROSS_ENTROPY, Softmax():
            return f"-{DIVIDED}({wanted}, {named(out)})"
        case _:
            return None
