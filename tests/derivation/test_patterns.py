"""Every derivative that the package states, held against sympy's own algebra instead of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy

from symbackprop.derivation.keys import (
    AddUp,
    BiasGradient,
    Chain,
    Compare,
    HiddenDelta,
    HiddenGradient,
    OutputDelta,
    OutputGradient,
    PathsToErrors,
    PathsToNeurons,
    PatternKey,
    SameAs,
    Squash,
    SumByBias,
    SumByInput,
    SumByWeight,
    TotalByOut,
    Update,
    UpdatedWeight,
    WeightedSum,
)
from symbackprop.derivation.patterns import Form, fill, work_out
from symbackprop.derivation.symbolic import to_sympy
from symbackprop.functions import Activation, Loss
from symbackprop.typeset.formula import ONE, ZERO, Formula, Product, Quantity, Sum
from symbackprop.typeset.plain import plain

SIGMOID, HALF_SQUARED = Activation.SIGMOID, Loss.HALF_SQUARED


def symbol(name: str) -> sympy.Symbol:
    return sympy.Symbol(name, real=True)


def in_sympy(formula: Formula) -> Any:
    return to_sympy(formula, symbol)


def same(left: Any, right: Any) -> bool:
    return bool(sympy.simplify(sympy.cancel(sympy.together(left - right))) == 0)


def all_lines(key: PatternKey) -> list[Formula]:
    """The working and the result."""
    pattern = work_out(key)
    return [*(line.formula for line in pattern.working), pattern.result]


# --- Sums -------------------------------------------------------------------------------------------------

SUMS = [WeightedSum(inputs=inputs, bias=bias) for inputs in (1, 2, 3, 7) for bias in (False, True)]
OF_SUMS: list[tuple[PatternKey, WeightedSum, str]] = [
    *((SumByWeight(it, index), it, f"w{index}") for it in SUMS for index in range(1, it.inputs + 1)),
    *((SumByInput(it, index), it, f"x{index}") for it in SUMS for index in range(1, it.inputs + 1)),
    *((SumByBias(it), it, "b") for it in SUMS if it.bias),
]


@pytest.mark.parametrize(
    ("key", "of", "slot"), OF_SUMS, ids=[f"{of.inputs}-{of.bias}-{slot}" for _, of, slot in OF_SUMS]
)
def test_each_line_of_a_sums_derivative_is_sympys(key: PatternKey, of: WeightedSum, slot: str) -> None:
    terms = [symbol(f"w{number}") * symbol(f"x{number}") for number in range(1, of.inputs + 1)]
    definition = sum(terms) + (symbol("b") if of.bias else 0)
    pattern = work_out(key)
    assert pattern.differentiates is not None
    assert pattern.differentiates.slot == slot
    assert same(in_sympy(pattern.differentiates.definition), definition)
    for formula in all_lines(key):
        assert same(in_sympy(formula), sympy.diff(definition, symbol(slot))), plain(formula)


@pytest.mark.parametrize(
    ("key", "working", "result"),
    [
        (SumByWeight(WeightedSum(inputs=1, bias=False), 1), "1*x1*w1**(1 - 1)", "x1"),
        (SumByWeight(WeightedSum(inputs=2, bias=True), 2), "0 + 1*x2*w2**(1 - 1) + 0", "x2"),
        (SumByInput(WeightedSum(inputs=2, bias=False), 1), "1*w1*x1**(1 - 1) + 0", "w1"),
        (SumByBias(WeightedSum(inputs=2, bias=True)), "0 + 0 + 1", "1"),
    ],
)
def test_a_sums_derivative_shows_why_the_other_terms_vanish(key: PatternKey, working: str, result: str) -> None:
    assert [plain(formula) for formula in all_lines(key)] == [working, result]


def test_many_vanishing_terms_become_one_on_each_side() -> None:
    line = work_out(SumByWeight(WeightedSum(inputs=30, bias=True), 12)).working[0].formula
    assert plain(line) == "0 + 1*x12*w12**(1 - 1) + 0"


@pytest.mark.parametrize("outputs", [1, 2, 3, 6])
def test_the_total_errors_derivative_is_sympys(outputs: int) -> None:
    numbers = range(1, outputs + 1)
    total = sum(sympy.Rational(1, 2) * (symbol(f"target{it}") - symbol(f"out{it}")) ** 2 for it in numbers)
    for index in numbers:
        pattern = work_out(TotalByOut(outputs=outputs, index=index, loss=HALF_SQUARED))
        assert pattern.differentiates is not None
        assert same(in_sympy(pattern.differentiates.definition), total)
        for formula in (*(line.formula for line in pattern.working), pattern.result):
            assert same(in_sympy(formula), sympy.diff(total, symbol(f"out{index}"))), plain(formula)


def test_the_total_errors_first_line_keeps_the_term_that_vanishes() -> None:
    line = work_out(TotalByOut(outputs=2, index=1, loss=HALF_SQUARED)).working[0].formula
    assert isinstance(line, Sum)
    assert line.terms[1] == ZERO
    assert isinstance(line.terms[0], Product)


# --- Forward patterns and chains --------------------------------------------------------------------------

FORWARD: list[tuple[PatternKey, str]] = [
    (WeightedSum(inputs=2, bias=True), "w1*x1 + w2*x2 + b"),
    (WeightedSum(inputs=1, bias=False), "w1*x1"),
    (WeightedSum(inputs=3, bias=False), "w1*x1 + w2*x2 + w3*x3"),
    (Squash(SIGMOID), "1/(1 + exp(-net))"),
    (Compare(HALF_SQUARED), "1/2*(target - out)**2"),
    (AddUp(outputs=1, loss=HALF_SQUARED), "e1"),
    (AddUp(outputs=3, loss=HALF_SQUARED), "e1 + e2 + e3"),
    (Chain(2), "f1*f2"),
    (PathsToErrors(1), "p1"),
    (PathsToErrors(2), "p1 + p2"),
    (PathsToNeurons(2), "d1*g1 + d2*g2"),
    (PathsToNeurons(1), "d1*g1"),
    (OutputDelta(HALF_SQUARED, SIGMOID), "f1*f2"),
    (HiddenDelta(2, SIGMOID), "f1*f2"),
    (OutputGradient(HALF_SQUARED, SIGMOID), "f1*f2*f3"),
    (HiddenGradient(2, SIGMOID), "f1*f2*f3"),
    (BiasGradient(2), "f1_1*f2_1*f3_1 + f1_2*f2_2*f3_2"),
    (Update(), "old - eta*gradient"),
    (UpdatedWeight(), "updated"),
    (SameAs(), "same"),
]


@pytest.mark.parametrize(("key", "result"), FORWARD, ids=lambda it: plain(it) if isinstance(it, Formula) else str(it))
def test_results(key: PatternKey, result: str) -> None:
    assert plain(work_out(key).result) == result
    assert work_out(key).differentiates is None


ALSO: list[tuple[PatternKey, list[tuple[Form, str]]]] = [
    (PathsToErrors(2), [(Form.WITH_DELTA, "d1*v1 + d2*v2")]),
    (PathsToNeurons(1), [(Form.WITH_DELTA, "d1*v1")]),
    (OutputDelta(HALF_SQUARED, SIGMOID), [(Form.FACTORS_WRITTEN_OUT, "-(target - out)*out*(1 - out)")]),
    (HiddenDelta(2, SIGMOID), [(Form.FACTORS_WRITTEN_OUT, "(d1*v1 + d2*v2)*out*(1 - out)")]),
    (
        OutputGradient(HALF_SQUARED, SIGMOID),
        [(Form.FACTORS_WRITTEN_OUT, "-(target - out)*out*(1 - out)*x"), (Form.WITH_DELTA, "delta*x")],
    ),
    (
        HiddenGradient(1, SIGMOID),
        [(Form.FACTORS_WRITTEN_OUT, "d1*v1*out*(1 - out)*x"), (Form.WITH_DELTA, "delta*x")],
    ),
    (BiasGradient(3), [(Form.WITH_DELTA, "delta1 + delta2 + delta3")]),
]


@pytest.mark.parametrize(("key", "forms"), ALSO, ids=lambda it: type(it).__name__)
def test_other_forms_of_a_result(key: PatternKey, forms: list[tuple[Form, str]]) -> None:
    assert [(form, plain(formula)) for form, formula in work_out(key).also.items()] == forms


@pytest.mark.parametrize(
    ("key", "fastest"),
    [
        (HiddenGradient(2, SIGMOID), "delta*x"),
        (OutputDelta(HALF_SQUARED, SIGMOID), "f1*f2"),
        (Update(), "old - eta*gradient"),
    ],
)
def test_the_fastest_form_is_the_one_in_deltas(key: PatternKey, fastest: str) -> None:
    assert plain(work_out(key).fastest) == fastest


@pytest.mark.parametrize("outs", [1, 3])
def test_the_forms_of_a_gradient_are_equal_where_the_factors_are_what_they_stand_for(outs: int) -> None:
    """Sympy puts the factors' own forms into the chain; every other form follows."""
    back = sum(symbol(f"d{it}") * symbol(f"v{it}") for it in range(1, outs + 1))
    slope = symbol("out") * (1 - symbol("out"))
    miss = -(symbol("target") - symbol("out"))
    cases: list[tuple[PatternKey, Any]] = [
        (OutputGradient(HALF_SQUARED, SIGMOID), miss),
        (HiddenGradient(outs, SIGMOID), back),
    ]
    for key, first in cases:
        pattern = work_out(key)
        factors = {symbol("f1"): first, symbol("f2"): slope, symbol("f3"): symbol("x"), symbol("delta"): first * slope}
        expected = in_sympy(pattern.result).subs(factors)
        for formula in pattern.also.values():
            assert same(in_sympy(formula).subs(factors), expected)


