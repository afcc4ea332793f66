"""Optimizers, functions, batches and recurrence are PyTorch's: five rounds of each, as PyTorch ran them."""

from __future__ import annotations

import pytest

from symbackprop.derivation.balls import precision, to_ball
from symbackprop.derivation.derive import derive
from symbackprop.derivation.oracle import Oracle
from symbackprop.derivation.train import DRAWING_BITS
from symbackprop.functions import Activation, Loss
from symbackprop.network import Rule
from tests import autograd_reference as by_autograd
from tests.recorded import Recorded, recorded
from tests.reference import FLOATS, after_rounds, given_numbers, trained

CASES = list(recorded())
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def test_the_fixtures_hold_every_rule_and_function() -> None:
    networks = [case.network for case in CASES]
    assert {network.training.optimizer.rule for network in networks} == {*Rule}
    assert {network.training.loss for network in networks} == {*Loss}
    assert {layer.activation for network in networks for layer in network.layers} == {*Activation}
    assert any(layer.recurrent_weights for network in networks for layer in network.layers)


@every_case
def test_the_reference_trains_as_pytorch_does(case: Recorded) -> None:
    for rounds, expected in enumerate(case.after, start=1):
        found = after_rounds(case.network, FLOATS, rounds)
        assert {id_: found[id_] for id_ in expected} == pytest.approx(expected, rel=1e-9, abs=1e-15)
        before = after_rounds(case.network, FLOATS, rounds - 1)
        assert before["E_total"] == pytest.approx(case.totals[rounds - 1], rel=1e-9)


@every_case
def test_autograd_trains_as_pytorch_does(case: Recorded) -> None:
    vector = by_autograd.trained_vector(case.network, len(case.after))
    assert by_autograd.by_name(case.network, vector) == pytest.approx(case.after[-1], rel=1e-9, abs=1e-15)


@every_case
def test_the_oracle_updates_as_pytorch_does(case: Recorded) -> None:
    """Round by round, each with the state that the round before left."""
    with precision(128):
        point = {id_: to_ball(it) for id_, it in given_numbers(case.network).items()}
        for expected in case.after:
            oracle = Oracle(case.network, point)
            updates = [oracle.updates(id_) for id_ in trained(case.network)]
            point |= {id_.removesuffix("+"): it for each in updates for id_, it in each.items() if id_.endswith("+")}
            found = {id_: float(point[id_]) for id_ in expected}
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-15)


@every_case
def test_training_is_pytorchs(case: Recorded) -> None:
    trace = derive(case.network).trace
    for rounds, expected in enumerate(case.after, start=1):
        found = {id_: float(it) for id_, it in trace.parameters(rounds, DRAWING_BITS).items()}
        assert {id_: found[id_] for id_ in expected} == pytest.approx(expected, rel=1e-9, abs=1e-15)


@every_case
def test_a_wrong_figure_is_told_from_pytorchs(case: Recorded) -> None:
    wrong = {id_: it * (1 + 1e-8) for id_, it in case.after[0].items()}
    found = after_rounds(case.network, FLOATS, 1)
    assert {id_: found[id_] for id_ in wrong} != pytest.approx(wrong, rel=1e-9, abs=1e-15)
