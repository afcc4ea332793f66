"""What explains wrong figures: the fewest mistakes, never a guess."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import pytest

from symbackprop.checking.entry import check
from symbackprop.checking.mistakes.explain import explain
from symbackprop.checking.mistakes.formulas import changed_formulas
from symbackprop.checking.verdicts import Cause, Mistake
from symbackprop.derivation.derive import derive
from symbackprop.functions import Activation
from symbackprop.typeset.formula import Quantity, Sum
from tests.checking.mistaken import explainer, networks, truth
from tests.checking.sheets_of_claims import claims_of, explained, typed
from tests.checking.students import Student, sheet_of
from tests.networks import build, default_network, layer, trained_otherwise


def test_right_work_needs_no_explanation() -> None:
    claims = claims_of(truth("default"), {"net_h1": "0.3775"})
    assert explain(claims, [], truth("default")) == ()


def test_the_closing_figures_of_the_article_come_of_one_mistake() -> None:
    closing = {
        "E_total@1": "0.291027924",
        "E_total@10000": "0.000035085",
        "out_o1@10000": "0.015912196",
        "out_o2@10000": "0.984065734",
    }
    claims = claims_of(truth("default"), closing)
    (found,) = explainer("default").look_for(claims, range(len(claims))).explanations
    assert found.cause == Cause(mistake=Mistake.UPDATED_WEIGHTS)
    assert found.links == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("quantity", "text", "mistake"),
    [
        ("dE_total/dw5", "0.082176041", Mistake.DIGITS_TRANSPOSED),
        ("dE_total/dw5", "0.08216041", Mistake.DIGIT_DROPPED),
        ("dE_total/dw5", "0.0821167041", Mistake.TOO_MUCH),
        ("out_o1@1", "0.751365070", Mistake.ROUND_LESS),
        ("E_total@1", "0.285750887", Mistake.BIASES_UPDATED),
        ("w5+", "0.40000000", Mistake.ROUND_LESS),
    ],
)
def test_a_single_figure_is_explained(quantity: str, text: str, mistake: Mistake) -> None:
    (found,) = explained(explainer("default"), truth("default"), {quantity: text})
    assert found.cause.mistake is mistake


def test_a_figure_of_the_round_after_is_told() -> None:
    after = Student(networks()["default"], {}).train(2)
    (found,) = explained(explainer("default"), truth("default"), {"out_o1@1": typed(after["out_o1"], 9)})
    assert found.cause.mistake is Mistake.ROUND_MORE


def test_results_rounded_on_the_way_are_told() -> None:
    net_h1, out_h1 = 0.3775, 0.593  # and out_h1 is 0.593269992
    delta = round(0.741365070 * 0.186815602, 3)
    assert net_h1
    (found,) = explained(explainer("default"), truth("default"), {"dE_total/dw5": typed(delta * out_h1, 9)})
    assert found.cause.mistake is Mistake.ROUNDED_EARLY


def test_frozen_biases_are_told_where_the_file_updates_them() -> None:
    frozen = trained_otherwise(networks()["tanh"], update_biases=False)
    error = Student(frozen, {}).train(2)["E_total"]
    (found,) = explained(explainer("tanh"), truth("tanh"), {"E_total@2": typed(error, 9)})
    assert found.cause.mistake is Mistake.BIASES_FROZEN


def test_a_mistake_everywhere_is_named_by_its_places_where_others_are_right() -> None:
    sheet = sheet_of(default_network(), {Mistake.HIDDEN_DERIVATIVE_LEFT_OUT: "delta_h1"})
    figures = {id_: typed(value, 9) for id_, value in sheet.items()}
    (found,) = explained(explainer("default"), truth("default"), figures)
    assert found.cause == Cause(mistake=Mistake.HIDDEN_DERIVATIVE_LEFT_OUT, at=("delta_h1",))


def test_two_that_explain_as_well_are_both_named() -> None:
    # i2 is twice i1, and the learning rate a half: w1+ = w1 - eta dE/dw2 looks like a forgotten rate.
    twice = sheet_of(default_network(), {Mistake.RATE_FORGOTTEN: "w1+"})["w1+"]
    (found,) = explained(explainer("default"), truth("default"), {"w1+": typed(twice, 9)})
    assert {found.cause.mistake, *(it.mistake for it in found.alternatives)} >= {
        Mistake.RATE_FORGOTTEN,
        Mistake.ANOTHER_INPUT,
    }


@pytest.mark.one_of_each("digits")
@pytest.mark.parametrize("digits", [6, 9])
@pytest.mark.parametrize("name", ["default", "tanh", "softmax"])
def test_random_figures_stay_unexplained(name: str, digits: int) -> None:
    random, explained_ = Random(1), 0  # noqa: S311 - the same draws in every run
    ids = [id_ for id_, value in sheet_of(networks()[name]).items() if abs(value) > 1e-12]
    for _ in range(150):
        id_ = random.choice(ids)
        wrong = float(truth(name).value(id_)) * (1 + random.choice([-1, 1]) * random.uniform(0.01, 1))
        claims = claims_of(truth(name), {id_: typed(wrong, digits)})
        explained_ += bool(explainer(name).look_for(claims, [0]).explanations)
    assert explained_ <= 3


def test_a_trivial_answer_is_explained_by_nothing() -> None:
    assert explained(explainer("default"), truth("default"), {"dE_total/dw5": "0", "delta_o1": "0.0000000"}) == ()


def test_a_second_mistake_is_found_from_figures_that_are_wrong_already() -> None:
    sheet = sheet_of(default_network(), {Mistake.BIAS_LEFT_OUT: "net_h1", Mistake.SIGN_FLIPPED: "o1"})
    found = explained(explainer("default"), truth("default"), {id_: typed(value, 9) for id_, value in sheet.items()})
    assert {it.cause.mistake for it in found} == {Mistake.BIAS_LEFT_OUT, Mistake.SIGN_FLIPPED}


def test_mistaken_formulas_of_a_step_are_handed_out() -> None:
    found = list(changed_formulas(truth("default"), "dE_total/dout_h1"))
    paths = [formula for cause, formula in found if cause.mistake is Mistake.PATH_LEFT_OUT]
    assert paths
    assert not any(isinstance(formula, Sum) for formula in paths)
    assert all(cause.at == ("dE_total/dout_h1",) for cause, _ in found)
    assert list(changed_formulas(truth("default"), "w1")) == []
    assert list(changed_formulas(truth("default"), "no such id")) == []
    assert all(formula != Quantity("dE_total/dout_h1") for _, formula in found)


def test_no_sympy_is_needed() -> None:
    code = (
        "import sys;"
        "from tests.checking.mistaken import explainer, truth;"
        "from tests.checking.sheets_of_claims import explained;"
        "assert explained(explainer('default'), truth('default'), {'dE_total/dw5': '-0.082167041'});"
        "sys.exit('sympy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("text", ["w5 + 0.5*dE_total/dw5", "w5 + 0.5*0.0822", "0.4 + eta*0.0822"])
def test_a_mistake_is_named_in_a_formula_with_some_numbers_in_it(text: str) -> None:
    explanations = check(f"w5+ = {text} = 0.4411").explanations
    assert [it.cause.mistake for it in explanations] == [Mistake.GRADIENT_ADDED]
    assert check(f"w5+ = {text.replace('+', '-')} = 0.3589").is_right


@pytest.mark.parametrize("digits", [6, 9])
@pytest.mark.parametrize(("name", "at"), [("default", None), ("tanh", None), ("default", "relu"), ("tanh", "relu")])
def test_the_derivative_of_another_activation_is_named_alone(name: str, at: str | None, digits: int) -> None:
    sheet = sheet_of(networks()[name], {Mistake.ANOTHER_DERIVATIVE: at})
    figures = {id_: typed(value, digits) for id_, value in sheet.items() if abs(value) > 1e-12}
    (found,) = explained(explainer(name), truth(name), figures)
    assert found.cause.mistake is Mistake.ANOTHER_DERIVATIVE


@pytest.mark.parametrize(
    ("activation", "wrong"),
    [
        ("tanh", "out_h1*(1 - out_h1)"),
        ("sigmoid", "1 - out_h1^2"),
        ("relu", "out_h1*(1 - out_h1)"),
        ("softplus", "1 - out_h1^2"),
    ],
)
def test_the_derivative_of_another_activation_is_named_in_a_formula(activation: str, wrong: str) -> None:
    network = build(
        layer([["0.5", "0.3"], ["0.2", "0.4"]], "0.1", activation=Activation(activation)),
        layer([["0.4", "0.6"]], "0.2"),
        inputs=["0.7", "0.2"],
        targets=["0.3"],
    )
    out = float(derive(network)["out_h1"].value)
    slope = 1 - out * out if "^2" in wrong else out * (1 - out)
    (found,) = check(f"dout_h1/dnet_h1 = {wrong} = {slope:.9f}", network).explanations
    assert found.cause.mistake is Mistake.ANOTHER_DERIVATIVE
