"""PyTorch's modules as layers. They are told by the names of their types; torch itself is never imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.description import Dense, Number, Part, Recurrent, Squash
from symbackprop.frameworks.numbers import Nested, added, decimal, decimals
from symbackprop.frameworks.torch_names import FUNCTIONS
from symbackprop.functions import Activation
from symbackprop.layers_file import MOST_PARAMETERS
from symbackprop.records import record
from symbackprop.wording import one_line

ORIGIN = "from_torch"
_MOST_DEEP = 20
# Beyond this PyTorch's softplus goes on as a line, which is 2e-9 away from it.
_FAR = 20

_SUPPORTED = (
    "expected Sequential, Linear, RNN, Identity, Flatten, Dropout, Sigmoid, Tanh, ReLU, LeakyReLU, ELU, Softplus, "
    "GELU, SiLU or Softmax"
)


@record(kw_only=True)
class Placed:
    """A module that isn't a container, its type's name, and where it stands: `2.0 (Linear)`."""

    place: str
    kind: str
    module: Any

    def unsupported(self, why: str) -> UnsupportedError:
        """The error that says which setting of this module we don't have."""
        return UnsupportedError(f"{ORIGIN}: {self.place}", f"{why} is not supported")


def flattened(module: Any) -> tuple[Placed, ...]:
    """The modules in the order in which they are run; `module` may be a list of modules, too."""
    found = tuple(_flattened(module, "", 0))
    seen: dict[int, str] = {}
    for each in found:
        if each.kind in {"Linear", "RNN"} and id(each.module) in seen:
            raise each.unsupported(f"the same module as at {seen[id(each.module)]}, with shared weights,")
        seen[id(each.module)] = each.place
    return found


def _flattened(module: Any, path: str, depth: int) -> Iterator[Placed]:
    if depth > _MOST_DEEP:
        raise SpecError(ORIGIN, "containers are nested too deeply")
    kind = kind_of(module)
    if kind in {"Sequential", "ModuleList"} or isinstance(module, list | tuple):
        _require_no_code_of_its_own(_placed(module, path, kind))
        for number, inner in enumerate(module):
            yield from _flattened(inner, f"{path}.{number}" if path else str(number), depth + 1)
        return
    yield _placed(module, path, kind)


def _placed(module: Any, path: str, kind: str) -> Placed:
    name = one_line(type(module).__name__)
    return Placed(place=f"{path} ({name})" if path else name, kind=kind, module=module)


_HOOKS: Mapping[str, str] = {
    "_forward_pre_hooks": "a forward pre-hook",
    "_forward_hooks": "a forward hook",
    "_backward_pre_hooks": "a backward pre-hook",
    "_backward_hooks": "a backward hook",
}


def _require_no_code_of_its_own(each: Placed) -> None:
    """Raises UnsupportedError where somebody gave this one module, not its type, code that is run with it."""
    own = getattr(each.module, "__dict__", {})
    if "forward" in own:
        raise each.unsupported("a forward of its own")
    for attribute, told in _HOOKS.items():
        if own.get(attribute):
            raise each.unsupported(told)


def kind_of(thing: Any, package: str = "torch.nn.modules.") -> str:
    """The name of the framework's own type that a thing is of; empty for what isn't, or runs code of its own."""
    for type_ in type(thing).__mro__:
        if f"{type_.__module__}.".startswith(package):
            same = getattr(type(thing), "forward", None) is getattr(type_, "forward", None)
            return type_.__name__ if same else ""
    return ""


