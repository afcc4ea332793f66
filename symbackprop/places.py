"""A TOML file with its places: each value knows where it stands, so that each error can say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.network import Given
from symbackprop.numerals import NumeralError, TypedFloat, described, read_decimal, read_float, read_integer
from symbackprop.records import record
from symbackprop.wording import counted, did_you_mean, listed, one_line, quoted

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")

# Controls, line and paragraph separators, marks that turn the direction of the text after them, and what no
# XML file may hold: a title ends up in LaTeX, in SVG and in a terminal.
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]",
)

_Choice = TypeVar("_Choice", bound=StrEnum)


@record(kw_only=True)
class TableKind:
    """What a table may hold: for each key what is expected there, and the keys of later versions."""

    name: str
    keys: Mapping[str, str]
    later: frozenset[str] = frozenset()


@record(kw_only=True)
class Place:
    """A value that nobody has judged yet, and where it stands. Each method gives it as what it should be.

    All of them raise `SpecError` with the place, what was expected and what was found.
    """

    origin: str
    path: str
    value: object

    @property
    def where(self) -> str:
        """The file and the place in it: `mynet.toml: layers[1].weights[0]`."""
        origin = one_line(self.origin)
        return f"{origin}: {self.path}" if self.path else origin

    def refusal(self, expected: str, found: str | None = None) -> SpecError:
        """Give the error that says what was expected here and what was found."""
        return SpecError(self.where, f"expected {expected}, found {found or described(self.value)}")

    def not_yet(self, wish: str) -> UnsupportedError:
        """Give the error that says that `wish` has to wait for a later version."""
        return UnsupportedError(self.where, f"{wish} not supported yet")

    def table(self, kind: TableKind, kinds: tuple[TableKind, ...] = ()) -> Table:
        """Give the table that stands here. A key of another of the `kinds` is told where it belongs."""
        if not isinstance(self.value, dict):
            raise self.refusal(f"a table, {kind.name}")
        for key in self.value:
            place = self.under(key)
            if key in kind.later:
                raise place.not_yet("this key is")
            if key not in kind.keys:
                home = next((f"; it belongs to {other.name}" for other in kinds if key in other.keys), "")
                raise SpecError(place.where, f"unknown key{home or did_you_mean(key, kind.keys)}")
        return Table(place=self, kind=kind)

    def under(self, key: str) -> Place:
        """Give the place of `key` in the table that stands here; its value is None if the key is left out."""
        name = key if _BARE_KEY.fullmatch(key) else quoted(key)
        path = f"{self.path}.{name}" if self.path else name
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Place(origin=self.origin, path=path, value=value)

    def raw_list(self, expected: str) -> list[object]:
        """Give a list as it is, with values that nobody has judged yet."""
        if not isinstance(self.value, list):
            raise self.refusal(expected)
        return self.value

    def items(self, expected: str) -> tuple[Place, ...]:
        """Give the places of a list, which may be empty."""
        return tuple(
            Place(origin=self.origin, path=f"{self.path}[{i}]", value=value)
            for i, value in enumerate(self.raw_list(expected))
        )

    def numbers(self, expected: str, *, count: int | None = None, because: str = "") -> tuple[Given, ...]:
        """Give a list of numbers; exactly `count` of them, `because` something else asks for so many."""
        values = self.raw_list(expected)
        if count is not None and len(values) != count:
            raise self.refusal(f"{counted(count, 'number')} ({because})", str(len(values)))
        numbers = []
        # A place for each of a million weights would cost more than the weights.
        for index, value in enumerate(values):
            try:
                numbers.append(_number(value))
            except NumeralError as error:
                place = Place(origin=self.origin, path=f"{self.path}[{index}]", value=value)
                raise place.refusal(error.expected, error.found) from None
        return tuple(numbers)

    def number(self) -> Given:
        """Give a number."""
        try:
            return _number(self.value)
        except NumeralError as error:
            raise self.refusal(error.expected, error.found) from None

    def number_that(self, expected: str, fits: Callable[[Fraction], bool]) -> Given:
        """Give a number that fits, where `expected` says in words what fits."""
        number = self.number()
        if not fits(number.exact):
            raise self.refusal(expected)
        return number

    def figure(self) -> Given:
        """Give a number that may stand in quotes."""
        if not isinstance(self.value, str):
            return self.number()
        try:
            # Pages print a minus sign, and figures are copied from pages.
            return read_decimal(self.value.replace("\u2212", "-"))
        except NumeralError as error:
            raise self.refusal(error.expected, error.found) from None

    def whole_number(self, *, least: int, most: int) -> int:
        """Give a whole number between two bounds."""
        number = self.value
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
            raise self.refusal(f"a whole number from {least} to {most}")
        return number

    def flag(self) -> bool:
        """Give true or false."""
        if not isinstance(self.value, bool):
            raise self.refusal("true or false")
        return self.value

    def text(self, *, longest: int) -> str:
        """Give a text of one line that isn't blank."""
        text = self.value
        if not isinstance(text, str):
            raise self.refusal("a text in quotes")
        if not text.strip():
            raise self.refusal("a text", "an empty one")
        if len(text) > longest:
            raise self.refusal(f"a text of at most {longest} characters", str(len(text)))
        if bad := _UNPRINTABLE.search(text):
            raise self.refusal("a text of one line without control characters", f"U+{ord(bad[0]):04X} in it")
        return text

    def texts(self, *, longest: int) -> tuple[tuple[str, str], ...]:
        """Give a text, or a table with one for each language (`{ en = "...", zh = "..." }`), by their codes."""
        if not isinstance(self.value, dict):
            return (("", self.text(longest=longest)),)
        if not self.value:
            raise self.refusal("a text, or one for each language", "an empty table")
        if odd := [key for key in self.value if not _LANGUAGE.fullmatch(key)]:
            raise SpecError(self.under(odd[0]).where, 'expected the code of a language such as "en"')
        return tuple((key, self.under(key).text(longest=longest)) for key in self.value)

    def choice(self, kind: str, known: type[_Choice]) -> _Choice:
        """Give the member of `known` that is named here."""
        name = self.value
        names = [member.value for member in known]
        if not isinstance(name, str):
            raise self.refusal(f"{kind} ({listed(names)})")
        if name not in names:
            found = f"{quoted(name)}{did_you_mean(name, names)}"
            raise self.refusal(f"{kind} ({listed(names)})", found)
        return known(name)


@record(kw_only=True)
class Table:
    """A table whose keys are all known."""

    place: Place
    kind: TableKind

    def required(self, key: str) -> Place:
        """Give the place of `key`; raise `SpecError` with what belongs there if it is left out."""
        place = self.optional(key)
        if place is None:
            where = self.place.under(key).where
            raise SpecError(where, f"missing; expected {self.kind.keys[key]}")
        return place

    def optional(self, key: str) -> Place | None:
        """Give the place of `key`, or None if it is left out."""
        place = self.place.under(key)
        return None if place.value is None else place


def _number(value: object) -> Given:
    if isinstance(value, TypedFloat):
        return read_float(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return read_integer(value)
    hint = " (a number stands without quotes)" if isinstance(value, str) else ""
    raise NumeralError("a number", described(value) + hint)
