"""`check` on the command line: what is read, what is written where, and how it ends.

Reading and judging have tests of their own; here each work says in its text what is to be said of it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from symbackprop import check_command
from symbackprop.checking import entry
from symbackprop.checking.budget import MOST_STEPS, Budget
from symbackprop.checking.sources.snippet import Kind
from symbackprop.checking.verdicts import Verdict, Verdicts
from symbackprop.checking.work import Work
from symbackprop.cli import main
from symbackprop.errors import SpecError
from tests.checking.by_hand import link, work

Run = Callable[..., tuple[int, str, str]]


class _Judge:
    """Says of each work what its text asks for."""

    def judge(self, work_: Work, budget: Budget) -> Verdicts:
        words = work_.text.split()
        if "crashes" in words:
            raise ZeroDivisionError("float division by zero")
        if "nested" in words:
            raise RecursionError
        if "large" in words:
            raise MemoryError
        if "long" in words:
            budget.spend(MOST_STEPS + 1)
        links = tuple(link(word, "net_h1", Verdict(word), text=work_.text) for word in words if word in set(Verdict))
        return Verdicts(work=work(work_.text, work_.name, links), links=links)


class _Reader:
    """Reads all of a text but for what says that it can't be read."""

    def read_work(self, path: Path, budget: Budget) -> Work:
        return self.read_text(path.read_text(encoding="utf-8"), Kind.TEXT, str(path), budget)

    def read_text(self, text: str, _kind: Kind, name: str, budget: Budget) -> Work:
        if "unending" in text:
            budget.spend(MOST_STEPS + 1)
        if "unreadable" in text:
            raise SpecError(name, "cannot be read at all")
        return work(text, name)


@pytest.fixture(autouse=True)
def _asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_command, "reader_for", lambda _network: _Reader())
    monkeypatch.setattr(check_command, "judge_for", lambda _network: _Judge())


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `check` in an empty folder and give exit code, output and complaints."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["check", *arguments])
        captured = capsysbinary.readouterr()
        return int(code), captured.out.decode(), captured.err.decode()

    return call


def _write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "code"),
    [("correct rounded", 0), ("convention general", 0), ("correct wrong", 1), ("follows", 1), ("correct unread", 0)],
)
def test_the_exit_code_says_whether_something_is_wrong(run: Run, text: str, code: int) -> None:
    _write("a.md", text)
    found, out, err = run("a.md")
    assert (found, err) == (code, "")
    assert out.startswith("a.md, checked\n")


@pytest.mark.parametrize("text", ["", "unread", "general unknown"])
def test_a_work_in_which_nothing_can_be_judged_does_not_pass(run: Run, text: str) -> None:
    _write("a.md", text)
    code, out, err = run("a.md")
    assert (code, err) == (2, "symbackprop: a.md: nothing in it can be judged\n")
    assert out.startswith("a.md, checked\n")


def test_standard_input_is_a_work(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"correct wrong")))
    code, out, _ = run("-")
    assert code == 1
    assert out.startswith("standard input, checked\n")


def test_each_format_and_language(run: Run) -> None:
    _write("a.md", "wrong")
    assert json.loads(run("a.md", "--format", "json")[1])["summary"]["wrong"] == 1
    assert run("a.md", "--format", "html", "--lang", "zh")[1].startswith("<!DOCTYPE html>")
    assert run("a.md", "--format", "markdown", "--lang", "zh")[1].startswith("# a.md 的检查结果\n")


