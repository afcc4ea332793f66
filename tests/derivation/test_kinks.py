"""At a kink: every way to compute a value finds the same, what is exactly there stays so, and nothing else is asked."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, fmpq

from symbackprop.derivation.balls import Real, Undecided, evaluate, kept_small, precision, to_ball, to_exact
from symbackprop.derivation.certify import certify
from symbackprop.derivation.code import Arithmetic, compiled
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.evaluation import open_question
from symbackprop.derivation.trainer import compiled_trainer, family_trainer
from symbackprop.functions import ACTIVATIONS, LOSSES, Activation, Function, Loss
from symbackprop.network import Network, Rule
from symbackprop.typeset.formula import Formula, quantities
from tests.networks import build, default_network, layer, optimizer

# --- Both evaluators --------------------------------------------------------------------------------------

AROUND = arb(0, "1e-10")
HALF = fmpq(1, 2)
THIRD_AS_BALL = arb(1) / 3

FUNCTIONS: dict[str, Function] = {str(name): function for name, function in (*ACTIVATIONS.items(), *LOSSES.items())}
FORMULAS: dict[str, Formula] = {
    f"{name} {part}": formula
    for name, function in FUNCTIONS.items()
    for part, formula in (("itself", function.definition), ("differentiated", function.derivative[-1].formula))
}
POINTS: dict[str, dict[str, Real]] = {
    "at 0": {"net": fmpq(0), "out": fmpq(0), "target": fmpq(0)},
    "at a ball without radius": {"net": arb(0), "out": arb(1), "target": arb(1)},
    "exact hit": {"net": fmpq(0), "out": HALF, "target": HALF},
    "just at kappa": {"net": fmpq(1), "out": HALF, "target": HALF + fmpq(7, 10)},
    "just at kappa, below": {"net": fmpq(-1), "out": HALF, "target": HALF - fmpq(7, 10)},
    "ordinary": {"net": fmpq(3, 10), "out": HALF, "target": fmpq(1, 5)},
    "ordinary, below": {"net": fmpq(-3, 10), "out": fmpq(1, 5), "target": fmpq(4)},
    "ordinary balls": {"net": THIRD_AS_BALL, "out": THIRD_AS_BALL, "target": -THIRD_AS_BALL},
    "ordinary balls, below": {"net": -THIRD_AS_BALL, "out": THIRD_AS_BALL, "target": 5 * THIRD_AS_BALL},
    "around 0": {"net": AROUND, "out": AROUND, "target": fmpq(1)},
    "around the target": {"net": AROUND, "out": HALF + AROUND, "target": HALF},
    "around kappa": {"net": AROUND, "out": HALF + AROUND, "target": HALF + fmpq(7, 10)},
}
SETTINGS: dict[str, Real] = {"alpha": fmpq(1, 4), "kappa": fmpq(7, 10)}


def outcome(formula: Formula, values: dict[str, Real], *, in_code: bool) -> Real | str:
    try:
        if not in_code:
            return evaluate(formula, values.__getitem__)
        code = compiled(formula, Arithmetic.BALLS)
        found: Real = code.run(*(values[slot] for slot in code.slots))
    except (ArithmeticError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return found


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)
def test_both_evaluators_agree(formula: Formula, point: dict[str, Real]) -> None:
    with precision(128):
        one, other = (outcome(formula, {**SETTINGS, **point}, in_code=in_code) for in_code in (False, True))
        if isinstance(one, str) or isinstance(other, str):
            assert one == other
            return
        if isinstance(one, fmpq):
            # A ball without a radius is as good as a fraction.
            assert one == other
        elif to_ball(one).is_finite():
            assert to_ball(one).overlaps(to_ball(other))
            assert abs(to_ball(one).rad() - to_ball(other).rad()) < arb("1e-9")
        else:
            assert not to_ball(other).is_finite()


UNDECIDED = [
    *[
        (f"{name} {part}", "around 0")
        for name in ("relu", "leaky_relu", "elu")
        for part in ("itself", "differentiated")
    ],
    ("absolute differentiated", "around the target"),
    ("huber itself", "around kappa"),
    ("huber differentiated", "around kappa"),
]


@pytest.mark.parametrize(("name", "point"), UNDECIDED)
def test_a_ball_around_a_kink_leaves_both_undecided(name: str, point: str) -> None:
    values = {**SETTINGS, **POINTS[point]}
    for in_code in (False, True):
        assert str(outcome(FORMULAS[name], values, in_code=in_code)).startswith(Undecided.__name__)
    assert "can't be told from its kink at " in open_question(FORMULAS[name], values.__getitem__)


def test_every_function_with_a_kink_knows_that_it_has_cases() -> None:
    found = {name for name, function in FUNCTIONS.items() if function.in_cases}
    relus = {Activation.RELU, Activation.LEAKY_RELU, Activation.ELU}
    assert found == {str(it) for it in (*relus, Loss.ABSOLUTE, Loss.HUBER)}


def test_nothing_of_a_branch_is_known_outside_of_it() -> None:
    """Huber's derivative needs sign(miss) in one branch only; the other one is told with a ball around 0."""
    formula = LOSSES[Loss.HUBER].derivative[-1].formula
    values = {**SETTINGS, **POINTS["around the target"]}
    code = compiled(formula, Arithmetic.BALLS)
    assert to_ball(code.run(*(values[slot] for slot in code.slots))).contains(0)
    assert set(code.slots) == set(quantities(formula))


