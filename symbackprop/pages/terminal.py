"""Words, tables and calculations as lines of text for a terminal, where Chinese characters are two cells wide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from symbackprop.typeset.stacked import Stack, beside, stacked

Say = Callable[[Inlines], str]
"""How inlines become text."""

COLUMNS = 78


def cells(text: str) -> int:
    """How many cells a text takes in a terminal."""
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
    room = columns - sum(widths[:-1]) - 2 * (len(widths) - 1)
    widths[-1] = min(widths[-1], max(_NARROWEST, room))
    lines = []
    for number, row in enumerate(cells_):
        lines.extend(_row(row, widths, right))
        if number == 0:
            lines.append("  ".join("─" * width for width in widths))
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


def _row(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    *front, last = row
    padded = [pad(cell, width, right=side) for cell, width, side in zip(front, widths, right, strict=False)]
    empty = [" " * width for width in widths[:-1]]
    lines = []
    for position, piece in enumerate(wrap(last, widths[-1])):
        cell = pad(piece, widths[-1], right=right[-1])
        lines.append("  ".join([*(empty if position else padded), cell]).rstrip())
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
                first, *others = _equation(line, indent)
                if others and line.left is not None and lines:
                    lines.append("")
                note = _in_parentheses(say(line.note)) if line.note else ""
                if not others and (not note or cells(first) + 3 + cells(note) <= COLUMNS):
                    lines.append(f"{first}   {note}".rstrip())
                else:
                    lines.extend((first, *others))
                    lines.extend(_remark(say(line.note), indent) if note else ())
    return lines


def _equation(line: EquationLine, indent: int) -> list[str]:
    """One line of text, or as many as the tallest matrix in the line needs."""
    left = stacked(Row(()) if line.left is None else line.left)
    sign = " " if line.relation is None else _SIGNS[line.relation]
    gap, between = Stack(lines=(" " * (4 + max(0, indent - left.width)),)), Stack(lines=(f" {sign} ",))
    right = stacked(line.right)
    if len(right.lines) == 1:
        right = Stack(lines=(right.lines[0].strip(),))
    return [text.rstrip() for text in beside((gap, left, between, right)).lines]


def _remark(words: str, indent: int) -> list[str]:
    room = " " * (indent + 9)
    return [room + line for line in wrap(_in_parentheses(words), COLUMNS - len(room))]


def _in_parentheses(words: str) -> str:
    wide = any(east_asian_width(character) == "W" for character in words)
    return f"（{words}）" if wide else f"({words})"
