"""Neutral drawings: shapes at coordinates, which templates print as TikZ or SVG and `canvas` as text.

The unit is the typographic point (one pixel in SVG); x grows to the right, y downwards. Nothing here knows
what it shows: a tone says how much a shape matters, and each format decides how that looks; `about` names what a shape
stands for, where a page wants to find it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from typing import ClassVar, NamedTuple

from symbackprop.records import record
from symbackprop.typeset.boxes import place, place_words
from symbackprop.typeset.layout import Layout, Number, Row

MAX_WIDTH = 440.0
"""No drawing is wider: it fits between the margins of an A4 page."""


class Tone(Enum):
    """How much a shape matters: LIT is thick and coloured, FADED thin and grey."""

    PLAIN = "plain"
    FADED = "faded"
    LIT = "lit"


class Anchor(Enum):
    """Which point of a label stands at its place: CENTRE, or the middle of one of its sides."""

    CENTRE = "center"
    NORTH = "north"
    SOUTH = "south"
    EAST = "east"
    WEST = "west"


class Point(NamedTuple):
    """A place in a drawing."""

    x: float
    y: float


class Rect(NamedTuple):
    """An area of a drawing, by its edges."""

    left: float
    top: float
    right: float
    bottom: float


@record(kw_only=True)
class Disc:
    """A circle; `solid` ones are filled with their ink, others with the paper, hiding what is behind them."""

    kind: ClassVar[str] = "disc"
    centre: Point
    radius: float
    tone: Tone = Tone.PLAIN
    solid: bool = False
    about: str = ""


@record(kw_only=True)
class Box:
    """A rectangle with rounded corners, filled with the paper."""

    kind: ClassVar[str] = "box"
    corner: Point
    width: float
    height: float
    tone: Tone = Tone.PLAIN
    about: str = ""


@record(kw_only=True)
class Segment:
    """A straight line, with an arrow head at its end if it has a direction."""

    kind: ClassVar[str] = "segment"
    start: Point
    end: Point
    tone: Tone = Tone.PLAIN
    arrow: bool = False
    about: str = ""


@record(kw_only=True)
class Polyline:
    """A line through points, in their order."""

    kind: ClassVar[str] = "polyline"
    points: tuple[Point, ...]
    tone: Tone = Tone.PLAIN


@record(kw_only=True)
class Label:
    """A formula or plain words at a place; `halo` puts paper behind it, so that lines don't cross it."""

    kind: ClassVar[str] = "label"
    content: Layout | str
    at: Point
    anchor: Anchor = Anchor.CENTRE
    size: float = 8.0
    tone: Tone = Tone.PLAIN
    halo: bool = False

    @property
    def figure_of(self) -> str:
        """The quantity whose figure ends the label, as in w5 = 0.4, if it is known."""
        last = self.content.parts[-1] if isinstance(self.content, Row) else self.content
        return last.of if isinstance(last, Number) else ""

    @property
    def area(self) -> Rect:
        """The estimated area that the label covers."""
        width, above, below = extent(self.content, self.size)
        left, top = _corner(self.anchor, self.at, width, above + below)
        return Rect(round(left, 2), round(top, 2), round(left + width, 2), round(top + above + below, 2))

    @property
    def origin(self) -> Point:
        """The left end of the label's baseline."""
        width, above, below = extent(self.content, self.size)
        left, top = _corner(self.anchor, self.at, width, above + below)
        return point(left, top + above)


Shape = Disc | Box | Segment | Polyline | Label


