"""The gallery: each example is a network of its kind, told in every language."""

from __future__ import annotations

import re
import tomllib

import pytest

from symbackprop.functions import Activation, Loss
from symbackprop.network import Network, Reduction, Rule
from symbackprop.network_file import read_network, read_title
from symbackprop.pages.languages import languages
from symbackprop.resources import example, example_names

NAMES = example_names()

# Inputs and neurons of each layer, the number of samples and of time steps.
SHAPES = {
    "adam": ((2, 2, 1), 1, 1),
    "binary": ((2, 2, 1), 4, 1),
    "deep": ((2, 3, 3, 2), 1, 1),
    "large": ((784, 30, 10), 1, 1),
    "mazur": ((2, 2, 2), 1, 1),
    "recurrent": ((1, 2, 1), 1, 2),
    "regression-relu": ((1, 2, 1), 4, 1),
    "three-classes": ((2, 2, 3), 3, 1),
    "weight-decay": ((2, 2, 1), 2, 1),
    "xor": ((2, 2, 1), 4, 1),
}


def read(name: str) -> Network:
    return read_network(example(name))


def test_every_example_is_in_the_table() -> None:
    assert set(NAMES) == set(SHAPES)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_read(name: str) -> None:
    network = read(name)
    assert (network.widths, len(network.samples), network.steps) == SHAPES[name]
    assert read_title(example(name)) == network.title


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_a_title_in_every_language(name: str) -> None:
    assert {code for code, _ in read(name).titles} == set(languages())


@pytest.mark.parametrize("name", NAMES)
def test_an_example_explains_itself(name: str) -> None:
    text = example(name).read_text(encoding="utf-8")
    assert text.startswith("# ")
    # A line of remarks above each part but [training], which is often plain.
    for part in re.findall(r"^(.*)\n\[+(\w+)", text.partition("[[published]]")[0], flags=re.MULTILINE):
        assert part[0].startswith("# ") or not part[0], part
    assert max(map(len, text.splitlines())) <= 120 or "reference" in tomllib.loads(text)


def test_the_gallery_shows_what_there_is() -> None:
    networks = [read(name) for name in NAMES]
    assert {layer.activation for it in networks for layer in it.layers} >= {
        Activation.IDENTITY,
        Activation.SIGMOID,
        Activation.TANH,
        Activation.RELU,
        Activation.SOFTMAX,
    }
    assert {it.training.loss for it in networks} >= {
        Loss.HALF_SQUARED,
        Loss.SQUARED,
        Loss.BINARY_CROSS_ENTROPY,
        Loss.CROSS_ENTROPY,
    }
    assert {it.training.optimizer.rule for it in networks} == {Rule.SGD, Rule.MOMENTUM, Rule.ADAM}
    assert {it.training.reductions.batch for it in networks} == set(Reduction)
    assert any(it.training.l2 for it in networks)
    assert any(layer.recurrent_weights for it in networks for layer in it.layers)
