"""A stretch of a document that holds a formula, with the place of each of its characters."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import PurePath

from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.work import Chain, Leaf, Member, Span, Trouble
from symbackprop.records import record

GONE = "\0"
"""Stands in a text for a character that nobody is to read: no text that is read holds one itself."""

MOST_SNIPPETS = 5_000
"""More formulas, or more answers, nobody's work has; what comes after them needn't be looked for."""


class Kind(StrEnum):
    """What somebody's work is written in."""

    MARKDOWN = "markdown"
    LATEX = "latex"
    RST = "rst"
    TEXT = "text"
    TOML = "toml"
    CSV = "csv"
    JSON = "json"


_KINDS = {
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".tex": Kind.LATEX,
    ".rst": Kind.RST,
    ".toml": Kind.TOML,
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".json": Kind.JSON,
}


def kind_of(path: PurePath) -> Kind:
    """What a file is written in, by its suffix; plain text where that says nothing."""
    return _KINDS.get(path.suffix.lower(), Kind.TEXT)


@record(kw_only=True)
class Snippet:
    """A formula's text, and for each of its characters the offset in the document.

    `loose` says that it stood in running text, where not everything with an equals sign is a claim.
    """

    text: str
    origin: Sequence[int]
    dialect: Dialect = Dialect.PLAIN
    loose: bool = False

    def __post_init__(self) -> None:
        """Each character has a place."""
        assert len(self.text) == len(self.origin)

    def place(self, start: int, end: int) -> Span:
        """The stretch of the document from which text[start:end] comes."""
        if start >= len(self.origin):
            after = self.origin[-1] + 1 if self.origin else 0
            return Span(start=after, end=after)
        first = self.origin[start]
        last = self.origin[end - 1] + 1 if end > start else first
        return Span(start=min(first, last), end=max(first, last))

    @property
    def span(self) -> Span:
        """The stretch of the document from which all of it comes."""
        return self.place(0, len(self.text))

    def part(self, start: int, end: int) -> Snippet:
        """A part of it."""
        return Snippet(text=self.text[start:end], origin=self.origin[start:end], dialect=self.dialect, loose=self.loose)

    def stripped(self) -> Snippet:
        """The same without white space around it."""
        front = len(self.text) - len(self.text.lstrip())
        return self.part(front, max(front, len(self.text.rstrip())))

    def without_gone(self) -> Snippet:
        """The same without the characters that nobody is to read."""
        if GONE not in self.text:
            return self
        kept = array("L", (place for place, it in zip(self.origin, self.text, strict=True) if it != GONE))
        return replace(self, text=self.text.replace(GONE, ""), origin=kept)


def snippet_of(text: str, start: int, end: int, dialect: Dialect) -> Snippet:
    """A stretch of a document as it stands there."""
    return Snippet(text=text[start:end], origin=range(start, end), dialect=dialect)


def joined(parts: Iterable[Snippet], glue: str = " ") -> Snippet:
    """Several stretches as one, with `glue` between them."""
    first, *others = parts
    if not others:
        return first
    texts, places = [first.text], array("L", first.origin)
    for part in others:
        after = places[-1] + 1 if places else 0
        texts.extend((glue, part.text))
        places.extend((after,) * len(glue))
        places.extend(part.origin)
    return replace(first, text="".join(texts), origin=places)


def relocated(chain: Chain, snippet: Snippet) -> Chain:
    """A chain that was read from a snippet's text, with its places in the document."""

    def place(span: Span) -> Span:
        return snippet.place(span.start, span.end)

    def leaf(it: Leaf) -> Leaf:
        return Leaf(text=it.text, span=place(it.span), figure=it.figure, ids=it.ids)

    def trouble(it: Trouble) -> Trouble:
        return replace(it, span=place(it.span))

    def member(it: Member) -> Member:
        return Member(
            text=it.text,
            span=place(it.span),
            formula=it.formula,
            leaves=tuple(map(leaf, it.leaves)),
            trouble=it.trouble and trouble(it.trouble),
            approximate=it.approximate,
        )

    return Chain(members=tuple(map(member, chain.members)), ids=chain.ids)
