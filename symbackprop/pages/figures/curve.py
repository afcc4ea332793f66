"""The drawing of a curve: two axes with ticks, the line, and points that stand out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from fractions import Fraction
from itertools import groupby, pairwise
from math import ceil, floor, log10

from symbackprop.pages.figures.placing import Board, Candidate, Line
from symbackprop.pages.figures.shapes import (
    Anchor,
    Disc,
    Drawing,
    Label,
    Point,
    Polyline,
    Segment,
    Shape,
    Tone,
    area,
    crop,
    extent,
    point,
)
from symbackprop.records import record
from symbackprop.typeset.layout import Layout, Number, Script

_SIZE = 8.0
_TICKS = 6
_DECADES = 8
_LIMIT = 1e300
_HAIR = Fraction(1, 10**6)
# Values that differ less, relatively, are drawn as one.
_LEAST_SPREAD = 1e-9
# Values closer than this would be a flat line between powers of ten; still closer ones may be one.
_NARROW = 1.5
_LEAST_SHOWN = 1e-6
_DIRECTIONS = ((1, 1), (0, 1), (1, 0), (-1, -1), (0, -1), (-1, 0), (1, -1), (-1, 1))


class Scale(Enum):
    """How an axis turns numbers into places."""

    LINEAR = "linear"
    LOG = "log"
    """Powers of ten at equal distances; what isn't positive has no place and is left out."""
    LOG_FROM_ZERO = "log from zero"
    """For counted rounds: log(1 + x), so 0 is at the origin, and powers of ten soon at equal distances."""


@record(kw_only=True)
class Mark:
    """A point of a curve that stands out, with what is written beside it."""

    x: float
    y: float
    label: Layout | str


@record(kw_only=True)
class _Axis:
    scale: Scale
    low: float
    high: float
    start: float
    """The beginning as the scale projects it."""
    unit: float
    length: float

    def place(self, value: float) -> float:
        """How far from the axis's beginning a value stands."""
        return (_project(value, self.scale) - self.start) * self.unit


def draw_curve(
    *,
    points: Sequence[tuple[float, float]],
    description: str,
    x_title: Layout | str,
    y_title: Layout | str,
    x_scale: Scale = Scale.LOG_FROM_ZERO,
    y_scale: Scale = Scale.LOG,
    marks: Sequence[Mark] = (),
    width: float = 380.0,
    height: float = 200.0,
) -> Drawing:
    """A curve through points in the order of their x; `width` and `height` are the lengths of the axes.

    Points that are not finite or have no place on a logarithmic axis are left out; without any point there
    are only the axes. Of points that share a unit of the axis only the extremes are kept.
    """
    shown = [it for it in points if _is_placeable(it[0], x_scale) and _is_placeable(it[1], y_scale)]
    x_axis = _fit_axis([x for x, _ in shown], x_scale, width, tight=True)
    y_axis = _fit_axis([y for _, y in shown], y_scale, height, tight=False)
    grid, names = _draw_axes(x_axis, y_axis)
    top, left = -height - 4, min(area(name).left for name in names)
    below = max(area(name).bottom for name in names) + 4
    axes: list[Shape] = [
        *grid,
        Segment(start=point(0, 0), end=point(width, 0)),
        Segment(start=point(0, 0), end=point(0, top)),
        *names,
        Label(content=y_title, at=point(left, top - 11), anchor=Anchor.WEST, size=_SIZE),
        Label(content=x_title, at=point(width / 2, below), anchor=Anchor.NORTH, size=_SIZE),
    ]
    line = _thin([point(x_axis.place(x), -y_axis.place(y)) for x, y in shown])
    if len(line) > 1:
        axes.append(Polyline(points=line, tone=Tone.LIT))
    placeable = [mark for mark in marks if _is_placeable(mark.x, x_scale) and _is_placeable(mark.y, y_scale)]
    spots = [point(x_axis.place(mark.x), -y_axis.place(mark.y)) for mark in placeable]
    axes += [Disc(centre=spot, radius=2.4, tone=Tone.LIT, solid=True) for spot in spots]
    return crop((*axes, *_write_marks(placeable, spots, axes, line, width)), description)


def _draw_axes(x_axis: _Axis, y_axis: _Axis) -> tuple[list[Shape], list[Label]]:
    """The ticks with a faint line for each of the upright axis's, and what is written at them."""
    lines: list[Shape] = []
    names: list[Label] = []
    for value, name in _ticks(y_axis):
        y = -y_axis.place(value)
        if y < -1:
            lines.append(Segment(start=point(0, y), end=point(x_axis.length, y), tone=Tone.FADED))
        lines.append(Segment(start=point(-3, y), end=point(0, y)))
        names.append(Label(content=name, at=point(-5, y), anchor=Anchor.EAST, size=_SIZE))
    for value, name in _ticks(x_axis):
        x = x_axis.place(value)
        lines.append(Segment(start=point(x, 0), end=point(x, 3)))
        names.append(Label(content=name, at=point(x, 6), anchor=Anchor.NORTH, size=_SIZE))
    return lines, names


def _write_marks(
    marks: Sequence[Mark], spots: Sequence[Point], axes: Sequence[Shape], line: Sequence[Point], width: float
) -> list[Label]:
    board = Board(
        left=2.0,
        right=width + 8,
        taken=[area(shape) for shape in axes if isinstance(shape, Label | Disc)],
        lines=[Line(start=start, end=end, weight=1.0) for start, end in pairwise(line)],
    )
    labels = []
    for mark, spot in zip(marks, spots, strict=True):
        across, above, below = extent(mark.label, _SIZE)
        tall = above + below
        candidates = [
            Candidate(
                centre=Point(spot.x + right * (across / 2 + 6 + 6 * away), spot.y - up * (tall / 2 + 4 + 6 * away)),
                cost=2.0 * away + rank / 4,
            )
            for away in range(8)
            for rank, (right, up) in enumerate(_DIRECTIONS)
        ]
        place = board.settle(candidates, across + 2, tall + 2)
        if place is not None:
            labels.append(Label(content=mark.label, at=point(*place), size=_SIZE, halo=True))
    return labels


