"""Activations that ONNX files write as several nodes: SiLU, and GELU by the error function."""

from __future__ import annotations

import math
from collections.abc import Mapping

from symbackprop.frameworks.onnx_graph import Graph, Node
from symbackprop.functions import Activation
from symbackprop.numerals import TypedFloat
from symbackprop.records import record

Takers = Mapping[str, list[Node]]
"""The nodes that take each result in."""

_CLOSE = 1e-6


@record(kw_only=True)
class Found:
    """An activation, the nodes that make it, and the name of its result."""

    activation: Activation
    nodes: tuple[Node, ...]
    output: str


def find_pattern(graph: Graph, takers: Takers, current: str) -> Found | None:
    """The activation that begins with this result, where several nodes make one."""
    nodes = {node.kind: node for node in takers.get(current, [])}
    if len(takers.get(current, [])) != 2 or "Mul" not in nodes:  # noqa: PLR2004 - the value, and what is made of it
        return None
    if "Sigmoid" in nodes:
        return _silu(nodes["Sigmoid"], nodes["Mul"], current)
    return _gelu(graph, takers, nodes["Div"], nodes["Mul"], current) if "Div" in nodes else None


def _silu(sigmoid: Node, product: Node, current: str) -> Found | None:
    """X times sigmoid(x)."""
    if sorted(product.inputs) != sorted((current, sigmoid.output)):
        return None
    return Found(activation=Activation.SILU, nodes=(sigmoid, product), output=product.output)


def _gelu(graph: Graph, takers: Takers, scaled: Node, product: Node, current: str) -> Found | None:
    """X times (1 + erf(x / sqrt 2)), halved."""
    error, halved = _only(takers, scaled.output, "Erf"), _only(takers, product.output, "Mul")
    shifted = None if error is None else _only(takers, error.output, "Add")
    if error is None or shifted is None or halved is None:
        return None
    fits = (
        scaled.inputs[0] == current
        and sorted(product.inputs) == sorted((current, shifted.output))
        and _is_number(graph, scaled, current, math.sqrt(2))
        and _is_number(graph, shifted, error.output, 1)
        and _is_number(graph, halved, product.output, 0.5)
    )
    nodes = (scaled, error, shifted, product, halved)
    return Found(activation=Activation.GELU, nodes=nodes, output=halved.output) if fits else None


def _only(takers: Takers, name: str, kind: str) -> Node | None:
    """The only node that takes a result in, if it is of that kind."""
    nodes = takers.get(name, [])
    return nodes[0] if len(nodes) == 1 and nodes[0].kind == kind else None


def _is_number(graph: Graph, node: Node, other: str, number: float) -> bool:
    """Whether a node takes in that number beside another input."""
    others = [name for name in node.inputs if name != other]
    tensor = graph.tensor(others[0]) if len(others) == 1 else None
    if tensor is None or len(tensor.numbers) != 1:
        return False
    (found,) = tensor.numbers
    value = float(found.digits) if isinstance(found, TypedFloat) else found
    return bool(abs(value - number) <= _CLOSE)
