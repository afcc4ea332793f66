"""The digits that a page prints: as many as promised, all of them right, none of them lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.derivation.balls import Real, Undecided, exponential, precision, to_ball, to_exact
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.digits import is_around_zero
from symbackprop.derivation.families import Family
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.steps import Plan
from symbackprop.derivation.values import FIRST_BITS, MOST_BITS, Nearest, Shown, Values
from symbackprop.errors import CertificationError, SpecError
from symbackprop.network import Given, Network
from symbackprop.network_file import read_network
from symbackprop.resources import network_path
from tests.networks import build, default_network, layer, networks
from tests.reference import Arithmetic, after_rounds

IN_MPMATH = Arithmetic(number=lambda it: mpmath.mpf(it.numerator) / it.denominator, exp=mpmath.exp)


def values_of(given: Callable[[int], Mapping[str, Real | Fraction]], typed: Mapping[str, str] | None = None) -> Values:
    """Values of quantities that are only given, none of them computed."""
    family = Family(kind=Kind.INPUT, ids=tuple(given(64)), pattern=None)
    plan = Plan(derive(default_network()).graph, (family,), ())

    def real(bits: int) -> Mapping[str, Real]:
        return {id_: to_exact(it) if isinstance(it, Fraction) else it for id_, it in given(bits).items()}

    return Values(plan, real, {id_: Given(exact=Fraction(it), typed=it) for id_, it in (typed or {}).items()})


def exactly(value: str) -> Values:
    return values_of(lambda _: {"x": Fraction(value)})


def about(value: str) -> Values:
    """The value as a ball that gets narrower with the precision."""
    return values_of(lambda bits: {"x": to_ball(Fraction(value)) + arb(0, arb(2) ** -bits)})


# --- How many digits --------------------------------------------------------------------------------------

EXACT = [
    ("0.3775", 9, "0.3775"),
    ("0.05", 9, "0.05"),
    ("-0.5", 9, "-0.5"),
    ("0.10", 9, "0.1"),
    ("3", 9, "3"),
    ("-120", 2, "-120"),
    ("0", 9, "0"),
    ("0.000000001", 9, "0.000000001"),
    ("0.25", 2, "0.25"),
]


@pytest.mark.parametrize(("value", "decimals", "digits"), EXACT)
def test_exact_values_print_short(value: str, decimals: int, digits: str) -> None:
    assert exactly(value).shown("x", decimals) == Shown(digits=digits, exact=True)


ROUNDED = [
    ("1/3", 9, "0.333333333"),
    ("-2/3", 4, "-0.6667"),
    ("1/7", 50, "0.14285714285714285714285714285714285714285714285714"),
    ("123.456", 1, "123.5"),
    ("0.00999996", 4, "0.010000"),
    ("2/3000", 9, "0.000666667"),
    ("2/3000", 3, "0.0006667"),
    ("2/3000", 1, "0.0006667"),
    ("2/300000", 9, "0.000006667"),
    ("2/3000000", 9, "6.66666667e-7"),
    ("2/3000000", 20, "0.00000066666666666667"),
    ("-2/3000000", 3, "-6.667e-7"),
    ("2e-30/3", 9, "6.66666667e-31"),
    ("-0.00000099999999999", 5, "-1.0000e-6"),
    ("0.9999999999", 9, "1.000000000"),
    ("99999999.99999999999", 9, "100000000.000000000"),
    ("2e40/3", 9, "6.66666667e39"),
    ("2e40/3", 2, "6.667e39"),
    ("99999.6e36", 1, "1.000e41"),
]


@pytest.mark.parametrize(("value", "decimals", "digits"), ROUNDED)
def test_other_values_are_rounded_and_keep_four_digits(value: str, decimals: int, digits: str) -> None:
    exact = fraction(value)
    assert values_of(lambda _: {"x": exact}).shown("x", decimals).digits == digits


def fraction(text: str) -> Fraction:
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or "1")


@pytest.mark.parametrize("value", ["0.0025", "-0.00044", "0.05", "1.25e-7"])
def test_an_exact_value_that_gets_more_decimals_is_still_exact(value: str) -> None:
    shown = exactly(value).shown("x", 1)
    assert Fraction(shown.digits) == Fraction(value)
    assert shown.exact


def test_exact_and_rounded_values_tell_which_they_are() -> None:
    assert exactly("0.3775").shown("x", 4).exact
    assert not exactly("0.3775").shown("x", 3).exact
    assert not about("0.3775").shown("x", 9).exact


def test_typed_digits_are_kept() -> None:
    values = values_of(lambda _: {"x": Fraction(1, 10), "y": Fraction(1, 10**7)}, typed={"x": "0.10", "y": "1.0e-7"})
    assert values.shown("x", 1) == Shown(digits="0.10", exact=True)
    assert values.shown("y", 9) == Shown(digits="1.0e-7", exact=True)


@pytest.mark.parametrize(
    ("value", "decimals", "nearest", "cut"),
    [
        ("0.0025", 3, "0.003", "0.002"),
        ("-0.0025", 3, "-0.003", "-0.002"),
        ("0.0015", 3, "0.002", "0.001"),
        ("2.5", 0, "3", "2"),
        ("-0.0004", 3, "0.000", "0.000"),
        ("0.9996", 3, "1.000", "0.999"),
        ("12", 2, "12.00", "12.00"),
    ],
)
def test_ties_are_rounded_away_from_zero_and_cut_towards_it(value: str, decimals: int, nearest: str, cut: str) -> None:
    assert exactly(value).rounded("x", decimals) == nearest
    assert exactly(value).cut_off("x", decimals) == cut


AT_A_TIE = [
    ("0.1234567890123455", "0.123456789012346"),
    ("-0.1234567890123455", "-0.123456789012346"),
    ("0.1234567890123445", "0.123456789012345"),
    ("9.999999999999995", "10.0000000000000"),
    ("-12345678901.23455", "-12345678901.2346"),
    ("1.234567890123455e-9", "1.23456789012346e-9"),
    ("1.234567890123455e40", "1.23456789012346e40"),
]


@pytest.mark.parametrize(("value", "digits"), AT_A_TIE)
def test_a_tie_has_fifteen_digits_decided_or_not(value: str, digits: str) -> None:
    """No precision tells a ball around a tie from it, so only a fraction's last digit is decided."""
    assert exactly(value).nearest("x", 15) == Nearest(digits=digits, decided=True)
    assert about(value).nearest("x", 15) == Nearest(digits=digits, decided=False)


