"""Where the parts of a formula stand: layouts as boxes of estimated size, for dialects that only draw.

Widths are estimates, a little generous, that hold for Times-like faces and for Computer Modern alike: no font
is read. Lengths are in the unit of the size that is asked for, y grows downwards, and the origin is the left
end of the baseline.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import lru_cache

from symbackprop.records import record
from symbackprop.typeset.greek import GREEK
from symbackprop.typeset.layout import (
    Accent,
    Applied,
    Bars,
    Choice,
    Dots,
    Fenced,
    Fraction,
    Layout,
    Mark,
    Matrix,
    Number,
    Operator,
    Root,
    Row,
    Script,
    Summation,
    Symbol,
    Under,
)

_ACCENTS = {Mark.HAT: "\u0302", Mark.BAR: "\u0304"}
_SIGNS = {
    Operator.PLUS: "\u00a0+\u00a0",
    Operator.MINUS: "\u00a0−\u00a0",
    Operator.NEGATIVE: "−",
    Operator.DOT: "\u00a0·\u00a0",
    Operator.BESIDE: "\u2009",
    Operator.SLASH: "/",
    Operator.EQUALS: "\u00a0=\u00a0",
    Operator.APPROXIMATELY: "\u00a0≈\u00a0",
    Operator.ABOVE: "\u00a0>\u00a0",
    Operator.AT_LEAST: "\u00a0≥\u00a0",
    Operator.BELOW: "\u00a0<\u00a0",
    Operator.AT_MOST: "\u00a0≤\u00a0",
    Operator.HADAMARD: "\u00a0⊙\u00a0",
    Operator.TIMES: "\u00a0×\u00a0",
}
_DOTS = {Dots.ACROSS: "⋯", Dots.DOWN: "⋮", Dots.SLANTED: "⋱"}
_WIDTHS = {
    **dict.fromkeys("ijl.,:;'|!·", 0.3),
    **dict.fromkeys("()[]tf-/ \u00a0", 0.38),
    **dict.fromkeys("rs", 0.46),
    **dict.fromkeys("mMwW", 0.88),
    **dict.fromkeys("+−=≈<>≤≥", 0.68),
    **dict.fromkeys("0123456789", 0.5),
    "\u2009": 0.17,
}
_DESCENDING = frozenset("gjpqyβμρφ,;()[]{|/")
_SHORT = frozenset("acegmnopqrsuvwxyz.,·−-+=≈<>:;\u00a0\u2009 αεηικμνπρστυωϵ")

# TeX's own parameters of a displayed fraction and of scripts, in parts of the size.
_AXIS = 0.25
_RISE = 0.68
_DROP = 0.69
_SUBSCRIPT = 0.18
_SUPERSCRIPT = 0.38
_FURTHER_APART = 0.09
"""How much further from the line each of two scripts stands that stand above each other, for brackets among them."""

_SCRIPT_SCALE = 0.7
_SMALLEST_SCRIPT = 5.0
_GAP = 0.3


@record(kw_only=True)
class Run:
    """Characters of one size and slope at a place. Runs of one `line` flow one after the other."""

    text: str
    italic: bool
    size: float
    x: float
    y: float
    width: float
    line: int


@record(kw_only=True)
class Bar:
    """The line of a fraction, from x to the right, at height y."""

    x: float
    y: float
    width: float
    thickness: float


@record(kw_only=True)
class Box:
    """A formula's runs and bars, its width, and how far it reaches above and below its baseline."""

    width: float
    above: float
    below: float
    runs: tuple[Run, ...] = ()
    bars: tuple[Bar, ...] = ()
    lines: int = 1


