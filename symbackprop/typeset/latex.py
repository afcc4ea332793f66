"""Layouts as LaTeX that amsmath, KaTeX and GitHub read alike."""

from __future__ import annotations

import re

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

_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+$")

# Unicode's epsilon is the open one, as in most books.
_LETTERS = {**{name: name for name in GREEK}, "epsilon": "varepsilon"}
_ACCENTS = {Mark.HAT: "hat", Mark.BAR: "bar"}
_COMMANDS = frozenset({"log", "tanh"})
"""Functions that TeX has a command for. `\\operatorname` would make others, but GitHub forbids it."""
_DOTS = {Dots.ACROSS: "\\cdots", Dots.DOWN: "\\vdots", Dots.SLANTED: "\\ddots"}


def latex(layout: Layout) -> str:
    """LaTeX for one layout, without the dollar signs around it."""
    match layout:
        case Symbol(text=text, bold=True):
            return _latex_bold(text)
        case Symbol(text=text) if text in _LETTERS:
            return f"\\{_LETTERS[text]}"
        case Accent(body=body, mark=mark):
            return f"\\{_ACCENTS[mark]}{{{latex(body)}}}"
        case Symbol(text=text, upright=True):
            return f"\\mathrm{{{text}}}"
        case Symbol(text=text):
            return text if len(text) == 1 or _is_index(text) else _latex_word(text)
        case Number(digits=digits):
            return _latex_number(digits)
        case Row(parts=parts):
            return _latex_row(parts)
        case Fenced(body=body, fence=fence):
            inner = latex(body)
            left, right = fence.value
            return f"\\left{left}{inner}\\right{right}" if _is_tall(inner) else f"{left}{inner}{right}"
        case Bars(body=body):
            inner = latex(body)
            left, right = ("\\left\\lvert", "\\right\\rvert") if _is_tall(inner) else ("\\lvert", "\\rvert")
            return _beside(_beside(left, inner), right)
        case Root(body=body):
            return f"\\sqrt{{{latex(body)}}}"
        case Applied(function=function, argument=argument):
            name = f"\\{function.text}" if function.text in _COMMANDS else latex(function)
            return _beside(name, latex(argument))
        case Choice(rows=rows):
            # Markdown eats one of the two backslashes of a line's end, but leaves \\cr alone.
            lines = " \\cr ".join(f"{latex(value)} & {latex(condition)}" for value, condition in rows)
            return f"\\begin{{cases}} {lines} \\end{{cases}}"
        case Fraction(numerator=numerator, denominator=denominator, small=True):
            return f"\\tfrac{{{latex(numerator)}}}{{{latex(denominator)}}}"
        case Fraction(numerator=numerator, denominator=denominator):
            return f"\\frac{{{latex(numerator)}}}{{{latex(denominator)}}}"
        case Script(base=base, sub=sub, sup=sup):
            under = "" if sub is None else f"_{{{latex(sub)}}}"
            over = "" if sup is None else f"^{{{latex(sup)}}}"
            letter = latex(base)
            return (f"{{{letter}}}" if _has_one_already(base, sub, sup) else letter) + under + over
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


def _has_one_already(base: Layout, sub: Layout | None, sup: Layout | None) -> bool:
    """Whether a script would meet one of its kind, which TeX refuses unless braces part them."""
    match base:
        case Script(sub=inner_sub, sup=inner_sup):
            return (sub is not None and inner_sub is not None) or (sup is not None and inner_sup is not None)
        case Row():
            return True
        case _:
            return False


def _latex_row(parts: tuple[Layout | Operator, ...]) -> str:
    row = ""
    for part in parts:
        text = _latex_sign(part) if isinstance(part, Operator) else latex(part)
        row = _beside(row, text)
    return row


def _beside(left: str, right: str) -> str:
    # A command swallows the letters after it: \partial w, not \partialw.
    gap = " " if right[:1].isalpha() and _ENDS_IN_COMMAND.search(left) else ""
    return left + gap + right


_TALL = ("\\frac", "\\sum", "\\begin{cases}", "pmatrix")


def _is_tall(tex: str) -> bool:
    return any(command in tex for command in _TALL)


def _latex_word(text: str) -> str:
    # TeX hangs a subscript below the deepest letter; without the depth, net and target have theirs level.
    word = f"\\mathit{{{text}}}"
    return f"\\smash[b]{{{word}}}" if set(text) & set("gjpqy") else word


def _latex_bold(text: str) -> str:
    if text in _LETTERS:
        return f"\\boldsymbol{{\\{_LETTERS[text]}}}"
    word = f"\\mathbf{{{text}}}"
    return f"\\smash[b]{{{word}}}" if len(text) > 1 and set(text) & set("gjpqy") else word


def _is_index(text: str) -> bool:
    """Whether a text is a neuron's index such as `h1`, which reads best as a letter and its digits."""
    return text[1:].replace(",", "").isdigit()


def _latex_number(digits: str) -> str:
    # TeX takes a bare comma for one that parts two things, and leaves room after it.
    mantissa, _, exponent = digits.replace(",", "{,}").partition("e")
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
        case Operator.ABOVE:
            return " > "
        case Operator.AT_LEAST:
            return " \\ge "
        case Operator.BELOW:
            return " < "
        case Operator.AT_MOST:
            return " \\le "
        case Operator.HADAMARD:
            return " \\odot "
        case Operator.TIMES:
            return " \\times "
