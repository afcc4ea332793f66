"""The first chapters: what the walkthrough is for, and the network with its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import LEARNING_RATE, target_of
from symbackprop.pages.document import Align, Block, Figure, Inlines, Table
from symbackprop.pages.narrate.pictures import network_picture, shows_numbers
from symbackprop.pages.narrate.samples import tell_marks, tell_samples
from symbackprop.pages.narrate.settings import rows_of_settings
from symbackprop.pages.narrate.teller import Teller, math


def tell_goal(teller: Teller) -> Iterator[Block]:
    """Why a round is worked out by hand, and how its figures are to be read."""
    yield teller.heading(1, "goal.heading")
    yield teller.paragraph("goal.why")
    yield teller.paragraph("goal.what")
    reference = teller.derivation.network.reference_in(teller.phrases.language)
    if reference:
        yield teller.paragraph("goal.reference", reference=reference)
    yield teller.paragraph("goal.figures", decimals=teller.phrases.count("goal.decimals", teller.decimals))


def tell_network(teller: Teller) -> Iterator[Block]:
    """The structure, drawn, and every number that the calculation starts from."""
    graph = teller.graph
    yield teller.heading(1, "network.heading")
    yield teller.paragraph("network.structure", structure=structure_of(teller))
    if graph.shared_biases:
        yield teller.paragraph("network.biases")
    caption = teller.phrases.say("network.caption" if shows_numbers(teller) else "network.caption_plain")
    yield Figure(name="network", drawing=network_picture(teller), caption=caption)
    if graph.shape.samples > 1:
        yield from tell_samples(teller)
    else:
        inputs = teller.list_of(tuple(teller.equality(id_) for id_ in graph.inputs))
        targets = teller.list_of(tuple(teller.equality(target_of(neuron)) for neuron in graph.outputs))
        key = "network.sample.one" if len(graph.inputs) == 1 else "network.sample.many"
        yield teller.paragraph(key, inputs=inputs, targets=targets)
    key = "network.names" if teller.namer.numbers_weights else "network.names_by_place"
    yield teller.paragraph(key, **_name_examples(teller))
    if graph.shape.samples > 1:
        yield tell_marks(teller)
    yield teller.paragraph("network.numbers")
    yield table_of_numbers(teller)


def structure_of(teller: Teller) -> Inlines:
    """The layers with their sizes, in words."""
    widths = teller.derivation.network.widths
    phrases = teller.phrases
    parts = [phrases.count("network.inputs", widths[0])]
    hidden = widths[1:-1]
    for number, neurons in enumerate(hidden, start=1):
        key = "network.hidden" if len(hidden) == 1 else "network.hidden_numbered"
        parts.append(phrases.count(key, neurons, layer=str(number)))
    parts.append(phrases.count("network.outputs", widths[-1]))
    return phrases.join_words(tuple(parts))


def table_of_numbers(teller: Teller) -> Table:
    """Every number that the calculation starts from, kind by kind."""
    graph = teller.graph

    def row(key: str, ids: tuple[str, ...], **fillings: Inlines) -> tuple[Inlines, Inlines]:
        figures = teller.list_of(tuple(teller.equality(id_) for id_ in ids))
        return teller.phrases.say(key, **fillings), figures

    rows = []
    if graph.shape.samples == 1:
        rows.append(row("network.table.inputs", graph.inputs))
        rows.append(row("network.table.targets", tuple(target_of(neuron) for neuron in graph.outputs)))
    for neuron in graph.neurons():
        weights = tuple(weight for weight, _ in neuron.weights)
        rows.append(row("network.table.weights", weights, neuron=math(teller.name(neuron.name))))
    if graph.shared_biases:
        rows.append(row("network.table.biases", tuple(graph.shared_biases)))
    rows.append(row("network.table.learning_rate", (LEARNING_RATE,)))
    rows.extend(rows_of_settings(teller))
    header = (teller.phrases.say("network.table.kind"), teller.phrases.say("network.table.numbers"))
    return Table(header=header, align=(Align.LEFT, Align.WRAPPED), rows=tuple(rows))


def _name_examples(teller: Teller) -> dict[str, Inlines]:
    neuron = teller.graph.layers[0][0]
    output = teller.graph.outputs[0]
    weight, source = neuron.weights[0]
    mark = neuron.instant.mark
    return {
        "neuron": math(teller.name(neuron.name)),
        "net": math(teller.name(neuron.net.removesuffix(mark))),
        "out": math(teller.name(neuron.out.removesuffix(mark))),
        "target": math(teller.name(target_of(output).removesuffix(mark))),
        "weight": math(teller.name(weight)),
        "source": math(teller.name(source.removesuffix(mark))),
    }
