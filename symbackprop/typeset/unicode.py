"""Layouts as one line of Unicode text, for terminals and for the labels of drawings read aloud."""

from __future__ import annotations

from unicodedata import normalize

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
_SUB = str.maketrans("0123456789aehijklmnoprstuvx+-()", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋₍₎")
_SUP = str.maketrans("0123456789+-−()nT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿᵀ")
_SIGNS = {
    Operator.PLUS: " + ",
    Operator.MINUS: " − ",
    Operator.NEGATIVE: "−",
    Operator.DOT: " · ",
    Operator.BESIDE: " ",
    Operator.SLASH: "/",
    Operator.EQUALS: " = ",
    Operator.APPROXIMATELY: " ≈ ",
    Operator.ABOVE: " > ",
    Operator.AT_LEAST: " ≥ ",
    Operator.BELOW: " < ",
    Operator.AT_MOST: " ≤ ",
    Operator.HADAMARD: " ⊙ ",
    Operator.TIMES: "×",
}
_DOTS = {Dots.ACROSS: "⋯", Dots.DOWN: "⋮", Dots.SLANTED: "⋱"}


def unicode(layout: Layout) -> str:
    """Unicode text for one layout, with raised and lowered characters where Unicode has them all."""
    match layout:
        case Symbol(text=text):
            return GREEK.get(text, text)
        case Accent(body=body, mark=mark):
            return normalize("NFC", f"{unicode(body)}{_ACCENTS[mark]}")
        case Number(digits=digits):
            mantissa, _, exponent = digits.replace("-", "−").partition("e")
            return f"{mantissa}·10{exponent.translate(_SUP)}" if exponent else mantissa
        case Row(parts=parts):
            return "".join(_SIGNS[part] if isinstance(part, Operator) else unicode(part) for part in parts)
        case Fenced(body=body, fence=fence):
            left, right = fence.value
            return f"{left}{unicode(body)}{right}"
        case Fraction(numerator=numerator, denominator=denominator):
            return f"{_grouped(numerator)}/{_grouped(denominator)}"
        case Script(base=base, sub=sub, sup=sup):
            return unicode(base) + _script(sub, _SUB, "_") + _script(sup, _SUP, "^")
        case Root(body=body):
            return f"√{_grouped(body)}"
        case Bars(body=body):
            return f"|{unicode(body)}|"
        case Applied(function=function, argument=argument):
            gap = "" if isinstance(argument, Fenced) else " "
            return f"{unicode(function)}{gap}{unicode(argument)}"
        case Choice(rows=rows):
            return f"{{{'; '.join(f'{unicode(condition)}: {unicode(value)}' for value, condition in rows)}}}"
        case Summation(index=index, body=body):
            return f"Σ{_script(index, _SUB, '_')} {unicode(body)}"
        case Matrix(rows=rows):
            return f"({'; '.join(' '.join(unicode(entry) for entry in row) for row in rows)})"
        case Under(body=body, label=label):
            return f"{unicode(body)} [{unicode(label)}]"
        case Dots():
            return _DOTS[layout]


def _grouped(layout: Layout) -> str:
    """A side of a fraction or what stands under a root, in parentheses where the sign would bind a part of it only."""
    text = unicode(layout)
    simple = isinstance(layout, Symbol | Accent | Fenced | Script | Matrix) or not set(text) & set(" /·−")
    return text if simple else f"({text})"


def _script(layout: Layout | None, table: dict[int, int], mark: str) -> str:
    if layout is None:
        return ""
    text = unicode(layout)
    if all(ord(character) in table for character in text):
        return text.translate(table)
    raised, bracket, index = text.partition("[")
    if all(ord(character) in table for character in raised):
        # A sample's or a time step's number in brackets reads as an index where it stands: net_h[2].
        return raised.translate(table) + bracket + index
    whole = len(text) == 1 or isinstance(layout, Fenced)
    return f"{mark}{text}" if whole else f"{mark}({text})"