# --- Fractions --------------------------------------------------------------------------------------------


def test_a_fraction_is_kept_until_it_is_long() -> None:
    with precision(64):
        assert kept_small(Fraction(1, 3)) == fmpq(1, 3)
        assert isinstance(kept_small(fmpq(1, 2**256 - 1)), fmpq)
        assert isinstance(kept_small(fmpq(1, 2**256)), arb)
        assert isinstance(kept_small(fmpq(2**256 + 1)), arb)
        assert kept_small(THIRD_AS_BALL) is THIRD_AS_BALL


def one_neuron(weight: str, input_: str, target: str, loss: Loss, threshold: str | None = None) -> Network:
    return build(
        layer([[weight]], activation=Activation.IDENTITY),
        inputs=[input_],
        targets=[target],
        loss=loss,
        threshold=threshold,
        learning_rate="1",
    )


EXACTLY_THERE: dict[str, tuple[Network, str, str]] = {
    "relu at 0": (
        build(
            layer([["0.1", "0.1"], ["0.5", "0.3"]], activation=Activation.RELU),
            layer([["0.4", "0.5"]]),
            inputs=["1", "-1"],
            targets=["0.3"],
        ),
        "net_h1",
        "0",
    ),
    "relu at 0, adam": (
        build(
            layer([["0.1", "0.1"], ["0.5", "0.3"]], activation=Activation.RELU),
            layer([["0.4", "0.5"]]),
            inputs=["1", "-1"],
            targets=["0.3"],
            rule=optimizer(Rule.ADAM),
        ),
        "net_h1",
        "0",
    ),
    "relu, led to 0": (
        build(layer([["0.3"]], activation=Activation.RELU), inputs=["1"], targets=["0"], learning_rate="1"),
        "out_o1",
        "0",
    ),
    "absolute, hit": (
        build(
            layer([["0.3", "0.1"]], activation=Activation.IDENTITY),
            inputs=["0.1", "-0.3"],
            targets=["0"],
            loss=Loss.ABSOLUTE,
        ),
        "out_o1",
        "0",
    ),
    "huber, led to a hit": (one_neuron("0.1", "1", "0.3", Loss.HUBER, "1"), "out_o1", "3/10"),
    "huber, hit": (one_neuron("0.1", "3", "0.3", Loss.HUBER, "1"), "out_o1", "3/10"),
    "l1, a weight of 0": (
        build(layer([["0", "0.1"]]), inputs=["0", "1"], targets=["1"], l1="0.1"),
        "w1",
        "0",
    ),
}
there = pytest.mark.parametrize(("network", "id_", "value"), EXACTLY_THERE.values(), ids=EXACTLY_THERE)


@there
def test_what_is_exactly_at_a_kink_stays_there(network: Network, id_: str, value: str) -> None:
    derivation = derive(network)
    for rounds in (1, 2, 10, 100):
        values = derivation.after(rounds)
        assert str(values.exact(id_)) == value
        assert values.shown("E_total", 9).digits
    assert certify(derivation).holds
    assert len(list(derivation.trace.walk(20, 128))) == 21


@there
def test_both_trainers_stay_there(network: Network, id_: str, value: str) -> None:
    derivation = derive(network)
    found = []
    with precision(128):
        for trainer in (compiled_trainer(derivation.steps), family_trainer(derivation.steps)):
            state = tuple(trainer.number(derivation.given[it]) for it in trainer.parameters)
            fixed = tuple(trainer.number(derivation.given[it]) for it in trainer.fixed_ids)
            found.append(trainer.advance(state, fixed, 12, Arithmetic.BALLS))
    for one, other in zip(*found, strict=True):
        assert to_ball(one).overlaps(to_ball(other))
    assert [type(it) for it in found[0]] == [type(it) for it in found[1]]
    if id_ in derivation.steps.state:
        assert str(found[0][derivation.steps.state.index(id_)]) == value


def all_numbers(derivation: Derivation) -> set[type]:
    trace = derivation.trace
    return {type(it) for it in trace.parameters(0, 128).values()}


def test_only_networks_with_kinks_are_trained_in_fractions() -> None:
    assert all_numbers(derive(default_network())) == {arb}
    assert all_numbers(derive(EXACTLY_THERE["relu at 0"][0])) == {fmpq}


def test_fractions_that_grow_become_balls() -> None:
    """Each round doubles the decimals of the weight, or nearly so."""
    network = build(
        layer([["0.3"], ["0.7"]], activation=Activation.RELU),
        layer([["0.7", "0.1"]], activation=Activation.RELU),
        inputs=["0.7"],
        targets=["0.1"],
        learning_rate="0.01",
    )
    parameters = derive(network).trace.parameters(50, 128).values()
    assert {type(it) for it in parameters} == {arb}
    with precision(128):
        assert all(to_ball(it).rel_accuracy_bits() > 100 for it in parameters)
    assert to_exact(Fraction(3, 10)) in derive(network).trace.parameters(0, 128).values()
