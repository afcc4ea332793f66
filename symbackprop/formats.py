"""The closed sets that a user chooses from: formats, how much is worked out, and in which view."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """What a derivation can be written as."""

    LATEX = "latex"
    MARKDOWN = "markdown"
    TEXT = "text"
    JSON = "json"

    @property
    def ending(self) -> str:
        """The ending of the format's files."""
        return {"latex": "tex", "markdown": "md", "text": "txt", "json": "json"}[self.value]


class Detail(StrEnum):
    """How much is worked out: every weight, or one of each layer with the rest in tables."""

    FULL = "full"
    BRIEF = "brief"


class View(StrEnum):
    """Whether the derivation is told number by number, in matrices, or in both ways."""

    SCALAR = "scalar"
    MATRIX = "matrix"
    BOTH = "both"
