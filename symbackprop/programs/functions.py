"""The functions that a program defines for itself, from the tables of activations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from symbackprop.functions import ACTIVATIONS, Activation
from symbackprop.programs.source import calls
from symbackprop.typeset.formula import Elementary, quantities, rename
from symbackprop.typeset.plain import Spelling, plain

OF_MATH = ("erf", "exp", "inf", "log", "log1p", "pi", "sqrt", "tanh")
"""What a script takes from Python's own module `math`."""

_BUILT_IN = (Activation.IDENTITY, Activation.TANH)
"""Activations that need no function of their own."""

ELEMENTARY: Mapping[Elementary, str] = {
    Elementary.NORMAL_CDF: "(1 + erf(x/sqrt(2)))/2",
    Elementary.NORMAL_PDF: "exp(-x**2/2)/sqrt(2*pi)",
    Elementary.SIGN: "(x > 0) - (x < 0)",
}
"""Functions that have no formula in the tables, as Python writes them."""

Bodies = Mapping[Activation, tuple[str, ...]]
"""Functions whose formula as it stands would raise e to what no double holds: another way to write the same."""

ENTRYWISE: Bodies = {
    Activation.SIGMOID: (
        "def sigmoid(x):",
        "    small = exp(-abs(x))",
        "    return (1 if x > 0 else small)/(1 + small)",
    ),
    Activation.SOFTPLUS: (
        "def softplus(x):",
        "    return max(x, 0) + log1p(exp(-abs(x)))",
    ),
}
"""As Python writes them."""

WITH_SOFTMAX: Bodies = {
    **ENTRYWISE,
    Activation.SOFTMAX: (
        "def softmax(net, nets):",
        "    return exp(net - max(nets))/sum(exp(it - max(nets)) for it in nets)",
    ),
}
"""The same, and one output of softmax."""


def is_defined(activation: Activation) -> bool:
    """Whether a program gives the activation a function of its own."""
    return activation in ACTIVATIONS and activation not in _BUILT_IN


def activation_call(activation: Activation, net: str, bend: str | None) -> str:
    """The call of an activation's own function."""
    return f"{activation.value}({net}{'' if bend is None else f', {bend}'})"


def softmax_call(net: str, nets: Iterable[str]) -> str:
    """The call of the function for one output of softmax."""
    return f"{Activation.SOFTMAX}({net}, [{', '.join(nets)}])"


def definitions(
    lines: Iterable[str],
    elementary: Mapping[Elementary, str],
    spelling: Spelling,
    bodies: Bodies,
    others: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Iterator[list[str]]:
    """The functions that some lines call, each after those that it calls itself; `others` call none of them."""
    wanted = list(lines)
    found = [list(body) for name, body in others.items() if calls(wanted, name)]
    for activation in reversed(Activation):
        if (activation in bodies or is_defined(activation)) and calls(wanted, activation.value):
            found.append(list(bodies.get(activation) or _activation(activation, spelling)))
            wanted += found[-1]
    for function, body in elementary.items():
        if calls(wanted, function.value):
            found.append([f"def {function.value}(x):", f"    return {body}"])
    return reversed(found)


def _activation(activation: Activation, spelling: Spelling) -> list[str]:
    definition = rename(ACTIVATIONS[activation].definition, lambda slot: "x" if slot == "net" else slot)
    arguments = ", ".join(sorted(set(quantities(definition)), reverse=True))
    return [f"def {activation.value}({arguments}):", f"    return {plain(definition, spelling=spelling)}"]


def spelled_plainly(lines: Iterable[str]) -> list[str]:
    """What of `math` some lines use."""
    known = list(lines)
    return [name for name in OF_MATH if calls(known, name)]
