"""Keras's models: what they put out and what their loss is, and gradients by the backend's autograd.

The backend is PyTorch unless KERAS_BACKEND says tensorflow or jax.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symbackprop.derivation.derive import derive
from symbackprop.errors import SpecError
from symbackprop.frameworks.from_keras import from_keras
from symbackprop.network import Rule
from tests.frameworks.keras_gradients import NUMBERS, STEPS, assert_same, model

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "activation", ["linear", "sigmoid", "tanh", "relu", "elu", "silu", "gelu", "softplus", "softmax", None]
)
def test_any_activation(keras: Any, activation: str | None) -> None:
    dense = keras.layers.Dense
    made = model(keras, dense(4, activation=activation), dense(2, use_bias=False))
    loss = keras.losses.MeanSquaredError()
    assert_same(
        keras, made, from_keras(made, NUMBERS, NUMBERS[:, :2], loss, learning_rate=0.1), loss, NUMBERS, NUMBERS[:, :2]
    )


@pytest.mark.parametrize("name", ["ReLU", "LeakyReLU", "ELU", "Softmax", "Dropout", "Flatten"])
def test_any_layer(keras: Any, name: str) -> None:
    layer = getattr(keras.layers, name)(*([0] if name == "Dropout" else []))
    made = model(keras, keras.layers.Dense(4), layer, keras.layers.Dense(2))
    loss = keras.losses.MeanSquaredError()
    assert_same(
        keras, made, from_keras(made, NUMBERS, NUMBERS[:, :2], loss, learning_rate=0.1), loss, NUMBERS, NUMBERS[:, :2]
    )


LOSSES: list[tuple[str, dict[str, Any], str, Any]] = [
    ("MeanSquaredError", {}, "linear", NUMBERS),
    ("MeanAbsoluteError", {}, "linear", NUMBERS),
    ("Huber", {"delta": 0.3}, "linear", NUMBERS),
    ("BinaryCrossentropy", {}, "sigmoid", np.eye(4)[:, :3]),
    ("BinaryCrossentropy", {"from_logits": True}, "linear", np.eye(4)[:, :3]),
    ("CategoricalCrossentropy", {}, "softmax", np.eye(3)[[0, 1, 1, 2]]),
    ("CategoricalCrossentropy", {"from_logits": True}, "linear", np.eye(3)[[0, 1, 1, 2]]),
    ("SparseCategoricalCrossentropy", {}, "softmax", np.array([0, 1, 1, 2])),
]


@pytest.mark.parametrize("reduction", ["sum", "sum_over_batch_size"])
@pytest.mark.parametrize(("name", "settings", "last", "targets"), LOSSES)
def test_any_loss(keras: Any, name: str, settings: dict[str, Any], last: str, targets: Any, reduction: str) -> None:  # noqa: PLR0917
    made = model(keras, keras.layers.Dense(3, activation=last))
    loss = getattr(keras.losses, name)(reduction=reduction, **settings)
    assert_same(keras, made, from_keras(made, NUMBERS, targets, loss, learning_rate=0.1), loss, NUMBERS, targets)


@pytest.mark.parametrize("each", [True, False])
def test_recurrent_layers(keras: Any, each: bool) -> None:  # noqa: FBT001 - given by pytest
    layers = keras.layers
    made = model(
        keras, layers.SimpleRNN(3, return_sequences=True), layers.SimpleRNN(2, activation="relu", return_sequences=each),
        layers.Dense(2), shape=(4, 3),
    )  # fmt: skip
    targets = STEPS[:, :, :2] if each else STEPS[:, -1, :2]
    loss = keras.losses.MeanSquaredError()
    assert_same(keras, made, from_keras(made, STEPS, targets, loss, learning_rate=0.1), loss, STEPS, targets)


def test_images_are_flattened(keras: Any) -> None:
    made = model(keras, keras.layers.Flatten(), keras.layers.Dense(2), shape=(1, 3))
    assert from_keras(made, NUMBERS[:, None, :], NUMBERS[:, :2], "mse", learning_rate=0.1).widths == (3, 2)


@pytest.mark.parametrize(
    ("name", "settings", "rule"),
    [
        ("SGD", {}, Rule.SGD),
        ("SGD", {"momentum": 0.9}, Rule.MOMENTUM),
        ("SGD", {"momentum": 0.9, "nesterov": True}, Rule.NESTEROV),
        ("Adam", {"beta_1": 0.8}, Rule.ADAM),
    ],
)
def test_any_optimizer(keras: Any, name: str, settings: dict[str, Any], rule: Rule) -> None:
    made = model(keras, keras.layers.Dense(1, use_bias=False))
    made.compile(loss="mse", optimizer=getattr(keras.optimizers, name)(learning_rate=0.05, **settings))
    network = from_keras(made, NUMBERS, NUMBERS[:, :1])
    assert (network.training.optimizer.rule, float(network.training.learning_rate.exact)) == (rule, 0.05)
    made.train_on_batch(NUMBERS, NUMBERS[:, :1])
    moved = [float(derive(network)[f"w{number}+"].value) for number in (1, 2, 3)]
    assert moved == pytest.approx([float(it) for it in made.get_weights()[0].ravel()], rel=1e-4)
    if rule is not Rule.SGD:
        with pytest.raises(SpecError, match="an optimizer that has made steps is not supported"):
            from_keras(made, NUMBERS, NUMBERS[:, :1])


def _frozen(keras: Any) -> Any:
    made = model(keras, keras.layers.Dense(2))
    made.layers[0].trainable = False
    return made


REFUSED: list[tuple[Callable[[Any], Any], str]] = [
    (
        lambda k: model(k, k.layers.Dense(2), k.layers.BatchNormalization()),
        "1 (BatchNormalization): this layer is not supported; expected Dense",
    ),
    (
        lambda k: model(k, k.layers.Dense(2), k.layers.Dropout(0.5)),
        "1 (Dropout): rate=0.5 is not supported; expected 0",
    ),
    (lambda k: model(k, k.layers.Dense(2, activation="selu")), "0 (Dense): the activation 'selu' is not supported"),
    (lambda k: model(k, k.layers.Dense(2, activation=lambda net: net)), "the activation '<lambda>' is not supported"),
    (
        lambda k: model(k, k.layers.Dense(2, kernel_regularizer="l2")),
        "0 (Dense): kernel_regularizer=<L2> is not supported; expected None",
    ),
    (
        lambda k: model(k, k.layers.Dense(2), k.layers.ReLU(max_value=6)),
        "1 (ReLU): max_value=6 is not supported; expected None",
    ),
    (lambda k: model(k, k.layers.Activation("relu")), "0 (Activation): an activation that does not directly follow"),
    (lambda k: model(k, k.layers.LSTM(2), shape=(4, 3)), "0 (LSTM): this layer is not supported"),
    (
        lambda k: model(k, k.layers.SimpleRNN(2, activation="elu"), shape=(4, 3)),
        "a recurrent layer with elu is not supported",
    ),
    (
        lambda k: model(k, k.layers.SimpleRNN(2, go_backwards=True), shape=(4, 3)),
        "go_backwards=True is not supported; expected False",
    ),
    (lambda k: k.Sequential([k.layers.Dense(2)]), "0 (Dense): expected a layer that has been built"),
    (lambda k: k.layers.Dense(2), "Dense: this model is not supported; expected a Sequential"),
    (_frozen, "0 (Dense): trainable=False is not supported; expected True"),
]


@pytest.mark.parametrize(("make", "said"), REFUSED)
def test_what_has_no_counterpart_is_named(keras: Any, make: Callable[[Any], Any], said: str) -> None:
    made = make(keras)
    inputs = STEPS if made.built and len(made.input_shape) == 3 else NUMBERS
    with pytest.raises(SpecError) as refused:
        from_keras(made, inputs, NUMBERS[: len(inputs), :2], "mse", learning_rate=0.1)
    assert said in str(refused.value)


TRAININGS: list[tuple[Callable[[Any], dict[str, Any]], str]] = [
    (lambda _: {"learning_rate": 0.1}, "loss: missing; expected a loss"),
    (lambda _: {"loss": "mse"}, "optimizer: missing; expected an optimizer or a learning_rate"),
    (lambda _: {"loss": "poisson"}, "loss: poisson is not supported; expected MeanSquaredError"),
    (
        lambda k: {"loss": k.losses.CategoricalCrossentropy(label_smoothing=0.1)},
        "label_smoothing=0.1 is not supported; expected 0.0",
    ),
    (lambda k: {"loss": k.losses.MeanSquaredError(reduction="none")}, "reduction='none' is not supported"),
    (
        lambda k: {"loss": "mse", "optimizer": k.optimizers.RMSprop()},
        "RMSprop: this optimizer is not supported; expected SGD or Adam; learning_rate=...",
    ),
    (
        lambda k: {"loss": "mse", "optimizer": k.optimizers.SGD(weight_decay=0.1)},
        "weight_decay=0.1 is not supported; expected None; learning_rate=...",
    ),
    (
        lambda k: {"loss": "mse", "optimizer": k.optimizers.SGD(k.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5))},
        "a schedule of learning rates",
    ),
]


@pytest.mark.parametrize(("make", "said"), TRAININGS)
def test_a_training_without_counterpart_is_named(keras: Any, make: Callable[[Any], dict[str, Any]], said: str) -> None:
    made = model(keras, keras.layers.Dense(2))
    with pytest.raises(SpecError) as refused:
        from_keras(made, NUMBERS, NUMBERS[:, :2], **make(keras))
    assert said in str(refused.value)


def test_targets_are_where_the_model_puts_out(keras: Any) -> None:
    made = model(keras, keras.layers.SimpleRNN(2), shape=(4, 3))
    with pytest.raises(SpecError, match=r"targets: expected a vector for each sample \(return_sequences at 0"):
        from_keras(made, STEPS, STEPS[:, :, :2], "mse", learning_rate=0.1)
