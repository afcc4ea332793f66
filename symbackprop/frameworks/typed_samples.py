"""Samples from a command line: a CSV file, a JSON file, or numbers as they are typed.

CSV has a sample in each line, under a line of names or not. JSON and typed numbers are lists as in a network file's
[data]; the outer brackets may be left out. Digits are kept as they stand there.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import NoReturn

from symbackprop.errors import SpecError
from symbackprop.files import read_text
from symbackprop.frameworks.numbers import Nested
from symbackprop.numerals import TypedFloat
from symbackprop.wording import one_line, quoted

MOST_BYTES = 16_000_000
_MOST_DIGITS = 100
_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_EXPECTED = 'expected numbers such as "0.05, 0.10", or the name of a .csv or .json file'


def read_samples(text: str, option: str) -> Nested:
    """What somebody gave to an option such as `--inputs`, as lists that nobody has judged yet."""
    ending = Path(text).suffix.lower()
    if ending == ".csv":
        return _table(read_text(Path(text), most_bytes=MOST_BYTES), one_line(text))
    if ending == ".json":
        return _lists(read_text(Path(text), most_bytes=MOST_BYTES), one_line(text), "")
    plain = text.strip()
    found = _lists(f"[{plain}]", option, f"{_EXPECTED}, found {quoted(plain)}")
    return found[0] if len(found) == 1 and isinstance(found[0], list) else found


def _lists(text: str, where: str, expected: str) -> Nested:
    def refuse(found: str) -> NoReturn:
        raise SpecError(where, f"expected a number, found {found}")

    try:
        found = json.loads(text, parse_float=TypedFloat, parse_int=_whole, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise SpecError(where, expected or f"not JSON: {_place_of(error)}") from None
    except RecursionError:
        raise SpecError(where, "lists are nested too deeply") from None
    if not isinstance(found, list):
        raise SpecError(where, "expected a list")
    return found


def _place_of(error: json.JSONDecodeError) -> str:
    """Give the line and the column where nothing could be read; of a comma too many, some Pythons tell the comma's."""
    text, place = error.doc, error.pos
    if error.msg.startswith("Illegal trailing comma"):
        place += 1
        while place < len(text) and text[place] in " \t\r\n":
            place += 1
    return f"line {text.count(chr(10), 0, place) + 1}, column {place - text.rfind(chr(10), 0, place)}"


def _whole(digits: str) -> int | TypedFloat:
    # Python reads no integer of thousands of digits; the network file's reader says what is too long.
    return int(digits) if len(digits) <= _MOST_DIGITS else TypedFloat(digits)


def _is_number(cell: str) -> bool:
    """Whether Python reads a number: `.5` and `nan` are no names of columns, though refused as numbers."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _table(text: str, where: str) -> Nested:
    rows: list[list[TypedFloat]] = []
    try:
        lines = [(number, row) for number, row in enumerate(csv.reader(text.splitlines()), start=1) if any(row)]
    except csv.Error as error:
        raise SpecError(where, f"expected CSV: {one_line(str(error))}") from None
    for position, (number, row) in enumerate(lines):
        cells = [cell.strip() for cell in row]
        if position == 0 and not any(map(_is_number, cells)):
            continue
        for cell in cells:
            if not _NUMBER.fullmatch(cell):
                raise SpecError(f"{where}: line {number}", f"expected a number, found {quoted(cell)}")
        rows.append([TypedFloat(cell) for cell in cells])
    if not rows:
        raise SpecError(where, "expected at least one line of numbers")
    return rows
