"""What each broken network file is told."""

from __future__ import annotations

import pytest

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.network_file import parse_network

GOOD = """\
title = "A small net"
[data]
inputs = [0.05, 0.10]
targets = [0.01]
[[layers]]
activation = "sigmoid"
weights = [[0.15, 0.20], [0.25, 0.30]]
biases = 0.35
[[layers]]
activation = "sigmoid"
weights = [[0.40, 0.45]]
biases = [0.60]
[training]
learning_rate = 0.5
[[published]]
quantity = "E_total@1"
value = "0.291027924"
source = "a sheet"
"""

INPUTS = "inputs = [0.05, 0.10]"
TARGETS = "targets = [0.01]"
HIDDEN = "weights = [[0.15, 0.20], [0.25, 0.30]]\nbiases = 0.35"
OUTPUT = "weights = [[0.40, 0.45]]\nbiases = [0.60]"
RATE = "learning_rate = 0.5"
ALL_LAYERS = GOOD[GOOD.index("[[layers]]") : GOOD.index("[training]")]
ALL_TRAINING = GOOD[GOOD.index("[training]") : GOOD.index("[[published]]")]

WEIGHT = "layers[1].weights[0][1]"
DIGITS = "expected a number of at most 60 significant digits"
RANGE = "expected a number between 1e-300 and 1e300 in size"
ONE_LINE = "expected a text of one line without control characters"
ACTIVATION = 'activation = "sigmoid"\n' + HIDDEN
ACTIVATIONS = (
    'an activation ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu", "softmax")'
)
LOSSES = 'a loss ("half-squared", "squared", "absolute", "huber", "binary-cross-entropy", "cross-entropy")'

