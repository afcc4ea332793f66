"""What PyTorch calls our activations, rules and settings: read by whoever comes from it and whoever goes there."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.functions import Activation
from symbackprop.network import Rule
from symbackprop.records import record


@record(kw_only=True)
class TorchFunction:
    """An activation's module in torch.nn, and its function with the settings that it takes.

    `bend` is what the module calls the number that bends it, which the function takes second. The function is in
    `torch` itself where it `is_basic`, else in torch.nn.functional.
    """

    module: str
    function: str
    is_basic: bool = False
    bend: str = ""
    settings: Mapping[str, int]


FUNCTIONS: Mapping[Activation, TorchFunction] = {
    Activation.SIGMOID: TorchFunction(module="Sigmoid", function="sigmoid", is_basic=True, settings={}),
    Activation.TANH: TorchFunction(module="Tanh", function="tanh", is_basic=True, settings={}),
    Activation.RELU: TorchFunction(module="ReLU", function="relu", settings={}),
    Activation.LEAKY_RELU: TorchFunction(module="LeakyReLU", function="leaky_relu", bend="negative_slope", settings={}),
    Activation.ELU: TorchFunction(module="ELU", function="elu", bend="alpha", settings={}),
    # Beyond its threshold torch takes the net input itself, by default from 20 on: doubles can tell the difference.
    Activation.SOFTPLUS: TorchFunction(module="Softplus", function="softplus", settings={"threshold": 700}),
    Activation.GELU: TorchFunction(module="GELU", function="gelu", settings={}),
    Activation.SILU: TorchFunction(module="SiLU", function="silu", settings={}),
    Activation.SOFTMAX: TorchFunction(module="Softmax", function="softmax", settings={"dim": -1}),
}
"""All activations but the identity, which needs no function."""

OPTIMIZERS: Mapping[Rule, str] = {
    Rule.SGD: "SGD",
    Rule.MOMENTUM: "SGD",
    Rule.NESTEROV: "SGD",
    Rule.RMSPROP: "RMSprop",
    Rule.ADAM: "Adam",
    Rule.ADAMW: "AdamW",
}
"""The optimizer in torch.optim that follows a rule."""

SETTINGS: Mapping[str, str] = {
    "momentum": "momentum",
    "smoothing": "alpha",
    "epsilon": "eps",
    "decay": "weight_decay",
}
"""What torch.optim calls the settings of a rule; beta1 and beta2 are a pair there, `betas`."""