@pytest.mark.parametrize("value", ["0.12345678901234551", "1/3", "0.1", "-1e-40"])
def test_what_is_no_tie_is_decided(value: str) -> None:
    assert about(str(fraction(value))).nearest("x", 15).decided


def test_beside_a_tie_more_bits_decide() -> None:
    above = values_of(
        lambda bits: {"x": to_ball(fraction("0.1234567890123455")) + arb(2) ** -900 + arb(0, arb(2) ** -bits)}
    )
    assert above.nearest("x", 15) == Nearest(digits="0.123456789012346", decided=True)


def test_a_value_around_zero_is_undecided() -> None:
    assert about("0").nearest("x", 15) == Nearest(digits="0.000000000000000", decided=False)
    assert exactly("0").nearest("x", 15) == Nearest(digits="0", decided=True)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        ("1/3", 15, "0.333333333333333"),
        ("0.05", 15, "0.0500000000000000"),
        ("-151/400", 15, "-0.377500000000000"),
        ("0", 15, "0"),
        ("123456", 15, "123456.000000000"),
        ("1e14", 15, "100000000000000"),
        ("1e15", 15, "1.00000000000000e15"),
        ("2/3e4", 15, "0.0000666666666666667"),
        ("2/3e6", 15, "6.66666666666667e-7"),
        ("0.99999999999999999999", 15, "1.00000000000000"),
        ("-9.9996", 4, "-10.00"),
        ("9.9996e-9", 4, "1.000e-8"),
        ("9.9995e40", 4, "1.000e41"),
        ("9.9994e40", 4, "9.999e40"),
    ],
)
def test_significant_digits(value: str, digits: int, text: str) -> None:
    exact = fraction(value)
    assert values_of(lambda _: {"x": exact}).significant("x", digits) == text


FRACTIONS = st.builds(
    lambda digits, below, exponent: Fraction(digits, below) * Fraction(10) ** exponent,
    st.integers(-(10**8), 10**8),
    st.integers(1, 10**4),
    st.integers(-30, 12),
)


