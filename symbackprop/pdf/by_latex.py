"""A page's source to PDF by an installed TeX."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from symbackprop.errors import SpecError
from symbackprop.pages.escape import replaced
from symbackprop.wording import one_line, quoted

_MOST_SECONDS = 300
_ERROR = re.compile(r"^(?:! |\S+\.tex:[0-9]+: )(?P<what>.*)$", re.MULTILINE)
_OVERFULL = re.compile(r"^Overfull \\[hv]box \((?P<points>[0-9.]+)pt too (?P<way>\w+)\)(?P<where>.*)$", re.MULTILINE)
_NO_GLYPH = re.compile(r"^Missing character: There is no (?P<what>\S+)", re.MULTILINE)
_DRIVER = "xdvipdfmx"
"""What makes a PDF of that which XeTeX has set."""
_READ = re.compile(r"^INPUT (?P<path>.+)$", re.MULTILINE)
_SHOWN = re.compile(
    rb"(?i)(?:pdf: *(?:image|img|epdf|fstream|mapfile)|psfile|plotfile|postscriptbox|em: *graph|<img"
    rb"|dvipdfmx: *config +[^CVz])"
)
"""What asks xdvipdfmx for a file, which it reads from anywhere."""
_HARMLESS = 1.0
"""So many points too wide, nobody sees."""


def compile_latex(source: str, language: str) -> bytes:
    """The PDF.

    Raises SpecError, whose text is one line, where a character is in none of the fonts, and where TeX isn't installed,
    fails, or lets something overflow.
    """
    engine = "xelatex" if language == "zh" else "pdflatex"
    if missing := replaced(source):
        raise SpecError("--engine latex", f"the fonts of {engine} have no {quoted(missing)} (U+{ord(missing):04X})")
    if engine == "xelatex" and shutil.which(engine) is not None and shutil.which(_DRIVER) is None:
        raise SpecError("--engine latex", f"{_DRIVER} isn't installed, which xelatex needs for a PDF")
    if shutil.which(engine) is None:
        why = f"{engine} isn't installed; your system's TeX Live has it, and without --engine latex no TeX is needed"
        raise SpecError("--engine latex", why)
    with tempfile.TemporaryDirectory(prefix="symbackprop-") as name:
        place = Path(name)
        (place / "document.tex").write_text(source, encoding="utf-8")
        # The table of contents is known only after the first run.
        _run(engine, place)
        log = _run(engine, place)
        _require_own_files(engine, place)
        _require_faultless(engine, log)
        if engine == "xelatex" and _call([_DRIVER, "-q", "-E", "document.xdv"], place) != 0:
            raise SpecError("--engine latex", f"{_DRIVER} failed")
        return (place / "document.pdf").read_bytes()


def _run(engine: str, place: Path) -> str:
    """One run of TeX, which reads and writes nothing but its own folder and fonts, and its log.

    What XeTeX has set is kept for `_require_own_files` to look at, before a PDF is made of it.
    """
    unfinished = ["-no-pdf"] if engine == "xelatex" else []
    options = ["-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "-no-shell-escape", "-recorder"]
    returned = _call([engine, *options, *unfinished, "document.tex"], place)
    written = place / "document.log"
    log = written.read_text(encoding="utf-8", errors="replace") if written.exists() else ""
    if returned != 0:
        error = _ERROR.search(log)
        raise SpecError("--engine latex", f"{engine} failed: {one_line(error['what'] if error else 'it said nothing')}")
    return log


def _call(command: list[str], place: Path) -> int:
    """Calls a program of TeX's in a folder, and gives what it returns."""
    told = {
        "max_print_line": "10000",
        "openin_any": "p",
        "openout_any": "p",
        # The date in the file and its number are taken from these, so that the same source gives the same bytes.
        "SOURCE_DATE_EPOCH": "0",
        "FORCE_SOURCE_DATE": "1",
    }
    try:
        done = subprocess.run(  # noqa: S603 - the programs' names are ours
            command,
            cwd=place,
            env=os.environ | told,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SpecError("--engine latex", f"{command[0]} was still running after {_MOST_SECONDS} seconds") from None
    return done.returncode


def _require_own_files(engine: str, place: Path) -> None:
    r"""Raises SpecError where a template put a file from elsewhere into the PDF.

    What TeX's own permissions don't hold back is what goes into a PDF as it is: pdfTeX's `\pdfobj file`, pictures.
    """
    trees = _trees()
    for found in _READ.finditer((place / "document.fls").read_text(encoding="utf-8", errors="replace")):
        path = Path(found["path"])
        known = not path.is_absolute() or path.name == "texmf.cnf" or path.is_relative_to(place)
        if trees and not known and not any(path.is_relative_to(tree) for tree in trees):
            raise _foreign(engine, str(path))
    if engine == "xelatex" and (asked := _SHOWN.search((place / "document.xdv").read_bytes())):
        raise _foreign(engine, asked[0].decode("ascii"))


def _foreign(engine: str, what: str) -> SpecError:
    return SpecError(
        "--engine latex", f"{engine} was to put a file from elsewhere into the PDF: {quoted(one_line(what))}"
    )


def _trees() -> tuple[Path, ...]:
    """The folders that TeX's own files are in."""
    if shutil.which("kpsewhich") is None:
        return ()
    told = subprocess.run(["kpsewhich", "-expand-braces=$TEXMF"], capture_output=True, check=False)  # noqa: S607
    trees = (Path(it.removeprefix("!!")) for it in told.stdout.decode(errors="replace").strip().split(os.pathsep))
    return tuple(path for tree in trees if tree.is_absolute() for path in (tree, tree.resolve()))


def _require_faultless(engine: str, log: str) -> None:
    if missing := _NO_GLYPH.search(log):
        raise SpecError("--engine latex", f"the fonts of {engine} have no {missing['what']}")
    for found in _OVERFULL.finditer(log):
        if float(found["points"]) > _HARMLESS:
            where = one_line(found["where"].strip())
            raise SpecError("--engine latex", f"something is {found['points']} points too {found['way']} {where}")
