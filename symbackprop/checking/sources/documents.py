"""Which stretches of a document are formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.sources.latex import formulas_in_latex
from symbackprop.checking.sources.markdown import formulas_in_markdown
from symbackprop.checking.sources.plain_lines import CUT, SIGN, formulas_of, lines_of
from symbackprop.checking.sources.rst import formulas_in_rst
from symbackprop.checking.sources.snippet import MOST_SNIPPETS, Kind, Snippet, snippet_of
from symbackprop.checking.sources.stacked import in_one_line

DOCUMENTS = (Kind.MARKDOWN, Kind.LATEX, Kind.RST, Kind.TEXT)
"""What is read here; all other kinds are answer sheets."""

_BULLET = re.compile(r"(?m)^[ \t]*(?:(?P<sign>[-*+•])[ \t]+|\(?(?:\d{1,3}|[a-z])[.)][ \t]+)")
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
    text = _without_bullets(_without_shapes(text))
    # A label of a drawing may be half hidden by a line.
    text = _BRAILLE.sub(lambda it: CUT * len(it[0]), text)
    yield from formulas_of(in_one_line(lines_of(snippet_of(text, 0, len(text), Dialect.PLAIN))))


_SHAPE = re.compile(r"\d{1,6}×\d{1,6}")


def _without_shapes(text: str) -> str:
    """The text without formulas whose factors have their shapes below: they are of matrices."""
    lines = text.splitlines(keepends=True)
    for number in range(1, len(lines)):
        above = lines[number - 1].rstrip()
        if _are_shapes(lines[number]) and "=" in above and above[-1] not in "=+*/·×−-":
            for it in (number - 1, number):
                lines[it] = re.sub(r"[^\r\n]", CUT, lines[it])
    return "".join(lines)


def _are_shapes(line: str) -> bool:
    words = line.split()
    return bool(words) and all(map(_SHAPE.fullmatch, words))


def _without_bullets(text: str) -> str:
    """The text without what items of lists begin with; a line with which a formula goes on keeps its sign."""
    lines = text.splitlines(keepends=True)
    room: int | None = None
    for number, line in enumerate(lines):
        bullet = _BULLET.match(line)
        own = len(line) - len(line.lstrip())
        if room is not None and line.strip() and bullet and _is_operator(bullet, indented=own > room):
            continue
        if bullet:
            lines[number] = " " * bullet.end() + line[bullet.end() :]
        if bullet or not line.strip():
            room = None
        elif SIGN.search(line):
            room = own if room is None else min(room, own)
    return "".join(lines)


def _is_operator(bullet: re.Match[str], *, indented: bool) -> bool:
    return bullet["sign"] == "+" or (indented and bullet["sign"] in ("-", "*"))


_HAS_LATEX = re.compile(
    r"\\(?:begin|frac|cdot|times|partial|sum|mathrm|mathit|text|approx|eta|delta|sigma|left)(?![a-z])|\\[\[(]"
    r"|\$[^$\n]{1,200}+\$"
)
