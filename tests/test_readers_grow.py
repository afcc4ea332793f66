"""Whatever somebody hands in, reading it takes time and memory in proportion to its length.

Each reader gets runs and nestings of each token that its code knows, wherever a text can stand. The long check does so
at 20 to 160 KB, the default run at sizes that still tell a square from a line. `python -m tests.test_readers_grow`
prints the table of all of it, or of the readers whose names follow.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from time import process_time

import pytest

import symbackprop
from symbackprop.errors import SymbackpropError
from tests.growth import KB, SIZES, Growth, Run, Text, forget, memory_of, series_of, texts_of, time_of
from tests.imports import Package, parse_package, read_package
from tests.readers import HOLE, READERS, TEXTS, Reader
from tests.tokens import NAME, doors, modules, modules_entered, patterns_of, tokens_known

FOLDER = Path(symbackprop.__file__).parent

# --- The measures tell a square from a line -----------------------------------------------------------------------

SMALL = (2 * KB, 4 * KB, 8 * KB, 16 * KB)


def linear(text: str) -> object:
    return [str(ord(it)) for _ in range(5) for it in text]


def quadratic(text: str) -> object:
    return re.search(r"x+y", text)


def quadratic_by_a_list(text: str) -> object:
    seen: list[int] = []
    for place in range(0, len(text), 4):
        if place not in seen:
            seen.append(place)
    return seen


def quadratic_in_memory(text: str) -> object:
    return [text[place:] for place in range(0, len(text), 16)]


class Uneven:
    """A linear reader on a machine that has other work: each third text takes three times as long."""

    def __init__(self) -> None:
        self._times = 0

    def __call__(self, text: str) -> object:
        """Read it."""
        self._times += 1
        for _ in range(2 if self._times % 3 == 0 else 0):
            linear(text)
        return linear(text)


def of_x(size: int) -> str:
    return "x" * size


@pytest.mark.parametrize("read", [quadratic, quadratic_by_a_list])
def test_a_square_in_time_is_rejected(read: Run) -> None:
    found = time_of(read, of_x, SMALL)
    assert not found.is_in_proportion
    assert found.exponent < 3


def test_a_square_in_memory_is_rejected() -> None:
    found = memory_of(quadratic_in_memory, of_x, SMALL)
    assert not found.is_in_proportion
    assert 1.9 < found.exponent < 2.1


@pytest.mark.parametrize("read", [linear, Uneven()])
def test_a_line_passes_whatever_else_the_machine_does(read: Run) -> None:
    found = time_of(read, of_x, SIZES)
    assert found.is_in_proportion
    # It is measured at all; a machine that is busy while the small ones are tried makes it look flatter.
    assert found.exponent > 0.5
    assert memory_of(read, of_x, SMALL).is_in_proportion


@pytest.mark.parametrize(("last", "passes"), [(0.24, True), (2.4, False)])
def test_what_is_refused_between_two_sizes_hides_nothing(last: float, *, passes: bool) -> None:
    costs = (0.03, 0.0007, 0.001, last)
    assert Growth(sizes=SIZES, costs=costs, least=0.01, most=10).is_in_proportion is passes


# --- Every reader -------------------------------------------------------------------------------------------------

BASE = frozenset({"a", "0", " ", "\n", ",", '"'})
"""What any reader meets."""

EVERYWHERE = ("run", "nested")
ALTERNATELY = ("before others", "with words apart")
"""In places within other text only those shapes that such a place can make worse; where all is free, all of them."""


SUSPICIOUS = 1.15
"""The exponent between two small sizes from which a square may hide behind a line.

A square that costs 0.44 of the line's share at 24 KB, or 0.33 of it at 12 KB, makes 1.15 of the small sizes, and 1.6 or
1.7 of what lies between 40 and 160 KB.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """At which two sizes to measure all cases, and at which ones those that are suspicious or dear."""

    free: tuple[int, int]
    within: tuple[int, int]
    sizes: tuple[int, ...]
    in_memory: tuple[int, ...]
    is_thorough: bool


