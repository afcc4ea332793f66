"""Every kind of network against autograd in doubles: all gradients, and what the optimizers make of them."""

from __future__ import annotations

from itertools import chain
from typing import Any

import autograd.numpy as np
import pytest
from hypothesis import assume, given, settings

from symbackprop.derivation.certify import certify
from symbackprop.derivation.derive import derive
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.train import DRAWING_BITS
from symbackprop.functions import Activation, Loss
from symbackprop.network import Given, Network, Rule
from tests import autograd_reference as by_autograd
from tests.networks import UPDATED, build, layer, networks, rightly, trained_otherwise
from tests.random_networks import any_networks, stays_well_behaved
from tests.reference import (
    FLOATS,
    bias_names,
    initial_state,
    one_round,
    parameters,
    trained,
    weight_names,
)

RELATIVE = 1e-9
NEAR_ZERO = 1e-12
"""Differences of about a thousand units in the last place of 1, where terms of that size cancel."""

Figures = dict[str, float]


def figures(network: Network, ids: list[str]) -> Figures:
    """Our values of the first round."""
    values = derive(network).values.at(DRAWING_BITS)
    return {id_: float(values[id_]) for id_ in ids}


def parameters_after(network: Network, rounds: int) -> Figures:
    """Our parameters after some rounds."""
    found = derive(network).trace.parameters(rounds, DRAWING_BITS)
    return {id_: float(found[id_]) for id_ in trained(network)}


def differing(found: Figures, expected: Figures) -> list[str]:
    """The ids whose figures are too far apart."""
    return [id_ for id_, it in found.items() if it != pytest.approx(expected[id_], rel=RELATIVE, abs=NEAR_ZERO)]


def check_gradients(network: Network) -> None:
    """Holds the total error and each gradient against autograd."""
    vector = by_autograd.initial_vector(network)
    slopes = by_autograd.by_name(network, by_autograd.gradient(network, vector))
    expected = {f"dE_total/d{id_}": slopes[id_] for id_ in trained(network)}
    expected["E_total"] = float(by_autograd.total_error(vector, network))
    assert not differing(figures(network, list(expected)), expected)
    gradients = {
        id_ for id_ in derive(network).steps if id_.startswith(("dE_total/dw", "dE_total/db")) and "[" not in id_
    }
    assert gradients == set(expected) - {"E_total"}


def check_training(network: Network) -> None:
    """Holds the parameters after 1 and after 3 rounds against autograd."""
    for rounds in (1, 3):
        expected = by_autograd.by_name(network, by_autograd.trained_vector(network, rounds))
        assert not differing(parameters_after(network, rounds), expected)
    updates = figures(network, [f"{id_}+" for id_ in trained(network)])
    once = parameters_after(network, 1)
    assert not differing({id_: updates[f"{id_}+"] for id_ in once}, once)


@settings(max_examples=50)
@given(any_networks())
def test_gradients_are_autograds(network: Network) -> None:
    check_gradients(rightly(network))


@settings(max_examples=30)
@given(any_networks())
def test_training_is_autograds(network: Network) -> None:
    network = rightly(network)
    assume(stays_well_behaved(network, 3))
    check_training(network)


@pytest.mark.parametrize("activation", Activation)
@pytest.mark.parametrize("loss", Loss)
def test_every_function_meets_every_loss(loss: Loss, activation: Activation) -> None:
    """Whatever the dice above show, each pair is looked at: in a hidden layer, and as the output where a file may."""
    final = {Loss.CROSS_ENTROPY: Activation.SOFTMAX, Loss.BINARY_CROSS_ENTROPY: Activation.SIGMOID}
    bend = "0.3" if activation in (Activation.LEAKY_RELU, Activation.ELU) else None
    for output in {activation, Activation.SIGMOID} if loss not in final else {final[loss]}:
        network = build(
            layer([["0.3", "-0.4"], ["0.5", "0.7"]], "0.1", activation=activation, bend=bend),
            layer(
                [["0.8", "-0.9"], ["0.2", "0.6"]],
                ["0.3", "-0.2"],
                activation=output,
                bend=bend if output is activation else None,
            ),
            inputs=["0.6", "-1.2"],
            targets=["0.25", "0.75"],
            loss=loss,
            threshold="0.05" if loss is Loss.HUBER else None,
            l1="0.02",
            l2="0.03",
            learning_rate="0.01",
            update_biases=True,
        )
        assert stays_well_behaved(network, 3)
        check_gradients(network)
        check_training(network)


