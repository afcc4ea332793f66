"""From ONNX: a file with a chain of dense layers, and samples to learn from, as a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.description import Dense, Learning, Part, Squash, described, stacked, without_logits
from symbackprop.frameworks.numbers import Nested, scaled, transposed
from symbackprop.frameworks.onnx_graph import NUMBERS, Graph, Node, Tensor, read_graph
from symbackprop.frameworks.onnx_patterns import find_pattern
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network

_SUPPORTED = (
    "expected Gemm, MatMul, Add, Sigmoid, Tanh, Relu, LeakyRelu, Elu, Softplus, Gelu, Swish, Softmax, Flatten, "
    "Reshape, Squeeze, Identity, Cast or Dropout"
)
_NO_OPS = frozenset({"Flatten", "Reshape", "Squeeze", "Identity", "Cast", "Dropout"})
_OF_LOGITS = frozenset({Loss.CROSS_ENTROPY, Loss.BINARY_CROSS_ENTROPY})
_DEFAULT_SLOPE = 0.01


def from_onnx(path: str | Path, inputs: Nested, targets: Nested, learning: Learning, rounds: int) -> Network:
    """The network that an ONNX file describes, with samples as a network file's [data] has them.

    A last layer without activation counts as logits where the loss is a cross-entropy. Raises SpecError, or
    UnsupportedError with the node, for what has no counterpart here.
    """
    graph = read_graph(Path(path))
    layers = stacked(_parts(graph), graph.where)
    if learning.loss in _OF_LOGITS and layers[-1]["activation"] == Activation.IDENTITY:
        without_logits(layers, learning.loss, graph.where)
    return described(
        origin=graph.where,
        title=f"A network from {Path(path).name}",
        inputs=_samples(inputs),
        targets=_samples(targets),
        layers=layers,
        learning=learning,
        update_biases=True,
        rounds=rounds,
    )


def _samples(numbers: Nested) -> Nested:
    """A single vector is the only sample."""
    return numbers if any(isinstance(it, list) for it in numbers) else [numbers]


def _parts(graph: Graph) -> Iterator[Part]:
    """The nodes from the input to the output, each of which feeds only the next one."""
    takers: dict[str, list[Node]] = {}
    for node in graph.nodes:
        for name in dict.fromkeys(node.inputs):
            takers.setdefault(name, []).append(node)
    current, passed = graph.input, 0
    while current != graph.output or takers.get(current):
        found = find_pattern(graph, takers, current)
        nodes = takers.pop(current, [])
        if found is not None:
            yield Squash(place=_place(found.nodes[0], graph), activation=found.activation)
            current, passed = found.output, passed + len(found.nodes)
            continue
        if len(nodes) != 1:
            raise _branch(graph, nodes, current)
        node = nodes[0]
        following = takers.get(node.output, [])
        if node.kind == "MatMul" and len(following) == 1 and following[0].kind == "Add":
            added = takers.pop(node.output)[0]
            yield _product(graph, node, current, _bias(graph, added, node.output))
            current, passed = added.output, passed + 2
            continue
        yield from _part(graph, node, current)
        current, passed = node.output, passed + 1
    if passed != len(graph.nodes):
        raise UnsupportedError(
            graph.where, "nodes that don't lie on the way from the input to the output are not supported"
        )


def _branch(graph: Graph, nodes: list[Node], current: str) -> SpecError:
    if nodes:
        kinds = ", ".join(node.kind for node in nodes[:4])
        return UnsupportedError(nodes[0].where, f"a result that goes several ways ({kinds}) is not supported")
    return SpecError(graph.where, f"expected a way from the input to the output, found none after {current[:80]!r}")


def _place(node: Node, graph: Graph) -> str:
    return node.where.removeprefix(f"{graph.where}: ")


def _part(graph: Graph, node: Node, current: str) -> Iterator[Part]:
    if node.kind in _NO_OPS and node.inputs[0] == current:
        _require_no_op(node)
        return
    if node.kind == "Gemm":
        yield _gemm(graph, node, current)
    elif node.kind == "MatMul":
        yield _product(graph, node, current, None)
    elif node.kind in _ACTIVATIONS and node.inputs[0] == current:
        yield _ACTIVATIONS[node.kind](node, _place(node, graph))
    else:
        raise UnsupportedError(node.where, f"this node is not supported; {_SUPPORTED}")


def _require_no_op(node: Node) -> None:
    """Raises UnsupportedError where a node that usually changes no number does."""
    if node.kind == "Cast" and node.attributes.get("to") not in NUMBERS:
        raise UnsupportedError(node.where, "a Cast to anything but float, double or float16 is not supported")
    if node.kind == "Dropout" and any(node.inputs[2:]):
        raise UnsupportedError(node.where, "a Dropout that may be training is not supported")


def _constant(graph: Graph, node: Node, position: int) -> Tensor:
    tensor = graph.tensor(node.inputs[position]) if position < len(node.inputs) else None
    if tensor is None:
        raise UnsupportedError(node.where, f"input {position} that is no constant of the model is not supported")
    return tensor


def _gemm(graph: Graph, node: Node, current: str) -> Dense:
    if node.inputs[0] != current or node.attributes.get("transA", 0) != 0:
        raise UnsupportedError(node.where, "a Gemm with the data anywhere but first, or transposed, is not supported")
    matrix = _constant(graph, node, 1).rows()
    rows = matrix if node.attributes.get("transB", 0) == 1 else transposed(matrix)
    biases = None
    if len(node.inputs) > 2 and node.inputs[2]:  # noqa: PLR2004 - the third input may be left out
        biases = _scaled(node, "beta", _constant(graph, node, 2).vector(len(rows)))
    return Dense(place=_place(node, graph), weights=_scaled(node, "alpha", rows), biases=biases)


def _scaled(node: Node, name: str, numbers: Nested) -> Nested:
    return numbers if node.attributes.get(name, 1) == 1 else scaled(numbers, node.number(name, 1))


def _product(graph: Graph, node: Node, current: str, bias: Tensor | None) -> Dense:
    if node.inputs[0] != current:
        raise UnsupportedError(node.where, "a MatMul with the data anywhere but first is not supported")
    rows = transposed(_constant(graph, node, 1).rows())
    return Dense(place=_place(node, graph), weights=rows, biases=None if bias is None else bias.vector(len(rows)))


def _bias(graph: Graph, node: Node, current: str) -> Tensor:
    others = [number for number, name in enumerate(node.inputs) if name != current]
    if len(others) != 1:
        raise UnsupportedError(node.where, "an Add of anything but biases is not supported")
    return _constant(graph, node, others[0])


def _plain(activation: Activation) -> Callable[[Node, str], Squash]:
    return lambda _, place: Squash(place=place, activation=activation)


def _bent(activation: Activation, default: float) -> Callable[[Node, str], Squash]:
    def squash(node: Node, place: str) -> Squash:
        return Squash(place=place, activation=activation, bend=node.number("alpha", default))

    return squash


def _gelu(node: Node, place: str) -> Squash:
    if node.attributes.get("approximate", "none") != "none":
        raise UnsupportedError(node.where, "an approximate Gelu is not supported")
    return Squash(place=place, activation=Activation.GELU)


def _swish(node: Node, place: str) -> Squash:
    if node.attributes.get("alpha", 1) != 1:
        raise UnsupportedError(node.where, "a Swish with an alpha other than 1 is not supported")
    return Squash(place=place, activation=Activation.SILU)


def _softmax(node: Node, place: str) -> Squash:
    if node.attributes.get("axis", -1) not in {-1, 1}:
        raise UnsupportedError(node.where, "a Softmax over an axis other than the last is not supported")
    return Squash(place=place, activation=Activation.SOFTMAX)


_ACTIVATIONS: Mapping[str, Callable[[Node, str], Any]] = {
    "Sigmoid": _plain(Activation.SIGMOID),
    "Tanh": _plain(Activation.TANH),
    "Relu": _plain(Activation.RELU),
    "Softplus": _plain(Activation.SOFTPLUS),
    "LeakyRelu": _bent(Activation.LEAKY_RELU, _DEFAULT_SLOPE),
    "Elu": _bent(Activation.ELU, 1),
    "Gelu": _gelu,
    "Swish": _swish,
    "Softmax": _softmax,
}
