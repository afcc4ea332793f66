"""Reading an ONNX file takes time and memory in proportion to it, whichever of its fields is long.

The fields are those of ONNX's own format: each that repeats is repeated, each text is long, each message that can
hold itself does so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from symbackprop.errors import SpecError
from symbackprop.frameworks.description import PLAIN, Learning, over_samples
from symbackprop.frameworks.from_onnx import from_onnx
from symbackprop.functions import Loss
from symbackprop.network import Reduction
from tests.frameworks.onnx_models import constant, dense, model, node, saved
from tests.growth import SIZES, memory_of, time_of

pytestmark = pytest.mark.slow

LEARNING = Learning(
    loss=Loss.HALF_SQUARED,
    reduction=over_samples(Reduction.SUM),
    optimizer=PLAIN,
    learning_rate=1,
    logits=False,
    settings={},
)
Steps = tuple[str, ...]


@pytest.fixture(autouse=True)
def onnx() -> Any:
    return pytest.importorskip("onnx")


def messages(top: Any) -> dict[str, Steps]:
    """The messages of the format by their names, each with the fields that lead to it from the model, as few as do."""
    found: dict[str, Steps] = {top.name: ()}
    waiting: list[tuple[Any, Steps]] = [(top, ())]
    while waiting:
        descriptor, steps = waiting.pop(0)
        for field in descriptor.fields:
            inner = field.message_type
            if inner is not None and inner.name not in found:
                found[inner.name] = (*steps, field.name)
                waiting.append((inner, found[inner.name]))
    return found


def fields(top: Any) -> Iterator[tuple[Steps, Any]]:
    """Each field of each message that can be long, with the fields that lead to its message."""
    descriptors = {top.name: top} | {it.name: it for it in _below(top, set())}
    for name, steps in messages(top).items():
        for field in descriptors[name].fields:
            if field.is_repeated or field.cpp_type == field.CPPTYPE_STRING:
                yield steps, field


def _below(descriptor: Any, seen: set[str]) -> Iterator[Any]:
    for field in descriptor.fields:
        inner = field.message_type
        if inner is not None and inner.name not in seen:
            seen.add(inner.name)
            yield inner
            yield from _below(inner, seen)


def lengthened(made: Any, steps: Steps, field: Any, length: int) -> bytes:
    """A model with one long field, in the first message of its kind."""
    holder = made
    for step in steps:
        inner = getattr(holder, step)
        if hasattr(inner, "add"):
            holder = inner[0] if len(inner) else inner.add()
        else:
            inner.SetInParent()
            holder = inner
    if not field.is_repeated:
        setattr(holder, field.name, b"x" * length if field.type == field.TYPE_BYTES else "x" * length)
    elif field.message_type is not None:
        items = getattr(holder, field.name)
        for _ in range(length // 2):
            items.add()
    else:
        text = b"x" if field.type == field.TYPE_BYTES else "x"
        item = text if field.cpp_type == field.CPPTYPE_STRING else 2
        getattr(holder, field.name).extend([item] * (length // 2))
    return bytes(made.SerializeToString())


def read(path: Path) -> object:
    return from_onnx(path, [[1, 2]], [[1, 0]], LEARNING, 1)


def require_proportion(content: Any, folder: Path, what: str) -> None:
    path = folder / "model.onnx"
    made = {size: content(size) for size in SIZES}

    def run(text: str) -> object:
        path.write_bytes(made[len(text)])
        return read(path)

    time = time_of(run, lambda size: " " * size)
    assert time.is_in_proportion, (what, time)
    memory = memory_of(run, lambda size: " " * size, SIZES[::3])
    assert memory.is_in_proportion, (what, memory)


def test_each_field_may_be_long(onnx: Any, tmp_path: Path) -> None:
    known = list(fields(onnx.ModelProto.DESCRIPTOR))
    assert len(known) > 80
    for steps, field in known:
        require_proportion(
            lambda size, steps=steps, field=field: lengthened(dense(), steps, field, size),
            tmp_path,
            ".".join((*steps, field.name)),
        )


def test_messages_within_messages(tmp_path: Path) -> None:
    def nested(size: int) -> bytes:
        made = dense()
        graph = made.graph
        for _ in range(min(size // 8, 900)):
            attribute = graph.node.add().attribute.add()
            attribute.g.SetInParent()
            graph = attribute.g
        return bytes(made.SerializeToString())

    require_proportion(nested, tmp_path, "graphs within graphs")


def test_many_dimensions_are_refused_at_once(tmp_path: Path) -> None:
    made = dense()
    made.graph.initializer[0].dims[:] = [2**62] * 500_000
    with pytest.raises(SpecError, match="expected at most 8 dimensions, found 500,000"):
        read(saved(tmp_path, made))


def test_weights_that_many_nodes_share_count_for_each(tmp_path: Path) -> None:
    """A file of 80 KB would make 100 million numbers of them."""
    names = [f"n{number}" for number in range(1000)]
    nodes = [node("MatMul", f"{below} w", name) for below, name in zip(["x", *names], [*names[:-1], "y"], strict=False)]
    square = [[0.5] * 100] * 100
    with pytest.raises(SpecError, match="expected at most 1,000,000 weights and biases, found 10,000,000"):
        read(saved(tmp_path, model(nodes, [constant("w", square)])))
