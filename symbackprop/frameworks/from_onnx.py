"""From ONNX: a file with a chain of dense layers, and samples to learn from, as a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.description import Dense, Learning, Part, Squash, described, stacked, without_logits
from symbackprop.frameworks.numbers import Nested, scaled, transposed
from symbackprop.frameworks.onnx_graph import Graph, Node, Tensor, read_graph
from symbackprop.frameworks.onnx_patterns import find_pattern
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network
from symbackprop.records import record

_SUPPORTED = (
    "expected Gemm, MatMul, Add, Sigmoid, Tanh, Relu, LeakyRelu, Elu, Softplus, Gelu, Swish, Softmax, Flatten, "
    "Reshape, Squeeze, Identity, Cast or Dropout"
)
_RESHAPES = frozenset({"Flatten", "Reshape", "Squeeze"})
_OF_LOGITS = frozenset({Loss.CROSS_ENTROPY, Loss.BINARY_CROSS_ENTROPY})
_MATRIX = 2


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
    current, passed, rows = graph.input, 0, Rows(rank=graph.rank, are_whole=True)
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
            current, passed, rows = added.output, passed + 2, _rows_after(node, rows)
            continue
        if node.kind == "Softmax":
            _require_over_outputs(node, rows)
        yield from _part(graph, node, current)
        current, passed, rows = node.output, passed + 1, _rows_after(node, rows)
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
    if node.kind in _RESHAPES and node.inputs[0] == current:
        return
    if node.kind == "Gemm":
        yield _gemm(graph, node, current)
    elif node.kind == "MatMul":
        yield _product(graph, node, current, None)
    elif node.kind in _ACTIVATIONS and node.inputs[0] == current:
        activation, bend = _ACTIVATIONS[node.kind]
        yield Squash(place=_place(node, graph), activation=activation, bend=node.number(bend) if bend else None)
    else:
        raise UnsupportedError(node.where, f"this node is not supported; {_SUPPORTED}")


@record(kw_only=True)
class Rows:
    """How a result lies there: in how many dimensions, if that is known; whether the last one has a layer's outputs."""

    rank: int | None
    are_whole: bool


def _rows_after(node: Node, rows: Rows) -> Rows:
    match node.kind:
        case "Flatten" | "Gemm":
            return Rows(rank=_MATRIX, are_whole=True)
        case "Reshape" | "Squeeze":
            return Rows(rank=None, are_whole=False)
        case "MatMul":
            return Rows(rank=rows.rank, are_whole=True)
        case _:
            return rows


def _require_over_outputs(node: Node, rows: Rows) -> None:
    """Raises UnsupportedError for a softmax over anything but the outputs of each sample."""
    axis = node.attributes["axis"]
    if not rows.are_whole:
        raise UnsupportedError(node.where, "a Softmax after a Reshape or a Squeeze is not supported")
    if axis != -1 and (rows.rank is None or axis != rows.rank - 1):
        last = "" if rows.rank is None else f" or {rows.rank - 1}"
        raise UnsupportedError(node.where, f"axis={axis} is not supported; expected the last one, -1{last}")


def _constant(graph: Graph, node: Node, position: int) -> Tensor:
    tensor = graph.tensor(node.inputs[position]) if position < len(node.inputs) else None
    if tensor is None:
        raise UnsupportedError(node.where, f"input {position} that is no constant of the model is not supported")
    return tensor


def _gemm(graph: Graph, node: Node, current: str) -> Dense:
    if node.inputs[0] != current:
        raise UnsupportedError(node.where, "a Gemm with the data anywhere but first is not supported")
    matrix = _constant(graph, node, 1).rows()
    rows = matrix if node.attributes["transB"] else transposed(matrix)
    biases = None
    if len(node.inputs) > 2 and node.inputs[2]:  # noqa: PLR2004 - the third input may be left out
        biases = _scaled(node, "beta", _constant(graph, node, 2).vector(len(rows)))
    return Dense(place=_place(node, graph), weights=_scaled(node, "alpha", rows), biases=biases)


def _scaled(node: Node, name: str, numbers: Nested) -> Nested:
    return numbers if node.attributes[name] == 1 else scaled(numbers, node.number(name))


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


_ACTIVATIONS: Mapping[str, tuple[Activation, str]] = {
    "Sigmoid": (Activation.SIGMOID, ""),
    "Tanh": (Activation.TANH, ""),
    "Relu": (Activation.RELU, ""),
    "Softplus": (Activation.SOFTPLUS, ""),
    "LeakyRelu": (Activation.LEAKY_RELU, "alpha"),
    "Elu": (Activation.ELU, "alpha"),
    "Gelu": (Activation.GELU, ""),
    "Swish": (Activation.SILU, ""),
    "Softmax": (Activation.SOFTMAX, ""),
}
"""Activations by ONNX's names, with the attribute that bends them."""
