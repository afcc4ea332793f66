"""Every formula of the tables of functions, read by those who print formulas: cases, roots, bars, logarithms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from symbackprop.functions import (
    ACTIVATIONS,
    LOSSES,
    Activation,
    Line,
    Loss,
    fused,
    softmax_cross_entropy,
    softmax_definition,
    softmax_derivative,
)
from symbackprop.pages.render import _latex_within_markdown
from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.formula import Formula, Quantity, Quotient, Sqrt, Sum, rename
from symbackprop.typeset.latex import latex
from symbackprop.typeset.layout import Layout
from tests.consumers.github import github_failures
from tests.consumers.katex import katex_failures
from tests.consumers.latex import compile_latex
from tests.names import name


def formulas() -> Iterator[Formula]:
    worked: list[tuple[Line, ...]] = [softmax_derivative(3, 2, 2), softmax_derivative(3, 2, 1)]
    worked += [softmax_cross_entropy(3, 2), fused(Loss.BINARY_CROSS_ENTROPY, Activation.SIGMOID) or ()]
    for function in (*ACTIVATIONS.values(), *LOSSES.values()):
        yield function.definition
        worked.append(function.derivative)
    for lines in worked:
        yield from (line.formula for line in lines)
    yield softmax_definition(3, 2)
    yield Quotient(Quantity("m"), Sum((Sqrt(Quotient(Quantity("v"), Quantity("w"))), Quantity("epsilon"))))


def laid_out() -> list[Layout]:
    """The formulas in the quantities of a neuron."""
    own = {"net": "net_o1", "out": "out_o1", "target": "target_o1"}
    return [arrange(rename(formula, lambda slot: own.get(slot, slot)), name) for formula in formulas()]


def in_markdown() -> list[str]:
    """The formulas as our Markdown has them."""
    return [_latex_within_markdown(layout) for layout in laid_out()]


def test_github_leaves_them_whole_and_katex_prints_them() -> None:
    texts = in_markdown()
    inline = "\n\n".join(f"- Here ${text}$ it is." for text in texts)
    table = "| what |\n| --- |\n" + "\n".join(f"| ${text}$ |" for text in texts)
    displayed = "\n\n".join(f"$$\n{text}\n$$\n\n```math\n{text}\n```" for text in texts)
    rows = " \\cr\n".join(f"y &= {text} &&\\quad \\text{{so}}" for text in texts)
    aligned = f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$"
    markdown = f"{inline}\n\n{table}\n\n{displayed}\n\n{aligned}\n"
    assert github_failures(markdown) == ()
    assert katex_failures(markdown) == ()


def test_github_would_not_leave_a_backslash_at_the_end_of_a_row() -> None:
    broken = [text.replace("\\cr", "\\\\") for text in in_markdown() if "\\cr" in text]
    assert broken
    assert all(github_failures(f"Here ${text}$ it is.\n") for text in broken)


def test_latex_prints_them(tmp_path: Path) -> None:
    rows = "\n".join(f"\\begin{{align*}} y &= {text} \\\\ &= 0 \\end{{align*}}" for text in map(latex, laid_out()))
    source = f"\\documentclass{{article}}\n\\usepackage{{amsmath}}\n\\setlength{{\\textwidth}}{{40cm}}\n\\begin{{document}}\n{rows}\n\\end{{document}}\n"
    assert compile_latex(source, "pdflatex", tmp_path).complaints == ()
