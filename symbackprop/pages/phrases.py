"""The words of a language: a catalogue of phrases with named places for formulas, numbers and names.

A phrase may set `*words*` in bold and `` `ids` `` as code. A missing or unknown phrase, or a place left empty,
is an error of ours and fails at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import Enum

from symbackprop.pages.document import Code, Inline, Inlines, Math, Strong, Text
from symbackprop.pages.languages import catalogue, require_language
from symbackprop.records import record
from symbackprop.typeset.layout import Fenced, Layout, Number, Operator, Row, in_line

_PIECES = re.compile(r"\{(?P<place>\w+)\}|\*(?P<strong>[^*]+)\*|`(?P<code>[^`]+)`")

Filling = str | Layout | Inlines
"""What may fill a place: words, a formula, or inlines that were said before."""


class DecimalMark(Enum):
    """What parts a number's whole part from its decimals."""

    POINT = "."
    COMMA = ","

    def write(self, digits: str) -> str:
        """Digits with this mark in the place of their point."""
        return digits.replace(".", self.value)


@record(kw_only=True)
class Phrases:
    """One language's words, and whether its decimals stand behind a point or a comma. `language` is its code."""

    language: str
    words: Mapping[str, str]
    mark: DecimalMark = DecimalMark.POINT

    def decimals(self, digits: str) -> str:
        """Digits with the decimal mark that is wanted."""
        return self.mark.write(digits)

    def whole(self, number: int) -> str:
        """A whole number. Its thousands are parted by commas only where no comma means decimals."""
        return f"{number:,}" if self.mark is DecimalMark.POINT else f"{number}"

    def say(self, key: str, **fillings: Filling) -> Inlines:
        """The phrase with its places filled. Raises KeyError for an unknown phrase or a place left empty."""
        phrase = self.words[key]
        said: list[Inline] = []
        end = 0
        for piece in _PIECES.finditer(phrase):
            if piece.start() > end:
                said.append(Text(phrase[end : piece.start()]))
            said.extend(_fill(piece, fillings))
            end = piece.end()
        if end < len(phrase):
            said.append(Text(phrase[end:]))
        return tuple(said)

    def plain(self, key: str, /, **fillings: object) -> str:
        """The phrase as bare words, for the labels of drawings."""
        return self.words[key].format(**fillings)

    def count(self, key: str, number: int, **fillings: Filling) -> Inlines:
        """The phrase for one thing (`key.one`) or for several (`key.many`), which may name their {number}."""
        return self.say(f"{key}.one" if number == 1 else f"{key}.many", number=self.whole(number), **fillings)

    def join(self, items: tuple[Inlines, ...]) -> Inlines:
        """A list of formulas in a sentence: a, b and c. Numbers with a comma in them are parted by semicolons."""
        ambiguous = any(isinstance(part, Math) and _has_comma(part.layout) for item in items for part in item)
        return self._join(items, "list.between_commas" if ambiguous else "list.between", "list.last")

    def join_words(self, items: tuple[Inlines, ...]) -> Inlines:
        """The same for words, which some languages set closer than formulas: 1、2 和 3."""
        return tuple(_apart(self._join(items, "list.words_between", "list.words_last")))

    def _join(self, items: tuple[Inlines, ...], between: str, last: str) -> Inlines:
        if len(items) == 1:
            return items[0]
        joined: list[Inline] = []
        for position, item in enumerate(items):
            if position:
                joined.append(Text(self.words[last if position == len(items) - 1 else between]))
            joined.extend(item)
        return tuple(joined)


_CHINESE_BESIDE_LATIN = re.compile("[\u4e00-\u9fff][0-9A-Za-z]|[0-9A-Za-z][\u4e00-\u9fff]")


def _apart(words: Inlines) -> Iterator[Inline]:
    """The words with a blank wherever a Chinese character would touch a Latin letter or a digit."""
    before = ""
    for part in words:
        text = part.text if isinstance(part, Text) else ""
        if _CHINESE_BESIDE_LATIN.fullmatch(before[-1:] + text[:1]):
            yield Text(" ")
        yield part
        before = text


def _fill(piece: re.Match[str], fillings: Mapping[str, Filling]) -> Inlines:
    if piece["strong"]:
        return (Strong(piece["strong"]),)
    if piece["code"]:
        return (Code(piece["code"]),)
    filling = fillings[piece["place"]]
    match filling:
        case str():
            return (Text(filling),)
        case tuple():
            return filling
        case _:
            return (Math(in_line(filling)),)


def _has_comma(layout: Layout) -> bool:
    """Whether a number in the line itself, not in an index, has a decimal comma."""
    match layout:
        case Number(digits=digits):
            return "," in digits
        case Row(parts=parts):
            return any(not isinstance(part, Operator) and _has_comma(part) for part in parts)
        case Fenced(body=body):
            return _has_comma(body)
        case _:
            return False


def load_phrases(language: str, mark: DecimalMark = DecimalMark.POINT) -> Phrases:
    """The catalogue of a language. Raises SpecError for one that there is none for."""
    require_language(language)
    text = catalogue(language).read_text(encoding="utf-8")
    return Phrases(language=language, words=dict(_flatten(tomllib.loads(text))), mark=mark)


def _flatten(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat.extend(_flatten(value, f"{prefix}{key}."))
        else:
            flat.append((f"{prefix}{key}", str(value).strip("\n")))
    return flat
