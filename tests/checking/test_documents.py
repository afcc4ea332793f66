"""Which stretches of a document are formulas: documents as people write them, and what is found in each."""

from __future__ import annotations

import pytest

from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.sources.documents import snippets
from symbackprop.checking.sources.snippet import Kind

MARKDOWN = {
    "inline": ("So $net_{h1} = 0.3775$ is it.", ["net_{h1} = 0.3775"]),
    "two in a line": ("$a_1 = 1$ and $b_1 = 2$", ["a_1 = 1", "b_1 = 2"]),
    "display": ("$$\nnet_{h1} = 0.3775\n$$\n", ["net_{h1} = 0.3775"]),
    "display in its line": ("$$net_{h1} = 0.3775$$", ["net_{h1} = 0.3775"]),
    "display with an empty line": ("$$\na = 1\n\n= 2\n$$", ["a = 1\n\n= 2"]),
    "ticks in dollars": ("So $`net_{h1} = 0.3775`$ is it.", ["net_{h1} = 0.3775"]),
    "block of maths": ("```math\nnet_{h1} = 0.3775\n```\n", ["net_{h1} = 0.3775"]),
    "brackets": (r"\[ a = 1 \] and \( b = 2 \)", ["a = 1", "b = 2"]),
    "an environment": ("\\begin{align*}\na &= 1 \\\\\nb &= 2\n\\end{align*}", ["a &= 1 \\\\\nb &= 2"]),
    "a label and a number": ("$$a = 1 \\label{eq:a}\\tag{1}$$", ["a = 1"]),
    "a line break is no bracket": (r"$a = 1 \\[2pt] b = 2$", [r"a = 1 \\[2pt] b = 2"]),
    "a quote": ("> $$\n> a = 1\n> $$", ["a = 1"]),
    "a list": ("- $a = 1$\n- $b = 2$", ["a = 1", "b = 2"]),
    "prices": ("It costs $5 = 5 dollars, or $6.", ["5 = 5"]),
    "escaped dollars": (r"It costs \$5 or \$6.", []),
    "code": ("`net = 1` and ``x = ` 2`` and `a = 'b'`", ["net = 1"]),
    "a name in code": ("The `out_h1` = `0.5932`.", ["out_h1 = 0.5932"]),
    "block of plain text": ("```text\nnet_h1 = 0.15 * 0.05\n  + 0.37\n```\n", ["net_h1 = 0.15 * 0.05 + 0.37"]),
    "block without a language": ("```\n          1\nout = ---------\n       1 + e^-1\n```\n", ["out = (1)/(1 + e^-1)"]),
    "code block": ("```python\nnet_h1 = 0.3775\n```\n", []),
    "code block with tildes": ("~~~\nw5 = 3\n```\nw5 = 3\n~~~\n", ["w5 = 3", "w5 = 3"]),
    "code block that never ends": ("```\nw5 = 3\n", ["w5 = 3"]),
    "dollars in code": ("`$a = 1$`", []),
    "html": ("<pre>w5 = 3</pre> <a href='w5=3'>x</a>", []),
    "comment": ("<!-- $a = 1$ -->", []),
    "dollar that never closes": ("$a = 1\n\nb_1 = 2$", ["a = 1", "b_1 = 2"]),
    "words for a picture": ("![net_{h1} = 0.3775](a.png)", ["net_{h1} = 0.3775"]),
    "words for a picture, in html": ('<img src="a.png" alt="out_{h1} = \\frac{1}{2}">', ["out_{h1} = \\frac{1}{2}"]),
    "words for a picture that is none": ("![The network](a.png)", []),
    "plain line": ("net_h1 = 0.3775", ["net_h1 = 0.3775"]),
    "plain line in a list": ("1. net_h1 = 0.3775\n2. **out_h1 = 0.59**", ["net_h1 = 0.3775", "out_h1 = 0.59"]),
    "lowered html": ("w<sub>5</sub> = 0.4", ["w_5 = 0.4"]),
    "escaped line": (r"net\_h1 = 0.3775", ["net_h1 = 0.3775"]),
    "half in dollars": ("Thus $net_{h1}$ = 0.3775.", ["net_{h1}  = 0.3775"]),
    "both sides in dollars": ("$net_{h1}$ = $w_1 i_1$", ["net_{h1}  =  w_1 i_1"]),
    "table of values": (
        "| quantity | value | note |\n|---|---:|---|\n| dE_total/dw5 | 0.0822 | a = 1 |\n| $w_5$ | $0.4$ | |\n",
        ["dE_total/dw5 = 0.0822", "w_5  =  0.4"],
    ),
    "table with a header of its own": (
        "| what | | points |\n|---|---|---|\n| net_h1 | 0.9 | (2) |\n| out_h1 | ≈ 0.7 | |\n| out_h2 | done | |\n",
        ["net_h1 = 0.9", "out_h1 ≈ 0.7"],
    ),
    "table of gradients": ("| weight | gradient |\n|---|---|\n| w5 | 0.08 |\n", []),
    "table of what was before": ("| weight | was | is |\n|---|---|---|\n| w5 | 0.4 | 0.36 |\n", []),
    "table on Windows": ("| id | value |\r\n|---|---|\r\n| w5 | 0.4 |\r\n", ["w5 = 0.4"]),
    "table without a header": ("| net_h1 | 0.9 |\n| $w_5$ | 2\n", ["net_h1 = 0.9"]),
    "table that begins with values": (
        "| net_h1 | 0.9 ✓ |\n|---|---|\n| out_h1 | 0.7 |\n",
        ["net_h1 = 0.9", "out_h1 = 0.7"],
    ),
    "table of something else": ("| a | b |\n|---|---|\n| net_h1 = 1 | out_h1 = 2 |\n", ["net_h1 = 1", "out_h1 = 2"]),
    "no sign": ("The weight $w_5$ and `x`", []),
    "sign of an index only": (r"$\sum_{i=1}^n x$", [r"\sum_{i=1}^n x"]),
    "url": ("see https://example.org/?w5=3 there", []),
    "link": ("[w5](https://example.org/?a=3)", []),
    "underlined title": ("The title\n=========\n", []),
    "windows lines": ("$$\r\na = 1\r\n$$\r\n\r\nb_1 = 2\r\n", ["a = 1", "b_1 = 2"]),
}

