"""Layouts as several lines of Unicode text: matrices in tall parentheses, dimensions below their names.

What has nothing tall in it stays the one line that `unicode` gives.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symbackprop.records import record
from symbackprop.typeset.layout import (
    Applied,
    Bars,
    Choice,
    Dots,
    Fenced,
    Fraction,
    Layout,
    Matrix,
    Operator,
    Root,
    Row,
    Script,
    Under,
)
from symbackprop.typeset.unicode import unicode


@record(kw_only=True)
class Stack:
    """Lines of equal length; the one at `baseline` flows with what stands beside the layout.

    The last `labels` lines hold only labels, around which no parentheses reach.
    """

    lines: tuple[str, ...]
    baseline: int = 0
    labels: int = 0

    @property
    def width(self) -> int:
        """The length of each line."""
        return len(self.lines[0])


def stacked(layout: Layout) -> Stack:
    """The lines of one layout."""
    match layout:
        case Row(parts=parts):
            return _row(parts)
        case Matrix(rows=rows):
            return _fenced(_grid([[stacked(entry) for entry in row] for row in rows]))
        case Under(body=body, label=label):
            return _over(stacked(body), stacked(label))
        case Fenced(body=body):
            return _fenced(stacked(body))
        case Fraction(numerator=above, denominator=below) if _is_tall(above) or _is_tall(below) or _is_long(layout):
            return _divided(stacked(above), stacked(below))
        case Applied(function=function, argument=argument) if _is_tall(argument):
            return beside((stacked(function), stacked(argument)))
        case Root(body=body) if _is_tall(body):
            return beside((Stack(lines=("√",)), stacked(Fenced(body) if isinstance(body, Row) else body)))
        case Bars(body=body) if _is_tall(body):
            return _barred(stacked(body))
        case Choice(rows=rows) if any(_is_tall(part) for row in rows for part in row):
            return _chosen([(stacked(value), stacked(condition)) for value, condition in rows])
        case Script(base=base, sub=None, sup=sup) if sup is not None and len(stacked(base).lines) > 1:
            tall, mark = stacked(base), Script(Row(()), sup=sup)
            return beside((tall, _padded(Stack(lines=(unicode(mark),)), tall.baseline, len(tall.lines))))
        case _:
            return Stack(lines=(unicode(layout),))


def stacked_within(layout: Layout, most: int) -> Stack:
    """The lines of one layout; a fraction that is too wide for a bar gets a slash, so that its line can be cut."""
    stack = stacked(layout)
    return stack if stack.width <= most or _has_rows(layout) else Stack(lines=(unicode(layout),))


def beside(parts: Sequence[Stack]) -> Stack:
    """Stacks side by side on one baseline."""
    above = max(part.baseline for part in parts)
    below = max(len(part.lines) - part.baseline for part in parts)
    lines = [""] * (above + below)
    for part in parts:
        first = above - part.baseline
        for number in range(len(lines)):
            inside = 0 <= number - first < len(part.lines)
            lines[number] += part.lines[number - first] if inside else " " * part.width
    bottom = max(len(part.lines) - part.labels - part.baseline for part in parts)
    return Stack(lines=tuple(lines), baseline=above, labels=below - bottom)


def _has_rows(layout: Layout | Operator) -> bool:
    """Whether a layout can't do with one line: there is a matrix in it, a label, or cases."""
    match layout:
        case Matrix() | Under() | Choice():
            return True
        case Row(parts=parts):
            return any(map(_has_rows, parts))
        case Fraction(numerator=above, denominator=below):
            return _has_rows(above) or _has_rows(below)
        case Fenced(body=body) | Root(body=body) | Bars(body=body) | Script(base=body) | Applied(argument=body):
            return _has_rows(body)
        case _:
            return False


def _is_tall(layout: Layout) -> bool:
    return len(stacked(layout).lines) > 1


_LONGEST_FRACTION = 50


def _is_long(fraction: Layout) -> bool:
    """Whether a fraction takes too much of a line, which it doesn't with one side above the other."""
    return len(unicode(fraction)) > _LONGEST_FRACTION


def _divided(above: Stack, below: Stack) -> Stack:
    width = max(above.width, below.width) + 2
    lines = (*_centred(above, width).lines, "─" * width, *_centred(below, width).lines)
    return Stack(lines=lines, baseline=len(above.lines))


