"""What killed runs leave behind: the next one puts it in order, and touches nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from symbackprop import leftovers
from symbackprop.files import require_writable, write_all, write_whole
from symbackprop.leftovers import temporary_file, tidy, written_as_set
from tests.command_line import Run

pytestmark = pytest.mark.skipif(leftovers.LOCKS is None, reason="this system has no locks that end with a process")

ROOT = Path(__file__).parents[1]
ORPHAN = ".symbackprop-0123456789abcdef.tmp"
MARK = ".symbackprop-0123456789abcdef.set"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- What is swept ----------------------------------------------------------------------------------------


def test_only_what_is_ours_is_swept(tmp_path: Path) -> None:
    others = {
        ".symbackprop-0123456789abcdef.tm",
        ".symbackprop-0123456789abcdeg.tmp",
        ".symbackprop-0123456789abcde.tmp",
        "symbackprop-0123456789abcdef.tmp",
        f"{ORPHAN}.md",
        f"a{ORPHAN}",
        ".symbackprop.toml",
    }
    for name in (ORPHAN, *others):
        (tmp_path / name).write_text("x")
    tidy(tmp_path)
    assert names(tmp_path) == others


def test_a_link_a_folder_and_a_pipe_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("x")
    (tmp_path / ORPHAN).symlink_to("kept")
    (tmp_path / ORPHAN.replace("0", "1")).mkdir()
    os.mkfifo(tmp_path / ORPHAN.replace("0", "2"))
    before = names(tmp_path)
    tidy(tmp_path)
    assert names(tmp_path) == before


def test_what_belongs_to_somebody_else_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ORPHAN).write_text("x")
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    tidy(tmp_path)
    assert names(tmp_path) == {ORPHAN}


def test_what_a_run_that_lives_is_writing_is_left_alone(tmp_path: Path) -> None:
    with ExitStack() as cleaning, written_as_set(tmp_path, "a and b"):
        temporary = temporary_file(tmp_path, cleaning)
        before = names(tmp_path)
        tidy(tmp_path)
        write_whole(tmp_path / "other", "x")
        assert names(tmp_path) == {*before, "other"}
        assert temporary.exists()
    assert names(tmp_path) == {"other"}


def test_a_file_that_is_swept_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs at once: the other one looks between the making and the locking."""
    looked: list[Path] = []
    make = Path.touch

    def make_and_look(path: Path, **settings: bool) -> None:
        make(path, **settings)
        if not looked:
            looked.append(path)
            tidy(tmp_path)

    monkeypatch.setattr(Path, "touch", make_and_look)
    write_whole(tmp_path / "a", "x")
    assert looked
    assert names(tmp_path) == {"a"}


def test_a_file_system_without_locks_is_written_to_and_not_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    (tmp_path / ORPHAN).write_text("x")
    assert leftovers.LOCKS is not None
    monkeypatch.setattr(leftovers.LOCKS, "flock", refuse)
    tidy(tmp_path)
    write_whole(tmp_path / "a", "x")
    assert names(tmp_path) == {"a", ORPHAN}


# --- Runs that are killed ---------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from symbackprop.files import write_all

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def pieces():
    yield "half"
    if sys.argv[1] == "writing":
        kill()

if sys.argv[1] == "placing":
    place, done = Path.replace, []
    Path.replace = lambda one, other: kill() if done else (done.append(one), place(one, other))
write_all([(Path("page.md"), pieces()), (Path("page-network.svg"), ("x",)), (Path("page-curve.svg"), ("x",))])
"""


def killed(when: str, folder: Path) -> set[str]:
    """What a run leaves in a folder that is killed while it is writing, or putting files in place."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, when],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, b"")
    return names(folder)


def test_a_run_killed_while_writing_leaves_what_the_next_one_sweeps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (left,) = killed("writing", tmp_path)
    assert left.startswith(".symbackprop-")
    require_writable(tmp_path / "page.md")
    assert names(tmp_path) == set()
    assert capsys.readouterr() == ("", "")


def test_a_run_killed_between_two_files_of_a_set_is_told_by_the_next_one(tmp_path: Path, run: Run) -> None:
    assert {it for it in killed("placing", tmp_path) if not it.startswith(".")} == {"page.md"}
    code, out, err = run("init", "net.toml")
    why = "not all of these files are there, or new"
    assert (code, out) == (0, "net.toml\n")
    assert (
        err == f"symbackprop: {tmp_path}: an earlier run was stopped while it wrote page.md and 2 other files: {why}\n"
    )
    assert names(tmp_path) == {"page.md", "net.toml"}
    assert run("init", "other.toml") == (0, "other.toml\n", "")


def test_a_set_that_gets_whole_leaves_no_mark(tmp_path: Path) -> None:
    write_all([(tmp_path / "a", ("1",)), (tmp_path / "b", ("2",))])
    assert names(tmp_path) == {"a", "b"}


def test_an_interruption_between_two_files_leaves_the_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Path.replace

    def interrupted(path: Path, target: Path) -> None:
        if target.name == "b":
            raise KeyboardInterrupt
        place(path, target)

    with monkeypatch.context() as staged:
        staged.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_all([(tmp_path / "a", ("1",)), (tmp_path / "b", ("2",))])
    assert len(names(tmp_path)) == 2
    tidy(tmp_path)
    assert "while it wrote a and 1 other file:" in capsys.readouterr().err
    assert names(tmp_path) == {"a"}


def test_a_mark_is_told_on_one_line_whatever_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / MARK).write_bytes(b"a\nb\xff\x1b[2J" + b"c" * 10_000)
    tidy(tmp_path)
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "\x1b" not in told
    assert len(told) < 2000
    assert names(tmp_path) == set()


def test_reports_on_a_folder_are_a_set(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "works").mkdir()
    for name in ("a.md", "b.md"):
        (tmp_path / "works" / name).write_text("out_h1 = 0.593269992\n")
    place = Path.replace

    def interrupted(path: Path, target: Path) -> None:
        if target.name.startswith("b"):
            raise KeyboardInterrupt
        place(path, target)

    with monkeypatch.context() as staged:
        staged.setattr(Path, "replace", interrupted)
        assert run("check", "works", "-o", "reports")[0] == 130
    code, _, err = run("check", "works", "-o", "reports")
    assert code == 0
    assert err.endswith(
        "an earlier run was stopped while it wrote the reports on works: not all of these files are there, or new\n"
    )
    assert names(tmp_path / "reports") == {"a.md.txt", "b.md.txt"}
    assert run("check", "works", "-o", "reports")[2] == ""
