"""What is wrong is rejected: each route of the certificate is fed something that it must find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest

from symbackprop.derivation import at_large
from symbackprop.derivation.certify import Certificate, Failure, Route, certify
from symbackprop.derivation.code import Arithmetic, Writer
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.keys import (
    RULES,
    AddUp,
    BackwardPattern,
    BiasGradient,
    Chain,
    ForwardPattern,
    HiddenDelta,
    Paths,
    PathsToErrors,
    PatternKey,
    ScaledUpdate,
    Softmax,
    SoftmaxByNet,
    SoftmaxDelta,
    SumByInput,
    SumByWeight,
    SumOfShares,
    Update,
    WeightedSum,
    WithPenalty,
)
from symbackprop.derivation.pattern import Form, Pattern
from symbackprop.derivation.patterns import work_out
from symbackprop.derivation.steps import Plan
from symbackprop.derivation.trainer import State, Trainer, compiled_trainer, family_trainer, trainer_of
from symbackprop.functions import Activation, Loss
from symbackprop.network import Reduction, Reductions, Rule
from symbackprop.typeset.formula import ONE, TWO, Formula, Negative, Power, Product, Quantity, Sum, constant
from tests.broken import (
    Change,
    also,
    first_term,
    key_of,
    keys_of,
    line,
    negated,
    result,
    shortcut,
    users,
    with_key,
    with_pattern,
    with_slots,
)
from tests.networks import UPDATED, build, default_network, layer, optimizer, sample, trained_otherwise

DEFAULT = derive(default_network())
MISTAKEN = derive(trained_otherwise(default_network(), hidden_gradients=UPDATED))
DEEP = derive(
    build(
        layer([["0.3", "-0.4"]], "0.1"),
        layer([["0.5"], ["-0.7"]], ["0.2", "0.6"]),
        layer([["0.8", "-0.9"], ["1.1", "0.25"]], "-0.35"),
        inputs=["0.6", "-1.2"],
        targets=["0.2", "0.9"],
        update_biases=True,
    )
)
MEANS = Reductions(outputs=Reduction.MEAN, steps=Reduction.MEAN, batch=Reduction.MEAN)
RECURRENT = derive(
    build(
        layer(
            [["0.3", "-0.4"], ["0.5", "0.7"]],
            "0.1",
            activation=Activation.TANH,
            recurrent=[["0.2", "-0.6"], ["0.9", "0.35"]],
            state=["0.15", "-0.25"],
        ),
        layer([["0.8", "-0.9"]], ["0.4"], activation=Activation.SIGMOID, recurrent=[["0.45"]]),
        samples=[
            sample([["0.6", "-1.2"], ["0.35", "0.8"]], [["0.2"], ["0.9"]]),
            sample([["-0.5", "0.1"], ["1.1", "-0.7"]], [["0.6"], ["0.3"]]),
        ],
        reductions=MEANS,
        l1="0.05",
        l2="0.1",
        rule=optimizer(Rule.ADAMW),
        update_biases=True,
    )
)
"""Two steps, two samples, all means, both penalties: everything that has shares."""

CLASSES = derive(
    build(
        layer([["0.3", "-0.4"], ["0.5", "0.7"]], "0.1", activation=Activation.SOFTMAX),
        layer([["0.8", "-0.9"], ["0.2", "0.6"], ["-0.3", "0.1"]], ["0", "0.2", "0.1"], activation=Activation.SOFTMAX),
        inputs=["0.6", "-1.2"],
        targets=["0.2", "0.7", "0.1"],
        loss=Loss.CROSS_ENTROPY,
        rule=optimizer(Rule.NESTEROV),
        update_biases=True,
    )
)
YES_OR_NO = derive(
    build(
        layer([["0.3", "-0.4"], ["0.5", "0.7"]], "0.1", activation=Activation.GELU),
        layer([["0.8", "-0.9"]], "0.2"),
        inputs=["0.6", "-1.2"],
        targets=["1"],
        loss=Loss.BINARY_CROSS_ENTROPY,
        rule=optimizer(Rule.RMSPROP),
    )
)
DERIVATIONS = {
    "default": DEFAULT,
    "mistaken": MISTAKEN,
    "deep": DEEP,
    "recurrent": RECURRENT,
    "classes": CLASSES,
    "yes or no": YES_OR_NO,
    "momentum": derive(
        build(layer([["0.3"]]), inputs=["0.6"], targets=["1"], loss=Loss.SQUARED, rule=optimizer(Rule.MOMENTUM))
    ),
}


def failed_ids(certificate: Certificate, route: Route) -> list[str]:
    """The ids that failed by a route, each once, in the order in which they are told."""
    return list(dict.fromkeys(failure.id for failure in certificate.failures if failure.route is route))


def test_all_these_hold_while_nothing_is_broken() -> None:
    assert [name for name, it in DERIVATIONS.items() if not certify(it).holds] == []


# --- Every pattern, every line ----------------------------------------------------------------------------

OUT, TARGET = Quantity("out"), Quantity("target")
SLOPE = Product((OUT, Sum((ONE, Negative(OUT)))))
TWO_INPUTS = WeightedSum(inputs=2, bias=True)

ALL_KINDS = [kind for union in (ForwardPattern, BackwardPattern) for kind in get_args(union)]


def an_example(kind: type) -> tuple[Derivation, PatternKey]:
    for derivation in DERIVATIONS.values():
        for key in keys_of(derivation):
            if isinstance(key, kind):
                return derivation, key
    raise AssertionError(f"no step with {kind.__name__}")


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.__name__)
def test_a_wrong_sign_is_found_in_every_kind_of_pattern(kind: type) -> None:
    derivation, key = an_example(kind)
    certificate = certify(with_pattern(derivation, key, negated))
    first, *_ = users(derivation, key)
    assert failed_ids(certificate, Route.POINTS)[0] == first
    local = work_out(key).differentiates is not None
    assert failed_ids(certificate, Route.PATTERN) == (users(derivation, key) if local else [])
    assert not certificate.holds
    assert first not in {proof.id for proof in certificate.proofs}


def test_the_table_of_kinds_is_complete() -> None:
    assert set(ALL_KINDS) == set(RULES)


LITTLE = constant(1, 10**12)


def wrong_lines(pattern: Pattern) -> dict[str, Change]:
    """The pattern with a billionth of a thousandth too much in each of its lines and forms, one at a time."""
    found: dict[str, Change] = {}
    for number, it in enumerate(pattern.working, start=1):
        found[f"line {number}"] = line(number, Sum((it.formula, LITTLE)))
    for number, it in enumerate(pattern.shortcut, start=1):
        found[f"shortcut {number}"] = shortcut(number, Sum((it.formula, LITTLE)))
    return found | {form.value: also(form, Sum((it, LITTLE))) for form, it in pattern.also.items()}


LINES = [
    pytest.param(derivation, key, part, id=f"{name}-{type(key).__name__}-{part}")
    for name, derivation in DERIVATIONS.items()
    for key in (keys_of(derivation) if name == "deep" else {type(key): key for key in keys_of(derivation)}.values())
    for part in wrong_lines(work_out(key))
    if name in ("deep", "recurrent", "classes", "yes or no") or isinstance(key, HiddenDelta | PathsToErrors)
]


@pytest.mark.parametrize(("derivation", "key", "part"), LINES)
def test_every_line_is_examined(derivation: Derivation, key: PatternKey, part: str) -> None:
    certificate = certify(with_pattern(derivation, key, wrong_lines(work_out(key))[part]))
    failed, following = failed_ids(certificate, Route.POINTS), users(derivation, key)
    assert [id_ for id_ in failed if id_ in following] == following
    # A gradient is also shown with its delta written out: that line is wrong then, and nothing else.
    others = [derivation.steps[id_] for id_ in failed if id_ not in following]
    assert all(step.kind is Kind.GRADIENT and step.slots["delta"] in following for step in others)
    is_delta = part in (Form.FACTORS_WRITTEN_OUT.value, Form.FUSED.value)
    assert bool(others) is is_delta
    local = part.startswith(("line", "shortcut"))
    assert failed_ids(certificate, Route.PATTERN) == (following if local else [])


# --- The exact route --------------------------------------------------------------------------------------

BY_PATTERN: list[tuple[str, str, Change, str]] = [
    ("a sign in the logistic function's derivative", "dout_h1/dnet_h1", result(Negative(SLOPE)), "line 5"),
    ("1 + out instead of 1 - out", "dout_h1/dnet_h1", result(Product((OUT, Sum((ONE, OUT))))), "line 5"),
    ("a first line of the chain rule", "dout_h1/dnet_h1", line(1, SLOPE.factors[1]), "line 1"),
    ("a square too much", "dout_h1/dnet_h1", line(2, Power(SLOPE, TWO)), "line 2"),
    ("target + out", "dE_o1/dout_o1", result(Negative(Sum((TARGET, OUT)))), "line 2"),
    ("the minus forgotten", "dE_o1/dout_o1", result(Sum((TARGET, Negative(OUT)))), "line 2"),
    ("the two not cancelled", "dE_o1/dout_o1", line(1, Product((TWO, Sum((OUT, Negative(TARGET)))))), "line 1"),
    (
        "another output's term",
        "dE_total/dout_o1",
        result(Sum((Quantity("out2"), Negative(Quantity("target2"))))),
        "line 2",
    ),
    ("a wrong weight's input", "dnet_o1/dw5", result(Quantity("x2")), "line 2"),
    ("the weight instead of its input", "dnet_o1/dw5", result(Quantity("w1")), "line 2"),
    ("the other weight", "dnet_o1/dout_h1", result(Quantity("w2")), "line 2"),
    ("a term that doesn't vanish", "dnet_o1/dw5", line(1, Sum((Quantity("x1"), Quantity("b")))), "line 1"),
]


@pytest.mark.parametrize(("id_", "change", "told"), [row[1:] for row in BY_PATTERN], ids=[row[0] for row in BY_PATTERN])
def test_the_pattern_route_names_step_and_line(id_: str, change: Change, told: str) -> None:
    key = key_of(DEFAULT, id_)
    certificate = certify(with_pattern(DEFAULT, key, change))
    assert [it for it in certificate.failures if it.route is Route.PATTERN] == [
        Failure(id=user, route=Route.PATTERN, why=f"{told} differs from sympy's derivative of the definition")
        for user in users(DEFAULT, key)
    ]


def test_the_exact_route_names_a_wrong_line_of_a_shortcut() -> None:
    id_ = "delta_o1"
    change = shortcut(2, Sum((OUT, TARGET)))
    certificate = certify(with_pattern(YES_OR_NO, key_of(YES_OR_NO, id_), change))
    told = [it.why for it in certificate.failures if it.route is Route.PATTERN]
    assert told == ["line 2 differs from sympy's derivative of the definition"]


# --- Training -------------------------------------------------------------------------------------------


def slipping(monkeypatch: pytest.MonkeyPatch, derivation: Derivation) -> Derivation:
    """The derivation with a round for which the compiler adds updates instead of subtracting them."""
    right = Writer._sum

    def adding(writer: Writer, terms: tuple[Formula, ...]) -> str:
        old, *others = terms
        is_update = isinstance(old, Quantity) and old.id.startswith("w")
        bodies = (other.body if isinstance(other, Negative) else other for other in others)
        return right(writer, (old, *bodies) if is_update else terms)

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "_sum", adding)
        trainer = compiled_trainer(derivation.steps)
    return replace(derivation, trainers=lambda _: trainer)


@pytest.mark.parametrize("name", ["default", "momentum"])
def test_a_slip_of_the_compiler_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No step is wrong, only what training makes of them."""
    derivation = DERIVATIONS[name]
    certificate = certify(slipping(monkeypatch, derivation))
    assert failed_ids(certificate, Route.POINTS) == [
        id_ for id_ in derivation.steps if id_.startswith("w") and "+" in id_
    ]
    assert all(it.why.startswith("compiled for training, at point ") for it in certificate.failures)


