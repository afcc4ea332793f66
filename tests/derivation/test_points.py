"""The numbers at which a derivation is tried besides its own: of every size and sign that they may have."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbackprop.derivation.derive import derive
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.points import random_numbers
from symbackprop.functions import Activation, Loss
from symbackprop.network import Rule
from tests.networks import build, layer, optimizer


@pytest.mark.parametrize("rule", [Rule.SGD, Rule.MOMENTUM, Rule.ADAM])
def test_parameters_have_both_signs_and_all_else_is_above_0(rule: Rule) -> None:
    derivation = derive(
        build(
            layer([["0.1"] * 6] * 6, ["0.1"] * 6),
            layer([["0.1"] * 6] * 2, ["0.2"] * 2, activation=Activation.SOFTMAX),
            inputs=["0.5"] * 6,
            targets=["0", "1"],
            loss=Loss.CROSS_ENTROPY,
            rule=optimizer(rule),
            update_biases=True,
        )
    )
    signed: list[Fraction] = []
    above: list[Fraction] = []
    for id_, number in random_numbers(derivation, 1).items():
        kind = derivation.steps.kind(id_)
        is_mean = kind is Kind.STATE and id_.startswith("m_")
        (signed if is_mean or kind in (Kind.WEIGHT, Kind.BIAS) else above).append(number)
        assert kind not in (Kind.SETTING, Kind.TARGET) or number < 1
    assert len(signed) == (56 if rule is Rule.SGD else 112)
    for side in ([it for it in signed if it > 0], [it for it in signed if it < 0]):
        assert len(side) > len(signed) / 4
    assert above
    assert all(0 < it < 2 for it in above)
