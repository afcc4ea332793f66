"""The network as a program in doubles, differentiated by HIPS autograd: a third opinion that shares no code with ours.

Samples are the rows of matrices, parameters one flat vector; everything is numpy's broadcasting, no names.
"""

from __future__ import annotations

import math
from typing import Any

import autograd.numpy as np
from autograd import grad
from autograd.extend import defvjp, primitive

from symbackprop.functions import Activation, Loss
from symbackprop.network import Given, Layer, Network, Reduction, Rule
from tests.reference import bias_names, trained, weight_names

erf = primitive(np.vectorize(math.erf, otypes=[float]))
defvjp(erf, lambda _, net: lambda back: back * 2 / np.sqrt(np.pi) * np.exp(-(net**2)))


def parameter_names(network: Network) -> list[str]:
    """The names of the flat vector's entries: layer by layer, each weight in its number's order, then the biases."""
    names: list[str] = []
    for weights, biases in zip(weight_names(network), bias_names(network), strict=True):
        names += [name for row in weights for name in row]
        names += [name for name in dict.fromkeys(biases) if name is not None]
    return names


def initial_vector(network: Network) -> Any:
    """The parameters that the network starts from."""
    found: list[float] = []
    for layer in network.layers:
        recurrent = layer.recurrent_weights or ((),) * len(layer.weights)
        for row, more in zip(layer.weights, recurrent, strict=True):
            found += [float(it.exact) for it in (*row, *more)]
        biases = (layer.biases,) if isinstance(layer.biases, Given) else layer.biases or ()
        found += [float(it.exact) for it in biases]
    return np.array(found)


def total_error(vector: Any, network: Network) -> Any:
    """E_total, penalties and all."""
    blocks = _split(vector, network)
    steps = len(network.samples[0].inputs)
    states = [_initial(layer, len(network.samples)) for layer in network.layers]
    per_sample, training = 0.0, network.training
    for step in range(steps):
        signals = np.array([[float(it.exact) for it in sample.inputs[step]] for sample in network.samples])
        for depth, (layer, (weights, biases)) in enumerate(zip(network.layers, blocks, strict=True)):
            if layer.recurrent_weights is not None:
                signals = np.concatenate([signals, states[depth]], axis=1)
            bend = None if layer.bend is None else float(layer.bend.exact)
            signals = states[depth] = _activate(layer.activation, np.dot(signals, weights.T) + biases, bend)
        first = steps - len(network.samples[0].targets)
        if step >= first:
            rows = [sample.targets[step - first] for sample in network.samples]
            targets = np.array([[float(it.exact) for it in row] for row in rows])
            per_sample = per_sample + np.sum(_errors(network, targets, signals), axis=1)
    if training.reductions.outputs is Reduction.MEAN and training.loss is not Loss.CROSS_ENTROPY:
        per_sample = per_sample / len(network.layers[-1].weights)
    if training.reductions.steps is Reduction.MEAN:
        per_sample = per_sample / len(network.samples[0].targets)
    data = np.mean(per_sample) if training.reductions.batch is Reduction.MEAN else np.sum(per_sample)
    for weights, _ in blocks:
        if training.l1 is not None:
            data = data + float(training.l1.exact) * np.sum(np.abs(weights))
        if training.l2 is not None:
            data = data + float(training.l2.exact) / 2 * np.sum(weights**2)
    return data


def gradient(network: Network, vector: Any) -> Any:
    """The slopes of E_total by the entries of the vector."""
    return grad(total_error)(vector, network)


def trained_vector(network: Network, rounds: int) -> Any:
    """The parameters after some rounds of the network's optimizer."""
    vector = initial_vector(network)
    learns = np.array([name in set(trained(network)) for name in parameter_names(network)])
    first, second = np.zeros_like(vector), np.zeros_like(vector)
    for round_ in range(1, rounds + 1):
        slopes = gradient(network, vector)
        moved, first, second = _optimize(network, vector, slopes, (first, second), round_)
        vector = np.where(learns, moved, vector)
    return vector


def by_name(network: Network, vector: Any) -> dict[str, float]:
    """The entries of the vector by their names."""
    return dict(zip(parameter_names(network), map(float, vector), strict=True))


