"""Scalar steps of batches and of recurrent networks, written out straight from the definitions.

Nothing here is shared with the package but the formula tree: ids and formulas are put together again, neuron by
neuron, so that the matrix view has something of its own to be held against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from symbackprop.derivation.balls import Real, evaluate, precision, to_exact
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.keys import SameAs
from symbackprop.derivation.steps import Step
from symbackprop.functions import ACTIVATIONS, LOSSES, Activation
from symbackprop.network import Given, Network, Reduction, Rule
from symbackprop.typeset.formula import (
    ONE,
    Constant,
    Exp,
    Formula,
    Negative,
    Product,
    Quantity,
    Quotient,
    Sum,
    rename,
)

_COMPUTED = SameAs()


@dataclass(kw_only=True)
class Scalars:
    """Steps in order with their formulas, and the numbers of the given ones."""

    network: Network
    steps: dict[str, Step] = field(default_factory=dict)
    formulas: dict[str, Formula] = field(default_factory=dict)
    given: dict[str, Fraction] = field(default_factory=dict)

    def formula(self, id_: str) -> Formula:
        """Return a step's formula, or its own name where it is given."""
        return self.formulas.get(id_, Quantity(id_))

    def values(self, bits: int) -> Mapping[str, Real]:
        """Return the value of every step."""
        values: dict[str, Real] = {id_: to_exact(it) for id_, it in self.given.items()}
        with precision(bits):
            for id_, formula in self.formulas.items():
                values[id_] = evaluate(formula, values.__getitem__)
        return values

    def give(self, id_: str, number: Given, kind: Kind = Kind.WEIGHT) -> None:
        """Note down a given number."""
        self.given[id_] = number.exact
        self.steps[id_] = Step(id=id_, kind=kind, pattern=None, slots={})

    def add(self, id_: str, formula: Formula, kind: Kind) -> None:
        """Note down a computed step."""
        self.formulas[id_] = formula
        self.steps[id_] = Step(id=id_, kind=kind, pattern=_COMPUTED, slots={})


def _q(id_: str) -> Quantity:
    return Quantity(id_)


def _sum(terms: list[Formula]) -> Formula:
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def scalars(network: Network) -> Scalars:
    """Write out one round of a network without the l1 penalty, by sgd, momentum or nesterov."""
    return _Writer(network).write()


