"""The drawing of a network: columns of nodes from the inputs to the error, arrows, and their labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symbackprop.pages.figures.looks import MARGIN, Look, drawn_together, require_known, written
from symbackprop.pages.figures.nodes import Style, clip, draw_node, fit_style
from symbackprop.pages.figures.parts import Edge, Factor, Node, NodeShape, Slots, Spot, abridge
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

_WIDEST_GAP = 100.0
_NARROWEST_GAP = 15.0
_SIDEWAYS_COLUMNS = 5
_MANY_LABELS = 12

# Type size and additional room between the rows, tried in this order until every label has found a place.
_ATTEMPTS = (
    (8.0, 0.0),
    (8.0, 14.0),
    (7.0, 6.0),
    (7.0, 20.0),
    (6.0, 14.0),
    (6.0, 30.0),
    (5.0, 30.0),
    (5.0, 50.0),
)


@record(kw_only=True)
class _Paper:
    """What an attempt has to do with: the type size, additional room between the rows, and the greatest width."""

    size: float
    slack: float
    widest: float


@record(kw_only=True)
class _Frame:
    """Where everything stands, before anything is written on the edges."""

    style: Style
    centres: dict[str, Point]
    dots: tuple[Shape, ...]
    pitch: float


def draw_network(
    *,
    columns: Sequence[Sequence[Node]],
    edges: Sequence[Edge],
    description: str,
    lit: frozenset[Spot] = frozenset(),
    factors: Sequence[Factor] = (),
    widest: float = MAX_WIDTH,
) -> Drawing:
    """A network as columns of nodes, at most `widest` points wide.

    Where `lit` names nodes and edges, these are LIT and all others FADED. A shared bias is the only BIAS of
    the column before the layer that it feeds; several BIAS nodes there stand under the neurons they feed.
    Columns of more than 6 nodes and networks of more than 8 columns are drawn with dots, and the edges and
    factors of what is left out are left out too. A label for which no place is free is left out as a last
    resort: up to 6 neurons in a layer, labels of up to about ten characters find theirs.
    """
    look = Look(description=description, lit=lit, factors=tuple(factors))
    (drawing,) = draw_network_looks(columns=columns, edges=edges, looks=(look,), widest=widest)
    return drawing


def draw_network_looks(
    *,
    columns: Sequence[Sequence[Node]],
    edges: Sequence[Edge],
    looks: Sequence[Look],
    widest: float = MAX_WIDTH,
) -> tuple[Drawing, ...]:
    """Several drawings of one network, as those of `draw_network`, in which everything stands at the same place.

    Only where there are dots, what is lit decides which nodes are drawn.
    """
    require_known([node.key for column in columns for node in column], edges, looks)
    all_edges, all_factors = written(edges, looks)
    sheets = [abridge(columns, all_edges, look.lit) for look in looks]

    def draw(size: float, slack: float) -> Iterator[tuple[int, tuple[Shape, ...]]]:
        paper = _Paper(size=size, slack=slack, widest=widest)
        frame: _Frame | None = None
        before: tuple[Slots | None, ...] = ()
        for look, (slots, drawn) in zip(looks, sheets, strict=True):
            if frame is None or slots != before:
                frame, before = _build_frame(slots, drawn, all_factors, paper), slots
            yield _draw(slots, frame, look.labelled(drawn), look)

    return drawn_together(_ATTEMPTS, looks, draw)


def _draw(
    slots: tuple[Slots | None, ...], frame: _Frame, edges: Sequence[Edge], look: Look
) -> tuple[int, tuple[Shape, ...]]:
    """One attempt: how many labels found no place, and the shapes."""
    nodes = [node for column in slots for node in column or () if node is not None]
    by_key = {node.key: node for node in nodes}

    def tone(spot: Spot) -> Tone:
        return Tone.PLAIN if not look.lit else Tone.LIT if spot in look.lit else Tone.FADED

    wires = []
    for edge in edges:
        source, target = frame.centres[edge.source], frame.centres[edge.target]
        wires.append(
            Wire(
                edge=edge,
                source=source,
                target=target,
                start=clip(by_key[edge.source], frame.style, source, target),
                end=clip(by_key[edge.target], frame.style, target, source),
                tone=tone((edge.source, edge.target)),
            )
        )
    drawn = [draw_node(node, frame.style, frame.centres[node.key], tone(node.key)) for node in nodes]
    taken = {node.key: _hull([area(shape) for shape in shapes]) for node, shapes in zip(nodes, drawn, strict=True)}
    taken |= {f"dots {i}": area(dot) for i, dot in enumerate(frame.dots)}
    missing, labels = write_labels(wires, look.factors, taken, size=frame.style.size, pitch=frame.pitch, tone=tone)
    order = [Tone.FADED, Tone.PLAIN, Tone.LIT]
    wires.sort(key=lambda wire: order.index(wire.tone))
    lines = [
        Segment(start=point(*it.start), end=point(*it.end), tone=it.tone, arrow=True, about=it.about) for it in wires
    ]
    return missing, (*lines, *frame.dots, *(shape for shapes in drawn for shape in shapes), *labels)


def _build_frame(
    slots: tuple[Slots | None, ...],
    edges: Sequence[Edge],
    factors: Sequence[Factor],
    paper: _Paper,
) -> _Frame:
    nodes = [node for column in slots for node in column or () if node is not None]
    style = fit_style(nodes, paper.size, sideways=len(slots) <= _SIDEWAYS_COLUMNS)
    extents = {node.key: _extent(node, style) for node in nodes}
    owners = _own_biases(slots, edges)
    pitch = (
        16.0
        + paper.slack
        + max(
            (extents[node.key].bottom - extents[node.key].top for node in nodes if node.shape is not NodeShape.BIAS),
            default=0.0,
        )
    )
    pitch += max((8.0 + extents[key].bottom - extents[key].top for key in owners), default=0.0)
    centres: dict[str, Point] = {}
    dots: list[Shape] = []
    for x, column in zip(_columns(slots, edges, factors, extents, paper), slots, strict=True):
        if column is None:
            dots += [_dot(x + shift, 0.0) for shift in (-5, 0, 5)]
            continue
        rows = [node for node in column if node is None or node.shape is not NodeShape.BIAS]
        shared = [node for node in column if node and node.shape is NodeShape.BIAS and node.key not in owners]
        for row, node in enumerate([*rows, *shared]):
            y = (row - (len(rows) - 1) / 2) * pitch
            if node is None:
                dots += [_dot(x, y + shift) for shift in (-5, 0, 5)]
            else:
                centres[node.key] = Point(x, y)
    for key, owner in owners.items():
        drop = extents[owner].bottom + 8.0 - extents[key].top
        centres[key] = Point(centres[owner].x, centres[owner].y + drop)
    rounded = {key: point(*centre) for key, centre in centres.items()}
    return _Frame(style=style, centres=rounded, dots=tuple(dots), pitch=pitch)


def _own_biases(slots: tuple[Slots | None, ...], edges: Sequence[Edge]) -> dict[str, str]:
    """The biases that stand under a neuron of their own, with that neuron."""
    fed = {edge.source: edge.target for edge in reversed(edges)}
    owners: dict[str, str] = {}
    for column in slots:
        biases = [node.key for node in column or () if node is not None and node.shape is NodeShape.BIAS]
        if len(biases) > 1:
            owners |= {key: fed[key] for key in biases}
    return owners


def _columns(
    slots: tuple[Slots | None, ...],
    edges: Sequence[Edge],
    factors: Sequence[Factor],
    extents: dict[str, Rect],
    paper: _Paper,
) -> list[float]:
    """The columns' centres: wide gaps where much is to be written, all within the greatest width."""
    place_of = {node.key: i for i, column in enumerate(slots) for node in column or () if node is not None}
    widths = [
        max(
            (extents[node.key].right - extents[node.key].left for node in column if node is not None),
            default=0.0,
        )
        if column is not None
        else 12.0
        for column in slots
    ]
    size = paper.size
    gaps = [3.0 * size] * (len(slots) - 1)
    widest = [_WIDEST_GAP / 2] * len(gaps)
    counts = [0] * len(gaps)
    written = [((edge.source, edge.target), edge.label) for edge in edges if edge.label is not None]
    for spot, label in (*written, *((factor.at, factor.label) for factor in factors)):
        gap = place_of.get(spot if isinstance(spot, str) else spot[0], len(gaps))
        if not isinstance(spot, str) and gap < len(gaps):
            counts[gap] += 1
            wide = extent(label, size)[0]
            gaps[gap] = max(gaps[gap], wide + 3.2 * size)
            widest[gap] = max(widest[gap], (_WIDEST_GAP + wide) * (1.0 if counts[gap] <= _MANY_LABELS else 1.5))
    for i, neighbours in enumerate(pairwise(slots)):
        if None in neighbours:
            widest[i] = 3.0 * size
    room = paper.widest - 2 * MARGIN - sum(widths)
    xs = [widths[0] / 2] if widths else []
    for share, (left, right) in zip(_share(room, gaps, widest), pairwise(widths), strict=True):
        xs.append(xs[-1] + left / 2 + share + right / 2)
    return xs


def _share(room: float, gaps: Sequence[float], widest: Sequence[float]) -> list[float]:
    """The room dealt out in proportion to what each gap needs, none wider than looks well."""
    shares = [0.0] * len(gaps)
    open_ = list(range(len(gaps)))
    while open_:
        stretch = room / sum(gaps[i] for i in open_)
        full = [i for i in open_ if gaps[i] * stretch >= widest[i]]
        for i in full or open_:
            shares[i] = max(_NARROWEST_GAP, min(widest[i], gaps[i] * stretch))
            room -= shares[i]
        open_ = [i for i in open_ if i not in full] if full else []
    return shares


def _extent(node: Node, style: Style) -> Rect:
    """The area of a node and its labels around its centre."""
    return _hull([area(shape) for shape in draw_node(node, style, Point(0, 0), Tone.PLAIN)])


def _hull(areas: Sequence[Rect]) -> Rect:
    return Rect(
        min(rect.left for rect in areas),
        min(rect.top for rect in areas),
        max(rect.right for rect in areas),
        max(rect.bottom for rect in areas),
    )


def _dot(x: float, y: float) -> Disc:
    return Disc(centre=point(x, y), radius=1.1, solid=True)
