"""What is said of each link of a work, and of the work as a whole."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import symbackprop
from symbackprop.checking.budget import Budget
from symbackprop.checking.entry import judge_for
from symbackprop.checking.judging.formulas import expected_formula, expected_numbers, own_alignment
from symbackprop.checking.judging.standard import Standard
from symbackprop.checking.own import Afresh
from symbackprop.checking.sources.read import read_text
from symbackprop.checking.sources.snippet import Kind
from symbackprop.checking.verdicts import Convention, Link, LinkKind, Mistake, Rounding, Verdict, Verdicts
from tests.checking.mistaken import networks, truth
from tests.checking.reading import member, names
from tests.checking.sheets_of_claims import truth_of
from tests.checking.test_mistakes_named import AT_ONE_PLACE, figures

ARTICLE = Path(__file__).parent / "fixtures" / "article.md"
CLOSING = {
    "E_total@1": "0.291027924",
    "E_total@10000": "0.000035085",
    "out_o1@10000": "0.015912196",
    "out_o2@10000": "0.984065734",
}


def judged(text: str) -> tuple[Link, ...]:
    """The links of a work in Markdown on the default network."""
    return symbackprop.check(text).links


def one(text: str) -> Link:
    """The only link that is called wrong, or else the last."""
    links = judged(text)
    return next((link for link in links if link.verdict is Verdict.WRONG), links[-1])


# --- The article ------------------------------------------------------------------------------------------


def test_of_all_links_of_the_article_one_is_wrong_and_one_is_rounded() -> None:
    verdicts = symbackprop.check(ARTICLE)
    counts = Counter(link.verdict for link in verdicts.links)
    assert counts == {Verdict.CORRECT: 80, Verdict.ROUNDED: 1, Verdict.WRONG: 1}
    (rounded,) = (link for link in verdicts.links if link.verdict is Verdict.ROUNDED)
    assert (rounded.text, rounded.expected, rounded.rounding) == (
        *("-0.019049119", "-0.019049118"),
        Rounding.INTERMEDIATES,
    )
    (wrong,) = (link for link in verdicts.links if link.verdict is Verdict.WRONG)
    assert (wrong.quantity, wrong.kind) == ("net_h1", LinkKind.FORMULA)
    assert wrong.correction is not None
    assert (wrong.correction.found, wrong.correction.expected) == ("w_3", "w2")
    (explanation,) = verdicts.explanations
    assert (explanation.cause.mistake, explanation.cause.taken) == (Mistake.WEIGHT_INDEX, "w3")


def test_its_closing_figures_come_of_one_mistake() -> None:
    verdicts = symbackprop.check(CLOSING)
    assert {link.verdict for link in verdicts.links} == {Verdict.WRONG}
    (explanation,) = verdicts.explanations
    assert explanation.cause.mistake is Mistake.UPDATED_WEIGHTS
    assert explanation.links == (0, 1, 2, 3)


# --- One link ---------------------------------------------------------------------------------------------

SAID: list[tuple[str, Verdict, object]] = [
    ("$$net_{h1} = 0.3775$$", Verdict.CORRECT, None),
    ("$$out_{h1} = 0.59327$$", Verdict.CORRECT, None),
    ("$$out_{h1} = 0.59326$$", Verdict.ROUNDED, Rounding.CUT_OFF),
    ("$$out_{h1} = 0.59326999210718726$$", Verdict.CORRECT, None),
    ("$$out_{o1} = 0.75136506955231577$$", Verdict.ROUNDED, Rounding.DOUBLE_NOISE),
    ("$$out_{h1} = 0.593270003795624$$", Verdict.ROUNDED, Rounding.SINGLE_NOISE),
    ("$$out_{h1} = 0.6032$$", Verdict.WRONG, None),
    ("$$E_{total} = 0$$", Verdict.WRONG, None),
    ("$$f(x) = x$$ $$net = 1$$", Verdict.GENERAL, None),
    ("$$\\frac{\\partial E}{\\partial w_9} = 0.1$$", Verdict.UNKNOWN, None),
    ("$$net_{h1} = 0.15 ** / 2$$", Verdict.UNREAD, None),
    ("$$\\delta_{o1} = -(target_{o1} - out_{o1}) out_{o1} (1 - out_{o1})$$", Verdict.CORRECT, None),
    (
        "$$\\frac{\\partial E}{\\partial w_5} = (out_{o1} - target_{o1}) \\sigma'(net_{o1}) out_{h1}$$",
        Verdict.CORRECT,
        None,
    ),
    ("$$w_5^+ = 0.4 - 0.5 * 0.082167041 = 0.35891648$$", Verdict.CORRECT, None),
]


@pytest.mark.parametrize(("text", "verdict", "rounding"), SAID)
def test_a_link_is_judged(text: str, verdict: Verdict, rounding: Rounding | None) -> None:
    link = one(text)
    assert (link.verdict, link.rounding) == (verdict, rounding)


MENDED: list[tuple[str, Mistake, str, str]] = [
    ("$$net_{h1} = w_1 i_1 + w_3 i_2 + b_1$$", Mistake.WEIGHT_INDEX, "w_3", "w2"),
    ("$$net_{h1} = w_1 i_1 + w_2 i_1 + b_1$$", Mistake.ANOTHER_INPUT, "i_1", "i2"),
    ("$$net_{h1} = w_1 i_1 - w_2 i_2 + b_1$$", Mistake.WRONG_SIGN, "w_2 i_2", "w2*i2"),
    ("$$net_{h1} = w_1 i_1 * w_2 i_2 + b_1$$", Mistake.WRONG_OPERATOR, "w_1 i_1 * w_2 i_2", "w1*i1 + w2*i2"),
    ("$$net_{h1} = w_1 i_1 + w_2 i_2$$", Mistake.BIAS_LEFT_OUT, "", "b1"),
    ("$$net_{o1} = w_5 net_{h1} + w_6 out_{h2} + b_2$$", Mistake.NET_FOR_OUT, "net_{h1}", "out_h1"),
    ("$$E_{o1} = \\frac12 (target_{o2} - out_{o1})^2$$", Mistake.ANOTHER_TARGET, "target_{o2}", "target_o1"),
    ("$$\\delta_{o1} = (target_{o1} - out_{o1}) out_{o1} (1 - out_{o1})$$", Mistake.SIGN_FLIPPED, "", ""),
    ("$$w_5^+ = w_5 + \\eta \\frac{\\partial E}{\\partial w_5}$$", Mistake.GRADIENT_ADDED, "", ""),
    ("$$\\frac{\\partial E}{\\partial w_5} = \\delta_{o1}$$", Mistake.FACTOR_LEFT_OUT, "", "out_h1"),
    ("$$net_{h1} = 0.15 * 0.05 + 0.25 * 0.1 + 0.35$$", Mistake.WRONG_NUMBER, "0.25", "0.20"),
    (
        "$$net_{o1} = 0.4 * 0.593269929 + 0.45 * 0.596884378 + 0.6$$",
        Mistake.DIGITS_TRANSPOSED,
        "0.593269929",
        "0.593269992",
    ),
    ("dE_total/dout_h1@1 = dE_o1/dout_h1@1", Mistake.PATH_LEFT_OUT, "", "dE_o2/dout_h1@1"),
    ("E_total@1 = E_o1@1", Mistake.TERM_LEFT_OUT, "", "E_o2@1"),
    ("net_h1@1 = w1@1*i1 + w2@1*i2", Mistake.BIAS_LEFT_OUT, "", "b1@1"),
]


@pytest.mark.parametrize("rounds", ["", "@1", "@20"])
def test_a_number_stands_for_a_quantity_of_the_same_round(rounds: str) -> None:
    numbers = member("0.1 * 0.05 + 0.2 * 0.1 + 0.35", names())
    expected = {place: f"{id_}{rounds}" for place, id_ in enumerate(("w1", "i1", "w2", "i2", "b1"))}
    assert own_alignment(truth("default").plan, f"net_h1{rounds}", numbers) == expected
    assert own_alignment(truth("default").plan, f"out_h1{rounds}", numbers) == {}
    assert own_alignment(truth("default").plan, f"w1{rounds}", numbers) == {}


@pytest.mark.parametrize(("text", "mistake", "found", "expected"), MENDED)
def test_the_slip_in_a_formula_is_pointed_at(text: str, mistake: Mistake, found: str, expected: str) -> None:
    link = one(text)
    assert link.verdict is Verdict.WRONG
    assert link.cause is not None
    assert link.cause.mistake is mistake
    if found or expected:
        assert link.correction is not None
        assert link.correction.expected == expected
        if found:
            assert text[link.correction.span.start : link.correction.span.end] == found


# --- What follows -----------------------------------------------------------------------------------------


def test_what_follows_from_an_earlier_slip_is_credited_and_led_back_to_it() -> None:
    verdicts = symbackprop.check({"net_h1": "0.3825", "out_h1": "0.594475931", "net_o1": "1.106388343"})
    assert [link.verdict for link in verdicts.links] == [Verdict.WRONG, Verdict.FOLLOWS, Verdict.FOLLOWS]
    assert [link.follows_from for link in verdicts.links] == [None, "net_h1", "out_h1"]


def test_nothing_is_earned_by_a_wrong_zero() -> None:
    verdicts = symbackprop.check({"dE_total/dout_o1": "0.0", "delta_o1": "0.0", "dE_total/dw5": "0.0"})
    assert {link.verdict for link in verdicts.links} == {Verdict.WRONG}


def test_a_figure_follows_from_the_wrong_numbers_before_it() -> None:
    numbers, value = judged("$$net_{h1} = 0.15 * 0.05 + 0.25 * 0.1 + 0.35 = 0.3825$$")
    assert (numbers.verdict, value.verdict, value.follows_from) == (Verdict.WRONG, Verdict.FOLLOWS, "net_h1")


def test_a_right_figure_after_a_wrong_formula_is_right_and_the_formula_wrong() -> None:
    formula, value = judged("$$net_{h1} = w_1 i_1 + w_3 i_2 + b_1 = 0.3775$$")
    assert (formula.verdict, value.verdict) == (Verdict.WRONG, Verdict.CORRECT)


# --- Conventions ------------------------------------------------------------------------------------------

OPPOSITE = {"delta_o1": "-0.138498562", "delta_o2": "0.038098237"}


def test_a_delta_with_the_other_sign_is_a_convention_if_the_gradients_are_right() -> None:
    verdicts = symbackprop.check({**OPPOSITE, "dE_total/dw5": "0.082167041"})
    assert [link.verdict for link in verdicts.links] == [Verdict.CONVENTION, Verdict.CONVENTION, Verdict.CORRECT]
    assert verdicts.conventions == (Convention.OPPOSITE_DELTA,)


@pytest.mark.parametrize(
    "others",
    [
        {"dE_total/dw5": "-0.082167041"},  # carried on: then it is a mistake
        {},  # nothing shows that it is meant
    ],
)
def test_else_it_is_a_mistake(others: dict[str, str]) -> None:
    verdicts = symbackprop.check({**OPPOSITE, **others})
    assert verdicts.conventions == ()
    assert verdicts.links[0].verdict is Verdict.WRONG


def test_a_sign_that_is_turned_in_one_place_and_not_in_the_next_is_no_convention() -> None:
    verdicts = symbackprop.check(
        {"delta_o1": "-0.138498562", "delta_o2": "-0.038098237", "dE_total/dw5": "0.082167041"}
    )
    assert verdicts.conventions == ()
    assert [link.verdict for link in verdicts.links] == [Verdict.WRONG, Verdict.CORRECT, Verdict.CORRECT]


def test_an_error_without_its_half_is_a_convention_where_the_error_is_stated_so() -> None:
    verdicts = symbackprop.check({"E_total": "0.596742218", "dE_total/dw5": "0.164334081", "w5+": "0.317832959"})
    assert {link.verdict for link in verdicts.links} == {Verdict.CONVENTION}
    assert verdicts.conventions == (Convention.NO_HALF,)


def test_a_factor_of_two_in_the_gradients_alone_is_a_mistake() -> None:
    verdicts = symbackprop.check({"E_total": "0.298371109", "dE_total/dw5": "0.164334081"})
    assert verdicts.conventions == ()
    assert verdicts.links[1].cause is not None
    assert verdicts.links[1].cause.mistake is Mistake.HALF_FORGOTTEN


# --- The registry, through the whole of it ----------------------------------------------------------------


def checked(name: str, sheet: dict[str, str]) -> Verdicts:
    """A sheet of answers on one of the tests' networks, as it is read and judged."""
    network = networks()[name]
    work = read_text(json.dumps(sheet), Kind.JSON, network, "sheet.json")
    return judge_for(network).judge(work)


