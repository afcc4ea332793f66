"""Where LaTeX formulas stand in a Markdown or LaTeX source: in dollars, in brackets, in environments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.sources.plain_lines import CUT, HELD
from symbackprop.checking.sources.snippet import Snippet, snippet_of
from symbackprop.records import record

_ENVIRONMENTS = [
    "equation",
    "align",
    "alignat",
    "flalign",
    "gather",
    "multline",
    "eqnarray",
    "displaymath",
    "math",
    "array",
    "aligned",
    "alignedat",
    "gathered",
    "split",
]
_WITH_ARGUMENT = frozenset({"alignat", "array", "alignedat"})
_ENVIRONMENT = rf"\\begin[ \t]*+\{{(?P<name>{'|'.join(_ENVIRONMENTS)})(?P<star>\*?)\}}"
_OPENING = re.compile(rf"\\[\\$]|\\\(|\\\[|{_ENVIRONMENT}|\$`|\$\$|\$")
_BLANK_LINE = re.compile(r"\n[ \t\r>]*+\n")
_ALIGNMENT = re.compile(r"(?:\[[^\[\]\n]{0,40}\])?")
_ARGUMENTS = re.compile(rf"{_ALIGNMENT.pattern}\s*+(?:\{{(?:[^{{}}\n]|\{{[^{{}}\n]{{0,40}}\}}){{0,200}}\}})?")

# A dollar as GitHub reads it: no white space inside, no letter or digit around.
_DOLLAR_ENDS = re.compile(r"(?<![\s\\])\$(?![0-9A-Za-z$])")
_DOLLAR_BEGINS = re.compile(r"(?<![0-9A-Za-z\\])\$(?=[^\s$])")

_RELATION = re.compile(r"[=＝≈≃≅≐≒≡]|\\(?:approx|simeq|cong|doteq|equiv|coloneqq|triangleq)(?![A-Za-z])")
_FURNITURE = re.compile(r"\\(?:label|tag\*?|ref|eqref)[ \t]*+\{[^{}\n]*+\}|\\(?:nonumber|notag)(?![A-Za-z])")
_NO_LINE_END = re.compile(r"[^\r\n]")
_RUN = re.compile(f"{HELD}+")
_DELIMITERS = re.compile(r":math:`|\$`|`\$|\$|`|(?<!\\)\\[()]")
_LONGEST_SIDE = 400


@record(kw_only=True)
class Maths:
    """A formula in a source: text[start:end] is all of it, text[inner:outer] what stands between its delimiters."""

    start: int
    inner: int
    outer: int
    end: int

    def body(self, text: str) -> Snippet:
        """The formula itself, without what only numbers or labels it."""
        snippet = snippet_of(text, self.inner, self.outer, Dialect.LATEX)
        plain = _FURNITURE.sub(lambda it: " " * len(it[0]), snippet.text)
        return replace(snippet, text=plain).stripped()


def with_sign(formulas: Iterable[Snippet]) -> Iterator[Snippet]:
    """Those of the formulas that say that something equals something."""
    return (it for it in formulas if _RELATION.search(it.text))


def blanked(text: str, stretches: Iterable[tuple[int, int, str]]) -> str:
    """A text of the same length in which stretches, in their order, are filled with a character each.

    Line ends stay what they are. A stretch that begins within the one before it is left out.
    """
    parts, place = [], 0
    for start, end, filling in stretches:
        if start < place:
            continue
        parts.append(text[place:start])
        parts.append(_NO_LINE_END.sub(filling, text[start:end]))
        place = end
    return "".join((*parts, text[place:]))


def held(text: str, formulas: Iterable[Maths]) -> str:
    """A text without its formulas: one that is a side of a formula in running text is held, the others cut it."""

    def filling(maths: Maths) -> str:
        inside = maths.outer - maths.inner
        alone = "\n" in text[maths.start : maths.end] or not 0 < inside <= _LONGEST_SIDE
        return CUT if alone or _RELATION.search(text, maths.inner, maths.outer) else HELD

    return blanked(text, ((it.start, it.end, filling(it)) for it in formulas))


def restored(snippet: Snippet, text: str) -> Snippet:
    """A formula from running text, with the formulas in dollars of which it was made."""
    if HELD not in snippet.text:
        return snippet
    letters = list(snippet.text)
    for run in _RUN.finditer(snippet.text):
        span = snippet.place(run.start(), run.end())
        inside = _DELIMITERS.sub(lambda it: " " * len(it[0]), text[span.start : span.end])
        letters[run.start() : run.end()] = inside
    return replace(snippet, text="".join(letters), dialect=Dialect.LATEX)


class Finder:
    """Finds what comes next in a text. Looking for the same from later and later places takes linear time in all."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._next: dict[str, tuple[int, int] | None] = {}

    def find(self, pattern: re.Pattern[str], start: int) -> tuple[int, int] | None:
        """Where the pattern matches next from `start` on, which never is before an earlier start for it."""
        key = pattern.pattern
        if key in self._next:
            known = self._next[key]
            if known is None or known[0] >= start:
                return known
        match = pattern.search(self.text, start)
        self._next[key] = (match.start(), match.end()) if match else None
        return self._next[key]

    def paragraph(self, start: int) -> int:
        """Where the paragraph ends in which `start` lies."""
        found = self.find(_BLANK_LINE, start)
        return found[0] if found else len(self.text)


