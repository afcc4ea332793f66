"""The walkthroughs in the programs that students read them with: TeX, KaTeX, GitHub."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from unicodedata import normalize

import pytest

import symbackprop
from symbackprop.network import Writing
from tests.consumers.github import github_failures
from tests.consumers.katex import katex_failures
from tests.consumers.latex import Compilation, Engine, compile_latex
from tests.consumers.markdown import read_formulas
from tests.pages.calculations import calculations
from tests.walkthroughs import MAZUR, SMALL, WIDE, derived, titled, written

ENGINES: dict[str, Engine] = {"en": "pdflatex", "zh": "xelatex"}
LANGUAGES = tuple(ENGINES)
DETAILS = ("full", "brief")
FIGURES = ("0.593269992", "0.751365070", "0.298371109", "0.082167041", "0.358916480", "0.000438568", "0.291027774")

# Deep, with long sums, without a bias, and with the mistake on purpose: what the others haven't got.
DEEP = """
title = "Deep"
[data]
inputs = [0.5, -0.25]
targets = [0.125]
[[layers]]
activation = "sigmoid"
weights = [[1.25, -0.75], [0.5, 2.5], [-1.5, 0.25]]
[[layers]]
activation = "sigmoid"
weights = [[0.75, 1.5, -0.5], [-2.25, 0.5, 1.0]]
[[layers]]
activation = "sigmoid"
weights = [[-1.25, 0.75]]
[training]
learning_rate = 0.1
hidden_gradients = "updated"
"""

NETWORKS = {"mazur": MAZUR, "small": SMALL, "wide": WIDE, "deep": DEEP}


def _compile(source: str, lang: str, folder: Path) -> Compilation:
    """Compile a document; everything that TeX complains about is one message."""
    result = compile_latex(source, ENGINES[lang], folder)
    assert not result.complaints, "\n".join(result.complaints[:10])
    return result


def _text_of(pdf: Path | None) -> str:
    assert pdf is not None
    done = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, encoding="utf-8", check=True)
    return done.stdout


# --- TeX --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def default_network(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Compilation]:
    """Compile the default network's walkthrough, each once."""
    return cache(
        lambda lang, detail: _compile(written(lang=lang, detail=detail), lang, tmp_path_factory.mktemp("default"))
    )


@pytest.mark.one_of_each
@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_tex_compiles_the_default_network(
    lang: str, detail: str, default_network: Callable[[str, str], Compilation]
) -> None:
    result = default_network(lang, detail)
    assert result.pages in (range(12, 26) if detail == "full" else range(6, 20))
    text = _text_of(result.pdf)
    assert [figure for figure in FIGURES if figure not in text] == []
    assert "�" not in text


@pytest.mark.parametrize(
    ("network", "decimals"),
    [(titled("Long"), 50), *(pytest.param(MAZUR, decimals, marks=pytest.mark.slow) for decimals in (1, 50))],
)
def test_tex_compiles_any_number_of_decimals(network: str, decimals: int, tmp_path: Path) -> None:
    _compile(symbackprop.render(derived(network), decimals=decimals), "en", tmp_path)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_outline_of_the_pdf_can_be_read(lang: str) -> None:
    """A viewer shows the headings beside the pages, without any mathematics."""
    outlines = re.findall(r"\\texorpdfstring\{\$[^$]*\$\}\{([^}]*)\}", written(lang=lang))
    assert len(outlines) > 20
    assert [outline for outline in outlines if "[U+" in outline] == []


_ENTRY = re.compile(r"^ *(\d+) +(\S.*?)(?:[ .]*\.)? +(\d+)$")


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.slow)])
def test_the_table_of_contents_is_right_after_two_runs(
    lang: str, default_network: Callable[[str, str], Compilation]
) -> None:
    """TeX says nothing when its contents are a page behind; a third run is what nobody thinks of."""
    pages = _text_of(default_network(lang, "full").pdf).split("\f")
    found = [match for line in pages[0].splitlines() if (match := _ENTRY.match(line))]
    entries = {f"{number} {title}": int(page) for number, title, page in (match.groups() for match in found)}
    assert len(entries) >= 10
    for heading, promised in entries.items():
        lines = [[" ".join(line.split()) for line in page.splitlines()] for page in pages]
        assert [number for number, page in enumerate(lines, start=1) if heading in page] == [promised], heading