def parts_of(found: tuple[Placed, ...]) -> Iterator[Part]:
    """What the modules are; raises UnsupportedError for the first that we don't have."""
    recurrent = any(each.kind == "RNN" for each in found)
    for each in found:
        if each.kind:
            _require_no_code_of_its_own(each)
        if recurrent and each.kind == "Flatten":
            raise each.unsupported("flattening time steps")
        if recurrent and each.kind == "Softmax" and each.module.dim != -1:
            raise each.unsupported("a dim other than -1 beside a recurrent layer")
        match each.kind:
            case "Linear":
                yield _linear(each)
            case "RNN":
                yield from _rnn(each)
            case "Identity":
                continue
            case "Flatten":
                if (each.module.start_dim, each.module.end_dim) != (1, -1):
                    raise each.unsupported("a start_dim or end_dim other than 1 and -1")
            case "Dropout":
                if each.module.training and each.module.p > 0:
                    raise each.unsupported("dropout while training (module.eval() turns it off)")
            case kind if kind in _ACTIVATIONS:
                yield _ACTIVATIONS[kind](each)
            case _:
                raise UnsupportedError(f"{ORIGIN}: {each.place}", f"this module is not supported; {_SUPPORTED}")


def _require_own_parameters(each: Placed, names: list[str]) -> None:
    """Raises UnsupportedError where weights are made of other parameters: normed, pruned, factored."""
    for name, _ in each.module.named_parameters():
        if name not in names:
            raise each.unsupported(f"the parameter {name}, of which weights are made,")


def _linear(each: Placed) -> Dense:
    _require_own_parameters(each, ["weight", "bias"])
    biases = each.module.bias
    return Dense(
        place=each.place,
        weights=_numbers(each, "weight", each.module.weight),
        biases=None if biases is None else _numbers(each, "bias", biases),
    )


def _numbers(each: Placed, name: str, tensor: Any) -> Nested:
    return decimals(tensor, f"{ORIGIN}: {each.place}.{name}", most=MOST_PARAMETERS).values


_RNN_PARAMETERS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def _rnn(each: Placed) -> Iterator[Recurrent]:
    """A layer of ours for each of its layers. PyTorch has two biases for a neuron, of which only the sum matters."""
    module = each.module
    if module.bidirectional:
        raise each.unsupported("bidirectional=True")
    if module.dropout and module.training:
        raise each.unsupported("dropout while training (module.eval() turns it off)")
    all_names = [[f"{kind}_l{layer}" for kind in _RNN_PARAMETERS] for layer in range(module.num_layers)]
    _require_own_parameters(each, [name for names in all_names for name in names])
    for names in all_names:
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
            activation=Activation.TANH if module.nonlinearity == "tanh" else Activation.RELU,
            weights=weights,
            recurrent_weights=recurrent,
            biases=biases,
        )


def _plain(activation: Activation) -> Callable[[Placed], Squash]:
    return lambda each: Squash(place=each.place, activation=activation)


def _bent(activation: Activation, name: str) -> Callable[[Placed], Squash]:
    def squash(each: Placed) -> Squash:
        return Squash(place=each.place, activation=activation, bend=setting(each, name))

    return squash


def setting(each: Placed, name: str) -> Number:
    """A number among a module's settings."""
    return decimal(getattr(each.module, name), "float64", f"{ORIGIN}: {each.place}.{name}")


def _softplus(each: Placed) -> Squash:
    if each.module.beta != 1:
        raise each.unsupported("beta other than 1")
    if each.module.threshold < _FAR:
        raise each.unsupported(f"threshold below {_FAR}")
    return Squash(place=each.place, activation=Activation.SOFTPLUS)


def _gelu(each: Placed) -> Squash:
    if each.module.approximate != "none":
        raise each.unsupported(f"approximate={each.module.approximate!r}")
    return Squash(place=each.place, activation=Activation.GELU)


def _softmax(each: Placed) -> Squash:
    if each.module.dim not in {-1, 1, None}:
        raise each.unsupported(f"dim={each.module.dim}")
    return Squash(place=each.place, activation=Activation.SOFTMAX)


_WITH_SETTINGS: Mapping[Activation, Callable[[Placed], Squash]] = {
    Activation.SOFTPLUS: _softplus,
    Activation.GELU: _gelu,
    Activation.SOFTMAX: _softmax,
}
_ACTIVATIONS: Mapping[str, Callable[[Placed], Squash]] = {
    known.module: _WITH_SETTINGS.get(ours) or (_bent(ours, known.bend) if known.bend else _plain(ours))
    for ours, known in FUNCTIONS.items()
}
