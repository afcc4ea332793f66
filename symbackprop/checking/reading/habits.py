"""How people write what no notation of ours writes so: templates for each role, the likelier ones first."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.typeset.roles import Role

_LAYERED = ("^{({layer})}_{index}", "^{[{layer}]}_{index}")
_UNIT = ("_{neuron}", *_LAYERED)
_ERRORS = ("E", "L", "C", "J", "Error", "Loss", "Cost", "Err")


def _each(letters: tuple[str, ...], endings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{letter}{ending}" for letter in letters for ending in endings)


HABITS: Mapping[Role, tuple[str, ...]] = {
    Role.INPUT: (
        *_each(("x", "in", "input", "X"), ("_{index}", "_{i{index}}")),
        "a^{(0)}_{index}",
        "a^{[0]}_{index}",
        "out_{i{index}}",
    ),
    Role.TARGET: (
        *_each(("target", "t", "y", "tgt", "d", "expected", "desired"), ("_{neuron}", "_{index}")),
        "y^{true}_{index}",
        "ytrue_{index}",
    ),
    Role.WEIGHT: (
        "w_{{from_neuron}{to_neuron}}",
        "w_{{to_neuron}{from_neuron}}",
        "w^{({layer})}_{{to}{from}}",
        "w^{[{layer}]}_{{to}{from}}",
        "w^{({layer})}_{{from}{to}}",
        "w^{[{layer}]}_{{from}{to}}",
        "weight_{number}",
        "\\omega_{number}",
    ),
    Role.RECURRENT_WEIGHT: (
        "w_{{from_neuron}{to_neuron}}",
        "u_{{to}{from}}",
        "w_{hh{to}{from}}",
    ),
    Role.SHARED_BIAS: ("b^{({layer})}", "b^{[{layer}]}", "bias_{layer}", "\\theta_{layer}"),
    Role.BIAS: (*_each(("b", "bias", "\\theta"), _UNIT), "b_{index}", "bias_{index}"),
    Role.NET: (
        *_each(("net", "z", "in", "input", "s", "Net", "sum", "u"), _UNIT),
        "net_{index}",
        "z_{index}",
        "s_{index}",
    ),
    Role.OUT: (*_each(("out", "a", "output", "act", "y", "o", "z"), _UNIT), "h_{place}", "h_{index}", "a_{index}"),
    Role.OUTPUT: (
        *_each(("out", "a", "output", "act", "y", "o", "\\hat{y}"), _UNIT),
        "output_{index}",
        "out_{index}",
        "o_{index}",
        "\\hat{y}_{index}",
        "y_{index}",
        "pred_{index}",
        "p_{index}",
        "a_{index}",
        "ypred_{index}",
    ),
    Role.ERROR: _each((*_ERRORS, "e"), ("_{neuron}", "_{index}")),
    Role.TOTAL_ERROR: (
        *_ERRORS,
        *_each(_ERRORS, ("_{total}", "_{tot}", "_{T}", "_{all}")),
        "total_{error}",
        "total_{loss}",
        "MSE",
        "SSE",
        "TE",
    ),
    Role.SAMPLE_ERROR: _each(("E", "L", "C", "J"), ("", "_{sample}", "^{({sample})}")),
    Role.DATA_ERROR: _each(("E", "L", "C", "J"), ("_{data}", "_{D}", "_0")),
    Role.DELTA: (*_each(("\\delta",), _UNIT), "\\delta_{index}"),
    Role.LEARNING_RATE: ("\\eta", "\\alpha", "lr", "learningrate", "rate", "\\gamma"),
    Role.L1: ("\\lambda",),
    Role.L2: ("\\lambda",),
    Role.MOMENTUM: ("momentum", "\\gamma", "\\beta", "\\alpha"),
    Role.EPSILON: ("eps", "\\epsilon"),
    Role.THRESHOLD: ("\\delta", "\\kappa"),
    Role.BEND: ("\\alpha", "slope"),
    # As the ids themselves have them.
    Role.BETA1_BEFORE: ("\\beta_{1t}",),
    Role.BETA2_BEFORE: ("\\beta_{2t}",),
    Role.BETA1_POWER: ("\\beta_{1t}+",),
    Role.BETA2_POWER: ("\\beta_{2t}+",),
}
"""A neuron's number alone may be one of any layer; so may a weight's ends in either order."""

UPDATED_MARKS = ("+", "new", "'", "t+1", "(t+1)", "(new)", "updated", "neu", "next")
"""What people raise, or hang on, to say that a parameter was updated."""

OLD_MARKS = ("old", "(old)", "t", "(t)", "alt")
"""What they raise to say that it wasn't."""
