"""Walkthroughs of all kinds of networks: what they say is true, and nothing is left out."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symbackprop.formats import Detail
from symbackprop.network_file import parse_network
from symbackprop.pages.document import (
    Document,
    EquationLine,
    Equations,
    Heading,
    Inlines,
    Math,
    Note,
    Remark,
    Table,
    Text,
)
from symbackprop.pages.phrases import load_phrases
from symbackprop.typeset.layout import Number, Operator
from symbackprop.typeset.unicode import unicode
from tests.pages.arithmetic import DIGITS, NoValueError, Textbook, as_printed, evaluate, general, only_numbers
from tests.pages.statements import claims, inlines
from tests.walkthroughs import MAZUR, SMALL, WIDE, told

# The textbook in 60 digits would take long for ten thousand rounds.
MAZUR_BRIEFLY = MAZUR.replace("rounds = 10000", "rounds = 3")

# --- Networks ---------------------------------------------------------------------------------------------

# Two digits after the point: what a person types. None is 0, so that no gradient vanishes by itself.
_numbers = st.integers(-200, 200).filter(bool).map(lambda hundredths: f"{hundredths / 100:.2f}")
_BIASES = ("none", "shared", "each")


@st.composite
def networks(draw: st.DrawFn) -> str:
    """Draw a network file."""
    widths = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))

    def listed(count: int) -> str:
        return f"[{', '.join(draw(st.lists(_numbers, min_size=count, max_size=count)))}]"

    lines = ['title = "Drawn"', "[data]", f"inputs = {listed(widths[0])}", f"targets = {listed(widths[-1])}"]
    for before, width in pairwise(widths):
        rows = ", ".join(listed(before) for _ in range(width))
        lines += ["[[layers]]", 'activation = "sigmoid"', f"weights = [{rows}]"]
        match draw(st.sampled_from(_BIASES)):
            case "shared":
                lines.append(f"biases = {draw(_numbers)}")
            case "each":
                lines.append(f"biases = {listed(width)}")
            case _:
                pass
    lines += [
        "[training]",
        f"learning_rate = {draw(st.integers(1, 300)) / 100:.2f}",
        f"update_biases = {draw(st.sampled_from(('true', 'false')))}",
        f'hidden_gradients = "{draw(st.sampled_from(("original", "updated")))}"',
        f"rounds = {draw(st.integers(1, 3))}",
    ]
    return "\n".join(lines)


def _network(widths: tuple[int, ...], *, biases: str = "each", update: bool = True, hidden: str = "original") -> str:
    """Write a network file with numbers that are all different."""
    numbers = (f"{(-1) ** n * (17 + 13 * n % 151) / 100:.2f}" for n in range(1000))

    def listed(count: int) -> str:
        return f"[{', '.join(next(numbers) for _ in range(count))}]"

    lines = ['title = "Made"', "[data]", f"inputs = {listed(widths[0])}", f"targets = {listed(widths[-1])}"]
    for before, width in pairwise(widths):
        rows = ", ".join(listed(before) for _ in range(width))
        lines += ["[[layers]]", 'activation = "sigmoid"', f"weights = [{rows}]"]
        match biases:
            case "shared":
                lines.append(f"biases = {next(numbers)}")
            case "each":
                lines.append(f"biases = {listed(width)}")
            case _:
                pass
    lines += ["[training]", "learning_rate = 0.5", f"update_biases = {str(update).lower()}"]
    lines += [f'hidden_gradients = "{hidden}"', "rounds = 2"]
    return "\n".join(lines)


# --- What a document says ---------------------------------------------------------------------------------


def _is_rounding(digits: str, value: Decimal) -> bool:
    """Tell whether the digits are the correct rounding of the value."""
    shown = Decimal(digits)
    return value.quantize(Decimal(1).scaleb(int(shown.as_tuple().exponent)), ROUND_HALF_UP) == shown


_SEEN_DIGITS = Decimal("2e-8")
"""How far a formula with rounded figures in it may be off: a few halves of the ninth decimal."""


def _untrue(network: str, document: Document) -> list[str]:
    """Return every statement of a document that isn't true."""
    textbook = Textbook(parse_network(network, "test.toml"))
    untrue = []
    with localcontext() as context:
        context.prec = DIGITS
        rounds = [textbook.round() for _ in range(4)]
        later = {f"{id_}@{number}": value for number, values in enumerate(rounds) for id_, value in values.items()}
        known = as_printed(rounds[0] | later | general())
        for left, sign, right in claims(document):
            said = f"{unicode(left)} {sign.value} {unicode(right)}"
            value = known[unicode(left)]
            match right:
                case Number(digits=digits):
                    exact = Decimal(digits) == value
                    if not _is_rounding(digits, value) or exact is not (sign is Operator.EQUALS):
                        untrue.append(f"{said}, but it is {value}")
                    continue
                case _:
                    pass
            try:
                found = evaluate(right, known)
            except NoValueError:
                continue
            allowed = _SEEN_DIGITS if only_numbers(right) else Decimal("1e-50")
            if abs(found - value) > allowed:
                untrue.append(f"{said}: {found}, but it is {value}")
    return untrue


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("network", [MAZUR_BRIEFLY, SMALL, WIDE], ids=["mazur", "small", "wide"])
def test_every_line_is_true(network: str, detail: Detail, lang: str) -> None:
    document = told(network, detail=detail, lang=lang)
    assert len(list(claims(document))) > 50
    assert _untrue(network, document) == []


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(networks(), st.sampled_from(Detail), st.sampled_from(("en", "zh")))
def test_every_line_is_true_of_any_network(network: str, detail: Detail, lang: str) -> None:
    assert _untrue(network, told.__wrapped__(network, detail=detail, lang=lang)) == []


