"""Training: the compiled loop does what a textbook's loop does, and its figures are the true ones."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import mpmath  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings

from symbackprop.derivation.balls import bounds, precision
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.train import DRAWING_BITS, milestones_until, spread_until
from symbackprop.network import Network
from tests.networks import UPDATED, build, default_network, layer, networks, number, trained_otherwise, with_biases
from tests.reference import Arithmetic, after_rounds

IN_DOUBLES = Arithmetic(number=float, exp=math.exp)
IN_MPMATH = Arithmetic(number=lambda it: mpmath.mpf(it.numerator) / it.denominator, exp=mpmath.exp)

DEEP = build(
    layer([["0.3", "-0.4"]], "0.1"),
    layer([["0.5"], ["-0.7"]], ["0.2", "0.6"]),
    layer([["0.8", "-0.9"], ["1.1", "0.25"]], "-0.35"),
    inputs=["0.6", "-1.2"],
    targets=["0.2", "0.9"],
    update_biases=True,
)
NETWORKS = {
    "default": default_network(),
    "mistaken": trained_otherwise(default_network(), hidden_gradients=UPDATED),
    "deep": DEEP,
    "deep and mistaken": trained_otherwise(DEEP, hidden_gradients=UPDATED),
    "bias per neuron": trained_otherwise(with_biases(default_network(), per_neuron=True), update_biases=True),
}


def measured(derivation: Derivation) -> list[str]:
    return ["E_total", *(neuron.out for neuron in derivation.graph.outputs)]


# --- The loop ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [0, 1, 10, 1000])
@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_the_compiled_loop_agrees_with_a_plain_one_in_doubles(network: Network, rounds: int) -> None:
    derivation = derive(network)
    plain = after_rounds(network, IN_DOUBLES, rounds)
    expected = [plain[id_] for id_ in measured(derivation)]
    assert derivation.trace.in_doubles(rounds) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("rounds", [1, 10, 1000])
@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_the_balls_hold_what_forty_digits_give(network: Network, rounds: int) -> None:
    derivation = derive(network)
    values = derivation.after(rounds)
    with mpmath.workdps(40):
        true = after_rounds(network, IN_MPMATH, rounds)
        for id_ in [*measured(derivation), *derivation.trainer.parameters, "dE_total/dw1", "w3+"]:
            figure = mpmath.mpf(values.significant(id_, 30))
            assert abs(figure - true[id_]) <= abs(true[id_]) * mpmath.mpf(10) ** -29, id_


@settings(max_examples=25)
@given(networks(most_layers=3, most_neurons=3))
def test_random_networks_train_as_a_plain_loop_does(network: Network) -> None:
    derivation = derive(network)
    plain = after_rounds(network, IN_DOUBLES, 3)
    expected = [plain[id_] for id_ in measured(derivation)]
    assert derivation.trace.in_doubles(3) == pytest.approx(expected, rel=1e-9, abs=1e-15)
    parameters = {id_: float(it) for id_, it in derivation.trace.parameters(3, DRAWING_BITS).items()}
    assert parameters == pytest.approx({id_: plain[id_] for id_ in parameters}, rel=1e-9, abs=1e-13)


def test_only_what_learns_is_in_the_state() -> None:
    frozen, moving = derive(default_network()), derive(trained_otherwise(default_network(), update_biases=True))
    assert sorted(frozen.trainer.parameters) == [f"w{index}" for index in range(1, 9)]
    assert sorted(moving.trainer.parameters) == ["b1", "b2", *(f"w{index}" for index in range(1, 9))]
    assert set(frozen.trainer.fixed_ids) == {"b1", "b2", "eta", "i1", "i2", "target_o1", "target_o2"}
    assert frozen.after(5).exact("b1") == number("0.35").exact
    assert moving.after(5).exact("b1") is None


def test_the_mistake_in_a_round_is_not_carried_into_the_right_one() -> None:
    right, mistaken = (derive(NETWORKS[name]) for name in ("default", "mistaken"))
    assert right["w5@1"].value == mistaken["w5@1"].value
    assert right["w1@1"].value != mistaken["w1@1"].value


# --- The figures that are known ---------------------------------------------------------------------------

AFTER_ONE_ROUND: list[tuple[str, Network, str]] = [
    ("biases frozen", default_network(), "0.291027773693599"),
    ("shared", trained_otherwise(default_network(), update_biases=True), "0.285750886699296"),
    ("per neuron", NETWORKS["bias per neuron"], "0.280471446791430"),
    ("updated weights", NETWORKS["mistaken"], "0.291027923905442"),
    ("per neuron, but frozen", with_biases(default_network(), per_neuron=True), "0.291027773693599"),
]


@pytest.mark.parametrize(
    ("network", "error"), [row[1:] for row in AFTER_ONE_ROUND], ids=[row[0] for row in AFTER_ONE_ROUND]
)
def test_the_error_after_one_round_under_each_policy(network: Network, error: str) -> None:
    assert derive(network)["E_total@1"].value == error


# From `after_rounds` in mpmath at 40 digits, which takes seconds.
# The error of the first is 0.0000351018778297885 to fifteen digits, as out_o1 is 0.0159136204435506.
AFTER_10_000_ROUNDS: list[tuple[str, str, str]] = [
    ("default", "E_total", "0.00003510187782978845874234018173712570940"),
    ("default", "out_o1", "0.01591362044355062659546115191501806133"),
    ("default", "out_o2", "0.98406427351462375686962953979680277466"),
    ("mistaken", "E_total", "0.00003508478629631353389005444791892035656"),
    ("mistaken", "out_o1", "0.01591219632603445423970700071469828492"),
    ("mistaken", "out_o2", "0.98406573448562909606599476186404513353"),
]


@pytest.mark.parametrize(("name", "id_", "true"), AFTER_10_000_ROUNDS)
def test_figures_after_ten_thousand_rounds(name: str, id_: str, true: str) -> None:
    values = derive(NETWORKS[name]).after(10_000)
    with mpmath.workdps(40):
        figure = mpmath.mpf(values.significant(id_, 30))
        assert abs(figure - mpmath.mpf(true)) <= mpmath.mpf(true) * mpmath.mpf(10) ** -29


def test_one_round_less_is_what_later_copies_print() -> None:
    # The error after 9,999 rounds in mpmath at 40 digits: 0.0000351085481225128044332279163556884319...
    derivation = derive(default_network())
    assert derivation["E_total@9999"].value == "0.0000351085481225128"
    assert derivation.after(9999).rounded("E_total", 10) == "0.0000351085"


def test_doubles_agree_with_the_certified_figure_after_ten_thousand_rounds() -> None:
    derivation = derive(default_network())
    assert derivation.trace.in_doubles(10_000)[0] == pytest.approx(3.51018778297884587e-5, rel=1e-12)
    assert derivation.trace.error(10_000) == pytest.approx(3.51018778297884587e-5, rel=1e-15)


# --- The trace --------------------------------------------------------------------------------------------


def test_the_order_of_questions_does_not_matter() -> None:
    one, other = derive(default_network()), derive(default_network())
    one.trace.train_through((0, 3, 7))
    answers = {rounds: other.trace.error(rounds) for rounds in (7, 3, 0, 5)}
    assert answers == {rounds: one.trace.error(rounds) for rounds in (0, 3, 5, 7)}


def test_every_round_of_a_walk_is_what_a_jump_finds() -> None:
    trace = derive(default_network()).trace
    walked = [float(figures[0]) for figures in trace.walk(6, DRAWING_BITS)]
    assert walked == [trace.error(rounds) for rounds in range(7)]
    assert len(walked) == 7
    assert walked == sorted(walked, reverse=True)


def test_more_bits_make_narrower_balls_around_the_same_number() -> None:
    trace = derive(default_network()).trace
    with precision(1000):
        (low, high), (narrow_low, narrow_high) = (bounds(trace.measure(50, bits)[0]) or (0, 0) for bits in (64, 300))
    assert low < narrow_low < narrow_high < high
    assert narrow_high - narrow_low < (high - low) / 2**200


def test_a_step_that_expands_errors_gets_the_bits_that_it_needs() -> None:
    """With so large a rate each round costs two bits; after a hundred, 128 bits know nothing any more."""
    network = build(
        layer([["2"], ["-1.5"]]), layer([["3", "-2.5"]], "0.3"), inputs=["1"], targets=["0.5"], learning_rate="30"
    )
    with mpmath.workdps(400):
        true = mpmath.nstr(after_rounds(network, IN_MPMATH, 100)["E_total"], 15)
    assert derive(network)["E_total@100"].value == true


@pytest.mark.parametrize("learning_rate", ["1e12", "1e300"])
def test_a_step_that_throws_the_weights_far_away_is_an_error_in_one_line(learning_rate: str) -> None:
    network = replace(
        default_network(), training=replace(default_network().training, learning_rate=number(learning_rate))
    )
    with pytest.raises(Exception, match="expected a net input from") as caught:
        derive(network).after(1).shown("E_total", 9)
    assert "\n" not in str(caught.value)


# --- Overflow in doubles ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("weight", "out"), [("-1000", 0.0), ("1000", 1.0), ("-740", 0.0)])
def test_doubles_saturate_where_an_exponential_overflows(weight: str, out: float) -> None:
    network = build(layer([[weight]]), inputs=["1"], targets=["0.25"])
    assert derive(network).trace.in_doubles(3) == ((0.25 - out) ** 2 / 2, out)


@pytest.mark.parametrize("target", ["1e160", "-1e200"])
def test_a_target_beyond_doubles_is_infinitely_far(target: str) -> None:
    network = build(layer([["1"]]), inputs=["1"], targets=[target], learning_rate="1e-300")
    assert derive(network).trace.in_doubles(0)[0] == math.inf


# --- The rounds that are told -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rounds", "expected"),
    [
        (1, (0, 1)),
        (2, (0, 1, 2)),
        (10, (0, 1, 10)),
        (11, (0, 1, 10, 11)),
        (10_000, (0, 1, 10, 100, 1000, 10_000)),
        (999_999, (0, 1, 10, 100, 1000, 10_000, 100_000, 999_999)),
    ],
)
def test_milestones_are_powers_of_ten_and_the_end(rounds: int, expected: tuple[int, ...]) -> None:
    assert milestones_until(rounds) == expected


@pytest.mark.parametrize("rounds", [1, 2, 60, 10_000, 1_000_000])
def test_a_curves_rounds_are_spread_evenly_over_the_powers(rounds: int) -> None:
    spread = sorted(spread_until(rounds))
    assert spread[0] == 1
    assert spread[-1] == rounds
    assert len(spread) <= 61
    steps = [math.log(later / sooner) for sooner, later in pairwise(spread)]
    assert all(step <= math.log(rounds) / 60 + math.log(2) for step in steps)
