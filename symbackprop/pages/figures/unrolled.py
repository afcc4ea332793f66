"""The drawing of a recurrent network over time: a column for each time step, rows of nodes from the inputs upwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symbackprop.pages.figures.looks import MARGIN, Look, drawn_together, require_known, written
from symbackprop.pages.figures.nodes import Style, clip, draw_node, fit_style
from symbackprop.pages.figures.parts import Edge, Factor, Node, NodeShape, Spot
from symbackprop.pages.figures.shapes import (
    MAX_WIDTH,
    Disc,
    Drawing,
    Point,
    Rect,
    Segment,
    Shape,
    Tone,
    area,
    extent,
    point,
)
from symbackprop.pages.figures.wires import Wire, write_labels
from symbackprop.records import record

_WIDEST_GAP = 110.0
# Neurons of a layer that feeds itself stand aslant, so that no arrow to the next step runs through a neighbour.
_STEP_RIGHT, _STEP_UP = 2.3, 1.6

# Type size and additional room between the rows, tried in this order until every label has found a place.
_ATTEMPTS = ((8.0, 0.0), (8.0, 16.0), (7.0, 10.0), (7.0, 30.0), (6.0, 20.0), (6.0, 40.0), (5.0, 40.0), (5.0, 60.0))

_BEFORE_THE_CROSSING = 0.35

# Height is scarce: these are just large enough for a name with its time step.
_LEAST_RADIUS = {NodeShape.INPUT: 11.0, NodeShape.NEURON: 11.0}

Column = Sequence[Sequence[Node]]
"""The nodes of one time step, row by row from the bottom; a row may be empty."""


@record(kw_only=True)
class _Frame:
    style: Style
    centres: dict[str, Point]
    dots: tuple[Shape, ...]
    gap: float


def draw_unrolled(
    *,
    columns: Sequence[Column | None],
    edges: Sequence[Edge],
    description: str,
    slanted: frozenset[int],
    top: Node | None = None,
    lit: frozenset[Spot] = frozenset(),
    factors: Sequence[Factor] = (),
) -> Drawing:
    """A network unrolled over time, at most 440 points wide.

    Dots stand for a column that is None. Rows whose number is in `slanted` are those of recurrent layers; `top`
    stands over everything. Tones, labels and factors are as in `draw_network`.
    """
    look = Look(description=description, lit=lit, factors=tuple(factors))
    (drawing,) = draw_unrolled_looks(columns=columns, edges=edges, slanted=slanted, top=top, looks=(look,))
    return drawing


def draw_unrolled_looks(
    *,
    columns: Sequence[Column | None],
    edges: Sequence[Edge],
    slanted: frozenset[int],
    top: Node | None = None,
    looks: Sequence[Look],
) -> tuple[Drawing, ...]:
    """Several drawings of one unrolled network in which everything stands at the same place."""
    nodes = [node for column in columns for row in column or () for node in row] + ([top] if top else [])
    require_known([node.key for node in nodes], edges, looks)
    all_edges, all_factors = written(edges, looks)

    def draw(size: float, slack: float) -> Iterator[tuple[int, tuple[Shape, ...]]]:
        frame = _build_frame(columns, all_edges, all_factors, slanted, top, size=size, slack=slack)
        for look in looks:
            yield _draw(nodes, frame, look.labelled(all_edges), look)

    return drawn_together(_ATTEMPTS, looks, draw)


def _draw(nodes: Sequence[Node], frame: _Frame, edges: Sequence[Edge], look: Look) -> tuple[int, tuple[Shape, ...]]:
    """One attempt: how many labels found no place, and the shapes."""
    by_key = {node.key: node for node in nodes}

    def tone(spot: Spot) -> Tone:
        return Tone.PLAIN if not look.lit else Tone.LIT if spot in look.lit else Tone.FADED

    def wire(edge: Edge) -> Wire:
        source, target = frame.centres[edge.source], frame.centres[edge.target]
        return Wire(
            edge=edge,
            source=source,
            target=target,
            start=clip(by_key[edge.source], frame.style, source, target),
            end=clip(by_key[edge.target], frame.style, target, source),
            tone=tone((edge.source, edge.target)),
            # The arrows of a recurrent layer cross each other half-way.
            label_at=_BEFORE_THE_CROSSING if abs(target.x - source.x) > abs(target.y - source.y) else None,
        )

    wires = [wire(edge) for edge in edges]
    drawn = [draw_node(node, frame.style, frame.centres[node.key], tone(node.key)) for node in nodes]
    taken = {node.key: _hull([area(shape) for shape in shapes]) for node, shapes in zip(nodes, drawn, strict=True)}
    taken |= {f"dots {number}": area(dot) for number, dot in enumerate(frame.dots)}
    missing, labels = write_labels(wires, look.factors, taken, size=frame.style.size, pitch=frame.gap, tone=tone)
    order = [Tone.FADED, Tone.PLAIN, Tone.LIT]
    wires.sort(key=lambda it: order.index(it.tone))
    lines = [
        Segment(start=point(*it.start), end=point(*it.end), tone=it.tone, arrow=True, about=it.about) for it in wires
    ]
    return missing, (*lines, *frame.dots, *(shape for shapes in drawn for shape in shapes), *labels)


def _build_frame(
    columns: Sequence[Column | None],
    edges: Sequence[Edge],
    factors: Sequence[Factor],
    slanted: frozenset[int],
    top: Node | None,
    *,
    size: float,
    slack: float,
) -> _Frame:
    nodes = [node for column in columns for row in column or () for node in row] + ([top] if top else [])
    style = fit_style(nodes, size, sideways=False, least=_LEAST_RADIUS)
    rows = _rows(columns)
    extents = [_extent([node for column in columns for node in _row(column, row)], style) for row in range(rows)]
    gaps = [gap + slack for gap in _gaps(columns, edges, factors, size)]
    heights = [_rise(columns, row, extents[row], slanted) for row in range(rows)]
    floors = [0.0]
    for row in range(1, rows):
        floors.append(floors[-1] - heights[row - 1] + extents[row - 1].top - gaps[row - 1] - extents[row].bottom)
    spread = [_spread(columns, row, extents[row], slanted, size) for row in range(rows)]
    labels = [edge.label for edge in edges if edge.label is not None] + [factor.label for factor in factors]
    needed = max((extent(label, size)[0] for label in labels), default=0.0) + 4.0 * size
    centres: dict[str, Point] = {}
    dots: list[Shape] = []
    for x, column in zip(_places(columns, spread, extents, needed), columns, strict=True):
        if column is None:
            dots += [_dot(x + shift, floors[row]) for row in sorted(slanted) for shift in (-6, 0, 6)]
            continue
        for row, within in enumerate(column):
            for index, node in enumerate(within):
                up = index * _lift(extents[row]) if row in slanted else 0.0
                centres[node.key] = point(x + (index - (len(within) - 1) / 2) * spread[row], floors[row] - up)
    if top is not None:
        own = _extent([top], style)
        y = floors[-1] - heights[-1] + extents[-1].top - gaps[-1] - own.bottom
        last_row = [centres[node.key].x for column in columns for node in _row(column, rows - 1)]
        centres[top.key] = point((min(last_row) + max(last_row)) / 2, y)
    return _Frame(style=style, centres=centres, dots=tuple(dots), gap=max(gaps))


def _rows(columns: Sequence[Column | None]) -> int:
    return max((len(column) for column in columns if column is not None), default=0)


def _row(column: Column | None, row: int) -> Sequence[Node]:
    return column[row] if column is not None and row < len(column) else ()


def _most(columns: Sequence[Column | None], row: int) -> int:
    return max(len(_row(column, row)) for column in columns)


def _lift(extent_: Rect) -> float:
    """How much higher each neuron of a slanted row stands than the one to its left."""
    return _STEP_UP * (extent_.bottom - extent_.top) / 2


def _rise(columns: Sequence[Column | None], row: int, extent_: Rect, slanted: frozenset[int]) -> float:
    return (_most(columns, row) - 1) * _lift(extent_) if row in slanted else 0.0


def _spread(columns: Sequence[Column | None], row: int, extent_: Rect, slanted: frozenset[int], size: float) -> float:
    width = extent_.right - extent_.left
    if _most(columns, row) == 1:
        return 0.0
    return _STEP_RIGHT * width / 2 if row in slanted else width + 1.5 * size


def _gaps(
    columns: Sequence[Column | None], edges: Sequence[Edge], factors: Sequence[Factor], size: float
) -> list[float]:
    """The room above each row: more where something is written on the arrows that lead through it."""
    row_of = {node.key: row for column in columns for row, nodes in enumerate(column or ()) for node in nodes}
    rows = _rows(columns)
    tallest = [0.0] * rows
    written = [((edge.source, edge.target), edge.label) for edge in edges if edge.label is not None]
    for spot, label in (*written, *((it.at, it.label) for it in factors if not isinstance(it.at, str))):
        # What leads over the last row has no row of its own.
        for row in range(row_of.get(spot[0], rows), row_of.get(spot[1], rows)):
            tallest[row] = max(tallest[row], sum(extent(label, size)[1:]))
    return [max(3.0 * size, 2.2 * tall) if tall else 1.5 * size for tall in tallest]


def _places(
    columns: Sequence[Column | None],
    spread: Sequence[float],
    extents: Sequence[Rect],
    needed: float,
) -> Iterator[float]:
    """The columns' centres: at least as far apart as `needed`, and as far as there is room and looks well."""
    widths = [_width(column, spread, extents) for column in columns]
    room = (MAX_WIDTH - 2 * MARGIN - sum(widths)) / max(1, len(widths) - 1)
    gap = max(needed, min(_WIDEST_GAP, room))
    place = 0.0
    yield place
    for left, right in pairwise(widths):
        place += left / 2 + gap + right / 2
        yield place


def _width(column: Column | None, spread: Sequence[float], extents: Sequence[Rect]) -> float:
    if column is None:
        return 14.0
    taken = [
        (len(row) - 1) * spread[number] + extents[number].right - extents[number].left
        for number, row in enumerate(column)
        if row
    ]
    return max(taken, default=0.0)


def _extent(nodes: Sequence[Node], style: Style) -> Rect:
    """The area that the largest of some nodes takes around its centre."""
    areas = [area(shape) for node in nodes for shape in draw_node(node, style, Point(0, 0), Tone.PLAIN)]
    return _hull(areas) if areas else Rect(0, 0, 0, 0)


def _hull(areas: Sequence[Rect]) -> Rect:
    return Rect(
        min(rect.left for rect in areas),
        min(rect.top for rect in areas),
        max(rect.right for rect in areas),
        max(rect.bottom for rect in areas),
    )


def _dot(x: float, y: float) -> Disc:
    return Disc(centre=point(x, y), radius=1.1, solid=True)
