"""What objects show of themselves in Jupyter."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

import symbackprop
from symbackprop.card import MOST_SHOWN
from symbackprop.derivation.derive import Derivation
from symbackprop.resources import example_names


@pytest.fixture(scope="module")
def mazur() -> Derivation:
    return symbackprop.derive(symbackprop.load("mazur"))


def test_a_network_shows_its_weights(mazur: Derivation) -> None:
    network = mazur.network
    assert r"W_{1} & = \begin{pmatrix} 0.15 & 0.20 \cr 0.25 & 0.30 \end{pmatrix}" in network._repr_latex_()
    assert "<mn>0.15</mn>" in network._repr_html_()
    assert network._repr_markdown_().startswith("**Backpropagation by hand: the 2-2-2 network (2-2-2; sigmoid,")


def test_jupyter_shows_equations_side_by_side_and_in_full_size(mazur: Derivation) -> None:
    left, right = ET.fromstring(mazur.steps["dE_total/dout_o1"]._repr_html_()).findall(".//tr[1]/td")  # noqa: S314 - our own
    assert (left.get("style"), right.get("style")) == ("text-align: right", "text-align: left")
    assert [it.get("displaystyle") for it in (left[0], right[0])] == ["true", "true"]


def test_a_derivation_shows_its_gradients(mazur: Derivation) -> None:
    for shown in (mazur._repr_latex_(), mazur._repr_html_(), mazur._repr_markdown_()):
        assert "0.298371109" in shown
        assert "0.082167041" in shown


def test_a_step_shows_how_it_follows(mazur: Derivation) -> None:
    step = mazur.steps["dE_total/dout_o1"]
    assert step._repr_latex_().startswith(r"$\displaystyle \begin{aligned}\frac{\partial E_{\mathit{total}}}")
    assert r" \\  & = -(" in step._repr_latex_()
    assert step._repr_html_().startswith("<div><table><tbody>")
    assert step._repr_markdown_().startswith("$$\n")
    assert "w_{5}" in mazur.steps["w5"]._repr_latex_()


@pytest.mark.parametrize("name", example_names())
def test_every_network_of_the_gallery_is_short_and_well_formed(name: str) -> None:
    derivation = symbackprop.derive(symbackprop.load(name))
    some = list(derivation.steps)[:: max(1, len(derivation.steps) // 20)]
    shown: Any
    for shown in (derivation.network, derivation, *(derivation.steps[id_] for id_ in some)):
        page = shown._repr_html_()
        rows = ET.fromstring(page).findall("./table/tbody/tr")  # noqa: S314 - our own page
        assert 1 <= len(rows) <= MOST_SHOWN + 1
        assert len(page) < 30_000
        latex = shown._repr_latex_()
        assert latex.count("{") == latex.count("}")
        assert latex.startswith("$")
        assert latex.endswith("$")


def test_more_is_cut_with_dots() -> None:
    large = symbackprop.derive(symbackprop.load("large"))
    assert "⋮" in large._repr_html_()
    assert "\\vdots" in large._repr_latex_()
    assert "⋯" in large.network._repr_html_()
