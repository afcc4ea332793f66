"""The network as a computational graph: one node for each quantity, in the order in which they are computed.

A node says which pattern it follows and which nodes fill the pattern's slots. What the pattern says is written
once for all nodes of its kind, in `patterns`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from symbackprop.derivation.keys import AddUp, Compare, ForwardPattern, Squash, WeightedSum
from symbackprop.functions import Activation
from symbackprop.network import Given, Layer, Network


class Kind(StrEnum):
    """What a quantity is: the last four only come with the derivation, the others stand in the graph."""

    INPUT = "input"
    TARGET = "target"
    WEIGHT = "weight"
    BIAS = "bias"
    LEARNING_RATE = "learning_rate"
    NET = "net"
    OUT = "out"
    ERROR = "error"
    TOTAL_ERROR = "total_error"
    FACTOR = "factor"
    DELTA = "delta"
    GRADIENT = "gradient"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One quantity. `slots` maps the pattern's slots to the nodes that fill them; a given one has no pattern."""

    id: str
    kind: Kind
    pattern: ForwardPattern | None
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neuron:
    """The ids that belong to one neuron. `parameters` are its weights, each with the input that it weighs."""

    name: str
    net: str
    out: str
    weights: tuple[tuple[str, str], ...]
    bias: str | None


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Nodes in an order in which each stands after all that it is computed from; checked when it is built.

    `layers` lists the neurons, the output layer last; `given` the numbers of the nodes without a pattern.
    Raises ValueError where an id is defined twice or used before it is defined.
    """

    nodes: tuple[Node, ...]
    layers: tuple[tuple[Neuron, ...], ...]
    inputs: tuple[str, ...]
    given: Mapping[str, Given]
    _known: dict[str, Node] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for node in self.nodes:
            if node.id in self._known:
                raise ValueError(f"{node.id} is defined twice")
            for parent in node.slots.values():
                if parent not in self._known:
                    raise ValueError(f"{node.id} uses {parent} before it is defined")
            self._known[node.id] = node

    def __getitem__(self, id_: str) -> Node:
        return self._known[id_]

    @property
    def outputs(self) -> tuple[Neuron, ...]:
        """The neurons of the last layer."""
        return self.layers[-1]

    @cached_property
    def shared_biases(self) -> Mapping[str, tuple[Neuron, ...]]:
        """Each bias that several neurons may share, with the neurons that it feeds."""
        fed: dict[str, tuple[Neuron, ...]] = {}
        for neuron in self.neurons():
            if neuron.bias is not None:
                fed[neuron.bias] = (*fed.get(neuron.bias, ()), neuron)
        return fed

    def neurons(self) -> Iterator[Neuron]:
        """All neurons, layer by layer."""
        for layer in self.layers:
            yield from layer

    def parameters(self) -> Iterator[str]:
        """The ids of all weights and biases, in the order of their numbers, biases after each layer's weights."""
        for layer in self.layers:
            for neuron in layer:
                yield from (weight for weight, _ in neuron.weights)
            yield from dict.fromkeys(neuron.bias for neuron in layer if neuron.bias is not None)


def error_of(neuron: Neuron) -> str:
    """The id of an output neuron's error."""
    return f"E_{neuron.name}"


def target_of(neuron: Neuron) -> str:
    """The id of an output neuron's target."""
    return f"target_{neuron.name}"


TOTAL_ERROR = "E_total"
LEARNING_RATE = "eta"


