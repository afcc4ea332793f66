"""The drawings of a recurrent network: unrolled over time, and the paths along which an error comes back in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.derivation.graph import TOTAL_ERROR, Graph, Instant, Neuron, error_of
from symbackprop.derivation.steps import by, delta_of
from symbackprop.pages.figures import Drawing, Edge, Factor, Look, Node, NodeShape, Spot
from symbackprop.pages.figures.unrolled import draw_unrolled, draw_unrolled_looks
from symbackprop.pages.narrate.sheet import (
    MOST_IN_A_ROW,
    Sheet,
    ends_of,
    initial_column,
    inputs_from_below,
    inputs_of,
    key_of,
    layer_of,
    layers_of,
    named_once,
    outs_of,
    sheet_of,
    slanted_rows,
    to_ends,
    told_instants,
    wires_of,
)
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.unicode import unicode

Lit = frozenset[Spot]
"""What stands out in a picture: nodes by their keys, arrows by the keys of their ends."""


def shows_neurons(teller: Teller) -> bool:
    """Whether the unrolled network has room for each neuron, and for the weights' names."""
    return not sheet_of(teller, told_instants(teller.graph)).grouped


def network_over_time(teller: Teller) -> Drawing:
    """The network unrolled over the steps of one sequence, each weight written once."""
    sheet = sheet_of(teller, told_instants(teller.graph))
    look = Look(description=teller.phrases.plain("picture.unrolled"), named=named_once(sheet))
    (drawing,) = draw_unrolled_looks(
        columns=_columns(sheet, NodeShape.TARGET),
        edges=(*wires_of(sheet), *to_ends(sheet, NodeShape.TARGET)),
        slanted=slanted_rows(sheet.graph),
        looks=(look,),
    )
    return drawing


def paths_over_time(teller: Teller, weight: str) -> Drawing:
    """The unrolled network, every path lit along which one weight reaches the error of the sequence."""
    film = Film(teller, TOTAL_ERROR)
    own = film.arrows_of(weight)
    description = teller.phrases.plain("picture.path", weight=_in_words(teller, weight))
    (drawing,) = film.drawn((Look(description=description, lit=film.onwards(own), named=own),))
    return drawing


class Film:
    """The unrolled network up to an error, for drawings in which one thing after another lights up."""

    def __init__(self, teller: Teller, error: str) -> None:
        self._teller = teller
        self._error = error
        self.sheet = sheet_of(teller, told_instants(teller.graph))
        to_errors = tuple(to_ends(self.sheet, NodeShape.ERROR))
        ends = dict.fromkeys(edge.target for edge in to_errors)
        self._edges = (*wires_of(self.sheet), *to_errors, *(Edge(source=key, target=error) for key in ends))
        self._columns = _columns(self.sheet, NodeShape.ERROR)
        nodes = {node.key for column in self._columns for row in column or () for node in row}
        self.spots: Lit = frozenset({*nodes, error, *((edge.source, edge.target) for edge in self._edges)})

    def drawn(self, looks: Sequence[Look]) -> tuple[Drawing, ...]:
        """The drawings; nothing moves from one to the next."""
        return draw_unrolled_looks(
            columns=self._columns,
            edges=self._edges,
            slanted=slanted_rows(self._teller.graph),
            top=Node(key=self._error, label=self._teller.name(self._error), shape=NodeShape.TOTAL),
            looks=looks,
        )

    def into(self, neuron: Neuron) -> Lit:
        """The arrows into a neuron, and the nodes at their ends, as far as they are drawn."""
        sources = {edge.source for edge in self._edges if edge.target == self.key(neuron)}
        into: set[Spot] = {self.key(neuron), *sources, *((source, self.key(neuron)) for source in sources)}
        return self.spots & into

    def key(self, neuron: Neuron) -> str:
        """The node that stands for a neuron."""
        return key_of(self.sheet, neuron)

    def arrows_of(self, weight: str, instant: Instant | None = None) -> Lit:
        """The arrows that a weight is on, at all time steps or at one."""
        graph = self._teller.graph
        found = {
            (
                self.sheet.key(_row_of(graph, depth, neuron, source), source),
                self.sheet.key(outs_of(neurons), neuron.out),
            )
            for depth, layer in enumerate(graph.at)
            for at, neurons in layer.items()
            if at in self.sheet.instants and instant in (None, at)
            for neuron in neurons
            for id_, source in neuron.weights
            if id_ == weight
        }
        return self.spots & found

    def onwards(self, start: Lit, *, within: Instant | None = None) -> Lit:
        """Some arrows or nodes, and everything that one comes to from their ends, or that much of it at one step."""
        allowed = self.spots if within is None else self._at(within)
        edges = [edge for edge in self._edges if (edge.source, edge.target) in allowed]
        return frozenset(_reached(start, edges))

    def _at(self, instant: Instant) -> Lit:
        """The nodes of one time step, those above all steps, and the arrows between them."""
        column = self._columns[1 + self.sheet.instants.index(instant)] if instant in self.sheet.instants else ()
        nodes = {self._error, *(node.key for row in column or () for node in row)}
        return frozenset(it for it in self.spots if ({it} if isinstance(it, str) else {*it}) <= nodes)


