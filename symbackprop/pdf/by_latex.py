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
_WITHOUT_PDF = {"pdflatex": "-draftmode", "xelatex": "-no-pdf"}
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
    if shutil.which(engine) is None:
        why = f"{engine} isn't installed; your system's TeX Live has it, and without --engine latex no TeX is needed"
        raise SpecError("--engine latex", why)
    with tempfile.TemporaryDirectory(prefix="symbackprop-") as name:
        place = Path(name)
        (place / "document.tex").write_text(source, encoding="utf-8")
        # The table of contents is known only after the first run, whose pages nobody sees.
        _run(engine, place, _WITHOUT_PDF[engine])
        _require_faultless(engine, _run(engine, place))
        return (place / "document.pdf").read_bytes()


def _run(engine: str, place: Path, *options: str) -> str:
    """One run of TeX, without a shell, which opens nothing but its own folder and fonts, and its log.

    That doesn't hold back templates of somebody else's, which never come here: TeX hands files on that it doesn't open.
    """
    told = {
        "max_print_line": "10000",
        "openin_any": "p",
        "openout_any": "p",
        # The date in the file and its number are taken from these, so that the same source gives the same bytes.
        "SOURCE_DATE_EPOCH": "0",
        "FORCE_SOURCE_DATE": "1",
    }
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "-no-shell-escape", *options]
    try:
        done = subprocess.run(  # noqa: S603 - the engine's name is ours
            [*command, "document.tex"],
            cwd=place,
            env=os.environ | told,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SpecError("--engine latex", f"{engine} was still running after {_MOST_SECONDS} seconds") from None
    written = place / "document.log"
    log = written.read_text(encoding="utf-8", errors="replace") if written.exists() else ""
    if done.returncode != 0:
        error = _ERROR.search(log)
        raise SpecError("--engine latex", f"{engine} failed: {one_line(error['what'] if error else 'it said nothing')}")
    return log


def _require_faultless(engine: str, log: str) -> None:
    if missing := _NO_GLYPH.search(log):
        raise SpecError("--engine latex", f"the fonts of {engine} have no {missing['what']}")
    for found in _OVERFULL.finditer(log):
        if float(found["points"]) > _HARMLESS:
            where = one_line(found["where"].strip())
            raise SpecError("--engine latex", f"something is {found['points']} points too {found['way']} {where}")
