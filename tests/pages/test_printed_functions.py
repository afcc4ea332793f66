"""What is printed of every function comes to its value: each line with numbers put in, calculated as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from symbackprop.derivation.balls import evaluate, precision, to_ball
from symbackprop.functions import ACTIVATIONS, LOSSES, Activation, Function, Loss
from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.formula import Formula
from symbackprop.typeset.layout import Number
from tests.pages import arithmetic

POINTS: Sequence[dict[str, str]] = (
    {"net": "-1.25", "out": "0.375", "target": "0.25", "alpha": "0.2", "kappa": "0.5"},
    {"net": "0.75", "out": "0.75", "target": "0.01", "alpha": "0.2", "kappa": "0.5"},
    {"net": "-3e-4", "out": "0.125", "target": "0.99", "alpha": "1.5", "kappa": "1"},
)
ALL: list[tuple[Activation | Loss, Function]] = [*ACTIVATIONS.items(), *LOSSES.items()]


def printed_value(formula: Formula, point: dict[str, str]) -> Decimal:
    with localcontext(prec=arithmetic.DIGITS):
        return arithmetic.evaluate(arrange(formula, lambda slot: Number(point[slot])), {})


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point["net"])
@pytest.mark.parametrize("function", [row[1] for row in ALL], ids=[row[0].value for row in ALL])
def test_each_line_comes_to_its_value(function: Function, point: dict[str, str]) -> None:
    exact = {slot: Fraction(digits) for slot, digits in point.items()}
    for formula in (function.definition, *(line.formula for line in function.derivative)):
        with precision(160):
            expected = to_ball(evaluate(formula, exact.__getitem__))
            found = to_ball(Fraction(printed_value(formula, point)))
            assert abs(found - expected) < to_ball(Fraction(1, 10**40))