def _split(vector: Any, network: Network) -> list[tuple[Any, Any]]:
    blocks, start = [], 0
    for layer in network.layers:
        neurons, columns = len(layer.weights), len(layer.weights[0])
        columns += 0 if layer.recurrent_weights is None else neurons
        weights = vector[start : start + neurons * columns].reshape((neurons, columns))
        start += neurons * columns
        width = 0 if layer.biases is None else 1 if isinstance(layer.biases, Given) else neurons
        biases = vector[start : start + width] if width else 0.0
        start += width
        blocks.append((weights, biases))
    return blocks


def _initial(layer: Layer, samples: int) -> Any:
    if layer.initial_state is None:
        return np.zeros((samples, len(layer.weights)))
    return np.array([[float(it.exact) for it in layer.initial_state]] * samples)


def _activate(activation: Activation, net: Any, bend: float | None) -> Any:
    match activation:
        case Activation.IDENTITY:
            return net
        case Activation.SIGMOID:
            return 0.5 * (1 + np.tanh(net / 2))
        case Activation.TANH:
            return np.tanh(net)
        case Activation.RELU:
            return np.where(net > 0, net, 0.0)
        case Activation.LEAKY_RELU:
            return np.where(net > 0, net, bend * net)
        case Activation.ELU:
            return np.where(net > 0, net, bend * (np.exp(np.where(net > 0, 0.0, net)) - 1))
        case Activation.SOFTPLUS:
            return np.logaddexp(0.0, net)
        case Activation.GELU:
            return net * 0.5 * (1 + erf(net / np.sqrt(2)))
        case Activation.SILU:
            return net * 0.5 * (1 + np.tanh(net / 2))
        case Activation.SOFTMAX:
            powers = np.exp(net - np.max(net, axis=1, keepdims=True))
            return powers / np.sum(powers, axis=1, keepdims=True)


def _errors(network: Network, targets: Any, outs: Any) -> Any:
    training = network.training
    match training.loss:
        case Loss.HALF_SQUARED:
            return (targets - outs) ** 2 / 2
        case Loss.SQUARED:
            return (targets - outs) ** 2
        case Loss.ABSOLUTE:
            return np.abs(targets - outs)
        case Loss.HUBER:
            assert training.threshold is not None
            kappa, miss = float(training.threshold.exact), np.abs(targets - outs)
            return np.where(miss <= kappa, miss**2 / 2, kappa * (miss - kappa / 2))
        case Loss.BINARY_CROSS_ENTROPY:
            return -(targets * np.log(outs) + (1 - targets) * np.log(1 - outs))
        case Loss.CROSS_ENTROPY:
            return -targets * np.log(outs)


def _setting(given: Given | None) -> float:
    assert given is not None
    return float(given.exact)


def _optimize(network: Network, vector: Any, slopes: Any, state: tuple[Any, Any], round_: int) -> tuple[Any, Any, Any]:
    optimizer, (first, second) = network.training.optimizer, state
    eta = float(network.training.learning_rate.exact)
    match optimizer.rule:
        case Rule.SGD:
            return vector - eta * slopes, first, second
        case Rule.MOMENTUM:
            first = _setting(optimizer.momentum) * first + slopes
            return vector - eta * first, first, second
        case Rule.NESTEROV:
            first = _setting(optimizer.momentum) * first + slopes
            return vector - eta * (slopes + _setting(optimizer.momentum) * first), first, second
        case Rule.RMSPROP:
            second = _setting(optimizer.smoothing) * second + (1 - _setting(optimizer.smoothing)) * slopes**2
            return vector - eta * slopes / (np.sqrt(second) + _setting(optimizer.epsilon)), first, second
        case Rule.ADAM | Rule.ADAMW:
            beta1, beta2 = _setting(optimizer.beta1), _setting(optimizer.beta2)
            if optimizer.rule is Rule.ADAMW:
                vector = vector * (1 - eta * _setting(optimizer.decay))
            first, second = beta1 * first + (1 - beta1) * slopes, beta2 * second + (1 - beta2) * slopes**2
            root = np.sqrt(second / (1 - beta2**round_)) + _setting(optimizer.epsilon)
            return vector - eta * first / (1 - beta1**round_) / root, first, second