def _row_of(graph: Graph, depth: int, neuron: Neuron, source: str) -> tuple[str, ...]:
    """Those of a neuron's sources that stand in one row with one of them."""
    below = inputs_from_below(graph, depth)
    row = neuron.sources[:below]
    return row if source in row else neuron.sources[below:]


def _columns(sheet: Sheet, ends: NodeShape) -> list[list[tuple[Node, ...]] | None]:
    return [initial_column(sheet)] + [
        None if it is None else [inputs_of(sheet, it), *layers_of(sheet, it), ends_of(sheet, it, ends)]
        for it in sheet.instants
    ]


def ways_back(teller: Teller, depth: int, neuron: Neuron, takers: tuple[Neuron, ...]) -> Drawing:
    """Where an error comes back to a neuron's output from: the layer above, and the same layer one step later."""
    graph = teller.graph
    instants = tuple(it for it in told_instants(graph) if it.step in (neuron.instant.step, neuron.instant.step + 1))
    widths = [len(layer) for layer in graph.layers[depth : depth + 2]]
    sheet = Sheet(teller=teller, instants=instants, grouped=max(widths) > MOST_IN_A_ROW)
    columns: list[list[tuple[Node, ...]]] = []
    last = depth == len(graph.layers) - 1
    for it in instants:
        upper = ends_of(sheet, it, NodeShape.ERROR) if last else layer_of(sheet, depth + 1, it)
        columns.append([layer_of(sheet, depth, it), upper])
    lower = {node.key for column in columns for node in column[0]}
    drawn = {node.key for column in columns for row in column for node in row}
    edges = [
        Edge(source=edge.source, target=edge.target)
        for edge in (*wires_of(sheet), *to_ends(sheet, NodeShape.ERROR))
        if edge.source in lower and edge.target in drawn
    ]
    start = sheet.key(outs_of(graph.at[depth][neuron.instant]), neuron.out)
    ends = {key_of(sheet, taker): taker for taker in takers if not sheet.grouped or taker in _firsts(graph)}
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


def _in_words(teller: Teller, weight: str) -> str:
    """A weight in a text that is read aloud: its id, unless the notation doesn't number weights."""
    return weight if teller.namer.numbers_weights else unicode(teller.name(weight))


def _firsts(graph: Graph) -> tuple[Neuron, ...]:
    return tuple(neurons[0] for layer in graph.at for neurons in layer.values())


def _reached(start: Lit, edges: Sequence[Edge]) -> Iterator[Spot]:
    """What one starts from, and every node and arrow that one comes to from there."""
    yield from start
    reached = [spot if isinstance(spot, str) else spot[1] for spot in start]
    for node in reached:
        yield node
        for edge in edges:
            if edge.source == node:
                yield (edge.source, edge.target)
                if edge.target not in reached:
                    reached.append(edge.target)
