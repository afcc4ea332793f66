"""Layouts as several lines of Unicode text: matrices in tall parentheses, dimensions below their names.

What has nothing tall in it stays the one line that `unicode` gives.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from symbackprop.typeset.layout import Fenced, Fraction, Layout, Matrix, Operator, Row, Script, Under
from symbackprop.typeset.unicode import unicode


@dataclass(frozen=True, slots=True, kw_only=True)
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
        case Fraction(numerator=above, denominator=below) if _is_tall(above) or _is_tall(below):
            return _divided(stacked(above), stacked(below))
        case Script(base=base, sub=None, sup=sup) if sup is not None and len(stacked(base).lines) > 1:
            tall, mark = stacked(base), Script(Row(()), sup=sup)
            return beside((tall, _padded(Stack(lines=(unicode(mark),)), tall.baseline, len(tall.lines))))
        case _:
            return Stack(lines=(unicode(layout),))


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


def _is_tall(layout: Layout) -> bool:
    return len(stacked(layout).lines) > 1


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
    """Decimals of a column with their points below one another; anything else as it is."""
    texts = [entry.lines[0] for entry in column if len(entry.lines) == 1 and _FIGURE.fullmatch(entry.lines[0])]
    if len(texts) < len(column):
        return list(column)
    before = max(len(text.partition(".")[0]) for text in texts)
    padded = [" " * (before - len(text.partition(".")[0])) + text for text in texts]
    longest = max(map(len, padded))
    return [Stack(lines=(text.ljust(longest),)) for text in padded]


def _over(body: Stack, label: Stack) -> Stack:
    width = max(body.width, label.width)
    lines = (*_centred(body, width).lines, *_centred(label, width).lines)
    return Stack(lines=lines, baseline=body.baseline, labels=body.labels + len(label.lines))


def _fenced(body: Stack) -> Stack:
    height = len(body.lines) - body.labels
    left, right = ("(", ")") if height == 1 else ("⎛" + "⎜" * (height - 2) + "⎝", "⎞" + "⎟" * (height - 2) + "⎠")
    room = " " * body.labels
    lines = (f"{opening}{line}{end}" for opening, line, end in zip(left + room, body.lines, right + room, strict=True))
    return Stack(lines=tuple(lines), baseline=body.baseline, labels=body.labels)


def _centred(stack: Stack, width: int) -> Stack:
    return Stack(lines=tuple(line.center(width) for line in stack.lines), baseline=stack.baseline, labels=stack.labels)


def _padded(stack: Stack, baseline: int, height: int) -> Stack:
    """A single line as the first of that many."""
    empty = " " * stack.width
    return Stack(lines=(*stack.lines, *[empty] * (height - 1)), baseline=baseline)
