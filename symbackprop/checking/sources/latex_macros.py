"""What a LaTeX source defines for itself: which of its commands typeset their argument as mathematics, which as words.

A definition is never carried out. It is only looked at, so that what such a command holds isn't missed.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

from symbackprop.records import record

_DEFINITION = re.compile(
    r"\\(?:re|provide)?newcommand\*?+\s*+\{?+\s*+\\(?P<name>[A-Za-z]++)\s*+\}?+\s*+\[1\]\s*+(?P<body>\{)"
)
_MATHS = re.compile(
    r"\\begin\{(?:equation|align|alignat|flalign|gather|multline|displaymath|math)\*?\}|\\\[|\\\(|\$|\\ensuremath"
)
_WORDS = re.compile(r"\\(?:text|mbox|textit|textrm|textsf|emph|intertext|footnotesize)(?![A-Za-z])")


@record(kw_only=True)
class Macros:
    """Commands of one argument, by what they make of it."""

    maths: frozenset[str]
    words: frozenset[str]


def partners_of(text: str) -> array[int]:
    """For the offset of each opening brace the offset of its partner, -1 where there is none and elsewhere."""
    partners = array("q", (-1,)) * len(text)
    opened = array("q")
    for match in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            partners[opened.pop()] = match.start()
    return partners


def macros_of(text: str) -> Macros:
    """The commands that a source defines."""
    maths, words = set[str](), set[str]()
    partners: array[int] | None = None
    for match in _DEFINITION.finditer(text):
        partners = partners_of(text) if partners is None else partners
        start, end = match.start("body"), partners[match.start("body")]
        argument = text.find("#1", start, min(end, start + _LONGEST_BODY)) if end >= 0 else -1
        if argument < 0:
            continue
        if _MATHS.search(text, start, argument):
            maths.add(match["name"])
        elif _WORDS.search(text, start, argument):
            words.add(match["name"])
    return Macros(maths=frozenset(maths), words=frozenset(words))


_LONGEST_BODY = 2000
_CALL = re.compile(r"\\([A-Za-z]++)[ \t]*+\{")


def calls_of(names: frozenset[str], text: str) -> Iterator[tuple[int, int, int]]:
    """Where commands of these names are used: where each use begins, its argument's braces."""
    if not names:
        return
    partners = partners_of(text)
    place = 0
    while (match := _CALL.search(text, place)) is not None:
        brace = match.end() - 1
        place = match.end()
        if match[1] in names and partners[brace] >= 0:
            yield match.start(), brace, partners[brace]
            place = partners[brace]
