"""A network with concrete numbers: frozen, exact, and in one piece once it is built."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from symbackprop.functions import Activation, Loss
from symbackprop.records import record

if TYPE_CHECKING:
    from symbackprop.card import Card

MOST_ROUNDS = 1_000_000
"""More rounds than these are refused: they would take minutes."""

Translations = tuple[tuple[str, str], ...]
"""The same words in several languages: pairs of a language's code and the words."""


@record(kw_only=True)
class Given:
    """A number as somebody gave it: its exact value, and the digits that were typed (`0.10` is 1/10)."""

    exact: Fraction
    typed: str


class HiddenGradients(StrEnum):
    """Which weights carry the error back into a hidden layer."""

    ORIGINAL = "original"
    UPDATED = "updated"


Vector = tuple[Given, ...]
Rows = tuple[Vector, ...]


@record(kw_only=True)
class Layer:
    """A fully connected layer. `weights` has a row for each neuron, a column for each input of the layer.

    `biases` is one `Given` that the whole layer shares, a tuple with one for each neuron, or None. A layer with
    `recurrent_weights` (a row for each neuron, a column for each neuron of the same layer) also takes in its own
    outputs of the time step before, at the first step its `initial_state`. `bend` is the number that bends the
    activation, where it has one: leaky_relu's slope below 0, elu's alpha.
    """

    activation: Activation
    weights: Rows
    biases: Given | Vector | None
    bend: Given | None = None
    recurrent_weights: Rows | None = None
    initial_state: Vector | None = None


class Reduction(StrEnum):
    """How several errors become one."""

    SUM = "sum"
    MEAN = "mean"


@record(kw_only=True)
class Reductions:
    """What becomes of the errors of several outputs, of several time steps, of several samples."""

    outputs: Reduction = Reduction.SUM
    steps: Reduction = Reduction.SUM
    batch: Reduction = Reduction.SUM


class Rule(StrEnum):
    """By which rule a parameter follows its gradient."""

    SGD = "sgd"
    MOMENTUM = "momentum"
    NESTEROV = "nesterov"
    RMSPROP = "rmsprop"
    ADAM = "adam"
    ADAMW = "adamw"


@record(kw_only=True)
class Optimizer:
    """A rule and its settings, in PyTorch's conventions; a setting that the rule doesn't know is None.

    `momentum` is momentum's and nesterov's mu; `smoothing` rmsprop's alpha; `decay` adamw's weight decay.
    """

    rule: Rule = Rule.SGD
    momentum: Given | None = None
    smoothing: Given | None = None
    beta1: Given | None = None
    beta2: Given | None = None
    epsilon: Given | None = None
    decay: Given | None = None


@record(kw_only=True)
class Training:
    """How the network learns: loss, learning rate, which parameters move, by which rule, and for how many rounds.

    `threshold` is where the huber loss turns from a parabola into a line, and None for every other loss. `l1` adds
    l1 * sum |w| to the error, `l2` adds l2/2 * sum w^2, over all weights and no bias.
    """

    loss: Loss
    learning_rate: Given
    update_biases: bool
    hidden_gradients: HiddenGradients
    rounds: int
    threshold: Given | None = None
    reductions: Reductions = Reductions()
    l1: Given | None = None
    l2: Given | None = None
    optimizer: Optimizer = Optimizer()


class BatchAs(StrEnum):
    """Where a sample stands in a matrix of several."""

    ROWS = "rows"
    COLUMNS = "columns"


@record(kw_only=True)
class Writing:
    """How the pages write: a notation by its name or the path of its file, batches, decimals with a comma."""

    notation: str = "mazur"
    batch: BatchAs = BatchAs.COLUMNS
    decimal_comma: bool = False


@record(kw_only=True)
class Sample:
    """What goes in and what ought to come out: a vector for each time step, only one where nothing is recurrent.

    `targets` has a vector for each step, or only one, for the last step.
    """

    inputs: Rows
    targets: Rows


@record(kw_only=True)
class Published:
    """A figure that somebody printed for this network, to be held against ours.

    `sources` says the same as `source` in several languages, by their codes.
    """

    quantity: str
    value: Given
    source: str
    sources: Translations = ()

    def source_in(self, language: str) -> str:
        """The source in a language, or as it is."""
        return dict(self.sources).get(language, self.source)


@record(kw_only=True)
class Network:
    """A network, the samples that it learns from, and what has been published about it.

    `titles` says the same as `title` in several languages, by their codes; `references`, likewise, where the network
    comes from. `origin` is the name of the file that it was read from, as error messages give it. `names` are names of
    somebody's own, each with the id of the quantity or the neuron that it means.
    """

    title: str
    samples: tuple[Sample, ...]
    layers: tuple[Layer, ...]
    training: Training
    published: tuple[Published, ...]
    origin: str
    titles: Translations = ()
    references: Translations = ()
    writing: Writing = Writing()
    names: tuple[tuple[str, str], ...] = ()

    def title_in(self, language: str) -> str:
        """The title in a language, or as it is."""
        return dict(self.titles).get(language, self.title)

    def reference_in(self, language: str) -> str:
        """Where the network comes from, in a language or as it is; empty where the file doesn't say."""
        known = dict(self.references)
        return known.get(language, next(iter(known.values()), ""))

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of inputs, then the number of neurons of each layer."""
        return (len(self.samples[0].inputs[0]), *(len(layer.weights) for layer in self.layers))

    @property
    def steps(self) -> int:
        """The number of time steps of each sample."""
        return len(self.samples[0].inputs)

    @property
    def target_steps(self) -> range:
        """The time steps, counted from 0, that have a target."""
        return range(self.steps - len(self.samples[0].targets), self.steps)

    # --- In Jupyter -----------------------------------------------------------------------------------------

    def _repr_latex_(self) -> str:
        return self._card.latex

    def _repr_html_(self) -> str:
        return self._card.html

    def _repr_markdown_(self) -> str:
        return self._card.markdown

    @property
    def _card(self) -> Card:
        """The title, what the layers are, and their weights and biases."""
        # Only Jupyter asks for it, and every start would wait for the import.
        from symbackprop.card import card_of_matrices  # noqa: PLC0415

        activations = ", ".join(layer.activation.value for layer in self.layers)
        widths = "-".join(map(str, self.widths))
        title = f"{self.title} ({widths}; {activations}; {self.training.loss.value})"
        return card_of_matrices(title, self._parameters())

    def _parameters(self) -> Iterator[tuple[str, int, tuple[tuple[str, ...], ...]]]:
        """Each layer's matrices: the letter, the layer, and the rows as they were typed."""
        for depth, layer in enumerate(self.layers, 1):
            yield "W", depth, _typed(layer.weights)
            if layer.recurrent_weights is not None:
                yield "U", depth, _typed(layer.recurrent_weights)
            if layer.biases is not None:
                biases = (layer.biases,) if isinstance(layer.biases, Given) else layer.biases
                yield "b", depth, tuple((bias.typed,) for bias in biases)


def _typed(rows: Rows) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(number.typed for number in row) for row in rows)
