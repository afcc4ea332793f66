"""Every argument in the signatures of PyTorch's classes is honoured, of no effect, or refused by its name."""

from __future__ import annotations

import copy
import inspect
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter
from typing import Any

import pytest

from symbackprop.derivation.derive import derive
from symbackprop.errors import UnsupportedError
from symbackprop.frameworks.from_torch import from_torch
from symbackprop.frameworks.settings import Understood, defaults_of
from symbackprop.frameworks.torch_settings import LOSSES, MODULES, OPTIMIZERS
from symbackprop.network import Network
from tests.frameworks.torch_gradients import assert_same, in_our_order, our_names

pytestmark = pytest.mark.slow

# Values other than the defaults. What has none here gets one that no importer can know.
VALUES: Mapping[str, Any] = {
    "bias": False, "device": "cpu", "dtype": "float64", "num_layers": 2, "batch_first": True, "nonlinearity": "relu",
    "negative_slope": 0.25, "alpha": 0.75, "inplace": True, "threshold": 30, "dim": -1, "p": 0.25, "reduction": "sum",
    "size_average": False, "reduce": True, "ignore_index": -1, "lr": 0.125, "momentum": 0.75, "nesterov": True,
    "weight_decay": 0.25, "foreach": True, "fused": True, "capturable": True, "differentiable": True, "eps": 0.0625,
    "betas": (0.75, 0.5), "delta": 0.25,
}  # fmt: skip
# What these classes understand besides can't be given alone.
BESIDE: Mapping[str, Mapping[str, Any]] = {"nesterov": {"momentum": 0.75}, "dropout": {"num_layers": 2}}
# A bound that is left, and so refused.
OUT_OF_BOUNDS: tuple[tuple[str, str, Any], ...] = (
    ("Softplus", "threshold", 19), ("Softmax", "dim", 0), ("CrossEntropyLoss", "ignore_index", 1),
    ("MSELoss", "reduction", "none"),
)  # fmt: skip
REFUSED: tuple[tuple[str, str, Any], ...] = (
    *OUT_OF_BOUNDS, ("Softplus", "beta", 2.0), ("GELU", "approximate", "tanh"), ("Flatten", "start_dim", 2),
    ("Flatten", "end_dim", 1), ("RNN", "bidirectional", True), ("SmoothL1Loss", "beta", 0.5),
    ("CrossEntropyLoss", "label_smoothing", 0.25), ("SGD", "dampening", 0.5), ("SGD", "maximize", True),
    ("RMSprop", "centered", True), ("RMSprop", "momentum", 0.5), ("Adam", "amsgrad", True), ("AdamW", "amsgrad", True),
    ("AdamW", "maximize", True),
)  # fmt: skip


class Unknown:
    """A value of no kind that any release has."""


def arguments(torch: Any, known: Mapping[str, Understood], package: Callable[[Any], Any]) -> Iterator[tuple[str, str]]:
    """Class and argument, for those that aren't asked for anyway."""
    for kind in known:
        for name, default in defaults_of(getattr(package(torch), kind)).items():
            if default is not Parameter.empty:
                yield kind, name


def is_understood(known: Understood, name: str) -> bool:
    return name in known.reads | known.harmless | known.bounds.keys()


