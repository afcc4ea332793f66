"""ONNX files: what they calculate is what our network calculates; what is none of ours ends in one line."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.derivation.derive import derive
from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.description import PLAIN, Learning, over_samples
from symbackprop.frameworks.from_onnx import from_onnx
from symbackprop.frameworks.onnx_graph import MOST_BYTES
from symbackprop.functions import Loss
from symbackprop.network import Network, Reduction
from tests.frameworks.onnx_models import BIASES, HEAD, WEIGHTS, constant, dense, model, node, saved

pytestmark = pytest.mark.slow

HELPERS = {"w": WEIGHTS, "b": BIASES, "v": HEAD}


@pytest.fixture(autouse=True)
def onnx() -> Any:
    return pytest.importorskip("onnx")


def learning(loss: Loss) -> Learning:
    return Learning(
        loss=loss, reduction=over_samples(Reduction.SUM), optimizer=PLAIN, learning_rate=1, logits=False, settings={}
    )


def read(path: Path, *, inputs: int = 2, outputs: int = 2, loss: Loss = Loss.HALF_SQUARED) -> Network:
    given_ = [[index + 1 for index in range(inputs)]]
    return from_onnx(path, given_, [[1] + [0] * (outputs - 1)], learning(loss), 1)


def outs(network: Network) -> list[float]:
    derivation = derive(network)
    return [float(derivation[f"out_o{number}"].value) for number in range(1, len(network.layers[-1].weights) + 1)]


def calculated(onnx: Any, made: Any, inputs: Any) -> list[float]:
    """What ONNX's own evaluator gives."""
    found = onnx.reference.ReferenceEvaluator(made).run(None, {"x": np.array([inputs], dtype=np.float64)})
    return [float(it) for it in found[0].ravel()]


def test_it_calculates_what_the_model_does(onnx: Any, tmp_path: Path) -> None:
    pytest.importorskip("onnx.reference")
    network = read(saved(tmp_path, dense()))
    assert outs(network) == pytest.approx(calculated(onnx, dense(), [1, 2]), rel=1e-12)
    assert (network.title, network.widths) == ("A network from model.onnx", (2, 3, 2))


def test_single_precision_is_as_short_as_it_is_typed(tmp_path: Path) -> None:
    network = read(saved(tmp_path, dense(dtype=np.float32)))
    assert [it.typed for it in network.layers[0].weights[0]] == ["0.5", "0.2"]


ACTIVATIONS: list[tuple[str, dict[str, Any], int]] = [
    ("Sigmoid", {}, 13), ("Tanh", {}, 13), ("Relu", {}, 14), ("Softplus", {}, 1), ("LeakyRelu", {}, 16), ("LeakyRelu", {"alpha": 0.25}, 16),
    ("Elu", {}, 6), ("Elu", {"alpha": 0.5}, 6), ("Gelu", {}, 20), ("Identity", {}, 16), ("Softmax", {"axis": 1}, 13),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "attributes", "_since"), ACTIVATIONS)
def test_any_activation(onnx: Any, tmp_path: Path, kind: str, attributes: dict[str, Any], _since: int) -> None:
    pytest.importorskip("onnx.reference")
    nodes = [node("Gemm", "x w b", "net"), node(kind, "net", "out", **attributes), node("MatMul", "out v", "y")]
    made = model(nodes, [constant(name, HELPERS[name]) for name in "wbv"])
    assert outs(read(saved(tmp_path, made))) == pytest.approx(calculated(onnx, made, [1, 2]), rel=1e-6)


@pytest.mark.parametrize(
    ("constants", "attributes"),
    [
        ({"w": WEIGHTS.T}, {"transB": 1}),
        ({"w": WEIGHTS}, {"alpha": 0.5, "beta": 2.0}),
        ({"w": WEIGHTS, "b": [[0.25]]}, {}),
        ({"w": WEIGHTS, "b": [0.25]}, {}),
    ],
)
def test_any_gemm(onnx: Any, tmp_path: Path, constants: dict[str, Any], attributes: dict[str, Any]) -> None:
    pytest.importorskip("onnx.reference")
    values = {"b": BIASES, **constants}
    made = model([node("Gemm", "x w b", "y", **attributes)], [constant(name, it) for name, it in values.items()])
    assert outs(read(saved(tmp_path, made), outputs=3)) == pytest.approx(calculated(onnx, made, [1, 2]), rel=1e-12)


