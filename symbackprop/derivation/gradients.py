"""The families of gradients: each weight's and bias's share at each instant, and what the shares add up to."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.families import Family, by, one
from symbackprop.derivation.forward import L1_STRENGTH, L2_STRENGTH
from symbackprop.derivation.graph import (
    TOTAL_ERROR,
    Graph,
    Instant,
    Kind,
    Neuron,
    biases_of,
    data_error,
    sample_error,
)
from symbackprop.derivation.keys import (
    BiasGradient,
    DeltaBiasGradient,
    DeltaGradient,
    Gradient,
    SumByBias,
    SumByWeight,
    SumOfShares,
    WeightedSum,
    WithPenalty,
)
from symbackprop.functions import Activation


def layer_gradients(graph: Graph, depth: int) -> Iterator[Family]:
    """The gradients of all weights into a layer, neuron by neuron, then of its biases if they learn."""
    for index, neuron in enumerate(graph.layers[depth]):
        for instant in graph.at[depth]:
            yield from _weights_at(graph, depth, graph.at[depth][instant][index])
        yield from _sums(graph, depth, neuron.weight_ids)
        if graph.shape.penalized:
            yield _with_penalty(graph, neuron.weight_ids)
    if graph.shape.update_biases and (biases := biases_of(graph.layers[depth])):
        for instant in graph.at[depth]:
            yield from _biases_at(graph, depth, instant)
        yield from _sums(graph, depth, biases)
        if graph.shape.penalized:
            ids = tuple(by(data_error(graph.shape), bias) for bias in biases)
            whole = tuple(by(TOTAL_ERROR, bias) for bias in biases)
            pattern = WithPenalty(l1=False, l2=False)
            yield Family(kind=Kind.GRADIENT, ids=whole, pattern=pattern, each={"gradient": ids}, same=ids)


def share_of(graph: Graph, depth: int, instant: Instant, parameter: str) -> str:
    """The id of what one instant adds to a parameter's gradient; the gradient itself where it is the only one."""
    error = sample_error(graph.shape, instant.sample)
    return by(error, parameter + (instant.mark if _is_unrolled(graph, depth) else ""))


def _is_unrolled(graph: Graph, depth: int) -> bool:
    return len(graph.at[depth]) > graph.shape.samples


def _weights_at(graph: Graph, depth: int, neuron: Neuron) -> Iterator[Family]:
    error = sample_error(graph.shape, neuron.instant.sample)
    local = tuple(by(neuron.net, weight) for weight in neuron.weight_ids)
    pattern = SumByWeight(WeightedSum(inputs=len(neuron.sources), bias=neuron.bias is not None), 1)
    yield Family(kind=Kind.FACTOR, ids=local, pattern=pattern, slots=neuron.sum_slots, same=neuron.sources)
    # As `share_of` names them, each.
    mark = neuron.instant.mark if _is_unrolled(graph, depth) else ""
    ids = tuple(by(error, weight + mark) for weight in neuron.weight_ids)
    delta = f"delta_{neuron.name}{neuron.instant.mark}"
    each = {"f3": local, "x": neuron.sources}
    if graph.shape.layers[depth].activation is Activation.SOFTMAX:
        yield Family(kind=Kind.GRADIENT, ids=ids, pattern=DeltaGradient(), slots={"delta": delta}, each=each)
        return
    common = {"f1": by(error, neuron.out), "f2": by(neuron.out, neuron.net), "delta": delta}
    yield Family(kind=Kind.GRADIENT, ids=ids, pattern=Gradient(), slots=common, each=each)


def _biases_at(graph: Graph, depth: int, instant: Instant) -> Iterator[Family]:
    softmax = graph.shape.layers[depth].activation is Activation.SOFTMAX
    fed: dict[str, list[Neuron]] = {}
    for neuron in graph.at[depth][instant]:
        assert neuron.bias is not None
        fed.setdefault(neuron.bias, []).append(neuron)
    for bias, neurons in fed.items():
        slots: dict[str, str] = {}
        for number, neuron in enumerate(neurons, start=1):
            pattern = SumByBias(WeightedSum(inputs=len(neuron.sources), bias=True))
            yield one(by(neuron.net, bias), Kind.FACTOR, pattern, neuron.sum_slots)
            if not softmax:
                slots[f"f1_{number}"] = by(sample_error(graph.shape, instant.sample), neuron.out)
                slots[f"f2_{number}"] = by(neuron.out, neuron.net)
            slots[f"f3_{number}"] = by(neuron.net, bias)
            slots[f"delta{number}"] = f"delta_{neuron.name}{instant.mark}"
        chain = DeltaBiasGradient(len(neurons)) if softmax else BiasGradient(len(neurons))
        yield one(share_of(graph, depth, instant, bias), Kind.GRADIENT, chain, slots)


def _sums(graph: Graph, depth: int, parameters: tuple[str, ...]) -> Iterator[Family]:
    """What the shares add up to: over the time steps of each sample, then over the samples."""
    shape = graph.shape
    if _is_unrolled(graph, depth):
        for sample in range(shape.samples):
            instants = graph.instants_in[depth][sample]
            shares = tuple(
                tuple(share_of(graph, depth, instant, parameter) for parameter in parameters) for instant in instants
            )
            ids = tuple(by(sample_error(shape, sample), parameter) for parameter in parameters)
            pattern = SumOfShares(len(instants))
            yield Family(kind=Kind.GRADIENT, ids=ids, pattern=pattern, each=_numbered_shares(shares))
    if shape.samples > 1:
        shares = tuple(
            tuple(by(sample_error(shape, sample), parameter) for parameter in parameters)
            for sample in range(shape.samples)
        )
        ids = tuple(by(data_error(shape), parameter) for parameter in parameters)
        pattern = SumOfShares(shape.samples, shape.batch_divisor)
        yield Family(kind=Kind.GRADIENT, ids=ids, pattern=pattern, each=_numbered_shares(shares))


def _numbered_shares(shares: tuple[tuple[str, ...], ...]) -> dict[str, tuple[str, ...]]:
    return {f"s{number}": ids for number, ids in enumerate(shares, start=1)}


def _with_penalty(graph: Graph, weights: tuple[str, ...]) -> Family:
    shape = graph.shape
    slots = ({"lambda1": L1_STRENGTH} if shape.l1 else {}) | ({"lambda2": L2_STRENGTH} if shape.l2 else {})
    each = {"gradient": tuple(by(data_error(shape), weight) for weight in weights), "w": weights}
    ids = tuple(by(TOTAL_ERROR, weight) for weight in weights)
    return Family(kind=Kind.GRADIENT, ids=ids, pattern=WithPenalty(l1=shape.l1, l2=shape.l2), slots=slots, each=each)