def _row(parts: tuple[Layout | Operator, ...]) -> Stack:
    """Neighbours of one line each are printed together, so that the printer of lines sees what meets there."""
    found: list[Stack] = []
    flowing: list[Layout | Operator] = []
    for part in parts:
        stack = None if isinstance(part, Operator) else stacked(part)
        if stack is None or len(stack.lines) == 1:
            flowing.append(part)
            continue
        if flowing:
            found.append(Stack(lines=(unicode(Row(tuple(flowing))),)))
            flowing = []
        found.append(stack)
    if flowing or not found:
        found.append(Stack(lines=(unicode(Row(tuple(flowing))),)))
    return beside(found)


def _chosen(rows: Sequence[tuple[Stack, Stack]]) -> Stack:
    """Values, each with its condition, behind a brace."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    wide = [max(stack.width for stack in column) for column in columns]
    gap = Stack(lines=("   ",))
    lines = [
        line
        for value, condition in rows
        for line in beside((_left(value, wide[0]), gap, _left(condition, wide[1]))).lines
    ]
    brace = ["⎪"] * len(lines)
    brace[0], brace[-1] = "⎧", "⎩"
    middle = len(lines) // 2
    if len(lines) > _LINES_OF_A_PLAIN_BRACE:
        brace[middle] = "⎨"
    joined = tuple(f"{left} {line}" for left, line in zip(brace, lines, strict=True))
    return Stack(lines=joined, baseline=middle)


_LINES_OF_A_PLAIN_BRACE = 2


def _left(stack: Stack, width: int) -> Stack:
    lines = tuple(line.ljust(width) for line in stack.lines)
    return Stack(lines=lines, baseline=stack.baseline, labels=stack.labels)


def _grid(rows: Sequence[Sequence[Stack]]) -> Stack:
    rows = list(zip(*(_aligned(column) for column in zip(*rows, strict=True)), strict=True))
    widths = [max(entry.width for entry in column) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for row in rows:
        cells = (_centred(entry, width) for entry, width in zip(row, widths, strict=True))
        spaced = [part for cell in cells for part in (Stack(lines=("  ",)), cell)][1:]
        lines.extend(beside(spaced).lines)
    return Stack(lines=tuple(lines), baseline=len(lines) // 2)


_FIGURE = re.compile(r"−?\d+(?:\.\d+)?")


def _aligned(column: Sequence[Stack]) -> list[Stack]:
    """Decimals of a column with their points below one another, dots between them or not; anything else as it is."""
    texts = [entry.lines[0] if len(entry.lines) == 1 else "" for entry in column]
    figures = [text for text in texts if _FIGURE.fullmatch(text)]
    if len(figures) + texts.count(_DOWN) < len(column):
        return list(column)
    before = max((len(text.partition(".")[0]) for text in figures), default=0)
    padded = [text if text == _DOWN else " " * (before - len(text.partition(".")[0])) + text for text in texts]
    longest = max(map(len, padded))
    return [Stack(lines=(text.center(longest) if text == _DOWN else text.ljust(longest),)) for text in padded]


_DOWN = unicode(Dots.DOWN)


def _over(body: Stack, label: Stack) -> Stack:
    width = max(body.width, label.width)
    lines = (*_centred(body, width).lines, *_centred(label, width).lines)
    return Stack(lines=lines, baseline=body.baseline, labels=body.labels + len(label.lines))


def _fenced(body: Stack) -> Stack:
    height = len(body.lines) - body.labels
    left, right = ("(", ")") if height == 1 else ("⎛" + "⎜" * (height - 2) + "⎝", "⎞" + "⎟" * (height - 2) + "⎠")
    return _between(left, body, right)


def _barred(body: Stack) -> Stack:
    height = len(body.lines) - body.labels
    bars = "|" if height == 1 else "│" * height
    return _between(bars, body, bars)


def _between(left: str, body: Stack, right: str) -> Stack:
    """A body between signs of its height, which leave out the labels below it."""
    room = " " * body.labels
    lines = (f"{opening}{line}{end}" for opening, line, end in zip(left + room, body.lines, right + room, strict=True))
    return Stack(lines=tuple(lines), baseline=body.baseline, labels=body.labels)


def _centred(stack: Stack, width: int) -> Stack:
    return Stack(lines=tuple(line.center(width) for line in stack.lines), baseline=stack.baseline, labels=stack.labels)


def _padded(stack: Stack, baseline: int, height: int) -> Stack:
    """A single line as the first of that many."""
    empty = " " * stack.width
    return Stack(lines=(*stack.lines, *[empty] * (height - 1)), baseline=baseline)
