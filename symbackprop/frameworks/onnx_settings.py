"""What we understand of ONNX: its operators' attributes by ONNX's own schemas, and the parts that a file may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.settings import Understood, one_of, require_understood, understands
from symbackprop.wording import counted, shortened

# Before this version operators broadcast by attributes, and a Dropout was training unless told otherwise.
_FIRST = 7

OPERATORS: Mapping[str, Understood] = {
    "Gemm": understands(reads="alpha beta", transB=one_of(0, 1)),
    "MatMul": understands(),
    "Add": understands(),
    "Mul": understands(),
    "Div": understands(),
    "Erf": understands(),
    "Sigmoid": understands(),
    "Tanh": understands(),
    "Relu": understands(),
    "LeakyRelu": understands(reads="alpha"),
    "Elu": understands(reads="alpha"),
    "Softplus": understands(),
    "Gelu": understands(),
    "Swish": understands(),
    "Softmax": understands(reads="axis"),
    "Flatten": understands(),
    "Reshape": understands(),
    "Squeeze": understands(harmless="axes"),
    "Identity": understands(),
    # The others are about numbers of eight bits.
    "Cast": understands(reads="to", harmless="saturate round_mode"),
    "Dropout": understands(harmless="ratio seed"),
    # No weights are looked for in those that aren't a tensor.
    "Constant": understands(
        reads="value", harmless="value_int value_ints value_float value_floats value_string value_strings"
    ),
}

# By message, the fields that are read or only tell something: where it comes from, on what it runs, how long.
_FIELDS: Mapping[str, frozenset[str]] = {
    kind: frozenset(f"{names} doc_string metadata_props".split())
    for kind, names in {
        "ModelProto": "ir_version opset_import producer_name producer_version domain model_version graph configuration",
        "GraphProto": "node name initializer input output value_info",
        "NodeProto": "input output name op_type domain attribute device_configurations",
        "TensorProto": "dims data_type name float_data int32_data double_data raw_data data_location external_data",
    }.items()
}


def require_known_fields(where: str, message: Any) -> None:
    """Raises UnsupportedError for a part of a file that we would read past."""
    known = _FIELDS[message.DESCRIPTOR.name]
    for field, _ in message.ListFields():
        if field.name not in known:
            raise UnsupportedError(where, f"{field.name} is not supported; expected none")


def opset_of(model: Any, where: str) -> int:
    """The version of ONNX's operators; raises SpecError for one that the installed onnx doesn't know."""
    import onnx  # noqa: PLC0415 - only who imports such a file needs it

    if model.ir_version > onnx.IR_VERSION:
        why = f"ir_version {model.ir_version} is not supported; expected at most {onnx.IR_VERSION}, or a newer onnx"
        raise UnsupportedError(where, why)
    versions = [it.version for it in model.opset_import if it.domain in {"", b"", "ai.onnx", b"ai.onnx"}]
    if len(versions) != 1:
        raise SpecError(where, f"expected one version of ONNX's operators, found {len(versions)}")
    last = onnx.defs.onnx_opset_version()
    if not _FIRST <= versions[0] <= last:
        why = f"version {versions[0]} of ONNX's operators is not supported; expected {_FIRST} to {last}"
        raise UnsupportedError(where, why)
    return int(versions[0])


def known_attributes(where: str, kind: str, node: Any, given: Mapping[str, Any], opset: int) -> Mapping[str, Any]:
    """The values of an operator's attributes, with their defaults; `given` are the node's own attributes by name.

    Raises UnsupportedError for those that we don't know, and SpecError for what isn't as the operator's schema says.
    """
    import onnx  # noqa: PLC0415 - only who imports such a file needs it

    try:
        schema = onnx.defs.get_schema(kind, opset, "")
    except onnx.defs.SchemaError:
        why = f"version {opset} of ONNX's operators has no {shortened(kind)}"
        raise SpecError(where, why) from None
    for what, names, most in (("input", node.input, schema.max_input), ("output", node.output, schema.max_output)):
        if len(names) > most:
            raise SpecError(where, f"expected at most {counted(most, what)}, found {len(names)}")
    for name, it in given.items():
        if name in schema.attributes:
            _require_type(f"{where}: {name}", it, int(schema.attributes[name].type))
    defaults = {name: _value_of(it.default_value) for name, it in schema.attributes.items()}
    attributes = {**defaults, **{name: _value_of(it) for name, it in given.items()}}
    require_understood(where, attributes, defaults, OPERATORS[kind])
    return attributes


def _require_type(where: str, attribute: Any, wanted: int) -> None:
    """Raises SpecError for an attribute of another type, UnsupportedError for one with more in it than its value."""
    if attribute.type != wanted:
        name = type(attribute).AttributeType.Name
        raise SpecError(where, f"expected an attribute of type {name(wanted)}, found {name(attribute.type)}")
    field = _VALUES.get(wanted)
    others = (it.name for it, _ in attribute.ListFields() if it.name not in {"name", "type", "doc_string", field})
    if field is not None and (other := next(others, None)):
        raise UnsupportedError(where, f"{other} is not supported; expected {field} alone")


# By ONNX's number of an attribute's type, the field in which its value stands.
_VALUES: Mapping[int, str] = {1: "f", 2: "i", 3: "s", 4: "t", 6: "floats", 7: "ints", 8: "strings"}


def _value_of(attribute: Any) -> Any:
    """An attribute's value: a number, a text, a tensor or a list; None where there is none, itself for any other."""
    if not attribute.type:
        return None
    field = _VALUES.get(attribute.type)
    if field is None or attribute.ref_attr_name:
        return attribute
    value = getattr(attribute, field)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return list(value) if field.endswith("s") and field != "s" else value
