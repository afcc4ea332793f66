"""Every derivative that the package states, held against sympy's own algebra instead of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy

from symbackprop.derivation.derive import derive
from symbackprop.derivation.keys import (
    AddUp,
    BiasCorrected,
    BiasGradient,
    Chain,
    Compare,
    DeltaBiasGradient,
    DeltaGradient,
    Gradient,
    HiddenDelta,
    Momentum,
    MovingAverage,
    NesterovUpdate,
    NextPower,
    Norm,
    OutputDelta,
    Paths,
    PathsToErrors,
    PatternKey,
    Penalty,
    SameAs,
    ScaledUpdate,
    Softmax,
    SoftmaxByNet,
    SoftmaxDelta,
    Squash,
    SumByBias,
    SumByInput,
    SumByWeight,
    SumOfShares,
    TotalByOut,
    Update,
    UpdatedWeight,
    WeightedSum,
    WithPenalty,
)
from symbackprop.derivation.patterns import Form, fill, work_out
from symbackprop.derivation.symbolic import to_sympy
from symbackprop.functions import ACTIVATIONS, LOSSES, Activation, Loss
from symbackprop.typeset.formula import ONE, ZERO, Formula, Product, Quantity, Sum
from symbackprop.typeset.plain import plain
from tests.networks import build, layer

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
        pattern = work_out(TotalByOut(terms=outputs, index=index, loss=HALF_SQUARED))
        assert pattern.differentiates is not None
        assert same(in_sympy(pattern.differentiates.definition), total)
        for formula in (*(line.formula for line in pattern.working), pattern.result):
            assert same(in_sympy(formula), sympy.diff(total, symbol(f"out{index}"))), plain(formula)


@pytest.mark.parametrize("terms", [1, 2])
@pytest.mark.parametrize("loss", list(Loss))
def test_the_total_errors_derivative_is_worked_out_unless_one_line_says_all(loss: Loss, terms: int) -> None:
    alone = terms == 1 and len(LOSSES[loss].derivative) == 1
    assert bool(work_out(TotalByOut(terms=terms, index=1, loss=loss)).working) is not alone


def test_the_total_errors_first_line_keeps_the_term_that_vanishes() -> None:
    line = work_out(TotalByOut(terms=2, index=1, loss=HALF_SQUARED)).working[0].formula
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
    (Softmax(2, 1), "exp(net1)/(exp(net1) + exp(net2))"),
    (AddUp(1), "e1"),
    (AddUp(3), "e1 + e2 + e3"),
    (AddUp(2, 4), "1/4*(e1 + e2)"),
    (Penalty(Norm.L1, 2), "lambda*(abs(w1) + abs(w2))"),
    (Penalty(Norm.L2, 2), "1/2*lambda*(w1**2 + w2**2)"),
    (Penalty(Norm.L2, 1), "1/2*lambda*w1**2"),
    (Chain(2), "f1*f2"),
    (PathsToErrors(1), "p1"),
    (PathsToErrors(2), "p1 + p2"),
    (Paths(2), "d1*g1 + d2*g2"),
    (Paths(1), "d1*g1"),
    (Paths(1, direct=True), "p + d1*g1"),
    (Paths(1, direct=True, divisor=2), "1/2*p + d1*g1"),
    (OutputDelta(HALF_SQUARED, SIGMOID), "f1*f2"),
    (HiddenDelta(Paths(2), SIGMOID), "f1*f2"),
    (SoftmaxDelta(2, 1, fused=False), "f1*g1 + f2*g2"),
    (Gradient(), "f1*f2*f3"),
    (DeltaGradient(), "delta*f3"),
    (BiasGradient(2), "f1_1*f2_1*f3_1 + f1_2*f2_2*f3_2"),
    (DeltaBiasGradient(2), "delta1*f3_1 + delta2*f3_2"),
    (SumOfShares(3), "s1 + s2 + s3"),
    (SumOfShares(2, 2), "1/2*(s1 + s2)"),
    (WithPenalty(l1=False, l2=False), "gradient"),
    (WithPenalty(l1=True, l2=True), "gradient + lambda1*sign(w) + lambda2*w"),
    (MovingAverage(1), "decay*state + (1 - decay)*gradient"),
    (MovingAverage(2), "decay*state + (1 - decay)*gradient**2"),
    (Momentum(), "mu*state + gradient"),
    (NextPower(), "state*beta"),
    (BiasCorrected(), "average/(1 - power)"),
    (Update(), "old - eta*gradient"),
    (NesterovUpdate(), "old - eta*(gradient + mu*momentum)"),
    (ScaledUpdate(), "old - eta*(gradient/(sqrt(square) + epsilon))"),
    (ScaledUpdate(decays=True), "(1 - eta*decay)*old - eta*(gradient/(sqrt(square) + epsilon))"),
    (UpdatedWeight(), "updated"),
    (SameAs(), "same"),
]


@pytest.mark.parametrize(("key", "result"), FORWARD, ids=lambda it: plain(it) if isinstance(it, Formula) else str(it))
def test_results(key: PatternKey, result: str) -> None:
    assert plain(work_out(key).result) == result
    assert work_out(key).differentiates is None


OUTPUT_DELTA = OutputDelta(HALF_SQUARED, SIGMOID)
ALSO: list[tuple[PatternKey, list[tuple[Form, str]]]] = [
    (PathsToErrors(2), [(Form.WITH_DELTA, "d1*v1 + d2*v2")]),
    (Paths(1), [(Form.WITH_DELTA, "d1*v1")]),
    (Paths(1, direct=True, divisor=3), [(Form.WITH_DELTA, "1/3*p + d1*v1")]),
    (OUTPUT_DELTA, [(Form.FACTORS_WRITTEN_OUT, "-(target - out)*out*(1 - out)")]),
    (
        OutputDelta(HALF_SQUARED, SIGMOID, 2),
        [(Form.FACTORS_WRITTEN_OUT, "-1/2*(target - out)*out*(1 - out)")],
    ),
    (HiddenDelta(Paths(2), SIGMOID), [(Form.FACTORS_WRITTEN_OUT, "(d1*v1 + d2*v2)*out*(1 - out)")]),
    (SoftmaxDelta(2, 1, fused=True), [(Form.FUSED, "out1 - target1")]),
    (SoftmaxDelta(2, 2, fused=False), []),
    (Gradient(), [(Form.WITH_DELTA, "delta*x")]),
    (DeltaGradient(), [(Form.WITH_DELTA, "delta*x")]),
    (BiasGradient(3), [(Form.WITH_DELTA, "delta1 + delta2 + delta3")]),
    (DeltaBiasGradient(1), [(Form.WITH_DELTA, "delta1")]),
]


@pytest.mark.parametrize(("key", "forms"), ALSO, ids=lambda it: type(it).__name__)
def test_other_forms_of_a_result(key: PatternKey, forms: list[tuple[Form, str]]) -> None:
    assert [(form, plain(formula)) for form, formula in work_out(key).also.items()] == forms


@pytest.mark.parametrize(
    ("key", "fastest"),
    [
        (Gradient(), "delta*x"),
        (OUTPUT_DELTA, "f1*f2"),
        (OutputDelta(Loss.BINARY_CROSS_ENTROPY, SIGMOID), "out - target"),
        (Update(), "old - eta*gradient"),
    ],
)
def test_the_fastest_form_is_the_one_in_deltas(key: PatternKey, fastest: str) -> None:
    assert plain(work_out(key).fastest) == fastest


FORMS_OF_THE_FIRST_WEIGHT = {
    "out": ["-(target_o1 - out_o1)*out_o1*(1 - out_o1)*out_h1", "delta_o1*out_h1"],
    "hidden": ["delta_o1*w2*out_h1*(1 - out_h1)*i1", "delta_h1*i1"],
}


def test_a_gradient_has_its_deltas_forms_too() -> None:
    derivation = derive(build(layer([["1"]]), layer([["1"]]), inputs=["1"], targets=["0"]))
    found = {name: derivation.forms(id_) for name, id_ in (("out", "dE_total/dw2"), ("hidden", "dE_total/dw1"))}
    assert {name: [plain(it) for it in forms.values()] for name, forms in found.items()} == FORMS_OF_THE_FIRST_WEIGHT
    assert list(found["out"]) == [Form.FACTORS_WRITTEN_OUT, Form.WITH_DELTA]
    assert derivation.forms("delta_o1") == {Form.FACTORS_WRITTEN_OUT: derivation.fill("delta_o1", WRITTEN_OUT)}
    assert derivation.forms("w1+") == {}


WRITTEN_OUT = work_out(OUTPUT_DELTA).also[Form.FACTORS_WRITTEN_OUT]


@pytest.mark.parametrize("paths", [1, 3])
@pytest.mark.parametrize("activation", [it for it in Activation if it is not Activation.SOFTMAX])
def test_the_forms_of_a_delta_are_equal_where_the_factors_are_what_they_stand_for(
    activation: Activation, paths: int
) -> None:
    """Sympy puts the factors' own forms into the chain; the other form follows."""
    back = sum(symbol(f"d{it}") * symbol(f"v{it}") for it in range(1, paths + 1))
    slope = in_sympy(ACTIVATIONS[activation].derivative[-1].formula)
    miss = -(symbol("target") - symbol("out"))
    cases: list[tuple[PatternKey, Any]] = [
        (OutputDelta(HALF_SQUARED, activation), miss),
        (HiddenDelta(Paths(paths), activation), back),
    ]
    for key, first in cases:
        pattern = work_out(key)
        expected = in_sympy(pattern.result).subs({symbol("f1"): first, symbol("f2"): slope})
        assert same(in_sympy(pattern.also[Form.FACTORS_WRITTEN_OUT]), expected)


