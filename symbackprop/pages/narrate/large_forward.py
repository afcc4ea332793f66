"""The forward pass of a large network: one neuron of each layer written out, every neuron's figures in a table."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from symbackprop.derivation.graph import TOTAL_ERROR, Neuron, error_of, target_of
from symbackprop.formats import Detail
from symbackprop.pages.document import Align, Block, Table
from symbackprop.pages.narrate.elision import calculated
from symbackprop.pages.narrate.equations import equations
from symbackprop.pages.narrate.errors import loss_intro
from symbackprop.pages.narrate.teller import Teller, math

MOST_ROWS = 40
"""A brief walkthrough's tables have no more rows than this."""


class Column(StrEnum):
    """What a column of a table about neurons holds."""

    NEURON = "neuron"
    NET = "net"
    OUT = "out"
    TARGET = "target"
    ERROR = "error"
    BY_OUT = "by_out"
    BY_NET = "by_net"
    DELTA = "delta"


Rows = tuple[tuple[Neuron, tuple[str, ...]], ...]
"""Neurons, each with the quantities of its row."""


def tell_layer_forward(teller: Teller, depth: int) -> Iterator[Block]:
    """The first neuron's net input and output, then a table of all."""
    layer = teller.graph.layers[depth]
    neuron = layer[0]
    yield tell_layer_heading(teller, depth)
    names = {"neuron": teller.neuron_name(neuron), "net": teller.name(neuron.net)}
    yield teller.paragraph("large.sum", terms=teller.counted(len(neuron.sources)), **names)
    yield equations(calculated(teller, neuron.net, teller.derivation.formula(neuron.net), left=teller.name(neuron.net)))
    yield teller.paragraph("large.squash", **names)
    yield equations(calculated(teller, neuron.out, teller.derivation.formula(neuron.out), left=teller.name(neuron.out)))
    yield from tell_table(
        teller, (Column.NEURON, Column.NET, Column.OUT), tuple((it, (it.net, it.out)) for it in layer)
    )


def tell_layer_heading(teller: Teller, depth: int) -> Block:
    """The heading over a layer's part of a chapter."""
    layers = teller.graph.layers
    neurons = teller.counted(len(layers[depth]))
    if depth == len(layers) - 1:
        return teller.heading(2, "large.layer.output", neurons=neurons)
    if len(layers) == len(("hidden", "output")):
        return teller.heading(2, "large.layer.only_hidden", neurons=neurons)
    return teller.heading(2, "large.layer.hidden", layer=str(depth + 1), neurons=neurons)


def tell_errors(teller: Teller) -> Iterator[Block]:
    """An output's error, a table of all, and the total."""
    judged = teller.graph.judged
    # An error of 0 would show little.
    first = next((error_of(it) for it in judged if teller.shown(error_of(it)).digits != "0"), error_of(judged[0]))
    yield teller.heading(1, "error.heading")
    yield loss_intro(teller)
    yield equations(calculated(teller, first, teller.derivation.formula(first), left=teller.name(first)))
    rows = tuple((it, (target_of(it), it.out, error_of(it))) for it in judged)
    yield from tell_table(teller, (Column.NEURON, Column.TARGET, Column.OUT, Column.ERROR), rows)
    yield teller.paragraph("large.total", total=teller.name(TOTAL_ERROR))
    total = teller.derivation.formula(TOTAL_ERROR)
    yield equations(calculated(teller, TOTAL_ERROR, total, left=teller.name(TOTAL_ERROR)))


def tell_table(teller: Teller, columns: tuple[Column, ...], rows: Rows) -> Iterator[Block]:
    """A table with a row for each neuron; a brief walkthrough has only the first of very many."""
    shown = rows if teller.detail is Detail.FULL else rows[:MOST_ROWS]
    yield table_of(teller, columns, shown)
    if len(shown) < len(rows):
        yield teller.paragraph("large.first_rows", shown=teller.counted(len(shown)), all=teller.counted(len(rows)))


def table_of(teller: Teller, columns: tuple[Column, ...], rows: Rows) -> Table:
    """Figures of neurons, a row for each."""
    header = tuple(teller.phrases.say(f"column_of_neurons.{column.value}") for column in columns)
    align = (Align.LEFT, *(Align.RIGHT for _ in columns[1:]))
    told = tuple((math(teller.neuron_name(neuron)), *(math(teller.value(id_)) for id_ in ids)) for neuron, ids in rows)
    return Table(header=header, align=align, rows=told)
