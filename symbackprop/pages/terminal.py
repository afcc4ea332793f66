"""Words, tables and calculations as lines of text for a terminal, where Chinese characters are two cells wide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from unicodedata import combining, east_asian_width

from symbackprop.pages.document import (
    Align,
    Digits,
    EquationLine,
    Equations,
    Excerpt,
    Inlines,
    Ledger,
    Math,
    Remark,
    Setting,
    Table,
)
from symbackprop.typeset.layout import Layout, Operator, Row
from symbackprop.typeset.stacked import Stack, beside, stacked, stacked_within

Say = Callable[[Inlines], str]
"""How inlines become text."""

COLUMNS = 78


def cells(text: str) -> int:
    """How many cells a text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(character) in "WF" else not combining(character) for character in text)


def wrap(text: str, columns: int = COLUMNS) -> list[str]:
    """The text in lines of at most that many cells, broken at spaces and between Chinese characters."""
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and cells(lines[-1]) + cells(piece.rstrip()) > columns:
            lines[-1] = lines[-1].rstrip()
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return [line.rstrip() for line in lines]


_NEVER_FIRST = "，。；：！？、）》”’,.;:!?)"
_NEVER_LAST = "（《“‘("


def _pieces(text: str) -> list[str]:
    """The parts between which a line may be broken, each with the space after it."""
    pieces: list[str] = [""]
    for character in text:
        wide = east_asian_width(character) in "WF"
        breakable = pieces[-1] and (pieces[-1][-1] == " " or wide or east_asian_width(pieces[-1][-1]) in "WF")
        if breakable and character != " " and character not in _NEVER_FIRST and pieces[-1][-1] not in _NEVER_LAST:
            pieces.append("")
        pieces[-1] += character
    return pieces


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text filled with spaces to that many cells, at its left side if it stands to the right."""
    room = " " * max(0, width - cells(text))
    return room + text if right else text + room


def rows(table: Table, say: Say, columns: int = COLUMNS) -> list[str]:
    """A table's lines: its header, a rule, its rows; each column as wide as needed, the last one wrapped."""
    cells_ = [[say(cell) for cell in row] for row in (table.header, *table.rows)]
    right = [align is Align.RIGHT for align in table.align]
    widths = [max(cells(row[number]) for row in cells_) for number in range(len(right))]
    gaps, taken = len(widths) - 1, sum(widths[:-1])
    # Columns may stand closer before anything gets wider than the window.
    gap = "  " if taken + len("  ") * gaps + _NARROWEST <= columns else " "
    widths[-1] = min(widths[-1], max(_NARROWEST, columns - taken - len(gap) * gaps))
    lines = []
    for number, row in enumerate(cells_):
        lines.extend(_row(row, widths, right, gap))
        if number == 0:
            lines.append(gap.join("─" * width for width in widths))
    return lines


def as_table(ledger: Ledger) -> Table:
    """A ledger as a table like any other."""

    def cell(setting: Setting | None, found: Layout | Digits) -> Inlines:
        if not isinstance(found, Digits):
            return (Math(found),)
        assert setting is not None
        return (Math(setting(found)),)

    rows = tuple(tuple(map(cell, ledger.settings, row)) for row in ledger.rows)
    return Table(header=ledger.header, align=ledger.align, rows=rows)


_NARROWEST = 12


def _row(row: Sequence[str], widths: Sequence[int], right: Sequence[bool], gap: str) -> list[str]:
    *front, last = row
    padded = [pad(cell, width, right=side) for cell, width, side in zip(front, widths, right, strict=False)]
    empty = [" " * width for width in widths[:-1]]
    lines = []
    for position, piece in enumerate(wrap(last, widths[-1])):
        cell = pad(piece, widths[-1], right=right[-1])
        lines.append(gap.join([*(empty if position else padded), cell]).rstrip())
    return lines


