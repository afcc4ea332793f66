"""Layouts as SVG: sloped letters, lowered indices, stacked fractions, without any font of our own.

A drawing on GitHub is an image and sees only the reader's fonts, whose widths we don't know. So everything
between two fractions is one `<text>`, anchored at its middle: a wider or narrower face moves its ends by a
hair, and never tears a letter from its index.
"""

from __future__ import annotations

import re
from html import escape
from itertools import groupby

from symbackprop.typeset.boxes import Bar, Run, place
from symbackprop.typeset.layout import Layout

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HAIR = 1e-9


def svg(layout: Layout, size: float = 10.0) -> str:
    """SVG elements for one layout, the left end of its baseline at the origin; their colour is inherited."""
    box = place(layout, size)
    lines = groupby(sorted(box.runs, key=lambda run: run.line), key=lambda run: run.line)
    return "".join([*(_write_line(list(runs)) for _, runs in lines), *(_write_bar(bar) for bar in box.bars)])


def svg_words(text: str) -> str:
    """Plain words as XML text; characters that XML forbids become the replacement character."""
    return escape(_FORBIDDEN.sub("\ufffd", text))


def _write_line(runs: list[Run]) -> str:
    first, last = runs[0], max(runs, key=lambda run: run.x + run.width)
    middle = (first.x + last.x + last.width) / 2
    spans = []
    x, y = first.x, first.y
    for run in runs:
        attributes = f' font-size="{_number(run.size)}"'
        if run.italic:
            attributes += ' font-style="italic"'
        if abs(run.y - y) > _HAIR:
            attributes += f' dy="{_number(run.y - y)}"'
        if run.x < x - _HAIR:
            # A superscript stands above the subscript that was just written.
            attributes += f' dx="{_number(run.x - x)}"'
        spans.append(f"<tspan{attributes}>{svg_words(run.text)}</tspan>")
        x, y = run.x + run.width, run.y
    return f'<text x="{_number(middle)}" y="{_number(first.y)}" text-anchor="middle">{"".join(spans)}</text>'


def _write_bar(bar: Bar) -> str:
    top = bar.y - bar.thickness / 2
    return (
        f'<rect x="{_number(bar.x)}" y="{_number(top)}" '
        f'width="{_number(bar.width)}" height="{_number(bar.thickness)}"/>'
    )


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:g}"
