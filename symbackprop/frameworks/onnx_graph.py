"""An ONNX file as a chain of nodes: read within limits, nothing evaluated, nothing looked for in other files."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.files import read_bytes
from symbackprop.frameworks.numbers import Nested, decimal
from symbackprop.frameworks.onnx_settings import (
    OPERATORS,
    known_attributes,
    opset_of,
    require_known_fields,
)
from symbackprop.layers_file import MOST_PARAMETERS
from symbackprop.records import record
from symbackprop.wording import quoted, shortened

MOST_BYTES = 32_000_000
MOST_NODES = 1_000
MOST_DIMENSIONS = 8
INSTALL = "onnx is not installed; pip install 'symbackprop[onnx]' installs it"

# By ONNX's number of a type: struct's letter, the field in which the numbers may stand, our name.
_TYPES: Mapping[int, tuple[str, str, str]] = {
    1: ("f", "float_data", "float32"),
    10: ("e", "int32_data", "float16"),
    11: ("d", "double_data", "float64"),
}
# By ONNX's number of a type, those whose every number it holds, too.
_HOLDS: Mapping[int, frozenset[int]] = {1: frozenset({1, 10}), 10: frozenset({10}), 11: frozenset({1, 10, 11})}
_PRECISION = "expected float, double or float16"

_EXTERNAL = 1


@record(kw_only=True)
class Tensor:
    """A constant of the graph: its shape and its numbers in a row."""

    where: str
    shape: tuple[int, ...]
    numbers: tuple[Any, ...]

    def rows(self) -> Nested:
        """The numbers of a matrix as rows; raises UnsupportedError for what is none."""
        if len(self.shape) != 2:  # noqa: PLR2004 - a matrix has two dimensions
            raise UnsupportedError(self.where, f"weights of {len(self.shape)} dimensions are not supported; expected 2")
        width = self.shape[1]
        return [list(self.numbers[start : start + width]) for start in range(0, len(self.numbers), width)]

    def vector(self, length: int) -> Nested:
        """The numbers as one for each of so many neurons; a single one stands for all."""
        if len(self.numbers) == 1:
            return list(self.numbers) * length
        if len(self.numbers) != length or self.shape[-1] != length:
            found = " x ".join(map(str, self.shape))
            raise SpecError(self.where, f"expected biases for {length} neurons, found {found}")
        return list(self.numbers)


@record(kw_only=True)
class Node:
    """A node on the way from the input to the output, with the constants that it takes in."""

    where: str
    kind: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Any]

    def number(self, name: str) -> Any:
        """A number among the attributes."""
        return decimal(self.attributes[name], "float32", f"{self.where}: {name}")


@record(kw_only=True)
class Graph:
    """The nodes in order, the constants by name, and the names of what goes in and what comes out.

    A node that changes no number is left out, and its result has the name of what goes into it. `rank` is the number
    of dimensions of what goes in, if the file tells it.
    """

    where: str
    nodes: tuple[Node, ...]
    constants: Mapping[str, Any]
    input: str
    output: str
    rank: int | None

    def tensor(self, name: str) -> Tensor | None:
        """A constant; None for what the graph computes. Raises SpecError for what is broken or too large."""
        found = self.constants.get(name)
        return None if found is None else _tensor(found, f"{self.where}: {quoted(name)}")


def read_graph(path: Path) -> Graph:
    """The graph of an ONNX file; raises SpecError for what is none, or is more than we take."""
    where = str(path)
    content = read_bytes(path, most_bytes=MOST_BYTES)
    model = _parsed(content, where)
    require_known_fields(where, model)
    require_known_fields(where, model.graph)
    opset = opset_of(model, where)
    if len(model.graph.node) > MOST_NODES:
        raise SpecError(where, f"expected at most {MOST_NODES:,} nodes, found {len(model.graph.node):,}")
    constants = {_text(it.name): it for it in model.graph.initializer}
    if len(constants) < len(model.graph.initializer):
        raise SpecError(where, "expected each initializer under a name of its own")
    given = _only_input(model.graph, constants, where)
    outputs = [_text(it.name) for it in model.graph.output]
    _require_one(outputs, "output", where)
    reading = _Reading(where, constants, given)
    for each in model.graph.node:
        reading.take(_node(each, where, opset))
    _require_few(reading.nodes, constants, where)
    shape = given.type.tensor_type
    return Graph(
        where=where,
        nodes=tuple(reading.nodes),
        constants=constants,
        input=_text(given.name),
        output=reading.same.get(outputs[0], outputs[0]),
        rank=len(shape.shape.dim) if shape.HasField("shape") else None,
    )


def _require_few(nodes: list[Node], constants: Mapping[str, Any], where: str) -> None:
    """Raises SpecError for more numbers than a network may have, before one is read; shared ones count again."""
    found = sum(_count(constants[name]) for node in nodes for name in node.inputs if name in constants)
    if found > MOST_PARAMETERS:
        raise SpecError(where, f"expected at most {MOST_PARAMETERS:,} weights and biases, found {found:,}")


def _count(constant: Any) -> int:
    """How many numbers a constant has; none where its dimensions are wrong, which is told when it is read."""
    dims = getattr(constant, "dims", ())
    count = math.prod(dims) if len(dims) <= MOST_DIMENSIONS else 0
    return count if 0 < count <= MOST_PARAMETERS else 0


def _only_input(graph: Any, constants: Mapping[str, Any], where: str) -> Any:
    """What goes in beside the constants; raises UnsupportedError for several, and for other than real numbers."""
    inputs = [it for it in graph.input if _text(it.name) not in constants]
    _require_one(inputs, "input", where)
    if inputs[0].type.tensor_type.elem_type not in _TYPES:
        raise UnsupportedError(where, f"an input of this type is not supported; {_PRECISION}")
    return inputs[0]


def _require_one(names: list[Any], what: str, where: str) -> None:
    if len(names) != 1:
        raise UnsupportedError(where, f"a model with {len(names)} {what}s is not supported; expected one")


class _Reading:
    """The nodes so far, of what type each result is, and which results are the same as others."""

    def __init__(self, where: str, constants: dict[str, Any], given: Any) -> None:
        self.where, self.constants = where, constants
        self.nodes: list[Node] = []
        self.same: dict[str, str] = {}
        self.types = {name: it.data_type for name, it in constants.items()}
        self.types[_text(given.name)] = given.type.tensor_type.elem_type
        self.made = {_text(given.name), *constants}

    def take(self, node: Node) -> None:
        """The next node; raises SpecError for one that gives what there is already."""
        if node.output in self.made:
            raise SpecError(node.where, "expected a result that no other node gives")
        self.made.add(node.output)
        if node.kind == "Constant":
            self.constants[node.output] = value = node.attributes["value"]
            self.types[node.output] = getattr(value, "data_type", 0)
            return
        inputs = tuple(self.same.get(name, name) for name in node.inputs)
        first = self.types.get(inputs[0], 0) if inputs else 0
        if node.kind in _NO_OPS and inputs:
            self._require_no_op(node, inputs[0], first)
            self.same[node.output] = inputs[0]
            if node.kind == "Cast":
                self.types[inputs[0]] = node.attributes["to"]
            return
        if node.kind in OPERATORS:
            # All of them give what they take.
            self.types[node.output] = first
        self.nodes.append(
            Node(where=node.where, kind=node.kind, inputs=inputs, output=node.output, attributes=node.attributes)
        )

    def _require_no_op(self, node: Node, name: str, type_: int) -> None:
        """Raises UnsupportedError where a node that usually changes no number does."""
        if node.kind == "Dropout" and any(node.inputs[2:]):
            raise UnsupportedError(node.where, "a Dropout that may be training is not supported")
        to = node.attributes.get("to", 0)
        # A weight is known by its shortest decimal in its own precision.
        if node.kind == "Cast" and (type_ not in _HOLDS.get(to, ()) or (name in self.constants and type_ != to)):
            told = [_TYPES[it][2] if it in _TYPES else "another type" for it in (type_, to)]
            why = f"a Cast from {told[0]} to {told[1]} is not supported; expected one that keeps every number"
            raise UnsupportedError(node.where, why)


_NO_OPS = frozenset({"Identity", "Cast", "Dropout"})


def _parsed(content: bytes, where: str) -> Any:
    try:
        # Only who imports such a file needs it.
        import onnx  # noqa: PLC0415
        from google.protobuf.message import DecodeError  # noqa: PLC0415 - onnx brings it
    except ImportError:
        raise SpecError(where, INSTALL) from None
    try:
        model = onnx.ModelProto.FromString(content)
    except (DecodeError, RecursionError):
        raise SpecError(where, "expected an ONNX model, found something else") from None
    if not model.HasField("graph"):
        raise SpecError(where, "expected an ONNX model, found something else")
    return model


def _text(text: str | bytes) -> str:
    """A name in the file; what isn't UTF-8 is given as its bytes."""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _node(node: Any, where: str, opset: int) -> Node:
    domain = _text(node.domain)
    kind = _text(node.op_type) if domain in {"", "ai.onnx"} else f"{domain}.{_text(node.op_type)}"
    name = _text(next(iter(node.output), ""))
    here = f"{where}: {quoted(_text(node.name) or name)} ({shortened(kind)})"
    require_known_fields(here, node)
    given = {_text(it.name): it for it in node.attribute}
    if len(given) < len(node.attribute):
        raise SpecError(here, "expected each attribute once")
    # What is no operator of ours is refused for what it is, not for its attributes.
    attributes = known_attributes(here, kind, node, given, opset) if kind in OPERATORS else {}
    return Node(where=here, kind=kind, inputs=tuple(map(_text, node.input)), output=name, attributes=attributes)


