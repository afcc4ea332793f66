"""Answer sheets in CSV: an id and an answer a row, parted by commas, semicolons or tabs, under a header or none."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from symbackprop.checking.sources.sheet_source import Entry, Source
from symbackprop.checking.sources.snippet import Snippet
from symbackprop.wording import counted

_IDS = frozenset({"id", "quantity", "name"})
_ANSWERS = frozenset({"answer", "value", "result"})
_QUOTED = re.compile(r'[ \t]*+"((?:[^"]++|"")*+)"[ \t]*+')
_LINE_END = re.compile(r"\r\n|[\n\r]|\Z")
_LINE = re.compile(r"[^\r\n]*+")
_BLANK = re.compile(r"(?:[ \t]*+(?:\r\n|[\n\r]))*+")
_NAMES = {"\t": "a tab", ";": '";"', ",": '","'}
_Row = list[Snippet]


def entries_in_csv(source: Source) -> Iterator[Entry]:
    """The answers of a sheet in CSV. Who leaves a field empty gives no answer."""
    rows = _rows(source)
    first = next(rows, None)
    if first is None:
        return
    header = _columns(first)
    columns, most = (header, len(first)) if header else ((0, 1), 2)
    for row in rows if header else chain((first,), rows):
        yield from _entry(row, columns, source, most=most)


def _columns(row: _Row) -> tuple[int, int] | None:
    """Which columns a header names; None where the first row is none."""
    words = [field.text.strip().lower() for field in row]
    ids = [number for number, word in enumerate(words) if word in _IDS]
    answers = [number for number, word in enumerate(words) if word in _ANSWERS]
    return (ids[0], answers[0]) if ids and answers else None


def _entry(row: _Row, columns: tuple[int, int], source: Source, *, most: int) -> Iterator[Entry]:
    if not any(field.text.strip() for field in row):
        return
    start = row[0].span.start
    if len(row) <= max(columns):
        raise source.refusal(start, "an id and an answer", counted(len(row), "field"))
    if any(field.text.strip() for field in row[most:]):
        expected = f"{counted(most, 'field')} (an answer with a comma stands in quotes)"
        raise source.refusal(start, expected, str(len(row)))
    quantity, answer = (row[number].stripped() for number in columns)
    if not answer.text:
        return
    if not quantity.text:
        raise source.refusal(start, "the name of a quantity", "an empty field")
    yield Entry(quantity=quantity, answer=answer)


def _rows(source: Source) -> Iterator[_Row]:
    text = source.text
    separator = _separator(text)
    place = _end(_BLANK, text, 0)
    while place < len(text):
        row: _Row = []
        while True:
            field, place = _field(source, place, separator)
            row.append(field)
            if place >= len(text) or text[place] != separator:
                break
            place += 1
        yield row
        place = _end(_BLANK, text, _end(_LINE_END, text, place))


def _separator(text: str) -> str:
    """What parts the fields of the first line: a tab or a semicolon, if it has one."""
    line = _LINE.match(text, _end(_BLANK, text, 0))
    first = "" if line is None else re.sub(r'"[^"]*"', "", line[0])
    return next((sign for sign in "\t;" if sign in first), ",")


@lru_cache
def _plain(separator: str) -> re.Pattern[str]:
    # A comma in brackets belongs to an id: net_h1[2,3].
    return re.compile(rf"(?:[^{separator}\r\n\[]++|\[[\d\s,]*+\]|\[)*+")


def _field(source: Source, place: int, separator: str) -> tuple[Snippet, int]:
    text = source.text
    quoted = _QUOTED.match(text, place)
    if quoted is None:
        plain = _plain(separator).match(text, place)
        assert plain is not None
        if plain[0].lstrip(" \t").startswith('"'):
            raise source.refusal(place, 'a quote (") that ends the field')
        return Snippet(text=plain[0], origin=range(*plain.span())), plain.end()
    start, end = quoted.span(1)
    after = quoted.end()
    if after < len(text) and text[after] not in (separator, "\r", "\n"):
        raise source.refusal(after, f"{_NAMES[separator]} or the end of the line")
    if '""' not in quoted[1]:
        return Snippet(text=quoted[1], origin=range(start, end)), after
    places = array("L")
    while start < end:
        places.append(start)
        start += 2 if text[start] == '"' else 1
    return Snippet(text=quoted[1].replace('""', '"'), origin=places), after


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match else place
