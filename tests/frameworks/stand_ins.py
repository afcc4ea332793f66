"""PyTorch's modules without PyTorch: they are told by the names of their types, which stand-ins have, too."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter as Argument
from inspect import Signature
from typing import Any

import numpy as np


class Parameter:
    """A tensor that learns."""

    _backward_hooks: Any = None
    _post_accumulate_grad_hooks: Any = None

    def __init__(self, numbers: Any) -> None:
        self.array, self.requires_grad = np.array(numbers), True

    def detach(self) -> Any:
        """The numbers alone."""
        return self.array


class Module:
    """What a stand-in of any type is made of: its parameters, the modules in it, and what hangs on it."""

    def __init__(self) -> None:
        self.training = True
        self._parameters: dict[str, Any] = {}
        self._buffers: dict[str, Any] = {}
        self._modules: dict[str, Any] = {}
        self._forward_hooks: dict[int, Any] = {}
        self._state_dict_hooks: dict[int, Any] = {}
        self._kept_for_later: Any = None

    def forward(self) -> None:
        """Only that there is one matters."""

    def __getattr__(self, name: str) -> Any:
        held = {**self.__dict__.get("_parameters", {}), **self.__dict__.get("_buffers", {})}
        if name in held:
            return held[name]
        raise AttributeError(name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def named_parameters(self) -> list[tuple[str, Any]]:
        """The parameters by name."""
        return [*self._parameters.items()]


Parameter.__module__ = "torch.nn.parameter"
Module.__module__ = "torch.nn.modules.module"

_RNN = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False, "mode": "RNN_TANH"}
_SIGNATURES: dict[str, dict[str, Any]] = {
    "Linear": {"bias": True},
    "RNN": _RNN,
    "Softmax": {"dim": None},
    "MSELoss": {"size_average": None, "reduction": "mean"},
    "CrossEntropyLoss": {"weight": None, "ignore_index": -100, "reduction": "mean", "label_smoothing": 0.0},
    "SGD": {
        "params": Argument.empty, "lr": 0.001, "momentum": 0, "dampening": 0, "weight_decay": 0, "nesterov": False,
        "maximize": False, "foreach": None,
    },
}  # fmt: skip


def stand_in(kind: str, *inner: Any, package: str = "torch.nn.modules", base: type = Module, **settings: Any) -> Any:
    """A thing of PyTorch's class of that name, with those modules in it and these settings."""
    known = _SIGNATURES.get(kind, {})

    def initialize(self: Any, *_: Any, **__: Any) -> None:
        base.__init__(self)  # type: ignore[misc]

    arguments = [
        Argument("self", Argument.POSITIONAL_OR_KEYWORD),
        *(Argument(name, Argument.KEYWORD_ONLY, default=value) for name, value in known.items()),
    ]
    initialize.__signature__ = Signature(arguments)  # type: ignore[attr-defined]
    made = type(kind, (base,), {"__module__": f"{package}.somewhere", "__init__": initialize})()
    made.__dict__ |= {name: it for name, it in {**known, **settings}.items() if name not in {"weight", "params"}}
    if isinstance(made, Module):
        made._parameters |= {name: it for name, it in settings.items() if isinstance(it, Parameter)}
        for name in made._parameters:
            made.__dict__.pop(name, None)
        made._buffers |= {"weight": None} if known.get("weight", 0) is None else {}
        made._modules |= {str(number): it for number, it in enumerate(inner)}
    return made


class Optimizer:
    """What a stand-in for an optimizer is made of."""

    def step(self) -> None:
        """Only that there is one matters."""


Optimizer.__module__ = "torch.optim.optimizer"


def linear(weights: Any, bias: Any) -> Any:
    """A dense layer with these numbers."""
    return stand_in("Linear", weight=Parameter(weights), bias=Parameter(bias))


def small() -> Any:
    """A dense layer 2-1 with a sigmoid."""
    return stand_in("Sequential", linear(np.array([[0.1, 0.2]], dtype=np.float32), [0.3]), stand_in("Sigmoid"))


def sgd(module: Any, **settings: Any) -> Any:
    """Gradient descent for the first module of a sequence."""
    defaults = {name: it for name, it in _SIGNATURES["SGD"].items() if name != "params"}
    (first,) = list(module)[:1]
    group = {"params": [*first._parameters.values()], **defaults, **settings}
    made = stand_in("SGD", package="torch.optim", base=Optimizer)
    made.__dict__.clear()
    made.__dict__ |= {"param_groups": [group], "state": {}, "defaults": defaults}
    return made
