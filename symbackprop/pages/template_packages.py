"""Templates of somebody's own that name one of Typst's packages: a page is made without the net, so they are refused.

Typst downloads a package when it is imported, and its compiler has no switch that turns this off. What is refused is
a package that is written out in the template. A name that is put together while the template runs isn't seen,
nor one behind a `//` that begins within a text of several lines: Typst asks the net for it, but is given no folder for
packages, neither to read nor to write, and fails.
"""

from __future__ import annotations

import re
from pathlib import Path

from symbackprop.errors import SpecError
from symbackprop.files import read_text
from symbackprop.wording import quoted

MOST_BYTES = 1_000_000
_AT = r"(?:@|\\u\{0*40\})"
_ASKED = re.compile(rf'\b(?:import|include)\b[\s(]*"(?P<asked>{_AT}[^"\n]*)|"(?P<named>{_AT}[\w-]+/[^"\n]*)')
_TEXT_OR_SLASHES = re.compile(r'"(?:[^"\\]|\\.)*"|"|://|//')


def require_no_packages(template: Path) -> None:
    """Raises SpecError, with the line, for a template for Typst in which a package is written out.

    What stands in a comment, behind `//`, is never imported.
    """
    text = "\n".join(map(_without_comment, read_text(template, most_bytes=MOST_BYTES).split("\n")))
    if found := _ASKED.search(text):
        line = text.count("\n", 0, found.start()) + 1
        package = quoted(found["asked"] or found["named"])
        why = f"packages are not supported, since Typst would download them, found {package}"
        raise SpecError(f"{template}: line {line}", f"{why}; put what you need of it into the template")


def _without_comment(line: str) -> str:
    """A line up to its comment, which begins behind quotes that are all closed; in a link, https://, there is none."""
    for match in _TEXT_OR_SLASHES.finditer(line):
        if match[0] in ('"', "//"):
            return line if match[0] == '"' else line[: match.start()]
    return line
