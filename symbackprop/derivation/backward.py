"""The families of the backward pass, layer by layer from the outputs down, each layer with its updates.

A layer's updates stand before the layer below only as a matter of order; unless the network asks for the mistake
(`hidden_gradients = "updated"`), nothing but the next round uses them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbackprop.derivation.families import Family, by, numbered, one, updated
from symbackprop.derivation.forward import bend, judged_of, threshold
from symbackprop.derivation.gradients import layer_gradients
from symbackprop.derivation.graph import Graph, Instant, Kind, Neuron, error_of, sample_error, target_of
from symbackprop.derivation.keys import (
    BackwardPattern,
    Chain,
    ErrorByOut,
    HiddenDelta,
    OutputDelta,
    Paths,
    PathsToErrors,
    SameAs,
    SoftmaxByNet,
    SoftmaxDelta,
    SquashByNet,
    SumByInput,
    TotalByOut,
    UpdatedWeight,
    WeightedSum,
)
from symbackprop.derivation.updates import layer_updates, next_powers
from symbackprop.functions import Activation, Loss
from symbackprop.network import HiddenGradients


def backward_families(graph: Graph) -> Iterator[Family]:
    """All derivatives and all updates of one round, each after all that it uses."""
    yield from next_powers(graph)
    for depth in reversed(range(len(graph.layers))):
        for sample in range(graph.shape.samples):
            # One dictionary for all outputs of a sample: it is as long as they are many.
            compared = _compared(graph, sample) if depth == len(graph.layers) - 1 else {}
            for instant in reversed(graph.instants_in[depth][sample]):
                yield from _layer(graph, depth, graph.at[depth][instant], compared)
        yield from layer_gradients(graph, depth)
        yield from layer_updates(graph, depth)


def _compared(graph: Graph, sample: int) -> Mapping[str, str]:
    """The slots of the sum of a sample's errors."""
    judged = judged_of(graph, sample)
    outs = tuple(neuron.out for neuron in judged)
    return numbered("target", tuple(map(target_of, judged))) | numbered("out", outs) | threshold(graph)


def error_at(graph: Graph, instant: Instant) -> str:
    """The id of the error that the derivatives of a sample are derivatives of."""
    return sample_error(graph.shape, instant.sample)


def delta_of(neuron: Neuron) -> str:
    """The id of a neuron's delta: the error by its net input."""
    return f"delta_{neuron.name}{neuron.instant.mark}"


def paths_lead_to_errors(graph: Graph) -> bool:
    """Whether each output's own error can carry the paths back, as it does while the total is their plain sum."""
    shape = graph.shape
    plain = shape.divisor == 1 and shape.steps == 1
    return plain and shape.layers[-1].activation is not Activation.SOFTMAX


def _layer(graph: Graph, depth: int, neurons: tuple[Neuron, ...], compared: Mapping[str, str]) -> Iterator[Family]:
    """A layer at one instant; `compared` are the slots of its sample's errors, where it is the last layer."""
    takers = tuple(_takers(graph, depth, neurons[0].instant))
    yield from _steps_back(graph, neurons, takers)
    instant = neurons[0].instant
    is_output = depth == len(graph.layers) - 1
    direct = is_output and instant.step >= graph.shape.steps - graph.shape.targets
    softmax = graph.shape.layers[depth].activation is Activation.SOFTMAX
    if direct and takers:
        for neuron in neurons:
            yield _error_by_out(graph, neuron)
    for index, neuron in enumerate(neurons, start=1):
        returning = _returning(graph, depth, index, neuron, takers) if takers else {}
        if direct and not takers:
            yield _total_by_out(graph, neuron, index, compared)
        else:
            yield from _over_paths(graph, depth, neuron, takers, returning)
        if not softmax:
            slots = {"net": neuron.net, "out": neuron.out, **bend(graph, depth)}
            yield _factor(by(neuron.out, neuron.net), SquashByNet(graph.shape.layers[depth].activation), slots)
            yield _delta(graph, depth, neuron, takers, returning)
            yield _same_as_delta(graph, neuron)
            if direct and not takers and paths_lead_to_errors(graph):
                yield _error_by_out(graph, neuron)
                factors = {"f1": by(error_of(neuron), neuron.out), "f2": by(neuron.out, neuron.net)}
                yield _factor(by(error_of(neuron), neuron.net), Chain(2), factors)
    if softmax:
        yield from _softmax_deltas(graph, neurons, direct=direct)


