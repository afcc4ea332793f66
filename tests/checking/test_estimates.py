"""What is told in floating point and in bits has a meaning for every size, and nothing else tells it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fractions import Fraction
from math import inf, isfinite, isnan, log2
from pathlib import Path

import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

import symbackprop
from symbackprop.checking import estimates
from symbackprop.checking.estimates import (
    MOST_BITS,
    accuracy,
    bits,
    bits_of_choice,
    estimate,
    is_told_in_doubles,
    margin,
    nearest_single,
    power_of_ten,
    rounded_to_decimals,
    rounded_to_significant,
)
from symbackprop.checking.figures import figure_given, is_far_from
from symbackprop.checking.mistakes.agreement import shown
from symbackprop.checking.work import Figure
from symbackprop.derivation.balls import evaluate
from symbackprop.typeset.formula import Power, Product, Quantity, Quotient, Sum

HUGE, TINY = Fraction(10) ** 400, Fraction(1, 10**400)


@pytest.mark.parametrize(
    ("value", "double"),
    [
        (Fraction(1, 4), 0.25),
        (HUGE, inf),
        (-HUGE, -inf),
        (TINY, 0.0),
        (fmpq(10) ** 400, inf),
        (-(fmpq(10) ** 400), -inf),
        (fmpq(10**401, 10**400), 10.0),
        (arb(10) ** 400, inf),
        (arb(10) ** -400, 0.0),
        (arb("inf"), inf),
        (arb(2, 0.5), 2.0),
    ],
)
def test_a_number_of_any_size_has_an_estimate(value: Fraction | fmpq | arb, double: float) -> None:
    assert estimate(value) == double


def test_what_has_no_value_is_near_nothing() -> None:
    assert isnan(estimate(arb("nan")))
    assert margin(arb("nan")) == inf
    assert margin(arb(3) / arb(0, 1)) == inf
    assert margin(fmpq(1, 3)) == 0.0
    figure = Figure(value=Fraction(1), typed="1.0", decimals=1, significant=2)
    for value in (inf, -inf, estimate(arb("nan"))):
        assert shown(Fraction(1), figure).slack(value) is None
    assert not is_far_from(Fraction(1), figure, arb("nan"))
    assert not is_far_from(HUGE, figure, fmpq(1))
    assert is_far_from(Fraction(1), figure, fmpq(2))


@pytest.mark.parametrize(
    ("distance", "grain", "expected"),
    [
        (0.0, 0.5, 0.0),
        (1.0, 0.5, log2(5)),
        (0.0, 0.0, 0.0),
        (1.0, 0.0, MOST_BITS),
        (1e308, 1e-308, MOST_BITS),
        (inf, 1.0, MOST_BITS),
        (1.0, inf, 0.0),
        (1e308, inf, 0.0),
        (estimate(arb("nan")), 1.0, 0.0),
        (1.0, estimate(arb("nan")), MOST_BITS),
    ],
)
def test_bits_have_a_meaning_for_every_distance_and_grain(distance: float, grain: float, expected: float) -> None:
    assert bits(distance, grain) == expected


@given(st.floats(), st.floats())
def test_bits_are_never_infinite(distance: float, grain: float) -> None:
    assert 0 <= bits(distance, grain) <= MOST_BITS


@given(st.floats(), st.integers(-400, 400))
def test_rounding_a_double_never_fails(value: float, count: int) -> None:
    for found in (rounded_to_decimals(value, count), rounded_to_significant(value, max(1, count))):
        assert isfinite(found) == isfinite(value)


def test_the_edges_of_what_doubles_tell() -> None:
    assert is_told_in_doubles(Fraction(0), 300)
    assert not is_told_in_doubles(Fraction(0), 301)
    assert not is_told_in_doubles(Fraction(0), -301)
    assert is_told_in_doubles(Fraction(2, 10**290), 300)
    assert not is_told_in_doubles(Fraction(1, 10**290), 300)
    assert is_told_in_doubles(Fraction(10) ** 308, -300)
    assert not is_told_in_doubles(Fraction(2 * 10**308), -300)


def test_powers_choices_and_accuracy() -> None:
    assert (power_of_ten(2), power_of_ten(400), power_of_ten(-400)) == (100.0, inf, 0.0)
    assert (bits_of_choice(0), bits_of_choice(1), bits_of_choice(8)) == (0.0, 0.0, 3.0)
    assert accuracy(fmpq(1, 3)) == inf
    assert accuracy(arb(1, 2**-20)) > 15 > accuracy(arb(1, 1))
    assert nearest_single(Fraction(1, 2)) == Fraction(1, 2)
    assert nearest_single(Fraction(10) ** 39) is None
    assert nearest_single(HUGE) is None


def test_cut_off_figures_agree_however_small_they_are() -> None:
    """The product of the two is too small for a double."""
    figure = Figure(value=Fraction(12, 10**201), typed="1.2e-200", decimals=201, significant=2)
    assert shown(figure.value, figure).slack(1.29e-200) == 1.0
    assert shown(figure.value, figure).slack(-1.29e-200) is None
    assert shown(figure.value, figure).slack(1.31e-200) is None


def test_what_nobody_would_write_is_no_figure_given() -> None:
    assert figure_given(arb(10) ** 400) is None
    assert figure_given(arb(10) ** -400) is None
    assert figure_given(arb("nan")) is None
    found = figure_given(arb(3) / 7)
    assert found is not None
    assert found[1].significant == 12


@pytest.mark.parametrize(
    "formula",
    [
        Power(Quantity("x"), Quantity("n")),
        Product((Power(Quantity("x"), Quantity("n")),) * 50),
        Sum((Power(Quantity("x"), Quantity("n")),) * 50),
        Quotient(Power(Quantity("x"), Quantity("n")), Power(Quantity("y"), Quantity("n"))),
        Power(Power(Quantity("y"), Quantity("n")), Quantity("n")),
    ],
    ids=["power", "product", "sum", "quotient", "tower"],
)
def test_a_formula_of_huge_numbers_fills_no_memory(formula: Power | Product | Sum | Quotient) -> None:
    numbers = {"x": Fraction(10**9999 + 1), "y": Fraction(1, 10**9999 + 3), "n": Fraction(999)}
    found = evaluate(formula, numbers.__getitem__)
    assert isinstance(found, arb)
    assert found > 0


# --- Nothing else tells it --------------------------------------------------------------------------------

CHECKING = Path(symbackprop.__file__).parent / "checking"
GUARDED = {"float", "log", "log2", "log10", "exp", "pack", "unpack", "rel_accuracy_bits", "rad", "mid"}
"""What makes floating point, bits or ends of something that somebody typed."""

OF_DOUBLES = {("floats.py", "float")}
"""A function of doubles is a double."""


def unguarded(source: str, name: str) -> Iterator[str]:
    """Where a module calls one of these."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in GUARDED and (name, called) not in OF_DOUBLES:
                yield f"{name}:{node.lineno}: {called}"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.left, ast.Constant):
            yield from (
                [f"{name}:{node.lineno}: a power of floating point"] if isinstance(node.left.value, float) else ()
            )


def test_only_one_module_makes_estimates() -> None:
    explaining = [*CHECKING.glob("*.py"), *CHECKING.glob("mistakes/*.py"), *CHECKING.glob("judging/*.py")]
    own = Path(estimates.__file__)
    assert own in explaining
    found = [it for path in explaining if path != own for it in unguarded(path.read_text(encoding="utf-8"), path.name)]
    assert found == []


def test_an_estimate_beside_them_would_be_found() -> None:
    source = "import math\n\ndef near(it):\n    return math.log2(float(it.value)) < 10.0**it.decimals + it.ball.rad()\n"
    assert sorted(it.rpartition(" ")[2] for it in unguarded(source, "near.py")) == ["float", "log2", "point", "rad"]
