"""What we understand of ONNX: its operators' attributes by ONNX's own schemas, and the parts that a file may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.settings import Understood, require_understood, understands
from symbackprop.wording import shortened

# Before this version operators broadcast by attributes, and a Dropout was training unless told otherwise.
_FIRST = 7

OPERATORS: Mapping[str, Understood] = {
    "Gemm": understands(reads="alpha beta transB"),
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
        "AttributeProto": "name type f i s t floats ints strings",
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


def known_attributes(where: str, kind: str, given: Mapping[str, Any], inputs: int, opset: int) -> Mapping[str, Any]:
    """The attributes of an operator that we know, with their defaults; raises UnsupportedError for those we don't."""
    import onnx  # noqa: PLC0415 - only who imports such a file needs it

    try:
        schema = onnx.defs.get_schema(kind, opset, "")
    except onnx.defs.SchemaError:
        why = f"version {opset} of ONNX's operators has no {shortened(kind)}"
        raise SpecError(where, why) from None
    if inputs > schema.max_input:
        raise SpecError(where, f"expected at most {schema.max_input} inputs, found {inputs}")
    defaults = {name: attribute_value(it.default_value) for name, it in schema.attributes.items()}
    attributes = {**defaults, **given}
    require_understood(where, attributes, defaults, OPERATORS[kind])
    return attributes


# By ONNX's number of an attribute's type, the field in which its value stands.
_VALUES: Mapping[int, str] = {1: "f", 2: "i", 3: "s", 4: "t", 6: "floats", 7: "ints", 8: "strings"}


def attribute_value(attribute: Any) -> Any:
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
