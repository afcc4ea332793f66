"""Scripts run as anybody runs them, and what they print held against the certified values."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import TOTAL_ERROR
from symbackprop.derivation.matrices import Role
from symbackprop.derivation.train import milestones_until
from symbackprop.network import HiddenGradients, Network
from symbackprop.programs.matrix_steps import MatrixSteps
from symbackprop.programs.names import VariableNames, sample_of
from symbackprop.programs.steps import ProgramSteps

# What doubles may be off by, beside the rounding of a figure: near nothing is left of a sum that cancels.
NOISE = Decimal("1e-9")


def run_script(source: str) -> str:
    """Run a script in a process of its own, with warnings as errors, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", source] if len(source) < 100_000 else [sys.executable, "-I", "-"],
        input=source,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert not done.stderr
    return done.stdout


def agree(figure: str, value: str) -> bool:
    """Tell whether a printed figure is a value's rounding, as far as doubles go."""
    printed, true = Decimal(figure), Decimal(value)
    exponent = printed.as_tuple().exponent
    assert isinstance(exponent, int)
    unit = Decimal(1).scaleb(exponent)
    return abs(printed - true) <= unit * Decimal("0.501") + NOISE * min(Decimal(1), max(abs(true), Decimal("1e-3")))


def wrong_rows(printed: str, derivation: Derivation, order: tuple[str, ...] | None = None) -> list[str]:
    """Return what differs in the rows of a training: the rounds done, the error, the outputs."""
    rounds = derivation.network.training.rounds
    rows = [line.split() for line in printed.splitlines()[-len(milestones_until(rounds)) :]]
    ids = order or derivation.measured
    wrong = []
    for done, row in zip(milestones_until(rounds), rows, strict=True):
        values = derivation.after(done)
        expected = [str(done), *(values.significant(id_, 15) for id_ in ids)]
        found = [(f, e) for f, e in zip(row, expected, strict=True) if not agree(f, e)]
        wrong += [f"after {done}: printed {figure}, expected {value}" for figure, value in found]
    return wrong


def outs_by_matrix(derivation: Derivation) -> tuple[str, ...]:
    """Return what a script over matrices measures: the error, then the last layer's matrices row by row."""
    steps = MatrixSteps(derivation=derivation)
    network = derivation.network
    found = [TOTAL_ERROR]
    for line in steps.lines:
        target = line.target
        judged = target.layer == len(network.layers) and (target.step or 1) - 1 in network.target_steps
        if target.role is Role.OUT and judged:
            found += [id_ for row in steps.plan.quantities[target].entries for id_ in row]
    return tuple(found)


def names_of(network: Network, derivation: Derivation) -> VariableNames:
    """Return the names that the script in plain Python uses."""
    mixed = network.training.hidden_gradients is HiddenGradients.UPDATED
    return VariableNames(shape=derivation.graph.shape, looped=len(network.samples) > 1 and not mixed)


def wrong_figures(printed: str, derivation: Derivation) -> list[str]:
    """Return what differs in the first round's figures, each of which has to be there."""
    names = names_of(derivation.network, derivation)
    told = ProgramSteps(derivation=derivation, names=names).told
    shape = derivation.graph.shape
    every = [id_ for id_ in derivation.steps if derivation.steps[id_].pattern is not None]
    expected: dict[tuple[int | None, str], str] = {}
    # What is overwritten is shown after its update.
    for id_ in sorted(every, key=lambda it: it.endswith("+")):
        expected[sample_of(id_, shape) if names.looped else None, names(id_)] = id_
    found, wrong, sample = set(), [], None
    for line in printed.splitlines():
        name, sign, figure = line.partition(" = ")
        if line.startswith("sample "):
            sample = int(line.split()[1])
        elif sign:
            id_ = expected.get((sample, name)) or expected[None, name]
            found.add(id_)
            if not agree(figure, derivation.values.significant(id_, 15)):
                wrong.append(f"{id_}: printed {figure}, expected {derivation[id_].value}")
    return wrong + [f"{id_} is missing" for id_ in told if id_ not in found]


def wrong_entries(printed: str, steps: MatrixSteps) -> list[str]:
    """Return what differs in the matrices that a script shows."""
    values = steps.derivation.values
    shown = _matrices(printed)
    wrong = []
    for target in (line.target for line in steps.lines):
        name, grid = steps.name(target), steps.plan.quantities[target].entries
        found = shown[name][: min(6, len(grid))]
        for ids, row in zip(grid, found, strict=False):
            pairs = zip(ids[:6], row, strict=True)
            wrong += [f"{name}: {id_}: printed {it}" for id_, it in pairs if not agree(it, values.significant(id_, 15))]
    return wrong


def wrong_parameters(printed: str, steps: MatrixSteps) -> list[str]:
    """Return what differs in the gradients and the updated parameters that torch's script shows."""
    values, shown = steps.derivation.values, _matrices(printed)
    parts = {Role.WEIGHTS: "layer{}.weight", Role.RECURRENT: "recurrent{}.weight", Role.BIAS: "layer{}.bias"}
    wrong = []
    for target in (line.target for line in steps.lines if line.target.role in (Role.GRADIENT, Role.UPDATED)):
        grid = steps.plan.quantities[target].entries
        assert target.of is not None
        name = parts[target.of].format(target.layer)
        if target.of is Role.BIAS:
            # A vector is shown in one line; what a layer shares is called otherwise.
            grid = (tuple(id_ for row in grid for id_ in row),)
            name = name if f"dE_d{name}" in shown else f"b{target.layer}"
        found = shown[f"dE_d{name}" if target.role is Role.GRADIENT else name]
        pairs = [pair for ids, row in zip(grid, found, strict=False) for pair in zip(ids[:6], row, strict=True)]
        wrong += [f"{id_}: printed {it}" for id_, it in pairs if not agree(it, values.significant(id_, 15))]
    return wrong


def _matrices(printed: str) -> dict[str, list[list[str]]]:
    """Return the matrices that a script shows, by their names."""
    shown: dict[str, list[list[str]]] = {}
    for line in printed.splitlines():
        if line.endswith(" ="):
            shown[line.removesuffix(" =")] = []
        elif line.startswith("    ") and shown and line.strip() != "...":
            shown[next(reversed(shown))].append([part for part in line.split() if part != "..."])
    return shown
