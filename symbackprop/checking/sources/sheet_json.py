"""Answer sheets in JSON, with the place of each value: the standard reader drops it, and keys that come twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symbackprop.checking.sources.sheet_source import (
    DEEPEST,
    MOST_VALUES,
    Entry,
    Source,
    Table,
    Value,
    closing,
    entries_of,
    unescaped,
)
from symbackprop.checking.sources.snippet import Snippet

_ROOM = re.compile(r"[ \t\r\n]*+")
_STOPS = re.compile(r'["\\\x00-\x1f]')
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?(?![\w.])")
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4})')
_KNOWN_ESCAPE = r'a backslash that JSON knows (LaTeX needs two: "\\frac")'
_VALUE = "a number, a text in quotes, an object or a list"


def entries_in_json(source: Source) -> Iterator[Entry]:
    """The answers of a sheet in JSON."""
    reader = _Reader(source)
    value, place = reader.value(reader.skip(0), 0)
    if place < len(source.text):
        raise source.refusal(place, "the end of the file")
    return entries_of(value, source)


class _Reader:
    """Each method takes the place where something begins and gives the place after it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = source.text
        self._values = 0

    def skip(self, place: int) -> int:
        """The place after white space."""
        match = _ROOM.match(self._text, place)
        assert match is not None
        return match.end()

    def value(self, place: int, depth: int) -> tuple[Value, int]:
        """Any value, with the white space after it."""
        self._values += 1
        if self._values > MOST_VALUES:
            raise self._source.refusal(place, f"at most {MOST_VALUES:,} values", "more")
        if depth > DEEPEST:
            raise self._source.refusal(place, f"objects and lists at most {DEEPEST} deep", "more")
        first = self._text[place : place + 1]
        if first == '"':
            return self._string(place)
        if first == "{":
            return self._table(place, depth)
        if first == "[":
            return self._list(place, depth)
        number = _NUMBER.match(self._text, place)
        if number is None:
            raise self._source.refusal(place, _VALUE)
        snippet = Snippet(text=number[0], origin=range(*number.span()))
        return snippet, self.skip(number.end())

    def _string(self, place: int) -> tuple[Snippet, int]:
        end = closing(self._text, place + 1, '"', _STOPS)
        if end < 0:
            raise self._source.refusal(place, "a text in quotes, on one line", "one that doesn't end there")
        return unescaped(self._source, place + 1, end, _ESCAPE, _KNOWN_ESCAPE), self.skip(end + 1)

    def _table(self, place: int, depth: int) -> tuple[Table, int]:
        items: list[tuple[Snippet, Value]] = []
        place = self.skip(place + 1)
        if self._text[place : place + 1] == "}":
            return Table(items=items), self.skip(place + 1)
        while True:
            if self._text[place : place + 1] != '"':
                raise self._source.refusal(place, "the name of a quantity in double quotes")
            key, place = self._string(place)
            place = self._sign(place, ":")
            value, place = self.value(place, depth + 1)
            items.append((key, value))
            if self._text[place : place + 1] == "}":
                return Table(items=items), self.skip(place + 1)
            place = self._sign(place, ",", "}")

    def _list(self, place: int, depth: int) -> tuple[list[Value], int]:
        values: list[Value] = []
        place = self.skip(place + 1)
        if self._text[place : place + 1] == "]":
            return values, self.skip(place + 1)
        while True:
            value, place = self.value(place, depth + 1)
            values.append(value)
            if self._text[place : place + 1] == "]":
                return values, self.skip(place + 1)
            place = self._sign(place, ",", "]")

    def _sign(self, place: int, sign: str, other: str = "") -> int:
        if self._text[place : place + 1] != sign:
            raise self._source.refusal(place, f'"{sign}"' + (f' or "{other}"' if other else ""))
        return self.skip(place + 1)
