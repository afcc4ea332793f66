"""The certificate holds for what is right, by every route that there is for it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given, settings

from symbackprop.derivation.certify import RANDOM_POINTS, Certificate, Route, certify
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.flat import is_small
from symbackprop.derivation.keys import RULES
from symbackprop.functions import Activation
from symbackprop.network import Network
from symbackprop.network_file import read_network
from symbackprop.resources import example, example_names
from tests.broken import key_of, negated, with_pattern, with_slots
from tests.networks import ORIGINAL, UPDATED, build, default_network, layer, networks, sample, trained_otherwise
from tests.random_networks import any_networks

DEFAULT = derive(default_network())
MISTAKEN = derive(trained_otherwise(default_network(), hidden_gradients=UPDATED))


def failed_ids(certificate: Certificate, route: Route) -> list[str]:
    """The ids that failed by a route, each once, in the order in which they are told."""
    return list(dict.fromkeys(failure.id for failure in certificate.failures if failure.route is route))


def test_the_default_network_is_proved_by_all_routes() -> None:
    certificate = certify(DEFAULT)
    assert certificate.holds
    assert certificate.failures == ()
    assert_all_is_proved(DEFAULT, certificate)
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


@settings(max_examples=25)
@given(networks())
def test_random_networks_are_proved(network: Network) -> None:
    derivation = derive(network)
    certificate = certify(derivation)
    assert certificate.holds, certificate.failures[:3]
    assert_all_is_proved(derivation, certificate)
    assert certificate.flat is (is_small(network) and not certificate.mistaken)
    hidden = len(network.layers) > 1
    assert bool(certificate.mistaken) is (hidden and network.training.hidden_gradients is UPDATED)


@settings(max_examples=20)
@given(any_networks(most_layers=3, most_neurons=3, most_samples=2, most_steps=3))
def test_networks_of_every_kind_are_proved(network: Network) -> None:
    derivation = derive(network)
    certificate = certify(derivation)
    assert certificate.holds, certificate.failures[:3]
    assert_all_is_proved(derivation, certificate)


def assert_all_is_proved(derivation: Derivation, certificate: Certificate) -> None:
    computed = [step for step in derivation.steps.values() if step.pattern is not None]
    assert [(proof.id, proof.rule) for proof in certificate.proofs] == [(step.id, step.rule) for step in computed]
    assert certificate.steps == len(computed)
    assert certificate.lines == sum(proof.lines for proof in certificate.proofs)


def test_a_large_network_with_one_input_is_proved() -> None:
    """A neuron with one weight makes a family of one, whose slots are those of its only member."""

    def rows(neurons: int, inputs: int) -> list[list[str]]:
        return [["0.1"] * inputs for _ in range(neurons)]

    network = build(
        layer(rows(3, 1), activation=Activation.IDENTITY),
        layer(rows(1, 3), activation=Activation.IDENTITY),
        layer(rows(5, 1), activation=Activation.TANH, recurrent=rows(5, 5)),
        layer(rows(4, 5)),
        samples=tuple(sample([["0.1"]] * 3, [["0.2"] * 4]) for _ in range(3)),
    )
    assert certify(derive(network)).holds


def test_a_large_network_is_proved_along_a_direction() -> None:
    numbers = [f"0.{number:03}" for number in range(1, 51)]
    rows = [[*numbers[start:], *numbers[:start]] for start in range(40)]
    derivation = derive(
        build(layer(rows, "0.1"), layer([numbers[:40]]), inputs=numbers, targets=["0.3"], update_biases=True)
    )
    certificate = certify(derivation)
    assert certificate.holds
    assert_all_is_proved(derivation, certificate)
    assert set(chain.from_iterable(proof.routes for proof in certificate.proofs)) == {Route.PATTERN, Route.DIRECTION}
    assert certificate.points == 1
    # Two values of each neuron, the errors, and what belongs to a neuron on the way back; no weight by itself.
    assert 4 * 41 < certificate.examined < 500
    assert {"net_h1", "dE_total/dw50", "dE_total/dw1", "w2001+"} <= set(derivation.steps)
    assert {proof.rule for proof in certificate.proofs} <= set(RULES.values())


# --- The gallery ------------------------------------------------------------------------------------------


def gallery(name: str) -> Derivation:
    return derive(read_network(example(name)))


@pytest.mark.parametrize("name", example_names())
def test_every_example_is_proved(name: str) -> None:
    derivation = gallery(name)
    certificate = certify(derivation)
    assert certificate.failures == ()
    assert certificate.holds
    assert_all_is_proved(derivation, certificate)
    assert bool(certificate.examined) is (name == "large")


@pytest.mark.parametrize("name", example_names())
def test_of_every_example_a_wrong_gradient_is_found(name: str) -> None:
    derivation = gallery(name)
    pattern = key_of(derivation, "dE_total/dw2")
    assert not certify(with_pattern(derivation, pattern, negated)).holds


@pytest.mark.parametrize("name", example_names())
def test_of_every_example_one_wrong_update_is_found(name: str) -> None:
    certificate = certify(with_slots(gallery(name), "w2+", old="w1"))
    assert not certificate.holds
    # A large network's plain updates are added up, so a wrong one is found, but not named.
    assert name == "large" or {failure.id for failure in certificate.failures} == {"w2+"}
