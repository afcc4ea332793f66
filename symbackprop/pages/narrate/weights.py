"""The weights of a layer, told one by one: what is new with each, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symbackprop.derivation.graph import Neuron
from symbackprop.derivation.steps import by, delta_of
from symbackprop.pages.document import Block, EquationLine
from symbackprop.pages.narrate.equations import computed, equations, worked
from symbackprop.pages.narrate.factors import tell_chain, tell_delta, tell_update
from symbackprop.pages.narrate.scope import updates_in_place
from symbackprop.pages.narrate.shortcuts import tell_shortcut_again
from symbackprop.pages.narrate.teller import Teller
from symbackprop.records import record

Factors = Callable[[Teller, Neuron], Iterator[Block]]
"""Tells how the error follows one neuron's output."""


@record(kw_only=True)
class Telling:
    """What differs between the layers: how a weight's path and factors are told, and its gradient written out."""

    path: Callable[[Teller, Neuron, str], Block]
    factors: Callable[[Teller, Neuron, str], Iterator[Block]]
    delta_written_out: Callable[[Teller, Neuron], Iterator[EquationLine]]
    gradient_written_out: Callable[[Teller, Neuron, str], Iterator[EquationLine]]


def tell_other_weights(teller: Teller, neuron: Neuron, telling: Telling, *, already_told: str) -> Iterator[Block]:
    """The weights into one neuron: the first with all its factors, each other one with its own third factor."""
    first = neuron.weights[0][0]
    for weight, _ in neuron.weights:
        if weight == already_told:
            continue
        yield teller.heading(2, "weight.heading", weight=teller.name(weight), total=teller.name(teller.error))
        if weight == first:
            yield from _tell_first(teller, neuron, telling, weight)
        else:
            yield from _tell_sibling(teller, neuron, telling, weight)
        if updates_in_place(teller.graph.shape):
            yield teller.paragraph("update.again")
            yield from tell_update(teller, weight)


def _tell_first(teller: Teller, neuron: Neuron, telling: Telling, weight: str) -> Iterator[Block]:
    yield telling.path(teller, neuron, weight)
    yield from tell_chain(teller, weight)
    yield from telling.factors(teller, neuron, weight)
    yield teller.paragraph("delta.again", neuron=teller.neuron_name(neuron), delta=teller.name(delta_of(neuron)))
    yield from tell_delta(teller, neuron)
    yield from tell_shortcut_again(teller, neuron)
    yield teller.paragraph("delta.rule", weight=teller.name(weight))
    yield equations(telling.delta_written_out(teller, neuron), telling.gradient_written_out(teller, neuron, weight))


def _tell_sibling(teller: Teller, neuron: Neuron, telling: Telling, weight: str) -> Iterator[Block]:
    """A weight into a neuron whose first weight was told: only the third factor of its chain is new."""
    fillings = {
        "weight": teller.name(weight),
        "first": teller.name(neuron.weights[0][0]),
        "net": teller.name(neuron.net),
    }
    yield teller.paragraph("weight.sibling", delta=teller.equality(delta_of(neuron)), **fillings)
    yield equations(worked(teller, by(neuron.net, weight)))
    yield teller.paragraph("weight.product", delta=teller.name(delta_of(neuron)))
    yield equations(computed(teller, by(teller.error, weight)))
    yield equations(telling.gradient_written_out(teller, neuron, weight))
