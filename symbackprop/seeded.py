"""Numbers made from a seed: the same ones everywhere and always, for networks too large to be typed."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from random import Random

from symbackprop.network import Given, Rows, Vector
from symbackprop.places import Place, Table
from symbackprop.records import record
from symbackprop.wording import counted

MOST_SEED = 1_000_000_000
MOST_DECIMALS = 9
LARGEST = 1000


@record(kw_only=True)
class Seeded:
    """Decimals between two bounds, each as likely as the others; the bounds count the last decimal's units."""

    seed: int
    low: int
    high: int
    decimals: int


def read_seeded(table: Table) -> Seeded:
    """Give what a table asks for; raise `SpecError` for bounds that don't fit."""
    decimals = table.required("decimals").whole_number(least=0, most=MOST_DECIMALS)
    seed = table.required("seed").whole_number(least=0, most=MOST_SEED)
    low, high = (_units(table.required(key), decimals) for key in ("low", "high"))
    if high <= low:
        upper, lower = table.required("high"), table.required("low")
        raise upper.refusal(f"a number above low, which is {lower.number().typed}")
    return Seeded(seed=seed, low=low, high=high, decimals=decimals)


def _units(place: Place, decimals: int) -> int:
    number = place.number_that(f"a number from -{LARGEST} to {LARGEST}", lambda it: abs(it) <= LARGEST)
    units: Fraction = number.exact * 10**decimals
    if units.denominator != 1:
        raise place.refusal(f"a number of at most {counted(decimals, 'decimal')}, as all that are made")
    return units.numerator


def make_vector(seeded: Seeded, count: int) -> Vector:
    """Give the first `count` numbers of a seed."""
    # Python promises the same random() for the same seed in all its versions, and of nothing else that is random.
    uniform = Random(seeded.seed).random  # noqa: S311 - nobody keeps a secret here
    low, choices = seeded.low, seeded.high - seeded.low + 1
    # Few decimals come again and again: each is made only once.
    made: dict[int, Given] = {}
    numbers = []
    for _ in range(count):
        units = low + floor(uniform() * choices)
        number = made.get(units)
        if number is None:
            number = made[units] = _number(units, seeded.decimals)
        numbers.append(number)
    return tuple(numbers)


def make_rows(seeded: Seeded, rows: int, columns: int) -> Rows:
    """Give the numbers of a seed row by row."""
    numbers = make_vector(seeded, rows * columns)
    return tuple(numbers[start : start + columns] for start in range(0, len(numbers), columns))


def _number(units: int, decimals: int) -> Given:
    one = 10**decimals
    whole, rest = divmod(abs(units), one)
    typed = f"{'-' if units < 0 else ''}{whole}{f'.{rest:0{decimals}}' if decimals else ''}"
    return Given(exact=Fraction(units, one), typed=typed)
