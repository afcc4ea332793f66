"""The plain way, for small networks: one flat error expression, differentiated by sympy as a whole.

The logistic function stands as a function of its own whose derivative sympy knows, so that a derivative is a
polynomial in weights, targets and outputs: the difference of two either expands to 0 or it doesn't.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

import sympy

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import TOTAL_ERROR
from symbackprop.derivation.keys import Squash
from symbackprop.derivation.oracle import units_of
from symbackprop.derivation.steps import Kind, by
from symbackprop.derivation.symbolic import to_sympy
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network

_MOST_PATHS = 16


class logistic(sympy.Function):  # noqa: N801 - sympy's own functions are in lower case
    """1/(1 + exp(-x)) as one symbol."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """d logistic(x)/dx = logistic(x) (1 - logistic(x)), which the certificate proves as a pattern."""
        return self * (1 - self)


def is_small(network: Network) -> bool:
    """Whether the flat expression is of a size that sympy differentiates in milliseconds."""
    return prod(network.widths) <= _MOST_PATHS


def flat_error(network: Network) -> sympy.Expr:
    """E_total in weights, biases, inputs and targets alone, written from the network's shape."""
    signals = [sympy.Symbol(f"i{number}") for number in range(1, len(network.inputs) + 1)]
    for units, layer in zip(units_of(network), network.layers, strict=True):
        outs = []
        for unit in units:
            terms = [sympy.Symbol(weight) * signal for weight, signal in zip(unit.weights, signals, strict=True)]
            net = sympy.Add(*terms, *([] if unit.bias is None else [sympy.Symbol(unit.bias)]))
            outs.append(_squash(layer.activation, net))
        signals = outs
    targets = [sympy.Symbol(f"target_o{number}") for number in range(1, len(signals) + 1)]
    loss = network.training.loss
    return sympy.Add(*(_compare(loss, target, out) for target, out in zip(targets, signals, strict=True)))


def unproved_gradients(derivation: Derivation) -> Iterator[str]:
    """The ids of the gradients whose formula differs from the flat error's derivative; none if all is well."""
    error = flat_error(derivation.network)
    flat: dict[str, sympy.Expr] = {}
    for step in derivation.steps.values():
        if step.kind is Kind.UPDATE:
            continue
        flat[step.id] = _flatten(derivation, step.id, flat)
        if step.kind is Kind.GRADIENT:
            parameter = step.id.removeprefix(by(TOTAL_ERROR, ""))
            if sympy.expand(sympy.diff(error, sympy.Symbol(parameter)) - flat[step.id]) != 0:
                yield step.id


def _flatten(derivation: Derivation, id_: str, flat: Mapping[str, sympy.Expr]) -> sympy.Expr:
    step = derivation.steps[id_]
    match step.pattern:
        case None:
            return sympy.Symbol(id_)
        case Squash(activation=activation):
            return _squash(activation, flat[step.slots["net"]])
        case _:
            return to_sympy(derivation.formula(id_), flat.__getitem__)


def _squash(activation: Activation, net: sympy.Expr) -> sympy.Expr:
    match activation:
        case Activation.SIGMOID:
            return logistic(net)


def _compare(loss: Loss, target: sympy.Expr, out: sympy.Expr) -> sympy.Expr:
    match loss:
        case Loss.HALF_SQUARED:
            return (target - out) ** 2 / 2
