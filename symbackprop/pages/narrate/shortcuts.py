"""Losses and activations that were made for each other: what a delta comes to when their derivatives cancel."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import Neuron
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import delta_of
from symbackprop.functions import Loss
from symbackprop.pages.document import Block, EquationLine
from symbackprop.pages.narrate.equations import compact, equations, in_numbers, line, reason
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.layout import Layout, Operator


def tell_shortcut(teller: Teller, neuron: Neuron) -> Iterator[Block]:
    """How the delta of an output shrinks to output minus target, line by line, and that it is the same number."""
    delta = delta_of(neuron)
    if not teller.derivation.pattern(delta).shortcut:
        return
    yield teller.heading(3, "shortcut.heading")
    softmax = teller.graph.shape.loss is Loss.CROSS_ENTROPY
    names = {"delta": teller.name(delta), "net": teller.name(neuron.net)}
    yield teller.paragraph("shortcut.softmax" if softmax else "shortcut.sigmoid", **names)
    yield equations(_lines(teller, neuron))
    yield teller.paragraph("shortcut.after", **names)


def _lines(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    delta = delta_of(neuron)
    left: Layout | None = teller.name(delta)
    yield from line(left, (Operator.EQUALS, teller.with_names(teller.derivation.formula(delta))))
    for step in teller.derivation.pattern(delta).shortcut:
        formula = teller.derivation.fill(delta, step.formula)
        note = reason(teller, neuron.net, step.reason)
        yield from line(None, (Operator.EQUALS, teller.with_names(formula)), note=note)
    yield from in_numbers(teller, delta, teller.derivation.forms(delta)[Form.FUSED], left=None)


def tell_shortcut_again(teller: Teller, neuron: Neuron) -> Iterator[Block]:
    """The same delta by the short way, in one line."""
    delta = delta_of(neuron)
    if teller.derivation.pattern(delta).shortcut:
        yield teller.paragraph("shortcut.again")
        yield equations(compact(teller, delta, teller.derivation.forms(delta)[Form.FUSED]))
