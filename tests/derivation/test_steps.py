"""The plan of a derivation: which steps there are, in an order in which each finds what it uses."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given

from symbackprop.derivation.graph import Kind, build_graph
from symbackprop.derivation.ids import known_ids, require_known_quantities, split_id
from symbackprop.derivation.keys import (
    RULES,
    BiasGradient,
    PathsToErrors,
    PathsToNeurons,
    PatternKey,
    SumByInput,
    UpdatedWeight,
    WeightedSum,
)
from symbackprop.derivation.patterns import work_out
from symbackprop.derivation.steps import Step, plan_steps
from symbackprop.errors import SpecError
from symbackprop.network import MOST_ROUNDS, Network
from symbackprop.typeset.formula import quantities
from tests.networks import UPDATED, build, default_network, layer, networks, published, trained_otherwise

DEEP = build(
    layer([["0.1"], ["0.2"]]),
    layer([["0.3", "0.4"], ["0.5", "0.6"]], "0.7"),
    layer([["0.8", "0.9"]], ["1"]),
    inputs=["1"],
    targets=["0"],
    update_biases=True,
)


def plan(network: Network) -> dict[str, Step]:
    return {step.id: step for step in plan_steps(build_graph(network), network.training)}


# --- Ids --------------------------------------------------------------------------------------------------

OF_THE_DEFAULT_NETWORK = {
    Kind.FACTOR: """
        dE_total/dout_o1 dout_o1/dnet_o1 dE_total/dnet_o1 dE_o1/dout_o1 dE_o1/dnet_o1
        dE_total/dout_o2 dout_o2/dnet_o2 dE_total/dnet_o2 dE_o2/dout_o2 dE_o2/dnet_o2
        dnet_o1/dw5 dnet_o1/dw6 dnet_o2/dw7 dnet_o2/dw8
        dnet_o1/dout_h1 dE_o1/dout_h1 dnet_o2/dout_h1 dE_o2/dout_h1
        dnet_o1/dout_h2 dE_o1/dout_h2 dnet_o2/dout_h2 dE_o2/dout_h2
        dE_total/dout_h1 dout_h1/dnet_h1 dE_total/dnet_h1
        dE_total/dout_h2 dout_h2/dnet_h2 dE_total/dnet_h2
        dnet_h1/dw1 dnet_h1/dw2 dnet_h2/dw3 dnet_h2/dw4
    """,
    Kind.DELTA: "delta_o1 delta_o2 delta_h1 delta_h2",
    Kind.GRADIENT: " ".join(f"dE_total/dw{number}" for number in range(1, 9)),
    Kind.UPDATE: " ".join(f"w{number}+" for number in range(1, 9)),
}


@pytest.mark.parametrize("kind", OF_THE_DEFAULT_NETWORK)
def test_the_default_network_has_every_id_that_the_article_needs(kind: Kind) -> None:
    found = [step.id for step in plan(default_network()).values() if step.kind is kind]
    assert sorted(found) == sorted(OF_THE_DEFAULT_NETWORK[kind].split())


def test_biases_have_gradients_and_updates_only_where_they_are_updated() -> None:
    frozen = plan(default_network())
    moving = plan(trained_otherwise(default_network(), update_biases=True))
    extra = "dnet_o1/db2 dnet_o2/db2 dE_total/db2 b2+ dnet_h1/db1 dnet_h2/db1 dE_total/db1 b1+"
    assert sorted(set(moving) - set(frozen)) == sorted(extra.split())


def test_only_the_layer_below_the_outputs_has_paths_to_single_errors() -> None:
    steps = plan(DEEP)
    assert steps["dE_total/dout_h2_1"].pattern == PathsToErrors(1)
    assert steps["dE_total/dout_h1_1"].pattern == PathsToNeurons(2)
    assert "dE_o1/dout_h2_1" in steps
    assert "dE_o1/dout_h1_1" not in steps


def test_a_shared_bias_has_a_path_through_each_neuron() -> None:
    steps = plan(DEEP)
    assert steps["dE_total/db2"].pattern == BiasGradient(2)
    assert steps["dE_total/db2"].slots == {
        "f1_1": "dE_total/dout_h2_1",
        "f2_1": "dout_h2_1/dnet_h2_1",
        "f3_1": "dnet_h2_1/db2",
        "f1_2": "dE_total/dout_h2_2",
        "f2_2": "dout_h2_2/dnet_h2_2",
        "f3_2": "dnet_h2_2/db2",
        "delta1": "delta_h2_1",
        "delta2": "delta_h2_2",
    }
    assert steps["dE_total/db_o1"].pattern == BiasGradient(1)
    assert "dE_total/db1" not in steps


def test_the_factors_of_a_gradient_are_named() -> None:
    slots = plan(default_network())["dE_total/dw3"].slots
    assert (slots["f1"], slots["f2"], slots["f3"]) == ("dE_total/dout_h2", "dout_h2/dnet_h2", "dnet_h2/dw3")
    assert (slots["delta"], slots["x"], slots["d2"], slots["v2"]) == ("delta_h2", "i1", "delta_o2", "w8")


def test_the_mistake_takes_updated_weights_on_the_way_back_and_nowhere_else() -> None:
    right, mistaken = plan(default_network()), plan(trained_otherwise(default_network(), hidden_gradients=UPDATED))
    assert right["dnet_o1/dout_h2"].pattern == SumByInput(WeightedSum(inputs=2, bias=True), 2)
    assert mistaken["dnet_o1/dout_h2"].pattern == UpdatedWeight()
    assert mistaken["dnet_o1/dout_h2"].slots == {"updated": "w6+"}
    changed = {id_ for id_ in right if right[id_] != mistaken[id_]}
    assert changed == {
        *("dnet_o1/dout_h1", "dnet_o2/dout_h1", "dnet_o1/dout_h2", "dnet_o2/dout_h2"),
        *("dE_total/dout_h1", "dE_total/dout_h2", "delta_h1", "delta_h2"),
        *(f"dE_total/dw{number}" for number in range(1, 5)),
    }


# --- Order ------------------------------------------------------------------------------------------------


@given(networks())
def test_every_step_stands_once_and_after_all_that_it_uses(network: Network) -> None:
    known: set[str] = set()
    for step in plan_steps(build_graph(network), network.training):
        assert step.id not in known
        assert known.issuperset(step.slots.values()), step
        known.add(step.id)


@given(networks(most_layers=3, most_neurons=3))
def test_every_formula_finds_its_slots_filled(network: Network) -> None:
    for step in plan(network).values():
        if step.pattern is not None:
            pattern = work_out(step.pattern)
            lines = [pattern.result, *(line.formula for line in pattern.working), *pattern.also.values()]
            assert {slot for line in lines for slot in quantities(line)} <= set(step.slots), step


@given(networks())
def test_every_parameter_that_learns_is_updated_once(network: Network) -> None:
    graph = build_graph(network)
    learning = set(graph.parameters()) - (set() if network.training.update_biases else set(graph.shared_biases))
    updates = [step for step in plan(network).values() if step.kind is Kind.UPDATE]
    assert sorted(step.slots["old"] for step in updates) == sorted(learning)
    assert all(step.slots["gradient"] == f"dE_total/d{step.slots['old']}" for step in updates)


def test_the_output_layers_updates_come_before_the_hidden_gradients() -> None:
    order = list(plan(default_network()))
    assert order.index("w8+") < order.index("dE_total/dout_h1") < order.index("dE_total/dw1")


def test_every_kind_of_pattern_has_a_rule() -> None:
    assert set(RULES) == {kind for part in get_args(PatternKey) for kind in (get_args(part) or (part,))}


def test_a_step_tells_its_rule() -> None:
    steps = plan(default_network())
    told = [steps[id_].rule for id_ in ("w5", "net_o1", "dE_total/dout_h1", "dE_total/dnet_o1", "w5+")]
    assert told == ["given", "weighted_sum", "sum_over_paths", "same_as", "update"]


# --- Ids that somebody names ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "base", "rounds"),
    [
        ("w5+", "w5+", 0),
        ("dE_total/dw5", "dE_total/dw5", 0),
        ("E_total@0", "E_total", 0),
        ("E_total@10000", "E_total", 10000),
        (f"w5+@{MOST_ROUNDS}", "w5+", MOST_ROUNDS),
    ],
)
def test_an_id_tells_its_rounds(id_: str, base: str, rounds: int) -> None:
    assert split_id(id_) == (base, rounds)


@pytest.mark.parametrize(
    "id_",
    ["E_total@", "E_total@x", "E_total@-1", "E_total@1.5", "E_total@1@2", "E_total@²", "E_total@٣", "E_total@1000001"],
)
def test_what_is_no_number_of_rounds_is_refused(id_: str) -> None:
    with pytest.raises(ValueError, match=r"^E_total@"):
        split_id(id_)


def test_a_number_of_rounds_that_would_never_end_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="E_total"):
        split_id("E_total@" + "9" * 100_000)


@given(networks(most_layers=2, most_neurons=3))
def test_known_ids_are_those_of_the_plan(network: Network) -> None:
    assert known_ids(network) == tuple(plan(network))


SMALL = layer([["0.1"], ["0.2"]]), layer([["0.3", "0.4"]])


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        ("E_totl", 'this network has no quantity "E_totl"; did you mean "E_total"?'),
        ("e_Total@1", 'this network has no quantity "e_Total"; did you mean "E_total"?'),
        ("dE_total/dw9", 'this network has no quantity "dE_total/dw9"; did you mean "dE_total/dw'),
        ("w5+", 'this network has no quantity "w5+"; did you mean "w'),
        ("§", 'this network has no quantity "§"'),
        ("E_total@many", 'expected a number of rounds up to 1,000,000 after the @, found "E_total@many"'),
        ("E_total@1000001", "expected a number of rounds up to 1,000,000"),
    ],
)
def test_an_unknown_quantity_is_refused_with_the_nearest(quantity: str, said: str) -> None:
    figures = [published("E_total", "0.1"), published(quantity, "0.1")]
    network = build(*SMALL, inputs=["1"], targets=["0"], figures=figures)
    with pytest.raises(SpecError) as caught:
        require_known_quantities(network)
    assert str(caught.value).startswith(f"small.toml: published[1].quantity: {said}")
    assert "\n" not in str(caught.value)


def test_quantities_of_later_rounds_are_known() -> None:
    figures = [published(id_, "0.1") for id_ in ("w4+@7", "out_o1@1", "dE_o1/dout_h2", "delta_h1@3")]
    require_known_quantities(build(*SMALL, inputs=["1"], targets=["0"], figures=figures))


def test_bias_gradients_are_unknown_where_biases_stay() -> None:
    network = build(layer([["0.1"]], "0.2"), inputs=["1"], targets=["0"], figures=[published("dE_total/db1", "1")])
    with pytest.raises(SpecError, match='no quantity "dE_total/db1"'):
        require_known_quantities(network)
    require_known_quantities(trained_otherwise(network, update_biases=True))