def maths_in_latex(text: str) -> Iterator[Maths]:
    """The formulas of a LaTeX source whose comments were taken out."""
    return _maths(text, _dollars_of_latex)


def maths_in_markdown(text: str) -> Iterator[Maths]:
    """The formulas of a Markdown source whose code was taken out."""
    return _maths(text, _dollars_of_markdown)


_Closing = Callable[[Finder, str, int, int], tuple[int, int] | None]


def _maths(text: str, dollars: _Closing) -> Iterator[Maths]:
    finder = Finder(text)
    place = 0
    while (opening := _OPENING.search(text, place)) is not None:
        place = opening.end()
        inner = place
        match opening[0]:
            case r"\\" | r"\$":
                continue
            case r"\(" | r"\[":
                close = finder.find(_pattern(r"\)" if opening[0] == r"\(" else r"\]"), place)
            case "$" | "$$" | "$`":
                close = dollars(finder, opening[0], opening.start(), place)
            case _:
                name = opening["name"]
                known = _ARGUMENTS if name in _WITH_ARGUMENT else _ALIGNMENT
                arguments = known.match(text, place)
                inner = arguments.end() if arguments else place
                close = finder.find(_pattern(rf"\end{{{name}{opening['star']}}}"), place)
        if close is not None:
            yield Maths(start=opening.start(), inner=min(inner, close[0]), outer=close[0], end=close[1])
            place = close[1]


@lru_cache
def _pattern(literal: str) -> re.Pattern[str]:
    # \\] is a line break and a bracket, no end.
    before = r"(?<!\\)" if literal.startswith("\\") else ""
    return re.compile(before + re.escape(literal))


def _dollars_of_latex(finder: Finder, opening: str, start: int, place: int) -> tuple[int, int] | None:
    if opening == "$$":
        return finder.find(_TWO_DOLLARS, place)
    close = finder.find(_ONE_DOLLAR, start + 1)
    return close if close is not None and close[1] <= finder.paragraph(start) else None


_ONE_DOLLAR = re.compile(r"(?<!\\)\$")
_TWO_DOLLARS = re.compile(r"(?<!\\)\$\$")
_TICK_DOLLAR = re.compile(r"`\$")
_REST_OF_LINE = re.compile(r"[ \t\r]*+(?:\n|\Z)")


def _dollars_of_markdown(finder: Finder, opening: str, start: int, place: int) -> tuple[int, int] | None:
    most = finder.paragraph(start)
    match opening:
        case "$$":
            close = finder.find(_TWO_DOLLARS, place)
            # A block begins with dollars alone in their line; it may hold an empty line.
            most = len(finder.text) if _REST_OF_LINE.match(finder.text, place) else most
        case "$`":
            close = finder.find(_TICK_DOLLAR, place)
        case _:
            if not _DOLLAR_BEGINS.match(finder.text, start):
                return None
            close = finder.find(_DOLLAR_ENDS, place)
    return close if close is not None and close[1] <= most else None
