"""The opening of a recurrent network's walkthrough: the network over time, the sequence, and all numbers given."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import LEARNING_RATE, Instant, Kind, initial_states, inputs_at, target_of
from symbackprop.pages.document import Align, Block, Figure, Inlines, Paragraph, Table
from symbackprop.pages.narrate.teller import Teller, math, words
from symbackprop.pages.narrate.unrolled import network_over_time, shows_neurons


def tell_network_over_time(teller: Teller) -> Iterator[Block]:
    """The structure, unrolled and drawn, the sequence, and every number that the calculation starts from."""
    yield teller.heading(1, "network.heading")
    yield teller.paragraph("sequence.structure", structure=_structure(teller))
    yield teller.paragraph("sequence.unrolled")
    caption = teller.phrases.say("sequence.caption" if shows_neurons(teller) else "sequence.caption_grouped")
    yield Figure(name="network", drawing=network_over_time(teller), caption=caption)
    if teller.graph.shared_biases:
        yield teller.paragraph("sequence.biases")
    yield from _tell_sequence(teller)
    key = "sequence.names" if teller.namer.numbers_weights else "sequence.names_by_place"
    yield teller.paragraph(key, **_name_examples(teller))
    yield teller.paragraph("network.numbers")
    yield table_of_numbers_over_time(teller)


def _structure(teller: Teller) -> Inlines:
    phrases, shape = teller.phrases, teller.graph.shape
    parts = [phrases.count("network.inputs", shape.inputs)]
    *hidden, output = shape.layers
    for number, layer in enumerate(hidden, start=1):
        if layer.recurrent:
            key = "sequence.hidden" if len(hidden) == 1 else "sequence.hidden_numbered"
        else:
            key = "network.hidden" if len(hidden) == 1 else "network.hidden_numbered"
        parts.append(phrases.count(key, layer.neurons, layer=str(number)))
    parts.append(phrases.count("sequence.outputs" if output.recurrent else "network.outputs", output.neurons))
    return phrases.join_words(tuple(parts))


def _tell_sequence(teller: Teller) -> Iterator[Block]:
    shape = teller.graph.shape
    phrases = teller.phrases
    if shape.samples == 1:
        yield Paragraph(content=phrases.count("sequence.single", shape.steps))
    else:
        samples = teller.counted(shape.samples)
        yield Paragraph(content=phrases.count("sequence.several", shape.steps, samples=samples))
    yield _table_of_sequences(teller)
    if shape.targets < shape.steps:
        yield teller.paragraph("sequence.last")


def _table_of_sequences(teller: Teller) -> Table:
    graph = teller.graph
    rows = []
    for instant in graph.instants:
        targets = tuple(target_of(neuron) for neuron in graph.judged if neuron.instant == instant)
        cells = (_listed(teller, tuple(inputs_at(graph.shape, instant))), _listed(teller, targets))
        rows.append((words(_counted(teller, instant)), *cells))
    counted = "sequence.table.step" if graph.shape.samples == 1 else "sequence.table.sample_and_step"
    header = tuple(teller.phrases.say(key) for key in (counted, "sequence.table.inputs", "sequence.table.targets"))
    return Table(header=header, align=(Align.LEFT,) * len(header), rows=tuple(rows))


def _counted(teller: Teller, instant: Instant) -> str:
    """A time step as a row of a table names it, with its sequence where there are several."""
    if teller.graph.shape.samples == 1:
        return str(instant.step + 1)
    return f"{instant.sample + 1}, {instant.step + 1}"


def _listed(teller: Teller, ids: tuple[str, ...]) -> Inlines:
    return teller.list_of(tuple(teller.equality(id_) for id_ in ids)) if ids else words("–")


def table_of_numbers_over_time(teller: Teller) -> Table:
    """Every number that the calculation starts from, but for the sequences."""
    graph = teller.graph
    rows: list[tuple[Inlines, Inlines]] = []
    for depth, layer in enumerate(graph.layers):
        for neuron in layer:
            title = teller.phrases.say("network.table.weights", neuron=teller.neuron_name(neuron))
            rows.append((title, _listed(teller, neuron.weight_ids)))
        if graph.shape.layers[depth].recurrent:
            states = tuple(
                id_ for sample in range(graph.shape.samples) for id_ in initial_states(graph.shape, depth, sample)
            )
            rows.append((teller.phrases.say("sequence.table.states"), _listed(teller, states)))
    if graph.shared_biases:
        rows.append((teller.phrases.say("network.table.biases"), _listed(teller, tuple(graph.shared_biases))))
    rows.append((teller.phrases.say("network.table.learning_rate"), _listed(teller, (LEARNING_RATE,))))
    steps = teller.derivation.steps
    if settings := tuple(id_ for id_ in steps if steps.kind(id_) is Kind.SETTING):
        rows.append((teller.phrases.say("sequence.table.settings"), _listed(teller, settings)))
    header = (teller.phrases.say("network.table.kind"), teller.phrases.say("network.table.numbers"))
    return Table(header=header, align=(Align.LEFT, Align.WRAPPED), rows=tuple(rows))


def _name_examples(teller: Teller) -> dict[str, Inlines]:
    graph = teller.graph
    depth = next(number for number, layer in enumerate(graph.shape.layers) if layer.recurrent)
    last = [it for it in graph.at[depth] if it.sample == 0][-1]
    neuron = graph.at[depth][last][0]
    weight, source = neuron.weights[0]
    recurrent = neuron.weight_ids[-len(graph.layers[depth])]
    return {
        "neuron": math(teller.neuron_name(neuron)),
        "net": math(teller.name(neuron.net)),
        "out": math(teller.name(neuron.out)),
        "step": words(str(last.step + 1)),
        "target": math(teller.name(target_of(graph.judged[0]))),
        "weight": math(teller.name(weight)),
        "source": math(teller.name(source.removeprefix("out_").removesuffix(neuron.instant.mark))),
        "recurrent": math(teller.name(recurrent)),
        "before": math(teller.neuron_name(graph.layers[depth][0])),
        "state": math(teller.name(initial_states(graph.shape, depth, 0)[0])),
    }
