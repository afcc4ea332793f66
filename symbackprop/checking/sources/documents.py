"""Which stretches of a document are formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.sources.latex import formulas_in_latex
from symbackprop.checking.sources.markdown import formulas_in_markdown
from symbackprop.checking.sources.plain_lines import CUT, formulas_of, lines_of
from symbackprop.checking.sources.rst import formulas_in_rst
from symbackprop.checking.sources.snippet import MOST_SNIPPETS, Kind, Snippet, snippet_of
from symbackprop.checking.sources.stacked import in_one_line

DOCUMENTS = (Kind.MARKDOWN, Kind.LATEX, Kind.RST, Kind.TEXT)
"""What is read here; all other kinds are answer sheets."""

_BULLET = re.compile(r"(?m)^[ \t]*(?:[-*+•][ \t]+|\(?(?:\d{1,3}|[a-z])[.)][ \t]+)")
_BRAILLE = re.compile(r"(?m)^.*[\u2801-\u28ff].*$")


def snippets(text: str, kind: Kind) -> Iterator[Snippet]:
    """The formulas of a document, in the order in which they begin; of one with too many, one more than may be."""
    match kind:
        case Kind.MARKDOWN:
            found = formulas_in_markdown(text)
        case Kind.LATEX:
            found = formulas_in_latex(text)
        case Kind.RST:
            found = formulas_in_rst(text)
        case Kind.TEXT:
            found = _formulas_in_text(text)
        case _:
            raise ValueError(f"{kind} is no document")
    some = islice(found, MOST_SNIPPETS + 1)
    yield from sorted((it.without_gone().stripped() for it in some), key=lambda it: it.span.start)


def _formulas_in_text(text: str) -> Iterator[Snippet]:
    if _HAS_LATEX.search(text):
        # Somebody types LaTeX into a file without a suffix that says so.
        yield from formulas_in_latex(text)
        return
    text = _BULLET.sub(lambda it: " " * len(it[0]), text)
    # A label of a drawing may be half hidden by a line.
    text = _BRAILLE.sub(lambda it: CUT * len(it[0]), text)
    yield from formulas_of(in_one_line(lines_of(snippet_of(text, 0, len(text), Dialect.PLAIN))))


_HAS_LATEX = re.compile(
    r"\\(?:begin|frac|cdot|times|partial|sum|mathrm|mathit|text|approx|eta|delta|sigma|left)(?![a-z])|\\[\[(]"
    r"|\$[^$\n]{1,200}+\$"
)