@lru_cache(maxsize=4096)
def place(layout: Layout, size: float) -> Box:
    """The box of one layout at a type size; fractions are stacked, as in a displayed formula."""
    match layout:
        case Symbol(text=text, upright=upright):
            return _place_symbol(GREEK.get(text, text), size, upright=upright)
        case Accent(body=body, mark=mark):
            text = unicodedata.normalize("NFC", GREEK.get(body.text, body.text) + _ACCENTS[mark])
            return place_words(text, size, italic=not body.upright)
        case Number(digits=digits):
            return _place_number(digits, size)
        case Row(parts=parts):
            return _join([_place_part(part, size) for part in parts])
        case Fenced(body=body, fence=fence):
            return _place_fenced(place(body, size), size, fence.value)
        case Bars(body=body):
            return _place_fenced(place(body, size), size, "||")
        case Root(body=body):
            return _place_root(place(body, size), size)
        case Applied(function=function, argument=argument):
            gap = [] if isinstance(argument, Fenced) else [place_words("\u2009", size)]
            return _join([place(function, size), *gap, place(argument, size)])
        case Choice(rows=rows):
            return _place_choice([(place(value, size), place(condition, size)) for value, condition in rows], size)
        case Fraction(numerator=numerator, denominator=denominator, small=small):
            inner = size * (_SCRIPT_SCALE if small else 1)
            return _stack(place(numerator, inner), place(denominator, inner), size, inner)
        case Script(base=base, sub=sub, sup=sup):
            return _place_script(place(base, size), sub, sup, size)
        case Summation(index=index, body=body):
            sign = _place_script(place_words("∑", size * 1.3), index, None, size)
            return _join([sign, place_words("\u2009", size), place(body, size)])
        case Matrix(rows=rows):
            return _place_fenced(_grid([[place(entry, size) for entry in row] for row in rows], size), size, "()")
        case Under(body=body, label=label):
            return _place_under(place(body, size), place(label, size * _SCRIPT_SCALE), size)
        case Dots():
            return place_words(_DOTS[layout], size)


def place_words(text: str, size: float, *, italic: bool = False) -> Box:
    """The box of plain words, or of one run of characters."""
    width = size * sum(_width_of(character) for character in text)
    above = size * (0.47 if all(character in _SHORT for character in text) else 0.7)
    below = size * (0.22 if any(character in _DESCENDING for character in text) else 0.02)
    run = Run(text=text, italic=italic, size=size, x=0, y=0, width=width, line=0)
    return Box(width=width, above=above, below=below, runs=(run,))


def _width_of(character: str) -> float:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return 0.74 if character.isupper() else 0.54


def _place_symbol(text: str, size: float, *, upright: bool) -> Box:
    """Letters slope, the digits of an index such as `h1` stand."""
    pieces: list[str] = []
    for character in text:
        if pieces and pieces[-1][-1].isalpha() == character.isalpha():
            pieces[-1] += character
        else:
            pieces.append(character)
    return _join([place_words(piece, size, italic=not upright and piece[0].isalpha()) for piece in pieces])


def _place_number(digits: str, size: float) -> Box:
    mantissa, _, exponent = digits.replace("-", "−").partition("e")
    if not exponent:
        return place_words(mantissa, size)
    power = _place_script(place_words("10", size), None, Number(exponent), size)
    return _join([place_words(f"{mantissa}\u00a0·\u00a0", size), power])


def _place_part(part: Layout | Operator, size: float) -> Box:
    return place_words(_SIGNS[part], size) if isinstance(part, Operator) else place(part, size)


def _place_fenced(body: Box, size: float, signs: str) -> Box:
    return _join([_as_tall(signs[0], body, size), body, _as_tall(signs[1], body, size)])


def _as_tall(fence: str, body: Box, size: float) -> Box:
    """A parenthesis, bar or brace that reaches from the top of a body to its foot."""
    tall = max(1.0, (body.above + body.below) / size)
    middle = (body.below - body.above) / 2
    # A large parenthesis is centred on the body; its own centre is about a quarter of its size up.
    shift = middle + _AXIS * size * tall if tall > 1 else 0.0
    return _moved(place_words(fence, size * tall), 0, shift)


def _place_root(body: Box, size: float) -> Box:
    sign = _as_tall("√", body, size)
    thickness = max(0.4, 0.05 * size)
    top = max(sign.above, body.above) + thickness
    bar = Bar(x=sign.width, y=-top, width=body.width, thickness=thickness)
    both = _join([sign, body])
    return replace(both, above=top + thickness / 2, bars=(*both.bars, bar))


def _place_choice(rows: list[tuple[Box, Box]], size: float) -> Box:
    """The rows below each other around the axis, their conditions below each other too, after a brace."""
    column = max(value.width for value, _ in rows) + size
    lines, down = 0, 0.0
    placed: list[Box] = []
    for value, condition in rows:
        above = max(value.above, condition.above)
        for box, right in ((value, 0.0), (condition, column)):
            placed.append(_moved(box, right, down + above, lines=lines))
            lines += box.lines
        down += above + max(value.below, condition.below) + _GAP * size
    table = _merged(placed, column + max(condition.width for _, condition in rows))
    middle = (down - _GAP * size) / 2 + _AXIS * size
    table = replace(_moved(table, 0, -middle), lines=lines)
    return _join([_as_tall("{", table, size), table])


