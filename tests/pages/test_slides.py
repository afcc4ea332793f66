"""Slides and summary: what stands on them, for which networks there are any."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symbackprop import api
from symbackprop.errors import UnsupportedError
from symbackprop.formats import Detail
from symbackprop.pages.document import Document, EquationLine, Equations, Figure, Frame, Heading
from symbackprop.pages.figures import Drawing
from symbackprop.pages.figures.shapes import Segment, Tone
from symbackprop.pages.narrate.one_page import tell_one_page
from symbackprop.pages.narrate.slides import tell_slides
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.phrases import load_phrases
from tests.walkthroughs import MAZUR, derived, namer


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
    assert kinds == [Heading, Figure, *[Heading, Figure, Equations] * 43, Heading, Figure]


def test_a_brief_deck_has_one_weight_of_each_layer() -> None:
    kinds = [type(block) for block in tell_slides(_teller(detail=Detail.BRIEF)).blocks]
    assert kinds.count(Equations) == 23


def test_the_path_lights_up_from_slide_to_slide_and_nothing_moves() -> None:
    drawings = [block.drawing for block in tell_slides(_teller()).blocks if isinstance(block, Figure)]
    # Forward: into h1, h2, o1, o2, then to each error and to the total.
    assert [_lit(it) for it in drawings[1:12]] == [2, 2, 4, 4, 6, 6, 8, 8, 9, 10, 12]
    # Back to w5: the error's factor, the neuron's, the weight's, all together, the update.
    assert [_lit(it) for it in drawings[12:17]] == [2, 2, 3, 3, 3]
    assert len({(it.width, it.height) for it in drawings[12:17]}) == 1
    # Then w6, w7 with the factors of its own neuron, and w8. Back to w1: through o1, through o2, through both, and on to the weight.
    w1 = drawings[26:32]
    assert [_lit(it) for it in w1] == [3, 3, 6, 6, 7, 7]
    assert len({(it.width, it.height) for it in w1}) == 1


def test_the_summary_has_every_formula_once() -> None:
    document = tell_one_page(_teller())
    assert document.frame is Frame.ONE_PAGE
    lines = [line for block in document.blocks if isinstance(block, Equations) for line in block.lines]
    # 8 of the forward pass, 3 errors, 4 deltas, 8 gradients, the update and the learning rate.
    assert len(lines) == 25


@pytest.mark.parametrize(
    ("example", "why"),
    [
        ("recurrent", "can't be made of a recurrent network yet; --document walkthrough can"),
        ("large", "expected at most 300 weights, found 23,820"),
    ],
)
@pytest.mark.parametrize("document", ["slides", "summary"])
def test_a_network_that_has_more_to_tell_is_refused(example: str, why: str, document: str) -> None:
    teller = replace(_teller(), derivation=api.derive(api.load(example)))
    with pytest.raises(UnsupportedError) as refused:
        {"slides": tell_slides, "summary": tell_one_page}[document](teller)
    assert str(refused.value) == f"--document {document}: {why}"


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
