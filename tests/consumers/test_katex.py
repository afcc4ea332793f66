"""The KaTeX harness sees what KaTeX sees: each kind of complaint has its own broken formula."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.consumers import katex
from tests.consumers.katex import katex_failures
from tests.consumers.tools import REQUIRED


def test_a_sound_document_passes() -> None:
    markdown = (
        "Say $\\frac{\\partial E}{\\partial w_5} \\approx 0.082$.\n\n"
        "$$\n\\begin{aligned} a &= b \\cr &= \\text{目标} \\end{aligned}\n$$\n\n"
        "```math\n\\sum_{i=1}^{n} x_i \\tag{1}\n```\n"
    )
    assert katex_failures(markdown) == ()


def test_a_document_without_formulas_passes() -> None:
    assert katex_failures("No formula, and `$\\broken` in code.") == ()


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("$\\nosuchcommand$", "Undefined control sequence: \\nosuchcommand"),
        ("$\\frac{1}{2$", "expected '}'"),
        ("$a_b_c$", "Double subscript"),
        ("$$\n\\begin{aligned} a\n$$", "aligned"),
        ("$目标$", "unicodeTextInMathMode"),
        ("$\\tag{1} a$", "\\tag works only in display equations"),
        ("$\\includegraphics{a}$", "\\includegraphics needs trust"),
        ("$\\href{https://example.org}{a}$", "trust"),
        ("$$\na \\\\ b\n$$", "newLineInDisplayMode"),
        ("it costs $5", "has no partner"),
    ],
)
def test_a_broken_formula_is_told(markdown: str, said: str) -> None:
    failures = katex_failures(f"Sound: $a$.\n\n{markdown}\n")
    assert len(failures) == 1, failures
    assert said in failures[0].message
    assert failures[0].line == 3


def test_every_broken_formula_is_told_in_one_go() -> None:
    assert [each.formula for each in katex_failures("$\\a$ and $b$ and $\\frac$")] == ["\\a", "\\frac"]


def test_a_failure_prints_its_place() -> None:
    assert str(katex_failures("\n\n$\\frac$")[0]).startswith("line 3: KaTeX parse error")


def test_a_missing_katex_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(katex, "FOLDER", tmp_path)
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match=r"(node|KaTeX) is missing; .*npm ci"):
        katex_failures("$a$")
