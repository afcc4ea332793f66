"""The matrix view as pages: what each view has, both languages alike, and every program reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop import api, functions
from symbackprop.derivation import matrix_plan
from symbackprop.derivation.balls import Real, to_fraction
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.digits import leading_place
from symbackprop.derivation.matrices import MatMul, MatrixPlan
from symbackprop.derivation.values import Shown, show
from symbackprop.errors import CertificationError, SpecError
from symbackprop.formats import Detail, Format, View
from symbackprop.functions import Loss
from symbackprop.network import BatchAs, Network, Reduction, Reductions, Sample, Writing
from symbackprop.notation_file import bound_to_network, load_notation
from symbackprop.pages.document import Document, Equations, Heading
from symbackprop.pages.narrate.matrix import tell_matrices
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.walkthrough import tell_walkthrough
from symbackprop.pages.phrases import load_phrases
from symbackprop.pages.render import render_document
from symbackprop.resources import folder
from tests.consumers.github import github_failures
from tests.consumers.katex import katex_failures
from tests.consumers.latex import Engine, compile_latex
from tests.consumers.test_documents import DEEP
from tests.derivation.scalars import Scalars, scalars
from tests.derivation.test_matrices import CROSS_ENTROPY, softmax_network
from tests.networks import build, layer, networks, number
from tests.walkthroughs import MAZUR, SMALL, WIDE, derived, judged, namer, plain_form, taken

LANGUAGES: dict[str, Engine] = {"en": "pdflatex", "zh": "xelatex"}
NETWORKS = {"mazur": MAZUR, "small": SMALL, "wide": WIDE, "deep": DEEP}


@cache
def told(network: str = MAZUR, *, lang: str = "en", view: View = View.MATRIX) -> Document:
    """Give the document of a network file's text in one view."""
    teller = Teller(
        derivation=derived(network),
        phrases=load_phrases(lang),
        namer=namer(network),
        decimals=9,
        detail=Detail.FULL,
        view=view,
    )
    return tell_walkthrough(teller, *judged(network))


@cache
def written(network: str = MAZUR, *, format_: str = "text", lang: str = "en", view: str = "matrix") -> str:
    """Give the text of one view."""
    return api.render(derived(network), format=format_, lang=lang, view=view)


# --- What each view has -----------------------------------------------------------------------------------


def _headings(view: View) -> list[str]:
    lines = plain_form(told(view=view)).splitlines()
    return [line.removeprefix("heading 1 ") for line in lines if line.startswith("heading 1 ")]


MATRIX = ["The forward pass in matrices", "The backward pass in matrices"]


def test_each_view_has_its_chapters() -> None:
    scalar, matrix, both = map(_headings, (View.SCALAR, View.MATRIX, View.BOTH))
    assert "The forward pass" in scalar
    assert not set(MATRIX) & set(scalar)
    assert [*matrix[:2], *matrix[-5:]] == [*scalar[:2], *scalar[-5:]]
    assert matrix[2:-5] == ["One formula for a whole layer", *MATRIX]
    assert both == [*scalar[:-5], "The same with matrices", *MATRIX, *scalar[-5:]]


def test_the_default_network_in_matrices() -> None:
    text = written()
    for line in (
        "    netₕ =  Wₕ  i  +  bₕ",
        "    2×1    2×2 2×1   2×1",
        "           ⎛0.15  0.20⎞ ⎛0.05⎞   ⎛0.35⎞   ⎛0.3775⎞",
        "    ∂Eₜₒₜₐₗ/∂outₕ₁ = w₅ δₒ₁ + w₇ δₒ₂",
        "        = (Wₒᵀ  δₒ) ⊙ σ'(netₕ)",
        "          ⎛0.358916480  0.408666186⎞",
    ):
        assert line in text.splitlines()


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("name", NETWORKS)
def test_both_languages_tell_the_same(name: str, view: View) -> None:
    def shape(lang: str) -> list[object]:
        blocks = told(NETWORKS[name], lang=lang, view=view).blocks
        return [block.level if isinstance(block, Heading) else type(block) for block in blocks]

    def formulas(lang: str) -> list[object]:
        blocks = told(NETWORKS[name], lang=lang, view=view).blocks
        lines = (line for block in blocks if isinstance(block, Equations) for line in block.lines)
        return [line.right for line in lines if hasattr(line, "right")]

    assert shape("en") == shape("zh")
    assert formulas("en") == formulas("zh")


def test_no_heading_has_nothing_below_it() -> None:
    for network in NETWORKS.values():
        blocks = told(network).blocks
        for one, next_ in pairwise(blocks):
            if isinstance(one, Heading) and isinstance(next_, Heading):
                assert next_.level > one.level


def test_mistaken_gradients_are_announced() -> None:
    assert "what follows is not the gradient" in " ".join(written(DEEP).split())
    assert "what follows is not the gradient" not in " ".join(written().split())