def test_an_untrue_line_would_be_found() -> None:
    """The reader of lines, too, has to be able to say no."""
    network = MAZUR_BRIEFLY.replace("0.40, 0.45", "0.41, 0.45")
    found = _untrue(network, told(MAZUR_BRIEFLY))
    assert len(found) > 40
    assert any(line.startswith("netₒ₁ approximately 1.105905967") for line in found)


# --- Nothing is left out ----------------------------------------------------------------------------------


@cache
def _made(combination: tuple[tuple[int, ...], str, bool, str], detail: Detail, lang: str) -> Document:
    widths, biases, update, hidden = combination
    return told(_network(widths, biases=biases, update=update, hidden=hidden), detail=detail, lang=lang)


COMBINATIONS = [
    *product([(2, 2, 2), (1, 1), (1, 2, 1)], _BIASES, [True, False], ["original", "updated"]),
    *product([(2, 2, 1, 2, 1)], ["each", "shared"], [True], ["original", "updated"]),
]


@pytest.mark.one_of_each
@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("combination", COMBINATIONS, ids=lambda it: "-".join(map(str, (*it[0], *it[1:]))))
def test_both_languages_tell_the_same(combination: tuple[tuple[int, ...], str, bool, str], detail: Detail) -> None:
    """No phrase is missing, and the formulas, tables and headings are the same ones."""
    english, chinese = (_made(combination, detail, lang) for lang in ("en", "zh"))
    assert [type(block) for block in english.blocks] == [type(block) for block in chinese.blocks]
    for ours, theirs in zip(english.blocks, chinese.blocks, strict=True):
        match ours, theirs:
            case Equations(), Equations():
                assert _formulas(ours) == _formulas(theirs)
            case Table(rows=rows), Table(rows=others):
                assert [list(map(_figures, row)) for row in rows] == [list(map(_figures, row)) for row in others]
            case Heading(level=level), Heading(level=other):
                assert level == other
            case _:
                pass


def _formulas(block: Equations) -> list[str]:
    return [unicode(line.right) for line in block.lines if isinstance(line, EquationLine)]


def _figures(cell: Inlines) -> list[str]:
    return [unicode(inline.layout) for inline in cell if isinstance(inline, Math)]


def _headings(document: Document, level: int) -> list[str]:
    return [
        "".join(unicode(inline.layout) if isinstance(inline, Math) else inline.text for inline in block.content)
        for block in document.blocks
        if isinstance(block, Heading) and block.level == level
    ]


