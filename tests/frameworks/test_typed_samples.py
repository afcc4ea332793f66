"""Samples on a command line: files, or numbers as they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import SpecError
from symbackprop.frameworks.typed_samples import read_samples
from symbackprop.numerals import TypedFloat


def plain(nested: Any) -> Any:
    if isinstance(nested, list):
        return [plain(it) for it in nested]
    return nested.digits if isinstance(nested, TypedFloat) else nested


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0.05, 0.10", ["0.05", "0.10"]),
        ("[0.05, 0.10]", ["0.05", "0.10"]),
        (" 1 ", [1]),
        ("[0, 1], [1, 0]", [[0, 1], [1, 0]]),
        ("[[0, 1], [1, 0]]", [[0, 1], [1, 0]]),
        ("[[1, 2]]", [[1, 2]]),
        ("[[[1], [2]], [[3], [4]]]", [[[1], [2]], [[3], [4]]]),
        ("1e-3", ["1e-3"]),
    ],
)
def test_typed_numbers_keep_their_digits(text: str, read: Any) -> None:
    assert plain(read_samples(text, "--inputs")) == read


@pytest.mark.parametrize(
    ("name", "content", "read"),
    [
        ("x.csv", "a,b\n0.05,0.10\n1,-2e3\n", [["0.05", "0.10"], ["1", "-2e3"]]),
        ("x.CSV", "\ufeff0,1\r\n\r\n1,0\r\n", [["0", "1"], ["1", "0"]]),
        ("x.csv", '"1"\n" 2 "\n', [["1"], ["2"]]),
        ("x.json", "[[0.50, 1], [2, 3]]", [["0.50", 1], [2, 3]]),
    ],
)
def test_files(tmp_path: Path, name: str, content: str, read: Any) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert plain(read_samples(str(tmp_path / name), "--inputs")) == read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "0,05 0,10",
            '--inputs: expected numbers such as "0.05, 0.10", or the name of a .csv or .json file, found "0,05 0,10"',
        ),
        ("one", 'found "one"'),
        ("data.txt", 'found "data.txt"'),
        ("__import__('os')", "--inputs: expected numbers"),
        ("NaN", "--inputs: expected a number, found NaN"),
        ("[" * 5000, "--inputs: lists are nested too deeply"),
        ("nothing.csv", "nothing.csv: cannot be read: no such file"),
        ("", ""),
    ],
)
def test_what_is_no_number_is_refused(text: str, said: str) -> None:
    if not text:
        assert read_samples(text, "--inputs") == []
        return
    with pytest.raises(SpecError) as refused:
        read_samples(text, "--inputs")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", "1,2\n3,x\n", 'x.csv: line 2: expected a number, found "x"'),
        ("x.csv", "1,2\n3,\n", 'x.csv: line 2: expected a number, found ""'),
        ("x.csv", ".5,.3\n1,2\n", 'x.csv: line 1: expected a number, found ".5"'),
        ("x.csv", "nan,nan\n1,2\n", 'x.csv: line 1: expected a number, found "nan"'),
        ("x.csv", "a,b\n", "x.csv: expected at least one line of numbers"),
        ("x.csv", "1;2\n3;4\n", 'x.csv: line 2: expected a number, found "3;4"'),
        ("x.json", "[1,\n2", "x.json: not JSON: line 2, column 2"),
        ("x.json", "[1, \n]", "x.json: not JSON: line 2, column 1"),
        ("x.json", '{"a": 1}', "x.json: expected a list"),
        ("x.json", "[Infinity]", "x.json: expected a number, found Infinity"),
    ],
)
def test_a_file_that_is_wrong_is_refused_at_its_place(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        read_samples(str(tmp_path / name), "--inputs")
    assert said in str(refused.value)


def test_an_endless_number_is_left_to_the_reader() -> None:
    (found,) = read_samples("9" * 10_000, "--inputs")
    assert isinstance(found, TypedFloat)


@given(st.text(max_size=60).filter(lambda it: not it.lower().endswith((".csv", ".json"))))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_samples(text, "--inputs")
    except SpecError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either is right
