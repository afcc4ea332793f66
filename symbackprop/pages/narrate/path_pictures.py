"""The network from its inputs to its error, with the paths of one weight lit and its factors beside them.

A neuron is drawn as one disc, its net input and its output in the two halves. In a softmax layer each net input moves
every output, so there they are two columns with edges between all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.derivation.backward import paths_lead_to_errors
from symbackprop.derivation.graph import Neuron, error_of
from symbackprop.derivation.steps import by
from symbackprop.functions import Activation
from symbackprop.pages.figures import Drawing, Edge, Factor, Look, Node, NodeShape, Spot, draw_network_looks
from symbackprop.pages.narrate.scope import activation_of, depth_of
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.unicode import unicode

Lit = frozenset[Spot]
"""What stands out in a picture: nodes by their keys, edges by the keys of their ends."""


def path_picture(teller: Teller, weight: str) -> Drawing:
    """The paths of one weight."""
    (drawing,) = drawn_looks(teller, (walked(teller, weight, paths_of(teller, weight)),))
    return drawing


def walked(teller: Teller, weight: str, so_far: Lit) -> Look:
    """The paths of one weight while they are walked: what wasn't walked yet is pale."""
    start, source = _ends(teller, weight)
    return Look(
        description=teller.phrases.plain("picture.path", weight=_in_words(teller, weight)),
        lit=so_far,
        named=paths_of(teller, weight),
        factors=tuple(_factors(teller, start, weight, source)),
    )


def paths_of(teller: Teller, weight: str) -> Lit:
    """Every node and edge on a path from a weight to the error."""
    start, source = _ends(teller, weight)
    return frozenset(_lit(teller, start, source))


def entrance(teller: Teller, weight: str) -> tuple[str, str]:
    """The edge of a weight."""
    start, source = _ends(teller, weight)
    return source, start.name


def _ends(teller: Teller, weight: str) -> tuple[Neuron, str]:
    """The neuron that a weight leads into, and the node that it comes from."""
    start = next(neuron for neuron in teller.graph.neurons() if weight in neuron.weight_ids)
    return start, next(source for source, own in incoming(teller, start) if own == weight)


def drawn_looks(teller: Teller, looks: Sequence[Look]) -> tuple[Drawing, ...]:
    """The network from its inputs to the error, once for each look; nothing moves from one to the next."""
    graph = teller.graph
    columns = [[Node(key=id_, label=teller.name(id_), shape=NodeShape.INPUT) for id_ in graph.inputs]]
    for layer in graph.layers:
        columns.extend(_columns(teller, layer))
    columns.append(
        [Node(key=error_of(it), label=teller.name(error_of(it)), shape=NodeShape.ERROR) for it in graph.outputs]
    )
    columns.append([Node(key=teller.error, label=teller.name(teller.error), shape=NodeShape.TOTAL)])
    edges = [
        Edge(source=origin, target=neuron.name, label=teller.name(own))
        for neuron in graph.neurons()
        for origin, own in incoming(teller, neuron)
    ]
    for layer in graph.layers:
        edges.extend(Edge(source=of, target=to) for neuron in layer for of, to in within(teller, neuron, layer))
    edges.extend(Edge(source=exit_of(teller, neuron), target=error_of(neuron)) for neuron in graph.outputs)
    edges.extend(Edge(source=error_of(neuron), target=teller.error) for neuron in graph.outputs)
    return draw_network_looks(columns=columns, edges=edges, looks=looks)


def _in_words(teller: Teller, weight: str) -> str:
    """A weight in a text that is read aloud: its id, unless the notation doesn't number weights."""
    return weight if teller.namer.numbers_weights else unicode(teller.name(weight))


def _columns(teller: Teller, layer: tuple[Neuron, ...]) -> Iterator[list[Node]]:
    if not _is_softmax(teller, layer[0]):
        yield [
            Node(key=it.name, label=teller.name(it.net), detail=teller.name(it.out), shape=NodeShape.NEURON)
            for it in layer
        ]
        return
    yield [Node(key=it.name, label=teller.name(it.net), shape=NodeShape.NEURON) for it in layer]
    yield [Node(key=exit_of(teller, it), label=teller.name(it.out), shape=NodeShape.NEURON) for it in layer]


def _is_softmax(teller: Teller, neuron: Neuron) -> bool:
    return activation_of(teller.graph, neuron) is Activation.SOFTMAX


def exit_of(teller: Teller, neuron: Neuron) -> str:
    """The node that shows a neuron's output."""
    return neuron.out if _is_softmax(teller, neuron) else neuron.name


def within(teller: Teller, neuron: Neuron, layer: tuple[Neuron, ...]) -> Iterator[tuple[str, str]]:
    """The edges from a net input to the outputs that it moves, where these have nodes of their own."""
    if _is_softmax(teller, neuron):
        yield from ((neuron.name, exit_of(teller, it)) for it in layer)


def incoming(teller: Teller, neuron: Neuron) -> Iterator[tuple[str, str]]:
    """The node from which each of a neuron's weights comes, and the weight."""
    depth = depth_of(teller.graph, neuron)
    exits = {} if depth == 0 else {it.out: exit_of(teller, it) for it in teller.graph.layers[depth - 1]}
    for weight, source in neuron.weights:
        yield exits.get(source, source), weight


def _lit(teller: Teller, start: Neuron, source: str) -> Iterator[str | tuple[str, str]]:
    """Every node and edge on a path from the weight to the error."""
    layers = teller.graph.layers
    depth = depth_of(teller.graph, start)
    yield (source, start.name)
    reached: tuple[Neuron, ...] = (start,)
    for here, above in zip(layers[depth:], (*layers[depth + 1 :], ()), strict=True):
        yield from (neuron.name for neuron in reached)
        for neuron in reached:
            yield from within(teller, neuron, here)
        left = here if _is_softmax(teller, start if reached == (start,) else here[0]) else reached
        yield from (exit_of(teller, neuron) for neuron in left)
        yield from ((exit_of(teller, lower), upper.name) for lower in left for upper in above)
        reached = above or left
    for neuron in reached:
        yield error_of(neuron)
        yield (exit_of(teller, neuron), error_of(neuron))
        yield (error_of(neuron), teller.error)
    yield teller.error


def _factors(teller: Teller, start: Neuron, weight: str, source: str) -> Iterator[Factor]:
    """What is multiplied along the paths, each factor where its two quantities meet."""
    graph = teller.graph
    depth = depth_of(graph, start)
    layer = graph.layers[depth]
    yield Factor(at=(source, start.name), label=teller.name(by(start.net, weight)))
    if _is_softmax(teller, start):
        for it in layer:
            yield Factor(at=(start.name, exit_of(teller, it)), label=teller.name(by(it.out, start.net)))
            if layer is graph.layers[-1]:
                yield Factor(at=(exit_of(teller, it), error_of(it)), label=teller.name(by(teller.error, it.out)))
        return
    yield Factor(at=start.name, label=teller.name(by(start.out, start.net)))
    if start in graph.outputs:
        yield Factor(at=(start.name, error_of(start)), label=teller.name(by(teller.error, start.out)))
        return
    to_errors = depth + 2 == len(graph.layers) and paths_lead_to_errors(graph)
    for upper in graph.layers[depth + 1]:
        yield Factor(at=(start.name, upper.name), label=teller.name(by(upper.net, start.out)))
        if to_errors:
            yield Factor(at=upper.name, label=teller.name(by(upper.out, upper.net)))
            yield Factor(at=(upper.name, error_of(upper)), label=teller.name(by(error_of(upper), upper.out)))
