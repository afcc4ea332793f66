"""The tables of functions, held against definitions written in sympy by hand and against sympy's own derivatives."""

from __future__ import annotations

from typing import Any

import pytest
import sympy

from symbackprop.derivation.symbolic import to_sympy
from symbackprop.functions import ACTIVATIONS, LOSSES, Activation, Function, Loss
from symbackprop.typeset.formula import Formula
from symbackprop.typeset.plain import plain


def symbol(name: str) -> sympy.Symbol:
    return sympy.Symbol(name, real=True)


def in_sympy(formula: Formula) -> Any:
    return to_sympy(formula, symbol)


net, out, target, alpha, kappa = map(symbol, ("net", "out", "target", "alpha", "kappa"))
miss = target - out

BY_HAND: dict[Activation | Loss, Any] = {
    Activation.IDENTITY: net,
    Activation.SIGMOID: 1 / (1 + sympy.exp(-net)),
    Activation.TANH: sympy.tanh(net),
    Activation.RELU: sympy.Max(net, 0),
    Activation.LEAKY_RELU: sympy.Max(net, 0) + alpha * sympy.Min(net, 0),
    Activation.ELU: sympy.Max(net, 0) + alpha * (sympy.exp(sympy.Min(net, 0)) - 1),
    Activation.SOFTPLUS: sympy.log(1 + sympy.exp(net)),
    Activation.GELU: net * (1 + sympy.erf(net / sympy.sqrt(2))) / 2,
    Activation.SILU: net / (1 + sympy.exp(-net)),
    Loss.HALF_SQUARED: sympy.Rational(1, 2) * miss**2,
    Loss.SQUARED: miss**2,
    Loss.ABSOLUTE: sympy.Abs(miss),
    Loss.HUBER: sympy.Piecewise(
        (miss**2 / 2, sympy.Abs(miss) <= kappa), (kappa * sympy.Abs(miss) - kappa**2 / 2, True)
    ),
    Loss.BINARY_CROSS_ENTROPY: -target * sympy.log(out) - (1 - target) * sympy.log(1 - out),
    Loss.CROSS_ENTROPY: -target * sympy.log(out),
}

POINTS = [
    {net: x, alpha: bend, target: t, out: o, kappa: sympy.Rational(1, 3)}
    for x, bend, t, o in (
        (sympy.Rational(-7, 3), sympy.Rational(1, 5), sympy.Rational(1, 100), sympy.Rational(3, 4)),
        (sympy.Rational(-1, 9), sympy.Rational(3, 2), sympy.Rational(1, 2), sympy.Rational(2, 5)),
        (sympy.Rational(2, 7), sympy.Rational(1, 5), sympy.Rational(1, 2), sympy.Rational(7, 11)),
        (sympy.Rational(9, 4), sympy.Rational(3, 2), sympy.Rational(99, 100), sympy.Rational(1, 8)),
    )
]
"""On either side of every kink."""


def meet(left: Any, right: Any) -> bool:
    """Whether two expressions have the same values at all points, to forty digits."""
    return all(abs(sympy.N((left - right).subs(point), 50)) < sympy.Float("1e-40", 50) for point in POINTS)


def test_every_function_is_in_the_table() -> None:
    assert set(ACTIVATIONS) | set(LOSSES) == set(BY_HAND) == {*Activation, *Loss} - {Activation.SOFTMAX}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_line_of_an_activations_derivative_is_sympys(activation: Activation) -> None:
    function = ACTIVATIONS[activation]
    definition = BY_HAND[activation]
    assert meet(in_sympy(function.definition), definition)
    expected = sympy.diff(definition, net)
    for line in function.derivative:
        found = in_sympy(line.formula).subs(out, definition)
        assert meet(found, expected), plain(line.formula)
        assert not meet(found + sympy.Rational(1, 10**30), expected)


@pytest.mark.parametrize("loss", LOSSES)
def test_each_line_of_a_losss_derivative_is_sympys(loss: Loss) -> None:
    function = LOSSES[loss]
    assert meet(in_sympy(function.definition), BY_HAND[loss])
    expected = sympy.diff(BY_HAND[loss], out)
    for line in function.derivative:
        assert meet(in_sympy(line.formula), expected), plain(line.formula)


@pytest.mark.parametrize(
    ("function", "result"),
    [
        (ACTIVATIONS[Activation.IDENTITY], "1"),
        (ACTIVATIONS[Activation.SIGMOID], "out*(1 - out)"),
        (ACTIVATIONS[Activation.TANH], "1 - out**2"),
        (ACTIVATIONS[Activation.RELU], "(1 if net > 0 else 0)"),
        (ACTIVATIONS[Activation.LEAKY_RELU], "(1 if net > 0 else alpha)"),
        (ACTIVATIONS[Activation.ELU], "(1 if net > 0 else out + alpha)"),
        (ACTIVATIONS[Activation.SOFTPLUS], "sigmoid(net)"),
        (ACTIVATIONS[Activation.GELU], "normal_cdf(net) + net*normal_pdf(net)"),
        (ACTIVATIONS[Activation.SILU], "sigmoid(net) + out*(1 - sigmoid(net))"),
        (LOSSES[Loss.HALF_SQUARED], "-(target - out)"),
        (LOSSES[Loss.SQUARED], "-2*(target - out)"),
        (LOSSES[Loss.ABSOLUTE], "-sign(target - out)"),
        (
            LOSSES[Loss.HUBER],
            "(-(target - out) if abs(target - out) <= kappa else -kappa*sign(target - out))",
        ),
        (LOSSES[Loss.BINARY_CROSS_ENTROPY], "-target/out + (1 - target)/(1 - out)"),
        (LOSSES[Loss.CROSS_ENTROPY], "-target/out"),
    ],
)
def test_a_derivative_ends_in_the_form_that_people_write(function: Function, result: str) -> None:
    assert plain(function.derivative[-1].formula) == result
