"""Proof that the matrix view says what the scalar steps say: entry by entry, in formulas and in numbers.

Each entry of a matrix expression is written out in ids and held against the formula of the scalar step of that
entry. The two may stop at different quantities on the way (delta times input; three factors of a chain), so
both are opened up until they speak of the same ones; then they are one rational function, exactly. Besides, the
matrices of certified values are multiplied as matrices, and each entry of the result must meet the scalar
step's own value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Protocol

from flint import arb, arb_mat, fmpq

from symbackprop.derivation.balls import Real, evaluate, precision
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Grid,
    Hadamard,
    Leaf,
    Map,
    MatMul,
    MatrixName,
    MatrixPlan,
    MatrixQuantity,
    MatrixStep,
    Ones,
    Scale,
    ShapeError,
    Softmax,
    Subtract,
    Transpose,
    entries,
)
from symbackprop.derivation.polynomials import Rational, Ring
from symbackprop.derivation.steps import Step
from symbackprop.typeset.formula import (
    Constant,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    constant,
    quantities,
)

BITS = 192
"""The precision of the balls in which matrices are multiplied."""

_OWN_LEVELS, _STATED_LEVELS = 3, 5
"""How often quantities are replaced by what they are computed from, in the matrix entry and in the scalar step.

From the error that comes back to a layer below the outputs, it takes two and three to reach the forward pass.
"""

_LARGEST = 20_000
"""A formula with more quantities than that is opened no further."""


class ScalarSteps(Protocol):
    """What the proof needs of a derivation."""

    @property
    def steps(self) -> Mapping[str, Step]:
        """The scalar steps by id."""

    def formula(self, id_: str) -> Formula:
        """The formula of a scalar step, in ids."""


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


def prove_matrices(plan: MatrixPlan, scalar: ScalarSteps, values: Mapping[str, object]) -> MatrixCertificate:
    """Every entry of every matrix step, in formulas and in balls. `values` are the scalar steps' own."""
    failures = tuple(failure for step in plan.steps for failure in _failures(step, plan, scalar, values))
    count = sum(len(row) for step in plan.steps for row in plan.quantities[step.target].entries)
    return MatrixCertificate(steps=len(plan.steps), entries=count, failures=failures)


def _failures(
    step: MatrixStep, plan: MatrixPlan, scalar: ScalarSteps, values: Mapping[str, object]
) -> Iterator[MatrixFailure]:
    def failure(id_: str, why: str) -> MatrixFailure:
        return MatrixFailure(target=step.target, id=id_, why=why)

    target = plan.quantities[step.target].entries
    missing = [id_ for id_ in _ids(target) if id_ not in scalar.steps]
    if missing:
        yield failure(missing[0], "the scalar derivation has no such quantity")
        return
    try:
        written = entries(step.expression, plan.quantities)
    except ShapeError as error:
        yield failure(target[0][0], f"the matrices don't fit: {error}")
        return
    if (len(written), len(written[0])) != plan.quantities[step.target].shape:
        yield failure(target[0][0], "the result has other dimensions")
        return
    with precision(BITS):
        computed = compute(step.expression, plan.quantities, values)
        for row, (ids, formulas) in enumerate(zip(target, written, strict=True)):
            for column, (id_, formula) in enumerate(zip(ids, formulas, strict=True)):
                if not is_same(formula, id_, scalar, values):
                    yield failure(id_, "its formula is not that of the scalar step")
                # One ball minus another holds 0 wherever they have a number in common.
                if not (computed[row, column] - _ball(values[id_])).contains(0):
                    yield failure(id_, "its value is not that of the scalar step")


def _ids(grid: Grid) -> Iterator[str]:
    for row in grid:
        yield from row


# --- In numbers -------------------------------------------------------------------------------------------


