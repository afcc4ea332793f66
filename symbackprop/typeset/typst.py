r"""Layouts as Typst mathematics, without the dollar signs around it.

Everything is written so that Typst has nothing to guess: a word is a string, a sign that Typst would read as syntax
(a slash, a parenthesis) is escaped. `word` and `strut` are what the page's template makes of them.
"""

from __future__ import annotations

import re

from symbackprop.typeset.greek import GREEK
from symbackprop.typeset.layout import (
    Accent,
    Applied,
    Bars,
    Choice,
    Dots,
    Fence,
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

_ACCENTS = {Mark.HAT: "hat", Mark.BAR: "macron"}
_DOTS = {Dots.ACROSS: "⋯", Dots.DOWN: "⋮", Dots.SLANTED: "⋱"}
_FENCES = {Fence.ROUND: ("\\(", "\\)"), Fence.SQUARE: ("\\[", "\\]")}
_NAMED = frozenset({"log", "tanh"})
_SIGNS = {
    Operator.PLUS: "+",
    Operator.MINUS: "−",
    # A sign before a number has no room after it.
    Operator.NEGATIVE: 'class("normal", −)',
    Operator.DOT: "⋅",
    Operator.BESIDE: "thin",
    Operator.SLASH: 'class("normal", \\/)',
    Operator.EQUALS: "=",
    Operator.APPROXIMATELY: "≈",
    Operator.ABOVE: ">",
    Operator.AT_LEAST: "≥",
    Operator.BELOW: "<",
    Operator.AT_MOST: "≤",
    Operator.HADAMARD: "⊙",
    Operator.TIMES: "×",
}
_LONE_SIGNS = {"'": "prime", "(": "\\(", ")": "\\)", "-": _SIGNS[Operator.NEGATIVE]}
_UNSAFE_IN_STRINGS = re.compile('[\\\\"\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]')
_RUNS = re.compile(r"[A-Za-z]|[0-9]+|.", re.DOTALL)


def typst(layout: Layout) -> str:
    """Typst's mathematics for one layout."""
    match layout:
        case Symbol():
            return _symbol(layout)
        case Accent(body=body, mark=mark):
            return f"{_ACCENTS[mark]}({_symbol(body)})"
        case Number(digits=digits):
            return _number(digits)
        case Row(parts=(Symbol() as function, Symbol(text="'"), *rest)):
            return _beside(f"attach({_symbol(function)}, t: prime)", typst(Row(tuple(rest))))
        case Row(parts=parts):
            return _beside(*(typst_sign(part) if isinstance(part, Operator) else typst(part) for part in parts))
        case Fenced(body=body, fence=fence):
            opening, closing = _FENCES[fence]
            inner = _beside(opening, typst(body), closing)
            return f"lr({inner})" if _is_tall(body) else inner
        case Bars(body=body):
            return f"lr(\\|{typst(body)}\\|)"
        case Root(body=body):
            return f"sqrt({typst(body)})"
        case Applied(function=function, argument=argument):
            name = f'op("{function.text}")' if function.text in _NAMED else _symbol(function)
            return _beside(name, typst(argument))
        case Choice(rows=rows):
            lines = ", ".join(f"& {typst(value)} && quad {typst(condition)}" for value, condition in rows)
            return f"cases({lines})"
        case Fraction(numerator=numerator, denominator=denominator, small=small):
            fraction = f"frac({typst(numerator)}, {typst(denominator)})"
            return f"inline({fraction})" if small else fraction
        case Script(base=base, sub=sub, sup=sup):
            under = "" if sub is None else f", b: {typst(sub)}"
            over = "" if sup is None else f", t: {typst(sup)}"
            return f"attach({typst(base)}{under}{over})"
        case Summation(index=index, body=body):
            return _beside(f"attach(∑, b: {typst(index)})", typst(body))
        case Matrix(rows=rows):
            inner = "; ".join(", ".join(typst(entry) for entry in row) for row in rows)
            # The last semicolon makes a matrix of a single row, too.
            return f"mat({inner};)"
        case Under(body=body, label=label):
            # The strut puts the labels of a line on one height; the thin spaces keep neighbouring labels apart.
            return f"attach(limits(#strut(){typst(body)}), b: {_beside('thin', typst(label), 'thin')})"
        case Dots():
            return _DOTS[layout]


def _beside(*parts: str) -> str:
    """Parts in a row. A space between them would be seen beside a word, so there is one only where names would join."""
    row = ""
    for part in parts:
        row += f" {part}" if row[-1:].isalnum() and part[:1].isalnum() else part
    return row


def typst_sign(sign: Operator) -> str:
    """A sign with whatever room Typst leaves around one of its kind."""
    return _SIGNS[sign]


def _symbol(symbol: Symbol) -> str:
    text = GREEK.get(symbol.text, symbol.text)
    if symbol.bold:
        return f"bold({text})" if symbol.text in GREEK else f"upright(bold({typst_string(text)}))"
    if symbol.text in GREEK:
        return text
    if symbol.upright:
        return f"upright({typst_string(text)})"
    if text.isalpha() and len(text) > 1:
        return f"#word({typst_string(text)})"
    # An index such as `h1` reads best as a letter and its digits, and a plus beside a name is no sum.
    return _beside(*map(_run, _RUNS.findall(text)))


def _run(text: str) -> str:
    """A letter, a number, or a sign that is part of a name."""
    if text.isalpha():
        return text
    return typst_string(text) if text.isdigit() else _LONE_SIGNS.get(text, f'class("normal", \\{text})')


def _number(digits: str) -> str:
    mantissa, _, exponent = digits.partition("e")
    return f"{_signed(mantissa)} ⋅ attach(10, t: {_signed(exponent)})" if exponent else _signed(mantissa)


def _signed(digits: str) -> str:
    # As a string, since Typst would take a comma for one that parts two things.
    number = typst_string(digits.removeprefix("-"))
    return f"{_SIGNS[Operator.NEGATIVE]}{number}" if digits.startswith("-") else number


def _is_tall(layout: Layout) -> bool:
    """Whether parentheses around a layout have to grow."""
    match layout:
        case Fraction() | Summation() | Choice() | Matrix():
            return True
        case Row(parts=parts):
            return any(not isinstance(part, Operator) and _is_tall(part) for part in parts)
        case Script(base=base):
            return _is_tall(base)
        case Fenced(body=body) | Bars(body=body) | Root(body=body) | Applied(argument=body) | Under(body=body):
            return _is_tall(body)
        case Symbol() | Accent() | Number() | Dots():
            return False


def typst_string(text: str) -> str:
    """A text as a string of Typst's code, in which nothing is markup."""
    return f'"{_UNSAFE_IN_STRINGS.sub(_typst_escape, text)}"'


def _typst_escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in '\\"':
        return f"\\{character}"
    # No font has a sign for a control character, and no Unicode text may hold half of a pair.
    return " " if character.isspace() else "\ufffd"


# A line can be broken at spaces, slashes, hyphens, and between Chinese characters.
_UNBREAKABLE = re.compile("[^ /\\-\u00ad\u2010-\u2014\u2e80-\uffef]{25,}")
_BREAK_HERE = "\u200b"


def typst_words(text: str) -> str:
    """Words for Typst: a string within markup. A run that no line could be broken in gets places for that."""
    told = _UNBREAKABLE.sub(lambda match: _BREAK_HERE.join(re.findall(".{1,12}", match[0])), text)
    # An apostrophe is curved, as TeX sets it.
    return f"#{typst_string(told.replace(chr(39), chr(0x2019)))};"
