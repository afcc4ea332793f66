"""PyTorch's modules: our error is its loss, our gradients are autograd's, our update is its optimizer's step."""

from __future__ import annotations

from typing import Any

import pytest

import symbackprop
from symbackprop.derivation.derive import derive
from symbackprop.frameworks.from_torch import from_torch
from symbackprop.network_file import parse_network
from symbackprop.network_writer import write_network
from tests.frameworks.torch_gradients import assert_same, in_our_order, our_names

pytestmark = pytest.mark.slow


ACTIVATIONS: dict[str, dict[str, Any]] = {
    "Sigmoid": {}, "Tanh": {}, "ReLU": {}, "SiLU": {}, "GELU": {}, "Softplus": {}, "Identity": {},
    "LeakyReLU": {"negative_slope": 0.2}, "ELU": {"alpha": 0.7}, "Softmax": {"dim": -1},
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_any_activation(torch: Any, name: str) -> None:
    nn = torch.nn
    module = nn.Sequential(
        nn.Linear(3, 4), getattr(nn, name)(**ACTIVATIONS[name]), nn.Sequential(nn.Linear(4, 2, bias=False))
    )
    module = module.double()
    inputs, targets = torch.rand(5, 3).double(), torch.rand(5, 2).double()
    network = from_torch(module, inputs, targets, nn.MSELoss())
    assert_same(torch, module, network, nn.MSELoss()(module(inputs), targets))


LOSSES: list[tuple[str, dict[str, Any], str, str]] = [
    ("MSELoss", {}, "Tanh", "vectors"),
    ("L1Loss", {}, "Tanh", "vectors"),
    ("HuberLoss", {"delta": 0.3}, "Tanh", "vectors"),
    ("SmoothL1Loss", {}, "Tanh", "vectors"),
    ("BCELoss", {}, "Sigmoid", "vectors"),
    ("BCEWithLogitsLoss", {}, "Identity", "vectors"),
    ("CrossEntropyLoss", {}, "Identity", "classes"),
    ("CrossEntropyLoss", {}, "Identity", "shares"),
]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(("name", "settings", "last", "kind"), LOSSES)
def test_any_loss(torch: Any, name: str, settings: dict[str, Any], last: str, kind: str, reduction: str) -> None:  # noqa: PLR0917
    nn = torch.nn
    module = nn.Sequential(nn.Linear(2, 3), getattr(nn, last)()).double()
    inputs = torch.rand(4, 2).double()
    targets = {
        "vectors": torch.rand(4, 3).double(),
        "classes": torch.tensor([0, 2, 1, 1]),
        "shares": torch.tensor([[0.25, 0.5, 0.25], [0, 1, 0], [0.125, 0.375, 0.5], [1, 0, 0]]).double(),
    }[kind]
    loss = getattr(nn, name)(reduction=reduction, **settings)
    assert_same(torch, module, from_torch(module, inputs, targets, loss), loss(module(inputs), targets))


OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.8, "nesterov": True}),
    ("SGD", {"weight_decay": 0.1}),
    ("RMSprop", {"alpha": 0.9, "eps": 1e-4}),
    ("Adam", {"betas": (0.8, 0.95), "weight_decay": 0.05}),
    ("AdamW", {"weight_decay": 0.3}),
]


@pytest.mark.parametrize(("name", "settings"), OPTIMIZERS)
def test_any_optimizer(torch: Any, name: str, settings: dict[str, Any]) -> None:
    nn = torch.nn
    module = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).double()
    inputs, targets = torch.rand(4, 2).double(), torch.rand(4, 1).double()
    weights = [it for key, it in module.named_parameters() if key.endswith("weight")]
    biases = [it for key, it in module.named_parameters() if key.endswith("bias")]
    on_biases = {} if name == "AdamW" else {"weight_decay": 0}
    groups = [{"params": weights}, {"params": biases, **on_biases}]
    optimizer = getattr(torch.optim, name)(groups, lr=0.05, **settings)
    network = from_torch(module, inputs, targets, nn.MSELoss(), optimizer)
    assert network.training.learning_rate.typed == "0.05"
    error = nn.MSELoss()(module(inputs), targets)
    penalty = settings.get("weight_decay", 0) / 2 * sum((it**2).sum() for it in weights)
    if network.training.l2 is None:
        assert_same(torch, module, network, error, optimizer)
        return
    # PyTorch adds the penalty's slope in the step; its loss doesn't know of it.
    assert float(derive(network)["E_total"].value) == pytest.approx(float(error + penalty), rel=1e-12)
    error.backward()
    optimizer.step()
    moved = [float(derive(network)[f"{name}+"].value) for name in our_names(network)]
    assert moved == pytest.approx(in_our_order(torch, module, lambda it: it.detach()), rel=1e-11)


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("each", [True, False])
def test_recurrent_layers(torch: Any, nonlinearity: str, batch_first: bool, each: bool) -> None:  # noqa: FBT001
    nn = torch.nn
    rnn = nn.RNN(2, 3, num_layers=2, nonlinearity=nonlinearity, batch_first=batch_first).double()
    head = nn.Linear(3, 2).double()
    for name, parameter in rnn.named_parameters():
        parameter.requires_grad_("bias_hh" not in name)
    modules = nn.ModuleList([rnn, head])
    inputs = torch.rand((4, 5, 2) if batch_first else (5, 4, 2)).double()
    outputs = head(rnn(inputs)[0])
    if not each:
        outputs = outputs[:, -1] if batch_first else outputs[-1]
    targets = torch.rand(outputs.shape).double()
    network = from_torch(modules, inputs, targets, nn.MSELoss())
    assert (len(network.samples), network.steps, len(network.target_steps)) == (4, 5, 5 if each else 1)
    assert_same(torch, modules, network, nn.MSELoss()(outputs, targets))