@record(kw_only=True)
class Drawing:
    """Shapes in the order in which they are drawn, and what they show in words, for who can't see them."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    description: str


def point(x: float, y: float) -> Point:
    """A point with coordinates of two decimals, so that drawings are the same on every machine."""
    return Point(round(x, 2) + 0.0, round(y, 2) + 0.0)


def write_numbers(drawing: Drawing, write: Callable[[str], str]) -> Drawing:
    """The drawing with the digits of its numbers written in another way, which takes as much room."""

    def written(shape: Shape) -> Shape:
        if isinstance(shape, Label) and isinstance(shape.content, Number):
            return replace(shape, content=Number(write(shape.content.digits)))
        return shape

    return replace(drawing, shapes=tuple(written(shape) for shape in drawing.shapes))


def extent(content: Layout | str, size: float) -> tuple[float, float, float]:
    """The estimated width of a label, and how far it reaches above and below its baseline."""
    box = place_words(content, size) if isinstance(content, str) else place(content, size)
    return box.width, box.above, box.below


def area(shape: Shape) -> Rect:
    """The smallest area that covers a shape."""
    match shape:
        case Disc(centre=(x, y), radius=radius):
            return Rect(x - radius, y - radius, x + radius, y + radius)
        case Box(corner=(x, y), width=width, height=height):
            return Rect(x, y, x + width, y + height)
        case Segment(start=start, end=end):
            return _hull((start, end))
        case Polyline(points=points):
            return _hull(points)
        case Label():
            return shape.area


def crop(shapes: tuple[Shape, ...], description: str, *, margin: float = 2.0) -> Drawing:
    """A drawing just large enough for its shapes, moved to begin at 0, 0, and shrunk if they are too wide."""
    (drawing,) = crop_together([shapes], [description], margin=margin)
    return drawing


def crop_together(
    pictures: Sequence[tuple[Shape, ...]], descriptions: Sequence[str], *, margin: float = 2.0
) -> tuple[Drawing, ...]:
    """Drawings that are all as large as the shapes of all of them need, so that one can take the place of another."""
    areas = [area(shape) for shapes in pictures for shape in shapes]
    left = min((rect.left for rect in areas), default=0.0) - margin
    top = min((rect.top for rect in areas), default=0.0) - margin
    right = max((rect.right for rect in areas), default=0.0) + margin
    bottom = max((rect.bottom for rect in areas), default=0.0) + margin
    scale = min(1.0, MAX_WIDTH / (right - left))
    return tuple(
        Drawing(
            width=round((right - left) * scale, 2),
            height=round((bottom - top) * scale, 2),
            shapes=tuple(_move(shape, -left, -top, scale) for shape in shapes),
            description=description,
        )
        for shapes, description in zip(pictures, descriptions, strict=True)
    )


def _corner(anchor: Anchor, at: Point, width: float, height: float) -> tuple[float, float]:
    match anchor:
        case Anchor.CENTRE:
            return at.x - width / 2, at.y - height / 2
        case Anchor.NORTH:
            return at.x - width / 2, at.y
        case Anchor.SOUTH:
            return at.x - width / 2, at.y - height
        case Anchor.EAST:
            return at.x - width, at.y - height / 2
        case Anchor.WEST:
            return at.x, at.y - height / 2


def _hull(points: tuple[Point, ...]) -> Rect:
    xs, ys = [p.x for p in points], [p.y for p in points]
    return Rect(min(xs), min(ys), max(xs), max(ys))


def _move(shape: Shape, right: float, down: float, scale: float) -> Shape:
    def moved(place: Point) -> Point:
        return point((place.x + right) * scale, (place.y + down) * scale)

    def scaled(length: float) -> float:
        return round(length * scale, 2)

    match shape:
        case Disc():
            return replace(shape, centre=moved(shape.centre), radius=scaled(shape.radius))
        case Box():
            width, height = scaled(shape.width), scaled(shape.height)
            return replace(shape, corner=moved(shape.corner), width=width, height=height)
        case Segment():
            return replace(shape, start=moved(shape.start), end=moved(shape.end))
        case Polyline():
            return replace(shape, points=tuple(moved(it) for it in shape.points))
        case Label():
            return replace(shape, at=moved(shape.at), size=scaled(shape.size))
