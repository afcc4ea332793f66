"""Answer sheets in TOML, with the place of each answer, which the standard reader doesn't tell.

It takes what a sheet may hold: tables, texts, numbers and lists of them; dates, for one, are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

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

_ROOM = re.compile(r"[ \t]*+")
_BLANK = re.compile(r"[ \t\r\n]*+")
_LINE_END = re.compile(r"[ \t]*+(?:#[^\n]*+)?(?:\r?\n|\Z)")
_BARE = re.compile(r"[A-Za-z0-9_-]++")
_NUMBER = re.compile(r"[+-]?(?:0|[1-9][\d_]*+)(?:\.\d[\d_]*+)?(?:[eE][+-]?\d[\d_]*+)?(?![\w.:-])")
# An underscore stands between two digits.
_ODD_UNDERSCORE = re.compile(r"_(?!\d)")
_DECIMAL_COMMA = re.compile(r"[+-]?\d++,\d")
_STRINGS = (
    ('"""', re.compile(r'["\\]')),
    ("'''", re.compile("'")),
    ('"', re.compile(r'["\\\r\n]')),
    ("'", re.compile(r"['\r\n]")),
)
_FIRST_LINE_END = re.compile(r"(?:\r?\n)?")
_MOST_OWN_QUOTES = 2
_ESCAPE = re.compile(r'\\(?:["\\btnfre]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[ \t]*\r?\n[ \t\r\n]*)')
_KNOWN_ESCAPE = "a backslash that TOML knows (LaTeX stands in single quotes: '\\frac')"
_MOST_PARTS = 8


def entries_in_toml(source: Source) -> Iterator[Entry]:
    """The answers of a sheet in TOML."""
    return entries_of(_Reader(source).sheet(), source)


