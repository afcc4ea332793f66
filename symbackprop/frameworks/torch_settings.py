"""What we understand of PyTorch's modules, losses, optimizers and parameters, by the names of their types."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from symbackprop.errors import UnsupportedError
from symbackprop.frameworks.settings import (
    Understood,
    at_least,
    attributes_of,
    below,
    defaults_of,
    framework_class,
    one_of,
    require_no_code_of_its_own,
    require_no_hooks,
    require_understood,
    understands,
)
from symbackprop.wording import one_line

_MODULES, _OPTIMIZERS = "torch.nn.modules.", "torch.optim."

# Beyond this PyTorch's softplus goes on as a line, which is 2e-9 away from it.
_FAR = 20

MODULES: Mapping[str, Understood] = {
    "Sequential": understands(),
    "ModuleList": understands(harmless="modules"),
    "Linear": understands(reads="weight bias", harmless="in_features out_features device dtype"),
    # What it calculates is told by its mode; the nonlinearity is what somebody asked for.
    "RNN": understands(
        reads="mode num_layers bias batch_first dropout",
        harmless="nonlinearity input_size hidden_size device dtype "
        "_flat_weights _flat_weights_names _flat_weight_refs _all_weights",
    ),
    "Identity": understands(),
    "Flatten": understands(),
    "Dropout": understands(reads="p", harmless="inplace"),
    "Sigmoid": understands(),
    "Tanh": understands(),
    "ReLU": understands(harmless="inplace"),
    "LeakyReLU": understands(reads="negative_slope", harmless="inplace"),
    "ELU": understands(reads="alpha", harmless="inplace"),
    "Softplus": understands(threshold=at_least(_FAR)),
    "GELU": understands(),
    "SiLU": understands(harmless="inplace"),
    "Softmax": understands(dim=one_of(-1, 1, None)),
}
_REDUCTION = one_of("mean", "sum")
# Both are older names for the reduction, which the loss keeps.
_OLDER = "size_average reduce"
LOSSES: Mapping[str, Understood] = {
    "MSELoss": understands(harmless=_OLDER, reduction=_REDUCTION),
    "L1Loss": understands(harmless=_OLDER, reduction=_REDUCTION),
    "HuberLoss": understands(reads="delta", reduction=_REDUCTION),
    "SmoothL1Loss": understands(harmless=_OLDER, reduction=_REDUCTION),
    "BCELoss": understands(harmless=_OLDER, reduction=_REDUCTION),
    "BCEWithLogitsLoss": understands(harmless=_OLDER, reduction=_REDUCTION),
    # No class has a negative number, and a target that has one is refused.
    "CrossEntropyLoss": understands(harmless=_OLDER, reduction=_REDUCTION, ignore_index=below(0)),
}
# How it is calculated, and on what.
_EXECUTION = "params param_names foreach fused capturable differentiable"
OPTIMIZERS: Mapping[str, Understood] = {
    "SGD": understands(reads="lr momentum nesterov weight_decay", harmless=_EXECUTION),
    "RMSprop": understands(reads="lr alpha eps weight_decay", harmless=_EXECUTION),
    "Adam": understands(reads="lr betas eps weight_decay decoupled_weight_decay", harmless=_EXECUTION),
    "AdamW": understands(reads="lr betas eps weight_decay decoupled_weight_decay", harmless=_EXECUTION),
}

# What every module has, and changes no number: what is done while saving and loading, and how it is run.
_HARMLESS = frozenset({"training", "_non_persistent_buffers_set", "_is_full_backward_hook", "_compiled_call_impl"})
_HELD = ("_parameters", "_buffers", "_modules")


def module_class(thing: Any) -> type | None:
    """PyTorch's own class of modules that a thing is of; None for what isn't."""
    return framework_class(thing, lambda it: f"{it.__module__}.".startswith(_MODULES))


def optimizer_class(thing: Any) -> type | None:
    """PyTorch's own class of optimizers that a thing is of; None for what isn't."""
    return framework_class(thing, lambda it: f"{it.__module__}.".startswith(_OPTIMIZERS))


def kind_of(thing: Any) -> str:
    """The name of PyTorch's own class of modules that a thing is of; empty for what isn't."""
    found = module_class(thing)
    return "" if found is None else found.__name__


def require_known_module(where: str, module: Any, understood: Understood, own: Iterable[str] = ()) -> None:
    """Raises UnsupportedError for whatever of a module or a loss we would read past.

    `own` are the names of its parameters, or of the modules in it.
    """
    class_ = module_class(module)
    assert class_ is not None
    require_no_code_of_its_own(where, module, class_)
    attributes = vars(module)
    # A module without anything in it says what all of them have, and how it is as long as nobody changed it.
    common = _of_a_bare_module(class_)
    require_no_hooks(where, "a module", attributes)
    require_no_hooks(where, "all modules", _global(class_))
    found = {name: it for name, it in attributes.items() if name not in _HARMLESS and name not in _HELD}
    shared = {name: it for name, it in common.items() if name in found and "_hooks" not in name}
    settings = {name: it for name, it in found.items() if name not in common or name in shared}
    held = {name: it for each in _HELD for name, it in attributes.get(each, {}).items()}
    require_understood(where, {**settings, **held}, {**defaults_of(type(module)), **shared}, understood, own=own)


def _of_a_bare_module(class_: type) -> Mapping[str, Any]:
    base = next((it for it in class_.__mro__ if it.__name__ == "Module"), None)
    return {} if base is None else vars(base())


def _global(class_: type) -> Mapping[str, Any]:
    """What holds for all things of the same base at once."""
    found: dict[str, Any] = {}
    for each in class_.__mro__:
        within = getattr(sys.modules.get(each.__module__), "__dict__", {})
        found |= {name: it for name, it in within.items() if name.startswith("_global_")}
    return found


def require_known_parameter(where: str, name: str, tensor: Any) -> None:
    """Raises UnsupportedError for a parameter that is calculated otherwise, or that a function is hung onto."""
    type_ = type(tensor)
    if f"{type_.__module__}.{type_.__name__}" != "torch.nn.parameter.Parameter":
        found = one_line(type_.__name__)
        raise UnsupportedError(where, f"{name}, which is a {found}, is not supported; expected a Parameter")
    require_no_hooks(where, f"a {name}", attributes_of(tensor, [it for it in dir(type_) if it.endswith("_hooks")]))


def require_known_optimizer(where: str, optimizer: Any, understood: Understood) -> None:
    """Raises UnsupportedError for whatever of an optimizer we would read past."""
    class_ = optimizer_class(optimizer)
    assert class_ is not None
    own: Any = getattr(type(optimizer), "step", None)
    theirs: Any = getattr(class_, "step", None)
    # PyTorch wraps the step of each class, derived or not, when the first optimizer of it is made.
    is_only_wrapped = getattr(own, "hooked", False) and inspect.unwrap(own) is inspect.unwrap(theirs)
    replaced = frozenset({"step"} if is_only_wrapped and "step" not in vars(optimizer) else ())
    require_no_code_of_its_own(where, optimizer, class_, replaced=replaced)
    require_no_hooks(where, "an optimizer", vars(optimizer))
    require_no_hooks(where, "all optimizers", _global(class_))
    defaults = defaults_of(type(optimizer))
    for group in optimizer.param_groups:
        require_understood(where, group, defaults, understood)
