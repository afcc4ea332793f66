"""What `check` does: one work and its report, or a folder of them and their marks.

Each work is read, judged and reported on by itself: what goes wrong with one is told of it, and the rest goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from symbackprop.checking.budget import Budget
from symbackprop.checking.entry import STANDARD_INPUT, judge_for, load, one_work, read, reader_for
from symbackprop.errors import ExitCode, NotJudgedError, SpecError
from symbackprop.files import read_stream, require_folder, require_output, require_writable, write_all
from symbackprop.formats import REPORTS, Format
from symbackprop.leftovers import written_as_set
from symbackprop.network import Network
from symbackprop.pages.languages import require_language
from symbackprop.resources import network_path
from symbackprop.streams import is_watched, remark
from symbackprop.wording import one_line

if TYPE_CHECKING:
    from symbackprop.checking.judging.judge import Judge
    from symbackprop.checking.marks_table import Row
    from symbackprop.checking.points import Points
    from symbackprop.checking.sources.read import Reader
    from symbackprop.checking.verdicts import Verdicts
    from symbackprop.checking.work import Work

MOST_BYTES = 1_000_000
_STANDARD = "-"
_SHEETS = frozenset({".toml", ".csv", ".tsv", ".json", ".md", ".markdown", ".tex", ".rst", ".txt"})
_SECONDS_BETWEEN = 0.1


def run_check(chosen: argparse.Namespace) -> int:
    """Checks what was chosen on the command line and gives 0 if nothing is wrong, 1 if something is.

    3 if a work of a folder could not be judged or reported on; NotJudgedError is raised for a single one.
    """
    require_language(chosen.lang, "--lang")
    path = None if chosen.work == _STANDARD else Path(chosen.work)
    if path is not None and not _is_there(path):
        raise SpecError(one_line(str(path)), "expected a file, a folder of them, or - for the standard input")
    network = load(chosen.network)
    points = _points(chosen, network)
    is_folder = path is not None and path.is_dir()
    _require_places(chosen, path, is_folder=is_folder)
    if path is not None and is_folder:
        return _check_folder(path, network, points, chosen)
    if chosen.suggest_names:
        return _suggest_names(path, network, chosen)
    return _check_one(path, network, points, chosen)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:
        # Whoever reads it says so.
        return True
    except (OSError, ValueError):
        # A name too long, or with a NUL in it.
        return False


def _points(chosen: argparse.Namespace, network: Network) -> Points | None:
    from symbackprop.checking.points import read_points  # noqa: PLC0415 - after the network was read

    return None if chosen.points is None else read_points(Path(chosen.points), network)


def _require_places(chosen: argparse.Namespace, path: Path | None, *, is_folder: bool) -> None:
    """Refuses at once what would be lost work or a lost file."""
    if is_folder and chosen.suggest_names:
        raise SpecError("--suggest-names", "expected one work, found a folder")
    if is_folder and chosen.output == _STANDARD:
        raise SpecError("-o", "expected a folder for the reports on a folder, found the standard output")
    if is_folder and chosen.output is None and Format(chosen.format) is not Format.TEXT:
        raise SpecError("--format", "for a folder it is the reports' format: expected -o FOLDER beside it, found none")
    kept = {"network file": network_path(chosen.network)}
    kept |= {} if path is None or is_folder else {"work": path}
    kept |= {} if chosen.points is None else {"file of points": Path(chosen.points)}
    if chosen.csv is not None:
        require_folder(Path(chosen.csv))
        require_output(Path(chosen.csv), "csv", kept)
    if chosen.output in (None, _STANDARD):
        return
    output = Path(chosen.output)
    if not is_folder:
        require_folder(output)
        require_output(output, Format(chosen.format).ending, kept)
    elif output.exists() and not output.is_dir():
        raise SpecError(one_line(str(output)), "expected a folder for the reports, found a file")
    else:
        require_writable(output / "report")


def _work(path: Path | None, network: Network, budget: Budget) -> Work:
    if path is not None:
        return read(path, reader_for(network), budget=budget)
    text = read_stream(sys.stdin.buffer, STANDARD_INPUT, most_bytes=MOST_BYTES)
    return read(text, reader_for(network), STANDARD_INPUT, budget)


def _name(path: Path | None) -> str:
    return STANDARD_INPUT if path is None else str(path)


def _suggest_names(path: Path | None, network: Network, chosen: argparse.Namespace) -> int:
    """Prints a table [names] for the network file, or says that there is nothing to put into it."""
    from symbackprop.checking.sources.suggest import suggest_names  # noqa: PLC0415 - only who asks for it

    with one_work(_name(path)):
        budget = Budget(seconds=chosen.time_limit)
        names = suggest_names(_work(path, network, budget), network, budget)
    # A JSON string is a TOML string, too.
    lines = (f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(id_)}" for name, id_ in names.items())
    if names:
        print("\n".join(["[names]", *lines]))
    else:
        remark("symbackprop: no name in this work that means nothing yet can only be one quantity's")
    return ExitCode.DONE


def _check_one(path: Path | None, network: Network, points: Points | None, chosen: argparse.Namespace) -> int:
    from symbackprop.checking.marks_table import marks_table, row_of  # noqa: PLC0415 - after the work was read
    from symbackprop.reporting import report_pieces  # noqa: PLC0415

    budget = Budget(seconds=chosen.time_limit)
    with one_work(_name(path)):
        work = _work(path, network, budget)
        verdicts = judge_for(network).judge(work, budget)
        # Whole before anything is written: a report is there or isn't.
        pieces = tuple(report_pieces(verdicts, network, Format(chosen.format), chosen.lang, points))
    files: list[tuple[Path, Iterable[str]]] = []
    if chosen.csv is not None:
        files.append((Path(chosen.csv), (marks_table((row_of(verdicts, points),), points),)))
    if chosen.output in (None, _STANDARD):
        for piece in pieces:
            sys.stdout.buffer.write(piece.encode())
    else:
        files.append((Path(chosen.output), pieces))
    _write(files, chosen)
    if not verdicts.is_judged:
        # Else a file that was mixed up would pass for a right one.
        raise SpecError(one_line(work.name), "nothing in it can be judged")
    return ExitCode.DONE if verdicts.is_right else ExitCode.WRONG


def _write(files: list[tuple[Path, Iterable[str]]], chosen: argparse.Namespace) -> None:
    """Writes the files and names them where the standard output is free for it."""
    write_all(files)
    if chosen.output not in (None, _STANDARD):
        for path, _ in files:
            print(path)


def _check_folder(folder: Path, network: Network, points: Points | None, chosen: argparse.Namespace) -> int:
    from symbackprop.checking.marks_table import marks_table  # noqa: PLC0415 - after the folder

    sheets = _sheets(folder, chosen)
    if not any(map(_is_readable, sheets)):
        raise SpecError(one_line(str(folder)), f"expected works in it ({', '.join(sorted(_SHEETS))}), found none")
    marking = _Marking(reader_for(network), judge_for(network), network, points, chosen)
    rows: list[Row] = []
    with _progress(len(sheets)) as told, _reports_on(folder, chosen) as placed:
        for sheet in sheets:
            rows.append(marking.row(sheet))
            placed.append(sheet)
            told(len(rows))
    table = marks_table(rows, points)
    if chosen.csv is None:
        sys.stdout.buffer.write(table.encode())
    else:
        write_all([(Path(chosen.csv), (table,))])
        print(chosen.csv)
    if any(row.is_undecided for row in rows):
        return ExitCode.UNDECIDED
    if all(row.problem for row in rows):
        raise SpecError(one_line(str(folder)), f"none of its works can be read; the first: {rows[0].problem}")
    return ExitCode.DONE if all(row.is_right for row in rows) else ExitCode.WRONG


class _Marking:
    """Marks the works of a folder, one by one, with what they share."""

    def __init__(
        self, reader: Reader, judge: Judge, network: Network, points: Points | None, chosen: argparse.Namespace
    ) -> None:
        self._reader = reader
        self._judge = judge
        self._network = network
        self._points = points
        self._chosen = chosen

    def row(self, sheet: Path) -> Row:
        """The row of one work, whatever becomes of it; its report is written, if reports were asked for."""
        from symbackprop.checking.marks_table import Row, row_of  # noqa: PLC0415 - after the folder

        try:
            with one_work(str(sheet)):
                budget = Budget(seconds=self._chosen.time_limit)
                verdicts = self._judge.judge(_read(sheet, self._reader, budget), budget)
                row = row_of(verdicts, self._points, sheet.name)
        except SpecError as error:
            return Row(sheet=sheet.name, problem=one_line(str(error)))
        except NotJudgedError as error:
            return Row(sheet=sheet.name, problem=one_line(str(error)), is_undecided=True)
        if self._chosen.output in (None, _STANDARD):
            return row
        try:
            with one_work(str(sheet)):
                self._report_on(sheet, verdicts)
        except (SpecError, NotJudgedError) as error:
            why = str(error) if isinstance(error, SpecError) else error.why
            problem = f"{one_line(str(sheet))}: its report could not be written: {one_line(why)}"
            return replace(row, problem=problem, is_undecided=True)
        return row

    def _report_on(self, sheet: Path, verdicts: Verdicts) -> None:
        from symbackprop.reporting import report_pieces  # noqa: PLC0415 - marks alone need no templates

        format_ = Format(self._chosen.format)
        path = Path(self._chosen.output) / f"{sheet.name}.{format_.ending}"
        write_all([(path, report_pieces(verdicts, self._network, format_, self._chosen.lang, self._points))])


@contextmanager
def _reports_on(folder: Path, chosen: argparse.Namespace) -> Iterator[list[Path]]:
    """Marks the folder of the reports until all of them are there; yields a list for the works that are reported on."""
    if chosen.output in (None, _STANDARD):
        yield []
        return
    place = Path(chosen.output)
    place.mkdir(parents=True, exist_ok=True)
    with written_as_set(place, f"the reports on {folder}") as placed:
        yield placed


def _sheets(folder: Path, chosen: argparse.Namespace) -> tuple[Path, ...]:
    """What was handed in, by its names: the files of a folder without those that belong to the marking itself.

    What is named as a work is one, whatever it is: that it can't be read is told in its row.
    """
    own = (Path(it) for it in (chosen.csv, chosen.points, chosen.network) if it is not None)
    # Path.resolve fails over links in a circle.
    left_out = {os.path.realpath(path) for path in own}
    try:
        seen = (path for path in folder.iterdir() if not path.name.startswith("."))
        found = sorted(path for path in seen if _is_readable(path) or path.is_file())
    except OSError as error:
        raise SpecError(one_line(str(folder)), f"cannot be read: {error.strerror or error}") from None
    works = {path.name for path in found if _is_readable(path)}
    return tuple(path for path in found if os.path.realpath(path) not in left_out and not _is_report(path, works))


def _is_readable(path: Path) -> bool:
    return path.suffix.lower() in _SHEETS


def _is_report(path: Path, works: Collection[str]) -> bool:
    """Whether a file is named as a report on one of the works beside it."""
    return path.stem in works and path.suffix.removeprefix(".") in {it.ending for it in REPORTS}


def _read(sheet: Path, reader: Reader, budget: Budget) -> Work:
    """One work of a folder. Raises SpecError for a file of a kind that is no work's, and for what is no file."""
    if not _is_readable(sheet):
        raise SpecError(one_line(str(sheet)), f"expected a work ({', '.join(sorted(_SHEETS))})")
    # What may not even be looked at is told by its reader.
    if os.path.exists(sheet) and not os.path.isfile(sheet):  # noqa: PTH110, PTH113
        # A pipe that nobody writes into would keep the others waiting.
        raise SpecError(one_line(str(sheet)), "expected a file, found a folder, a pipe or a device")
    return read(sheet, reader, budget=budget)


@contextmanager
def _progress(total: int) -> Iterator[_Progress]:
    progress = _Progress(total)
    yield progress
    progress.finish()


class _Progress:
    """How far it is, on one line of a terminal; nothing where nobody looks."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._last = 0.0
        self._is_seen = is_watched()

    def __call__(self, done: int) -> None:
        """Tells how many are done, not more often than anybody can read."""
        now = monotonic()
        if self._is_seen and now - self._last >= _SECONDS_BETWEEN:
            self._last = now
            remark(f"\r{done:,} of {self._total:,}", end="")

    def finish(self) -> None:
        """Takes the line away."""
        if self._is_seen:
            remark("\r\x1b[K", end="")