def test_a_trainer_that_measures_or_advances_wrongly_is_found() -> None:
    right = family_trainer(RECURRENT.steps)

    def idle(state: Any, *_: Any) -> Any:
        return state

    def shifted(*arguments: Any) -> Any:
        first, *others = right.measure(*arguments)
        return (first + 1, *others)

    def found(trainer: Trainer) -> set[str]:
        return set(failed_ids(certify(replace(RECURRENT, trainers=lambda _: trainer)), Route.POINTS))

    assert found(right) == set()
    assert found(replace(right, measure=shifted)) == {"E_total"}
    assert found(replace(right, advance=idle)) == {f"{id_}+" for id_ in right.parameters}


# --- The numerical route ----------------------------------------------------------------------------------


def direct_path_dropped() -> Derivation:
    key = key_of(RECURRENT, "dE[1]/dout_o1[1,1]")
    assert isinstance(key, Paths)
    return with_key(RECURRENT, "dE[1]/dout_o1[1,1]", Paths(key.paths))


def penalty_dropped() -> Derivation:
    return with_key(RECURRENT, "dE_total/dw9", WithPenalty(l1=True, l2=False))


BY_POINTS: list[tuple[str, Callable[[], Derivation], str]] = [
    ("a net input with a wrong weight", lambda: with_slots(DEFAULT, "net_h1", w2="w3"), "net_h1"),
    ("a net input of the wrong layer", lambda: with_slots(DEFAULT, "net_o1", x1="i1"), "net_o1"),
    ("an output of another neuron", lambda: with_slots(DEFAULT, "out_h2", net="net_h1"), "out_h2"),
    ("another target", lambda: with_slots(DEFAULT, "E_o2", target="target_o1"), "E_o2"),
    ("an error counted twice", lambda: with_slots(DEFAULT, "E_total", e2="E_o1"), "E_total"),
    (
        "swapped outputs",
        lambda: with_slots(DEFAULT, "dE_total/dout_o1", out1="out_o2", out2="out_o1"),
        "dE_total/dout_o1",
    ),
    ("another error's slope", lambda: with_slots(DEFAULT, "dE_o1/dout_o1", target="target_o2"), "dE_o1/dout_o1"),
    ("another neuron's slope", lambda: with_slots(DEFAULT, "dout_h2/dnet_h2", out="out_h1"), "dout_h2/dnet_h2"),
    ("a wrong weight index", lambda: with_key(DEFAULT, "dnet_o1/dw5", SumByWeight(TWO_INPUTS, 2)), "dnet_o1/dw5"),
    ("a wrong input index", lambda: with_key(DEFAULT, "dnet_o1/dout_h1", SumByInput(TWO_INPUTS, 2)), "dnet_o1/dout_h1"),
    ("a weight of another neuron", lambda: with_slots(DEFAULT, "dnet_o2/dout_h1", w1="w5"), "dnet_o2/dout_h1"),
    ("a factor of another neuron", lambda: with_slots(DEFAULT, "delta_o2", f2="dout_o1/dnet_o1"), "delta_o2"),
    ("another delta's name", lambda: with_slots(DEFAULT, "dE_total/dnet_o2", same="delta_o1"), "dE_total/dnet_o2"),
    ("a path of another error", lambda: with_slots(DEFAULT, "dE_o2/dout_h1", f1="dE_o1/dnet_o1"), "dE_o2/dout_h1"),
    ("a path counted twice", lambda: with_slots(DEFAULT, "dE_total/dout_h1", p2="dE_o1/dout_h1"), "dE_total/dout_h1"),
    ("a path dropped", lambda: with_pattern(DEFAULT, PathsToErrors(2), result(Quantity("p1"))), "dE_total/dout_h1"),
    ("a deep path dropped", lambda: dropped(Paths(2)), "dE_total/dout_h1_1"),
    (
        "a delta that returns by a wrong weight",
        lambda: with_slots(DEFAULT, "dE_total/dout_h1", v1="w6"),
        "dE_total/dout_h1",
    ),
    ("a written-out delta with a wrong weight", lambda: with_slots(DEFAULT, "delta_h2", v2="w7"), "delta_h2"),
    ("a gradient with a wrong input", lambda: with_slots(DEFAULT, "dE_total/dw5", x="out_h2"), "dE_total/dw5"),
    ("a gradient with a wrong factor", lambda: with_slots(DEFAULT, "dE_total/dw2", f3="dnet_h1/dw1"), "dE_total/dw2"),
    ("a gradient with a wrong delta", lambda: with_slots(DEFAULT, "dE_total/dw3", delta="delta_h1"), "dE_total/dw3"),
    ("a shared bias that misses a neuron", lambda: dropped(BiasGradient(2)), "dE_total/db3"),
    ("a bias with another's delta", lambda: with_slots(DEEP, "dE_total/db3", delta2="delta_o1"), "dE_total/db3"),
    ("an update with a wrong gradient", lambda: with_slots(DEFAULT, "w5+", gradient="dE_total/dw6"), "w5+"),
    ("an update of another weight", lambda: with_slots(DEFAULT, "w5+", old="w6"), "w5+"),
    ("an update uphill", lambda: with_pattern(DEFAULT, Update(), uphill), "w5+"),
    ("the wrong updated weight", lambda: with_slots(MISTAKEN, "dnet_o1/dout_h1", updated="w6+"), "dnet_o1/dout_h1"),
    ("an original weight by mistake", lambda: with_slots(MISTAKEN, "dnet_o2/dout_h1", updated="w7"), "dnet_o2/dout_h1"),
    ("a transposed recurrent weight", lambda: with_slots(RECURRENT, "net_h1[1,2]", w4="w7"), "net_h1[1,2]"),
    (
        "a transposed recurrent weight on the way back",
        lambda: with_slots(RECURRENT, "dE[1]/dout_h1[1,1]", v3="w4"),
        "dE[1]/dout_h1[1,1]",
    ),
    ("another sample's state", lambda: with_slots(RECURRENT, "net_o1[2,2]", x3="out_o1[1,1]"), "net_o1[2,2]"),
    ("another neuron's state", lambda: with_slots(RECURRENT, "net_h2[2,2]", x4="out_h1[2,1]"), "net_h2[2,2]"),
    ("another sample's target", lambda: with_slots(RECURRENT, "E_o1[2,1]", target="target_o1[1,1]"), "E_o1[2,1]"),
    ("a time step's share dropped", lambda: dropped(SumOfShares(2), RECURRENT), "dE[1]/dw9"),
    ("a sample's share dropped", lambda: dropped(SumOfShares(2, 2), RECURRENT), "dE_data/dw9"),
    ("a share counted twice", lambda: with_slots(RECURRENT, "dE[2]/dw4", s2="dE[2]/dw4[2,1]"), "dE[2]/dw4"),
    ("a mean that is a sum", lambda: with_key(RECURRENT, "dE_data/db1", SumOfShares(2)), "dE_data/db1"),
    (
        "a share with another step's delta",
        lambda: with_slots(RECURRENT, "dE[1]/dw3[1,2]", delta="delta_h1[1,1]"),
        "dE[1]/dw3[1,2]",
    ),
    ("a share with its own output", lambda: with_slots(RECURRENT, "dE[1]/dw3[1,2]", x="out_h1[1,2]"), "dE[1]/dw3[1,2]"),
    ("an output's own error dropped", direct_path_dropped, "dE[1]/dout_o1[1,1]"),
    ("a penalty missing", penalty_dropped, "dE_total/dw9"),
    ("another weight's penalty", lambda: with_slots(RECURRENT, "dE_total/dw9", w="w10"), "dE_total/dw9"),
    ("the wrong strength", lambda: with_slots(RECURRENT, "E_l2", **{"lambda": "lambda1"}), "E_l2"),
    ("a penalty left out of the total", lambda: with_key(RECURRENT, "E_total", AddUp(2)), "E_total"),
    ("the other average's decay", lambda: with_slots(RECURRENT, "m_w9+", decay="beta2"), "m_w9+"),
    ("the other average's power", lambda: with_slots(RECURRENT, "vhat_b1", power="beta1_t+"), "vhat_b1"),
    ("weights that don't decay", lambda: with_key(RECURRENT, "w9+", ScaledUpdate()), "w9+"),
    ("a momentum of another", lambda: with_slots(CLASSES, "w5+", momentum="m_w6+"), "w5+"),
    ("another class's output", lambda: with_key(CLASSES, "out_o2", Softmax(3, 1)), "out_o2"),
    (
        "one's own slope for another's",
        lambda: with_key(CLASSES, "dout_o1/dnet_o2", SoftmaxByNet(3, 1, 1)),
        "dout_o1/dnet_o2",
    ),
    ("a path over a class dropped", lambda: dropped(SoftmaxDelta(2, 1, fused=False), CLASSES), "delta_h1"),
]