@given(FRACTIONS, st.integers(1, 50))
def test_whatever_is_shown_is_the_nearest_decimal_of_its_length(value: Fraction, decimals: int) -> None:
    shown = values_of(lambda _: {"x": value}).shown("x", decimals)
    digits = Decimal(shown.digits)
    assert digits == nearest(value, places=-exponent(digits))
    assert shown.digits.startswith("-") == (value < 0)
    if shown.exact:
        assert Fraction(shown.digits) == value
    else:
        assert len(digits.as_tuple().digits) >= min(4, decimals)
        assert -exponent(digits) >= decimals or abs(value) > 1


@given(FRACTIONS.filter(bool), st.integers(1, 30))
def test_significant_digits_are_counted_and_right(value: Fraction, digits: int) -> None:
    text = values_of(lambda _: {"x": value}).significant("x", digits)
    assert Decimal(text) == nearest(value, places=-exponent(Decimal(text)))
    assert len(Decimal(text).as_tuple().digits) == digits


def exponent(number: Decimal) -> int:
    found = number.as_tuple().exponent
    assert isinstance(found, int)
    return found


def nearest(value: Fraction, *, places: int) -> Decimal:
    with localcontext(prec=400):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


# --- What is certain --------------------------------------------------------------------------------------


def test_precision_is_doubled_until_a_digit_is_certain() -> None:
    asked: list[int] = []
    almost_a_tie = Fraction("0.1234567885") + Fraction(1, 10**200)

    def given(bits: int) -> Mapping[str, Real | Fraction]:
        asked.append(bits)
        return {"x": to_ball(almost_a_tie) + arb(0, arb(2) ** -bits)}

    assert values_of(given).shown("x", 9).digits == "0.123456789"
    assert sorted(set(asked) - {64}) == [128, 256, 512, 1024]


@settings(max_examples=50)
@given(st.integers(-3000, 3000).filter(bool), st.integers(10, 1000), st.integers(1, 50))
def test_digits_of_a_transcendental_value_agree_with_mpmath(above: int, below: int, decimals: int) -> None:
    values = values_of(lambda _: {"x": exponential(fmpq(above, below))})
    with mpmath.workdps(400):
        true = Decimal(mpmath.nstr(mpmath.exp(mpmath.mpf(above) / below), 390))
    for text in (values.shown("x", decimals).digits, values.significant("x", decimals), values.rounded("x", decimals)):
        with localcontext(prec=500):
            assert Decimal(text) == true.quantize(Decimal(1).scaleb(exponent(Decimal(text))), rounding=ROUND_HALF_UP)


def test_a_value_around_zero_at_every_precision_shows_as_zero() -> None:
    values = about("0")
    assert values.shown("x", 9) == Shown(digits="0.000000000", exact=False)
    assert values.rounded("x", 4) == "0.0000"
    assert Fraction(values.significant("x", 15)) == 0


@pytest.mark.parametrize(
    ("middle", "radius", "below"),
    [("0", "3e-50", -49), ("3e-60", "2e-60", -59), ("-3e-60", "2e-60", -59), ("0", "1e-60", -59)],
)
def test_what_has_lost_its_digits_is_certainly_below_a_power_of_ten(middle: str, radius: str, below: int) -> None:
    values = values_of(lambda _: {"x": arb(middle, radius)})
    assert values.shown("x", 9).digits == "0.000000000"
    assert values.lost_below("x", 9) == below


@pytest.mark.parametrize("value", [arb("3e-60"), arb(0), arb("0.1", "1e-80"), arb("1e-5", "1e-80")])
def test_what_has_its_digits_is_not_called_lost(value: arb) -> None:
    assert values_of(lambda _: {"x": value}).lost_below("x", 9) is None


@pytest.mark.parametrize("decimals", [0, 9])
def test_only_what_differs_from_0_far_beyond_all_digits_is_0(decimals: int) -> None:
    edge = Fraction(1, 10 ** (decimals + 30))
    for value in (edge, -edge):
        assert not is_around_zero(value, decimals)
        assert is_around_zero(value * Fraction(999, 1000), decimals)
    with precision(400):
        assert is_around_zero(arb(0, to_ball(edge * Fraction(99, 100))), decimals)
        assert not is_around_zero(arb(0, to_ball(edge)), decimals)
        # Both ends count, whichever is farther.
        assert not is_around_zero(to_ball(-edge / 2) + arb(0, to_ball(edge)), decimals)
    assert not is_around_zero(arb(0, 1) / arb(0, 1), decimals)


