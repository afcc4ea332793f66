"""PDF by an installed TeX: compiled without complaint, the same twice, refused in one line where TeX fails."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from symbackprop import api
from symbackprop.derivation.derive import Derivation
from symbackprop.errors import SpecError
from symbackprop.pdf.by_latex import compile_latex
from symbackprop.resources import example, example_names
from tests.consumers.latex import need
from tests.pdf.test_slides_and_summary import WIDE
from tests.walkthroughs import MAZUR, SMALL, derived, titled

ARTICLE = "\\documentclass{article}\\begin{document}%s\\end{document}"


def _pages(content: bytes) -> int:
    told = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pages:"))


def _with_title(title: str) -> Derivation:
    """Derive a network that no title of ours belongs to."""
    return derived(titled(title))


def _made(lang: str, document: str, network: str = MAZUR) -> bytes:
    """Give the PDF; whatever TeX complains about would be raised."""
    source = api.render(derived(network), format="latex", lang=lang, document=document)
    need(source, "xelatex" if lang == "zh" else "pdflatex")
    return api.render_pdf(derived(network), lang=lang, document=document, engine="latex")


@pytest.mark.parametrize("body", ["x\\input{%s}", "x\\pdfximage{%s}\\pdfrefximage\\pdflastximage "])
def test_tex_reads_nothing_from_elsewhere(body: str, tmp_path: Path) -> None:
    need(ARTICLE, "pdflatex")
    (tmp_path / "secret.tex").write_text("canary", encoding="utf-8")
    with pytest.raises(SpecError, match="failed") as refused:
        compile_latex(ARTICLE % (body % (tmp_path / "secret.tex")), "en")
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("folder", ["mine", Path("mine"), ""])
def test_tex_sets_no_templates_but_ours(folder: str | Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said at once: before the folder is read, and before anything is proved."""
    monkeypatch.setattr(api, "templates_of", None)
    monkeypatch.setattr(api, "certify", None)
    with pytest.raises(SpecError, match=r"^--engine latex: goes only with our own templates"):
        api.render_pdf(derived(SMALL), templates=folder, engine="latex")


def test_the_summary_is_one_page() -> None:
    assert _pages(_made("en", "summary")) == 1


def test_slides_are_set_by_beamer_without_complaint() -> None:
    assert _pages(_made("en", "slides", titled("Small"))) > 10


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("document", ["walkthrough", "slides", "summary"])
def test_every_document_is_set_without_complaint_and_the_same_twice(lang: str, document: str) -> None:
    content = _made(lang, document)
    assert content == _made(lang, document)
    assert {"walkthrough": 15, "slides": 38, "summary": 1}[document] <= _pages(content)


FEW = (
    pytest.param("recurrent", "en", "slides", marks=pytest.mark.slow),
    ("recurrent", "zh", "summary"),
    ("deep", "en", "summary"),
)


@pytest.mark.parametrize(("name", "lang", "document"), FEW)
def test_some_examples_are_set_without_complaint(name: str, lang: str, document: str) -> None:
    pages = _pages(_made(lang, document, example(name).read_text(encoding="utf-8")))
    assert pages == 1 if document == "summary" else pages > 20


@pytest.mark.slow
@pytest.mark.parametrize("document", ["slides", "summary"])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", [name for name in example_names() if name != "large"])
def test_every_example_is_set_without_complaint(name: str, lang: str, document: str) -> None:
    pages = _pages(_made(lang, document, example(name).read_text(encoding="utf-8")))
    assert pages == 1 if document == "summary" else pages > 20


@pytest.mark.slow
def test_a_summary_of_more_than_a_page_is_refused() -> None:
    with pytest.raises(SpecError, match=r"pdflatex failed: a summary of one page has no room for this network"):
        _made("en", "summary", WIDE)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("\\nosuchcommand", "pdflatex failed: Undefined control sequence"),
        ("\\input{nosuchfile}", "pdflatex failed: "),
        ("\\noindent\\rule{2\\textwidth}{1pt}", "points too wide in paragraph"),
        ("\\tracinglostchars=2 \\font\\f=cmr10 \\f\\char200", "the fonts of pdflatex have no"),
    ],
)
def test_what_tex_complains_about_is_refused_in_one_line(body: str, said: str) -> None:
    need(ARTICLE, "pdflatex")
    with pytest.raises(SpecError, match=r"^--engine latex: ") as refused:
        compile_latex(ARTICLE % body, "en")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("lang", "engine"), [("en", "pdflatex"), ("zh", "xelatex")])
@pytest.mark.parametrize("title", ["привет 你", "[U+1F600] п"])
def test_a_character_that_the_fonts_lack_is_named(title: str, lang: str, engine: str) -> None:
    with pytest.raises(SpecError) as refused:
        api.render_pdf(_with_title(title), lang=lang, document="summary", engine="latex")
    assert str(refused.value) == f'--engine latex: the fonts of {engine} have no "п" (U+043F)'


def test_a_code_that_somebody_typed_is_no_missing_character() -> None:
    derivation = _with_title("[U+1F600] and [U+{}0041]")
    need(api.render(derivation, format="latex", document="summary"), "pdflatex")
    assert _pages(api.render_pdf(derivation, document="summary", engine="latex")) == 1


@pytest.mark.parametrize(("lang", "engine"), [("en", "pdflatex"), ("zh", "xelatex")])
def test_without_tex_one_line_says_so(lang: str, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpecError, match=f"^--engine latex: {engine} isn't installed; "):
        compile_latex(ARTICLE % "a", lang)
