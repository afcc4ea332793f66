"""The command line as a process of its own: exit codes, interruptions, closed pipes, what it imports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command_line import NET, Run, files

ROOT = Path(__file__).parents[1]


def _process(*arguments: str, folder: Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "symbackprop", *arguments],
        cwd=folder,
        env=_environment(),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


def test_a_process_writes_and_ends_with_0(tmp_path: Path) -> None:
    done = _process("render", "--rounds", "1", "--format", "json", "-o", "-", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["schema"] == 1
    assert files(tmp_path) == set()


def test_a_process_reads_a_network_from_standard_input(tmp_path: Path) -> None:
    done = _process("verify", "/dev/stdin", folder=tmp_path, stdin=NET)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_process_complains_and_ends_with_2(tmp_path: Path) -> None:
    done = _process("render", "nowhere.toml", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "symbackprop: nowhere.toml: cannot be read: no such file or directory\n"


def test_a_process_that_cannot_prove_ends_with_3(tmp_path: Path) -> None:
    program = (
        "import sys, symbackprop.derivation.certify as certify\n"
        "certify._examined_singly = lambda *_, **__: [certify.Failure(id='E_total', route=certify.Route.POINTS, why='it is not')]\n"
        "from symbackprop.cli import run_as_program\n"
        "sys.argv = ['symbackprop', 'render', '--rounds', '1', '-o', 'x.tex']\n"
        "run_as_program()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=_environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "symbackprop: E_total could not be proved: it is not\n"
    assert files(tmp_path) == set()


@pytest.mark.parametrize(
    "command", [["render", "-o", "page.tex"], ["train", "--csv", "run.csv"]], ids=["render", "train"]
)
def test_an_interrupted_process_leaves_nothing(command: list[str], tmp_path: Path) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        pytest.skip("a shell that put the tests into the background lets them ignore interruptions")
    option = "--rounds" if command[0] == "render" else "--steps"
    arguments = [sys.executable, "-m", "symbackprop", *command, option, "1000000"]
    with subprocess.Popen(
        arguments, cwd=tmp_path, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            # Long enough to be in the middle of training, which takes many seconds.
            time.sleep(2.5)
            assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 130
    assert err == "symbackprop: interrupted\n"
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_while_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """The first file is finished beside its place; the second one is interrupted."""
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    whole = Path.open
    opened: list[Path] = []

    def interrupted(self: Path, mode: str = "r", *rest: object, **options: object) -> object:
        if mode == "wb":
            opened.append(self)
        if len(opened) > 1:
            raise KeyboardInterrupt
        return whole(self, mode, *rest, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", interrupted)
    code, out, err = run("render", "net.toml", "--format", "markdown", "-o", "page.md")
    assert (code, out, err) == (130, "", "symbackprop: interrupted\n")
    assert len(opened) == 2
    assert files(tmp_path) == {"net.toml"}


@pytest.mark.parametrize(
    "arguments",
    ["render --format text --rounds 1 -o -", "render --format markdown --rounds 1 -o -", "verify", "train --steps 10"],
)
def test_a_reader_that_has_enough_is_no_error(arguments: str, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "symbackprop", *arguments.split()],
        cwd=tmp_path,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read().decode()
        process.wait(timeout=60)
    # 141 is what a shell makes of a program that the closed pipe ended.
    assert process.returncode in {0, 141}
    assert [line for line in err.splitlines() if "figures are not written" not in line] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["list", "formats"],
        ["list", "examples"],
        ["render", "broken.toml"],
        ["train", "x.toml"],
    ],
    ids=" ".join,
)
def test_what_needs_no_derivation_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("title = 1", encoding="utf-8")
    program = (
        "import sys\n"
        "from symbackprop.cli import main\n"
        "main(sys.argv[1:])\n"
        "print(sorted({'sympy', 'flint', 'jinja2', 'mpmath'} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=tmp_path,
        env=_environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "[]"
