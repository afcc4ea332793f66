"""Layouts as MathML Core, which browsers set by themselves."""

from __future__ import annotations

from html import escape

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

_ACCENTS = {Mark.HAT: "^", Mark.BAR: "\u00af"}
_DOTS = {Dots.ACROSS: "⋯", Dots.DOWN: "⋮", Dots.SLANTED: "⋱"}
_SIGNS = {
    Operator.PLUS: "<mo>+</mo>",
    Operator.MINUS: "<mo>−</mo>",
    # A sign before a number has no room after it.
    Operator.NEGATIVE: '<mo form="prefix">−</mo>',
    Operator.DOT: "<mo>·</mo>",
    Operator.BESIDE: '<mspace width="0.2em"></mspace>',
    Operator.SLASH: '<mo lspace="0" rspace="0">/</mo>',
    Operator.EQUALS: "<mo>=</mo>",
    Operator.APPROXIMATELY: "<mo>≈</mo>",
    Operator.ABOVE: "<mo>&gt;</mo>",
    Operator.AT_LEAST: "<mo>≥</mo>",
    Operator.BELOW: "<mo>&lt;</mo>",
    Operator.AT_MOST: "<mo>≤</mo>",
    Operator.HADAMARD: "<mo>⊙</mo>",
    Operator.TIMES: "<mo>×</mo>",
}


def mathml(layout: Layout) -> str:
    """A whole formula for a line of words."""
    return f"<math>{_printed(layout)}</math>"


def _printed(layout: Layout) -> str:
    match layout:
        case Symbol():
            return _symbol(layout)
        case Accent(body=body, mark=mark):
            return f'<mover accent="true">{_symbol(body)}<mo stretchy="false">{_ACCENTS[mark]}</mo></mover>'
        case Number(digits=digits):
            return _number(digits)
        case Row(parts=parts):
            return _row(*(_SIGNS[part] if isinstance(part, Operator) else _printed(part) for part in parts))
        case Fenced(body=body, fence=fence):
            left, right = fence.value
            return _row(f"<mo>{left}</mo>", _printed(body), f"<mo>{right}</mo>")
        case Bars(body=body):
            return _row('<mo form="prefix">|</mo>', _printed(body), '<mo form="postfix">|</mo>')
        case Root(body=body):
            return f"<msqrt>{_printed(body)}</msqrt>"
        case Applied(function=function, argument=argument):
            return _row(_symbol(function), '<mspace width="0.15em"></mspace>', _printed(argument))
        case Choice(rows=rows):
            return _row('<mo form="prefix">{</mo>', _table(rows))
        case Fraction(numerator=numerator, denominator=denominator):
            return f"<mfrac>{_printed(numerator)}{_printed(denominator)}</mfrac>"
        case Script(base=base, sub=sub, sup=sup):
            return _script(_printed(base), sub, sup)
        case Summation(index=index, body=body):
            return _row(f"<msub><mo>∑</mo>{_printed(index)}</msub>", _printed(body))
        case Matrix(rows=rows):
            return _row('<mo form="prefix">(</mo>', _table(rows), '<mo form="postfix">)</mo>')
        case Under(body=body, label=label):
            return f"<munder>{_printed(body)}{_printed(label)}</munder>"
        case Dots():
            return f"<mo>{_DOTS[layout]}</mo>"


def _symbol(symbol: Symbol) -> str:
    letters = escape(GREEK.get(symbol.text, symbol.text))
    if symbol.bold:
        return f'<mi mathvariant="normal" class="bold">{letters}</mi>'
    # A single letter is slanted of itself, a word is upright.
    return f'<mi mathvariant="normal">{letters}</mi>' if symbol.upright and len(letters) == 1 else f"<mi>{letters}</mi>"


def _number(digits: str) -> str:
    mantissa, _, exponent = digits.partition("e")
    number = _signed(mantissa)
    return _row(number, "<mo>·</mo>", f"<msup><mn>10</mn>{_signed(exponent)}</msup>") if exponent else number


def _signed(digits: str) -> str:
    number = f"<mn>{escape(digits.removeprefix('-'))}</mn>"
    return _row('<mo form="prefix">−</mo>', number) if digits.startswith("-") else number


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _table(rows: tuple[tuple[Layout, ...], ...]) -> str:
    lines = ("".join(f"<mtd>{_printed(entry)}</mtd>" for entry in row) for row in rows)
    return f"<mtable>{''.join(f'<mtr>{line}</mtr>' for line in lines)}</mtable>"


def _script(base: str, sub: Layout | None, sup: Layout | None) -> str:
    under, over = ("" if part is None else _printed(part) for part in (sub, sup))
    if sub is not None and sup is not None:
        return f"<msubsup>{base}{under}{over}</msubsup>"
    return f"<msub>{base}{under}</msub>" if sub is not None else f"<msup>{base}{over}</msup>"
