"""The certificate: it holds for what is right, as other people's tools confirm, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Any, get_args

import autograd.numpy as np
import pytest
from autograd import grad
from hypothesis import given, settings

from symbackprop.derivation import train
from symbackprop.derivation.certify import RANDOM_POINTS, Certificate, Failure, Route, certify
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.flat import is_small
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.keys import (
    RULES,
    BackwardPattern,
    BiasGradient,
    Chain,
    ForwardPattern,
    HiddenDelta,
    HiddenGradient,
    PathsToErrors,
    PathsToNeurons,
    PatternKey,
    SumByInput,
    SumByWeight,
    Update,
    WeightedSum,
)
from symbackprop.derivation.patterns import Form, Pattern
from symbackprop.network import Given, Network
from symbackprop.typeset.formula import ONE, TWO, Formula, Negative, Power, Product, Quantity, Sum, constant
from tests.networks import ORIGINAL, UPDATED, build, default_network, layer, networks, trained_otherwise
from tests.reference import bias_names, weight_names

DEFAULT = derive(default_network())

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
MISTAKEN = derive(trained_otherwise(default_network(), hidden_gradients=UPDATED))


# --- What is right holds ----------------------------------------------------------------------------------


def test_the_default_network_is_proved_by_all_routes() -> None:
    certificate = certify(DEFAULT)
    assert certificate.holds
    assert certificate.failures == ()
    computed = [step.id for step in DEFAULT.steps.values() if step.pattern is not None]
    assert [proof.id for proof in certificate.proofs] == computed
    assert certificate.flat
    assert certificate.mistaken == ()
    assert certificate.points == RANDOM_POINTS + 1
    routes = {proof.id: proof.routes for proof in certificate.proofs}
    assert routes["net_h1"] == (Route.POINTS,)
    assert routes["dout_o1/dnet_o1"] == (Route.PATTERN, Route.POINTS)
    assert routes["dE_total/dw1"] == (Route.POINTS, Route.FLAT)


def test_a_proof_counts_the_lines_that_a_page_may_show() -> None:
    lines = {proof.id: proof.lines for proof in certify(DEFAULT).proofs}
    assert lines["net_h1"] == 1
    assert lines["dout_o1/dnet_o1"] == 5
    assert lines["dE_total/dw5"] == 3


def test_the_mistake_on_request_is_proved_to_be_that_mistake() -> None:
    certificate = certify(MISTAKEN)
    assert certificate.holds
    assert not certificate.flat
    hidden = {id_ for id_ in MISTAKEN.steps if id_.startswith(("dE_total/dout_h", "delta_h", "dE_total/dnet_h"))}
    weights = {f"dE_total/dw{number}" for number in range(1, 5)} | {f"w{number}+" for number in range(1, 5)}
    back = {f"{of}/dout_h{number}" for number in (1, 2) for of in ("dnet_o1", "dnet_o2", "dE_o1", "dE_o2")}
    assert set(certificate.mistaken) == hidden | weights | back


def test_the_mistake_is_no_derivative() -> None:
    unasked = replace(MISTAKEN, network=trained_otherwise(MISTAKEN.network, hidden_gradients=ORIGINAL))
    failed = failed_ids(certify(unasked), Route.POINTS)
    assert failed[0] == "dnet_o1/dout_h1"
    assert {"dE_total/dw1", "w4+"} <= set(failed)
    assert not failed_ids(certify(unasked), Route.PATTERN)


@pytest.mark.parametrize(
    "network",
    [
        build(layer([["1000", "-1000"]], "1000"), layer([["-1000"]]), inputs=["1", "0.5"], targets=["0.5"]),
        build(layer([["0"], ["0"]]), layer([["0", "0"]], "0"), inputs=["0"], targets=["0"], update_biases=True),
        build(layer([["1"], ["1"]]), layer([["1", "-1"]]), inputs=["1"], targets=["0.5"]),
    ],
    ids=["saturated", "zeros", "symmetrical"],
)
def test_unusual_numbers_are_proved_too(network: Network) -> None:
    assert certify(derive(network)).holds


@settings(max_examples=50)
@given(networks())
def test_random_networks_are_proved(network: Network) -> None:
    derivation = derive(network)
    certificate = certify(derivation)
    assert certificate.holds, certificate.failures[:3]
    assert [it.id for it in certificate.proofs] == [it.id for it in derivation.steps.values() if it.pattern]
    assert certificate.flat is (is_small(network) and not certificate.mistaken)
    hidden = len(network.layers) > 1
    assert bool(certificate.mistaken) is (hidden and network.training.hidden_gradients is UPDATED)


# --- A second oracle: autograd, in doubles ----------------------------------------------------------------

Parameters = list[dict[str, Any]]
"""For each layer its weights, and its biases if it has any."""


def initial(network: Network) -> Parameters:
    found: Parameters = []
    for here in network.layers:
        found.append({"weights": np.array([[float(it.exact) for it in row] for row in here.weights])})
        if isinstance(here.biases, Given):
            found[-1]["biases"] = float(here.biases.exact)
        elif here.biases is not None:
            found[-1]["biases"] = np.array([float(it.exact) for it in here.biases])
    return found


def forward(network: Network, found: Parameters) -> list[Any]:
    signals = [np.array([float(it.exact) for it in network.samples[0].inputs[0]])]
    for here in found:
        net = np.dot(here["weights"], signals[-1]) + here.get("biases", 0.0)
        signals.append(1 / (1 + np.exp(-net)))
    return signals


def total_error(found: Parameters, network: Network) -> Any:
    targets = np.array([float(it.exact) for it in network.samples[0].targets[0]])
    return 0.5 * np.sum((targets - forward(network, found)[-1]) ** 2)


def mistaken_slopes(network: Network) -> Parameters:
    """What comes out where a layer's updated weights carry the error back."""
    found, eta = initial(network), float(network.training.learning_rate.exact)
    signals = forward(network, found)
    targets = np.array([float(it.exact) for it in network.samples[0].targets[0]])
    back = signals[-1] - targets
    slopes: Parameters = []
    for here, before, after in zip(reversed(found), signals[-2::-1], signals[::-1], strict=False):
        delta = back * after * (1 - after)
        slopes.insert(0, {"weights": np.outer(delta, before)})
        if "biases" in here:
            slopes[0]["biases"] = delta if np.ndim(here["biases"]) else np.sum(delta)
        back = np.dot(np.transpose(here["weights"] - eta * slopes[0]["weights"]), delta)
    return slopes


