"""A network with concrete numbers: frozen, exact, and in one piece once it is built."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from symbackprop.functions import Activation, Loss

MOST_ROUNDS = 1_000_000
"""More rounds than these are refused: they would take minutes."""

Translations = tuple[tuple[str, str], ...]
"""The same words in several languages: pairs of a language's code and the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A number as somebody gave it: its exact value, and the digits that were typed (`0.10` is 1/10)."""

    exact: Fraction
    typed: str


class HiddenGradients(StrEnum):
    """Which weights carry the error back into a hidden layer."""

    ORIGINAL = "original"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A fully connected layer. `weights` has a row for each neuron, a column for each input of the layer.

    `biases` is one `Given` that the whole layer shares, a tuple with one for each neuron, or None.
    """

    activation: Activation
    weights: tuple[tuple[Given, ...], ...]
    biases: Given | tuple[Given, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How the network learns: loss, learning rate, which parameters move, and for how many rounds."""

    loss: Loss
    learning_rate: Given
    update_biases: bool
    hidden_gradients: HiddenGradients
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A feed-forward network, one training sample, and what has been published about it.

    `titles` says the same as `title` in several languages, by their codes; `references`, likewise, where the network
    comes from. `origin` is the name of the file that it was read from, as error messages give it.
    """

    title: str
    inputs: tuple[Given, ...]
    targets: tuple[Given, ...]
    layers: tuple[Layer, ...]
    training: Training
    published: tuple[Published, ...]
    origin: str
    titles: Translations = ()
    references: Translations = ()

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
        return (len(self.inputs), *(len(layer.weights) for layer in self.layers))
