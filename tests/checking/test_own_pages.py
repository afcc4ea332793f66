"""The tool reads its own pages: in all that `render` writes as text, nothing is found wrong."""

from __future__ import annotations

from functools import cache

import pytest

from symbackprop import api
from symbackprop.checking.entry import judge_for, reader_for
from symbackprop.checking.judging.judge import Judge
from symbackprop.checking.sources.read import MOST_BYTES, Reader
from symbackprop.checking.sources.snippet import Kind
from symbackprop.checking.verdicts import Verdict
from symbackprop.derivation.certify import certify
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.notation_file import notation_names
from symbackprop.pages.languages import languages
from symbackprop.resources import example_names

KINDS = (Kind.MARKDOWN, Kind.LATEX, Kind.TEXT)
VIEWS = ("scalar", "matrix", "both")
RIGHT = {Verdict.CORRECT, Verdict.GENERAL}
MOST_LINKS_LEFT = 0.4
"""The share of links that may be general: formulas of any neuron, those of matrices, and sums with dots."""

_certified = cache(certify)
_certified_matrices = cache(api.certify_matrices)


@pytest.fixture(autouse=True)
def certified_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Don't prove the same derivation again for each document."""
    monkeypatch.setattr(api, "certify", _certified)
    monkeypatch.setattr(api, "certify_matrices", _certified_matrices)


@cache
def derived(network: str) -> Derivation:
    """Give the derivation of an example."""
    return derive(api.load(network))


@cache
def readers(network: str) -> tuple[Reader, Judge]:
    """Give who reads and who judges works on an example."""
    return reader_for(api.load(network)), judge_for(api.load(network))


def complaints(network: str, kind: Kind, notation: str, *, lang: str, detail: str, view: str) -> list[str]:
    """Give what a check of a document has to complain about."""
    reader, judge = readers(network)
    text = api.render(derived(network), format=kind.value, notation=notation, lang=lang, detail=detail, view=view)
    if len(text) > MOST_BYTES:
        return []
    links = judge.judge(reader.read_text(text, kind, "page")).links
    if view == "scalar":
        assert sum(it.verdict is Verdict.CORRECT for it in links) > (1 - MOST_LINKS_LEFT) * len(links)
    where = f"{network} {kind} {notation} {lang} {detail} {view}"
    return [f"{where}: {it.place.line}: {it.text!r} {it.verdict}" for it in links if it.verdict not in RIGHT]


@pytest.mark.one_of_each
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("network", "notation"), [("mazur", "mazur"), ("deep", "standard"), ("regression-relu", "bishop")]
)
def test_finds_nothing_wrong_in_its_own_pages(network: str, notation: str, kind: Kind, lang: str) -> None:
    """Networks of different kinds, in all formats and languages, each in another notation."""
    assert complaints(network, kind, notation, lang=lang, detail="brief", view="both") == []


@pytest.mark.parametrize("kind", KINDS)
def test_reads_the_whole_default_document(kind: Kind) -> None:
    """In full, each weight has its own formulas."""
    assert complaints("mazur", kind, "mazur", lang="en", detail="full", view="scalar") == []


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("notation", notation_names())
@pytest.mark.parametrize("network", example_names())
def test_finds_nothing_wrong_in_any_of_its_pages(network: str, notation: str, view: str) -> None:
    """Every example in every format, language, notation and view, in full and in brief."""
    found = [
        complaint
        for kind in KINDS
        for lang in languages()
        for detail in ("brief", "full")
        if (network, detail) != ("large", "full")
        for complaint in complaints(network, kind, notation, lang=lang, detail=detail, view=view)
    ]
    assert found == []
