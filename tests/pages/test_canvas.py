"""Drawings in a terminal: narrow enough, readable, harmless."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.pages.canvas import sketch
from symbackprop.pages.figures import (
    Disc,
    Drawing,
    Edge,
    Label,
    Node,
    NodeShape,
    Point,
    Polyline,
    Segment,
    Tone,
    draw_curve,
    draw_network,
)
from symbackprop.typeset.layout import Number, Script, Symbol


def cells(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def dots(text: str) -> int:
    return sum((ord(character) - 0x2800).bit_count() for character in text if 0x2800 <= ord(character) < 0x2900)


def drawing_of(*shapes: Disc | Label | Polyline | Segment, width: float = 100, height: float = 40) -> Drawing:
    return Drawing(width=width, height=height, shapes=shapes, description="")


def article() -> Drawing:
    weights = iter(["0.15", "0.20", "0.25", "0.30", "0.40", "0.45", "0.50", "0.55"])
    names = [["i1", "i2"], ["h1", "h2"], ["o1", "o2"]]
    columns = [
        [Node(key=it, label=Script(Symbol(it[0]), sub=Number(it[1])), shape=NodeShape.NEURON) for it in column]
        for column in names
    ]
    edges = [
        Edge(source=source, target=target, label=Number(next(weights)))
        for below, above in pairwise(names)
        for target in above
        for source in below
    ]
    return draw_network(columns=columns, edges=edges, description="the article's network")


@pytest.mark.parametrize("columns", [60, 78, 100])
def test_the_article_network_shows_all_its_names_and_weights(columns: int) -> None:
    text = sketch(article(), columns)
    for label in [
        "i₁",
        "i₂",
        "h₁",
        "h₂",
        "o₁",
        "o₂",
        "0.15",
        "0.20",
        "0.25",
        "0.30",
        "0.40",
        "0.45",
        "0.50",
        "0.55",
    ]:
        assert label in text
    assert all(cells(line) <= columns for line in text.splitlines())
    assert all(line == line.rstrip() for line in text.splitlines())


def test_a_label_without_room_follows_under_the_drawing() -> None:
    at = Point(50, 20)
    text = sketch(drawing_of(*(Label(content=f"a very long label number {i}", at=at) for i in range(6))))
    *_, last = text.splitlines()
    assert last.startswith("①") or "a very long label number 5" in text
    for i in range(6):
        assert f"label number {i}" in text


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.builds(
            lambda x, y, word: Label(content=word, at=Point(x, y)),
            st.floats(0, 100),
            st.floats(0, 40),
            st.text("abc误差", min_size=1, max_size=12),
        ),
        max_size=15,
    ),
    st.integers(8, 80),
)
def test_labels_never_cut_each_other(labels: list[Label], columns: int) -> None:
    lines = sketch(drawing_of(*labels), columns).splitlines()
    assert all(cells(line) <= columns for line in lines)
    words = {str(label.content) for label in labels}
    for line in lines:
        if line[:1] not in "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮":
            shown = {word for word in line.split() if word[0] not in "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮"}
            assert shown <= words


def test_what_is_lit_has_more_dots_than_what_is_faded() -> None:
    counts = {
        tone: dots(sketch(drawing_of(Segment(start=Point(0, 20), end=Point(100, 20), tone=tone)))) for tone in Tone
    }
    assert counts[Tone.LIT] > 1.5 * counts[Tone.PLAIN] > 3 * counts[Tone.FADED] > 0


def test_a_solid_disc_is_full_and_an_open_one_hides_what_is_behind_it() -> None:
    line = Segment(start=Point(0, 20), end=Point(100, 20))
    disc = Disc(centre=Point(50, 20), radius=15)
    full = Disc(centre=Point(50, 20), radius=15, solid=True)
    assert dots(sketch(drawing_of(full))) > 2 * dots(sketch(drawing_of(disc)))
    middle = sketch(drawing_of(line, disc)).splitlines()[2]
    assert "  " in middle.strip()


def test_words_cannot_steer_the_terminal() -> None:
    text = sketch(drawing_of(Label(content="\x1b[2Jgone\r\u202e", at=Point(50, 20))))
    assert "\x1b" not in text
    assert "\r" not in text
    assert "\u202e" not in text
    assert "gone" in text


def test_a_curve_with_chinese_titles_fits() -> None:
    points = [(float(n), 0.3 / (1 + n)) for n in range(1000)]
    text = sketch(draw_curve(points=points, x_title="训练轮数", y_title="误差", description=""))
    assert "训练轮数" in text
    assert "误差" in text
    assert all(cells(line) <= 78 for line in text.splitlines())


def test_an_empty_drawing_is_an_empty_line() -> None:
    assert not sketch(drawing_of(width=4, height=4)).strip()