LATEX = {
    "inline": (r"So $a = 1$, \(b = 2\).", ["a = 1", "b = 2"]),
    "display": (r"\[ a = 1 \] $$ b = 2 $$", ["a = 1", "b = 2"]),
    "equation": ("\\begin{equation}\\label{e}\na = 1\n\\end{equation}", ["a = 1"]),
    "alignat": ("\\begin{alignat*}{2}\na &= 1\n\\end{alignat*}", ["a &= 1"]),
    "array": ("\\begin{array}{@{}r@{}l}\na &= 1\n\\end{array}", ["a &= 1"]),
    "comments": ("$a % b = 2\n= 1$\n% $c = 3$\n", ["a        \n= 1"]),
    "percent": (r"$a = 50\%$", [r"a = 50\%"]),
    "verbatim": ("\\begin{verbatim}\n$a = 1$\n\\end{verbatim}\\verb|$b = 2$|", []),
    "drawing": ("\\begin{tikzpicture}\\node{$a = 1$};\\end{tikzpicture}", []),
    "preamble": ("\\title{$a = 1$}\n\\begin{document}\n$b = 2$\n\\end{document}\n$c = 3$", ["b = 2"]),
    "definition": ("\\newcommand{\\x}[1]{$a = #1$}\n$b = 2$", ["b = 2"]),
    "definition of a display": (
        "\\newcommand{\\calc}[1]{\\[\\begin{aligned}#1\\end{aligned}\\]}\n\\calc{a &= {1}}\n",
        ["a &= {1}"],
    ),
    "definition of words": ("\\newcommand{\\rem}[1]{\\text{\\small #1}}\n$a = 1 \\rem{b = 2}$\n", ["a = 1"]),
    "plain line": ("Thus net\\_h1 = 0.3775 \\textbf{so}.", ["net_h1 = 0.3775"]),
    "never closed": ("\\begin{align} a = 1", ["a = 1"]),
    "length": ("\\includegraphics[width=3cm]{x=1} \\hspace{1em} \\setlength{\\a}{b=1}", []),
}