AS_CONVENTIONS = {
    Mistake.HALF_FORGOTTEN: {Convention.NO_HALF, Convention.WITH_HALF},
    Mistake.MEAN_FOR_SUM: {Convention.MEAN_OVER_OUTPUTS, Convention.MEAN_OVER_BATCH},
    Mistake.SUM_FOR_MEAN: {Convention.SUM_OVER_OUTPUTS, Convention.SUM_OVER_BATCH},
}
"""Mistakes that are conventions if they are made throughout."""


@pytest.mark.one_of_each("name", "mistake")
@pytest.mark.parametrize(("name", "mistake", "at"), AT_ONE_PLACE)
def test_a_mistake_is_named_in_the_report_alone_or_first(name: str, mistake: Mistake, at: str | None) -> None:
    sheet = figures(name, {mistake: at}, 9)
    if sheet == figures(name, {}, 9):
        pytest.skip("nothing that this network has comes of it")
    verdicts = checked(name, sheet)
    if verdicts.conventions and set(verdicts.conventions) <= AS_CONVENTIONS.get(mistake, set()):
        return
    assert verdicts.explanations
    first = verdicts.explanations[0]
    assert mistake in (first.cause.mistake, *(other.mistake for other in first.alternatives))


@pytest.mark.parametrize("name", ["default", "tanh", "softmax", "sigmoid", "recurrent", "batch", "mean"])
def test_a_right_sheet_has_nothing_wrong(name: str) -> None:
    for digits in (9, 5, 3):
        verdicts = checked(name, figures(name, {}, digits))
        assert verdicts.is_right
        assert verdicts.conventions == ()


