"""An error of a Keras model and its gradients, by the autograd of whichever backend Keras runs on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from symbackprop.derivation.derive import derive
from symbackprop.network import Network
from tests.reference import bias_names, weight_names

Gradients = tuple[float, list[Any]]


def error_and_gradients(keras: Any, made: Any, loss: Any, inputs: Any, targets: Any) -> tuple[float, dict[str, Any]]:
    """Return the loss and an array for each trained weight, by the weight's path."""
    error, gradients = _BY_BACKEND[keras.backend.backend()](keras, made, loss, inputs, targets)
    arrays = (np.asarray(it) for it in gradients)
    return float(error), {weight.path: it for weight, it in zip(made.trainable_weights, arrays, strict=True)}


def _by_torch(keras: Any, made: Any, loss: Any, inputs: Any, targets: Any) -> Gradients:
    for weight in made.trainable_weights:
        weight.value.grad = None
    error = loss(keras.ops.convert_to_tensor(targets), made(keras.ops.convert_to_tensor(inputs), training=False))
    error.backward()
    return float(error), [it.value.grad.numpy() for it in made.trainable_weights]


def _by_tensorflow(keras: Any, made: Any, loss: Any, inputs: Any, targets: Any) -> Gradients:
    tf = pytest.importorskip("tensorflow")
    weights = [it.value for it in made.trainable_weights]
    with tf.GradientTape() as tape:
        error = loss(keras.ops.convert_to_tensor(targets), made(keras.ops.convert_to_tensor(inputs), training=False))
    return float(error), tape.gradient(error, weights)


def _by_jax(keras: Any, made: Any, loss: Any, inputs: Any, targets: Any) -> Gradients:
    jax = pytest.importorskip("jax")
    held = [it.value for it in made.non_trainable_variables]

    def error_of(weights: list[Any]) -> Any:
        out, _ = made.stateless_call(weights, held, keras.ops.convert_to_tensor(inputs), training=False)
        return loss(keras.ops.convert_to_tensor(targets), out)

    error, gradients = jax.value_and_grad(error_of)([it.value for it in made.trainable_variables])
    return float(error), gradients


_BY_BACKEND: Mapping[str, Callable[[Any, Any, Any, Any, Any], Gradients]] = {
    "torch": _by_torch,
    "tensorflow": _by_tensorflow,
    "jax": _by_jax,
}


NUMBERS = np.random.default_rng(1).uniform(-1, 1, (4, 3))
STEPS = np.random.default_rng(2).uniform(-1, 1, (2, 4, 3))


# Whatever the model's precision, Keras calculates its losses in single precision; probabilities are clipped at 1e-7.
SINGLE = 1e-5


def model(keras: Any, *layers: Any, shape: tuple[int, ...] = (3,)) -> Any:
    """A model of these layers."""
    return keras.Sequential([keras.Input(shape), *layers])


def assert_same(keras: Any, made: Any, network: Network, loss: Any, *samples: Any) -> None:
    """The loss and its gradients, by the backend."""
    error, gradients = error_and_gradients(keras, made, loss, *samples)
    derivation = derive(network)
    assert float(derivation["E_total"].value) == pytest.approx(error, rel=SINGLE)
    weights: list[float] = []
    biases: list[float] = []
    for layer in made.layers:
        found = {it.name: gradients[it.path] for it in layer.trainable_weights}
        if found:
            kernels = [found[name] for name in ("kernel", "recurrent_kernel") if name in found]
            weights += [float(it) for it in np.concatenate(kernels).T.ravel()]
            biases += [float(it) for it in found.get("bias", [])]
    names = [name for rows in weight_names(network) for row in rows for name in row]
    names += [name for layer in bias_names(network) for name in layer if name is not None]
    ours = [float(derivation[f"dE_total/d{name}"].value) for name in names]
    assert ours == pytest.approx(weights + biases, rel=SINGLE, abs=1e-7)
