"""A small algebra of matrices over the derivation's quantities.

A matrix is a grid of ids, so that each of its entries is a quantity that the scalar derivation knows. An
expression over matrices is a closed tree; `entries` writes each entry of it out as a formula in ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from symbackprop.records import record
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
    DATA_ERROR = "error"
    L1_PENALTY = "E_l1"
    L2_PENALTY = "E_l2"
    TOTAL_ERROR = "E_total"
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


@record(kw_only=True)
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


@record(kw_only=True)
class MatrixQuantity:
    """A matrix of quantities: its name, and the id of each entry."""

    name: MatrixName
    entries: Grid

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns."""
        return len(self.entries), len(self.entries[0])


# --- Expressions ------------------------------------------------------------------------------------------


@record
class Leaf:
    """A matrix by its name."""

    name: MatrixName


@record
class Ones:
    """A matrix that is 1 everywhere."""

    rows: int
    columns: int


@record
class MatMul:
    """The matrix product: rows times columns."""

    left: Expression
    right: Expression


@record
class Transpose:
    """Rows turned into columns."""

    body: Expression


@record
class Hadamard:
    """The product entry by entry."""

    left: Expression
    right: Expression


@record
class Add:
    """Terms added entry by entry."""

    terms: tuple[Expression, ...]


@record
class Subtract:
    """A difference entry by entry."""

    left: Expression
    right: Expression


@record
class Scale:
    """Every entry times one factor: 1/4, or the learning rate."""

    factor: Formula
    body: Expression


@record
class Map:
    """A formula applied entry by entry; each of its slots is filled with the entry of a matrix of one shape.

    Any other quantity in it is an id and stays: the learning rate.
    """

    formula: Formula
    slots: tuple[tuple[str, MatrixName], ...]


@record
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
    PENALTY_ON_WEIGHTS = "penalty_on_weights"
    PENALIZED_ERROR = "penalized_error"
    DERIVATIVE_OF_ERROR = "derivative_of_error"
    DERIVATIVE_OF_ACTIVATION = "derivative_of_activation"
    DELTA = "delta"
    FUSED_DELTA = "fused_delta"
    BACK = "back"
    GRADIENT = "gradient"
    PENALTY = "penalty"
    STATE = "state"
    UPDATE = "update"


@record(kw_only=True)
class MatrixStep:
    """One matrix, and the expression that gives it."""

    target: MatrixName
    expression: Expression
    rule: MatrixRule


@record(kw_only=True)
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
    rows, columns = shape_of(expression, quantities)
    return tuple(tuple(entry(expression, quantities, row, column) for column in range(columns)) for row in range(rows))


def entry(expression: Expression, quantities: Mapping[MatrixName, MatrixQuantity], row: int, column: int) -> Formula:
    """One entry of an expression whose parts fit, as a formula in ids. Rows and columns count from 0."""

    def at(part: Expression, row: int = row, column: int = column) -> Formula:
        return entry(part, quantities, row, column)

    match expression:
        case Leaf(name=name):
            return Quantity(quantities[name].entries[row][column])
        case Ones():
            return ONE
        case MatMul(left=left, right=right):
            _, inner = shape_of(left, quantities)
            return _sum(tuple(_times(at(left, column=number), at(right, row=number)) for number in range(inner)))
        case Transpose(body=body):
            return at(body, column, row)
        case Hadamard(left=left, right=right):
            return _times(at(left), at(right))
        case Subtract(left=left, right=right):
            return Sum((at(left), Negative(at(right))))
        case Add(terms=terms):
            return _sum(tuple(map(at, terms)))
        case Scale(factor=factor, body=body):
            return _times(factor, at(body))
        case Map(formula=formula, slots=slots):
            filled = {slot: quantities[name].entries[row][column] for slot, name in slots}
            return rename(formula, lambda id_: filled.get(id_, id_))
        case Softmax(body=body, over_rows=over_rows):
            rows, columns = shape_of(body, quantities)
            group = (
                [at(body, column=it) for it in range(columns)] if over_rows else [at(body, it) for it in range(rows)]
            )
            return Quotient(Exp(at(body)), Sum(tuple(map(Exp, group))))


def _sum(terms: tuple[Formula, ...]) -> Formula:
    """A sum without sums in it: W x + b is one sum of all its terms."""
    flat = tuple(part for term in terms for part in (term.terms if isinstance(term, Sum) else (term,)))
    return flat[0] if len(flat) == 1 else Sum(flat)


def _times(left: Formula, right: Formula) -> Formula:
    if left == ONE:
        return right
    return left if right == ONE else Product((left, right))
