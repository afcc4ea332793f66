"""Slides and summaries of the gallery by Typst: each on as many pages as it should have, none too full."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from symbackprop import api
from symbackprop.errors import SpecError
from symbackprop.resources import example_names
from tests.walkthroughs import derived

SHORT = [name for name in example_names() if name != "large"]
FEW = (("recurrent", "zh", "slides"), ("recurrent", "en", "summary"), ("deep", "zh", "summary"))


def _is_set(name: str, lang: str, document: str) -> None:
    """Whatever is too large for its slide, or for the page, would be refused."""
    with pikepdf.open(BytesIO(api.render_pdf(api.derive(api.load(name)), lang=lang, document=document))) as made:
        pages = len(made.pages)
    assert pages == 1 if document == "summary" else pages > 20


@pytest.mark.parametrize(("name", "lang", "document"), FEW)
def test_some_examples_have_slides_and_a_summary_of_one_page(name: str, lang: str, document: str) -> None:
    _is_set(name, lang, document)


@pytest.mark.slow
@pytest.mark.parametrize("document", ["slides", "summary"])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", SHORT)
def test_every_example_has_slides_and_a_summary_of_one_page(name: str, lang: str, document: str) -> None:
    _is_set(name, lang, document)


_EACH = [0.5] * 8
WIDE = f"""
title = "A wide one"
[data]
inputs = {_EACH}
targets = {_EACH}
[[layers]]
activation = "sigmoid"
weights = {[_EACH] * 8}
[[layers]]
activation = "sigmoid"
weights = {[_EACH] * 8}
[training]
learning_rate = 0.5
"""


def test_a_summary_of_more_than_a_page_is_refused() -> None:
    with pytest.raises(SpecError, match=r"^PDF: a summary of one page has no room for this network"):
        api.render_pdf(derived(WIDE), document="summary")
