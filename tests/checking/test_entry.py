"""`symbackprop.check`: from a text, a file or answers to verdicts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import symbackprop
from symbackprop.checking.sources import read as reading
from symbackprop.checking.verdicts import Verdict
from symbackprop.errors import NotJudgedError, SpecError


def verdict_of(verdicts: symbackprop.Verdicts) -> list[Verdict]:
    """Give the verdicts in the order of the links."""
    return [link.verdict for link in verdicts.links]


def test_answers_are_checked() -> None:
    verdicts = symbackprop.check({"net_h1": "0.3775", "net_h2": 0.5, "E_total": 1.5})
    assert verdict_of(verdicts) == [Verdict.CORRECT, Verdict.WRONG, Verdict.WRONG]
    assert [link.place.line for link in verdicts.links] == [2, 3, 4]
    assert not verdicts.is_right


@pytest.mark.parametrize(
    "text",
    [
        "The net input is $net_{h1} = w_1 i_1 + w_2 i_2 + b_1 = 0.3775$.",
        "\\documentclass{article}\\begin{document}\\[net_{h1} = w_1 i_1 + w_2 i_2 + b_1 = 0.3775\\]\\end{document}",
        '{"net_h1": "w1*i1 + w2*i2 + b1"}',
    ],
    ids=["Markdown", "LaTeX", "JSON"],
)
def test_a_text_is_checked_whatever_it_is_written_in(text: str) -> None:
    verdicts = symbackprop.check(text, "mazur")
    assert verdicts.links
    assert set(verdict_of(verdicts)) == {Verdict.CORRECT}


def test_a_file_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("id,answer\nnet_h1,0.3775\n", encoding="utf-8")
    verdicts = symbackprop.check(path, symbackprop.load())
    assert (verdicts.work.name, verdict_of(verdicts)) == (str(path), [Verdict.CORRECT])


@pytest.mark.parametrize(
    ("work", "said"),
    [
        ({"net_h1": None}, 'answers: expected numbers or texts, found None for "net_h1"'),
        ({"net_h1": True}, 'answers: expected numbers or texts, found True for "net_h1"'),
        (Path("nowhere.toml"), "nowhere.toml: cannot be read: no such file or directory"),
    ],
)
def test_what_is_no_work_is_refused_in_one_line(work: object, said: str) -> None:
    with pytest.raises(SpecError) as raised:
        symbackprop.check(work)  # type: ignore[arg-type]
    assert str(raised.value) == said


def test_a_mistake_of_ours_is_told_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("a\nb")

    monkeypatch.setattr(reading, "snippets", fails)
    with pytest.raises(NotJudgedError) as raised:
        symbackprop.check("$net_{h1} = 0.3775$")
    said, line = str(raised.value).removesuffix(")").rsplit(":", 1)
    ours = "a mistake of ours, please report it (ZeroDivisionError: a\\nb, at symbackprop.checking.sources.read"
    assert said == f"work: could not be judged: {ours}"
    assert "snippets(" in Path(str(reading.__file__)).read_text(encoding="utf-8").splitlines()[int(line) - 1]


# The package `symbackprop.check` stands where the function is looked for, whatever was imported before.
CALLS = "symbackprop.check({'net_h1': '0.3775'}).is_right"


@pytest.mark.parametrize(
    "code",
    [
        f"import symbackprop; print({CALLS})",
        f"import symbackprop, symbackprop.checking.work; print({CALLS})",
        f"import symbackprop; {CALLS}; print({CALLS})",
        f"from symbackprop import check; import symbackprop; symbackprop.check = check; print({CALLS})",
    ],
)
def test_the_function_is_there_in_any_order_of_imports(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "True\n"


RIGHT = "net_h1,0.3775\nout_o1,0.75136507\ndE_total/dw5,0.082167041\nw5+,0.35891648\nw1@1,0.149780716\n"
WRONG = "net_h1,0.3575\nout_o1,0.15136507\ndE_total/dw1,0.000434\ndelta_o1,-0.1385\nw5+,0.441\nE_total@3,1\n"


@pytest.mark.one_of_each
@pytest.mark.parametrize("answers", [RIGHT, WRONG, "net_h1,w1*i1 + w3*i2 + b1\n"], ids=["right", "wrong", "formula"])
@pytest.mark.parametrize("format_", ["text", "markdown", "html", "json"])
def test_nothing_of_a_check_needs_sympy(answers: str, format_: str, tmp_path: Path) -> None:
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    sheet = sheets / "sheet.csv"
    sheet.write_text(f"id,answer\n{answers}", encoding="utf-8")
    # Whoever imports a module that is None gets an ImportError.
    code = (
        "import sys; sys.modules['sympy'] = None; from symbackprop.cli import main\n"
        f"codes = [main(['check', {str(sheet)!r}, '--format', {format_!r}, '-o', {str(tmp_path / 'report')!r}]),"
        f" main(['check', {str(sheets)!r}, '--csv', {str(tmp_path / 'marks.csv')!r}])]\n"
        "assert sys.modules['sympy'] is None, 'imported'; print(*map(int, codes))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == ("0 0" if answers == RIGHT else "1 1")
