"""Layouts as LaTeX that amsmath, KaTeX and GitHub read alike."""

from __future__ import annotations

import re

from symbackprop.typeset.layout import (
    Dots,
    Fenced,
    Fraction,
    Layout,
    Matrix,
    Number,
    Operator,
    Row,
    Script,
    Summation,
    Symbol,
    Under,
)

_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+$")

_GREEK = frozenset({"delta", "eta", "partial", "sigma", "theta", "Delta", "odot"})
_DOTS = {Dots.ACROSS: "\\cdots", Dots.DOWN: "\\vdots", Dots.SLANTED: "\\ddots"}


def latex(layout: Layout) -> str:
    """LaTeX for one layout, without the dollar signs around it."""
    match layout:
        case Symbol(text=text, bold=True):
            return _latex_bold(text)
        case Symbol(text=text) if text in _GREEK:
            return f"\\{text}"
        case Symbol(text=text, upright=True):
            return f"\\mathrm{{{text}}}"
        case Symbol(text=text):
            return text if len(text) == 1 or _is_index(text) else _latex_word(text)
        case Number(digits=digits):
            return _latex_number(digits)
        case Row(parts=parts):
            return _latex_row(parts)
        case Fenced(body=body):
            inner = latex(body)
            tall = any(sign in inner for sign in ("\\frac", "\\sum", "pmatrix"))
            return f"\\left({inner}\\right)" if tall else f"({inner})"
        case Fraction(numerator=numerator, denominator=denominator, small=True):
            return f"\\tfrac{{{latex(numerator)}}}{{{latex(denominator)}}}"
        case Fraction(numerator=numerator, denominator=denominator):
            return f"\\frac{{{latex(numerator)}}}{{{latex(denominator)}}}"
        case Script(base=base, sub=sub, sup=sup):
            under = "" if sub is None else f"_{{{latex(sub)}}}"
            over = "" if sup is None else f"^{{{latex(sup)}}}"
            return latex(base) + under + over
        case Summation(index=index, body=body):
            return f"\\sum_{{{latex(index)}}} {latex(body)}"
        case Matrix(rows=rows):
            # GitHub's Markdown takes one of two backslashes away; \cr ends a row everywhere.
            inner = " \\cr ".join(" & ".join(latex(entry) for entry in row) for row in rows)
            return f"\\begin{{pmatrix}} {inner} \\end{{pmatrix}}"
        case Under(body=body, label=label):
            # The strut puts the labels of a line on one height; the thin spaces keep neighbouring labels apart.
            return f"\\underset{{\\thinspace {latex(label)} \\thinspace}}{{\\mathstrut {latex(body)}}}"
        case Dots():
            return _DOTS[layout]


def _latex_row(parts: tuple[Layout | Operator, ...]) -> str:
    row = ""
    for part in parts:
        text = _latex_sign(part) if isinstance(part, Operator) else latex(part)
        # A command swallows the letters after it: \partial w, not \partialw.
        gap = " " if text[:1].isalpha() and _ENDS_IN_COMMAND.search(row) else ""
        row += gap + text
    return row


def _latex_word(text: str) -> str:
    # TeX hangs a subscript below the deepest letter; without the depth, net and target have theirs level.
    word = f"\\mathit{{{text}}}"
    return f"\\smash[b]{{{word}}}" if set(text) & set("gjpqy") else word


def _latex_bold(text: str) -> str:
    if text in _GREEK:
        return f"\\boldsymbol{{\\{text}}}"
    word = f"\\mathbf{{{text}}}"
    return f"\\smash[b]{{{word}}}" if len(text) > 1 and set(text) & set("gjpqy") else word


def _is_index(text: str) -> bool:
    """Whether a text is a neuron's index such as `h1`, which reads best as a letter and its digits."""
    return text[1:].replace(",", "").isdigit()


def _latex_number(digits: str) -> str:
    mantissa, _, exponent = digits.partition("e")
    return f"{mantissa} \\cdot 10^{{{exponent}}}" if exponent else mantissa


def _latex_sign(sign: Operator) -> str:
    match sign:
        case Operator.PLUS:
            return " + "
        case Operator.MINUS:
            return " - "
        case Operator.NEGATIVE:
            return "-"
        case Operator.DOT:
            return " \\cdot "
        case Operator.BESIDE:
            return " \\thinspace "
        case Operator.SLASH:
            return "/"
        case Operator.EQUALS:
            return " = "
        case Operator.APPROXIMATELY:
            return " \\approx "
        case Operator.HADAMARD:
            return " \\odot "
        case Operator.TIMES:
            return " \\times "
