"""PyTorch's losses and optimizers as ours, whose conventions are PyTorch's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.description import PLAIN, Learning, Number, every, over_samples
from symbackprop.frameworks.numbers import decimal
from symbackprop.frameworks.torch_layers import ORIGIN
from symbackprop.frameworks.torch_names import OPTIMIZERS, SETTINGS
from symbackprop.frameworks.torch_settings import LOSSES as LOSS_SETTINGS
from symbackprop.frameworks.torch_settings import OPTIMIZERS as OPTIMIZER_SETTINGS
from symbackprop.frameworks.torch_settings import (
    kind_of,
    optimizer_class,
    require_known_module,
    require_known_optimizer,
)
from symbackprop.functions import Loss
from symbackprop.network import Reduction, Rule
from symbackprop.wording import one_line

_LOSSES: Mapping[str, Loss] = {
    "MSELoss": Loss.SQUARED,
    "L1Loss": Loss.ABSOLUTE,
    "HuberLoss": Loss.HUBER,
    "SmoothL1Loss": Loss.HUBER,
    "BCELoss": Loss.BINARY_CROSS_ENTROPY,
    "BCEWithLogitsLoss": Loss.BINARY_CROSS_ENTROPY,
    "CrossEntropyLoss": Loss.CROSS_ENTROPY,
}
_OF_LOGITS = frozenset({"BCEWithLogitsLoss", "CrossEntropyLoss"})


def learning_of(loss: Any, optimizer: Any, trained: Mapping[str, Any], learning_rate: Number | None) -> Learning:
    """Loss and rule. `trained` are the parameters that learn, by their names in the module."""
    kind = kind_of(loss)
    where = f"{ORIGIN}: {one_line(type(loss).__name__)}"
    if kind not in _LOSSES:
        raise UnsupportedError(where, f"this loss is not supported; expected {', '.join(_LOSSES)}")
    require_known_module(where, loss, LOSS_SETTINGS[kind])
    reduction = Reduction.MEAN if loss.reduction == "mean" else Reduction.SUM
    ours = _LOSSES[kind]
    settings: dict[str, Any] = {}
    if ours is Loss.HUBER:
        settings["threshold"] = 1 if kind == "SmoothL1Loss" else _number(loss.delta, f"{where}.delta")
    if optimizer is None:
        rule, rate = PLAIN, learning_rate
    else:
        rule, rate, penalty = _Groups(optimizer, trained).read()
        settings |= penalty
    assert rate is not None
    return Learning(
        loss=ours,
        reduction=over_samples(reduction) if ours is Loss.CROSS_ENTROPY else every(reduction),
        optimizer=rule,
        learning_rate=rate,
        logits=kind in _OF_LOGITS,
        settings=settings,
    )


def _number(value: Any, where: str) -> Number:
    return decimal(value.tolist() if hasattr(value, "tolist") else value, "float64", where)


class _Groups:
    """An optimizer's groups of parameters, which have to agree."""

    def __init__(self, optimizer: Any, trained: Mapping[str, Any]) -> None:
        class_ = optimizer_class(optimizer)
        self.kind = "" if class_ is None else class_.__name__
        self.where = f"{ORIGIN}: {one_line(type(optimizer).__name__)}"
        if self.kind not in _RULES:
            raise UnsupportedError(self.where, f"this optimizer is not supported; expected {', '.join(_RULES)}")
        require_known_optimizer(self.where, optimizer, OPTIMIZER_SETTINGS[self.kind])
        self.group_of = {id(it): group for group in optimizer.param_groups for it in group["params"]}
        for name, parameter in trained.items():
            if id(parameter) not in self.group_of:
                raise UnsupportedError(
                    self.where, f"a parameter that the optimizer hasn't got, {name}, is not supported"
                )
        self.groups = [self.group_of[id(it)] for it in trained.values()]
        self.trained = trained
        if any(self._has_moved(optimizer.state.get(it, {})) for it in trained.values()):
            raise UnsupportedError(self.where, "an optimizer that has made steps is not supported; hand in a new one")

    @staticmethod
    def _has_moved(state: Mapping[str, Any]) -> bool:
        return any(value is not None for value in state.values())

    def read(self) -> tuple[Mapping[str, Any], Number, Mapping[str, Any]]:
        """The table of the optimizer, the learning rate, and the penalty that its weight decay is."""
        return dict(_RULES[self.kind](self)), self.number("lr"), self._penalty()

    def same(self, name: str) -> Any:
        """A setting that all groups share; None where there is no such setting."""
        values = [group.get(name) for group in self.groups]
        if any(value != values[0] for value in values):
            raise UnsupportedError(self.where, f"groups of parameters that differ in {name} are not supported")
        return values[0]

    def number(self, name: str) -> Number:
        """The same as a number."""
        return _number(self.same(name), f"{self.where}.{name}")

    def settings(self, *names: str) -> Iterator[tuple[str, Number]]:
        """Settings of a rule by our names."""
        return ((name, self.number(SETTINGS[name])) for name in names)

    def _penalty(self) -> Mapping[str, Any]:
        """Weight decay that is added to the gradient is a penalty on the weights, but for ours only on weights."""
        if self.is_decoupled():
            return {}
        decays = {name: group.get("weight_decay", 0) for name, group in zip(self.trained, self.groups, strict=True)}
        on_weights = {it for name, it in decays.items() if not _is_bias(name)}
        if any(it for name, it in decays.items() if _is_bias(name)):
            why = "weight_decay of biases is not supported; put them into a group of their own with weight_decay=0"
            raise UnsupportedError(self.where, why)
        if len(on_weights) > 1:
            raise UnsupportedError(self.where, "weights that differ in weight_decay are not supported")
        decay = next(iter(on_weights), 0)
        return {"l2": _number(decay, f"{self.where}.weight_decay")} if decay else {}

    def is_decoupled(self) -> bool:
        """Whether the weights shrink by themselves, and biases with them."""
        return self.kind == OPTIMIZERS[Rule.ADAMW] or bool(self.same("decoupled_weight_decay"))


