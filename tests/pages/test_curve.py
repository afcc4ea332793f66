"""Drawn curves: round ticks, nothing lost by thinning, any numbers at all."""

from __future__ import annotations

import math
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.pages.figures import Disc, Drawing, Label, Mark, Polyline, Scale, draw_curve
from symbackprop.pages.figures.placing import overlap
from symbackprop.pages.figures.shapes import MAX_WIDTH, area
from symbackprop.typeset.layout import Number, Script, Symbol

TOTAL = Script(Symbol("E"), sub=Symbol("total"))


def labels_of(drawing: Drawing) -> list[Label]:
    return [shape for shape in drawing.shapes if isinstance(shape, Label)]


def overlapping(drawing: Drawing) -> list[tuple[object, object]]:
    pairs = combinations(labels_of(drawing), 2)
    return [(one.content, other.content) for one, other in pairs if overlap(one.area, other.area)]


def outside(drawing: Drawing) -> list[object]:
    areas = [(shape, area(shape)) for shape in drawing.shapes]
    return [
        shape
        for shape, (left, top, right, bottom) in areas
        if min(left, top, drawing.width - right, drawing.height - bottom) < 0
    ]


def falling(rounds: int) -> list[tuple[float, float]]:
    return [(float(n), 0.298371109 / (1 + n) ** 0.98) for n in range(rounds + 1)]


def test_a_curve_of_training_has_round_ticks() -> None:
    drawing = draw_curve(points=falling(10_000), x_title="rounds", y_title=TOTAL, description="training")
    names = [label.content for label in labels_of(drawing)]
    for rounds in ("0", "1", "10", "100", "1000", "10000"):
        assert Number(rounds) in names
    assert Script(Number("10"), sup=Number("-4")) in names
    assert "rounds" in names
    assert TOTAL in names
    assert outside(drawing) == []
    assert overlapping(drawing) == []
    assert drawing.width <= MAX_WIDTH


def test_a_curve_that_hardly_falls_fills_its_height() -> None:
    points = [(float(n), 0.1884 - 0.00008 * n) for n in range(21)]
    drawing = draw_curve(points=points, x_title="x", y_title="y", description="hardly")
    (line,) = (shape for shape in drawing.shapes if isinstance(shape, Polyline))
    assert line.points[-1].y - line.points[0].y > 100
    names = [label.content for label in labels_of(drawing)]
    assert [Number(tick) in names for tick in ("0.1885", "0.1880", "0.1875", "0.1870")] == [True] * 4
    assert overlapping(drawing) == []


def test_a_long_curve_is_thinned_but_keeps_its_ends() -> None:
    points = falling(10_000)
    drawing = draw_curve(points=points, x_title="x", y_title="y", description="long")
    (line,) = (shape for shape in drawing.shapes if isinstance(shape, Polyline))
    assert len(line.points) < 1_000
    assert line.points[0].y == min(place.y for place in line.points)
    assert line.points[-1].y == max(place.y for place in line.points)


def test_a_spike_survives_thinning() -> None:
    points = [(float(n), 1.0) for n in range(100_000)]
    points[54_321] = (54_321.0, 50.0)
    drawing = draw_curve(
        points=points,
        x_title="x",
        y_title="y",
        x_scale=Scale.LINEAR,
        y_scale=Scale.LINEAR,
        description="spike",
    )
    (line,) = (shape for shape in drawing.shapes if isinstance(shape, Polyline))
    heights = {place.y for place in line.points}
    assert max(heights) - min(heights) > 150


def test_marked_points_lie_on_the_curve_and_their_labels_are_free() -> None:
    points = falling(1000)
    marks = [Mark(x=x, y=y, label=Number(f"{y:.9f}")) for x, y in (points[0], points[1], points[-1])]
    drawing = draw_curve(points=points, marks=marks, x_title="x", y_title="y", description="marks")
    (line,) = (shape for shape in drawing.shapes if isinstance(shape, Polyline))
    discs = [shape.centre for shape in drawing.shapes if isinstance(shape, Disc)]
    assert set(discs) <= set(line.points)
    assert {mark.label for mark in marks} <= {label.content for label in labels_of(drawing)}
    assert overlapping(drawing) == []


values = st.floats(allow_nan=True, allow_infinity=True)


@settings(deadline=None)
@given(
    st.lists(st.tuples(values, values), max_size=30),
    st.sampled_from(Scale),
    st.sampled_from(Scale),
)
def test_any_numbers_can_be_drawn(points: list[tuple[float, float]], x_scale: Scale, y_scale: Scale) -> None:
    points = sorted(points, key=lambda it: -math.inf if math.isnan(it[0]) else it[0])
    drawing = draw_curve(
        points=points, x_title="x", y_title="误差", x_scale=x_scale, y_scale=y_scale, description="any"
    )
    assert outside(drawing) == []
    assert drawing.width <= MAX_WIDTH