# --- Right in every way of writing it, and wrong however it is dressed ------------------------------------

RIGHT = (
    "net_h1 = 0.05*0.15 + 0.10*0.20 + 0.35",
    "net_o1 = 0.5933*0.40 + 0.5969*0.45 + 0.60",
    "net_o1 = out_h1*0.4 + out_h2*0.45 + 0.6",
    "dE_total/dw5 = 0.5933*0.1868*0.7414",
    "dE_total/dw5 = out_h1*0.1385",
    "dE_total/dw5 = 0.138 * 0.6",
    "dE_total/dw5 = 0.74*0.19*0.59 = 0.082954",
    "E_total = 0.0236 + 0.2748",
    "delta_h1 = 0.2413*0.0364",
    "dE_total/dw1 = 0.05*0.00877",
    "dout_h2/dnet_h2 = 0.60 * (1 - 0.60) = 0.24",
    "w5+ = 0.40 - 0.0822*0.5",
    "w5 = w5 - 0.5*0.0822 = 0.3589",
    "w1 := 0.15 - 0.5*0.000439 = 0.14978",
    "dE_total/dw1 = 0.00\n\nw1+ = 0.15 - 0.5*0.00 = 0.15",
    "0.3775 = net_h1",
    "0.5933 = out_h1",
    "0.35 + 0.0075 + 0.02 = net_h1",
    "0.3775 = net_h1 = w1*i1 + w2*i2 + b1",
    "w1*i1 = i1*w1 = 0.0075",
    "w1@2*i1 = i1*w1@2",
    "net_h1@2 = w1@2*i1 + w2@2*i2 + b1",
    "E_o1@2 = 1/2*(target_o1 - out_o1@2)^2",
    "w1+@2 = w1@2 - eta*dE_total/dw1@2",
    "w1@1 = w1 - eta*dE_total/dw1 = 0.15 - 0.5*0.000439 = 0.14978",
    "w1@3 = w1@2 - eta*dE_total/dw1@2",
)


