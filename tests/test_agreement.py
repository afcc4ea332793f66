"""What is well-formed part by part and still refused as a whole, with the reason."""

from __future__ import annotations

import pytest

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.functions import Activation, Loss
from symbackprop.network_file import parse_network

SOFTMAX = 'activation = "softmax"\nweights = [[1, 2], [3, 4]]'
SIGMOID = 'activation = "sigmoid"\nweights = [[1, 2], [3, 4]]'
RECURRENT = 'kind = "recurrent"\nactivation = "tanh"\nweights = [[1, 2], [3, 4]]\nrecurrent_weights = [[1, 2], [3, 4]]'
ONE = "[1, 2]"


def read(inputs: str, targets: str, layers: tuple[str, ...], training: str) -> None:
    tables = "\n".join(f"[[layers]]\n{layer}" for layer in layers)
    text = f"title = 'A net'\n[data]\ninputs = {inputs}\ntargets = {targets}\n{tables}\n[training]\nlearning_rate = 1\n"
    parse_network(text + training, "mynet.toml")


CROSS, BINARY = 'loss = "cross-entropy"', 'loss = "binary-cross-entropy"'
PROBABILITY = "expects probabilities, from 0 to 1, found"
SUM = "cross-entropy expects probabilities that add up to exactly 1, found a sum of"
DEPENDENT = (
    "training.loss: binary-cross-entropy takes each output for a probability of its own, but those of softmax depend "
    "on each other"
)
LEAVING = "layers[1].activation: binary-cross-entropy needs outputs between 0 and 1"
LAST = 'training.loss: cross-entropy compares probabilities: expected "softmax" in the last layer, found'

REFUSED: list[tuple[str, str, tuple[str, ...], str, str]] = [
    (ONE, "[1, 0]", (SIGMOID,), CROSS, f'{LAST} "sigmoid"; did you mean "binary-cross-entropy"?'),
    (ONE, "[1, 0]", (SOFTMAX, SIGMOID.replace("sigmoid", "tanh")), CROSS, f'{LAST} "tanh"'),
    (ONE, "[1, -0.1]", (SOFTMAX,), CROSS, f"data.targets: cross-entropy {PROBABILITY} -0.1"),
    (ONE, "[1.5, -0.5]", (SOFTMAX,), CROSS, f"data.targets: cross-entropy {PROBABILITY} 1.5"),
    (ONE, "[0.5, 0.6]", (SOFTMAX,), CROSS, f"data.targets: {SUM} 1.1"),
    (ONE, "[0, 0]", (SOFTMAX,), CROSS, f"data.targets: {SUM} 0"),
    (ONE, "[0.3333, 0.6666]", (SOFTMAX,), CROSS, f"data.targets: {SUM} 0.9999"),
    (ONE, "[1, 1e-300]", (SOFTMAX,), CROSS, f"data.targets: {SUM} 1.{'0' * 35}..."),
    ("[[1, 2], [3, 4]]", "[[1, 0], [1, 1]]", (SOFTMAX,), CROSS, f"data.targets: {SUM} 2 in sample 2"),
    (
        "[[1, 2], [3, 4]]",
        "[[2, 0], [1, 1]]",
        (SOFTMAX,),
        CROSS,
        f"data.targets: cross-entropy {PROBABILITY} 2 in sample 1",
    ),
    ("[[1, 2], [3, 4]]", "[[1, 0], [1, 1]]", (RECURRENT, SOFTMAX), CROSS, f"data.targets: {SUM} 2 in time step 2"),
    ("[[1, 2], [3, 4]]", "[1, 1]", (RECURRENT, SOFTMAX), CROSS, f"data.targets: {SUM} 2"),
    (
        "[[[1, 2], [3, 4]], [[1, 2], [3, 4]]]",
        "[[[1, 0], [0, 1]], [[1, 0], [0.2, 0.2]]]",
        (RECURRENT, SOFTMAX),
        CROSS,
        f"data.targets: {SUM} 0.4 in sample 2, time step 2",
    ),
    (ONE, "[1, 1.5]", (SIGMOID,), BINARY, f"data.targets: binary-cross-entropy {PROBABILITY} 1.5"),
    (
        "[[1, 2], [3, 4]]",
        "[[1, 1], [0, -1]]",
        (SIGMOID,),
        BINARY,
        f"data.targets: binary-cross-entropy {PROBABILITY} -1 in sample 2",
    ),
    (
        ONE,
        "[1, 0]",
        (SOFTMAX,),
        BINARY,
        f'{DEPENDENT}; did you mean "cross-entropy"?',
    ),
    *(
        (
            ONE,
            "[1, 0]",
            (SIGMOID, SIGMOID.replace("sigmoid", activation)),
            BINARY,
            f'{LEAVING}; use "sigmoid" in the last layer, not "{activation}"',
        )
        for activation in Activation
        if activation not in {Activation.SIGMOID, Activation.SOFTMAX}
    ),
]


@pytest.mark.parametrize(
    ("inputs", "targets", "layers", "training", "message"), REFUSED, ids=[row[4][:160] for row in REFUSED]
)
def test_parts_that_do_not_agree_are_refused_with_the_reason(
    inputs: str, targets: str, layers: tuple[str, ...], training: str, message: str
) -> None:
    with pytest.raises(SpecError) as caught:
        read(inputs, targets, layers, training)
    assert str(caught.value) == f"mynet.toml: {message}"


def test_a_mistake_on_purpose_is_not_made_through_time() -> None:
    with pytest.raises(UnsupportedError) as caught:
        read("[[1, 2]]", "[1, 0]", (RECURRENT, SIGMOID), 'hidden_gradients = "updated"')
    where = "mynet.toml: training.hidden_gradients"
    assert str(caught.value) == f'{where}: "updated" with a recurrent layer is not supported'


@pytest.mark.parametrize("activation", Activation)
@pytest.mark.parametrize("loss", [Loss.HALF_SQUARED, Loss.SQUARED, Loss.ABSOLUTE, Loss.HUBER])
def test_distances_go_with_any_output_and_any_target(activation: Activation, loss: Loss) -> None:
    read(ONE, "[3, -4]", (SIGMOID.replace("sigmoid", activation),), f'loss = "{loss}"')


@pytest.mark.parametrize(
    ("targets", "layers", "training"),
    [
        ("[0.25, 0.75]", (SIGMOID, SOFTMAX), CROSS),
        ("[1, 0]", (SOFTMAX, SOFTMAX), CROSS),
        ("[1, 0]", (SOFTMAX, SIGMOID), BINARY),
        ("[1, 1]", (SIGMOID,), BINARY),
        ("[1, 0]", (SIGMOID,), 'hidden_gradients = "updated"'),
    ],
)
def test_what_agrees_is_read(targets: str, layers: tuple[str, ...], training: str) -> None:
    read(ONE, targets, layers, training)
