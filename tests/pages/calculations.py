"""Reads the calculations back out of a LaTeX or Markdown page, as a reader does: what equals what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# In Markdown, and in LaTeX by a command of the page's own.
_DISPLAY = re.compile(r"\\begin\{aligned\}\n(.*?)\n\\end\{aligned\}|\\calculation\{%\n(.*?)\n\}", re.DOTALL)
_WORD = re.compile(r"\\mathit ?\{([^{}]*)\}")
_WITHOUT_DEPTH = re.compile(r"\\smash ?\[b\] ?\{([^{}]*)\}")
_SPACES = re.compile(r"\\(?:thinspace|quad|qquad|left|right|displaystyle)(?![A-Za-z])|\\[,!]")
_LINE_END = re.compile(r"\\cr(?![A-Za-z])|\\\\")
_RELATION = re.compile(r" *(=|\\approx(?![A-Za-z])) *")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """One quantity and everything that it is said to equal, in order, each with the sign before it."""

    left: str
    rights: tuple[tuple[str, str], ...]


def calculations(page: str) -> tuple[Calculation, ...]:
    """Return all calculations of a page, its displays one after the other."""
    displays = (match[1] or match[2] for match in _DISPLAY.finditer(page))
    return tuple(found for display in displays for found in _display(display))


def bare(latex: str) -> str:
    """Return LaTeX without what only makes it look good: words in italics, thin spaces, large parentheses."""
    text = _WORD.sub(r"\1", latex)
    text = _SPACES.sub(" ", _WITHOUT_DEPTH.sub(r"\1", text)).replace("\\tfrac", "\\frac")
    # TeX ends a command's name at a space, which means nothing else there.
    text = re.sub(r"\\partial +", r"\\partial ", re.sub(r"\\partial(?=[A-Za-z])", r"\\partial ", text))
    text = re.sub(r" +", " ", text)
    return re.sub(r"(?<=[({]) | (?=[)}_^])|(?<=[_^]) ", "", text).strip()


def _display(display: str) -> Iterator[Calculation]:
    left, rights = "", list[tuple[str, str]]()
    for line in _LINE_END.split(display):
        formula = line.partition("&&")[0]
        before, aligned, after = formula.partition("&")
        if aligned and ("\\text" in after or "\\remark" in after):
            continue
        if bare(before):
            if left:
                yield Calculation(left=left, rights=tuple(rights))
            left, rights = bare(before), []
        signs = _RELATION.split(bare(after))
        if signs[0] and rights:
            # The line goes on with a formula that was too long for the one above.
            sign, begun = rights.pop()
            rights.append((sign, f"{begun} {signs[0]}"))
        rights.extend(zip(signs[1::2], signs[2::2], strict=True))
    if left:
        yield Calculation(left=left, rights=tuple(rights))
