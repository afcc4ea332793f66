"""The families of updates: each optimizer's rule, with the state that it keeps, in PyTorch's conventions.

See the pages of torch.optim: SGD (momentum without dampening, Nesterov), RMSprop, Adam, AdamW.
"""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.families import Family, by, one, updated
from symbackprop.derivation.graph import LEARNING_RATE, TOTAL_ERROR, Graph, Kind, biases_of
from symbackprop.derivation.keys import (
    BiasCorrected,
    Momentum,
    MovingAverage,
    NesterovUpdate,
    NextPower,
    PatternKey,
    ScaledUpdate,
    Update,
)
from symbackprop.network import Rule

POWERS = ("beta1_t", "beta2_t")
"""beta1^(t-1) and beta2^(t-1) before round t: the state that Adam's corrections keep."""

STATES: dict[Rule, tuple[str, ...]] = {
    Rule.SGD: (),
    Rule.MOMENTUM: ("m",),
    Rule.NESTEROV: ("m",),
    Rule.RMSPROP: ("v",),
    Rule.ADAM: ("m", "v"),
    Rule.ADAMW: ("m", "v"),
}
"""The letters of what each optimizer keeps of each parameter."""


def _corrects(rule: Rule) -> bool:
    return rule in (Rule.ADAM, Rule.ADAMW)


def state_families(graph: Graph) -> Iterator[Family]:
    """What the optimizer has kept from the rounds before."""
    if _corrects(graph.shape.rule):
        yield Family(kind=Kind.STATE, ids=POWERS, pattern=None)
    for depth in range(len(graph.layers)):
        for row in _trained(graph, depth):
            for letter in STATES[graph.shape.rule]:
                yield Family(kind=Kind.STATE, ids=_named(letter, row), pattern=None)


def next_powers(graph: Graph) -> Iterator[Family]:
    """beta^t of this round."""
    if _corrects(graph.shape.rule):
        for power in POWERS:
            slots = {"state": power, "beta": power.removesuffix("_t")}
            yield one(updated(power), Kind.STATE, NextPower(), slots)


def layer_updates(graph: Graph, depth: int) -> Iterator[Family]:
    """The optimizer's step for every weight of a layer, row by row, and for its biases if they learn."""
    for row in _trained(graph, depth):
        yield from _row(graph.shape.rule, row)


def _trained(graph: Graph, depth: int) -> Iterator[tuple[str, ...]]:
    layer = graph.layers[depth]
    yield from (neuron.weight_ids for neuron in layer)
    if graph.shape.update_biases and (biases := biases_of(layer)):
        yield biases


def _named(letter: str, parameters: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{letter}_{parameter}" for parameter in parameters)


def _row(rule: Rule, row: tuple[str, ...]) -> Iterator[Family]:
    gradients = tuple(by(TOTAL_ERROR, parameter) for parameter in row)
    match rule:
        case Rule.SGD:
            yield _update(row, Update(), {}, gradient=gradients)
        case Rule.MOMENTUM:
            yield _momentum(row, gradients)
            yield _update(row, Update(), {}, gradient=_after("m", row))
        case Rule.NESTEROV:
            yield _momentum(row, gradients)
            yield _update(row, NesterovUpdate(), {"mu": "mu"}, gradient=gradients, momentum=_after("m", row))
        case Rule.RMSPROP:
            yield _average("v", "rho", 2, row, gradients)
            scale = {"epsilon": "epsilon"}
            yield _update(row, ScaledUpdate(), scale, gradient=gradients, square=_after("v", row))
        case Rule.ADAM | Rule.ADAMW:
            yield from _adam(row, gradients, decays=rule is Rule.ADAMW)


def _adam(row: tuple[str, ...], gradients: tuple[str, ...], *, decays: bool) -> Iterator[Family]:
    for number, (letter, power) in enumerate(zip("mv", POWERS, strict=True), start=1):
        yield _average(letter, power.removesuffix("_t"), number, row, gradients)
    for letter, power in zip("mv", POWERS, strict=True):
        ids = _named(f"{letter}hat", row)
        slots, each = {"power": updated(power)}, {"average": _after(letter, row)}
        yield Family(kind=Kind.STATE, ids=ids, pattern=BiasCorrected(), slots=slots, each=each)
    settings = {"epsilon": "epsilon"} | ({"decay": "lambda"} if decays else {})
    averages = {"gradient": _named("mhat", row), "square": _named("vhat", row)}
    yield _update(row, ScaledUpdate(decays=decays), settings, **averages)


def _after(letter: str, row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(updated, _named(letter, row)))


def _update(row: tuple[str, ...], pattern: PatternKey, slots: dict[str, str], **each: tuple[str, ...]) -> Family:
    common, ids = {"eta": LEARNING_RATE, **slots}, tuple(map(updated, row))
    return Family(kind=Kind.UPDATE, ids=ids, pattern=pattern, slots=common, each={"old": row, **each})


def _momentum(row: tuple[str, ...], gradients: tuple[str, ...]) -> Family:
    each = {"state": _named("m", row), "gradient": gradients}
    return Family(kind=Kind.STATE, ids=_after("m", row), pattern=Momentum(), slots={"mu": "mu"}, each=each)


def _average(letter: str, decay: str, power: int, row: tuple[str, ...], gradients: tuple[str, ...]) -> Family:
    each = {"state": _named(letter, row), "gradient": gradients}
    pattern = MovingAverage(power)
    return Family(kind=Kind.STATE, ids=_after(letter, row), pattern=pattern, slots={"decay": decay}, each=each)