def by_name(network: Network, found: Parameters) -> dict[str, float]:
    """The same numbers by the ids of their weights and biases."""
    named: dict[str, float] = {}
    for here, weights, biases in zip(found, weight_names(network), bias_names(network), strict=True):
        named |= dict(zip(chain.from_iterable(weights), map(float, np.ravel(here["weights"])), strict=True))
        if "biases" in here:
            named |= dict(zip(dict.fromkeys(map(str, biases)), map(float, np.ravel(here["biases"])), strict=True))
    return named


@settings(max_examples=50)
@given(networks())
def test_gradients_and_updates_agree_with_autograd(network: Network) -> None:
    if network.training.hidden_gradients is UPDATED:
        slopes = by_name(network, mistaken_slopes(network))
    else:
        slopes = by_name(network, grad(total_error)(initial(network), network))
    derivation = derive(network)
    values = {id_: float(value) for id_, value in derivation.values.at(128).items()}
    start, eta = by_name(network, initial(network)), float(network.training.learning_rate.exact)
    learning = {name for name in slopes if name.startswith("w") or network.training.update_biases}
    assert {f"dE_total/d{name}" for name in learning} == {
        step.id for step in derivation.steps.values() if step.kind is Kind.GRADIENT
    }
    for name in learning:
        assert values[f"dE_total/d{name}"] == pytest.approx(slopes[name], rel=1e-9, abs=1e-15)
        assert values[f"{name}+"] == pytest.approx(start[name] - eta * slopes[name], rel=1e-9, abs=1e-15)
    assert values["E_total"] == pytest.approx(float(total_error(initial(network), network)), rel=1e-9, abs=1e-15)