def _is_bias(name: str) -> bool:
    return name.rpartition(".")[2].startswith("bias")


def _sgd(groups: _Groups) -> Iterator[tuple[str, Any]]:
    momentum = groups.number("momentum")
    if not groups.same("momentum"):
        yield "kind", Rule.SGD.value
        return
    yield "kind", Rule.NESTEROV.value if groups.same("nesterov") else Rule.MOMENTUM.value
    yield "momentum", momentum


def _rmsprop(groups: _Groups) -> Iterator[tuple[str, Any]]:
    yield "kind", Rule.RMSPROP.value
    yield from groups.settings("smoothing", "epsilon")


def _adam(groups: _Groups) -> Iterator[tuple[str, Any]]:
    decoupled = groups.is_decoupled()
    yield "kind", Rule.ADAMW.value if decoupled else Rule.ADAM.value
    betas = groups.same("betas")
    for name, beta in zip(("beta1", "beta2"), betas, strict=True):
        yield name, _number(beta, f"{groups.where}.betas")
    yield from groups.settings("epsilon", *(["decay"] if decoupled else []))


_RULES: Mapping[str, Callable[[_Groups], Iterator[tuple[str, Any]]]] = {
    OPTIMIZERS[Rule.SGD]: _sgd,
    OPTIMIZERS[Rule.RMSPROP]: _rmsprop,
    OPTIMIZERS[Rule.ADAM]: _adam,
    OPTIMIZERS[Rule.ADAMW]: _adam,
}


def require_one_rate(optimizer: Any, learning_rate: Any) -> None:
    """Raises SpecError for two learning rates."""
    if optimizer is not None and learning_rate is not None:
        raise SpecError("learning_rate", "the optimizer has one already; leave it out")
