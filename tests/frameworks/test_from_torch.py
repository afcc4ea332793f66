"""PyTorch's modules: our error is its loss, our gradients are autograd's, our update is its optimizer's step."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import symbackprop
from symbackprop.derivation.derive import derive
from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.from_torch import from_torch
from symbackprop.network import Network
from symbackprop.network_file import parse_network
from symbackprop.network_writer import write_network
from tests.reference import bias_names, weight_names

pytestmark = pytest.mark.slow


@pytest.fixture
def torch() -> Iterator[Any]:
    found = pytest.importorskip("torch")
    with found.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found.manual_seed(5)
        yield found


def parameters_in_order(modules: Any) -> list[Any]:
    """The parameters in the order of our numbers: for each layer rows of weights and recurrent weights, then biases."""
    found: list[Any] = []
    for module in modules.modules():
        if type(module).__name__ == "Linear":
            found.append(([module.weight], module.bias))
        elif type(module).__name__ == "RNN":
            for layer in range(module.num_layers):
                weights = [getattr(module, f"weight_{kind}_l{layer}") for kind in ("ih", "hh")]
                found.append((weights, getattr(module, f"bias_ih_l{layer}") if module.bias else None))
    return found


def in_our_order(torch: Any, modules: Any, read: Callable[[Any], Any]) -> list[float]:
    weights: list[float] = []
    biases: list[float] = []
    for rows, bias in parameters_in_order(modules):
        weights += torch.cat([read(it) for it in rows], dim=1).flatten().tolist()
        biases += [] if bias is None else read(bias).tolist()
    return weights + biases


def our_names(network: Network) -> list[str]:
    names = [name for rows in weight_names(network) for row in rows for name in row]
    return names + [name for layer in bias_names(network) for name in layer if name is not None]


def assert_same(
    torch: Any, modules: Any, network: Network, error: Any, optimizer: Any = None, *, close: float = 1e-11
) -> None:
    """Error, gradients and one step, all of them PyTorch's."""
    derivation = derive(network)
    assert float(derivation["E_total"].value) == pytest.approx(float(error), rel=close)
    modules.zero_grad()
    error.backward()
    names = our_names(network)
    ours = [float(derivation[f"dE_total/d{name}"].value) for name in names]
    assert ours == pytest.approx(in_our_order(torch, modules, lambda it: it.grad), rel=close, abs=1e-13)
    if optimizer is not None:
        optimizer.step()
        moved = [float(derivation[f"{name}+"].value) for name in names]
        assert moved == pytest.approx(in_our_order(torch, modules, lambda it: it.detach()), rel=close, abs=1e-12)


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


def _frozen(nn: Any) -> Any:
    module = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    module[1].weight.requires_grad_(False)  # noqa: FBT003 - PyTorch's
    return module


def _half_frozen(nn: Any) -> Any:
    module = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    module[1].bias.requires_grad_(False)  # noqa: FBT003 - PyTorch's
    return module


def _own(nn: Any) -> Any:
    class Own(nn.Sequential):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            return x

    return Own(nn.Linear(2, 2))