@pytest.mark.parametrize("activation", [it for it in Activation if it is not Activation.SOFTMAX])
@pytest.mark.parametrize("loss", Loss)
@pytest.mark.parametrize("divisor", [1, 3])
def test_a_shortcut_is_the_product_that_it_stands_for(loss: Loss, activation: Activation, divisor: int) -> None:
    pattern = work_out(OutputDelta(loss, activation, divisor))
    whole = in_sympy(pattern.also[Form.FACTORS_WRITTEN_OUT])
    for line in pattern.shortcut:
        assert same(in_sympy(line.formula), whole), plain(line.formula)
    assert (Form.FUSED in pattern.also) is bool(pattern.shortcut)


@pytest.mark.parametrize("width", [2, 3])
def test_softmax_and_cross_entropy_join_to_out_less_target(width: int) -> None:
    numbers = range(1, width + 1)
    nets, targets = ([symbol(f"{name}{it}") for it in numbers] for name in ("net", "target"))
    powers = [sympy.exp(net) for net in nets]
    outs = [power / sum(powers) for power in powers]
    # The last target is what the others leave of 1.
    last = 1 - sum(targets[:-1])
    error = -sum(target * sympy.log(out) for target, out in zip([*targets[:-1], last], outs, strict=True))
    meaning = {symbol(f"out{it}"): out for it, out in zip(numbers, outs, strict=True)} | {targets[-1]: last}
    for index in numbers:
        pattern = work_out(SoftmaxDelta(width, index, fused=True))
        expected = sympy.diff(error, nets[index - 1])
        for formula in (*(line.formula for line in pattern.shortcut), pattern.also[Form.FUSED]):
            assert same(in_sympy(formula).subs(meaning), expected), plain(formula)


