"""The exact proof of tables: every line of every function holds, and whatever is broken is told."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
import sympy
from flint import arb, arb_series, fmpq

from symbackprop.derivation.balls import Real, evaluate, precision, to_ball, to_exact
from symbackprop.derivation.identities import unproved_lines
from symbackprop.derivation.symbolic import to_sympy
from symbackprop.functions import (
    ACTIVATIONS,
    LOSSES,
    Activation,
    Function,
    Line,
    Loss,
    fused,
    softmax_cross_entropy,
    softmax_definition,
    softmax_derivative,
)
from symbackprop.typeset.formula import (
    ONE,
    TWO,
    ZERO,
    Abs,
    Apply,
    Cases,
    Comparison,
    Condition,
    Elementary,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    constant,
    quantities,
    rename,
    transform,
)
from symbackprop.typeset.plain import plain

NET, OUT, TARGET = Quantity("net"), Quantity("out"), Quantity("target")
ALPHA, KAPPA = Quantity("alpha"), Quantity("kappa")
WIDTHS = (1, 2, 3, 5)


ALL: list[tuple[Activation | Loss, Function]] = [*ACTIVATIONS.items(), *LOSSES.items()]


class Claim:
    """Lines that are said to be a definition's derivative by a slot."""

    def __init__(self, definition: Formula, slot: str, lines: Sequence[Line], meanings: Mapping[str, Formula]) -> None:
        self.definition, self.slot, self.meanings = definition, slot, meanings
        self.formulas = [line.formula for line in lines]

    def unproved(self, *formulas: Formula) -> tuple[int, ...]:
        """What isn't proved of the lines, or of others that are put in their place."""
        return unproved_lines(self.definition, self.slot, formulas or self.formulas, self.meanings)


def numbered(formula: Formula, number: int) -> Formula:
    return rename(formula, lambda slot: f"{slot}{number}")


def added(terms: Sequence[Formula]) -> Formula:
    return Sum(tuple(terms))


def softmax_meanings(width: int) -> dict[str, Formula]:
    return {f"out{index}": softmax_definition(width, index) for index in range(1, width + 1)}


def whole_cross_entropy(width: int, index: int) -> Claim:
    """The targets add up to 1: the last one stands for what the others leave."""
    numbers = range(1, width + 1)
    error = added([numbered(LOSSES[Loss.CROSS_ENTROPY].definition, number) for number in numbers])
    rest = Sum((ONE, *(Negative(Quantity(f"target{number}")) for number in numbers[:-1])))
    meanings = softmax_meanings(width) | {f"target{width}": rest}
    return Claim(error, f"net{index}", softmax_cross_entropy(width, index), meanings)


def all_claims() -> dict[str, Claim]:
    claims = {
        str(kind): Claim(function.definition, "net", function.derivative, {"out": function.definition})
        for kind, function in ACTIVATIONS.items()
    }
    for loss, function in LOSSES.items():
        claims[str(loss)] = Claim(function.definition, "out", function.derivative, {})
    for width in WIDTHS:
        for by in range(1, width + 1):
            lines = softmax_derivative(width, 1, by)
            claims[f"softmax-{width}-{by}"] = Claim(
                softmax_definition(width, 1), f"net{by}", lines, softmax_meanings(width)
            )
        claims[f"softmax-cross-entropy-{width}"] = whole_cross_entropy(width, (width + 1) // 2)
    together = fused(Loss.BINARY_CROSS_ENTROPY, Activation.SIGMOID)
    assert together is not None
    error, meanings = LOSSES[Loss.BINARY_CROSS_ENTROPY].definition, {"out": ACTIVATIONS[Activation.SIGMOID].definition}
    claims["sigmoid-binary-cross-entropy"] = Claim(error, "net", together, meanings)
    return claims


CLAIMS = all_claims()


# --- What is right ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CLAIMS)
def test_every_line_of_every_table_is_proved(name: str) -> None:
    assert CLAIMS[name].unproved() == ()


def test_only_one_pair_of_one_net_input_is_short() -> None:
    pairs = [(loss, activation) for loss in Loss for activation in Activation if fused(loss, activation)]
    assert pairs == [(Loss.BINARY_CROSS_ENTROPY, Activation.SIGMOID)]


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (softmax_derivative(3, 2, 2), "out2*(1 - out2)"),
        (softmax_derivative(3, 2, 3), "-out2*out3"),
        (softmax_cross_entropy(3, 2), "out2 - target2"),
        (fused(Loss.BINARY_CROSS_ENTROPY, Activation.SIGMOID) or (), "out - target"),
    ],
)
def test_what_takes_in_a_layer_ends_as_people_write_it(lines: Sequence[Line], last: str) -> None:
    assert plain(lines[-1].formula) == last