def test_a_ball_around_0_whose_digits_could_be_seen_is_not_called_zero() -> None:
    assert values_of(lambda _: {"x": arb(0, "9e-40")}).shown("x", 9).digits == "0.000000000"
    for radius in ("2e-39", "1e-9"):
        with pytest.raises(CertificationError):
            values_of(lambda _, radius=radius: {"x": arb(0, radius)}).shown("x", 9)  # type: ignore[misc]


@pytest.mark.parametrize("read", [lambda it: it.shown("x", 9), lambda it: it.significant("x", 15)], ids=["shown", "15"])
def test_a_ball_that_stays_wide_around_zero_is_not_called_zero(read: Callable[[Values], object]) -> None:
    with pytest.raises(CertificationError):
        read(values_of(lambda _: {"x": arb(0, 0.25)}))


def test_a_ball_that_stays_wide_has_no_digits() -> None:
    with pytest.raises(CertificationError, match="x: its digits can't be certified"):
        values_of(lambda _: {"x": arb(1.25, 0.25)}).shown("x", 9)


@pytest.mark.parametrize("value", ["0.1", "1", "-10", "0.001", "0.0025"])
@pytest.mark.parametrize("decimals", [1, 3, 9])
def test_a_short_decimal_that_is_only_known_as_a_ball_has_digits(value: str, decimals: int) -> None:
    """A difference of equal transcendental numbers is 0, but no ball can prove it: 0.1 - 0.5 * 0 is such a ball."""
    shown = about(value).shown("x", decimals)
    assert abs(Fraction(shown.digits) - Fraction(value)) <= Fraction(1, 2 * 10**decimals)
    assert not shown.exact


# --- Of whole networks ------------------------------------------------------------------------------------


def test_aliases_show_the_digits_of_what_they_are_another_name_of() -> None:
    values = derive(default_network()).values
    assert values.shown("dnet_o1/dout_h1", 9) == Shown(digits="0.40", exact=True)
    assert values.shown("dnet_h1/dw2", 9) == Shown(digits="0.10", exact=True)
    assert values.shown("dnet_o1/dw5", 9) == values.shown("out_h1", 9)
    assert values.shown("dE_total/dnet_h1", 9) == values.shown("delta_h1", 9)


def test_the_net_input_stays_exact_and_outputs_do_not() -> None:
    values = derive(default_network()).values
    assert values.exact("net_h1") == Fraction(151, 400)
    assert values.exact("out_h1") is None
    assert values.shown("net_h1", 9) == Shown(digits="0.3775", exact=True)
    assert values.shown("out_h1", 9) == Shown(digits="0.593269992", exact=False)


def test_a_neuron_without_net_input_is_exactly_a_half() -> None:
    network = build(layer([["1", "-1"]]), inputs=["0.3", "0.3"], targets=["0.25"])
    values = derive(network).values
    assert values.exact("out_o1") == Fraction(1, 2)
    assert values.exact("dE_total/dw1") == Fraction(1, 4) * Fraction(1, 4) * Fraction(3, 10)
    assert values.shown("w2+", 9) == Shown(digits="-1.009375", exact=True)


SYMMETRICAL = [
    build(layer([["1"], ["1"]]), layer([["1", "-1"]]), inputs=["1"], targets=["0.01"]),
    # The output's miss is exactly 0.1.
    build(layer([["1"], ["1"]]), layer([["1", "-1"]]), inputs=["1"], targets=["0.4"]),
    # As much error comes back over one path as over the other, so w1 stays at 0.1.
    build(layer([["0.1"]]), layer([["1"], ["1"]]), layer([["1", "-1"]]), inputs=["1"], targets=["0.01"]),
]


@pytest.mark.parametrize("network", SYMMETRICAL, ids=["0.01", "0.4", "two paths"])
def test_a_symmetrical_network_whose_sums_vanish_has_figures(network: Network) -> None:
    derivation = derive(network)
    with mpmath.workdps(60):
        true = after_rounds(network, IN_MPMATH, 0)
        for id_ in derivation.steps:
            shown = derivation.values.shown(id_, 9)
            if id_ in true:
                assert abs(mpmath.mpf(shown.digits) - true[id_]) <= mpmath.mpf(10) ** -9 / 2, id_