@pytest.mark.parametrize("text", RIGHT)
def test_right_work_is_never_called_wrong(text: str) -> None:
    links = judged(text)
    assert links
    assert {link.verdict for link in links} <= {Verdict.CORRECT, Verdict.ROUNDED}


DRESSED = (
    "net_h1 = 0.7/(0.12 - 0.12)",
    "net_h1 = 1/(out_h1 - out_h1)",
    "net_h1 = exp(exp(exp(100)))",
    "net_h1 = w1*i1 + w2*i2 + b1 + 0*out_o2/(out_o1-out_o1)",
    "E_o1 = 1/2*(1 - target_o2 - out_o1)^2",
    "dE_total/dout_o1 = out_o1 + target_o2 - 1",
    "net_h1 = 0.38\n\nout_h1 = 0.59\n\nnet_o1 = 1.11\n\ndE_total/dw2 = 0.001357924",
    "dE_total/dw1 = -0.000438568\n\nw5+ = 0.35891648",
    "delta_o1 = -0.138498562\n\ndE_total/dw7 = -0.022602540",
    "delta_h1 = (0.1385*0.4 - 0.0381*0.45)*0.2413 = 0.0092",
    "w1@2*i1 = i1*w1",
    "net_h1@2 = w1*i1 + w2@2*i2 + b1",
    "w1@1 = w1 - eta*dE_total/dw2",
    "w1@3 = w1@2 - eta*dE_total/dw1@1",
    "w1@2 = w1@3 + eta*dE_total/dw1@1",
)


