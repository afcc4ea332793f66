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
        self._series = {id_: arb_series([value], prec=2) for id_, value in point.items()}
        self._touched = _touched_units(self._units)
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
            # Only the plain run and the latest one are kept: a large network has thousands.
            self._slopes = {key: run for key, run in self._slopes.items() if not key}
            self._slopes[moved] = self._forward(moved)
        return self._slopes[moved]

    def _forward(self, moved: str) -> dict[str, arb_series]:
        """All quantities as series. Layers before the one in which something moves are taken from the plain run."""
        plain = self._run("") if moved else {}
        found = dict(plain)
        start, touched = self._touched.get(moved, (0, None))
        signals = self._signals(start, moved, found)
        for units, layer in zip(self._units[start:], self._network.layers[start:], strict=True):
            for unit in units if touched is None else touched:
                self._run_unit(unit, layer.activation, signals, moved, found)
            touched = None
            signals = [found[f"out_{unit.name}"] for unit in units]
        total = _ZERO
        for number, out in enumerate(signals, start=1):
            target = self._given(f"target_o{number}", moved)
            found[f"E_o{number}"] = _compare(self._network.training.loss, target, out)
            total += found[f"E_o{number}"]
        found["E_total"] = total
        return found

    def _signals(self, depth: int, moved: str, found: Mapping[str, arb_series]) -> list[arb_series]:
        """What a layer takes in."""
        if depth == 0:
            return [self._given(f"i{number}", moved) for number in range(1, self._network.widths[0] + 1)]
        return [found[f"out_{unit.name}"] for unit in self._units[depth - 1]]

    def _run_unit(
        self, unit: Unit, activation: Activation, signals: list[arb_series], moved: str, found: dict[str, arb_series]
    ) -> None:
        net = _ZERO
        for weight, signal in zip(unit.weights, signals, strict=True):
            net += self._given(weight, moved) * signal
            if weight in self._returning:
                net += (self._returning[weight] - self._point[weight]) * (signal - signal[0])
        if unit.bias is not None:
            net += self._given(unit.bias, moved)
        net_id, out_id = f"net_{unit.name}", f"out_{unit.name}"
        found[net_id] = _moved(net) if moved == net_id else net
        out = _squash(activation, found[net_id])
        found[out_id] = _moved(out) if moved == out_id else out

    def _given(self, id_: str, moved: str) -> arb_series:
        series = self._series[id_]
        return _moved(series) if id_ == moved else series


_ZERO = arb_series([0], prec=2)


def _moved(series: arb_series) -> arb_series:
    """The quantity q as q + t."""
    return series + arb_series([0, 1], prec=2)


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


def _touched_units(layers: tuple[tuple[Unit, ...], ...]) -> Mapping[str, tuple[int, tuple[Unit, ...]]]:
    """The layer, counted from 0, and the neurons in it that change with each quantity of a layer's own."""
    touched: dict[str, tuple[int, tuple[Unit, ...]]] = {}
    for depth, units in enumerate(layers):
        for unit in units:
            for id_ in (*unit.weights, f"net_{unit.name}", f"out_{unit.name}"):
                touched[id_] = (depth, (unit,))
            if unit.bias is not None:
                touched[unit.bias] = (depth, (*touched.get(unit.bias, (depth, ()))[1], unit))
    return touched


def _squash(activation: Activation, net: arb_series) -> arb_series:
    match activation:
        case Activation.SIGMOID:
            return 1 / (1 + (-net).exp())


def _compare(loss: Loss, target: arb_series, out: arb_series) -> arb_series:
    match loss:
        case Loss.HALF_SQUARED:
            return (target - out) * (target - out) / 2
