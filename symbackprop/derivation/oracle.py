"""A second opinion: the network's error and its slopes, computed without any rule, step or graph of `derive`.

The forward pass is written straight from the network's shape. A slope is found by setting a quantity q in motion, as
q + t, and running the pass once more for the coefficients of t: a net input is linear in what it takes in, and
everything else goes through FLINT's truncated power series (see A. Griewank and A. Walther, Evaluating Derivatives,
2nd ed., chapter 13, on Taylor arithmetic). What stands still is left out of such a run. All coefficients are balls.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from flint import arb, fmpq

from symbackprop.derivation.oracle_functions import Moving, Number, compare, magnitude, squash
from symbackprop.derivation.oracle_shape import Place, comparisons_of, places_of, totals_of, units_of
from symbackprop.derivation.oracle_updates import update
from symbackprop.functions import Activation
from symbackprop.network import HiddenGradients, Network

Point = Mapping[str, arb | fmpq | Fraction]
"""A number for each input, target, initial state, parameter, setting and, before a round, state of the optimizer.

What is given as a fraction stays one for as long as it can: whether a relu's net input is exactly 0 is then certain.
"""

_NOTHING = arb(0)

Neuron = tuple[tuple[str, ...], str | None]
"""The ids of a neuron's weights, in the order of what they weigh, and of its bias."""