RST = {
    "role": ("So :math:`a = 1` is it.", ["a = 1"]),
    "directive": (".. math::\n   :label: x\n\n   a = 1\n\n   b = 2\n\nText.", ["a = 1", "b = 2"]),
    "directive in its line": (".. math:: a = 1\n", ["a = 1"]),
    "lines of one equation": (".. math::\n\n   a &= 1 \\\\\n     &= 2\n", ["a &= 1 \\\\\n     &= 2"]),
    "code": (".. code-block:: python\n\n   w5 = 3\n\n``w5 = 3``\n", []),
    "code in a line": (":code:`w5 = 3` and :py:func:`w6 = 4`", []),
    "comment": (".. w5 = 3\n   w6 = 4\n", []),
    "empty comment on Windows": ("..\r\n   w5 = 3\r\n", []),
    "note": (".. note::\n\n   net_h1 = 0.3775\n", ["net_h1 = 0.3775"]),
    "words for a picture": (".. image:: x.png\n   :alt: net_{h1} = 0.3775\n", ["net_{h1} = 0.3775"]),
    "plain line": ("* net_h1 = 0.3775", ["net_h1 = 0.3775"]),
    "half in a role": (":math:`net_{h1}` = 0.3775", ["net_{h1}  = 0.3775"]),
}

TEXT = {
    "alone": ("net_h1 = 0.3775", ["net_h1 = 0.3775"]),
    "words before": ("so net_h1 = 0.3775", ["net_h1 = 0.3775"]),
    "words after": ("net_h1 = 0.3775 is the net input.", ["net_h1 = 0.3775"]),
    "words around a name of words": ("which gives out o1 = 0.75", ["out o1 = 0.75"]),
    "a word as a name": ("the loss = 0.298371109.", ["loss = 0.298371109"]),
    "a letter before": ("is a w5 = 0.4", ["w5 = 0.4"]),
    "colon": ("Update: w5+ = w5 - eta * dE/dw5 = 0.3589;", ["w5+ = w5 - eta * dE/dw5 = 0.3589"]),
    "raised at the end": ("w5 - 0.5 * 0.08 = w5+", ["w5 - 0.5 * 0.08 = w5+"]),
    "two": ("i1 = 0.05 and i2 = 0.10.", ["i1 = 0.05", "i2 = 0.10"]),
    "goes on": ("net_h1 = w1 i1\n       = 0.15 * 0.05\n       ≈ 0.3775", ["net_h1 = w1 i1 = 0.15 * 0.05 ≈ 0.3775"]),
    "goes on after a remark": ("a1 = 2 b1\n    (by the rule of\n    chains)\n   = 4", ["a1 = 2 b1 = 4"]),
    "goes on after a sign": ("net_h1 =\n  0.3775", ["net_h1 = 0.3775"]),
    "doesn't go on over an empty line": ("a1 = 2\n\n= 4", ["a1 = 2"]),
    "remark behind": ("net_h1 = 0.3775 (rounded)", ["net_h1 = 0.3775"]),
    "remark far behind": ("net_h1 ≈ 0.3775   (from unrounded values)", ["net_h1 ≈ 0.3775"]),
    "wide gap": ("weights into h1  w1 = 0.15", ["w1 = 0.15"]),
    "unicode": ("∂E/∂w₅ = δₒ₁ · outₕ₁ ≈ 0.082", ["∂E/∂w₅ = δₒ₁ · outₕ₁ ≈ 0.082"]),
    "chinese": ("所以 netₕ₁ = 0.3775，很好", ["netₕ₁ = 0.3775"]),
    "full width": ("ｎｅｔ＿ｈ１＝０．３７７５", ["ｎｅｔ＿ｈ１＝０．３７７５"]),
    "decimal comma": ("net_h1 = 0,3775, also", ["net_h1 = 0,3775"]),
    "indices": ("net_h1[2,3] = 0.5 and out_(h2,1) = 0.6", ["net_h1[2,3] = 0.5", "out_(h2,1) = 0.6"]),
    "brackets": ("(here eta = 0.5)", ["eta = 0.5"]),
    "functions": ("out_h1 = 1 / (1 + exp(-net_h1))", ["out_h1 = 1 / (1 + exp(-net_h1))"]),
    "bullet": ("- net_h1 = 0.3775\n* out_h1 = 0.59", ["net_h1 = 0.3775", "out_h1 = 0.59"]),
    "negative": ("dE/dw7 = -0.0226", ["dE/dw7 = -0.0226"]),
    "questions": ("net_h1 = ?", []),
    "comparisons": ("if a == b or a <= b or a => b or a != b", []),
    "comparison with a figure": ("net_h1 == 0.3775", ["net_h1 == 0.3775"]),
    "tick": ("net_h1 = 0.3775 ✓", ["net_h1 = 0.3775"]),
    "points": ("net_h1 = 0.3775 (2 points)\nout_h1 = 0.59 (1.5 P.)", ["net_h1 = 0.3775", "out_h1 = 0.59"]),
    "new": ("the new w5 = 0.3\nw7 new = 0.5\nw6 (new) = 2", ["new w5 = 0.3", "w7 new = 0.5", "w6 (new) = 2"]),
    "star": ("w5* = 0.3", ["w5* = 0.3"]),
    "rule": ("Title\n=====\n", []),
    "drawing": ("⡇ w₁ = 0.15 ⠁⠁", []),
    "old mac lines": ("a1 = 1\rb1 = 2\r", ["a1 = 1", "b1 = 2"]),
    "form feed": ("a1 = 1\fb1 = 2", ["a1 = 1", "b1 = 2"]),
    "latex after all": (r"So $a = \frac{1}{2}$.", [r"a = \frac{1}{2}"]),
    "fraction": ("          1\nout = ---------\n       1 + e^-1\n", ["out = (1)/(1 + e^-1)"]),
    "fraction goes on": (
        "       a1\n  x = ──── + 2\n       b1\n        1\n    = ──────\n        c1\n      (a remark of\n      two lines, b)\n",
        ["x = (a1)/(b1) + 2 = (1)/(c1)"],
    ),
    "tall parentheses": ("       ⎛    a1  ⎞\nx1 = 2 ⎜1 − ────⎟\n       ⎝    b1  ⎠\n", ["x1 = 2 (1 − (a1)/(b1))"]),
    "something raised": ("       a1 3\nx1 = ────\n       b1\n", []),
    "fractions in a fraction": (
        "       1\n      ───\n       2\nx1 = ───── + (1 − y1) ≈ 5\n       3\n",
        ["x1 = ((1)/(2))/(3) + (1 − y1) ≈ 5"],
    ),
    "matrix": ("     ⎛i₁⎞   ⎛0.05⎞\n i = ⎝i₂⎠ = ⎝0.10⎠\n", []),
}

