"""How samples, sequences and targets are read, and what is said where they don't fit each other."""

from __future__ import annotations

import pytest

from symbackprop.errors import SpecError
from symbackprop.network import Network, Rows
from symbackprop.network_file import parse_network

DENSE = """\
[[layers]]
activation = "sigmoid"
weights = [[0.1, 0.2], [0.3, 0.4]]
"""
RECURRENT = f"""\
{DENSE}
[[layers]]
kind = "recurrent"
activation = "tanh"
weights = [[0.1, 0.2], [0.3, 0.4]]
recurrent_weights = [[0.5, 0.6], [0.7, 0.8]]
"""


def read(inputs: str, targets: str, layers: str) -> Network:
    data = f"[data]\ninputs = {inputs}\ntargets = {targets}\n"
    return parse_network(f"title = 'A net'\n{data}{layers}[training]\nlearning_rate = 1\n", "mynet.toml")


def typed(rows: Rows) -> list[str]:
    return [" ".join(number.typed for number in row) for row in rows]


# Layers, inputs and targets as written; for each sample its inputs and its targets, step by step.
SHAPES = [
    (DENSE, "[1, 2]", "[3, 4]", [(["1 2"], ["3 4"])]),
    (DENSE, "[[1, 2]]", "[[3, 4]]", [(["1 2"], ["3 4"])]),
    (DENSE, "[[1, 2], [5, 6]]", "[[3, 4], [7, 8]]", [(["1 2"], ["3 4"]), (["5 6"], ["7 8"])]),
    (RECURRENT, "[[1, 2]]", "[3, 4]", [(["1 2"], ["3 4"])]),
    (RECURRENT, "[[1, 2], [5, 6]]", "[3, 4]", [(["1 2", "5 6"], ["3 4"])]),
    (RECURRENT, "[[1, 2], [5, 6]]", "[[3, 4], [7, 8]]", [(["1 2", "5 6"], ["3 4", "7 8"])]),
    (RECURRENT, "[[[1, 2], [5, 6]]]", "[[3, 4]]", [(["1 2", "5 6"], ["3 4"])]),
    (
        RECURRENT,
        "[[[1, 2], [5, 6]], [[0, 0], [9, 9]]]",
        "[[3, 4], [7, 8]]",
        [(["1 2", "5 6"], ["3 4"]), (["0 0", "9 9"], ["7 8"])],
    ),
    (
        RECURRENT,
        "[[[1, 2], [5, 6]], [[0, 0], [9, 9]]]",
        "[[[3, 4], [7, 8]], [[1, 1], [2, 2]]]",
        [(["1 2", "5 6"], ["3 4", "7 8"]), (["0 0", "9 9"], ["1 1", "2 2"])],
    ),
]


@pytest.mark.parametrize(("layers", "inputs", "targets", "samples"), SHAPES)
def test_samples_and_steps_are_told_from_how_deep_the_lists_go(
    layers: str, inputs: str, targets: str, samples: list[tuple[list[str], list[str]]]
) -> None:
    network = read(inputs, targets, layers)
    assert [(typed(sample.inputs), typed(sample.targets)) for sample in network.samples] == samples
    assert network.steps == len(samples[0][0])
    assert len(network.target_steps) == len(samples[0][1])


LAST = "the last layer has 2 neurons"
MANY = "[" + "[1, 2]," * 1001 + "]"
STEPS = "[" + "[1, 2]," * 101 + "]"
WIDE = "[" + "1," * 2000 + "]"

