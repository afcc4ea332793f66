"""Finding free places for labels in a drawing: among candidates the cheapest free one wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from symbackprop.pages.figures.shapes import Point, Rect
from symbackprop.records import record


@record(kw_only=True)
class Candidate:
    """A place for a label's centre, and how far it is from the best one."""

    centre: Point
    cost: float


@record(kw_only=True)
class Line:
    """A line that labels had better not cover; `weight` says how much better."""

    start: Point
    end: Point
    weight: float


@dataclass(slots=True, kw_only=True)
class Board:
    """What is taken in a drawing while labels are placed in it, between `left` and `right`."""

    left: float
    right: float
    taken: list[Rect] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def settle(
        self, candidates: Iterable[Candidate], width: float, height: float, *, own: Line | None = None
    ) -> Point | None:
        """The cheapest free candidate, which is taken from then on; None where there is none.

        `own` is the line to which the label belongs: covering it costs nothing.
        """
        best: Candidate | None = None
        for candidate in sorted(candidates, key=lambda candidate: candidate.cost):
            if best is not None and candidate.cost >= best.cost:
                break
            space = around(candidate.centre, width, height)
            if space.left < self.left or space.right > self.right or any(overlap(space, it) for it in self.taken):
                continue
            crossed = sum(line.weight for line in self.lines if line is not own and crosses(space, line))
            if best is None or candidate.cost + crossed < best.cost:
                best = Candidate(centre=candidate.centre, cost=candidate.cost + crossed)
        if best is None:
            return None
        self.taken.append(around(best.centre, width, height))
        return best.centre


def around(centre: Point, width: float, height: float) -> Rect:
    """The area of a width and a height around a centre."""
    return Rect(centre.x - width / 2, centre.y - height / 2, centre.x + width / 2, centre.y + height / 2)


def overlap(one: Rect, other: Rect) -> bool:
    """Whether two areas have a common part; touching is not overlapping."""
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def crosses(space: Rect, line: Line) -> bool:
    """Whether a line runs through an area (Liang and Barsky's clipping)."""
    across, down = line.end.x - line.start.x, line.end.y - line.start.y
    first, last = 0.0, 1.0
    for step, room in (
        (-across, line.start.x - space.left),
        (across, space.right - line.start.x),
        (-down, line.start.y - space.top),
        (down, space.bottom - line.start.y),
    ):
        if step == 0:
            if room < 0:
                return False
        elif step < 0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    return first < last
