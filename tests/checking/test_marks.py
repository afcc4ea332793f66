"""Marks: what a work earns, quantity by quantity, and the table of many works."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest

from symbackprop.checking.entry import check
from symbackprop.checking.marks import mark_work, written_points
from symbackprop.checking.marks_table import Row, marks_table, row_of
from symbackprop.checking.points import parse_points
from symbackprop.checking.verdicts import Link, LinkKind, Verdict, Verdicts
from symbackprop.network_file import parse_network
from tests.checking.by_hand import link, sample, work
from tests.walkthroughs import MAZUR

NETWORK = parse_network(MAZUR, "mazur.toml")
TEXT = "net_h1 = w1 = 0.15 = 0.3775; net_h1 = 0.378; out_h1 = 0.6"
FORMULA = link("w1", "net_h1", Verdict.WRONG, text=TEXT, kind=LinkKind.FORMULA)
RIGHT = link("0.3775", "net_h1", Verdict.CORRECT, text=TEXT)
AGAIN = link("0.378", "net_h1", Verdict.ROUNDED, text=TEXT)
FOLLOWS = link("0.6", "out_h1", Verdict.FOLLOWS, text=TEXT)


def verdicts_on(*chains: tuple[Link, ...], name: str = "a.md") -> Verdicts:
    """Give verdicts on a work with those chains."""
    return Verdicts(work=work(TEXT, name, *chains), links=tuple(it for chain in chains for it in chain))


def earned(points: str, *chains: tuple[Link, ...]) -> tuple[float, float]:
    """Give the points earned, and out of how many."""
    mark = mark_work(verdicts_on(*chains), parse_points(points, "p.toml", NETWORK))
    return float(mark.points), float(mark.of)


LISTED = '[points]\n"net_h1" = 2\n"out_h1" = 1\n'


@pytest.mark.parametrize(
    ("chains", "points"),
    [
        ((), 0),
        (((RIGHT,),), 2),
        (((FORMULA, RIGHT),), 0),
        (((FORMULA, RIGHT), (AGAIN,)), 2),
        (((RIGHT,), (FOLLOWS,)), 2.5),
    ],
    ids=[
        "nothing answered",
        "right",
        "a wrong formula before a right value",
        "the better of two answers",
        "carried on",
    ],
)
def test_an_answer_is_worth_its_weakest_link_and_the_best_answer_counts(
    chains: tuple[tuple[Link, ...], ...], points: float
) -> None:
    assert earned(LISTED, *chains) == (points, 3)


def test_the_default_counts_for_what_is_answered_and_not_listed() -> None:
    assert earned('default = 4\n[points]\n"net_h1" = 2\n', (RIGHT,), (FOLLOWS,)) == (4, 6)
    assert earned("default = 4\n", (RIGHT,)) == (4, 4)


def test_what_cannot_be_judged_takes_no_part_unless_it_is_all_there_is() -> None:
    unread = link("w1", "net_h1", Verdict.UNREAD, text=TEXT)
    assert earned(LISTED, (unread, RIGHT)) == (2, 3)
    assert earned(LISTED, (unread,)) == (0, 3)


@pytest.mark.parametrize(
    ("text", "points"), [("net_h1 = net_h1", 0), ("net_h1 = net_h1 = 0.3775", 2), ("net_h1 = w1", 0)]
)
def test_to_repeat_a_name_is_no_answer(text: str, points: int) -> None:
    assert mark_work(check(text), parse_points(LISTED, "p.toml", NETWORK)).points == points


def test_shares_are_the_files() -> None:
    shares = "rounded = 0.5\nfollows = 0\n"
    assert earned(shares + LISTED, (AGAIN,), (FOLLOWS,)) == (1, 3)


@pytest.mark.parametrize(
    ("points", "written"),
    [(Fraction(2), "2"), (Fraction(3, 2), "1.5"), (Fraction(1, 3), "0.33"), (Fraction(0), "0"), (Fraction(200), "200")],
)
def test_points_are_written_as_people_do(points: Fraction, written: str) -> None:
    assert written_points(points) == written


def table(*rows: Row, points: str | None = None) -> list[list[str]]:
    """Give the cells of a table."""
    read = None if points is None else parse_points(points, "p.toml", NETWORK)
    return list(csv.reader(io.StringIO(marks_table(rows, read))))


def test_the_table_has_a_row_for_each_work() -> None:
    points = parse_points(LISTED, "p.toml", NETWORK)
    rows = (row_of(sample(), points), Row(sheet="b.toml", problem="b.toml: not TOML"))
    assert table(*rows, points=LISTED) == [
        [
            "sheet",
            "points",
            "of",
            "correct",
            "rounded",
            "convention",
            "follows",
            "wrong",
            "not_judged",
            "causes",
            "problem",
            "net_h1",
            "out_h1",
        ],
        ["sheet.md", "0", "3", "2", "1", "1", "1", "4", "3", "updated_weights weight_index", "", "0", "0"],
        ["b.toml", "", "", "", "", "", "", "", "", "", "b.toml: not TOML", "", ""],
    ]


def test_without_points_there_are_none() -> None:
    header, row = table(row_of(sample(), None))
    assert "points" not in header
    assert len(row) == len(header)


def test_a_sheet_that_cannot_be_read_is_not_right() -> None:
    assert not Row(sheet="b.toml", problem="b.toml: not TOML").is_right
    assert not row_of(sample(), None).is_right
    assert row_of(verdicts_on((RIGHT,)), None).is_right


@pytest.mark.parametrize("name", ["=1+1.md", "+1.md", "-1.md", "@x.md"])
def test_no_spreadsheet_takes_a_name_for_a_formula(name: str) -> None:
    assert table(Row(sheet=name, problem="x"))[1][0] == f"'{name}"


def test_a_name_that_is_no_utf_8_can_be_written() -> None:
    marks_table((Row(sheet="\udcff.md", problem="x"),), None).encode()
