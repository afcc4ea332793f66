"""What is not understood is refused by its name: of classes that stand in for a framework's, whatever hangs on them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from symbackprop.errors import UnsupportedError
from symbackprop.frameworks import keras_settings, onnx_settings, torch_settings
from symbackprop.frameworks.from_torch import from_torch
from symbackprop.frameworks.settings import (
    Understood,
    at_least,
    attributes_of,
    below,
    code_of_its_own,
    defaults_of,
    defaults_of_method,
    is_same,
    one_of,
    require_no_hooks,
    require_understood,
    shown,
    understands,
)
from tests.frameworks.stand_ins import Parameter, linear, sgd, small, stand_in

MSE = stand_in("MSELoss")


class Base:
    """A framework's most basic class."""

    def __init__(self, *, name: str = "", dtype: Any = None) -> None:
        self.name, self.dtype = name, dtype

    def call(self) -> int:
        """What the framework runs."""
        return 1


class Layer(Base):
    """A class that hands on what it doesn't know."""

    def __init__(self, units: int, rate: float = 0.5, *, centred: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.rate, self.centred = units, rate, centred

    def compile(self, loss: Any = None, *, weights: Any = None) -> None:
        """Options of a method."""


class Closed(Base):
    """A class that hands nothing on."""

    def __init__(self, units: int = 2) -> None:
        super().__init__(name="closed")
        self.units = units


class Renamed(Layer):
    """A class with another default than that of the class below it."""

    def __init__(self, units: int, *, name: str = "renamed", **kwargs: Any) -> None:
        super().__init__(units, name=name, **kwargs)


UNDERSTOOD = understands(reads="units", harmless="name", rate=at_least(0.25), dtype=one_of("float32", None))


def judged(thing: Any) -> None:
    defaults = defaults_of(type(thing))
    require_understood("here", attributes_of(thing, defaults), defaults, UNDERSTOOD)


def test_the_signature_says_which_settings_there_are() -> None:
    assert list(defaults_of(Layer)) == ["units", "rate", "centred", "name", "dtype"]
    assert (defaults_of(Layer)["rate"], defaults_of(Layer)["name"]) == (0.5, "")
    assert list(defaults_of(Closed)) == ["units"]
    assert defaults_of(Renamed)["name"] == "renamed", "a derived class has defaults of its own"
    assert defaults_of_method(Layer, "compile") == {"loss": None, "weights": None}
    assert defaults_of(type("Bare", (), {})) == {}


@pytest.mark.parametrize(
    "settings", [{}, {"units": 9}, {"name": "a"}, {"rate": 0.25}, {"dtype": "float32"}, {"centred": 0}]
)
def test_what_is_understood_passes(settings: dict[str, Any]) -> None:
    judged(Layer(**{"units": 3, **settings}))


class Newer(Layer):
    """The class of a later release, with an argument more."""

    def __init__(self, units: int, momentum: float = 0.0, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.momentum = momentum


class Forgetful(Layer):
    """One whose new argument nobody can ask for."""

    def __init__(self, units: int, momentum: float = 0.0, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.scaled = units * momentum


REFUSED: list[tuple[Any, str]] = [
    (Layer(3, centred=True), "here: centred=True is not supported; expected False"),
    (Layer(3, 0.125), "here: rate=0.125 is not supported; expected at least 0.25"),
    (Layer(3, dtype="float64"), "here: dtype='float64' is not supported; expected 'float32' or None"),
    (Layer(3, dtype=np.zeros(2)), "here: dtype=<ndarray> is not supported; expected 'float32' or None"),
    (Layer(3, "much"), "here: rate='much' is not supported; expected at least 0.25"),  # type: ignore[arg-type]
    (Newer(3, 0.9), "here: momentum=0.9 is not supported; expected 0.0"),
    (Forgetful(3), "here: momentum, whose value cannot be told, is not supported"),
]


@pytest.mark.parametrize(("thing", "said"), REFUSED)
def test_what_is_not_understood_is_refused_by_name(thing: Any, said: str) -> None:
    with pytest.raises(UnsupportedError) as refused:
        judged(thing)
    assert str(refused.value) == said


def test_a_new_argument_at_its_default_passes() -> None:
    judged(Newer(3))


def test_a_setting_that_no_signature_has_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="here: extra, which is not known, is not supported"):
        require_understood("here", {"extra": 1}, {}, UNDERSTOOD)
    require_understood("here", {"extra": 1}, {}, UNDERSTOOD, own=["extra"])


def test_a_remedy_stands_last() -> None:
    with pytest.raises(UnsupportedError, match="x=1 is not supported; expected 0; do without it"):
        require_understood("here", {"x": 1}, {"x": 0}, UNDERSTOOD, remedy="; do without it")


@pytest.mark.parametrize(
    ("value", "default", "same"),
    [
        (0, 0.0, True),
        (np.float64(0.5), 0.5, True),
        ("a", "a", True),
        (None, None, True),
        (None, 0, False),
        (0, None, False),
        (float("nan"), float("nan"), False),
        (np.zeros(3), 0, False),
        ((1, 2), (1, 2), True),
    ],
)
def test_when_a_setting_is_its_default(value: Any, default: Any, same: bool) -> None:  # noqa: FBT001 - given by pytest
    assert is_same(value, default) is same


def test_a_value_is_told_on_one_line() -> None:
    assert shown("a\nb") == r"'a\nb'"
    assert (shown((0.9, 0.999)), shown([1, 2])) == ("(0.9, 0.999)", "[1, 2]")
    assert len(shown("long" * 100)) < 50
    assert shown([object()]) == "<list>"
    assert below(0).expected == "a number below 0"


def _in_itself(thing: Any, name: str) -> Any:
    setattr(thing, name, lambda: 2)
    return thing


def _derived(**names: Any) -> Any:
    return type("Derived", (Layer,), names)(3)


CODE: list[tuple[Any, str]] = [
    (Layer(3), ""),
    (_derived(helper=lambda _: 2, __doc__="mine", __repr__=lambda _: "mine"), ""),
    (_derived(call=lambda _: 2), "call"),
    (_derived(compile=lambda _: 2), "compile"),
    (_derived(__call__=lambda _: 2, units=property(lambda _: 2, lambda *_: None)), "units"),
    (_derived(__getattribute__=object.__getattribute__), "__getattribute__"),
    (_derived(weight=cached_property(lambda _: 2)), ""),
    (_in_itself(Layer(3), "call"), "call"),
    (_in_itself(Layer(3), "note"), ""),
]


@pytest.mark.parametrize(("thing", "name"), CODE)
def test_who_runs_code_of_its_own_is_known(thing: Any, name: str) -> None:
    assert code_of_its_own(thing, Layer) == name


def test_what_the_framework_replaces_itself_is_no_code_of_its_own() -> None:
    assert code_of_its_own(_in_itself(Layer(3), "call"), Layer, replaced=frozenset({"call"})) == ""


def test_hooks_are_told_unless_they_only_save() -> None:
    require_no_hooks("here", "a thing", {"_hooks": {}, "_state_dict_hooks": {1: 1}, "_registration_hooks": {1: 1}})
    with pytest.raises(UnsupportedError, match="here: a thing with step pre hooks is not supported"):
        require_no_hooks("here", "a thing", {"_step_pre_hooks": {1: 1}})


# --- Through an importer: stand-ins for PyTorch's -----------------------------------------------------------


def _changed(change: Callable[[Any], object]) -> Callable[[], dict[str, Any]]:
    def make() -> dict[str, Any]:
        module = small()
        change(next(iter(module)))
        return {"module": module}

    return make


def _with(**settings: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"loss": stand_in("CrossEntropyLoss", **settings)}


def _stepping(change: Callable[[Any], object], **settings: Any) -> Callable[[], dict[str, Any]]:
    def make() -> dict[str, Any]:
        module = small()
        optimizer = sgd(module, **settings)
        change(optimizer)
        return {"module": module, "optimizer": optimizer}

    return make


def _tied() -> dict[str, Any]:
    first, second = linear([[0.1]], [0.2]), linear([[0.3]], [0.4])
    second._parameters["weight"] = first.weight
    return {"module": stand_in("Sequential", first, second)}


IN_PYTORCH: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "module's hook": (
        _changed(lambda it: it._forward_hooks.update({0: abs})),
        "0 (Linear): a module with forward hooks is not supported",
    ),
    "tensor's hook": (
        _changed(lambda it: setattr(it.weight, "_backward_hooks", {0: abs})),
        "0 (Linear): a weight with backward hooks is not supported",
    ),
    "hook after the gradient": (
        _changed(lambda it: setattr(it.bias, "_post_accumulate_grad_hooks", {0: abs})),
        "0 (Linear): a bias with post accumulate grad hooks is not supported",
    ),
    "own forward": (_changed(lambda it: setattr(it, "forward", abs)), "0 (Linear): a forward of its own"),
    "another parameter": (
        _changed(lambda it: it._parameters.update(weight_orig=Parameter([1]))),
        "0 (Linear): weight_orig, which is not known, is not supported",
    ),
    "a buffer": (
        _changed(lambda it: it._buffers.update(weight_mask=np.ones(2))),
        "0 (Linear): weight_mask, which is not known, is not supported",
    ),
    "an attribute": (_changed(lambda it: setattr(it, "gain", 2)), "0 (Linear): gain, which is not known"),
    "what all have": (
        _changed(lambda it: setattr(it, "_kept_for_later", 1)),
        "0 (Linear): _kept_for_later=1 is not supported; expected None",
    ),
    "no parameter": (
        _changed(lambda it: it._parameters.update(weight=np.ones((1, 2)))),
        "0 (Linear): weight, which is a ndarray, is not supported; expected a Parameter",
    ),
    "tied weights": (_tied, "1 (Linear): a parameter that 0 (Linear) has, too, is not supported"),
    "first class ignored": (_with(ignore_index=0), "ignore_index=0 is not supported; expected a number below 0"),
    "ignored class": (_with(ignore_index=1), "ignore_index=1 is not supported; expected a number below 0"),
    "weights of classes": (_with(label_smoothing=0.1), "label_smoothing=0.1 is not supported; expected 0.0"),
    "maximize": (_stepping(lambda _: None, maximize=True), "SGD: maximize=True is not supported; expected False"),
    "a schedule": (_stepping(lambda _: None, initial_lr=1), "SGD: initial_lr, which is not known, is not supported"),
    "optimizer's hook": (
        _stepping(lambda it: setattr(it, "_optimizer_step_post_hooks", {0: abs})),
        "SGD: an optimizer with optimizer step post hooks is not supported",
    ),
    "own step": (_stepping(lambda it: setattr(it, "step", abs)), "SGD: a step of its own is not supported"),
}


@pytest.mark.parametrize("case", IN_PYTORCH)
def test_whatever_hangs_on_a_module_is_refused(case: str) -> None:
    make, said = IN_PYTORCH[case]
    with pytest.raises(UnsupportedError) as refused:
        from_torch(**{"module": small(), "inputs": [[1, 2]], "targets": [[1]], "loss": MSE, **make()})
    assert said in str(refused.value)


def test_a_hook_on_all_modules_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("torch.nn.modules.module")
    module._global_forward_hooks = {0: abs}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch.nn.modules.module", module)
    with pytest.raises(UnsupportedError, match="all modules with global forward hooks is not supported"):
        from_torch(small(), [[1, 2]], [[1]], MSE)


@pytest.mark.parametrize("settings", [{"foreach": True}, {"ignore_index": -1}, {"_state_dict_hooks": {0: abs}}])
def test_what_changes_no_number_may_be_there(settings: dict[str, Any]) -> None:
    module = small()
    if "foreach" in settings:
        from_torch(module, [[1, 2]], [[1]], MSE, sgd(module, **settings))
    elif "ignore_index" in settings:
        from_torch([linear([[1.0], [2.0]], [0.0, 0.0])], [[1.0]], [1], stand_in("CrossEntropyLoss", **settings))
    else:
        module.__dict__ |= settings
        from_torch(module, [[1, 2]], [[1]], MSE)


PAGE = Path(__file__).parents[2] / "docs/frameworks.md"
TABLES: Mapping[str, Mapping[str, Understood]] = {
    "of PyTorch": {**torch_settings.MODULES, **torch_settings.LOSSES, **torch_settings.OPTIMIZERS},
    "of Keras": {**keras_settings.LAYERS, **keras_settings.LOSSES, **keras_settings.OPTIMIZERS},
    "of ONNX": onnx_settings.OPERATORS,
}
# What a class has for itself, or what makes it what it is.
UNTOLD = {"params", "modules", "nonlinearity", "layers", "input_tensor", "shape", "batch_size", "batch_shape"}
UNTOLD |= {"sparse", "ragged", "optional"}


@pytest.mark.parametrize("framework", TABLES)
def test_the_page_tells_what_is_understood(framework: str) -> None:
    (table,) = (it for it in PAGE.read_text(encoding="utf-8").split("\n\n") if it.startswith(f"| {framework} |"))
    for class_, known in TABLES[framework].items():
        names = {*known.reads, *known.harmless, *known.bounds} - UNTOLD
        told = {it for it in names if not it.startswith(("_", "value_")) and not it.endswith("_initializer")}
        assert [it for it in sorted(told) if it not in table] == [], class_
