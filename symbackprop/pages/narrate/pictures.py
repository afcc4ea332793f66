"""The drawings of a walkthrough: the network with its numbers, the paths of a chain rule, the error's curve."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symbackprop.derivation.derive import DECIMALS
from symbackprop.derivation.graph import TOTAL_ERROR, Neuron, target_of
from symbackprop.pages.figures import (
    Drawing,
    Edge,
    Mark,
    Node,
    NodeShape,
    draw_curve,
    draw_network,
    write_numbers,
)
from symbackprop.pages.figures.shapes import MAX_WIDTH
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.layout import Layout


def network_picture(teller: Teller) -> Drawing:
    """The network with every number that it starts from."""
    return _network(teller, lambda it: Node(key=it.name, label=teller.neuron_name(it), shape=NodeShape.NEURON))


_NARROW = 345.0
_SHORT = 3


def picture_to_play_with(teller: Teller) -> Drawing:
    """The network beside a text, with what its neurons give out, too, which may change."""

    def neuron(it: Neuron) -> Node:
        known = teller.graph.shape.samples == 1
        given_out = teller.figured(it.out, teller.derivation.values.shown(it.out, _SHORT)) if known else None
        # A neuron's number stands where an input has its own.
        return Node(key=it.name, label=teller.neuron_name(it), detail=given_out, shape=NodeShape.INPUT)

    return _network(teller, neuron, widest=_NARROW)


def _network(teller: Teller, neuron_node: Callable[[Neuron], Node], widest: float = MAX_WIDTH) -> Drawing:
    graph = teller.graph
    columns = [_input_column(teller)]
    for layer in graph.layers:
        columns[-1].extend(_bias_nodes(teller, layer))
        columns.append([neuron_node(it) for it in layer])
    targets = [
        _given_node(teller, target_of(neuron), neuron.instant.mark, NodeShape.TARGET) for neuron in graph.outputs
    ]
    numbered = shows_numbers(teller)
    edges = [
        Edge(source=source, target=neuron.name, label=teller.equality(weight) if numbered else None)
        for neuron in graph.neurons()
        for source, weight in _incoming(neuron)
    ]
    edges.extend(Edge(source=it.name, target=target_of(it).removesuffix(it.instant.mark)) for it in graph.outputs)
    return draw_network(
        columns=[*columns, targets],
        edges=[*edges, *_bias_edges(teller)],
        description=teller.phrases.plain("picture.network"),
        widest=widest,
    )


_MOST_NUMBERED_WEIGHTS = 24


def shows_numbers(teller: Teller) -> bool:
    """Whether the network's picture has room for its weights: of many, the table that follows is easier to read."""
    return sum(len(neuron.weights) for neuron in teller.graph.neurons()) <= _MOST_NUMBERED_WEIGHTS


def curve_picture(teller: Teller, points: tuple[tuple[int, float], ...], marked: tuple[int, ...]) -> Drawing:
    """The total error over the rounds, with the error written at the marked ones."""
    known = dict(points)
    marks = [Mark(x=rounds, y=known[rounds], label=_error_at(teller, rounds)) for rounds in marked]
    curve = draw_curve(
        points=points,
        description=teller.phrases.plain("picture.curve"),
        x_title=teller.phrases.plain("picture.rounds"),
        y_title=teller.name(TOTAL_ERROR),
        marks=marks,
    )
    return write_numbers(curve, teller.phrases.decimals)


def _error_at(teller: Teller, rounds: int) -> Layout:
    # A drawing has no room for more digits than these, whatever the text shows.
    decimals = min(teller.decimals, DECIMALS)
    return teller.number(teller.derivation.after(rounds).shown(TOTAL_ERROR, decimals).digits)


def _input_column(teller: Teller) -> list[Node]:
    graph = teller.graph
    mark = graph.layers[0][0].instant.mark
    return [_given_node(teller, id_, mark, NodeShape.INPUT) for id_ in graph.inputs]


def _given_node(teller: Teller, id_: str, mark: str, shape: NodeShape) -> Node:
    """An input or a target with its number, which it has none of where there are several samples."""
    detail = None if mark else teller.value(id_)
    key = id_.removesuffix(mark)
    return Node(key=key, label=teller.name(key), detail=detail, shape=shape)


def _bias_nodes(teller: Teller, layer: tuple[Neuron, ...]) -> Iterator[Node]:
    for bias in dict.fromkeys(neuron.bias for neuron in layer if neuron.bias is not None):
        yield Node(key=bias, label=teller.name(bias), detail=teller.value(bias), shape=NodeShape.BIAS)


def _bias_edges(teller: Teller) -> Iterator[Edge]:
    for bias, fed in teller.graph.shared_biases.items():
        for neuron in fed:
            yield Edge(source=bias, target=neuron.name)


def _incoming(neuron: Neuron) -> Iterator[tuple[str, str]]:
    """The node from which each of a neuron's weights comes, and the weight."""
    for weight, source in neuron.weights:
        yield source.removeprefix("out_").removesuffix(neuron.instant.mark), weight
