"""What is written along a network's arrows: weights on them, factors of the chain rule beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot

from symbackprop.pages.figures.parts import Edge, Factor, Spot
from symbackprop.pages.figures.placing import Board, Candidate, Line
from symbackprop.pages.figures.shapes import Label, Point, Rect, Tone, extent, point
from symbackprop.records import record
from symbackprop.typeset.layout import Layout

_AIR = 2.0
# How much farther than its best place a column of labels may stand before it isn't evenly spaced any more.
_BENT = 1.3
_FARTHEST = 0.76
_WEIGHT = {Tone.FADED: 0.2, Tone.PLAIN: 1.0, Tone.LIT: 8.0}


@record(kw_only=True)
class Wire:
    """An edge as it is drawn, from outline to outline."""

    edge: Edge
    source: Point
    """The centre of the node where it begins."""
    target: Point
    start: Point
    end: Point
    tone: Tone
    label_at: float | None = None
    """Which part of its way the wire has gone where its label stands best; None: as its neighbours' labels allow."""

    @property
    def about(self) -> str:
        """What its line stands for: the keys of the nodes at its ends."""
        return f"{self.edge.source}>{self.edge.target}"


def write_labels(
    wires: Sequence[Wire],
    factors: Sequence[Factor],
    bodies: dict[str, Rect],
    *,
    size: float,
    pitch: float,
    tone: Callable[[Spot], Tone],
) -> tuple[int, tuple[Label, ...]]:
    """The labels of edges and factors, each at a free place, and how many found none."""
    lines = {
        (wire.edge.source, wire.edge.target): Line(start=wire.start, end=wire.end, weight=_WEIGHT[wire.tone])
        for wire in wires
    }
    board = Board(
        left=min((rect.left for rect in bodies.values()), default=0.0),
        right=max((rect.right for rect in bodies.values()), default=0.0),
        taken=list(bodies.values()),
        lines=list(lines.values()),
    )
    wanted = (*_factor_labels(factors, lines, bodies, size, tone), *_wire_labels(wires, lines, size, pitch))
    places = [board.settle(it.candidates, *it.room, own=it.line) for it in wanted]
    labels = tuple(
        Label(content=it.content, at=point(*place), size=size, tone=it.tone, halo=True)
        for it, place in zip(wanted, places, strict=True)
        if place is not None
    )
    return places.count(None), labels


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A label that looks for a place: how much room it takes, and what it belongs to."""

    content: Layout
    room: tuple[float, float]
    line: Line | None
    tone: Tone
    candidates: Iterable[Candidate]


def _factor_labels(
    factors: Sequence[Factor],
    lines: Mapping[tuple[str, str], Line],
    bodies: Mapping[str, Rect],
    size: float,
    tone: Callable[[Spot], Tone],
) -> Iterator[_Wanted]:
    """The factors of what is drawn: around their node, or beside their arrow."""
    for factor in factors:
        width, above, below = extent(factor.label, size)
        height = above + below
        line: Line | None = None
        candidates: Iterable[Candidate]
        if isinstance(factor.at, str):
            if factor.at not in bodies:
                continue
            candidates = _around_node(bodies[factor.at], width, height)
        else:
            line = lines.get(factor.at)
            if line is None:
                continue
            candidates = (*_beside(line, width, height), *_upon(line))
        room = (width + 2 * _AIR, height + _AIR)
        yield _Wanted(content=factor.label, room=room, line=line, tone=tone(factor.at), candidates=candidates)


def _wire_labels(
    wires: Sequence[Wire], lines: Mapping[tuple[str, str], Line], size: float, pitch: float
) -> Iterator[_Wanted]:
    """The labels of the arrows themselves, those of lit ones first."""
    preferred = _stagger(wires, size=size, pitch=pitch)
    for wire in sorted(wires, key=lambda wire: wire.tone is not Tone.LIT):
        if wire.edge.label is None:
            continue
        spot = (wire.edge.source, wire.edge.target)
        width, above, below = extent(wire.edge.label, size)
        height = above + below
        candidates = (*_along(wire, preferred[spot]), *_beside(lines[spot], width, height, penalty=6.0))
        room = (width + _AIR, height + _AIR)
        yield _Wanted(content=wire.edge.label, room=room, line=lines[spot], tone=wire.tone, candidates=candidates)


def _stagger(wires: Sequence[Wire], *, size: float, pitch: float) -> dict[Spot, float]:
    """Which part of its way each wire has gone where its label stands best.

    At one (m + 1)th of the way from n equally spaced sources to m equally spaced targets all n * m wires are
    equally far from each other, so that their labels form one column. Where that would be too dense, each
    source has a column of its own.
    """
    columns: dict[int, list[Wire]] = {}
    for wire in wires:
        if wire.edge.label is not None:
            columns.setdefault(round(wire.target.x / 20), []).append(wire)
    parts: dict[Spot, float] = {}
    for column in columns.values():
        sources = list(dict.fromkeys(wire.edge.source for wire in column))
        ways = len({wire.edge.target for wire in column}) + 1
        least = max(_nearest(wire, size) for wire in column)
        fits = pitch / ways > 1.25 * size and least * ways < _BENT
        for wire in column:
            rank = sources.index(wire.edge.source) / max(1, len(sources) - 1)
            spot = (wire.edge.source, wire.edge.target)
            if wire.label_at is not None:
                parts[spot] = wire.label_at
            elif len(column) == 1:
                # The middle of a lit wire is where its factor stands.
                parts[spot] = min(0.5, least + 0.06) if wire.tone is Tone.LIT else 0.5
            elif fits or len(sources) == 1:
                parts[spot] = max(least, 1 / ways)
            else:
                parts[spot] = least + (_FARTHEST - least) * rank
    return parts


def _nearest(wire: Wire, size: float) -> float:
    """Which part of its way a wire must have gone before a label on it is clear of the source."""
    label = wire.edge.label
    width = 0.0 if label is None else extent(label, size)[0]
    needed = hypot(wire.start.x - wire.source.x, wire.start.y - wire.source.y) + width / 2 + 2 * _AIR
    return min(0.5, needed / (abs(wire.target.x - wire.source.x) or needed * 2))


def _along(wire: Wire, preferred: float) -> Iterator[Candidate]:
    """Places on a wire."""
    for step in range(-20, 21):
        part = preferred + step / 40
        if 0 < part < 1:
            yield Candidate(centre=_at(wire.source, wire.target, part), cost=abs(step) / 3)


def _beside(line: Line, width: float, height: float, *, penalty: float = 0.0) -> Iterator[Candidate]:
    """Places next to a line, on its outer side first, and farther and farther away."""
    across, down = line.end.x - line.start.x, line.end.y - line.start.y
    length = hypot(across, down) or 1.0
    # Of two lines that part, the upper one has its room above it and the falling one below.
    turn = -1.0 if down > 0 else 1.0
    right, up = turn * down / length, -turn * across / length
    needed = abs(right) * width / 2 + abs(up) * height / 2 + 2 * _AIR
    for away in range(6):
        for side in (1, -1):
            for step in range(-4, 5):
                x, y = _at(line.start, line.end, 0.5 + step / 10)
                distance = side * (needed + 8 * away)
                yield Candidate(
                    centre=Point(x + right * distance, y + up * distance),
                    cost=penalty + 3.0 * away + abs(step) / 4 + (0.5 if side < 0 else 0.0),
                )


def _upon(line: Line) -> Iterator[Candidate]:
    """Places on a line itself: among wires that fan out, better than beyond a neighbour."""
    for step in range(-3, 4):
        yield Candidate(centre=_at(line.start, line.end, 0.5 + step / 10), cost=5.0 + abs(step) / 4)


def _around_node(body: Rect, width: float, height: float) -> Iterator[Candidate]:
    """Places under a node, over it, and farther away."""
    middle = (body.left + body.right) / 2
    for away in range(6):
        for shift in (0, -1, 1, -2, 2):
            x = middle + shift * width / 4
            cost = 2.0 * away + abs(shift)
            yield Candidate(centre=Point(x, body.bottom + height / 2 + _AIR + 6 * away), cost=cost)
            yield Candidate(centre=Point(x, body.top - height / 2 - _AIR - 6 * away), cost=cost + 0.5)


def _at(start: Point, end: Point, part: float) -> Point:
    return Point(start.x + part * (end.x - start.x), start.y + part * (end.y - start.y))
