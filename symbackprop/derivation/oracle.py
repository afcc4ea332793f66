"""A second opinion: the network's error and its slopes, computed without any rule, step or graph of `derive`.

The forward pass is written straight from the network's shape and run in FLINT's truncated power series: with one
quantity q replaced by q + t, the coefficient of t of any later quantity is its derivative by q (see A. Griewank
and A. Walther, Evaluating Derivatives, 2nd ed., chapter 13, on Taylor arithmetic). All coefficients are balls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flint import arb, arb_series

from symbackprop.functions import Activation, Loss
from symbackprop.network import Given, HiddenGradients, Network

_ONE_HIDDEN = 2

Point = Mapping[str, arb]
"""A number for each input, target, weight, bias and the learning rate, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A neuron's ids, named from the network's shape alone."""

    name: str
    weights: tuple[str, ...]
    bias: str | None


class Oracle:
    """Values and slopes of one network at one point, at the precision in force when it is built."""

    def __init__(self, network: Network, point: Point) -> None:
        self._network = network
        self._point = point
        self._units = tuple(units_of(network))
        self._slopes: dict[str, Mapping[str, arb_series]] = {}
        self._returning: dict[str, arb] = {}
        if network.training.hidden_gradients is HiddenGradients.UPDATED:
            self._take_updated_weights()

    def value(self, id_: str) -> arb:
        """The value of a forward quantity."""
        return self._run("")[id_][0]

    def slope(self, of: str, by: str) -> arb:
        """The derivative of a forward quantity by another, everything before the second one held fixed."""
        return self._run(by)[of][1]

    def update(self, parameter: str) -> arb:
        """A weight or bias after one update."""
        return self._point[parameter] - self._point["eta"] * self.slope("E_total", parameter)

    def _take_updated_weights(self) -> None:
        """The mistake on request: a layer's updated weights carry the error back, instead of its own."""
        for layer in reversed(self._units):
            new = {weight: self.update(weight) for unit in layer for weight in unit.weights}
            self._returning.update(new)
            self._slopes.clear()

    def _run(self, moved: str) -> Mapping[str, arb_series]:
        if moved not in self._slopes:
            self._slopes[moved] = dict(self._forward(moved))
        return self._slopes[moved]

    def _forward(self, moved: str) -> Iterator[tuple[str, arb_series]]:
        def place(id_: str, value: arb_series) -> arb_series:
            return value + arb_series([0, 1], prec=2) if id_ == moved else value

        def given(id_: str) -> arb_series:
            return place(id_, arb_series([self._point[id_]], prec=2))

        signals = [given(f"i{number}") for number in range(1, len(self._network.inputs) + 1)]
        for units, layer in zip(self._units, self._network.layers, strict=True):
            outs = []
            for unit in units:
                net = arb_series([0], prec=2)
                for weight, signal in zip(unit.weights, signals, strict=True):
                    net += given(weight) * signal
                    if weight in self._returning:
                        net += (self._returning[weight] - self._point[weight]) * (signal - signal[0])
                if unit.bias is not None:
                    net += given(unit.bias)
                net = place(f"net_{unit.name}", net)
                out = place(f"out_{unit.name}", _squash(layer.activation, net))
                yield f"net_{unit.name}", net
                yield f"out_{unit.name}", out
                outs.append(out)
            signals = outs
        total = arb_series([0], prec=2)
        for number, out in enumerate(signals, start=1):
            error = _compare(self._network.training.loss, given(f"target_o{number}"), out)
            yield f"E_o{number}", error
            total += error
        yield "E_total", total


def units_of(network: Network) -> Iterator[tuple[Unit, ...]]:
    """The neurons of each layer, numbered as the documentation's page on names says."""
    count = 0
    depth = len(network.layers)
    for number, layer in enumerate(network.layers, start=1):
        units = []
        for index, row in enumerate(layer.weights, start=1):
            prefix = "o" if number == depth else "h" if depth == _ONE_HIDDEN else f"h{number}_"
            name = f"{prefix}{index}"
            weights = tuple(f"w{count + offset}" for offset in range(1, len(row) + 1))
            count += len(row)
            biases = layer.biases
            bias = None if biases is None else f"b{number}" if isinstance(biases, Given) else f"b_{name}"
            units.append(Unit(name=name, weights=weights, bias=bias))
        yield tuple(units)


def _squash(activation: Activation, net: arb_series) -> arb_series:
    match activation:
        case Activation.SIGMOID:
            return 1 / (1 + (-net).exp())


def _compare(loss: Loss, target: arb_series, out: arb_series) -> arb_series:
    match loss:
        case Loss.HALF_SQUARED:
            return (target - out) * (target - out) / 2