def _weights(widths: tuple[int, ...]) -> list[list[str]]:
    """Return the weights' printed names, layer by layer."""
    count, layers = 0, []
    for before, width in pairwise(widths):
        numbers = range(count + 1, count + before * width + 1)
        layers.append([f"w{number}".translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")) for number in numbers])
        count += before * width
    return layers


def _asked(document: Document) -> list[str]:
    """Return the parameters that have a section of their own."""
    start, end = load_phrases("en").words["weight.heading"].split("{weight}")
    end = end.replace("{total}", "Eₜₒₜₐₗ")
    return [
        title.removeprefix(start).removesuffix(end)
        for title in _headings(document, 2)
        if title.startswith(start) and title.endswith(end)
    ]


SHAPES = [(2, 2, 2), (1, 1), (3, 2), (1, 2, 1), (2, 1, 2, 2), (2, 2, 1, 2, 1)]


@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_the_full_document_asks_about_every_weight(widths: tuple[int, ...]) -> None:
    document = _made((widths, "none", False, "original"), Detail.FULL, "en")
    assert _asked(document) == [weight for layer in reversed(_weights(widths)) for weight in layer]


@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_the_brief_document_asks_about_one_weight_a_layer_and_tables_all(widths: tuple[int, ...]) -> None:
    document = _made((widths, "none", False, "original"), Detail.BRIEF, "en")
    assert _asked(document) == [layer[0] for layer in reversed(_weights(widths))]
    first_cells = [
        tuple("".join(_figures(row[0])) for row in block.rows) for block in document.blocks if isinstance(block, Table)
    ]
    for layer in _weights(widths):
        assert tuple(layer) in first_cells
    assert tuple(weight for layer in _weights(widths) for weight in layer) in first_cells


@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("biases", _BIASES)
@pytest.mark.parametrize("update", [True, False])
def test_biases_are_worked_out_where_they_learn_and_mentioned_where_not(
    biases: str, detail: Detail, *, update: bool
) -> None:
    document = _made(((2, 2, 1), biases, update, "original"), detail, "en")
    names = {"none": [], "shared": ["b₁", "b₂"], "each": ["bₕ₁", "bₕ₂", "bₒ₁"]}[biases]
    asked = [parameter for parameter in _asked(document) if parameter.startswith("b")]
    # A brief walkthrough has them in its tables, as it has the weights.
    assert sorted(asked) == (sorted(names) if update and detail is Detail.FULL else [])
    # One sentence for each of the two layers.
    assert _text(document).count("this network updates its weights only") == (0 if update or not names else 2)
    updates = [name for name, *_ in _rows_under(document, "updates.heading")]
    assert [name for name in updates if name.startswith("b")] == (names if update else [])


def _text(document: Document) -> str:
    return "\n".join(
        "".join(unicode(inline.layout) if isinstance(inline, Math) else inline.text for inline in content)
        for content in inlines(document)
    )


def _rows_under(document: Document, key: str) -> list[list[str]]:
    """Return the rows of the first table of a chapter."""
    title = load_phrases("en").words[key]
    start = next(
        number
        for number, block in enumerate(document.blocks)
        if isinstance(block, Heading) and block.content == (Text(title),)
    )
    table = next(block for block in list(document.blocks)[start:] if isinstance(block, Table))
    return [["".join(_figures(cell)) for cell in row] for row in table.rows]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("hidden", ["original", "updated"])
def test_gradients_that_are_mistaken_on_purpose_are_announced(hidden: str, detail: Detail, lang: str) -> None:
    document = _made(((2, 2, 2), "shared", False, hidden), detail, lang)
    words = load_phrases(lang).words
    titles = [block.title for block in document.blocks if isinstance(block, Note)]
    assert ((Text(words["hidden.mistake.title"]),) in titles) is (hidden == "updated")
    says_so = words["certificate.mistaken"].split("{number}")[-1]
    assert (says_so in _text(document)) is (hidden == "updated")


@pytest.mark.parametrize("widths", [(1, 1), (3, 2)], ids=str)
def test_a_single_layer_has_no_hidden_chapter(widths: tuple[int, ...]) -> None:
    document = _made((widths, "none", False, "original"), Detail.FULL, "en")
    assert not [title for title in _headings(document, 1) if "hidden" in title]
    assert "Not yet!" not in _text(document)


def test_deep_networks_number_their_hidden_layers() -> None:
    document = _made(((2, 2, 1, 2, 1), "none", False, "original"), Detail.FULL, "en")
    titles = [title for title in _headings(document, 1) if "hidden" in title]
    assert titles == [f"The backward pass: hidden layer {number}" for number in (3, 2, 1)]


SATURATED = MAZUR_BRIEFLY.replace("0.15, 0.20", "1000, 1000").replace("0.40, 0.45", "1000, -1000")


@pytest.mark.one_of_each
@pytest.mark.parametrize(
    "network", [MAZUR_BRIEFLY, SMALL, WIDE, SATURATED], ids=["mazur", "small", "wide", "saturated"]
)
@pytest.mark.parametrize("decimals", [1, 9, 50])
def test_no_words_are_empty(network: str, decimals: int) -> None:
    """A calculation that is wider than the page leaves no room for its notes, but has to have some first."""
    document = told(network, decimals=decimals)
    remarks = [
        line
        for block in document.blocks
        if isinstance(block, Equations)
        for line in block.lines
        if isinstance(line, Remark)
    ]
    assert [remark for remark in remarks if not remark.content] == []


@pytest.mark.parametrize("decimals", [1, 4, 30, 50])
def test_other_decimals_are_as_true(decimals: int) -> None:
    """Fewer decimals than nine make the lines with numbers coarser, but never a figure wrong."""
    document = told(SMALL, decimals=decimals)
    textbook = Textbook(parse_network(SMALL, "test.toml"))
    with localcontext() as context:
        context.prec = 2 * DIGITS
        known = as_printed(textbook.round())
        figures = [
            (unicode(left), right.digits, known[unicode(left)])
            for left, _, right in claims(document)
            if isinstance(right, Number) and unicode(left) in known
        ]
        assert len(figures) > 50
        assert [figure for figure in figures if not _is_rounding(figure[1], figure[2])] == []