def modules_with(torch: Any, kind: str, settings: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """Modules one of which is of that kind, the module itself, and inputs that suit them."""
    nn = torch.nn
    settings = {name: torch.float64 if name == "dtype" else it for name, it in settings.items()}
    inputs = torch.rand(2, 3, 3) if kind == "RNN" else torch.rand(4, 3)
    made = getattr(nn, kind)(*{"Linear": (3, 4), "RNN": (3, 4)}.get(kind, ()), **settings)
    match kind:
        case "RNN":
            for name, it in made.named_parameters():
                it.requires_grad_("bias_hh" not in name)
            modules = nn.ModuleList([made, nn.Linear(4, 2)])
        case "Linear":
            modules = nn.Sequential(made, nn.Tanh(), nn.Linear(4, 2))
        case "Flatten" | "Identity" | "Sequential":
            modules = nn.Sequential(made, nn.Linear(3, 2))
        case "ModuleList":
            made.append(nn.Linear(3, 2))
            modules = made
        case _:
            modules = nn.Sequential(nn.Linear(3, 4), made, nn.Linear(4, 2)).eval()
    return modules.double(), made, inputs.double()


def run(modules: Any, inputs: Any) -> Any:
    for each in modules:
        outputs = each(inputs)
        inputs = outputs[0] if isinstance(outputs, tuple) else outputs
    return inputs


def refusal(what: Callable[[], object]) -> str:
    with pytest.raises(UnsupportedError) as refused:
        what()
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_every_argument_of_a_module(torch: Any) -> None:
    seen = 0
    for kind, name in arguments(torch, MODULES, lambda it: it.nn):
        seen += 1
        loss = torch.nn.MSELoss()
        if is_understood(MODULES[kind], name):
            if name == "modules":
                continue
            value = 0.25 if (kind, name) == ("RNN", "dropout") else VALUES[name]
            modules, _, inputs = modules_with(torch, kind, {name: value, **BESIDE.get(name, {})})
            modules.eval()
            outputs = run(modules, inputs)
            targets = torch.rand(outputs.shape).double()
            assert_same(torch, modules, from_torch(modules, inputs, targets, loss), loss(outputs, targets))
        else:
            modules, made, inputs = modules_with(torch, kind, {})
            setattr(made, name, Unknown())
            said = refusal(lambda: from_torch(modules, inputs, torch.rand(4, 2), loss))  # noqa: B023 - called at once
            assert f"{name}=<Unknown> is not supported; expected " in said, (kind, name)
    assert seen > 20


def test_every_argument_of_a_loss(torch: Any) -> None:
    seen = 0
    for kind, name in arguments(torch, LOSSES, lambda it: it.nn):
        seen += 1
        last = {"BCELoss": torch.nn.Sigmoid()}.get(kind, torch.nn.Identity())
        module = torch.nn.Sequential(torch.nn.Linear(3, 2), last).double()
        inputs = torch.rand(4, 3).double()
        targets = torch.tensor([0, 1, 1, 0]) if kind == "CrossEntropyLoss" else torch.rand(4, 2).double()
        if is_understood(LOSSES[kind], name):
            loss = getattr(torch.nn, kind)(**{name: VALUES[name]})
            assert_same(torch, module, from_torch(module, inputs, targets, loss), loss(module(inputs), targets))
        else:
            loss = getattr(torch.nn, kind)()
            if name in loss._buffers:
                loss._buffers[name] = torch.ones(2)
            else:
                setattr(loss, name, Unknown())
            said = refusal(lambda: from_torch(module, inputs, targets, loss))  # noqa: B023 - called at once
            assert f"{kind}: {name}=<" in said
    assert seen > 20


def stepped(torch: Any, kind: str, settings: Mapping[str, Any]) -> tuple[Any, Any, Network, Any]:
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)).double()
    inputs, targets = torch.rand(4, 2).double(), torch.rand(4, 1).double()
    weights = [it for key, it in module.named_parameters() if key.endswith("weight")]
    biases = [it for key, it in module.named_parameters() if key.endswith("bias")]
    on_biases = {} if kind == "AdamW" or settings.get("decoupled_weight_decay") else {"weight_decay": 0}
    optimizer = getattr(torch.optim, kind)([{"params": weights}, {"params": biases, **on_biases}], **settings)
    network = from_torch(module, inputs, targets, torch.nn.MSELoss(), optimizer)
    return module, optimizer, network, torch.nn.MSELoss()(module(inputs), targets)


def test_every_argument_of_an_optimizer(torch: Any) -> None:
    seen = 0
    for kind, name in arguments(torch, OPTIMIZERS, lambda it: it.optim):
        seen += 1
        known = OPTIMIZERS[kind]
        if name in known.reads:
            value = True if name == "decoupled_weight_decay" else VALUES[name]
            settings = {"lr": 0.25, name: value, **BESIDE.get(name, {})}
            module, optimizer, network, error = stepped(torch, kind, settings)
            error.backward()
            optimizer.step()
            moved = [float(derive(network)[f"{it}+"].value) for it in our_names(network)]
            assert moved == pytest.approx(in_our_order(torch, module, lambda it: it.detach()), rel=1e-10), (kind, name)
        elif name in known.harmless:
            torch.manual_seed(3)
            plain = stepped(torch, kind, {})[2]
            torch.manual_seed(3)
            assert stepped(torch, kind, {name: VALUES[name]})[2] == plain
        else:
            said = refusal(lambda: _with_a_changed_group(torch, kind, name))  # noqa: B023 - called at once
            assert f"{kind}: {name}=<Unknown> is not supported; expected " in said
    assert seen > 30


