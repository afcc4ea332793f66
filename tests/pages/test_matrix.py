"""The matrix view as pages: what each view has, both languages alike, and every program reads it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop import api
from symbackprop.cli import main
from symbackprop.derivation import matrix_plan
from symbackprop.derivation.derive import derive
from symbackprop.derivation.matrices import MatMul, MatrixPlan
from symbackprop.errors import CertificationError, ExitCode, SpecError
from symbackprop.formats import Detail, Format, View
from symbackprop.functions import Loss
from symbackprop.network import BatchAs, Network, Rule, Writing
from symbackprop.network_file import read_network
from symbackprop.notation_file import bound_to_network, notation_of
from symbackprop.pages.document import Document, Equations, Heading
from symbackprop.pages.narrate.matrix import tell_matrices
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.walkthrough import tell_walkthrough
from symbackprop.pages.phrases import load_phrases
from symbackprop.pages.render import render_document
from symbackprop.pages.templates import our_templates
from symbackprop.resources import example, example_names
from tests.consumers.github import github_failures
from tests.consumers.katex import katex_failures
from tests.consumers.latex import Engine, compile_latex
from tests.consumers.test_documents import DEEP
from tests.derivation.test_matrices import several, small, softmax_network
from tests.networks import number
from tests.random_networks import any_networks
from tests.walkthroughs import MAZUR, SMALL, WIDE, derived, judged, namer, plain_form

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


@pytest.mark.one_of_each
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


_RIGHT = matrix_plan.plan_matrices


def _swapped(*arguments: object) -> MatrixPlan:
    """Plan matrices with the factors of one gradient in the wrong order."""
    plan = _RIGHT(*arguments)  # type: ignore[arg-type]
    steps = list(plan.steps)
    place, step = next(
        (place, step) for place, step in enumerate(steps) if isinstance(step.expression, MatMul) and step.target.of
    )
    assert isinstance(step.expression, MatMul)
    steps[place] = replace(step, expression=MatMul(step.expression.right, step.expression.left))
    return replace(plan, steps=tuple(steps))


def test_a_matrix_that_is_not_proved_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix_plan, "plan_matrices", _swapped)
    with pytest.raises(CertificationError, match="dE_total/dw5 could not be proved as an entry of a matrix"):
        api.render(derived(), view="matrix")
    assert api.render(derived(), view="scalar")


def test_verify_tells_of_a_matrix_that_is_not_proved(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "mazur"]) == ExitCode.DONE
    assert "\nmatrix   16 matrix steps with 39 entries: " in capsys.readouterr().out
    monkeypatch.setattr(matrix_plan, "plan_matrices", _swapped)
    assert main(["verify", "mazur"]) == ExitCode.UNDECIDED
    told = capsys.readouterr().out
    assert "\nmatrix " not in told
    assert "mazur.toml: NOT PROVED. " in told
    assert re.search(r"^dE_total/dw5 +NOT PROVED as an entry of a matrix: ", told, flags=re.MULTILINE)


def general(network: Network, *, format_: Format = Format.TEXT, lang: str = "en") -> str:
    """Give the matrix chapters of any network."""
    phrases = load_phrases(lang)
    teller = Teller(
        derivation=derive(network),
        phrases=phrases,
        namer=bound_to_network(notation_of(network), network),
        decimals=6,
        detail=Detail.FULL,
        view=View.BOTH,
    )
    document = Document(title=(), subtitle=(), language=lang, blocks=tuple(tell_matrices(teller)))
    return "".join(render_document(document, phrases, format_, stem="x", templates=our_templates()).pieces)


@settings(max_examples=12, deadline=None)
@given(
    any_networks(most_layers=3, most_neurons=4, most_steps=3),
    st.sampled_from(tuple(LANGUAGES)),
    st.sampled_from(("mazur", "standard", "bishop")),
    st.sampled_from(BatchAs),
)
def test_any_network_can_be_told(network: Network, lang: str, notation: str, batch: BatchAs) -> None:
    network = replace(network, writing=Writing(notation=notation, batch=batch))
    page = general(network, lang=lang)
    derivation = derive(network)
    shown = [derivation.values.shown(id_, 6).digits for id_ in ("w1+", "E_total")]
    assert all(digits.replace("-", "−").partition("e")[0] in page for digits in shown)


# --- Programs that read it --------------------------------------------------------------------------------


@pytest.mark.one_of_each
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NETWORKS)
def test_katex_and_github_show_every_formula(name: str, lang: str) -> None:
    page = written(NETWORKS[name], format_="markdown", lang=lang, view="both")
    assert "pmatrix" in page
    assert katex_failures(page) == ()
    assert github_failures(page) == ()


# The gallery (tests/consumers/test_gallery.py) shows TeX the matrix view of other networks in every run.
@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_tex_compiles_the_default_network(lang: str, tmp_path: Path) -> None:
    result = compile_latex(written(format_="latex", lang=lang), LANGUAGES[lang], tmp_path)
    assert result.complaints == ()
    assert result.pages in range(8, 16)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["small", "wide", "deep"])
def test_tex_compiles_other_networks(name: str, tmp_path: Path) -> None:
    assert compile_latex(written(NETWORKS[name], format_="latex"), "pdflatex", tmp_path).complaints == ()


def test_text_fits_a_terminal() -> None:
    figures = re.compile("[⠀-⣿]")
    long = [line for line in written().splitlines() if len(line) > 78 and not figures.search(line)]
    assert long == []


# --- Networks of other kinds ------------------------------------------------------------------------------


def batch(writing: Writing) -> Network:
    """Build a 2-3-2 network with three samples, written in some way."""
    return replace(several(), writing=writing)


def lines(network: Network) -> list[str]:
    """Give the lines of a network's matrix chapters."""
    return general(network).splitlines()


