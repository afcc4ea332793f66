"""The closed sets that a user chooses from: formats, how much is worked out, and in which view."""

from __future__ import annotations

from enum import StrEnum

_ANY_NUMBER = 99


class Format(StrEnum):
    """What can be written: a walkthrough, or a report on somebody's work."""

    LATEX = "latex"
    MARKDOWN = "markdown"
    TEXT = "text"
    HTML = "html"
    JSON = "json"
    NOTEBOOK = "notebook"
    PYTHON = "python"
    NUMPY = "numpy"
    TORCH = "torch"
    PDF = "pdf"
    TYPST = "typst"
    """What a PDF is made from; nobody asks for it."""

    @property
    def most_languages(self) -> int:
        """In how many languages at once a document can be."""
        return _ANY_NUMBER if self is Format.HTML else 1

    @property
    def ending(self) -> str:
        """The ending of the format's files."""
        return _ENDINGS[self]


_ENDINGS = {
    Format.LATEX: "tex",
    Format.MARKDOWN: "md",
    Format.TEXT: "txt",
    Format.HTML: "html",
    Format.JSON: "json",
    Format.NOTEBOOK: "ipynb",
    Format.PYTHON: "py",
    Format.NUMPY: "py",
    Format.TORCH: "py",
    Format.PDF: "pdf",
    Format.TYPST: "typ",
}

SCRIPTS = (Format.PYTHON, Format.NUMPY, Format.TORCH)
"""The formats that are programs, without a walkthrough's words."""

WALKTHROUGHS = (
    Format.LATEX,
    Format.MARKDOWN,
    Format.TEXT,
    Format.HTML,
    Format.JSON,
    Format.NOTEBOOK,
    *SCRIPTS,
    Format.PDF,
)
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