def test_filling_names_the_steps_quantities() -> None:
    formula = work_out(WeightedSum(inputs=2, bias=True)).result
    slots = {"w1": "w5", "x1": "out_h1", "w2": "w6", "x2": "out_h2", "b": "b2"}
    assert plain(fill(formula, slots)) == "w5*out_h1 + w6*out_h2 + b2"
    with pytest.raises(KeyError):
        fill(formula, {"w1": "w5"})


def test_an_unknown_key_has_no_pattern() -> None:
    unknown: Any = object()
    with pytest.raises(ValueError, match="no pattern for"):
        work_out(unknown)


Make = Callable[[], PatternKey]


@pytest.mark.parametrize(
    "make", [lambda: WeightedSum(inputs=2, bias=True), lambda: HiddenGradient(3, SIGMOID), lambda: Chain(2)]
)
def test_equal_keys_are_one(make: Make) -> None:
    assert len({make(), make()}) == 1
    assert make() != Chain(7)
    assert work_out(make()) == work_out(make())


def test_constants_of_formulas_are_no_quantities() -> None:
    assert work_out(SumByBias(WeightedSum(inputs=1, bias=True))).result == ONE
    assert work_out(SumByInput(WeightedSum(inputs=1, bias=True), 1)).result == Quantity("w1")