def _tensor(tensor: Any, where: str) -> Tensor:
    if not hasattr(tensor, "data_location"):
        raise SpecError(where, "expected a tensor, found something else")
    if tensor.data_location == _EXTERNAL or tensor.external_data:
        raise UnsupportedError(where, "numbers in another file are not supported; save the model in one file")
    if tensor.data_type not in _TYPES:
        raise UnsupportedError(where, f"numbers of this type are not supported; {_PRECISION}")
    require_known_fields(where, tensor)
    if len(tensor.dims) > MOST_DIMENSIONS:
        raise SpecError(where, f"expected at most {MOST_DIMENSIONS} dimensions, found {len(tensor.dims):,}")
    shape = tuple(tensor.dims)
    count = math.prod(shape)
    if any(it < 1 for it in shape) or count > MOST_PARAMETERS:
        raise SpecError(where, f"expected 1 to {MOST_PARAMETERS:,} numbers, found the shape {list(shape)}")
    letter, field, kind = _TYPES[tensor.data_type]
    if sum(it.name.endswith("_data") for it, _ in tensor.ListFields()) > 1:
        raise SpecError(where, "expected the numbers in one way only")
    found = _raw(tensor.raw_data, letter) if tensor.HasField("raw_data") else _listed(getattr(tensor, field), letter)
    if len(found) != count:
        raise SpecError(where, f"expected {count:,} numbers, found {len(found):,}")
    numbers = tuple(decimal(it, kind, f"{where}: number {index}") for index, it in enumerate(found))
    return Tensor(where=where, shape=shape, numbers=numbers)


def _raw(content: bytes, letter: str) -> list[float]:
    size = struct.calcsize(letter)
    whole = content[: len(content) - len(content) % size]
    return [number for (number,) in struct.iter_unpack(f"<{letter}", whole)]


def _listed(numbers: Any, letter: str) -> list[float]:
    if letter == "e":
        # Half precision is kept as its bits.
        return [struct.unpack("<e", struct.pack("<H", bits & 0xFFFF))[0] for bits in numbers]
    return list(numbers)
