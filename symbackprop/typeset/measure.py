"""How wide a layout will be, in ems, closely enough to decide where a line is broken."""

from __future__ import annotations

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

_DIGIT, _LETTER, _SCRIPT_SCALE = 0.5, 0.52, 0.72
_TALL_PARENTHESES = 1.9
_SIGNS = {
    Operator.PLUS: 1.25,
    Operator.MINUS: 1.25,
    Operator.NEGATIVE: 0.78,
    Operator.DOT: 0.75,
    Operator.BESIDE: 0.2,
    Operator.SLASH: 0.5,
    Operator.EQUALS: 1.35,
    Operator.APPROXIMATELY: 1.35,
    Operator.ABOVE: 1.35,
    Operator.AT_LEAST: 1.35,
    Operator.BELOW: 1.35,
    Operator.AT_MOST: 1.35,
    Operator.HADAMARD: 1.25,
    Operator.TIMES: 1.25,
}


def width(layout: Layout) -> float:
    """The estimated width of a layout in ems of its font."""
    match layout:
        case Symbol(text=text):
            return _LETTER * (1 if text in GREEK else len(text))
        case Accent(body=body):
            return width(body)
        case Number(digits=digits):
            mantissa, _, exponent = digits.partition("e")
            raised = 1.8 + _SCRIPT_SCALE * _DIGIT * len(exponent) if exponent else 0.0
            return _DIGIT * len(mantissa) + raised
        case Row(parts=parts):
            return sum(_SIGNS[part] if isinstance(part, Operator) else width(part) for part in parts)
        case Fenced(body=body) | Root(body=body):
            return width(body) + 0.85
        case Bars(body=body):
            return width(body) + 0.68
        case Applied(function=function, argument=argument):
            return width(function) + width(argument) + 0.2
        case Choice(rows=rows):
            return max(width(value) for value, _ in rows) + max(width(condition) for _, condition in rows) + 2.0
        case Fraction(numerator=numerator, denominator=denominator, small=small):
            scale = _SCRIPT_SCALE if small else 1.0
            return scale * max(width(numerator), width(denominator)) + 0.3
        case Script(base=base, sub=sub, sup=sup):
            scripts = [width(script) for script in (sub, sup) if script is not None]
            return width(base) + _SCRIPT_SCALE * max(scripts)
        case Summation(body=body):
            return width(body) + 1.7
        case Matrix(rows=rows):
            columns = [max(map(width, column)) for column in zip(*rows, strict=True)]
            return sum(columns) + len(columns) - 1 + _TALL_PARENTHESES
        case Under(body=body, label=label):
            return max(width(body), _SCRIPT_SCALE * width(label))
        case Dots():
            return 1.2


def broken(layout: Layout, most: float) -> tuple[Layout, ...]:
    """The layout in pieces of at most that many ems, cut before plus and minus signs or multiplication dots.

    Parentheses that are too wide for a line are cut open, before the signs within them. What has no signs stays as
    wide as it is.
    """
    if not isinstance(layout, Row) or width(layout) <= most:
        return (layout,)
    return tuple(piece for part in _cut(layout, most, _TERMS) for piece in _broken_product(part, most))


_TERMS = (Operator.PLUS, Operator.MINUS)
OPENING, CLOSING = Symbol("("), Symbol(")")
"""Parentheses that are closed on another line than they are opened on."""


def _broken_product(row: Row, most: float) -> tuple[Row, ...]:
    pieces = _cut(row, most, (Operator.DOT,))
    if all(width(piece) <= most for piece in pieces):
        return pieces
    opened = _opened(row)
    if opened == row:
        return pieces
    return tuple(piece for part in _cut(opened, most, _TERMS) for piece in _broken_product(part, most))


def _opened(row: Row) -> Row:
    """The row with its widest parentheses as two signs of their own."""
    fenced = [part for part in row.parts if isinstance(part, Fenced) and isinstance(part.body, Row)]
    if not fenced:
        return row
    widest = max(fenced, key=width)
    at = row.parts.index(widest)
    assert isinstance(widest.body, Row)
    return Row((*row.parts[:at], OPENING, *widest.body.parts, CLOSING, *row.parts[at + 1 :]))


def _cut(row: Row, most: float, signs: tuple[Operator, ...]) -> tuple[Row, ...]:
    if width(row) <= most:
        return (row,)
    pieces: list[list[Layout | Operator]] = [[]]
    taken = 0.0
    for part in _parts(row, signs):
        size = width(Row(tuple(part)))
        if pieces[-1] and taken + size > most:
            pieces.append([])
            taken = 0.0
        pieces[-1].extend(part)
        taken += size
    return tuple(Row(tuple(piece)) for piece in pieces)


def _parts(row: Row, signs: tuple[Operator, ...]) -> list[list[Layout | Operator]]:
    """The row's layouts between the signs, each sign with the layout after it."""
    parts: list[list[Layout | Operator]] = [[]]
    for part in row.parts:
        if part in signs and parts[-1]:
            parts.append([])
        parts[-1].append(part)
    return parts