@pytest.mark.parametrize("text", DRESSED)
def test_wrong_work_is_called_wrong_however_it_is_dressed(text: str) -> None:
    assert Verdict.WRONG in {link.verdict for link in judged(text)}


def test_what_ought_to_stand_is_told_in_the_networks_own_convention() -> None:
    link = judged("$$E_{total} = 0.596742218$$")[0]
    assert (link.verdict, link.expected) == (Verdict.CONVENTION, "0.298371109")


def test_of_a_single_error_the_total_has_its_formula_and_its_numbers(tmp_path: Path) -> None:
    """Its own formula is only the other's name."""
    network = tmp_path / "one.toml"
    network.write_text(
        'title = "One neuron"\ndata.inputs = [[0.5]]\ndata.targets = [[0.2]]\ntraining.learning_rate = 0.1\n'
        '[[layers]]\nactivation = "identity"\nweights = [[0.8]]\nbiases = [0.1]\n',
        encoding="utf-8",
    )
    plan, standard = (it := truth_of(symbackprop.load(network))).plan, Standard(afresh=Afresh(it), budget=Budget())
    assert expected_formula(plan, "E_total") == expected_formula(plan, "E_o1") == "1/2*(target_o1 - out_o1)**2"
    assert expected_numbers(standard, "E_total", 2) == "1/2*(0.2 - 0.50)**2"


def test_several_values_given_at_once_are_not_taken_for_one_of_them() -> None:
    """A line of a program: no chain says which value is whose."""
    links = judged("i1, i2 = 0.05, 0.10  # inputs\n\nnet_h1 = 0.3775\n")
    assert [(link.quantity, link.verdict) for link in links] == [("net_h1", Verdict.CORRECT)]
    assert judged("Here, w1 = 0.16, and so on")[0].verdict is Verdict.WRONG
