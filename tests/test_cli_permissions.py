"""What the file system refuses: folders that can't be read, entered or written, a full disk; one line, nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import NET, Run, files

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions as Unix has them")

REFUSED = [
    ("verify hidden.toml", "hidden.toml: cannot be read: permission denied"),
    ("verify noexec/net.toml", "noexec/net.toml: cannot be read: permission denied"),
    ("render net.toml", "output/net.en.tex: cannot be written: permission denied"),
    ("render net.toml -o readonly/x.tex", "readonly/x.tex: cannot be written: permission denied"),
    ("render net.toml -o noexec/x.tex", "noexec/x.tex: cannot be written: permission denied"),
    ("render net.toml -o fixed.tex", "fixed.tex: cannot be written: permission denied"),
    ("render net.toml -o folder.tex", "folder.tex: cannot be written: is a directory"),
    ("render net.toml -o fixed.tex/x.tex", "fixed.tex/x.tex: cannot be written: not a directory"),
    ("render net.toml --notation hidden.toml", "--notation: hidden.toml: cannot be read: permission denied"),
    ("render net.toml --templates noread -o -", "noread: cannot be read: permission denied"),
    ("render net.toml --templates templates -o -", "templates: cannot be read: permission denied"),
    ("train net.toml --csv readonly/x.csv", "readonly/x.csv: cannot be written: permission denied"),
    ("train net.toml --plot noexec/x.svg", "noexec/x.svg: cannot be written: permission denied"),
    ("init readonly/x.toml", "readonly/x.toml: cannot be written: permission denied"),
    ("init noexec/x.toml", "noexec/x.toml: permission denied"),
    ("check noread", "noread: cannot be read: Permission denied"),
    (
        "check noexec",
        "noexec: none of its works can be read; the first: noexec/good.md: cannot be read: permission denied",
    ),
    ("check noexec/good.md", "noexec/good.md: permission denied"),
    ("check works/b.md", "works/b.md: cannot be read: permission denied"),
    ("check good.md -o readonly/x.txt", "readonly/x.txt: cannot be written: permission denied"),
    ("check good.md --csv noexec/x.csv", "noexec/x.csv: cannot be written: permission denied"),
    ("check works -o readonly", "readonly/report: cannot be written: permission denied"),
    ("check works -o noexec/reports", "noexec/reports: permission denied"),
    ("check good.md --points hidden.toml", "hidden.toml: cannot be read: permission denied"),
    ("import hidden.toml --inputs 1 --targets 1", "hidden.toml: cannot be read: permission denied"),
]

AS_NOBODY = """
import contextlib, encodings.utf_8_sig, io, json, os, sys
from symbackprop import api, check_command, commands, import_command
from symbackprop.cli import main

def told(arguments):
    out, err = io.TextIOWrapper(io.BytesIO()), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        return main(arguments), err.getvalue()

# So that everything is imported by whom may read it: an environment in root's own folder is nobody else's to read.
told(["check", "good.md", "--network", "net.toml"])
told(["import", "good.md", "--inputs", "1", "--targets", "1"])
for once in ("verify net.toml", "render net.toml -o -", "train net.toml"):
    told(once.split())
if os.geteuid() == 0:
    # Who may do everything is refused nothing.
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
print(json.dumps([told(command.split()) for command in json.loads(sys.argv[1])]))
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder with everything that can be refused, which everybody may enter and only its owner write."""
    folder = Path(tempfile.mkdtemp())
    for name in ("works", "noread", "noexec", "readonly", "folder.tex", "templates/latex"):
        (folder / name).mkdir(parents=True)
    for name in ("good.md", "works/a.md", "works/b.md", "noread/a.md", "noexec/good.md"):
        (folder / name).write_text("out_h1 = 0.593269992\n", encoding="utf-8")
    for name in ("net.toml", "hidden.toml", "noexec/net.toml", "fixed.tex"):
        (folder / name).write_text(NET, encoding="utf-8")
    modes = {
        "works/b.md": 0,
        "hidden.toml": 0,
        "fixed.tex": 0o444,
        "noread": 0o311,
        "noexec": 0o444,
        "readonly": 0o555,
        "templates/latex": 0,
    }
    for name, mode in modes.items():
        (folder / name).chmod(mode)
    folder.chmod(0o555)
    yield folder
    for name in (".", "noread", "noexec", "readonly", "templates/latex"):
        (folder / name).chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def told(place: Path) -> dict[str, tuple[int, str]]:
    """What each command is told, exit code and complaint, as a user who isn't root: one process for all of them."""
    if os.geteuid() == 0 and not all(folder.stat().st_mode & 0o001 for folder in (ROOT, *ROOT.parents)):
        pytest.skip("this checkout lies in root's own folder, so nobody else can read the package")
    commands = [command for command, _ in REFUSED]
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, json.dumps(commands)],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return {command: (code, err) for command, (code, err) in zip(commands, json.loads(done.stdout), strict=True)}


@pytest.mark.parametrize(("command", "why"), REFUSED, ids=[command for command, _ in REFUSED])
def test_what_is_refused_is_told_in_one_line(command: str, why: str, told: dict[str, tuple[int, str]]) -> None:
    assert told[command] == (2, f"symbackprop: {why}\n")


def test_nothing_was_written(told: dict[str, tuple[int, str]], place: Path) -> None:
    assert told
    written = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    assert {name for name in written if not name.startswith(("noread", "noexec"))} == {
        *("net.toml", "hidden.toml", "fixed.tex", "good.md", "works/a.md", "works/b.md"),
    }
    assert (place / "fixed.tex").stat().st_size == len(NET)


# --- A full disk ------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize(
    "arguments",
    [
        ("init", "full"),
        ("train", "net.toml", "--steps", "1", "--csv", "full"),
        ("check", "good.md", "--csv", "full", "--network", "mazur"),
    ],
    ids=lambda it: it[0],
)
def test_a_full_disk_is_told_in_one_line(
    arguments: tuple[str, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file that is opened for writing is the device that is always full."""
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    (tmp_path / "good.md").write_text("out_h1 = 0.593269992\n", encoding="utf-8")
    whole = Path.open

    def full(self: Path, mode: str = "r", *rest: object, **options: object) -> object:
        return whole(Path("/dev/full") if mode == "wb" else self, mode, *rest, **options)  # type: ignore[call-overload]

    with monkeypatch.context() as staged:
        staged.setattr(Path, "open", full)
        code, _, err = run(*arguments)
    assert (code, err) == (2, "symbackprop: full: cannot be written: no space left on device\n")
    assert files(tmp_path) == {"net.toml", "good.md"}
