"""The closed sets that a user chooses from: formats, how much is worked out, and in which view."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """What can be written: a walkthrough, or a report on somebody's work."""

    LATEX = "latex"
    MARKDOWN = "markdown"
    TEXT = "text"
    HTML = "html"
    JSON = "json"
    PDF = "pdf"
    TYPST = "typst"
    """What a PDF is made from; nobody asks for it."""

    @property
    def ending(self) -> str:
        """The ending of the format's files."""
        return {"latex": "tex", "markdown": "md", "text": "txt", "typst": "typ"}.get(self.value, self.value)


WALKTHROUGHS = (Format.LATEX, Format.MARKDOWN, Format.TEXT, Format.JSON, Format.PDF)
"""What a walkthrough can be written as."""

REPORTS = (Format.TEXT, Format.MARKDOWN, Format.HTML, Format.JSON)
"""What a report on somebody's work can be written as."""


class Detail(StrEnum):
    """How much is worked out: every weight, or one of each layer with the rest in tables."""

    FULL = "full"
    BRIEF = "brief"


class View(StrEnum):
    """Whether the derivation is told number by number, in matrices, or in both ways."""

    SCALAR = "scalar"
    MATRIX = "matrix"
    BOTH = "both"


class Engine(StrEnum):
    """What makes a PDF: Typst, which comes as a Python package, or an installed TeX."""

    TYPST = "typst"
    LATEX = "latex"


class Kind(StrEnum):
    """What is written: the walkthrough, a slide for each step, or one page of formulas and values."""

    WALKTHROUGH = "walkthrough"
    SLIDES = "slides"
    SUMMARY = "summary"


MADE_AS: dict[Kind, tuple[Format, ...]] = {
    Kind.WALKTHROUGH: WALKTHROUGHS,
    Kind.SLIDES: (Format.LATEX, Format.PDF),
    Kind.SUMMARY: (Format.LATEX, Format.MARKDOWN, Format.PDF),
}
"""The formats of each kind of document."""
