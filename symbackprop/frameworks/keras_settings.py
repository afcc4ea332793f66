"""What we understand of Keras's layers, losses, optimizers and weights, by the names of their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symbackprop.frameworks.settings import (
    Understood,
    attributes_of,
    defaults_of,
    defaults_of_method,
    framework_class,
    one_of,
    require_no_code_of_its_own,
    require_no_hooks,
    require_understood,
    understands,
)

ORIGIN = "from_keras"

_PRECISION = one_of("float16", "bfloat16", "float32", "float64")
# How a layer is called, and what its weights were before they learnt.
_COMMON = "name autocast units kernel_initializer recurrent_initializer bias_initializer"


def _layer(*, reads: str = "", harmless: str = "", **bounds: Any) -> Understood:
    return understands(reads=reads, harmless=f"{_COMMON} {harmless}", dtype=_PRECISION, **bounds)


LAYERS: Mapping[str, Understood] = {
    "Sequential": _layer(reads="layers"),
    "InputLayer": _layer(harmless="shape batch_size batch_shape input_tensor sparse ragged optional"),
    "Dense": _layer(reads="activation use_bias"),
    # Its seed is that of its dropout.
    "SimpleRNN": _layer(reads="cell activation use_bias return_sequences", harmless="unroll seed"),
    "Activation": _layer(reads="activation"),
    "ReLU": _layer(),
    "LeakyReLU": _layer(reads="negative_slope"),
    "ELU": _layer(reads="alpha"),
    "Softmax": _layer(),
    "Flatten": _layer(data_format=one_of("channels_last", None)),
    "Dropout": _layer(harmless="noise_shape seed", rate=one_of(0)),
}
_REDUCTION = one_of("sum_over_batch_size", "mean", "sum")
_ROUNDING = "name dtype"
LOSSES: Mapping[str, Understood] = {
    "MeanSquaredError": understands(harmless=_ROUNDING, reduction=_REDUCTION),
    "MeanAbsoluteError": understands(harmless=_ROUNDING, reduction=_REDUCTION),
    "Huber": understands(reads="delta", harmless=_ROUNDING, reduction=_REDUCTION),
    "BinaryCrossentropy": understands(reads="from_logits", harmless=_ROUNDING, reduction=_REDUCTION),
    "CategoricalCrossentropy": understands(reads="from_logits", harmless=_ROUNDING, reduction=_REDUCTION),
    "SparseCategoricalCrossentropy": understands(reads="from_logits", harmless=_ROUNDING, reduction=_REDUCTION),
}
# Without use_ema there is no average that the others could be about.
_NAMED = "name ema_momentum ema_overwrite_frequency"
OPTIMIZERS: Mapping[str, Understood] = {
    "SGD": understands(reads="learning_rate momentum nesterov", harmless=_NAMED),
    "Adam": understands(reads="learning_rate beta_1 beta_2 epsilon", harmless=_NAMED),
}
# What is only measured, and how the calculation is run.
_COMPILATION = understands(
    reads="optimizer loss",
    harmless="metrics weighted_metrics run_eagerly steps_per_execution jit_compile auto_scale_loss",
)

_OF_A_VARIABLE: Mapping[str, Any] = {
    "trainable": True,
    "regularizer": None,
    "constraint": None,
    "overwrite_with_gradient": False,
}
_REPLACED = frozenset({"build", "quantize"})


def kind_of(thing: Any) -> str:
    """The name of Keras's own class that a thing is of; empty for what isn't."""
    found = framework_class(thing, is_of_keras)
    return "" if found is None else found.__name__


def is_of_keras(thing: Any) -> bool:
    """Whether a type or a function is Keras's own."""
    return str(getattr(thing, "__module__", "")).partition(".")[0] in {"keras", "tf_keras"}


def require_known(where: str, thing: Any, understood: Understood, *, remedy: str = "") -> Mapping[str, Any]:
    """The settings of a layer, a loss or an optimizer; raises UnsupportedError for whatever we would read past."""
    class_ = framework_class(thing, is_of_keras)
    assert class_ is not None
    require_no_code_of_its_own(where, thing, class_, replaced=_REPLACED)
    # On PyTorch, a layer is a module of it.
    require_no_hooks(where, "a layer", vars(thing))
    defaults = defaults_of(type(thing))
    # A loss keeps some of them only for the function that it calls.
    found = {**attributes_of(thing, defaults), **getattr(thing, "_fn_kwargs", {})}
    if hasattr(thing, "dtype_policy"):
        found["dtype"] = thing.dtype_policy.name
    require_understood(where, found, defaults, understood, remedy=remedy)
    return found


def require_known_compilation(where: str, model: Any) -> None:
    """Raises UnsupportedError for an option of `compile` that we would read past."""
    found = dict(getattr(getattr(model, "_compile_config", None), "config", {}))
    require_understood(where, found, defaults_of_method(type(model), "compile"), _COMPILATION)


def require_known_variable(where: str, variable: Any) -> None:
    """Raises UnsupportedError for a weight that doesn't simply learn."""
    here = f"{where}.{variable.name}"
    # Not every release has all of them.
    found = attributes_of(variable, _OF_A_VARIABLE)
    require_understood(here, found, {name: _OF_A_VARIABLE[name] for name in found}, understands())
    tensor = getattr(variable, "value", None)
    hooks = [it for it in dir(type(tensor)) if it.endswith("_hooks")]
    require_no_hooks(here, "a weight", attributes_of(tensor, hooks))
