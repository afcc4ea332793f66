"""The script for torch read without torch: every number of the network stands in it, and each is used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fractions import Fraction

import pytest

from symbackprop.derivation.derive import derive
from symbackprop.functions import Activation, Loss
from symbackprop.network import Given, Layer, Network, Rule
from symbackprop.pages.phrases import load_phrases
from symbackprop.programs.torch_script import torch_script
from tests.networks import build, layer, optimizer, sample

ENGLISH = load_phrases("en")


def recurrent(*, state: list[str] | None, loss: Loss, threshold: str | None, rule: Rule) -> Network:
    """A network in which no two numbers are the same."""
    return build(
        layer(
            [["0.31", "-0.21"], ["0.51", "0.41"]],
            ["0.11", "0.12"],
            activation=Activation.LEAKY_RELU,
            bend="0.23",
            recurrent=[["0.61", "-0.62"], ["0.63", "0.64"]],
            state=state,
        ),
        layer([["0.73", "0.65"]], "0.13"),
        samples=[
            sample([["0.52", "0.25"], ["0.53", "0.54"]], [["0.33"]]),
            sample([["0.57", "0.27"], ["0.58", "0.59"]], [["0.34"]]),
        ],
        loss=loss,
        threshold=threshold,
        l1="0.001",
        l2="0.002",
        rule=optimizer(rule),
        learning_rate="0.15",
        update_biases=True,
        rounds=3,
    )


def numbers_given(network: Network) -> Iterator[Given | None]:
    training = network.training
    yield from (training.learning_rate, training.threshold, training.l1, training.l2)
    rule = training.optimizer
    yield from (rule.momentum, rule.smoothing, rule.epsilon, rule.beta1, rule.beta2, rule.decay)
    for each in network.samples:
        yield from (number for rows in (each.inputs, each.targets) for row in rows for number in row)
    for each_layer in network.layers:
        yield from numbers_of_layer(each_layer)


def numbers_of_layer(it: Layer) -> Iterator[Given | None]:
    yield it.bend
    yield from it.initial_state or ()
    yield from (number for rows in (it.weights, it.recurrent_weights or ()) for row in rows for number in row)
    yield from it.biases if isinstance(it.biases, tuple) else (it.biases,)


def numbers_written(script: ast.Module) -> set[Fraction]:
    found = set()
    for node in ast.walk(script):
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                found |= {Fraction(str(value)), -Fraction(str(value))}
    return found


def names(script: ast.Module, context: type[ast.expr_context]) -> set[str]:
    return {it.id for it in ast.walk(script) if isinstance(it, ast.Name) and isinstance(it.ctx, context)}


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("state", [None, ["0.71", "-0.72"]])
@pytest.mark.parametrize(("loss", "threshold"), [(Loss.HUBER, "0.81"), (Loss.BINARY_CROSS_ENTROPY, None)])
def test_every_number_stands_in_the_script_and_is_used(
    state: list[str] | None, loss: Loss, threshold: str | None, rule: Rule
) -> None:
    network = recurrent(state=state, loss=loss, threshold=threshold, rule=rule)
    script = ast.parse(torch_script(derive(network), ENGLISH, 9))
    assert {it.exact for it in numbers_given(network) if it is not None} <= numbers_written(script)
    assert names(script, ast.Store) <= names(script, ast.Load)


def test_a_recurrent_layer_starts_from_its_state_or_from_zeros() -> None:
    for state, line in (
        (None, "out1 = torch.tensor([0.0, 0.0], dtype=torch.float64).expand(x.shape[1], -1)"),
        (["0.71", "-0.72"], "out1 = torch.tensor([0.71, -0.72], dtype=torch.float64).expand(x.shape[1], -1)"),
    ):
        network = recurrent(state=state, loss=Loss.SQUARED, threshold=None, rule=Rule.SGD)
        assert f"        {line}\n" in torch_script(derive(network), ENGLISH, 9)