# What the gallery's documents (test_gallery.py) show TeX in every run, of other networks.
@pytest.mark.slow
@pytest.mark.parametrize("name", ["small", "wide", "deep"])
def test_tex_compiles_other_networks(name: str, tmp_path: Path) -> None:
    _compile(written(NETWORKS[name]), "en", tmp_path)


@pytest.mark.slow
def test_tex_compiles_a_wide_network_in_chinese(tmp_path: Path) -> None:
    _compile(written(WIDE, lang="zh", detail="brief"), "zh", tmp_path)


TITLE = (
    '\\input{/etc/passwd} $x$ $$ <script>alert(1)</script> `*_[]()|~#%&^{}\\ -- "quoted" {{ 7*7 }} <% x %> << 7 >> ^^M'
)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tex_shows_a_title_as_it_was_typed(lang: str, tmp_path: Path) -> None:
    title = f"{TITLE} é 😀" + (" 反向传播，100%" if lang == "zh" else "")
    result = _compile(written(titled(title, source=TITLE), lang=lang, detail="brief"), lang, tmp_path)
    text = _bare(_text_of(result.pdf))
    assert _bare(title.replace("😀", "[U+1F600]")) in text
    assert "root:" not in text


def _bare(text: str) -> str:
    """Drop spaces, and what pdfTeX draws as accents and lines though it looks like the characters."""
    return re.sub(r"[\s_]", "", normalize("NFC", text)).replace("ˆ", "^").replace("˜", "~")


NOTATIONS = ("standard", "bishop")


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_tex_compiles_other_notations(notation: str, lang: str, tmp_path: Path) -> None:
    result = _compile(written(notation=notation, lang=lang, detail="brief"), lang, tmp_path)
    assert "out" not in re.findall(r"[a-z]+(?=[ho]\d)", _text_of(result.pdf))


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_tex_compiles_decimal_commas(lang: str, tmp_path: Path) -> None:
    text = _text_of(_compile(_with_commas(lang=lang, format_="latex"), lang, tmp_path).pdf)
    assert [figure for figure in FIGURES if figure.replace(".", ",") not in text] == []


def _with_commas(*, lang: str, format_: str) -> str:
    network = symbackprop.load()
    derivation = symbackprop.derive(replace(network, writing=Writing(decimal_comma=True)))
    return symbackprop.render(derivation, format=format_, lang=lang)


# --- KaTeX and GitHub -------------------------------------------------------------------------------------


@pytest.mark.one_of_each
@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NETWORKS)
def test_katex_and_github_show_every_formula(name: str, lang: str, detail: str) -> None:
    page = written(NETWORKS[name], format_="markdown", lang=lang, detail=detail)
    reading = read_formulas(page)
    assert reading.strays == ()
    assert len(reading.formulas) > 100
    assert katex_failures(page) == ()
    assert github_failures(page) == ()


@pytest.mark.one_of_each
@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["mazur", "deep"])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_katex_and_github_show_other_notations(notation: str, name: str, lang: str, detail: str) -> None:
    page = written(NETWORKS[name], format_="markdown", lang=lang, detail=detail, notation=notation)
    assert read_formulas(page).strays == ()
    assert katex_failures(page) == ()
    assert github_failures(page) == ()
    assert "\\mathit{net}" not in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_katex_and_github_show_decimal_commas(lang: str) -> None:
    page = _with_commas(lang=lang, format_="markdown")
    assert katex_failures(page) == ()
    assert github_failures(page) == ()
    formulas = [formula.tex for formula in read_formulas(page).formulas]
    assert [tex for tex in formulas if re.search(r"\d\.\d", tex)] == []
    assert any("0{,}593269992" in tex for tex in formulas)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_hostile_title_damages_no_formula(lang: str) -> None:
    page = written(titled(TITLE, source="`$x$` | $5"), format_="markdown", lang=lang)
    assert page.count("<span>$</span>") == TITLE.count("$") + 3
    # GitHub shows a dollar sign within a span as one; the readers of formulas here know no spans.
    page = page.replace("<span>$</span>", "")
    assert katex_failures(page) == ()
    assert github_failures(page) == ()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_latex_and_markdown_have_the_same_calculations(lang: str) -> None:
    """What KaTeX passes stands in the LaTeX document, too, and the other way round."""
    in_markdown = calculations(written(format_="markdown", lang=lang))
    assert len(in_markdown) > 80
    assert calculations(written(format_="latex", lang=lang)) == in_markdown
