"""Networks for tests, built without a file: the default one, small ones by hand, and random ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st

from symbackprop.functions import Activation, Loss
from symbackprop.network import Given, HiddenGradients, Layer, Network, Published, Sample, Training
from symbackprop.network_file import read_network
from symbackprop.resources import DEFAULT_EXAMPLE, example

ORIGINAL, UPDATED = HiddenGradients.ORIGINAL, HiddenGradients.UPDATED

Rows = Sequence[Sequence[str]]
Biases = str | Sequence[str] | None


def number(typed: str) -> Given:
    """A number as somebody typed it."""
    return Given(exact=Fraction(typed), typed=typed)


def published(quantity: str, value: str) -> Published:
    """A figure that somebody printed."""
    return Published(quantity=quantity, value=number(value), source="a sheet")


def layer(weights: Rows, biases: Biases = None) -> Layer:
    """A layer: a row of weights for each neuron; one bias for all, one for each neuron, or none."""
    given: Given | tuple[Given, ...] | None
    match biases:
        case None:
            given = None
        case str():
            given = number(biases)
        case _:
            given = tuple(map(number, biases))
    rows = tuple(tuple(map(number, row)) for row in weights)
    return Layer(activation=Activation.SIGMOID, weights=rows, biases=given)


def build(
    *layers: Layer,
    inputs: Sequence[str],
    targets: Sequence[str],
    learning_rate: str = "0.5",
    update_biases: bool = False,
    hidden_gradients: HiddenGradients = ORIGINAL,
    rounds: int = 1,
    figures: Sequence[Published] = (),
) -> Network:
    """A network in one call."""
    return Network(
        title="A small net",
        samples=(Sample(inputs=(tuple(map(number, inputs)),), targets=(tuple(map(number, targets)),)),),
        layers=layers,
        training=Training(
            loss=Loss.HALF_SQUARED,
            learning_rate=number(learning_rate),
            update_biases=update_biases,
            hidden_gradients=hidden_gradients,
            rounds=rounds,
        ),
        published=tuple(figures),
        origin="small.toml",
    )


def default_network() -> Network:
    """The network of the article, with the figures that it prints."""
    return read_network(example(DEFAULT_EXAMPLE))


def trained_otherwise(
    network: Network,
    *,
    update_biases: bool | None = None,
    hidden_gradients: HiddenGradients | None = None,
    rounds: int | None = None,
) -> Network:
    """The same network, trained in another way."""
    training = network.training
    return replace(
        network,
        training=replace(
            training,
            update_biases=training.update_biases if update_biases is None else update_biases,
            hidden_gradients=hidden_gradients or training.hidden_gradients,
            rounds=rounds or training.rounds,
        ),
    )


def with_biases(network: Network, *, per_neuron: bool) -> Network:
    """The same network with a bias for each neuron, all of a layer equal at first, or with one for the layer."""
    layers = []
    for old in network.layers:
        biases = old.biases
        if isinstance(biases, Given) and per_neuron:
            biases = (biases,) * len(old.weights)
        elif isinstance(biases, tuple) and not per_neuron:
            biases = biases[0]
        layers.append(replace(old, biases=biases))
    return replace(network, layers=tuple(layers))


# --- Random networks --------------------------------------------------------------------------------------


def numbers(least: int, most: int) -> st.SearchStrategy[Given]:
    """Decimals between two bounds with three decimals at most, in one of the ways in which people type them."""

    def typed(thousandths: int, short: bool) -> Given:  # noqa: FBT001 - given by Hypothesis
        text = f"{'-' if thousandths < 0 else ''}{abs(thousandths) // 1000}.{abs(thousandths) % 1000:03}"
        return number(text.rstrip("0").rstrip(".") if short else text)

    return st.builds(typed, st.integers(1000 * least, 1000 * most), st.booleans())


WEIGHTS = numbers(-2, 2)
MOST_LAYERS, MOST_NEURONS = 4, 5


@st.composite
def networks(draw: st.DrawFn, *, most_layers: int = MOST_LAYERS, most_neurons: int = MOST_NEURONS) -> Network:
    """Networks of any shape within the limits, with every way to have biases and to train."""
    widths = draw(st.lists(st.integers(1, most_neurons), min_size=2, max_size=most_layers + 1))
    return Network(
        title="A random net",
        samples=(
            Sample(inputs=(draw(_row(widths[0])),), targets=(tuple(draw(numbers(0, 1)) for _ in range(widths[-1])),)),
        ),
        layers=tuple(draw(_layers(below, here)) for below, here in pairwise(widths)),
        training=Training(
            loss=Loss.HALF_SQUARED,
            learning_rate=number(draw(st.sampled_from(["0.5", "0.01", "1", "2.5"]))),
            update_biases=draw(st.booleans()),
            hidden_gradients=draw(st.sampled_from(HiddenGradients)),
            rounds=1,
        ),
        published=(),
        origin="random.toml",
    )


def _layers(inputs: int, neurons: int) -> st.SearchStrategy[Layer]:
    return st.builds(
        Layer,
        activation=st.just(Activation.SIGMOID),
        weights=st.tuples(*[_row(inputs)] * neurons),
        biases=st.none() | WEIGHTS | _row(neurons),
    )


def _row(length: int) -> st.SearchStrategy[tuple[Given, ...]]:
    return st.tuples(*[WEIGHTS] * length)
