"""Training that ends in a case that no precision decides: what is before it is told, and what cancels exactly is 0."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from symbackprop.derivation.certify import certify
from symbackprop.derivation.derive import derive
from symbackprop.errors import CertificationError, EndedTrainingError
from symbackprop.functions import Activation, Loss
from symbackprop.network import Layer, Network, Rule
from symbackprop.training_report import report, write_csv
from tests.networks import build, layer, optimizer, sample

IDENTITY, RELU, SOFTMAX, TANH = Activation.IDENTITY, Activation.RELU, Activation.SOFTMAX, Activation.TANH

# --- What ends it -----------------------------------------------------------------------------------------

TWINS = layer([["0"], ["0"]])
"""Two neurons that learn alike: after a round their outputs are the same transcendental number."""


def difference(activation: Activation, bend: str | None = None) -> tuple[Layer, ...]:
    """The difference of the twins, exactly 0 in the first round, and then a ball around 0."""
    return (
        TWINS,
        layer([["1", "-1"], ["1", "1"]], activation=activation, bend=bend),
        layer([["0", "1"]], activation=IDENTITY),
    )


TO_DIFFERENCE = (TWINS, layer([["1", "-1"], ["1", "1"]], activation=IDENTITY))


def absolute(rule: Rule) -> Network:
    return build(*TO_DIFFERENCE, inputs=["1"], targets=["0", "2"], loss=Loss.ABSOLUTE, rule=optimizer(rule), rounds=9)


def cancelling(rule: Rule, *, samples: int = 1) -> Network:
    """As much error comes back to w1, which is 0, over one path as over the other: its gradient is a ball around 0."""
    return build(
        layer([["0"]]),
        layer([["1"], ["1"]]),
        layer([["1", "-1"]], activation=IDENTITY),
        samples=[sample([str(number + 1)], ["0.3"]) for number in range(samples)],
        l1="0.01",
        rule=optimizer(rule),
        rounds=9,
    )


ENDINGS = {
    "relu": (build(*difference(RELU), inputs=["1"], targets=["2"], rounds=9), 1, 0, "net_h2_1"),
    "leaky relu": (
        build(*difference(Activation.LEAKY_RELU, "0.1"), inputs=["1"], targets=["2"], rounds=9),
        1,
        0,
        "net_h2_1",
    ),
    "elu": (build(*difference(Activation.ELU, "0.1"), inputs=["1"], targets=["2"], rounds=9), 1, 0, "net_h2_1"),
    "batch": (
        build(*difference(RELU), samples=[sample(["1"], ["2"]), sample(["2"], ["1"])], rounds=9),
        1,
        0,
        "net_h2_1[1]",
    ),
    "absolute": (absolute(Rule.SGD), 1, 1, "target_o1 - out_o1"),
    "huber, at its threshold": (
        build(
            *TO_DIFFERENCE,
            # What one sample's error does to the twins, the other one's undoes.
            samples=[sample(["1"], ["1", "2"]), sample(["1"], ["-1", "2"])],
            loss=Loss.HUBER,
            threshold="1",
            rounds=9,
        ),
        1,
        0,
        "abs(target_o1[1] - out_o1[1])",
    ),
    "absolute, a round later": (
        build(
            TWINS,
            # Nothing comes back to the twins before the second neuron's weights have moved.
            layer([["1", "-1"], ["0", "0"]], activation=IDENTITY),
            inputs=["1"],
            targets=["0", "2"],
            loss=Loss.ABSOLUTE,
            rounds=9,
        ),
        2,
        2,
        "target_o1 - out_o1",
    ),
    "absolute, momentum": (absolute(Rule.MOMENTUM), 1, 1, "target_o1 - out_o1"),
    "absolute, adam": (absolute(Rule.ADAM), 1, 1, "target_o1 - out_o1"),
    "l1": (cancelling(Rule.SGD), 1, 1, "w1"),
    "l1, nesterov": (cancelling(Rule.NESTEROV), 1, 1, "w1"),
    "l1, batch": (cancelling(Rule.SGD, samples=2), 1, 1, "w1"),
    "recurrent": (
        build(
            layer([["0"], ["0"]], recurrent=[["0", "0"], ["0", "0"]], state=["0", "0"]),
            *difference(RELU)[1:],
            samples=[sample([["1"], ["2"]], [["2"]])],
            rounds=9,
        ),
        1,
        0,
        "net_h2_1[2]",
    ),
}
ALWAYS = ("relu", "absolute, a round later", "l1")
ends = pytest.mark.parametrize(
    ("network", "certain", "last_good", "what"),
    [pytest.param(*it, id=name, marks=() if name in ALWAYS else pytest.mark.slow) for name, it in ENDINGS.items()],
)


@ends
def test_what_cannot_be_decided_leaves_the_rounds_before_it(
    network: Network, certain: int, last_good: int, what: str
) -> None:
    derivation = derive(network)
    assert certify(derivation).holds
    for rounds in (9, last_good + 1):
        with pytest.raises(EndedTrainingError) as caught:
            derivation.after(rounds).shown("E_total", 9)
        assert caught.value.last_good == last_good
        told = str(caught.value)
        so_far = "round 1 is certain" if certain == 1 else f"rounds 1 to {certain} are certain"
        assert told.startswith(f"small.toml: {so_far}; in round {certain + 1}, ")
        assert f": {what} can't be told from its kink at " in told
    assert derivation.ended_before(last_good) is None
    assert derivation.after(last_good).shown("E_total", 9).digits


@pytest.mark.parametrize("name", ["absolute, a round later", "l1"])
def test_the_report_and_the_file_have_those_rounds(name: str) -> None:
    network, _, last_good, what = ENDINGS[name]
    derivation = derive(network)
    rows: list[str] = []
    with pytest.raises(EndedTrainingError, match=f" certain; .*{re.escape(what)}") as caught:
        rows.extend(report(derivation, 9))
    assert [row.split()[0] for row in rows if row.split()[0].isdigit()] == [str(it) for it in range(last_good + 1)]
    with pytest.raises(EndedTrainingError) as again:
        write_csv(derivation, 9)
    assert str(again.value) == str(caught.value)
    assert len(write_csv(derivation, last_good).splitlines()) == last_good + 2


def chaotic(rounds: int) -> Network:
    """Both weights follow w + 1.3 w (1 - w^2), which doubles a difference in about two rounds."""
    chain = (layer([["0.7123"]], activation=IDENTITY), layer([["0.7123"]], activation=IDENTITY))
    return build(*chain, inputs=["1"], targets=["1"], learning_rate="1.3", rounds=rounds)


def test_a_training_that_loses_its_digits_has_them_until_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symbackprop.derivation.train.LEAST_AFFORDABLE_BITS", 256)
    monkeypatch.setattr("symbackprop.derivation.train._MOST_BIT_ROUNDS", 1)
    derivation = derive(chaotic(1000))
    ended = derivation.ended_before(1000)
    assert ended is not None
    last = ended.last_good
    assert 50 < last < 999
    why = f"after {last + 1} rounds, the digits of E_total can't be certified with 256 bits"
    assert str(ended) == f"small.toml: rounds 1 to {last} are certain; {why}"
    assert derivation.ended_before(last) is None
    rows: list[str] = []
    with pytest.raises(EndedTrainingError, match="rounds 1 to"):
        rows.extend(report(derivation, 1000))
    assert [row.split()[0] for row in rows[1:]] == ["0", "1", "10", "100", str(last)][: len(rows) - 1]
    assert rows[-1].split()[0] == str(last)
    with pytest.raises(EndedTrainingError) as caught:
        write_csv(derivation, 1000)
    assert caught.value.last_good == last
    assert len(write_csv(derivation, last).splitlines()) == last + 2


def test_the_first_round_has_no_round_before_it() -> None:
    with pytest.raises(
        CertificationError, match=r"^small\.toml: out_o1: net_o1 can't be told from its kink at 0, with"
    ):
        derive(
            build(layer([["1"], ["1"]]), layer([["1", "-1"]], activation=RELU), inputs=["1"], targets=["1"], rounds=9)
        ).after(5).shown("E_total", 9)


# --- Softmax: what is added to all its net inputs changes nothing ----------------------------------------


def softmax(
    weights: list[list[str]], targets: list[str], *, biases: str | list[str] | None = None, **settings: object
) -> Network:
    return build(
        layer([["0"]]),
        layer(weights, biases, activation=SOFTMAX),
        inputs=["1"],
        targets=targets,
        loss=Loss.CROSS_ENTROPY,
        update_biases=True,
        **settings,  # type: ignore[arg-type]
    )


EQUAL = softmax([["0.3"], ["0.3"]], ["1", "0"], biases=["0.1", "0.2"], l1="0.01", rounds=9)


def test_gradients_that_cancel_below_equal_weights_are_exactly_0() -> None:
    values = derive(EQUAL).values
    assert values.exact("delta_o1") is None
    assert values.exact("dE_data/dout_h1") == 0
    assert values.exact("w1+") == 0
    assert certify(derive(EQUAL)).holds
    assert derive(EQUAL).ended_before(9) is None


@pytest.mark.parametrize("weights", [["0.3", "0.3", "0.3"], ["0.3", "0.3", "0.4"], ["-1", "2", "0.3"]])
def test_only_equal_weights_let_them_cancel(weights: list[str]) -> None:
    network = softmax([[it] for it in weights], ["0.5", "0.25", "0.25"], biases=["0.1", "0.2", "0.7"])
    values = derive(network).values
    assert (values.exact("dE_total/dout_h1") == 0) == (len(set(weights)) == 1)
    assert certify(derive(network)).holds


def test_a_bias_that_all_share_has_no_gradient() -> None:
    network = softmax([["0.3"], ["0.4"]], ["1", "0"], biases="0.1", rule=optimizer(Rule.ADAM), rounds=3)
    derivation = derive(network)
    assert derivation.values.exact("dE_total/db2") == 0
    assert derivation.after(3).significant("b2", 15) == "0.100000000000000"
    assert certify(derivation).holds


@pytest.mark.parametrize("width", [2, 3, 5])
def test_equal_net_inputs_share_1_exactly(width: int) -> None:
    network = softmax([["0.3"]] * width, ["1"] + ["0"] * (width - 1), biases="0.1")
    values = derive(network).values
    for number in range(1, width + 1):
        assert values.exact(f"out_o{number}") == Fraction(1, width)
        assert values.exact(f"delta_o{number}") == Fraction(1, width) - (number == 1)
    assert certify(derive(network)).holds


@pytest.mark.parametrize("targets", [["1", "1"], ["1", "1", "1"], ["0", "0", "0"]])
def test_an_error_that_falls_alike_with_all_outputs_moves_nothing(targets: list[str]) -> None:
    """Outputs that add up to 1 can't all grow."""
    weights = [[f"0.{number}"] for number in range(1, len(targets) + 1)]
    network = build(
        layer(weights, activation=SOFTMAX), inputs=["1"], targets=targets, loss=Loss.ABSOLUTE, l1="0.1", rounds=9
    )
    derivation = derive(network)
    assert {derivation.values.exact(f"delta_o{number}") for number in range(1, len(targets) + 1)} == {Fraction(0)}
    assert certify(derivation).holds
    assert derivation.ended_before(9) is None


def test_below_a_recurrent_layer_both_ways_count() -> None:
    """The hidden layer is taken in by a softmax layer, and by itself a step later."""
    network = build(
        layer([["0"]], activation=TANH, recurrent=[["0.5"]], state=["0.25"]),
        layer([["0.3"], ["0.3"]], ["0.1", "0.2"], activation=SOFTMAX),
        samples=[sample([["1"], ["2"]], [["1", "0"], ["0", "1"]])],
        loss=Loss.CROSS_ENTROPY,
        l1="0.01",
        rounds=2,
    )
    derivation = derive(network)
    assert derivation.values.exact("dE_data/dout_h1[2]") == 0
    assert derivation.values.exact("dE_data/dout_h1[1]") == 0
    assert certify(derivation).holds


def test_figures_stay_the_same_for_shifted_weights() -> None:
    """The same number added to the weights of all outputs changes no figure but theirs."""
    one, other = (
        derive(softmax([[first], [second]], ["1", "0"], biases=["0.1", "0.2"]))
        for first, second in (("0.3", "0.7"), ("100.3", "100.7"))
    )
    for id_ in ("out_o1", "delta_o2", "dE_total/dw1", "w1+"):
        assert one.values.significant(id_, 15) == other.values.significant(id_, 15)
