"""Every mistake of the registry, made by a student of the tests' own, is named for what it is."""

from __future__ import annotations

from random import Random

import pytest

from symbackprop.checking.verdicts import Explanation, Mistake
from tests.checking.mistaken import explainer, networks, truth
from tests.checking.sheets_of_claims import claims_of, explained, roots_of, typed
from tests.checking.students import Slips, sheet_of

M = Mistake
NAMES = ("default", "tanh", "softmax")
EVERYWHERE = (
    M.UPDATED_WEIGHTS,
    M.PATH_LEFT_OUT,
    M.OUTPUT_DERIVATIVE_LEFT_OUT,
    M.HIDDEN_DERIVATIVE_LEFT_OUT,
    M.NET_IN_DERIVATIVE,
    M.ACTIVATION_TWICE,
    M.ANOTHER_DERIVATIVE,
    M.SIGN_FLIPPED,
    M.GRADIENT_ADDED,
    M.HALF_FORGOTTEN,
    M.MEAN_FOR_SUM,
    M.NET_FOR_OUT,
    M.BIAS_LEFT_OUT,
    M.ANOTHER_TARGET,
    M.RATE_FORGOTTEN,
    M.RATE_TWICE,
    M.ANOTHER_RATE,
    M.ROUND_LESS,
)
AT_ONE_PLACE: tuple[tuple[str, Mistake, str | None], ...] = (
    ("default", M.ACTIVATION_TWICE, "derivative"),
    ("default", M.ANOTHER_DERIVATIVE, "dout_h1/dnet_h1"),
    ("tanh", M.ANOTHER_DERIVATIVE, "dout_o1/dnet_o1"),
    ("default", M.ANOTHER_DERIVATIVE, "relu"),
    ("tanh", M.ANOTHER_DERIVATIVE, "relu"),
    ("default", M.WEIGHTS_TRANSPOSED, None),
    ("default", M.WEIGHT_INDEX, "net_h1"),
    ("tanh", M.WEIGHT_INDEX, "net_h1"),
    ("softmax", M.WEIGHT_INDEX, "net_h1"),
    ("default", M.ANOTHER_INPUT, "net_h1"),
    ("default", M.ANOTHER_INPUT, "dE_total/dw3"),
    ("tanh", M.ANOTHER_INPUT, "dE_total/dw3"),
    ("softmax", M.ANOTHER_INPUT, "dE_total/dw3"),
    ("default", M.NEIGHBOURS_VALUE, "delta_h1"),
    ("tanh", M.NEIGHBOURS_VALUE, "delta_h1"),
    ("softmax", M.NEIGHBOURS_VALUE, "delta_h1"),
    ("softmax", M.DIAGONAL_SOFTMAX, None),
    ("softmax", M.DERIVATIVE_KEPT, None),
    ("sigmoid", M.DERIVATIVE_KEPT, None),
    ("tanh", M.BIAS_TIMES_INPUT, None),
    ("softmax", M.ASSIGNED, None),
    ("batch", M.ASSIGNED, None),
    ("batch", M.MEAN_FOR_SUM, "E_total"),
    ("batch mean", M.SUM_FOR_MEAN, "E_total"),
    ("mean", M.SUM_FOR_MEAN, None),
    ("recurrent", M.STEPS_NOT_SUMMED, None),
    ("recurrent", M.PATH_LEFT_OUT, None),
    ("updated", M.ORIGINAL_WEIGHTS, None),
    *((name, mistake, None) for name in NAMES for mistake in EVERYWHERE),
)
_NOISE = 1e-12


def figures(name: str, slips: Slips, digits: int) -> dict[str, str]:
    return {
        id_: typed(value, digits) for id_, value in sheet_of(networks()[name], slips).items() if abs(value) > _NOISE
    }


def named(explanations: tuple[Explanation, ...]) -> set[Mistake]:
    causes = [cause for it in explanations for cause in (it.cause, *it.alternatives)]
    return {cause.mistake for cause in causes}


@pytest.mark.parametrize(
    "name", ["default", "tanh", "softmax", "sigmoid", "recurrent", "batch", "batch mean", "mean", "updated"]
)
def test_a_student_without_mistakes_is_right(name: str) -> None:
    claims = claims_of(truth(name), figures(name, {}, 9))
    assert all(claim.right for claim in claims)
    assert explainer(name).look_for(claims, []).explanations == ()


@pytest.mark.one_of_each("name", "mistake", "digits")
@pytest.mark.parametrize("digits", [9, 5])
@pytest.mark.parametrize(("name", "mistake", "at"), AT_ONE_PLACE)
def test_a_mistake_is_named_first_or_among_those_that_explain_as_well(
    name: str, mistake: Mistake, at: str | None, digits: int
) -> None:
    sheet = figures(name, {mistake: at}, digits)
    if sheet == figures(name, {}, digits):
        pytest.skip("nothing that this network has comes of it")
    found = explained(explainer(name), truth(name), sheet)
    assert found
    assert mistake in (found[0].cause.mistake, *(other.mistake for other in found[0].alternatives))


@pytest.mark.one_of_each
@pytest.mark.parametrize(("name", "mistake"), [(name, it) for name in NAMES for it in EVERYWHERE])
def test_a_mistake_is_named_where_only_the_last_figures_are_shown(name: str, mistake: Mistake) -> None:
    whole = figures(name, {mistake: None}, 9)
    sheet = {id_: text for id_, text in whole.items() if id_.endswith("+") or id_.startswith("E")}
    claims = claims_of(truth(name), sheet)
    roots = roots_of(truth(name), claims)
    if not roots:
        pytest.skip("nothing that this network has comes of it")
    assert mistake in named(explainer(name).look_for(claims, roots).explanations)


PAIRS: tuple[tuple[Mistake, str | None], ...] = (
    *((mistake, None) for mistake in EVERYWHERE if mistake is not M.ROUND_LESS),
    (M.BIAS_LEFT_OUT, "net_h1"),
    (M.SIGN_FLIPPED, "o1"),
    (M.ANOTHER_INPUT, "dE_total/dw3"),
    (M.NEIGHBOURS_VALUE, "delta_h1"),
    (M.ROUND_LESS, "w5+"),
)


@pytest.mark.slow
def test_pairs_of_mistakes_are_found_in_nine_of_ten_draws() -> None:
    random, found, drawn = Random(3), 0, 0  # noqa: S311 - the same draws in every run
    while drawn < 60:
        name = random.choice(NAMES)
        first, second = random.sample(PAIRS, 2)
        if first[0] is second[0]:
            continue
        whole = figures(name, dict([first, second]), 9)
        shown = {id_ for id_ in whole if random.random() < 0.6}
        sheet = {id_: whole[id_] for id_ in whole if id_ in shown}
        alone = [figures(name, dict([it]), 9) for it in (first, second)]
        if any({id_: it.get(id_) for id_ in sheet} == sheet for it in alone):
            continue  # one of the two leaves no trace here
        drawn += 1
        found += {first[0], second[0]} <= named(explained(explainer(name), truth(name), sheet))
    assert found >= 0.9 * drawn, f"{found} of {drawn}"
