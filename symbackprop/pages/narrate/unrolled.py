"""The drawings of a recurrent network: unrolled over time, and the paths along which an error comes back in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from symbackprop.derivation.graph import TOTAL_ERROR, Graph, Instant, Neuron, error_of, initial_states, target_of
from symbackprop.derivation.graph import inputs_at as input_ids
from symbackprop.derivation.steps import by, delta_of
from symbackprop.functions import Activation
from symbackprop.pages.figures import Drawing, Edge, Factor, Node, NodeShape, Spot
from symbackprop.pages.figures.unrolled import draw_unrolled
from symbackprop.pages.narrate.teller import Teller
from symbackprop.records import record
from symbackprop.typeset.layout import Layout, Row, Symbol
from symbackprop.typeset.unicode import unicode

# Beyond these a drawing shows each layer as one node, and only the first and the last steps.
_MOST_IN_A_ROW = 3
_MOST_ACROSS = 12
_MOST_STEPS = 4


def told_instants(graph: Graph) -> tuple[Instant, ...]:
    """The time steps of the sample that is told in full."""
    return tuple(instant for instant in graph.instants if instant.sample == 0)


@record(kw_only=True)
class _Sheet:
    """What is drawn: the shown time steps of the first sample, None for dots, and whether a layer is one node."""

    teller: Teller
    instants: tuple[Instant | None, ...]
    grouped: bool

    @property
    def graph(self) -> Graph:
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


def shows_neurons(teller: Teller) -> bool:
    """Whether the unrolled network has room for each neuron, and for the weights' names."""
    return not _sheet(teller, told_instants(teller.graph)).grouped


def network_over_time(teller: Teller) -> Drawing:
    """The network unrolled over the steps of one sequence, each weight written once."""
    sheet = _sheet(teller, told_instants(teller.graph))
    columns = [_initial(sheet)] + [
        None if it is None else [_inputs(sheet, it), *_layers(sheet, it), _ends(sheet, it, NodeShape.TARGET)]
        for it in sheet.instants
    ]
    edges = [*_wires(sheet), *_to_ends(sheet, NodeShape.TARGET)]
    return draw_unrolled(
        columns=columns,
        edges=edges,
        description=teller.phrases.plain("picture.unrolled"),
        slanted=_slanted(sheet.graph),
    )


def paths_over_time(teller: Teller, weight: str) -> Drawing:
    """The unrolled network, every path lit along which one weight reaches the error of the sequence."""
    graph = teller.graph
    sheet = _sheet(teller, told_instants(graph))
    own = [
        (sheet.key(neuron.sources, source), sheet.key(_outs(neurons), neuron.out))
        for layer in graph.at
        for instant, neurons in layer.items()
        if instant in sheet.instants
        for neuron in neurons
        for id_, source in neuron.weights
        if id_ == weight
    ]
    total = Node(key=TOTAL_ERROR, label=teller.name(TOTAL_ERROR), shape=NodeShape.TOTAL)
    to_errors = tuple(_to_ends(sheet, NodeShape.ERROR))
    plain = [*_wires(sheet), *to_errors]
    plain += [Edge(source=key, target=TOTAL_ERROR) for key in dict.fromkeys(edge.target for edge in to_errors)]
    drawn = {(edge.source, edge.target) for edge in plain}
    own = [spot for spot in own if spot in drawn]
    lit = frozenset(_reached(own, plain))
    columns = [_initial(sheet)] + [
        None if it is None else [_inputs(sheet, it), *_layers(sheet, it), _ends(sheet, it, NodeShape.ERROR)]
        for it in sheet.instants
    ]
    label = teller.name(weight)
    edges = [replace(edge, label=label if (edge.source, edge.target) in own else None) for edge in plain]
    return draw_unrolled(
        columns=columns,
        edges=edges,
        description=teller.phrases.plain("picture.path", weight=_in_words(teller, weight)),
        slanted=_slanted(graph),
        top=total,
        lit=lit,
    )