_Taker = tuple[Neuron, int, bool]
"""A neuron that takes a layer's outputs in, where they begin among its inputs, and whether it is of the same layer."""


def _takers(graph: Graph, depth: int, instant: Instant) -> Iterator[_Taker]:
    """The neurons that take in what a layer puts out at an instant: above, and in the same layer one step later."""
    if depth + 1 < len(graph.at):
        yield from ((neuron, 0, False) for neuron in graph.at[depth + 1].get(instant, ()))
    if graph.shape.layers[depth].recurrent:
        width = graph.shape.layers[depth].neurons
        later = graph.one_step_later(depth, instant)
        yield from ((neuron, len(neuron.sources) - width, True) for neuron in later)


def _steps_back(graph: Graph, neurons: tuple[Neuron, ...], takers: tuple[_Taker, ...]) -> Iterator[Family]:
    """dnet/dout for each neuron of a layer and each that takes it in: the weight between the two."""
    outs = tuple(neuron.out for neuron in neurons)
    for taker, offset, same_layer in takers:
        ids = tuple(by(taker.net, out) for out in outs)
        weights = _weights_back(graph, taker, offset, len(neurons), same_layer=same_layer)
        if _is_mistaken(graph, same_layer=same_layer):
            yield Family(kind=Kind.FACTOR, ids=ids, pattern=UpdatedWeight(), each={"updated": weights}, same=weights)
        else:
            pattern = SumByInput(_sum(taker), offset + 1)
            yield Family(kind=Kind.FACTOR, ids=ids, pattern=pattern, slots=taker.sum_slots, same=weights)


def _is_mistaken(graph: Graph, *, same_layer: bool) -> bool:
    return graph.shape.hidden_gradients is HiddenGradients.UPDATED and not same_layer


def _weights_back(graph: Graph, taker: Neuron, offset: int, count: int, *, same_layer: bool) -> tuple[str, ...]:
    weights = taker.weight_ids[offset : offset + count]
    return tuple(map(updated, weights)) if _is_mistaken(graph, same_layer=same_layer) else weights


def _total_by_out(graph: Graph, neuron: Neuron, position: int, compared: Mapping[str, str]) -> Family:
    shape = graph.shape
    before = neuron.instant.step - (shape.steps - shape.targets)
    index, terms = before * shape.outputs + position, shape.targets * shape.outputs
    pattern = TotalByOut(terms=terms, index=index, loss=shape.loss, divisor=shape.divisor)
    return _factor(by(error_at(graph, neuron.instant), neuron.out), pattern, compared)


def _error_by_out(graph: Graph, neuron: Neuron) -> Family:
    slots = {"target": target_of(neuron), "out": neuron.out, **threshold(graph)}
    return _factor(by(error_of(neuron), neuron.out), ErrorByOut(graph.shape.loss), slots)


def _over_paths(
    graph: Graph, depth: int, neuron: Neuron, takers: tuple[_Taker, ...], returning: dict[str, str]
) -> Iterator[Family]:
    """The error by a neuron's output, which reaches it over every neuron that takes the output in."""
    error = error_at(graph, neuron.instant)
    if depth + 2 == len(graph.layers) and paths_lead_to_errors(graph):
        for taker, _, _ in takers:
            factors = {"f1": by(error_of(taker), taker.net), "f2": by(taker.net, neuron.out)}
            yield _factor(by(error_of(taker), neuron.out), Chain(2), factors)
        paths = numbered("p", tuple(by(error_of(taker), neuron.out) for taker, _, _ in takers))
        yield _factor(by(error, neuron.out), PathsToErrors(len(takers)), paths | returning)
    else:
        ways = numbered("g", tuple(by(taker.net, neuron.out) for taker, _, _ in takers))
        yield _factor(by(error, neuron.out), _paths(graph, depth, neuron, takers), ways | returning)


