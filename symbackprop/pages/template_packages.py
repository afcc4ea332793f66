"""Templates of somebody's own that ask for Typst's packages: a page is made without the net, so they are refused.

Typst downloads a package when it is imported, and its compiler has no switch that turns this off.
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


def require_no_packages(template: Path) -> None:
    """Raises SpecError, with the line, for a template for Typst that asks for a package."""
    text = read_text(template, most_bytes=MOST_BYTES)
    if found := _ASKED.search(text):
        line = text.count("\n", 0, found.start()) + 1
        package = quoted(found["asked"] or found["named"])
        why = f"packages are not supported, since Typst would download them, found {package}"
        raise SpecError(f"{template}: line {line}", f"{why}; put what you need of it into the template")
