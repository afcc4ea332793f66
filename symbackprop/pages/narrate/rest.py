"""Tables for the rest of a layer in a brief walkthrough: its deltas, then its weights."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import Neuron, biases_of, sample_error
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of, updated
from symbackprop.functions import Activation
from symbackprop.pages.document import Align, Block, Table
from symbackprop.pages.narrate.cases import applying
from symbackprop.pages.narrate.factors import other_form
from symbackprop.pages.narrate.scope import activation_of, updates_in_place
from symbackprop.pages.narrate.summary import table_of_weights
from symbackprop.pages.narrate.teller import Teller, math


def tell_rest_of_layer(teller: Teller, layer: tuple[Neuron, ...]) -> Iterator[Block]:
    """The other weights of a layer of which one was worked out: deltas first, then gradients and updates."""
    softmax = activation_of(teller.graph, layer[0]) is Activation.SOFTMAX
    yield teller.paragraph("brief.rest_softmax" if softmax else "brief.rest")
    yield table_of_deltas(teller, layer)
    weights = [weight for neuron in layer for weight, _ in neuron.weights]
    if teller.derivation.network.training.update_biases:
        weights.extend(biases_of(layer))
    in_place = updates_in_place(teller.graph.shape)
    rows = []
    for weight in weights:
        gradient = by(teller.error, weight)
        form = teller.with_names(applying(teller, other_form(teller, gradient, Form.WITH_DELTA)))
        figures = (teller.value(gradient), *((teller.value(updated(weight)),) if in_place else ()))
        rows.append((math(teller.name(weight)), math(form), *map(math, figures)))
    columns = ("weight", "formula", "gradient", *(("after",) if in_place else ()))
    yield table_of_weights(teller, columns, tuple(rows), of=teller.error)


def table_of_deltas(teller: Teller, layer: tuple[Neuron, ...]) -> Table:
    """The factors of the deltas of a layer at one instant, and the deltas."""
    softmax = activation_of(teller.graph, layer[0]) is Activation.SOFTMAX
    error = sample_error(teller.graph.shape, layer[0].instant.sample)
    rows = []
    for neuron in layer:
        squash = () if softmax else (by(neuron.out, neuron.net),)
        ids = (by(error, neuron.out), *squash, delta_of(neuron))
        rows.append((math(teller.neuron_name(neuron)), *(math(teller.value(id_)) for id_ in ids)))
    factors = (by(error, "out"), *(() if softmax else (by("out", "net"),)), "delta")
    header = (teller.phrases.say("brief.neuron"), *(math(teller.name(factor)) for factor in factors))
    return Table(header=header, align=(Align.LEFT, *(Align.RIGHT for _ in factors)), rows=tuple(rows))
