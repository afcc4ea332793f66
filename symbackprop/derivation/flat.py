"""The plain way, for small networks: one flat error expression, differentiated by sympy as a whole.

The logistic function stands as a function of its own whose derivative sympy knows, so that a derivative is a
polynomial in weights, targets and outputs: the difference of two either expands to 0 or it doesn't.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

import sympy

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import TOTAL_ERROR, Kind
from symbackprop.derivation.oracle_shape import units_of
from symbackprop.derivation.polynomials import Ring
from symbackprop.derivation.shape import shape_of
from symbackprop.derivation.steps import by
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network, Rule

_MOST_PATHS = 16
_MOST_LAYERS = 4


class logistic(sympy.Function):  # noqa: N801 - sympy's own functions are in lower case
    """1/(1 + exp(-x)) as one symbol. What sympy may assume of it is said here, so that it needn't find out."""

    is_commutative = True
    is_real = True
    is_positive = True
    is_zero = False
    is_finite = True
    is_number = False

    def _eval_derivative(self, symbol: sympy.Symbol) -> sympy.Expr:
        """logistic(x) (1 - logistic(x)) dx/ds, which the certificate proves as a pattern."""
        return self * (1 - self) * self.args[0].diff(symbol)


def is_small(network: Network) -> bool:
    """Whether the flat expression is of a kind and size that sympy differentiates in milliseconds."""
    return _is_plain(network) and prod(network.widths) <= _MOST_PATHS and len(network.layers) <= _MOST_LAYERS


def _is_plain(network: Network) -> bool:
    """Whether the total error is the plain sum of the half squares that one sample's sigmoid outputs miss by."""
    shape = shape_of(network)
    return (
        (shape.samples, shape.steps, shape.divisor, shape.loss) == (1, 1, 1, Loss.HALF_SQUARED)
        and not shape.penalized
        and shape.rule is Rule.SGD
        and all(layer.activation is Activation.SIGMOID and not layer.recurrent for layer in shape.layers)
    )


def flat_error(network: Network) -> tuple[sympy.Expr, Mapping[str, sympy.Expr]]:
    """E_total in weights, biases, inputs and targets alone, and each neuron's output likewise, by its id."""
    expressions: dict[str, sympy.Expr] = {}
    signals = [sympy.Symbol(f"i{number}") for number in range(1, network.widths[0] + 1)]
    for units, layer in zip(units_of(network), network.layers, strict=True):
        outs = []
        for unit in units:
            terms = [sympy.Symbol(weight) * signal for weight, signal in zip(unit.weights, signals, strict=True)]
            net = sympy.Add(*terms, *([] if unit.bias is None else [sympy.Symbol(unit.bias)]))
            outs.append(_squash(layer.activation, net))
            expressions[f"out_{unit.name}"] = outs[-1]
        signals = outs
    targets = [sympy.Symbol(f"target_o{number}") for number in range(1, len(signals) + 1)]
    loss = network.training.loss
    errors = (_compare(loss, target, out) for target, out in zip(targets, signals, strict=True))
    return sympy.Add(*errors), expressions


def unproved_gradients(derivation: Derivation) -> Iterator[str]:
    """The ids of the gradients whose formula isn't the flat error's derivative; none if all is well.

    Our formulas are multiplied out in the ring of polynomials in weights, biases, targets and outputs; sympy's
    derivative goes into the same ring, each logistic(...) in it as the output that it is.
    """
    error, outs = flat_error(derivation.network)
    given = tuple(step.id for step in derivation.steps.values() if step.pattern is None)
    ring = Ring([*given, *outs])
    atoms = {sympy.Symbol(id_): ring.generator(id_) for id_ in given}
    atoms |= {expression: ring.generator(out) for out, expression in outs.items()}
    known = {id_: ring.generator(id_) for id_ in (*given, *outs)}
    for step in derivation.steps.values():
        if step.id in known or step.kind is Kind.UPDATE:
            continue
        known[step.id] = ring.from_formula(derivation.formula(step.id), known, {})
        if step.kind is Kind.GRADIENT:
            parameter = step.id.removeprefix(by(TOTAL_ERROR, ""))
            derivative = sympy.diff(error, sympy.Symbol(parameter))
            if not known[step.id].is_identical(ring.from_sympy(derivative, atoms)):
                yield step.id


def _squash(activation: Activation, net: sympy.Expr) -> sympy.Expr:
    match activation:
        case Activation.SIGMOID:
            return logistic(net)


def _compare(loss: Loss, target: sympy.Expr, out: sympy.Expr) -> sympy.Expr:
    match loss:
        case Loss.HALF_SQUARED:
            # Left as a product: sympy differentiates a power by way of a logarithm, which costs twice the time.
            return sympy.Mul(sympy.Rational(1, 2), target - out, target - out, evaluate=False)
