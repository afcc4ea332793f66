"""The lines of a TOML file that give a name to something, and which of them give one that is taken already."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import Enum, auto
from operator import eq

from symbackprop.records import record
from symbackprop.wording import shortened

KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*')"""
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|(?!""")"(?:[^"\\\n]|\\[^\n])*"|(?!\'\'\')\'[^\'\n]*\'',
    re.DOTALL,
)
_KEYS = rf"{KEY}(?:[ \t]*\.[ \t]*{KEY})*"
HEADER = re.compile(rf"[ \t]*(?P<open>\[\[?)[ \t]*(?P<keys>{_KEYS})[ \t]*\]{{1,2}}[ \t]*(?=[#\n]|\Z)")
ASSIGNMENT = re.compile(rf"[ \t]*(?P<keys>{_KEYS})[ \t]*=[ \t]*(?P<value>[^\n]*)")
_PART = re.compile(KEY)
_MARK = re.compile(r"[\"'\[\]{}\n]|#[^\n]*")


@record
class Slip:
    """A line and what is wrong with it."""

    line: int
    why: str


class _Kind(Enum):
    KEY = auto()
    TABLE = auto()
    ARRAY = auto()


@record
class _Statement:
    """A line that gives a name: in which line, the parts of the whole name, and how it stands there."""

    line: int
    path: tuple[str, ...]
    kind: _Kind
    shown: str


def taken_twice(text: str, offset: int, headers: Collection[str]) -> Slip | None:
    """Give the slip of a name that is taken already; the reader stopped behind the second, at `offset`.

    `headers` are those that the file may have, such as `[data]` and `[[layers]]`.
    """
    statements = list(_statements(text, offset))
    if not statements:
        return None
    second = statements.pop()
    before = [it for it in statements if all(map(eq, it.path, second.path))]
    # What belongs to one table of several doesn't meet what belongs to the next.
    parents = (i for i, it in enumerate(before) if it.kind is _Kind.ARRAY and len(it.path) < len(second.path))
    before = before[max(parents, default=-1) + 1 :]
    for first in before:
        if first.path == second.path and _Kind.KEY not in (first.kind, second.kind):
            return _second_header(first, second, headers)
        if first.kind is _Kind.KEY and first.path == second.path[: len(first.path)] and first.path != second.path:
            return _taken(second, f"; {first.shown} is already a value in line {first.line}", first.shown)
        if first.path == second.path:
            return _second_name(first, second)
        if second.path == first.path[: len(second.path)] and _Kind.KEY in (first.kind, second.kind):
            return _taken(second, f"; it begins already in line {first.line}, with {first.shown}")
    return None


def _second_header(first: _Statement, second: _Statement, headers: Collection[str]) -> Slip:
    name = ".".join(second.path)
    kinds = (first.kind, second.kind)
    if f"[[{name}]]" in headers or (_Kind.ARRAY in kinds and f"[{name}]" not in headers):
        wanted, wrong = f"{shortened(f'[[{name}]]')} for each of several", _Kind.TABLE
    elif _Kind.ARRAY in kinds:
        wanted, wrong = f"{shortened(f'[{name}]')} once", _Kind.ARRAY
    else:
        return _taken(second, f"; the first is in line {first.line}")
    if second.kind is wrong:
        found = f"{second.shown}; the first is in line {first.line}"
    else:
        found = f"{first.shown} in line {first.line}"
    return Slip(second.line, f"expected {wanted}, found {found}")


def _second_name(first: _Statement, second: _Statement) -> Slip:
    if first.kind is second.kind:
        return _taken(second, f"; the first is in line {first.line}")
    if first.kind is _Kind.KEY:
        return _taken(second, f"; {first.shown} is already a value in line {first.line}", first.shown)
    return _taken(second, f"; {first.shown} is already a table in line {first.line}")


def _taken(second: _Statement, where: str, wanted: str | None = None) -> Slip:
    wanted = wanted or second.shown
    found = "it a second time" if wanted == second.shown else second.shown
    return Slip(second.line, f"expected {wanted} once, found {found}{where}")


def _statements(text: str, end: int) -> Iterator[_Statement]:
    """Yield what begins before `end`. Up to there the text is good, so that nothing else can stand in it."""
    table: tuple[str, ...] = ()
    place, line = 0, 1
    while place < end:
        header, assignment = HEADER.match(text, place), ASSIGNMENT.match(text, place)
        begin = place
        if header is not None:
            table = _path(header["keys"])
            kind = _Kind.ARRAY if header["open"] == "[[" else _Kind.TABLE
            yield _Statement(line, table, kind, shortened(header[0].strip()))
            begin = header.end()
        elif assignment is not None:
            path = (*table, *_path(assignment["keys"]))
            yield _Statement(line, path, _Kind.KEY, shortened(assignment["keys"].strip()))
            begin = assignment.start("value")
        behind = _behind(text, begin)
        line += text.count("\n", place, behind)
        place = behind


def _path(keys: str) -> tuple[str, ...]:
    return tuple(it.strip("\"'") for it in _PART.findall(keys))


def _behind(text: str, place: int) -> int:
    """Where the next statement can begin: behind the end of a line that is in no string and in no bracket."""
    depth = 0
    while (found := _MARK.search(text, place)) is not None:
        mark, place = found[0], found.end()
        if mark in "\"'":
            string = STRING.match(text, found.start())
            place = string.end() if string else len(text)
        elif mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
        elif mark == "\n" and depth <= 0:
            return place
    return len(text)
