"""Drawings as text for a terminal: lines of Braille dots, two across and four down in each cell, and labels.

Letters are far larger in a terminal than in print. A label that would cover another one steps aside; where it
finds no room nearby, a circled number stands in for it and the label follows under the drawing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, cos, hypot, pi, sin

from symbackprop.pages.figures.shapes import Box, Disc, Drawing, Label, Point, Polyline, Segment, Shape, Tone
from symbackprop.typeset.unicode import unicode

_ACROSS, _DOWN = 2, 4
_BLANK = 0x2800
# Which bit of a Braille character is the dot in a column and row of its cell.
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_NUMBERS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
# A small drawing isn't blown up beyond the size at which its labels have about the proportions of print.
_UNITS_PER_CELL = 4.2
_FARTHEST_ROWS, _FARTHEST_CELLS = 2, 7


@dataclass(slots=True, kw_only=True)
class _Canvas:
    columns: int
    rows: int
    scale: float
    """Dots for a unit of the drawing."""
    dots: set[tuple[int, int]] = field(default_factory=set)
    discs: list[Disc] = field(default_factory=list)
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    """Letters by row and column; the second cell of a wide letter holds nothing."""


def sketch(drawing: Drawing, columns: int = 78) -> str:
    """A drawing as lines of Unicode text, none wider than that many columns."""
    scale = min(columns * _ACROSS / max(drawing.width, 1.0), _ACROSS / _UNITS_PER_CELL)
    canvas = _Canvas(
        columns=min(columns, ceil(drawing.width * scale / _ACROSS) + 1),
        rows=ceil(drawing.height * scale / _DOWN) or 1,
        scale=scale,
    )
    for shape in drawing.shapes:
        _draw(canvas, shape)
    legend: list[str] = []
    for label in (shape for shape in drawing.shapes if isinstance(shape, Label)):
        text = _printable(label.content if isinstance(label.content, str) else unicode(label.content))
        if _write(canvas, label, text) or len(legend) == len(_NUMBERS):
            continue
        number = _NUMBERS[len(legend)]
        if _write(canvas, label, number):
            legend.append(_shorten(f"{number} {text}", columns))
    return "\n".join([*_lines(canvas), *legend])


def _draw(canvas: _Canvas, shape: Shape) -> None:
    match shape:
        case Disc(centre=centre, radius=radius, solid=True):
            _fill(canvas, Point(centre.x - radius, centre.y - radius), 2 * radius, 2 * radius, ink=True)
        case Disc(centre=(x, y), radius=radius, tone=tone):
            canvas.discs.append(shape)
            inner = radius * 0.7
            _fill(canvas, Point(x - inner, y - inner), 2 * inner, 2 * inner, ink=False)
            steps = max(12, round(2 * pi * radius * canvas.scale))
            turns = [2 * pi * step / steps for step in range(steps + 1)]
            _trace(canvas, [Point(x + radius * cos(turn), y + radius * sin(turn)) for turn in turns], tone)
        case Box(corner=corner, width=width, height=height, tone=tone):
            _fill(canvas, corner, width, height, ink=False)
            right, bottom = corner.x + width, corner.y + height
            _trace(
                canvas,
                [corner, Point(right, corner.y), Point(right, bottom), Point(corner.x, bottom), corner],
                tone,
            )
        case Segment(start=start, end=end, tone=tone):
            _trace(canvas, [start, end], tone)
        case Polyline(points=points, tone=tone):
            _trace(canvas, points, tone)
        case Label():
            # Labels come last, when it is known which cells are full of lines.
            return


def _trace(canvas: _Canvas, points: tuple[Point, ...] | list[Point], tone: Tone) -> None:
    """A line through points: FADED is dotted, LIT is two dots thick."""
    travelled = 0
    for start, end in pairwise(points):
        across, down = (end.x - start.x) * canvas.scale, (end.y - start.y) * canvas.scale
        steps = max(1, ceil(max(abs(across), abs(down))))
        for step in range(steps):
            x = round(start.x * canvas.scale + across * step / steps)
            y = round(start.y * canvas.scale + down * step / steps)
            if tone is not Tone.FADED or (travelled + step) % 4 == 0:
                _dot(canvas, x, y)
            if tone is Tone.LIT:
                _dot(canvas, *((x, y + 1) if abs(across) >= abs(down) else (x + 1, y)))
        travelled += steps


def _fill(canvas: _Canvas, corner: Point, width: float, height: float, *, ink: bool) -> None:
    for x in range(round(corner.x * canvas.scale), round((corner.x + width) * canvas.scale) + 1):
        for y in range(round(corner.y * canvas.scale), round((corner.y + height) * canvas.scale) + 1):
            if ink:
                _dot(canvas, x, y)
            else:
                canvas.dots.discard((x, y))


def _dot(canvas: _Canvas, x: int, y: int) -> None:
    if 0 <= x < canvas.columns * _ACROSS and 0 <= y < canvas.rows * _DOWN:
        canvas.dots.add((x, y))


def _write(canvas: _Canvas, label: Label, text: str) -> bool:
    """Writes a label at its place or near it; False where there is no room."""
    width = sum(_cells(character) for character in text)
    centre = _home(canvas, label)
    column = round(centre.x * canvas.scale / _ACROSS - width / 2)
    row = round(centre.y * canvas.scale / _DOWN - 0.5)
    places = [
        (cost + _covered(canvas, row + down, column + right, width), row + down, column + right)
        for cost, down, right in _steps(width)
        if _is_free(canvas, row + down, column + right, width)
    ]
    if not places:
        return False
    _, row, column = min(places)
    for character in text:
        if not _cells(character):
            # A mark over a letter stands in the letter's own cell.
            canvas.cells[row, column - 1] += character
            continue
        canvas.cells[row, column] = character
        if _cells(character) > 1:
            canvas.cells[row, column + 1] = ""
        column += _cells(character)
    return True


def _home(canvas: _Canvas, label: Label) -> Point:
    """Where a label stands best; two halves of a disc are too narrow for letters and become two rows."""
    area = label.area
    centre = Point((area.left + area.right) / 2, (area.top + area.bottom) / 2)
    for disc in canvas.discs:
        right = centre.x - disc.centre.x
        if not label.halo and hypot(right, centre.y - disc.centre.y) < disc.radius:
            row = _DOWN / canvas.scale
            return Point(disc.centre.x, centre.y + (0 if abs(right) < 1 else row / 2 if right > 0 else -row / 2))
    return centre


def _steps(width: int) -> Iterator[tuple[float, int, int]]:
    """Steps aside, with what each costs: a row is as high as two columns are wide."""
    # A long label may go as far as its own half: it still touches the place where it belongs.
    farthest = max(_FARTHEST_CELLS, width // 2)
    for down in range(-_FARTHEST_ROWS, _FARTHEST_ROWS + 1):
        for right in range(-farthest, farthest + 1):
            yield hypot(2 * down, right), down, right


def _covered(canvas: _Canvas, row: int, column: int, width: int) -> float:
    """What the dots cost that a label would hide."""
    return 0.5 * sum(
        any(
            (x, y) in canvas.dots
            for x in range(cell * _ACROSS, (cell + 1) * _ACROSS)
            for y in range(row * _DOWN, (row + 1) * _DOWN)
        )
        for cell in range(column, column + width)
    )


def _is_free(canvas: _Canvas, row: int, column: int, width: int) -> bool:
    """Whether a label has room: inside the drawing, and a blank between it and its neighbours."""
    if not (0 <= row < canvas.rows and column >= 0 and column + width <= canvas.columns):
        return False
    return not any((row, cell) in canvas.cells for cell in range(column - 1, column + width + 1))


def _lines(canvas: _Canvas) -> Iterator[str]:
    bits: dict[tuple[int, int], int] = {}
    for x, y in canvas.dots:
        cell = y // _DOWN, x // _ACROSS
        bits[cell] = bits.get(cell, 0) | _BITS[x % _ACROSS][y % _DOWN]
    for row in range(canvas.rows):
        line = ""
        for column in range(canvas.columns):
            dots = bits.get((row, column), 0)
            line += canvas.cells.get((row, column), chr(_BLANK + dots) if dots else " ")
        yield line.rstrip()


def _cells(character: str) -> int:
    """How many cells of a terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _printable(text: str) -> str:
    """Words without what could move a terminal's cursor or change its colours."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _shorten(text: str, columns: int) -> str:
    if sum(_cells(character) for character in text) <= columns:
        return text
    kept, width = "", 1
    for character in text:
        width += _cells(character)
        if width > columns:
            break
        kept += character
    return kept + "…"