# What stands in the good file, what takes its place, what is said about it.
BROKEN = [
    # --- not TOML ---
    (RATE, "learning_rate 0.5", 'line 14: expected a name and a value, such as rounds = 10, found "learning_rate 0.5"'),
    (RATE, "learning_rate = 0,1", "line 14: expected 0.1 (numbers in the file take a point), found 0,1"),
    (RATE, "learning_rate = 'a' b", "line 14: expected the end of the line after the value, found b"),
    (GOOD, "title = '\0'", "line 1, column 10: not TOML: found invalid character '\\x00'"),
    (GOOD, "a = " + "[" * 5000, "lists or tables are nested too deeply"),
    (GOOD, "#\n" + "a." * 5000 + "a = 1", "line 2: expected a key of at most two parts, found more than 40"),
    (
        GOOD,
        "#\n" + '"a" . ' * 50 + "a = 1",
        "line 2: expected a key of at most two parts, found more than 40",
    ),
    # --- keys ---
    (GOOD, "", "title: missing; expected a text, the title of the document"),
    ('title = "A small net"\n', "", "title: missing; expected a text, the title of the document"),
    (INPUTS, "", "data.inputs: missing; expected a list of numbers"),
    (TARGETS, "", "data.targets: missing; expected a list of numbers"),
    (ACTIVATION, HIDDEN, "layers[0].activation: missing; expected the name of the layer's activation"),
    (
        OUTPUT,
        "biases = 1",
        "layers[1].weights: missing; expected a list of rows, one row of weights for each neuron",
    ),
    (RATE, "", "training.learning_rate: missing; expected a number above 0"),
    (ALL_TRAINING, "", "training: missing; expected a table [training] with at least a learning_rate"),
    (ALL_LAYERS, "", "layers: missing; expected a table [[layers]] for each layer"),
    (
        'source = "a sheet"',
        "",
        "published[0].source: missing; expected a text that says where it was printed",
    ),
    ("title =", "titel =", 'titel: unknown key; did you mean "title"?'),
    ("[[layers]]", "[[layer]]", 'layer: unknown key; did you mean "layers"?'),
    (RATE, "learn_rate = 0.5", 'training.learn_rate: unknown key; did you mean "learning_rate"?'),
    (OUTPUT, f"{OUTPUT}\nzebra = 1", "layers[1].zebra: unknown key"),
    (OUTPUT, f"{OUTPUT}\nrounds = 5", "layers[1].rounds: unknown key; it belongs to [training]"),
    (OUTPUT, f'{OUTPUT}\n"a\\nb" = 1', 'layers[1]."a\\nb": unknown key'),
    (OUTPUT, f"{OUTPUT}\n{'a' * 5000} = 1", f'layers[1]."{"a" * 37}...": unknown key'),
    # --- shapes ---
    (GOOD, "data = 3\ntitle = 'x'", "data: expected a table, [data], found 3"),
    (INPUTS, "inputs = []", "data.inputs: expected at least one number, found an empty list"),
    (INPUTS, "inputs = 0.05", "data.inputs: expected a list of numbers, found 0.05"),
    (INPUTS, "inputs = [0.05, [1]]", "data.inputs[1]: expected a number, found a list of 1 item"),
    (TARGETS, "targets = []", "data.targets: expected at least one number, found an empty list"),
    (
        TARGETS,
        "targets = [0.01, 0.99]",
        "data.targets: expected 1 number (the last layer has 1 neuron), found 2",
    ),
    (
        GOOD,
        "title = 'x'\nlayers = []\n[data]\ninputs = [1]\ntargets = [1]",
        "layers: expected at least one layer, found an empty list",
    ),
    (
        ALL_LAYERS,
        "[layers]\nweights = [[1]]\n",
        "layers: expected a table [[layers]] for each layer (in double brackets), found a table",
    ),
    (
        OUTPUT,
        "weights = []",
        "layers[1].weights: expected a row of weights for each neuron, at least one, found an empty list",
    ),
    (
        OUTPUT,
        "weights = [[]]",
        "layers[1].weights[0]: expected 2 numbers (layer 0 has 2 neurons), found 0",
    ),
    (
        OUTPUT,
        "weights = [[0.1, 0.2, 0.3]]",
        "layers[1].weights[0]: expected 2 numbers (layer 0 has 2 neurons), found 3",
    ),
    (
        HIDDEN,
        "weights = [[0.15, 0.20], [0.25]]",
        "layers[0].weights[1]: expected 2 numbers (the network has 2 inputs), found 1",
    ),
    (
        OUTPUT,
        "weights = [0.4, 0.45]",
        "layers[1].weights[0]: expected a row of weights, which is a list of numbers, found 0.4",
    ),
    (
        OUTPUT,
        "weights = 0.4",
        "layers[1].weights: expected a list of rows, one row of weights for each neuron, found 0.4",
    ),
    (
        "biases = 0.35",
        "biases = [0.35]",
        "layers[0].biases: expected 2 numbers (the layer has 2 neurons), found 1",
    ),
    (
        "biases = 0.35",
        "biases = []",
        "layers[0].biases: expected 2 numbers (the layer has 2 neurons), found 0",
    ),
    (
        INPUTS,
        "inputs = [" + "1," * 1_000_001 + "]",
        "data.inputs: expected at most 200,000 numbers, found 1,000,001",
    ),
    (
        HIDDEN,
        "weights = [[" + "1," * 600_000 + "],[" + "1," * 600_000 + "]]",
        "layers: expected at most 1,000,000 weights and biases, found at least 1,200,000",
    ),
    # --- numbers ---
    (
        INPUTS,
        'inputs = [0.05, "0.10"]',
        'data.inputs[1]: expected a number, found the text "0.10" (a number stands without quotes)',
    ),
    (INPUTS, "inputs = [true, 0.10]", "data.inputs[0]: expected a number, found true"),
    (INPUTS, "inputs = [0.05, nan]", "data.inputs[1]: expected a number, found nan"),
    (INPUTS, "inputs = [0.05, +nan]", "data.inputs[1]: expected a number, found +nan"),
    ("0.45", "-inf", f"{WEIGHT}: expected a number, found -inf"),
    ("0.45", "1979-05-27", f"{WEIGHT}: expected a number, found a date or a time"),
    ("[0.60]", "false", "layers[1].biases: expected a number, found false"),
    ("0.45", "0." + "1" * 10_000, f"line 11: {DIGITS}, found more than 500"),
    ("0.45", "0." + "0" * 61, f"{WEIGHT}: {DIGITS}, found 61"),
    ("0.45", "1" * 10_000, f"line 11: {DIGITS}, found more than 500"),
    ("0.45", "0." + "1" * 61, f"{WEIGHT}: {DIGITS}, found 61"),
    ("0.45", "0x" + "f" * 100, f"{WEIGHT}: {DIGITS}, found 121"),
    ("0.45", "1" * 61, f"{WEIGHT}: {DIGITS}, found 61"),
    ("0.45", "0x" + "f" * 10_000, f"line 11: {DIGITS}, found more than 500"),
    ("0.45", "1e301", f"{WEIGHT}: {RANGE}, found 1e301"),
    ("0.45", "-1e-301", f"{WEIGHT}: {RANGE}, found -1e-301"),
    ("0.45", "12e300", f"{WEIGHT}: {RANGE}, found 12e300"),
    ("0.45", "0e" + "9" * 400, f"{WEIGHT}: {RANGE}, found 0e{'9' * 35}..."),
    # --- texts ---
    ('"A small net"', "3", "title: expected a text in quotes, found 3"),
    ('"A small net"', '" "', "title: expected a text, found an empty one"),
    ('"A small net"', f'"{"a" * 201}"', "title: expected a text of at most 200 characters, found 201"),
    (
        '"A small net"',
        '"A\\tB"',
        f"title: {ONE_LINE}, found U+0009 in it",
    ),
    (
        '"A small net"',
        '"""A\nB"""',
        f"title: {ONE_LINE}, found U+000A in it",
    ),
    (
        '"A small net"',
        '"A\\u202EB"',
        f"title: {ONE_LINE}, found U+202E in it",
    ),
    # --- choices ---
    (
        ACTIVATION,
        'activation = "sigmod"\n' + HIDDEN,
        f'layers[0].activation: expected {ACTIVATIONS}, found "sigmod"; did you mean "sigmoid"?',
    ),
    (
        ACTIVATION,
        'activation = "step"\n' + HIDDEN,
        f'layers[0].activation: expected {ACTIVATIONS}, found "step"',
    ),
    (
        ACTIVATION,
        "activation = 1\n" + HIDDEN,
        f"layers[0].activation: expected {ACTIVATIONS}, found 1",
    ),
    (
        RATE,
        f'{RATE}\nloss = "half-square"',
        f'training.loss: expected {LOSSES}, found "half-square"; did you mean "half-squared"?',
    ),
    (
        RATE,
        f'{RATE}\nhidden_gradients = "new"',
        ('training.hidden_gradients: expected the weights of hidden gradients ("original", "updated"), found "new"'),
    ),
    # --- training ---
    (RATE, "learning_rate = 0", "training.learning_rate: expected a number above 0, found 0"),
    (RATE, "learning_rate = -0.5", "training.learning_rate: expected a number above 0, found -0.5"),
    (RATE, f"{RATE}\nrounds = 0", "training.rounds: expected a whole number from 1 to 1000000, found 0"),
    (
        RATE,
        f"{RATE}\nrounds = 1000001",
        "training.rounds: expected a whole number from 1 to 1000000, found 1000001",
    ),
    (RATE, f"{RATE}\nrounds = 2.0", "training.rounds: expected a whole number from 1 to 1000000, found 2.0"),
    (
        RATE,
        f"{RATE}\nrounds = true",
        "training.rounds: expected a whole number from 1 to 1000000, found true",
    ),
    (RATE, f"{RATE}\nupdate_biases = 1", "training.update_biases: expected true or false, found 1"),
    (
        RATE,
        f'{RATE}\nupdate_biases = "no"',
        'training.update_biases: expected true or false, found the text "no"',
    ),
    # --- published figures ---
    (
        "[[published]]",
        "[published]",
        "published: expected a table [[published]] for each figure (in double brackets), found a table",
    ),
    ('"E_total@1"', '""', "published[0].quantity: expected a text, found an empty one"),
    (
        '"E_total@1"',
        f'"{"E" * 81}"',
        "published[0].quantity: expected a text of at most 80 characters, found 81",
    ),
    (
        '"0.291027924"',
        '"0,291"',
        'published[0].value: expected a decimal number such as "0.291027924", found the text "0,291"',
    ),
    (
        '"0.291027924"',
        '"9**9**9"',
        'published[0].value: expected a decimal number such as "0.291027924", found the text "9**9**9"',
    ),
    (
        '"0.291027924"',
        '"+-0.291"',
        'published[0].value: expected a decimal number such as "0.291027924", found the text "+-0.291"',
    ),
    ('"0.291027924"', "true", "published[0].value: expected a number, found true"),
]

