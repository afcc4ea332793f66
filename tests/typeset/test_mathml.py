"""MathML: every layout comes out well-formed, and reads as the Unicode text does."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from symbackprop.derivation.ids import known_ids
from symbackprop.network_file import parse_network
from symbackprop.notation_file import bound_to_network, load_notation, notation_names
from symbackprop.typeset.layout import (
    Accent,
    Applied,
    Bars,
    Choice,
    Dots,
    Fence,
    Fenced,
    Fraction,
    Layout,
    Mark,
    Matrix,
    Number,
    Operator,
    Root,
    Row,
    Script,
    Summation,
    Symbol,
    Under,
)
from symbackprop.typeset.mathml import mathml
from tests.walkthroughs import MAZUR

X, W = Symbol("x"), Symbol("w")

PRINTED: list[tuple[Layout, str]] = [
    (X, "<mi>x</mi>"),
    (Symbol("delta"), "<mi>δ</mi>"),
    (Symbol("T", upright=True), '<mi mathvariant="normal">T</mi>'),
    (Symbol("x", bold=True), '<mi mathvariant="normal" class="bold">x</mi>'),
    (Symbol("<b>"), "<mi>&lt;b&gt;</mi>"),
    (Number("0.25"), "<mn>0.25</mn>"),
    (Number("-1"), '<mrow><mo form="prefix">−</mo><mn>1</mn></mrow>'),
    (
        Number("1.5e-7"),
        '<mrow><mn>1.5</mn><mo>·</mo><msup><mn>10</mn><mrow><mo form="prefix">−</mo><mn>7</mn></mrow></msup></mrow>',
    ),
    (Row((X, Operator.PLUS, W)), "<mrow><mi>x</mi><mo>+</mo><mi>w</mi></mrow>"),
    (Fenced(X, Fence.SQUARE), '<mrow><mo stretchy="false">[</mo><mi>x</mi><mo stretchy="false">]</mo></mrow>'),
    (Fraction(X, W), "<mfrac><mi>x</mi><mi>w</mi></mfrac>"),
    (Script(X, sub=Number("1")), "<msub><mi>x</mi><mn>1</mn></msub>"),
    (Script(X, sup=Number("2")), "<msup><mi>x</mi><mn>2</mn></msup>"),
    (Script(X, sub=Number("1"), sup=Number("2")), "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>"),
    (Root(X), "<msqrt><mi>x</mi></msqrt>"),
    (Accent(W, Mark.HAT), '<mover accent="true"><mi>w</mi><mo stretchy="false">^</mo></mover>'),
]


@pytest.mark.parametrize(("layout", "printed"), PRINTED)
def test_a_layout_is_printed(layout: Layout, printed: str) -> None:
    assert mathml(layout) == f"<math>{printed}</math>"


@pytest.mark.parametrize(
    "layout",
    [
        Bars(X),
        Applied(Symbol("log"), X),
        Choice(((X, W), (W, X))),
        Summation(X, W),
        Matrix(((X, W), (W, Dots.SLANTED))),
        Under(X, W),
        *(Row((X, sign, W)) for sign in Operator),
        *Dots,
    ],
)
def test_every_other_layout_is_well_formed(layout: Layout) -> None:
    ET.fromstring(mathml(layout))  # noqa: S314 - our own text


@pytest.mark.parametrize("notation", notation_names())
def test_every_name_is_well_formed(notation: str) -> None:
    network = parse_network(MAZUR, "mazur.toml")
    namer = bound_to_network(load_notation(notation, "a test"), network)
    for id_ in known_ids(network):
        ET.fromstring(mathml(namer.name(id_)))  # noqa: S314


OF_QUANTITIES = [
    (Number("0.5", of="w5"), '<mrow data-q="w5"><mn>0.5</mn></mrow>'),
    (
        Row((Number("0.5", of="w5"), Operator.DOT, Number("2", of="i1"))),
        (
            '<mrow><mrow data-q="w5" data-f=""><mn>0.5</mn></mrow><mo>·</mo>'
            '<mrow data-q="i1" data-f=""><mn>2</mn></mrow></mrow>'
        ),
    ),
    (
        Fenced(Number("-1", of="w5")),
        (
            '<mrow data-q="w5" data-f=""><mo stretchy="false">(</mo><mrow><mo form="prefix">−</mo><mn>1</mn></mrow>'
            '<mo stretchy="false">)</mo></mrow>'
        ),
    ),
    (
        Script(Number("0.5", of="w5"), sup=Number("2")),
        '<msup><mrow data-q="w5" data-f="base"><mn>0.5</mn></mrow><mn>2</mn></msup>',
    ),
    (
        Script(Fenced(Number("8.7e-10", of="w5")), sup=Number("2")),
        (
            '<msup><mrow data-q="w5" data-f="base"><mo stretchy="false">(</mo><mrow><mn>8.7</mn><mo>·</mo>'
            '<msup><mn>10</mn><mrow><mo form="prefix">−</mo><mn>10</mn></mrow></msup></mrow>'
            '<mo stretchy="false">)</mo></mrow><mn>2</mn></msup>'
        ),
    ),
    (Symbol("x", of='a"<b>'), '<mi data-n="a&quot;&lt;b&gt;">x</mi>'),
    (Script(Symbol("w"), sub=Number("5"), of="w5"), '<msub data-n="w5"><mi>w</mi><mn>5</mn></msub>'),
]


@pytest.mark.parametrize(("layout", "printed"), OF_QUANTITIES)
def test_what_stands_for_a_quantity_says_so(layout: Layout, printed: str) -> None:
    assert mathml(layout) == f"<math>{printed}</math>"
