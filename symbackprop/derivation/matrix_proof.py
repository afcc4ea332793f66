"""Proof that the matrix view says what the scalar steps say: entry by entry, in formulas and in numbers.

Each entry of a matrix expression is written out in ids and held against the formula of the scalar step of that
entry. Besides, the matrices of certified values are multiplied as matrices, and each entry of the result must
meet the scalar step's own value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symbackprop.derivation.balls import precision
from symbackprop.derivation.matrices import Grid, MatrixName, MatrixPlan, MatrixStep, ShapeError, entries
from symbackprop.derivation.matrix_formulas import ScalarSteps, find_levels, is_same_for_targets
from symbackprop.derivation.matrix_numbers import Numbers, compute, to_arb

BITS = 192
"""The precision of the balls in which matrices are multiplied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixFailure:
    """An entry that doesn't agree with its scalar step, or a step whose matrices don't fit."""

    target: MatrixName
    id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCertificate:
    """What was proved: how many matrix steps with how many entries, and what failed."""

    steps: int
    entries: int
    failures: tuple[MatrixFailure, ...]

    @property
    def holds(self) -> bool:
        """Whether everything was proved."""
        return not self.failures


def prove_matrices(plan: MatrixPlan, scalar: ScalarSteps, values: Numbers) -> MatrixCertificate:
    """Every entry of every matrix step, in formulas and in balls. `values` are the scalar steps' own."""
    failures = tuple(_unknown(plan, scalar))
    if not failures:
        failures = tuple(failure for step in plan.steps for failure in _failures(step, plan, scalar, values))
    count = sum(len(row) for step in plan.steps for row in plan.quantities[step.target].entries)
    return MatrixCertificate(steps=len(plan.steps), entries=count, failures=failures)


def _unknown(plan: MatrixPlan, scalar: ScalarSteps) -> Iterator[MatrixFailure]:
    """Entries that name no scalar step; nothing can be said of a plan that has some."""
    for name, quantity in plan.quantities.items():
        for id_ in _ids(quantity.entries):
            if id_ not in scalar.steps:
                yield MatrixFailure(target=name, id=id_, why="the scalar derivation has no such quantity")


def _failures(step: MatrixStep, plan: MatrixPlan, scalar: ScalarSteps, values: Numbers) -> Iterator[MatrixFailure]:
    def failure(id_: str, why: str) -> MatrixFailure:
        return MatrixFailure(target=step.target, id=id_, why=why)

    target = plan.quantities[step.target].entries
    try:
        written = entries(step.expression, plan.quantities)
    except ShapeError as error:
        yield failure(target[0][0], f"the matrices don't fit: {error}")
        return
    if (len(written), len(written[0])) != plan.quantities[step.target].shape:
        yield failure(target[0][0], "the result has other dimensions")
        return
    with precision(BITS):
        likely = (0, 0)
        computed = compute(step.expression, plan.quantities, values)
        for row, (ids, formulas) in enumerate(zip(target, written, strict=True)):
            for column, (id_, formula) in enumerate(zip(ids, formulas, strict=True)):
                levels = find_levels(formula, id_, scalar, likely)
                likely = levels or likely
                if levels is None and not is_same_for_targets(formula, id_, scalar, values):
                    yield failure(id_, "its formula is not that of the scalar step")
                # One ball minus another holds 0 wherever they have a number in common.
                if not (computed[row, column] - to_arb(values[id_])).contains(0):
                    yield failure(id_, "its value is not that of the scalar step")


def _ids(grid: Grid) -> Iterator[str]:
    for row in grid:
        yield from row
