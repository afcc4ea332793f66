"""Drawn networks: nothing covers anything else, nothing leaves the page, and what is lit is lit."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.pages.figures import (
    Box,
    Disc,
    Drawing,
    Edge,
    Factor,
    Label,
    Look,
    Node,
    NodeShape,
    Segment,
    Spot,
    Tone,
    draw_network,
    draw_network_looks,
)
from symbackprop.pages.figures.parts import MAX_COLUMNS, MAX_ROWS, abridge
from symbackprop.pages.figures.shapes import MAX_WIDTH, Rect, area
from symbackprop.typeset.layout import Fraction, Layout, Number, Row, Script, Symbol

TOTAL = Script(Symbol("E"), sub=Symbol("total"))


def indexed(letter: str, index: str) -> Layout:
    return Script(Symbol(letter), sub=Symbol(index))


def derivative(above: Layout, below: Layout) -> Layout:
    return Fraction(Row((Symbol("partial"), above)), Row((Symbol("partial"), below)))


def network(
    widths: list[int],
    *,
    split: bool = False,
    errors: bool = False,
    own_biases: bool = False,
    weight: str = "0.15",
) -> tuple[list[list[Node]], list[Edge]]:
    """A fully connected network, its weights on its edges."""
    columns: list[list[Node]] = []
    edges: list[Edge] = []
    for layer, width in enumerate(widths):
        names = [f"n{layer},{row}" for row in range(1, width + 1)]
        if layer:
            biases = [f"b{name}" for name in names] if own_biases else [f"b{layer}"]
            columns[-1] += [
                Node(key=bias, label=Number("1"), detail=Number("0.35"), shape=NodeShape.BIAS) for bias in biases
            ]
            fed = zip(biases, names, strict=True) if own_biases else [(biases[0], name) for name in names]
            edges += [Edge(source=bias, target=name) for bias, name in fed]
            edges += [
                Edge(source=f"n{layer - 1},{row}", target=name, label=Number(weight))
                for name in names
                for row in range(1, widths[layer - 1] + 1)
            ]
        columns.append(
            [
                Node(
                    key=name,
                    label=indexed("net" if split and layer else "i", name[1:]),
                    detail=indexed("out", name[1:]) if split and layer else None,
                    shape=NodeShape.NEURON if layer else NodeShape.INPUT,
                )
                for name in names
            ]
        )
    if errors:
        outputs = [node.key for node in columns[-1]]
        columns.append([Node(key=f"E{it}", label=indexed("E", it[1:]), shape=NodeShape.ERROR) for it in outputs])
        columns.append([Node(key="E", label=TOTAL, shape=NodeShape.TOTAL)])
        edges += [Edge(source=it, target=f"E{it}") for it in outputs]
        edges += [Edge(source=f"E{it}", target="E") for it in outputs]
    return columns, edges


def labels_of(drawing: Drawing) -> list[Label]:
    return [shape for shape in drawing.shapes if isinstance(shape, Label)]


def overlapping(drawing: Drawing) -> list[tuple[object, object]]:
    def meet(one: Rect, other: Rect) -> bool:
        across = min(one.right, other.right) - max(one.left, other.left)
        return across > 0.05 and min(one.bottom, other.bottom) - max(one.top, other.top) > 0.05

    pairs = combinations(labels_of(drawing), 2)
    return [(one.content, other.content) for one, other in pairs if meet(one.area, other.area)]


def hidden(drawing: Drawing) -> list[object]:
    """The nodes that a label with paper behind it covers."""
    bodies = [area(shape) for shape in drawing.shapes if isinstance(shape, Disc | Box)]
    return [
        label.content
        for label in labels_of(drawing)
        if label.halo
        for body in bodies
        if label.area.left < body.right - 0.1
        and body.left < label.area.right - 0.1
        and label.area.top < body.bottom - 0.1
        and body.top < label.area.bottom - 0.1
    ]


def outside(drawing: Drawing) -> list[object]:
    def is_inside(rect: Rect) -> bool:
        slack = 0.02
        return (
            rect.left >= -slack
            and rect.top >= -slack
            and rect.right <= drawing.width + slack
            and rect.bottom <= drawing.height + slack
        )

    return [shape for shape in drawing.shapes if not is_inside(area(shape))]


networks = st.builds(
    network,
    st.lists(st.integers(1, 6), min_size=2, max_size=5),
    split=st.booleans(),
    errors=st.booleans(),
    own_biases=st.booleans(),
    weight=st.sampled_from(["0.15", "-0.5", "12.5", "1"]),
)


@settings(max_examples=60, deadline=None)
@given(networks)
def test_every_weight_of_a_network_has_its_own_place(parts: tuple[list[list[Node]], list[Edge]]) -> None:
    columns, edges = parts
    drawing = draw_network(columns=columns, edges=edges, description="a network")
    assert overlapping(drawing) == []
    assert hidden(drawing) == []
    assert outside(drawing) == []
    assert drawing.width <= MAX_WIDTH
    written = sum(edge.label is not None for edge in edges)
    written += sum(1 + (node.detail is not None) for column in columns for node in column)
    assert len(labels_of(drawing)) == written


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=5), st.data())
def test_a_path_is_lit_and_all_else_is_faded(widths: list[int], data: st.DataObject) -> None:
    columns, edges = network(widths, split=True, errors=True)
    edges = [Edge(source=edge.source, target=edge.target) for edge in edges]
    rows = [data.draw(st.integers(1, width)) for width in widths]
    path = [f"n{layer},{row}" for layer, row in enumerate(rows)]
    path += [f"E{path[-1]}", "E"]
    pairs = list(pairwise(path))
    factors = [Factor(at=pair, label=derivative(TOTAL, indexed("out", pair[0]))) for pair in pairs[-3:-2]]
    factors.append(Factor(at=path[-3], label=derivative(indexed("out", "o1"), indexed("net", "o1"))))
    drawing = draw_network(
        columns=columns, edges=edges, lit=frozenset([*path, *pairs]), factors=factors, description="a path"
    )
    assert overlapping(drawing) == []
    assert outside(drawing) == []
    assert {shape.tone for shape in drawing.shapes} == {Tone.LIT, Tone.FADED} or sum(widths) == len(widths)
    outlines = [shape for shape in drawing.shapes if isinstance(shape, Disc | Box)]
    assert sum(shape.tone is Tone.LIT for shape in outlines) == len(path)
    arrows = [shape for shape in drawing.shapes if isinstance(shape, Segment) and shape.arrow]
    assert sum(shape.tone is Tone.LIT for shape in arrows) == len(pairs)
    lit_labels = [label for label in labels_of(drawing) if label.tone is Tone.LIT]
    assert sum(isinstance(label.content, Fraction) for label in lit_labels) == len(factors)


def test_nothing_lit_means_that_everything_is_plain() -> None:
    columns, edges = network([2, 2, 2])
    drawing = draw_network(columns=columns, edges=edges, description="plain")
    assert {shape.tone for shape in drawing.shapes} == {Tone.PLAIN}


def test_the_arrows_of_a_network_end_at_outlines() -> None:
    drawing = draw_network(
        columns=[
            [Node(key="a", label=Symbol("a"), shape=NodeShape.INPUT)],
            [Node(key="b", label=Symbol("b"), shape=NodeShape.NEURON)],
        ],
        edges=[Edge(source="a", target="b")],
        description="two nodes",
    )
    (arrow,) = (shape for shape in drawing.shapes if isinstance(shape, Segment))
    first, second = (shape for shape in drawing.shapes if isinstance(shape, Disc))
    assert arrow.start.x == pytest.approx(first.centre.x + first.radius, abs=0.02)
    assert arrow.end.x == pytest.approx(second.centre.x - second.radius, abs=0.02)


def test_drawing_twice_gives_the_same_drawing() -> None:
    columns, edges = network([3, 4, 2], errors=True)
    first, second = (draw_network(columns=columns, edges=edges, description="same") for _ in range(2))
    assert first == second


def test_coordinates_have_two_decimals() -> None:
    columns, edges = network([3, 4, 2])
    for shape in draw_network(columns=columns, edges=edges, description="round").shapes:
        if isinstance(shape, Segment):
            assert all(value == round(value, 2) for value in (*shape.start, *shape.end))


def test_a_wide_and_deep_network_is_abridged() -> None:
    columns, edges = network([784, 30, 30, 30, 30, 30, 30, 30, 10], errors=True)
    drawing = draw_network(columns=columns, edges=edges, description="large")
    assert drawing.width <= MAX_WIDTH
    assert drawing.height < 600
    assert outside(drawing) == []
    dots = [shape for shape in drawing.shapes if isinstance(shape, Disc) and shape.solid]
    assert dots


def test_what_is_lit_is_not_abridged() -> None:
    columns, edges = network([9, 3])
    lit: frozenset[Spot] = frozenset(["n0,7", "n1,2", ("n0,7", "n1,2")])
    (first, _), kept = abridge(columns, edges, lit)
    assert first is not None
    assert [node and node.key for node in first if not node or node.shape is not NodeShape.BIAS] == [
        "n0,1",
        "n0,2",
        "n0,3",
        None,
        "n0,7",
        None,
        "n0,9",
    ]
    assert {edge.source for edge in kept if edge.label is not None} == {"n0,7"}


def test_columns_are_limited_in_rows_and_in_number() -> None:
    columns, edges = network([7] * 12, errors=True)
    slots, _ = abridge(columns, edges, frozenset())
    assert sum(column is not None for column in slots) < MAX_COLUMNS
    for column in slots:
        neurons = [node for node in column or () if node is not None and node.shape is not NodeShape.BIAS]
        assert len(neurons) < MAX_ROWS + 1


def test_biases_stand_below_what_they_belong_to() -> None:
    for own_biases in (False, True):
        columns, edges = network([2, 2], own_biases=own_biases)
        drawing = draw_network(columns=columns, edges=edges, description="biases")
        discs = sorted((shape.radius, shape.centre) for shape in drawing.shapes if isinstance(shape, Disc))
        bias = discs[0][1]
        column = [centre for _, centre in discs[-2 if own_biases else 1 :]]
        above = [centre for centre in column if abs(centre.x - bias.x) < 1 and centre.y < bias.y]
        assert above


def test_digits_that_would_fill_the_page_are_not_drawn() -> None:
    total = Node(key="E", label=TOTAL, detail=Number("0." + "1" * 50), shape=NodeShape.TOTAL)
    drawing = draw_network(columns=[[total]], edges=[], description="fifty decimals")
    assert [label.content for label in labels_of(drawing)] == [TOTAL]


def test_labels_of_any_length_stay_on_the_page() -> None:
    columns = [[Node(key=str(i), label=Symbol("n" * 60), shape=NodeShape.NEURON)] for i in range(4)]
    drawing = draw_network(columns=columns, edges=[], description="long names")
    assert drawing.width <= MAX_WIDTH
    assert outside(drawing) == []
    assert overlapping(drawing) == []


def test_an_empty_network_is_an_empty_drawing() -> None:
    drawing = draw_network(columns=[], edges=[], description="nothing")
    assert drawing.shapes == ()
    assert drawing.width > 0


@pytest.mark.parametrize(
    ("edge", "lit", "at"),
    [
        (Edge(source="a", target="nowhere"), frozenset[str](), "a"),
        (Edge(source="a", target="b"), frozenset(["nowhere"]), "a"),
        (Edge(source="a", target="b"), frozenset[str](), "nowhere"),
    ],
)
def test_an_unknown_key_is_named(edge: Edge, lit: frozenset[str], at: str) -> None:
    columns = [[Node(key=key, label=Symbol(key), shape=NodeShape.NEURON)] for key in "ab"]
    factors = [Factor(at=at, label=TOTAL)]
    with pytest.raises(ValueError, match="nothing to draw is called 'nowhere'"):
        draw_network(columns=columns, edges=[edge], lit=lit, factors=factors, description="unknown")


def test_a_key_stands_for_one_node() -> None:
    node = Node(key="a", label=Symbol("a"), shape=NodeShape.NEURON)
    with pytest.raises(ValueError, match="stands for two nodes"):
        draw_network(columns=[[node, node]], edges=[], description="twice")


# --- Several looks ----------------------------------------------------------------------------------------


def test_what_several_looks_show_stands_at_the_same_place() -> None:
    columns, edges = network([2, 2, 2])
    wide = Factor(at=(edges[-1].source, edges[-1].target), label=derivative(TOTAL, indexed("out", "o1")))
    looks = (
        Look(description="a", lit=frozenset({edges[0].source})),
        Look(description="b", named=frozenset(), factors=(wide,)),
    )
    one, other = draw_network_looks(columns=columns, edges=edges, looks=looks)
    assert (one.description, other.description) == ("a", "b")
    assert (one.width, one.height) == (other.width, other.height)
    places = [{(it.about, it.centre) for it in drawing.shapes if isinstance(it, Disc)} for drawing in (one, other)]
    assert places[0] == places[1]
    # The second one has no weights written on it, but its factor.
    assert len([it for it in one.shapes if isinstance(it, Label)]) > len(
        [it for it in other.shapes if isinstance(it, Label)]
    )
    assert any(isinstance(it, Label) and it.content == wide.label for it in other.shapes)


@pytest.mark.parametrize(
    "look",
    [
        Look(description="", lit=frozenset({"nobody"})),
        Look(description="", factors=(Factor(at=("nobody", "nowhere"), label=TOTAL),)),
    ],
)
def test_a_look_at_something_that_isnt_drawn_is_refused(look: Look) -> None:
    columns, edges = network([2, 2])
    with pytest.raises(ValueError, match="nothing to draw is called"):
        draw_network_looks(columns=columns, edges=edges, looks=(Look(description=""), look))
