"""Backpropagation by the textbook in 60 digits, and what a printed formula comes to. Shares nothing with the package.

Quantities are called as the package calls them, so that what a page prints can be held against them one by one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal

import mpmath  # type: ignore[import-untyped]

from symbackprop.network import Given, HiddenGradients, Network
from symbackprop.typeset.layout import (
    Applied,
    Bars,
    Choice,
    Fenced,
    Fraction,
    Layout,
    Number,
    Operator,
    Root,
    Row,
    Script,
    Summation,
    Symbol,
)
from symbackprop.typeset.unicode import unicode
from tests.names import name

DIGITS = 60

Values = dict[str, Decimal]


def _decimal(given: Given) -> Decimal:
    return Decimal(given.typed)


def _sigmoid(net: Decimal) -> Decimal:
    return 1 / (1 + (-net).exp())


class Textbook:
    """One network, round after round. Call it within a decimal context of `DIGITS` digits."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.layers = self._names()
        self.weights: list[list[list[str]]] = []
        self.biases: list[list[str | None]] = []
        self.parameters: Values = {}
        number = 1
        for depth, layer in enumerate(network.layers):
            rows = []
            for row in layer.weights:
                ids = [f"w{number + offset}" for offset in range(len(row))]
                number += len(row)
                self.parameters |= zip(ids, map(_decimal, row), strict=True)
                rows.append(ids)
            self.weights.append(rows)
            self.biases.append(self._read_biases(depth))

    def _names(self) -> list[list[str]]:
        widths = self._network.widths[1:]
        prefixes = [f"h{depth}_" for depth in range(1, len(widths))] if len(widths) > 2 else ["h"] * (len(widths) - 1)
        prefixes.append("o")
        return [
            [f"{prefix}{index}" for index in range(1, width + 1)]
            for prefix, width in zip(prefixes, widths, strict=True)
        ]

    def _read_biases(self, depth: int) -> list[str | None]:
        biases, neurons = self._network.layers[depth].biases, self.layers[depth]
        if biases is None:
            return [None] * len(neurons)
        if isinstance(biases, Given):
            self.parameters[f"b{depth + 1}"] = _decimal(biases)
            return [f"b{depth + 1}"] * len(neurons)
        ids = [f"b_{neuron}" for neuron in neurons]
        self.parameters |= zip(ids, map(_decimal, biases), strict=True)
        return list(ids)

    def round(self) -> Values:
        """Work out one round, and take its step."""
        values: Values = dict(self.parameters)
        self._forward(values)
        rate = _decimal(self._network.training.learning_rate)
        updated = self._network.training.hidden_gradients is HiddenGradients.UPDATED
        for depth in reversed(range(len(self.layers))):
            self._backward(values, depth, mark="+" if updated else "")
            for row in self.weights[depth]:
                for weight in row:
                    values[f"{weight}+"] = values[weight] - rate * values[f"dE_total/d{weight}"]
        values["eta"] = rate
        for id_ in self.parameters:
            if id_.startswith("w") or self._network.training.update_biases:
                values[f"{id_}+"] = values[id_] - rate * values[f"dE_total/d{id_}"]
                self.parameters[id_] = values[f"{id_}+"]
        return values

    def _forward(self, values: Values) -> None:
        sources = [f"i{number}" for number in range(1, len(self._network.samples[0].inputs[0]) + 1)]
        values |= zip(sources, map(_decimal, self._network.samples[0].inputs[0]), strict=True)
        for neurons, rows, biases in zip(self.layers, self.weights, self.biases, strict=True):
            for neuron, row, bias in zip(neurons, rows, biases, strict=True):
                net = Decimal(0) if bias is None else values[bias]
                for weight, source in zip(row, sources, strict=True):
                    net += values[weight] * values[source]
                    values[f"dnet_{neuron}/d{weight}"] = values[source]
                if bias is not None:
                    values[f"dnet_{neuron}/d{bias}"] = Decimal(1)
                out = _sigmoid(net)
                values |= {f"net_{neuron}": net, f"out_{neuron}": out, f"dout_{neuron}/dnet_{neuron}": out * (1 - out)}
            sources = [f"out_{neuron}" for neuron in neurons]
        for neuron, target in zip(self.layers[-1], map(_decimal, self._network.samples[0].targets[0]), strict=True):
            missed = values[f"out_{neuron}"] - target
            values |= {f"target_{neuron}": target, f"E_{neuron}": missed * missed / 2}
            values |= {f"dE_total/dout_{neuron}": missed, f"dE_{neuron}/dout_{neuron}": missed}
        values["E_total"] = sum((values[f"E_{neuron}"] for neuron in self.layers[-1]), Decimal(0))

    def _backward(self, values: Values, depth: int, *, mark: str) -> None:
        last = depth == len(self.layers) - 1
        for index, neuron in enumerate(self.layers[depth]):
            if not last:
                self._carry_back(values, depth, index, mark)
            by_out, slope = values[f"dE_total/dout_{neuron}"], values[f"dout_{neuron}/dnet_{neuron}"]
            delta = by_out * slope
            values |= {f"delta_{neuron}": delta, f"dE_total/dnet_{neuron}": delta}
            if last:
                values[f"dE_{neuron}/dnet_{neuron}"] = delta
            for weight in self.weights[depth][index]:
                values[f"dE_total/d{weight}"] = delta * values[f"dnet_{neuron}/d{weight}"]
            bias = self.biases[depth][index]
            if bias is not None:
                values[f"dE_total/d{bias}"] = values.get(f"dE_total/d{bias}", Decimal(0)) + delta

    def _carry_back(self, values: Values, depth: int, index: int, mark: str) -> None:
        neuron, total = self.layers[depth][index], Decimal(0)
        for upper, row in zip(self.layers[depth + 1], self.weights[depth + 1], strict=True):
            weight = values[f"{row[index]}{mark}"]
            values[f"dnet_{upper}/dout_{neuron}"] = weight
            term = values[f"delta_{upper}"] * weight
            if depth + 1 == len(self.layers) - 1:
                values[f"dE_{upper}/dout_{neuron}"] = term
            total += term
        values[f"dE_total/dout_{neuron}"] = total


