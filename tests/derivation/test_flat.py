"""The plain way for small networks: the one flat error expression, and sympy's derivative of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import cast

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.flat import flatten, is_small, unproved_gradients
from symbackprop.derivation.flat_functions import (
    compare,
    gelu,
    hyperbolic,
    logistic,
    normal_cdf,
    normal_pdf,
    silu,
    softmax,
    softplus,
    squash,
)
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.steps import Step
from symbackprop.functions import Activation, Loss
from symbackprop.network import Layer, Network, Reduction, Reductions
from symbackprop.typeset.formula import Formula, Sum
from tests.networks import ORIGINAL, build, default_network, layer, networks, rightly, sample, trained_otherwise
from tests.random_networks import SMOOTH, SMOOTH_LOSSES, any_networks
from tests.reference import FLOATS, given_numbers, one_round, parameters

X = sympy.Symbol("x")
BATCH = [sample(["0.3", "-0.8"], ["1", "0"]), sample(["1.1", "0.4"], ["0.25", "0.75"])]


# --- The functions ----------------------------------------------------------------------------------------

DEFINITIONS = {
    logistic: lambda it: 1 / (1 + sympy.exp(-it)),
    hyperbolic: sympy.tanh,
    softplus: lambda it: sympy.log(1 + sympy.exp(it)),
    silu: lambda it: it / (1 + sympy.exp(-it)),
    normal_cdf: lambda it: (1 + sympy.erf(it / sympy.sqrt(2))) / 2,
    normal_pdf: lambda it: sympy.exp(-(it**2) / 2) / sympy.sqrt(2 * sympy.pi),
    gelu: lambda it: it * (1 + sympy.erf(it / sympy.sqrt(2))) / 2,
    softmax: lambda j, *its: sympy.exp(its[j]) / sympy.Add(*map(sympy.exp, its)),
}


def defined(expression: sympy.Expr) -> sympy.Expr:
    for function, definition in DEFINITIONS.items():
        expression = expression.replace(function, definition)
    return expression


@pytest.mark.parametrize("function", [logistic, hyperbolic, softplus, silu, gelu])
def test_a_function_is_differentiated_as_its_definition_is(function: type[sympy.Function]) -> None:
    difference = defined(function(X**2).diff(X)) - DEFINITIONS[function](X**2).diff(X)
    assert abs(sympy.N(difference.subs(X, sympy.Rational(7, 5)), 40)) < 1e-35
    assert function(X).diff(sympy.Symbol("y")) == 0


@pytest.mark.parametrize("index", [0, 1, 2])
def test_softmax_is_differentiated_as_its_definition_is(index: int) -> None:
    nets = (X**2, 3 * X, sympy.Symbol("y"))
    difference = defined(softmax(index, *nets).diff(X)) - DEFINITIONS[softmax](index, *nets).diff(X)
    numbers = {X: sympy.Rational(7, 5), sympy.Symbol("y"): sympy.Rational(1, 3)}
    assert abs(sympy.N(difference.subs(numbers), 40)) < 1e-35


@pytest.mark.parametrize("activation", [Activation.RELU, Activation.LEAKY_RELU, Activation.ELU])
def test_what_has_a_kink_has_no_flat_form(activation: Activation) -> None:
    with pytest.raises(ValueError, match="kink"):
        squash(activation, [X])


@pytest.mark.parametrize("loss", [Loss.ABSOLUTE, Loss.HUBER])
def test_a_loss_with_a_kink_has_no_flat_form(loss: Loss) -> None:
    with pytest.raises(ValueError, match="kink"):
        compare(loss, X, X)


def smooth_networks() -> st.SearchStrategy[Network]:
    """Small networks without a kink."""
    networks_ = any_networks(
        most_layers=3, most_neurons=2, most_samples=2, most_steps=2, activations=SMOOTH, losses=SMOOTH_LOSSES
    )
    return networks_.map(without_l1).filter(is_small)


def without_l1(network: Network) -> Network:
    return replace(network, training=replace(network.training, l1=None))


# --- The expression ---------------------------------------------------------------------------------------


def test_the_flat_error_of_the_default_network() -> None:
    flat = flatten(default_network())
    w, i = sympy.symbols("w1:9"), sympy.symbols("i1 i2")
    b1, b2, t1, t2 = sympy.symbols("b1 b2 target_o1 target_o2")
    h = [logistic(w[k] * i[0] + w[k + 1] * i[1] + b1) for k in (0, 2)]
    o = [logistic(w[k] * h[0] + w[k + 1] * h[1] + b2) for k in (4, 6)]
    assert sympy.expand(flat.errors["E_total"] - ((t1 - o[0]) ** 2 + (t2 - o[1]) ** 2) / 2) == 0
    assert flat.outs == {"out_h1": h[0], "out_h2": h[1], "out_o1": o[0], "out_o2": o[1]}


@settings(max_examples=8)
@given(smooth_networks())
def test_the_flat_errors_have_the_networks_values(network: Network) -> None:
    flat = flatten(network)
    numbers = {sympy.Symbol(id_): _rational(it) for id_, it in given_numbers(network).items()}
    exact = given_numbers(network)
    numbers |= {symbol: _rational(exact[id_]) for id_, symbols in flat.uses.items() for symbol in symbols}
    found = {id_: float(sympy.N(defined(error).xreplace(numbers), 30)) for id_, error in flat.errors.items()}
    values = one_round(network, FLOATS, parameters(network, FLOATS) | {k: float(it) for k, it in exact.items()})
    assert found == pytest.approx({id_: values[id_] for id_ in found}, rel=1e-9, abs=1e-12)


def _rational(number: Fraction) -> sympy.Rational:
    return sympy.Rational(number.numerator, number.denominator)


# --- Which networks ---------------------------------------------------------------------------------------


def network_of(*widths: int, activation: Activation = Activation.SIGMOID, samples: int = 1) -> Network:
    layers: list[Layer] = []
    for inputs, neurons in pairwise(widths):
        layers.append(layer([["0.1"] * inputs] * neurons, activation=activation))
    return build(*layers, samples=[sample(["1"] * widths[0], ["0"] * widths[-1])] * samples)


def unrolled(width: int, steps: int, *, activation: Activation = Activation.TANH, targets: int = 1) -> Network:
    rows = [[f"0.{index + other + 1}" for other in range(width)] for index in range(width)]
    recurrent = layer([["0.5"]] * width, "0.1", activation=activation, recurrent=rows, state=["0.3"] * width)
    numbers = [["0.3"], ["-0.8"], ["0.6"], ["1.2"]]
    return build(
        recurrent,
        layer([["0.7"] * width], "0.2", activation=Activation.IDENTITY),
        samples=[sample(numbers[:steps], numbers[:targets])],
        update_biases=True,
    )


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


@pytest.mark.parametrize(
    ("network", "small"),
    [
        (network_of(2, 2, 1, samples=4), True),
        (network_of(2, 2, 1, samples=5), False),
        (network_of(1, 1, activation=Activation.RELU), False),
        (network_of(4, 2, activation=Activation.SOFTMAX), True),
        (network_of(5, 2, activation=Activation.SOFTMAX), False),
        (unrolled(1, 4), True),
        (unrolled(2, 2), True),
        (unrolled(2, 3), False),
        (build(layer([["0.5"]]), inputs=["1"], targets=["0"], loss=Loss.ABSOLUTE), False),
        (build(layer([["0.5"]]), inputs=["1"], targets=["0"], loss=Loss.HUBER, threshold="1"), False),
        (build(layer([["0.5"]]), inputs=["1"], targets=["0"], l1="0.1"), False),
        (build(layer([["0.5"]]), inputs=["1"], targets=["0"], l2="0.1"), True),
    ],
)
def test_batches_sequences_and_kinks_count_too(network: Network, *, small: bool) -> None:
    assert is_small(network) is small


# --- The gradients ----------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(networks(most_layers=3, most_neurons=2))
def test_gradients_of_small_networks_are_the_flat_errors(network: Network) -> None:
    assert not list(unproved_gradients(derive(trained_otherwise(network, hidden_gradients=ORIGINAL))))


@settings(max_examples=25)
@given(smooth_networks())
def test_gradients_of_any_small_network_are_the_flat_errors(network: Network) -> None:
    assert not list(unproved_gradients(derive(rightly(network))))


def every_kind() -> Mapping[str, Network]:
    """A small network with each smooth function, with a batch, and with a sequence."""
    weights = [["0.3", "-0.4"], ["0.5", "0.8"]]
    means = Reductions(outputs=Reduction.MEAN, steps=Reduction.MEAN, batch=Reduction.MEAN)
    found = {
        str(activation): build(
            layer(weights, "0.1", activation=activation),
            layer(weights, ["0.2", "-0.6"], activation=activation),
            samples=BATCH,
            reductions=means,
            l2="0.1",
            update_biases=True,
        )
        for activation in SMOOTH
        if activation is not Activation.SOFTMAX
    }
    softmax_layer = layer(weights, "0.3", activation=Activation.SOFTMAX)
    for loss in (Loss.CROSS_ENTROPY, Loss.SQUARED, Loss.HALF_SQUARED):
        found[f"softmax, {loss}"] = build(softmax_layer, samples=BATCH, loss=loss, update_biases=True)
    found["binary"] = build(layer(weights, "0.3"), samples=BATCH, loss=Loss.BINARY_CROSS_ENTROPY)
    found["sequence"] = unrolled(2, 2, targets=2)
    found["long sequence"] = unrolled(1, 4, activation=Activation.SIGMOID)
    return found


@pytest.mark.parametrize("network", every_kind().values(), ids=every_kind())
def test_gradients_of_every_kind_are_the_flat_errors(network: Network) -> None:
    assert is_small(network)
    derivation = derive(network)
    assert not list(unproved_gradients(derivation))
    # All at once: a sum of doubles that is doubled is still none.
    gradients = {step.id for step in derivation.steps.values() if step.kind is Kind.GRADIENT}
    assert set(unproved_gradients(broken(derivation, *gradients))) == gradients


def test_every_broken_gradient_is_named() -> None:
    derivation = derive(trained_otherwise(default_network(), update_biases=True))
    for step in derivation.steps.values():
        if step.kind is Kind.GRADIENT:
            assert set(unproved_gradients(broken(derivation, step.id))) == {step.id}
    assert not list(unproved_gradients(derivation))


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A derivation with some formulas doubled."""

    whole: Derivation
    wrong: frozenset[str]

    @property
    def network(self) -> Network:
        """The whole derivation's."""
        return self.whole.network

    @property
    def steps(self) -> Mapping[str, Step]:
        """The whole derivation's."""
        return self.whole.steps

    def formula(self, id_: str) -> Formula:
        """The whole derivation's, but for the wrong ones."""
        formula = self.whole.formula(id_)
        return Sum((formula, formula)) if id_ in self.wrong else formula


def broken(derivation: Derivation, *wrong: str) -> Derivation:
    return cast("Derivation", Broken(whole=derivation, wrong=frozenset(wrong)))
