"""From Keras: a Sequential model of dense and simple recurrent layers, as a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.description import (
    Dense,
    Number,
    Part,
    Recurrent,
    Squash,
    described,
    one_hot,
    stacked,
    without_logits,
)
from symbackprop.frameworks.keras_training import ORIGIN, is_of_keras, is_sparse, kind_of, learning_of
from symbackprop.frameworks.numbers import Nested, Shaped, decimal, decimals, flat, transposed
from symbackprop.functions import Activation
from symbackprop.layers_file import MOST_PARAMETERS, MOST_VALUES, RECURRENT_ACTIVATIONS
from symbackprop.network import Network
from symbackprop.wording import listed, one_line

_ACTIVATIONS = {
    "linear": Activation.IDENTITY,
    "sigmoid": Activation.SIGMOID,
    "tanh": Activation.TANH,
    "relu": Activation.RELU,
    "softplus": Activation.SOFTPLUS,
    "silu": Activation.SILU,
    "gelu": Activation.GELU,
    "swish": Activation.SILU,
    "softmax": Activation.SOFTMAX,
    "elu": Activation.ELU,
}
_SUPPORTED = "expected Dense, SimpleRNN, Activation, ReLU, LeakyReLU, ELU, Softmax, Flatten or Dropout(0)"
_STEPS = 3


def from_keras(
    model: Any,
    inputs: Any,
    targets: Any,
    loss: Any = None,
    optimizer: Any = None,
    *,
    learning_rate: float | str | None = None,
    rounds: int = 1,
) -> Network:
    """The network that a Keras Sequential is. Loss and optimizer are those that it was compiled with unless given here.

    `loss` is a Keras loss or its name, `optimizer` a Keras optimizer; a `learning_rate` takes plain gradient descent
    instead. Adam differs from Keras's own in where epsilon is added; Keras also keeps probabilities 1e-7 away from 0
    and 1. Numbers become decimals as in `from_torch`. Raises UnsupportedError, whose text is one line, for what has no
    counterpart here.
    """
    if kind_of(model) != "Sequential":
        found = one_line(type(model).__name__)
        raise UnsupportedError(f"{ORIGIN}: {found}", "this model is not supported; expected a Sequential")
    modules = tuple(_flattened(model))
    layers = stacked((part for place, layer in modules for part in _parts(place, layer)), ORIGIN)
    asked = loss if loss is not None else getattr(model, "loss", None)
    learning = learning_of(asked, optimizer or getattr(model, "optimizer", None), learning_rate)
    if learning.logits:
        without_logits(layers, learning.loss, ORIGIN)
    given = decimals(inputs, f"{ORIGIN}: inputs", most=MOST_VALUES)
    wanted = decimals(targets, f"{ORIGIN}: targets", most=MOST_VALUES)
    values = wanted.values
    if is_sparse(asked):
        values = one_hot(_scalars(values), len(layers[-1]["weights"]), f"{ORIGIN}: targets")
        wanted = Shaped(values=values, whole=True)
    _require_sequences(modules, wanted)
    return described(
        origin=ORIGIN,
        title="A network from Keras",
        inputs=[flat(it) for it in given.values] if _is_flattened(modules) and given.depth else given.values,
        targets=values,
        layers=layers,
        learning=learning,
        update_biases=_learns(modules),
        rounds=rounds,
    )


def _flattened(model: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for number, layer in enumerate(model.layers):
        here = f"{path}.{number}" if path else str(number)
        if kind_of(layer) == "Sequential":
            yield from _flattened(layer, here)
        else:
            yield f"{here} ({one_line(type(layer).__name__)})", layer


def _parts(place: str, layer: Any) -> Iterator[Part]:
    where = f"{ORIGIN}: {place}"
    match kind_of(layer):
        case "InputLayer" | "Flatten":
            return
        case "Dropout" if not layer.rate:
            return
        case "Dense":
            arrays = [decimals(it, where, most=MOST_PARAMETERS).values for it in _weights(layer, where)]
            yield Dense(place=place, weights=transposed(arrays[0]), biases=arrays[1] if layer.use_bias else None)
            yield _squash(place, layer.activation)
        case "SimpleRNN":
            yield _recurrent(place, layer)
        case "Activation":
            yield _squash(place, layer.activation)
        case "LeakyReLU":
            slope = decimal(layer.negative_slope, "float64", where)
            yield Squash(place=place, activation=Activation.LEAKY_RELU, bend=slope)
        case "ELU":
            yield Squash(place=place, activation=Activation.ELU, bend=decimal(layer.alpha, "float64", where))
        case "ReLU":
            if layer.negative_slope or layer.threshold or layer.max_value is not None:
                raise UnsupportedError(where, "a ReLU with settings of its own is not supported")
            yield Squash(place=place, activation=Activation.RELU)
        case "Softmax":
            if layer.axis != -1:
                raise UnsupportedError(where, "an axis other than -1 is not supported")
            yield Squash(place=place, activation=Activation.SOFTMAX)
        case _:
            raise UnsupportedError(where, f"this layer is not supported; {_SUPPORTED}")


def _weights(layer: Any, where: str) -> list[Any]:
    if not layer.built:
        raise SpecError(where, "expected a layer that has been built; give the model an Input, or call it once")
    penalized = [name for name in _PENALTIES if getattr(layer, name, None) is not None]
    if penalized:
        raise UnsupportedError(where, f"{penalized[0]} is not supported")
    found: list[Any] = layer.get_weights()
    return found


_PENALTIES = (
    "kernel_regularizer",
    "recurrent_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "quantization_mode",
    "lora_rank",
)


def _squash(place: str, function: Any) -> Squash:
    """An activation by its function's name."""
    name = str(getattr(function, "__name__", function))
    if name not in _ACTIVATIONS or not (isinstance(function, str) or is_of_keras(function)):
        known = f"expected one of {listed(_ACTIVATIONS)}"
        raise UnsupportedError(f"{ORIGIN}: {place}", f"the activation {name!r} is not supported; {known}")
    bend: Number | None = 1 if _ACTIVATIONS[name] is Activation.ELU else None
    return Squash(place=place, activation=_ACTIVATIONS[name], bend=bend)


