"""What the readers of answer sheets share: the text with its places, what is in it as a tree, how it is refused."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

from symbackprop.checking.sources.snippet import Snippet
from symbackprop.errors import SpecError
from symbackprop.records import record
from symbackprop.wording import one_line, quoted

DEEPEST = 8
"""Tables and lists in one another; more than a sheet has any use for."""

MOST_VALUES = 40_000
"""In all of a sheet; four times as many as it may have answers."""

_LONGEST_FOUND = 20
_WORD = re.compile(r"\w+|.", re.DOTALL)
_LINE_END = re.compile(r"\r\n|[\n\r]")


@record(kw_only=True)
class Table:
    """Values by their keys, in their order; a key may stand there twice."""

    items: list[tuple[Snippet, Value]]


Value = Snippet | Table | list["Value"]
"""A text or a number as it was typed, a table or a list."""


@record(kw_only=True)
class Entry:
    """An answer, and what it is said to be the value of."""

    quantity: Snippet
    answer: Snippet


@record
class Source:
    """The text of a sheet, and the name by which errors call it."""

    text: str
    name: str

    def where(self, offset: int) -> str:
        """The file, the line and the column of a place."""
        ends = [match.end() for match in _LINE_END.finditer(self.text, 0, offset)]
        column = offset - (ends[-1] if ends else 0) + 1
        return f"{one_line(self.name)}: line {len(ends) + 1}, column {column}"

    def refusal(self, offset: int, expected: str, found: str | None = None) -> SpecError:
        """The error that says what was expected at a place and what was found there."""
        return SpecError(self.where(offset), f"expected {expected}, found {found or self.found(offset)}")

    def found(self, offset: int) -> str:
        """What stands at a place, in the words of an error."""
        word = _WORD.match(self.text, offset, offset + _LONGEST_FOUND)
        if word is None:
            return "the end of the file"
        return "the end of the line" if word[0] in "\r\n" else quoted(word[0])


def entries_of(value: Value, source: Source) -> Iterator[Entry]:
    """The answers in a tree: by the name of the quantity, or in tables with an id and an answer."""
    match value:
        case Table(items=items):
            pair = _pair(value)
            if pair is not None:
                yield from _answers(*pair, source)
                return
            for key, inner in items:
                if isinstance(inner, Table) or (isinstance(inner, list) and _holds_tables(inner)):
                    yield from entries_of(inner, source)
                else:
                    yield from _answers(key, inner, source)
        case list():
            for inner in value:
                yield from entries_of(inner, source)
        case Snippet():
            expected = 'a table of answers, or a list of tables with "id" and "answer"'
            raise source.refusal(value.span.start, expected, f"the answer {quoted(value.text)} alone")


_IDS, _ANSWERS = frozenset({"id", "quantity"}), frozenset({"answer", "value"})


def _pair(table: Table) -> tuple[Snippet, Value] | None:
    """The quantity and the answer of a table that holds one answer."""
    by_key = {key.text.lower(): value for key, value in table.items}
    ids, answers = _IDS.intersection(by_key), _ANSWERS.intersection(by_key)
    if len(ids) != 1 or len(answers) != 1:
        return None
    quantity = by_key[next(iter(ids))]
    return (quantity, by_key[next(iter(answers))]) if isinstance(quantity, Snippet) else None


def _answers(quantity: Snippet, value: Value, source: Source) -> Iterator[Entry]:
    for answer in value if isinstance(value, list) else [value]:
        if not isinstance(answer, Snippet):
            found = "a table" if isinstance(answer, Table) else "a list"
            raise source.refusal(
                quantity.span.start, f"a number or a text as the answer to {quoted(quantity.text)}", found
            )
        yield Entry(quantity=quantity, answer=answer)


def _holds_tables(value: list[Value]) -> bool:
    return any(isinstance(it, Table) for it in value)


def closing(text: str, place: int, quotes: str, stops: re.Pattern[str]) -> int:
    """Where the quotes stand that close the text that begins at a place; -1 if it never ends.

    `stops` finds, one character each, what is looked at: a quote, a backslash where it escapes, what no text may hold.
    """
    while (stop := stops.search(text, place)) is not None:
        place = stop.end()
        if stop[0] == "\\":
            # In quotes of one line, a line end that follows a backslash is no text either.
            goes_on = len(quotes) > 1 or text[place : place + 1] not in ("\n", "\r")
            place = place + 1 if goes_on else place
        elif text.startswith(quotes, stop.start()):
            return stop.start()
        elif stop[0] != quotes[0]:
            return -1
    return -1


_LETTERS = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}
_SURROGATES = range(0xD800, 0xE000)
_LAST_LETTER = 0x10FFFF


def unescaped(source: Source, start: int, end: int, escape: re.Pattern[str], expected: str) -> Snippet:
    """The text that a quoted one means, each character with its place. `escape` finds what stands for others.

    Raises SpecError, which says what was `expected`, where a backslash escapes nothing.
    """
    text = source.text
    letters: list[str] = []
    places = array("L")
    place = start
    while (backslash := text.find("\\", place, end)) >= 0:
        letters.append(text[place:backslash])
        places.extend(range(place, backslash))
        match = escape.match(text, backslash, end)
        if match is None:
            raise source.refusal(backslash, expected, f'"{text[backslash : backslash + 2]}"')
        letter = _letter(match, source)
        letters.append(letter)
        places.extend((backslash,) * len(letter))
        place = match.end()
    if not letters:
        return Snippet(text=text[start:end], origin=range(start, end))
    letters.append(text[place:end])
    places.extend(range(place, end))
    return Snippet(text="".join(letters), origin=places)


def _letter(match: re.Match[str], source: Source) -> str:
    sign = match[0][1:]
    if sign[0] in "uU":
        code = int(sign[1:].replace("\\u", ""), 16) if len(sign) > 1 and "\\" not in sign else _from_pair(sign)
        if code == 0 or code > _LAST_LETTER:
            raise source.refusal(match.start(), "a character", quoted(match[0]))
        return "\ufffd" if code in _SURROGATES else chr(code)
    return _LETTERS.get(sign, "" if sign[0].isspace() else sign)


def _from_pair(sign: str) -> int:
    """The code of a character that JSON writes as two."""
    high, low = (int(part, 16) for part in sign[1:].split("\\u"))
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
