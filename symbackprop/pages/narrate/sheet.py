"""A recurrent network unrolled over time, as what a drawing of it is made of: columns of nodes, and arrows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from symbackprop.derivation.graph import Graph, Instant, Neuron, error_of, initial_states, target_of
from symbackprop.derivation.graph import inputs_at as input_ids
from symbackprop.functions import Activation
from symbackprop.pages.figures import Edge, Node, NodeShape, Spot
from symbackprop.pages.narrate.teller import Teller
from symbackprop.records import record
from symbackprop.typeset.layout import Layout, Row, Symbol

# Beyond these a drawing shows each layer as one node, and only the first and the last steps.
MOST_IN_A_ROW = 3
_MOST_ACROSS = 12
_MOST_STEPS = 4


def told_instants(graph: Graph) -> tuple[Instant, ...]:
    """The time steps of the sample that is told in full."""
    return tuple(instant for instant in graph.instants if instant.sample == 0)


@record(kw_only=True)
class Sheet:
    """What is drawn: the shown time steps of the first sample, None for dots, and whether a layer is one node."""

    teller: Teller
    instants: tuple[Instant | None, ...]
    grouped: bool

    @property
    def graph(self) -> Graph:
        """The network that is drawn."""
        return self.teller.graph

    def row(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        """The nodes of a row, or the one that stands for all of them."""
        if not self.grouped or len(nodes) < 2:  # noqa: PLR2004 - one node is its own group
            return tuple(nodes)
        first, last = nodes[0], nodes[-1]
        return (Node(key=first.key, label=_from_to(first.label, last.label), shape=first.shape),)

    def key(self, ids: Sequence[str], id_: str) -> str:
        """The node in a row of ids that stands for one of them."""
        return ids[0] if self.grouped else id_


def sheet_of(teller: Teller, instants: tuple[Instant, ...]) -> Sheet:
    """What is drawn of some time steps: dots for the middle of many, groups for wide layers."""
    shape = teller.graph.shape
    widest = max(shape.inputs, *(layer.neurons for layer in shape.layers))
    shown: tuple[Instant | None, ...] = instants
    if len(instants) > _MOST_STEPS:
        shown = (*instants[:2], None, *instants[-2:])
    grouped = widest > MOST_IN_A_ROW or widest * (len(shown) + 1) > _MOST_ACROSS
    return Sheet(teller=teller, instants=shown, grouped=grouped)


def _from_to(first: Layout, last: Layout) -> Layout:
    return Row((first, Symbol("..."), last))


def slanted_rows(graph: Graph) -> frozenset[int]:
    """The rows of recurrent layers."""
    return frozenset(depth + 1 for depth, layer in enumerate(graph.shape.layers) if layer.recurrent)


def outs_of(neurons: Sequence[Neuron]) -> tuple[str, ...]:
    """The outputs of some neurons, which are the keys of their nodes."""
    return tuple(neuron.out for neuron in neurons)


def key_of(sheet: Sheet, neuron: Neuron) -> str:
    """The node that stands for a neuron."""
    layer = next(layer for layer in sheet.graph.at if neuron in layer.get(neuron.instant, ()))
    return sheet.key(outs_of(layer[neuron.instant]), neuron.out)


def initial_column(sheet: Sheet) -> list[tuple[Node, ...]]:
    """What counts as the outputs before the first step."""
    teller = sheet.teller
    rows: list[tuple[Node, ...]] = [()]
    for depth, layer in enumerate(sheet.graph.shape.layers):
        ids = initial_states(sheet.graph.shape, depth, 0) if layer.recurrent else ()
        nodes = [Node(key=id_, label=teller.name(id_), detail=teller.value(id_), shape=NodeShape.INPUT) for id_ in ids]
        rows.append(sheet.row(nodes))
    return [*rows, ()]


def inputs_of(sheet: Sheet, instant: Instant) -> tuple[Node, ...]:
    """What comes in at a time step."""
    teller = sheet.teller
    ids = input_ids(sheet.graph.shape, instant)
    nodes = [Node(key=id_, label=teller.name(id_), detail=teller.value(id_), shape=NodeShape.INPUT) for id_ in ids]
    return sheet.row(nodes)


def layers_of(sheet: Sheet, instant: Instant) -> Iterator[tuple[Node, ...]]:
    """The rows of a time step's neurons."""
    return (layer_of(sheet, depth, instant) for depth in range(len(sheet.graph.at)))