SATURATED = [
    build(
        layer([["1000", "-1000"], ["-1000", "1000"]], "1000"),
        layer([["1000", "-1000"], ["-999", "1000"]], "-1000"),
        inputs=["0.05", "0.10"],
        targets=["0.01", "0.99"],
        update_biases=True,
    ),
    build(layer([["1000"]]), layer([["-1000"]]), inputs=["1"], targets=["0.5"]),
    build(layer([["-1000"]]), layer([["1000"]]), layer([["3"]]), inputs=["2.5"], targets=["1"], update_biases=True),
]


@pytest.mark.parametrize("network", SATURATED, ids=["both ways", "one path", "deep"])
def test_a_saturated_network_has_certified_figures(network: Network) -> None:
    agree_with_mpmath(derive(network), digits=15, precision=6000)


@settings(max_examples=30)
@given(networks(most_layers=3, most_neurons=3))
def test_fifteen_digits_of_random_networks_agree_with_mpmath(network: Network) -> None:
    agree_with_mpmath(derive(network), digits=15, precision=120)


def agree_with_mpmath(derivation: Derivation, *, digits: int, precision: int) -> None:
    with mpmath.workdps(precision):
        true = after_rounds(derivation.network, IN_MPMATH, 0)
        wanted = {Kind.NET, Kind.OUT, Kind.ERROR, Kind.TOTAL_ERROR, Kind.DELTA, Kind.GRADIENT, Kind.UPDATE}
        assert set(true).issuperset(step.id for step in derivation.steps.values() if step.kind in wanted)
        for id_ in derivation.steps:
            if id_ in true:
                assert_digits(derivation.values.significant(id_, digits), true[id_], id_)


def assert_digits(text: str, true: Any, id_: str) -> None:
    """A figure is the nearest of its length; a value of 0 may stand for what mpmath lost by cancellation."""
    if Fraction(text) == 0:
        assert abs(true) < mpmath.mpf(10) ** (10 - mpmath.mp.dps), id_
        return
    last = mpmath.mpf(10) ** exponent(Decimal(text))
    assert abs(mpmath.mpf(text) - true) <= last * (1 + mpmath.mpf(10) ** -20) / 2, id_


# --- Limits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", ["50001", "-50001", "1e300", "-1e60"])
def test_a_net_input_beyond_all_use_is_refused_in_one_line(weight: str) -> None:
    network = build(layer([[weight]]), layer([["1"]]), inputs=["1"], targets=["0"])
    with pytest.raises(SpecError) as caught:
        derive(network).values.shown("out_o1", 9)
    assert str(caught.value) == "small.toml: net_h1: expected a net input from -50,000 to 50,000, found a larger one"


def test_the_largest_net_input_still_has_figures() -> None:
    network = build(layer([["50000"]]), inputs=["1"], targets=["0"])
    values = derive(network).values
    assert values.significant("out_o1", 15) == "1.00000000000000"
    assert values.significant("dout_o1/dnet_o1", 5) == true_exponential(-50000)
    assert MOST_BITS < 200_000


def true_exponential(whole: int) -> str:
    with mpmath.workdps(30):
        mantissa, _, power = mpmath.nstr(mpmath.exp(whole), 5, strip_zeros=False).partition("e")
    return f"{mantissa}e{power}"


def test_the_precision_of_others_is_left_alone() -> None:
    before = ctx.prec
    derive(default_network()).values.significant("dE_total/dw1", 50)
    assert ctx.prec == before


def test_an_exact_zero_is_told_where_the_first_precision_tells_nothing() -> None:
    """After 500 rounds of this training, 128 bits have become too wide to tell a logarithm's sign from 0."""
    values = derive(read_network(network_path("three-classes"))).after(500)
    with pytest.raises(Undecided):
        values.value("E_o1[1]", FIRST_BITS)
    zero, other = sorted(("E_o1[1]", "E_o2[1]"), key=lambda id_: values.exact(id_) is None)
    assert values.exact(zero) == 0
    assert values.significant(zero, 15) == "0"
    assert float(values.significant(other, 15)) > 0
