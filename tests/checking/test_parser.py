"""Formulas as people type them: what they come to, where each leaf stands, and what can't be read."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from symbackprop.checking.reading.names import names_of
from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.work import Gap
from symbackprop.typeset.formula import quantities
from tests.checking.reading import chains, example, member, names, shown

ARTICLE = Path(__file__).parent / "fixtures" / "article.md"
FORMULAS = re.findall(r"\$\$(.*?)\$\$", ARTICLE.read_text(encoding="utf-8"))


def test_the_article_has_nothing_unread() -> None:
    known = names()
    read = [chain for text in FORMULAS for chain in chains(text, known)]
    assert len(read) == len(FORMULAS) == 49
    assert [(it.text, it.trouble) for chain in read for it in chain.members if it.trouble] == []
    assert all(chain.ids for chain in read)


MEMBERS = {
    "2 * \\frac{1}{2}(target_{o1} - out_{o1})^{2 - 1} * -1 + 0": "2*(1/2)*(target_o1 - out_o1)**(2 - 1)*(-1) + 0",
    "w_5^{(1 - 1)}": "w5**(1 - 1)",
    "out_{o1}(1 - out_{o1})": "out_o1*(1 - out_o1)",
    "0.055399425 + -0.019049119": "0.055399425 - 0.019049119",
    "\\delta_{o1}out_{h1}": "delta_o1*out_h1",
    "w_1i_1 + w_2 i_2": "w1*i1 + w2*i2",
    "w5*out_h1 / 2 / 3": "w5*out_h1/2/3",
    "-w5**2": "-w5**2",
    "2**-1": "2**(-1)",
    "e^-net_h1": "exp(-net_h1)",
    "e^{-net_{h1}}": "exp(-net_h1)",
    "1/(1+exp(-net_h1))": "1/(1 + exp(-net_h1))",
    "σ(net_o1)": "1/(1 + exp(-net_o1))",
    "f(net_{o1})": "1/(1 + exp(-net_o1))",
    "σ'(net_o1)": "1/(1 + exp(-net_o1))*(1 - 1/(1 + exp(-net_o1)))",
    "\\sigma^{\\prime}(net_{o1})": "1/(1 + exp(-net_o1))*(1 - 1/(1 + exp(-net_o1)))",
    "tanh'(net_h1)": "1 - tanh(net_h1)**2",
    "\\tanh^2(x_1)": "tanh(i1)**2",
    "relu(net_h1)": "(net_h1 if net_h1 > 0 else 0)",
    "\\max(0, net_{h1})": "(net_h1 if net_h1 > 0 else 0)",
    "\\begin{cases} i_1 & i_1 > 0 \\cr 0 & i_1 \\le 0 \\end{cases}": "(i1 if i1 > 0 else 0)",
    "\\begin{cases} \\mathrm{net}_{h1} & \\mathrm{net}_{h1} > 0 \\cr 0 & \\text{otherwise} \\end{cases}": (
        "(net_h1 if net_h1 > 0 else 0)"
    ),
    "\\left|x_1\\right| + \\sqrt{x_2}": "abs(i1) + sqrt(i2)",
    "-t_1 \\ln o_1 - (1-t_1)\\ln(1-o_1)": "-target_o1*log(out_o1) - (1 - target_o1)*log(1 - out_o1)",
    "\\underbrace{0.5 \\cdot 2}_{\\text{rate}} + \\boxed{\\cancel{w_5}} + \\textcolor{red}{0.5}": "0.5*2 + w5 + 0.5",
    "\\tfrac12 \\dfrac{1}{2}": "1/2*(1/2)",
    "½(t1 - o1)²": "1/2*(target_o1 - out_o1)**2",
    "(∂E/∂o1)(∂o1/∂net_o1)": "dE_total/dout_o1 * dout_o1/dnet_o1",
    "0.15×0.05 + 0.2 x 0.1": "0.15*0.05 + 0.2*0.1",
    "\\sum \\frac{1}{2}(target - output)^2": "1/2*(target_o1 - out_o1)**2 + 1/2*(target_o2 - out_o2)**2",
    "\\sum_{k=1}^{2} \\delta_k out_{h1}": "delta_o1*out_h1 + delta_o2*out_h1",
    "\\sum_k w_{k1}^{(2)} \\delta_k^{(2)}": "w5*delta_o1 + w7*delta_o2",
    "\\sum_o \\delta_o w_5 + 1": "(delta_o1*w5 + delta_o2*w5) + 1",
    "\\sum_{i} x_i": "i1 + i2",
    "\\tfrac12 (t_1 - y_1)^2": "1/2*(target_o1 - out_o1)**2",
    "\\left.\\frac{\\partial E}{\\partial w_5}\\right|_{w_5 = 0.4}": "dE_total/dw5",
}


@pytest.mark.parametrize("text", MEMBERS)
def test_formulas(text: str) -> None:
    assert shown(member(text, names())) == MEMBERS[text]


CHAINS = {
    "\\delta_{h1} = \\sum_o \\delta_o w_{ho}": ["delta_h1 = delta_o1*w5 + delta_o2*w7"],
    "w_5 \\leftarrow w_5 - \\eta \\frac{\\partial E}{\\partial w_5}": ["w5+ = w5 - eta * dE_total/dw5"],
    "w_5 := w_5 - 0.5 \\cdot 0.08": ["w5+ = w5 - 0.5*0.08"],
    "w_5 := 0.4": ["w5 = 0.4"],
    "\\begin{aligned} net_{h1} &= w_1 i_1 + w_2 i_2 + b_1 \\\\ &= 0.15 \\cdot 0.05 \\\\ &\\quad + 0.37 \\\\"
    " &\\approx 0.3775 && \\text{(rounded)} \\end{aligned}": [
        "net_h1 = w1*i1 + w2*i2 + b1 = 0.15*0.05 + 0.37 = 0.3775"
    ],
    "E_{o1} = 0.2748, \\quad E_{o2} = 0.0235 \\text{ and } w_5 = 0.4 \\text{ by the power rule}.": [
        "E_o1 = 0.2748",
        "E_o2 = 0.0235",
        "w5 = 0.4",
    ],
    "\\boxed{w_5^+ = 0.358} \\tag{3} \\label{a}": ["w5+ = 0.358"],
    "E = 1 \\Rightarrow w_5 = 2": ["E_total = 1", "w5 = 2"],
    "net_{h1}": [],
    "\\begin{align*} net_{h1} &= 0.3775 & net_{h2} &= 0.3925 \\end{align*}": ["net_h1 = 0.3775", "net_h2 = 0.3925"],
    "w_5 &= 2 & w_6 &= 3 \\\\ &= 4 & &= 5 \\\\ w_7 &= 6 & + 7": ["w5 = 2 = 4", "w6 = 3 = 5", "w7 = 6 + 7"],
    "w_5 & = & 2 & w_6 & = & 3": ["w5 = 2", "w6 = 3"],
    "w_5 &= 2 \\\\ & + 3 & w_6 &= 3": ["w5 = 2 + 3", "w6 = 3"],
    "w_5 &= 1 & + 2 \\\\ &= 3": ["w5 = 1 + 2 = 3"],
    "w_5 &= 1 & \\text{given}": ["w5 = 1"],
    "w_5 &= 1 &&\\quad \\text{so it is}": ["w5 = 1"],
}


@pytest.mark.parametrize("text", CHAINS)
def test_chains(text: str) -> None:
    read = chains(text, names())
    assert [" = ".join((*chain.ids[:1], *map(shown, chain.members[1:]))) for chain in read] == CHAINS[text]


def test_plain_lines_are_chains() -> None:
    text = "net_h1 = 0.15*0.05\n  + 0.37\n  ≈ 0.3775.\nout_h1 = 0.5932...\n"
    one, other = chains(text, names(), Dialect.PLAIN)
    assert [shown(it) for it in one.members] == ["net_h1", "0.15*0.05 + 0.37", "0.3775"]
    assert [it.approximate for it in one.members] == [False, False, True]
    assert (other.ids, shown(other.members[1])) == (("out_h1",), "0.5932")


PLAIN = {
    "net_h1 = w1 x1 + w2 x2 + b1": "w1*i1 + w2*i2 + b1",
    "net_h1 = 0.15 x1 + 0.2x2": "0.15*i1 + 0.2*i2",
    "net_h1 = 0.15 x 0.05 + 2x3 + 2 x1.5 + 1.2x10^-3": "0.15*0.05 + 2*3 + 2*1.5 + 1.2x10^-3",
    "net_h1 = w1x1 + w2 x 0.1": "w1*i1 + w2*0.1",
    "net_h1 = max(0,3)": "(3 if 3 > 0 else 0)",
}


@pytest.mark.parametrize("text", PLAIN)
def test_plain_formulas(text: str) -> None:
    (chain,) = chains(text, names(), Dialect.PLAIN)
    assert (chain.ids, shown(chain.members[1])) == (("net_h1",), PLAIN[text])


UPDATES = ["new w5 = 1", "w5 new = 1", "w5 (new) = 1", "w5* = 1", "w5^* = 1", "Updated w_5 == 1", "w_5^{*} = 1"]


@pytest.mark.parametrize("text", UPDATES)
def test_words_and_stars_that_mean_the_value_after_the_update(text: str) -> None:
    (chain,) = chains(text, names(), Dialect.PLAIN)
    assert (chain.ids[:1], shown(chain.members[1])) == (("w5+",), "1")


def test_a_star_between_factors_is_none_of_them() -> None:
    (chain,) = chains("w5 = w5* 2", names(), Dialect.PLAIN)
    assert (chain.ids[:1], shown(chain.members[1])) == (("w5",), "w5*2")


def test_leaves_know_their_places_and_are_numbered_from_left_to_right() -> None:
    text = "noise E = σ'(net_h1) + 0.5 = 1"
    (chain,) = chains(text, names(), Dialect.PLAIN)
    read = chain.members[1]
    assert read.formula is not None
    assert list(quantities(read.formula)) == [str(number) for number in range(len(read.leaves))]
    assert [text[it.span.start : it.span.end] for it in read.leaves] == ["net_h1", "net_h1", "0.5"]


# --- Figures

FIGURES: dict[str, tuple[str, int, int]] = {
    "0.05": ("0.05", 2, 1),
    ".05": ("0.05", 2, 1),
    "1.2e-3": ("0.0012", 4, 2),
    "1.2e3": ("1200", -2, 2),
    "1.2 \\times 10^{-3}": ("0.0012", 4, 2),
    "1.2 \\cdot 10^{-3}": ("0.0012", 4, 2),
    "1.2·10⁻³": ("0.0012", 4, 2),
    "1.20 x 10^-3": ("0.0012", 5, 3),
    "0.593\\,269\\,992": ("0.593269992", 9, 9),
    "0.593 269 992": ("0.593269992", 9, 9),
    "35{,}085": ("35085", 0, 5),
    "０．７５": ("0.75", 2, 2),
    "0.7513...": ("0.7513", 4, 4),
    "0.7513\\ldots": ("0.7513", 4, 4),
    "0.00": ("0", 2, 0),
    "\\num{0.0822}": ("0.0822", 4, 3),
    "0,3775": ("0.3775", 4, 4),
    "0{,}375": ("0.375", 3, 3),
    "1,234": ("1234", 0, 4),
}


@pytest.mark.parametrize("text", FIGURES)
def test_figures(text: str) -> None:
    (leaf,) = member(text, names()).leaves
    assert leaf.figure is not None
    value, decimals, significant = FIGURES[text]
    assert (leaf.figure.value, leaf.figure.decimals, leaf.figure.significant) == (
        Fraction(value),
        decimals,
        significant,
    )


@pytest.mark.parametrize("text", ["0,75", "0{,}75", "0.75", "７，５e-1"])
def test_decimal_commas_where_the_network_has_them(text: str) -> None:
    network = example("mazur")
    known = names_of(replace(network, writing=replace(network.writing, decimal_comma=True)))
    (leaf,) = member(text, known).leaves
    assert leaf.figure is not None
    assert leaf.figure.value == Fraction(3, 4)


# --- What can't be judged

GAPS = {
    "net": Gap.GENERAL,
    "w x + b": Gap.GENERAL,
    "\\delta_j": Gap.GENERAL,
    "w_{ij}": Gap.GENERAL,
    "\\mathbf{W}\\mathbf{x}": Gap.GENERAL,
    "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}": Gap.GENERAL,
    "f(x)": Gap.GENERAL,
    "\\frac{\\partial}{\\partial w_5} (t_1 - o_1)": Gap.GENERAL,
    "net_{h3}": Gap.UNKNOWN,
    "\\frac{\\partial E}{\\partial w_9}": Gap.UNKNOWN,
    "foo + 1": Gap.UNKNOWN,
    "(3 + ": Gap.UNREAD,
    "3 +": Gap.UNREAD,
    "3 4": Gap.UNREAD,
    "3 % 4": Gap.UNREAD,
    "\\foo{3}": Gap.UNREAD,
    "{3)": Gap.UNREAD,
    "9**9**9": Gap.UNREAD,
    "9^{9^9}": Gap.UNREAD,
    "((9^999)^999)^999": Gap.UNREAD,
    "2^1001": Gap.UNREAD,
    "1e10001": Gap.UNREAD,
    "1" * 1001: Gap.UNREAD,
    "1,5": Gap.UNREAD,
    "12{,}5 + 1": Gap.UNREAD,
    "": Gap.UNREAD,
}


@pytest.mark.parametrize("text", GAPS)
def test_what_cant_be_judged(text: str) -> None:
    read = member(text, names())
    assert (read.formula, read.trouble and read.trouble.gap) == (None, GAPS[text])


def test_a_quantity_of_no_sample_in_particular_is_general() -> None:
    trouble = member("net_{h1}", names("xor")).trouble
    assert trouble is not None
    assert trouble.gap is Gap.GENERAL


def test_a_decimal_comma_is_told_from_what_it_should_be() -> None:
    trouble = member("1,5", names()).trouble
    assert trouble is not None
    assert trouble.why == Why(Snag.DECIMAL_POINT)


def test_what_is_unread_says_where_and_what_was_expected() -> None:
    text = "E = 0.5 * (1 + ) = 2"
    (chain,) = chains(text, names(), Dialect.PLAIN)
    trouble = chain.members[1].trouble
    assert trouble is not None
    assert trouble.why == Why(Snag.OPERAND, found=")")
    assert text[trouble.span.start : trouble.span.end] == ")"
    assert shown(chain.members[2]) == "2"
