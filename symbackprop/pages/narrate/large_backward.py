"""The backward pass through a layer of a large network: deltas, then every weight's gradient and update in ledgers."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.families import by, updated
from symbackprop.derivation.graph import LEARNING_RATE, TOTAL_ERROR, Neuron, biases_of, sample_error, target_of
from symbackprop.derivation.pattern import Form
from symbackprop.derivation.steps import delta_of
from symbackprop.formats import Detail
from symbackprop.functions import Activation
from symbackprop.pages.document import Block
from symbackprop.pages.narrate.elision import calculated
from symbackprop.pages.narrate.equations import equations
from symbackprop.pages.narrate.large_forward import Column, Rows, tell_layer_heading, tell_table
from symbackprop.pages.narrate.ledgers import biases_ledger, weights_ledger
from symbackprop.pages.narrate.scope import activation_of
from symbackprop.pages.narrate.teller import Teller


def tell_layer_back(teller: Teller, depth: int) -> Iterator[Block]:
    """The deltas of a layer, and what they make of its weights and biases."""
    layer = teller.graph.layers[depth]
    yield tell_layer_heading(teller, depth)
    yield from _tell_deltas(teller, depth, layer)
    yield from _tell_first_weight(teller, layer[0])
    if teller.detail is Detail.FULL:
        yield from _tell_every_weight(teller, layer)
    else:
        yield from _tell_extremes(teller, layer)
    yield from _tell_biases(teller, layer)


def _tell_deltas(teller: Teller, depth: int, layer: tuple[Neuron, ...]) -> Iterator[Block]:
    neuron = layer[0]
    delta = delta_of(neuron)
    forms = teller.derivation.forms(delta)
    names = {"neuron": teller.neuron_name(neuron), "delta": teller.name(delta)}
    if Form.FUSED in forms:
        yield teller.paragraph("large.delta.fused", **names)
        yield equations(calculated(teller, delta, forms[Form.FUSED], left=teller.name(delta)))
    else:
        back = by(_error(teller, neuron), neuron.out)
        returning = teller.derivation.forms(back).get(Form.WITH_DELTA, teller.derivation.formula(back))
        is_output = depth == len(teller.graph.layers) - 1
        yield teller.paragraph("large.delta.output" if is_output else "large.delta.hidden", **names)
        yield equations(
            calculated(teller, back, returning, left=teller.name(back)),
            calculated(teller, delta, teller.derivation.formula(delta), left=teller.name(delta)),
        )
    yield teller.paragraph("large.delta.all")
    columns, rows = _columns(teller, layer)
    yield from tell_table(teller, columns, rows)


def _columns(teller: Teller, layer: tuple[Neuron, ...]) -> tuple[tuple[Column, ...], Rows]:
    if Form.FUSED in teller.derivation.pattern(delta_of(layer[0])).also:
        rows = tuple((it, (it.out, target_of(it), delta_of(it))) for it in layer)
        return (Column.NEURON, Column.OUT, Column.TARGET, Column.DELTA), rows
    back = tuple((it, by(_error(teller, it), it.out)) for it in layer)
    if activation_of(teller.graph, layer[0]) is Activation.SOFTMAX:
        return (Column.NEURON, Column.BY_OUT, Column.DELTA), tuple((it, (first, delta_of(it))) for it, first in back)
    slopes = tuple((it, (first, by(it.out, it.net), delta_of(it))) for it, first in back)
    return (Column.NEURON, Column.BY_OUT, Column.BY_NET, Column.DELTA), slopes


def _error(teller: Teller, neuron: Neuron) -> str:
    return sample_error(teller.graph.shape, neuron.instant.sample)


def _tell_first_weight(teller: Teller, neuron: Neuron) -> Iterator[Block]:
    """The gradient and the update of the first weight, for all others go the same way."""
    weight = neuron.weight_ids[0]
    gradient = by(TOTAL_ERROR, weight)
    form = teller.derivation.forms(gradient).get(Form.WITH_DELTA, teller.derivation.formula(gradient))
    yield teller.paragraph("large.weight", weight=teller.name(weight), neuron=teller.neuron_name(neuron))
    yield equations(
        calculated(teller, gradient, form, left=teller.name(gradient)),
        calculated(
            teller,
            updated(weight),
            teller.derivation.formula(updated(weight)),
            left=teller.name(updated(weight)),
        ),
    )


def _tell_every_weight(teller: Teller, layer: tuple[Neuron, ...]) -> Iterator[Block]:
    for neuron in layer:
        yield teller.heading(3, "large.weights_into", neuron=teller.neuron_name(neuron))
        delta, rate = teller.equality(delta_of(neuron)), teller.equality(LEARNING_RATE)
        yield teller.paragraph("large.ledger", neuron=teller.neuron_name(neuron), delta=delta, rate=rate)
        yield weights_ledger(teller, neuron.weight_ids, neuron.sources)


def _tell_extremes(teller: Teller, layer: tuple[Neuron, ...]) -> Iterator[Block]:
    """The largest and the smallest gradient of a layer, in size."""
    values = teller.derivation.values.at(_LOOKING_BITS)
    gradients = [by(TOTAL_ERROR, weight) for neuron in layer for weight in neuron.weight_ids]
    sizes = {gradient: abs(float(values[gradient])) for gradient in gradients}
    largest, smallest = max(gradients, key=sizes.__getitem__), min(gradients, key=sizes.__getitem__)
    yield teller.paragraph(
        "large.extremes",
        weights=teller.counted(len(gradients)),
        largest=teller.equality(largest),
        smallest=teller.equality(smallest),
    )


_LOOKING_BITS = 128


def _tell_biases(teller: Teller, layer: tuple[Neuron, ...]) -> Iterator[Block]:
    biases = biases_of(layer)
    if not biases or not teller.derivation.network.training.update_biases:
        return
    if len(biases) == 1:
        gradient, after = by(TOTAL_ERROR, biases[0]), updated(biases[0])
        form = teller.derivation.forms(gradient).get(Form.WITH_DELTA, teller.derivation.formula(gradient))
        yield teller.paragraph("large.shared_bias", bias=teller.name(biases[0]))
        yield equations(
            calculated(teller, gradient, form, left=teller.name(gradient)),
            calculated(teller, after, teller.derivation.formula(after), left=teller.name(after)),
        )
        return
    yield teller.paragraph("large.biases")
    yield biases_ledger(teller, biases if teller.detail is Detail.FULL else biases[:1])
