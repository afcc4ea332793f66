"""Exact numbers of thousands of digits: every way to look at a network bears them, whatever limit Python sets."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import pytest

import symbackprop
from symbackprop import training_report
from symbackprop.derivation.balls import DomainError, logarithm, to_exact
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.digits import MOST_FRACTION_DIGITS, fraction_digits
from symbackprop.formats import WALKTHROUGHS, Format
from symbackprop.functions import Activation
from symbackprop.network import Layer, Network, Rule
from tests.networks import Rows, build, layer, number, optimizer, published

IDENTITY = Activation.IDENTITY
LEAST_LIMIT = 640
"""The lowest limit that Python takes; a number that is longer than the usual one is longer than this, too."""


@pytest.fixture(autouse=True)
def _python_writes_only_short_integers() -> Iterator[None]:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(LEAST_LIMIT)
    yield
    sys.set_int_max_str_digits(before)


def exact_layers(*widths: int) -> list[Layer]:
    chosen = random.Random(7)  # noqa: S311 - the same numbers in every run

    def weights(above: int, below: int) -> Rows:
        return [[f"0.{chosen.randint(1000, 9999)}" for _ in range(below)] for _ in range(above)]

    return [layer(weights(above, below), activation=IDENTITY) for below, above in pairwise(widths)]


def all_exact(rule: Rule, *widths: int) -> Network:
    """Nothing in it is transcendental, so every value of the first round is a fraction, and they get long."""
    return build(*exact_layers(*widths), inputs=["0.9084", "0.9308"], targets=["0.1"], rule=optimizer(rule))


def large_gradients(depth: int) -> Network:
    """The net inputs are 0, and each layer below multiplies the delta by 10^300."""
    return build(
        *[layer([["1e300"]], "0", activation=IDENTITY)] * depth,
        inputs=["0"],
        targets=["1"],
        figures=[published("delta_h1_1", "5"), published(f"delta_h{depth - 1}_1", "-1e300")],
    )


LARGE_GRADIENTS = large_gradients(5)

NETWORKS = {
    "adam": all_exact(Rule.ADAM, 2, 2, 2, 1),
    "large gradients": LARGE_GRADIENTS,
}


@pytest.fixture(params=NETWORKS.values(), ids=list(NETWORKS), scope="module")
def derivation(request: pytest.FixtureRequest) -> Derivation:
    return derive(request.param)


ALWAYS = (Format.JSON, Format.NOTEBOOK, Format.MARKDOWN)
FORMATS = [
    pytest.param(it, marks=() if it in ALWAYS else pytest.mark.slow) for it in WALKTHROUGHS if it is not Format.PDF
]


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_bears_long_numbers(derivation: Derivation, format_: Format) -> None:
    view = "both" if format_ is Format.TEXT else "scalar"
    assert symbackprop.render(derivation, format=format_, detail="brief", view=view)


def test_what_a_program_sees_bears_them(derivation: Derivation) -> None:
    for id_ in derivation.steps:
        seen = derivation[id_]
        assert seen.value
        assert str(seen)
    assert derivation._repr_latex_()
    assert derivation._repr_html_()
    assert derivation._repr_markdown_()
    assert str(derivation.network)


def test_training_bears_them(derivation: Derivation) -> None:
    assert len(list(training_report.report(derivation, 2))) > 3
    assert training_report.write_csv(derivation, 2)
    assert training_report.draw_plot(derivation, 2)


def test_a_check_bears_them(derivation: Derivation) -> None:
    work = "".join(f"{id_} = 5\n" for id_ in list(derivation.steps) if id_.startswith(("delta", "net", "dE_total/dw")))
    verdicts = symbackprop.check(work, network=derivation.network)
    for format_ in ("text", "markdown", "html", "json"):
        assert symbackprop.report(verdicts, format=format_)


def test_a_fraction_is_given_while_programs_can_read_it() -> None:
    longest = 10**MOST_FRACTION_DIGITS - 1
    sys.set_int_max_str_digits(MOST_FRACTION_DIGITS)
    for value in (Fraction(longest), Fraction(-longest), Fraction(longest, longest - 2), Fraction(151, 400)):
        digits = fraction_digits(value)
        assert digits is not None
        assert Fraction(digits) == value
    for value in (Fraction(longest + 1), Fraction(-longest - 1), Fraction(1, longest + 1)):
        assert fraction_digits(value) is None


def test_there_is_none_for_a_fraction_that_is_longer() -> None:
    derivation = derive(large_gradients(18))
    told = derivation["delta_h4_1"]
    assert (told.value, told.exact) == ("-1.00000000000000e4200", "-1" + "0" * 4200)
    told = derivation["delta_h3_1"]
    assert (told.value, told.exact) == ("-1.00000000000000e4500", None)


def test_a_published_figure_is_held_against_a_value_without_end() -> None:
    told = json.loads(symbackprop.render(derive(LARGE_GRADIENTS), format="json"))["published"]
    assert [(it["certified"], it["verdict"]) for it in told] == [
        ("-1.000e1200", "wrong"),
        ("-1" + "0" * 300, "correct"),
    ]


def test_a_message_names_a_long_number_by_its_first_digits() -> None:
    with pytest.raises(DomainError) as caught:
        logarithm(to_exact(Fraction(-(10**5000), 3)))
    assert str(caught.value) == "log(-3.3333e+4999)"
    with pytest.raises(DomainError, match=r"^log\(-1/3\)$"):
        logarithm(to_exact(number("-1").exact / 3))
