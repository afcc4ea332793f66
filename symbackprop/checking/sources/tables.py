"""Tables of a Markdown document that give a quantity and its value in each row, and the cells of all others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.sources.plain_lines import CUT, SIGN, formulas_of
from symbackprop.checking.sources.snippet import MOST_SNIPPETS, Snippet, joined, snippet_of

_QUANTITIES = frozenset({"quantity", "id", "name", "symbol", "variable", "gradient", "量", "符号", "变量"})
_VALUES = frozenset(
    {"value", "answer", "result", "your answer", "my answer", "your value", "my value", "值", "数值", "答案"}
)
_OF_RULES = re.compile(r"[ \t\r|:-]++")
_RULE = re.compile(r"[ \t]*+:?-++:?[ \t]*+")
_PIPE = re.compile(r"\|")
_BARE = re.compile(r"(?m)^[ \t]*+\|(?P<quantity>[^|\n]{1,120}+)\|(?P<value>[^|\n]{1,60}+)\|?[ \t\r]*+$")
_FIGURE = re.compile(r"(?:[=≈]\s*)?[+−-]?\s*(?:[0-9]+(?:[.,][0-9]+)?|\.[0-9]+)(?:[eE][+−-]?[0-9]{1,4})?(?:\s*[✓✔✗✘])?")
_OTHERWISE = re.compile(
    r"(?i)grad|deriv|∂|δ|delta|chang|new|next|updat|old|before|after|was|initial|error|expect|导|梯度|误差|新"
)
"""Of a header: what its column gives isn't the value of the quantity at the beginning of the row."""

_LONGEST_NAME = 120
_MARKUP = re.compile(r"[\s*_`$\0\1\2]+")


def without_tables(text: str) -> tuple[list[Snippet], str]:
    """The rows `quantity = value` of tables, and the text with all other cells cut apart.

    A row has its quantity and its value in the columns that the header names so; where it names none, in the first two.
    """
    rows: list[Snippet] = []
    parts: list[str] = []
    place = 0
    for start, end, lines in _tables(text):
        header = lines[0]
        columns = _columns(header, text)
        inside = text[start:end]
        parts.append(text[place:start])
        if columns is None:
            pairs = [] if _OTHERWISE.search(text, *header[1 if len(header) > 1 else 0]) else lines
            rows.extend(it for line in pairs[:MOST_SNIPPETS] for it in _bare_row(line, text))
            parts.append(inside.replace("|", CUT))
        else:
            rows.extend(it for line in lines[1 : MOST_SNIPPETS + 1] for it in _row(line, columns, text))
            # A row that was read as a pair is not to be read again.
            parts.append(re.sub(r"[^\r\n]", CUT, inside))
        place = end
        if len(rows) > MOST_SNIPPETS:
            break
    rest = text[place:]
    for row in _BARE.finditer(text, place):
        rows.extend(_bare_row([row.span("quantity"), row.span("value")], text))
        if len(rows) > MOST_SNIPPETS:
            break
    return rows, "".join((*parts, rest))


def _tables(text: str) -> Iterator[tuple[int, int, list[list[tuple[int, int]]]]]:
    """Where each table begins and ends, and the places of the cells in its rows, the header's first."""
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    number = 1
    while number < len(lines):
        header = number - 1
        if "|" in lines[header] and _is_rule(lines[number]):
            number += 1
            while number < len(lines) and "|" in lines[number]:
                number += 1
            rows = [_cells(lines[it], starts[it]) for it in (header, *range(header + 2, number))]
            yield starts[header], starts[number] - 1, rows
        number += 1


def _is_rule(line: str) -> bool:
    """Whether a line is what stands below the header of a table: `|---|:--:|`."""
    if not _OF_RULES.fullmatch(line):
        return False
    first, *others = line.strip().removeprefix("|").split("|")
    return bool(_RULE.fullmatch(first)) and all(not it.strip() or _RULE.fullmatch(it) for it in others)


def _cells(line: str, start: int) -> list[tuple[int, int]]:
    """The places of the cells of a line, which begins at a place of the document."""
    room = len(line) - len(line.lstrip(" \t"))
    room += line.startswith("|", room)
    pipes = [room - 1, *(match.start() for match in _PIPE.finditer(line, room)), len(line)]
    return [(start + before + 1, start + after) for before, after in pairwise(pipes)]


def _bare_row(cells: list[tuple[int, int]], text: str) -> Iterator[Snippet]:
    """A row of a table whose header says nothing: a word or a name, one figure, and none besides."""
    words = [_MARKUP.sub(" ", text[start:end]).strip() for start, end in cells]
    if words and not words[0]:
        # The row ends with a stroke.
        return
    figures = [number for number, word in enumerate(words) if _FIGURE.fullmatch(word)]
    if figures == [1] and not SIGN.search(words[0]) and len(words[0]) <= _LONGEST_NAME:
        yield from _row(cells, (0, 1), text)


def _columns(cells: list[tuple[int, int]], text: str) -> tuple[int, int] | None:
    """Which columns name a quantity and give its value, if one does each."""
    words = [_MARKUP.sub(" ", text[start:end]).strip().lower() for start, end in cells]
    quantities = [number for number, word in enumerate(words) if word in _QUANTITIES]
    values = [number for number, word in enumerate(words) if word in _VALUES]
    return (quantities[0], values[0]) if len(quantities) == 1 and len(values) == 1 else None


def _row(cells: list[tuple[int, int]], columns: tuple[int, int], text: str) -> Iterator[Snippet]:
    if len(cells) <= max(columns):
        return
    quantity, value = (snippet_of(text, *cells[number], Dialect.PLAIN).stripped() for number in columns)
    if quantity.text and value.text:
        glue = " " if value.text[0] in "=≈" else " = "
        # A remark behind the value is cut off, as it would be in a line.
        yield from formulas_of([joined((quantity, value), glue)])
