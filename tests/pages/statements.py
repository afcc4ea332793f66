"""The same as `claims`, of whole documents, title and subtitle among them."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.pages.document import Document, Inlines
from tests.pages import claims as of_blocks


def claims(document: Document) -> Iterator[of_blocks.Claim]:
    """Yield everything that a document says to equal something."""
    yield from of_blocks.claims(document.blocks)


def inlines(document: Document) -> Iterator[Inlines]:
    """Yield all words and formulas that don't stand in calculations."""
    yield document.title
    yield document.subtitle
    for block in document.blocks:
        yield from of_blocks.inlines(block)
