"""Formulas in Markdown, as GitHub reads it: in dollars, in blocks of maths, in pictures' words, in tables and lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.sources.maths import Finder, Maths, blanked, held, maths_in_markdown, restored, with_sign
from symbackprop.checking.sources.plain_lines import CUT, formulas_of, lines_of
from symbackprop.checking.sources.snippet import GONE, Snippet, snippet_of
from symbackprop.checking.sources.stacked import in_one_line
from symbackprop.checking.sources.tables import without_tables

_Stretch = tuple[int, int, str]

_QUOTE = re.compile(r"(?m)^[ \t]*(?:>[ \t]?)+")
_FENCE = re.compile(r"(?m)^[ \t]*+(?P<run>`{3,}+|~{3,}+)[ \t]*+(?P<language>[^`\n]*+)$")
_SKIPPED = re.compile(r"(?P<escaped>\\.)|<!--|\$`|(?P<ticks>`+)|<(?P<tag>pre|code|script|style|svg|kbd)\b", re.DOTALL)
_BRACKET = re.compile(r"[\[\]]")
_ALTERNATIVE = re.compile(r"""<img\b[^<>]*?\balt\s*=\s*(?:"(?P<double>[^"<>]*+)"|'(?P<single>[^'<>]*+)')""")
_FURNITURE = re.compile(
    r"""(?mx)
      (?P<raised></?su[bp]>)
    | (?P<escape>\\(?=[_*\#\[\]()+!.-]))
    | (?P<emphasis>(?<![\w)])\*\*+(?=\S) | (?<=\S)\*\*+(?![\w(]))
    | (?P<bullet>^[ \t]*(?:[-*+]|\d{1,9}[.)]|\#{1,6})[ \t]+(?:\[[ xX]\][ \t])?)
    | (?P<cut></?[A-Za-z][^<>]*+>
      | \]\((?=[^()\s]*(?:[/\#:]|\.[a-z]))[^()\s]*+(?:[ ]+"[^"\n]*+")?\) | <https?:[^<>\s]*+>)
    """
)
_LATEX = re.compile(r"\\[A-Za-z]|[_^]\{")


def formulas_in_markdown(text: str) -> Iterator[Snippet]:
    """The formulas of a Markdown document, in no certain order."""
    text = _QUOTE.sub(lambda it: " " * len(it[0]), text)
    fences = list(_fences(text))
    yield from with_sign(it.body(text) for it, language in fences if language == "math")
    for it, language in fences:
        if language in _NO_PROGRAM:
            yield from _calculations(text, it)
    text = blanked(text, ((it.start, it.end, CUT) for it, _ in fences))
    text = blanked(text, _code(text))
    formulas = list(maths_in_markdown(text))
    yield from with_sign(it.body(text) for it in formulas)
    rest = held(text, formulas)
    yield from _alternatives(rest, text)
    rest = blanked(rest, ((start - 2, end + 1, CUT) for start, end in _pictures(rest)))
    rest = _FURNITURE.sub(_plain, rest)
    entries, rest = without_tables(rest)
    for snippet in chain(entries, formulas_of(lines_of(snippet_of(rest, 0, len(rest), Dialect.PLAIN)))):
        yield replace(restored(snippet, text), loose=True)


def _fences(text: str) -> Iterator[tuple[Maths, str]]:
    """The fenced blocks, with the word that says what is in them."""
    opened: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = match
        elif match["run"].startswith(opened["run"]) and not match["language"].strip():
            yield _fence(opened, match.start(), match.end())
            opened = None
    if opened is not None:
        yield _fence(opened, len(text), len(text))


def _fence(opened: re.Match[str], outer: int, end: int) -> tuple[Maths, str]:
    inner = min(opened.end() + 1, outer)
    return Maths(start=opened.start(), inner=inner, outer=outer, end=end), opened["language"].strip().lower()


