"""Figures that come of rounding earlier results to fewer digits than the figure itself shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from symbackprop.checking.calculation import Digits
from symbackprop.checking.claims import Claim
from symbackprop.checking.estimates import rounded_to_decimals, rounded_to_significant
from symbackprop.checking.figures import as_shown
from symbackprop.checking.mistakes.agreement import shown
from symbackprop.checking.mistakes.paths import Path, Way
from symbackprop.checking.mistakes.scene import Scene
from symbackprop.derivation.balls import to_ball

Rounding = Callable[[float], float]

_LEAST_SIGNIFICANT, _LEAST_DECIMALS = 3, 2
_MOST = 10


def rounded_early(path: Path, claim: Claim) -> Iterator[float]:
    """What a quantity comes to if the results on the way are rounded, each or only the last ones before it."""
    for rounding in _roundings(claim):
        yield path.rounded_throughout(rounding)
        yield path.rounded_at_last(rounding)


def _roundings(claim: Claim) -> Iterator[Rounding]:
    """To how few digits somebody may have rounded on the way: significant ones, or decimals."""
    for count in range(_LEAST_SIGNIFICANT, min(claim.figure.significant, _MOST)):
        yield partial(rounded_to_significant, count=count)
    for count in range(_LEAST_DECIMALS, min(claim.figure.decimals, _MOST)):
        yield partial(rounded_to_decimals, count=count)


def within_a_digit(scene: Scene, way: Way, rounds: int, claim: Claim) -> bool:
    """Whether rounding on the way to one digit fewer than are shown, in whatever order, can lead to a figure."""
    count = claim.figure.significant - 1
    base = way.path.value
    if count < _LEAST_SIGNIFICANT or not abs(shown(claim.value, claim.figure).value - base) <= _NEAR * abs(base):
        return False
    digits = Digits(decimals=_ANY, significant=count)
    ball = scene.rounded({}, way.path.id, rounds, way.claimed, digits)
    if ball is None:
        return False
    around = to_ball(ball)
    return bool(around.is_finite()) and bool(around.overlaps(as_shown(claim.value, claim.figure)))


_NEAR = 0.005
_ANY = 400
