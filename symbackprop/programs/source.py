"""Python source as it is written: lines, comments of one line, and expressions broken where they get too long."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from textwrap import wrap

from symbackprop.network import Given
from symbackprop.wording import one_line

WIDEST = 110
"""Lines get no longer than this, where they can be broken."""

WIDEST_IN_A_NOTEBOOK = 84
"""The same for a notebook, whose cells have to be scrolled beyond what stands beside a list of files."""

_INDENT = "    "
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def literal(number: Given) -> str:
    """A number as source: the digits that somebody typed, where Python reads them as that number."""
    return number.typed if _DECIMAL.fullmatch(number.typed) else repr(float(number.exact))


def comment(text: str) -> str:
    """A comment of one line, whatever is in the text: what could end the line stands there as its escape."""
    return f"# {one_line(text)}".rstrip()


def comments(text: str) -> list[str]:
    """The same, broken between words where one line would be too long."""
    return [comment(line) for line in wrap(one_line(text), WIDEST - 2)]


@dataclass
class Source:
    """Lines written one after the other. `depth` says how far they are indented, `widest` how long they get."""

    lines: list[str] = field(default_factory=list)
    depth: int = 0
    widest: int = WIDEST

    def add(self, *lines: str) -> None:
        """Writes lines, indented."""
        self.lines.extend(f"{_INDENT * self.depth}{line}".rstrip() for line in lines)

    def blank(self) -> None:
        """Writes an empty line, unless there is one or nothing comes before it."""
        if self.lines and self.lines[-1] and not self.lines[-1].endswith(":"):
            self.lines.append("")

    def heading(self, text: str) -> None:
        """Begins a chapter."""
        self.blank()
        self.add(comment(f"--- {one_line(text)} ".ljust(self.widest - 32 - len(_INDENT) * self.depth, "-")))
        self.lines.append("")

    def comment(self, text: str) -> None:
        """Writes a comment, over several lines where it has several terms and one would be too long."""
        room = self.widest - 4 - len(_INDENT) * self.depth
        first, *others = _filled(one_line(text), room)
        self.add(f"# {first}", *(f"#   {line}" for line in others))

    def assign(self, name: str, expression: str) -> None:
        """Writes an assignment, its expression in parentheses over several lines where one would be too long."""
        room = self.widest - len(_INDENT) * self.depth
        if len(name) + 3 + len(expression) <= room:
            self.add(f"{name} = {expression}")
            return
        function, arguments = _call(expression)
        parts = [part for argument in arguments for part in _filled(argument, room - len(_INDENT) - 1)]
        if len(parts) == 1 and not function:
            self.add(f"{name} = {expression}")
        else:
            self.add(f"{name} = {function}(", *(f"{_INDENT}{part}" for part in parts), ")")

    def call(self, function: str, arguments: Iterable[str]) -> None:
        """Writes a call, its arguments over several lines where one would be too long."""
        self.enclosed(f"{function}(", arguments, ")")

    def enclosed(self, before: str, items: Iterable[str], after: str) -> None:
        """Writes items between brackets, over several lines where one would be too long."""
        known = list(items)
        room = self.widest - len(_INDENT) * self.depth
        if len(whole := f"{before}{', '.join(known)}{after}") <= room:
            self.add(whole)
            return
        self.add(before)
        line = ""
        for item in known:
            if line and len(line) + len(item) + 2 > room - len(_INDENT):
                self.add(f"{_INDENT}{line}")
                line = ""
            line += f" {item}," if line else f"{item},"
        self.add(f"{_INDENT}{line}", after)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Writes the head of a block; what is written within stands in it."""
        self.add(head)
        self.depth += 1
        yield
        self.depth -= 1

    @property
    def text(self) -> str:
        """All of it, as the text of a file."""
        return "\n".join(self.lines).rstrip() + "\n"


def _filled(expression: str, room: int) -> Iterator[str]:
    """An expression in lines of so much room, broken before the signs between its outermost terms."""
    line = ""
    for term in _terms(expression):
        if line and len(line) + len(term) > room:
            yield line
            line = ""
        line += term if line else term.lstrip()
    yield line


def _call(expression: str) -> tuple[str, list[str]]:
    """The function and the arguments, with their commas, of what is one call; else no function and all of it."""
    function, _, rest = expression.partition("(")
    if not function.isidentifier():
        return "", [expression]
    depth, start, arguments = 1, 0, []
    for place, character in enumerate(rest):
        depth += (character in "([") - (character in ")]")
        if depth == 0 and place + 1 < len(rest):
            return "", [expression]
        if depth == 0 or (depth == 1 and rest.startswith(", ", place)):
            arguments.append(rest[start:place].lstrip() + ("," if depth else ""))
            start = place + 1
    return function, arguments


def _terms(expression: str) -> Iterator[str]:
    depth = start = 0
    for place, character in enumerate(expression):
        depth += (character in "([") - (character in ")]")
        if depth == 0 and expression[place : place + 3] in {" + ", " - ", " = "}:
            yield expression[start:place]
            start = place
    yield expression[start:]


def code_only(lines: Iterable[str]) -> Iterator[str]:
    """The lines without those that are only a comment."""
    return (line for line in lines if not line.lstrip().startswith("#"))


def calls(lines: Iterable[str], name: str) -> bool:
    """Whether a function is called, or a constant used, somewhere in the lines' code."""
    pattern = re.compile(rf"\b{name}\b")
    return any(pattern.search(line) for line in code_only(lines))
