"""Typed numbers within formulas, with powers of ten beside them."""

from __future__ import annotations

from symbackprop.checking.reading.figure_text import FigureError, read_figure
from symbackprop.checking.reading.gaps import GapError
from symbackprop.checking.reading.reader import Reader
from symbackprop.checking.reading.tokens import Kind
from symbackprop.checking.work import Gap, Leaf
from symbackprop.typeset.formula import Formula

_LONGEST_EXPONENT = 12


def read(reader: Reader) -> Formula:
    """A typed number, with a power of ten beside it if there is one."""
    start = reader.at
    token = reader.take()
    digits = token.text
    power = _power_of_ten(reader)
    span = reader.span_from(start)
    try:
        figure = read_figure(
            digits,
            digits if token.made else reader.text[span.start : span.end],
            decimal_comma=reader.names.decimal_comma,
            exponent=power,
        )
    except FigureError as error:
        raise GapError(Gap.UNREAD, span, error.why) from None
    if reader.kind() is Kind.ELLIPSIS:
        reader.take()
    return reader.leaf(Leaf(text=figure.typed, span=span, figure=figure))


def _power_of_ten(reader: Reader) -> int:
    """The exponent of a power of ten that a number is multiplied by and that belongs to it, or 0."""
    at = reader.at
    times = reader.here(Kind.OPERATOR, "*") and reader.scan.kind(at + 1) is Kind.NUMBER
    if not times or reader.tokens[at + 1].text != "10" or reader.scan.kind(at + 2) not in (Kind.SUP, Kind.POWER):
        return 0
    at += 3
    close = reader.partner.get(at) if reader.scan.kind(at) is Kind.OPEN else None
    inside = range(at + 1, close) if close is not None else range(at, min(at + 2, len(reader.tokens)))
    text = ""
    for index in inside:
        token = reader.tokens[index]
        if not (token.kind is Kind.NUMBER or (token.kind is Kind.OPERATOR and token.text in "+-" and not text)):
            break
        text += token.text
        at = index + 1
        if token.kind is Kind.NUMBER:
            break
    if not text.lstrip("+-").isdigit() or (close is not None and at != close) or len(text) > _LONGEST_EXPONENT:
        return 0
    reader.at = at if close is None else close + 1
    return int(text)