def test_a_large_matrix_has_dots() -> None:
    row = ", ".join(f"0.{number:02}" for number in range(1, 13))
    network = f"""
title = "Wide"
[data]
inputs = [{row}]
targets = [0.5]
[[layers]]
activation = "sigmoid"
weights = [{", ".join([f"[{row}]"] * 10)}]
[[layers]]
activation = "sigmoid"
weights = [[{", ".join(["0.1"] * 10)}]]
[training]
learning_rate = 0.5
"""
    text = written(network)
    assert "⋯" in text
    assert "⋮" in text
    assert "⋱" in text
    assert "10×12" in text


def test_a_view_that_there_is_not_is_refused() -> None:
    with pytest.raises(SpecError, match='view: expected one of "scalar", "matrix", "both", found "matrx"'):
        api.render(derived(), view="matrx")


def test_a_matrix_that_is_not_proved_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    right = matrix_plan.plan_matrices

    def swapped(*arguments: object) -> MatrixPlan:
        plan = right(*arguments)  # type: ignore[arg-type]
        steps = list(plan.steps)
        place, step = next(
            (place, step) for place, step in enumerate(steps) if isinstance(step.expression, MatMul) and step.target.of
        )
        assert isinstance(step.expression, MatMul)
        steps[place] = replace(step, expression=MatMul(step.expression.right, step.expression.left))
        return replace(plan, steps=tuple(steps))

    monkeypatch.setattr(matrix_plan, "plan_matrices", swapped)
    with pytest.raises(CertificationError, match="dE_total/dw5 could not be proved as an entry of a matrix"):
        api.render(derived(), view="matrix")
    assert api.render(derived(), view="scalar")


@settings(max_examples=25, deadline=None)
@given(networks(most_layers=3), st.sampled_from(tuple(LANGUAGES)))
def test_any_network_can_be_told(network: Network, lang: str) -> None:
    derivation = derive(network)
    document = _told(derivation, lang)
    page = taken(
        render_document(document, load_phrases(lang), Format.TEXT, stem="x", folders=(folder("templates"),))
    ).text
    results = [derivation.values.shown(neuron.net, 9).digits for neuron in derivation.graph.outputs]
    assert all(digits.replace("-", "−").partition("e")[0] in page for digits in results)


def _told(derivation: Derivation, lang: str) -> Document:
    phrases = load_phrases(lang)
    teller = Teller(
        derivation=derivation,
        phrases=phrases,
        namer=bound_to_network(load_notation("mazur", "a test"), derivation.network),
        decimals=9,
        detail=Detail.FULL,
        view=View.MATRIX,
    )
    return Document(title=(), subtitle=(), language=lang, blocks=tuple(tell_matrices(teller)))


# --- Programs that read it --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NETWORKS)
def test_katex_and_github_show_every_formula(name: str, lang: str) -> None:
    page = written(NETWORKS[name], format_="markdown", lang=lang, view="both")
    assert "pmatrix" in page
    assert katex_failures(page) == ()
    assert github_failures(page) == ()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tex_compiles_the_default_network(lang: str, tmp_path: Path) -> None:
    result = compile_latex(written(format_="latex", lang=lang), LANGUAGES[lang], tmp_path)
    assert result.complaints == ()
    assert result.pages in range(8, 16)


@pytest.mark.parametrize("name", ["small", "wide", "deep"])
def test_tex_compiles_other_networks(name: str, tmp_path: Path) -> None:
    assert compile_latex(written(NETWORKS[name], format_="latex"), "pdflatex", tmp_path).complaints == ()


def test_text_fits_a_terminal() -> None:
    figures = re.compile("[⠀-⣿]")
    long = [line for line in written().splitlines() if len(line) > 78 and not figures.search(line)]
    assert long == []


# --- Batches and sequences, by the steps that the tests write out -----------------------------------------


@dataclass(frozen=True)
class _Values:
    values: dict[str, Real]

    def shown(self, id_: str, decimals: int) -> Shown:
        value = self.values[id_]
        digits = show(value, decimals)
        assert digits is not None
        assert value == 0 or leading_place(value) is not None
        return Shown(digits=digits, exact=isinstance(value, fmpq) and to_fraction(value) == Fraction(digits))


@dataclass(frozen=True)
class _Derivation:
    """As much of a derivation as the matrix chapters ask for."""

    network: Network
    steps: object
    values: _Values


def general(network: Network, *, format_: Format = Format.TEXT, lang: str = "en") -> str:
    """Give the matrix chapters of any network."""
    found: Scalars = scalars(network)
    phrases = load_phrases(lang)
    derivation = _Derivation(network, found.steps, _Values(dict(found.values(200))))
    teller = Teller(
        derivation=derivation,  # type: ignore[arg-type]
        phrases=phrases,
        namer=bound_to_network(load_notation("mazur", "a test"), network),
        decimals=6,
        detail=Detail.FULL,
        view=View.BOTH,
    )
    document = Document(title=(), subtitle=(), language=lang, blocks=tuple(tell_matrices(teller)))
    return taken(render_document(document, phrases, format_, stem="x", folders=(folder("templates"),))).text


