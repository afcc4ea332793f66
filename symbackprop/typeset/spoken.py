"""Layouts in words, as somebody would read them aloud: what a screen reader says of a formula.

The words are a language's own: `say` gives the phrase for a key, with its places filled.
"""

from __future__ import annotations

import re
from typing import Protocol

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


class Say(Protocol):
    """Gives the phrase for a key, with its places filled."""

    def __call__(self, key: str, /, **fillings: object) -> str:
        """The words."""


_SPACES = re.compile(" +")
_RUNS = re.compile(r"[A-Za-z]+|[0-9]+")


def spoken(layout: Layout, say: Say) -> str:
    """The words for one layout."""
    return _SPACES.sub(" ", _said(layout, say)).strip()


def _said(layout: Layout, say: Say) -> str:
    match layout:
        case Symbol():
            return _symbol(layout, say)
        case Accent(body=body, mark=mark):
            return say(f"spoken.{mark.value}", body=_symbol(body, say))
        case Number(digits=digits):
            return _number(digits, say)
        case Row(parts=parts):
            return " ".join(_sign(part, say) if isinstance(part, Operator) else _said(part, say) for part in parts)
        case Fenced(body=body, fence=fence):
            return say("spoken.round" if fence is Fence.ROUND else "spoken.square", body=_said(body, say))
        case Bars(body=body):
            return say("spoken.bars", body=_said(body, say))
        case Root(body=body):
            return say("spoken.root", body=_said(body, say))
        case Applied(function=function, argument=argument):
            return say("spoken.applied", function=_said(function, say), argument=_said(argument, say))
        case Choice(rows=rows):
            cases = (say("spoken.case", value=_said(it, say), condition=_said(when, say)) for it, when in rows)
            return say("spoken.cases", cases="; ".join(cases))
        case Fraction(numerator=above, denominator=below):
            return say(_kind_of_fraction(layout), numerator=_said(above, say), denominator=_said(below, say))
        case Script(base=base, sub=sub, sup=sup):
            return " ".join((_said(base, say), "" if sub is None else _said(sub, say), _superscript(sup, say)))
        case Summation(index=index, body=body):
            return say("spoken.sum", index=_said(index, say), body=_said(body, say))
        case Matrix(rows=rows):
            lines = ((", ".join(_said(entry, say) for entry in row)) for row in rows)
            told = (say("spoken.row", number=number, entries=line) for number, line in enumerate(lines, start=1))
            return say("spoken.matrix", rows=len(rows), columns=len(rows[0]), entries="; ".join(told))
        case Under(body=body, label=label):
            return say("spoken.under", body=_said(body, say), label=_said(label, say))
        case Dots():
            return say("spoken.dots")


def _symbol(symbol: Symbol, say: Say) -> str:
    if symbol.text == "partial":
        return say("spoken.partial")
    # Greek letters go by their names; an index such as `h1,2` is read piece by piece.
    letters = symbol.text if symbol.text in GREEK else " ".join(_RUNS.findall(symbol.text))
    named = letters or _LONE_SIGNS.get(symbol.text, "")
    if named.startswith("spoken."):
        return say(named)
    return say("spoken.bold", body=named) if symbol.bold else named


_LONE_SIGNS = {
    "'": "spoken.prime",
    "+": "spoken.plus",
    "-": "spoken.negative",
    "(": "spoken.opening",
    ")": "spoken.closing",
}


def _sign(sign: Operator, say: Say) -> str:
    return say(f"spoken.{sign.value}")


def _number(digits: str, say: Say) -> str:
    mantissa, _, exponent = digits.partition("e")
    if not exponent:
        return _signed(mantissa, say)
    return say("spoken.scientific", mantissa=_signed(mantissa, say), exponent=_signed(exponent, say))


def _signed(digits: str, say: Say) -> str:
    return f"{say('spoken.negative')} {digits[1:]}" if digits.startswith("-") else digits


def _kind_of_fraction(fraction: Fraction) -> str:
    """A derivative is read `d E by d w`, a fraction of single things needs no word for its end."""
    above, below = fraction.numerator, fraction.denominator
    if all(isinstance(side, Row) and side.parts[0] == Symbol("partial") for side in (above, below)):
        return "spoken.derivative"
    simple = all(isinstance(side, Symbol | Number | Script) for side in (above, below))
    return "spoken.ratio" if simple else "spoken.fraction"


def _superscript(sup: Layout | None, say: Say) -> str:
    match sup:
        case None:
            return ""
        case Number(digits="2"):
            return say("spoken.squared")
        case Symbol(text="T"):
            return say("spoken.transposed")
        case Symbol(text="+" | "-"):
            return _symbol(sup, say)
        case Fenced(body=body):
            return say("spoken.raised", body=_said(body, say))
        case Symbol() | Number():
            return say("spoken.power", exponent=_said(sup, say))
        case _:
            return say("spoken.long_power", exponent=_said(sup, say))
