"""Activations and losses as the field defines them, run in FLINT's truncated power series.

A quantity that moves is its value and its slope: v + s t + O(t^2). No derivative of a function is written here; it
is read off the series, except at a kink, where the convention is stated.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_series, fmpq

from symbackprop.errors import SymbackpropError
from symbackprop.functions import Activation, Loss
from symbackprop.records import record

Number = arb | fmpq
"""A ball, or a rational number for as long as nothing transcendental has touched it."""


class UndecidedError(SymbackpropError):
    """On which side of a kink a value lies can't be told at this precision."""


@record
class Moving:
    """A value, and how fast it moves."""

    value: Number
    slope: Number

    @property
    def series(self) -> arb_series:
        """Both as a power series."""
        return arb_series([self.value, self.slope], prec=2)


_STILL = Moving(fmpq(0), fmpq(0))


def squash(activation: Activation, nets: Sequence[Moving], bend: Number | None) -> list[Moving]:
    """The outputs of a layer's neurons, or of some of them; for softmax it has to be the whole layer."""
    if activation is Activation.SOFTMAX:
        powers = [net.series.exp() for net in nets]
        total = sum(powers[1:], start=powers[0])
        return [_read(power / total) for power in powers]
    return [_squash_one(activation, net, bend) for net in nets]


def _squash_one(activation: Activation, net: Moving, bend: Number | None) -> Moving:
    match activation:
        case Activation.IDENTITY:
            return net
        case Activation.SIGMOID:
            return _read(1 / (1 + (-net.series).exp()))
        case Activation.TANH:
            # Of the two ways to write it the one whose exponential can't become too large to divide by.
            return _read(1 - 2 / (1 + (2 * net.series).exp()))
        case Activation.RELU:
            # At 0 the derivative is taken to be 0.
            return net if is_above(net.value, fmpq(0)) else _STILL
        case Activation.LEAKY_RELU:
            # At 0 the derivative is taken to be the bend.
            return net if is_above(net.value, fmpq(0)) else Moving(_need(bend) * net.value, _need(bend) * net.slope)
        case Activation.ELU:
            # At 0 the derivative is the limit from below: the bend.
            return net if is_above(net.value, fmpq(0)) else _read(_need(bend) * (net.series.exp() - 1))
        case Activation.SOFTPLUS:
            return _read((1 + net.series.exp()).log())
        case Activation.GELU:
            return _read(net.series * (1 + (net.series / arb(2).sqrt()).erf()) / 2)
        case Activation.SILU:
            return _read(net.series / (1 + (-net.series).exp()))
        case Activation.SOFTMAX:
            raise ValueError("softmax needs the whole layer")


def compare(loss: Loss, target: Moving, out: Moving, threshold: Number | None) -> Moving:
    """An output's error."""
    miss = Moving(target.value - out.value, target.slope - out.slope)
    match loss:
        case Loss.HALF_SQUARED:
            return _read(miss.series * miss.series / 2)
        case Loss.SQUARED:
            return _read(miss.series * miss.series)
        case Loss.ABSOLUTE:
            return magnitude(miss)
        case Loss.HUBER:
            far = magnitude(miss)
            if is_above(far.value, _need(threshold)):
                return _read(_need(threshold) * (far.series - _need(threshold) / 2))
            return _read(miss.series * miss.series / 2)
        case Loss.BINARY_CROSS_ENTROPY:
            there, here = target.series, out.series
            return _read(-_weighted_log(there, here) - _weighted_log(1 - there, 1 - here))
        case Loss.CROSS_ENTROPY:
            return _read(-_weighted_log(target.series, out.series))


def _weighted_log(weight: arb_series, of: arb_series) -> arb_series:
    """A weight of exactly 0 takes out a logarithm that is near to minus infinity, or there already."""
    return arb_series([0], prec=2) if weight[0] == 0 and weight[1] == 0 else weight * of.log()


def magnitude(moving: Moving) -> Moving:
    """The absolute value; at 0 its derivative is taken to be 0."""
    if is_above(moving.value, fmpq(0)):
        return moving
    if is_above(-moving.value, fmpq(0)):
        return Moving(-moving.value, -moving.slope)
    return _STILL


def is_above(value: Number, limit: Number) -> bool:
    """Whether a value is larger than a limit. Raises UndecidedError where a ball can't tell."""
    if value > limit:
        return True
    if value <= limit:
        return False
    raise UndecidedError(f"{value} may be on either side of {limit}")


def _need(setting: Number | None) -> Number:
    assert setting is not None
    return setting


def _read(series: arb_series) -> Moving:
    return Moving(series[0], series[1])
