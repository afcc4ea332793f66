"""Each snag is met in somebody's work, and says what is the matter in every language."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from symbackprop.checking.entry import judge_for
from symbackprop.checking.reading.names import names_of
from symbackprop.checking.snags import Snag, Why, places_of
from symbackprop.checking.sources.read import read_text
from symbackprop.checking.sources.snippet import Kind
from symbackprop.checking.verdicts import Verdict, Verdicts
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network
from symbackprop.reporting import report
from tests.checking.by_hand import TEXT, link, work
from tests.checking.reading import example, member, names
from tests.networks import build, layer

MAZUR = example("mazur")

MET = {
    "3 4": Why(Snag.OPERATOR_OR_END, found="4"),
    "\\frac{1}{2 3}": Why(Snag.OPERATOR_OR_BRACKET, found="3"),
    "3 +": Why(Snag.OPERAND, found=""),
    "3 + * 2": Why(Snag.OPERAND, found="*"),
    "(3": Why(Snag.OTHER_HALF, found="("),
    "|3": Why(Snag.CLOSING_BAR, found=""),
    "3 if net_h1": Why(Snag.CONDITION, found=""),
    "3 if w1 > 0": Why(Snag.CONDITION_AND_ELSE, found=""),
    "{w1 > 0, 1}": Why(Snag.COLON, found=","),
    "{w1 > 0: 1 2}": Why(Snag.SEMICOLON_OR_BRACE, found="2"),
    "\\begin{cases} 1 & w_1 > 0 3 \\end{cases}": Why(Snag.NEXT_CASE, found="3"),
    "\\begin{cases} 1 & w_1 > 0 \\end{cases}": Why(Snag.TWO_CASES, found="\\end{cases}"),
    "\\frac{1}": Why(Snag.ARGUMENT, found=""),
    "\\exp_2 3": Why(Snag.ARGUMENT_OF_FUNCTION, found="_"),
    "\\frac123": Why(Snag.ARGUMENTS_IN_BRACES, found="123"),
    "f(w1, w2)": Why(Snag.ONE_ARGUMENT, found=""),
    "max(1) + 2": Why(Snag.TWO_ARGUMENTS, found="+"),
    "\\sum_": Why(Snag.INDEX, found=""),
    "\\sqrt[3]{2}": Why(Snag.SQUARE_ROOT, found="["),
    "\\partial 3": Why(Snag.DERIVATIVE, found="\\partial"),
    "\\nabla_{w_5} 3": Why(Snag.DIFFERENTIATED, found="_"),
    "3 \\to 4": Why(Snag.ONE_FORMULA, found="\\to"),
    ",": Why(Snag.NOTHING),
    "1,5": Why(Snag.DECIMAL_POINT),
    "0.39.25": Why(Snag.TWO_POINTS),
    "1 " * 200_001: Why(Snag.SHORTER_TEXT),
    "max(" * 20 + "1" + ",2)" * 20: Why(Snag.SHORTER_FORMULA),
    "+1" * 50_001: Why(Snag.CHARACTERS, limit=100_000),
    "1" + "+1" * 20_001: Why(Snag.LEAVES, limit=20_000),
    "sigma(" * 60 + "w5" + ")" * 60: Why(Snag.OPERATIONS, limit=120),
    "(" * 101 + "1" + ")" * 101: Why(Snag.PARENTHESES, limit=100),
    "\\sum_{o}\\sum_{o}\\delta_{o}": Why(Snag.NESTED_SUMS, limit=3),
    "2^1001": Why(Snag.POWER, limit=1_000),
    "1" * 1_001: Why(Snag.DIGITS, limit=1_000),
    "1e10001": Why(Snag.EXPONENT, limit=10_000),
    "+\\sum_o\\delta_o" * 2_001: Why(Snag.TERMS, limit=4_000),
    "(1, 2)": Why(Snag.OPERATOR_OR_BRACKET, found=","),
    "(1 2)": Why(Snag.MATRICES),
    "\\mathbf{W}": Why(Snag.MATRICES),
    "1 + ... + 3": Why(Snag.DOTS),
    "\\frac{\\partial}{\\partial w_5} (t_1 - o_1)": Why(Snag.DERIVATIVE_OF_FORMULA),
    "\\nabla w": Why(Snag.GRADIENT_BY_NOTHING),
    "\\sum_{i=1}^{5000} w_5": Why(Snag.SUM_OVER_NOTHING),
    "elu(3)": Why(Snag.BEND),
    "softmax(3)": Why(Snag.SOFTMAX_OF_ELSE),
    "sigma''(net_h1)": Why(Snag.NO_ACTIVATION, found="sigma"),
    "w_{ij}": Why(Snag.NO_PARTICULAR, found="w_{ij}"),
    "net_h9": Why(Snag.NO_QUANTITY, found="net_h9"),
}
"""What each of these formulas gets caught on."""

WORKS = {
    "net_hh1,0.5": Why(Snag.MISSPELT_ID, found="net_hh1", near="net_h1"),
    "zzzz,0.5": Why(Snag.NO_ID, found="zzzz"),
    '{"": "0.5"}': Why(Snag.NO_ID, found=""),
    "1/0 = 3": Why(Snag.NO_VALUE, found="1/0"),
}
"""The same of works of one line, on answers and in text."""


def wide_softmax() -> Network:
    """Give a network with more outputs than a softmax is written out for."""
    outputs = 101
    output = layer([["0.1"]] * outputs, activation=Activation.SOFTMAX)
    targets = ["1", *["0"] * (outputs - 1)]
    return build(output, inputs=["0.1"], targets=targets, loss=Loss.CROSS_ENTROPY)


def met(text: str) -> Why | None:
    """Give what a formula gets caught on."""
    trouble = member(text, names()).trouble
    return None if trouble is None else trouble.why


def verdicts(text: str) -> Verdicts:
    """Judge a text, or answers in JSON, or parted from their ids by commas."""
    kind = Kind.TEXT if "=" in text else Kind.JSON if text.startswith("{") else Kind.CSV
    return judge_for(MAZUR).judge(read_text(text, kind, MAZUR, "work"))


@pytest.mark.parametrize("text", MET, ids=lambda text: text[:40])
def test_a_snag_is_met(text: str) -> None:
    assert met(text) == MET[text]


@pytest.mark.parametrize("text", WORKS)
def test_a_snag_is_met_in_a_work(text: str) -> None:
    assert [link.why for link in verdicts(text).links] == [WORKS[text]]


def test_a_wide_softmax_is_a_snag() -> None:
    read = member("softmax(net_{o7})", names_of(wide_softmax()))
    assert read.trouble is not None
    assert read.trouble.why == Why(Snag.WIDE_SOFTMAX)


def test_all_snags_are_met() -> None:
    assert {it.snag for it in (*MET.values(), *WORKS.values())} | {Snag.WIDE_SOFTMAX} == set(Snag)


@pytest.mark.parametrize("given", [{}, {"limit": 3}, {"found": "x", "limit": 3}, {"found": "x", "near": "y"}])
def test_a_place_that_is_left_empty_or_that_there_is_not_is_refused(given: dict[str, Any]) -> None:
    assert places_of(Snag.OPERAND) == {"found"}
    with pytest.raises(AssertionError, match="operand names"):
        Why(Snag.OPERAND, **given)


UNREADABLE = """\
net_h1 = 3 +
net_h2 = max(1) + (2
out_h1 = 1/(1 + e^-0.3775) % 4
out_h2 = \\frac123
out_o1 = "net_h9" + net_h9
out_o2 = elu(3) + 1,5 =
E = |3
delta_o1 = 2^1001
dE_total/dw5 = \\nabla w
dE_total/dw6 = 1 + ... + 3
1/0 = 3
"""
_TYPED = re.compile("“[^”]*”")
_ENGLISH = re.compile("[A-Za-z']{2,} [A-Za-z']{2,}")


def sentences(text: str) -> list[str]:
    """Give what a report in Chinese says of each link, without what it quotes."""
    data = json.loads(report(verdicts(text), MAZUR, format="json", lang="zh"))
    return [_TYPED.sub("", it["explanation"]) for it in data["links"]]


def test_a_report_in_chinese_has_no_english_sentence() -> None:
    told = sentences(UNREADABLE)
    assert len(told) > UNREADABLE.count("\n")
    assert [it for it in told if _ENGLISH.search(it) or not it.endswith("。")] == []
    assert len(set(told)) > len(told) / 2
    shown = report(verdicts(UNREADABLE), MAZUR, lang="zh")
    notes = " ".join(line for line in shown.splitlines() if line.startswith("•"))
    assert not _ENGLISH.search(_TYPED.sub("", notes))


@pytest.mark.parametrize("why", [*MET.values(), *WORKS.values()], ids=lambda why: why.snag.value)
def test_each_snag_is_told_in_chinese(why: Why) -> None:
    it = link("0.5", None, Verdict.UNREAD, why=why)
    data = json.loads(report(Verdicts(work=work(TEXT, "a.md", (it,)), links=(it,)), MAZUR, format="json", lang="zh"))
    said = data["links"][0]["explanation"].replace("decimal = ", "")
    assert not _ENGLISH.search(_TYPED.sub("", said))
    assert said.endswith(("。", "？"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("net_h1 = 3 * max(1)", "(expected two arguments, found the end)"),
        ("net_h1 = 3 + * 2", '(expected a number, a name or a parenthesis, found "*")'),
        ("net_h1 = 2^1001", "(expected powers of at most 1,000)"),
        ("net_hh1,0.5", '(no quantity is called "net_hh1"; did you mean "net_h1"?)'),
        ('{"": "0.5"}', '(no quantity is called "")'),
        ("net_h1 = 1,5", '(expected a decimal point; decimal = "comma" in [notation] reads commas)'),
    ],
)
def test_a_snag_is_told_with_what_was_found(text: str, said: str) -> None:
    data = json.loads(report(verdicts(text), MAZUR, format="json"))
    assert data["links"][0]["explanation"].endswith(said)
