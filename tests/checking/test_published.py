"""Somebody else's figures, judged: which are right, and what was done to arrive at the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from symbackprop.checking.published import JudgedFigure, judge_published
from symbackprop.checking.verdicts import Mistake, Rounding, Verdict
from symbackprop.derivation.derive import derive
from symbackprop.network import MOST_ROUNDS, Network, Published
from tests.networks import ORIGINAL, UPDATED, build, default_network, layer, published, trained_otherwise

Said = Verdict | Rounding | Mistake


def verdicts(network: Network, *figures: Published) -> tuple[JudgedFigure, ...]:
    return judge_published(derive(replace(network, published=figures)))


def said_of(figure: JudgedFigure) -> Said:
    """The mistake behind a figure, or how it was rounded, or the verdict where there is nothing more to say."""
    return figure.verdict if figure.rounding is None and figure.cause is None else _why(figure)


def _why(figure: JudgedFigure) -> Said:
    if figure.cause is not None:
        return figure.cause.mistake
    assert figure.rounding is not None
    return figure.rounding


def cause(network: Network, quantity: str, value: str) -> Said:
    (figure,) = verdicts(network, published(quantity, value))
    return said_of(figure)


# --- The article's figures --------------------------------------------------------------------------------

DIFFERENT = [
    ("dE_o2/dout_h1", "-0.019049119", "-0.019049118", Rounding.INTERMEDIATES),
    ("E_total@1", "0.291027924", "0.291027774", Mistake.UPDATED_WEIGHTS),
    ("E_total@10000", "0.000035085", "0.000035102", Mistake.UPDATED_WEIGHTS),
    ("out_o1@10000", "0.015912196", "0.015913620", Mistake.UPDATED_WEIGHTS),
    ("out_o2@10000", "0.984065734", "0.984064274", Mistake.UPDATED_WEIGHTS),
    ("E_total@10000", "0.0000351085", "0.0000351019", Mistake.ROUND_LESS),
]


def test_the_articles_figures() -> None:
    judged = judge_published(derive(default_network()))
    assert [it.published for it in judged] == list(default_network().published)
    assert Counter(said_of(it) is Verdict.CORRECT for it in judged) == {True: 29, False: 6}
    told = [(it.published.quantity, it.published.value.typed, it.certified, said_of(it)) for it in judged]
    assert [it for it in told if it[3] is not Verdict.CORRECT] == DIFFERENT


def test_right_figures_are_certified_to_the_digits_that_were_printed() -> None:
    for verdict in judge_published(derive(default_network())):
        if said_of(verdict) is Verdict.CORRECT and verdict.published.quantity != "dnet_o1/dout_h1":
            assert verdict.certified == verdict.published.value.typed


# --- Each cause -------------------------------------------------------------------------------------------

SHORT = trained_otherwise(default_network(), rounds=3)
MISTAKEN = trained_otherwise(SHORT, hidden_gradients=UPDATED)
MOVING = trained_otherwise(SHORT, update_biases=True)

CAUSES: list[tuple[Said, Network, str, str]] = [
    (Verdict.CORRECT, SHORT, "out_o1", "0.75136507"),
    (Verdict.CORRECT, SHORT, "out_o1", "0.8"),
    (Verdict.CORRECT, SHORT, "out_o1", "1"),
    (Verdict.CORRECT, SHORT, "out_o1", "7.5137e-1"),
    (Verdict.CORRECT, SHORT, "out_o1", "0.75136506955231571"),
    (Verdict.CORRECT, SHORT, "net_h1", "0.37750"),
    (Verdict.CORRECT, SHORT, "w5", "0.40"),
    (Verdict.CORRECT, SHORT, "E_total@0", "0.298371109"),
    (Verdict.CORRECT, MISTAKEN, "E_total@1", "0.291027924"),
    # 0.7513650695...: seven decimals round up.
    (Rounding.CUT_OFF, SHORT, "out_o1", "0.7513650"),
    # -0.01904911825...
    (Rounding.CUT_OFF, SHORT, "dE_o2/dout_h1", "-0.01904"),
    (Rounding.INTERMEDIATES, SHORT, "dE_o2/dout_h1", "-0.019049119"),
    (Mistake.UPDATED_WEIGHTS, SHORT, "dE_total/dout_h1", "0.030229739"),
    (Mistake.UPDATED_WEIGHTS, SHORT, "E_total@1", "0.291027923905"),
    (Mistake.ORIGINAL_WEIGHTS, MISTAKEN, "E_total@1", "0.291027774"),
    (Mistake.ORIGINAL_WEIGHTS, MISTAKEN, "dE_total/dw1", "0.000438568"),
    (Mistake.ROUND_LESS, SHORT, "E_total@1", "0.298371109"),
    (Mistake.ROUND_MORE, SHORT, "E_total@1", "0.283547133"),
    (Mistake.BIASES_UPDATED, SHORT, "E_total@1", "0.285750886699"),
    (Mistake.BIASES_FROZEN, MOVING, "E_total@1", "0.291027774"),
    (Verdict.WRONG, SHORT, "E_total@1", "0.123"),
    (Verdict.WRONG, SHORT, "out_h1", "0.593269993"),
    (Verdict.WRONG, SHORT, "w5", "0.41"),
]


@pytest.mark.parametrize(("expected", "network", "quantity", "value"), CAUSES)
def test_causes(expected: Said, network: Network, quantity: str, value: str) -> None:
    assert cause(network, quantity, value) is expected


@pytest.mark.parametrize("quantity", ["dE_total/db1@1", "dE_total/db2@2", "b1+@1", "dnet_h1/db1@1"])
def test_a_wrong_figure_of_a_bias_that_learns_is_judged_too(quantity: str) -> None:
    """Where biases stay, these quantities don't even exist."""
    assert cause(MOVING, quantity, "0.123456") is Verdict.WRONG