SMOOTH: list[tuple[Formula, Formula]] = [
    (
        Apply(Elementary.SIGMOID, NET),
        Product((Apply(Elementary.SIGMOID, NET), Apply(Elementary.SIGMOID, Negative(NET)))),
    ),
    (Apply(Elementary.TANH, NET), Sum((ONE, Negative(Power(Apply(Elementary.TANH, NET), TWO))))),
    (Apply(Elementary.NORMAL_CDF, NET), Apply(Elementary.NORMAL_PDF, NET)),
    (Apply(Elementary.NORMAL_PDF, NET), Negative(Product((NET, Apply(Elementary.NORMAL_PDF, NET))))),
    (Apply(Elementary.LOG, NET), Quotient(ONE, NET)),
    (Product((NET, Apply(Elementary.LOG, NET))), Sum((Apply(Elementary.LOG, NET), ONE))),
    (Exp(Negative(NET)), Negative(Exp(Negative(NET)))),
    (Abs(Product((NET, NET))), Product((TWO, NET, Apply(Elementary.SIGN, Product((NET, NET)))))),
]


@pytest.mark.parametrize(("definition", "derivative"), SMOOTH, ids=[plain(row[0]) for row in SMOOTH])
def test_each_function_with_a_name_is_differentiated(definition: Formula, derivative: Formula) -> None:
    assert unproved_lines(definition, "net", [derivative], {}) == ()
    assert unproved_lines(definition, "net", [Negative(derivative)], {}) == (1,)


# --- What is wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CLAIMS)
def test_a_little_too_much_is_found_in_every_line(name: str) -> None:
    claim, little = CLAIMS[name], constant(1, 10**12)
    for number, formula in enumerate(claim.formulas, start=1):
        broken = [*claim.formulas]
        broken[number - 1] = Sum((formula, little))
        assert claim.unproved(*broken) == (number,)


@pytest.mark.parametrize("name", [name for name in CLAIMS if name != "softmax-1-1" and not name.endswith("entropy-1")])
def test_a_wrong_sign_is_found_in_every_line(name: str) -> None:
    claim = CLAIMS[name]
    assert claim.unproved(*map(Negative, claim.formulas)) == tuple(range(1, len(claim.formulas) + 1))


ABOVE, AT_LEAST = (Condition(NET, it, ZERO) for it in (Comparison.ABOVE, Comparison.AT_LEAST))
MISS = Sum((TARGET, Negative(OUT)))
NEAR = Condition(Abs(MISS), Comparison.AT_MOST, KAPPA)
SIGN = Apply(Elementary.SIGN, MISS)
SIGMA = Apply(Elementary.SIGMOID, NET)

BROKEN: list[tuple[str, str, Formula]] = [
    ("only one half", "relu", ONE),
    ("the halves changed over", "relu", Cases(ABOVE, ZERO, ONE)),
    ("another value at the kink", "relu", Cases(AT_LEAST, ONE, ZERO)),
    ("another boundary", "relu", Cases(Condition(NET, Comparison.ABOVE, ONE), ONE, ZERO)),
    ("the slope above", "leaky_relu", Cases(ABOVE, ALPHA, ONE)),
    ("alpha forgotten", "elu", Cases(ABOVE, ONE, OUT)),
    ("the output above", "elu", Cases(ABOVE, Sum((OUT, ALPHA)), ONE)),
    ("a plus", "tanh", Sum((ONE, Power(OUT, TWO)))),
    ("the other argument", "softplus", Apply(Elementary.SIGMOID, Negative(NET))),
    ("no product rule", "gelu", Apply(Elementary.NORMAL_CDF, NET)),
    ("the density alone", "gelu", Sum((Apply(Elementary.NORMAL_CDF, NET), Apply(Elementary.NORMAL_PDF, NET)))),
    ("the output twice", "silu", Sum((SIGMA, Product((OUT, Sum((ONE, Negative(OUT)))))))),
    ("the sign alone", "absolute", SIGN),
    ("the miss", "absolute", Negative(MISS)),
    ("the parabola everywhere", "huber", Negative(MISS)),
    ("kappa without the sign", "huber", Cases(NEAR, Negative(MISS), Negative(KAPPA))),
    ("the sign without kappa", "huber", Cases(NEAR, Negative(MISS), Negative(SIGN))),
    ("a minus", "binary-cross-entropy", Quotient(Negative(TARGET), OUT)),
    ("out and target changed over", "cross-entropy", Negative(Quotient(OUT, TARGET))),
    ("the last for the first", "softmax-3-2", Product((Quantity("out1"), Sum((ONE, Negative(Quantity("out1"))))))),
    ("the other output", "softmax-3-2", Negative(Product((Quantity("out1"), Quantity("out3"))))),
    ("another target", "softmax-cross-entropy-3", Sum((Quantity("out2"), Negative(Quantity("target1"))))),
    ("the sign", "sigmoid-binary-cross-entropy", MISS),
    ("what the proof doesn't know", "relu", Sqrt(NET)),
    ("a denominator of 0", "identity", Quotient(ZERO, ZERO)),
    ("a broken power", "identity", Power(NET, constant(1, 2))),
]


@pytest.mark.parametrize(("name", "formula"), [row[1:] for row in BROKEN], ids=[f"{row[1]}-{row[0]}" for row in BROKEN])
def test_a_broken_line_is_rejected(name: str, formula: Formula) -> None:
    assert CLAIMS[name].unproved(formula) == (1,)


