"""What a second network of the same shape finds done, and that it shares no numbers with the first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from symbackprop.derivation import code, patterns
from symbackprop.derivation.certify import certify
from symbackprop.derivation.code import Arithmetic, code_of
from symbackprop.derivation.derive import derive
from symbackprop.derivation.patterns import work_out
from symbackprop.derivation.proofs import lines_that_differ
from symbackprop.derivation.shape import shape_of
from symbackprop.functions import Activation
from symbackprop.network import Given, Layer, Network, Reduction, Reductions
from tests.broken import keys_of
from tests.networks import UPDATED, build, default_network, layer, number, trained_otherwise
from tests.random_networks import any_networks


def with_other_numbers(network: Network) -> Network:
    """The same network with every weight a little larger, and another learning rate."""

    def moved(rows: tuple[tuple[Given, ...], ...]) -> tuple[tuple[Given, ...], ...]:
        return tuple(tuple(number(str(float(it.exact) + 0.25)) for it in row) for row in rows)

    def changed(here: Layer) -> Layer:
        again = None if here.recurrent_weights is None else moved(here.recurrent_weights)
        return replace(here, weights=moved(here.weights), recurrent_weights=again)

    training = replace(network.training, learning_rate=number("0.125"))
    return replace(network, layers=tuple(map(changed, network.layers)), training=training)


@settings(max_examples=30)
@given(any_networks(most_layers=3, most_neurons=3))
def test_a_second_network_of_a_shape_shares_plan_patterns_and_code(network: Network) -> None:
    first = derive(network)
    second = derive(with_other_numbers(network))
    assert second.steps is first.steps
    assert second.trainer is first.trainer
    for key in keys_of(first):
        assert second.patterns(key) is first.patterns(key)
        for arithmetic in Arithmetic:
            assert code_of(key, arithmetic) is code_of(key, arithmetic)
    assert second.given != first.given


def test_nothing_is_worked_out_twice() -> None:
    network = default_network()
    assert certify(derive(network)).holds
    assert derive(network)["E_total@1"].value
    before = [cache.cache_info().misses for cache in (work_out, code_of, lines_that_differ)]
    second = derive(with_other_numbers(network))
    assert certify(second).holds
    assert second["E_total@1"].value != derive(network)["E_total@1"].value
    assert [cache.cache_info().misses for cache in (work_out, code_of, lines_that_differ)] == before


def test_numbers_are_not_shared() -> None:
    first, second = derive(default_network()), derive(with_other_numbers(default_network()))
    values = [it["out_o1"].value for it in (first, second, derive(default_network()))]
    assert values[0] == values[2] != values[1]


SMALL = build(layer([["1", "2"]], "0.5"), inputs=["1", "2"], targets=["0"])
OTHER_SHAPES = {
    "a frozen bias that learns": trained_otherwise(SMALL, update_biases=True),
    "a mistake": trained_otherwise(SMALL, hidden_gradients=UPDATED),
    "no bias": build(layer([["1", "2"]]), inputs=["1", "2"], targets=["0"]),
    "a bias of its own": build(layer([["1", "2"]], ["0.5"]), inputs=["1", "2"], targets=["0"]),
    "another function": build(layer([["1", "2"]], "0.5", activation=Activation.TANH), inputs=["1", "2"], targets=["0"]),
    "a penalty": build(layer([["1", "2"]], "0.5"), inputs=["1", "2"], targets=["0"], l2="0"),
    "a mean": build(
        layer([["1", "2"]], "0.5"),
        inputs=["1", "2"],
        targets=["0"],
        reductions=Reductions(outputs=Reduction.MEAN),
    ),
}


@pytest.mark.parametrize("network", OTHER_SHAPES.values(), ids=OTHER_SHAPES)
def test_what_changes_the_steps_changes_the_shape(network: Network) -> None:
    assert shape_of(network) != shape_of(SMALL)
    assert derive(network).steps is not derive(SMALL).steps


def test_titles_numbers_and_rounds_do_not_change_the_shape() -> None:
    other = replace(trained_otherwise(SMALL, rounds=9), title="Another", origin="elsewhere.toml")
    assert shape_of(other) == shape_of(SMALL)
    assert derive(other).steps is derive(SMALL).steps


def test_what_is_kept_is_bounded() -> None:
    for cache in (patterns.work_out, code.code_of, lines_that_differ):
        assert cache.cache_info().maxsize is not None