def test_a_network_without_hidden_layer_has_no_weights_to_mistake() -> None:
    network = build(layer([["0.5"]]), inputs=["1"], targets=["0"], rounds=2)
    assert cause(network, "E_total@1", "0.5") is Verdict.WRONG
    right = derive(network).after(1).rounded("E_total", 6)
    assert cause(network, "E_total@1", right) is Verdict.CORRECT


def test_without_biases_none_are_to_blame() -> None:
    network = build(layer([["0.5"]], "0.1"), inputs=["0.7"], targets=["0"], rounds=2)
    moving = derive(trained_otherwise(network, update_biases=True)).after(2).rounded("out_o1", 12)
    assert cause(network, "out_o1@2", moving) is Mistake.BIASES_UPDATED
    bare = build(layer([["0.5"]]), inputs=["0.7"], targets=["0"], rounds=2)
    assert cause(bare, "out_o1@2", moving) is Verdict.WRONG


def test_the_right_figure_is_right_whatever_else_would_lead_there() -> None:
    """In the first decimal, one round less and the mistake lead to the same figure."""
    assert cause(SHORT, "E_total@1", "0.3") is Verdict.CORRECT
    assert cause(trained_otherwise(SHORT, hidden_gradients=ORIGINAL), "E_total@2", "0.3") is Verdict.CORRECT


def test_a_variant_is_the_same_network_trained_otherwise() -> None:
    figures = [published("E_total@1", "0.291027924"), published("out_o1@3", "0.7")]
    first, second = verdicts(SHORT, *figures)
    assert said_of(first) is Mistake.UPDATED_WEIGHTS
    assert (said_of(second), second.certified) == (Verdict.CORRECT, "0.7")


# --- Which figures are judged, and to which digits --------------------------------------------------------


def test_figures_beyond_the_files_rounds_are_not_judged() -> None:
    figures = [published(f"E_total@{rounds}", "0.1") for rounds in (4, 3, MOST_ROUNDS, 0)] + [published("w1", "0.15")]
    assert [it.published.quantity for it in verdicts(SHORT, *figures)] == ["E_total@3", "E_total@0", "w1"]
    assert verdicts(SHORT) == ()


@pytest.mark.parametrize(
    ("quantity", "printed", "certified"),
    [
        ("dnet_o1/dout_h1", "0.40", "0.40"),
        ("dnet_o1/dout_h1", "0.4", "0.4"),
        ("net_h1", "0.38", "0.38"),
        ("net_h1", "0", "0"),
        ("E_total", "2.98e-1", "0.298"),
        ("E_total", "2.98e-3", "0.29837"),
        ("E_total", "3e2", "0"),
        ("E_total", "0.29837110876", "0.29837110876"),
        ("dE_o2/dout_h1", "-0.0", "0.0"),
    ],
)
def test_a_figure_is_certified_to_as_many_decimals(quantity: str, printed: str, certified: str) -> None:
    (verdict,) = verdicts(SHORT, published(quantity, printed))
    assert verdict.certified == certified
