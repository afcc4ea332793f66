"""Which neurons a network has at which instants, what they are called, and what feeds them."""

from __future__ import annotations

import pytest
from hypothesis import given

from symbackprop.derivation.graph import (
    Graph,
    biases_of,
    build_graph,
    error_of,
    initial_states,
    instants_of,
    mark_of,
    neuron_name,
    sample_error,
    target_of,
)
from symbackprop.derivation.shape import shape_of
from symbackprop.functions import Activation
from symbackprop.network import Network
from tests.networks import build, default_network, layer, networks, sample
from tests.random_networks import any_networks
from tests.reference import bias_names, neuron_names, tag, weight_names
from tests.reference import sample_error as error_in_reference

DEEP = build(
    layer([["0.1"], ["0.2"]], "0.3"),
    layer([["0.4", "0.5"]]),
    layer([["0.6"], ["0.7"], ["0.8"]], ["0.9", "1", "1.1"]),
    inputs=["1"],
    targets=["0", "0.5", "1"],
)
TANH = Activation.TANH
SEQUENCES = build(
    layer([["0.1"]], activation=TANH),
    layer([["0.2"], ["0.3"]], "0.4", activation=TANH, recurrent=[["0.5", "0.6"], ["0.7", "0.8"]]),
    layer([["0.9", "1"]]),
    samples=[sample([["1"], ["2"], ["3"]], [["0"]]), sample([["4"], ["5"], ["6"]], [["1"]])],
)
"""Two samples of three steps with a target for the last, a recurrent layer in the middle."""


def graph_of(network: Network) -> Graph:
    return build_graph(shape_of(network))


def nets(graph: Graph) -> list[list[str]]:
    return [[neuron.net for neurons in at.values() for neuron in neurons] for at in graph.at]


# --- Names ------------------------------------------------------------------------------------------------


def test_the_default_network_has_the_articles_names() -> None:
    graph = graph_of(default_network())
    assert graph.inputs == ("i1", "i2")
    assert [target_of(neuron) for neuron in graph.judged] == ["target_o1", "target_o2"]
    assert [error_of(neuron) for neuron in graph.judged] == ["E_o1", "E_o2"]
    assert list(graph.parameters()) == ["w1", "w2", "w3", "w4", "b1", "w5", "w6", "w7", "w8", "b2"]
    assert nets(graph) == [["net_h1", "net_h2"], ["net_o1", "net_o2"]]
    assert [neuron.out for neuron in graph.neurons()] == ["out_h1", "out_h2", "out_o1", "out_o2"]


def test_several_hidden_layers_are_counted_in_the_names() -> None:
    outs = [neuron.out for neuron in graph_of(DEEP).neurons()]
    assert outs == ["out_h1_1", "out_h1_2", "out_h2_1", "out_o1", "out_o2", "out_o3"]


def test_a_layer_with_one_bias_numbers_it_and_others_name_theirs() -> None:
    assert [biases_of(layer) for layer in graph_of(DEEP).layers] == [("b1",), (), ("b_o1", "b_o2", "b_o3")]


def test_a_lonely_layer_is_the_output_layer() -> None:
    graph = graph_of(build(layer([["0.1", "0.2"]], ["0.3"]), inputs=["1", "2"], targets=["0"]))
    assert [neuron.net for neuron in graph.outputs] == ["net_o1"]
    assert biases_of(graph.outputs) == ("b_o1",)


@pytest.mark.parametrize(
    ("index", "layer_number", "layers", "expected"),
    [(1, 1, 1, "o1"), (2, 1, 2, "h2"), (3, 2, 2, "o3"), (1, 1, 3, "h1_1"), (2, 2, 3, "h2_2"), (12, 10, 11, "h10_12")],
)
def test_neuron_names(index: int, layer_number: int, layers: int, expected: str) -> None:
    assert neuron_name(index, layer=layer_number, layers=layers) == expected


@given(networks())
def test_every_network_is_named_as_the_reference_names_it(network: Network) -> None:
    assert_named_as_the_reference_names_it(network)


@given(any_networks())
def test_networks_of_every_kind_are_named_as_the_reference_names_them(network: Network) -> None:
    assert_named_as_the_reference_names_it(network)


