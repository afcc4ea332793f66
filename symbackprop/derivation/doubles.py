"""The functions of compiled code in ordinary floating point, as other languages have them.

Where Python raises an error these give infinity or nan, so that a training that runs away in doubles can be shown.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from symbackprop.typeset.formula import Comparison, Elementary


def exponential(value: float) -> float:
    """E to the power of a value: infinity where it is too large."""
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def logarithm(value: float) -> float:
    """The natural logarithm: minus infinity for 0, nan below."""
    if value > 0:
        return math.log(value)
    return -math.inf if value == 0 else math.nan


def logistic(value: float) -> float:
    """1/(1 + e^-x), by the power that can't overflow."""
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    power = math.exp(value)
    return power / (1 + power)


def normal_cdf(value: float) -> float:
    """How likely a standard normal variable lies below."""
    return math.erfc(-value / math.sqrt(2)) / 2


def normal_pdf(value: float) -> float:
    """The density of the standard normal distribution."""
    return math.exp(-value * value / 2) / math.sqrt(2 * math.pi)


def sign_of(value: float) -> float:
    """1, -1, or 0 for 0; nan stays nan."""
    return value if value == 0 or math.isnan(value) else math.copysign(1, value)


def root(value: float) -> float:
    """The square root: nan below 0."""
    return math.sqrt(value) if value >= 0 else math.nan


def divide(dividend: float, divisor: float) -> float:
    """A quotient: infinity, or nan for 0/0, where the divisor is 0."""
    if divisor != 0:
        return dividend / divisor
    if dividend == 0 or math.isnan(dividend):
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1, divisor)


def is_true(left: float, comparison: str, right: float) -> bool:
    """Whether two values compare so; nothing compares with nan."""
    match Comparison(comparison):
        case Comparison.ABOVE:
            return left > right
        case Comparison.AT_LEAST:
            return left >= right
        case Comparison.BELOW:
            return left < right
        case Comparison.AT_MOST:
            return left <= right


DOUBLE_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    Elementary.LOG.value: logarithm,
    Elementary.TANH.value: math.tanh,
    Elementary.SIGMOID.value: logistic,
    Elementary.NORMAL_CDF.value: normal_cdf,
    Elementary.NORMAL_PDF.value: normal_pdf,
    Elementary.SIGN.value: sign_of,
    "exp": exponential,
    "sqrt": root,
    "abs": abs,
    "divide": divide,
    "no_product": operator.mul,
    "kept_small": float,
    "is_true": is_true,
}
"""What compiled code calls, under the same names as `balls.BALL_FUNCTIONS`."""