class Oracle:
    """Values and slopes of one network at one point, at the precision in force when it is built and asked."""

    def __init__(self, network: Network, point: Point) -> None:
        self._network = network
        self._known: dict[str, Number] = {
            id_: fmpq(it.numerator, it.denominator) if isinstance(it, Fraction) else it for id_, it in point.items()
        }
        self._balls = {id_: arb(it) for id_, it in self._known.items()}
        self._places = tuple(places_of(network))
        self._comparisons = tuple(
            it for sample in range(1, len(network.samples) + 1) for it in comparisons_of(network, sample)
        )
        self._totals = tuple(totals_of(network))
        self._neurons = tuple(
            tuple(((*unit.weights, *unit.recurrent), unit.bias) for unit in units) for units in units_of(network)
        )
        self._weights = frozenset(weight for layer in self._neurons for weights, _ in layer for weight in weights)
        self._fed = _fed_by(self._neurons)
        # The weights that carry a slope upwards: the layers' own, unless updated ones are asked for.
        self._carrying = [[[self._balls[id_] for id_ in weights] for weights, _ in it] for it in self._neurons]
        self._forward()
        self._balls |= {id_: arb(it) for id_, it in self._known.items() if id_ not in self._balls}
        self._slopes: tuple[object, Mapping[str, arb]] = (None, {})
        self._gradients: dict[str, arb] = {}
        if network.training.hidden_gradients is HiddenGradients.UPDATED:
            self._take_updated_weights()

    def value(self, id_: str) -> arb:
        """The value of a forward quantity."""
        return self._balls[id_]

    def slope(self, of: str, by: str, only: tuple[int, int] | None = None) -> arb:
        """The derivative of a forward quantity by another, everything before the second one held fixed.

        With `only`, a sample and a step counted from 1, a parameter moves only there: that is one share of its
        gradient. A penalty belongs to no sample and no step.
        """
        if (by, only) != self._slopes[0]:
            # Only the latest run is kept: a large network has thousands. Of the others, what an update asks for again.
            self._slopes = ((by, only), self._move({by: arb(1)}, only))
            if only is None and by in self._fed:
                self._gradients[by] = self._read(self._slopes[1], "E_total")
        return self._read(self._slopes[1], of)

    def along(self, direction: Mapping[str, arb], of: str = "E_total") -> arb:
        """The slope of the error where many quantities move at once, each at a rate of its own, in one run."""
        return self._read(self._move(direction, None), of)

    def _read(self, slopes: Mapping[str, arb], of: str) -> arb:
        if of not in self._balls:
            raise KeyError(of)
        return slopes.get(of, _NOTHING)

    def update(self, parameter: str) -> arb:
        """A weight or bias after one update."""
        return self.updates(parameter)[f"{parameter}+"]

    def updates(self, parameter: str) -> Mapping[str, arb]:
        """A weight or bias after one update, with the optimizer's state after it, by id."""
        gradient = self._gradients.get(parameter)
        if gradient is None:
            gradient = self.slope("E_total", parameter)
        return update(self._network.training.optimizer.rule, parameter, gradient, self._balls)

    def _take_updated_weights(self) -> None:
        """The mistake on request: a layer's updated weights carry the error back, instead of its own."""
        rule = self._network.training.optimizer.rule
        for depth in reversed(range(1, len(self._neurons))):
            slopes = self._slopes_into(depth)
            updates = {weight: update(rule, weight, slope, self._balls) for weight, slope in slopes.items()}
            self._carrying[depth] = [[updates[w][f"{w}+"] for w in weights] for weights, _ in self._neurons[depth]]
            self._slopes = (None, {})

    def _slopes_into(self, depth: int) -> dict[str, arb]:
        """The slope of the error by every weight into a layer, from one run for each neuron and time step.

        A weight moves its neuron's net input by what it weighs. A neuron's net inputs in all samples move in one run:
        each sample's error follows its own. What a weight adds to a penalty needs no run.
        """
        found = {weight: _NOTHING for weights, _ in self._neurons[depth] for weight in weights}
        places = [place for place in self._places if place.depth == depth]
        for index, (weights, _) in enumerate(self._neurons[depth]):
            parts: dict[str, dict[str, arb]] = {weight: {} for weight in weights}
            for step in sorted({place.step for place in places}):
                here = [place for place in places if place.step == step]
                run = self._move({place.nets[index]: arb(1) for place in here}, None)
                for place in here:
                    error = self._totals[place.sample - 1].id
                    for weight, signal in zip(weights, place.taken, strict=True):
                        _add(parts[weight], error, self._read(run, error) * self._balls[signal])
            for weight, slopes in parts.items():
                self._move_penalties({weight: arb(1)}, slopes)
                self._move_totals(slopes)
                found[weight] = self._read(slopes, "E_total")
        return found

    # --- Values --------------------------------------------------------------------------------------------

    def _forward(self) -> None:
        known = self._known
        for place in self._places:
            taken = [known[id_] for id_ in place.taken]
            for net, (weights, bias) in zip(place.nets, self._neurons[place.depth], strict=True):
                terms = [known[weight] * signal for weight, signal in zip(weights, taken, strict=True)]
                known[net] = sum(terms, start=fmpq(0) if bias is None else known[bias])
            nets = [Moving(known[net], fmpq(0)) for net in place.nets]
            outs = squash(place.activation, nets, self._bend(place))
            known.update(zip(place.outs, (out.value for out in outs), strict=True))
        for it in self._comparisons:
            target, out = Moving(known[it.target], fmpq(0)), Moving(known[it.out], fmpq(0))
            known[it.error] = compare(self._network.training.loss, target, out, known.get("kappa")).value
        self._add_penalties()
        for total in self._totals:
            known[total.id] = sum((known[id_] for id_ in total.parts), start=fmpq(0)) / total.divisor

    def _add_penalties(self) -> None:
        if self._network.training.l1 is None and self._network.training.l2 is None:
            return
        weights = [Moving(self._known[weight], fmpq(0)) for weight in self._weights]
        if self._network.training.l1 is not None:
            sizes = (magnitude(weight).value for weight in weights)
            self._known["E_l1"] = self._known["lambda1"] * sum(sizes, start=fmpq(0))
        if self._network.training.l2 is not None:
            squares = (weight.value * weight.value for weight in weights)
            self._known["E_l2"] = self._known["lambda2"] * sum(squares, start=fmpq(0)) / 2

    def _bend(self, place: Place) -> Number | None:
        return self._known.get(f"alpha{place.depth + 1}")

    # --- Slopes --------------------------------------------------------------------------------------------

    def _move(self, direction: Mapping[str, arb], only: tuple[int, int] | None) -> dict[str, arb]:
        """The slope of every quantity that moves, a computed one in `direction` by that much in addition."""
        if unknown := [id_ for id_ in direction if id_ not in self._balls]:
            raise KeyError(unknown[0])
        parameters = {id_: slope for id_, slope in direction.items() if id_ in self._fed}
        fed: dict[int, dict[int, list[tuple[int, arb]]]] = {}
        for id_, slope in parameters.items():
            for depth, index, column in self._fed[id_]:
                fed.setdefault(depth, {}).setdefault(index, []).append((column, slope))
        slopes = {id_: slope for id_, slope in direction.items() if id_ not in parameters}
        for place in self._places:
            here = fed.get(place.depth, {}) if only in (None, (place.sample, place.step)) else {}
            if here or slopes:
                self._move_place(place, here, slopes)
        self._move_errors(slopes)
        if only is None:
            self._move_penalties(parameters, slopes)
        self._move_totals(slopes)
        return slopes | parameters

    def _move_totals(self, slopes: dict[str, arb]) -> None:
        for total in self._totals:
            if moving := [slopes[id_] for id_ in total.parts if id_ in slopes]:
                _add(slopes, total.id, sum(moving, start=_NOTHING) / total.divisor)

    def _move_place(self, place: Place, fed: Mapping[int, list[tuple[int, arb]]], slopes: dict[str, arb]) -> None:
        coming = [(column, slopes[id_]) for column, id_ in enumerate(place.taken) if id_ in slopes] if slopes else []
        for index, net in enumerate(place.nets):
            if not coming and index not in fed:
                continue
            slope = _NOTHING
            for column, rate in fed.get(index, ()):
                slope += rate if column == _BIAS else rate * self._balls[place.taken[column]]
            row = self._carrying[place.depth][index]
            for column, rate in coming:
                slope += row[column] * rate
            _add(slopes, net, slope)
        moving = [index for index, net in enumerate(place.nets) if net in slopes]
        if not moving:
            return
        if place.activation is Activation.SOFTMAX:
            moving = list(range(len(place.nets)))
        nets = [Moving(self._known[place.nets[index]], slopes.get(place.nets[index], _NOTHING)) for index in moving]
        for index, out in zip(moving, squash(place.activation, nets, self._bend(place)), strict=True):
            _add(slopes, place.outs[index], arb(out.slope))

    def _move_errors(self, slopes: dict[str, arb]) -> None:
        loss, threshold = self._network.training.loss, self._known.get("kappa")
        for it in self._comparisons:
            if it.target in slopes or it.out in slopes:
                target, out = (Moving(self._known[id_], slopes.get(id_, _NOTHING)) for id_ in (it.target, it.out))
                _add(slopes, it.error, arb(compare(loss, target, out, threshold).slope))

    def _move_penalties(self, parameters: Mapping[str, arb], slopes: dict[str, arb]) -> None:
        training = self._network.training
        if training.l1 is None and training.l2 is None:
            return
        weights = [Moving(self._known[id_], slope) for id_, slope in parameters.items() if id_ in self._weights]
        if training.l1 is not None:
            rates = (arb(magnitude(weight).slope) for weight in weights)
            _add(slopes, "E_l1", self._balls["lambda1"] * sum(rates, start=_NOTHING))
        if training.l2 is not None:
            rates = ((weight.series * weight.series)[1] for weight in weights)
            _add(slopes, "E_l2", self._balls["lambda2"] * sum(rates, start=_NOTHING) / 2)


def _add(slopes: dict[str, arb], id_: str, slope: arb) -> None:
    slopes[id_] = slopes[id_] + slope if id_ in slopes else slope


_BIAS = -1


def _fed_by(neurons: tuple[tuple[Neuron, ...], ...]) -> Mapping[str, list[tuple[int, int, int]]]:
    """Where each parameter goes in: the layer, the neuron, and the column of its weights or `_BIAS`."""
    fed: dict[str, list[tuple[int, int, int]]] = {}
    for depth, layer in enumerate(neurons):
        for index, (weights, bias) in enumerate(layer):
            fed.update({weight: [(depth, index, column)] for column, weight in enumerate(weights)})
            if bias is not None:
                fed.setdefault(bias, []).append((depth, index, _BIAS))
    return fed
