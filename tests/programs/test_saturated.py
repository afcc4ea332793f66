"""Scripts of networks whose net inputs are so large that e to them is no double: no script may end in an overflow."""

from __future__ import annotations

import importlib.util
from decimal import Decimal

import pytest

from symbackprop.derivation.derive import Derivation, derive
from symbackprop.network_file import parse_network
from symbackprop.pages.phrases import load_phrases
from symbackprop.programs.matrix_script import list_script, numpy_script
from symbackprop.programs.matrix_steps import MatrixSteps
from symbackprop.programs.python import python_script
from symbackprop.programs.torch_script import torch_script
from tests.programs.running import (
    outs_by_matrix,
    run_script,
    wrong_entries,
    wrong_figures,
    wrong_parameters,
    wrong_rows,
)

ENGLISH = load_phrases("en")
needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch isn't installed")


def saturated(activation: str, weight: str, loss: str = "half-squared") -> Derivation:
    """Two outputs, one of them far away from 0."""
    return derive(
        parse_network(
            'title = "x"\n[data]\ninputs = [1]\ntargets = [0, 1]\n'
            f'[[layers]]\nactivation = "{activation}"\nweights = [[{weight}], [0.5]]\n'
            f'[training]\nlearning_rate = 0.5\nrounds = 2\nloss = "{loss}"\n',
            "a test",
        )
    )


@pytest.mark.parametrize("weight", ["-900", "900"])
@pytest.mark.parametrize("activation", ["sigmoid", "softplus", "silu", "softmax"])
def test_no_activation_overflows(activation: str, weight: str) -> None:
    derivation = saturated(activation, weight)
    printed = run_script(python_script(derivation, ENGLISH, 9))
    assert wrong_figures(printed, derivation) == []
    assert wrong_rows(printed, derivation) == []
    for write in (numpy_script, list_script):
        printed = run_script(write(derivation, ENGLISH, 9))
        assert wrong_entries(printed, MatrixSteps(derivation=derivation)) == []
        assert wrong_rows(printed, derivation) == []


@needs_torch
@pytest.mark.slow
@pytest.mark.parametrize("weight", ["-900", "900"])
@pytest.mark.parametrize(
    ("activation", "loss"), [("sigmoid", "binary-cross-entropy"), ("softmax", "cross-entropy"), ("sigmoid", "squared")]
)
def test_torch_gives_numbers_where_the_logarithm_of_an_output_is_none(activation: str, loss: str, weight: str) -> None:
    derivation = saturated(activation, weight, loss)
    printed = run_script(torch_script(derivation, ENGLISH, 9))
    assert wrong_parameters(printed, MatrixSteps(derivation=derivation)) == []
    assert wrong_rows(printed, derivation) == []


CROSS_ENTROPIES = [("sigmoid", "binary-cross-entropy"), ("softmax", "cross-entropy")]
LARGEST_DOUBLE = 308


@pytest.mark.parametrize("weight", ["-900", "900", "40", "-2"])
@pytest.mark.parametrize(("activation", "loss"), CROSS_ENTROPIES)
def test_a_cross_entropy_is_calculated_where_the_logarithm_of_an_output_is_none(
    activation: str, loss: str, weight: str
) -> None:
    derivation = saturated(activation, weight, loss)
    printed = run_script(python_script(derivation, ENGLISH, 9))
    assert wrong_rows(printed, derivation) == []
    lines = printed.splitlines()
    # What an output of e^-900 divides is beyond every double.
    endless = [line.partition(" = ")[0] for line in lines if line.endswith("inf")]
    assert bool(endless) == (weight == "900")
    assert all(is_beyond_doubles(derivation, name) for name in endless)
    for write in (numpy_script, list_script):
        printed = run_script(write(derivation, ENGLISH, 9))
        assert wrong_entries(printed, MatrixSteps(derivation=derivation)) == []
        assert wrong_rows(printed, derivation) == []


def is_beyond_doubles(derivation: Derivation, name: str) -> bool:
    by = name.removeprefix("dE_d")
    return abs(Decimal(derivation[f"dE_total/d{by}"].value)).adjusted() > LARGEST_DOUBLE


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize(("activation", "loss"), CROSS_ENTROPIES)
def test_batches_and_sequences_of_cross_entropies_print_the_same_figures(
    activation: str, loss: str, reduction: str
) -> None:
    for data, layer in (
        ("inputs = [[1], [40], [-1]]\ntargets = [[0, 1], [1, 0], [0, 1]]", ""),
        (
            "inputs = [[[1], [40]], [[-1], [2]]]\ntargets = [[[0, 1], [1, 0]], [[1, 0], [0, 1]]]",
            '[[layers]]\nkind = "recurrent"\nactivation = "tanh"\nweights = [[0.5]]\nrecurrent_weights = [[0.1]]\n',
        ),
    ):
        derivation = derive(
            parse_network(
                f'title = "x"\n[data]\n{data}\n{layer}[[layers]]\nactivation = "{activation}"\n'
                "weights = [[2], [0.5]]\n[training]\nlearning_rate = 0.5\nrounds = 2\n"
                f'loss = "{loss}"\nreduction = "{reduction}"\n',
                "a test",
            )
        )
        assert wrong_rows(run_script(python_script(derivation, ENGLISH, 9)), derivation) == []
        for write in (numpy_script, list_script):
            printed = run_script(write(derivation, ENGLISH, 9))
            assert wrong_entries(printed, MatrixSteps(derivation=derivation)) == []
            assert wrong_rows(printed, derivation, outs_by_matrix(derivation)) == []
