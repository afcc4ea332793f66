"""Numbers from a seed are the same for ever: files rely on it."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from symbackprop.seeded import Seeded, make_rows, make_vector


@pytest.mark.parametrize(
    ("seeded", "typed"),
    [
        (
            Seeded(seed=7, low=-500, high=500, decimals=4),
            ["-0.0176", "-0.0349", "0.0151", "-0.0428", "0.0036", "-0.0134"],
        ),
        (Seeded(seed=1, low=0, high=100, decimals=2), ["0.13", "0.85", "0.77", "0.25", "0.50", "0.45"]),
        (Seeded(seed=0, low=-3, high=3, decimals=0), ["2", "2", "-1", "-2", "0", "-1"]),
        (Seeded(seed=1_000_000_000, low=-(10**12), high=10**12, decimals=9), ["7.027664800", "2.837878858"]),
    ],
)
def test_the_first_numbers_never_change(seeded: Seeded, typed: list[str]) -> None:
    assert [number.typed for number in make_vector(seeded, len(typed))] == typed


def test_a_number_is_as_exact_as_if_it_was_typed() -> None:
    for number in make_vector(Seeded(seed=3, low=-25, high=25, decimals=1), 200):
        assert number.exact == Fraction(number.typed)
        assert -Fraction(5, 2) <= number.exact <= Fraction(5, 2)


def test_both_bounds_can_come_and_none_beyond_them() -> None:
    numbers = make_vector(Seeded(seed=5, low=-1, high=1, decimals=1), 100)
    assert {number.typed for number in numbers} == {"-0.1", "0.0", "0.1"}


def test_rows_are_filled_one_after_the_other() -> None:
    seeded = Seeded(seed=7, low=-500, high=500, decimals=4)
    rows = make_rows(seeded, 3, 4)
    assert [len(row) for row in rows] == [4, 4, 4]
    assert tuple(number for row in rows for number in row) == make_vector(seeded, 12)


def test_a_large_layer_is_made_in_no_time() -> None:
    seeded = Seeded(seed=7, low=-500, high=500, decimals=4)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        make_rows(seeded, 30, 800)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.06