def ways_back(teller: Teller, depth: int, neuron: Neuron, takers: tuple[Neuron, ...]) -> Drawing:
    """Where an error comes back to a neuron's output from: the layer above, and the same layer one step later."""
    graph = teller.graph
    instants = tuple(it for it in told_instants(graph) if it.step in (neuron.instant.step, neuron.instant.step + 1))
    widths = [len(layer) for layer in graph.layers[depth : depth + 2]]
    sheet = _Sheet(teller=teller, instants=instants, grouped=max(widths) > _MOST_IN_A_ROW)
    columns: list[list[tuple[Node, ...]]] = []
    last = depth == len(graph.layers) - 1
    for it in instants:
        upper = _ends(sheet, it, NodeShape.ERROR) if last else _layer(sheet, depth + 1, it)
        columns.append([_layer(sheet, depth, it), upper])
    lower = {node.key for column in columns for node in column[0]}
    drawn = {node.key for column in columns for row in column for node in row}
    edges = [
        Edge(source=edge.source, target=edge.target)
        for edge in (*_wires(sheet), *_to_ends(sheet, NodeShape.ERROR))
        if edge.source in lower and edge.target in drawn
    ]
    start = sheet.key(_outs(graph.at[depth][neuron.instant]), neuron.out)
    ends = {_key_of(sheet, taker): taker for taker in takers if not sheet.grouped or taker in _firsts(graph)}
    lit: set[Spot] = {start, *ends, *((start, key) for key in ends)}
    factors = []
    if not sheet.grouped:
        for key, taker in ends.items():
            factors.append(Factor(at=(start, key), label=teller.name(by(taker.net, neuron.out))))
            factors.append(Factor(at=key, label=teller.name(delta_of(taker))))
    if last and (start, error_of(neuron)) in {(edge.source, edge.target) for edge in edges}:
        lit |= {error_of(neuron), (start, error_of(neuron))}
    return draw_unrolled(
        columns=columns,
        edges=edges,
        description=teller.phrases.plain("picture.ways_back", neuron=neuron.name),
        slanted=frozenset({0}) if graph.shape.layers[depth].recurrent else frozenset(),
        lit=frozenset(lit),
        factors=factors,
    )


def _sheet(teller: Teller, instants: tuple[Instant, ...]) -> _Sheet:
    shape = teller.graph.shape
    widest = max(shape.inputs, *(layer.neurons for layer in shape.layers))
    shown: tuple[Instant | None, ...] = instants
    if len(instants) > _MOST_STEPS:
        shown = (*instants[:2], None, *instants[-2:])
    grouped = widest > _MOST_IN_A_ROW or widest * (len(shown) + 1) > _MOST_ACROSS
    return _Sheet(teller=teller, instants=shown, grouped=grouped)


def _in_words(teller: Teller, weight: str) -> str:
    """A weight in a text that is read aloud: its id, unless the notation doesn't number weights."""
    return weight if teller.namer.numbers_weights else unicode(teller.name(weight))


def _from_to(first: Layout, last: Layout) -> Layout:
    return Row((first, Symbol("..."), last))


def _slanted(graph: Graph) -> frozenset[int]:
    return frozenset(depth + 1 for depth, layer in enumerate(graph.shape.layers) if layer.recurrent)


def _outs(neurons: Sequence[Neuron]) -> tuple[str, ...]:
    return tuple(neuron.out for neuron in neurons)


def _firsts(graph: Graph) -> tuple[Neuron, ...]:
    return tuple(neurons[0] for layer in graph.at for neurons in layer.values())


def _key_of(sheet: _Sheet, neuron: Neuron) -> str:
    layer = next(layer for layer in sheet.graph.at if neuron in layer.get(neuron.instant, ()))
    return sheet.key(_outs(layer[neuron.instant]), neuron.out)


def _initial(sheet: _Sheet) -> list[tuple[Node, ...]]:
    """What counts as the outputs before the first step."""
    teller = sheet.teller
    rows: list[tuple[Node, ...]] = [()]
    for depth, layer in enumerate(sheet.graph.shape.layers):
        ids = initial_states(sheet.graph.shape, depth, 0) if layer.recurrent else ()
        nodes = [Node(key=id_, label=teller.name(id_), detail=teller.value(id_), shape=NodeShape.INPUT) for id_ in ids]
        rows.append(sheet.row(nodes))
    return [*rows, ()]


