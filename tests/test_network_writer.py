"""What the writer writes, the reader reads as the same network: examples, random networks, and texts with anything in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.functions import Loss
from symbackprop.network import Layer, Network, Reduction
from symbackprop.network_file import parse_network, read_network
from symbackprop.network_writer import write_network
from symbackprop.resources import example, example_names
from tests.networks import build, default_network, layer, number
from tests.random_networks import any_networks


def again(network: Network) -> Network:
    return parse_network(write_network(network), network.origin)


def as_read(network: Network) -> Network:
    """A network made by hand, as the reader gives it: nothing left out that the reader fills in."""
    training = network.training
    if training.loss is Loss.CROSS_ENTROPY:
        training = replace(training, reductions=replace(training.reductions, outputs=Reduction.SUM))
    layers = tuple(map(_with_state, network.layers))
    return replace(network, titles=(("", network.title),), layers=layers, training=training)


def _with_state(old: Layer) -> Layer:
    if old.recurrent_weights is None or old.initial_state is not None:
        return old
    return replace(old, initial_state=(number("0"),) * len(old.weights))


@pytest.mark.parametrize("name", example_names())
def test_an_example_comes_back(name: str) -> None:
    network = read_network(example(name))
    assert again(network) == network


@settings(max_examples=60)
@given(any_networks())
def test_a_random_network_comes_back(network: Network) -> None:
    network = as_read(network)
    assert again(network) == network


TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Cn")), min_size=1, max_size=20).filter(
    str.strip
)


@settings(max_examples=60)
@given(TEXTS, st.dictionaries(st.text(min_size=1, max_size=10).filter(str.strip), TEXTS, max_size=3))
def test_any_words_come_back(title: str, names: dict[str, str]) -> None:
    translated = (("en", title), ("zh", title[::-1].strip() or "x"))
    network = replace(as_read(build(layer([["1"]]), inputs=["1"], targets=["0"])), names=tuple(names.items()))
    assert again(replace(network, title=title, titles=translated)).titles == translated
    assert again(network).names == tuple(names.items())


def test_a_long_row_takes_several_lines() -> None:
    wide = as_read(build(layer([["0.123456789"] * 50]), inputs=["1.5"] * 50, targets=["0"]))
    text = write_network(wide, "a remark\nwith a line break")
    assert max(map(len, text.splitlines())) <= 120
    assert text.startswith("# a remark\\nwith a line break\n")
    assert parse_network(text, wide.origin) == wide


def test_what_was_typed_stays_typed() -> None:
    assert "weights = [\n    [0.15, 0.20],\n    [0.25, 0.30],\n]" in write_network(default_network())
