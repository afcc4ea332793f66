"""Every attribute in ONNX's own schemas is honoured, of no effect, or refused by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symbackprop.errors import SpecError
from symbackprop.frameworks.onnx_settings import OPERATORS
from tests.frameworks.onnx_models import BIASES, HEAD, WEIGHTS, constant, model, node, saved
from tests.frameworks.test_from_onnx import calculated, outs, read

pytestmark = pytest.mark.slow

VERSIONS = (7, 9, 11, 13, 20, 24)
HONOURED: dict[tuple[str, str], Any] = {
    ("Gemm", "alpha"): 0.5, ("Gemm", "beta"): 2.0, ("Gemm", "transB"): 1, ("LeakyRelu", "alpha"): 0.25,
    ("Elu", "alpha"): 0.5, ("Softmax", "axis"): 1, ("Cast", "to"): 11, ("Cast", "saturate"): 0, ("Cast", "round_mode"): "down",
    ("Dropout", "ratio"): 0.25, ("Dropout", "seed"): 1, ("Squeeze", "axes"): [1],
    ("Constant", "value"): WEIGHTS,
}  # fmt: skip
REFUSED: dict[tuple[str, str], Any] = {
    ("Gemm", "transA"): 1, ("Gelu", "approximate"): "tanh", ("Swish", "alpha"): 2.0, ("Flatten", "axis"): 0,
    ("Reshape", "allowzero"): 1,
}  # fmt: skip


@pytest.fixture(autouse=True)
def onnx() -> Any:
    pytest.importorskip("onnx.reference")
    return pytest.importorskip("onnx")


def attributes(onnx: Any) -> Iterator[tuple[str, str, int]]:
    """Operator, attribute and the last version of those tried that has it."""
    found: dict[tuple[str, str], int] = {}
    for version in VERSIONS:
        for kind in OPERATORS:
            try:
                schema = onnx.defs.get_schema(kind, min(version, onnx.defs.onnx_opset_version()), "")
            except onnx.defs.SchemaError:
                continue
            found |= {(kind, name): version for name in schema.attributes}
    return ((kind, name, version) for (kind, name), version in found.items())


def model_with(kind: str, version: int, **settings: Any) -> Any:
    """A model 2-3-2 in which there is one such node, or 2-3 where that is enough."""
    after = [node("MatMul", "out v", "y")]
    constants = [constant("v", HEAD), constant("b", BIASES), constant("s", np.array([1, 2]))]
    weights = [constant("w", WEIGHTS)]
    match kind:
        case "Gemm":
            first = [node("Gemm", "x w b", "out", **settings)]
            weights = [constant("w", WEIGHTS.T if settings.get("transB") else WEIGHTS)]
        case "Constant":
            first = [node("Constant", "", "w", **{"value": constant("value", WEIGHTS), **settings})]
            first.append(node("MatMul", "x w", "out"))
            weights = []
        case "Flatten" | "Cast" | "Dropout" | "Identity":
            needed = {"to": 11} if kind == "Cast" else {}
            first = [node(kind, "x", "f", **{**needed, **settings}), node("MatMul", "f w", "out")]
        case "Reshape":
            first = [node("Reshape", "x s", "f", **settings), node("MatMul", "f w", "out")]
        case "Squeeze":
            first = [node("Squeeze", "x", "f", **settings), node("MatMul", "f w", "out")]
        case "MatMul":
            first = [node("MatMul", "x w", "out", **settings)]
        case "Add":
            first = [node("MatMul", "x w", "m"), node("Add", "m b", "out", **settings)]
        case "Mul":
            first = [node("MatMul", "x w", "m"), node("Sigmoid", "m", "t"), node("Mul", "m t", "out", **settings)]
        case _:
            first = [node("MatMul", "x w", "m"), node(kind, "m", "out", **settings)]
    made = model([*first, *after], [*constants, *weights])
    made.opset_import[0].version = version
    made.ir_version = 8
    return made


def refusal(path: Path) -> str:
    with pytest.raises(SpecError) as refused:
        read(path)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_every_attribute_of_the_schemas(onnx: Any, tmp_path: Path) -> None:
    seen = []
    for kind, name, version in attributes(onnx):
        if (kind, name) in HONOURED:
            value = HONOURED[kind, name]
            settings = {name: constant("value", value) if kind == "Constant" else value}
            made = model_with(kind, version, **settings)
            if kind == "Squeeze":
                # Before the first layer a sample is flat anyway.
                assert read(saved(tmp_path, made)).widths == (2, 3, 2)
            else:
                network = read(saved(tmp_path, made))
                expected = calculated(onnx, made, [1, 2])
                assert outs(network) == pytest.approx(expected, rel=1e-6), (kind, name)
        elif kind == "Constant" and name in OPERATORS[kind].harmless:
            value = {"s": "a", "i": 1, "f": 0.5}[name.removeprefix("value_")[0]]
            settings = {name: [value] if name.endswith("s") else value}
            made = model_with(kind, version, value=None, **settings)
            assert "input 1 that is no constant of the model is not supported" in refusal(saved(tmp_path, made))
        elif kind == "Constant":
            made = model_with(kind, version, value=None, **{name: onnx.SparseTensorProto()})
            assert f"({kind}): {name}=<AttributeProto> is not supported" in refusal(saved(tmp_path, made))
        else:
            value = REFUSED[kind, name]
            said = refusal(saved(tmp_path, model_with(kind, version, **{name: value})))
            assert f"({kind}): {name}={value!r} is not supported; expected " in said
        seen.append((kind, name))
    assert {*HONOURED, *REFUSED} - {*seen} <= {("Swish", "alpha"), ("Cast", "round_mode")}, "those need a later onnx"
    assert len(seen) > 20


@pytest.mark.parametrize("kind", sorted(OPERATORS))
def test_an_attribute_of_a_later_version_is_refused(onnx: Any, tmp_path: Path, kind: str) -> None:
    latest = onnx.defs.onnx_opset_version()
    if not onnx.defs.has(kind, latest):
        pytest.skip("needs a later onnx")
    made = model_with(kind, latest, newer=1)
    assert f"({kind}): newer, which is not known, is not supported" in refusal(saved(tmp_path, made))
