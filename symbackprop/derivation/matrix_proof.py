"""Proof that the matrix view says what the scalar steps say: entry by entry, in formulas and in numbers.

An entry of a matrix expression is written out in ids and held against the formula of the scalar step of that entry:
every one in a small matrix, in a large one an entry of each row and of each column. Besides, the matrices of
certified values are multiplied as matrices, and every entry of the result must meet the scalar step's own value.
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import arb, arb_mat

from symbackprop.derivation.balls import Undecided, precision
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.matrices import (
    MatrixName,
    MatrixPlan,
    MatrixStep,
    ShapeError,
    entry,
    shape_of,
)
from symbackprop.derivation.matrix_formulas import find_levels, is_same_for_targets
from symbackprop.derivation.matrix_numbers import MatrixNumbers
from symbackprop.derivation.points import TOO_WIDE, disagreement
from symbackprop.derivation.values import FIRST_BITS, MOST_BITS
from symbackprop.records import record

MOST_WRITTEN_OUT = 400
"""Of a matrix with more entries than that, one of each row and of each column is compared as a formula."""


@record(kw_only=True)
class MatrixFailure:
    """An entry that doesn't agree with its scalar step, or a step whose matrices don't fit."""

    target: MatrixName
    id: str
    why: str


@record(kw_only=True)
class MatrixCertificate:
    """What was proved: how many matrix steps with how many entries, and what failed.

    All entries were compared as numbers, in balls of so many bits; `written_out` counts those that were compared as
    formulas, too.
    """

    steps: int
    entries: int
    written_out: int
    bits: int
    failures: tuple[MatrixFailure, ...]

    @property
    def holds(self) -> bool:
        """Whether everything was proved."""
        return not self.failures


def prove_matrices(plan: MatrixPlan, scalar: Derivation) -> MatrixCertificate:
    """Holds every matrix step against the scalar ones."""
    failures = tuple(_unknown(plan, scalar)) or tuple(_misfits(plan))
    if failures:
        return MatrixCertificate(steps=0, entries=0, written_out=0, bits=FIRST_BITS, failures=failures)
    failures = tuple(failure for step in plan.steps for failure in _other_formulas(step, plan, scalar))
    unequal, bits = _compared(plan, scalar)
    shapes = [plan.quantities[step.target].shape for step in plan.steps]
    return MatrixCertificate(
        steps=len(plan.steps),
        entries=sum(rows * columns for rows, columns in shapes),
        written_out=sum(len(written_out(rows, columns)) for rows, columns in shapes),
        bits=bits,
        failures=(*failures, *unequal),
    )


def written_out(rows: int, columns: int) -> list[tuple[int, int]]:
    """The entries of a matrix that are compared as formulas."""
    if rows * columns <= MOST_WRITTEN_OUT:
        return [(row, column) for row in range(rows) for column in range(columns)]
    return [(number % rows, number % columns) for number in range(max(rows, columns))]


def _unknown(plan: MatrixPlan, scalar: Derivation) -> Iterator[MatrixFailure]:
    """Entries that name no scalar step; nothing can be said of a plan that has some."""
    for name, quantity in plan.quantities.items():
        for row in quantity.entries:
            for id_ in row:
                if id_ not in scalar.steps:
                    yield MatrixFailure(target=name, id=id_, why="the scalar derivation has no such quantity")


def _misfits(plan: MatrixPlan) -> Iterator[MatrixFailure]:
    """Steps whose matrices can't be multiplied or added, or give a matrix of another size."""
    for step in plan.steps:
        target = plan.quantities[step.target]
        try:
            shape = shape_of(step.expression, plan.quantities)
            why = "" if shape == target.shape else "the result has other dimensions"
        except ShapeError as error:
            why = f"the matrices don't fit: {error}"
        if why:
            yield MatrixFailure(target=step.target, id=target.entries[0][0], why=why)


def _other_formulas(step: MatrixStep, plan: MatrixPlan, scalar: Derivation) -> Iterator[MatrixFailure]:
    target = plan.quantities[step.target]
    likely = (0, 0)
    for row, column in written_out(*target.shape):
        id_ = target.entries[row][column]
        formula = entry(step.expression, plan.quantities, row, column)
        levels = find_levels(formula, id_, scalar, likely)
        likely = levels or likely
        if levels is None and not is_same_for_targets(formula, id_, scalar, scalar.given):
            yield MatrixFailure(target=step.target, id=id_, why="its formula is not that of the scalar step")


def _compared(plan: MatrixPlan, scalar: Derivation) -> tuple[tuple[MatrixFailure, ...], int]:
    """The entries with other values, at a precision at which balls are narrow enough to tell."""
    bits = FIRST_BITS
    while True:
        try:
            unequal = tuple(_other_values(plan, scalar, bits))
        except Undecided:
            if bits >= MOST_BITS:
                raise
        else:
            wide = bool(unequal) and all(TOO_WIDE in failure.why for failure in unequal)
            if not wide or bits >= MOST_BITS:
                return unequal, bits
        bits *= 2


def _other_values(plan: MatrixPlan, scalar: Derivation, bits: int) -> Iterator[MatrixFailure]:
    with precision(bits):
        numbers = MatrixNumbers(known=plan.quantities, values=scalar.values.at(bits))
        for step in plan.steps:
            found, expected = numbers.compute(step.expression), numbers.leaf(step.target)
            for number, why in _disagreements(found, expected):
                row, column = divmod(number, found.ncols())
                id_ = plan.quantities[step.target].entries[row][column]
                yield MatrixFailure(target=step.target, id=id_, why=f"its value is not that of the scalar step: {why}")


def _disagreements(found: arb_mat, expected: arb_mat) -> Iterator[tuple[int, str]]:
    pairs: Iterator[tuple[arb, arb]] = zip(found.entries(), expected.entries(), strict=True)
    for number, (one, other) in enumerate(pairs):
        if why := disagreement(one, other):
            yield number, why
