"""What the templates for Typst ask for: mathematics, and the words that are read instead of it."""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import normalize

from symbackprop.pages.document import EquationLine, Inlines, Math
from symbackprop.pages.ledger import ledger_rows
from symbackprop.pages.phrases import Phrases
from symbackprop.typeset.layout import Layout, Operator, Row
from symbackprop.typeset.spoken import spoken
from symbackprop.typeset.typst import typst, typst_sign, typst_string
from symbackprop.typeset.unicode import unicode


def typst_filters(phrases: Phrases) -> dict[str, Callable[..., object]]:
    """The filters, by their names; formulas are read aloud in the language of the phrases."""

    def aloud(layout: Layout, /) -> str:
        return typst_string(spoken(layout, phrases.plain))

    return {
        "typst": lambda layout, /: typst(layout),
        "aloud": aloud,
        "sign": lambda sign, /: typst_sign(sign),
        "string": lambda text, /: typst_string(text),
        "whole": _whole,
        "bookmarks": _in_plain_words,
        "ledger": lambda ledger, /: ledger_rows(
            ledger, lambda layout: f"[#formula({aloud(layout)}, ${typst(layout)}$)]", str
        ),
    }


def _whole(line: EquationLine, /) -> Layout:
    """A line of a calculation from its left to its right end, as it is read."""
    parts: list[Layout | Operator] = [] if line.left is None else [line.left]
    if line.relation is not None:
        parts.append(line.relation)
    return Row((*parts, line.right))


def _in_plain_words(inlines: Inlines, /) -> str:
    # A title has no small letters: h\u2081 becomes h1.
    return "".join(normalize("NFKC", unicode(part.layout)) if isinstance(part, Math) else part.text for part in inlines)
