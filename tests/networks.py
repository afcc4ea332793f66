"""Networks for tests, built without a file: the default one, small ones by hand, and random ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st

from symbackprop.functions import Activation, Loss
from symbackprop.network import (
    Given,
    HiddenGradients,
    Layer,
    Network,
    Optimizer,
    Published,
    Reductions,
    Rule,
    Sample,
    Training,
)
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


def layer(
    weights: Rows,
    biases: Biases = None,
    *,
    activation: Activation = Activation.SIGMOID,
    bend: str | None = None,
    recurrent: Rows | None = None,
    state: Sequence[str] | None = None,
) -> Layer:
    """A layer: a row of weights for each neuron; one bias for all, one for each neuron, or none."""
    given: Given | tuple[Given, ...] | None
    match biases:
        case None:
            given = None
        case str():
            given = number(biases)
        case _:
            given = tuple(map(number, biases))
    return Layer(
        activation=activation,
        weights=_rows(weights),
        biases=given,
        bend=None if bend is None else number(bend),
        recurrent_weights=None if recurrent is None else _rows(recurrent),
        initial_state=None if state is None else tuple(map(number, state)),
    )


def _rows(rows: Rows) -> tuple[tuple[Given, ...], ...]:
    return tuple(tuple(map(number, row)) for row in rows)


def sample(inputs: Sequence[str] | Rows, targets: Sequence[str] | Rows) -> Sample:
    """A sample: a vector of each, or a vector for each time step."""
    return Sample(inputs=_rows(_sequence(inputs)), targets=_rows(_sequence(targets)))


def _sequence(vectors: Sequence[str] | Rows) -> Rows:
    if isinstance(vectors[0], str):
        return [[str(it) for it in vectors]]
    return [[str(it) for it in row] for row in vectors]


def optimizer(rule: Rule, **settings: str) -> Optimizer:
    """An optimizer with PyTorch's settings, or with others."""
    known = {**PYTORCH[rule], **settings}
    return Optimizer(rule=rule, **{name: number(it) for name, it in known.items()})


_ADAM = {"beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8"}
PYTORCH: dict[Rule, dict[str, str]] = {
    Rule.SGD: {},
    Rule.MOMENTUM: {"momentum": "0.9"},
    Rule.NESTEROV: {"momentum": "0.9"},
    Rule.RMSPROP: {"smoothing": "0.99", "epsilon": "1e-8"},
    Rule.ADAM: _ADAM,
    Rule.ADAMW: {**_ADAM, "decay": "0.01"},
}


def build(
    *layers: Layer,
    inputs: Sequence[str] = (),
    targets: Sequence[str] = (),
    samples: Sequence[Sample] = (),
    loss: Loss = Loss.HALF_SQUARED,
    threshold: str | None = None,
    reductions: Reductions | None = None,
    l1: str | None = None,
    l2: str | None = None,
    rule: Optimizer | None = None,
    learning_rate: str = "0.5",
    update_biases: bool = False,
    hidden_gradients: HiddenGradients = ORIGINAL,
    rounds: int = 1,
    figures: Sequence[Published] = (),
) -> Network:
    """A network in one call, with one sample of `inputs` and `targets`, or with `samples`."""
    return Network(
        title="A small net",
        samples=tuple(samples) or (sample(inputs, targets),),
        layers=layers,
        training=Training(
            loss=loss,
            learning_rate=number(learning_rate),
            update_biases=update_biases,
            hidden_gradients=hidden_gradients,
            rounds=rounds,
            threshold=None if threshold is None else number(threshold),
            reductions=reductions or Reductions(),
            l1=None if l1 is None else number(l1),
            l2=None if l2 is None else number(l2),
            optimizer=rule or Optimizer(),
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


def rightly(network: Network) -> Network:
    """The same network without the mistake on request, which no tool for derivatives makes."""
    return trained_otherwise(network, hidden_gradients=ORIGINAL)


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
