"""A small algebra of matrices over the derivation's quantities.

A matrix is a grid of ids, so that each of its entries is a quantity that the scalar derivation knows. An
expression over matrices is a closed tree; `entries` writes each entry of it out as a formula in ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from symbackprop.typeset.formula import (
    ONE,
    Exp,
    Formula,
    Negative,
    Product,
    Quantity,
    Quotient,
    Sum,
    rename,
)


class Role(StrEnum):
    """What a matrix holds. The last ones belong to a parameter, which `MatrixName.of` names."""

    WEIGHTS = "W"
    RECURRENT = "U"
    BIAS = "b"
    NET = "z"
    OUT = "a"
    TARGET = "y"
    ERRORS = "errors"
    TOTAL = "total"
    OUT_SLOPE = "dE/da"
    SQUASH_SLOPE = "da/dz"
    JACOBIAN = "J"
    DELTA = "delta"
    DATA_GRADIENT = "dE_data"
    GRADIENT = "dE"
    FIRST_MOMENT = "m"
    SECOND_MOMENT = "v"
    NEXT_FIRST_MOMENT = "m+"
    NEXT_SECOND_MOMENT = "v+"
    CORRECTED_FIRST_MOMENT = "mhat"
    CORRECTED_SECOND_MOMENT = "vhat"
    UPDATED = "+"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixName:
    """Which matrix is meant. Layers, time steps and samples count from 1; OUT of layer 0 are the inputs.

    `step` is set where there are several time steps, `sample` where a matrix belongs to one sample of several.
    """

    role: Role
    layer: int
    step: int | None = None
    sample: int | None = None
    of: Role | None = None


Grid = tuple[tuple[str, ...], ...]
"""Rows of ids, all of one length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixQuantity:
    """A matrix of quantities: its name, and the id of each entry."""

    name: MatrixName
    entries: Grid

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns."""
        return len(self.entries), len(self.entries[0])


# --- Expressions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leaf:
    """A matrix by its name."""

    name: MatrixName


@dataclass(frozen=True, slots=True)
class Ones:
    """A matrix that is 1 everywhere."""

    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class MatMul:
    """The matrix product: rows times columns."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Transpose:
    """Rows turned into columns."""

    body: Expression


@dataclass(frozen=True, slots=True)
class Hadamard:
    """The product entry by entry."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Add:
    """Terms added entry by entry."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Subtract:
    """A difference entry by entry."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Scale:
    """Every entry times one factor: 1/4, or the learning rate."""

    factor: Formula
    body: Expression


@dataclass(frozen=True, slots=True)
class Map:
    """A formula applied entry by entry; each of its slots is filled with the entry of a matrix of one shape.

    Any other quantity in it is an id and stays: the learning rate.
    """

    formula: Formula
    slots: tuple[tuple[str, MatrixName], ...]


@dataclass(frozen=True, slots=True)
class Softmax:
    """Softmax over the neurons of a layer: over each column, or over each row where samples are rows."""

    body: Expression
    over_rows: bool


Expression = Leaf | Ones | MatMul | Transpose | Hadamard | Add | Subtract | Scale | Map | Softmax


class MatrixRule(StrEnum):
    """By which rule a matrix follows from others."""

    WEIGHTED_SUM = "weighted_sum"
    ACTIVATION = "activation"
    LOSS = "loss"
    SUM_OF_ERRORS = "sum_of_errors"
    DERIVATIVE_OF_ERROR = "derivative_of_error"
    DERIVATIVE_OF_ACTIVATION = "derivative_of_activation"
    DELTA = "delta"
    FUSED_DELTA = "fused_delta"
    BACK = "back"
    GRADIENT = "gradient"
    PENALTY = "penalty"
    STATE = "state"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixStep:
    """One matrix, and the expression that gives it."""

    target: MatrixName
    expression: Expression
    rule: MatrixRule


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPlan:
    """All matrices of a round by their names, and the steps in order, each after what it uses."""

    quantities: Mapping[MatrixName, MatrixQuantity]
    steps: tuple[MatrixStep, ...]

    def step(self, name: MatrixName) -> MatrixStep:
        """The first step that gives a matrix. Raises KeyError for a given one."""
        for step in self.steps:
            if step.target == name:
                return step
        raise KeyError(name)


FormulaGrid = tuple[tuple[Formula, ...], ...]


class ShapeError(ValueError):
    """Two matrices don't fit."""