def _paths(graph: Graph, depth: int, neuron: Neuron, takers: tuple[_Taker, ...]) -> Paths:
    judged = depth == len(graph.layers) - 1 and neuron.instant.step >= graph.shape.steps - graph.shape.targets
    above = sum(not same_layer for _, _, same_layer in takers)
    softmax = above > 0 and graph.shape.layers[depth + 1].activation is Activation.SOFTMAX
    divisor = graph.shape.divisor if judged else 1
    return Paths(len(takers), direct=judged, divisor=divisor, softmax=above if softmax else 0)


def _returning(graph: Graph, depth: int, index: int, neuron: Neuron, takers: tuple[_Taker, ...]) -> dict[str, str]:
    """The deltas of the neurons that take an output in, and the weights that carry them back; its own error, too."""
    deltas = tuple(delta_of(taker) for taker, _, _ in takers)
    weights = []
    for taker, offset, same_layer in takers:
        weight = taker.weight_ids[offset + index - 1]
        weights.append(updated(weight) if _is_mistaken(graph, same_layer=same_layer) else weight)
    slots = numbered("d", deltas) | numbered("v", tuple(weights))
    if _paths(graph, depth, neuron, takers).direct:
        slots["p"] = by(error_of(neuron), neuron.out)
    return slots


def _delta(graph: Graph, depth: int, neuron: Neuron, takers: tuple[_Taker, ...], returning: dict[str, str]) -> Family:
    error, activation = error_at(graph, neuron.instant), graph.shape.layers[depth].activation
    slots = {"f1": by(error, neuron.out), "f2": by(neuron.out, neuron.net), "out": neuron.out, "net": neuron.net}
    slots |= bend(graph, depth)
    if depth == len(graph.layers) - 1 and not takers:
        pattern = OutputDelta(loss=graph.shape.loss, activation=activation, divisor=graph.shape.divisor)
        compared = {"target": target_of(neuron), **threshold(graph)}
        return one(delta_of(neuron), Kind.DELTA, pattern, slots | compared)
    hidden = HiddenDelta(paths=_paths(graph, depth, neuron, takers), activation=activation)
    return one(delta_of(neuron), Kind.DELTA, hidden, slots | returning)


def _same_as_delta(graph: Graph, neuron: Neuron) -> Family:
    delta = delta_of(neuron)
    return Family(
        kind=Kind.FACTOR,
        ids=(by(error_at(graph, neuron.instant), neuron.net),),
        pattern=SameAs(),
        slots={"same": delta},
        same=(delta,),
    )


def _softmax_deltas(graph: Graph, neurons: tuple[Neuron, ...], *, direct: bool) -> Iterator[Family]:
    """In a softmax layer, each net input moves every output: a path over each of them."""
    shape, width = graph.shape, len(neurons)
    outs, nets = (tuple(neuron.out for neuron in neurons), tuple(neuron.net for neuron in neurons))
    slots = numbered("out", outs) | numbered("net", nets)
    for of, out in enumerate(outs, start=1):
        for variable, net in enumerate(nets, start=1):
            yield _factor(by(out, net), SoftmaxByNet(width, of, variable), slots)
    fused = direct and shape.loss is Loss.CROSS_ENTROPY
    for index, neuron in enumerate(neurons, start=1):
        error = error_at(graph, neuron.instant)
        own = numbered("f", tuple(by(error, out) for out in outs))
        own |= numbered("g", tuple(by(out, neuron.net) for out in outs))
        if fused:
            own |= numbered("target", tuple(map(target_of, neurons))) | numbered("out", outs)
        pattern = SoftmaxDelta(width, index, fused, shape.divisor if fused else 1)
        yield one(delta_of(neuron), Kind.DELTA, pattern, own)
        yield _same_as_delta(graph, neuron)


def _sum(neuron: Neuron) -> WeightedSum:
    return WeightedSum(inputs=len(neuron.sources), bias=neuron.bias is not None)


def _factor(id_: str, pattern: BackwardPattern, slots: Mapping[str, str]) -> Family:
    return one(id_, Kind.FACTOR, pattern, slots)
