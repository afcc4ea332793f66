"""The samples of a batch: their numbers, and the deltas of those that aren't worked out in full."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import Instant, Neuron, inputs_at, sample_error, target_of
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of
from symbackprop.formats import Detail
from symbackprop.functions import Activation
from symbackprop.pages.document import Align, Block, Equations, Inlines, Paragraph, Table
from symbackprop.pages.narrate.equations import compact, equations
from symbackprop.pages.narrate.kinks import tell_corner, tell_exact_hit
from symbackprop.pages.narrate.rest import table_of_deltas
from symbackprop.pages.narrate.scope import activation_of
from symbackprop.pages.narrate.softmax import has_room, jacobian
from symbackprop.pages.narrate.teller import Teller, math
from symbackprop.typeset.layout import Number

_MOST_COLUMNS = 6


def tell_samples(teller: Teller) -> Iterator[Block]:
    """What a batch is, and the numbers of its samples."""
    shape = teller.graph.shape
    yield teller.paragraph("samples.intro", number=teller.counted(shape.samples))
    yield table_of_samples(teller)


def tell_marks(teller: Teller) -> Paragraph:
    """How a quantity says which sample it belongs to."""
    neuron = teller.graph.layers[0][0]
    names = {"net": teller.name(neuron.net), "neuron": teller.neuron_name(neuron)}
    return teller.paragraph("samples.marks", sample=teller.sample, **names)


def table_of_samples(teller: Teller) -> Table:
    """A column for each input and target where there is room, else one for all inputs and one for all targets."""
    graph = teller.graph
    rows: list[tuple[Inlines, ...]] = []
    narrow = graph.shape.inputs + graph.shape.outputs <= _MOST_COLUMNS
    for instant, outputs in graph.at[-1].items():
        inputs = tuple(inputs_at(graph.shape, instant))
        targets = tuple(target_of(neuron) for neuron in outputs)
        number = math(Number(f"{instant.sample + 1}"))
        if narrow:
            rows.append((number, *(math(teller.value(id_)) for id_ in (*inputs, *targets))))
        else:
            lists = (teller.list_of(tuple(teller.value(id_) for id_ in ids)) for ids in (inputs, targets))
            rows.append((number, *lists))
    sample = teller.phrases.say("samples.column.sample")
    if narrow:
        unmarked = (f"i{index}" for index in range(1, graph.shape.inputs + 1))
        names = (*unmarked, *(f"target_{neuron.name}" for neuron in graph.outputs))
        header = (sample, *(math(teller.name(id_)) for id_ in names))
        return Table(header=header, align=(Align.LEFT, *(Align.RIGHT for _ in names)), rows=tuple(rows))
    header = (sample, *(teller.phrases.say(f"samples.column.{column}") for column in ("inputs", "targets")))
    return Table(header=header, align=(Align.LEFT, Align.WRAPPED, Align.WRAPPED), rows=tuple(rows))


def tell_other_samples(teller: Teller) -> Iterator[Block]:
    """The deltas of every sample but the one worked out, from the outputs back to the first layer."""
    graph = teller.graph
    yield teller.heading(1, "samples.backward")
    yield teller.paragraph("samples.backward_intro", first=teller.name(teller.error))
    for instant in teller.other_instants:
        yield teller.heading(2, "samples.heading_one", sample=str(instant.sample + 1))
        for depth in reversed(range(len(graph.layers))):
            yield from _tell_deltas(teller, graph.at[depth][instant], instant, last=depth == len(graph.layers) - 1)


def _tell_deltas(teller: Teller, layer: tuple[Neuron, ...], instant: Instant, *, last: bool) -> Iterator[Block]:
    softmax = activation_of(teller.graph, layer[0]) is Activation.SOFTMAX
    if teller.detail is Detail.BRIEF:
        yield table_of_deltas(teller, layer)
    elif softmax:
        yield from _tell_softmax_deltas(teller, layer, instant)
    else:
        for neuron in layer:
            yield _delta(teller, neuron, instant)
    if not softmax:
        for neuron in layer:
            yield from tell_corner(teller, neuron)
    if last:
        for neuron in layer:
            yield from tell_exact_hit(teller, neuron)


def _delta(teller: Teller, neuron: Neuron, instant: Instant) -> Equations:
    returned = by(sample_error(teller.graph.shape, instant.sample), neuron.out)
    short = teller.derivation.forms(returned).get(Form.WITH_DELTA)
    fused = teller.derivation.forms(delta_of(neuron)).get(Form.FUSED)
    if fused is not None:
        return equations(compact(teller, delta_of(neuron), fused))
    steps = (compact(teller, by(neuron.out, neuron.net)), compact(teller, delta_of(neuron)))
    return equations(compact(teller, returned, short), *steps)


def _tell_softmax_deltas(teller: Teller, layer: tuple[Neuron, ...], instant: Instant) -> Iterator[Block]:
    forms = teller.derivation.forms(delta_of(layer[0]))
    if Form.FUSED in forms:
        yield equations(
            *(compact(teller, delta_of(it), teller.derivation.forms(delta_of(it))[Form.FUSED]) for it in layer)
        )
        return
    error = sample_error(teller.graph.shape, instant.sample)
    returned = tuple(by(error, neuron.out) for neuron in layer)
    yield equations(*(compact(teller, id_, teller.derivation.forms(id_).get(Form.WITH_DELTA)) for id_ in returned))
    if has_room(layer):
        yield jacobian(teller, layer)
    yield equations(*(compact(teller, delta_of(neuron)) for neuron in layer))