def layer_of(sheet: Sheet, depth: int, instant: Instant) -> tuple[Node, ...]:
    """A layer's neurons at a time step."""
    name = sheet.teller.name
    neurons = sheet.graph.at[depth].get(instant, ())
    nodes = [Node(key=it.out, label=name(f"{it.name}{instant.mark}"), shape=NodeShape.NEURON) for it in neurons]
    return sheet.row(nodes)


def ends_of(sheet: Sheet, instant: Instant, shape: NodeShape) -> tuple[Node, ...]:
    """Above the outputs: the targets with which they are compared, or their errors."""
    teller = sheet.teller
    judged = [neuron for neuron in sheet.graph.judged if neuron.instant == instant]
    nodes = []
    for neuron in judged:
        id_ = _end_of(neuron, shape)
        detail = teller.value(id_) if shape is NodeShape.TARGET else None
        nodes.append(Node(key=id_, label=teller.name(id_), detail=detail, shape=shape))
    return sheet.row(nodes)


def _end_of(neuron: Neuron, shape: NodeShape) -> str:
    return target_of(neuron) if shape is NodeShape.TARGET else error_of(neuron)


def to_ends(sheet: Sheet, shape: NodeShape) -> Iterator[Edge]:
    """The arrows from the outputs. In a softmax layer each neuron moves all outputs, and so all errors."""
    softmax = sheet.graph.shape.layers[-1].activation is Activation.SOFTMAX
    for instant in sheet.instants:
        judged = [neuron for neuron in sheet.graph.judged if neuron.instant == instant]
        ends = [_end_of(neuron, shape) for neuron in judged]
        starts = [sheet.key(outs_of(judged), neuron.out) for neuron in judged]
        keys = [sheet.key(ends, end) for end in ends]
        all_of_them = softmax and shape is NodeShape.ERROR
        pairs = product(starts, keys) if all_of_them else zip(starts, keys, strict=True)
        yield from (Edge(source=source, target=target) for source, target in dict.fromkeys(pairs))


def named_once(sheet: Sheet) -> frozenset[Spot]:
    """Of each weight the one arrow at which a drawing with all names has its name."""
    named: dict[str, Spot] = {}
    for depth, layer in enumerate(sheet.graph.at):
        below = inputs_from_below(sheet.graph, depth)
        for number, instant in enumerate(it for it in sheet.instants if it is not None):
            for neuron in layer.get(instant, ()):
                for place, (weight, source) in enumerate(neuron.weights):
                    # The arrows from the initial state stand at the edge; the next ones have more room.
                    early = place >= below and number == 0 and len(sheet.instants) > 1
                    if not early and _is_shown(sheet, instant, number, through_time=place >= below):
                        named.setdefault(weight, (source, neuron.out))
    return frozenset(named.values()) if not sheet.grouped else frozenset()


def inputs_from_below(graph: Graph, depth: int) -> int:
    """How many of a neuron's inputs are those of the layer below, before its own layer's of the step before."""
    layer = graph.shape.layers[depth]
    return graph.shape.fan_ins[depth] - (layer.neurons if layer.recurrent else 0)


def wires_of(sheet: Sheet) -> Iterator[Edge]:
    """The arrows between neurons, each with its weight's name where there is room for names."""
    for depth, layer in enumerate(sheet.graph.at):
        below = inputs_from_below(sheet.graph, depth)
        drawn: dict[tuple[str, str], str] = {}
        for number, instant in enumerate(it for it in sheet.instants if it is not None):
            for neuron in layer.get(instant, ()):
                target = sheet.key(outs_of(layer[instant]), neuron.out)
                for place, (weight, source) in enumerate(neuron.weights):
                    row = neuron.sources[:below] if place < below else neuron.sources[below:]
                    if _is_shown(sheet, instant, number, through_time=place >= below):
                        drawn.setdefault((sheet.key(row, source), target), weight)
        for (start, end), weight in drawn.items():
            label = None if sheet.grouped else sheet.teller.name(weight)
            yield Edge(source=start, target=end, label=label)


def _is_shown(sheet: Sheet, instant: Instant, number: int, *, through_time: bool) -> bool:
    """Whether both ends of an arrow are drawn: behind dots nothing comes in from the step before."""
    if not through_time:
        return True
    place = sheet.instants.index(instant)
    return (place == 0 and instant.step == 0) or (number > 0 and sheet.instants[place - 1] is not None)
