"""A hint names the nearest of what is known, and is left out where to look for it would take long."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice

import pytest

from symbackprop.wording import did_you_mean, nearest


def numbered() -> Iterator[str]:
    return (f"dE_dw{number}" for number in count(1))


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("dE_dw", ["E_total", "dE_dw1"], "dE_dw1"),
        ("DE_DW1", ["E_total", "de_dw1"], "de_dw1"),
        ("loss", ["E_total", "dE_dw1"], None),
        ("x" * 61, ["x" * 62], None),
        ("dE_w7", islice(numbered(), 5_000), "dE_dw7"),
        ("dE_w7", islice(numbered(), 5_001), None),
    ],
)
def test_the_nearest_name_is_told_where_names_are_few(name: str, known: list[str], found: str | None) -> None:
    assert nearest(name, known) == found


def test_no_hint_goes_through_names_without_end() -> None:
    assert did_you_mean("dE_w7", numbered()) == ""
