"""The gallery in the programs that students read it with: a few documents in every run, all of them in the long check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from itertools import product
from pathlib import Path

import pytest

from symbackprop.formats import Detail, View
from symbackprop.notation_file import notation_names
from symbackprop.pages.languages import languages
from symbackprop.resources import example, example_names
from tests.consumers.github import github_failures
from tests.consumers.katex import katex_failures
from tests.consumers.latex import Engine, compile_latex
from tests.walkthroughs import written

ENGINES: dict[str, Engine] = {"en": "pdflatex", "zh": "xelatex"}


@dataclass(frozen=True, slots=True)
class Page:
    """Which document of which example."""

    name: str
    lang: str
    view: str
    notation: str
    detail: str

    def __str__(self) -> str:
        """Print as a test's name."""
        return "-".join(astuple(self))

    def written(self, format_: str) -> str:
        """Give the text in a format."""
        network = example(self.name).read_text(encoding="utf-8")
        return written(
            network, format_=format_, lang=self.lang, detail=self.detail, view=self.view, notation=self.notation
        )


FEW = (
    Page("adam", "en", "both", "standard", "brief"),
    Page("binary", "zh", "matrix", "bishop", "brief"),
    Page("deep", "en", "matrix", "standard", "brief"),
    Page("large", "en", "both", "mazur", "brief"),
    Page("mazur", "zh", "both", "bishop", "brief"),
    Page("recurrent", "en", "scalar", "bishop", "full"),
    Page("recurrent", "zh", "matrix", "mazur", "brief"),
    Page("regression-relu", "zh", "scalar", "standard", "brief"),
    Page("three-classes", "zh", "scalar", "mazur", "full"),
    Page("three-classes", "en", "matrix", "bishop", "brief"),
    Page("weight-decay", "en", "scalar", "mazur", "brief"),
    Page("xor", "zh", "both", "standard", "brief"),
)


def _all() -> Iterator[Page]:
    """Every document, but only two of the hundreds of pages that a large network has in full."""
    for page in product(example_names(), languages(), View, notation_names(), Detail):
        name, _, view, notation, detail = page
        if (name, detail) != ("large", Detail.FULL) or (view, notation) == (View.SCALAR, "mazur"):
            yield Page(*map(str, page))


ALL = tuple(_all())
# TeX takes a while: each language, view, notation and detail, and what is told in another way than the default network.
IN_TEX = tuple(page for page in FEW if page.name in ("large", "recurrent", "xor"))


def test_the_few_have_everything_once() -> None:
    for number, field in enumerate(fields(Page)):
        assert {astuple(page)[number] for page in FEW} == {astuple(page)[number] for page in ALL}, field.name
    assert set(FEW) <= set(ALL)
    for number, field in enumerate(fields(Page)):
        if field.name != "name":
            assert {astuple(page)[number] for page in IN_TEX} == {astuple(page)[number] for page in ALL}, field.name


def _compile(page: Page, folder: Path) -> None:
    complaints = compile_latex(page.written("latex"), ENGINES[page.lang], folder).complaints
    assert not complaints, "\n".join(complaints[:10])


def _read(page: Page) -> None:
    markdown = page.written("markdown")
    assert katex_failures(markdown) == ()
    assert github_failures(markdown) == ()


@pytest.mark.parametrize("page", IN_TEX, ids=str)
def test_tex_has_nothing_to_complain_about(page: Page, tmp_path: Path) -> None:
    _compile(page, tmp_path)


@pytest.mark.parametrize("page", FEW, ids=str)
def test_katex_and_github_read_every_formula(page: Page) -> None:
    _read(page)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in ALL if page not in IN_TEX], ids=str)
def test_tex_has_nothing_to_complain_about_anywhere(page: Page, tmp_path: Path) -> None:
    _compile(page, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in ALL if page not in FEW], ids=str)
def test_katex_and_github_read_every_formula_anywhere(page: Page) -> None:
    _read(page)