class _Writer:
    def __init__(self, network: Network) -> None:
        self.net = network
        self.out = Scalars(network=network)
        self.batch, self.steps, self.last = len(network.samples), network.steps, len(network.layers)
        recurrent = [number for number, layer in enumerate(network.layers, 1) if layer.recurrent_weights]
        self.topmost = max(recurrent, default=0)
        self.w: dict[tuple[int, int, int], str] = {}
        self.u: dict[tuple[int, int, int], str] = {}

    def name(self, layer: int, number: int) -> str:
        if layer == 0:
            return f"i{number}"
        if layer == self.last:
            return f"o{number}"
        return f"h{number}" if self.last == 2 else f"h{layer}_{number}"

    def mark(self, sample: int, time: int) -> str:
        parts = [str(sample)] * (self.batch > 1) + [str(time)] * (self.steps > 1 or time == 0)
        return f"[{','.join(parts)}]" if parts else ""

    def source(self, layer: int, number: int, sample: int, time: int) -> str:
        return ("" if layer == 0 else "out_") + self.name(layer, number) + self.mark(sample, time)

    def times(self, layer: int) -> list[int]:
        if layer <= self.topmost:
            return list(range(1, self.steps + 1))
        return [time + 1 for time in self.net.target_steps]

    def width(self, layer: int) -> range:
        return range(1, self.net.widths[layer] + 1)

    def bias(self, layer: int, number: int) -> str | None:
        biases = self.net.layers[layer - 1].biases
        if biases is None:
            return None
        return f"b{layer}" if isinstance(biases, Given) else f"b_{self.name(layer, number)}"

    def error(self, sample: int) -> str:
        return f"E[{sample}]" if self.batch > 1 else self.whole

    @property
    def whole(self) -> str:
        return "E_total" if self.net.training.l2 is None else "E_data"

    def write(self) -> Scalars:
        self.parameters()
        for sample in range(1, self.batch + 1):
            self.forward(sample)
        total: Formula = _sum([_q(self.error(sample)) for sample in range(1, self.batch + 1)])
        if self.batch > 1:
            mean = self.net.training.reductions.batch is Reduction.MEAN
            total = Quotient(total, Constant(Fraction(self.batch))) if mean else total
            self.out.add(self.whole, total, Kind.TOTAL_ERROR)
        for sample in range(1, self.batch + 1):
            for layer in range(self.last, 0, -1):
                for time in reversed(self.times(layer)):
                    self.backward(layer, sample, time)
        self.gradients()
        return self.out

    def parameters(self) -> None:
        count = 0
        for number, layer in enumerate(self.net.layers, 1):
            for j, row in enumerate(layer.weights, 1):
                for k, given in enumerate(row, 1):
                    count += 1
                    self.w[number, j, k] = f"w{count}"
                    self.out.give(f"w{count}", given)
                for k, given in enumerate(layer.recurrent_weights[j - 1] if layer.recurrent_weights else (), 1):
                    count += 1
                    self.u[number, j, k] = f"w{count}"
                    self.out.give(f"w{count}", given)
                bias = self.bias(number, j)
                if bias is not None:
                    assert layer.biases is not None
                    self.out.give(bias, layer.biases if isinstance(layer.biases, Given) else layer.biases[j - 1])
        settings: dict[str, Given | None] = {"eta": self.net.training.learning_rate, "lambda2": self.net.training.l2}
        settings["mu"] = self.net.training.optimizer.momentum
        for id_, setting in settings.items():
            if setting is not None:
                self.out.give(id_, setting)

    def forward(self, sample: int) -> None:
        data = self.net.samples[sample - 1]
        for time, vector in enumerate(data.inputs, 1):
            for number, given in enumerate(vector, 1):
                self.out.give(self.source(0, number, sample, time), given, Kind.INPUT)
        for layer in range(1, self.last + 1):
            for number, given in enumerate(self.net.layers[layer - 1].initial_state or (), 1):
                self.out.give(self.source(layer, number, sample, 0), given)
            for time in self.times(layer):
                self.layer(layer, sample, time)
        errors = []
        for time, vector in zip((step + 1 for step in self.net.target_steps), data.targets, strict=True):
            for number, given in enumerate(vector, 1):
                end = self.name(self.last, number) + self.mark(sample, time)
                self.out.give(f"target_{end}", given, Kind.TARGET)
                slots = {"target": f"target_{end}", "out": f"out_{end}"}
                definition = LOSSES[self.net.training.loss].definition
                self.out.add(f"E_{end}", rename(definition, slots.__getitem__), Kind.ERROR)
                errors.append(_q(f"E_{end}"))
        self.out.add(self.error(sample), self.shared(_sum(list(errors))), Kind.TOTAL_ERROR)

    def shared(self, formula: Formula) -> Formula:
        share = self.net.widths[-1] if self.net.training.reductions.outputs is Reduction.MEAN else 1
        share *= len(self.net.target_steps) if self.net.training.reductions.steps is Reduction.MEAN else 1
        return formula if share == 1 else Product((Constant(Fraction(1, share)), formula))

    def layer(self, layer: int, sample: int, time: int) -> None:
        mark = self.mark(sample, time)
        nets = [f"net_{self.name(layer, j)}{mark}" for j in self.width(layer)]
        for j, net in zip(self.width(layer), nets, strict=True):
            terms: list[Formula] = [
                Product((_q(self.w[layer, j, k]), _q(self.source(layer - 1, k, sample, time))))
                for k in self.width(layer - 1)
            ]
            if self.net.layers[layer - 1].recurrent_weights:
                terms.extend(
                    Product((_q(self.u[layer, j, k]), _q(self.source(layer, k, sample, time - 1))))
                    for k in self.width(layer)
                )
            bias = self.bias(layer, j)
            self.out.add(net, _sum([*terms, _q(bias)] if bias else terms), Kind.NET)
        for net in nets:
            activation = self.net.layers[layer - 1].activation
            if activation is Activation.SOFTMAX:
                formula: Formula = Quotient(Exp(_q(net)), Sum(tuple(Exp(_q(each)) for each in nets)))
            else:
                formula = rename(ACTIVATIONS[activation].definition, {"net": net}.__getitem__)
            self.out.add(net.replace("net_", "out_"), formula, Kind.OUT)

    def backward(self, layer: int, sample: int, time: int) -> None:
        mark, error = self.mark(sample, time), self.error(sample)
        names = [f"{self.name(layer, j)}{mark}" for j in self.width(layer)]
        for j, name in enumerate(names, 1):
            self.out.add(f"d{error}/dout_{name}", self.slope(layer, j, sample, time), Kind.FACTOR)
        softmax = self.net.layers[layer - 1].activation is Activation.SOFTMAX
        for j, name in enumerate(names, 1):
            terms: list[Formula] = []
            for k, other in enumerate(names, 1):
                if softmax:
                    out, own = _q(f"out_{other}"), ONE if j == k else Constant(Fraction(0))
                    local: Formula = Product((out, Sum((own, Negative(_q(f"out_{name}"))))))
                elif j == k:
                    slots = {"net": f"net_{name}", "out": f"out_{name}"}
                    derivative = ACTIVATIONS[self.net.layers[layer - 1].activation].derivative[-1].formula
                    local = rename(derivative, slots.__getitem__)
                else:
                    continue
                factor = f"dout_{other}/dnet_{name}"
                self.out.add(factor, local, Kind.FACTOR)
                terms.append(Product((_q(f"d{error}/dout_{other}"), _q(factor))))
            self.out.add(f"delta_{name}", _sum(terms), Kind.DELTA)

    def slope(self, layer: int, j: int, sample: int, time: int) -> Formula:
        terms: list[Formula] = []
        if layer == self.last and time - 1 in self.net.target_steps:
            end = self.name(layer, j) + self.mark(sample, time)
            slots = {"target": f"target_{end}", "out": f"out_{end}"}
            derivative = LOSSES[self.net.training.loss].derivative[-1].formula
            terms.append(self.shared(rename(derivative, slots.__getitem__)))
        if layer < self.last and time in self.times(layer + 1):
            for k in self.width(layer + 1):
                delta = f"delta_{self.name(layer + 1, k)}{self.mark(sample, time)}"
                terms.append(Product((_q(delta), _q(self.w[layer + 1, k, j]))))
        if self.net.layers[layer - 1].recurrent_weights and time < self.steps:
            for k in self.width(layer):
                delta = f"delta_{self.name(layer, k)}{self.mark(sample, time + 1)}"
                terms.append(Product((_q(delta), _q(self.u[layer, k, j]))))
        return _sum(terms)

    def gradients(self) -> None:
        for (layer, j, k), id_ in self.w.items():
            self.gradient(id_, [(layer, j, layer - 1, k, 0)])
        for (layer, j, k), id_ in self.u.items():
            self.gradient(id_, [(layer, j, layer, k, 1)])
        fed: dict[str, list[tuple[int, int, int, int, int]]] = {}
        for layer in range(1, self.last + 1):
            for j in self.width(layer):
                bias = self.bias(layer, j)
                if bias is not None and self.net.training.update_biases:
                    fed.setdefault(bias, []).append((layer, j, 0, 0, -1))
        for id_, places in fed.items():
            self.gradient(id_, places)

    def gradient(self, id_: str, places: list[tuple[int, int, int, int, int]]) -> None:
        """Sum over samples and time steps; each sample's share is a step of its own, as in the package."""
        shares: list[Formula] = []
        for sample in range(1, self.batch + 1):
            terms: list[Formula] = []
            for layer, j, below, k, lag in places:
                for time in self.times(layer):
                    delta = _q(f"delta_{self.name(layer, j)}{self.mark(sample, time)}")
                    terms.append(delta if lag < 0 else Product((delta, _q(self.source(below, k, sample, time - lag)))))
            if self.batch > 1:
                self.out.add(f"dE[{sample}]/d{id_}", _sum(terms), Kind.FACTOR)
                shares.append(_q(f"dE[{sample}]/d{id_}"))
            else:
                shares = terms
        total = _sum(shares)
        if self.batch > 1 and self.net.training.reductions.batch is Reduction.MEAN:
            total = Product((Constant(Fraction(1, self.batch)), total))
        self.out.add(f"d{self.whole}/d{id_}", total, Kind.GRADIENT)
        if self.whole == "E_data":
            data = _q(f"dE_data/d{id_}")
            penalty = Product((_q("lambda2"), _q(id_)))
            self.out.add(f"dE_total/d{id_}", Sum((data, penalty)) if id_.startswith("w") else data, Kind.GRADIENT)
        self.update(id_, _q(f"dE_total/d{id_}"))

    def update(self, id_: str, gradient: Formula) -> None:
        """Write out sgd, momentum and nesterov."""
        step, momentum = gradient, self.net.training.optimizer.momentum
        if momentum is not None:
            self.out.give(f"m_{id_}", Given(exact=Fraction(1, 8), typed="0.125"))
            self.out.add(f"m_{id_}+", Sum((Product((_q("mu"), _q(f"m_{id_}"))), gradient)), Kind.UPDATE)
            step = _q(f"m_{id_}+")
            if self.net.training.optimizer.rule is Rule.NESTEROV:
                step = Sum((gradient, Product((_q("mu"), step))))
        self.out.add(f"{id_}+", Sum((_q(id_), Negative(Product((_q("eta"), step))))), Kind.UPDATE)
