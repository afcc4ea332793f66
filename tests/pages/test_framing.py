"""What was printed of the blocks, as slides and as pieces of one page."""

from __future__ import annotations

from symbackprop.pages.document import Align, Block, Figure, Frame, Heading, Paragraph, Table, Text
from symbackprop.pages.figures import Drawing
from symbackprop.pages.framing import Place, framed

DRAWING = Drawing(width=1, height=1, shapes=(), description="")
FIGURE = Figure(name="a", drawing=DRAWING, caption=())
TITLE = Heading(level=1, content=(Text("A"),))
WORDS = Paragraph(content=(Text("B"),))


def _table(columns: int) -> Table:
    return Table(header=((),) * columns, align=(Align.LEFT,) * columns, rows=())


def _framed(frame: Frame, *printed: tuple[Block, str]) -> list[object]:
    return list(framed(iter(printed), frame))


def test_a_page_has_its_blocks_one_after_the_other() -> None:
    assert _framed(Frame.PAGE, (TITLE, "A"), (WORDS, "B")) == ["A", "B"]


def test_each_heading_begins_a_slide() -> None:
    blocks = ((TITLE, "A"), (FIGURE, "F"), (WORDS, "B"), (TITLE, "A"), (FIGURE, "G"))
    assert _framed(Frame.SLIDES, *blocks) == [(TITLE.content, ["F"], ["B"]), (TITLE.content, ["G"], [])]


def test_on_one_page_headings_stay_with_what_follows_and_wide_tables_stand_below() -> None:
    blocks = ((FIGURE, "F"), (_table(7), "T"), (TITLE, "A"), (WORDS, "B"), (_table(4), "N"), (_table(5), "W"))
    assert _framed(Frame.ONE_PAGE, *blocks) == [
        (Place.TOP, "F"),
        (Place.TOP, "T"),
        (Place.COLUMN, "AB"),
        (Place.COLUMN, "N"),
        (Place.WHOLE, "W"),
    ]
