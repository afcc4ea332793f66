"""Error, gradients and a step of PyTorch's modules, in the order of our names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from symbackprop.derivation.derive import derive
from symbackprop.network import Network
from tests.reference import bias_names, weight_names


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
    """What is read of each parameter, in the order of our numbers."""
    weights: list[float] = []
    biases: list[float] = []
    for rows, bias in parameters_in_order(modules):
        weights += torch.cat([read(it) for it in rows], dim=1).flatten().tolist()
        biases += [] if bias is None else read(bias).tolist()
    return weights + biases


def our_names(network: Network) -> list[str]:
    """The names of the weights and biases in the same order."""
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