class _Reader:
    """Each method takes the place where something begins and gives the place after it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = source.text
        self._values = 0
        self._seen: set[tuple[object, ...]] = set()

    def sheet(self) -> list[Value]:
        """All tables, in their order; a key may come once in each."""
        table = Table(items=[])
        tables: list[Value] = [table]
        here: tuple[object, ...] = ()
        place = self._skip(0)
        while place < len(self._text):
            if self._text[place] == "[":
                here, place = self._header(place, len(tables))
                table = Table(items=[])
                tables.append(table)
            else:
                place = self._statement(place, table, here, 0)
            end = _LINE_END.match(self._text, place)
            if end is None:
                self._refuse_rest(place)
            place = self._skip(end.end())
        return tables

    def _header(self, place: int, number: int) -> tuple[tuple[object, ...], int]:
        many = self._text.startswith("[[", place)
        opening, closing = ("[[", "]]") if many else ("[", "]")
        keys, after = self._keys(self._after(_ROOM, place + len(opening)))
        if not self._text.startswith(closing, after):
            raise self._source.refusal(after, f'"{closing}"')
        names = tuple(key.text for key in keys)
        if not many:
            self._once(("[", *names), place)
        return ("table", number), after + len(closing)

    def _statement(self, place: int, table: Table, here: tuple[object, ...], depth: int) -> int:
        """A key and its value; of a dotted key the last part counts."""
        keys, after = self._keys(place)
        if not self._text.startswith("=", after):
            expected = 'a "=" after the key'
            if after < len(self._text) and self._text[after] in "/+[@":
                expected += f' (a key with "{self._text[after]}" in it stands in quotes)'
            raise self._source.refusal(after, expected)
        self._once((*here, *(key.text for key in keys)), place)
        value, end = self._value(self._after(_ROOM, after + 1), depth)
        table.items.append((keys[-1], value))
        return end

    def _once(self, path: tuple[object, ...], place: int) -> None:
        if path in self._seen:
            raise self._source.refusal(place, "each key once (several answers stand in a list)", f'"{path[-1]}" again')
        self._seen.add(path)

    def _keys(self, place: int) -> tuple[list[Snippet], int]:
        keys: list[Snippet] = []
        while True:
            bare = _BARE.match(self._text, place)
            if bare is not None:
                keys.append(Snippet(text=bare[0], origin=range(*bare.span())))
                place = bare.end()
            elif self._text[place : place + 1] in ('"', "'") and self._text[place : place + 3] not in ('"""', "'''"):
                key, place = self._string(place)
                keys.append(key)
            else:
                raise self._source.refusal(place, "the name of a quantity")
            place = self._after(_ROOM, place)
            if not self._text.startswith(".", place):
                return keys, place
            if len(keys) == _MOST_PARTS:
                raise self._source.refusal(place, f"a key of at most {_MOST_PARTS} parts", "more")
            place = self._after(_ROOM, place + 1)

    def _value(self, place: int, depth: int) -> tuple[Value, int]:
        self._values += 1
        if self._values > MOST_VALUES:
            raise self._source.refusal(place, f"at most {MOST_VALUES:,} values", "more")
        if depth > DEEPEST:
            raise self._source.refusal(place, f"tables and lists at most {DEEPEST} deep", "more")
        first = self._text[place : place + 1]
        if first in ('"', "'"):
            return self._string(place)
        if first == "[":
            return self._list(place, depth)
        if first == "{":
            return self._table(place, depth)
        number = _NUMBER.match(self._text, place)
        if number is None or _ODD_UNDERSCORE.search(number[0]):
            raise self._source.refusal(place, "a number, or a text in quotes")
        return self._number(number), number.end()

    @staticmethod
    def _number(match: re.Match[str]) -> Snippet:
        """A number without underscores and without a plus sign: it means the same without them."""
        places = [place for place in range(*match.span()) if match.string[place] != "_"]
        kept = places[match[0].startswith("+") :]
        return Snippet(text="".join(match.string[place] for place in kept), origin=kept)

    def _string(self, place: int) -> tuple[Snippet, int]:
        for quotes, stops in _STRINGS:
            if not self._text.startswith(quotes, place):
                continue
            start = place + len(quotes)
            end = closing(self._text, start, quotes, stops)
            if end < 0:
                continue
            if len(quotes) > 1:
                start = self._after(_FIRST_LINE_END, start)
                # A text may end with one or two quotes of its own before the three that close it.
                own = 0
                while own < _MOST_OWN_QUOTES and self._text.startswith(quotes, end + 1):
                    own, end = own + 1, end + 1
            if quotes[0] == "'":
                return Snippet(text=self._text[start:end], origin=range(start, end)), end + len(quotes)
            return unescaped(self._source, start, end, _ESCAPE, _KNOWN_ESCAPE), end + len(quotes)
        raise self._source.refusal(place, "a text in quotes", "one that doesn't end there")

    def _list(self, place: int, depth: int) -> tuple[list[Value], int]:
        values: list[Value] = []
        place = self._skip(place + 1)
        while not self._text.startswith("]", place):
            value, place = self._value(place, depth + 1)
            values.append(value)
            place = self._skip(place)
            if self._text.startswith(",", place):
                place = self._skip(place + 1)
            elif not self._text.startswith("]", place):
                raise self._source.refusal(place, '"," or "]"')
        return values, place + 1

    def _table(self, place: int, depth: int) -> tuple[Table, int]:
        table = Table(items=[])
        here = ("inline", place)
        place = self._after(_ROOM, place + 1)
        if self._text.startswith("}", place):
            return table, place + 1
        while True:
            place = self._after(_ROOM, self._statement(place, table, here, depth + 1))
            if self._text.startswith("}", place):
                return table, place + 1
            if not self._text.startswith(",", place):
                raise self._source.refusal(place, '"," or "}"')
            place = self._after(_ROOM, place + 1)

    def _refuse_rest(self, place: int) -> NoReturn:
        start = self._text.rfind("=", 0, place) + 1
        comma = _DECIMAL_COMMA.match(self._text, self._after(_ROOM, start))
        hint = " (a number with a comma stands in quotes)" if comma else ""
        raise self._source.refusal(place, f"the end of the line{hint}")

    def _skip(self, place: int) -> int:
        """The place after white space, line ends and comments."""
        place = self._after(_BLANK, place)
        while self._text.startswith("#", place):
            end = self._text.find("\n", place)
            place = self._after(_BLANK, end if end >= 0 else len(self._text))
        return place

    def _after(self, pattern: re.Pattern[str], place: int) -> int:
        match = pattern.match(self._text, place)
        assert match is not None
        return match.end()