def compute(
    expression: Expression, known: Mapping[MatrixName, MatrixQuantity], values: Mapping[str, object]
) -> arb_mat:
    """The value of an expression by matrix arithmetic in balls, at the precision in force."""
    match expression:
        case Leaf(name=name):
            return arb_mat([[_ball(values[id_]) for id_ in row] for row in known[name].entries])
        case Ones(rows=rows, columns=columns):
            return arb_mat(rows, columns, [1] * (rows * columns))
        case MatMul(left=left, right=right):
            return compute(left, known, values) * compute(right, known, values)
        case Transpose(body=body):
            return compute(body, known, values).transpose()
        case Hadamard(left=left, right=right):
            return _cell_by_cell(lambda a, b: a * b, compute(left, known, values), compute(right, known, values))
        case Subtract(left=left, right=right):
            return compute(left, known, values) - compute(right, known, values)
        case Add(terms=(first, *others)):
            total = compute(first, known, values)
            for other in others:
                total = total + compute(other, known, values)
            return total
        case Scale(factor=factor, body=body):
            return compute(body, known, values) * _ball(evaluate(factor, _reader(values)))
        case Map(formula=formula, slots=slots):
            return _mapped(formula, slots, known, values)
        case Softmax(body=body, over_rows=over_rows):
            net = compute(body, known, values)
            return _softmax(net) if over_rows else _softmax(net.transpose()).transpose()
        case _:
            raise ValueError(f"an empty sum: {expression}")


def _mapped(
    formula: Formula,
    slots: tuple[tuple[str, MatrixName], ...],
    known: Mapping[MatrixName, MatrixQuantity],
    values: Mapping[str, object],
) -> arb_mat:
    read = _reader(values)
    names = [slot for slot, _ in slots]
    rows = []
    for grids in zip(*(known[name].entries for _, name in slots), strict=True):
        row = []
        for cell in zip(*grids, strict=True):
            filled = dict(zip(names, cell, strict=True))
            row.append(_ball(evaluate(formula, lambda id_, filled=filled: read(filled.get(id_, id_)))))
        rows.append(row)
    return arb_mat(rows)


def _softmax(net: arb_mat) -> arb_mat:
    rows = []
    for number in range(net.nrows()):
        raised = [net[number, column].exp() for column in range(net.ncols())]
        rows.append([each / sum(raised, arb(0)) for each in raised])
    return arb_mat(rows)


def _cell_by_cell(combine: Callable[[arb, arb], arb], left: arb_mat, right: arb_mat) -> arb_mat:
    columns = range(left.ncols())
    return arb_mat(
        [[combine(left[row, column], right[row, column]) for column in columns] for row in range(left.nrows())]
    )


def _reader(values: Mapping[str, object]) -> Callable[[str], Real]:
    return lambda id_: values[id_]  # type: ignore[return-value]


def _ball(value: object) -> arb:
    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    return arb(value)


# --- In formulas ------------------------------------------------------------------------------------------


def is_same(formula: Formula, id_: str, scalar: ScalarSteps, values: Mapping[str, object]) -> bool:
    """Whether a formula is identical with that of a scalar step, whatever quantities the two name on the way."""
    stated = scalar.formula(id_)
    if formula == stated:
        return True
    pairs = sorted(product(range(_OWN_LEVELS + 1), range(_STATED_LEVELS + 1)), key=sum)
    for own, other in pairs:
        left, right = _both_opened(formula, stated, own, other, scalar)
        if set(_atoms(left)) == set(_atoms(right)) and _identical(left, right):
            return True
    # Fused forms hold only for the targets given: those of one sample add up to 1.
    left, right = _both_opened(formula, stated, _OWN_LEVELS, _STATED_LEVELS, scalar)
    return _identical(_with_targets(left, scalar, values), _with_targets(right, scalar, values))


def _both_opened(
    formula: Formula, stated: Formula, own: int, other: int, scalar: ScalarSteps
) -> tuple[Formula, Formula]:
    """The first opened so many levels, the second down to what the first then names, but no deeper than allowed."""
    opened = _open(formula, frozenset(), own, scalar)
    return opened, _open(stated, frozenset(quantities(opened)), other, scalar)


_FORWARD = frozenset({Kind.NET, Kind.OUT})


