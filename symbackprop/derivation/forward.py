"""The families of the forward pass: what is given, the neurons layer by layer, the errors and the penalties."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.families import Family, numbered, one
from symbackprop.derivation.graph import (
    DATA_ERROR,
    LEARNING_RATE,
    TOTAL_ERROR,
    Graph,
    Kind,
    Neuron,
    bend_of,
    biases_of,
    data_error,
    error_of,
    initial_states,
    inputs_at,
    sample_error,
    target_of,
)
from symbackprop.derivation.keys import (
    AddUp,
    Compare,
    Norm,
    Penalty,
    Softmax,
    Squash,
    WeightedSum,
)
from symbackprop.functions import Activation, Loss
from symbackprop.network import Rule

THRESHOLD = "kappa"
L1_STRENGTH, L2_STRENGTH = "lambda1", "lambda2"
L1_PENALTY, L2_PENALTY = "E_l1", "E_l2"

SETTINGS: dict[Rule, tuple[str, ...]] = {
    Rule.SGD: (),
    Rule.MOMENTUM: ("mu",),
    Rule.NESTEROV: ("mu",),
    Rule.RMSPROP: ("rho", "epsilon"),
    Rule.ADAM: ("beta1", "beta2", "epsilon"),
    Rule.ADAMW: ("beta1", "beta2", "epsilon", "lambda"),
}
"""The ids of each optimizer's settings."""


def forward_families(graph: Graph) -> Iterator[Family]:
    """Everything that is given, and everything up to the total error, each after all that it uses."""
    shape = graph.shape
    for instant in graph.instants:
        yield _given(tuple(inputs_at(shape, instant)), Kind.INPUT)
    yield _given(tuple(target_of(neuron) for neuron in graph.judged), Kind.TARGET)
    yield _given((LEARNING_RATE,), Kind.LEARNING_RATE)
    if settings := tuple(_settings(graph)):
        yield _given(settings, Kind.SETTING)
    for depth, layer in enumerate(graph.layers):
        yield from _layer(graph, depth, layer)
    for neuron in graph.judged:
        slots = {"target": target_of(neuron), "out": neuron.out, **threshold(graph)}
        yield one(error_of(neuron), Kind.ERROR, Compare(shape.loss), slots)
    yield from _errors(graph)


def _given(ids: tuple[str, ...], kind: Kind) -> Family:
    return Family(kind=kind, ids=ids, pattern=None)


def _settings(graph: Graph) -> Iterator[str]:
    shape = graph.shape
    yield from SETTINGS[shape.rule]
    if shape.loss is Loss.HUBER:
        yield THRESHOLD
    if shape.l1:
        yield L1_STRENGTH
    if shape.l2:
        yield L2_STRENGTH
    yield from (bend_of(depth) for depth, layer in enumerate(shape.layers) if layer.bent)


def threshold(graph: Graph) -> dict[str, str]:
    """The slot of the huber loss's threshold, where that is the loss."""
    return {"kappa": THRESHOLD} if graph.shape.loss is Loss.HUBER else {}


def bend(graph: Graph, depth: int) -> dict[str, str]:
    """The slot of an activation's own number, where it has one."""
    return {"alpha": bend_of(depth)} if graph.shape.layers[depth].bent else {}


def _layer(graph: Graph, depth: int, layer: tuple[Neuron, ...]) -> Iterator[Family]:
    for neuron in layer:
        yield _given(neuron.weight_ids, Kind.WEIGHT)
    if biases := biases_of(layer):
        yield _given(biases, Kind.BIAS)
    shape = graph.shape.layers[depth]
    if shape.recurrent:
        for sample in range(graph.shape.samples):
            yield _given(initial_states(graph.shape, depth, sample), Kind.STATE)
    for neurons in graph.at[depth].values():
        for neuron in neurons:
            pattern = WeightedSum(inputs=len(neuron.sources), bias=neuron.bias is not None)
            yield one(neuron.net, Kind.NET, pattern, neuron.sum_slots)
            if shape.activation is not Activation.SOFTMAX:
                slots = {"net": neuron.net, **bend(graph, depth)}
                yield one(neuron.out, Kind.OUT, Squash(shape.activation), slots)
        if shape.activation is Activation.SOFTMAX:
            nets = numbered("net", tuple(neuron.net for neuron in neurons))
            for index, neuron in enumerate(neurons, start=1):
                yield one(neuron.out, Kind.OUT, Softmax(len(neurons), index), nets)


def _errors(graph: Graph) -> Iterator[Family]:
    shape = graph.shape
    samples = tuple(range(shape.samples))
    for sample in samples:
        kind = Kind.SAMPLE_ERROR if shape.samples > 1 or shape.penalized else Kind.TOTAL_ERROR
        own = tuple(error_of(neuron) for neuron in judged_of(graph, sample))
        pattern = AddUp(len(own), shape.divisor)
        yield one(sample_error(shape, sample), kind, pattern, numbered("e", own))
    if shape.samples > 1:
        kind = Kind.SAMPLE_ERROR if shape.penalized else Kind.TOTAL_ERROR
        pattern = AddUp(shape.samples, shape.batch_divisor)
        errors = tuple(sample_error(shape, sample) for sample in samples)
        yield one(data_error(shape), kind, pattern, numbered("e", errors))
    if shape.penalized:
        yield from _penalties(graph)


def judged_of(graph: Graph, sample: int) -> tuple[Neuron, ...]:
    """The output neurons of one sample at every time step that has a target."""
    return graph.judged_in[sample]


def _penalties(graph: Graph) -> Iterator[Family]:
    weights = tuple(weight for neuron in graph.neurons() for weight in neuron.weight_ids)
    terms = [DATA_ERROR]
    norms = ((graph.shape.l1, Norm.L1, L1_PENALTY, L1_STRENGTH), (graph.shape.l2, Norm.L2, L2_PENALTY, L2_STRENGTH))
    for present, norm, penalty, strength in norms:
        if present:
            slots = numbered("w", weights) | {"lambda": strength}
            yield one(penalty, Kind.PENALTY, Penalty(norm, len(weights)), slots)
            terms.append(penalty)
    yield one(TOTAL_ERROR, Kind.TOTAL_ERROR, AddUp(len(terms)), numbered("e", tuple(terms)))