def _with_a_changed_group(torch: Any, kind: str, name: str) -> None:
    module = torch.nn.Linear(2, 1)
    optimizer = getattr(torch.optim, kind)(module.parameters())
    assert name in optimizer.param_groups[0]
    optimizer.param_groups[0][name] = Unknown()
    from_torch(module, [[1.0, 2.0]], [[1.0]], torch.nn.MSELoss(), optimizer)


@pytest.mark.parametrize(("kind", "name", "value"), REFUSED)
def test_what_really_is_another_calculation_is_refused_by_name(torch: Any, kind: str, name: str, value: Any) -> None:
    settings = {name: value}
    modules, inputs, loss, optimizer = torch.nn.Linear(3, 2), torch.rand(4, 3), torch.nn.MSELoss(), None
    if kind in MODULES:
        modules, _, inputs = modules_with(torch, kind, settings)
    elif kind in LOSSES:
        loss = getattr(torch.nn, kind)(**settings)
    else:
        groups = [{"params": [modules.weight]}, {"params": [modules.bias], "weight_decay": 0}]
        optimizer = getattr(torch.optim, kind)(groups, **settings)
    said = refusal(lambda: from_torch(modules, inputs, torch.rand(4, 2), loss, optimizer))
    assert (
        f"({kind}): {name}={value!r} is not supported" in said or f"{kind}: {name}={value!r} is not supported" in said
    )


def _later(base: Any) -> Any:
    """The class as a later release may have it, with an argument more."""

    class Later(base):  # type: ignore[misc]
        def __init__(self, *given: Any, gain: float = 1.0, **known: Any) -> None:
            super().__init__(*given, **known)
            self.gain = gain

    return Later


@pytest.mark.parametrize("kind", ["Linear", "RNN", "ReLU", "Softmax", "Sequential"])
def test_an_argument_of_a_later_release_is_refused(torch: Any, kind: str) -> None:
    later = _later(getattr(torch.nn, kind))
    sizes = {"Linear": (2, 2), "RNN": (2, 2)}.get(kind, ())
    settings = {"bias": False} if kind == "RNN" else {}
    for gain in (1.0, 2.0):
        made = later(*sizes, gain=gain, **settings)
        modules = [made] if sizes else [torch.nn.Linear(2, 2), made]
        inputs = torch.rand(2, 3, 2) if kind == "RNN" else torch.rand(3, 2)
        if gain == 1.0:
            assert len(from_torch(modules, inputs, torch.rand(3, 2), torch.nn.MSELoss()).layers) == 1
        else:
            said = refusal(lambda: from_torch(modules, inputs, torch.rand(3, 2), torch.nn.MSELoss()))  # noqa: B023
            assert "gain=2.0 is not supported; expected 1.0" in said


