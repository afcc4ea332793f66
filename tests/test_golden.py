"""What the program writes, held against what it wrote before.

Each document stands three times, so that a difference says which floor moved: the derivation as JSON, the
document as a list of blocks, and the pages.
"""

from __future__ import annotations

import pytest

from symbackprop.formats import Detail, Format
from tests.conftest import Golden
from tests.walkthroughs import MAZUR, SMALL, plain_form, rendered, told, written

LANGUAGES = ("en", "zh")
PAGES = (Format.LATEX, Format.MARKDOWN, Format.TEXT)


@pytest.mark.parametrize(("name", "network"), [("mazur", MAZUR), ("small", SMALL)])
def test_the_derivation(golden: Golden, name: str, network: str) -> None:
    golden(f"{name}/derivation.json", written(network, format_="json"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("name", "network"), [("mazur", MAZUR), ("small", SMALL)])
def test_the_document(golden: Golden, name: str, network: str, lang: str) -> None:
    golden(f"{name}/document.{lang}.txt", plain_form(told(network, lang=lang)))


def test_the_brief_document(golden: Golden) -> None:
    golden("mazur/document-brief.en.txt", plain_form(told(lang="en", detail=Detail.BRIEF)))


@pytest.mark.parametrize("format_", PAGES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages(golden: Golden, lang: str, format_: Format) -> None:
    golden(f"mazur/pages.{lang}.{format_.ending}", written(lang=lang, format_=format_))


@pytest.mark.parametrize("format_", PAGES)
def test_the_brief_pages(golden: Golden, format_: Format) -> None:
    golden(f"mazur/pages-brief.en.{format_.ending}", written(lang="en", detail="brief", format_=format_))


def test_the_pages_of_the_small_network(golden: Golden) -> None:
    golden("small/pages.en.txt", written(SMALL, format_="text"))


def test_one_figure(golden: Golden) -> None:
    """The others differ from it only in what the document's plain form shows."""
    figures = rendered(format_="markdown").figures
    golden("mazur/path-w1.svg", figures["walkthrough-path-w1.svg"])
