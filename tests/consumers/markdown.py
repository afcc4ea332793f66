"""Finds the formulas of a Markdown document, in the places where GitHub and KaTeX's plugins look for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Delimiter(Enum):
    """What stands around a formula."""

    DOLLAR = "$...$"
    DOLLARS = "$$...$$"
    BACKTICK = "$`...`$"
    FENCE = "```math"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula and where it begins. `raw` has the delimiters; `before` and `after` are its neighbours."""

    tex: str
    delimiter: Delimiter
    line: int
    raw: str
    before: str = ""
    after: str = ""

    @property
    def display(self) -> bool:
        """Whether it stands on a line of its own."""
        return self.delimiter in {Delimiter.DOLLARS, Delimiter.FENCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that a reader would not see as it was meant."""

    line: int
    formula: str
    message: str

    def __str__(self) -> str:
        """Print as one line, or as a few where the formula has a few."""
        return f"line {self.line}: {self.message}: {self.formula}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The formulas of a document, and the dollar signs that belong to none."""

    formulas: tuple[Formula, ...]
    strays: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Lines that a formula may span: a paragraph, a table's cell, a fence's inside."""

    line: int
    text: str
    is_formula: bool = False


_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*(\S*)")
_QUOTE = re.compile(r"^\s{0,3}(?:>\s?)+")
# These begin a new block even where no blank line stands before them. So does a formula's line that begins
# with a minus, and then its $$ is torn apart: on GitHub as here.
_BLOCK_START = re.compile(r"^\s*(?:#{1,6}\s|[-*+]\s|1[.)]\s)")
_ONE_LINE_BLOCK = re.compile(r"^\s*#{1,6}\s")
_CELL_END = re.compile(r"(?<!\\)\|")

_TOKEN = re.compile(
    r"""
      \\.                                                               # an escaped character
    | \$\$ (?P<dollars> (?: \\. | [^\\$] )+? ) \$\$
    | \$`  (?P<backtick> [^`\n]+ ) `\$
    | \$ (?P<dollar> (?=[^\s$]) (?: \\[^\n] | [^\\$\n] )*? (?<=\S) ) \$
    | (?P<ticks>`+) (?!`) .*? (?<!`) (?P=ticks) (?!`)                   # a code span
    | (?P<stray>\$+)
    """,
    re.VERBOSE | re.DOTALL,
)
_DELIMITERS = {
    "dollars": Delimiter.DOLLARS,
    "backtick": Delimiter.BACKTICK,
    "dollar": Delimiter.DOLLAR,
}


def read_formulas(markdown: str) -> Reading:
    """Return every formula of the document, in order; code has none."""
    formulas: list[Formula] = []
    strays: list[Failure] = []
    for chunk in _chunks(markdown):
        if chunk.is_formula:
            formula = Formula(
                tex=chunk.text,
                delimiter=Delimiter.FENCE,
                line=chunk.line,
                raw=chunk.text,
            )
            formulas.append(formula)
            continue
        for match in _TOKEN.finditer(chunk.text):
            line = chunk.line + chunk.text.count("\n", 0, match.start())
            if match["stray"]:
                shown = chunk.text[match.start() :].partition("\n")[0][:60]
                strays.append(Failure(line=line, formula=shown, message="a dollar sign has no partner"))
            elif match.lastgroup in _DELIMITERS:
                formulas.append(_formula(chunk.text, match, line))
    return Reading(formulas=tuple(formulas), strays=tuple(strays))


def _formula(text: str, match: re.Match[str], line: int) -> Formula:
    kind = match.lastgroup or ""
    return Formula(
        tex=match[kind].strip(),
        delimiter=_DELIMITERS[kind],
        line=line,
        raw=match[0],
        before=text[: match.start()][-1:],
        after=text[match.end() :][:1],
    )


def _chunks(markdown: str) -> Iterator[_Chunk]:
    """Yield the parts of the document within which a formula begins and ends."""
    paragraph: list[str] = []
    start = 1
    lines = enumerate(markdown.splitlines(), start=1)
    for number, raw_line in lines:
        line = _QUOTE.sub("", raw_line)
        fence = _FENCE.match(line)
        table = line.lstrip().startswith("|")
        if paragraph and (fence or table or not line.strip() or _BLOCK_START.match(line)):
            yield _Chunk(start, "\n".join(paragraph))
            paragraph = []
        if fence:
            body = "\n".join(_fenced(lines, fence[1]))
            if fence[2] == "math":
                yield _Chunk(number, body, is_formula=True)
        elif table:
            yield from (_Chunk(number, cell) for cell in _CELL_END.split(line))
        elif _ONE_LINE_BLOCK.match(line):
            yield _Chunk(number, line)
        elif line.strip():
            start = start if paragraph else number
            paragraph.append(line)
    if paragraph:
        yield _Chunk(start, "\n".join(paragraph))


def _fenced(lines: Iterator[tuple[int, str]], opening: str) -> Iterator[str]:
    """Yield the lines up to the fence that closes `opening`, or up to the end of the document."""
    closing = re.compile(rf"^\s*{opening[0]}{{{len(opening)},}}\s*$")
    for _, raw_line in lines:
        line = _QUOTE.sub("", raw_line)
        if closing.match(line):
            return
        yield line