def _thin(points: Sequence[Point]) -> tuple[Point, ...]:
    """Of all points above one unit of the axis the first, the lowest, the highest and the last."""
    kept: list[Point] = []
    for _, group in groupby(points, key=lambda it: floor(it.x)):
        column = list(group)
        places = {0, len(column) - 1}
        places |= {pick(range(len(column)), key=lambda i: column[i].y) for pick in (min, max)}
        kept += [column[i] for i in sorted(places)]
    return tuple(kept)


def _is_placeable(value: float, scale: Scale) -> bool:
    match scale:
        case Scale.LINEAR:
            return abs(value) < _LIMIT
        case Scale.LOG:
            return 1 / _LIMIT < value < _LIMIT
        case Scale.LOG_FROM_ZERO:
            return 0 <= value < _LIMIT


def _project(value: float, scale: Scale) -> float:
    match scale:
        case Scale.LINEAR:
            return value
        case Scale.LOG:
            return log10(value)
        case Scale.LOG_FROM_ZERO:
            return log10(1 + value)


def _fit_axis(values: Sequence[float], scale: Scale, length: float, *, tight: bool) -> _Axis:
    """The axis that shows all values; one that isn't tight begins and ends at a tick."""
    low, high = (min(values), max(values)) if values else (0.0, 0.0) if scale is not Scale.LOG else (0.1, 1.0)
    match scale:
        case Scale.LINEAR:
            if 0 <= low <= high / 2:
                low = 0.0
            size = max(abs(low), abs(high))
            if high - low <= max(_LEAST_SPREAD * size, 1 / _LIMIT):
                middle, half = (low + high) / 2, size / 2 if size > 1 / _LIMIT else 0.5
                low, high = middle - half, middle + half
            if not tight:
                low, high = _even_ends(low, high)
        case Scale.LOG:
            if not tight and low * (1 + _LEAST_SHOWN) < high < low * _NARROW:
                low, high = _even_ends(low, high)
            elif not tight or low == high:
                bottom, top = floor(log10(low)), ceil(log10(high))
                low, high = 10.0**bottom, 10.0 ** max(top, bottom + 1)
        case Scale.LOG_FROM_ZERO:
            low, high = 0.0, max(high, 1.0)
    start = _project(low, scale)
    unit = length / (_project(high, scale) - start)
    return _Axis(scale=scale, low=low, high=high, start=start, unit=unit, length=length)


def _even_ends(low: float, high: float) -> tuple[float, float]:
    """The ticks at which an axis with even ticks begins and ends."""
    step = _step(low, high)
    return float(floor(low / step) * step), float(ceil(high / step) * step)


def _ticks(axis: _Axis) -> list[tuple[float, Layout]]:
    """An axis's ticks: places that are easily said, about half a dozen of them."""
    low, high = Fraction(axis.low), Fraction(axis.high)
    values: list[Fraction] = []
    match axis.scale:
        case Scale.LINEAR:
            values = _even_ticks(low, high)
        case Scale.LOG:
            values = _decade_ticks(axis.low, axis.high)
        case Scale.LOG_FROM_ZERO:
            values = [Fraction(0), *_decade_ticks(1.0, axis.high)]
    if len(values) <= 1:
        values = _even_ticks(low, high)
    spelt_out = all(value == 0 or Fraction(1, 1000) <= abs(value) < 10**5 for value in values)
    decimals = max((_decimals(value) for value in values), default=0)
    return [(float(value), _name(value, decimals if spelt_out else None)) for value in values]


def _even_ticks(low: Fraction, high: Fraction) -> list[Fraction]:
    step = _step(float(low), float(high))
    # The ends went through floating point: a tick that is meant to be at one of them may lie beside it.
    return [i * step for i in range(ceil(low / step - _HAIR), floor(high / step + _HAIR) + 1)]


def _decade_ticks(low: float, high: float) -> list[Fraction]:
    """The powers of ten, some of them if there are many, and their doubles and halves if there are few."""
    # A power of ten that was rounded down on its way here is still meant to be on the axis.
    bottom, top = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    step = (top - bottom) // _DECADES + 1
    if top - bottom > 1:
        return [Fraction(10) ** k for k in range(bottom, top + 1, step)]
    between = [m * Fraction(10) ** k for k in range(bottom - 1, top + 1) for m in (1, 2, 5)]
    return [value for value in between if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]


def _step(low: float, high: float) -> Fraction:
    """The distance of ticks, 1, 2 or 5 times a power of ten, that gives about half a dozen of them."""
    raw = high / _TICKS - low / _TICKS
    power = Fraction(10) ** floor(log10(raw))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= raw * (1 - 1e-9))


def _decimals(value: Fraction) -> int:
    return next(n for n in range(400) if (value * 10**n).denominator == 1)


def _name(value: Fraction, decimals: int | None) -> Layout:
    """A tick's number, with as many decimals as its axis needs, or as a power of ten."""
    if decimals is not None:
        return Number(f"{float(value):.{decimals}f}")
    if value in (0, 1, 10):
        return Number(str(value))
    power = floor(log10(abs(value)) + 1e-9)
    mantissa = value / Fraction(10) ** power
    if mantissa == 1:
        return Script(Number("10"), sup=Number(str(power)))
    return Number(f"{float(mantissa):g}e{power}")