TABLES = {Kind.MARKDOWN: MARKDOWN, Kind.LATEX: LATEX, Kind.RST: RST, Kind.TEXT: TEXT}
ROWS = [
    pytest.param(kind, text, expected, id=f"{kind}: {name}")
    for kind, table in TABLES.items()
    for name, (text, expected) in table.items()
]


@pytest.mark.parametrize(("kind", "text", "expected"), ROWS)
def test_formulas_of_a_document(kind: Kind, text: str, expected: list[str]) -> None:
    assert [snippet.text for snippet in snippets(text, kind)] == expected


@pytest.mark.parametrize(("kind", "text", "expected"), ROWS)
def test_each_character_has_its_place(kind: Kind, text: str, expected: list[str]) -> None:
    made = set(" _^()/=")
    for snippet in snippets(text, kind):
        assert len(snippet.text) == len(snippet.origin)
        for character, place in zip(snippet.text, snippet.origin, strict=True):
            assert character in made or text[place] == character, (snippet.text, expected)


def test_what_is_in_dollars_is_latex_and_sure() -> None:
    (sure, loose) = snippets("$a = 1$\n\nb_1 = 2\n", Kind.MARKDOWN)
    assert (sure.dialect, sure.loose) == (Dialect.LATEX, False)
    assert (loose.dialect, loose.loose) == (Dialect.PLAIN, True)


def test_a_sheet_is_no_document() -> None:
    with pytest.raises(ValueError, match="no document"):
        list(snippets("a = 1", Kind.TOML))
