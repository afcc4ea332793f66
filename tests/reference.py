"""Backpropagation once more, as a textbook's loop over numbers: what the package's figures are held against.

It shares nothing with `symbackprop.derivation` but the names of quantities, and works in any arithmetic:
`float` with `math.exp`, or mpmath's `mpf` with `mpmath.exp`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symbackprop.network import Given, HiddenGradients, Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """How to make a number of a fraction, and the exponential of a number."""

    number: Callable[[Fraction], Any]
    exp: Callable[[Any], Any]


Numbers = dict[str, Any]


def neuron_names(network: Network) -> list[list[str]]:
    """`h1` in an only hidden layer, `h2_1` in one of several, `o1` in the last."""
    depth = len(network.layers)
    prefixes = ["h" if depth == 2 else f"h{number}_" for number in range(1, depth)] + ["o"]
    return [
        [f"{prefix}{index}" for index in range(1, len(layer.weights) + 1)]
        for prefix, layer in zip(prefixes, network.layers, strict=True)
    ]


def weight_names(network: Network) -> list[list[list[str]]]:
    """Numbered through the net, each neuron's in a row."""
    count = 0
    names: list[list[list[str]]] = []
    for layer in network.layers:
        names.append([])
        for row in layer.weights:
            names[-1].append([f"w{count + index}" for index in range(1, len(row) + 1)])
            count += len(row)
    return names


def bias_names(network: Network) -> list[list[str | None]]:
    """The bias of each neuron of each layer: `b1` for all of layer 1, or `b_h1` for one of its neurons."""
    return [
        [
            None if layer.biases is None else f"b{number}" if isinstance(layer.biases, Given) else f"b_{name}"
            for name in names
        ]
        for number, (layer, names) in enumerate(zip(network.layers, neuron_names(network), strict=True), start=1)
    ]


def parameters(network: Network, arithmetic: Arithmetic) -> Numbers:
    """The initial weights and biases by name."""
    found: Numbers = {}
    for layer, weights, biases in zip(network.layers, weight_names(network), bias_names(network), strict=True):
        for index, row in enumerate(layer.weights):
            found |= {name: arithmetic.number(it.exact) for name, it in zip(weights[index], row, strict=True)}
            if layer.biases is not None:
                bias = layer.biases if isinstance(layer.biases, Given) else layer.biases[index]
                found[str(biases[index])] = arithmetic.number(bias.exact)
    return found


def one_round(network: Network, arithmetic: Arithmetic, found: Numbers) -> Numbers:
    """Every quantity of one round from the parameters `found`, the updated ones (`w1+`) among them."""
    one, two = arithmetic.number(Fraction(1)), arithmetic.number(Fraction(2))
    eta = arithmetic.number(network.training.learning_rate.exact)
    names, weights, biases = neuron_names(network), weight_names(network), bias_names(network)
    values = dict(found)
    signals = [arithmetic.number(it.exact) for it in network.samples[0].inputs[0]]
    below = [signals]
    for layer_names, layer_weights, layer_biases in zip(names, weights, biases, strict=True):
        outs = []
        for name, row, bias in zip(layer_names, layer_weights, layer_biases, strict=True):
            net = sum((values[weight] * signal for weight, signal in zip(row, signals, strict=True)), start=0 * one)
            values[f"net_{name}"] = net if bias is None else net + values[bias]
            values[f"out_{name}"] = one / (one + arithmetic.exp(-values[f"net_{name}"]))
            outs.append(values[f"out_{name}"])
        signals = outs
        below.append(signals)
    back = []
    for name, target in zip(names[-1], network.samples[0].targets[0], strict=True):
        miss = arithmetic.number(target.exact) - values[f"out_{name}"]
        values[f"E_{name}"] = miss * miss / two
        back.append(-miss)
    values["E_total"] = sum((values[f"E_{name}"] for name in names[-1]), start=0 * one)
    for depth in reversed(range(len(network.layers))):
        deltas = []
        for index, name in enumerate(names[depth]):
            out = values[f"out_{name}"]
            values[f"dE_total/dout_{name}"] = back[index]
            values[f"dout_{name}/dnet_{name}"] = out * (one - out)
            values[f"delta_{name}"] = back[index] * out * (one - out)
            deltas.append(values[f"delta_{name}"])
        for delta, row, bias in zip(deltas, weights[depth], biases[depth], strict=True):
            for weight, signal in zip(row, below[depth], strict=True):
                values[f"dE_total/d{weight}"] = delta * signal
                values[f"{weight}+"] = values[weight] - eta * values[f"dE_total/d{weight}"]
            if bias is not None and network.training.update_biases:
                so_far = values.get(f"dE_total/d{bias}", 0 * one)
                values[f"dE_total/d{bias}"] = so_far + delta
                values[f"{bias}+"] = values[bias] - eta * values[f"dE_total/d{bias}"]
        mark = "+" if network.training.hidden_gradients is HiddenGradients.UPDATED else ""
        back = [
            sum((d * values[row[i] + mark] for d, row in zip(deltas, weights[depth], strict=True)), start=0 * one)
            for i in range(len(below[depth]))
        ]
    return values


def after_rounds(network: Network, arithmetic: Arithmetic, rounds: int) -> Numbers:
    """Every quantity of the round that follows so many updates."""
    found = parameters(network, arithmetic)
    for _ in range(rounds):
        values = one_round(network, arithmetic, found)
        found = {name: values.get(f"{name}+", value) for name, value in found.items()}
    return one_round(network, arithmetic, found)
