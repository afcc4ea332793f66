"""Compiles a LaTeX document as a reader would, and tells everything that TeX complained about."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from tests.consumers.tools import missing

Engine = Literal["pdflatex", "xelatex"]

REMEDY = (
    "apt-get install texlive-latex-recommended texlive-pictures texlive-xetex texlive-lang-chinese"
    " texlive-fonts-recommended poppler-utils"
)
# References need two runs, of which the first writes no PDF; a document that needs a third should not.
RUNS = {"pdflatex": ("-draftmode", None), "xelatex": ("-no-pdf", None)}
SECONDS_A_RUN = 180

# What a document names, by the beginning of the command: the ending of the file that it is in.
_LOADED = re.compile(r"\\(?P<how>documentclass|usepackage)\s*(?:\[(?P<options>[^]]*)\])?\s*\{(?P<names>[^}]*)\}")
_ENDINGS = {"documentclass": ".cls", "usepackage": ".sty"}
# What it doesn't name, but its class loads: these come in packages of their own.
_BEHIND = {
    "ctexart.cls": ("xeCJK.sty",),
    "ctexbeamer.cls": ("beamer.cls", "xeCJK.sty"),
    "fontset=fandol": ("FandolSong-Regular.otf", "FandolHei-Regular.otf"),
}

# With -file-line-error: "./document.tex:3: Undefined control sequence.", and "! ..." where there is no file.
_ERROR = re.compile(r"^(?:! |\S+\.\w+:\d+: )")
_PLACE = re.compile(r"^l\.\d+ ")
_UNDEFINED = re.compile(r"^(?:LaTeX|Package \w+) Warning: .*(?:undefined|multiply defined|may have changed)")
_OVERFULL = re.compile(r"^Overfull \\[hv]box ")
_MISSING_GLYPH = re.compile(r"^Missing character: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compilation:
    """What came of a document: its PDF, if there is one, and what TeX's log complains about."""

    pdf: Path | None
    pages: int
    errors: tuple[str, ...]
    undefined: tuple[str, ...]
    overfull: tuple[str, ...]
    missing_glyphs: tuple[str, ...]

    @property
    def complaints(self) -> tuple[str, ...]:
        """Everything together: empty for a document that can be handed out."""
        return self.errors + self.undefined + self.overfull + self.missing_glyphs


def compile_latex(source: str, engine: Engine, folder: Path) -> Compilation:
    """Compile `source` in `folder`, which should be empty but for the document's own files.

    The test is skipped, or fails, where something that the source asks for isn't installed.
    """
    need(source, engine)
    return compile_as_it_is(source, engine, folder)


def compile_as_it_is(source: str, engine: Engine, folder: Path) -> Compilation:
    """Compile `source`, whether TeX has what it asks for or not."""
    (folder / "document.tex").write_text(source, encoding="utf-8")
    pdf = folder / "document.pdf"
    pdf.unlink(missing_ok=True)
    log = ""
    errors: tuple[str, ...] = ()
    for option in RUNS[engine]:
        log, ended_well = _run(engine, folder, option)
        errors = _errors(log)
        if not ended_well and not errors:
            errors = (f"{engine} ended with an error that its log doesn't name",)
        if errors:
            break
    return Compilation(
        pdf=pdf if pdf.exists() else None,
        pages=_pages(pdf) if pdf.exists() else 0,
        errors=errors,
        undefined=_lines(log, _UNDEFINED),
        overfull=_lines(log, _OVERFULL),
        missing_glyphs=_lines(log, _MISSING_GLYPH),
    )


def need(source: str, engine: Engine) -> None:
    """Skip the test, or fail it, where the engine, poppler, or a class, package or font of the source isn't installed."""
    for program in (engine, "kpsewhich", "pdfinfo", "pdftotext"):
        if shutil.which(program) is None:
            missing(program, REMEDY)
    for name in files_of(source):
        if not is_installed(name):
            missing(name, REMEDY)


def files_of(source: str) -> Iterator[str]:
    """Yield the files that a document needs: those of its class, its packages, and its Chinese fonts."""
    for found in _LOADED.finditer(source):
        names = [name.strip() + _ENDINGS[found["how"]] for name in found["names"].split(",")]
        options = [option.strip() for option in (found["options"] or "").split(",")]
        for name in (*names, *options):
            if name in names:
                yield name
            yield from _BEHIND.get(name, ())


@cache
def is_installed(name: str) -> bool:
    """Whether TeX finds a file: a program of TeX can be there without most of its classes."""
    return subprocess.run(["kpsewhich", name], capture_output=True, check=False).returncode == 0


def _run(engine: Engine, folder: Path, option: str | None) -> tuple[str, bool]:
    options = ["-interaction=nonstopmode", "-file-line-error", "-no-shell-escape", *filter(None, (option,))]
    command = [engine, *options, "document.tex"]
    # TeX breaks the lines of its log at 79 characters, in the middle of words, unless it is told otherwise.
    environment = os.environ | {"max_print_line": "10000", "error_line": "254", "half_error_line": "238"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS_A_RUN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"! {engine} was still running after {SECONDS_A_RUN} seconds", False
    path = folder / "document.log"
    log = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    return log, done.returncode == 0


def _errors(log: str) -> tuple[str, ...]:
    """Return each error with the line of the document that TeX shows below it."""
    found: list[str] = []
    for line in log.splitlines():
        if _ERROR.match(line):
            found.append(line)
        elif _PLACE.match(line) and found and "  l." not in found[-1]:
            found[-1] += f"  {line}"
    return tuple(found)


def _lines(log: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(line for line in log.splitlines() if pattern.match(line))


def _pages(pdf: Path) -> int:
    told = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    found = re.search(r"^Pages:\s+(\d+)$", told, re.MULTILINE)
    return int(found[1]) if found else 0