THOROUGH = Effort(
    free=(3 * KB, 24 * KB),
    within=(3 * KB, 12 * KB),
    sizes=SIZES,
    # What is refused at the last size may have been read at the one before.
    in_memory=(20 * KB, 80 * KB, 160 * KB),
    is_thorough=True,
)
QUICK = Effort(
    free=(KB // 2, 2 * KB), within=(KB // 2, 2 * KB), sizes=(KB, 8 * KB), in_memory=(KB, 8 * KB), is_thorough=False
)
MOST_IN_MEMORY = 2
"""Of how many of the dearest cases memory is measured: it takes some four times as long as to read them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A reader and a text for it of any size: which token, in what shape, in which place."""

    token: str
    shape: str
    place: str
    run: Run
    text: Text

    def __str__(self) -> str:
        return f"{self.token!r} {self.shape} in {self.place[-60:]!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What some sizes of a case cost, in seconds and in bytes."""

    case: Case
    time: Growth
    memory: Growth

    @property
    def is_in_proportion(self) -> bool:
        """Whether neither grows out of proportion."""
        return self.time.is_in_proportion and self.memory.is_in_proportion


@cache
def tokens(reader: Reader) -> tuple[str, ...]:
    """The tokens that a reader knows, the single signs first."""
    with tempfile.TemporaryDirectory() as folder:
        known = tokens_known(partial(met, reader, Path(folder)))
    return tuple(sorted(BASE | known, key=lambda it: (len(it), it)))


def met(reader: Reader, folder: Path) -> None:
    """Have a reader go the ways of right and of wrong texts."""
    for place in reader.places:
        for filling in ("0.5", ".5"):
            with suppress(SymbackpropError):
                reader.read(reader.text(place, filling), folder)


def cases(reader: Reader, folder: Path, effort: Effort) -> Iterator[Case]:
    """Give the cases of a reader; of the quick effort one shape of each of ASCII's signs where all is free."""
    known = tokens(reader)
    # Where a control character stands nothing is read at all.
    ends = tuple(it for it in known if len(it) == 1 and it.isprintable())
    run = _run(reader, folder)
    for number, token in enumerate(known if effort.is_thorough else [it for it in ends if it.isascii()]):
        texts = texts_of(token, ends)
        for place in reader.places if effort.is_thorough else (HOLE,):
            for shape in _shapes(texts, number, is_free=place == HOLE, effort=effort):
                text = _text(reader, place, texts[shape])
                yield Case(token=token, shape=shape, place=place, run=run, text=text)
    for place, item in reader.series:
        yield Case(token=item, shape="series", place=place, run=run, text=_text(reader, place, series_of(item)))


def _shapes(texts: Iterable[str], number: int, *, is_free: bool, effort: Effort) -> Sequence[str]:
    if effort.is_thorough:
        return [it for it in texts if is_free or it in EVERYWHERE or it == ALTERNATELY[number % 2]]
    few = [it for it in (*EVERYWHERE, *ALTERNATELY) if it in texts]
    return [few[number % len(few)]]


def _run(reader: Reader, folder: Path) -> Run:
    return lambda text: reader.read(text, folder)


def _text(reader: Reader, place: str, text: Text) -> Text:
    return lambda size: reader.text(place, text(size))


def examined(reader: Reader, folder: Path, effort: Effort) -> list[Examined]:
    """Look at all cases of a reader at two small sizes; at all sizes of the suspicious and of each place's dearest.

    Memory is looked at where those cost most.
    """
    first: list[tuple[Growth, Case]] = []
    for _, alike in groupby(cases(reader, folder, effort), key=lambda it: it.token):
        forget()
        for case in alike:
            sizes = effort.free if case.place == HOLE else effort.within
            first.append((time_of(case.run, case.text, sizes, SUSPICIOUS), case))
    first.sort(key=lambda it: it[0].costs[-1] / it[0].sizes[-1])
    dearest = {case.place: case for _, case in first}
    suspicious = [case for growth, case in first if not growth.is_flatter_than(SUSPICIOUS)]
    chosen = {str(case): case for case in (*dearest.values(), *suspicious)}
    forget()
    timed = [(time_of(it.run, it.text, effort.sizes), it) for it in chosen.values()]
    timed.sort(key=lambda it: max(it[0].costs), reverse=True)
    forget()
    return [
        Examined(
            case=it, time=time, memory=memory_of(it.run, it.text, effort.in_memory if number < MOST_IN_MEMORY else ())
        )
        for number, (time, it) in enumerate(timed)
    ]


def out_of_proportion(found: list[Examined]) -> str:
    return "\n".join(
        f"{it.case}: {it.time.exponent:.2f} in time {it.time.costs}, {it.memory.exponent:.2f} in memory {it.memory.costs}"
        for it in found
        if not it.is_in_proportion
    )


LITTLE = replace(
    THOROUGH,
    free=(KB // 2, 4 * KB),
    within=(KB // 2, 2 * KB),
    sizes=(KB, 2 * KB, 8 * KB),
    in_memory=(KB, 8 * KB),
)


def with_a_square(before: str, pattern: str) -> Reader:
    """A linear reader but for one pattern, and that only in texts that begin in one way."""

    def read(text: str, _: Path) -> object:
        return text.split("x"), text.startswith(before) and re.search(pattern, text)

    return Reader(name="hidden", read=read, places=(HOLE, f"w5 = {HOLE}"))


@pytest.mark.parametrize(
    ("effort", "before", "pattern", "found"),
    [
        (LITTLE, "", r"(?:0\n)+y", "'0' in lines in"),
        pytest.param(LITTLE, "", r'(?:"  x)+y', "'\"' with words apart in", marks=pytest.mark.slow),
        (LITTLE, "w5 = ", r",+y", "',' run in 'w5"),
        (QUICK, "", r"0+y", "'0' run in"),
        pytest.param(QUICK, "", r"(?:,  x)+y", "',' with words apart in", marks=pytest.mark.slow),
    ],
)
def test_a_square_that_hides_in_one_shape_of_one_token_is_found(
    effort: Effort, before: str, pattern: str, found: str, tmp_path: Path
) -> None:
    assert found in out_of_proportion(examined(with_a_square(before, pattern), tmp_path, effort))
    assert not out_of_proportion(examined(with_a_square(before, "y"), tmp_path, effort))


@pytest.mark.parametrize("reader", TEXTS, ids=lambda it: it.name)
def test_a_reader_grows_in_proportion_in_small(reader: Reader, tmp_path: Path) -> None:
    assert not (found := out_of_proportion(examined(reader, tmp_path, QUICK))), found


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS, ids=lambda it: it.name)
def test_a_reader_grows_in_proportion(reader: Reader, tmp_path: Path) -> None:
    assert not (found := out_of_proportion(examined(reader, tmp_path, THOROUGH))), found


# --- None is forgotten --------------------------------------------------------------------------------------------

OUR_OWN = frozenset(
    {
        "cli:main",
        "commands:_init",
        "leftovers:_is_locked",
        "leftovers:_taken_away",
        "live.page:frame_of",
        "notation_file:_shipped",
        "pages.phrases:load_phrases",
        "pdf.by_latex:_run",
        "pdf.by_latex:compile_latex",
        "streams:prepare",
    }
)
"""Functions that read what ships with the package, or what it has just made."""

ELSEWHERE = frozenset({"frameworks.onnx_graph:_parsed", "frameworks.onnx_graph:read_graph"})
"""Readers of what is no text: test_onnx_grows."""

TEMPLATES = frozenset(
    {"pages.render:_Workshop.environment", "pages.sandbox:_Within.get_source", "pages.templates:_own"}
)
"""Jinja reads them: a program of their writer's, of which the sandbox counts the steps."""


def forgotten(package: Package) -> list[str]:
    """The functions that let something in and are in no row, and the rows of functions that let nothing in."""
    known = OUR_OWN | ELSEWHERE | TEMPLATES | {door for reader in READERS for door in reader.doors}
    found = doors(package)
    return sorted(f"{it} is in no row" for it in found - known) + sorted(f"{it} is no door" for it in known - found)


def test_every_door_has_a_reader() -> None:
    assert forgotten(read_package(FOLDER)) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from symbackprop.files import read_text\ndef f(path): return read_text(path, most_bytes=9)", "new:f"),
        ("from symbackprop.files import read_text as t\nclass A:\n    def f(self, path): return t(path)", "new:A.f"),
        ("def f(path): return path.read_bytes()", "new:f"),
        ("def f(path):\n    with open(path) as file: return file.read()", "new:f"),
        ("import tomllib\ndef f(text): return tomllib.loads(text)", "new:f"),
        ("import json\ndef f(text):\n    def g(): return json.loads(text)\n    return g()", "new:f"),
    ],
)
def test_a_new_door_without_a_reader_is_found(source: str, found: str) -> None:
    files = {f"{NAME}.__init__": "", f"{NAME}.new": source}
    assert f"{found} is in no row" in forgotten(parse_package(files))