def _open(formula: Formula, stop: frozenset[str], levels: int, scalar: ScalarSteps) -> Formula:
    """The formula with quantities of the backward pass written out by what they are computed from."""
    if not levels or _size(formula) > _LARGEST:
        return formula

    def replace(id_: str) -> Formula:
        step = scalar.steps.get(id_)
        if id_ in stop or step is None or step.pattern is None or step.kind in _FORWARD:
            return Quantity(id_)
        return _open(scalar.formula(id_), stop, levels - 1, scalar)

    return _replaced(formula, replace)


def _size(formula: Formula) -> int:
    return sum(1 for _ in quantities(formula))


def _with_targets(formula: Formula, scalar: ScalarSteps, values: Mapping[str, object]) -> Formula:
    """The formula with the numbers of the targets in it, which are exact."""

    def replace(id_: str) -> Formula:
        step, value = scalar.steps.get(id_), values.get(id_)
        if step is None or step.kind is not Kind.TARGET or not isinstance(value, Fraction | fmpq):
            return Quantity(id_)
        return constant(int(value.numerator), int(value.denominator))

    return _replaced(formula, replace)


def _replaced(formula: Formula, replace: Callable[[str], Formula]) -> Formula:
    match formula:
        case Quantity(id=id_):
            return replace(id_)
        case Sum(terms=parts):
            return Sum(tuple(_replaced(part, replace) for part in parts))
        case Product(factors=parts):
            return Product(tuple(_replaced(part, replace) for part in parts))
        case Negative(body=body):
            return Negative(_replaced(body, replace))
        case Quotient(numerator=above, denominator=below):
            return Quotient(_replaced(above, replace), _replaced(below, replace))
        case Power(base=base, exponent=exponent):
            return Power(_replaced(base, replace), exponent)
        case _:
            # What is no rational function names quantities of the forward pass, parameters and settings only.
            return formula


def _identical(left: Formula, right: Formula) -> bool:
    if left == right:
        return True
    atoms = list(dict.fromkeys([*_atoms(left), *_atoms(right)]))
    ring = Ring([f"g{number}" for number in range(len(atoms))])
    known = {atom: ring.generator(f"g{number}") for number, atom in enumerate(atoms)}
    try:
        return _rational(left, ring, known).is_identical(_rational(right, ring, known))
    except ZeroDivisionError:
        return False


def _atoms(formula: Formula) -> Iterator[Formula]:
    """What stands as a generator of its own: quantities, and whatever is no rational function of others."""
    match formula:
        case Constant():
            return
        case Sum(terms=parts) | Product(factors=parts):
            for part in parts:
                yield from _atoms(part)
        case Negative(body=body):
            yield from _atoms(body)
        case Quotient(numerator=above, denominator=below):
            yield from _atoms(above)
            yield from _atoms(below)
        case Power(base=base, exponent=Constant(value=Fraction(denominator=1))):
            yield from _atoms(base)
        case _:
            yield formula


def _rational(formula: Formula, ring: Ring, known: Mapping[Formula, Rational]) -> Rational:
    match formula:
        case Constant(value=value):
            return ring.constant(value.numerator, value.denominator)
        case Sum(terms=(first, *others)):
            total = _rational(first, ring, known)
            for other in others:
                total = total + _rational(other, ring, known)
            return total
        case Product(factors=(first, *others)):
            total = _rational(first, ring, known)
            for other in others:
                total = total * _rational(other, ring, known)
            return total
        case Negative(body=body):
            return -_rational(body, ring, known)
        case Quotient(numerator=above, denominator=below):
            return _rational(above, ring, known) * _inverse(_rational(below, ring, known))
        case Power(base=base, exponent=Constant(value=value)) if value.denominator == 1:
            factor = _rational(base, ring, known)
            factor = factor if value >= 0 else _inverse(factor)
            power = ring.constant(1)
            for _ in range(abs(int(value))):
                power = power * factor
            return power
        case _:
            return known[formula]


def _inverse(value: Rational) -> Rational:
    if value.above.is_zero():
        raise ZeroDivisionError
    return Rational(value.below, value.above)
