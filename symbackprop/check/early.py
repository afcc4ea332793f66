"""Figures that come of rounding earlier results to fewer digits than the figure itself shows."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.check.agreement import shown
from symbackprop.check.calculation import Digits
from symbackprop.check.figures import as_shown
from symbackprop.check.suspects import Suspects
from symbackprop.check.work import Figure
from symbackprop.derivation.balls import to_ball


def rounded_early(suspects: Suspects, root: int) -> bool:
    """Whether rounding the results on the way to fewer digits can have led to a figure, to three at the least."""
    place = suspects.place(root)
    claim = suspects.claims[root]
    if place is None:
        return False
    figure = shown(claim.value, claim.figure)
    for way in suspects.ways(root):
        base = way.path.value
        if not abs(figure.value - base) <= _NEAR * abs(base):
            continue
        for digits in _fewer_digits(claim.figure):
            ball = suspects.scene.rounded({}, way.path.id, place[1], way.claimed, digits)
            if ball is None:
                continue
            around = to_ball(ball)
            if around.is_finite() and around.overlaps(as_shown(claim.value, claim.figure)):
                return float(around.rad()) <= _NEAR * abs(base)
    return False


_NEAR = 0.005
"""What differs by more is no matter of rounding, even where rounding to three digits could reach it."""


def _fewer_digits(figure: Figure) -> Iterator[Digits]:
    most = min(figure.significant, _MOST)
    for count in range(most - 1, _LEAST - 1, -1):
        yield Digits(decimals=_ANY, significant=count)


_ANY = 400
_MOST, _LEAST = 10, 3
