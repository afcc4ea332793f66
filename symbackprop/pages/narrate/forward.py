"""The forward pass neuron by neuron."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import Instant, Neuron, target_of
from symbackprop.formats import Detail
from symbackprop.functions import Activation
from symbackprop.pages.document import Align, Block, Table
from symbackprop.pages.narrate.activations import tell_activation
from symbackprop.pages.narrate.equations import compact, computed, equations
from symbackprop.pages.narrate.teller import Teller, math


def tell_forward_pass(teller: Teller) -> Iterator[Block]:
    """What each neuron takes in and gives out, for one sample in full, for the others in short."""
    graph = teller.graph
    others = teller.other_instants
    yield teller.heading(1, "forward.heading")
    yield teller.paragraph("forward.intro")
    if others:
        inputs = teller.list_of(tuple(teller.equality(id_) for id_ in graph.inputs))
        key = "samples.first_forward" if graph.followed == 0 else "samples.fewest_zeros"
        yield teller.paragraph(key, sample=teller.sample, inputs=inputs)
    yield from _tell_first(teller)
    outs = tuple(teller.equality(neuron.out) for neuron in graph.outputs)
    targets = tuple(teller.value(target_of(neuron)) for neuron in graph.outputs)
    answered = {"outs": teller.list_of(outs), "targets": teller.list_of(targets)}
    if others:
        yield teller.paragraph("samples.answer", sample=teller.sample, **answered)
    else:
        yield teller.paragraph("forward.answer", **answered)
    for instant in others:
        yield from _tell_other(teller, instant)


def _tell_first(teller: Teller) -> Iterator[Block]:
    told: list[Activation] = []
    graph = teller.graph
    for depth, layer in enumerate(graph.layers):
        activation = graph.shape.layers[depth].activation
        if activation is Activation.SOFTMAX:
            yield from _tell_softmax_layer(teller, layer, first=depth == 0, told=tuple(told))
            told.append(activation)
            continue
        worked, rest = (layer, ()) if teller.detail is Detail.FULL else (layer[:1], layer[1:])
        for index, neuron in enumerate(worked):
            yield from _tell_net(teller, neuron, first=depth == 0 and index == 0)
            yield tell_activation(teller, neuron, activation, tuple(told))
            yield equations(computed(teller, neuron.out))
            told.append(activation)
        if rest:
            yield teller.paragraph("forward.rest")
            yield table_of_neurons(teller, rest)


def _tell_net(teller: Teller, neuron: Neuron, *, first: bool) -> Iterator[Block]:
    yield teller.heading(2, "forward.neuron", neuron=teller.neuron_name(neuron))
    sources = teller.list_of(tuple(teller.name(source) for _, source in neuron.weights))
    opening = "forward.net_first_plain" if neuron.bias is None else "forward.net_first"
    key = opening if first else "forward.net"
    yield teller.paragraph(key, neuron=teller.neuron_name(neuron), sources=sources, net=teller.name(neuron.net))
    yield equations(computed(teller, neuron.net))


def _tell_softmax_layer(
    teller: Teller, layer: tuple[Neuron, ...], *, first: bool, told: tuple[Activation, ...]
) -> Iterator[Block]:
    """All net inputs of the layer, then all outputs, since each of these needs all of those."""
    worked, rest = (layer, ()) if teller.detail is Detail.FULL else (layer[:1], layer[1:])
    for index, neuron in enumerate(worked):
        yield from _tell_net(teller, neuron, first=first and index == 0)
    if rest:
        listed = teller.list_of(tuple(teller.equality(neuron.net) for neuron in rest))
        yield teller.paragraph("softmax.nets", nets=listed)
    yield teller.heading(2, "softmax.heading")
    yield tell_activation(teller, layer[0], Activation.SOFTMAX, told)
    for neuron in worked:
        yield equations(computed(teller, neuron.out))
    if rest:
        yield teller.paragraph("forward.rest")
        yield table_of_neurons(teller, rest)
    if len(layer) > 1:
        yield teller.paragraph("softmax.one")


def _tell_other(teller: Teller, instant: Instant) -> Iterator[Block]:
    """The same for one of the other samples: a formula, the numbers and the value of each net input and output."""
    graph = teller.graph
    layers = tuple(instants[instant] for instants in graph.at)
    yield teller.heading(2, "samples.heading_one", sample=str(instant.sample + 1))
    if teller.detail is Detail.BRIEF:
        yield table_of_neurons(teller, tuple(neuron for layer in layers for neuron in layer))
        return
    for layer in layers:
        yield equations(*(compact(teller, neuron.net) for neuron in layer))
        yield equations(*(compact(teller, neuron.out) for neuron in layer))


def table_of_neurons(teller: Teller, neurons: tuple[Neuron, ...]) -> Table:
    """Net inputs and outputs of some neurons."""
    rows = tuple(
        (math(teller.neuron_name(neuron)), math(teller.equality(neuron.net)), math(teller.equality(neuron.out)))
        for neuron in neurons
    )
    header = tuple(teller.phrases.say(f"forward.table.{column}") for column in ("neuron", "net", "out"))
    return Table(header=header, align=(Align.LEFT, Align.LEFT, Align.LEFT), rows=rows)