def dropped(key: PatternKey, derivation: Derivation = DEEP) -> Derivation:
    """The derivation with only the first term of a sum over paths, neurons or shares."""
    return with_pattern(derivation, key, first_term)


def uphill(pattern: Pattern) -> Pattern:
    return replace(pattern, result=Sum((Quantity("old"), Product((Quantity("eta"), Quantity("gradient"))))))


@pytest.mark.parametrize(("broken", "id_"), [row[1:] for row in BY_POINTS], ids=[row[0] for row in BY_POINTS])
def test_the_points_route_names_the_first_wrong_step(broken: Callable[[], Derivation], id_: str) -> None:
    certificate = certify(broken())
    assert failed_ids(certificate, Route.POINTS)[0] == id_
    assert not certificate.holds
    first = next(it for it in certificate.failures if it.route is Route.POINTS)
    assert first.why.startswith("at point 0: ")
    assert " instead of " in first.why


def test_a_formula_that_is_right_only_for_the_networks_own_numbers_is_found() -> None:
    """i1 is 0.05 here, but dnet_h1/dw1 is i1, not 0.05."""
    id_, own_key = "dE_total/dw1", Chain(3)
    pattern = replace(work_out(own_key), result=Product((Quantity("f1"), Quantity("f2"), constant(5, 100))))
    broken = with_pattern(with_key(DEFAULT, id_, own_key), own_key, lambda _: pattern)
    failures = [it for it in certify(broken).failures if it.route is Route.POINTS]
    assert failures[0].id == id_
    assert failures[0].why.startswith("at point 1: ")