def _place_script(base: Box, sub: Layout | None, sup: Layout | None, size: float) -> Box:
    inner = max(size * _SCRIPT_SCALE, min(size, _SMALLEST_SCRIPT))
    apart = _FURTHER_APART if sub is not None and sup is not None else 0.0
    scripts = []
    if sub is not None:
        scripts.append(_moved(place(sub, inner), base.width, (_SUBSCRIPT + apart) * size))
    if sup is not None:
        scripts.append(_moved(place(sup, inner), base.width, -(_SUPERSCRIPT + apart) * size))
    width = base.width + max((script.width for script in scripts), default=0)
    return _merged([base, *scripts], width)


def _stack(upper: Box, lower: Box, size: float, inner: float) -> Box:
    width = max(upper.width, lower.width) + 0.24 * inner
    bar = Bar(x=0.06 * inner, y=-_AXIS * size, width=width - 0.12 * inner, thickness=max(0.4, 0.05 * inner))
    rise = max(_RISE * inner + 0.02 * size, _AXIS * size + upper.below + 0.12 * inner)
    drop = max(_DROP * inner, lower.above - _AXIS * size + 0.14 * inner)
    raised = _moved(upper, (width - upper.width) / 2, -rise)
    lowered = _moved(lower, (width - lower.width) / 2, drop, lines=raised.lines)
    both = _merged([raised, lowered], width)
    return replace(both, bars=(*both.bars, bar), lines=raised.lines + lower.lines)


def _grid(rows: list[list[Box]], size: float) -> Box:
    """Boxes in rows and columns, each centred in its column, the whole centred on the height of a minus sign."""
    widths = [max(box.width for box in column) for column in zip(*rows, strict=True)]
    aboves = [max(0.7 * size, *(box.above for box in row)) for row in rows]
    belows = [max(0.22 * size, *(box.below for box in row)) for row in rows]
    gap = 0.25 * size
    height = sum(aboves) + sum(belows) + gap * (len(rows) - 1)
    placed: list[Box] = []
    line, top = 0, -_AXIS * size - height / 2
    for row, above, below in zip(rows, aboves, belows, strict=True):
        x = 0.0
        for box, width in zip(row, widths, strict=True):
            placed.append(_moved(box, x + (width - box.width) / 2, top + above, lines=line))
            line += box.lines
            x += width + size
        top += above + below + gap
    return replace(_merged(placed, sum(widths) + size * (len(widths) - 1)), lines=line)


def _place_under(body: Box, label: Box, size: float) -> Box:
    width = max(body.width, label.width)
    drop = max(body.below, 0.22 * size) + 0.12 * size + label.above
    upper = _moved(body, (width - body.width) / 2, 0)
    lower = _moved(label, (width - label.width) / 2, drop, lines=upper.lines)
    return replace(_merged([upper, lower], width), lines=body.lines + label.lines)


def _join(boxes: list[Box]) -> Box:
    """Boxes side by side; what flows in a line goes on in it until a stack or a root interrupts."""
    x, line = 0.0, 0
    placed: list[Box] = []
    for box in boxes:
        stacked = bool(box.bars) or box.lines > 1
        if stacked and placed:
            line += 1
        placed.append(_moved(box, x, 0, lines=line))
        if stacked:
            line += box.lines
        x += box.width
    return replace(_merged(placed, x), lines=line + 1)


def _merged(boxes: list[Box], width: float) -> Box:
    return Box(
        width=width,
        above=max((box.above for box in boxes), default=0),
        below=max((box.below for box in boxes), default=0),
        runs=tuple(run for box in boxes for run in box.runs),
        bars=tuple(bar for box in boxes for bar in box.bars),
        lines=max((box.lines for box in boxes), default=1),
    )


def _moved(box: Box, right: float, down: float, *, lines: int = 0) -> Box:
    return Box(
        width=box.width,
        above=box.above - down,
        below=box.below + down,
        runs=tuple(replace(run, x=run.x + right, y=run.y + down, line=run.line + lines) for run in box.runs),
        bars=tuple(replace(bar, x=bar.x + right, y=bar.y + down) for bar in box.bars),
        lines=box.lines,
    )
