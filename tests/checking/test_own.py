"""What follows from a work's own figures: what is calculated without them is kept for the next work."""

from __future__ import annotations

from symbackprop.checking.calculation import Digits, Way
from symbackprop.checking.own import Afresh
from tests.checking.mistaken import truth


def test_what_is_calculated_afresh_is_kept_but_not_without_end() -> None:
    afresh = Afresh(truth("default"))
    many = [Digits(decimals=decimals, significant=20) for decimals in range(2, 12)]
    first = afresh.course(Way.BY_DELTAS, many[0])
    assert afresh.course(Way.BY_DELTAS, many[0]) is first
    others = [afresh.course(Way.BY_DELTAS, digits) for digits in many[1:]]
    assert afresh.course(Way.BY_DELTAS, many[-1]) is others[-1]
    assert afresh.course(Way.BY_DELTAS, many[0]) is not first


def test_each_owner_keeps_its_own() -> None:
    digits = Digits(decimals=3, significant=20)
    ours, others = (Afresh(truth("default")).course(Way.BY_DELTAS, digits) for _ in range(2))
    assert ours is not others
    assert ours.value("net_h1") == others.value("net_h1")
