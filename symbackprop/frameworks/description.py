"""What every framework's model becomes before it is doubted: the tables that a network file would hold.

They go through the network file's own reader, so that all limits and all contradictions are judged in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.numbers import Nested
from symbackprop.functions import Activation, Loss
from symbackprop.layers_file import BENDS
from symbackprop.network import Network, Reduction, Rule
from symbackprop.network_file import network_of
from symbackprop.numerals import TypedFloat
from symbackprop.records import record

Number = TypedFloat | int


@record(kw_only=True)
class Dense:
    """A weighted sum for each neuron. `place` is where the framework's model has it."""

    place: str
    weights: Nested
    biases: Nested | None


@record(kw_only=True)
class Recurrent:
    """A layer that takes in its own outputs of the time step before."""

    place: str
    activation: Activation
    weights: Nested
    recurrent_weights: Nested
    biases: Nested | None


@record(kw_only=True)
class Squash:
    """An activation, which belongs to the dense layer before it."""

    place: str
    activation: Activation
    bend: Number | None = None


Part = Dense | Recurrent | Squash


@record(kw_only=True)
class Learning:
    """The loss and the rule, as the tables of a network file name them; `logits` where the loss squashes by itself."""

    loss: Loss
    reduction: Mapping[str, Reduction]
    optimizer: Mapping[str, Any]
    learning_rate: Number
    logits: bool
    settings: Mapping[str, Any]


def every(reduction: Reduction) -> Mapping[str, Reduction]:
    """The same for outputs, time steps and samples."""
    return dict.fromkeys(("outputs", "steps", "batch"), reduction)


def over_samples(reduction: Reduction) -> Mapping[str, Reduction]:
    """The same for time steps and samples, where the outputs are added up."""
    return {**every(reduction), "outputs": Reduction.SUM}


PLAIN: Mapping[str, Any] = {"kind": Rule.SGD.value}
"""Gradient descent without settings."""


def stacked(parts: Iterable[Part], origin: str) -> list[dict[str, Any]]:
    """The layers' tables; raises UnsupportedError for an activation that has no dense layer of its own."""
    layers: list[dict[str, Any]] = []
    open_ = False
    for part in parts:
        match part:
            case Dense():
                layers.append({"activation": Activation.IDENTITY.value, "weights": part.weights})
                _add_biases(layers[-1], part.biases)
            case Recurrent():
                kind = {"kind": "recurrent", "activation": part.activation.value}
                layers.append({**kind, "weights": part.weights, "recurrent_weights": part.recurrent_weights})
                _add_biases(layers[-1], part.biases)
            case Squash(activation=Activation.IDENTITY):
                continue
            case Squash():
                if not open_:
                    why = "an activation that does not directly follow a dense layer is not supported"
                    raise UnsupportedError(f"{origin}: {part.place}", why)
                layers[-1]["activation"] = part.activation.value
                if part.bend is not None:
                    layers[-1][BENDS[part.activation][0]] = part.bend
        open_ = isinstance(part, Dense)
    if not layers:
        raise SpecError(origin, "expected at least one dense or recurrent layer, found none")
    return layers


def _add_biases(layer: dict[str, Any], biases: Nested | None) -> None:
    if biases is not None:
        layer["biases"] = biases


def without_logits(layers: list[dict[str, Any]], loss: Loss, origin: str) -> None:
    """Gives the last layer the activation that a loss of logits brings along."""
    last = layers[-1]
    if last["activation"] != Activation.IDENTITY:
        why = f"the loss takes logits: expected no activation in the last layer, found {last['activation']}"
        raise SpecError(origin, why)
    squash = Activation.SOFTMAX if loss is Loss.CROSS_ENTROPY else Activation.SIGMOID
    last["activation"] = squash.value


def one_hot(indices: Nested, classes: int, where: str) -> Nested:
    """Class indices, however deep, as vectors with a 1 for the class."""
    if isinstance(indices, list):
        return [one_hot(item, classes, f"{where}[{number}]") for number, item in enumerate(indices)]
    if not isinstance(indices, int) or not 0 <= indices < classes:
        found = indices.digits if isinstance(indices, TypedFloat) else indices
        raise SpecError(where, f"expected the index of a class, from 0 to {classes - 1}, found {found}")
    return [int(index == indices) for index in range(classes)]


def described(
    *,
    origin: str,
    title: str,
    inputs: Nested,
    targets: Nested,
    layers: list[dict[str, Any]],
    learning: Learning,
    update_biases: bool,
    rounds: int,
) -> Network:
    """The network that all of it makes; raises SpecError where the parts don't fit each other."""
    training = {
        "loss": learning.loss.value,
        "reduction": {key: it.value for key, it in learning.reduction.items()},
        "learning_rate": learning.learning_rate,
        "optimizer": dict(learning.optimizer),
        "update_biases": update_biases,
        "rounds": rounds,
        **learning.settings,
    }
    data = {"inputs": inputs, "targets": targets}
    return network_of({"title": title, "data": data, "layers": layers, "training": training}, origin)