def build_graph(network: Network) -> Graph:
    """The graph of a fully connected network and its error; ids as the documentation's page on names lists them."""
    inputs = tuple(f"i{number}" for number in range(1, network.widths[0] + 1))
    layers = _name_neurons(network, inputs)
    outputs = layers[-1]
    given: dict[str, Given] = dict(zip(inputs, network.samples[0].inputs[0], strict=True))
    nodes = [_given_node(id_, Kind.INPUT) for id_ in inputs]
    for neuron, target in zip(outputs, network.samples[0].targets[0], strict=True):
        given[target_of(neuron)] = target
        nodes.append(_given_node(target_of(neuron), Kind.TARGET))
    given[LEARNING_RATE] = network.training.learning_rate
    nodes.append(_given_node(LEARNING_RATE, Kind.LEARNING_RATE))
    for neurons, layer in zip(layers, network.layers, strict=True):
        given.update(_given_parameters(neurons, layer))
        nodes.extend(_layer_nodes(neurons, layer.activation))
    loss = network.training.loss
    for neuron in outputs:
        slots = {"target": target_of(neuron), "out": neuron.out}
        nodes.append(Node(id=error_of(neuron), kind=Kind.ERROR, pattern=Compare(loss), slots=slots))
    errors = {f"e{number}": error_of(neuron) for number, neuron in enumerate(outputs, start=1)}
    total = AddUp(outputs=len(outputs), loss=loss)
    nodes.append(Node(id=TOTAL_ERROR, kind=Kind.TOTAL_ERROR, pattern=total, slots=errors))
    return Graph(nodes=tuple(nodes), layers=layers, inputs=inputs, given=given)


def _name_neurons(network: Network, inputs: tuple[str, ...]) -> tuple[tuple[Neuron, ...], ...]:
    layers: list[tuple[Neuron, ...]] = []
    sources, weight_number = inputs, 1
    last = len(network.layers)
    for number, layer in enumerate(network.layers, start=1):
        neurons = []
        for index in range(1, len(layer.weights) + 1):
            name = neuron_name(index, layer=number, layers=last)
            weights = tuple((f"w{weight_number + offset}", source) for offset, source in enumerate(sources))
            weight_number += len(sources)
            bias = _bias_id(layer, number, name)
            neurons.append(Neuron(name=name, net=f"net_{name}", out=f"out_{name}", weights=weights, bias=bias))
        layers.append(tuple(neurons))
        sources = tuple(neuron.out for neuron in neurons)
    return tuple(layers)


_LAYERS_WITH_ONE_HIDDEN = 2


def neuron_name(index: int, *, layer: int, layers: int) -> str:
    """A neuron's name, all counted from 1: o1 in the last layer, h1 in an only hidden one, h2_1 in one of several."""
    if layer == layers:
        return f"o{index}"
    return f"h{index}" if layers == _LAYERS_WITH_ONE_HIDDEN else f"h{layer}_{index}"


def _bias_id(layer: Layer, number: int, name: str) -> str | None:
    match layer.biases:
        case None:
            return None
        case Given():
            return f"b{number}"
        case _:
            return f"b_{name}"


def _given_node(id_: str, kind: Kind) -> Node:
    return Node(id=id_, kind=kind, pattern=None, slots={})


def _given_parameters(neurons: tuple[Neuron, ...], layer: Layer) -> Iterator[tuple[str, Given]]:
    for neuron, row in zip(neurons, layer.weights, strict=True):
        yield from zip((weight for weight, _ in neuron.weights), row, strict=True)
    for index, neuron in enumerate(neurons):
        if neuron.bias is not None and layer.biases is not None:
            yield neuron.bias, layer.biases if isinstance(layer.biases, Given) else layer.biases[index]


def _layer_nodes(neurons: tuple[Neuron, ...], activation: Activation) -> Iterator[Node]:
    for neuron in neurons:
        for weight, _ in neuron.weights:
            yield _given_node(weight, Kind.WEIGHT)
    for bias in dict.fromkeys(neuron.bias for neuron in neurons if neuron.bias is not None):
        yield _given_node(bias, Kind.BIAS)
    for neuron in neurons:
        slots = {f"w{index}": weight for index, (weight, _) in enumerate(neuron.weights, start=1)}
        slots |= {f"x{index}": source for index, (_, source) in enumerate(neuron.weights, start=1)}
        if neuron.bias is not None:
            slots["b"] = neuron.bias
        pattern = WeightedSum(inputs=len(neuron.weights), bias=neuron.bias is not None)
        yield Node(id=neuron.net, kind=Kind.NET, pattern=pattern, slots=slots)
        yield Node(id=neuron.out, kind=Kind.OUT, pattern=Squash(activation), slots={"net": neuron.net})
