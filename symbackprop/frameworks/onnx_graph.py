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
from symbackprop.layers_file import MOST_PARAMETERS
from symbackprop.records import record
from symbackprop.wording import quoted, shortened

MOST_BYTES = 32_000_000
MOST_NODES = 1_000
INSTALL = "onnx is not installed; pip install 'symbackprop[onnx]' installs it"

# By ONNX's number of a type: struct's letter, the field in which the numbers may stand, our name.
_TYPES: Mapping[int, tuple[str, str, str]] = {
    1: ("f", "float_data", "float32"),
    10: ("e", "int32_data", "float16"),
    11: ("d", "double_data", "float64"),
}
NUMBERS = frozenset(_TYPES)
"""ONNX's numbers of the types that a constant may have."""

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

    def number(self, name: str, default: float) -> Any:
        """A number among the attributes."""
        return decimal(self.attributes.get(name, default), "float32", f"{self.where}: {name}")


@record(kw_only=True)
class Graph:
    """The nodes in order, the constants by name, and the names of what goes in and what comes out."""

    where: str
    nodes: tuple[Node, ...]
    constants: Mapping[str, Any]
    input: str
    output: str

    def tensor(self, name: str) -> Tensor | None:
        """A constant; None for what the graph computes. Raises SpecError for what is broken or too large."""
        found = self.constants.get(name)
        return None if found is None else _tensor(found, f"{self.where}: {quoted(name)}")


def read_graph(path: Path) -> Graph:
    """The graph of an ONNX file; raises SpecError for what is none, or is more than we take."""
    where = str(path)
    content = read_bytes(path, most_bytes=MOST_BYTES)
    model = _parsed(content, where)
    if model.functions:
        raise UnsupportedError(where, "functions of the model's own are not supported")
    if len(model.graph.node) > MOST_NODES:
        raise SpecError(where, f"expected at most {MOST_NODES:,} nodes, found {len(model.graph.node):,}")
    constants = {_text(it.name): it for it in model.graph.initializer}
    nodes: list[Node] = []
    made: set[str] = set()
    for each in model.graph.node:
        node = _node(each, where)
        if node.output in made:
            raise SpecError(node.where, "expected a result that no other node gives")
        made.add(node.output)
        if node.kind == "Constant":
            constants[node.output] = node.attributes.get("value")
        elif node.kind == "Identity" and node.inputs and node.inputs[0] in constants:
            constants[node.output] = constants[node.inputs[0]]
        else:
            nodes.append(node)
    inputs = [name for name in (_text(it.name) for it in model.graph.input) if name not in constants]
    outputs = [_text(it.name) for it in model.graph.output]
    for what, names in (("input", inputs), ("output", outputs)):
        if len(names) != 1:
            raise UnsupportedError(where, f"a model with {len(names)} {what}s is not supported; expected one")
    return Graph(where=where, nodes=tuple(nodes), constants=constants, input=inputs[0], output=outputs[0])


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


def _node(node: Any, where: str) -> Node:
    domain = _text(node.domain)
    kind = _text(node.op_type) if domain in {"", "ai.onnx"} else f"{domain}.{_text(node.op_type)}"
    name = _text(next(iter(node.output), ""))
    here = f"{where}: {quoted(_text(node.name) or name)} ({shortened(kind)})"
    return Node(
        where=here,
        kind=kind,
        inputs=tuple(map(_text, node.input)),
        output=name,
        attributes={_text(it.name): _attribute(it) for it in node.attribute},
    )


# By ONNX's number of an attribute's type, the field in which its value stands: a number, a text, a tensor, a list.
_FIELDS: Mapping[int, str] = {1: "f", 2: "i", 3: "s", 4: "t", 7: "ints"}


def _attribute(attribute: Any) -> Any:
    """An attribute's value, of the kinds that matter here; None for others."""
    field = _FIELDS.get(attribute.type)
    value = None if field is None else getattr(attribute, field)
    return _text(value) if isinstance(value, bytes) else value


def _tensor(tensor: Any, where: str) -> Tensor:
    if not hasattr(tensor, "data_location"):
        raise SpecError(where, "expected a tensor, found something else")
    if tensor.data_location == _EXTERNAL or tensor.external_data:
        raise UnsupportedError(where, "numbers in another file are not supported; save the model in one file")
    if tensor.data_type not in _TYPES:
        raise UnsupportedError(where, "numbers of this type are not supported; expected float, double or float16")
    shape = tuple(tensor.dims)
    count = math.prod(shape)
    if any(it < 1 for it in shape) or count > MOST_PARAMETERS:
        raise SpecError(where, f"expected 1 to {MOST_PARAMETERS:,} numbers, found the shape {list(shape)[:8]}")
    letter, field, kind = _TYPES[tensor.data_type]
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
