"""Which quantities a network has, what they are called, and in which order they stand."""

from __future__ import annotations

import pytest
from hypothesis import given

from symbackprop.derivation.graph import Graph, Kind, Node, build_graph, neuron_name
from symbackprop.derivation.keys import AddUp, Compare, Squash, WeightedSum
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network
from tests.networks import build, default_network, layer, networks
from tests.reference import bias_names, neuron_names, weight_names

DEEP = build(
    layer([["0.1"], ["0.2"]], "0.3"),
    layer([["0.4", "0.5"]]),
    layer([["0.6"], ["0.7"], ["0.8"]], ["0.9", "1", "1.1"]),
    inputs=["1"],
    targets=["0", "0.5", "1"],
)


def ids(network: Network, *kinds: Kind) -> list[str]:
    return [node.id for node in build_graph(network).nodes if node.kind in kinds]


# --- Names ------------------------------------------------------------------------------------------------


def test_the_default_network_has_the_articles_names() -> None:
    network = default_network()
    assert ids(network, Kind.INPUT) == ["i1", "i2"]
    assert ids(network, Kind.TARGET) == ["target_o1", "target_o2"]
    assert ids(network, Kind.WEIGHT) == [f"w{number}" for number in range(1, 9)]
    assert ids(network, Kind.BIAS) == ["b1", "b2"]
    assert ids(network, Kind.NET, Kind.OUT) == [
        *("net_h1", "out_h1", "net_h2", "out_h2"),
        *("net_o1", "out_o1", "net_o2", "out_o2"),
    ]
    assert ids(network, Kind.ERROR, Kind.TOTAL_ERROR, Kind.LEARNING_RATE) == ["eta", "E_o1", "E_o2", "E_total"]


def test_several_hidden_layers_are_counted_in_the_names() -> None:
    assert ids(DEEP, Kind.OUT) == ["out_h1_1", "out_h1_2", "out_h2_1", "out_o1", "out_o2", "out_o3"]


def test_a_layer_with_one_bias_numbers_it_and_others_name_theirs() -> None:
    assert ids(DEEP, Kind.BIAS) == ["b1", "b_o1", "b_o2", "b_o3"]


def test_a_lonely_layer_is_the_output_layer() -> None:
    network = build(layer([["0.1", "0.2"]], ["0.3"]), inputs=["1", "2"], targets=["0"])
    assert ids(network, Kind.NET, Kind.BIAS) == ["b_o1", "net_o1"]


@pytest.mark.parametrize(
    ("index", "layer_number", "layers", "expected"),
    [(1, 1, 1, "o1"), (2, 1, 2, "h2"), (3, 2, 2, "o3"), (1, 1, 3, "h1_1"), (2, 2, 3, "h2_2"), (12, 10, 11, "h10_12")],
)
def test_neuron_names(index: int, layer_number: int, layers: int, expected: str) -> None:
    assert neuron_name(index, layer=layer_number, layers=layers) == expected


@given(networks())
def test_every_network_is_named_as_the_reference_names_it(network: Network) -> None:
    graph = build_graph(network)
    assert [[it.name for it in neurons] for neurons in graph.layers] == neuron_names(network)
    assert [[[id_ for id_, _ in it.weights] for it in neurons] for neurons in graph.layers] == weight_names(network)
    assert [[it.bias for it in neurons] for neurons in graph.layers] == bias_names(network)


# --- What is connected to what ----------------------------------------------------------------------------


def test_weights_lead_from_the_layer_below() -> None:
    graph = build_graph(default_network())
    assert graph.layers[0][1].weights == (("w3", "i1"), ("w4", "i2"))
    assert graph.layers[1][0].weights == (("w5", "out_h1"), ("w6", "out_h2"))
    assert graph["net_o2"].slots == {"w1": "w7", "x1": "out_h1", "w2": "w8", "x2": "out_h2", "b": "b2"}
    assert graph["E_o2"].slots == {"target": "target_o2", "out": "out_o2"}
    assert graph["E_total"].slots == {"e1": "E_o1", "e2": "E_o2"}


def test_nodes_of_a_kind_share_their_pattern() -> None:
    graph = build_graph(default_network())
    assert graph["net_h1"].pattern == graph["net_o2"].pattern == WeightedSum(inputs=2, bias=True)
    assert graph["out_o1"].pattern == Squash(Activation.SIGMOID)
    assert graph["E_o1"].pattern == Compare(Loss.HALF_SQUARED)
    assert graph["E_total"].pattern == AddUp(outputs=2, loss=Loss.HALF_SQUARED)
    assert build_graph(DEEP)["net_h2_1"].pattern == WeightedSum(inputs=2, bias=False)


def test_a_shared_bias_feeds_its_whole_layer() -> None:
    shared = {bias: [it.name for it in fed] for bias, fed in build_graph(DEEP).shared_biases.items()}
    assert shared == {"b1": ["h1_1", "h1_2"], "b_o1": ["o1"], "b_o2": ["o2"], "b_o3": ["o3"]}


def test_parameters_stand_layer_by_layer_with_biases_after_weights() -> None:
    expected = ["w1", "w2", "b1", "w3", "w4", "w5", "w6", "w7", "b_o1", "b_o2", "b_o3"]
    assert list(build_graph(DEEP).parameters()) == expected


@given(networks())
def test_given_numbers_are_the_networks_own(network: Network) -> None:
    graph = build_graph(network)
    assert [graph.given[id_] for id_ in graph.inputs] == list(network.samples[0].inputs[0])
    for neurons, here in zip(graph.layers, network.layers, strict=True):
        assert tuple(tuple(graph.given[id_] for id_, _ in it.weights) for it in neurons) == here.weights
    assert set(graph.given) == {node.id for node in graph.nodes if node.pattern is None}


# --- What a graph refuses ---------------------------------------------------------------------------------


def graph_of(*nodes: Node) -> Graph:
    return Graph(nodes=nodes, layers=(), inputs=(), given={})


def node(id_: str, **slots: str) -> Node:
    return Node(id=id_, kind=Kind.OUT, pattern=Squash(Activation.SIGMOID) if slots else None, slots=slots)


def test_an_id_is_defined_once() -> None:
    with pytest.raises(ValueError, match=r"^out_h1 is defined twice$"):
        graph_of(node("out_h1"), node("out_h2"), node("out_h1"))


@pytest.mark.parametrize(
    "nodes",
    [(node("out_h1", net="net_h1"), node("net_h1")), (node("out_h1", net="net_h1"),)],
    ids=["defined later", "never defined"],
)
def test_an_id_is_defined_before_it_is_used(nodes: tuple[Node, ...]) -> None:
    with pytest.raises(ValueError, match=r"^out_h1 uses net_h1 before it is defined$"):
        graph_of(*nodes)


def test_a_node_does_not_use_itself() -> None:
    with pytest.raises(ValueError, match="uses net_h1 before"):
        graph_of(node("net_h1", net="net_h1"))


def test_an_unknown_id_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        build_graph(default_network())["net_h3"]