def gradients(*numbers: int) -> list[str]:
    return [f"dE_total/dw{number}" for number in numbers]


BY_FLAT: list[tuple[str, Callable[[], Derivation], list[str]]] = [
    ("one gradient's factor", lambda: with_slots(DEFAULT, "dE_total/dw2", f3="dnet_h1/dw1"), ["dE_total/dw2"]),
    ("an output's slope", lambda: with_slots(DEFAULT, "dE_total/dw7", f2="dout_o1/dnet_o1"), ["dE_total/dw7"]),
    ("a path dropped", lambda: with_pattern(DEFAULT, PathsToErrors(2), result(Quantity("p2"))), gradients(1, 2, 3, 4)),
    ("a sign", lambda: with_pattern(DEFAULT, key_of(DEFAULT, "dE_total/dw5"), negated), gradients(*range(1, 9))),
    ("a path's weight", lambda: with_slots(DEFAULT, "dE_o2/dout_h2", f2="dnet_o2/dout_h1"), gradients(3, 4)),
    ("a shared bias", lambda: dropped(BiasGradient(2)), ["dE_total/db3"]),
]


@pytest.mark.parametrize(("broken", "ids"), [row[1:] for row in BY_FLAT], ids=[row[0] for row in BY_FLAT])
def test_the_flat_route_names_every_wrong_gradient(broken: Callable[[], Derivation], ids: list[str]) -> None:
    certificate = certify(broken())
    assert certificate.flat
    assert sorted(failed_ids(certificate, Route.FLAT)) == ids


