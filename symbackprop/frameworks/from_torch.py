"""From PyTorch: a module, what goes in, what ought to come out, a loss and an optimizer, as a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.description import described, one_hot, stacked, without_logits
from symbackprop.frameworks.numbers import Shaped, decimals, flat, rate_of, transposed
from symbackprop.frameworks.torch_layers import ORIGIN, WITH_PARAMETERS, Placed, flattened, parts_of
from symbackprop.frameworks.torch_training import learning_of, require_one_rate
from symbackprop.functions import Loss
from symbackprop.layers_file import MOST_VALUES
from symbackprop.network import Network

DEFAULT_RATE = "0.01"
_BATCH_OF_STEPS = 3


def from_torch(
    module: Any,
    inputs: Any,
    targets: Any,
    loss: Any,
    optimizer: Any = None,
    *,
    learning_rate: float | str | None = None,
    rounds: int = 1,
) -> Network:
    """The network that a PyTorch module is, its loss and its optimizer included.

    `module` is a Sequential, nested or not, of Linear, RNN and activations, or a list of such modules (an RNN and what
    its outputs go into). Without an optimizer it learns by gradient descent, at 0.01 if no `learning_rate` is given.

    Each number becomes the shortest decimal that PyTorch reads back as the same number in its own precision: a float32
    0.1 becomes 0.1. For a float32's exact double, hand in `module.double()`.

    Raises UnsupportedError, whose text is one line, for whatever has no counterpart here, and says where it is.
    """
    require_one_rate(optimizer, learning_rate)
    found = flattened(module)
    layers = stacked(parts_of(found), ORIGIN)
    rate = rate_of(DEFAULT_RATE if learning_rate is None else learning_rate)
    learning = learning_of(loss, optimizer, dict(_learning(found)), rate)
    if learning.logits:
        without_logits(layers, learning.loss, ORIGIN)
    recurrent = [each for each in found if each.kind == "RNN"]
    given = decimals(inputs, f"{ORIGIN}: inputs", most=MOST_VALUES)
    wanted = decimals(targets, f"{ORIGIN}: targets", most=MOST_VALUES)
    if learning.loss is Loss.CROSS_ENTROPY and wanted.whole and wanted.depth < given.depth:
        # Numbers of classes, as PyTorch takes whole numbers.
        values = one_hot(wanted.values, len(layers[-1]["weights"]), f"{ORIGIN}: targets")
        wanted = Shaped(values=values, whole=True)
    if not given.depth:
        raise SpecError(f"{ORIGIN}: inputs", "expected a list of numbers, found a single one")
    if recurrent:
        given, wanted = _samples_first(given, wanted, recurrent)
    return described(
        origin=ORIGIN,
        title="A network from PyTorch",
        inputs=[flat(it) for it in given.values] if found[0].kind == "Flatten" else given.values,
        targets=wanted.values,
        layers=layers,
        learning=learning,
        update_biases=_biases_learn(found),
        rounds=rounds,
    )


def _parameters(found: tuple[Placed, ...]) -> Iterator[tuple[str, Any]]:
    for each in found:
        if each.kind in WITH_PARAMETERS:
            path = each.place.partition(" ")[0]
            yield from ((f"{path}.{name}", it) for name, it in each.module.named_parameters())


def _learning(found: tuple[Placed, ...]) -> Iterator[tuple[str, Any]]:
    return ((name, it) for name, it in _parameters(found) if it.requires_grad)


def _biases_learn(found: tuple[Placed, ...]) -> bool:
    """Whether the biases learn: all of them or none, and all weights, or UnsupportedError is raised."""
    learn: dict[bool, str] = {}
    for each in found:
        if each.kind not in WITH_PARAMETERS:
            continue
        own = dict(each.module.named_parameters())
        for name, parameter in own.items():
            if not name.startswith("bias"):
                if not parameter.requires_grad:
                    raise each.unsupported(f"a frozen {name}")
                continue
            # Of an RNN's two biases one is frozen; their sum learns as the other does.
            twin = own.get(name.replace("_ih_", "_hh_") if "_ih_" in name else name.replace("_hh_", "_ih_"))
            learns = parameter.requires_grad or (twin is not None and twin.requires_grad)
            learn[learns] = each.place
    if len(learn) > 1:
        why = f"biases that learn at {learn[True]} and are frozen at {learn[False]} are not supported"
        raise UnsupportedError(ORIGIN, why)
    return False not in learn


def _samples_first(given: Shaped, wanted: Shaped, recurrent: list[Placed]) -> tuple[Shaped, Shaped]:
    """Sequences as ours are: samples, then time steps. PyTorch has the time steps first unless told otherwise."""
    layouts = {bool(each.module.batch_first) for each in recurrent}
    if len(layouts) > 1:
        raise UnsupportedError(f"{ORIGIN}: {recurrent[-1].place}", "a batch_first other than before is not supported")
    if layouts == {True} or given.depth != _BATCH_OF_STEPS:
        return given, wanted
    turned = _turned(given, "inputs")
    return turned, _turned(wanted, "targets") if wanted.depth == _BATCH_OF_STEPS else wanted


def _turned(shaped: Shaped, what: str) -> Shaped:
    if len({len(step) if isinstance(step, list) else -1 for step in shaped.values}) > 1:
        raise SpecError(f"{ORIGIN}: {what}", "expected as many samples at each time step")
    return Shaped(values=transposed(shaped.values), whole=shaped.whole)
