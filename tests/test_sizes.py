"""A full document's length is told before it is made, and only where it is long."""

from __future__ import annotations

import re

import pytest

import symbackprop
from symbackprop.formats import Format, View
from symbackprop.network import Network
from symbackprop.resources import example_names
from symbackprop.sizes import full_size
from tests.networks import build, layer, sample


def _network(widths: tuple[int, int, int], *, samples: int = 1, steps: int = 1) -> Network:
    """Build a network of two layers, the first one recurrent where there are several steps."""
    inputs, hidden, outputs = widths
    return build(
        layer(_rows(hidden, inputs), "0.1", recurrent=_rows(hidden, hidden) if steps > 1 else None),
        layer(_rows(outputs, hidden), "0.2"),
        samples=[sample(_rows(steps, inputs), _rows(1, outputs)) for _ in range(samples)],
    )


def _rows(height: int, width: int) -> list[list[str]]:
    return [[f"0.{10 + (7 * row + 3 * column) % 90}" for column in range(width)] for row in range(height)]


@pytest.mark.parametrize("name", [name for name in example_names() if name != "large"])
def test_of_the_examples_only_the_large_one_asks(name: str) -> None:
    assert full_size(symbackprop.load(name), Format.LATEX, View.BOTH) is None


@pytest.mark.parametrize(
    ("network", "asks"),
    [
        (_network((10, 15, 10)), False),
        (_network((10, 15, 11)), True),
        (_network((4, 5, 3), samples=8), False),
        (_network((4, 5, 3), samples=9), True),
        (_network((3, 4, 2), steps=8), False),
        (_network((3, 4, 2), steps=9), True),
        (_network((3, 4, 2), samples=2, steps=5), True),
    ],
)
def test_what_is_asked_about_is_weights_times_samples_times_steps(network: Network, *, asks: bool) -> None:
    assert (full_size(network, Format.LATEX, View.SCALAR) is not None) is asks
    assert full_size(network, Format.JSON, View.SCALAR) is None
    assert full_size(network, Format.LATEX, View.MATRIX) is None


@pytest.mark.parametrize(
    ("network", "said"),
    [
        (symbackprop.load("large"), "with 23,820 weights this"),
        (_network((4, 5, 3), samples=20), "with 35 weights and 20 samples this"),
        (_network((3, 4, 2), steps=9), "with 36 weights and 9 time steps this"),
        (_network((3, 4, 2), samples=4, steps=8), "with 36 weights, 4 samples and 8 time steps this"),
    ],
)
def test_it_says_what_makes_it_long(network: Network, said: str) -> None:
    assert (full_size(network, Format.LATEX, View.SCALAR) or "").startswith(said)


@pytest.mark.parametrize(
    ("network", "format_"),
    [
        (_network((4, 5, 3), samples=20), Format.LATEX),
        pytest.param(_network((3, 4, 2), steps=9), Format.MARKDOWN, marks=pytest.mark.slow),
        (_network((3, 4, 2), samples=4, steps=4), Format.TEXT),
        (symbackprop.load("large"), Format.LATEX),
    ],
    ids=["batch", "sequence", "both", "large"],
)
def test_the_length_told_is_nearly_right(network: Network, format_: Format) -> None:
    told = re.search(r"([\d.]+) MB", full_size(network, format_, View.SCALAR) or "")
    assert told is not None
    length = len(symbackprop.render(symbackprop.derive(network), format=format_)) / 1_000_000
    assert abs(float(told[1]) - length) <= 0.25 * length + 0.05