def _recurrent(place: str, layer: Any) -> Recurrent:
    where = f"{ORIGIN}: {place}"
    for name in ("go_backwards", "stateful", "dropout", "recurrent_dropout"):
        if getattr(layer, name, False):
            raise UnsupportedError(where, f"{name} is not supported")
    squash = _squash(place, layer.activation)
    if squash.activation not in RECURRENT_ACTIVATIONS:
        raise UnsupportedError(where, f"a recurrent layer with {squash.activation.value} is not supported")
    arrays = [decimals(it, where, most=MOST_PARAMETERS).values for it in _weights(layer, where)]
    return Recurrent(
        place=place,
        activation=squash.activation,
        weights=transposed(arrays[0]),
        recurrent_weights=transposed(arrays[1]),
        biases=arrays[2] if layer.use_bias else None,
    )


def _require_sequences(modules: tuple[tuple[str, Any], ...], wanted: Shaped) -> None:
    """Raises SpecError for targets at each time step of what only puts out the last one, and the other way round."""
    recurrent = [(place, layer) for place, layer in modules if kind_of(layer) == "SimpleRNN"]
    if recurrent:
        place, layer = recurrent[-1]
        if layer.return_sequences != (wanted.depth == _STEPS):
            expected = "a vector for each time step" if layer.return_sequences else "a vector for each sample"
            raise SpecError(f"{ORIGIN}: targets", f"expected {expected} (return_sequences at {place})")


def _is_flattened(modules: tuple[tuple[str, Any], ...]) -> bool:
    """Whether samples come as images, say, that the first layer flattens."""
    kinds = [kind_of(layer) for _, layer in modules]
    kinds = [kind for kind in kinds if kind != "InputLayer"]
    if "SimpleRNN" in kinds and "Flatten" in kinds:
        raise UnsupportedError(ORIGIN, "Flatten beside a recurrent layer is not supported")
    return kinds[0] == "Flatten"


def _learns(modules: tuple[tuple[str, Any], ...]) -> bool:
    frozen = [place for place, layer in modules if layer.weights and not layer.trainable]
    if frozen:
        raise UnsupportedError(f"{ORIGIN}: {frozen[0]}", "a frozen layer is not supported")
    return True


def _scalars(nested: Nested) -> Nested:
    """Class indices; Keras also takes a vector of one for each."""
    if not isinstance(nested, list):
        return nested
    return [
        it[0] if isinstance(it, list) and len(it) == 1 and not isinstance(it[0], list) else _scalars(it)
        for it in nested
    ]
