"""The scripts print the figures of the walkthrough: the gallery's networks, and random ones of every kind."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings

from symbackprop import api
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.graph import TOTAL_ERROR
from symbackprop.errors import UnsupportedError
from symbackprop.formats import Format
from symbackprop.network import HiddenGradients, Network
from symbackprop.pages.languages import languages
from symbackprop.pages.phrases import Phrases, load_phrases
from symbackprop.programs.matrix_script import list_script, numpy_script
from symbackprop.programs.matrix_steps import MatrixSteps
from symbackprop.programs.python import python_script
from symbackprop.programs.torch_script import torch_script
from symbackprop.programs.write import write_script
from symbackprop.resources import example_names
from tests.programs.running import (
    outs_by_matrix,
    run_script,
    wrong_entries,
    wrong_figures,
    wrong_parameters,
    wrong_rows,
)
from tests.random_networks import any_networks

SMALL = tuple(name for name in example_names() if name != "large")
ENGLISH = load_phrases("en")
needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch isn't installed")


@cache
def derived(name: str) -> Derivation:
    return derive(api.load(name))


def outs_by_sample(derivation: Derivation) -> tuple[str, ...]:
    """Return what the script for torch measures: time step by time step, in each sample by sample."""
    judged = derivation.graph.judged
    ordered = sorted(judged, key=lambda neuron: (neuron.instant.step, neuron.instant.sample))
    return (TOTAL_ERROR, *(neuron.out for neuron in ordered))


# --- The gallery ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMALL)
def test_the_script_for_python_prints_the_figures_of_the_gallery(name: str) -> None:
    printed = run_script(python_script(derived(name), ENGLISH, 9))
    assert wrong_figures(printed, derived(name)) == []
    assert wrong_rows(printed, derived(name)) == []


@pytest.mark.one_of_each
@pytest.mark.parametrize("write", [numpy_script, list_script])
@pytest.mark.parametrize("name", example_names())
def test_the_scripts_over_matrices_print_the_figures_of_the_gallery(name: str, write: object) -> None:
    assert callable(write)
    printed = run_script(write(derived(name), ENGLISH, 9))
    assert wrong_entries(printed, MatrixSteps(derivation=derived(name))) == []
    assert wrong_rows(printed, derived(name), outs_by_matrix(derived(name))) == []


@needs_torch
@pytest.mark.slow
@pytest.mark.parametrize("name", example_names())
def test_the_script_for_torch_prints_the_figures_of_the_gallery(name: str) -> None:
    printed = run_script(torch_script(derived(name), ENGLISH, 9))
    assert wrong_parameters(printed, MatrixSteps(derivation=derived(name))) == []
    assert wrong_rows(printed, derived(name), outs_by_sample(derived(name))) == []


@pytest.mark.one_of_each
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("format_", [Format.PYTHON, Format.NUMPY, Format.TORCH])
@pytest.mark.parametrize("name", example_names())
def test_every_script_compiles_in_every_language(name: str, format_: Format, lang: str) -> None:
    compile(write_script(derived(name), load_phrases(lang), format_, 9), "a script", "exec")


def test_a_large_network_is_written_with_lists() -> None:
    assert "def times(" in write_script(derived("large"), ENGLISH, Format.PYTHON, 9)
    assert "def times(" not in write_script(derived("xor"), ENGLISH, Format.PYTHON, 9)


@pytest.mark.parametrize("decimals", [1, 3, 15])
def test_other_decimals(decimals: int) -> None:
    printed = run_script(python_script(derived("mazur"), ENGLISH, decimals))
    assert f"net_h1 = {0.3775:.{decimals}f}" in printed
    if decimals < 12:
        assert wrong_figures(printed, derived("mazur")) == []


def test_the_script_of_the_default_network(golden: object) -> None:
    assert callable(golden)
    golden("mazur/script.en.py.txt", api.render(derived("mazur"), format="python"))


@pytest.mark.parametrize("write", [python_script, numpy_script, list_script])
def test_each_layers_deltas_stand_under_its_number(write: Callable[[Derivation, Phrases, int], str]) -> None:
    layer, seen = "", set()
    for line in write(derived("deep"), ENGLISH, 9).splitlines():
        if title := re.match(r"# --- .*: hidden layer (\d) -", line):
            layer = title[1]
        elif delta := re.match(r"delta_?h?([12])\b|delta_h([12])_", line):
            seen.add((delta[1] or delta[2], layer))
    assert seen == {("1", "1"), ("2", "2")}


# --- Any network ------------------------------------------------------------------------------------------

FEW = settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@FEW
@given(any_networks(most_layers=2, most_neurons=3, most_steps=3))
def test_the_script_for_python_prints_the_figures_of_any_network(network: Network) -> None:
    derivation = derive(network)
    printed = run_script(python_script(derivation, ENGLISH, 9))
    assert wrong_figures(printed, derivation) == []
    assert wrong_rows(printed, derivation) == []


@FEW
@given(any_networks(most_layers=2, most_neurons=3, most_steps=3))
def test_the_scripts_over_matrices_print_the_figures_of_any_network(network: Network) -> None:
    derivation = derive(network)
    for write in (numpy_script, list_script):
        printed = run_script(write(derivation, ENGLISH, 9))
        assert wrong_entries(printed, MatrixSteps(derivation=derivation)) == []
        assert wrong_rows(printed, derivation, outs_by_matrix(derivation)) == []


@needs_torch
@pytest.mark.slow
@FEW
@given(any_networks(most_layers=2, most_neurons=3, most_steps=3))
def test_the_script_for_torch_prints_the_figures_of_any_network(network: Network) -> None:
    training = replace(network.training, hidden_gradients=HiddenGradients.ORIGINAL)
    derivation = derive(replace(network, training=training))
    printed = run_script(torch_script(derivation, ENGLISH, 9))
    assert wrong_rows(printed, derivation, outs_by_sample(derivation)) == []


def test_the_mistake_with_adam_advances_the_powers_once() -> None:
    network = api.load("adam")
    training = replace(network.training, hidden_gradients=HiddenGradients.UPDATED, rounds=3)
    derivation = derive(replace(network, training=training))
    for write in (python_script, numpy_script, list_script):
        assert wrong_rows(run_script(write(derivation, ENGLISH, 9)), derivation) == []


# --- What can't be said -----------------------------------------------------------------------------------


def test_torch_can_not_be_told_to_make_the_mistake() -> None:
    network = api.load("mazur")
    mistaken = replace(network, training=replace(network.training, hidden_gradients=HiddenGradients.UPDATED))
    with pytest.raises(UnsupportedError, match="hidden_gradients"):
        torch_script(derive(mistaken), ENGLISH, 9)


def test_no_other_format_is_a_script() -> None:
    with pytest.raises(ValueError, match="markdown is no script"):
        write_script(derived("mazur"), ENGLISH, Format.MARKDOWN, 9)
