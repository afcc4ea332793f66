"""Formulas in reStructuredText: in directives and roles of maths, and in its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.sources.maths import Maths, blanked, held, restored, with_sign
from symbackprop.checking.sources.plain_lines import CUT, formulas_of, lines_of
from symbackprop.checking.sources.snippet import GONE, Snippet, snippet_of
from symbackprop.records import record

_DIRECTIVE = re.compile(
    r"(?m)^(?P<indent>[ \t]*+)\.\.(?:[ \t]+(?P<rest>(?:(?P<name>[A-Za-z][\w:-]*?)::(?=\s|$))?[^\n]*+)|[ \t\r]*+)$"
)
_CODE = frozenset(
    {"code", "code-block", "sourcecode", "literalinclude", "highlight", "raw", "parsed-literal", "testcode"}
)
_OPTION = re.compile(r"[ \t]*:[A-Za-z-]++:[^\n]*+\n?")
_REST_OF_LINE = re.compile(r"[^\n]*+\n?")
_ROLE = re.compile(r":math:`(?P<body>[^`]++)`")
_LITERAL = re.compile(r"``[^`]++``|(?<=\w:)(?<!:math:)`[^`]*+`")
_TARGET = re.compile(r"_[^\n]*:|\[[^\]\n]*\]|\|[^|\n]*\|")
_ALTERNATIVE = re.compile(r"(?m)^[ \t]+:alt:[ \t]*(?P<words>[^\n]++)")
_LATEX = re.compile(r"\\[A-Za-z]|[_^]\{")
_MARKUP = re.compile(
    r"(?m)(?P<escape>\\(?=[^\sA-Za-z]))|(?P<strong>\*\*)|^[ \t]*(?P<bullet>(?:[-*+•]|\d{1,9}[.)]|#\.)[ \t]+)"
)


@record(kw_only=True)
class _Block:
    """A directive: where it starts, where its content does, and where that ends."""

    name: str
    rest: str
    start: int
    inner: int
    end: int


def formulas_in_rst(text: str) -> Iterator[Snippet]:
    """The formulas of a reStructuredText document, in no certain order."""
    pictures = [it.span("words") for it in _ALTERNATIVE.finditer(text) if _LATEX.search(it["words"])]
    yield from with_sign(snippet_of(text, *words, Dialect.LATEX).stripped() for words in pictures)
    text = blanked(text, ((*words, CUT) for words in pictures))
    blocks = [it for it in _blocks(text) if it.name in _CODE or it.name == "math" or _is_comment(it)]
    for block in blocks:
        if block.name == "math":
            yield from with_sign(_equations(text, block))
    text = blanked(text, ((it.start, it.end, CUT) for it in blocks))
    text = blanked(text, ((*it.span(), CUT) for it in _LITERAL.finditer(text)))
    roles = [
        Maths(start=it.start(), inner=it.start("body"), outer=it.end("body"), end=it.end())
        for it in _ROLE.finditer(text)
    ]
    yield from with_sign(it.body(text) for it in roles)
    rest = _MARKUP.sub(_plain, held(text, roles))
    for snippet in formulas_of(lines_of(snippet_of(rest, 0, len(rest), Dialect.PLAIN))):
        yield replace(restored(snippet, text), loose=True)


def _blocks(text: str) -> Iterator[_Block]:
    """All that begins with two dots. What is indented below belongs to it."""
    place = 0
    while (match := _DIRECTIVE.search(text, place)) is not None:
        name = (match["name"] or "").lower()
        indent = len(match["indent"].expandtabs())
        end = _end_of_content(text, min(match.end() + 1, len(text)), indent)
        inner = match.end("name") + 2 if name else match.end()
        yield _Block(name=name, rest=match["rest"] or "", start=match.start(), inner=inner, end=end)
        # A directive of words may hold others.
        place = end if name == "math" or name in _CODE or not name else match.end()


def _end_of_content(text: str, place: int, indent: int) -> int:
    end = place
    while place < len(text):
        line = _REST_OF_LINE.match(text, place)
        assert line is not None
        words = line[0].lstrip()
        if words and len(line[0].expandtabs()) - len(words.expandtabs()) <= indent:
            break
        place = line.end()
        end = place if words else end
    return end


def _is_comment(block: _Block) -> bool:
    return not block.name and not _TARGET.match(block.rest)


def _equations(text: str, block: _Block) -> Iterator[Snippet]:
    """The equations of a block of maths: empty lines part them, options go before them."""
    place = block.inner
    first = _REST_OF_LINE.match(text, place)
    if first is not None and not first[0].strip():
        place = first.end()
        while (option := _OPTION.match(text, place)) is not None and place < block.end:
            place = option.end()
    start = place
    while place < block.end:
        line = _REST_OF_LINE.match(text, place, block.end)
        assert line is not None
        if not line[0].strip():
            yield from _equation(text, start, place)
            start = line.end()
        place = line.end()
    yield from _equation(text, start, place)


def _equation(text: str, start: int, end: int) -> Iterator[Snippet]:
    if start < end:
        yield Maths(start=start, inner=start, outer=end, end=end).body(text)


def _plain(match: re.Match[str]) -> str:
    return (" " if match["bullet"] else GONE) * len(match[0])
