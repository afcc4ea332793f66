"""Tables of a Markdown document that give a quantity and its value in each row, and the cells of all others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.sources.plain_lines import CUT, formulas_of
from symbackprop.checking.sources.snippet import MOST_SNIPPETS, Snippet, joined, snippet_of

_QUANTITIES = frozenset({"quantity", "id", "name", "symbol", "variable", "gradient", "量", "符号", "变量"})
_VALUES = frozenset(
    {"value", "answer", "result", "your answer", "my answer", "your value", "my value", "值", "数值", "答案"}
)
_TABLE = re.compile(
    r"(?m)^[ \t]*+(?P<header>\|?[^|\n]*+(?:\|[^|\n]*+)++)\n"
    r"[ \t]*+\|?[ \t]*+:?-+:?[ \t]*+(?:\|[ \t]*+(?::?-+:?)?+[ \t]*+)*+$"
)
_ROW = re.compile(r"\n[ \t]*+(?P<row>\|?[^|\n]*+(?:\|[^|\n]*+)++)")
_MARKUP = re.compile(r"[\s*_`$\0\1\2]+")


def without_tables(text: str) -> tuple[list[Snippet], str]:
    """The rows `quantity = value` of the tables that have such columns, and the text with all cells cut apart."""
    rows: list[Snippet] = []
    parts: list[str] = []
    place = 0
    while (table := _TABLE.search(text, place)) is not None:
        end = table.end()
        columns = _columns(_cells(text, *table.span("header")), text)
        while (row := _ROW.match(text, end)) is not None:
            if columns is not None and len(rows) <= MOST_SNIPPETS:
                rows.extend(_row(_cells(text, *row.span("row")), columns, text))
            end = row.end()
        inside = text[table.start() : end]
        parts.append(text[place : table.start()])
        # A row that was read as a pair is not to be read again.
        parts.append(re.sub(r"[^\r\n]", CUT, inside) if columns else inside.replace("|", CUT))
        place = end
    return rows, "".join((*parts, text[place:]))


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    start += text[start] == "|"
    pipes = [start - 1, *(match.start() for match in re.compile(r"\|").finditer(text, start, end)), end]
    return [(before + 1, after) for before, after in pairwise(pipes)]


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