@pytest.mark.parametrize("width", [2, 3])
def test_each_line_of_a_softmaxs_derivative_is_sympys(width: int) -> None:
    numbers = range(1, width + 1)
    powers = [sympy.exp(symbol(f"net{it}")) for it in numbers]
    meaning = {symbol(f"out{it}"): power / sum(powers) for it, power in zip(numbers, powers, strict=True)}
    for of in numbers:
        assert same(in_sympy(work_out(Softmax(width, of)).result), meaning[symbol(f"out{of}")])
        for by in numbers:
            expected = sympy.diff(meaning[symbol(f"out{of}")], symbol(f"net{by}"))
            for formula in all_lines(SoftmaxByNet(width, of, by)):
                assert same(in_sympy(formula).subs(meaning), expected), plain(formula)


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
    "make", [lambda: WeightedSum(inputs=2, bias=True), lambda: HiddenDelta(Paths(3), SIGMOID), lambda: Chain(2)]
)
def test_equal_keys_are_one(make: Make) -> None:
    assert len({make(), make()}) == 1
    assert make() != Chain(7)
    assert work_out(make()) == work_out(make())


def test_constants_of_formulas_are_no_quantities() -> None:
    assert work_out(SumByBias(WeightedSum(inputs=1, bias=True))).result == ONE
    assert work_out(SumByInput(WeightedSum(inputs=1, bias=True), 1)).result == Quantity("w1")
