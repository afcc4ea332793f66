"""PyTorch's modules as layers. They are told by the names of their types; torch itself is never imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.description import Dense, Number, Part, Recurrent, Squash
from symbackprop.frameworks.numbers import Nested, added, decimal, decimals
from symbackprop.frameworks.torch_names import FUNCTIONS
from symbackprop.frameworks.torch_settings import MODULES, kind_of, require_known_module, require_known_parameter
from symbackprop.functions import Activation
from symbackprop.layers_file import MOST_PARAMETERS
from symbackprop.records import record
from symbackprop.wording import one_line

ORIGIN = "from_torch"
_MOST_DEEP = 20

_SUPPORTED = (
    "expected Sequential, Linear, RNN, Identity, Flatten, Dropout, Sigmoid, Tanh, ReLU, LeakyReLU, ELU, Softplus, "
    "GELU, SiLU or Softmax"
)


@record(kw_only=True)
class Placed:
    """A module that isn't a container, the name of PyTorch's class, and where it stands: `2.0 (Linear)`."""

    place: str
    kind: str
    module: Any

    @property
    def where(self) -> str:
        """The place as a message begins with it."""
        return f"{ORIGIN}: {self.place}"

    def unsupported(self, why: str) -> UnsupportedError:
        """The error that says which setting of this module we don't have."""
        return UnsupportedError(self.where, f"{why} is not supported")


def flattened(module: Any) -> tuple[Placed, ...]:
    """The modules in the order in which they are run; `module` may be a list of modules, too.

    Raises UnsupportedError for those that share a parameter.
    """
    found = tuple(_flattened(module, "", 0))
    seen: dict[int, str] = {}
    for each in found:
        own = {_identity(it) for _, it in each.module.named_parameters()} if each.kind in WITH_PARAMETERS else set()
        for it in own & seen.keys():
            raise each.unsupported(f"a parameter that {seen[it]} has, too,")
        seen |= dict.fromkeys(own, each.place)
    return found


WITH_PARAMETERS = frozenset({"Linear", "RNN"})


def _identity(parameter: Any) -> int:
    """Where a parameter's numbers lie in memory, if it says so: two parameters may be views of the same."""
    place = parameter.data_ptr() if hasattr(parameter, "data_ptr") else 0
    return int(place) or id(parameter)


def _flattened(module: Any, path: str, depth: int) -> Iterator[Placed]:
    if depth > _MOST_DEEP:
        raise SpecError(ORIGIN, "containers are nested too deeply")
    kind = kind_of(module)
    if kind in {"Sequential", "ModuleList"} or isinstance(module, list | tuple):
        if kind:
            require_known_module(_placed(module, path, kind).where, module, MODULES[kind], own=vars(module)["_modules"])
        for number, inner in enumerate(module):
            yield from _flattened(inner, f"{path}.{number}" if path else str(number), depth + 1)
        return
    yield _placed(module, path, kind)


def _placed(module: Any, path: str, kind: str) -> Placed:
    name = one_line(type(module).__name__)
    return Placed(place=f"{path} ({name})" if path else name, kind=kind, module=module)


def parts_of(found: tuple[Placed, ...]) -> Iterator[Part]:
    """What the modules are; raises UnsupportedError for the first that we don't have."""
    recurrent = any(each.kind == "RNN" for each in found)
    for each in found:
        if each.kind not in MODULES:
            raise UnsupportedError(each.where, f"this module is not supported; {_SUPPORTED}")
        names = _parameter_names(each)
        require_known_module(each.where, each.module, MODULES[each.kind], own=names)
        for name in names:
            parameter = getattr(each.module, name, None)
            if parameter is not None:
                require_known_parameter(each.where, name, parameter)
        if recurrent and each.kind == "Flatten":
            raise each.unsupported("flattening time steps")
        if recurrent and each.kind == "Softmax" and each.module.dim != -1:
            raise each.unsupported("a dim other than -1 beside a recurrent layer")
        yield from _parts(each)


_RNN_PARAMETERS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def _parameter_names(each: Placed) -> list[str]:
    match each.kind:
        case "Linear":
            return ["weight", "bias"]
        case "RNN":
            return [f"{kind}_l{layer}" for layer in range(each.module.num_layers) for kind in _RNN_PARAMETERS]
        case _:
            return []


def _parts(each: Placed) -> Iterator[Part]:
    match each.kind:
        case "Linear":
            yield _linear(each)
        case "RNN":
            yield from _rnn(each)
        case "Dropout" if each.module.training and each.module.p > 0:
            raise each.unsupported("dropout while training (module.eval() turns it off)")
        case kind if kind in _ACTIVATIONS:
            activation, bend = _ACTIVATIONS[kind]
            yield Squash(place=each.place, activation=activation, bend=setting(each, bend) if bend else None)


def _linear(each: Placed) -> Dense:
    biases = each.module.bias
    return Dense(
        place=each.place,
        weights=_numbers(each, "weight", each.module.weight),
        biases=None if biases is None else _numbers(each, "bias", biases),
    )


def _numbers(each: Placed, name: str, tensor: Any) -> Nested:
    return decimals(tensor, f"{ORIGIN}: {each.place}.{name}", most=MOST_PARAMETERS).values


_MODES = {"RNN_TANH": Activation.TANH, "RNN_RELU": Activation.RELU}


def _rnn(each: Placed) -> Iterator[Recurrent]:
    """A layer of ours for each of its layers. PyTorch has two biases for a neuron, of which only the sum matters."""
    module = each.module
    if module.dropout and module.training:
        raise each.unsupported("dropout while training (module.eval() turns it off)")
    all_names = _parameter_names(each)
    for layer in range(module.num_layers):
        names = all_names[layer * len(_RNN_PARAMETERS) :][: len(_RNN_PARAMETERS)]
        weights, recurrent = (_numbers(each, name, getattr(module, name)) for name in names[:2])
        biases = None
        if module.bias:
            tensors = [getattr(module, name) for name in names[2:]]
            if all(tensor.requires_grad for tensor in tensors):
                why = f"two biases for each neuron that both learn, {names[2]} and {names[3]},"
                remedy = f"are not supported; bias=False, or freeze one: rnn.{names[3]}.requires_grad_(False)"
                raise UnsupportedError(f"{ORIGIN}: {each.place}", f"{why} {remedy}")
            biases = added(*(_numbers(each, name, it) for name, it in zip(names[2:], tensors, strict=True)))
        yield Recurrent(
            place=each.place,
            activation=_MODES[module.mode],
            weights=weights,
            recurrent_weights=recurrent,
            biases=biases,
        )


def setting(each: Placed, name: str) -> Number:
    """A number among a module's settings."""
    return decimal(getattr(each.module, name), "float64", f"{ORIGIN}: {each.place}.{name}")


_ACTIVATIONS: Mapping[str, tuple[Activation, str]] = {
    known.module: (ours, known.bend) for ours, known in FUNCTIONS.items()
}
"""Activations by PyTorch's names, with the setting that bends them."""
