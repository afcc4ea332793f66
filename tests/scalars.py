"""Each activation and each loss with its derivative, in any arithmetic, as a textbook's table lists them.

They are written so that doubles neither overflow nor lose their digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symbackprop.functions import Activation, Loss


def _missing(_: Any) -> Any:
    raise NotImplementedError("this arithmetic wasn't given that function")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """How to make a number of a fraction, and the functions of a number that a network may need."""

    number: Callable[[Fraction], Any]
    exp: Callable[[Any], Any]
    log: Callable[[Any], Any] = _missing
    sqrt: Callable[[Any], Any] = _missing
    erf: Callable[[Any], Any] = _missing


FLOATS = Arithmetic(number=float, exp=math.exp, log=math.log, sqrt=math.sqrt, erf=math.erf)


def sign(value: Any) -> int:
    """1, 0 or -1."""
    return int(value > 0) - int(value < 0)


def activate(
    arithmetic: Arithmetic, activation: Activation, nets: Sequence[Any], bend: Any
) -> tuple[list[Any], list[dict[int, Any]]]:
    """The outputs of a layer, and for each output its slopes by the net inputs that it depends on."""
    if activation is Activation.SOFTMAX:
        powers = [arithmetic.exp(net - max(nets)) for net in nets]
        outs = [power / sum(powers[1:], start=powers[0]) for power in powers]
        slopes = [
            {k: out * ((1 if j == k else 0) - other) for k, other in enumerate(outs)} for j, out in enumerate(outs)
        ]
        return outs, slopes
    pairs = [_activate_one(arithmetic, activation, net, bend) for net in nets]
    return [out for out, _ in pairs], [{index: slope} for index, (_, slope) in enumerate(pairs)]


def _activate_one(arithmetic: Arithmetic, activation: Activation, net: Any, bend: Any) -> tuple[Any, Any]:
    exp, one = arithmetic.exp, arithmetic.number(Fraction(1))
    match activation:
        case Activation.IDENTITY:
            return net, one
        case Activation.SIGMOID:
            out = _logistic(exp, net)
            return out, out * _logistic(exp, -net)
        case Activation.TANH:
            out = sign(net) * (2 * _logistic(exp, 2 * abs(net)) - 1)
            return out, 4 * _logistic(exp, 2 * net) * _logistic(exp, -2 * net)
        case Activation.RELU:
            return (net, one) if net > 0 else (0 * one, 0 * one)
        case Activation.LEAKY_RELU:
            return (net, one) if net > 0 else (bend * net, bend)
        case Activation.ELU:
            return (net, one) if net > 0 else (bend * (exp(net) - 1), bend * exp(net))
        case Activation.SOFTPLUS:
            return (net if net > 0 else 0 * one) + arithmetic.log(1 + exp(-abs(net))), _logistic(exp, net)
        case Activation.GELU:
            below = (1 + arithmetic.erf(net / arithmetic.sqrt(2 * one))) / 2
            # 2 pi from the exact value of erf's slope at 0 would be circular: pi is given by its digits.
            density = exp(-net * net / 2) / arithmetic.sqrt(2 * arithmetic.number(PI))
            return net * below, below + net * density
        case Activation.SILU:
            gate = _logistic(exp, net)
            return net * gate, gate + net * gate * _logistic(exp, -net)
        case Activation.SOFTMAX:
            raise ValueError("softmax needs the whole layer")


PI = Fraction("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798")


def _logistic(exp: Callable[[Any], Any], net: Any) -> Any:
    if net < 0:
        return exp(net) / (1 + exp(net))
    return 1 / (1 + exp(-net))


def loss_and_slope(arithmetic: Arithmetic, loss: Loss, target: Any, out: Any, threshold: Any) -> tuple[Any, Any]:
    """An output's error, and its slope by the output."""
    miss, log = target - out, arithmetic.log
    match loss:
        case Loss.HALF_SQUARED:
            return miss * miss / 2, -miss
        case Loss.SQUARED:
            return miss * miss, -2 * miss
        case Loss.ABSOLUTE:
            return abs(miss), -sign(miss) * arithmetic.number(Fraction(1))
        case Loss.HUBER:
            if abs(miss) <= threshold:
                return miss * miss / 2, -miss
            return threshold * (abs(miss) - threshold / 2), -sign(miss) * threshold
        case Loss.BINARY_CROSS_ENTROPY:
            there = target * log(out) if target else 0 * out
            elsewhere = (1 - target) * log(1 - out) if target != 1 else 0 * out
            return -there - elsewhere, (out - target) / (out * (1 - out))
        case Loss.CROSS_ENTROPY:
            if not target:
                return 0 * out, 0 * out
            return -target * log(out), -target / out