def test_a_signature_that_is_patched_is_read(torch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = torch.nn.Linear(2, 2)
    before = torch.nn.Linear.__init__

    def later(self: Any, in_features: int, out_features: int, bias: bool = True, *, gain: float = 1.0) -> None:  # noqa: FBT001, FBT002
        before(self, in_features, out_features, bias)
        del gain

    monkeypatch.setattr(torch.nn.Linear, "__init__", later)
    said = refusal(lambda: from_torch(made, [[1.0, 2.0]], [[1.0, 2.0]], torch.nn.MSELoss()))
    assert "gain, whose value cannot be told, is not supported" in said


def _hook(*_: Any) -> None:
    """What hangs on something."""


def _pruned(_: Any, module: Any) -> None:
    pytest.importorskip("torch.nn.utils.prune").l1_unstructured(module[0], "weight", amount=1)


def _normed(torch: Any, module: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.nn.utils.weight_norm(module[0])


def _shared(_: Any, module: Any) -> None:
    module[2].weight = module[0].weight


def _views(_: Any, module: Any) -> None:
    module[2].weight.data = module[0].weight.data


HANGING: list[tuple[Callable[[Any, Any], Any], str]] = [
    (lambda _, m: m[0].weight.register_hook(_hook), "0 (Linear): a weight with backward hooks"),
    (lambda _, m: m[0].bias.register_post_accumulate_grad_hook(_hook), "a bias with post accumulate grad hooks"),
    (lambda _, m: m[1].register_forward_hook(_hook), "1 (Tanh): a module with forward hooks"),
    (lambda _, m: m[1].register_forward_hook(_hook, with_kwargs=True), "1 (Tanh): a module with forward hooks"),
    (lambda _, m: m[1].register_forward_pre_hook(_hook), "1 (Tanh): a module with forward pre hooks"),
    (lambda _, m: m[1].register_full_backward_hook(_hook), "1 (Tanh): a module with backward hooks"),
    (lambda _, m: m[1].register_full_backward_pre_hook(_hook), "1 (Tanh): a module with backward pre hooks"),
    (lambda _, m: m.register_forward_hook(_hook), "Sequential: a module with forward hooks"),
    (lambda _, m: m[0].register_buffer("mask", None), "0 (Linear): mask, which is not known"),
    (lambda _, m: setattr(m[0], "gain", 2), "0 (Linear): gain, which is not known"),
    (lambda t, m: t.nn.utils.parametrizations.weight_norm(m[0]), "a weight of its own is not supported"),
    (lambda t, m: t.nn.utils.parametrizations.orthogonal(m[0]), "a weight of its own is not supported"),
    (_normed, "0 (Linear): a module with forward pre hooks"),
    (lambda t, m: t.nn.utils.spectral_norm(m[0]), "0 (Linear): a module with forward pre hooks"),
    (_pruned, "0 (Linear): a module with forward pre hooks"),
    (_shared, "2 (Linear): a parameter that 0 (Linear) has, too, is not supported"),
    (_views, "2 (Linear): a parameter that 0 (Linear) has, too, is not supported"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), HANGING)
def test_whatever_hangs_on_a_module_is_refused(torch: Any, change: Callable[[Any, Any], Any], said: str) -> None:
    module = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh(), torch.nn.Linear(2, 2))
    change(torch, module)
    assert said in refusal(lambda: from_torch(module, torch.rand(3, 2), torch.rand(3, 2), torch.nn.MSELoss()))


def test_what_is_done_while_saving_is_no_matter(torch: Any) -> None:
    module = torch.nn.Sequential(torch.nn.Linear(2, 2))
    handle = module[0].weight.register_hook(_hook)
    handle.remove()
    module.register_state_dict_pre_hook(_hook)
    module._register_load_state_dict_pre_hook(_hook)
    assert len(from_torch(module, torch.rand(3, 2), torch.rand(3, 2), torch.nn.MSELoss()).layers) == 1


def _pruned_for_good(torch: Any, module: Any) -> Any:
    _pruned(torch, module)
    pytest.importorskip("torch.nn.utils.prune").remove(module[0], "weight")
    return module


def _normed_for_good(torch: Any, module: Any) -> Any:
    torch.nn.utils.parametrizations.weight_norm(module[0])
    torch.nn.utils.parametrize.remove_parametrizations(module[0], "weight")
    return module


def _compiled(_: Any, module: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module.compile()
    return module


def _trained(torch: Any, module: Any) -> Any:
    module(torch.rand(3, 2)).sum().backward()
    module.load_state_dict(module.state_dict())
    return module.eval()


def _lazy(torch: Any, _: Any) -> Any:
    module = torch.nn.Sequential(torch.nn.LazyLinear(2))
    module(torch.rand(3, 2))
    return module


def _derived(torch: Any, module: Any) -> Any:
    return type("Net", (torch.nn.Sequential,), {"helper": lambda _: 1})(*module)


LIVES = [
    _pruned_for_good, _normed_for_good, _compiled, _trained, _lazy, _derived,
    lambda _, module: copy.deepcopy(module), lambda _, module: pickle.loads(pickle.dumps(module)),  # noqa: S301 - our own
]  # fmt: skip


@pytest.mark.parametrize("life", LIVES)
def test_what_a_life_leaves_on_a_module_is_no_matter(torch: Any, life: Callable[[Any, Any], Any]) -> None:
    module = life(torch, torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh(), torch.nn.Linear(2, 2)))
    optimizer = torch.optim.SGD(module.named_parameters(), lr=0.5)
    optimizer.load_state_dict(optimizer.state_dict())
    network = from_torch(module, torch.rand(3, 2), torch.rand(3, 2), torch.nn.MSELoss(), optimizer)
    assert len(network.layers) == sum(type(it) is torch.nn.Linear for it in module)


def test_hooks_on_everything_are_refused(torch: Any) -> None:
    module = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(module.parameters())
    given = (module, torch.rand(3, 2), torch.rand(3, 2), torch.nn.MSELoss(), optimizer)
    module_hooks, optimizer_hooks = (sys.modules[f"torch.{it}"] for it in ("nn.modules.module", "optim.optimizer"))
    for register, said in (
        (module_hooks.register_module_forward_hook, "all modules with global forward hooks"),
        (module_hooks.register_module_forward_pre_hook, "all modules with global forward pre hooks"),
        (module_hooks.register_module_full_backward_hook, "all modules with global backward hooks"),
        (optimizer_hooks.register_optimizer_step_pre_hook, "all optimizers with global optimizer pre hooks"),
        (optimizer_hooks.register_optimizer_step_post_hook, "all optimizers with global optimizer post hooks"),
    ):
        handle = register(_hook)
        try:
            assert said in refusal(lambda: from_torch(*given))
        finally:
            handle.remove()
    assert len(from_torch(*given).layers) == 1


def _own_step(torch: Any, parameters: Any) -> Any:
    class Mine(torch.optim.SGD):  # type: ignore[misc]
        def step(self, closure: Any = None) -> None:
            del closure

    return Mine(parameters)


def _scheduled(torch: Any, parameters: Any) -> Any:
    optimizer = torch.optim.SGD(parameters)
    torch.optim.lr_scheduler.StepLR(optimizer, 1)
    return optimizer


def _hooked(torch: Any, parameters: Any) -> Any:
    optimizer = torch.optim.SGD(parameters)
    optimizer.register_step_post_hook(_hook)
    return optimizer


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_own_step, "Mine: a step of its own is not supported"),
        (_scheduled, "SGD: "),
        (_hooked, "SGD: an optimizer with optimizer step post hooks is not supported"),
    ],
)
def test_whatever_hangs_on_an_optimizer_is_refused(torch: Any, make: Callable[[Any, Any], Any], said: str) -> None:
    module = torch.nn.Linear(2, 2)
    optimizer = make(torch, module.parameters())
    given = (module, torch.rand(3, 2), torch.rand(3, 2), torch.nn.MSELoss(), optimizer)
    assert said in refusal(lambda: from_torch(*given))


def test_a_step_that_pytorch_wraps_is_its_own(torch: Any) -> None:
    """As it does with the first optimizer of a class, derived or not."""

    class Mine(torch.optim.SGD):  # type: ignore[misc]
        """Nothing of its own."""

    module = torch.nn.Linear(2, 2)
    Mine.step = torch.optim.Optimizer.profile_hook_step(inspect.unwrap(torch.optim.SGD.step))
    Mine.step.hooked = True
    optimizer = Mine(module.parameters())
    given = (module, torch.rand(3, 2), torch.rand(3, 2), torch.nn.MSELoss(), optimizer)
    assert len(from_torch(*given).layers) == 1
    optimizer.step = abs
    assert "Mine: a step of its own is not supported" in refusal(lambda: from_torch(*given))


def test_a_loss_that_somebody_derived_is_refused(torch: Any) -> None:
    class Mine(torch.nn.MSELoss):  # type: ignore[misc]
        def forward(self, given: Any, wanted: Any) -> Any:
            return 2 * super().forward(given, wanted)

    said = refusal(lambda: from_torch(torch.nn.Linear(2, 2), torch.rand(3, 2), torch.rand(3, 2), Mine()))
    assert "Mine: a forward of its own is not supported" in said
