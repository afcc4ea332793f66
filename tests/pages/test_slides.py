"""Slides and summary: what stands on them, for which networks there are any."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symbackprop import api
from symbackprop.errors import UnsupportedError
from symbackprop.formats import Detail
from symbackprop.notation_file import bound_to_network, load_notation
from symbackprop.pages.document import Document, EquationLine, Equations, Figure, Frame, Heading, Inlines, Math, Table
from symbackprop.pages.figures import Drawing
from symbackprop.pages.figures.shapes import Box, Disc, Label, Segment, Tone
from symbackprop.pages.narrate.one_page import tell_one_page
from symbackprop.pages.narrate.slides import tell_slides
from symbackprop.pages.narrate.summary import trained
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.phrases import load_phrases
from symbackprop.resources import example_names
from symbackprop.typeset.measure import width
from symbackprop.typeset.unicode import unicode
from tests.sampling import slow_but
from tests.walkthroughs import MAZUR, derived, namer

SHORT = [name for name in example_names() if name != "large"]
# One layer after another, over time, a batch, softmax.
KINDS = ("mazur", "recurrent", "xor", "three-classes")


def _teller(*, lang: str = "en", detail: Detail = Detail.FULL) -> Teller:
    return Teller(derivation=derived(MAZUR), phrases=load_phrases(lang), namer=namer(MAZUR), decimals=9, detail=detail)


def _taken(document: Document) -> Document:
    return replace(document, blocks=tuple(document.blocks))


def _lit(drawing: Drawing) -> int:
    """Count the edges that stand out."""
    return sum(isinstance(shape, Segment) and shape.tone is Tone.LIT and shape.arrow for shape in drawing.shapes)


def test_each_slide_has_a_title_a_drawing_and_what_is_calculated() -> None:
    document = _taken(tell_slides(_teller()))
    assert document.frame is Frame.SLIDES
    kinds = [type(block) for block in document.blocks]
    assert kinds == [Heading, Figure, Heading, Table, *[Heading, Figure, Equations] * 43, Heading, Figure]


def test_a_brief_deck_has_one_weight_of_each_layer() -> None:
    kinds = [type(block) for block in tell_slides(_teller(detail=Detail.BRIEF)).blocks]
    assert kinds.count(Equations) == 23


def _example(name: str, *, lang: str = "en", detail: Detail = Detail.FULL) -> Teller:
    derivation = api.derive(api.load(name))
    notation = bound_to_network(load_notation("mazur", "a test"), derivation.network)
    return Teller(derivation=derivation, phrases=load_phrases(lang), namer=notation, decimals=9, detail=detail)


def _drawings(document: Document) -> list[Drawing]:
    return [block.drawing for block in document.blocks if isinstance(block, Figure)]


def _places(drawing: Drawing) -> set[tuple[str, object]]:
    """Give where each node stands."""
    discs = {(it.about, it.centre) for it in drawing.shapes if isinstance(it, Disc)}
    return {*discs, *((it.about, it.corner) for it in drawing.shapes if isinstance(it, Box))}


def _titles(document: Document) -> list[str]:
    return [_said(block.content) for block in document.blocks if isinstance(block, Heading)]


def _said(content: Inlines) -> str:
    return "".join(unicode(it.layout) if isinstance(it, Math) else it.text for it in content)


def _lefts(document: Document) -> list[str]:
    blocks = [block for block in document.blocks if isinstance(block, Equations)]
    lines = [line for block in blocks for line in block.lines if isinstance(line, EquationLine)]
    return [unicode(line.left) for line in lines if line.left is not None]


@pytest.mark.parametrize("name", slow_but(KINDS, SHORT))
def test_nothing_moves_from_slide_to_slide(name: str) -> None:
    network, *walked, curve = _drawings(tell_slides(_example(name)))
    assert len(walked) > 20
    assert len({(it.width, it.height) for it in walked}) == 1
    first = _places(walked[0])
    assert first
    assert all(_places(it) == first for it in walked)
    assert network.description != walked[0].description != curve.description


def test_the_path_lights_up_from_slide_to_slide() -> None:
    drawings = _drawings(tell_slides(_teller()))
    # Forward: into h1, h2, o1, o2, then to each error and to the total.
    assert [_lit(it) for it in drawings[1:12]] == [2, 2, 4, 4, 6, 6, 8, 8, 9, 10, 12]
    # Back to w5: the error's factor, the neuron's, the weight's, all together, the update.
    assert [_lit(it) for it in drawings[12:17]] == [2, 2, 3, 3, 3]
    # Then w6, w7 with the factors of its own neuron, and w8. Back to w1: through o1, through o2, through both, and on.
    assert [_lit(it) for it in drawings[26:32]] == [3, 3, 6, 6, 7, 7]


def _slides(document: Document) -> list[tuple[str, Drawing, list[str]]]:
    """Give each slide with a calculation: its title, its drawing, and what is calculated."""
    blocks = list(document.blocks)
    found = []
    for title, drawn, below in zip(blocks, blocks[1:], blocks[2:], strict=False):
        if isinstance(title, Heading) and isinstance(drawn, Figure) and isinstance(below, Equations):
            lefts = [line.left for line in below.lines if isinstance(line, EquationLine) and line.left is not None]
            found.append((_said(title.content), drawn.drawing, [unicode(left) for left in lefts]))
    return found


def test_a_recurrent_network_is_told_forward_and_back_through_time() -> None:
    titles = [title for title, _, _ in _slides(tell_slides(_example("recurrent")))]
    steps = [title.partition(":")[0] for title in titles if title.startswith("Forward")]
    assert steps == ["Forward, step 1"] * 3 + ["Forward, step 2"] * 3
    teller = _example("recurrent")
    deltas = ("delta_o1[2]", "delta_o1[1]", "delta_h1[2]", "delta_h2[2]", "delta_h1[1]", "delta_h2[1]")
    told = [title.partition(":")[0] for title in titles if title.startswith("δ")]
    assert told == [unicode(teller.name(id_)) for id_ in deltas]
    assert sum(title.startswith("The share of step") for title in titles) == 6
    assert sum(title.startswith("The update of") for title in titles) == 11


def test_both_ways_into_a_state_are_lit() -> None:
    """From its own error, over the output above it, and from both neurons of the next step."""
    teller = _example("recurrent")
    question = teller.phrases.say("slides.factor", of=teller.name("E_total"), variable=teller.name("out_h1[1]"))
    drawing = next(it for title, it, _ in _slides(tell_slides(teller)) if title == _said(question))
    arrows = {it.about for it in drawing.shapes if isinstance(it, Segment) and it.arrow and it.tone is Tone.LIT}
    assert arrows == {
        "out_h1[1]>out_o1[1]",
        "out_o1[1]>E_o1[1]",
        "E_o1[1]>E_total",
        "out_h1[1]>out_h1[2]",
        "out_h1[1]>out_h2[2]",
    }
    written = {
        unicode(it.content) for it in drawing.shapes if isinstance(it, Label) and not isinstance(it.content, str)
    }
    assert {unicode(teller.name(id_)) for id_ in ("delta_o1[1]", "delta_h1[2]", "delta_h2[2]", "w2", "w5")} <= written


def test_the_shares_of_the_steps_come_before_their_sum() -> None:
    teller = _example("recurrent")
    lefts = [left for _, _, own in _slides(tell_slides(teller)) for left in own]
    shares = [unicode(teller.name(f"dE_total/dw2[{step}]")) for step in (1, 2)]
    ids = [*shares, unicode(teller.name("dE_total/dw2")), unicode(teller.name("w2+"))]
    assert [it for it in lefts if it in ids] == ids


@pytest.mark.parametrize("name", slow_but(KINDS, SHORT))
def test_no_slide_is_without_a_title_and_none_has_too_many_lines(name: str) -> None:
    document = _taken(tell_slides(_example(name, lang="zh")))
    assert all(_titles(document))
    assert max(len(block.lines) for block in document.blocks if isinstance(block, Equations)) <= 7


@pytest.mark.parametrize("name", SHORT)
def test_the_summary_has_every_formula_once(name: str) -> None:
    teller = _example(name)
    document = _taken(tell_one_page(teller))
    assert document.frame is Frame.ONE_PAGE
    lefts = _lefts(document)
    assert len(lefts) == len(set(lefts))
    told = [it for it in teller.graph.judged if it.instant == teller.graph.outputs[0].instant]
    deltas = [it for it in lefts if it.startswith("δ")]
    assert len(deltas) >= len(told)


@pytest.mark.parametrize("name", SHORT)
def test_the_summary_has_the_gradient_of_every_parameter_with_its_formula(name: str) -> None:
    teller = _example(name)
    tables = [block for block in tell_one_page(teller).blocks if isinstance(block, Table)]
    cells = [[_said(cell) for cell in row] for table in tables for row in table.rows]
    for parameter in trained(teller):
        (row,) = [row for row in cells if row[0] == unicode(teller.name(parameter))]
        assert "δ" in row[2]
        assert row[-1] == unicode(teller.value(f"{parameter}+"))
        assert unicode(teller.value(f"dE_total/d{parameter}")) in row


def test_the_lines_of_the_summary_are_those_of_a_column() -> None:
    for name in SHORT:
        for block in tell_one_page(_example(name)).blocks:
            if isinstance(block, Equations):
                lines = [line for line in block.lines if isinstance(line, EquationLine)]
                left = max(0 if line.left is None else width(line.left) for line in lines)
                assert max(left + width(line.right) for line in lines) < 29, name


LONG = """
title = "Six steps"
[data]
inputs = [[0.1], [0.2], [0.3], [0.4], [0.5], [0.6]]
targets = [[0.1], [0.2], [0.3], [0.4], [0.5], [0.6]]
[[layers]]
kind = "recurrent"
activation = "tanh"
weights = [[0.5], [0.4]]
recurrent_weights = [[0.1, 0.2], [0.3, 0.4]]
[[layers]]
activation = "identity"
weights = [[0.5, -0.5]]
[training]
learning_rate = 0.1
"""


def test_a_long_sequence_has_one_step_for_all_and_the_values_of_each() -> None:
    derivation = derived(LONG)
    teller = replace(_teller(), derivation=derivation)
    document = _taken(tell_one_page(teller))
    lefts = _lefts(document)
    assert unicode(teller.name("net_h1[2]")) in lefts
    assert unicode(teller.name("net_h1[3]")) not in lefts
    rows = {_said(row[0]) for block in document.blocks if isinstance(block, Table) for row in block.rows}
    assert {unicode(teller.name(f"{it}[{step}]")) for it in ("h1", "h2", "o1") for step in range(1, 7)} <= rows
    # Steps in the middle have no place in the drawing, but their slides.
    assert unicode(teller.name("net_h1[3]")) in _lefts(tell_slides(teller))


@pytest.mark.parametrize("document", ["slides", "summary"])
def test_a_network_that_has_more_to_tell_is_refused(document: str) -> None:
    teller = replace(_teller(), derivation=api.derive(api.load("large")))
    with pytest.raises(UnsupportedError) as refused:
        {"slides": tell_slides, "summary": tell_one_page}[document](teller)
    assert str(refused.value) == f"--document {document}: expected at most 300 weights, found 23,820"


def test_every_weight_and_every_bias_that_learns_has_its_update() -> None:
    teller = replace(_teller(), derivation=api.derive(api.load("adam")))
    shown = {
        line.left
        for block in tell_slides(teller).blocks
        if isinstance(block, Equations)
        for line in block.lines
        if isinstance(line, EquationLine)
    }
    state = teller.derivation.steps.state
    assert {teller.name(f"{id_}+") for id_ in state if id_[0] in "wb" and not id_.startswith("beta")} <= shown


@pytest.mark.parametrize("name", ["recurrent", "deep", "mazur"])
def test_every_weight_has_its_number_on_a_slide(name: str) -> None:
    """A drawing of many weights, or over time, has no room for them."""
    teller = _example(name)
    tables = [block for block in tell_slides(teller).blocks if isinstance(block, Table)]
    told = {unicode(part.layout) for table in tables for row in table.rows for part in row[1] if isinstance(part, Math)}
    weights = {weight for neuron in teller.graph.neurons() for weight in neuron.weight_ids}
    assert {unicode(teller.equality(weight)) for weight in weights} <= told
    assert all(len(table.rows) < 10 for table in tables)


def test_a_summary_of_pieces_has_all_of_them() -> None:
    """A result beside the case that applies alone, such as 0 = 0, would say nothing."""
    document = _taken(tell_one_page(_example("regression-relu")))
    lines = [it for block in document.blocks if isinstance(block, Equations) for it in block.lines]
    told = {unicode(it.left): unicode(it.right) for it in lines if isinstance(it, EquationLine) and it.left is not None}
    mark = "[1]"
    assert told[f"outₕ₁{mark}"] == f"{{netₕ₁{mark} > 0: netₕ₁{mark}; netₕ₁{mark} ≤ 0: 0}} = 0"
    assert told[f"∂outₕ₁{mark}/∂netₕ₁{mark}"] == f"{{netₕ₁{mark} > 0: 1; netₕ₁{mark} ≤ 0: 0}} = 0"
    assert told[f"δₕ₁{mark}"].startswith(f"δₒ₁{mark} · w₃ · ∂outₕ₁{mark}/∂netₕ₁{mark}")
