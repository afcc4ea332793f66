"""What quantities are worth: the file, and what is refused in it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from symbackprop.checking.points import MOST_BYTES, parse_points, read_points
from symbackprop.checking.verdicts import Verdict
from symbackprop.errors import SpecError
from symbackprop.network_file import parse_network
from tests.walkthroughs import MAZUR

NETWORK = parse_network(MAZUR, "mazur.toml")


def test_a_file_says_what_each_quantity_is_worth() -> None:
    points = parse_points('follows = 0.25\n[points]\n"dE_total/dw5" = 2\n"E_total@1" = 0.5\n', "p.toml", NETWORK)
    assert points.of == {"dE_total/dw5": 2, "E_total@1": Fraction(1, 2)}
    assert points.default == 0
    assert points.shares == {
        Verdict.CORRECT: 1,
        Verdict.ROUNDED: 1,
        Verdict.CONVENTION: 1,
        Verdict.FOLLOWS: Fraction(1, 4),
    }


def test_what_is_left_out_has_a_default() -> None:
    points = parse_points("default = 1\nrounded = 0.5\nconvention = 0\n", "p.toml", NETWORK)
    assert not points.of
    assert points.default == 1
    assert points.shares[Verdict.ROUNDED] == Fraction(1, 2)
    assert points.shares[Verdict.CONVENTION] == 0
    assert points.shares[Verdict.FOLLOWS] == Fraction(1, 2)


REFUSED = [
    ("", "p.toml: expected a table [points], or a default, found neither"),
    ("points = 3", "p.toml: points: expected a table [points] with a number for each quantity, found 3"),
    ("default = -1", "p.toml: default: expected a number from 0 to 1,000,000, found -1"),
    ("default = 1\nfollows = 1.5", "p.toml: follows: expected a number from 0 to 1, found 1.5"),
    ("default = 1\nfollow = 0.5", 'p.toml: follow: unknown key; did you mean "follows"?'),
    (
        '[points]\n"net_h1" = "two"',
        'p.toml: points.net_h1: expected a number, found the text "two" (a number stands without quotes)',
    ),
    ('[points]\n"net_h9" = 1', 'p.toml: points.net_h9: this network has no quantity "net_h9"; did you mean "net_h2"?'),
    (
        '[points]\n"E_total@x" = 1',
        'p.toml: points."E_total@x": expected a number of rounds up to 1,000,000 after the @, found "E_total@x"',
    ),
    (
        "[points]\nnet.h1 = 1",
        'p.toml: points.net: expected a number from 0 to 1,000,000; an id stands in quotes: "dE_total/dw5" = 2',
    ),
    ("[points\n", "p.toml: line 1: expected a name in brackets, such as [data], found [points"),
    ("default = true", "p.toml: default: expected a number, found true"),
    ("default = nan", "p.toml: default: expected a number, found nan"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_what_is_wrong_with_a_file_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(SpecError) as raised:
        parse_points(text, "p.toml", NETWORK)
    assert str(raised.value) == said


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(SpecError, match="larger than"):
        read_points(path, NETWORK)
