"""The grammar of templates: what it reads, what it refuses and where, and that nothing else gets through it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.typeset.greek import GREEK
from symbackprop.typeset.latex import latex
from symbackprop.typeset.layout import Accent, Fenced, Layout, Number, Row, Script, Symbol
from symbackprop.typeset.template import (
    LONGEST_TEMPLATE,
    MOST_LEVELS,
    TemplateError,
    read_template,
)
from symbackprop.typeset.unicode import unicode

KNOWN = ("index", "layer", "to", "from", "neuron", "unit")
FILLINGS: dict[str, Layout] = {
    "index": Number("7"),
    "layer": Number("2"),
    "to": Number("3"),
    "from": Number("4"),
    "neuron": Symbol("h1"),
    "unit": Script(Symbol("h"), sub=Number("1")),
}

READ = [
    ("z", "z", "z"),
    ("net", "net", "\\mathit{net}"),
    ("\\delta", "δ", "\\delta"),
    ("\\epsilon", "ε", "\\varepsilon"),
    ("\\partial", "∂", "\\partial"),
    ("\\mathrm{net}", "net", "\\mathrm{net}"),
    ("\\mathbf{net}_1", "net₁", "\\mathbf{net}_{1}"),
    ("\\mathbf{1}", "1", "\\mathbf{1}"),
    ("\\mathbf{\\delta}", "δ", "\\boldsymbol{\\delta}"),
    ("\\hat{y}", "ŷ", "\\hat{y}"),
    ("\\hat y", "ŷ", "\\hat{y}"),
    ("\\bar{\\delta}", "δ̄", "\\bar{\\delta}"),
    ("E_{total}", "Eₜₒₜₐₗ", "E_{\\mathit{total}}"),
    ("z_{index}", "z₇", "z_{7}"),
    ("z_{{index}}", "z₇", "z_{7}"),
    ("z_index", "zᵢndex", "z_{i}\\mathit{ndex}"),
    ("x_12", "x₁2", "x_{1}2"),
    ("w^{({layer})}_{{to}{from}}", "w₃₄⁽²⁾", "w_{34}^{(2)}"),
    ("w_{{to}{from}}^{({layer})}", "w₃₄⁽²⁾", "w_{34}^{(2)}"),
    ("w_{{to},{from}}", "w_(3,4)", "w_{3,4}"),
    ("E_{y_{index}}", "E_(y₇)", "E_{y_{7}}"),
    ("\\beta_1^{t-1}", "β₁^(t-1)", "\\beta_{1}^{t-1}"),
    ("a^{[{layer}]}", "a[2]", "a^{[2]}"),
    ("{neuron}", "h1", "h1"),
    ("{unit}_2", "h₁₂", "{h_{1}}_{2}"),
    (" z _ { {index} } ", "z₇", "z_{7}"),
]


@pytest.mark.parametrize(("text", "in_unicode", "in_latex"), READ, ids=[row[0] for row in READ])
def test_a_template_is_read_and_filled(text: str, in_unicode: str, in_latex: str) -> None:
    layout = read_template(text, KNOWN).fill(FILLINGS)
    assert unicode(layout) == in_unicode
    assert latex(layout) == in_latex


REFUSED = [
    ("", 0, "a letter"),
    ("z_", 2, "a letter"),
    ("z_{}", 3, "a letter"),
    ("z_{{index}", 10, "a letter"),
    ("z}", 1, "a letter"),
    ("(z", 2, "a letter"),
    ("(z]", 2, "a letter"),
    ("_z", 0, "a letter"),
    ("z_a_b", 3, "one subscript at most"),
    ("z^a^b", 3, "one superscript at most"),
    ("z_{index}_{layer}", 9, "one subscript at most"),
    ("z_{{indx}}", 3, "a placeholder that there is here, found {indx}"),
    ("{number}", 0, "a placeholder that there is here, found {number}"),
    ("{2}", 0, "the name of a placeholder in braces"),
    ("\\frac{a}{b}", 0, "one of the commands that a template knows, found \\frac"),
    ("z^{\\input{x}}", 3, "one of the commands that a template knows, found \\input"),
    ("\\Hat{y}", 0, "one of the commands that a template knows, found \\Hat"),
    ("\\hat{net}", 5, "one letter, Latin or Greek, under the accent"),
    ("\\hat{\\partials}", 5, "one letter, Latin or Greek, under the accent"),
    ("\\hat{y", 6, "one letter, Latin or Greek, under the accent"),
    ("\\hat", 4, "one letter, Latin or Greek, under the accent"),
    ("\\mathrm{\\input}", 7, "a word in braces"),
    ("\\mathrm", 7, "a word in braces"),
    ("\\mathbf{a1}", 7, "a word, a number or a Greek letter in braces"),
    ("\\mathbf{\\input}", 7, "a word, a number or a Greek letter in braces"),
    ("\\mathbf x", 7, "a word, a number or a Greek letter in braces"),
    ("z$", 1, "a letter"),
    ("z%", 1, "a letter"),
    ("z#1", 1, "a letter"),
    ("z&", 1, "a letter"),
    ("z~", 1, "a letter"),
    ("z=1", 1, "a letter"),
    ("<b>", 0, "a letter"),
    ("\\\\", 0, "a letter"),
    ("\\", 0, "a letter"),
    ("zé", 1, "a letter"),
    ("目", 0, "a letter"),
    ("²", 0, "a letter"),
    ("z\n", 1, "a letter"),
    ("(" * MOST_LEVELS + "z", MOST_LEVELS, f"at most {MOST_LEVELS} levels"),
    ("z" * (LONGEST_TEMPLATE + 1), LONGEST_TEMPLATE, f"at most {LONGEST_TEMPLATE} characters"),
]


@pytest.mark.parametrize(("text", "offset", "expected"), REFUSED, ids=[row[0][:20] for row in REFUSED])
def test_what_is_not_in_the_grammar_is_refused_at_its_place(text: str, offset: int, expected: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read_template(text, KNOWN)
    assert caught.value.offset == offset
    assert caught.value.expected.startswith(expected)
    assert str(caught.value).startswith(f"character {offset + 1}: expected ")


def test_a_template_tells_what_it_uses() -> None:
    assert read_template("w_{{to}{from}}", KNOWN).placeholders == {"to", "from"}
    assert read_template("w", KNOWN).placeholders == frozenset()


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("z_{index}^{({layer})}", "z"),
        ("\\hat{y}_{index}", "ŷ"),
        ("net", "net"),
        ("E_{a}b", "Eₐb"),
        ("({index})", "(7)"),
    ],
)
def test_a_base_has_no_scripts(text: str, base: str) -> None:
    assert unicode(read_template(text, KNOWN).base(FILLINGS)) == base


@pytest.mark.parametrize(
    ("to", "source", "written"),
    [("1", "2", "w_{12}"), ("11", "2", "w_{11,2}"), ("1", "12", "w_{1,12}"), ("10", "10", "w_{10,10}")],
)
def test_numbers_side_by_side_stay_two_numbers(to: str, source: str, written: str) -> None:
    template = read_template("w_{{to}{from}}", KNOWN)
    assert latex(template.fill({"to": Number(to), "from": Number(source)})) == written


# --- Hostile text -----------------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        *"zwE019_^{}()[]+-, \\$%#&~<>'\"`|\n",
        "{index}",
        "{layer}",
        "\\delta",
        "\\hat{",
        "\\mathrm{",
        "\\mathbf{",
        "\\input{",
        "net",
    ],
)
TEXTS = st.text(max_size=60) | st.lists(_PIECES, max_size=30).map("".join)

# Whatever a printer makes of a template consists of these.
_SAFE_COMMANDS = {"mathit", "mathrm", "mathbf", "boldsymbol", "smash", "hat", "bar", "varepsilon", *GREEK}
_SAFE_LATEX = re.compile(r"[A-Za-z0-9_^{}()\[\]+\-, \\]*")


@given(TEXTS)
def test_whatever_is_read_stays_within_the_grammar(text: str) -> None:
    try:
        template = read_template(text, KNOWN)
    except TemplateError as error:
        offset = error.offset
        template = None
    else:
        offset = 0
    assert 0 <= offset <= len(text)
    if template is None:
        return
    layout = template.fill(FILLINGS)
    _assert_within(layout)
    written = latex(layout)
    assert _SAFE_LATEX.fullmatch(written), written
    assert set(re.findall(r"\\([A-Za-z]*)", written)) <= _SAFE_COMMANDS
    assert written.count("{") == written.count("}")


def _assert_within(layout: Layout) -> None:
    match layout:
        case Symbol(text=text):
            assert re.fullmatch(r"[A-Za-z]+|[-+,]|h1", text), text
        case Number(digits=digits):
            assert re.fullmatch(r"[0-9]+", digits), digits
        case Accent(body=body):
            assert body.text in GREEK or len(body.text) == 1
        case Row(parts=parts):
            for part in parts:
                assert isinstance(part, Layout)
                _assert_within(part)
        case Fenced(body=body):
            _assert_within(body)
        case Script(base=base, sub=sub, sup=sup):
            for piece in (base, sub, sup):
                if piece is not None:
                    _assert_within(piece)
        case _:
            pytest.fail(f"{layout} is not in the grammar")


def test_templates_are_equal_that_say_the_same() -> None:
    one, other = (read_template("w_{index}^{(layer)}", KNOWN) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one != read_template("w_{index}^{layer}", KNOWN)