def assert_named_as_the_reference_names_it(network: Network) -> None:
    graph = graph_of(network)
    assert [[it.name for it in neurons] for neurons in graph.layers] == neuron_names(network)
    assert [[list(it.weight_ids) for it in neurons] for neurons in graph.layers] == weight_names(network)
    assert [[it.bias for it in neurons] for neurons in graph.layers] == bias_names(network)
    for instant in graph.instants:
        assert instant.mark == tag(network, instant.sample, instant.step)
    for number in range(len(network.samples)):
        assert sample_error(graph.shape, number) == error_in_reference(network, number)


# --- What is connected to what ----------------------------------------------------------------------------


def test_weights_lead_from_the_layer_below() -> None:
    graph = graph_of(default_network())
    assert graph.layers[0][1].weights == (("w3", "i1"), ("w4", "i2"))
    assert graph.layers[1][0].weights == (("w5", "out_h1"), ("w6", "out_h2"))
    assert graph.layers[1][1].bias == "b2"


def test_a_shared_bias_feeds_its_whole_layer() -> None:
    shared = {bias: [it.name for it in fed] for bias, fed in graph_of(DEEP).shared_biases.items()}
    assert shared == {"b1": ["h1_1", "h1_2"], "b_o1": ["o1"], "b_o2": ["o2"], "b_o3": ["o3"]}


def test_parameters_stand_layer_by_layer_with_biases_after_weights() -> None:
    expected = ["w1", "w2", "b1", "w3", "w4", "w5", "w6", "w7", "b_o1", "b_o2", "b_o3"]
    assert list(graph_of(DEEP).parameters()) == expected


# --- Samples and time steps -------------------------------------------------------------------------------


def test_layers_are_unrolled_over_samples_and_steps_as_far_as_they_matter() -> None:
    first, middle, last = nets(graph_of(SEQUENCES))
    instants = ["1,1", "1,2", "1,3", "2,1", "2,2", "2,3"]
    assert first == [f"net_h1_1[{it}]" for it in instants]
    assert middle == [f"net_h2_{number}[{it}]" for it in instants for number in (1, 2)]
    # Above the recurrent layer nothing is computed where there is no target.
    assert last == ["net_o1[1,3]", "net_o1[2,3]"]


def test_a_recurrent_neuron_takes_in_its_own_layer_one_step_before() -> None:
    graph = graph_of(SEQUENCES)
    by_net = {neuron.net: neuron for at in graph.at for neurons in at.values() for neuron in neurons}
    assert by_net["net_h2_2[2,3]"].weights == (
        ("w5", "out_h1_1[2,3]"),
        ("w6", "out_h2_1[2,2]"),
        ("w7", "out_h2_2[2,2]"),
    )
    assert by_net["net_h2_1[1,1]"].sources == ("out_h1_1[1,1]", "out_h2_1[1,0]", "out_h2_2[1,0]")
    assert initial_states(graph.shape, 1, 0) == ("out_h2_1[1,0]", "out_h2_2[1,0]")


def test_only_outputs_with_a_target_are_judged() -> None:
    graph = graph_of(SEQUENCES)
    assert [error_of(neuron) for neuron in graph.judged] == ["E_o1[1,3]", "E_o1[2,3]"]
    assert [sample_error(graph.shape, number) for number in (0, 1)] == ["E[1]", "E[2]"]


@pytest.mark.parametrize(
    ("samples", "steps", "sample_", "step", "mark"),
    [(1, 1, 0, 0, ""), (3, 1, 1, 0, "[2]"), (1, 3, 0, 1, "[2]"), (3, 3, 2, 0, "[3,1]"), (1, 1, 0, -1, "[0]")],
)
def test_marks(samples: int, steps: int, sample_: int, step: int, mark: str) -> None:
    given_ = sample([["1"]] * steps, [["0"]])
    network = build(layer([["1"]], recurrent=[["1"]]), samples=[given_] * samples)
    shape = shape_of(network)
    assert mark_of(shape, sample_, step) == mark
    assert len(list(instants_of(shape))) == samples * steps
