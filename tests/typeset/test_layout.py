"""Where signs, parentheses and dots stand, once and for all dialects."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction as Exact

import mpmath  # type: ignore[import-untyped]
import pytest
from hypothesis import given, reject

from symbackprop.derivation.balls import bounds, evaluate, precision
from symbackprop.typeset.arrange import arrange
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
    SumOver,
    constant,
)
from symbackprop.typeset.latex import latex
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
    relate,
)
from symbackprop.typeset.unicode import unicode
from tests.arithmetic import calculate
from tests.formulas import ALL_FORMULAS, DIGITS, FORMULAS

A, B, C = Quantity("a"), Quantity("b"), Quantity("c")
AB = Sum((A, B))
LOG_A, CDF_A = Apply(Elementary.LOG, A), Apply(Elementary.NORMAL_CDF, A)
RELU = Cases(Condition(A, Comparison.ABOVE, ZERO), A, ZERO)


def named(formula: Formula) -> Layout:
    return arrange(formula, Symbol)


def substituted(formula: Formula, digits: dict[str, str] = DIGITS) -> Layout:
    return arrange(formula, lambda id_: Number(digits[id_]))


# --- The tree ---------------------------------------------------------------------------------------------

TREES: list[tuple[Formula, Layout]] = [
    (A, Symbol("a")),
    (constant(-3), Number("-3")),
    (constant(1, 2), Fraction(Number("1"), Number("2"), small=True)),
    (constant(-1, 2), Row((Operator.NEGATIVE, Fraction(Number("1"), Number("2"), small=True)))),
    (AB, Row((Symbol("a"), Operator.PLUS, Symbol("b")))),
    (Sum((A, Negative(B))), Row((Symbol("a"), Operator.MINUS, Symbol("b")))),
    (Sum((Negative(A), B)), Row((Operator.NEGATIVE, Symbol("a"), Operator.PLUS, Symbol("b")))),
    (Negative(AB), Row((Operator.NEGATIVE, Fenced(Row((Symbol("a"), Operator.PLUS, Symbol("b"))))))),
    (Product((A, B)), Row((Symbol("a"), Operator.BESIDE, Symbol("b")))),
    (Quotient(A, B), Fraction(Symbol("a"), Symbol("b"))),
    (Power(A, TWO), Script(Symbol("a"), sup=Number("2"))),
    (Exp(A), Script(Symbol("e"), sup=Symbol("a"))),
    (SumOver("o", A), Summation(Symbol("o"), Symbol("a"))),
    (LOG_A, Applied(Symbol("log", upright=True), Symbol("a"))),
    (CDF_A, Applied(Symbol("Phi"), Fenced(Symbol("a")))),
    (Sqrt(AB), Root(Row((Symbol("a"), Operator.PLUS, Symbol("b"))))),
    (Abs(A), Bars(Symbol("a"))),
    (
        RELU,
        Choice(
            (
                (Symbol("a"), Row((Symbol("a"), Operator.ABOVE, Number("0")))),
                (Number("0"), Row((Symbol("a"), Operator.AT_MOST, Number("0")))),
            )
        ),
    ),
]


@pytest.mark.parametrize(("formula", "layout"), TREES)
def test_layouts(formula: Formula, layout: Layout) -> None:
    assert named(formula) == layout


def test_relations_stand_in_one_row() -> None:
    row = relate(Symbol("x"), Operator.EQUALS, named(AB), Operator.APPROXIMATELY, Number("0.5"))
    parts = (
        Symbol("x"),
        Operator.EQUALS,
        Symbol("a"),
        Operator.PLUS,
        Symbol("b"),
        Operator.APPROXIMATELY,
        Number("0.5"),
    )
    assert row == Row(parts)


@pytest.mark.parametrize(
    ("comparison", "said"),
    [
        (Comparison.ABOVE, "{a > b: a; a ≤ b: b}"),
        (Comparison.AT_LEAST, "{a ≥ b: a; a < b: b}"),
        (Comparison.BELOW, "{a < b: a; a ≥ b: b}"),
        (Comparison.AT_MOST, "{a ≤ b: a; a > b: b}"),
    ],
)
def test_the_other_case_has_the_opposite_condition(comparison: Comparison, said: str) -> None:
    assert unicode(named(Cases(Condition(A, comparison, B), A, B))) == said


# --- In both dialects -------------------------------------------------------------------------------------

NAMED: list[tuple[Formula, str, str]] = [
    (Sum((A, Negative(Sum((B, C))))), "a − (b + c)", "a - (b + c)"),
    (Sum((AB, C)), "a + b + c", "a + b + c"),
    (Sum((A, Sum((B, C)))), "a + (b + c)", "a + (b + c)"),
    (Sum((A, Negative(Product((B, C))))), "a − b c", "a - b \\thinspace c"),
    (Product((AB, C)), "(a + b) · c", "(a + b) \\cdot c"),
    (Product((A, AB)), "a (a + b)", "a \\thinspace (a + b)"),
    (Product((TWO, A)), "2 · a", "2 \\cdot a"),
    (Product((constant(1, 2), A)), "1/2 a", "\\tfrac{1}{2} \\thinspace a"),
    (Product((constant(1, 2), constant(1, 2))), "1/2 · 1/2", "\\tfrac{1}{2} \\cdot \\tfrac{1}{2}"),
    (Product((A, Negative(B))), "a · (−b)", "a \\cdot (-b)"),
    (Product((A, constant(-1))), "a · (−1)", "a \\cdot (-1)"),
    (Product((Negative(AB), C)), "−(a + b) · c", "-(a + b) \\cdot c"),
    (Product((Power(A, TWO), B)), "a² · b", "a^{2} \\cdot b"),
    (Product((Quotient(A, B), Quotient(B, C))), "a/b · b/c", "\\frac{a}{b} \\cdot \\frac{b}{c}"),
    (Product((SumOver("o", Product((A, B))), C)), "(Σₒ a b) · c", "\\left(\\sum_{o} a \\thinspace b\\right) \\cdot c"),
    (Negative(A), "−a", "-a"),
    (Negative(Negative(A)), "−(−a)", "-(-a)"),
    (Quotient(AB, C), "(a + b)/c", "\\frac{a + b}{c}"),
    (Quotient(A, Quotient(B, C)), "a/(b/c)", "\\frac{a}{\\frac{b}{c}}"),
    (Quotient(A, Product((B, C))), "a/(b c)", "\\frac{a}{b \\thinspace c}"),
    (Power(AB, TWO), "(a + b)²", "(a + b)^{2}"),
    (Power(Quotient(A, B), TWO), "(a/b)²", "\\left(\\frac{a}{b}\\right)^{2}"),
    (Power(Power(A, TWO), TWO), "(a²)²", "(a^{2})^{2}"),
    (Power(A, Sum((ONE, Negative(ONE)))), "a^(1 − 1)", "a^{1 - 1}"),
    (Exp(Negative(A)), "e^(−a)", "e^{-a}"),
    (Quotient(ONE, Sum((ONE, Exp(Negative(A))))), "1/(1 + e^(−a))", "\\frac{1}{1 + e^{-a}}"),
    (LOG_A, "log a", "\\log a"),
    (Apply(Elementary.LOG, AB), "log(a + b)", "\\log(a + b)"),
    (Apply(Elementary.TANH, A), "tanh a", "\\tanh a"),
    (Apply(Elementary.SIGMOID, A), "σ(a)", "\\sigma(a)"),
    (Apply(Elementary.NORMAL_PDF, A), "φ(a)", "\\phi(a)"),
    (Apply(Elementary.SIGN, AB), "sign(a + b)", "\\mathrm{sign}(a + b)"),
    (Product((B, LOG_A)), "b log a", "b \\thinspace \\log a"),
    (Product((LOG_A, B)), "log(a) · b", "\\log(a) \\cdot b"),
    (Product((CDF_A, B)), "Φ(a) · b", "\\Phi(a) \\cdot b"),
    (Product((A, CDF_A)), "a Φ(a)", "a \\thinspace \\Phi(a)"),
    (Sum((LOG_A, B)), "log a + b", "\\log a + b"),
    (Negative(LOG_A), "−log a", "-\\log a"),
    (Power(LOG_A, TWO), "(log a)²", "(\\log a)^{2}"),
    (Quotient(LOG_A, B), "(log a)/b", "\\frac{\\log a}{b}"),
    (Apply(Elementary.LOG, Quotient(A, B)), "log(a/b)", "\\log\\left(\\frac{a}{b}\\right)"),
    (Sqrt(A), "√a", "\\sqrt{a}"),
    (Sum((Sqrt(AB), C)), "√(a + b) + c", "\\sqrt{a + b} + c"),
    (Power(Sqrt(A), TWO), "(√a)²", "(\\sqrt{a})^{2}"),
    (Abs(Sum((A, Negative(B)))), "|a − b|", "\\lvert a - b\\rvert"),
    (Power(Abs(A), TWO), "|a|²", "\\lvert a\\rvert^{2}"),
    (Product((Abs(A), Abs(B))), "|a| · |b|", "\\lvert a\\rvert \\cdot \\lvert b\\rvert"),
    (Abs(Quotient(A, B)), "|a/b|", "\\left\\lvert\\frac{a}{b}\\right\\rvert"),
    (RELU, "{a > 0: a; a ≤ 0: 0}", "\\begin{cases} a & a > 0 \\cr 0 & a \\le 0 \\end{cases}"),
    (
        Product((B, RELU)),
        "b ({a > 0: a; a ≤ 0: 0})",
        "b \\thinspace \\left(\\begin{cases} a & a > 0 \\cr 0 & a \\le 0 \\end{cases}\\right)",
    ),
    (
        Cases(Condition(Abs(A), Comparison.AT_MOST, B), A, Negative(B)),
        "{|a| ≤ b: a; |a| > b: −b}",
        "\\begin{cases} a & \\lvert a\\rvert \\le b \\cr -b & \\lvert a\\rvert > b \\end{cases}",
    ),
]


@pytest.mark.parametrize(("formula", "text", "tex"), NAMED, ids=[text for _, text, _ in NAMED])
def test_names(formula: Formula, text: str, tex: str) -> None:
    assert (unicode(named(formula)), latex(named(formula))) == (text, tex)


MINUS = {"a": "-0.5", "b": "0.25", "c": "-1.5e-7"}
SUBSTITUTED: list[tuple[Formula, str, str]] = [
    (AB, "−0.5 + 0.25", "-0.5 + 0.25"),
    (Sum((B, A)), "0.25 + (−0.5)", "0.25 + (-0.5)"),
    (Sum((B, Negative(A))), "0.25 − (−0.5)", "0.25 - (-0.5)"),
    (Negative(A), "−(−0.5)", "-(-0.5)"),
    (Product((A, B)), "(−0.5) · 0.25", "(-0.5) \\cdot 0.25"),
    (Product((B, A)), "0.25 · (−0.5)", "0.25 \\cdot (-0.5)"),
    (Product((B, B)), "0.25 · 0.25", "0.25 \\cdot 0.25"),
    (Product((B, AB)), "0.25 · (−0.5 + 0.25)", "0.25 \\cdot (-0.5 + 0.25)"),
    (Sum((B, Product((A, B)))), "0.25 + (−0.5) · 0.25", "0.25 + (-0.5) \\cdot 0.25"),
    (Sum((B, Negative(Product((A, B))))), "0.25 − (−0.5) · 0.25", "0.25 - (-0.5) \\cdot 0.25"),
    (Product((Negative(B), Product((B, B)))), "−0.25 · 0.25 · 0.25", "-0.25 \\cdot 0.25 \\cdot 0.25"),
    (Power(A, TWO), "(−0.5)²", "(-0.5)^{2}"),
    (Power(B, TWO), "0.25²", "0.25^{2}"),
    (Power(B, A), "0.25^(−0.5)", "0.25^{-0.5}"),
    (Power(C, TWO), "(−1.5·10⁻⁷)²", "(-1.5 \\cdot 10^{-7})^{2}"),
    (Exp(Negative(A)), "e^(−(−0.5))", "e^{-(-0.5)}"),
    (Exp(A), "e^(−0.5)", "e^{-0.5}"),
    (Negative(Sum((B, Negative(A)))), "−(0.25 − (−0.5))", "-(0.25 - (-0.5))"),
    (Sum((C, B)), "−1.5·10⁻⁷ + 0.25", "-1.5 \\cdot 10^{-7} + 0.25"),
    (Sum((B, C)), "0.25 + (−1.5·10⁻⁷)", "0.25 + (-1.5 \\cdot 10^{-7})"),
    (Sum((B, Quotient(A, B))), "0.25 + (−0.5)/0.25", "0.25 + \\frac{-0.5}{0.25}"),
    (Apply(Elementary.LOG, B), "log(0.25)", "\\log(0.25)"),
    (Apply(Elementary.TANH, A), "tanh(−0.5)", "\\tanh(-0.5)"),
    (Abs(A), "|−0.5|", "\\lvert-0.5\\rvert"),
    (Sqrt(B), "√0.25", "\\sqrt{0.25}"),
    (Product((B, Abs(A))), "0.25 · |−0.5|", "0.25 \\cdot \\lvert-0.5\\rvert"),
    (Product((B, Apply(Elementary.LOG, B))), "0.25 · log(0.25)", "0.25 \\cdot \\log(0.25)"),
    (RELU, "{−0.5 > 0: −0.5; −0.5 ≤ 0: 0}", "\\begin{cases} -0.5 & -0.5 > 0 \\cr 0 & -0.5 \\le 0 \\end{cases}"),
]


@pytest.mark.parametrize(("formula", "text", "tex"), SUBSTITUTED, ids=[text for _, text, _ in SUBSTITUTED])
def test_negative_numbers(formula: Formula, text: str, tex: str) -> None:
    layout = substituted(formula, MINUS)
    assert (unicode(layout), latex(layout)) == (text, tex)


NESTED: list[tuple[Formula, str]] = [
    (Sum((A, Product((Negative(B), C)))), "a + (−b c)"),
    (Product((A, Product((Negative(B), C)))), "a · (−b c)"),
    (Negative(Quotient(Negative(A), B)), "−(−a)/b"),
    (Negative(Sum((A,))), "−a"),
    (Sum((SumOver("o", A), B)), "(Σₒ a) + b"),
    (SumOver("o", AB), "Σₒ (a + b)"),
]


@pytest.mark.parametrize(("formula", "text"), NESTED, ids=[text for _, text in NESTED])
def test_nested_signs_and_sums_cannot_be_misread(formula: Formula, text: str) -> None:
    """More parentheses and dots would do as well; what counts is that none of these is missing."""
    found = unicode(named(formula))
    assert re.sub("[() ·]", "", found) == re.sub("[() ·]", "", text)
    assert found.count("(") >= text.count("(")


# --- Whatever the formula ---------------------------------------------------------------------------------

SIGNS: list[tuple[Callable[[Layout], str], str]] = [
    (unicode, r"[−+·/] ?−"),
    (latex, r"(?:[-+]|\\cdot|\\thinspace|\))\s*-(?!\s)"),
]


@given(ALL_FORMULAS)
def test_no_sign_stands_before_a_minus(formula: Formula) -> None:
    for write, two_signs in SIGNS:
        for layout in (named(formula), substituted(formula)):
            assert not re.search(two_signs, write(layout)), write(layout)


@given(ALL_FORMULAS)
def test_two_numbers_have_a_dot_between_them(formula: Formula) -> None:
    assert not re.search(r"\d \d", unicode(substituted(formula)))
    assert not re.search(r"\d (?:\\thinspace )?\d", latex(substituted(formula)))


@given(FORMULAS)
def test_unicode_text_means_what_was_meant(formula: Formula) -> None:
    """Read back by Python: the dots, raised figures and minus signs of the text as Python's."""
    exact = {name: Exact(digits) for name, digits in DIGITS.items()}
    with precision(2000):
        try:
            ends = bounds(evaluate(formula, exact.__getitem__))
        except ZeroDivisionError:
            reject()
    if ends is None:
        reject()
    low, high = ends
    text = unicode(substituted(formula))
    with mpmath.workdps(500):
        value = mpmath.mpf(low.numerator) / low.denominator
        margin = abs(value) * mpmath.mpf(10) ** -100 + (high - low).numerator / mpmath.mpf((high - low).denominator)
        assert abs(calculate(as_python(text), mpmath.mpf, mpmath.exp, {}) - value) <= margin, text


_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾]+")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾", "0123456789-()")


def as_python(text: str) -> str:
    """`e⁻² · (−1.5·10⁻⁷)` as `exp(-2)*(-1.5*10**(-7))`."""
    text = _RAISED.sub(lambda match: f"^({match[0].translate(_LOWERED)})", text.replace("−", "-"))
    text = re.sub(r"\^([^(])", r"^(\1)", text).replace("e^", "exp").replace("^", "**")
    return re.sub(r"(?<=[\d)]) (?=[\de(])", "*", text.replace(" · ", "*").replace("·", "*"))


def test_the_reader_of_unicode_text_reads_it() -> None:
    assert as_python("e⁻² · (−1.5·10⁻⁷)") == "exp(-2)*(-1.5*10**(-7))"
    assert as_python("1/2 (0.25 + e^(−3))²") == "1/2*(0.25 + exp(-3))**(2)"
