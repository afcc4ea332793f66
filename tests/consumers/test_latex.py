"""The LaTeX harness sees what a reader would see: each complaint has its own broken document."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from symbackprop import api
from tests.consumers.latex import Compilation, Engine, compile_as_it_is, compile_latex, files_of, is_installed, need
from tests.consumers.tools import REQUIRED, missing
from tests.walkthroughs import derived


def _english(body: str) -> str:
    return "\\documentclass{article}\n\\begin{document}\n" + body + "\n\\end{document}\n"


def _chinese(body: str) -> str:
    return "\\documentclass[fontset=fandol]{ctexart}\n\\begin{document}\n" + body + "\n\\end{document}\n"


def test_a_sound_document_passes(tmp_path: Path) -> None:
    body = "\\section{One}\\label{one}\nAs section~\\ref{one} says: $a + b$.\n\\newpage\nSecond page."
    result = compile_latex(_english(body), "pdflatex", tmp_path)
    assert result.complaints == ()
    assert result.pages == 2
    assert result.pdf is not None


def test_a_sound_chinese_document_passes(tmp_path: Path) -> None:
    result = compile_latex(_chinese("反向传播：$a + b$"), "xelatex", tmp_path)
    assert result.complaints == ()
    assert result.pages == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("\\nosuchcommand", "Undefined control sequence"),
        ("$\\frac{1}{2$", "File ended while scanning"),
        ("a_b", "Missing $ inserted"),
        ("\\begin{itemize}\\item a", "ended by \\end{document}"),
        ("\\input{nosuchfile}", "nosuchfile.tex' not found"),
    ],
)
def test_an_error_is_told_with_its_place(body: str, said: str, tmp_path: Path) -> None:
    result = compile_latex(_english(body), "pdflatex", tmp_path)
    assert any(said in error for error in result.errors), result.errors


def test_a_missing_package_is_an_error(tmp_path: Path) -> None:
    source = "\\documentclass{article}\\usepackage{nosuchpackage}\\begin{document}a\\end{document}"
    need(_english(""), "pdflatex")
    result = compile_as_it_is(source, "pdflatex", tmp_path)
    assert any("nosuchpackage.sty' not found" in error for error in result.errors), result.errors
    assert result.pdf is None


def test_an_undefined_reference_is_told(tmp_path: Path) -> None:
    result = compile_latex(_english("As section~\\ref{nowhere} says."), "pdflatex", tmp_path)
    assert result.errors == ()
    assert any("nowhere" in line for line in result.undefined)


def test_a_label_given_twice_is_told(tmp_path: Path) -> None:
    result = compile_latex(_english("\\section{A}\\label{a}\\section{B}\\label{a}"), "pdflatex", tmp_path)
    assert any("multiply defined" in line for line in result.undefined)


@pytest.mark.parametrize(
    ("body", "box"),
    [
        ("\\noindent\\rule{2\\textwidth}{1pt}", "\\hbox"),
        ("\\[ \\rule{2\\textwidth}{1pt} \\]", "\\hbox"),
        ("\\vbox to 1cm{\\rule{1pt}{3cm}}", "\\vbox"),
    ],
)
def test_an_overfull_box_is_told(body: str, box: str, tmp_path: Path) -> None:
    result = compile_latex(_english(body), "pdflatex", tmp_path)
    assert result.errors == ()
    assert any(box in line for line in result.overfull), result.overfull


def test_a_character_that_the_font_lacks_is_told(tmp_path: Path) -> None:
    result = compile_latex(_english("前"), "xelatex", tmp_path)
    assert any("前" in line for line in result.missing_glyphs)


@pytest.mark.parametrize("engine", ["pdflatex", "xelatex"])
def test_shell_commands_do_not_run(engine: Engine, tmp_path: Path) -> None:
    result: Compilation = compile_latex(_english("\\immediate\\write18{touch ran}a"), engine, tmp_path)
    assert result.errors == ()
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("lang", "document", "files"),
    [
        ("en", "walkthrough", {"article.cls", "amsmath.sty", "tikz.sty", "hyperref.sty"}),
        ("en", "slides", {"beamer.cls", "tikz.sty"}),
        ("zh", "walkthrough", {"ctexart.cls", "xeCJK.sty", "FandolSong-Regular.otf", "booktabs.sty"}),
        ("zh", "slides", {"ctexbeamer.cls", "beamer.cls", "FandolHei-Regular.otf"}),
        ("zh", "summary", {"ctexart.cls", "multicol.sty"}),
    ],
)
def test_what_our_documents_need_is_known(lang: str, document: str, files: set[str]) -> None:
    source = api.render(derived(), format="latex", lang=lang, document=document)
    assert files <= set(files_of(source))
    assert len(re.findall(r"\\usepackage|\\documentclass", source)) <= len(set(files_of(source)))


@pytest.mark.parametrize("engine", ["pdflatex", "xelatex"])
def test_a_document_is_skipped_where_tex_lacks_a_package_of_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TeX may be there without most of its classes: this kpsewhich finds nothing but article.cls."""
    for name, answer in ((engine, "exit 1"), ("pdfinfo", "exit 1"), ("kpsewhich", 'test "$1" = article.cls')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv(REQUIRED, raising=False)
    is_installed.cache_clear()
    try:
        need(_english("a"), engine)
        with pytest.raises(pytest.skip.Exception, match=r"^ctexart\.cls is missing; apt-get install"):
            need(_chinese("a"), engine)
        monkeypatch.setenv(REQUIRED, "1")
        with pytest.raises(pytest.fail.Exception, match=r"^ctexart\.cls is missing; apt-get install"):
            need(_chinese("a"), engine)
    finally:
        is_installed.cache_clear()


def test_what_is_missing_is_skipped_at_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="nosuchtool is missing; install it"):
        missing("nosuchtool", "install it")


def test_what_is_missing_fails_where_consumers_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="nosuchtool is missing; install it"):
        missing("nosuchtool", "install it")
