"""The plan of a derivation: which steps there are, in an order in which each finds what it uses."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given

from symbackprop.derivation.backward import paths_lead_to_errors
from symbackprop.derivation.derive import derive
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.ids import known_ids, require_known_quantities, split_id
from symbackprop.derivation.keys import (
    RULES,
    AddUp,
    BiasGradient,
    Gradient,
    OutputDelta,
    Paths,
    PathsToErrors,
    PatternKey,
    SoftmaxDelta,
    SumByInput,
    SumByWeight,
    SumOfShares,
    TotalByOut,
    UpdatedWeight,
    WeightedSum,
    WithPenalty,
)
from symbackprop.derivation.patterns import work_out
from symbackprop.derivation.shape import shape_of
from symbackprop.derivation.steps import Plan, plan_of
from symbackprop.errors import SpecError
from symbackprop.functions import Activation, Loss
from symbackprop.network import MOST_ROUNDS, Network, Reduction, Reductions, Rule
from symbackprop.typeset.formula import quantities
from tests.networks import (
    UPDATED,
    build,
    default_network,
    layer,
    networks,
    optimizer,
    published,
    sample,
    trained_otherwise,
)
from tests.random_networks import any_networks
from tests.reference import trained

DEEP = build(
    layer([["0.1"], ["0.2"]]),
    layer([["0.3", "0.4"], ["0.5", "0.6"]], "0.7"),
    layer([["0.8", "0.9"]], ["1"]),
    inputs=["1"],
    targets=["0"],
    update_biases=True,
)


def plan(network: Network) -> Plan:
    return plan_of(shape_of(network))


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
    assert steps["dE_total/dout_h1_1"].pattern == Paths(2)
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
    assert (slots["delta"], slots["x"]) == ("delta_h2", "i1")


def test_the_mistake_takes_updated_weights_on_the_way_back_and_nowhere_else() -> None:
    right, mistaken = plan(default_network()), plan(trained_otherwise(default_network(), hidden_gradients=UPDATED))
    assert right["dnet_o1/dout_h2"].pattern == SumByInput(WeightedSum(inputs=2, bias=True), 2)
    assert mistaken["dnet_o1/dout_h2"].pattern == UpdatedWeight()
    assert mistaken["dnet_o1/dout_h2"].slots == {"updated": "w6+"}
    changed = {id_ for id_ in right if right[id_] != mistaken[id_]}
    assert changed == {
        *("dnet_o1/dout_h1", "dnet_o2/dout_h1", "dnet_o1/dout_h2", "dnet_o2/dout_h2"),
        *("dE_total/dout_h1", "dE_total/dout_h2", "delta_h1", "delta_h2"),
    }


# --- Samples, time steps, penalties, optimizers -----------------------------------------------------------

MEAN = Reduction.MEAN
SEQUENCES = plan(
    build(
        layer([["0.2"], ["0.3"]], "0.4", activation=Activation.TANH, recurrent=[["0.5", "0.6"], ["0.7", "0.8"]]),
        layer([["0.9", "1"]], ["0.1"], recurrent=[["0.3"]]),
        samples=[sample([["1"], ["2"]], [["0"], ["1"]]), sample([["3"], ["4"]], [["1"], ["0"]])],
        reductions=Reductions(outputs=MEAN, steps=MEAN, batch=MEAN),
        l2="0.1",
        rule=optimizer(Rule.ADAM),
        update_biases=True,
    )
)


def slots_of(id_: str, *names: str) -> list[str]:
    return [SEQUENCES[id_].slots[name] for name in names]


def test_errors_add_up_over_outputs_and_steps_then_samples_then_penalties() -> None:
    assert SEQUENCES["E[2]"].slots == {"e1": "E_o1[2,1]", "e2": "E_o1[2,2]"}
    assert SEQUENCES["E[2]"].pattern == AddUp(2, 2)
    assert SEQUENCES["E_data"].slots == {"e1": "E[1]", "e2": "E[2]"}
    assert SEQUENCES["E_data"].pattern == AddUp(2, 2)
    assert SEQUENCES["E_total"].slots == {"e1": "E_data", "e2": "E_l2"}
    assert SEQUENCES["E_l2"].slots["w7"] == "w7"


def test_an_error_comes_back_over_the_layer_above_and_over_the_next_step() -> None:
    early, late = (SEQUENCES[f"dE[1]/dout_h1[1,{step}]"] for step in (1, 2))
    assert early.pattern == Paths(3)
    assert slots_of(early.id, "d1", "d2", "d3") == ["delta_o1[1,1]", "delta_h1[1,2]", "delta_h2[1,2]"]
    assert slots_of(early.id, "v1", "v2", "v3") == ["w7", "w2", "w5"]
    assert late.pattern == Paths(1)
    assert SEQUENCES["dnet_h2[1,2]/dout_h1[1,1]"].pattern == SumByInput(WeightedSum(inputs=3, bias=True), 2)


def test_a_recurrent_outputs_own_error_is_a_path_of_its_own() -> None:
    early, late = (SEQUENCES[f"dE[2]/dout_o1[2,{step}]"] for step in (1, 2))
    assert early.pattern == Paths(1, direct=True, divisor=2)
    assert early.slots["p"] == "dE_o1[2,1]/dout_o1[2,1]"
    assert early.slots["d1"] == "delta_o1[2,2]"
    assert late.pattern == TotalByOut(terms=2, index=2, loss=Loss.HALF_SQUARED, divisor=2)


def test_a_gradients_shares_are_summed_over_steps_then_samples_and_a_penalty_joins() -> None:
    assert SEQUENCES["dE[1]/dw5[1,2]"].pattern == Gradient()
    assert slots_of("dE[1]/dw5[1,2]", "delta", "x") == ["delta_h2[1,2]", "out_h1[1,1]"]
    assert slots_of("dE[1]/dw5[1,1]", "x") == ["out_h1[1,0]"]
    assert SEQUENCES["dE[1]/dw5"].pattern == SumOfShares(2)
    assert slots_of("dE[1]/dw5", "s1", "s2") == ["dE[1]/dw5[1,1]", "dE[1]/dw5[1,2]"]
    assert SEQUENCES["dE_data/dw5"].pattern == SumOfShares(2, 2)
    assert SEQUENCES["dE_total/dw5"].pattern == WithPenalty(l1=False, l2=True)
    assert SEQUENCES["dE_total/db1"].pattern == WithPenalty(l1=False, l2=False)


def test_adam_keeps_two_averages_and_two_powers() -> None:
    state = set(SEQUENCES.state)
    parameters = {*(f"w{number}" for number in range(1, 10)), "b1", "b_o1"}
    assert state == {
        *parameters,
        *(f"m_{it}" for it in parameters),
        *(f"v_{it}" for it in parameters),
        *("beta1_t", "beta2_t"),
    }
    assert SEQUENCES["mhat_w3"].slots == {"average": "m_w3+", "power": "beta1_t+"}
    assert SEQUENCES["w3+"].slots == {
        "eta": "eta",
        "epsilon": "epsilon",
        "old": "w3",
        "gradient": "mhat_w3",
        "square": "vhat_w3",
    }


def test_members_of_a_family_count_on() -> None:
    family = SEQUENCES.family("dnet_h1[1,2]/dw2")
    assert family is SEQUENCES.family("dnet_h1[1,2]/dw3")
    assert SEQUENCES["dnet_h1[1,2]/dw3"].pattern == SumByWeight(WeightedSum(inputs=3, bias=True), 3)
    assert SEQUENCES.same_as("dnet_h1[1,2]/dw3") == "out_h2[1,1]"
    assert SEQUENCES.same_as("delta_h1[1,2]") is None


def test_softmax_and_cross_entropy_are_fused_and_others_are_not() -> None:
    logits = layer([["1"], ["2"]], activation=Activation.SOFTMAX)
    fused = plan(build(logits, inputs=["1"], targets=["0", "1"], loss=Loss.CROSS_ENTROPY))
    plain = plan(build(logits, inputs=["1"], targets=["0", "1"]))
    assert fused["delta_o2"].pattern == SoftmaxDelta(2, 2, fused=True)
    assert plain["delta_o2"].pattern == SoftmaxDelta(2, 2, fused=False)
    assert fused["dout_o1/dnet_o2"].slots == plain["dout_o1/dnet_o2"].slots
    sigmoid = plan(build(layer([["1"]]), inputs=["1"], targets=["0"], loss=Loss.BINARY_CROSS_ENTROPY))
    key = sigmoid["delta_o1"].pattern
    assert key == OutputDelta(Loss.BINARY_CROSS_ENTROPY, Activation.SIGMOID)
    assert work_out(key).shortcut


def test_an_errors_own_paths_are_kept_while_the_total_is_their_plain_sum() -> None:
    outputs = layer([["1"], ["2"]])
    plain = build(layer([["1"]]), outputs, inputs=["1"], targets=["0", "1"])
    mean = build(
        layer([["1"]]), outputs, inputs=["1"], targets=["0", "1"], reductions=Reductions(outputs=Reduction.MEAN)
    )
    assert paths_lead_to_errors(plan(plain).graph)
    assert plan(plain)["dE_total/dout_h1"].pattern == PathsToErrors(2)
    assert not paths_lead_to_errors(plan(mean).graph)
    assert plan(mean)["dE_total/dout_h1"].pattern == Paths(2)


# --- Order ------------------------------------------------------------------------------------------------


def first_slip(plan_: Plan) -> str | None:
    """What is wrong with the order of a plan: an id that stands twice, or uses what stands later or nowhere."""
    known: set[str] = set()
    for step in (family.step(position) for family in plan_.families for position in range(len(family.ids))):
        if step.id in known:
            return f"{step.id} is defined twice"
        for used in step.slots.values():
            if used not in known:
                return f"{step.id} uses {used} before it is defined"
        known.add(step.id)
    return None


@given(any_networks())
def test_every_step_stands_once_and_after_all_that_it_uses(network: Network) -> None:
    assert first_slip(plan(network)) is None


@given(any_networks())
def test_another_name_is_the_name_of_something_that_stands_before(network: Network) -> None:
    known: set[str] = set()
    for family in plan(network).families:
        if family.same is not None:
            assert len(family.same) == len(family.ids)
            assert known.issuperset(family.same)
        known.update(family.ids)


def test_a_wrong_order_is_told() -> None:
    right = plan(default_network())
    doubled = Plan(right.graph, (*right.forward, right.forward[-1]), right.backward)
    assert first_slip(doubled) == "E_total is defined twice"
    reversed_ = Plan(right.graph, right.forward, tuple(reversed(right.backward)))
    assert first_slip(reversed_) == "w3+ uses dE_total/dw3 before it is defined"
    lost = Plan(right.graph, right.forward[1:], right.backward)
    assert first_slip(lost) == "net_h1 uses i1 before it is defined"


@given(any_networks(most_layers=3, most_neurons=3))
def test_every_formula_finds_its_slots_filled(network: Network) -> None:
    derivation = derive(network)
    for step in derivation.steps.values():
        if step.pattern is not None:
            pattern = work_out(step.pattern)
            lines = [pattern.result, *(line.formula for line in (*pattern.working, *pattern.shortcut))]
            lines += pattern.also.values()
            assert {slot for line in lines for slot in quantities(line)} <= set(step.slots), step
            for formula in derivation.forms(step.id).values():
                assert all(id_ in derivation.steps for id_ in quantities(formula))


@given(any_networks())
def test_every_parameter_that_learns_is_updated_once(network: Network) -> None:
    updates = [step for step in plan(network).values() if step.kind is Kind.UPDATE]
    assert sorted(step.slots["old"] for step in updates) == sorted(trained(network))
    assert all(step.id == f"{step.slots['old']}+" for step in updates)
    assert {f"dE_total/d{id_}" for id_ in trained(network)} <= set(plan(network))


@given(any_networks())
def test_a_plan_is_a_mapping_of_all_its_steps(network: Network) -> None:
    found = plan(network)
    assert len(found) == len(list(found)) == len(set(found))
    for id_, step in found.items():
        assert step.id == id_
        assert id_ in found
        assert found.kind(id_) is step.kind
    assert "nothing" not in found
    with pytest.raises(KeyError):
        found["nothing"]


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
    assert known_ids(network) == tuple(derive(network).steps)


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


def test_a_name_for_nothing_is_refused_with_the_nearest() -> None:
    network = build(*SMALL, inputs=["1"], targets=["0"])
    require_known_quantities(replace(network, names=(("in", "net_h1"), ("y", "o1"), ("a", "h2"), ("x", "i1"))))
    with pytest.raises(SpecError) as caught:
        require_known_quantities(replace(network, names=(("in", "net_h1"), ("in_9", "net_h9"))))
    said = 'small.toml: names."in_9": this network has no quantity or neuron "net_h9"; did you mean "net_h'
    assert str(caught.value).startswith(said)


def test_quantities_of_later_rounds_are_known() -> None:
    figures = [published(id_, "0.1") for id_ in ("w4+@7", "out_o1@1", "dE_o1/dout_h2", "delta_h1@3")]
    require_known_quantities(build(*SMALL, inputs=["1"], targets=["0"], figures=figures))


def test_bias_gradients_are_unknown_where_biases_stay() -> None:
    network = build(layer([["0.1"]], "0.2"), inputs=["1"], targets=["0"], figures=[published("dE_total/db1", "1")])
    with pytest.raises(SpecError, match='no quantity "dE_total/db1"'):
        require_known_quantities(network)
    require_known_quantities(trained_otherwise(network, update_biases=True))
