"""ONNX models for tests, built node by node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

WEIGHTS = np.array([[0.5, -0.25, 0.1], [0.2, 0.3, -0.4]])
BIASES = np.array([0.1, -0.2, 0.3])
HEAD = np.array([[0.6, -0.7], [0.8, 0.9], [-0.1, 0.4]])


def constant(name: str, array: Any) -> Any:
    numpy_helper = pytest.importorskip("onnx.numpy_helper")
    return numpy_helper.from_array(np.asarray(array), name)


def node(kind: str, inputs: str, output: str, **attributes: Any) -> Any:
    helper = pytest.importorskip("onnx.helper")
    return helper.make_node(kind, inputs.split(), [output], **attributes)


def model(nodes: list[Any], constants: list[Any], *, inputs: str = "x", outputs: str = "y") -> Any:
    helper = pytest.importorskip("onnx.helper")

    def values(names: str) -> list[Any]:
        return [helper.make_tensor_value_info(name, 11, [None, None]) for name in names.split()]

    graph = helper.make_graph(nodes, "net", values(inputs), values(outputs), constants)
    return helper.make_model(graph)


def dense(*, dtype: type = np.float64) -> Any:
    """2-3-2: a Gemm, a tanh, a product with biases of its own, a softmax."""
    return model(
        [
            node("Gemm", "x w b", "net1"),
            node("Tanh", "net1", "out1"),
            node("MatMul", "out1 v", "product"),
            node("Add", "c product", "net2"),
            node("Softmax", "net2", "y"),
        ],
        [
            constant("w", WEIGHTS.astype(dtype)),
            constant("b", BIASES.astype(dtype)),
            constant("v", HEAD.astype(dtype)),
            constant("c", np.array([[0.05, -0.05]], dtype=dtype)),
        ],
    )


def saved(folder: Path, made: Any) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(made.SerializeToString())
    return path
