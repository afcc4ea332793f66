"""Has KaTeX print every formula of a Markdown document, as strictly as it can be asked to."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.consumers.markdown import Failure, Formula, read_formulas
from tests.consumers.tools import missing

FOLDER = Path(__file__).parent
REMEDY = "apt-get install nodejs npm, then npm ci --prefix tests/consumers"
SECONDS = 120


def katex_failures(markdown: str) -> tuple[Failure, ...]:
    """Return the formulas that KaTeX refuses, and dollar signs that open none; empty for a sound document."""
    reading = read_formulas(markdown)
    return reading.strays + print_with_katex(reading.formulas)


def print_with_katex(formulas: Sequence[Formula]) -> tuple[Failure, ...]:
    """Print all formulas in one process of node, and return those that failed."""
    need()
    asked = [{"tex": formula.tex, "display": formula.display} for formula in formulas]
    done = subprocess.run(
        ["node", FOLDER / "katex.mjs"],
        input=json.dumps(asked),
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"node ended with {done.returncode}: {done.stderr}")
    messages: list[str | None] = json.loads(done.stdout)
    return tuple(
        Failure(line=formula.line, formula=formula.tex, message=message)
        for formula, message in zip(formulas, messages, strict=True)
        if message is not None
    )


def need() -> None:
    """Skip the test, or fail it, where node or KaTeX isn't installed."""
    if shutil.which("node") is None:
        missing("node", REMEDY)
    if not (FOLDER / "node_modules" / "katex").is_dir():
        missing("KaTeX", REMEDY)
