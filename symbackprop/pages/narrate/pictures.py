"""The drawings of a walkthrough: the network with its numbers, the paths of a chain rule, the error's curve."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.derive import DECIMALS
from symbackprop.derivation.graph import TOTAL_ERROR, Neuron, error_of, target_of
from symbackprop.derivation.steps import by
from symbackprop.pages.figures import (
    Drawing,
    Edge,
    Factor,
    Mark,
    Node,
    NodeShape,
    draw_curve,
    draw_network,
    write_numbers,
)
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.layout import Layout
from symbackprop.typeset.unicode import unicode


def network_picture(teller: Teller) -> Drawing:
    """The network with every number that it starts from."""
    graph = teller.derivation.graph
    columns = [_input_column(teller)]
    for layer in graph.layers:
        columns[-1].extend(_bias_nodes(teller, layer))
        columns.append([Node(key=it.name, label=teller.neuron_name(it), shape=NodeShape.NEURON) for it in layer])
    targets = [
        Node(
            key=target_of(neuron),
            label=teller.name(target_of(neuron)),
            detail=teller.value(target_of(neuron)),
            shape=NodeShape.TARGET,
        )
        for neuron in graph.outputs
    ]
    numbered = shows_numbers(teller)
    edges = [
        Edge(source=source, target=neuron.name, label=teller.equality(weight) if numbered else None)
        for neuron in graph.neurons()
        for source, weight in _incoming(neuron)
    ]
    edges.extend(Edge(source=neuron.name, target=target_of(neuron)) for neuron in graph.outputs)
    return draw_network(
        columns=[*columns, targets],
        edges=[*edges, *_bias_edges(teller)],
        description=teller.phrases.plain("picture.network"),
    )


_MOST_NUMBERED_WEIGHTS = 24


def shows_numbers(teller: Teller) -> bool:
    """Whether the network's picture has room for its weights: of many, the table that follows is easier to read."""
    return sum(len(neuron.weights) for neuron in teller.derivation.graph.neurons()) <= _MOST_NUMBERED_WEIGHTS


def path_picture(teller: Teller, weight: str) -> Drawing:
    """The network from inputs to the total error, the paths of one weight lit, with its factors beside them."""
    graph = teller.derivation.graph
    start = next(neuron for neuron in graph.neurons() if any(own == weight for own, _ in neuron.weights))
    source = next(source for source, own in _incoming(start) if own == weight)
    columns = [[Node(key=id_, label=teller.name(id_), shape=NodeShape.INPUT) for id_ in graph.inputs]]
    columns.extend([_split_neuron(teller, neuron) for neuron in layer] for layer in graph.layers)
    columns.append(
        [Node(key=error_of(it), label=teller.name(error_of(it)), shape=NodeShape.ERROR) for it in graph.outputs]
    )
    columns.append([Node(key=TOTAL_ERROR, label=teller.name(TOTAL_ERROR), shape=NodeShape.TOTAL)])
    lit = frozenset(_lit(teller, start, source))
    edges = [
        Edge(source=origin, target=neuron.name, label=teller.name(own) if (origin, neuron.name) in lit else None)
        for neuron in graph.neurons()
        for origin, own in _incoming(neuron)
    ]
    edges.extend(Edge(source=neuron.name, target=error_of(neuron)) for neuron in graph.outputs)
    edges.extend(Edge(source=error_of(neuron), target=TOTAL_ERROR) for neuron in graph.outputs)
    return draw_network(
        columns=columns,
        edges=edges,
        description=teller.phrases.plain("picture.path", weight=_in_words(teller, weight)),
        lit=lit,
        factors=list(_factors(teller, start, weight, source)),
    )


def _in_words(teller: Teller, weight: str) -> str:
    """A weight in a text that is read aloud: its id, unless the notation doesn't number weights."""
    return weight if teller.namer.numbers_weights else unicode(teller.name(weight))


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
    return [
        Node(key=id_, label=teller.name(id_), detail=teller.value(id_), shape=NodeShape.INPUT)
        for id_ in teller.derivation.graph.inputs
    ]


def _split_neuron(teller: Teller, neuron: Neuron) -> Node:
    return Node(key=neuron.name, label=teller.name(neuron.net), detail=teller.name(neuron.out), shape=NodeShape.NEURON)


def _bias_nodes(teller: Teller, layer: tuple[Neuron, ...]) -> Iterator[Node]:
    for bias in dict.fromkeys(neuron.bias for neuron in layer if neuron.bias is not None):
        yield Node(key=bias, label=teller.name(bias), detail=teller.value(bias), shape=NodeShape.BIAS)


def _bias_edges(teller: Teller) -> Iterator[Edge]:
    for bias, fed in teller.derivation.graph.shared_biases.items():
        for neuron in fed:
            yield Edge(source=bias, target=neuron.name)


def _incoming(neuron: Neuron) -> Iterator[tuple[str, str]]:
    """The node from which each of a neuron's weights comes, and the weight."""
    for weight, source in neuron.weights:
        yield source.removeprefix("out_"), weight


def _lit(teller: Teller, start: Neuron, source: str) -> Iterator[str | tuple[str, str]]:
    """Every node and edge on a path from the weight to the total error."""
    layers = teller.derivation.graph.layers
    depth = next(number for number, layer in enumerate(layers) if start in layer)
    yield (source, start.name)
    reached: tuple[Neuron, ...] = (start,)
    for layer in (*layers[depth + 1 :], ()):
        yield from (neuron.name for neuron in reached)
        yield from ((lower.name, upper.name) for lower in reached for upper in layer)
        reached = layer or reached
    for neuron in reached:
        yield error_of(neuron)
        yield (neuron.name, error_of(neuron))
        yield (error_of(neuron), TOTAL_ERROR)
    yield TOTAL_ERROR


def _factors(teller: Teller, start: Neuron, weight: str, source: str) -> Iterator[Factor]:
    """What is multiplied along the paths, each factor where its two quantities meet."""
    graph = teller.derivation.graph
    yield Factor(at=(source, start.name), label=teller.name(by(start.net, weight)))
    yield Factor(at=start.name, label=teller.name(by(start.out, start.net)))
    if start in graph.outputs:
        yield Factor(at=(start.name, error_of(start)), label=teller.name(by(TOTAL_ERROR, start.out)))
    elif len(graph.layers) > 1 and start in graph.layers[-2]:
        for upper in graph.outputs:
            yield Factor(at=(start.name, upper.name), label=teller.name(by(upper.net, start.out)))
            yield Factor(at=upper.name, label=teller.name(by(upper.out, upper.net)))
            yield Factor(at=(upper.name, error_of(upper)), label=teller.name(by(error_of(upper), upper.out)))
    else:
        above = next(upper for layer, upper in zip(graph.layers, graph.layers[1:], strict=False) if start in layer)
        for upper in above:
            yield Factor(at=(start.name, upper.name), label=teller.name(by(upper.net, start.out)))
