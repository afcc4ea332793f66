"""The functions that programs define for themselves, in networks of each activation, run within this process."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO

import pytest

from symbackprop.derivation.derive import Derivation, derive
from symbackprop.functions import Activation
from symbackprop.pages.phrases import load_phrases
from symbackprop.programs.functions import is_defined
from symbackprop.programs.matrix_script import list_script, numpy_script
from symbackprop.programs.matrix_steps import MatrixSteps
from symbackprop.programs.notebook_steps import NotebookSteps
from symbackprop.programs.notebook_training import training_cell
from symbackprop.programs.python import python_script
from symbackprop.programs.source import calls
from tests.networks import build, layer
from tests.programs.running import outs_by_matrix, wrong_entries, wrong_figures, wrong_rows

ENGLISH = load_phrases("en")
BENDS = {Activation.LEAKY_RELU: "0.2", Activation.ELU: "0.8"}
OWN = [it for it in Activation if is_defined(it)]


def network_of(activation: Activation) -> Derivation:
    """One net input above 0 and one below."""
    hidden = layer([["0.3", "-0.2"], ["-0.5", "0.4"]], "0.1", activation=activation, bend=BENDS.get(activation))
    network = build(hidden, layer([["0.7", "0.6"]], "0.1"), inputs=["0.5", "0.25"], targets=["0.3"], rounds=2)
    return derive(network)


def printed(*sources: str) -> str:
    """What code prints, a cell after the other in one namespace."""
    namespace: dict[str, object] = {}
    with redirect_stdout(StringIO()) as out:
        for source in sources:
            exec(compile(source, "a program", "exec"), namespace)  # noqa: S102 - what we have just written ourselves
    return out.getvalue()


@pytest.mark.parametrize("activation", OWN)
def test_every_activation_is_written_as_it_is(activation: Activation) -> None:
    derivation = network_of(activation)
    text = printed(python_script(derivation, ENGLISH, 9))
    assert wrong_figures(text, derivation) == []
    assert wrong_rows(text, derivation) == []


@pytest.mark.parametrize("write", [list_script, numpy_script])
@pytest.mark.parametrize("activation", OWN)
def test_every_activation_is_written_as_it_is_over_matrices(activation: Activation, write: Callable[..., str]) -> None:
    derivation = network_of(activation)
    text = printed(write(derivation, ENGLISH, 9))
    assert wrong_entries(text, MatrixSteps(derivation=derivation)) == []
    assert wrong_rows(text, derivation, outs_by_matrix(derivation)) == []


@pytest.mark.parametrize("activation", OWN)
def test_every_activation_is_written_as_it_is_in_a_notebook(activation: Activation) -> None:
    """The cells hold their own figures against those of the pages, and so does the training."""
    derivation = network_of(activation)
    steps = NotebookSteps(derivation=derivation, phrases=ENGLISH, decimals=9)
    cells = steps.opening(), steps.numbers(), steps.remaining(), training_cell(derivation, steps.names, ENGLISH, 9)
    asserted = re.findall(r"^assert \w+\((\w+), ", cells[2], re.MULTILINE)
    assert {steps.names(id_) for id_ in steps.steps.told} <= set(asserted)
    assert "assert all(map(rounds_to, row, figures[done]))" in cells[3]
    assert "out_h1 = " in printed(*cells)
    # Nothing is defined that no cell calls.
    functions = re.findall(r"^def (\w+)", cells[0], re.MULTILINE)
    assert all(calls("\n".join(cells).replace(f"def {it}(", "").splitlines(), it) for it in functions)