def excerpt(block: Excerpt, columns: int = COLUMNS) -> list[str]:
    """A line of somebody's text with its number, cut to the room there is, and carets under what is meant."""
    number = f"{block.number} │ "
    rule = " " * (cells(number) - 2) + "│ "
    room = columns - cells(number)
    meant = _cut(block.meant, room - 2)
    left = room - max(1, cells(meant))
    # What stands before it tells more than what follows.
    before = _cut_before(block.before, max(left // 2, left - min(cells(block.after), _CONTEXT)))
    after = _cut(block.after, room - cells(before) - cells(meant))
    carets = " " * cells(before) + "^" * max(1, cells(meant))
    return [f"{number}{before}{meant}{after}".rstrip(), f"{rule}{carets}"]


_CONTEXT = 20


def _cut(text: str, room: int) -> str:
    """The beginning of a text, with dots where it goes on."""
    if cells(text) <= room:
        return text
    kept = text[: max(0, room)]
    while kept and cells(kept) > room - 1:
        kept = kept[:-1]
    return f"{kept}…" if room > 0 else ""


def _cut_before(text: str, room: int) -> str:
    """The end of a text, with dots where it began earlier."""
    if cells(text) <= room:
        return text
    kept = text[-room:] if room > 0 else ""
    while kept and cells(kept) > room - 1:
        kept = kept[1:]
    return f"…{kept}" if room > 0 else ""


_SIGNS = {Operator.EQUALS: "=", Operator.APPROXIMATELY: "≈"}


def calculation(block: Equations, say: Say) -> list[str]:
    """The lines of a calculation, aligned at their relations, notes in parentheses behind them or below."""
    lefts = [line.left for line in block.lines if isinstance(line, EquationLine) and line.left is not None]
    indent = max((stacked(left).width for left in lefts), default=0)
    lines: list[str] = []
    for line in block.lines:
        match line:
            case Remark():
                lines.extend(_remark(say(line.content), indent))
            case EquationLine():
                left = stacked(Row(()) if line.left is None else line.left)
                right = stacked_within(line.right, _room(indent, left))
                if len(left.lines) > 1 or len(right.lines) > 1:
                    if line.left is not None and lines:
                        lines.append("")
                    lines.extend(_tall(line, left, right, indent))
                    lines.extend(_remark(say(line.note), indent) if line.note else ())
                    continue
                lines.extend(_in_a_line(line, left, right, indent))
                note = _in_parentheses(say(line.note)) if line.note else ""
                if note and cells(lines[-1]) + 3 + cells(note) <= COLUMNS:
                    lines[-1] += f"   {note}"
                elif note:
                    lines.extend(_remark(say(line.note), indent))
    return lines


def _tall(line: EquationLine, left: Stack, right: Stack, indent: int) -> Iterator[str]:
    """As many lines of text as the tallest matrix in the line needs."""
    gap, between = Stack(lines=(" " * (4 + max(0, indent - left.width)),)), Stack(lines=(f" {_sign(line)} ",))
    return (text.rstrip() for text in beside((gap, left, between, right)).lines)


def _in_a_line(line: EquationLine, left: Stack, right: Stack, indent: int) -> Iterator[str]:
    """One line of text, or several where it is too long for a terminal."""
    start = pad(left.lines[0], indent, right=True)
    sign = _sign(line)
    for piece in _folded(right.lines[0].strip(), _room(indent, left)):
        if piece[0] in _SIGNS.values() and start.isspace():
            yield f"    {start} {piece}"
        else:
            yield f"    {start} {sign} {piece}".rstrip()
        start, sign = " " * cells(start), " "


def _room(indent: int, left: Stack) -> int:
    """What is left of a line behind a relation."""
    return COLUMNS - len("    ") - max(indent, left.width) - len(" = ")


def _sign(line: EquationLine) -> str:
    return " " if line.relation is None else _SIGNS[line.relation]


_SIGNS_BY_STRENGTH = ("=≈", "+−", "·/")
_BEFORE_SIGN = re.compile(r" (?=[=≈+−·] )|(?<=\))(?=/\()")


def _folded(text: str, room: int) -> Iterator[str]:
    """A formula in pieces that fit, cut before a relation or else a sign, as far out of parentheses as can be."""
    while cells(text) > room:
        places = [found.start() for found in _BEFORE_SIGN.finditer(text) if cells(text[: found.start()]) <= room]
        if not places:
            break
        cut = min(places, key=partial(_cost, text, room))
        yield text[:cut]
        text = text[cut:].lstrip()
    yield text


def _cost(text: str, room: int, cut: int) -> tuple[bool, int, int, int]:
    """How bad it is to cut a formula at a place: early, within parentheses, within a product, before there is need."""
    depth = text.count("(", 0, cut) - text.count(")", 0, cut)
    sign = text[cut:].lstrip()[0]
    strength = next(number for number, signs in enumerate(_SIGNS_BY_STRENGTH) if sign in signs)
    early = sign in "+−·" and cells(text[:cut]) < room // 3
    return (early, depth, strength, -cut)


def _remark(words: str, indent: int) -> list[str]:
    room = " " * (indent + 9)
    return [room + line for line in wrap(_in_parentheses(words), COLUMNS - len(room))]


def _in_parentheses(words: str) -> str:
    wide = any(east_asian_width(character) == "W" for character in words)
    return f"（{words}）" if wide else f"({words})"
