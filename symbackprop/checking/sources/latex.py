"""Formulas in a LaTeX source: what is typeset as mathematics, and equations between it in plain words."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.sources.latex_macros import calls_of, macros_of, partners_of
from symbackprop.checking.sources.maths import Finder, Maths, blanked, held, maths_in_latex, restored, with_sign
from symbackprop.checking.sources.plain_lines import CUT, formulas_of, lines_of
from symbackprop.checking.sources.snippet import GONE, Snippet, snippet_of

_Stretch = tuple[int, int, str]

_ROOM = " "
_SKIPPED = re.compile(
    r"""(?x)
      \\(?:verb|lstinline|mintinline)\*?(?P<quote>[^\sA-Za-z*{\[])
    | \\begin[ \t]*+\{(?P<name>verbatim|Verbatim|lstlisting|minted|comment|tikzpicture|pgfpicture|filecontents|alltt)
      (?P<star>\*?)\}
    | \\(?P<definition>(?:re|provide)?newcommand|(?:re)?newenvironment|DeclareMathOperator|DeclareRobustCommand
      |[gex]?def|let|newlength|setlength|tikzset|hypersetup|lstset|newtcolorbox|definecolor)(?![A-Za-z])
    | (?P<comment>%[^\n]*+)
    | \\.
    """,
    re.DOTALL,
)
_NAME = re.compile(r"\*?\s*+(?P<name>\\(?:[A-Za-z@]++|.))?(?:\#\d){0,9}")
_OPTION = re.compile(r"\s*+\[[^\[\]]{0,200}\]")
_ROOM_BEFORE = re.compile(r"\s*+")
_EMPTY_BOX = re.compile(r"\\(?:math)?[rlc]lap[ \t]*+\{[ \t]*+\}")
_GROUPS = {"newenvironment": 3, "renewenvironment": 3, "definecolor": 3, "tikzset": 1, "hypersetup": 1, "lstset": 1}
_BEGIN, _END = re.compile(r"\\begin[ \t]*\{document\}"), re.compile(r"\\end[ \t]*\{document\}")
_COMMANDS = re.compile(
    r"""(?x)
      (?P<lower>\\_)
    | (?P<silent>\\(?:textbf|textit|textrm|texttt|emph|mbox|text|mathrm|mathit|boldsymbol|bm|quad|qquad|[,;:!>])
      (?![A-Za-z]))
    | (?P<cut>\\(?:begin|end|includegraphics|label|ref|cref|eqref|cite|input|usepackage|hspace|vspace)
      \*?(?:\[[^\[\]\n]*+\]){0,9}(?:\{[^{}\n]*+\}){0,9} | \\[A-Za-z@]++\*?(?:\[[^\[\]\n]*+\])? | \\. | &)
    | (?P<tie>~)
    """
)


def formulas_in_latex(text: str) -> Iterator[Snippet]:
    """The formulas of a LaTeX document, in no certain order."""
    macros = macros_of(text)
    text = blanked(text, _skipped(text))
    begin, end = _BEGIN.search(text), _END.search(text)
    first, last = (begin.end() if begin else 0), (end.start() if end else len(text))
    text = blanked(text, ((0, first, CUT), (max(first, last), len(text), CUT)))
    text = blanked(text, ((start, end + 1, _ROOM) for start, _, end in calls_of(macros.words, text)))
    text = _EMPTY_BOX.sub(lambda it: _ROOM * len(it[0]), text)
    called = [
        Maths(start=start, inner=brace + 1, outer=end, end=end + 1)
        for start, brace, end in calls_of(macros.maths, text)
    ]
    yield from with_sign(it.body(text) for it in called)
    text = blanked(text, ((it.start, it.end, CUT) for it in called))
    formulas = list(maths_in_latex(text))
    yield from with_sign(it.body(text) for it in formulas)
    rest = _COMMANDS.sub(_plain, held(text, formulas))
    for snippet in formulas_of(lines_of(snippet_of(rest, 0, len(rest), Dialect.PLAIN))):
        yield replace(restored(snippet, text), loose=True)


def _skipped(text: str) -> Iterator[_Stretch]:
    """What isn't typeset: comments, and what is defined; and what is no formula: code and drawings."""
    finder = Finder(text)
    braces: array[int] | None = None
    place = 0
    while (match := _SKIPPED.search(text, place)) is not None:
        place = match.end()
        if match["comment"]:
            yield match.start(), place, _ROOM
        elif match["quote"]:
            found = text.find(match["quote"], place, _end_of_line(finder, place))
            if found >= 0:
                yield match.start(), found + 1, CUT
                place = found + 1
        elif match["name"]:
            close = finder.find(_closing(match["name"] + match["star"]), place)
            if close is not None:
                yield match.start(), close[1], CUT
                place = close[1]
        elif match["definition"]:
            braces = partners_of(text) if braces is None else braces
            place = _end_of_definition(text, match, braces)
            yield match.start(), place, CUT


_LINE_END = re.compile(r"\n|\Z")


def _end_of_line(finder: Finder, place: int) -> int:
    found = finder.find(_LINE_END, place)
    return found[0] if found else len(finder.text)


@lru_cache
def _closing(name: str) -> re.Pattern[str]:
    return re.compile(rf"\\end[ \t]*\{{{re.escape(name)}\}}")


def _end_of_definition(text: str, match: re.Match[str], partners: array[int]) -> int:
    """Where a definition ends: after its name, its options and its groups in braces."""
    name = _NAME.match(text, match.end())
    place = name.end() if name else match.end()
    # A name without braces takes the place of the first group.
    groups = _GROUPS.get(match["definition"], 2) - (1 if name and name["name"] else 0)
    for _ in range(groups):
        brace = place
        while (option := _OPTION.match(text, brace)) is not None:
            brace = option.end()
        room = _ROOM_BEFORE.match(text, brace)
        brace = room.end() if room else brace
        if brace >= len(text) or text[brace] != "{" or partners[brace] < 0:
            break
        place = partners[brace] + 1
    return place


def _plain(match: re.Match[str]) -> str:
    """Commands as plain text of the same length."""
    size = len(match[0])
    match match.lastgroup:
        case "lower":
            return f"{GONE}_"
        case "silent":
            return GONE * (size - 1) + " "
        case "tie":
            return " "
        case _:
            return CUT * size