def test_a_definition_that_is_not_the_networks_own_is_found() -> None:
    """A page shows the definition that a factor differentiates; a constant more has the same derivative."""
    key = key_of(DEFAULT, "dE_total/dout_o1")

    def change(pattern: Pattern) -> Pattern:
        assert pattern.differentiates is not None
        definition = Sum((pattern.differentiates.definition, ONE))
        return replace(pattern, differentiates=replace(pattern.differentiates, definition=definition))

    assert not certify(with_pattern(DEFAULT, key, change)).holds


def test_failing_steps_have_no_proof_and_others_keep_theirs() -> None:
    certificate = certify(with_slots(DEFAULT, "w5+", old="w6"))
    assert {failure.id for failure in certificate.failures} == {"w5+"}
    computed = {step.id for step in DEFAULT.steps.values() if step.pattern is not None}
    assert {proof.id for proof in certificate.proofs} == computed - {"w5+"}


# --- The route of large networks --------------------------------------------------------------------------

NUMBERS = [f"0.{number:03}" for number in range(1, 51)]
LARGE = derive(
    build(
        layer([[*NUMBERS[start:], *NUMBERS[:start]] for start in range(40)], "0.1", activation=Activation.TANH),
        layer([NUMBERS[:40]]),
        inputs=NUMBERS,
        targets=["0.3"],
        rule=optimizer(Rule.ADAM),
    )
)