# Well-formed, but for a later version.
NOT_YET = [
    (TARGETS, f"{TARGETS}\nnames = ['a']", "data.names: this key is not supported yet"),
    (HIDDEN, f"{HIDDEN}\nnames = ['a']", "layers[0].names: this key is not supported yet"),
]


NAMES_REFUSED = [
    (
        'names = ["a"]',
        'names: expected a table [names] with lines such as "in_{h1}" = "net_h1", found a list of 1 item',
    ),
    ("names.a = 1", "names.a: expected a text in quotes, found 1"),
    ('names."" = "w1"', 'names."": expected a name of 1 to 80 characters, found 0'),
    (f'names.{"a" * 81} = "w1"', f'names."{"a" * 37}...": expected a name of 1 to 80 characters, found 81'),
]


@pytest.mark.parametrize(("line", "message"), NAMES_REFUSED)
def test_names_of_ones_own_are_doubted(line: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_network(f"{line}\n{GOOD}", "mynet.toml")
    assert str(caught.value) == f"mynet.toml: {message}"


def test_names_of_ones_own() -> None:
    network = parse_network(f"""{GOOD}\n[names]\n"in_{{h1}}" = "net_h1"\ny1 = "o1"\n""", "mynet.toml")
    assert network.names == (("in_{h1}", "net_h1"), ("y1", "o1"))
    assert parse_network(GOOD, "mynet.toml").names == ()


def broken(good: str, bad: str) -> str:
    assert good in GOOD
    return bad + "\n" if good == GOOD else GOOD.replace(good, bad, 1)


def named(rows: list[tuple[str, str, str]]) -> list[str]:
    return [message[:60] for _, _, message in rows]


@pytest.mark.parametrize(("good", "bad", "message"), BROKEN, ids=named(BROKEN))
def test_broken_file_is_told_where_and_why(good: str, bad: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_network(broken(good, bad), "mynet.toml")
    assert str(caught.value) == f"mynet.toml: {message}"
    assert type(caught.value) is SpecError


@pytest.mark.parametrize(("good", "bad", "message"), NOT_YET, ids=named(NOT_YET))
def test_wish_for_a_later_version_is_not_called_wrong(good: str, bad: str, message: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        parse_network(broken(good, bad), "mynet.toml")
    assert str(caught.value) == f"mynet.toml: {message}"
