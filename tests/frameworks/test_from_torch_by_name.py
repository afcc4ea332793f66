"""PyTorch's modules without PyTorch: they are told by the names of their types, which stand-ins have, too.

The real ones are in `test_from_torch.py`, in the long check.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from symbackprop.errors import SpecError
from symbackprop.frameworks.from_torch import from_torch
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network, Reduction, Rule
from tests.frameworks.stand_ins import Parameter, linear, sgd, small, stand_in

MSE = stand_in("MSELoss", reduction="mean")


def test_a_module_by_its_name() -> None:
    network = from_torch(small(), np.array([[0.05, 0.10]]), [[1.0]], MSE, learning_rate="0.50")
    assert [it.typed for it in network.layers[0].weights[0]] == ["0.1", "0.2"]
    assert network.layers[0].activation is Activation.SIGMOID
    assert (network.training.loss, network.training.reductions.outputs) == (Loss.SQUARED, Reduction.MEAN)
    assert network.training.learning_rate.typed == "0.50"


def test_an_optimizer_by_its_name() -> None:
    module = small()
    optimizer = sgd(module, lr=0.25, momentum=0.5, nesterov=True)
    network = from_torch(module, [[1, 2]], [[1]], MSE, optimizer)
    assert (network.training.optimizer.rule, network.training.learning_rate.typed) == (Rule.NESTEROV, "0.25")


def test_classes_become_vectors() -> None:
    loss = stand_in("CrossEntropyLoss", reduction="sum")
    network = from_torch([linear([[1.0], [2.0]], [0.0, 0.0])], [[1.0], [2.0]], [1, 0], loss)
    assert network.layers[0].activation is Activation.SOFTMAX
    assert [[it.typed for it in sample.targets[0]] for sample in network.samples] == [["0", "1"], ["1", "0"]]


def _rnn(**settings: Any) -> Any:
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    parameters = {name: Parameter([[0.5]] if "weight" in name else [0.1]) for name in names}
    parameters["bias_hh_l0"].requires_grad = False
    return stand_in("RNN", **{**parameters, **settings})


def sequence(network: Network) -> list[list[str]]:
    return [[row[0].typed for row in sample.inputs] for sample in network.samples]


def test_time_steps_come_first_unless_told_otherwise() -> None:
    steps = [[[1], [2]], [[3], [4]], [[5], [6]]]
    network = from_torch([_rnn()], steps, [[0], [0]], MSE)
    assert sequence(network) == [["1", "3", "5"], ["2", "4", "6"]]
    assert network.layers[0].biases is not None
    assert [it.typed for it in network.layers[0].biases] == ["0.2"]  # type: ignore[union-attr]
    assert sequence(from_torch([_rnn(batch_first=True)], steps, [[0]] * 3, MSE)) == [["1", "2"], ["3", "4"], ["5", "6"]]


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (
            stand_in("Sequential", stand_in("Linear", package="somebody.elses")),
            "from_torch: 0 (Linear): this module is not supported",
        ),
        (stand_in("Sequential", small(), stand_in("Conv2d")), "from_torch: 1 (Conv2d): this module is not supported"),
        (_rnn(bidirectional=True), "from_torch: RNN: bidirectional=True is not supported; expected False"),
    ],
)
def test_what_has_another_name_is_named(module: Any, said: str) -> None:
    with pytest.raises(SpecError) as refused:
        from_torch(module, [[1, 2]], [[1]], MSE)
    assert said in str(refused.value)


def test_no_framework_is_imported() -> None:
    names = ("torch", "sklearn", "keras", "onnx", "numpy", "sympy")
    code = f"import sys, symbackprop as s; s.from_torch, s.from_sklearn, s.from_keras; print([m for m in {names} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