@pytest.mark.slow
@settings(max_examples=3000)
@given(any_networks())
def test_many_networks_are_autograds(network: Network) -> None:
    network = rightly(network)
    check_gradients(network)
    assume(stays_well_behaved(network, 3))
    check_training(network)


@pytest.mark.slow
@settings(max_examples=400)
@given(any_networks())
def test_many_networks_are_proved(network: Network) -> None:
    certificate = certify(derive(network))
    assert certificate.holds, certificate.failures[:3]


@pytest.mark.parametrize("rule", Rule)
def test_a_wrong_update_is_told_from_autograds(rule: Rule) -> None:
    @settings(max_examples=5)
    @given(any_networks(rules=(rule,)))
    def check(network: Network) -> None:
        network = rightly(network)
        assume(stays_well_behaved(network, 2))
        found = parameters_after(network, 1)
        wrong = trained(network)[0]
        found[wrong] = found[wrong] * (1 + 1e-8) + 1e-11
        expected = by_autograd.by_name(network, by_autograd.trained_vector(network, 1))
        assert differing(found, expected) == [wrong]

    check()


# --- Every quantity, and the mistake on request -----------------------------------------------------------


@settings(max_examples=30)
@given(any_networks())
def test_every_quantity_of_a_round_is_the_textbooks(network: Network) -> None:
    """The loop over numbers makes the mistake, too, where the network asks for it."""
    plain = one_round(network, FLOATS, parameters(network, FLOATS) | initial_state(network, FLOATS))
    derivation = derive(network)
    wanted = {*Kind} - {Kind.FACTOR}
    ids = [step.id for step in derivation.steps.values() if step.pattern is not None and step.kind in wanted]
    assert set(ids) <= set(plain)
    assert not differing(figures(network, [id_ for id_ in derivation.steps if id_ in plain]), plain)


def mistaken_slopes(network: Network) -> Figures:
    """What comes out where a layer's updated weights carry the error back, in a network of sigmoids."""
    found = [np.array([[float(it.exact) for it in row] for row in here.weights]) for here in network.layers]
    biases = [_vector(here.biases) for here in network.layers]
    signals = [np.array([float(it.exact) for it in network.samples[0].inputs[0]])]
    for weights, bias in zip(found, biases, strict=True):
        signals.append(1 / (1 + np.exp(-(np.dot(weights, signals[-1]) + bias))))
    back = signals[-1] - np.array([float(it.exact) for it in network.samples[0].targets[0]])
    slopes: Figures = {}
    names = list(zip(weight_names(network), bias_names(network), strict=True))
    for depth in reversed(range(len(found))):
        delta = back * signals[depth + 1] * (1 - signals[depth + 1])
        by_weight = np.outer(delta, signals[depth])
        slopes |= dict(zip(chain.from_iterable(names[depth][0]), map(float, np.ravel(by_weight)), strict=True))
        for name, each in zip(names[depth][1], delta, strict=True):
            slopes[str(name)] = slopes.get(str(name), 0.0) + float(each)
        back = np.dot(np.transpose(found[depth] - float(network.training.learning_rate.exact) * by_weight), delta)
    return slopes


def _vector(biases: Given | tuple[Given, ...] | None) -> Any:
    if biases is None:
        return 0.0
    return float(biases.exact) if isinstance(biases, Given) else np.array([float(it.exact) for it in biases])


@settings(max_examples=30)
@given(networks())
def test_the_mistake_on_request_is_that_mistake(network: Network) -> None:
    slopes = mistaken_slopes(network)
    asked = trained_otherwise(network, hidden_gradients=UPDATED)
    expected = {f"dE_total/d{id_}": slopes[id_] for id_ in trained(network)}
    assert not differing(figures(asked, list(expected)), expected)


def test_the_two_ways_agree_where_there_is_nothing_to_mistake() -> None:
    """Guards the hand-written mistake above: in the output layer it makes no difference."""
    network = build(layer([["0.3", "-0.4"], ["1", "2"]], "0.1"), inputs=["0.6", "1"], targets=["0.2", "1"])
    vector = by_autograd.initial_vector(network)
    right = by_autograd.by_name(network, by_autograd.gradient(network, vector))
    assert mistaken_slopes(network) == pytest.approx(right, rel=1e-12)
