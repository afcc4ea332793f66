"""Whole programs, to be read and held: of a recurrent network with all that can be set, and of classes in a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import cache
from io import StringIO

import pytest

from symbackprop.derivation.derive import Derivation, derive
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network, Reduction, Reductions, Rule
from symbackprop.pages.phrases import load_phrases
from symbackprop.programs.matrix_script import list_script, numpy_script
from symbackprop.programs.matrix_steps import MatrixSteps
from symbackprop.programs.notebook_steps import NotebookSteps
from symbackprop.programs.notebook_training import training_cell
from symbackprop.programs.python import python_script
from symbackprop.programs.torch_script import torch_script
from tests.conftest import Golden
from tests.networks import build, layer, optimizer, sample
from tests.programs.running import outs_by_matrix, wrong_entries, wrong_figures, wrong_rows

ENGLISH = load_phrases("en")


def recurrent() -> Network:
    return build(
        layer(
            [["0.31", "-0.21"], ["0.51", "0.41"]],
            ["0.11", "0.12"],
            activation=Activation.ELU,
            bend="0.8",
            recurrent=[["0.61", "-0.62"], ["0.63", "0.64"]],
            state=["0.71", "-0.72"],
        ),
        layer([["0.73", "0.65"]], "0.13", activation=Activation.GELU),
        samples=[sample([["0.52", "0.25"], ["0.53", "0.54"]], [["1.94"]])],
        loss=Loss.HUBER,
        threshold="0.81",
        l1="0.001",
        l2="0.002",
        rule=optimizer(Rule.ADAMW),
        learning_rate="0.15",
        update_biases=True,
        rounds=2,
    )


def classes() -> Network:
    return build(
        layer([["0.3", "-0.2"], ["-0.5", "0.4"]], activation=Activation.LEAKY_RELU, bend="0.1"),
        layer([["0.7", "0.6"], ["0.2", "-0.1"], ["-0.4", "0.5"]], ["0.1", "0.2", "0.3"], activation=Activation.SOFTMAX),
        samples=[sample(["0.5", "-0.25"], ["1", "0", "0"]), sample(["0.75", "1"], ["0", "0.5", "0.5"])],
        loss=Loss.CROSS_ENTROPY,
        reductions=Reductions(batch=Reduction.MEAN),
        rule=optimizer(Rule.NESTEROV),
        rounds=10,
    )


def cells(derivation: Derivation, _: object, decimals: int) -> str:
    steps = NotebookSteps(derivation=derivation, phrases=ENGLISH, decimals=decimals)
    training = training_cell(derivation, steps.names, ENGLISH, decimals)
    return f"{steps.opening()}\n\n{steps.numbers()}\n\n{steps.remaining()}\n\n{training}\n"


@cache
def derived(name: str) -> Derivation:
    return derive({"recurrent": recurrent, "classes": classes}[name]())


def wrong_in_matrices(text: str, derivation: Derivation) -> list[str]:
    wrong = wrong_entries(text, MatrixSteps(derivation=derivation))
    return wrong + wrong_rows(text, derivation, outs_by_matrix(derivation))


def wrong_in_steps(text: str, derivation: Derivation) -> list[str]:
    return wrong_figures(text, derivation) + wrong_rows(text, derivation)


def fails(text: str, _: Derivation) -> list[str]:
    return [] if text else ["it prints nothing"]


PROGRAMS: Mapping[str, tuple[Callable[..., str], Callable[[str, Derivation], list[str]] | None]] = {
    "python": (python_script, wrong_in_steps),
    "lists": (list_script, wrong_in_matrices),
    "numpy": (numpy_script, wrong_in_matrices),
    "notebook": (cells, fails),
    "torch": (torch_script, None),
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [*(("classes", kind) for kind in PROGRAMS), *(("recurrent", kind) for kind in PROGRAMS if kind != "notebook")],
)
def test_a_program_is_written_so_and_prints_the_right_figures(name: str, kind: str, golden: Golden) -> None:
    write, wrong = PROGRAMS[kind]
    text = write(derived(name), ENGLISH, 9)
    golden(f"programs/{name}.{kind}.txt", text)
    if wrong is not None:
        with redirect_stdout(StringIO()) as out:
            exec(compile(text, "a program", "exec"), {})  # noqa: S102 - what we have just written ourselves
        assert wrong(out.getvalue(), derived(name)) == []
