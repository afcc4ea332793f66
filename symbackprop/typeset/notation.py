"""How a quantity's id is written on a page: the article's notation."""

from __future__ import annotations

import re

from symbackprop.typeset.layout import Fenced, Fraction, Layout, Number, Row, Script, Symbol

_NUMBERED = re.compile(r"([a-z])(\d+)")
_NAMED = re.compile(r"(net|out|target|delta|E|b|w)_(.+)")
_DEEP = re.compile(r"h(\d+)_(\d+)")
_DERIVATIVE = re.compile(r"d(.+)/d(.+)")


def name(id_: str) -> Layout:
    """The layout of an id's name: `net_h1`, `dE_total/dw5`, `w5+`, `E_total@10000` (after that many rounds)."""
    base, at, rounds = id_.partition("@")
    if at:
        return _raised(name(base), Fenced(Number(rounds)))
    if id_.endswith("+"):
        return _raised(name(id_.removesuffix("+")), Symbol("+"))
    if match := _DERIVATIVE.fullmatch(id_):
        above, below = (Row((Symbol("partial"), name(part))) for part in match.groups())
        return Fraction(above, below)
    if match := _NUMBERED.fullmatch(id_):
        return Script(Symbol(match[1]), sub=Number(match[2]))
    if match := _NAMED.fullmatch(id_):
        return Script(Symbol(match[1]), sub=Symbol(match[2].replace("_", ",")))
    if match := _DEEP.fullmatch(id_):
        return Script(Symbol("h"), sub=Symbol(f"{match[1]},{match[2]}"))
    return Symbol(id_)


def _raised(layout: Layout, mark: Layout) -> Layout:
    match layout:
        case Script(base=base, sub=sub, sup=None):
            return Script(base, sub=sub, sup=mark)
        case Symbol() | Number():
            return Script(layout, sup=mark)
        case _:
            return Script(Fenced(layout), sup=mark)
