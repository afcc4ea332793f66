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
from symbackprop.frameworks.keras_settings import (
    LAYERS,
    ORIGIN,
    is_of_keras,
    kind_of,
    require_known,
    require_known_compilation,
    require_known_variable,
)
from symbackprop.frameworks.keras_training import is_sparse, learning_of
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
    _require_no_shared_layers(modules)
    layers = stacked((part for place, layer in modules for part in _parts(place, layer)), ORIGIN)
    if getattr(model, "losses", None):
        raise UnsupportedError(ORIGIN, "a term of the loss that add_loss gave is not supported")
    if loss is None or (optimizer is None and learning_rate is None):
        _require_known_training(model)
    asked = getattr(model, "loss", None) if loss is None else loss
    learning = learning_of(asked, getattr(model, "optimizer", None) if optimizer is None else optimizer, learning_rate)
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
        update_biases=True,
        rounds=rounds,
    )


def _require_known_training(model: Any) -> None:
    """Raises UnsupportedError where a model was compiled with more than we understand."""
    if getattr(model, "loss", None) is not None or getattr(model, "optimizer", None) is not None:
        require_known_compilation(f"{ORIGIN}: compile", model)


def _flattened(model: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    require_known(f"{ORIGIN}: {_told(path, model)}", model, LAYERS["Sequential"])
    for number, layer in enumerate(model.layers):
        here = f"{path}.{number}" if path else str(number)
        if kind_of(layer) == "Sequential":
            yield from _flattened(layer, here)
        else:
            yield _told(here, layer), layer


def _told(path: str, layer: Any) -> str:
    name = one_line(type(layer).__name__)
    return f"{path} ({name})" if path else name


def _require_no_shared_layers(modules: tuple[tuple[str, Any], ...]) -> None:
    seen: dict[int, str] = {}
    for place, layer in modules:
        for it in getattr(layer, "weights", ()):
            if id(it) in seen:
                why = f"a weight that {seen[id(it)]} has, too, is not supported"
                raise UnsupportedError(f"{ORIGIN}: {place}", why)
            seen[id(it)] = place


def _parts(place: str, layer: Any) -> Iterator[Part]:
    where, kind = f"{ORIGIN}: {place}", kind_of(layer)
    if kind not in LAYERS or kind == "Sequential":
        raise UnsupportedError(where, f"this layer is not supported; {_SUPPORTED}")
    require_known(where, layer, LAYERS[kind])
    match kind:
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
            yield Squash(place=place, activation=Activation.RELU)
        case "Softmax":
            yield Squash(place=place, activation=Activation.SOFTMAX)


def _weights(layer: Any, where: str) -> list[Any]:
    if not layer.built:
        raise SpecError(where, "expected a layer that has been built; give the model an Input, or call it once")
    for it in layer.weights:
        require_known_variable(where, it)
    found: list[Any] = layer.get_weights()
    return found


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
    if kind_of(layer.cell) != "SimpleRNNCell":
        found = one_line(type(layer.cell).__name__)
        raise UnsupportedError(where, f"the cell {found} is not supported; expected SimpleRNNCell")
    require_known(f"{where}.cell", layer.cell, LAYERS["SimpleRNN"])
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


def _scalars(nested: Nested) -> Nested:
    """Class indices; Keras also takes a vector of one for each."""
    if not isinstance(nested, list):
        return nested
    return [
        it[0] if isinstance(it, list) and len(it) == 1 and not isinstance(it[0], list) else _scalars(it)
        for it in nested
    ]