def shape_of(expression: Expression, quantities: Mapping[MatrixName, MatrixQuantity]) -> tuple[int, int]:
    """The number of rows and columns of an expression. Raises ShapeError where its parts don't fit."""
    match expression:
        case Leaf(name=name):
            return quantities[name].shape
        case Ones(rows=rows, columns=columns):
            return rows, columns
        case MatMul(left=left, right=right):
            (rows, inner), (other, columns) = shape_of(left, quantities), shape_of(right, quantities)
            if inner != other:
                raise ShapeError(f"{rows} x {inner} times {other} x {columns}")
            return rows, columns
        case Transpose(body=body):
            rows, columns = shape_of(body, quantities)
            return columns, rows
        case Scale(body=body) | Softmax(body=body):
            return shape_of(body, quantities)
        case Hadamard(left=left, right=right) | Subtract(left=left, right=right):
            return _common((left, right), quantities)
        case Add(terms=terms):
            return _common(terms, quantities)
        case Map(slots=slots):
            return _common(tuple(Leaf(name) for _, name in slots), quantities)


def _common(parts: tuple[Expression, ...], quantities: Mapping[MatrixName, MatrixQuantity]) -> tuple[int, int]:
    shapes = [shape_of(part, quantities) for part in parts]
    if len(set(shapes)) > 1:
        raise ShapeError(" and ".join(f"{rows} x {columns}" for rows, columns in shapes))
    return shapes[0]


def entries(expression: Expression, quantities: Mapping[MatrixName, MatrixQuantity]) -> FormulaGrid:
    """Each entry of an expression as a formula in ids. Raises ShapeError where its parts don't fit."""
    shape_of(expression, quantities)
    return _entries(expression, quantities)


def _entries(expression: Expression, quantities: Mapping[MatrixName, MatrixQuantity]) -> FormulaGrid:
    match expression:
        case Leaf(name=name):
            return tuple(tuple(map(Quantity, row)) for row in quantities[name].entries)
        case Ones(rows=rows, columns=columns):
            return ((ONE,) * columns,) * rows
        case MatMul(left=left, right=right):
            columns_ = tuple(zip(*_entries(right, quantities), strict=True))
            return tuple(tuple(_dot(row, column) for column in columns_) for row in _entries(left, quantities))
        case Transpose(body=body):
            return tuple(zip(*_entries(body, quantities), strict=True))
        case Hadamard(left=left, right=right):
            return _by_entry(lambda pair: _times(*pair), (left, right), quantities)
        case Subtract(left=left, right=right):
            return _by_entry(lambda pair: Sum((pair[0], Negative(pair[1]))), (left, right), quantities)
        case Add(terms=terms):
            return _by_entry(Sum, terms, quantities)
        case Scale(factor=factor, body=body):
            return _by_entry(lambda one: _times(factor, one[0]), (body,), quantities)
        case Map(formula=formula, slots=slots):
            filled = tuple(Leaf(name) for _, name in slots)
            return _by_entry(lambda cell: _filled(formula, slots, cell), filled, quantities)
        case Softmax(body=body, over_rows=over_rows):
            grid = _entries(body, quantities)
            groups = grid if over_rows else tuple(zip(*grid, strict=True))
            done = tuple(_softmax(group) for group in groups)
            return done if over_rows else tuple(zip(*done, strict=True))


def _by_entry(
    combine: Callable[[tuple[Formula, ...]], Formula],
    parts: tuple[Expression, ...],
    quantities: Mapping[MatrixName, MatrixQuantity],
) -> FormulaGrid:
    grids = [_entries(part, quantities) for part in parts]
    return tuple(tuple(map(combine, zip(*rows, strict=True))) for rows in zip(*grids, strict=True))


def _dot(row: tuple[Formula, ...], column: tuple[Formula, ...]) -> Formula:
    terms = tuple(_times(left, right) for left, right in zip(row, column, strict=True))
    return terms[0] if len(terms) == 1 else Sum(terms)


def _times(left: Formula, right: Formula) -> Formula:
    if left == ONE:
        return right
    return left if right == ONE else Product((left, right))


def _softmax(group: tuple[Formula, ...]) -> tuple[Formula, ...]:
    below = Sum(tuple(map(Exp, group)))
    return tuple(Quotient(Exp(part), below) for part in group)


def _filled(formula: Formula, slots: tuple[tuple[str, MatrixName], ...], cell: tuple[Formula, ...]) -> Formula:
    known = {slot: part.id for (slot, _), part in zip(slots, cell, strict=True) if isinstance(part, Quantity)}
    return rename(formula, lambda name: known.get(name, name))
