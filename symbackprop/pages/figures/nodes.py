"""How large a network's nodes are, and the shapes of which they consist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import hypot

from symbackprop.pages.figures.parts import Node, NodeShape
from symbackprop.pages.figures.shapes import (
    Anchor,
    Box,
    Disc,
    Label,
    Point,
    Rect,
    Segment,
    Shape,
    Tone,
    extent,
    point,
)
from symbackprop.records import record
from symbackprop.typeset.layout import Layout

_MAX_DETAIL = 66.0
_MAX_STACKED_RADIUS = 21.0
LEAST_RADIUS: Mapping[NodeShape, float] = {NodeShape.INPUT: 13.0, NodeShape.NEURON: 15.0, NodeShape.BIAS: 9.0}


@record(kw_only=True)
class Style:
    """The type size of a drawing, whether its split discs are split sideways, and its discs' radii."""

    size: float
    sideways: bool
    radii: dict[NodeShape, float]


def fit_style(
    nodes: Iterable[Node], size: float, *, sideways: bool, least: Mapping[NodeShape, float] = LEAST_RADIUS
) -> Style:
    """The style in which every disc of a shape is as large as the fullest of that shape needs, at least `least`."""
    radii: dict[NodeShape, float] = {}
    for node in nodes:
        if node.shape in least:
            needed = max(least[node.shape] * size / 8, _radius(node, size, sideways=sideways))
            radii[node.shape] = max(needed, radii.get(node.shape, 0.0))
    return Style(size=size, sideways=sideways, radii=radii)


def body(node: Node, style: Style, centre: Point) -> Rect:
    """The area of a node's outline, where its edges end."""
    radius = style.radii.get(node.shape)
    if radius is not None:
        return Rect(centre.x - radius, centre.y - radius, centre.x + radius, centre.y + radius)
    detail = _detail(node)
    width = max(_width(node.label, style.size), _width(detail, style.size)) + 1.1 * style.size
    height = style.size * (2.3 if detail is None else 3.7)
    return Rect(centre.x - width / 2, centre.y - height / 2, centre.x + width / 2, centre.y + height / 2)


def draw_node(node: Node, style: Style, centre: Point, tone: Tone) -> tuple[Shape, ...]:
    """A node's outline and its labels."""
    area = body(node, style, centre)
    radius = style.radii.get(node.shape, 0.0)
    detail = _detail(node)

    def write(content: Layout, right: float, down: float) -> Label:
        return Label(content=content, at=point(centre.x + right, centre.y + down), size=style.size, tone=tone)

    outline: Shape
    match node.shape:
        case NodeShape.INPUT | NodeShape.NEURON | NodeShape.BIAS:
            outline = Disc(centre=centre, radius=round(radius, 2), tone=tone, about=node.key)
        case NodeShape.ERROR | NodeShape.TOTAL | NodeShape.TARGET:
            outline = Box(
                corner=point(area.left, area.top),
                width=round(area.right - area.left, 2),
                height=round(area.bottom - area.top, 2),
                tone=tone,
                about=node.key,
            )
    match node.shape:
        case _ if detail is None:
            return outline, write(node.label, 0, 0)
        case NodeShape.NEURON if style.sideways:
            divider = Segment(start=point(centre.x, area.top), end=point(centre.x, area.bottom), tone=tone)
            shift = radius * 0.485
            return outline, divider, write(node.label, -shift, 0), write(detail, shift, 0)
        case NodeShape.NEURON:
            divider = Segment(start=point(area.left, centre.y), end=point(area.right, centre.y), tone=tone)
            shift = 0.62 * style.size + 0.5
            return outline, divider, write(node.label, 0, -shift), write(detail, 0, shift)
        case NodeShape.BIAS:
            return outline, write(node.label, 0, 0), _below(detail, style, centre, area, tone)
        case NodeShape.INPUT if not _stacks(node, style.size):
            return outline, write(node.label, 0, 0), _below(detail, style, centre, area, tone)
        case NodeShape.INPUT | NodeShape.ERROR | NodeShape.TOTAL:
            return outline, write(node.label, 0, -0.7 * style.size), write(detail, 0, 0.75 * style.size)
        case NodeShape.TARGET:
            return write(node.label, 0, -0.7 * style.size), write(detail, 0, 0.75 * style.size)


def clip(node: Node, style: Style, centre: Point, other: Point) -> Point:
    """Where the line from a node's centre to another point leaves the node."""
    across, down = other.x - centre.x, other.y - centre.y
    distance = hypot(across, down) or 1.0
    radius = style.radii.get(node.shape)
    if radius is not None:
        share = radius / distance
    else:
        area = body(node, style, centre)
        sideways = (area.right - area.left) / 2 / abs(across) if across else 1.0
        upwards = (area.bottom - area.top) / 2 / abs(down) if down else 1.0
        share = min(sideways, upwards)
    return Point(centre.x + share * across, centre.y + share * down)


def _below(detail: Layout, style: Style, centre: Point, area: Rect, tone: Tone) -> Label:
    at = point(centre.x, area.bottom + 2)
    return Label(content=detail, at=at, anchor=Anchor.NORTH, size=style.size, tone=tone)


def _radius(node: Node, size: float, *, sideways: bool) -> float:
    detail = _detail(node)
    label, other = _width(node.label, size), _width(detail, size)
    match node.shape:
        case NodeShape.NEURON if detail is not None and sideways:
            return max(label, other) + 0.8 * size
        case NodeShape.NEURON if detail is not None:
            return hypot(max(label, other) / 2 + 0.3 * size, 1.1 * size)
        case NodeShape.INPUT if detail is not None and _stacks(node, size):
            return hypot(max(label, other) / 2 + 0.5, 1.2 * size)
        case _:
            return hypot(label / 2 + 0.2 * size, 0.5 * size)


def _stacks(node: Node, size: float) -> bool:
    """Whether an input's detail has room inside its disc."""
    return hypot(_width(_detail(node), size) / 2 + 0.5, 1.2 * size) <= _MAX_STACKED_RADIUS


def _detail(node: Node) -> Layout | None:
    """A node's detail, unless it would push everything else aside: fifty decimals belong into a table."""
    return node.detail if _width(node.detail, 8.0) <= _MAX_DETAIL else None


def _width(content: Layout | None, size: float) -> float:
    return 0.0 if content is None else extent(content, size)[0]