def test_classes_at_each_time_step(torch: Any) -> None:
    nn = torch.nn
    rnn, head = nn.RNN(2, 3, bias=False).double(), nn.Linear(3, 3).double()
    inputs, targets = torch.rand(4, 2, 2).double(), torch.tensor([[0, 1], [1, 2], [2, 0], [0, 0]])
    outputs = head(rnn(inputs)[0]).reshape(-1, 3)
    network = from_torch([rnn, head], inputs, targets, nn.CrossEntropyLoss())
    assert_same(torch, nn.ModuleList([rnn, head]), network, nn.CrossEntropyLoss()(outputs, targets.flatten()))


def test_a_single_sample_needs_no_batch(torch: Any) -> None:
    nn = torch.nn
    module = nn.Sequential(nn.Linear(2, 3)).double()
    inputs = torch.rand(2).double()
    network = from_torch(module, inputs, torch.tensor(1), nn.CrossEntropyLoss())
    assert_same(torch, module, network, nn.CrossEntropyLoss()(module(inputs), torch.tensor(1)))


def test_images_are_flattened(torch: Any) -> None:
    nn = torch.nn
    module = nn.Sequential(nn.Flatten(), nn.Linear(6, 2), nn.Dropout(0.5)).double().eval()
    inputs, targets = torch.rand(3, 1, 2, 3).double(), torch.rand(3, 2).double()
    network = from_torch(module, inputs, targets, nn.MSELoss())
    assert_same(torch, module, network, nn.MSELoss()(module(inputs), targets))


def test_single_precision_is_as_short_as_it_is_typed(torch: Any) -> None:
    """A float32 0.1 is 0.1; made double by PyTorch it is what it always was."""
    nn = torch.nn
    module = nn.Sequential(nn.Linear(2, 1))
    with torch.no_grad():
        module[0].weight.copy_(torch.tensor([[0.1, 0.25]]))
        module[0].bias.copy_(torch.tensor([0.3]))
    inputs, targets = torch.tensor([[0.05, 0.1]]), torch.tensor([[0.01]])
    network = from_torch(module, inputs, targets, nn.MSELoss())
    assert [it.typed for it in network.layers[0].weights[0]] == ["0.1", "0.25"]
    assert [it.typed for it in network.samples[0].inputs[0]] == ["0.05", "0.1"]
    assert_same(torch, module, network, nn.MSELoss()(module(inputs), targets), close=1e-6)
    exact = from_torch(module.double(), inputs.double(), targets.double(), nn.MSELoss())
    assert exact.layers[0].weights[0][0].typed == "0.10000000149011612"
    module.zero_grad()
    assert_same(torch, module, exact, nn.MSELoss()(module(inputs.double()), targets.double()), close=1e-13)


def test_it_is_written_and_told(torch: Any) -> None:
    nn = torch.nn
    module = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2))
    network = symbackprop.from_torch(
        module, [[0.05, 0.1]], [1], nn.CrossEntropyLoss(), torch.optim.Adam(module.parameters()), rounds=2
    )
    assert parse_network(write_network(network), network.origin) == network
    assert "A network from PyTorch" in symbackprop.render(symbackprop.derive(network), format="text")


def test_frozen_biases_do_not_learn(torch: Any) -> None:
    module = torch.nn.Linear(1, 1)
    module.bias.requires_grad_(False)  # noqa: FBT003 - PyTorch's
    assert not from_torch(module, [[1.0]], [[1.0]], torch.nn.MSELoss()).training.update_biases