def _inputs(sheet: _Sheet, instant: Instant) -> tuple[Node, ...]:
    teller = sheet.teller
    ids = input_ids(sheet.graph.shape, instant)
    nodes = [Node(key=id_, label=teller.name(id_), detail=teller.value(id_), shape=NodeShape.INPUT) for id_ in ids]
    return sheet.row(nodes)


def _layers(sheet: _Sheet, instant: Instant) -> Iterator[tuple[Node, ...]]:
    return (_layer(sheet, depth, instant) for depth in range(len(sheet.graph.at)))


def _layer(sheet: _Sheet, depth: int, instant: Instant) -> tuple[Node, ...]:
    name = sheet.teller.name
    neurons = sheet.graph.at[depth].get(instant, ())
    nodes = [Node(key=it.out, label=name(f"{it.name}{instant.mark}"), shape=NodeShape.NEURON) for it in neurons]
    return sheet.row(nodes)


def _ends(sheet: _Sheet, instant: Instant, shape: NodeShape) -> tuple[Node, ...]:
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


def _to_ends(sheet: _Sheet, shape: NodeShape) -> Iterator[Edge]:
    """The arrows from the outputs. In a softmax layer each neuron moves all outputs, and so all errors."""
    softmax = sheet.graph.shape.layers[-1].activation is Activation.SOFTMAX
    for instant in sheet.instants:
        judged = [neuron for neuron in sheet.graph.judged if neuron.instant == instant]
        ends = [_end_of(neuron, shape) for neuron in judged]
        starts = [sheet.key(_outs(judged), neuron.out) for neuron in judged]
        keys = [sheet.key(ends, end) for end in ends]
        all_of_them = softmax and shape is NodeShape.ERROR
        pairs = product(starts, keys) if all_of_them else zip(starts, keys, strict=True)
        yield from (Edge(source=source, target=target) for source, target in dict.fromkeys(pairs))


def _wires(sheet: _Sheet) -> Iterator[Edge]:
    """The arrows between neurons, each weight named where it is drawn first."""
    shape, named = sheet.graph.shape, set[str]()
    instants = [it for it in sheet.instants if it is not None]
    for depth, layer in enumerate(sheet.graph.at):
        below = shape.fan_ins[depth] - (shape.layers[depth].neurons if shape.layers[depth].recurrent else 0)
        drawn: dict[tuple[str, str], Layout | None] = {}
        for number, instant in enumerate(instants):
            for neuron in layer.get(instant, ()):
                target = sheet.key(_outs(layer[instant]), neuron.out)
                for place, (weight, source) in enumerate(neuron.weights):
                    row = neuron.sources[:below] if place < below else neuron.sources[below:]
                    start = sheet.key(row, source)
                    if not _is_shown(sheet, instant, number, through_time=place >= below):
                        continue
                    # The arrows from the initial state stand at the edge; the next ones have more room.
                    late = place >= below and number == 0 and len(instants) > 1
                    fresh = not sheet.grouped and not late and weight not in named
                    drawn.setdefault((start, target), sheet.teller.name(weight) if fresh else None)
                    if fresh:
                        named.add(weight)
        yield from (Edge(source=start, target=end, label=label) for (start, end), label in drawn.items())


def _is_shown(sheet: _Sheet, instant: Instant, number: int, *, through_time: bool) -> bool:
    """Whether both ends of an arrow are drawn: behind dots nothing comes in from the step before."""
    if not through_time:
        return True
    place = sheet.instants.index(instant)
    return (place == 0 and instant.step == 0) or (number > 0 and sheet.instants[place - 1] is not None)


def _reached(own: list[tuple[str, str]], edges: Sequence[Edge]) -> Iterator[Spot]:
    """The arrows of a weight, and every node and arrow that one comes to from their ends."""
    yield from own
    reached = [target for _, target in own]
    for node in reached:
        yield node
        for edge in edges:
            if edge.source == node:
                yield (edge.source, edge.target)
                if edge.target not in reached:
                    reached.append(edge.target)
