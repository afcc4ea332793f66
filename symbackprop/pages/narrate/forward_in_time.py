"""The forward pass through a sequence, step by step, and the errors at the steps that have a target."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.forward import judged_of
from symbackprop.derivation.graph import (
    Instant,
    Neuron,
    data_error,
    error_of,
    sample_error,
    target_of,
)
from symbackprop.formats import Detail
from symbackprop.pages.document import Align, Block, Table
from symbackprop.pages.narrate.equations import computed, equations
from symbackprop.pages.narrate.errors import error_goal, loss_intro, loss_remark
from symbackprop.pages.narrate.penalties import tell_penalties
from symbackprop.pages.narrate.sheet import told_instants
from symbackprop.pages.narrate.teller import Teller, math


def tell_forward_in_time(teller: Teller) -> Iterator[Block]:
    """What each neuron takes in and gives out, from the first step to the last."""
    graph = teller.graph
    yield teller.heading(1, "forward.heading")
    yield teller.paragraph("sequence.forward")
    for instant in told_instants(graph):
        yield from _tell_step(teller, instant)
    judged = judged_of(graph, 0)
    outs = teller.list_of(tuple(teller.equality(neuron.out) for neuron in judged))
    targets = teller.list_of(tuple(teller.value(target_of(neuron)) for neuron in judged))
    yield teller.paragraph("forward.answer", outs=outs, targets=targets)
    for sample in range(1, graph.shape.samples):
        yield teller.heading(2, "sequence.other", sample=str(sample + 1))
        yield teller.paragraph("sequence.forward_other")
        instants = (instant for instant in graph.instants if instant.sample == sample)
        yield _table_of_neurons(teller, tuple(it for instant in instants for it in _neurons(teller, instant)))


def _neurons(teller: Teller, instant: Instant) -> Iterator[Neuron]:
    for layer in teller.graph.at:
        yield from layer.get(instant, ())


def _tell_step(teller: Teller, instant: Instant) -> Iterator[Block]:
    graph = teller.graph
    yield teller.heading(2, "sequence.step", step=str(instant.step + 1))
    recurrent = next(depth for depth, layer in enumerate(graph.shape.layers) if layer.recurrent)
    first = graph.at[recurrent][instant][0]
    states = first.sources[-len(graph.layers[recurrent]) :]
    key = "sequence.starts" if instant.step == 0 else "sequence.goes_on"
    yield teller.paragraph(key, states=teller.list_of(tuple(teller.equality(state) for state in states)))
    rest: list[Neuron] = []
    for depth, layer in enumerate(graph.at):
        for index, neuron in enumerate(layer.get(instant, ())):
            if teller.detail is Detail.FULL or (index == 0 and instant == next(iter(layer))):
                yield from _tell_neuron(teller, neuron, first=depth == index == instant.step == 0)
            else:
                rest.append(neuron)
    if rest:
        yield teller.paragraph("sequence.rest")
        yield _table_of_neurons(teller, tuple(rest))
    if instant.step == 0 and instant not in graph.at[-1]:
        yield teller.paragraph("sequence.not_yet")


def _tell_neuron(teller: Teller, neuron: Neuron, *, first: bool) -> Iterator[Block]:
    yield teller.heading(3, "forward.neuron", neuron=teller.name(f"{neuron.name}{neuron.instant.mark}"))
    if first:
        sources = teller.list_of(tuple(teller.name(source) for source in neuron.sources))
        key = "forward.net_first_plain" if neuron.bias is None else "forward.net_first"
        yield teller.paragraph(key, sources=sources, net=teller.name(neuron.net))
        yield equations(computed(teller, neuron.net))
        yield teller.paragraph("sequence.out", out=teller.name(neuron.out))
        yield equations(computed(teller, neuron.out))
    else:
        yield equations(computed(teller, neuron.net), computed(teller, neuron.out))


def _table_of_neurons(teller: Teller, neurons: tuple[Neuron, ...]) -> Table:
    rows = tuple(
        (math(teller.name(f"{it.name}{it.instant.mark}")), math(teller.equality(it.net)), math(teller.equality(it.out)))
        for it in neurons
    )
    header = tuple(teller.phrases.say(f"forward.table.{column}") for column in ("neuron", "net", "out"))
    return Table(header=header, align=(Align.LEFT,) * 3, rows=rows)


def _table_of_errors(teller: Teller, neurons: tuple[Neuron, ...]) -> Table:
    rows = tuple(
        (math(teller.equality(it.out)), math(teller.equality(target_of(it))), math(teller.equality(error_of(it))))
        for it in neurons
    )
    keys = ("forward.table.out", "sequence.table.targets", "sequence.table.error")
    return Table(header=tuple(map(teller.phrases.say, keys)), align=(Align.LEFT,) * len(keys), rows=rows)


def tell_errors_in_time(teller: Teller) -> Iterator[Block]:
    """The error at each step that has a target, the sequence's error, and the total."""
    graph = teller.graph
    shape = graph.shape
    yield teller.heading(1, "error.heading")
    yield teller.paragraph("sequence.error" if shape.targets == shape.steps else "sequence.error_last")
    yield loss_intro(teller)
    for neuron in judged_of(graph, 0):
        yield equations(computed(teller, error_of(neuron)))
    yield loss_remark(teller)
    own = sample_error(shape, 0)
    key = "sequence.total" if shape.divisor == 1 else "sequence.mean"
    yield teller.paragraph(key, error=teller.name(own), number=teller.counted(shape.divisor))
    yield equations(computed(teller, own))
    if shape.samples > 1:
        yield teller.paragraph("sequence.error_other")
        for sample in range(1, shape.samples):
            yield _table_of_errors(teller, judged_of(graph, sample))
            yield equations(computed(teller, sample_error(shape, sample)))
        key = "sequence.total_all" if shape.batch_divisor == 1 else "sequence.mean_all"
        yield teller.paragraph(key, error=teller.name(data_error(shape)))
        yield equations(computed(teller, data_error(shape)))
    if shape.penalized:
        yield from tell_penalties(teller)
    yield error_goal(teller)