def _changed(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Two layers, the second of which is changed after it was made."""

    def make(nn: Any) -> Any:
        module = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
        change(module[1])
        return module

    return make


def _hooked(nn: Any) -> Any:
    module = nn.Sequential(nn.Linear(2, 2))
    module.register_forward_hook(lambda *_: None)
    return module


def _twice(nn: Any) -> Any:
    linear = nn.Linear(2, 2)
    return nn.Sequential(linear, nn.Tanh(), linear)


MODULES: list[tuple[Callable[[Any], Any], str]] = [
    (
        lambda nn: nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.BatchNorm1d(2))),
        "from_torch: 1.0 (BatchNorm1d): this module is not supported; expected Sequential",
    ),
    (lambda nn: nn.Sequential(nn.LSTM(2, 2)), "0 (LSTM): this module is not supported"),
    (lambda nn: nn.GRU(2, 2), "from_torch: GRU: this module is not supported"),
    (lambda nn: nn.Sequential(nn.ReLU()), "0 (ReLU): an activation that does not directly follow a dense layer"),
    (lambda nn: nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Tanh()), "2 (Tanh): an activation that does not directly"),
    (
        lambda nn: nn.Sequential(nn.Linear(2, 2), nn.GELU(approximate="tanh")),
        "1 (GELU): approximate='tanh' is not supported",
    ),
    (
        lambda nn: nn.Sequential(nn.Linear(2, 2), nn.Softplus(beta=2)),
        "1 (Softplus): beta other than 1 is not supported",
    ),
    (lambda nn: nn.Sequential(nn.Linear(2, 2), nn.Softplus(threshold=1)), "1 (Softplus): threshold below 20"),
    (lambda nn: nn.Sequential(nn.Linear(2, 2), nn.Softmax(dim=0)), "1 (Softmax): dim=0 is not supported"),
    (lambda nn: nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5)), "1 (Dropout): dropout while training (module.eval()"),
    (lambda nn: nn.Sequential(nn.Linear(2, 2), nn.LeakyReLU(0)), "layers[0].slope: expected a number above 0, found 0"),
    (
        lambda nn: nn.RNN(2, 2),
        "RNN: two biases for each neuron that both learn, bias_ih_l0 and bias_hh_l0, are not supported",
    ),
    (lambda nn: nn.RNN(2, 2, bias=False, bidirectional=True), "RNN: bidirectional=True is not supported"),
    (lambda nn: [nn.RNN(2, 2, bias=False), nn.ReLU()], "1 (ReLU): an activation that does not directly follow"),
    (lambda nn: [nn.RNN(2, 2, bias=False), nn.Flatten(), nn.Linear(2, 2)], "1 (Flatten): flattening time steps"),
    (
        lambda nn: [nn.RNN(2, 2, bias=False), nn.RNN(2, 2, bias=False, batch_first=True)],
        "1 (RNN): a batch_first other than before",
    ),
    (lambda nn: nn.Sequential(nn.Flatten(2), nn.Linear(2, 2)), "0 (Flatten): a start_dim or end_dim"),
    (
        lambda nn: nn.utils.parametrizations.weight_norm(nn.Linear(2, 2)),
        "ParametrizedLinear: the parameter parametrizations.weight.original0, of which weights are made, is not supported",
    ),
    (lambda nn: nn.Sequential(), "from_torch: expected at least one dense or recurrent layer, found none"),
    (lambda _: "a text", "from_torch: str: this module is not supported"),
    (_frozen, "1 (Linear): a frozen weight is not supported"),
    (_half_frozen, "biases that learn at 0 (Linear) and are frozen at 1 (Linear) are not supported"),
    (_own, "from_torch: Own: this module is not supported"),
    (_changed(lambda it: it.register_forward_hook(lambda *_: None)), "1 (Linear): a forward hook is not supported"),
    (
        _changed(lambda it: it.register_forward_pre_hook(lambda *_: None)),
        "1 (Linear): a forward pre-hook is not supported",
    ),
    (
        _changed(lambda it: it.register_full_backward_hook(lambda *_: None)),
        "1 (Linear): a backward hook is not supported",
    ),
    (_changed(lambda it: setattr(it, "forward", abs)), "1 (Linear): a forward of its own is not supported"),
    (_hooked, "from_torch: Sequential: a forward hook is not supported"),
    (_twice, "2 (Linear): the same module as at 0 (Linear), with shared weights, is not supported"),
]


@pytest.mark.parametrize(("make", "said"), MODULES)
def test_what_has_no_counterpart_is_named(torch: Any, make: Callable[[Any], Any], said: str) -> None:
    nn = torch.nn
    module = make(nn)
    inputs = torch.rand(3, 2, 2) if "RNN" in str(module) else torch.rand(3, 2)
    with pytest.raises(SpecError) as refused:
        from_torch(module, inputs, torch.rand(3, 2), nn.MSELoss())
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


TRAININGS: list[tuple[Callable[[Any, Any], Any], str]] = [
    (lambda torch, _: (torch.nn.NLLLoss(), None), "NLLLoss: this loss is not supported; expected MSELoss, L1Loss"),
    (lambda torch, _: (torch.nn.functional.mse_loss, None), "function: this loss is not supported"),
    (lambda torch, _: (torch.nn.MSELoss(reduction="none"), None), 'MSELoss: reduction="none" is not supported'),
    (lambda torch, _: (torch.nn.CrossEntropyLoss(label_smoothing=0.1), None), "label_smoothing is not supported"),
    (lambda torch, _: (torch.nn.CrossEntropyLoss(weight=torch.ones(2)), None), "weight is not supported"),
    (lambda torch, _: (torch.nn.BCELoss(), None), 'use "sigmoid" in the last layer, not "tanh"'),
    (
        lambda torch, _: (torch.nn.BCEWithLogitsLoss(), None),
        "the loss takes logits: expected no activation in the last layer, found tanh",
    ),
    (
        lambda torch, m: (torch.nn.MSELoss(), torch.optim.Adagrad(m.parameters())),
        "Adagrad: this optimizer is not supported; expected SGD, RMSprop, Adam, AdamW",
    ),
    (
        lambda torch, m: (torch.nn.MSELoss(), torch.optim.SGD(m.parameters(), weight_decay=0.1)),
        "weight_decay of biases is not supported; put them",
    ),
    (
        lambda torch, m: (torch.nn.MSELoss(), torch.optim.SGD(m.parameters(), momentum=0.9, dampening=0.5)),
        "dampening is not supported",
    ),
    (
        lambda torch, m: (torch.nn.MSELoss(), torch.optim.RMSprop(m.parameters(), centered=True)),
        "centered is not supported",
    ),
    (
        lambda torch, m: (torch.nn.MSELoss(), torch.optim.RMSprop(m.parameters(), momentum=0.1)),
        "momentum of RMSprop is not supported",
    ),
    (lambda torch, m: (torch.nn.MSELoss(), torch.optim.Adam(m.parameters(), amsgrad=True)), "amsgrad is not supported"),
    (
        lambda torch, m: (torch.nn.MSELoss(), torch.optim.SGD([m[0].weight])),
        "a parameter that the optimizer hasn't got, 0.bias, is not supported",
    ),
    (
        lambda torch, m: (
            torch.nn.MSELoss(),
            torch.optim.SGD([{"params": [m[0].weight], "lr": 1.0}, {"params": [m[0].bias]}]),
        ),
        "groups of parameters that differ in lr",
    ),
]


@pytest.mark.parametrize(("make", "said"), TRAININGS)
def test_a_training_without_counterpart_is_named(torch: Any, make: Callable[[Any, Any], Any], said: str) -> None:
    module = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh())
    loss, optimizer = make(torch, module)
    with pytest.raises(SpecError) as refused:
        from_torch(module, torch.rand(3, 2), torch.rand(3, 2), loss, optimizer)
    assert said in str(refused.value)


def test_an_optimizer_that_has_moved_is_refused(torch: Any) -> None:
    module = torch.nn.Linear(1, 1)
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.ones(1, 1)).sum().backward()
    optimizer.step()
    with pytest.raises(UnsupportedError, match="an optimizer that has made steps is not supported"):
        from_torch(module, [[1.0]], [[1.0]], torch.nn.MSELoss(), optimizer)


def test_one_learning_rate_is_enough(torch: Any) -> None:
    module = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(module.parameters())
    with pytest.raises(SpecError, match="learning_rate: the optimizer has one already"):
        from_torch(module, [[1.0]], [[1.0]], torch.nn.MSELoss(), optimizer, learning_rate=1.0)


@pytest.mark.parametrize(
    ("inputs", "targets", "said"),
    [
        ([[1.0, float("nan")]], [[1.0, 2.0]], "inputs[0][1]: expected a number, found nan"),
        ([[1.0, 2.0]], [[1.0]], "data.targets[0]: expected 2 numbers (the last layer has 2 neurons), found 1"),
        ([[1.0, 2.0]], [1.0], "data.targets"),
        ([[1.0]], [[1.0, 2.0]], "layers[0].weights[0]: expected 1 number"),
        ([[1.0, 2.0]], [[1.0, 2.0]] * 2, "data.targets: expected 1 target"),
        (1.0, [1.0], "inputs: expected a list of numbers, found a single one"),
        (None, [1.0], "inputs: expected a number, found a NoneType"),
        ({"a": 1}, [1.0], "inputs: expected a number, found a table"),
        ([], [], "data.inputs: expected at least one"),
    ],
)
def test_samples_that_do_not_fit_are_refused(torch: Any, inputs: Any, targets: Any, said: str) -> None:
    with pytest.raises(SpecError) as refused:
        from_torch(torch.nn.Linear(2, 2), inputs, targets, torch.nn.MSELoss())
    assert said in str(refused.value)


def test_an_array_that_has_no_lists_is_refused(torch: Any) -> None:
    module = torch.nn.Linear(2, 2)
    sparse = torch.rand(3, 2).to_sparse()
    with pytest.raises(SpecError, match="from_torch: inputs: expected an array of numbers; it says: "):
        from_torch(module, sparse, torch.rand(3, 2), torch.nn.MSELoss())
    with pytest.raises(SpecError, match=r"0 \(Linear\).weight: expected an array of numbers; it says: "):
        from_torch(torch.nn.Sequential(module.to("meta")), [[1.0, 2.0]], [[1.0, 2.0]], torch.nn.MSELoss())


def test_samples_of_unlike_depth_are_refused(torch: Any) -> None:
    rnn = torch.nn.RNN(2, 2, bias=False)
    with pytest.raises(SpecError, match="inputs: expected as many samples at each time step"):
        from_torch([rnn], [[[1, 2]], 3], [[1, 1]], torch.nn.MSELoss())


def test_a_class_that_there_is_not_is_refused(torch: Any) -> None:
    with pytest.raises(SpecError, match=r"targets\[0\]: expected the index of a class, from 0 to 1, found -100"):
        from_torch(torch.nn.Linear(2, 2), [[1.0, 2.0]], torch.tensor([-100]), torch.nn.CrossEntropyLoss())


def test_a_module_that_is_too_large_is_refused_at_once(torch: Any) -> None:
    with pytest.raises(SpecError, match=r"0 \(Linear\).weight: expected at most 1,000,000 numbers, found 4,000,000"):
        from_torch(torch.nn.Sequential(torch.nn.Linear(2000, 2000)), [[1.0]], [[1.0]], torch.nn.MSELoss())
