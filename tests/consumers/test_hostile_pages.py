"""Titles, sources, names and works that would like to be more than text, as a browser sees them in each format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from symbackprop import api, check
from symbackprop import report as report_of
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.errors import SpecError
from tests.consumers.browser import Visit, chromium
from tests.networks import default_network

HOSTILE = "<img src=x onerror=alert(1)></title></script><script>alert(2)</script>\u2028\"'&amp;{{7*7}}"
SCRIPTLESS = "<svg onload=alert(3)><iframe src=javascript:alert(4)>]]></math></style><b onclick='alert(5)'>"

NOTATION = """extends = "mazur"

[roles]
net = '\\mathrm{<script>alert(6)</script>}'
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give the browser in which all pages of this file are opened."""
    with chromium() as found:
        yield found


def hostile() -> Derivation:
    """Give a derivation all of whose words are hostile."""
    network = default_network()
    published = tuple(replace(it, source=HOSTILE, sources=()) for it in network.published)
    return derive(replace(network, title=HOSTILE, titles=(), published=published, references=(("en", SCRIPTLESS),)))


def as_page(markdown: str) -> str:
    """Give Markdown as a site shows it that lets HTML through; our own drawings, files of their own, are left out."""
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").disable("image").render(markdown)
    return f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>A page</title><body>{shown}</body></html>'


def html(derivation: Derivation) -> str:
    return api.render(derivation, format="html", lang="en,zh")


def markdown(derivation: Derivation) -> str:
    return as_page(api.render(derivation, format="markdown"))


def summary(derivation: Derivation) -> str:
    return as_page(api.render(derivation, format="markdown", document="summary"))


def notebook(derivation: Derivation) -> str:
    cells = json.loads(api.render(derivation, format="notebook"))["cells"]
    return as_page("\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"))


def shown_in_jupyter(derivation: Derivation) -> str:
    network = derivation.network
    return as_page("") + network._repr_html_() + derivation._repr_html_()


def report(derivation: Derivation) -> str:
    verdicts = check(f"{HOSTILE} net_h1 = 0.3775\n{SCRIPTLESS}\nout_h1 = 0.6 {HOSTILE}\n", derivation.network)
    return report_of(verdicts, format="html")


@pytest.mark.parametrize(
    "format_",
    [html, markdown, pytest.param(summary, marks=pytest.mark.slow), notebook, shown_in_jupyter, report],
)
def test_hostile_words_stay_text(browser: Any, tmp_path: Path, format_: Callable[[Derivation], str]) -> None:
    seen = look_at(browser, tmp_path, format_(hostile()))
    assert "alert(1)" in seen.page.locator("body").text_content()
    harmless(seen, scripts=1 if format_ is html else 0)


def test_letters_of_a_notation_can_only_be_letters(tmp_path: Path) -> None:
    notation = tmp_path / "own.toml"
    notation.write_text(NOTATION, encoding="utf-8")
    with pytest.raises(SpecError, match=r"roles\.net: expected a word in braces"):
        api.render(derive(default_network()), format="html", notation=notation)


def test_a_page_that_does_more_than_show_text_is_noticed(browser: Any, tmp_path: Path) -> None:
    seen = look_at(browser, tmp_path, as_page(f"# {HOSTILE}"))
    with pytest.raises(AssertionError):
        harmless(seen, scripts=0)


def look_at(browser: Any, folder: Path, page: str) -> Visit:
    """Open a page as a file."""
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    return Visit(browser, path)


def harmless(seen: Visit, *, scripts: int) -> None:
    """Assert that a page shows text only, and close it."""
    try:
        seen.page.wait_for_timeout(100)
        assert seen.page.locator("img, iframe, [onload], [onerror], [onclick]").count() == 0
        assert seen.page.locator("script").count() == scripts
        assert seen.troubles == []
    finally:
        seen.page.close()
