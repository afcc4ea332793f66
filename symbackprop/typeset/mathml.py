"""Layouts as MathML Core, which browsers set by themselves.

What stands for a quantity says so: `data-n` on a name, `data-q` around a figure, with `data-f` where a figure below 0
stands in parentheses. A page that calculates puts other figures there.
"""

from __future__ import annotations

from collections.abc import Iterator
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
        case Number(of=of) if of:
            return _slot(layout)
        case Fenced(body=Number(of=of)) if of:
            return _slot(layout.body, _OPERAND)
        case Symbol(of=of) | Row(of=of) | Accent(of=of) | Fraction(of=of) | Script(of=of) if of:
            tag, space, rest = _plain(layout).partition(">")
            return f'{tag} data-n="{escape(of)}"{space}{rest}'
        case _:
            return _plain(layout)


# Where a figure stands in parentheses: as an operand below 0, and as a base also with an exponent of its own.
_OPERAND, _BASE = 'data-f=""', 'data-f="base"'


def _slot(layout: Layout, guard: str = "") -> str:
    """A figure that another may take the place of."""
    assert isinstance(layout, Number)
    figure = _number(layout.digits)
    if guard and (layout.digits.startswith("-") or (guard == _BASE and "e" in layout.digits)):
        figure = f'<mo stretchy="false">(</mo>{figure}<mo stretchy="false">)</mo>'
    return f'<mrow data-q="{escape(layout.of)}"{guard and " "}{guard}>{figure}</mrow>'


_BINDING = {Operator.PLUS, Operator.MINUS, Operator.NEGATIVE, Operator.DOT, Operator.TIMES, Operator.HADAMARD}
_MULTIPLYING = {Operator.DOT, Operator.BESIDE, Operator.TIMES}


def _in_row(parts: tuple[Layout | Operator, ...]) -> Iterator[str]:
    """The parts of a row. A figure is an operand behind a sign, and before one that multiplies."""
    for number, part in enumerate(parts):
        if isinstance(part, Operator):
            yield _SIGNS[part]
        elif isinstance(part, Number) and part.of:
            after = number > 0 and parts[number - 1] in _BINDING
            before = number + 1 < len(parts) and parts[number + 1] in _MULTIPLYING
            yield _slot(part, _OPERAND if after or before else "")
        else:
            yield _printed(part)


def _plain(layout: Layout) -> str:
    match layout:
        case Symbol():
            return _symbol(layout)
        case Accent(body=body, mark=mark):
            return f'<mover accent="true">{_symbol(body)}<mo stretchy="false">{_ACCENTS[mark]}</mo></mover>'
        case Number(digits=digits):
            return _number(digits)
        case Row(parts=parts):
            return _row(*_in_row(parts))
        case Fenced(body=body, fence=fence):
            left, right = fence.value
            stretch = "" if _is_tall(body) else ' stretchy="false"'
            return _row(f"<mo{stretch}>{left}</mo>", _printed(body), f"<mo{stretch}>{right}</mo>")
        case Bars(body=body):
            return _row('<mo form="prefix">|</mo>', _printed(body), '<mo form="postfix">|</mo>')
        case Root(body=body):
            return f"<msqrt>{_printed(body)}</msqrt>"
        case Applied(function=function, argument=argument):
            return _row(_symbol(function), '<mspace width="0.15em"></mspace>', _printed(argument))
        case Choice(rows=rows):
            return _row('<mo form="prefix">{</mo>', _table(rows))
        case Fraction(numerator=numerator, denominator=denominator, small=small):
            style = ' displaystyle="false"' if small else ""
            return f"<mfrac{style}>{_printed(numerator)}{_printed(denominator)}</mfrac>"
        case Script(base=base, sub=sub, sup=sup):
            figure = base.body if isinstance(base, Fenced) else base
            is_figure = isinstance(figure, Number) and figure.of
            return _script(_slot(figure, _BASE) if is_figure else _printed(base), sub, sup)
        case Summation(index=index, body=body):
            return _row(f"<msub><mo>∑</mo>{_printed(index)}</msub>", _printed(body))
        case Matrix(rows=rows):
            return _row('<mo form="prefix">(</mo>', _table(rows), '<mo form="postfix">)</mo>')
        case Under(body=body, label=label):
            return f"<munder>{_printed(body)}{_printed(label)}</munder>"
        case Dots():
            return f"<mo>{_DOTS[layout]}</mo>"


def _is_tall(layout: Layout) -> bool:
    """Whether parentheses around a layout grow with it: an index alone doesn't make them."""
    match layout:
        case Fraction() | Choice() | Matrix() | Summation() | Root() | Under():
            return True
        case Row(parts=parts):
            return any(not isinstance(part, Operator) and _is_tall(part) for part in parts)
        case Fenced(body=body) | Bars(body=body):
            return _is_tall(body)
        case Script(base=base, sup=sup):
            return _is_tall(base) or (sup is not None and _is_tall(sup))
        case Applied(argument=argument):
            return _is_tall(argument)
        case _:
            return False


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