WRITERS = frozenset(
    {
        "checking.judging.standard",
        "derivation.oracle_questions",
        "leftovers",
        "pages.escape",
        "pages.growing",
        "pages.ledger",
        "pages.narrate.remarks",
        "pages.narrate.reporter",
        "pages.phrases",
        "pages.shared_formulas",
        "pages.terminal",
        "pdf.by_latex",
        "pdf.by_typst",
        "programs.names",
        "programs.source",
        "programs.steps",
        "typeset.latex",
        "typeset.spoken",
        "typeset.stacked",
        "typeset.svg",
        "typeset.typst",
    }
)
"""Modules whose patterns look at nothing but what the package or a template has written, or what was read already."""


def unread(readers: tuple[Reader, ...], folder: Path) -> list[str]:
    """The modules with patterns through which no reader goes, though they aren't known to be writers."""
    entered: set[str] = set()
    for reader in readers:
        entered |= modules_entered(partial(met, reader, folder))
    with_patterns = {it.__name__.removeprefix(f"{NAME}.") for it in modules() if patterns_of(it)}
    return sorted(with_patterns - entered - WRITERS) + sorted(f"{it} is a reader" for it in WRITERS & entered)


def test_every_pattern_is_met_by_a_reader(tmp_path: Path) -> None:
    assert unread(READERS, tmp_path) == []


# --- The table ----------------------------------------------------------------------------------------------------


def row(name: str, found: list[Examined], spent: float) -> str:
    """What is told of a reader: its steepest growth and its dearest text, in time and in memory, and what it took."""
    exponent, seconds = max(it.time.exponent for it in found), max(max(it.time.costs) for it in found)
    steepness, size = max(it.memory.exponent for it in found), max(max(it.memory.costs, default=0) for it in found)
    figures = f"{exponent:5.2f} {seconds:8.2f} s {steepness:6.2f} {size / KB / KB:8.1f} MB {spent:8.0f} s in all"
    return "\n".join(filter(None, (f"{name:26} {figures}", out_of_proportion(found))))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for each in READERS:
            if each.name.startswith(tuple(sys.argv[1:]) or ""):
                begun = process_time()
                examined_ = examined(each, Path(place), THOROUGH)
                sys.stdout.write(f"{row(each.name, examined_, process_time() - begun)}\n")
                sys.stdout.flush()
