"""What PyTorch has and we don't, and what doesn't fit: each is named in one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.from_torch import from_torch

pytestmark = pytest.mark.slow


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
        "1 (Softplus): beta=2 is not supported; expected 1.0",
    ),
    (
        lambda nn: nn.Sequential(nn.Linear(2, 2), nn.Softplus(threshold=1)),
        "1 (Softplus): threshold=1 is not supported; expected at least 20",
    ),
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
    (lambda nn: nn.Sequential(nn.Flatten(2), nn.Linear(2, 2)), "0 (Flatten): start_dim=2 is not supported; expected 1"),
    (
        lambda nn: nn.utils.parametrizations.weight_norm(nn.Linear(2, 2)),
        "from_torch: ParametrizedLinear: a weight of its own is not supported",
    ),
    (lambda nn: nn.Sequential(), "from_torch: expected at least one dense or recurrent layer, found none"),
    (lambda _: "a text", "from_torch: str: this module is not supported"),
    (_frozen, "1 (Linear): a frozen weight is not supported"),
    (_half_frozen, "biases that learn at 0 (Linear) and are frozen at 1 (Linear) are not supported"),
    (_own, "from_torch: Own: a forward of its own is not supported"),
    (
        _changed(lambda it: it.register_forward_hook(lambda *_: None)),
        "1 (Linear): a module with forward hooks is not supported",
    ),
    (
        _changed(lambda it: it.register_forward_pre_hook(lambda *_: None)),
        "1 (Linear): a module with forward pre hooks is not supported",
    ),
    (
        _changed(lambda it: it.register_full_backward_hook(lambda *_: None)),
        "1 (Linear): a module with backward hooks is not supported",
    ),
    (_changed(lambda it: setattr(it, "forward", abs)), "1 (Linear): a forward of its own is not supported"),
    (_hooked, "from_torch: Sequential: a module with forward hooks is not supported"),
    (_twice, "2 (Linear): a parameter that 0 (Linear) has, too, is not supported"),
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
    (
        lambda torch, _: (torch.nn.MSELoss(reduction="none"), None),
        "MSELoss: reduction='none' is not supported; expected 'mean' or 'sum'",
    ),
    (
        lambda torch, _: (torch.nn.CrossEntropyLoss(label_smoothing=0.1), None),
        "label_smoothing=0.1 is not supported; expected 0.0",
    ),
    (
        lambda torch, _: (torch.nn.CrossEntropyLoss(weight=torch.ones(2)), None),
        "weight=<Tensor> is not supported; expected None",
    ),
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
        "dampening=0.5 is not supported; expected 0",
    ),
    (
        lambda torch, m: (torch.nn.MSELoss(), torch.optim.RMSprop(m.parameters(), centered=True)),
        "centered=True is not supported; expected False",
    ),
    (
        lambda torch, m: (torch.nn.MSELoss(), torch.optim.RMSprop(m.parameters(), momentum=0.1)),
        "momentum=0.1 is not supported; expected 0",
    ),
    (
        lambda torch, m: (torch.nn.MSELoss(), torch.optim.Adam(m.parameters(), amsgrad=True)),
        "amsgrad=True is not supported; expected False",
    ),
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
