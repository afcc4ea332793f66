"""A walkthrough in another notation says the same, and nothing of the article's words is left in its formulas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from symbackprop import api
from symbackprop.formats import Detail
from symbackprop.network import Writing
from symbackprop.notation_file import bound_to_network, load_notation
from symbackprop.pages.document import Document, EquationLine, Equations, Figure, Inlines, Math, Table
from symbackprop.pages.figures import Label
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.walkthrough import tell_walkthrough
from symbackprop.pages.phrases import load_phrases
from symbackprop.training_report import draw_plot
from symbackprop.typeset.layout import Fenced, Fraction, Layout, Number, Operator, Row, Script, Summation, Symbol
from symbackprop.typeset.unicode import unicode
from tests.networks import default_network
from tests.walkthroughs import MAZUR, SMALL, WIDE, derived, judged, told

NOTATIONS = ("standard", "bishop")


@cache
def _told(network: str, notation: str, detail: Detail) -> Document:
    teller = Teller(
        derivation=derived(network),
        phrases=load_phrases("en"),
        namer=bound_to_network(load_notation(notation, "a test"), derived(network).network),
        decimals=9,
        detail=detail,
    )
    return tell_walkthrough(teller, *judged(network))


def _layouts(document: Document) -> Iterator[Layout]:
    """Every formula of a document, from its words, calculations, tables and drawings."""
    for block in document.blocks:
        match block:
            case Equations(lines=lines):
                for line in lines:
                    if isinstance(line, EquationLine):
                        yield from (part for part in (line.left, line.right) if part is not None)
            case Table(header=header, rows=rows):
                for row in (header, *rows):
                    for cell in row:
                        yield from _in_words(cell)
            case Figure(drawing=drawing):
                labels = (shape.content for shape in drawing.shapes if isinstance(shape, Label))
                yield from (content for content in labels if not isinstance(content, str))
            case _:
                content = getattr(block, "content", ())
                yield from _in_words(tuple(part for part in content if isinstance(part, Math)))


def _in_words(content: Inlines) -> Iterator[Layout]:
    return (part.layout for part in content if isinstance(part, Math))


def _leaves(layout: Layout | Operator) -> Iterator[Symbol | Number]:
    match layout:
        case Symbol() | Number():
            yield layout
        case Row(parts=parts):
            for part in parts:
                yield from _leaves(part)
        case Fenced(body=body):
            yield from _leaves(body)
        case Fraction(numerator=above, denominator=below):
            yield from _leaves(above)
            yield from _leaves(below)
        case Script(base=base, sub=sub, sup=sup):
            for piece in (base, sub, sup):
                if piece is not None:
                    yield from _leaves(piece)
        case Summation(index=index, body=body):
            yield from _leaves(index)
            yield from _leaves(body)
        case _:
            return


def _figures(document: Document) -> list[str]:
    """The decimals of a document in their order."""
    leaves = (leaf for layout in _layouts(document) for leaf in _leaves(layout))
    return [leaf.digits for leaf in leaves if isinstance(leaf, Number) and "." in leaf.digits]


@pytest.mark.one_of_each
@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("network", [MAZUR, SMALL, WIDE], ids=["mazur", "small", "wide"])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_another_notation_shows_the_same_figures(notation: str, network: str, detail: Detail) -> None:
    other, ours = _told(network, notation, detail), told(network, detail=detail)
    assert [type(block) for block in other.blocks] == [type(block) for block in ours.blocks]
    # A drawing places its labels by their widths, so only their order may differ.
    assert sorted(_figures(other)) == sorted(_figures(ours))


@pytest.mark.parametrize("notation", NOTATIONS)
def test_no_word_of_the_article_is_left_in_a_formula(notation: str) -> None:
    leaves = (leaf for layout in _layouts(_told(MAZUR, notation, Detail.FULL)) for leaf in _leaves(layout))
    written = {leaf.text for leaf in leaves if isinstance(leaf, Symbol)}
    assert not written & {"net", "out", "target", "total", "h1", "o1", "ho"}


def test_the_articles_notation_would_be_noticed() -> None:
    leaves = (leaf for layout in _layouts(told()) for leaf in _leaves(layout))
    assert {"net", "out", "target", "total", "h1", "o1", "ho"} <= {
        leaf.text for leaf in leaves if isinstance(leaf, Symbol)
    }


def test_a_general_form_names_the_layer_and_the_neuron() -> None:
    sums = {unicode(it) for it in _layouts(_told(MAZUR, "standard", Detail.FULL)) if "Σ" in unicode(it)}
    assert any("(Σₖ δₖ⁽²⁾ · wₖ₁⁽²⁾)" in text for text in sums)


def test_api_takes_a_notation_and_the_networks_own() -> None:
    derivation = derived(SMALL)
    assert "z₁⁽¹⁾" in api.render(derivation, format="text", notation="standard")
    own = replace(derivation, network=replace(derivation.network, writing=Writing(notation="bishop")))
    assert "a₁⁽¹⁾" in api.render(own, format="text")
    assert "netₕ₁" in api.render(own, format="text", notation="mazur")


def test_json_keeps_ids_and_points() -> None:
    network = replace(default_network(), writing=Writing(notation="standard", decimal_comma=True))
    assert api.render(api.derive(network), format="json") == api.render(derived(MAZUR), format="json").replace(
        '"test.toml"', '"mazur.toml"'
    )


def test_a_plot_is_written_as_its_network_asks() -> None:
    network = replace(default_network(), writing=Writing(notation="standard", decimal_comma=True))
    plot = draw_plot(api.derive(network), 10)
    assert ">L<" in plot
    assert ">0,298371109<" in plot