def general() -> Values:
    """Give the quantities of the logistic function's own derivation, at some net input."""
    out = _sigmoid(Decimal("0.3"))
    return {"net": Decimal("0.3"), "out": out, "dout/dnet": out * (1 - out)}


def as_printed(values: Values) -> dict[str, Decimal]:
    """Give the values by what their ids look like on a page."""
    return {unicode(name(id_)): value for id_, value in values.items()}


class NoValueError(Exception):
    """A general form, with a sum over an index, has no value of its own."""


def evaluate(layout: Layout, known: Mapping[str, Decimal]) -> Decimal:
    """Give what a printed formula comes to: by its digits, and by `known` where it shows names."""
    shown = unicode(layout)
    if shown in known:
        return known[shown]
    match layout:
        case Number(digits=digits):
            return Decimal(digits)
        case Fenced(body=body):
            return evaluate(body, known)
        case Fraction(numerator=above, denominator=below):
            return evaluate(above, known) / evaluate(below, known)
        case Script(base=Symbol(text="e"), sub=None, sup=exponent) if exponent is not None:
            return evaluate(exponent, known).exp()
        case Script(base=base, sub=None, sup=exponent) if exponent is not None:
            power = evaluate(exponent, known)
            return Decimal(1) if power == 0 else evaluate(base, known) ** int(power)
        case Root(body=body):
            return evaluate(body, known).sqrt()
        case Bars(body=body):
            return abs(evaluate(body, known))
        case Applied(function=Symbol(text=function), argument=argument):
            return _FUNCTIONS[function](evaluate(argument, known))
        case Choice(rows=rows):
            (value,) = (value for value, condition in rows if _holds(condition, known))
            return evaluate(value, known)
        case Summation():
            raise NoValueError
        case Row(parts=parts):
            return _evaluate_row(parts, known)
        case _:
            raise AssertionError(f"nothing is known of {shown}")


def _by_mpmath(function: Callable[[mpmath.mpf], mpmath.mpf]) -> Callable[[Decimal], Decimal]:
    def apply(value: Decimal) -> Decimal:
        with mpmath.workdps(DIGITS):
            return Decimal(mpmath.nstr(function(mpmath.mpf(str(value))), DIGITS))

    return apply


_FUNCTIONS: Mapping[str, Callable[[Decimal], Decimal]] = {
    "log": Decimal.ln,
    "tanh": _by_mpmath(mpmath.tanh),
    "sigma": _sigmoid,
    "Phi": _by_mpmath(mpmath.ncdf),
    "phi": _by_mpmath(mpmath.npdf),
    "sign": lambda value: value if value == 0 else Decimal(1).copy_sign(value),
}

_COMPARISONS: Mapping[Layout | Operator, Callable[[Decimal, Decimal], bool]] = {
    Operator.ABOVE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.BELOW: operator.lt,
    Operator.AT_MOST: operator.le,
}


def _holds(condition: Layout, known: Mapping[str, Decimal]) -> bool:
    assert isinstance(condition, Row)
    (at,) = (place for place, part in enumerate(condition.parts) if part in _COMPARISONS)
    left, right = Row(condition.parts[:at]), Row(condition.parts[at + 1 :])
    return _COMPARISONS[condition.parts[at]](evaluate(left, known), evaluate(right, known))


def _evaluate_row(parts: tuple[Layout | Operator, ...], known: Mapping[str, Decimal]) -> Decimal:
    total, product, sign = Decimal(0), Decimal(1), 1
    for part in parts:
        match part:
            case Operator.PLUS | Operator.MINUS:
                total, product, sign = total + sign * product, Decimal(1), 1 if part is Operator.PLUS else -1
            case Operator.NEGATIVE:
                sign = -sign
            case Operator.DOT | Operator.BESIDE:
                pass
            case Operator():
                raise AssertionError(f"{part} relates two formulas")
            case _:
                product *= evaluate(part, known)
    return total + sign * product


def only_numbers(layout: Layout) -> bool:
    """Tell whether a formula shows no name but e."""
    match layout:
        case Number():
            return True
        case Symbol(text=text):
            return text == "e"
        case Row(parts=parts):
            return all(isinstance(part, Operator) or only_numbers(part) for part in parts)
        case Fenced(body=body) | Root(body=body) | Bars(body=body) | Applied(argument=body):
            return only_numbers(body)
        case Choice(rows=rows):
            return all(only_numbers(value) and only_numbers(condition) for value, condition in rows)
        case Fraction(numerator=above, denominator=below):
            return only_numbers(above) and only_numbers(below)
        case Script(base=base, sub=sub, sup=sup):
            return all(part is None or only_numbers(part) for part in (base, sub, sup))
        case Summation():
            return False
        case _:
            raise AssertionError(f"no line of scalars: {layout}")