def test_silu_is_a_product_with_its_sigmoid(onnx: Any, tmp_path: Path) -> None:
    pytest.importorskip("onnx.reference")
    nodes = [node("MatMul", "x w", "net"), node("Sigmoid", "net", "s"), node("Mul", "net s", "y")]
    made = model(nodes, [constant("w", WEIGHTS)])
    network = read(saved(tmp_path, made), outputs=3)
    assert network.layers[0].activation == "silu"
    assert outs(network) == pytest.approx(calculated(onnx, made, [1, 2]), rel=1e-12)


def gelu(*, root: float = 2**0.5, one: float = 1.0, half: float = 0.5) -> Any:
    """A layer with the GELU that PyTorch writes into files of older versions."""
    nodes = [
        node("MatMul", "x w", "net"), node("Div", "net root", "d"), node("Erf", "d", "e"), node("Add", "e one", "a"),
        node("Mul", "net a", "m"), node("Mul", "m half", "y"),
    ]  # fmt: skip
    numbers = {"root": root, "one": one, "half": half}
    return model(nodes, [constant("w", WEIGHTS), *(constant(name, np.array(it)) for name, it in numbers.items())])


def test_gelu_is_written_with_the_error_function(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    network = read(saved(tmp_path, gelu()), outputs=3)
    assert network.layers[0].activation == "gelu"
    net = torch.tensor([1.0, 2.0]).double() @ torch.tensor(WEIGHTS)
    assert outs(network) == pytest.approx(torch.nn.functional.gelu(net).tolist(), rel=1e-12)


@pytest.mark.parametrize("other", [{"root": 1.5}, {"one": 2.0}, {"half": 0.4}])
def test_what_only_looks_like_gelu_is_refused(tmp_path: Path, other: dict[str, float]) -> None:
    with pytest.raises(UnsupportedError, match="a result that goes several ways"):
        read(saved(tmp_path, gelu(**other)), outputs=3)


def test_what_changes_no_number_is_passed(tmp_path: Path) -> None:
    nodes = [
        node("Flatten", "x", "f"), node("Cast", "f", "d", to=11), node("Identity", "w0", "w"), node("MatMul", "d w", "m"),
        node("Dropout", "m", "o"), node("Identity", "o", "y"),
    ]  # fmt: skip
    assert read(saved(tmp_path, model(nodes, [constant("w0", WEIGHTS)])), outputs=3).widths == (2, 3)


def test_constants_may_be_nodes(tmp_path: Path) -> None:
    nodes = [node("Constant", "", "w", value=constant("value", WEIGHTS)), node("MatMul", "x w", "y")]
    assert read(saved(tmp_path, model(nodes, [])), outputs=3).widths == (2, 3)


@pytest.mark.parametrize(
    ("loss", "activation"),
    [(Loss.CROSS_ENTROPY, "softmax"), (Loss.BINARY_CROSS_ENTROPY, "sigmoid"), (Loss.SQUARED, "identity")],
)
def test_a_cross_entropy_takes_logits(tmp_path: Path, loss: Loss, activation: str) -> None:
    path = saved(tmp_path, model([node("MatMul", "x w", "y")], [constant("w", WEIGHTS)]))
    assert read(path, outputs=3, loss=loss).layers[-1].activation == activation


W = [("w", WEIGHTS)]
FOREIGN: list[tuple[list[tuple[Any, ...]], list[tuple[str, Any]], str]] = [
    ([("Conv", "x w", "y")], W, '"y" (Conv): this node is not supported; expected Gemm, MatMul'),
    ([("com.acme.Gemm", "x w", "y")], W, "(com.acme.Gemm): this node is not supported"),
    ([("MatMul", "w x", "y")], W, "a MatMul with the data anywhere but first"),
    ([("Gemm", "w x", "y")], W, "a Gemm with the data anywhere but first"),
    ([("Gemm", "x w", "y", {"transA": 1})], W, "transA=1 is not supported; expected 0"),
    ([("MatMul", "x nothing", "y")], W, "input 1 that is no constant of the model is not supported"),
    ([("MatMul", "x", "y")], W, "input 1 that is no constant"),
    ([("MatMul", "x w", "m"), ("Add", "m m", "y")], W, "an Add of anything but biases is not supported"),
    (
        [("MatMul", "x w", "m"), ("Tanh", "m", "y"), ("Relu", "m", "z")],
        W,
        "a result that goes several ways (Tanh, Relu)",
    ),
    ([("MatMul", "x w", "y"), ("Tanh", "z", "q")], W, "nodes that don't lie on the way"),
    ([("MatMul", "x w", "z")], W, "expected a way from the input to the output, found none after 'z'"),
    ([], W, "expected a way from the input to the output, found none after 'x'"),
    ([("Tanh", "x", "y")], W, "an activation that does not directly follow a dense layer"),
    ([("Identity", "x", "y")], W, "expected at least one dense or recurrent layer"),
    (
        [("MatMul", "x w", "m"), ("Softmax", "m", "y", {"axis": 0})],
        W,
        "axis=0 is not supported; expected the last one, -1 or 1",
    ),
    (
        [("MatMul", "x w", "m"), ("Gelu", "m", "y", {"approximate": "tanh"})],
        W,
        "approximate='tanh' is not supported; expected 'none'",
    ),
    (
        [("MatMul", "x w", "m"), ("Cast", "m", "y", {"to": 7})],
        W,
        "a Cast from float64 to another type is not supported; expected one that keeps",
    ),
    (
        [("MatMul", "x w", "m"), ("Elu", "m", "y", {"alpha": "much"})],
        W,
        '"y" (Elu): alpha: expected an attribute of type FLOAT, found STRING',
    ),
    ([("MatMul", "x w", "m"), ("Elu", "m", "y", {"alpha": -1.0})], W, "layers[0].alpha: expected a number above 0"),
    ([("Gemm", "x w", "y", {"alpha": float("nan")})], W, "alpha: expected a number, found nan"),
    (
        [("Gemm", "x w b", "y", {"broadcast": 1})],
        [*W, ("b", BIASES)],
        '"y" (Gemm): broadcast, which is not known, is not',
    ),
    ([("Gemm", "x w", "y", {"alpha": 2})], W, "(Gemm): alpha: expected an attribute of type FLOAT, found INT"),
    ([("Gemm", "x w", "y", {"transB": "z"})], W, "(Gemm): transB: expected an attribute of type INT, found STRING"),
    ([("Gemm", "x w", "y", {"transA": 0.0})], W, "(Gemm): transA: expected an attribute of type INT, found FLOAT"),
    ([("Gemm", "x w", "y", {"transB": 2})], W, "transB=2 is not supported; expected 0 or 1"),
    ([("Gemm", "x w", "y", {"transB": -1})], W, "transB=-1 is not supported; expected 0 or 1"),
    (
        [("Dropout", "x", "d", {"seed": 0.5}), ("MatMul", "d w", "y")],
        W,
        "(Dropout): seed: expected an attribute of type INT, found FLOAT",
    ),
    ([("MatMul", "x w w", "y")], W, "expected at most 2 inputs, found 3"),
    ([("MatMul", "x w", "m"), ("Swish", "m", "y", {"alpha": 2.0})], W, "alpha=2.0 is not supported; expected 1.0"),
    ([("MatMul", "x w", "w")], W, "expected a result that no other node gives"),
    ([("MatMul", "x w", "y")], [*W, *W], "expected each initializer under a name of its own"),
    ([("MatMul", "x w", "y")], [("w", np.zeros((2, 3, 1)))], "weights of 3 dimensions are not supported"),
    ([("MatMul", "x w", "y")], [("w", np.array([[1, 2], [3, 4]]))], "numbers of this type are not supported"),
    ([("MatMul", "x w", "y")], [("w", np.array([["a"]]))], "numbers of this type are not supported"),
    ([("MatMul", "x w", "y")], [("w", np.full((2, 3), np.inf))], "number 0: expected a number, found inf"),
    ([("MatMul", "x w", "y")], [("w", np.zeros((0, 3)))], "expected 1 to 1,000,000 numbers, found the shape [0, 3]"),
    ([("MatMul", "x w", "y")], [("w", np.zeros((2000, 600)))], "expected 1 to 1,000,000 numbers"),
    (
        [("MatMul", "x w", "y")],
        [("w", np.zeros((4, 3)))],
        "layers[0].weights[0]: expected 2 numbers (the network has 2 inputs), found 4",
    ),
    ([("Gemm", "x w b", "y")], [*W, ("b", np.zeros(2))], "expected biases for 3 neurons, found 2"),
    ([("Gemm", "x w b", "y")], [*W, ("b", np.zeros((3, 1)))], "expected biases for 3 neurons, found 3 x 1"),
    ([("Gemm", "x y w", "y")], W, "input 1 that is no constant"),
    ([("Relu", "y", "y"), ("MatMul", "x w", "y")], W, "expected a result that no other node gives"),
]


@pytest.mark.parametrize(("nodes", "constants", "said"), FOREIGN)
def test_what_is_foreign_ends_in_one_line(tmp_path: Path, nodes: list[Any], constants: list[Any], said: str) -> None:
    made = model([node(*it[:3], **(it[3] if len(it) > 3 else {})) for it in nodes], [constant(*it) for it in constants])
    with pytest.raises(SpecError) as refused:
        read(saved(tmp_path, made), outputs=3)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_numbers_in_another_file_are_not_looked_for(onnx: Any, tmp_path: Path) -> None:
    made = model([node("MatMul", "x w", "y")], [constant("w", WEIGHTS)])
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    with pytest.raises(UnsupportedError, match="numbers in another file are not supported"):
        read(saved(tmp_path, made), outputs=3)


@pytest.mark.parametrize("dims", [[2, 4], [2**40, 2**40], [-2, -3]])
def test_a_shape_that_lies_is_refused(tmp_path: Path, dims: list[int]) -> None:
    made = model([node("MatMul", "x w", "y")], [constant("w", WEIGHTS)])
    made.graph.initializer[0].dims[:] = dims
    with pytest.raises(SpecError, match=r"expected (8|1 to 1,000,000) numbers"):
        read(saved(tmp_path, made), outputs=3)


def _sparse(made: Any) -> None:
    made.graph.sparse_initializer.add()


def _training(made: Any) -> None:
    made.training_info.add()


def _newer(made: Any) -> None:
    made.opset_import[0].version = 1000


def _older(made: Any) -> None:
    made.opset_import[0].version = 6


def _much_newer(made: Any) -> None:
    made.ir_version = 1000


def _no_version(made: Any) -> None:
    del made.opset_import[:]


def _cut(made: Any) -> None:
    made.graph.initializer[0].segment.begin = 1


def _told_twice(made: Any) -> None:
    made.graph.initializer[0].double_data.extend([1.0] * WEIGHTS.size)


def _overloaded(made: Any) -> None:
    made.graph.node[0].domain = ""
    made.graph.node[0].attribute.add(name="alpha", type=1, ref_attr_name="other")


def _of_no_type(made: Any) -> None:
    made.graph.node[0].attribute.add(name="alpha", f=2.0)


def _of_two_values(made: Any) -> None:
    made.graph.node[0].attribute.add(name="transB", type=2, f=1.0)


def _with_another_output(made: Any) -> None:
    made.graph.node[0].output.append("zz")


def _twice(made: Any) -> None:
    for number in (1.0, 2.0):
        made.graph.node[0].attribute.add(name="alpha", type=1, f=number)


def _quantized(made: Any) -> None:
    made.graph.quantization_annotation.add(tensor_name="w")


PARTS: list[tuple[Any, str]] = [
    (_sparse, "model.onnx: sparse_initializer is not supported"),
    (_training, "model.onnx: training_info is not supported"),
    (_quantized, "model.onnx: quantization_annotation is not supported"),
    (_newer, "version 1000 of ONNX's operators is not supported; expected 7 to"),
    (_older, "version 6 of ONNX's operators is not supported; expected 7 to"),
    (_much_newer, "ir_version 1000 is not supported; expected at most"),
    (_no_version, "expected one version of ONNX's operators, found 0"),
    (_cut, '"w": segment is not supported'),
    (_told_twice, '"w": expected the numbers in one way only'),
    (_overloaded, "(Gemm): alpha: ref_attr_name is not supported; expected f alone"),
    (_of_no_type, "(Gemm): alpha: expected an attribute of type FLOAT, found UNDEFINED"),
    (_of_two_values, "(Gemm): transB: f is not supported; expected i alone"),
    (_with_another_output, "(Gemm): expected at most 1 output, found 2"),
    (_twice, "(Gemm): expected each attribute once"),
]


@pytest.mark.parametrize(("change", "said"), PARTS)
def test_a_part_of_a_file_that_is_not_known_is_refused(tmp_path: Path, change: Any, said: str) -> None:
    made = model([node("Gemm", "x w", "y")], [constant("w", WEIGHTS)])
    change(made)
    with pytest.raises(SpecError) as refused:
        read(saved(tmp_path, made), outputs=3)
    assert said in str(refused.value)


def test_an_operator_of_a_later_version_is_refused(tmp_path: Path) -> None:
    made = model([node("MatMul", "x w", "m"), node("Gelu", "m", "y")], [constant("w", WEIGHTS)])
    made.opset_import[0].version = 13
    with pytest.raises(SpecError, match="version 13 of ONNX's operators has no Gelu"):
        read(saved(tmp_path, made), outputs=3)


def test_several_inputs_are_refused(tmp_path: Path) -> None:
    made = model([node("MatMul", "x w", "y")], [constant("w", WEIGHTS)], inputs="x z")
    with pytest.raises(UnsupportedError, match="a model with 2 inputs is not supported; expected one"):
        read(saved(tmp_path, made), outputs=3)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(SpecError, match="larger than the 32,000,000 bytes"):
        read(path)


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_end_in_one_line(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.onnx"
    path.write_bytes(content)
    with pytest.raises(SpecError):
        read(path)


@settings(max_examples=300)
@given(st.data())
def test_a_broken_model_is_read_or_ends_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(dense().SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "broken.onnx"
    path.write_bytes(bytes(content))
    try:
        read(path)
    except SpecError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either is right


@pytest.mark.parametrize("version", [17, 20])
def test_what_pytorch_exports_is_read(tmp_path: Path, version: int) -> None:
    torch = pytest.importorskip("torch")
    nn = torch.nn
    made = nn.Sequential(
        nn.Flatten(),
        nn.Linear(2, 3),
        nn.SiLU(),
        nn.Linear(3, 3, bias=False),
        nn.GELU(),
        nn.Linear(3, 2),
        nn.Softmax(-1),
    )
    inputs = torch.tensor([[1.0, 2.0]])
    path = tmp_path / "model.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(made.eval(), inputs, str(path), dynamo=False, opset_version=version)
    assert outs(read(path)) == pytest.approx(made(inputs)[0].tolist(), rel=1e-5)


# What ONNX calls the types of numbers.
FLOAT, FLOAT16, DOUBLE, INT64 = 1, 10, 11, 7


@pytest.mark.parametrize("to", [FLOAT, DOUBLE])
def test_a_cast_that_keeps_every_number_may_stand_anywhere(onnx: Any, tmp_path: Path, to: int) -> None:
    """As Keras puts them into its own files: between a product and its biases, and in the midst of an activation."""
    nodes = [
        node("Cast", "x", "x1", to=to), node("MatMul", "x1 w", "m"), node("Cast", "m", "m1", to=to),
        node("Add", "m1 b", "net"), node("Cast", "net", "net1", to=to), node("Sigmoid", "net1", "s"),
        node("Cast", "s", "s1", to=to), node("Mul", "net1 s1", "z"), node("Cast", "z", "y", to=to),
    ]  # fmt: skip
    dtype = {FLOAT: np.float32, DOUBLE: np.float64}[to]
    made = model(nodes, [constant("w", WEIGHTS.astype(dtype)), constant("b", BIASES.astype(dtype))])
    made.graph.input[0].type.tensor_type.elem_type = FLOAT
    network = read(saved(tmp_path, made), outputs=3)
    assert [layer.activation for layer in network.layers] == ["silu"]
    inputs = np.array([[1, 2]], dtype=np.float32)
    expected = onnx.reference.ReferenceEvaluator(made).run(None, {"x": inputs})[0].ravel()
    assert outs(network) == pytest.approx([float(it) for it in expected], rel=1e-6)


@pytest.mark.parametrize(
    ("from_", "to", "said"),
    [
        (DOUBLE, FLOAT, "a Cast from float64 to float32 is not supported; expected one that keeps every number"),
        (FLOAT, FLOAT16, "a Cast from float32 to float16 is not supported"),
        (FLOAT, INT64, "a Cast from float32 to another type is not supported"),
        (INT64, FLOAT, "an input of this type is not supported; expected float, double or float16"),
    ],
)
def test_a_cast_that_rounds_is_refused(tmp_path: Path, from_: int, to: int, said: str) -> None:
    nodes = [node("Cast", "x", "x1", to=to), node("MatMul", "x1 w", "y")]
    made = model(nodes, [constant("w", WEIGHTS)])
    made.graph.input[0].type.tensor_type.elem_type = from_
    with pytest.raises(UnsupportedError) as refused:
        read(saved(tmp_path, made), outputs=3)
    assert said in str(refused.value)


def test_weights_are_not_cast(tmp_path: Path) -> None:
    """Their shortest decimal depends on their precision."""
    nodes = [node("Cast", "w", "w1", to=DOUBLE), node("MatMul", "x w1", "y")]
    with pytest.raises(UnsupportedError, match="a Cast from float16 to float64 is not supported"):
        read(saved(tmp_path, model(nodes, [constant("w", WEIGHTS.astype(np.float16))])), outputs=3)


SOFTMAXES: list[tuple[list[tuple[Any, ...]], int, str]] = [
    ([("MatMul", "x w", "m"), ("Softmax", "m", "y", {"axis": -1})], 2, ""),
    ([("MatMul", "x w", "m"), ("Softmax", "m", "y", {"axis": 1})], 2, ""),
    ([("Flatten", "x", "f"), ("MatMul", "f w", "m"), ("Softmax", "m", "y", {"axis": 1})], 3, ""),
    ([("Reshape", "x s", "f"), ("MatMul", "f w", "m"), ("Softmax", "m", "y")], 3, ""),
    ([("MatMul", "x w", "m"), ("Softmax", "m", "y", {"axis": 1})], 3, "axis=1 is not supported; expected the last one"),
    ([("MatMul", "x w", "m"), ("Reshape", "m s", "r"), ("Softmax", "r", "y")], 2, "a Softmax after a Reshape"),
    ([("Reshape", "x s", "f"), ("MatMul", "f w", "m"), ("Softmax", "m", "y", {"axis": 1})], 3, "expected the last one, -1"),
    ([("Flatten", "x", "f", {"axis": 0}), ("MatMul", "f w", "y")], 2, "axis=0 is not supported; expected 1"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "rank", "said"), SOFTMAXES)
def test_a_softmax_is_over_the_outputs_of_a_sample(tmp_path: Path, nodes: list[Any], rank: int, said: str) -> None:
    made = model(
        [node(*it[:3], **(it[3] if len(it) > 3 else {})) for it in nodes],
        [constant("w", WEIGHTS), constant("s", [-1, 2])],
    )
    dims = made.graph.input[0].type.tensor_type.shape.dim
    for _ in range(rank - len(dims)):
        dims.add()
    path = saved(tmp_path, made)
    if not said:
        assert read(path, outputs=3).layers[-1].activation == "softmax"
        return
    with pytest.raises(UnsupportedError) as refused:
        read(path, outputs=3)
    assert said in str(refused.value)


@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
def test_what_keras_exports_is_read(tmp_path: Path, last: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keras = pytest.importorskip("keras")
        if keras.backend.backend() != "torch":
            pytest.skip("needs Keras on PyTorch")
        dense = keras.layers.Dense
        made = keras.Sequential(
            [
                keras.Input((2,)), dense(3, activation="tanh"), dense(3, activation="gelu"), dense(3, activation="silu"),
                dense(3, use_bias=False), keras.layers.LeakyReLU(0.2), dense(2, activation=last),
            ]
        )  # fmt: skip
        inputs = np.array([[1.0, 2.0]], dtype=np.float32)
        expected = made(inputs).detach().numpy().ravel()
        path = tmp_path / "model.onnx"
        made.export(str(path), format="onnx", verbose=False)
    assert outs(read(path)) == pytest.approx([float(it) for it in expected], rel=1e-5)
