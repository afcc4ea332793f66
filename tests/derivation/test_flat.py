"""The plain way for small networks: the one flat error expression, and sympy's derivative of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import sympy
from hypothesis import given, settings

from symbackprop.derivation.derive import derive
from symbackprop.derivation.flat import flat_error, is_small, logistic, unproved_gradients
from symbackprop.derivation.graph import Kind
from symbackprop.network import Layer, Network
from symbackprop.typeset.formula import Negative
from tests.networks import ORIGINAL, build, default_network, layer, networks, trained_otherwise

X = sympy.Symbol("x")


def as_exponentials(expression: sympy.Expr) -> sympy.Expr:
    return expression.replace(logistic, lambda it: 1 / (1 + sympy.exp(-it)))


def test_the_flat_error_of_the_default_network() -> None:
    error, outs = flat_error(default_network())
    w, i = sympy.symbols("w1:9"), sympy.symbols("i1 i2")
    b1, b2, t1, t2 = sympy.symbols("b1 b2 target_o1 target_o2")
    h = [logistic(w[k] * i[0] + w[k + 1] * i[1] + b1) for k in (0, 2)]
    o = [logistic(w[k] * h[0] + w[k + 1] * h[1] + b2) for k in (4, 6)]
    assert sympy.expand(error - ((t1 - o[0]) ** 2 + (t2 - o[1]) ** 2) / 2) == 0
    assert outs == {"out_h1": h[0], "out_h2": h[1], "out_o1": o[0], "out_o2": o[1]}


def test_the_flat_error_has_the_networks_value() -> None:
    network = default_network()
    derivation = derive(network)
    numbers = {id_: sympy.Rational(it.numerator, it.denominator) for id_, it in derivation.given.items()}
    error = as_exponentials(flat_error(network)[0]).xreplace({sympy.Symbol(id_): it for id_, it in numbers.items()})
    assert str(sympy.N(error, 15)) == derivation["E_total"].value


def test_the_logistic_function_is_differentiated_as_its_definition_is() -> None:
    definition = 1 / (1 + sympy.exp(-(X**2)))
    difference = as_exponentials(logistic(X**2).diff(X)) - definition.diff(X)
    assert sympy.simplify(difference) == 0
    assert logistic(X).diff(sympy.Symbol("y")) == 0
    assert sympy.simplify(as_exponentials(logistic(X).diff(X, 2)) - (1 / (1 + sympy.exp(-X))).diff(X, 2)) == 0


def network_of(*widths: int) -> Network:
    layers: list[Layer] = []
    for inputs, neurons in pairwise(widths):
        layers.append(layer([["0.1"] * inputs] * neurons))
    return build(*layers, inputs=["1"] * widths[0], targets=["0"] * widths[-1])


@pytest.mark.parametrize(
    ("widths", "small"),
    [
        ((2, 2, 2), True),
        ((1, 1), True),
        ((2, 2, 2, 2), True),
        ((4, 4, 1), True),
        ((3, 3, 2), False),
        ((16, 1), True),
        ((17, 1), False),
    ],
)
def test_only_small_networks_are_written_flat(widths: tuple[int, ...], *, small: bool) -> None:
    assert is_small(network_of(*widths)) is small


@settings(max_examples=40)
@given(networks(most_layers=3, most_neurons=2))
def test_gradients_of_small_networks_are_the_flat_errors(network: Network) -> None:
    assert not list(unproved_gradients(derive(trained_otherwise(network, hidden_gradients=ORIGINAL))))


def test_every_broken_gradient_is_named() -> None:
    derivation = derive(trained_otherwise(default_network(), update_biases=True))
    gradients = [step for step in derivation.steps.values() if step.kind is Kind.GRADIENT]
    for step in gradients:
        assert step.pattern is not None
        pattern = derivation.patterns[step.pattern]
        broken = replace(
            derivation,
            patterns={**derivation.patterns, step.pattern: replace(pattern, result=Negative(pattern.result))},
        )
        assert step.id in set(unproved_gradients(broken))
    assert not list(unproved_gradients(derivation))
