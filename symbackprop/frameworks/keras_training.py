"""Keras's losses and optimizers as ours, told by the names of their types; Keras itself is never imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.description import PLAIN, Learning, Number, over_samples
from symbackprop.frameworks.keras_settings import LOSSES as LOSS_SETTINGS
from symbackprop.frameworks.keras_settings import OPTIMIZERS, ORIGIN, is_of_keras, kind_of, require_known
from symbackprop.frameworks.numbers import decimal, decimals, rate_of
from symbackprop.functions import Loss
from symbackprop.network import Reduction, Rule
from symbackprop.wording import one_line

_LOSSES: Mapping[str, Loss] = {
    "MeanSquaredError": Loss.SQUARED,
    "MeanAbsoluteError": Loss.ABSOLUTE,
    "Huber": Loss.HUBER,
    "BinaryCrossentropy": Loss.BINARY_CROSS_ENTROPY,
    "CategoricalCrossentropy": Loss.CROSS_ENTROPY,
    "SparseCategoricalCrossentropy": Loss.CROSS_ENTROPY,
}
_NAMES: Mapping[str, str] = {
    "mse": "MeanSquaredError",
    "mean_squared_error": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "mean_absolute_error": "MeanAbsoluteError",
    "huber": "Huber",
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
}
_SPARSE = "SparseCategoricalCrossentropy"
_REDUCTIONS = {"sum_over_batch_size": Reduction.MEAN, "mean": Reduction.MEAN, "sum": Reduction.SUM}
_REMEDY = "learning_rate=... takes plain gradient descent instead"


def is_sparse(loss: Any) -> bool:
    """Whether a loss takes numbers of classes."""
    return _loss_kind(loss) == _SPARSE


def _loss_kind(loss: Any) -> str:
    if isinstance(loss, str):
        return _NAMES.get(loss.lower(), loss)
    # A function of Keras's own may be handed in as it is.
    return kind_of(loss) or (_NAMES.get(str(getattr(loss, "__name__", "")), "") if is_of_keras(loss) else "")


def learning_of(loss: Any, optimizer: Any, learning_rate: float | str | None) -> Learning:
    """Loss and rule; plain gradient descent where there is a learning rate."""
    if loss is None:
        raise SpecError(f"{ORIGIN}: loss", "missing; expected a loss, or a model that was compiled with one")
    kind = _loss_kind(loss)
    where = f"{ORIGIN}: loss"
    if kind not in _LOSSES:
        found = one_line(loss if isinstance(loss, str) else type(loss).__name__)
        raise UnsupportedError(where, f"{found} is not supported; expected {', '.join(_LOSSES)}")
    options: Mapping[str, Any] = {}
    if kind_of(loss):
        options = require_known(where, loss, LOSS_SETTINGS[kind])
    rule, rate = _rule(optimizer, learning_rate)
    ours = _LOSSES[kind]
    samples = over_samples(_REDUCTIONS[options.get("reduction", "mean")])
    # Keras takes the mean over the outputs, whatever becomes of the samples.
    reduction = samples if ours is Loss.CROSS_ENTROPY else {**samples, "outputs": Reduction.MEAN}
    threshold = {"threshold": decimal(options.get("delta", 1.0), "float64", where)} if ours is Loss.HUBER else {}
    return Learning(
        loss=ours,
        reduction=reduction,
        optimizer=rule,
        learning_rate=rate,
        logits=bool(options.get("from_logits")),
        settings=threshold,
    )


def _rule(optimizer: Any, learning_rate: float | str | None) -> tuple[Mapping[str, Any], Number]:
    if learning_rate is not None:
        return PLAIN, rate_of(learning_rate)
    if optimizer is None:
        raise SpecError(f"{ORIGIN}: optimizer", "missing; expected an optimizer or a learning_rate")
    kind = kind_of(optimizer)
    where = f"{ORIGIN}: {one_line(kind or type(optimizer).__name__)}"
    if kind not in OPTIMIZERS:
        raise UnsupportedError(where, f"this optimizer is not supported; expected SGD or Adam; {_REMEDY}")
    require_known(where, optimizer, OPTIMIZERS[kind], remedy=f"; {_REMEDY}")
    options: Mapping[str, Any] = optimizer.get_config()
    if not isinstance(options["learning_rate"], float | int):
        raise UnsupportedError(where, f"a schedule of learning rates is not supported; {_REMEDY}")
    made = decimals(optimizer.iterations, f"{where}.iterations", most=1).values
    if made != 0 and (kind == "Adam" or options["momentum"]):
        raise UnsupportedError(where, f"an optimizer that has made steps is not supported; {_REMEDY}")

    def setting(name: str) -> Number:
        return decimal(options[name], "float32", f"{where}.{name}")

    rate = setting("learning_rate")
    if kind == "Adam":
        settings = {"beta1": setting("beta_1"), "beta2": setting("beta_2"), "epsilon": setting("epsilon")}
        return {"kind": Rule.ADAM.value, **settings}, rate
    if not options["momentum"]:
        return PLAIN, rate
    rule = Rule.NESTEROV if options["nesterov"] else Rule.MOMENTUM
    return {"kind": rule.value, "momentum": setting("momentum")}, rate
