"""Formulas as SVG: well-formed whatever they hold, and every sign in its place."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.pages.figures import (
    Anchor,
    Box,
    Disc,
    Drawing,
    Label,
    Point,
    Polyline,
    Segment,
    Shape,
    Tone,
)
from symbackprop.typeset.boxes import place
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
from symbackprop.typeset.svg import svg, svg_words

TEMPLATES = Path(__file__).parents[2] / "templates" / "markdown"

leaves = st.one_of(
    st.text(min_size=1, max_size=6).map(Symbol),
    st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,4})?(e-?[0-9]{1,2})?", fullmatch=True).map(Number),
)
layouts: st.SearchStrategy[Layout] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda parts: Row(tuple(parts)), st.lists(st.one_of(inner, st.sampled_from(Operator)), min_size=1)),
        st.builds(Fenced, inner),
        st.builds(Fraction, inner, inner, st.booleans()),
        st.builds(Script, inner, sub=st.none() | inner, sup=st.none() | inner),
        st.builds(Summation, inner, inner),
        st.builds(Root, inner),
        st.builds(Bars, inner),
        st.builds(Applied, st.sampled_from([Symbol("log", upright=True), Symbol("Phi")]), inner),
        st.builds(lambda rows: Choice(tuple(rows)), st.lists(st.tuples(inner, inner), min_size=1, max_size=3)),
    ),
    max_leaves=12,
)


def read(markup: str) -> ET.Element:
    # The markup is our own.
    return ET.fromstring(f"<g>{markup}</g>")  # noqa: S314


def words(element: ET.Element) -> str:
    return "".join(element.itertext()).replace("\u00a0", " ")


def test_a_letter_slopes_and_its_index_is_small_and_low() -> None:
    spans = read(svg(Script(Symbol("w"), sub=Number("5")), 10)).findall(".//tspan")
    letter, index = spans
    assert (letter.text, letter.get("font-style"), letter.get("font-size")) == ("w", "italic", "10")
    assert (index.text, index.get("font-style"), index.get("font-size")) == ("5", None, "7")
    assert float(index.get("dy", "0")) > 0


def test_scripts_above_each_other_do_not_touch() -> None:
    """A bracket reaches a fifth of its size below its line, a digit seven tenths above it."""
    runs = place(Script(Symbol("h"), sub=Number("1"), sup=Number("[2]")), 10).runs
    low, high = (next(run for run in runs if run.text == text) for text in ("1", "[2]"))
    assert high.y + 0.2 * high.size < low.y - 0.7 * low.size


def test_what_follows_an_index_is_back_on_the_line() -> None:
    row = Row((Script(Symbol("w"), sub=Number("5")), Operator.PLUS, Symbol("b")))
    shifts = [float(span.get("dy", "0")) for span in read(svg(row)).findall(".//tspan")]
    assert sum(shifts) == pytest.approx(0)


def test_a_fraction_is_stacked_over_a_bar() -> None:
    element = read(svg(Fraction(Symbol("a"), Symbol("b")), 10))
    (bar,) = element.findall("rect")
    upper, lower = element.findall("text")
    assert float(upper.get("y", "")) < float(bar.get("y", "")) < float(lower.get("y", ""))
    assert upper.get("x") == lower.get("x")


def test_an_equation_with_fractions_keeps_its_order() -> None:
    half = Fraction(Number("1"), Number("2"), small=True)
    element = read(svg(Row((Symbol("E"), Operator.EQUALS, half, Operator.BESIDE, Symbol("x")))))
    assert [words(text) for text in element.findall("text")] == ["E = ", "1", "2", "\u2009x"]
    middles = [float(text.get("x", "")) for text in element.findall("text")]
    assert middles == sorted(middles)


def test_a_root_has_a_bar_over_its_body_and_no_further() -> None:
    element = read(svg(Row((Root(Symbol("x")), Operator.PLUS, Symbol("y"))), 10))
    (bar,) = element.findall("rect")
    assert float(bar.get("y", "")) < -4
    whole, inside = place(Row((Root(Symbol("x")), Operator.PLUS, Symbol("y"))), 10), place(Symbol("x"), 10)
    assert float(bar.get("width", "")) == pytest.approx(inside.width, abs=0.01)
    assert float(bar.get("x", "")) + inside.width < whole.width / 2
    assert words(element) == "√x + y"


def test_cases_stand_below_each_other_after_a_brace() -> None:
    rows = ((Symbol("x"), Symbol("u")), (Fraction(Symbol("y"), Number("2")), Symbol("v")))
    box = place(Choice(rows), 10)
    at = {run.text: (run.x, run.y) for run in box.runs}
    assert at["x"][1] == at["u"][1] < at["v"][1]
    assert at["{"][0] < at["x"][0] < at["u"][0] == at["v"][0]
    assert at["y"][1] < at["v"][1] < at["2"][1]
    brace = next(run for run in box.runs if run.text == "{")
    assert brace.size > 20


def test_what_follows_cases_is_written_by_itself() -> None:
    choice = Choice(((Symbol("x"), Symbol("u")), (Symbol("y"), Symbol("v"))))
    element = read(svg(Row((Symbol("a"), Operator.EQUALS, choice, Operator.PLUS, Symbol("b")))))
    assert [words(text) for text in element.findall("text")] == ["a = ", "{", "x", "u", "y", "v", " + b"]


def test_a_small_number_is_a_power_of_ten() -> None:
    assert words(read(svg(Number("-3.5e-7")))) == "−3.5 · 10−7"


@given(layouts)
def test_any_formula_is_well_formed_and_has_room(layout: Layout) -> None:
    read(svg(layout))
    box = place(layout, 10)
    assert box.width >= 0
    for run in box.runs:
        assert -0.01 <= run.x <= run.x + run.width <= box.width + 0.01
        assert -box.above - 0.01 <= run.y - 0.4 * run.size
        assert run.y <= box.below + 0.01


@given(layouts)
def test_a_formula_grows_with_its_size(layout: Layout) -> None:
    small, large = place(layout, 10), place(layout, 20)
    assert large.width >= small.width
    assert large.above + large.below >= small.above + small.below


@given(st.text())
def test_words_survive_as_xml(text: str) -> None:
    read(svg_words(text))


def test_what_xml_forbids_is_replaced() -> None:
    assert svg_words('<a b="c">&\x00\x1b\ud800\ufffe') == "&lt;a b=&quot;c&quot;&gt;&amp;" + "\ufffd" * 4


def test_a_drawing_with_hostile_labels_is_well_formed() -> None:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # The filters escape: what they print is markup.
        autoescape=False,  # noqa: S701
    )
    environment.filters.update(svg=svg, words=svg_words)
    hostile = '</text><script>alert("&")</script>\x00]]>'
    shapes: tuple[Shape, ...] = (
        Disc(centre=Point(1, 1), radius=2, solid=True),
        Box(corner=Point(1, 1), width=2, height=3, tone=Tone.LIT),
        Segment(start=Point(0, 0), end=Point(4, 4), arrow=True),
        Polyline(points=(Point(0, 0), Point(1, 2), Point(3, 4)), tone=Tone.FADED),
        *(Label(content=hostile, at=Point(5, 5), anchor=anchor, halo=True) for anchor in Anchor),
        Label(content=Fraction(Symbol(hostile), Number("1")), at=Point(5, 5)),
    )
    drawing = Drawing(width=40, height=20, shapes=shapes, description=hostile)
    root = ET.fromstring(environment.get_template("figure.svg.j2").module.draw(drawing))  # type: ignore[attr-defined]  # noqa: S314
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("role") == "img"
    assert root.findtext("{*}title", "").startswith("</text><script>")
    assert root.findall(".//{*}script") == []
    assert len(root.findall("{*}circle")) == 1
    assert len(root.findall("{*}polyline")) == 1
