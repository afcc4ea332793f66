"""A round as one function: straight-line code and families of steps do the same, for every kind of network."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flint import arb
from hypothesis import assume, given, settings

from symbackprop.derivation.balls import precision, to_ball, to_exact
from symbackprop.derivation.code import Arithmetic
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.graph import TOTAL_ERROR
from symbackprop.derivation.steps import Plan
from symbackprop.derivation.trainer import MOST_COMPILED_WORK, State, Trainer, compiled_trainer, family_trainer
from symbackprop.network import Network
from tests.networks import build, default_network, layer, rightly
from tests.random_networks import any_networks, stays_well_behaved
from tests.reference import FLOATS, after_rounds

TRAINERS = (compiled_trainer, family_trainer)
both = pytest.mark.parametrize("trainer_of", TRAINERS, ids=["compiled", "families"])

TrainerOf = Callable[[Plan], Trainer]


def start(derivation: Derivation, trainer: Trainer) -> tuple[State, State]:
    return (
        tuple(to_ball(derivation.given[id_]) for id_ in trainer.parameters),
        tuple(to_ball(derivation.given[id_]) for id_ in trainer.fixed_ids),
    )


@settings(max_examples=30)
@given(any_networks(most_layers=3, most_neurons=3))
def test_both_ways_find_the_same_balls(network: Network) -> None:
    derivation = derive(network)
    with precision(256):
        found = []
        for trainer_of in TRAINERS:
            trainer = trainer_of(derivation.steps)
            state, fixed = start(derivation, trainer)
            after = trainer.advance(state, fixed, 2, Arithmetic.BALLS)
            found.append((*after, *trainer.measure(after, fixed, Arithmetic.BALLS)))
        for one, other in zip(*found, strict=True):
            assert to_ball(one).overlaps(to_ball(other))
            assert (to_ball(one) - to_ball(other)).rad() < arb(2) ** -64


@settings(max_examples=30)
@given(any_networks(most_layers=3, most_neurons=3))
def test_both_ways_train_doubles_as_the_reference_does(network: Network) -> None:
    network = rightly(network)
    derivation = derive(network)
    assume(stays_well_behaved(network, 2))
    plain = after_rounds(network, FLOATS, 2)
    for trainer_of in TRAINERS:
        trainer = trainer_of(derivation.steps)
        state = tuple(float(derivation.given[id_]) for id_ in trainer.parameters)
        fixed = tuple(float(derivation.given[id_]) for id_ in trainer.fixed_ids)
        after = trainer.advance(state, fixed, 2, Arithmetic.DOUBLES)
        found = dict(zip(trainer.parameters, after, strict=True))
        assert found == pytest.approx({id_: plain[id_] for id_ in found}, rel=1e-8, abs=1e-12)


@both
def test_what_is_measured_is_the_total_error_and_each_output(trainer_of: TrainerOf) -> None:
    derivation = derive(default_network())
    trainer = trainer_of(derivation.steps)
    state, fixed = start(derivation, trainer)
    assert trainer.measured == (TOTAL_ERROR, "out_o1", "out_o2")
    found = trainer.measure(state, fixed, Arithmetic.BALLS)
    plain = after_rounds(derivation.network, FLOATS, 0)
    assert list(map(float, found)) == pytest.approx([plain[id_] for id_ in trainer.measured], rel=1e-13)


@both
def test_no_round_changes_nothing(trainer_of: TrainerOf) -> None:
    derivation = derive(default_network())
    trainer = trainer_of(derivation.steps)
    state, fixed = start(derivation, trainer)
    assert trainer.advance(state, fixed, 0, Arithmetic.BALLS) == state


@both
def test_a_fraction_among_the_balls_counts_as_its_ball(trainer_of: TrainerOf) -> None:
    """What FLINT's own functions do with a number of another kind is not defined, so they are never called so."""
    derivation = derive(default_network())
    trainer = trainer_of(derivation.steps)
    state, fixed = start(derivation, trainer)
    mixed = (to_exact(derivation.given[trainer.parameters[0]]), *state[1:])
    expected = trainer.advance(state, fixed, 2, Arithmetic.BALLS)
    for found, ball in zip(trainer.advance(mixed, fixed, 2, Arithmetic.BALLS), expected, strict=True):
        assert isinstance(found, arb)
        assert found.overlaps(ball)
        assert float(found) == pytest.approx(float(ball), rel=1e-14)


def test_a_wide_network_is_run_by_families() -> None:
    wide = derive(build(layer([["0.01"] * 60] * 60), inputs=["1"] * 60, targets=["0"] * 60))
    assert wide.graph.shape.work > MOST_COMPILED_WORK
    assert "family_trainer" in wide.trainer.advance.__qualname__
    assert "compiled_trainer" in derive(default_network()).trainer.advance.__qualname__
    assert float(wide.after(1).value("E_total", 64)) < float(wide.values.value("E_total", 64))