_NO_PROGRAM = frozenset({"", "text", "txt", "plain", "plaintext"})
"""What may stand behind the ticks of a block in which somebody calculates."""

_NO_CALCULATION = re.compile(r"(?m)^.*(?:\\[A-Za-z]|[$\u2801-\u28ff]).*$")


def _calculations(text: str, fence: Maths) -> Iterator[Snippet]:
    """The formulas in a block that is no program's: as in plain text, fractions over several lines included."""
    block = snippet_of(text, fence.inner, fence.outer, Dialect.PLAIN)
    block = replace(block, text=_NO_CALCULATION.sub(lambda it: CUT * len(it[0]), block.text))
    for snippet in formulas_of(in_one_line(lines_of(block))):
        yield replace(snippet, loose=True)


_COMMENT_END = re.compile("-->")
_MATHS_END = re.compile(r"`\$")


def _code(text: str) -> Iterator[_Stretch]:
    """What stands in code and in comments; of code within a line that may be a calculation only its ticks."""
    finder = Finder(text)
    place = 0
    while (match := _SKIPPED.search(text, place)) is not None:
        place = match.end()
        if match["escaped"]:
            continue
        close = _end_of(match, finder)
        if close is None:
            continue
        if match["ticks"] and not _IN_PROGRAMS.search(text, match.end(), close - len(match["ticks"])):
            yield match.start(), match.end(), GONE
            yield close - len(match["ticks"]), close, GONE
        elif match[0] != "$`":
            yield match.start(), close, CUT
        place = close


def _end_of(match: re.Match[str], finder: Finder) -> int | None:
    most = len(finder.text)
    if match["ticks"]:
        if len(match["ticks"]) > _MOST_TICKS:
            return None
        pattern = re.compile(rf"(?<!`){match['ticks']}(?!`)")
        most = finder.paragraph(match.start())
    elif match["tag"]:
        pattern = re.compile(rf"</{match['tag']}\s*>")
    else:
        pattern = _COMMENT_END if match[0] == "<!--" else _MATHS_END
    found = finder.find(pattern, match.end())
    return found[1] if found is not None and found[1] <= most else None


_MOST_TICKS = 20
_IN_PROGRAMS = re.compile(r"[\\$`\n\"'<>|]")


def _alternatives(text: str, source: str) -> Iterator[Snippet]:
    """The formulas in the words that stand for pictures: many of these are pictures of formulas."""
    words = list(_pictures(text))
    words += [match.span(match.lastgroup or 0) for match in _ALTERNATIVE.finditer(text)]
    for start, end in words:
        if _LATEX.search(text, start, end):
            yield from with_sign([snippet_of(text, start, end, Dialect.LATEX)])
        else:
            lines = lines_of(snippet_of(text, start, end, Dialect.PLAIN))
            yield from (replace(restored(it, source), loose=True) for it in formulas_of(lines))


def _pictures(text: str) -> Iterator[tuple[int, int]]:
    """Where the words for each picture stand: between brackets, perhaps with others in them."""
    place = 0
    while (start := text.find("![", place)) >= 0:
        place = start + 2
        end = _end_of_words(text, place)
        if end is not None:
            yield place, end
            place = end + 1


def _end_of_words(text: str, start: int) -> int | None:
    inside = False
    for bracket in _BRACKET.finditer(text, start):
        if bracket[0] == "]" and not inside:
            return bracket.start()
        if bracket[0] == "[" and inside:
            return None
        inside = not inside
    return None


def _plain(match: re.Match[str]) -> str:
    """Markup as plain text of the same length: what is lowered or raised gets its sign."""
    size = len(match[0])
    match match.lastgroup:
        case "raised":
            sign = {"<sub>": "_", "<sup>": "^"}.get(match[0], GONE)
            return GONE * (size - 1) + sign
        case "escape" | "emphasis":
            return GONE * size
        case "bullet":
            return " " * size
        case _:
            return re.sub(r"[^\r\n]", CUT, match[0])
