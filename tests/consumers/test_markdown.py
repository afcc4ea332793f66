"""Formulas are found where GitHub finds them, and nowhere else."""

from __future__ import annotations

import pytest

from tests.consumers.github import github_failures
from tests.consumers.markdown import Delimiter, read_formulas


def _found(markdown: str) -> list[tuple[str, Delimiter, int]]:
    return [(each.tex, each.delimiter, each.line) for each in read_formulas(markdown).formulas]


@pytest.mark.parametrize(
    ("markdown", "tex", "delimiter", "line"),
    [
        ("say $a$ now", "a", Delimiter.DOLLAR, 1),
        ("say $\\text{\\$}$ now", "\\text{\\$}", Delimiter.DOLLAR, 1),
        ("\n$$a$$", "a", Delimiter.DOLLARS, 2),
        ("a\n\n$$\nb\n= c\n$$\n", "b\n= c", Delimiter.DOLLARS, 3),
        ("say $`a`$ now", "a", Delimiter.BACKTICK, 1),
        ("```math\na\nb\n```", "a\nb", Delimiter.FENCE, 1),
        ("> $$\n> a\n> $$", "a", Delimiter.DOLLARS, 1),
        ("| x | $a$ |", "a", Delimiter.DOLLAR, 1),
        ("# On $a$\ntext", "a", Delimiter.DOLLAR, 1),
        ("- item\n- $a$", "a", Delimiter.DOLLAR, 2),
        ("`a code span`: $a$", "a", Delimiter.DOLLAR, 1),
    ],
)
def test_a_formula_is_found(markdown: str, tex: str, delimiter: Delimiter, line: int) -> None:
    assert _found(markdown) == [(tex, delimiter, line)]
    assert read_formulas(markdown).strays == ()


@pytest.mark.parametrize(
    "markdown",
    [
        "no formula",
        "it costs \\$5, or \\$6",
        "`$a$` is typed",
        "``a ` $b$`` is typed",
        "```\n$a$\n$\n```",
        "~~~latex\n$$\n```\n~~~",
        "````\n```math\na\n```\n````",
    ],
)
def test_code_and_escapes_are_no_formulas(markdown: str) -> None:
    reading = read_formulas(markdown)
    assert reading.formulas == ()
    assert reading.strays == ()


@pytest.mark.parametrize(
    "markdown",
    [
        "it costs $5",
        "say $a now",
        "say $ a $ now",
        "$$\na\n\nb\n$$",  # a blank line ends the paragraph
        "$$\na\n- b\n$$",  # a line that begins with a minus begins a list
        "$$a$",
        "| $|a|$ |",  # a bar ends the cell
        "say $a\nb$ now",
    ],
)
def test_a_dollar_without_a_partner_is_told(markdown: str) -> None:
    assert read_formulas(markdown).strays
    assert github_failures(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "$a_1$ and $a_{1} + b_{2}$",
        "$\\mathrm{net}_ {h1} + \\mathrm{net}_ {h2}$",
        "$`\\mathrm{net}_{h1} \\, \\mathrm{net}_{h2}`$",
        "```math\n\\begin{aligned} a &= b \\\\ &= c \\end{aligned}\n```",
        "$$\n\\begin{aligned}\n  a &= b \\cr\n  &= c\n\\end{aligned}\n$$",
        "其中 $w$ 是权重，而 $b$。",
        "（见 $w$）",
        "($w$), **$w$**, $w$-th",
        "| $a$ | $b$ |\n|---|---|\n| $c_{1}$ | $d$ |",
    ],
)
def test_what_github_shows_passes(markdown: str) -> None:
    assert github_failures(markdown) == ()


@pytest.mark.parametrize(
    "markdown",
    [
        "$a \\, b$",
        "$\\{a\\}$",
        "$$\na \\\\\nb\n$$",
        "$\\mathrm{net}_{h1} + \\mathrm{net}_{h2}$",
        "$\\mathrm{net}_{h1}$ and $\\mathrm{net}_{h2}$",
        "$a <b> c$",
        "$[a](b)$",
        "$a*b*c$",
    ],
)
def test_what_markdown_damages_is_told(markdown: str) -> None:
    assert [each.message for each in github_failures(markdown) if "markup" in each.message]


@pytest.mark.parametrize("markdown", ["其中$w$ 是", "权重：$w$", "其中 $w$是", "2$w$", "$w$s"])
def test_a_missing_space_around_a_formula_is_told(markdown: str) -> None:
    assert next(each.message for each in github_failures(markdown)).endswith("a space is missing")
