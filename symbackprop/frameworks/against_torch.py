"""Our gradients held against PyTorch's own: the same network as a forward pass in doubles, and autograd."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from flint import arb

from symbackprop.derivation.balls import Real, precision, to_ball
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import TOTAL_ERROR, Graph, biases_of
from symbackprop.derivation.values import Values
from symbackprop.errors import SpecError
from symbackprop.frameworks.torch_program import Parameters, parameters_of, total_error
from symbackprop.network import HiddenGradients
from symbackprop.records import record
from symbackprop.wording import counted

INSTALL = "torch is not installed; pip install 'symbackprop[torch]' installs it"

AGREED = 1e-8
"""Gradients that differ by more than this, relatively, don't agree."""

# Where nobody knows what rounding leaves of a gradient: this much smaller than the error, or than the largest one.
_NEGLIGIBLE = 1e-6

_BITS_OF_A_DOUBLE = 53
_ROUNDINGS = 32
"""How much more PyTorch's roundings may come to than those of our own formulas."""


@record(kw_only=True)
class Comparison:
    """The largest difference between gradients, relative to the gradient, and whose it is.

    Of a gradient that is the small difference of large numbers doubles know few digits: a difference that rounding
    leads to, at every step of its calculation in doubles, is within the bounds.
    """

    gradients: int
    largest: float
    id: str
    version: str
    why_not: str = ""

    @property
    def agrees(self) -> bool:
        """Whether no gradient differs. Where there is a reason why not, nothing was compared."""
        return self.largest <= AGREED

    @property
    def told(self) -> str:
        """A line for a terminal."""
        if self.why_not:
            return f"torch    {self.why_not}"
        verdict = "" if self.agrees else "NOT EQUAL: "
        source = f"autograd of PyTorch {self.version} in double precision"
        most = f"largest relative difference {self.largest:.1e} ({self.id})"
        return f"torch    {verdict}{counted(self.gradients, 'gradient')} against {source}: {most}"


def compare_gradients(derivation: Derivation) -> Comparison:
    """Holds every gradient of the first round against PyTorch's; raises SpecError if PyTorch isn't installed."""
    try:
        # Only who asks for it waits for it.
        import torch  # noqa: PLC0415
    except ImportError:
        raise SpecError("--against torch", INSTALL) from None
    network, version = derivation.network, str(torch.__version__)
    if network.training.hidden_gradients is HiddenGradients.UPDATED:
        return _not_compared("not tried: the gradients are mistaken on purpose", version)
    parameters = parameters_of(network, torch)
    total_error(network, parameters, torch).backward()
    theirs = dict(_by_id(derivation.graph, parameters))
    ours = {id_: float(derivation[id_].value) for id_ in theirs if id_ in derivation.steps}
    for whose, gradients in (("PyTorch's", theirs), ("our", ours)):
        for id_, value in gradients.items():
            if not math.isfinite(value):
                return _not_compared(f"not comparable: {id_} is {value} in {whose} double precision", version)
    return _compared(ours, theirs, _least_known(derivation, ours), version)


def _not_compared(why: str, version: str) -> Comparison:
    return Comparison(gradients=0, largest=0.0, id="", version=version, why_not=why)


def _least_known(derivation: Derivation, ours: Mapping[str, float]) -> Mapping[str, float]:
    """What each gradient counts for at least: so much that what its roundings come to is just within the bounds."""
    scale = max(abs(float(derivation[TOTAL_ERROR].value)), *map(abs, ours.values()))
    elsewhere = _NEGLIGIBLE * scale or 1.0
    noise = _roundings(derivation)
    return {id_: _ROUNDINGS * noise[id_] / AGREED if id_ in noise else elsewhere for id_ in ours}


def _roundings(derivation: Derivation) -> Mapping[str, float]:
    """What the roundings of doubles come to in each quantity: the radius of its ball of as many bits.

    Nothing where the balls are too wide to go on with, as where a neuron is so saturated that 1 - out is 0 to a double.
    """
    with precision(_BITS_OF_A_DOUBLE):
        given: dict[str, Real] = {id_: to_ball(number) for id_, number in derivation.given.items()}
    try:
        found = Values(derivation.steps, lambda _: given, {}).at(_BITS_OF_A_DOUBLE)
    except (ArithmeticError, ValueError, SpecError):
        return {}
    radii = {id_: float(value.rad()) if isinstance(value, arb) else 0.0 for id_, value in found.items()}
    return {id_: radius for id_, radius in radii.items() if math.isfinite(radius)}


def _compared(
    ours: Mapping[str, float], theirs: Mapping[str, float], least: Mapping[str, float], version: str
) -> Comparison:
    found = {id_: _difference(value, theirs[id_], least[id_]) for id_, value in ours.items()}
    worst = max(found, key=lambda id_: found[id_])
    return Comparison(gradients=len(found), largest=found[worst], id=worst, version=version)


def _difference(ours: float, theirs: float, least: float) -> float:
    return 0.0 if ours == theirs else abs(ours - theirs) / max(abs(ours), least, _SMALLEST)


_SMALLEST = 1e-290
"""Below it doubles are nothing."""


def _by_id(graph: Graph, parameters: Parameters) -> Iterator[tuple[str, float]]:
    """PyTorch's gradients by our ids."""
    for layer, found in zip(graph.layers, parameters, strict=True):
        blocks = [it.grad.tolist() for it in (found.weights, found.recurrent) if it is not None]
        for neuron, *rows in zip(layer, *blocks, strict=True):
            yield from _named(neuron.weight_ids, list(chain.from_iterable(rows)))
        if found.biases is not None:
            yield from _named(biases_of(layer), found.biases.grad.tolist())


def _named(ids: tuple[str, ...], gradients: list[Any]) -> Iterator[tuple[str, float]]:
    return ((f"dE_total/d{id_}", float(it)) for id_, it in zip(ids, gradients, strict=True))