def words(network: Network) -> str:
    """Give the same in one line."""
    return " ".join(general(network).split())


def test_a_sequence_comes_back_over_the_recurrent_weights() -> None:
    network = read_network(example("recurrent"))
    found = lines(network)
    assert "Forward: hidden layer at time step 2" in found
    assert "    ∂Eₜₒₜₐₗ/∂outₕ[1] = Wₒᵀ δₒ[1] + Uₕᵀ δₕ[2]" in found
    assert "    ∂Eₜₒₜₐₗ/∂Uₕ = δₕ[1] (outₕ[0])ᵀ + δₕ[2] (outₕ[1])ᵀ" in found
    assert found.index("Why the weights are transposed") < found.index(
        "Time step 2", found.index("Deltas: hidden layer")
    )
    first = network.samples[0]
    last = replace(network, samples=(replace(first, targets=first.targets[-1:]),))
    assert "only from the deltas of the next one" in words(last)


def test_samples_as_columns() -> None:
    network = batch(Writing(notation="standard"))
    assert "each column of a matrix belongs to one sample" in words(network)
    assert "    Z⁽¹⁾ = W⁽¹⁾  X  + b⁽¹⁾  1" in lines(network)
    assert "    ∂L/∂W⁽²⁾ = 1/3 Δ⁽²⁾ (A⁽¹⁾)ᵀ" in lines(network)
    assert "Why the weights are transposed" in lines(network)


def test_samples_as_rows() -> None:
    network = batch(Writing(notation="standard", batch=BatchAs.ROWS))
    assert "each row of a matrix belongs to one sample" in words(network)
    assert "3×2 times 2×3 gives 3×3" in words(network)
    assert "a column with one entry for each neuron" not in words(network)
    assert "    Z⁽¹⁾ =  X  (W⁽¹⁾)ᵀ +  1  (b⁽¹⁾)ᵀ" in lines(network)
    assert "    ∂L/∂W⁽²⁾ = 1/3 (Δ⁽²⁾)ᵀ A⁽¹⁾" in lines(network)
    assert "Why nothing is transposed on the way back" in lines(network)


def test_bishops_letters() -> None:
    found = lines(batch(Writing(notation="bishop")))
    assert "    A⁽¹⁾ = W⁽¹⁾  X  + w₀⁽¹⁾  1" in found
    assert "     Y  = σ(A⁽²⁾)" in found


@pytest.mark.parametrize("writing", BatchAs)
def test_ones_are_explained_before_they_are_used(writing: BatchAs) -> None:
    told = words(replace(batch(Writing()), writing=Writing(batch=writing)))
    assert told.index("multiplied with 1, a vector of ones") < told.index("The forward pass in matrices")
    assert "a vector of ones" not in words(small(Rule.SGD))


@pytest.mark.parametrize("writing", BatchAs)
def test_softmax_has_a_jacobian_and_a_short_form(writing: BatchAs) -> None:
    network = replace(softmax_network(), writing=Writing(batch=writing))
    found = lines(network)
    assert "    δₒ[1] = (Jₒ[1])ᵀ ∂E/∂outₒ[1]" in found
    assert "     Δₒ = Outₒ − Target" in found
    assert f"they are the {writing} of Δₒ" in words(network)
    assert "isn't applied to each entry by itself" in words(network)
    # Without the short form the deltas of all samples still stand together.
    other = replace(network, training=replace(network.training, loss=Loss.HALF_SQUARED))
    assert "     Δₒ = Outₒ − Target" not in lines(other)
    assert f"they are the {writing} of Δₒ" in words(other)


def test_penalties_are_sums_over_matrices() -> None:
    network = small(Rule.SGD, l1=number("0.1"), l2=number("0.2"))
    found = lines(network)
    assert "    Eₗ₁ = λ₁ ( 1  | Wₕ|  1  + | Wₒ|  1 )" in found
    assert "    Eₗ₂ = 1/2 λ₂ ( 1  Wₕ^(⊙2)  1  + Wₒ^(⊙2)  1 )" in found
    assert "    Eₜₒₜₐₗ = E_(data) + Eₗ₁ + Eₗ₂" in found
    assert "    ∂Eₜₒₜₐₗ/∂Wₒ = ∂E_(data)/∂Wₒ + λ₁ sign( Wₒ) + λ₂  Wₒ" in found


def test_optimizers_work_entry_by_entry() -> None:
    found = lines(small(Rule.ADAM))
    assert "    V_(Wₒ)⁺ = β₂ V_(Wₒ) + (1 − β₂) (∂Eₜₒₜₐₗ/∂Wₒ)^(⊙2)" in found
    assert "    1×2   1×2    √V̂_(Wₒ) + ε  1" in found


def test_the_slope_of_a_kinked_function_has_its_cases() -> None:
    found = lines(read_network(example("regression-relu")))
    assert "    ReLU'(Netₕ) = ⎨ 0   Netₕ ≤ 0" in found


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", example_names())
def test_programs_read_the_examples_written_otherwise(name: str, lang: str, tmp_path: Path) -> None:
    network = read_network(example(name))
    writings = (
        Writing(notation="standard", batch=BatchAs.ROWS),
        Writing(notation="bishop", decimal_comma=lang == "zh"),
    )
    for writing in writings:
        written_so = replace(network, writing=writing)
        page = general(written_so, format_=Format.MARKDOWN, lang=lang)
        assert katex_failures(page) == ()
        assert github_failures(page) == ()
        source = general(written_so, format_=Format.LATEX, lang=lang)
        assert compile_latex(source, LANGUAGES[lang], tmp_path).complaints == ()