BY_DIRECTION: list[tuple[str, Callable[[], Derivation], str]] = [
    ("a net input with a wrong weight", lambda: with_slots(LARGE, "net_h20", w7="w8"), "net_h20"),
    ("a gradient with a wrong input", lambda: with_slots(LARGE, "dE_total/dw777", x="i2"), "dE_total/dw777"),
    ("a delta with a wrong slope", lambda: with_slots(LARGE, "delta_h20", f2="dout_h19/dnet_h19"), "delta_h20"),
    ("an update of another weight", lambda: with_slots(LARGE, "w777+", old="w778"), "w777+"),
    ("a state of another weight", lambda: with_slots(LARGE, "v_w777+", gradient="dE_total/dw778"), "v_w777+"),
]


@pytest.mark.parametrize(("broken", "id_"), [row[1:] for row in BY_DIRECTION], ids=[row[0] for row in BY_DIRECTION])
def test_the_directions_route_finds_what_no_single_neuron_shows(broken: Callable[[], Derivation], id_: str) -> None:
    certificate = certify(broken())
    assert id_ in failed_ids(certificate, Route.DIRECTION)
    assert not certificate.holds


WIDE_SOFTMAX = derive(
    build(
        layer([[*NUMBERS[start:], *NUMBERS[:start]] for start in range(40)], "0.1"),
        layer([NUMBERS[start : start + 40] for start in range(5)], activation=Activation.SOFTMAX),
        inputs=NUMBERS,
        targets=["0", "0", "1", "0", "0"],
        loss=Loss.CROSS_ENTROPY,
    )
)

