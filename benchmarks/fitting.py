"""Fits growth: a straight line through logarithms, by least squares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST_POINTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """y = start * x^slope of a power law, or y = start * e^(slope x) of an exponential one.

    `error` is the root of the mean squared distance in ln y: 0.1 says that the points lie some 10% off the line.
    """

    start: float
    slope: float
    error: float


def fit_power(points: Sequence[tuple[float, float]]) -> Fit:
    """Fit y = start * x^slope: `slope` is the exponent. Raises ValueError for points that fix no line."""
    return _fit_line([(math.log(x), math.log(y)) for x, y in points])


def fit_exponential(points: Sequence[tuple[float, float]]) -> Fit:
    """Fit y = start * e^(slope x): with each further x, y becomes e^slope times as large. Raises as `fit_power`."""
    return _fit_line([(x, math.log(y)) for x, y in points])


def _fit_line(points: Sequence[tuple[float, float]]) -> Fit:
    if len({x for x, _ in points}) < FEWEST_POINTS:
        raise ValueError(f"expected at least {FEWEST_POINTS} different x to fit a line, found {len(points)} points")
    x_mean = math.fsum(x for x, _ in points) / len(points)
    y_mean = math.fsum(y for _, y in points) / len(points)
    spread = math.fsum((x - x_mean) ** 2 for x, _ in points)
    slope = math.fsum((x - x_mean) * (y - y_mean) for x, y in points) / spread
    level = y_mean - slope * x_mean
    squares = math.fsum((y - level - slope * x) ** 2 for x, y in points)
    return Fit(start=math.exp(level), slope=slope, error=math.sqrt(squares / len(points)))
