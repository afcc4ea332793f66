"""The oracle agrees with the textbook's loop on every quantity, and with what is known at kinks and limits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from random import Random

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.derivation.balls import precision, to_ball
from symbackprop.derivation.oracle import Oracle
from symbackprop.derivation.oracle_functions import UndecidedError
from symbackprop.derivation.oracle_questions import ask
from symbackprop.derivation.oracle_updates import update
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network, Rule
from tests import autograd_reference as by_autograd
from tests.networks import build, default_network, layer, networks, optimizer, rightly, sample
from tests.random_networks import any_networks
from tests.reference import FLOATS, Numbers, given_numbers, initial_state, one_round, parameters


def disagreements(network: Network, values: Numbers) -> Iterator[str]:
    """The quantities in `values` that the oracle finds to be something else."""
    with precision(128):
        oracle = Oracle(network, given_numbers(network))
        for id_, value in values.items():
            if float(ask(oracle, network, id_)) != pytest.approx(float(value), rel=1e-9, abs=1e-11):
                yield id_


def first_round(network: Network) -> Numbers:
    return one_round(network, FLOATS, parameters(network, FLOATS) | initial_state(network, FLOATS))


# --- Agreement --------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(any_networks(most_neurons=4))
def test_every_quantity_of_a_round_is_the_textbooks(network: Network) -> None:
    assert list(disagreements(network, first_round(network))) == []


@settings(max_examples=30)
@given(networks(most_layers=3, most_neurons=3))
def test_networks_of_the_first_kind_are_the_textbooks_too(network: Network) -> None:
    assert list(disagreements(network, first_round(network))) == []


@settings(max_examples=40)
@given(any_networks(), st.randoms(use_true_random=False))
def test_one_run_along_a_direction_is_the_gradient_times_the_direction(network: Network, chance: Random) -> None:
    network = rightly(network)
    slopes = by_autograd.by_name(network, by_autograd.gradient(network, by_autograd.initial_vector(network)))
    direction = {id_: Fraction(chance.randint(-1000, 1000), 1000) for id_ in slopes}
    with precision(128):
        oracle = Oracle(network, given_numbers(network))
        found = oracle.along({id_: to_ball(it) for id_, it in direction.items()})
    expected = sum(slopes[id_] * float(it) for id_, it in direction.items())
    assert float(found) == pytest.approx(expected, rel=1e-9, abs=1e-11)


@settings(max_examples=30)
@given(any_networks(most_neurons=3, most_samples=2, most_steps=2))
def test_every_wrong_figure_is_told_from_the_right_one(network: Network) -> None:
    values = first_round(network)
    wrong = {id_: value + 1e-7 * abs(value) + 1e-9 for id_, value in values.items()}
    assert list(disagreements(network, wrong)) == list(values)


def test_the_shares_of_a_gradient_add_up_to_it() -> None:
    network = unrolled(3)
    with precision(128):
        oracle = Oracle(network, given_numbers(network))
        whole = oracle.slope("E_total", "w2")
        shares = [oracle.slope("E_total", "w2", (1, step)) for step in (1, 2, 3)]
    assert whole.overlaps(sum(shares, start=arb(0)))
    assert not any(share.overlaps(whole) for share in shares)


def test_a_penalty_belongs_to_no_share() -> None:
    network = build(layer([["0.5"]]), samples=[sample(["1"], ["0"]), sample(["2"], ["1"])], l2="0.5")
    with precision(128):
        oracle = Oracle(network, given_numbers(network))
        assert float(oracle.slope("E_l2", "w1")) == pytest.approx(0.25)
        assert oracle.slope("E_l2", "w1", (1, 1)) == 0
        assert oracle.slope("E_total", "w1", (1, 1)).overlaps(oracle.slope("E[1]", "w1"))


# --- Kinks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activation", "bend", "expected"),
    [(Activation.RELU, None, "0"), (Activation.LEAKY_RELU, "0.01", "0.01"), (Activation.ELU, "0.5", "0.5")],
)
def test_at_a_kink_the_convention_holds(activation: Activation, bend: str | None, expected: str) -> None:
    """0.1 + 0.2 - 0.3 is exactly 0 here, as no ball could tell."""
    weights = [["0.1", "0.2", "-0.3"]]
    network = build(layer(weights, activation=activation, bend=bend), inputs=["1", "1", "1"], targets=["0"])
    with precision(128):
        oracle = Oracle(network, given_numbers(network))
        assert oracle.value("net_o1") == 0
        assert oracle.slope("out_o1", "net_o1").overlaps(to_ball(Fraction(expected)))


@pytest.mark.parametrize(
    ("out", "error", "slope"), [("0.3", "0", "0"), ("0.2", "0.1", "-1"), ("0.5", "0.2", "1")], ids=str
)
def test_the_absolute_error_has_no_slope_at_its_tip(out: str, error: str, slope: str) -> None:
    network = identity_to(out, target="0.3", loss=Loss.ABSOLUTE)
    with precision(128):
        oracle = Oracle(network, given_numbers(network))
        assert oracle.value("E_total").overlaps(to_ball(Fraction(error)))
        assert oracle.slope("E_total", "out_o1") == Fraction(slope).numerator


@pytest.mark.parametrize(
    ("out", "error", "slope"), [("0.8", "0.125", "0.5"), ("0.7", "0.08", "0.4"), ("1.3", "0.375", "0.5")], ids=str
)
def test_huber_turns_at_its_threshold(out: str, error: str, slope: str) -> None:
    network = identity_to(out, target="0.3", loss=Loss.HUBER, threshold="0.5")
    with precision(128):
        oracle = Oracle(network, given_numbers(network))
        assert oracle.value("E_total").overlaps(to_ball(Fraction(error)))
        assert oracle.slope("E_total", "out_o1").overlaps(to_ball(Fraction(slope)))


def test_a_ball_across_a_kink_is_undecided() -> None:
    network = build(layer([["0.1"]], "-0.1", activation=Activation.RELU), inputs=["1"], targets=["0"])
    with precision(128):
        point = {id_: to_ball(it) for id_, it in given_numbers(network).items()}
        with pytest.raises(UndecidedError, match="may be on either side of 0"):
            Oracle(network, point)


def test_a_weight_of_exactly_0_has_no_penalty_slope() -> None:
    network = build(layer([["0"]]), inputs=["1"], targets=["0"], l1="0.5")
    with precision(128):
        assert Oracle(network, given_numbers(network)).slope("E_l1", "w1") == 0


@pytest.mark.parametrize("id_", ["w99", "out_h7", "net_o1[2]", "dE_total/dw1+"])
def test_an_unknown_quantity_is_refused(id_: str) -> None:
    network = default_network()
    with precision(128):
        oracle = Oracle(network, given_numbers(network))
        with pytest.raises(KeyError):
            oracle.value(id_)
        with pytest.raises(KeyError):
            oracle.slope(id_, "w1")
        with pytest.raises(KeyError):
            oracle.slope("E_total", id_)


# --- Limits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", [it for it in Activation if it is not Activation.SOFTMAX])
@pytest.mark.parametrize("net", ["1000", "-1000"])
def test_far_out_every_value_is_finite(activation: Activation, net: str) -> None:
    bend = "0.5" if activation in {Activation.LEAKY_RELU, Activation.ELU} else None
    network = build(layer([[net]], activation=activation, bend=bend), inputs=["1"], targets=["0"])
    with precision(128):
        oracle = Oracle(network, given_numbers(network))
        assert oracle.value("E_total").is_finite()
        assert oracle.slope("E_total", "w1").is_finite()


def test_a_logarithm_that_nothing_weighs_is_left_out() -> None:
    """At 128 bits the balls around these outputs reach 0 and 1."""
    layers = layer([["1000"], ["-1000"]], activation=Activation.SOFTMAX)
    network = build(layers, inputs=["1"], targets=["1", "0"], loss=Loss.CROSS_ENTROPY)
    with precision(128):
        oracle = Oracle(network, given_numbers(network))
        assert oracle.value("E_total").is_finite()
        assert oracle.slope("E_total", "net_o2").is_finite()


@pytest.mark.parametrize("rule", [Rule.RMSPROP, Rule.ADAM, Rule.ADAMW])
def test_a_gradient_around_0_leaves_an_update_finite(rule: Rule) -> None:
    network = build(layer([["0.5"]]), inputs=["1"], targets=["0"], rule=optimizer(rule))
    with precision(128):
        point = {id_: to_ball(it) for id_, it in given_numbers(network).items()}
        assert update(rule, "w1", arb(0, 2**-120), point)["w1+"].is_finite()


def test_a_direction_through_a_wide_network_takes_no_time() -> None:
    chance = Random(1)  # noqa: S311 - the same weights in every run
    widths = (784, 30, 10)

    def rows(inputs: int, neurons: int) -> list[list[str]]:
        return [[str(chance.randint(-99, 99) / 1000) for _ in range(inputs)] for _ in range(neurons)]

    network = build(
        layer(rows(784, 30), ["0.1"] * 30),
        layer(rows(30, 10), ["0.1"] * 10, activation=Activation.SOFTMAX),
        inputs=[str(chance.randint(0, 255) / 1000) for _ in range(widths[0])],
        targets=["1", *["0"] * 9],
        loss=Loss.CROSS_ENTROPY,
    )
    with precision(128):
        oracle = Oracle(network, given_numbers(network))
        direction = {id_: arb(chance.random()) for id_ in parameters(network, FLOATS)}
        start = time.perf_counter()
        oracle.along(direction)
        # It takes 0.02 s where nobody disturbs it.
        assert time.perf_counter() - start < 0.5


def unrolled(steps: int) -> Network:
    recurrent = layer([["0.5"]], "0.1", activation=Activation.TANH, recurrent=[["0.7"]], state=["0.2"])
    return build(recurrent, layer([["1.5"]]), samples=[sample([["0.3"]] * steps, [["0.9"]])])


def identity_to(out: str, *, target: str, loss: Loss, threshold: str | None = None) -> Network:
    layers = layer([[out]], activation=Activation.IDENTITY)
    return build(layers, inputs=["1"], targets=[target], loss=loss, threshold=threshold)
