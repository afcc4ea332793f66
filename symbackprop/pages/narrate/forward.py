"""The forward pass neuron by neuron, and the error that comes out of it."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import TOTAL_ERROR, Neuron, error_of, target_of
from symbackprop.formats import Detail
from symbackprop.pages.document import Align, Block, Table
from symbackprop.pages.narrate.equations import computed, equations
from symbackprop.pages.narrate.teller import Teller, math
from symbackprop.typeset.formula import constant
from symbackprop.typeset.layout import Number, Symbol


def tell_forward_pass(teller: Teller) -> Iterator[Block]:
    """What each neuron takes in and gives out."""
    yield teller.heading(1, "forward.heading")
    yield teller.paragraph("forward.intro")
    for depth, layer in enumerate(teller.derivation.graph.layers):
        worked, rest = (layer, ()) if teller.detail is Detail.FULL else (layer[:1], layer[1:])
        for index, neuron in enumerate(worked):
            yield from _tell_neuron(teller, neuron, first=depth == 0 and index == 0)
        if rest:
            yield teller.paragraph("forward.rest")
            yield _table_of_neurons(teller, rest)
    outs = tuple(teller.equality(neuron.out) for neuron in teller.derivation.graph.outputs)
    targets = tuple(teller.value(target_of(neuron)) for neuron in teller.derivation.graph.outputs)
    yield teller.paragraph("forward.answer", outs=teller.list_of(outs), targets=teller.list_of(targets))


def _tell_neuron(teller: Teller, neuron: Neuron, *, first: bool) -> Iterator[Block]:
    yield teller.heading(2, "forward.neuron", neuron=teller.neuron_name(neuron))
    sources = teller.list_of(tuple(teller.name(source) for _, source in neuron.weights))
    opening = "forward.net_first_plain" if neuron.bias is None else "forward.net_first"
    key = opening if first else "forward.net"
    yield teller.paragraph(key, neuron=teller.neuron_name(neuron), sources=sources, net=teller.name(neuron.net))
    yield equations(computed(teller, neuron.net))
    key = "forward.out_first" if first else "forward.out"
    yield teller.paragraph(key, neuron=teller.neuron_name(neuron), net=teller.name(neuron.net), e=Symbol("e"))
    yield equations(computed(teller, neuron.out))


def _table_of_neurons(teller: Teller, neurons: tuple[Neuron, ...]) -> Table:
    rows = tuple(
        (math(teller.neuron_name(neuron)), math(teller.equality(neuron.net)), math(teller.equality(neuron.out)))
        for neuron in neurons
    )
    header = tuple(teller.phrases.say(f"forward.table.{column}") for column in ("neuron", "net", "out"))
    return Table(header=header, align=(Align.LEFT, Align.LEFT, Align.LEFT), rows=rows)


def tell_error(teller: Teller) -> Iterator[Block]:
    """Each output's error, why it is halved, and the total."""
    graph = teller.derivation.graph
    yield teller.heading(1, "error.heading")
    yield teller.paragraph("error.intro")
    for neuron in graph.outputs:
        yield equations(computed(teller, error_of(neuron)))
    yield teller.paragraph("error.half", half=math(teller.with_names(constant(1, 2))), eta=teller.name("eta"))
    if len(graph.outputs) > 1:
        yield teller.paragraph("error.total")
        yield equations(computed(teller, TOTAL_ERROR))
    else:
        yield teller.paragraph("error.only", total=math(teller.equality(TOTAL_ERROR)))
    yield teller.paragraph("error.names")
    zero = Number("0")
    yield teller.paragraph("error.goal", total=teller.name(TOTAL_ERROR), zero=zero)
