"""The weights of a neuron after the first one of its layer was told in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symbackprop.derivation.graph import TOTAL_ERROR, Neuron
from symbackprop.derivation.steps import by, delta_of
from symbackprop.pages.document import Block
from symbackprop.pages.narrate.equations import computed, equations, worked
from symbackprop.pages.narrate.factors import delta_form, tell_chain, tell_delta, tell_update
from symbackprop.pages.narrate.teller import Teller, neuron_name
from symbackprop.typeset.notation import name

TellFactors = Callable[[Teller, Neuron, str], Iterator[Block]]
"""Tells the path of one weight and all its factors, as its layer needs."""


def tell_other_weights(
    teller: Teller, neuron: Neuron, tell_factors: TellFactors, *, already_told: str
) -> Iterator[Block]:
    """The weights into one neuron: the first with all its factors, each other one with its own third factor."""
    first = neuron.weights[0][0]
    for weight, _ in neuron.weights:
        if weight == already_told:
            continue
        yield teller.heading(2, "weight.heading", weight=name(weight), total=name(TOTAL_ERROR))
        if weight == first:
            yield from tell_factors(teller, neuron, weight)
            yield teller.paragraph("delta.again", neuron=neuron_name(neuron), delta=name(delta_of(neuron)))
            yield from tell_delta(teller, neuron)
            gradient = by(TOTAL_ERROR, weight)
            yield equations(delta_form(teller, gradient, name(gradient)))
        else:
            yield from _tell_sibling(teller, neuron, first, weight)
        yield teller.paragraph("update.again")
        yield from tell_update(teller, weight)


def _tell_sibling(teller: Teller, neuron: Neuron, first: str, weight: str) -> Iterator[Block]:
    """A weight into a neuron whose first weight was told: only the third factor of its chain is new."""
    gradient = by(TOTAL_ERROR, weight)
    fillings = {"weight": name(weight), "first": name(first), "net": name(neuron.net)}
    yield teller.paragraph("weight.sibling", delta=teller.equality(delta_of(neuron)), **fillings)
    yield from tell_chain(teller, weight)
    yield equations(worked(teller, by(neuron.net, weight)))
    yield teller.paragraph("weight.product", delta=name(delta_of(neuron)))
    yield equations(computed(teller, gradient), delta_form(teller, gradient, None))
