"""From the shares of the samples to the gradients of the batch, and to those of the error with its penalties."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import TOTAL_ERROR, Neuron, data_error, sample_error
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of
from symbackprop.formats import Detail
from symbackprop.network import Reduction
from symbackprop.pages.document import Align, Block, EquationLine, Table
from symbackprop.pages.narrate.equations import compact, computed, equations
from symbackprop.pages.narrate.penalties import tell_penalty_in_gradients
from symbackprop.pages.narrate.teller import Teller, math
from symbackprop.typeset.layout import Number


def tell_gradients(teller: Teller) -> Iterator[Block]:
    """The gradient of every parameter, put together from what was found for single samples and for the data."""
    graph = teller.graph
    shape = graph.shape
    yield teller.heading(1, "gradients.heading")
    if shape.samples > 1:
        names = {"data": teller.name(data_error(shape)), "number": teller.counted(shape.samples)}
        mean = shape.reductions.batch is Reduction.MEAN
        yield teller.paragraph("gradients.mean" if mean else "gradients.sum", **names)
    if shape.penalized:
        yield from tell_penalty_in_gradients(teller)
    shown = 0
    for depth in reversed(range(len(graph.layers))):
        for index, neuron in enumerate(graph.layers[depth]):
            instances = tuple(neurons[index] for neurons in graph.at[depth].values())
            yield teller.heading(2, "gradients.neuron", neuron=teller.neuron_name(neuron))
            for weight in neuron.weight_ids:
                if shape.samples > 1 and (shown == 0 or teller.detail is Detail.FULL):
                    yield teller.paragraph("gradients.shares", weight=teller.name(weight))
                    yield _table_of_shares(teller, instances, weight)
                yield equations(_gradient(teller, weight, short=shown > 0))
                shown += 1
        yield from _tell_biases(teller, graph.layers[depth], first=depth == len(graph.layers) - 1)


def _table_of_shares(teller: Teller, instances: tuple[Neuron, ...], weight: str) -> Table:
    """What each sample adds to a weight's gradient: its delta times its input."""
    shape = teller.graph.shape
    place = instances[0].weight_ids.index(weight)
    rows = []
    for neuron in instances:
        share = by(sample_error(shape, neuron.instant.sample), weight)
        number = math(Number(f"{neuron.instant.sample + 1}"))
        ids = (delta_of(neuron), neuron.sources[place], share)
        rows.append((number, *(math(teller.value(id_)) for id_ in ids)))
    mark = instances[0].instant.mark
    names = (delta_of(instances[0]), instances[0].sources[place], by("E", weight))
    header = (
        teller.phrases.say("samples.column.sample"),
        *(math(teller.name(id_.removesuffix(mark))) for id_ in names),
    )
    return Table(header=header, align=(Align.LEFT, *(Align.RIGHT for _ in names)), rows=tuple(rows))


def _gradient(teller: Teller, parameter: str, *, short: bool) -> Iterator[EquationLine]:
    """The gradient of the data, and that of the whole error where the weights add to it."""
    shape = teller.graph.shape
    told = compact if short else computed
    if shape.samples > 1:
        yield from told(teller, by(data_error(shape), parameter))
    if shape.penalized:
        yield from told(teller, by(TOTAL_ERROR, parameter))


def _tell_biases(teller: Teller, layer: tuple[Neuron, ...], *, first: bool) -> Iterator[Block]:
    """The biases: each sample's share is its delta, or the sum of the deltas that share it; no penalty applies."""
    shape = teller.graph.shape
    biases = tuple(dict.fromkeys(neuron.bias for neuron in layer if neuron.bias is not None))
    if not biases or not shape.update_biases:
        return
    one = len(biases) == 1
    yield teller.heading(2, "gradients.bias" if one else "gradients.biases")
    if shape.penalized and first:
        yield teller.paragraph("penalty.no_bias")
    if shape.samples > 1:
        if len(layer) > 1 and one:
            yield teller.paragraph("gradients.of_shared_bias")
        else:
            yield teller.paragraph("gradients.of_biases" if first else "gradients.of_biases_again")
    for bias in biases:
        yield equations(_bias_shares(teller, bias), _gradient(teller, bias, short=True))


def _bias_shares(teller: Teller, bias: str) -> Iterator[EquationLine]:
    shape = teller.graph.shape
    if shape.samples == 1:
        return
    for sample in range(shape.samples):
        share = by(sample_error(shape, sample), bias)
        yield from compact(teller, share, teller.derivation.forms(share)[Form.WITH_DELTA])
