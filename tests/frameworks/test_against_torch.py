"""Our gradients against PyTorch's autograd: random networks agree, wrong ones are noticed, and nobody gets a traceback."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from symbackprop.cli import main
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.frameworks import against_torch
from symbackprop.frameworks.against_torch import compare_gradients
from symbackprop.frameworks.torch_program import Parameters, total_error
from symbackprop.network import Network
from symbackprop.network_file import parse_network
from symbackprop.resources import example_names
from tests.networks import rightly
from tests.random_networks import any_networks


@pytest.mark.slow
@settings(max_examples=150)
@given(any_networks())
def test_gradients_of_random_networks_agree(network: Network) -> None:
    pytest.importorskip("torch")
    comparison = compare_gradients(derive(rightly(network)))
    assert comparison.agrees, comparison.told
    assert comparison.gradients > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*example_names()} - {"large"}))
def test_verify_says_how_far_pytorch_is(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    assert main(["verify", name, "--against", "torch"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("torch    ")
    assert "largest relative difference" in last


@pytest.mark.slow
def test_gradients_that_are_mistaken_on_purpose_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    file = tmp_path / "net.toml"
    layers = '[[layers]]\nactivation = "tanh"\nweights = [[1]]\n' * 2
    training = '[training]\nlearning_rate = 1\nhidden_gradients = "updated"\n'
    file.write_text(f'title = "x"\n[data]\ninputs = [1]\ntargets = [0]\n{layers}{training}', encoding="utf-8")
    assert main(["verify", str(file), "--against", "torch"]) == 0
    assert "torch    not tried: the gradients are mistaken on purpose" in capsys.readouterr().out


@pytest.mark.slow
def test_a_gradient_that_differs_is_noticed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    torch = pytest.importorskip("torch")
    right = torch.sigmoid
    monkeypatch.setattr(torch, "sigmoid", lambda net: right(net) * 1.0001)
    assert main(["verify", "--against", "torch"]) == 3
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("torch    NOT EQUAL: 8 gradients against autograd")


@pytest.mark.slow
def test_what_is_beyond_doubles_is_not_comparable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch, "sigmoid", lambda net: net * float("nan"))
    assert main(["verify", "--against", "torch"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "torch    not comparable: dE_total/dw1 is nan in PyTorch's double precision"


_SATURATED = {
    "sigmoid, wrong": ("binary-cross-entropy", "sigmoid", "[150]", "[0]"),
    "sigmoid, right": ("binary-cross-entropy", "sigmoid", "[150]", "[1]"),
    "sigmoid, between": ("binary-cross-entropy", "sigmoid", "[-900]", "[0.3]"),
    "softmax, wrong": ("cross-entropy", "softmax", "[900], [0]", "[0, 1]"),
    "softmax, right": ("cross-entropy", "softmax", "[150], [0], [1]", "[1, 0, 0]"),
    "softmax, underflow": ("cross-entropy", "softmax", "[900], [0]", "[1, 0]"),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", _SATURATED)
def test_saturated_networks_agree(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    loss, activation, weights, targets = _SATURATED[case]
    file = tmp_path / "net.toml"
    layers = f'[[layers]]\nactivation = "{activation}"\nweights = [{weights}]\n'
    data = f'title = "x"\n[data]\ninputs = [1]\ntargets = {targets}\n'
    file.write_text(f'{data}{layers}[training]\nlearning_rate = 1\nloss = "{loss}"\n', encoding="utf-8")
    assert main(["verify", str(file), "--against", "torch"]) == 0
    assert "largest relative difference" in capsys.readouterr().out


_NEAR_ITS_TARGET = {
    "identity": ("identity", "[0.7000000003]", "0.7"),
    "1e-12 away": ("identity", "[0.700000000001]", "0.7"),
    "sigmoid": ("sigmoid", "[1.1]", "0.7502601056"),
    "tanh": ("tanh", "[1e-8]", "3e-9"),
}


def _near_its_target(case: str) -> Derivation:
    """A network whose output is so near the target that only few digits of their difference are known to doubles."""
    activation, weights, target = _NEAR_ITS_TARGET[case]
    layers = f'[[layers]]\nactivation = "{activation}"\nweights = [{weights}]\nbiases = [0]\n'
    training = '[training]\nlearning_rate = 1\nloss = "half-squared"\n'
    text = f'title = "x"\n[data]\ninputs = [1]\ntargets = [{target}]\n{layers}{training}'
    return derive(parse_network(text, "net.toml"))


@pytest.mark.slow
@pytest.mark.parametrize("case", _NEAR_ITS_TARGET)
def test_what_cancellation_leaves_agrees(case: str) -> None:
    pytest.importorskip("torch")
    derivation = _near_its_target(case)
    assert abs(float(derivation["dE_total/dw1"].value)) < 1e-8
    comparison = compare_gradients(derivation)
    assert comparison.agrees, comparison.told


@pytest.mark.slow
@pytest.mark.parametrize("factor", [2.0, -1.0, 1.01])
@pytest.mark.parametrize("case", _NEAR_ITS_TARGET)
def test_a_wrong_gradient_of_that_size_is_noticed(case: str, factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr(against_torch, "total_error", lambda *given: factor * total_error(*given))
    comparison = compare_gradients(_near_its_target(case))
    assert not comparison.agrees, comparison.told


@pytest.mark.slow
def test_a_small_gradient_beside_large_ones_is_held_to_its_own_size(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    text = (
        'title = "x"\n[data]\ninputs = [1000, 1e-9]\ntargets = [0]\n[[layers]]\nactivation = "identity"\n'
        "weights = [[1, 1]]\n[training]\nlearning_rate = 1\n"
    )
    derivation = derive(parse_network(text, "net.toml"))
    assert compare_gradients(derivation).agrees

    def wrong(network: Network, parameters: Parameters, torch: Any) -> Any:
        return total_error(network, parameters, torch) + 1e-9 * parameters[0].weights[0, 1]

    monkeypatch.setattr(against_torch, "total_error", wrong)
    assert "NOT EQUAL" in compare_gradients(derivation).told


def test_without_pytorch_one_line_says_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["verify", "--against", "torch"]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    expected = "symbackprop: --against torch: torch is not installed; pip install 'symbackprop[torch]' installs it\n"
    assert written.err == expected


def test_another_framework_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--against", "jax"]) == 2
    assert capsys.readouterr().err == 'symbackprop: --against: expected one of "torch", found "jax"\n'