REFUSED = [
    # --- inputs ---
    (DENSE, "[]", "[1, 2]", "data.inputs: expected at least one number, found an empty list"),
    (DENSE, "[[]]", "[[1, 2]]", "data.inputs[0]: expected at least one number, found an empty list"),
    (DENSE, "[[1, 2], []]", "[[1, 2]]", "data.inputs[1]: expected at least one number, found an empty list"),
    (
        DENSE,
        "[[1, 2], [3]]",
        "[[1, 2], [3, 4]]",
        "data.inputs[1]: expected 2 numbers (data.inputs[0] has 2), found 1",
    ),
    (DENSE, "[[1, 2], 3]", "[[1, 2], [3, 4]]", "data.inputs[1]: expected a list of numbers, found 3"),
    (
        DENSE,
        "[[1, '2']]",
        "[[1, 2]]",
        'data.inputs[0][1]: expected a number, found the text "2" (a number stands without quotes)',
    ),
    (
        DENSE,
        "[[[1, 2]]]",
        "[[1, 2]]",
        "data.inputs: expected a vector, or a list with a vector for each sample (no layer is recurrent), found lists that are nested deeper",
    ),
    (DENSE, "[[1, 2, 3]]", "[[1, 2]]", "layers[0].weights[0]: expected 3 numbers (the network has 3 inputs), found 2"),
    (
        RECURRENT,
        "[1, 2]",
        "[1, 2]",
        "data.inputs: expected a list with a vector for each time step (layer 1 is recurrent), found a list of numbers",
    ),
    (
        RECURRENT,
        "{ count = 2, seed = 1, low = 0, high = 1, decimals = 1 }",
        "[1, 2]",
        "data.inputs: expected a list with a vector for each time step (layer 1 is recurrent), found a table",
    ),
    (RECURRENT, "[]", "[1, 2]", "data.inputs: expected at least one time step, each a list, found an empty list"),
    (RECURRENT, "[[]]", "[1, 2]", "data.inputs[0]: expected at least one number, found an empty list"),
    (
        RECURRENT,
        "[[[[1]]]]",
        "[1, 2]",
        "data.inputs: expected a list of vectors, or a list of such lists, one for each sample (layer 1 is recurrent), found lists that are nested deeper",
    ),
    (
        RECURRENT,
        "[[[1, 2], [1, 2]], [[1, 2], [1, 2], [1, 2]]]",
        "[[1, 2], [1, 2]]",
        "data.inputs[1]: sample 2 has 3 time steps, sample 1 has 2",
    ),
    (
        RECURRENT,
        "[[[1, 2], [1, 2]], []]",
        "[[1, 2], [1, 2]]",
        "data.inputs[1]: expected at least one time step, each a list, found an empty list",
    ),
    (
        RECURRENT,
        "[[[1, 2], [1, 2]], [[1, 2], [1]]]",
        "[[1, 2], [1, 2]]",
        "data.inputs[1][1]: expected 2 numbers (data.inputs[0][0] has 2), found 1",
    ),
    # --- targets ---
    (DENSE, "[1, 2]", "[1]", f"data.targets: expected 2 numbers ({LAST}), found 1"),
    (DENSE, "[1, 2]", "[]", "data.targets: expected at least one number, found an empty list"),
    (
        DENSE,
        "[1, 2]",
        "[[1, 2]]",
        "data.targets: expected a list of numbers (data.inputs is a single sample), found a list of lists",
    ),
    (
        DENSE,
        "[[1, 2], [3, 4]]",
        "[[1, 2], [3, 4], [5, 6]]",
        "data.targets: expected 2 targets (there are 2 samples), found 3",
    ),
    (DENSE, "[[1, 2]]", "[]", "data.targets: expected 1 target (there is 1 sample), found 0"),
    (
        DENSE,
        "[[1, 2], [3, 4]]",
        "3",
        "data.targets: expected a list with targets for each of the 2 samples, found 3",
    ),
    (DENSE, "[[1, 2], [3, 4]]", "[1, 0]", "data.targets[0]: expected a list of numbers, found 1"),
    (DENSE, "[[1, 2], [3, 4]]", "[[1, 2], [3]]", f"data.targets[1]: expected 2 numbers ({LAST}), found 1"),
    (
        DENSE,
        "[[1, 2], [3, 4]]",
        "[[[1, 2]], [[3, 4]]]",
        "data.targets[0]: expected a list of numbers (no layer is recurrent), found a list of lists",
    ),
    (
        RECURRENT,
        "[[1, 2], [3, 4], [5, 6]]",
        "[[1, 2], [3, 4]]",
        "data.targets: expected 3 targets (there are 3 time steps), found 2",
    ),
    (RECURRENT, "[[1, 2]]", "[[1, 2], [3, 4]]", "data.targets: expected 1 target (there is 1 time step), found 2"),
    (
        RECURRENT,
        "[[1, 2], [3, 4]]",
        "[[1, 2], [3]]",
        f"data.targets[1]: expected 2 numbers ({LAST}), found 1",
    ),
    (
        RECURRENT,
        "[[[1, 2], [3, 4]], [[1, 2], [3, 4]]]",
        "[[[1, 2], [3, 4]], [[1, 2]]]",
        "data.targets[1]: expected 2 targets (there are 2 time steps), found 1",
    ),
    (
        RECURRENT,
        "[[[1, 2], [3, 4]], [[1, 2], [3, 4]]]",
        "[[[1, 2], [3, 4]], [1, 2]]",
        "data.targets[1][0]: expected a list of numbers, found 1",
    ),
    # --- sizes ---
    (DENSE, MANY, MANY, "data.inputs: expected at most 1,000 samples, found 1,001"),
    (RECURRENT, STEPS, STEPS, "data.inputs: expected at most 100 time steps, found 101"),
    (RECURRENT, f"[{STEPS}]", f"[{STEPS}]", "data.inputs[0]: expected at most 100 time steps, found 101"),
    (DENSE, f"[{f'{WIDE},' * 101}]", "[]", "data.inputs: expected at most 200,000 numbers, found 202,000"),
    (
        '[[layers]]\nactivation = "sigmoid"\nweights = { neurons = 300, seed = 1, low = 0, high = 1, decimals = 1 }\n',
        f"[{'[1],' * 1000}]",
        "[]",
        "layers: expected at most 200,000 inputs and neurons x samples x time steps, found at least 301,000",
    ),
    (
        '[[layers]]\nactivation = "sigmoid"\nweights = { neurons = 60, seed = 1, low = 0, high = 1, decimals = 1 }\n',
        "[" + f"[{'1,' * 200}]," * 100 + "]",
        "[]",
        "layers: expected at most 1,000,000 weights and biases x samples x time steps, found at least 1,200,000",
    ),
]


@pytest.mark.parametrize(("layers", "inputs", "targets", "message"), REFUSED, ids=[row[3][:70] for row in REFUSED])
def test_samples_that_do_not_fit_are_told_both_ends(layers: str, inputs: str, targets: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        read(inputs, targets, layers)
    assert str(caught.value) == f"mynet.toml: {message}"
