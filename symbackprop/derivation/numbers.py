"""The numbers that a network gives to the steps of its plan, by their ids."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symbackprop.derivation.forward import L1_STRENGTH, L2_STRENGTH, SETTINGS, THRESHOLD
from symbackprop.derivation.graph import LEARNING_RATE, Graph, bend_of, biases_of, initial_states, inputs_at, target_of
from symbackprop.derivation.updates import POWERS, state_families
from symbackprop.network import Given, Layer, Network, Optimizer

_ZERO = Given(exact=Fraction(0), typed="0")
_ONE = Given(exact=Fraction(1), typed="1")


def given_numbers(graph: Graph, network: Network) -> dict[str, Given]:
    """Every given number: samples, settings, parameters, initial states, and the optimizer's state before round 1."""
    numbers: dict[str, Given] = {}
    for instant in graph.instants:
        inputs = network.samples[instant.sample].inputs[instant.step]
        numbers.update(zip(inputs_at(graph.shape, instant), inputs, strict=True))
    numbers.update(zip(map(target_of, graph.judged), _targets(network), strict=True))
    numbers.update(_settings(network))
    for depth, layer in enumerate(network.layers):
        numbers.update(_parameters(graph, depth, layer))
    for family in state_families(graph):
        numbers.update(dict.fromkeys(family.ids, _ONE if family.ids == POWERS else _ZERO))
    return numbers


def _targets(network: Network) -> Iterator[Given]:
    for sample in network.samples:
        for vector in sample.targets:
            yield from vector


def _settings(network: Network) -> Iterator[tuple[str, Given]]:
    training = network.training
    found = {
        LEARNING_RATE: training.learning_rate,
        THRESHOLD: training.threshold,
        L1_STRENGTH: training.l1,
        L2_STRENGTH: training.l2,
        **{bend_of(depth): layer.bend for depth, layer in enumerate(network.layers)},
        **_optimizer(training.optimizer),
    }
    yield from ((id_, number) for id_, number in found.items() if number is not None)


def _optimizer(optimizer: Optimizer) -> dict[str, Given | None]:
    known = {
        "mu": optimizer.momentum,
        "rho": optimizer.smoothing,
        "beta1": optimizer.beta1,
        "beta2": optimizer.beta2,
        "epsilon": optimizer.epsilon,
        "lambda": optimizer.decay,
    }
    return {id_: known[id_] for id_ in SETTINGS[optimizer.rule]}


def _parameters(graph: Graph, depth: int, layer: Layer) -> Iterator[tuple[str, Given]]:
    neurons = graph.layers[depth]
    recurrent = layer.recurrent_weights or ((),) * len(neurons)
    for neuron, row, own in zip(neurons, layer.weights, recurrent, strict=True):
        yield from zip(neuron.weight_ids, (*row, *own), strict=True)
    biases = layer.biases
    if biases is not None:
        numbers = (biases,) if isinstance(biases, Given) else biases
        yield from zip(biases_of(neurons), numbers, strict=True)
    if layer.recurrent_weights is not None:
        before = layer.initial_state or (_ZERO,) * len(neurons)
        for sample in range(graph.shape.samples):
            yield from zip(initial_states(graph.shape, depth, sample), before, strict=True)
