"""Standard streams that are closed or full, and files whose names are no UTF-8: a clear line, or it works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from symbackprop import api
from symbackprop.checking.published import judge_published
from symbackprop.derivation.certify import certify
from symbackprop.derivation.derive import derive
from symbackprop.export import to_json
from symbackprop.files import encoded
from tests.command_line import NET
from tests.networks import default_network

ROOT = Path(__file__).parents[1]
UNIX = os.name == "posix"
pytestmark = pytest.mark.skipif(not UNIX, reason="redirects as a shell of Unix writes them")


def shell(command: str, folder: Path) -> tuple[int, bytes, bytes]:
    """Runs a line of a shell in which `symbackprop` is ours, and gives its exit code, output and complaints."""
    program = f'symbackprop() {{ "{sys.executable}" -m symbackprop "$@"; }}\n{command}'
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["sh", "-c", program], cwd=folder, env=environment, capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


# --- Streams ----------------------------------------------------------------------------------------------

CLOSED = b"symbackprop: standard output: cannot be written: Bad file descriptor\n"
FULL = b"symbackprop: standard output: cannot be written: No space left on device\n"
STREAMS = [
    ("list formats >&-", 2, CLOSED),
    ("list formats >/dev/full", 2, FULL),
    pytest.param("list examples >&- 2>&-", 2, b"", marks=pytest.mark.slow, id="list examples >&- 2>&-"),
    ("--help >&-", 2, CLOSED),
    pytest.param("--version >/dev/full", 2, FULL, marks=pytest.mark.slow, id="--version >/dev/full"),
    ("list formats 2>&-", 0, b""),
    pytest.param("list nothing 2>&-", 2, b"", marks=pytest.mark.slow, id="list nothing 2>&-"),
    ("list nothing 2>/dev/full", 2, b""),
    ("check - <&-", 2, b"symbackprop: standard input: cannot be read: Bad file descriptor\n"),
    ("init net.toml <&- >&- 2>&-", 2, b""),
]


@pytest.mark.parametrize(("command", "code", "complaint"), STREAMS)
def test_a_stream_that_is_closed_or_full_is_told_in_one_line(
    command: str, code: int, complaint: bytes, tmp_path: Path
) -> None:
    if "/dev/full" in command and not Path("/dev/full").exists():
        pytest.skip("there is no device that is always full")
    assert shell(f"symbackprop {command}", tmp_path)[::2] == (code, complaint)


def test_no_file_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    """Else what is printed would land in the file that is written."""
    shell("symbackprop init net.toml >&-", tmp_path)
    assert (tmp_path / "net.toml").read_text().startswith("#")
    assert "net.toml" not in (tmp_path / "net.toml").read_text().splitlines()[-1]


# --- Names ------------------------------------------------------------------------------------------------

NO_UTF8 = os.fsdecode(b"n\xff\xe9")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which files may have any name."""
    try:
        (tmp_path / f"{NO_UTF8}.toml").write_text(NET, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    return tmp_path


def test_such_a_name_is_printed_byte_for_byte_and_complained_about_in_escapes(folder: Path) -> None:
    name = b"n\xff\xe9"
    assert shell(f"symbackprop init '{NO_UTF8}.new.toml'", folder) == (0, name + b".new.toml\n", b"")
    code, out, err = shell(f"symbackprop verify './{NO_UTF8}'", folder)
    assert (code, out) == (2, b"")
    assert err == b"symbackprop: n\\udcff\\udce9: cannot be read: no such file or directory\n"


def test_what_an_encoding_has_not_got_is_printed_as_its_escape(tmp_path: Path) -> None:
    code, out, err = shell(f"PYTHONIOENCODING=ascii symbackprop init '误差{NO_UTF8}.toml'", tmp_path)
    assert (code, out, err) == (0, b"\\u8bef\\u5dee" + b"n\xff\xe9.toml\n", b"")


@pytest.mark.slow
def test_a_folder_of_works_with_such_names_is_checked(folder: Path) -> None:
    works = folder / f"{NO_UTF8}.d"
    works.mkdir()
    (works / f"{NO_UTF8}.md").write_text("out_h1 = 0.593269992\n", encoding="utf-8")
    network = f"--network '{NO_UTF8}.toml'"
    code, out, err = shell(f"symbackprop check '{NO_UTF8}.d' {network} -o '{NO_UTF8}.o' --csv '{NO_UTF8}.csv'", folder)
    assert (code, err) == (0, b"")
    assert out == b"n\xff\xe9.csv\n"
    assert [os.fsencode(it.name) for it in (folder / f"{NO_UTF8}.o").iterdir()] == [b"n\xff\xe9.md.txt"]
    assert b"n\\udcff\\udce9.md,1," in (folder / f"{NO_UTF8}.csv").read_bytes()


def test_documents_bear_such_names(folder: Path) -> None:
    network = replace(default_network(), origin=str(folder / f"{NO_UTF8}.toml"))
    derivation = derive(replace(network, training=replace(network.training, rounds=1)))
    told = "".join(to_json(derivation, judge_published(derivation), certify(derivation)))
    assert json.loads(encoded(told))["network"]["file"] == "n\\udcff\\udce9.toml"
    rendered = api.render_files(
        derivation, format="markdown", lang="en", detail="brief", decimals=9, templates=None, stem=NO_UTF8
    )
    # A link is its bytes, as a browser writes them.
    assert b"](n%FF%E9-network.svg)" in encoded("".join(rendered.pieces))
    assert all(name.startswith(NO_UTF8) for name in rendered.figures)
