"""Remarks too wide for one line, in several that can stand by themselves: split where a semicolon parts them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symbackprop.pages.document import Inline, Inlines, Math, Text
from symbackprop.pages.terminal import cells
from symbackprop.typeset.measure import width

_BETWEEN = re.compile("; |；")
_NARROW, _WIDE = 0.36, 0.94
"""How wide a letter and an ideograph of a remark are, in ems."""


def folded(note: Inlines, room: float) -> Iterator[Inlines]:
    """The remark as it is where there is room for it, else a line for each of its parts."""
    yield from (note,) if _width(note) <= room else _parts(note)


def _parts(note: Inlines) -> Iterator[Inlines]:
    part: list[Inline] = []
    for inline in note:
        if not isinstance(inline, Text):
            part.append(inline)
            continue
        first, *others = _BETWEEN.split(inline.text)
        part.append(Text(first))
        for other in others:
            yield tuple(part)
            part = [Text(other)]
    yield tuple(part)


def _width(note: Inlines) -> float:
    return sum(width(part.layout) if isinstance(part, Math) else _letters(part.text) for part in note)


def _letters(text: str) -> float:
    return sum(_WIDE if cells(letter) > 1 else _NARROW for letter in text)
