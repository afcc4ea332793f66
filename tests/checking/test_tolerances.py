"""How far a figure may be from a value: each bound at its edge, on both sides."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

import symbackprop
from symbackprop.checking.calculation import Digits
from symbackprop.checking.figures import (
    can_be_equal,
    figure_given,
    is_cut_off_from,
    is_far_from,
    is_rounded_from,
    noise_in,
    right_digits,
    rounded_to,
)
from symbackprop.checking.habit import Habit, digits_of, habit_of
from symbackprop.checking.mistakes.agreement import NOISE, shown
from symbackprop.checking.reading.figure_text import read_figure
from symbackprop.checking.truth import BITS
from symbackprop.checking.verdicts import Rounding, Verdict
from symbackprop.checking.work import Figure
from symbackprop.derivation.balls import Real, precision, to_ball, to_exact
from tests.checking.mistaken import truth


def typed(text: str) -> tuple[Fraction, Figure]:
    """A figure with its sign, as somebody typed it in plain digits."""
    digits = text.removeprefix("-")
    figure = Figure(
        value=Fraction(digits),
        typed=digits,
        decimals=len(digits.partition(".")[2]),
        significant=len(digits.replace(".", "").lstrip("0")),
    )
    return Fraction(text), figure


def exact(text: str) -> Real:
    """A value that is a fraction."""
    return to_exact(Fraction(text))


def ball(text: str) -> Real:
    """The same value as a ball, as of something transcendental."""
    with precision(BITS):
        return to_ball(Fraction(text))


# --- Units ------------------------------------------------------------------------------------------------

# What was typed, the value, whether that is rounded to it, and whether it is cut off to it. Of a tie, either is right.
OFF: list[tuple[str, str, bool, bool]] = [
    ("0.25", "0.25", True, True),
    ("0.25", "0.255", True, True),
    ("0.25", "0.2550001", False, True),
    ("0.25", "0.2599999", False, True),
    ("0.25", "0.26", False, False),
    ("0.25", "0.2600001", False, False),
    ("0.25", "0.265", False, False),
    ("0.25", "0.2499999", True, False),
    ("0.25", "0.245", True, False),
    ("0.25", "0.2449999", False, False),
    ("-0.25", "-0.255", True, True),
    ("-0.25", "-0.2599999", False, True),
    ("-0.25", "-0.26", False, False),
    ("-0.25", "-0.245", True, False),
    ("-0.25", "-0.2449999", False, False),
    ("-0.25", "0.25", False, False),
    ("3", "3.5", True, True),
    ("3", "3.9999999", False, True),
    ("3", "4", False, False),
    ("0.0", "0.05", True, False),
    ("0.0", "0.0500001", False, False),
    ("0", "0", True, False),
    ("0", "0.0000001", False, False),
]


@pytest.mark.parametrize("value_of", [exact, ball])
@pytest.mark.parametrize(("text", "true", "is_rounded", "is_cut"), OFF)
def test_a_figure_is_rounded_or_cut_off(
    text: str, true: str, *, is_rounded: bool, is_cut: bool, value_of: object
) -> None:
    assert callable(value_of)
    value, figure = typed(text)
    with precision(BITS):
        assert is_rounded_from(value, figure, value_of(true)) is is_rounded
        assert is_cut_off_from(value, figure, value_of(true)) is is_cut
        assert not (is_far_from(value, figure, value_of(true)) and (is_rounded or is_cut))


@pytest.mark.parametrize(("true", "is_far"), [("0.2601", False), ("0.2602", True), ("0.2399", False), ("0.2398", True)])
def test_what_is_certainly_something_else_is_more_than_a_unit_away(true: str, *, is_far: bool) -> None:
    assert is_far_from(*typed("0.25"), exact(true)) is is_far
    assert is_far_from(*typed("-0.25"), exact(f"-{true}")) is is_far


def test_nothing_is_certain_of_a_wide_ball_or_of_what_no_double_holds() -> None:
    value, figure = typed("0.25")
    assert not is_far_from(value, figure, arb(0.5, 0.25))
    assert is_far_from(value, figure, arb(0.5, 0.125))
    assert not is_far_from(value, figure, to_exact(Fraction(10) ** 400))


def test_a_ball_without_ends_equals_nothing() -> None:
    endless = arb(0, 1) / arb(0, 1)
    assert not can_be_equal(endless, exact("1"))
    assert not can_be_equal(exact("1"), endless)
    assert can_be_equal(arb(1, 0.5), exact("1.5"))
    assert not can_be_equal(arb(1, 0.5), exact("1.75"))
    assert not can_be_equal(exact("1"), exact("1.0000001"))


# --- Noise ------------------------------------------------------------------------------------------------

DOUBLE, SINGLE = Rounding.DOUBLE_NOISE, Rounding.SINGLE_NOISE
BIT = Fraction(1, 2)


def noisy(off: Fraction, *, significant: int, size: Fraction = Fraction(1)) -> Rounding | None:
    """What a figure of so many digits is taken for that is off by so much from a value of that size."""
    value = size + off
    figure = Figure(value=value, typed="?", decimals=60, significant=significant)
    with precision(400):
        return noise_in(value, figure, to_exact(size))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_noise_of_double_precision_is_nine_bits(sign: int) -> None:
    assert noisy(sign * BIT**44, significant=15) is DOUBLE
    assert noisy(sign * BIT**44 * Fraction(1001, 1000), significant=15) is None
    assert noisy(sign * BIT**44, significant=14) is None
    # What was added up may have been larger than its sum.
    assert noisy(sign * BIT**54, significant=15, size=BIT**20) is DOUBLE
    assert noisy(sign * BIT**54 * Fraction(1001, 1000), significant=15, size=BIT**20) is None


@pytest.mark.parametrize("sign", [1, -1])
def test_the_noise_of_single_precision_is_two_bits(sign: int) -> None:
    # 2^-23 apart, numbers of single precision themselves.
    assert noisy(sign * BIT**22, significant=9) is SINGLE
    assert noisy(sign * BIT**22, significant=8) is SINGLE
    assert noisy(sign * BIT**22, significant=7) is None
    assert noisy(sign * BIT**22 * Fraction(1001, 1000), significant=8) is None
    assert noisy(sign * BIT**22, significant=8, size=BIT**5) is None
    assert noisy(2 * sign * BIT**22, significant=9) is None


def test_a_long_figure_is_noise_only_if_single_precision_has_such_a_number() -> None:
    near = BIT**23 + BIT**30
    assert noisy(near, significant=8) is SINGLE
    assert noisy(near, significant=9) is None
    single, unit = Fraction(1) + BIT**23, Fraction(1, 10**8)
    for off, found in ((unit, SINGLE), (unit * Fraction(1001, 1000), None)):
        figure = Figure(value=single - off, typed="?", decimals=8, significant=9)
        assert noise_in(single - off, figure, exact("1")) is found


def test_a_ball_without_ends_has_no_noise() -> None:
    value, figure = typed("0.123456789012345678")
    assert noise_in(value, figure, arb(0, 1) / arb(0, 1)) is None


# --- Digits -----------------------------------------------------------------------------------------------


def test_a_figure_is_given_to_the_digits_that_a_ball_has() -> None:
    third = Fraction(1, 3)
    for bits, significant in ((10, None), (11, 3), (20, 5), (200, 12)):
        found = figure_given(arb(to_exact(third), to_ball(third * BIT**bits)))
        assert (None if found is None else found[1].significant) == significant, bits
    found = figure_given(arb(to_exact(-third)))
    assert found is not None
    assert (found[0], found[1].value, found[1].decimals) == (
        *(Fraction(it, 10**12) for it in (-333333333333, 333333333333)),
        12,
    )
    assert figure_given(arb(0)) is None


def test_a_right_figure_has_as_many_digits_as_another_one_or_as_tell_it_from_0() -> None:
    third = to_exact(Fraction(1, 3))
    assert rounded_to(third, 2) == "0.33"
    assert rounded_to(third, 30) == rounded_to(third, 31) == "0." + 30 * "3"
    assert rounded_to(exact("0.00056"), 2) == "0.0006"
    assert rounded_to(exact("-25"), -1) == "-30"
    assert rounded_to(arb(0.25, 0.1), 1) is None


# --- What figures have in common --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("digits", "power", "expected"),
    [
        ("0.50", 0, "0.33"),
        ("5.0", 0, "0.3"),
        ("7.32e-30", 0, "0.333"),
        ("4.1E5", 0, "0.33"),
        ("2.9", -12, "0.33"),
        ("7e-300", 0, "0.3"),
    ],
)
def test_the_right_digits_are_as_many_as_are_shown_whatever_the_power(digits: str, power: int, expected: str) -> None:
    beside = rf"{digits} \cdot 10^{{{power}}}" if power else digits
    figure = read_figure(digits, beside, decimal_comma=False, exponent=power)
    assert right_digits(exact("1/3"), figure) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("7.32e-30", "0.593"),
        ("4.1E5", "0.59"),
        ("$7.3 \\cdot 10^{-12}$", "0.59"),
        ("0.61", "0.59"),
    ],
)
def test_so_they_are_told(shown: str, expected: str) -> None:
    (link,) = symbackprop.check(f"$out_{{h1}} = {shown.strip('$')}$").links
    assert (link.verdict, link.expected) == (Verdict.WRONG, expected)


def figures(*texts: str) -> list[Figure]:
    return [typed(text)[1] for text in texts]


def test_what_more_figures_have_in_common_is_the_habit() -> None:
    usual = Digits(decimals=2, significant=3)
    assert habit_of(figures("0.25", "11.75")).known is None
    # Decimals in common, then significant digits, then both.
    assert habit_of(figures("0.25", "1.75", "11.75")).known == Digits(decimals=2, significant=1000)
    assert habit_of(figures("0.0125", "1.75", "11.7")).known == Digits(decimals=1000, significant=3)
    assert habit_of(figures("1.75", "2.75", "3.75")) == Habit(known=usual, usual=usual)
    # To one or two significant digits nobody calculates.
    assert habit_of(figures("0.5", "0.7", "11")).known == Digits(decimals=1, significant=3)
    assert digits_of(typed("0.5")[1]) == Digits(decimals=1, significant=3)


@pytest.mark.parametrize(
    ("text", "decimals", "significant"),
    [("0.125", 2, 1000), ("1.125", 3, 1000), ("11.75", 2, 1000), ("0.0125", 2, 1000), ("0.1234", 4, 1000)],
)
def test_only_a_figure_longer_in_both_ways_was_calculated_with_more(text: str, decimals: int, significant: int) -> None:
    habit = habit_of(figures("0.25", "1.75", "11.75", "1.25"))
    assert habit.usual == Digits(decimals=2, significant=3)
    assert habit.digits(typed(text)[1]) == Digits(decimals=decimals, significant=significant)
    assert habit.digits(None) == Digits(decimals=1000, significant=1000)
    assert Habit(known=None).digits(typed(text)[1]) == digits_of(typed(text)[1])


# --- What a mistake explains ------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [1, -1])
def test_a_mistake_explains_a_figure_that_is_rounded_from_its_value_or_cut_off(sign: int) -> None:
    value, figure = typed("0.25" if sign > 0 else "-0.25")
    it = shown(value, figure)
    slack = {true: it.slack(sign * true) for true in (0.2449, 0.2451, 0.2549, 0.2551, 0.2599, 0.2601, -0.25)}
    assert slack == {0.2449: None, 0.2451: 0.0, 0.2549: 0.0, 0.2551: 1.0, 0.2599: 1.0, 0.2601: None, -0.25: None}


def test_floating_point_is_allowed_its_noise() -> None:
    value, figure = typed("100000.25")
    it = shown(value, figure)
    edge = float(value) + 0.005
    assert it.slack(edge + 0.5 * NOISE * edge) == 0.0
    assert it.slack(edge + 2 * NOISE * edge) == 1.0


def test_what_a_figure_tells_is_counted_in_bits() -> None:
    value, figure = typed("0.25")
    it = shown(value, figure)
    # 2 * 0.25 / 0.01 + 1 = 51 figures; of the value itself, nothing but that it is wrong.
    assert it.all_bits == pytest.approx(5.6724, abs=1e-4)
    assert it.bits(0.25) == 2.0
    assert it.bits(0.5) == pytest.approx(it.all_bits + 2)
    assert it.bits(100.0) == it.bits(1.25) > it.bits(1.2)
    assert it.bits(float("inf")) == it.bits(float("nan")) == 0.0
    with precision(BITS):
        assert it.slack_around(arb(0.26, 0.0049)) is None
        assert it.slack_around(arb(0.26, 0.0051)) == pytest.approx(it.width(0.0051)) == pytest.approx(2.0144, abs=1e-4)


# --- A formula --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1])
def test_a_formula_has_to_be_right_in_all_numbers_close_by(number: int) -> None:
    """Right in the network's own numbers and in one of two others isn't right."""
    rounds = truth("default").round(0).neighbours(frozenset())
    assert len(rounds) == 2
    near = rounds[number].given["w1"]
    assert not isinstance(near, arb)
    formula = f"w1*i1 + w2*i2 + b1 + (w1 - 15/100)*(w1 - {near.p}/{near.q})"
    (link,) = symbackprop.check(f"net_h1 = {formula}").links
    assert link.verdict is Verdict.WRONG
    (link,) = symbackprop.check(f"net_h1 = {formula.partition(' + (')[0]}").links
    assert link.verdict is Verdict.CORRECT
