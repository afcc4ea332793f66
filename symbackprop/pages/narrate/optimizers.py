"""The step of the optimizer: its rule, worked out once with every state, then for each parameter in short."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import LEARNING_RATE, TOTAL_ERROR
from symbackprop.derivation.steps import by, updated
from symbackprop.derivation.updates import POWERS, STATES
from symbackprop.formats import Detail
from symbackprop.network import Rule
from symbackprop.pages.document import Block
from symbackprop.pages.narrate.equations import compact, computed, equations
from symbackprop.pages.narrate.summary import trained
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.phrases import Filling
from symbackprop.typeset.layout import Number

_CORRECTED = (Rule.ADAM, Rule.ADAMW)


def tell_step(teller: Teller) -> Iterator[Block]:
    """The rule, the first parameter's step in full, then everybody else's."""
    rule = teller.graph.shape.rule
    first, *others = trained(teller)
    yield teller.heading(1, f"optimizer.{rule.value}.heading")
    yield teller.paragraph(f"optimizer.{rule.value}.intro", **_names(teller, first))
    yield teller.heading(2, "optimizers.first", parameter=teller.name(first))
    if STATES[rule]:
        states = tuple(teller.equality(f"{letter}_{first}") for letter in STATES[rule])
        key = "optimizers.before.one" if len(states) == 1 else "optimizers.before.many"
        yield teller.paragraph(key, states=teller.list_of(states))
    yield from _tell_in_full(teller, first, rule)
    yield teller.paragraph(f"optimizer.{rule.value}.after", **_names(teller, first))
    if others and teller.detail is Detail.FULL:
        yield teller.heading(2, "optimizers.others.one" if len(others) == 1 else "optimizers.others.many")
        yield teller.paragraph("optimizers.same")
        for parameter in others:
            yield equations(*(compact(teller, id_) for id_ in steps_of(parameter, rule)))


def _names(teller: Teller, parameter: str) -> dict[str, Filling]:
    return {
        "rate": teller.equality(LEARNING_RATE),
        "eta": teller.name(LEARNING_RATE),
        "settings": teller.list_of(tuple(map(teller.equality, (LEARNING_RATE, *settings_of(teller))))),
        "gradient": teller.name(by(TOTAL_ERROR, parameter)),
        "parameter": teller.name(parameter),
        "zero": Number("0"),
        "one": Number("1"),
        **{letter: teller.name(f"{letter}_{parameter}") for letter in ("m", "v", "mhat", "vhat")},
        **{id_: teller.name(id_) for id_ in _ORDER},
    }


def settings_of(teller: Teller) -> tuple[str, ...]:
    """What the optimizer is given beside the learning rate."""
    return tuple(id_ for id_ in _ORDER[1:] if id_ in teller.derivation.given)


_ORDER = (LEARNING_RATE, "mu", "rho", "beta1", "beta2", "epsilon", "lambda")


def _tell_in_full(teller: Teller, parameter: str, rule: Rule) -> Iterator[Block]:
    """The new state, its corrections, the step: each with its formula, the numbers and the value."""
    if STATES[rule]:
        new = tuple(updated(f"{letter}_{parameter}") for letter in STATES[rule])
        yield teller.paragraph("optimizers.state", gradient=teller.equality(by(TOTAL_ERROR, parameter)))
        yield equations(*(computed(teller, id_) for id_ in new))
    if rule in _CORRECTED:
        yield teller.paragraph("optimizers.correction")
        yield equations(*(compact(teller, updated(power)) for power in POWERS))
        yield equations(*(computed(teller, f"{letter}hat_{parameter}") for letter in STATES[rule]))
    if STATES[rule]:
        yield teller.paragraph("optimizers.step")
    yield equations(computed(teller, updated(parameter)))


def steps_of(parameter: str, rule: Rule) -> Iterator[str]:
    """What is calculated for a parameter in one step: what is kept of its gradient, corrected, and its new value."""
    yield from (updated(f"{letter}_{parameter}") for letter in STATES[rule])
    if rule in _CORRECTED:
        yield from (f"{letter}hat_{parameter}" for letter in STATES[rule])
    yield updated(parameter)