def test_a_report_is_written_where_it_is_wanted(run: Run) -> None:
    _write("a.md", "wrong")
    Path("reports").mkdir()
    code, out, err = run("a.md", "--format", "html", "-o", "reports/a.html", "--csv", "marks.csv")
    assert (code, out, err) == (1, "marks.csv\nreports/a.html\n", "")
    assert Path("reports/a.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert Path("marks.csv").read_text(encoding="utf-8").splitlines()[1].startswith("a.md,0,0,0,0,1,0")


def test_points_are_told_in_the_report(run: Run) -> None:
    _write("a.md", "correct")
    _write("points.toml", '[points]\n"net_h1" = 2\n"net_h2" = 1\n')
    assert "Points: 2 of 3." in run("a.md", "--points", "points.toml")[1]


# --- A folder ---------------------------------------------------------------------------------------------


def test_a_folder_is_marked_sheet_by_sheet(run: Run) -> None:
    for name, text in {"b.toml": "wrong", "a.csv": "correct", "c.json": "unreadable"}.items():
        _write(f"pile/{name}", text)
    for name in (".hidden.toml", "photo.png", "sub/d.toml", "points.toml"):
        _write(f"pile/{name}", "default = 1" if name == "points.toml" else "wrong")
    code, out, err = run("pile", "--csv", "pile/marks.csv", "--points", "pile/points.toml")
    assert (code, out, err) == (1, "pile/marks.csv\n", "")
    rows = list(csv.DictReader(io.StringIO(Path("pile/marks.csv").read_text(encoding="utf-8"))))
    assert [(row["sheet"], row["points"], row["problem"]) for row in rows] == [
        ("a.csv", "1", ""),
        ("b.toml", "0", ""),
        ("c.json", "", "pile/c.json: cannot be read at all"),
        (
            "photo.png",
            "",
            "pile/photo.png: expected a work (.csv, .json, .markdown, .md, .rst, .tex, .toml, .tsv, .txt)",
        ),
    ]
    again = run("pile", "--csv", "pile/marks.csv", "--points", "pile/points.toml")
    assert again == (1, "pile/marks.csv\n", "")
    assert len(Path("pile/marks.csv").read_text(encoding="utf-8").splitlines()) == 5


def test_without_a_file_the_marks_are_printed(run: Run) -> None:
    _write("pile/a.toml", "correct")
    code, out, err = run("pile")
    assert (code, err) == (0, "")
    assert out.splitlines()[1].startswith("a.toml,1,")


def test_each_sheet_gets_its_report(run: Run) -> None:
    _write("pile/a.toml", "wrong")
    _write("pile/a.csv", "correct")
    _write("pile/b.csv", "unreadable")
    assert run("pile", "-o", "reports", "--format", "html")[0] == 1
    assert sorted(path.name for path in Path("reports").iterdir()) == ["a.csv.html", "a.toml.html"]


def test_reports_beside_their_works_are_no_works(run: Run) -> None:
    _write("pile/a.toml", "correct")
    assert run("pile", "-o", "pile", "--format", "markdown")[0] == 0
    code, out, _ = run("pile", "-o", "pile", "--format", "html")
    assert (code, len(out.splitlines())) == (0, 2)
    assert sorted(path.name for path in Path("pile").iterdir()) == ["a.toml", "a.toml.html", "a.toml.md"]


def test_a_folder_without_a_work_in_it(run: Run) -> None:
    _write("pile/08.pdf", "correct")
    code, _, err = run("pile")
    assert (code, "expected works in it" in err) == (2, True)


def test_what_is_named_as_a_work_has_a_row_whatever_it_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_command, "reader_for", entry.reader_for)
    _write("pile/a.md", "$net_{h1} = 0.3775$ is correct")
    Path("pile/dangling.md").symlink_to("nowhere.md")
    Path("pile/circle.md").symlink_to("circle.md")
    Path("pile/folder.md").mkdir()
    Path("pile/dangling").symlink_to("nowhere")
    os.mkfifo("pile/pipe.md")
    code, out, err = run("pile")
    assert (code, err) == (1, "")
    what = "expected a file, found a folder, a pipe or a device"
    problems = {row["sheet"]: row["problem"] for row in csv.DictReader(io.StringIO(out))}
    # How links in a circle are told is the system's.
    assert problems.pop("circle.md").startswith("pile/circle.md: cannot be read: ")
    assert problems == {
        "a.md": "",
        "dangling.md": "pile/dangling.md: cannot be read: no such file or directory",
        "folder.md": f"pile/folder.md: {what}",
        "pipe.md": f"pile/pipe.md: {what}",
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look at everything")
def test_a_work_that_may_not_be_looked_at_has_its_row(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_command, "reader_for", entry.reader_for)
    _write("locked/a.md", "$net_{h1} = 0.3775$")
    _write("pile/b.md", "$net_{h1} = 0.3775$ is correct")
    Path("pile/a.md").symlink_to("../locked/a.md")
    Path("locked").chmod(0)
    try:
        out = run("pile")[1]
    finally:
        Path("locked").chmod(0o700)
    assert [row["problem"] for row in csv.DictReader(io.StringIO(out))] == [
        "pile/a.md: cannot be read: permission denied",
        "",
    ]


def test_a_folder_of_which_nothing_can_be_read(run: Run) -> None:
    _write("pile/a.toml", "unreadable")
    code, out, err = run("pile")
    assert code == 2
    assert "a.toml" in out
    assert err == "symbackprop: pile: none of its works can be read; the first: pile/a.toml: cannot be read at all\n"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_told_to_a_terminal_only(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        _write(f"pile/{number}.toml", "correct")
    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    run("pile")
    assert terminal.getvalue().startswith("\r1 of 3")
    assert terminal.getvalue().endswith("\r\x1b[K")


# --- What goes wrong with one work ------------------------------------------------------------------------

_UNDECIDED = {
    "crashes": "a mistake of ours, please report it (ZeroDivisionError: float division by zero, at LINE)",
    "nested": "it is nested too deep",
    "large": "it needs more memory than there is",
    "long": f"it takes more than {MOST_STEPS:,} steps",
    "unending": f"it takes more than {MOST_STEPS:,} steps",
}


def _without_lines(text: str) -> str:
    return re.sub(r"at symbackprop\.\w+:\d+\)", "at LINE)", text)


@pytest.mark.parametrize("word", _UNDECIDED)
def test_what_goes_wrong_with_one_work_is_one_line_of_its_own(run: Run, word: str) -> None:
    _write("a.md", f"correct {word}")
    said = f"symbackprop: a.md: could not be judged: {_UNDECIDED[word]}\n"
    code, out, err = run("a.md", "-o", "a.txt", "--csv", "marks.csv")
    assert (code, out, _without_lines(err)) == (3, "", said)
    assert sorted(path.name for path in Path().iterdir()) == ["a.md"]


def test_what_goes_wrong_with_one_work_is_its_row_and_the_rest_goes_on(run: Run) -> None:
    for word in _UNDECIDED:
        _write(f"pile/{word}.md", word)
    _write("pile/a.md", "correct")
    _write("pile/z.md", "wrong")
    _write("pile/y.md", "unreadable")
    code, out, err = run("pile", "-o", "reports")
    assert (code, err) == (3, "")
    problems = {
        row["sheet"].removesuffix(".md"): row["problem"] for row in csv.DictReader(io.StringIO(_without_lines(out)))
    }
    told = {word: f"pile/{word}.md: could not be judged: {why}" for word, why in _UNDECIDED.items()}
    assert problems == {**told, "a": "", "z": "", "y": "pile/y.md: cannot be read at all"}
    assert sorted(path.name for path in Path("reports").iterdir()) == ["a.md.txt", "z.md.txt"]


def test_a_pile_of_which_nothing_could_be_judged_is_undecided_and_not_unread(run: Run) -> None:
    _write("pile/a.md", "nested")
    _write("pile/b.md", "unreadable")
    assert run("pile")[0] == 3


def _fails(*_: object) -> Iterator[str]:
    yield "half a report"
    raise OverflowError("too large")


def test_a_report_that_fails_is_neither_half_written_nor_the_end_of_a_pile(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write("pile/a.md", "correct")
    monkeypatch.setattr("symbackprop.reporting.report_pieces", _fails)
    ours = "a mistake of ours, please report it (OverflowError: too large, at LINE)"
    code, out, err = run("pile/a.md")
    assert (code, out) == (3, "")
    assert _without_lines(err) == f"symbackprop: pile/a.md: could not be judged: {ours}\n"
    code, out, err = run("pile", "-o", "reports")
    assert (code, err) == (3, "")
    row = "a.md,1,0,0,0,0,0,,"
    assert _without_lines(out).splitlines()[1] == f'{row}"pile/a.md: its report could not be written: {ours}"'
    assert not list(Path("reports").iterdir())


def test_a_report_without_a_place_is_told_in_its_row_beside_the_marks(run: Run) -> None:
    _write("pile/a.md", "correct wrong")
    _write("pile/b.md", "correct")
    _write("points.toml", "default = 1")
    Path("reports/a.md.txt").mkdir(parents=True)
    code, out, err = run("pile", "-o", "reports")
    assert (code, err) == (3, "")
    why = "pile/a.md: its report could not be written: reports/a.md.txt: cannot be written: is a directory"
    assert out.splitlines()[1] == f"a.md,1,0,0,0,1,0,,{why}"
    marked = [
        next(csv.DictReader(io.StringIO(run("pile", "--points", "points.toml", *to)[1])))
        for to in ([], ["-o", "reports"])
    ]
    assert marked[1] == {**marked[0], "problem": why}
    assert marked[0]["of"] != ""
    assert Path("reports/b.md.txt").is_file()


@pytest.mark.parametrize("seconds", ["0", "-1", "1e9999", "nan", "soon", "", "1.", ".", "१", "0.0"])
def test_a_time_limit_is_a_positive_number(run: Run, seconds: str) -> None:
    _write("a.md", "correct")
    why = f'--time-limit: expected a positive number of seconds, found "{seconds}"'
    assert run("a.md", f"--time-limit={seconds}") == (2, "", f"symbackprop: {why}\n")


def test_a_time_limit_ends_a_work_that_takes_longer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(1000))
    monkeypatch.setattr("symbackprop.checking.budget.monotonic", lambda: next(now))
    monkeypatch.setattr(_Judge, "judge", lambda _self, _work, budget: budget.spend(1000))
    _write("a.md", "correct")
    why = "could not be judged: it takes longer than the time limit of 0.5 seconds"
    assert run("a.md", "--time-limit", "0.5") == (3, "", f"symbackprop: a.md: {why}\n")


# --- Complaints -------------------------------------------------------------------------------------------


def _complaints() -> Iterator[tuple[list[str], str]]:
    yield ["nowhere.md"], "nowhere.md: expected a file, a folder of them, or - for the standard input"
    yield ["x" * 5000], f"{'x' * 5000}: expected a file, a folder of them, or - for the standard input"
    yield ["a.md", "--network", "nowhere"], "network: expected a network file or an example ("
    yield ["a.md", "--network", "nowhere.toml"], "nowhere.toml: cannot be read: no such file or directory"
    yield ["a.md", "--format", "latex"], '--format: expected one of "text", "markdown", "html", "json", found "latex"'
    yield ["a.md", "--lang", "xx"], '--lang: expected one of "en", "zh", found "xx"'
    yield ["a.md", "--points", "nowhere.toml"], "nowhere.toml: cannot be read: no such file or directory"
    yield ["a.md", "-o", "a.md"], "a.md: is the work itself and is left alone"
    yield ["a.md", "-o", "b.html"], "b.html: expected a name that ends in .txt, found .html"
    yield ["a.md", "--csv", "marks.txt"], "marks.txt: expected a name that ends in .csv, found .txt"
    yield ["a.md", "-o", "pile"], "pile: cannot be written: is a directory"
    yield ["unreadable.md"], "unreadable.md: cannot be read at all"
    yield ["pile", "-o", "a.md"], "a.md: expected a folder for the reports, found a file"
    yield ["pile", "--suggest-names"], "--suggest-names: expected one work, found a folder"
    yield ["pile", "--format", "json"], "--format: for a folder it is the reports' format: expected -o FOLDER beside it"
    yield ["pile", "-o", "-"], "-o: expected a folder for the reports on a folder, found the standard output"
    yield (
        ["empty"],
        "empty: expected works in it (.csv, .json, .markdown, .md, .rst, .tex, .toml, .tsv, .txt), found none",
    )
    yield [], "arguments: the following arguments are required: WORK (see symbackprop check --help)"


@pytest.mark.parametrize(
    ("arguments", "said"), list(_complaints()), ids=lambda it: " ".join(it)[:40] if isinstance(it, list) else ""
)
def test_what_is_wrong_is_said_in_one_line(run: Run, arguments: list[str], said: str) -> None:
    _write("a.md", "correct")
    _write("unreadable.md", "unreadable")
    _write("pile/a.toml", "correct")
    Path("empty").mkdir()
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"symbackprop: {said}")
    assert err.count("\n") == 1


def test_standard_input_that_is_no_text_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"net\n\xff")))
    assert run("-") == (2, "", "symbackprop: standard input: line 2: expected UTF-8 text, found the byte 0xff\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x" * (check_command.MOST_BYTES + 1))))
    assert run("-")[2] == "symbackprop: standard input: larger than the 1,000,000 bytes that are read at most\n"