def test_the_two_ways_agree_where_there_is_nothing_to_mistake() -> None:
    """Guards the hand-written mistake above: in the output layer it makes no difference."""
    network = build(layer([["0.3", "-0.4"], ["1", "2"]], "0.1"), inputs=["0.6", "1"], targets=["0.2", "1"])
    right = by_name(network, grad(total_error)(initial(network), network))
    assert by_name(network, mistaken_slopes(network)) == pytest.approx(right, rel=1e-12)


# --- What is wrong is rejected ----------------------------------------------------------------------------

Change = Callable[[Pattern], Pattern]


def with_pattern(derivation: Derivation, key: PatternKey, change: Change) -> Derivation:
    """The derivation with one pattern changed, for all steps that share it."""
    patterns = {**derivation.patterns, key: change(derivation.patterns[key])}
    return replace(derivation, patterns=patterns)


def with_slots(derivation: Derivation, id_: str, **slots: str) -> Derivation:
    """The derivation with other quantities in some slots of one step."""
    step = derivation.steps[id_]
    assert set(slots) <= set(step.slots)
    return replace(derivation, steps={**derivation.steps, id_: replace(step, slots={**step.slots, **slots})})


def with_key(derivation: Derivation, id_: str, key: PatternKey) -> Derivation:
    """The derivation with another of its patterns for one step."""
    assert key in derivation.patterns
    return replace(derivation, steps={**derivation.steps, id_: replace(derivation.steps[id_], pattern=key)})


def result(formula: Formula) -> Change:
    return lambda pattern: replace(pattern, result=formula)


def negated(pattern: Pattern) -> Pattern:
    return replace(pattern, result=Negative(pattern.result))


def line(number: int, formula: Formula) -> Change:
    """Another formula for one of the working lines, counted from 1."""

    def change(pattern: Pattern) -> Pattern:
        working = list(pattern.working)
        working[number - 1] = replace(working[number - 1], formula=formula)
        return replace(pattern, working=tuple(working))

    return change


def also(form: Form, formula: Formula) -> Change:
    """Another formula for one of the other forms."""
    return lambda pattern: replace(pattern, also={**pattern.also, form: formula})


def failed_ids(certificate: Certificate, route: Route) -> list[str]:
    """The ids that failed by a route, each once, in the order in which they are told."""
    return list(dict.fromkeys(failure.id for failure in certificate.failures if failure.route is route))


def users(derivation: Derivation, key: PatternKey) -> list[str]:
    return [step.id for step in derivation.steps.values() if step.pattern == key]


def key_of(derivation: Derivation, id_: str) -> PatternKey:
    key = derivation.steps[id_].pattern
    assert key is not None
    return key


NET, OUT, TARGET, X = Quantity("net"), Quantity("out"), Quantity("target"), Quantity("x")
SLOPE = Product((OUT, Sum((ONE, Negative(OUT)))))
TWO_INPUTS = WeightedSum(inputs=2, bias=True)

ALL_KINDS = [kind for union in (ForwardPattern, BackwardPattern) for kind in get_args(union)]


def an_example(kind: type) -> tuple[Derivation, PatternKey]:
    for derivation in (DEEP, DEFAULT, MISTAKEN):
        for key in derivation.patterns:
            if isinstance(key, kind):
                return derivation, key
    raise AssertionError(f"no step with {kind.__name__}")


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.__name__)
def test_a_wrong_sign_is_found_in_every_kind_of_pattern(kind: type) -> None:
    derivation, key = an_example(kind)
    certificate = certify(with_pattern(derivation, key, negated))
    first, *_ = users(derivation, key)
    assert failed_ids(certificate, Route.POINTS)[0] == first
    local = derivation.patterns[key].differentiates is not None
    assert failed_ids(certificate, Route.PATTERN) == (users(derivation, key) if local else [])
    assert not certificate.holds
    assert first not in {proof.id for proof in certificate.proofs}


def test_the_table_of_kinds_is_complete() -> None:
    assert set(ALL_KINDS) == set(RULES)


