"""What has no value, or none that can be told: one line that names the quantity, and the round."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from symbackprop.derivation.balls import Undecided
from symbackprop.derivation.certify import certify
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.errors import CertificationError, DivergenceError, EndedTrainingError, SpecError
from symbackprop.functions import Activation, Loss
from symbackprop.network import Rule
from tests.networks import build, layer, optimizer

IDENTITY, RELU = Activation.IDENTITY, Activation.RELU


def one_neuron(weight: str, input_: str, target: str, loss: Loss, rule: Rule = Rule.SGD, **settings: str) -> Derivation:
    """A network of one weight without an activation, which can miss as exactly as one likes."""
    network = build(
        layer([[weight]], activation=IDENTITY),
        inputs=[input_],
        targets=[target],
        loss=loss,
        rule=optimizer(rule, **settings),
    )
    return derive(network)


BINARY = Loss.BINARY_CROSS_ENTROPY
HAVE_NO_VALUE = [
    ("log(0)", one_neuron("1", "0", "1", BINARY), "E_total", "E_o1: has no value: log(0)"),
    ("log(0) of the rest", one_neuron("1", "1", "0", BINARY), "E_total", "E_o1: has no value: log(0)"),
    ("log(-1)", one_neuron("-1", "1", "0", BINARY), "w1+", "E_o1: has no value: log(-1)"),
    ("log(0) of a class", one_neuron("0", "1", "1", Loss.CROSS_ENTROPY), "E_o1", "E_o1: has no value: log(0)"),
    (
        "a root of 0 as a divisor",
        one_neuron("1", "1", "1", Loss.SQUARED, Rule.RMSPROP, epsilon="0"),
        "w1+",
        "w1+: has no value: division by 0",
    ),
]


@pytest.mark.parametrize(
    ("derivation", "id_", "told"), [row[1:] for row in HAVE_NO_VALUE], ids=[row[0] for row in HAVE_NO_VALUE]
)
def test_what_has_no_value_is_named(derivation: Derivation, id_: str, told: str) -> None:
    reads: list[Callable[[], object]] = [
        lambda: derivation.values.shown(id_, 9),
        lambda: derivation[id_],
        lambda: certify(derivation),
    ]
    for read in reads:
        with pytest.raises(SpecError) as caught:
            read()
        assert str(caught.value) == f"small.toml: {told}"


def test_a_member_of_a_family_is_named_by_itself() -> None:
    """Both updates are one family; only the second weight's gradient is 0."""
    network = build(
        layer([["1", "1"]], activation=IDENTITY),
        inputs=["1", "0"],
        targets=["0"],
        rule=optimizer(Rule.RMSPROP, epsilon="0"),
    )
    with pytest.raises(SpecError, match=r"^small\.toml: w2\+: has no value: division by 0$"):
        derive(network).values.shown("w1+", 9)


# --- Overflow ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", [it for it in Activation if it is not Activation.SOFTMAX])
def test_a_net_input_beyond_all_use_is_named(activation: Activation) -> None:
    bend = "0.1" if activation in (Activation.LEAKY_RELU, Activation.ELU) else None
    network = build(layer([["50001"]], activation=activation, bend=bend), layer([["1"]]), inputs=["1"], targets=["0"])
    with pytest.raises(SpecError, match=r"^small\.toml: net_h1: expected a net input from -50,000 to 50,000"):
        derive(network).values.shown("out_o1", 9)


RUNNING_AWAY = build(
    *[layer([["2"]], activation=IDENTITY)] * 3, inputs=["1"], targets=["0"], learning_rate="10", rounds=1000
)


@pytest.mark.parametrize("rounds", [1, 100, 1000])
def test_training_that_runs_away_is_told_with_its_round(rounds: int) -> None:
    """After a few rounds these have millions of digits: nobody may write them out. The first such round is told."""
    expected = "expected a net input from -50,000 to 50,000, found a larger one"
    remedy = "the training diverges; a smaller learning_rate may help"
    with pytest.raises(DivergenceError) as caught:
        derive(RUNNING_AWAY).after(rounds).shown("E_total", 9)
    assert str(caught.value) == f"small.toml: after 1 round: net_h2_1: {expected}: {remedy}"
    assert caught.value.last_good == 0


# --- Kinks ------------------------------------------------------------------------------------------------