def recurrent() -> Network:
    """Build a recurrent 2-2-1 network over two time steps with a target at the last."""
    own = tuple(tuple(map(number, row)) for row in (("0.3", "0.4"), ("-0.5", "0.6")))
    hidden = replace(
        layer([["0.5", "-0.25"], ["0.1", "0.2"]], ["0.1", "0.2"]),
        recurrent_weights=own,
        initial_state=(number("0"), number("0.5")),
    )
    base = build(hidden, layer([["1", "-1"]], "0.5"), inputs=["1", "0"], targets=["0"], update_biases=True)
    inputs = ((number("1"), number("0")), (number("0.5"), number("-1")))
    return replace(base, samples=(Sample(inputs=inputs, targets=((number("0.25"),),)),))


def batch(writing: Writing) -> Network:
    """Build a 2-3-2 network with four samples, their errors averaged."""
    base = build(
        layer([["0.1", "0.2"], ["0.3", "0.4"], ["-0.5", "0.6"]], "0.1"),
        layer([["1", "-1", "0.5"], ["2", "0.25", "-1"]], ["0.2", "0.3"]),
        inputs=["0", "1"],
        targets=["1", "0"],
        update_biases=True,
    )
    samples = tuple(
        Sample(inputs=((number(a), number(b)),), targets=((number(c), number(a)),))
        for a, b, c in ("000", "011", "101", "110")
    )
    training = replace(base.training, reductions=Reductions(batch=Reduction.MEAN))
    return replace(base, samples=samples, training=training, writing=writing)


def test_a_sequence_comes_back_over_the_recurrent_weights() -> None:
    text = general(recurrent())
    assert "Forward: hidden layer at time step 2" in text
    assert "    ∂Eₜₒₜₐₗ/∂outₕ[1] = Uₕᵀ δₕ[2]" in text.splitlines()
    assert "    ∂Eₜₒₜₐₗ/∂Uₕ = δₕ[1] (outₕ[0])ᵀ + δₕ[2] (outₕ[1])ᵀ" in text.splitlines()
    assert "only from the deltas of the next one" in " ".join(text.split())


def test_samples_as_columns() -> None:
    text = general(batch(Writing(notation="standard")))
    assert "each column of a matrix belongs to one sample" in " ".join(text.split())
    assert "    Z⁽¹⁾ = W⁽¹⁾  X  + b⁽¹⁾  1" in text.splitlines()
    assert "    ∂Eₜₒₜₐₗ/∂W⁽²⁾ = 1/4 Δ⁽²⁾ (A⁽¹⁾)ᵀ" in text.splitlines()
    assert "Why the weights are transposed" in text


def test_samples_as_rows() -> None:
    text = general(batch(Writing(notation="standard", batch=BatchAs.ROWS)))
    assert "each row of a matrix belongs to one sample" in " ".join(text.split())
    assert "    Z⁽¹⁾ =  X  (W⁽¹⁾)ᵀ +  1  (b⁽¹⁾)ᵀ" in text.splitlines()
    assert "    ∂Eₜₒₜₐₗ/∂W⁽²⁾ = 1/4 (Δ⁽²⁾)ᵀ A⁽¹⁾" in text.splitlines()
    assert "Why nothing is transposed on the way back" in text


def test_bishops_letters() -> None:
    lines = general(batch(Writing(notation="bishop"))).splitlines()
    assert "    A⁽¹⁾ = W⁽¹⁾  X  + b⁽¹⁾  1" in lines
    assert "    Y⁽²⁾ = σ(A⁽²⁾)" in lines


def test_softmax_has_a_jacobian_and_a_short_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(functions.LOSSES, Loss.CROSS_ENTROPY, CROSS_ENTROPY)
    text = general(softmax_network(2, BatchAs.COLUMNS, ("0.25", "0.75", "0")))
    assert "    δₒ[1] = (Jₒ[1])ᵀ ∂E/∂outₒ[1]" in text.splitlines()
    assert "     Δₒ = Outₒ − Target" in text.splitlines()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["recurrent", "columns", "rows"])
def test_programs_read_the_general_ones(kind: str, lang: str, tmp_path: Path) -> None:
    network = recurrent() if kind == "recurrent" else batch(Writing(batch=BatchAs(kind), notation="standard"))
    page = general(network, format_=Format.MARKDOWN, lang=lang)
    assert katex_failures(page) == ()
    assert github_failures(page) == ()
    source = general(network, format_=Format.LATEX, lang=lang)
    assert compile_latex(source, LANGUAGES[lang], tmp_path).complaints == ()