OF_LARGE: list[tuple[str, Callable[[], Derivation]]] = [
    ("a slope of softmax", lambda: with_slots(WIDE_SOFTMAX, "dout_o3/dnet_o4", out4="out_o5")),
    ("a pattern of softmax", lambda: _negated(WIDE_SOFTMAX, "out_o3")),
    ("a slope's pattern", lambda: _negated(WIDE_SOFTMAX, "dout_o3/dnet_o4")),
    ("a delta over all outputs", lambda: _negated(WIDE_SOFTMAX, "delta_o3")),
    ("a shortcut", lambda: with_slots(WIDE_SOFTMAX, "delta_o3", target3="target_o1")),
    ("a weight's derivative", lambda: _negated(WIDE_SOFTMAX, "dnet_h7/dw330")),
    ("a weight on the way back", lambda: _negated(WIDE_SOFTMAX, "dnet_o2/dout_h30")),
    ("a factor of a gradient", lambda: with_slots(WIDE_SOFTMAX, "dE_total/dw1000", f1="dE_total/dout_o3")),
    ("the last factor", lambda: with_slots(WIDE_SOFTMAX, "dE_total/dw1000", f3="dnet_h20/dw999")),
    ("a path to a neuron", lambda: with_slots(WIDE_SOFTMAX, "dE_total/dout_h7", d2="delta_o1")),
    ("a returning weight", lambda: with_slots(WIDE_SOFTMAX, "delta_h7", v3="w2001")),
    ("a gradient", lambda: with_slots(WIDE_SOFTMAX, "dE_total/dw1773", x="i9", f3="dnet_h36/dw1774")),
    ("an update", lambda: with_slots(WIDE_SOFTMAX, "w1773+", old="w9")),
    ("a path to an error", lambda: with_slots(LARGE, "dE_total/dout_h7", p1="dE_o1/dout_h8")),
    ("an error by an output", lambda: with_slots(LARGE, "dE_o1/dout_h7", f2="dnet_o1/dout_h8")),
    ("an activation's slope", lambda: _negated(LARGE, "dout_h30/dnet_h30")),
    ("a gradient's pattern", lambda: _negated(LARGE, "dE_total/dw5")),
]
"""Wrong in one place each, far from the first neuron."""


def _negated(derivation: Derivation, id_: str) -> Derivation:
    return with_pattern(derivation, key_of(derivation, id_), negated)


@pytest.mark.parametrize("broken", [row[1] for row in OF_LARGE], ids=[row[0] for row in OF_LARGE])
def test_nothing_of_a_large_network_is_left_out(broken: Callable[[], Derivation]) -> None:
    assert not certify(broken()).holds


def test_nothing_is_looked_at_through_a_rate_of_0() -> None:
    assert 0 not in at_large._rates(1, 100_000)


def test_a_large_networks_training_is_examined_where_it_is_told() -> None:
    network = replace(LARGE.network, training=replace(LARGE.network.training, rounds=2))
    right = derive(network)
    assert certify(right).holds

    def doubled(plan: Plan) -> Trainer:
        trainer = trainer_of(plan)

        def advance(state: State, fixed: State, rounds: int, arithmetic: Arithmetic) -> State:
            return tuple(2 * number for number in trainer.advance(state, fixed, rounds, arithmetic))

        return replace(trainer, advance=advance)

    assert not certify(replace(right, trainers=doubled)).holds
