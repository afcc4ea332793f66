"""No value whatever in any place of a network file does anything but be read or refused in one line."""

from __future__ import annotations

import re
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.errors import SpecError
from symbackprop.network import Network
from symbackprop.network_file import parse_network

SEED = "{ neurons = 2, seed = 1, low = -1, high = 1, decimals = 1 }"

# Every key there is, a line each, with a value that it may have.
LINES = f"""\
title = {{ en = "A net", zh = "网络" }}
reference = "a book"
[data]
inputs = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
targets = [[[0, 1], [0.5, 0.5]], [[1, 0], [0.2, 0.8]]]
[[layers]]
kind = "recurrent"
activation = "tanh"
weights = {SEED}
recurrent_weights = [[1, 2], [3, 4]]
initial_state = [0, 0]
biases = {SEED.replace("neurons = 2, ", "")}
[[layers]]
kind = "dense"
activation = "leaky_relu"
slope = 0.1
weights = [[1, 2], [3, 4]]
biases = 0.5
[[layers]]
activation = "softmax"
weights = [[1, 2], [3, 4]]
biases = [0, 1]
[training]
loss = "cross-entropy"
reduction = {{ outputs = "sum", steps = "mean", batch = "mean" }}
l1 = 0.1
l2 = 0.1
learning_rate = 0.5
optimizer = {{ kind = "adamw", beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8, decay = 0.1 }}
update_biases = true
hidden_gradients = "original"
rounds = 3
[notation]
name = "mazur"
batch = "rows"
decimal = "comma"
[[published]]
quantity = "E_total"
value = "0.5"
source = "a sheet"
""".splitlines()
KEYS = sorted(
    {*re.findall(r"(\w+) = ", "\n".join(LINES)), "count", "threshold", "alpha", "momentum", "smoothing", "names"}
)
WORDS = sorted(
    {*re.findall(r'"(\w[\w-]*)"', "\n".join(LINES)), "huber", "binary-cross-entropy", "elu", "sgd", "updated", ""}
)

SCALARS = st.one_of(
    st.integers(-3, 3).map(str),
    st.integers().map(str),
    st.sampled_from(["0.5", "1e-8", "1e300", "1e999", "nan", "-inf", "true", "false", "1979-05-27", "07:32:00"]),
    st.sampled_from(WORDS).map(lambda word: f'"{word}"'),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=5).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        ),
    ),
    max_leaves=12,
)


def judged(text: str) -> Network | None:
    """Give the network, or None where the text is refused in one line; whatever else comes up fails the test."""
    try:
        return parse_network(text, "mynet.toml")
    except SpecError as error:
        refusal = error
    assert "\n" not in str(refusal)
    assert refusal.where.startswith("mynet.toml")
    return None


def test_the_file_with_every_key_is_read() -> None:
    network = judged("\n".join(LINES))
    assert network is not None
    assert len(network.samples) == network.steps == 2


@settings(max_examples=500)
@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), VALUES), min_size=1, max_size=3))
def test_any_value_in_any_place_is_read_or_refused(changes: list[tuple[int, str]]) -> None:
    lines = list(LINES)
    for at, value in changes:
        key, is_, _ = lines[at].partition(" = ")
        lines[at] = f"{key} = {value}" if is_ else lines[at]
    judged("\n".join(lines))


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.sampled_from(["drop", "twice", "key"]), st.integers(0, len(LINES) - 1), st.sampled_from(KEYS)),
        min_size=1,
        max_size=4,
    )
)
def test_a_file_with_lines_lost_or_astray_is_read_or_refused(changes: list[tuple[str, int, str]]) -> None:
    lines = list(LINES)
    for what, at, key in changes:
        with suppress(IndexError):
            line = lines[at]
            match what:
                case "drop":
                    del lines[at]
                case "twice":
                    lines.insert(at, line)
                case _:
                    lines[at] = f"{key} = {line.partition(' = ')[2]}"
    judged("\n".join(lines))


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8))
def test_any_data_is_read_or_refused(table: dict[str, str]) -> None:
    judged("\n".join(f"{key} = {value}" for key, value in table.items()))


@given(VALUES, VALUES)
def test_any_inputs_and_targets_are_read_or_refused(inputs: str, targets: str) -> None:
    text = "\n".join(LINES)
    judged(
        re.sub(
            r"(?m)^inputs = .*$",
            lambda _: f"inputs = {inputs}\ntargets = {targets}",
            re.sub(r"(?m)^targets = .*\n", "", text),
        )
    )
