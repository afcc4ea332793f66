"""Time against weights as an SVG with logarithmic axes, on white paper: readable on a light and on a dark page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from growth_networks import Family
from growth_report import Results
from growth_ways import Way
from processes import Ending

WIDTH, HEIGHT = 720, 430
LEFT, RIGHT, TOP, BOTTOM = 62, 150, 20, 48
DECADES = ((0, "1"), (1, "10"), (2, "100"), (3, "1,000"), (4, "10,000"), (5, "100,000"))
INK = "#333"
NAME_WIDTH, NAME_HEIGHT = 80, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a way is drawn. The marks differ as well as the colours."""

    colour: str
    width: float
    dashes: str
    mark: str


STYLES = {
    Way.PLAIN: Style(colour="#b3261e", width=1.5, dashes="", mark="M0 -4.5L4.5 3.5L-4.5 3.5Z"),
    Way.XREPLACE: Style(colour="#b3261e", width=1.2, dashes="4 3", mark="M0 4.5L4.5 -3.5L-4.5 -3.5Z"),
    Way.HANDCALCS: Style(colour="#7a5c00", width=1.5, dashes="", mark="M-3.5 -3.5H3.5V3.5H-3.5Z"),
    Way.OURS: Style(colour="#0067a5", width=2.2, dashes="", mark="M-4 0A4 4 0 1 0 4 0A4 4 0 1 0 -4 0Z"),
    Way.BRIEF: Style(colour="#0067a5", width=1.5, dashes="", mark="M0 -5L5 0L0 5L-5 0Z"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A network's weights and a way's seconds; a way that was stopped has taken longer than that."""

    weights: int
    seconds: float
    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """From logarithms of weights and seconds to places on the paper."""

    x_from: float
    x_to: float
    y_from: float
    y_to: float

    def x(self, weights: float) -> float:
        """Return how far to the right."""
        share = (math.log10(weights) - self.x_from) / (self.x_to - self.x_from)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, seconds: float) -> float:
        """Return how far down."""
        share = (math.log10(seconds) - self.y_from) / (self.y_to - self.y_from)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def draw(results: Results, limit: float) -> str:
    """Draw the family of width. Raises ValueError if none of its networks was measured."""
    curves = {way: points for way in STYLES if (points := _points(results, way))}
    everything = [point for points in curves.values() for point in points]
    if not everything:
        raise ValueError("expected measured networks of the family of width to draw, found none")
    imports = [timing.median for it in results.values() if (timing := it.timing(Way.IMPORT)) is not None]
    seconds = [point.seconds for point in everything] + imports
    weights = [point.weights for point in everything]
    axes = Axes(
        x_from=math.log10(min(weights)) - 0.15,
        x_to=math.log10(max(weights)) + 0.15,
        y_from=math.floor(math.log10(min(seconds))),
        y_to=math.log10(max(seconds)) + 0.2,
    )
    parts = [*_frame(axes, limit)]
    if imports:
        parts += _import_line(axes, sorted(imports)[len(imports) // 2])
    for way, points in curves.items():
        parts += _curve(axes, way, points)
    parts += _names(axes, curves)
    described = "Seconds of a whole process against the number of weights, both logarithmic."
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    font = 'font-family="Helvetica, Arial, sans-serif" font-size="12"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {font}>',
            f"<title>{described}</title>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#fff"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def _points(results: Results, way: Way) -> list[Point]:
    points = []
    for measured in results.values():
        if Family.WIDTH not in measured.shape.families or measured.ending(way) in {None, Ending.FAILED}:
            continue
        timing = measured.timing(way)
        seconds = measured.runs[way][-1].seconds if timing is None else timing.median
        points.append(Point(weights=measured.shape.weights, seconds=seconds, stopped=timing is None))
    return points


def _frame(axes: Axes, limit: float) -> Iterator[str]:
    right, floor = WIDTH - RIGHT, HEIGHT - BOTTOM
    for power, label in ((-1, "0.1"), (-2, "0.01"), *DECADES):
        if axes.y_from <= power <= axes.y_to:
            y = axes.y(10.0**power)
            yield f'<path d="M{LEFT} {y}H{right}" stroke="#ddd"/>'
            yield _text(LEFT - 8, y + 4, label, "end")
        if axes.x_from <= power <= axes.x_to:
            x = axes.x(10.0**power)
            yield f'<path d="M{x} {TOP}V{floor}" stroke="#ddd"/>'
            yield _text(x, floor + 18, label, "middle")
    yield f'<path d="M{LEFT} {TOP}V{floor}H{right}" fill="none" stroke="{INK}"/>'
    if math.log10(limit) <= axes.y_to:
        yield f'<path d="M{LEFT} {axes.y(limit)}H{right}" stroke="{INK}" stroke-dasharray="1 4"/>'
        yield _text(LEFT + 6, axes.y(limit) - 6, f"stopped at {limit:g} s", "start")
    yield _text((LEFT + right) / 2, HEIGHT - 10, "weights", "middle")
    yield f'<g transform="translate(18 {(TOP + floor) / 2}) rotate(-90)">{_text(0, 0, "seconds", "middle")}</g>'


def _import_line(axes: Axes, seconds: float) -> Iterator[str]:
    y = axes.y(seconds)
    yield f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#777" stroke-dasharray="6 4"/>'
    yield _text(WIDTH - RIGHT + 6, y + 4, Way.IMPORT.value, "start", "#666")


def _curve(axes: Axes, way: Way, points: list[Point]) -> Iterator[str]:
    style = STYLES[way]
    places = [(axes.x(point.weights), axes.y(point.seconds)) for point in points]
    dashes = f' stroke-dasharray="{style.dashes}"' if style.dashes else ""
    path = "L".join(f"{x} {y}" for x, y in places)
    yield f'<path d="M{path}" fill="none" stroke="{style.colour}" stroke-width="{style.width}"{dashes}/>'
    for (x, y), point in zip(places, points, strict=True):
        # Hollow: it was stopped there, and would have taken longer.
        fill = "#fff" if point.stopped else style.colour
        yield (
            f'<path d="{style.mark}" transform="translate({x} {y})" fill="{fill}" stroke="{style.colour}" '
            f'stroke-width="1.2"/>'
        )


def _names(axes: Axes, curves: Mapping[Way, Sequence[Point]]) -> Iterator[str]:
    """Write each way's name at the end of its curve, further down where another name is in the way."""
    written: list[tuple[float, float]] = []
    ends = [(axes.x(points[-1].weights), axes.y(points[-1].seconds), way) for way, points in curves.items()]
    for x, end, way in sorted(ends, key=lambda it: it[1]):
        # What was stopped ends on the line of the limit: its name goes above that line.
        y = end - 6 if curves[way][-1].stopped else end + 4
        for other_x, other_y in written:
            if abs(x - other_x) < NAME_WIDTH and y - other_y < NAME_HEIGHT:
                y = other_y + NAME_HEIGHT
        written.append((x, y))
        yield _text(x + 9, y, way.value, "start", STYLES[way].colour)


def _text(x: float, y: float, words: str, anchor: str, colour: str = INK) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
