"""Lines for a terminal: nothing wider than the page, nothing lost, columns that stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symbackprop
from symbackprop.formats import Format
from symbackprop.pages.document import Align, EquationLine, Equations, Inlines, Remark, Table, Text
from symbackprop.pages.terminal import COLUMNS, calculation, cells, pad, rows, wrap
from symbackprop.resources import example_names
from symbackprop.typeset.layout import Number, Operator, Row, Symbol
from tests.walkthroughs import MAZUR, SMALL, WIDE, written

WORDS = st.text(st.sampled_from("ab c前输，。 .,()"), max_size=200)


def say(content: Inlines) -> str:
    return "".join(inline.text for inline in content if isinstance(inline, Text))


@pytest.mark.parametrize(
    ("text", "wide"), [("", 0), ("abc", 3), ("前向", 4), ("a前", 3), ("，", 2), ("≈", 1), ("₁", 1)]
)
def test_a_chinese_character_is_two_cells_wide(text: str, wide: int) -> None:
    assert cells(text) == wide


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 10, [""]),
        ("one two", 10, ["one two"]),
        ("one two three", 9, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("averylongword a", 5, ["averylongword", "a"]),
        ("前向传播", 4, ["前向", "传播"]),
        ("前向，传播", 4, ["前", "向，", "传播"]),
        ("权重 w 前", 5, ["权重", "w 前"]),
    ],
)
def test_lines_are_broken_at_spaces_and_between_ideographs(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


@given(WORDS, st.integers(8, 80))
def test_nothing_is_lost_by_wrapping(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert not any(line != line.rstrip() for line in lines)
    for line in lines:
        # What can't be broken may stick out: a long word, punctuation that must not begin a line.
        assert cells(line) <= columns or len(wrap(line, columns)) == 1


@given(WORDS, st.integers(0, 40), st.booleans())
def test_padding_fills_up_to_the_width(text: str, width: int, right: bool) -> None:  # noqa: FBT001
    padded = pad(text, width, right=right)
    assert cells(padded) == max(width, cells(text))
    assert padded.endswith(text) if right else padded.startswith(text)


def test_a_table_stands_in_columns() -> None:
    table = Table(
        header=((Text("量"),), (Text("Value"),), (Text("Where"),)),
        align=(Align.LEFT, Align.RIGHT, Align.WRAPPED),
        rows=(((Text("净输入"),), (Text("0.5"),), (Text("here"),)), ((Text("w"),), (Text("−12.5"),), (Text("there"),))),
    )
    assert rows(table, say) == [
        "量      Value  Where",
        "──────  ─────  ─────",
        "净输入    0.5  here",
        "w       −12.5  there",
    ]


def test_the_last_column_of_a_table_is_wrapped() -> None:
    table = Table(
        header=((Text("a"),), (Text("b"),)),
        align=(Align.LEFT, Align.WRAPPED),
        rows=(((Text("x"),), (Text("one two three four five six"),)),),
    )
    assert rows(table, say, columns=24) == [
        "a  b",
        "─  ─────────────────────",
        "x  one two three four",
        "   five six",
    ]


def test_a_calculation_is_aligned_at_its_relations() -> None:
    def line(left: str | None, sign: Operator | None, right: str, note: str = "") -> EquationLine:
        shown = Row((Operator.PLUS, Number(right))) if sign is None else Number(right)
        inlines = (Text(note),) if note else ()
        return EquationLine(left=None if left is None else Symbol(left), relation=sign, right=shown, note=inlines)

    block = Equations(
        lines=(
            line("net", Operator.EQUALS, "1", "a note"),
            Remark(content=(Text("a remark"),)),
            line("E", Operator.EQUALS, "2"),
            line(None, Operator.APPROXIMATELY, "3"),
            line(None, None, "4"),
        )
    )
    text = calculation(block, say)
    assert [each.index(sign) for each, sign in zip((text[0], text[2], text[3]), "==≈", strict=True)] == [8, 8, 8]
    assert text[0].endswith("= 1   (a note)")
    assert text[1].strip() == "(a remark)"
    assert text[4].strip() == "+ 4"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("network", [MAZUR, SMALL, WIDE], ids=["mazur", "small", "wide"])
def test_no_line_of_a_page_is_wider_than_a_window(network: str, lang: str) -> None:
    page = written(network, format_=Format.TEXT, lang=lang)
    assert {line: cells(line) for line in page.splitlines() if cells(line) > COLUMNS} == {}


WINDOW = 80


WIDEST = ("recurrent", "three-classes")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in WIDEST else pytest.mark.slow)
        for name in example_names()
        if name not in ("large", "mazur")
    ],
)
def test_no_line_of_the_gallery_is_wider_than_a_window(name: str) -> None:
    page = symbackprop.render(symbackprop.derive(symbackprop.load(name)), format="text")
    assert {line: cells(line) for line in page.splitlines() if cells(line) > WINDOW} == {}


SUM, RATIO = "aaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbb + cccccccccccccccccccc", "e^(" + "x" * 40 + ")"
FOLDED: list[tuple[str, list[str]]] = [
    (f"{SUM} ≈ 0.5", [f"= {SUM}", "≈ 0.5"]),
    (f"{SUM} + dddddddd", [f"= {SUM}", "+ dddddddd"]),
    (f"({SUM}) · dd", [f"= ({SUM})", "· dd"]),
    (f"1/4 · ({SUM})", ["= 1/4 · (aaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbb", "+ cccccccccccccccccccc)"]),
    (f"{RATIO}/({RATIO} + 1)", [f"= {RATIO}", f"/({RATIO} + 1)"]),
]


@pytest.mark.parametrize(("formula", "lines"), FOLDED)
def test_a_formula_is_cut_where_it_reads_best(formula: str, lines: list[str]) -> None:
    line = EquationLine(left=Symbol("E"), relation=Operator.EQUALS, right=Symbol(formula), note=())
    first, *others = calculation(Equations(lines=(line,)), say)
    assert [first.removeprefix("    E "), *(other.strip() for other in others)] == lines
    for other in others:
        assert other.index(other.strip()) == (6 if other.strip()[0] in "=≈" else 8)


def test_a_line_that_is_too_long_gets_no_empty_remark() -> None:
    line = EquationLine(left=Symbol("x"), relation=Operator.EQUALS, right=Number("1" * 2 * COLUMNS), note=())
    assert calculation(Equations(lines=(line,)), say) == [f"    x = {'1' * 2 * COLUMNS}"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_has_no_spaces_at_the_end_of_a_line(lang: str) -> None:
    page = written(format_=Format.TEXT, lang=lang)
    assert [line for line in page.splitlines() if line != line.rstrip()] == []
    assert page.endswith("\n")
    assert not page.endswith("\n\n")
