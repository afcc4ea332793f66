"""Activations and losses for the flat error: functions of which sympy knows nothing but their derivatives.

The derivatives are said here once more, apart from those of the patterns that they help to prove.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

import sympy

from symbackprop.functions import Activation, Loss
from symbackprop.records import record
from symbackprop.typeset.formula import Elementary


class _Opaque(sympy.Function):
    """A function as one symbol. What sympy may assume of it is said here, so that it needn't find out."""

    is_commutative = True
    is_real = True
    is_finite = True
    is_number = False


class logistic(_Opaque):  # noqa: N801 - sympy's own functions are in lower case
    """1/(1 + exp(-x))."""

    is_positive = True
    is_zero = False

    def _eval_derivative(self, symbol: sympy.Symbol) -> sympy.Expr:
        """logistic(x) (1 - logistic(x)) dx/ds."""
        return self * (1 - self) * self.args[0].diff(symbol)


class hyperbolic(_Opaque):  # noqa: N801
    """tanh(x)."""

    def _eval_derivative(self, symbol: sympy.Symbol) -> sympy.Expr:
        """(1 - tanh(x)^2) dx/ds."""
        return (1 - self * self) * self.args[0].diff(symbol)


class softplus(_Opaque):  # noqa: N801
    """log(1 + exp(x))."""

    def _eval_derivative(self, symbol: sympy.Symbol) -> sympy.Expr:
        """logistic(x) dx/ds."""
        return logistic(self.args[0]) * self.args[0].diff(symbol)


class silu(_Opaque):  # noqa: N801
    """x logistic(x)."""

    def _eval_derivative(self, symbol: sympy.Symbol) -> sympy.Expr:
        """(logistic(x) + silu(x) (1 - logistic(x))) dx/ds."""
        gate = logistic(self.args[0])
        return (gate + self * (1 - gate)) * self.args[0].diff(symbol)


class normal_cdf(_Opaque):  # noqa: N801
    """The standard normal distribution, which only comes up as a factor in a slope."""


class normal_pdf(_Opaque):  # noqa: N801
    """Its density, likewise."""


class gelu(_Opaque):  # noqa: N801
    """x normal_cdf(x)."""

    def _eval_derivative(self, symbol: sympy.Symbol) -> sympy.Expr:
        """(normal_cdf(x) + x normal_pdf(x)) dx/ds."""
        (net,) = self.args
        return (normal_cdf(net) + net * normal_pdf(net)) * net.diff(symbol)


class softmax(_Opaque):  # noqa: N801
    """softmax(j, x1, x2, ...): the j-th output, counted from 0."""

    is_positive = True
    is_zero = False

    def _eval_derivative(self, symbol: sympy.Symbol) -> sympy.Expr:
        """p_j (dx_j/ds - the sum of p_k dx_k/ds)."""
        own, *nets = self.args
        slopes = [net.diff(symbol) for net in nets]
        mean = sympy.Add(*(softmax(k, *nets) * slope for k, slope in enumerate(slopes)))
        return self * (slopes[int(own)] - mean)


@record(kw_only=True)
class Squashed:
    """A neuron's output, and the functions of its net input that derivatives are made of besides."""

    activation: Activation
    out: sympy.Expr
    functions: Mapping[Elementary, sympy.Expr] = field(default_factory=dict)


def squash(activation: Activation, nets: Sequence[sympy.Expr]) -> list[Squashed]:
    """What a layer makes of its net inputs. ValueError for an activation with a kink."""
    return [_squash_one(activation, index, nets) for index in range(len(nets))]


def _squash_one(activation: Activation, index: int, nets: Sequence[sympy.Expr]) -> Squashed:
    net = nets[index]
    gate = {Elementary.SIGMOID: logistic(net)}
    match activation:
        case Activation.IDENTITY:
            return Squashed(activation=activation, out=net)
        case Activation.SIGMOID:
            return Squashed(activation=activation, out=logistic(net))
        case Activation.TANH:
            return Squashed(activation=activation, out=hyperbolic(net))
        case Activation.SOFTPLUS:
            return Squashed(activation=activation, out=softplus(net), functions=gate)
        case Activation.SILU:
            return Squashed(activation=activation, out=silu(net), functions=gate)
        case Activation.GELU:
            normal = {Elementary.NORMAL_CDF: normal_cdf(net), Elementary.NORMAL_PDF: normal_pdf(net)}
            return Squashed(activation=activation, out=gelu(net), functions=normal)
        case Activation.SOFTMAX:
            return Squashed(activation=activation, out=softmax(index, *nets))
        case Activation.RELU | Activation.LEAKY_RELU | Activation.ELU:
            raise ValueError(f"{activation} has a kink")


def compare(loss: Loss, target: sympy.Expr, out: sympy.Expr) -> sympy.Expr:
    """An output's error. ValueError for a loss with a kink."""
    match loss:
        case Loss.HALF_SQUARED:
            # Left as a product: sympy differentiates a power by way of a logarithm, which costs twice the time.
            return sympy.Mul(sympy.Rational(1, 2), target - out, target - out, evaluate=False)
        case Loss.SQUARED:
            return sympy.Mul(target - out, target - out, evaluate=False)
        case Loss.BINARY_CROSS_ENTROPY:
            return -target * sympy.log(out) - (1 - target) * sympy.log(1 - out)
        case Loss.CROSS_ENTROPY:
            return -target * sympy.log(out)
        case Loss.ABSOLUTE | Loss.HUBER:
            raise ValueError(f"{loss} has a kink")