def test_targets_that_add_up_to_anything_leave_the_last_line_unproved() -> None:
    claim = whole_cross_entropy(3, 2)
    free = {slot: meaning for slot, meaning in claim.meanings.items() if not slot.startswith("target")}
    assert unproved_lines(claim.definition, claim.slot, claim.formulas, free) == (4,)


def test_a_definition_that_the_ring_cannot_hold_proves_nothing() -> None:
    assert unproved_lines(Sqrt(NET), "net", [Quotient(ONE, Product((TWO, Sqrt(NET))))], {}) == (1,)


# --- In numbers -------------------------------------------------------------------------------------------


def test_the_last_lines_are_the_slopes_that_power_series_find() -> None:
    """Another route: Arb's power series of the functions that it has by itself."""
    generator = random.Random(7)  # noqa: S311 - the same points in every run
    with precision(200):
        for _ in range(20):
            at = Fraction(generator.randint(-4000, 4000) or 1, 1000)
            found = series(arb_series([to_ball(at), arb(1)], prec=2))
            for activation, slope in found.items():
                function = ACTIVATIONS[activation]
                known: dict[str, Real] = {"net": to_exact(at), "alpha": fmpq(1, 5)}
                known["out"] = evaluate(function.definition, known.__getitem__)
                for line in function.derivative:
                    assert to_ball(evaluate(line.formula, known.__getitem__)).overlaps(slope[1]), activation
                assert to_ball(known["out"]).overlaps(slope[0]), activation
                assert slope[1].rel_accuracy_bits() > 150


def series(x: arb_series) -> dict[Activation, arb_series]:
    one = arb_series([1], prec=2)
    logistic = one / (one + (-x).exp())
    twice = (x + x).exp()
    return {
        Activation.IDENTITY: x,
        Activation.SIGMOID: logistic,
        Activation.TANH: (twice - one) / (twice + one),
        Activation.SOFTPLUS: (one + x.exp()).log(),
        Activation.SILU: x * logistic,
        Activation.GELU: x * (one + (x / arb(2).sqrt()).erf()) / 2,
        Activation.RELU: x if x[0] > 0 else x - x,
        Activation.LEAKY_RELU: x if x[0] > 0 else x / 5,
        Activation.ELU: x if x[0] > 0 else (x.exp() - one) / 5,
    }


@pytest.mark.parametrize(
    ("activation", "expected"),
    [(Activation.RELU, Fraction(0)), (Activation.LEAKY_RELU, Fraction(1, 5)), (Activation.ELU, Fraction(1, 5))],
)
def test_at_the_kink_a_line_says_the_convention(activation: Activation, expected: Fraction) -> None:
    function = ACTIVATIONS[activation]
    assert function.kink == ZERO
    known: dict[str, Real] = {"net": fmpq(0), "out": fmpq(0), "alpha": fmpq(1, 5)}
    for line in function.derivative:
        assert evaluate(line.formula, known.__getitem__) == to_exact(expected)


def test_the_absolute_error_has_the_slope_0_where_it_is_0() -> None:
    function = LOSSES[Loss.ABSOLUTE]
    assert function.kink == TARGET
    for line in function.derivative:
        assert evaluate(line.formula, lambda _: fmpq(1, 2)) == 0


def test_the_others_have_no_kink() -> None:
    kinked = {kind for kind, function in ALL if function.kink is not None}
    assert kinked == {Activation.RELU, Activation.LEAKY_RELU, Activation.ELU, Loss.ABSOLUTE}


def test_the_two_sides_of_each_kink_are_as_sympy_sees_them() -> None:
    """Only these definitions have a slope that jumps; huber's two pieces meet with the same one."""
    net, alpha = sympy.symbols("net alpha", real=True)
    for kind, function in ALL:
        slots = set(quantities(function.definition))
        if "net" not in slots or not isinstance(function.definition, Cases):
            continue
        definition = function.definition
        above, below = (
            sympy.diff(to_sympy(part, {"net": net, "alpha": alpha}.__getitem__), net).subs(net, 0)
            for part in (definition.then, definition.otherwise)
        )
        assert (above != below) is (function.kink is not None), kind
    huber = LOSSES[Loss.HUBER].derivative[-1].formula
    assert isinstance(huber, Cases)
    at_threshold: dict[str, Real] = {"target": fmpq(1), "out": fmpq(1, 2), "kappa": fmpq(1, 2)}
    near, far = (evaluate(part, at_threshold.__getitem__) for part in (huber.then, huber.otherwise))
    assert near == far


# --- Replacing parts --------------------------------------------------------------------------------------


def test_a_part_is_replaced_wherever_it_stands() -> None:
    formula = Cases(
        Condition(Abs(NET), Comparison.BELOW, OUT), Sqrt(NET), Sum((Exp(Negative(NET)), Apply(Elementary.LOG, NET)))
    )
    found = transform(formula, lambda part: Product((TWO, OUT)) if part == NET else None)
    assert plain(found) == "(sqrt(2*out) if abs(2*out) < out else exp(-(2*out)) + log(2*out))".replace(
        "-(2*out)", "-2*out"
    )
