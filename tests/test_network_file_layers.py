"""How layers are read: activations and what bends them, recurrence, numbers from a seed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbackprop.errors import SpecError
from symbackprop.functions import Activation
from symbackprop.network import Given, Layer
from symbackprop.network_file import parse_network

WEIGHTS = "weights = [[0.1, 0.2], [0.3, 0.4]]"
SEED = "seed = 1, low = -1, high = 1, decimals = 1"
RECURRENT = 'kind = "recurrent"\nactivation = "tanh"\n'
OWN = "recurrent_weights = [[5, 6], [7, 8]]"


def read(layer: str) -> Layer:
    """Read a layer of two neurons on two inputs; one that is recurrent gets a sequence."""
    inputs = "[[1, 2]]" if '"recurrent"' in layer else "[1, 2]"
    data = f"[data]\ninputs = {inputs}\ntargets = [1, 0]\n"
    text = f"title = 'A net'\n{data}[[layers]]\n{layer}\n[training]\nlearning_rate = 1\n"
    return parse_network(text, "mynet.toml").layers[0]


def number(typed: str) -> Given:
    return Given(exact=Fraction(typed), typed=typed)


@pytest.mark.parametrize("activation", Activation)
def test_every_activation_is_read(activation: Activation) -> None:
    layer = read(f'activation = "{activation}"\n{WEIGHTS}')
    assert layer.activation is activation
    assert (layer.recurrent_weights, layer.initial_state, layer.biases) == (None, None, None)


@pytest.mark.parametrize(
    ("written", "bend"),
    [
        ('activation = "leaky_relu"', "0.01"),
        ('activation = "leaky_relu"\nslope = 0.20', "0.20"),
        ('activation = "elu"', "1"),
        ('activation = "elu"\nalpha = 1.5', "1.5"),
    ],
)
def test_some_activations_are_bent_by_a_number(written: str, bend: str) -> None:
    assert read(f"{written}\n{WEIGHTS}").bend == number(bend)


def test_a_dense_layer_may_say_so() -> None:
    assert read(f'kind = "dense"\nactivation = "relu"\n{WEIGHTS}') == read(f'activation = "relu"\n{WEIGHTS}')


def test_a_recurrent_layer_starts_from_zeros_unless_told_otherwise() -> None:
    layer = read(f"{RECURRENT}{WEIGHTS}\n{OWN}")
    assert layer.recurrent_weights == ((number("5"), number("6")), (number("7"), number("8")))
    assert layer.initial_state == (number("0"), number("0"))
    told = read(f"{RECURRENT}{WEIGHTS}\n{OWN}\ninitial_state = [0.5, -1]")
    assert told.initial_state == (number("0.5"), number("-1"))


def test_numbers_come_from_seeds() -> None:
    layer = read(
        f"{RECURRENT}weights = {{ neurons = 2, {SEED} }}\nrecurrent_weights = {{ {SEED} }}\nbiases = {{ {SEED} }}"
    )
    typed = ["-0.8", "0.7", "0.6", "-0.5"]
    assert [it.typed for row in layer.weights for it in row] == typed
    assert layer.recurrent_weights == layer.weights
    assert layer.biases == layer.weights[0]


def test_inputs_come_from_a_seed() -> None:
    data = f"[data]\ninputs = {{ count = 3, {SEED} }}\ntargets = [1]\n"
    layers = '[[layers]]\nactivation = "relu"\nweights = [[1, 2, 3]]\n'
    network = parse_network(f"title = 'A net'\n{data}{layers}[training]\nlearning_rate = 1\n", "mynet.toml")
    assert [it.typed for it in network.samples[0].inputs[0]] == ["-0.8", "0.7", "0.6"]


RELU = 'activation = "relu"\n'
NEURONS = "the layer has 2 neurons"

REFUSED = [
    # --- kinds ---
    (
        f'kind = "recurent"\n{RELU}{WEIGHTS}',
        'kind: expected a kind of layer ("dense", "recurrent"), found "recurent"; did you mean "recurrent"?',
    ),
    (f"kind = 1\n{RELU}{WEIGHTS}", 'kind: expected a kind of layer ("dense", "recurrent"), found 1'),
    (
        f"{RELU}{WEIGHTS}\n{OWN}",
        'recurrent_weights: belongs to a layer of the kind "recurrent"; this one is "dense"',
    ),
    (
        f"{RELU}{WEIGHTS}\ninitial_state = [0, 0]",
        'initial_state: belongs to a layer of the kind "recurrent"; this one is "dense"',
    ),
    # --- activations ---
    (
        f'activation = "elu"\n{WEIGHTS}\nslope = 0.1',
        'slope: belongs to the activation "leaky_relu"; this layer\'s is "elu"',
    ),
    (f"{RELU}{WEIGHTS}\nalpha = 1", 'alpha: belongs to the activation "elu"; this layer\'s is "relu"'),
    (f'activation = "leaky_relu"\n{WEIGHTS}\nslope = 0', "slope: expected a number above 0, found 0"),
    (f'activation = "elu"\n{WEIGHTS}\nalpha = -1', "alpha: expected a number above 0, found -1"),
    (f'activation = "elu"\n{WEIGHTS}\nalpha = true', "alpha: expected a number, found true"),
    (
        f'activation = "softmax"\nkind = "recurrent"\n{WEIGHTS}\n{OWN}',
        'activation: expected the activation of a recurrent layer ("sigmoid", "tanh", "relu"), found "softmax"',
    ),
    (
        f'activation = "gelu"\nkind = "recurrent"\n{WEIGHTS}\n{OWN}',
        'activation: expected the activation of a recurrent layer ("sigmoid", "tanh", "relu"), found "gelu"',
    ),
    (
        'activation = "softmax"\nweights = [[1, 2]]',
        "activation: softmax shares 1 among the neurons of its layer; over a single one it is always 1 and learns nothing",
    ),
    # --- recurrence ---
    (
        f"{RECURRENT}{WEIGHTS}",
        "recurrent_weights: missing; expected a list of rows, one row for each neuron, one number in it for each neuron",
    ),
    (
        f"{RECURRENT}{WEIGHTS}\nrecurrent_weights = 1",
        "recurrent_weights: expected a list of rows, one row for each neuron, one number in it for each neuron, found 1",
    ),
    (
        f"{RECURRENT}{WEIGHTS}\nrecurrent_weights = [[1, 2]]",
        f"recurrent_weights: expected 2 rows ({NEURONS}), found 1",
    ),
    (
        f"{RECURRENT}{WEIGHTS}\nrecurrent_weights = [[1, 2], [3]]",
        f"recurrent_weights[1]: expected 2 numbers ({NEURONS}), found 1",
    ),
    (
        f"{RECURRENT}{WEIGHTS}\nrecurrent_weights = [1, 2]",
        "recurrent_weights[0]: expected a row of weights, which is a list of numbers, found 1",
    ),
    (
        f"{RECURRENT}{WEIGHTS}\n{OWN}\ninitial_state = [0]",
        f"initial_state: expected 2 numbers ({NEURONS}), found 1",
    ),
    (
        f"{RECURRENT}{WEIGHTS}\n{OWN}\ninitial_state = 0",
        "initial_state: expected a list of numbers, found 0",
    ),
    # --- seeds ---
    (
        f"{RELU}weights = {{ {SEED} }}",
        "weights.neurons: missing; expected how many neurons the layer has",
    ),
    (
        f"{RELU}weights = {{ neurons = 0, {SEED} }}",
        "weights.neurons: expected a whole number from 1 to 200000, found 0",
    ),
    (
        f"{RELU}weights = {{ neurons = 2, low = 0, high = 1, decimals = 1 }}",
        "weights.seed: missing; expected a whole number, from which the numbers are made",
    ),
    (
        f"{RELU}weights = {{ neurons = 2, seed = -1, low = 0, high = 1, decimals = 1 }}",
        "weights.seed: expected a whole number from 0 to 1000000000, found -1",
    ),
    (
        f"{RELU}weights = {{ neurons = 2, seed = 1, low = 0, high = 1, decimals = 10 }}",
        "weights.decimals: expected a whole number from 0 to 9, found 10",
    ),
    (
        f"{RELU}weights = {{ neurons = 2, seed = 1, low = 1.0, high = 1, decimals = 1 }}",
        "weights.high: expected a number above low, which is 1.0, found 1",
    ),
    (
        f"{RELU}weights = {{ neurons = 2, seed = 1, low = -0.05, high = 1, decimals = 1 }}",
        "weights.low: expected a number of at most 1 decimal, as all that are made, found -0.05",
    ),
    (
        f"{RELU}weights = {{ neurons = 2, seed = 1, low = 0, high = 1001, decimals = 1 }}",
        "weights.high: expected a number from -1000 to 1000, found 1001",
    ),
    (
        f"{RELU}weights = {{ neurons = 2, count = 2, {SEED} }}",
        "weights.count: unknown key; it belongs to a table that makes inputs from a seed",
    ),
    (
        f"{RELU}{WEIGHTS}\nbiases = {{ neurons = 2, {SEED} }}",
        "biases.neurons: unknown key; it belongs to a table that makes weights from a seed",
    ),
    (
        f"{RELU}{WEIGHTS}\nbiases = {{ sead = 2 }}",
        'biases.sead: unknown key; did you mean "seed"?',
    ),
]


@pytest.mark.parametrize(("layer", "message"), REFUSED, ids=[message[:70] for _, message in REFUSED])
def test_a_broken_layer_is_told_where_and_why(layer: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        read(layer)
    assert str(caught.value) == f"mynet.toml: layers[0].{message}"


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            f"{RELU}weights = {{ neurons = 200000, {SEED} }}\nbiases = {{ {SEED} }}",
            "expected at most 200,000 inputs and neurons, found at least 200,002",
        ),
        (
            f"{RECURRENT}weights = {{ neurons = 1000, {SEED} }}\nrecurrent_weights = {{ {SEED} }}",
            "expected at most 1,000,000 weights and biases, found at least 1,002,000",
        ),
        (
            f"{RELU}weights = {{ neurons = 2, {SEED} }}\nbiases = [{'1,' * 1_000_000}]",
            "expected at most 1,000,000 weights and biases, found at least 1,000,004",
        ),
    ],
)
def test_a_layer_too_large_is_refused_before_it_is_made(layer: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        read(layer)
    assert str(caught.value) == f"mynet.toml: layers: {message}"