def test_relu_at_0_has_the_derivative_0() -> None:
    derivation = derive(build(layer([["1", "-1"]], activation=RELU), inputs=["1", "1"], targets=["1"]))
    assert derivation.values.exact("net_o1") == 0
    assert derivation.values.exact("dout_o1/dnet_o1") == 0
    assert derivation.values.exact("dE_total/dw1") == 0
    assert derivation.values.exact("w1+") == 1
    assert certify(derivation).holds


@pytest.mark.parametrize(
    ("activation", "bend", "slope"), [(Activation.LEAKY_RELU, "0.2", "1/5"), (Activation.ELU, "0.7", "7/10")]
)
def test_a_bent_function_at_0_takes_its_left_slope(activation: Activation, bend: str, slope: str) -> None:
    network = build(layer([["1", "-1"]], activation=activation, bend=bend), inputs=["1", "1"], targets=["1"])
    derivation = derive(network)
    assert str(derivation.values.exact("dout_o1/dnet_o1")) == slope
    assert certify(derivation).holds


def test_the_absolute_error_at_0_has_the_derivative_0() -> None:
    derivation = one_neuron("1", "1", "1", Loss.ABSOLUTE)
    assert derivation.values.exact("dE_total/dout_o1") == 0
    assert certify(derivation).holds


A_KINK_IN_A_BALL = derive(
    build(layer([["1"], ["1"]]), layer([["1", "-1"]], activation=RELU), inputs=["1"], targets=["1"])
)
"""Both hidden outputs are the same transcendental number, so net_o1 is 0, which no ball can prove."""


def test_a_kink_that_is_only_known_as_a_ball_is_named() -> None:
    told = r"^small\.toml: out_o1: net_o1 can't be told from its kink at 0, with 131,072 bits, too$"
    for id_ in ("out_o1", "dout_o1/dnet_o1", "w1+"):
        with pytest.raises(CertificationError, match=told):
            A_KINK_IN_A_BALL.values.shown(id_, 9)
    with pytest.raises(CertificationError, match=told):
        certify(A_KINK_IN_A_BALL)
    with pytest.raises(Undecided):
        A_KINK_IN_A_BALL.values.at(128)


def test_a_kink_after_some_rounds_is_named_with_its_round() -> None:
    """Both neurons below learn alike: their difference is 0 in each round, but soon no fraction any more."""
    derivation = derive(
        build(
            layer([["0"], ["0"]]),
            layer([["1", "-1"], ["1", "1"]], activation=RELU),
            layer([["1", "1"]], activation=IDENTITY),
            inputs=["1"],
            targets=["2"],
            rounds=3,
        )
    )
    assert derivation.values.exact("net_h2_1") == 0
    told = "round 1 is certain; in round 2, out_h2_1: net_h2_1 can't be told from its kink at 0, with 131,072 bits, too"
    for rounds in (1, 2):
        with pytest.raises(EndedTrainingError) as caught:
            derivation.after(rounds).shown("E_total", 9)
        assert str(caught.value) == f"small.toml: {told}"
    with pytest.raises(Undecided, match="after 1 round: out_h2_1"):
        list(derivation.trace.walk(3, 128))


@pytest.mark.parametrize(
    ("activation", "loss", "told"),
    [
        (IDENTITY, Loss.ABSOLUTE, "dE_total/dout_o1: target_o1 - out_o1 can't be told from its kink at 0"),
        (IDENTITY, Loss.HUBER, r"E_o1: abs\(target_o1 - out_o1\) can't be told from its kink at kappa"),
        (IDENTITY, Loss.BINARY_CROSS_ENTROPY, "E_o1: out_o1 can't be told from 0"),
        (RELU, Loss.ABSOLUTE, "out_o1: net_o1 can't be told from its kink at 0"),
    ],
)
def test_what_cant_be_told_from_where_is_said(activation: Activation, loss: Loss, told: str) -> None:
    target = "1" if loss in (Loss.HUBER, Loss.BINARY_CROSS_ENTROPY) else "0"
    threshold = "1" if loss is Loss.HUBER else None
    network = build(
        layer([["1"], ["1"]]),
        layer([["1", "-1"]], activation=activation),
        inputs=["1"],
        targets=[target],
        loss=loss,
        threshold=threshold,
    )
    with pytest.raises(CertificationError, match=rf"^small\.toml: {told}, with 131,072 bits, too$"):
        certify(derive(network))