def with_wrong_line(pattern: Pattern, part: int | Form) -> Pattern:
    """The pattern with a billionth of a thousandth too much in a working line or in another form."""
    little = constant(1, 10**12)
    if isinstance(part, Form):
        return also(part, Sum((pattern.also[part], little)))(pattern)
    return line(part, Sum((pattern.working[part - 1].formula, little)))(pattern)


LINES = [
    pytest.param(derivation, key, part, id=f"{type(key).__name__}-{part}")
    for derivation in (DEEP, MISTAKEN)
    for key, pattern in derivation.patterns.items()
    for part in (*range(1, len(pattern.working) + 1), *pattern.also)
    if derivation is DEEP or isinstance(key, HiddenGradient | HiddenDelta | PathsToErrors)
]


@pytest.mark.parametrize(("derivation", "key", "part"), LINES)
def test_every_line_is_examined(derivation: Derivation, key: PatternKey, part: int | Form) -> None:
    certificate = certify(with_pattern(derivation, key, lambda pattern: with_wrong_line(pattern, part)))
    failed, following = failed_ids(certificate, Route.POINTS), users(derivation, key)
    assert [id_ for id_ in failed if id_ in following] == following
    # The compiled training takes the forms with delta, so what it updates is wrong then, and nothing else.
    trained = [id_ for id_ in failed if id_ not in following]
    assert all(id_.endswith("+") for id_ in trained)
    assert bool(trained) is (part is Form.WITH_DELTA)
    assert failed_ids(certificate, Route.PATTERN) == (following if isinstance(part, int) else [])


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


def test_a_slip_of_the_compiler_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compiled for training adds the update here instead of subtracting it; no step is wrong."""
    right = train._Writer._sum

    def adding(writer: train._Writer, terms: tuple[Formula, ...]) -> str:
        old, *others = terms
        is_update = isinstance(old, Quantity) and old.id.startswith("w")
        bodies = (other.body if isinstance(other, Negative) else other for other in others)
        return right(writer, (old, *bodies) if is_update else terms)

    monkeypatch.setattr(train._Writer, "_sum", adding)
    certificate = certify(derive(DEFAULT.network))
    assert set(failed_ids(certificate, Route.POINTS)) == {f"w{number}+" for number in range(1, 9)}


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
    ("a deep path dropped", lambda: dropped(PathsToNeurons(2)), "dE_total/dout_h1_1"),
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
]


def dropped(key: PatternKey) -> Derivation:
    """The deep derivation with only the first term of a sum over paths."""

    def first(pattern: Pattern) -> Pattern:
        assert isinstance(pattern.result, Sum)
        return replace(pattern, result=pattern.result.terms[0])

    return with_pattern(DEEP, key, first)


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
    id_, own_key = "dE_total/dw1", Chain(99)
    pattern = replace(DEFAULT.pattern(id_), result=Product((Quantity("f1"), Quantity("f2"), constant(5, 100))))
    broken = replace(
        DEFAULT,
        steps={**DEFAULT.steps, id_: replace(DEFAULT.steps[id_], pattern=own_key)},
        patterns={**DEFAULT.patterns, own_key: pattern},
    )
    failures = [it for it in certify(broken).failures if it.route is Route.POINTS]
    assert failures[0].id == id_
    assert failures[0].why.startswith("at point 1: ")


def gradients(*numbers: int) -> list[str]:
    return [f"dE_total/dw{number}" for number in numbers]


BY_FLAT: list[tuple[str, Callable[[], Derivation], list[str]]] = [
    ("one gradient's factor", lambda: with_slots(DEFAULT, "dE_total/dw2", f3="dnet_h1/dw1"), ["dE_total/dw2"]),
    ("an output's slope", lambda: with_slots(DEFAULT, "dE_total/dw7", f2="dout_o1/dnet_o1"), ["dE_total/dw7"]),
    ("a path dropped", lambda: with_pattern(DEFAULT, PathsToErrors(2), result(Quantity("p2"))), gradients(1, 2, 3, 4)),
    ("a sign", lambda: with_pattern(DEFAULT, key_of(DEFAULT, "dE_total/dw5"), negated), gradients(5, 6, 7, 8)),
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
