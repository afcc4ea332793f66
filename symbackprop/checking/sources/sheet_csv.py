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
_LINE_END = re.compile(r"\r\n|[\n\r]|\Z")
_LINE = re.compile(r"[^\r\n]*+")
_BLANK_LINE = re.compile(r"[ \t]*+(?:\r\n|[\n\r])")
_ROOM = re.compile(r"[ \t]*+")
_ROOM_BETWEEN_TABS = re.compile(r"[ ]*+")
_INDEX = re.compile(r"\[[\d\s,]*+\]")
_MOST_FIELDS = 20_000
"""In a row; more than any spreadsheet has columns."""

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
    place = _after_blank_lines(text, 0)
    while place < len(text):
        row: _Row = []
        while True:
            if len(row) == _MOST_FIELDS:
                raise source.refusal(place, f"at most {_MOST_FIELDS:,} fields in a row", "more")
            field, place = _field(source, place, separator)
            row.append(field)
            if place >= len(text) or text[place] != separator:
                break
            place += 1
        yield row
        place = _after_blank_lines(text, _end(_LINE_END, text, place))


def _separator(text: str) -> str:
    """What parts the fields of the first line: a tab or a semicolon, if it has one."""
    line = _LINE.match(text, _after_blank_lines(text, 0))
    first = "" if line is None else re.sub(r'"[^"]*"', "", line[0])
    return next((sign for sign in "\t;" if sign in first), ",")


def _field(source: Source, place: int, separator: str) -> tuple[Snippet, int]:
    room = _ROOM_BETWEEN_TABS if separator == "\t" else _ROOM
    quote = _end(room, source.text, place)
    if not source.text.startswith('"', quote):
        end = _end_of_plain(source.text, place, separator)
        return Snippet(text=source.text[place:end], origin=range(place, end)), end
    field, end = _quoted(source, quote)
    after = _end(room, source.text, end)
    if after < len(source.text) and source.text[after] not in (separator, "\r", "\n"):
        raise source.refusal(after, f"{_NAMES[separator]} or the end of the line")
    return field, after


@lru_cache
def _stops(separator: str) -> re.Pattern[str]:
    return re.compile(rf"[{separator}\r\n\[]")


def _end_of_plain(text: str, place: int, separator: str) -> int:
    while (stop := _stops(separator).search(text, place)) is not None and stop[0] == "[":
        # A comma in brackets belongs to an id: net_h1[2,3].
        index = _INDEX.match(text, stop.start())
        place = (index or stop).end()
    return stop.start() if stop is not None else len(text)


def _quoted(source: Source, quote: int) -> tuple[Snippet, int]:
    """The field whose opening quote stands there; two quotes in it are one."""
    text, place = source.text, quote + 1
    parts: list[str] = []
    places = array("L")
    while True:
        end = text.find('"', place)
        if end < 0:
            raise source.refusal(quote, 'a quote (") that ends the field')
        if not text.startswith('"', end + 1):
            break
        parts.append(text[place : end + 1])
        places.extend(range(place, end + 1))
        place = end + 2
    if not parts:
        return Snippet(text=text[place:end], origin=range(place, end)), end + 1
    parts.append(text[place:end])
    places.extend(range(place, end))
    return Snippet(text="".join(parts), origin=places), end + 1


def _after_blank_lines(text: str, place: int) -> int:
    while (line := _BLANK_LINE.match(text, place)) is not None:
        place = line.end()
    return place


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match else place
