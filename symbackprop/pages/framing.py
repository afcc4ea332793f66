"""What was printed of a document's blocks, as the template of its page, its slides or its one page takes it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from symbackprop.pages.document import Block, Figure, Frame, Heading, Inlines, Table


def framed(printed: Iterator[tuple[Block, str]], frame: Frame) -> Iterator[object]:
    """What was printed of the blocks, as the template of a page takes it."""
    match frame:
        case Frame.PAGE:
            return (text for _, text in printed)
        case Frame.SLIDES:
            return _slides(printed)
        case Frame.ONE_PAGE:
            return _pieces_of_page(printed)


class Place(StrEnum):
    """Where on a page of its own a piece of a document stands."""

    TOP = "top"
    """Side by side above everything: the drawing, and a table that belongs to it."""
    COLUMN = "column"
    WHOLE = "whole"
    """Below the columns, as wide as the page."""


_MOST_IN_COLUMN = 4
"""A table with more columns is as wide as the page."""


def _pieces_of_page(printed: Iterator[tuple[Block, str]]) -> Iterator[tuple[Place, str]]:
    """Each piece of one page, headings with what follows them, and where it stands."""
    heading = ""
    place = Place.TOP
    for block, text in printed:
        if isinstance(block, Heading):
            heading += text
            place = Place.COLUMN
            continue
        wide = isinstance(block, Table) and len(block.align) > _MOST_IN_COLUMN and place is not Place.TOP
        yield Place.WHOLE if wide else place, heading + text
        heading = ""


def _slides(printed: Iterator[tuple[Block, str]]) -> Iterator[tuple[Inlines, list[str], list[str]]]:
    """Each heading with the drawing below it, if there is one, and with the rest that was printed below it."""
    title: Inlines = ()
    drawings: list[str] = []
    rest: list[str] = []
    for block, text in printed:
        match block:
            case Heading():
                if drawings or rest:
                    yield title, drawings, rest
                title, drawings, rest = block.content, [], []
            case Figure():
                drawings.append(text)
            case _:
                rest.append(text)
    if drawings or rest:
        yield title, drawings, rest
