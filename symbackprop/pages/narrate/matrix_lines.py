"""Calculations with matrices: a formula with its dimensions, the same with numbers, and the result."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Grid,
    Hadamard,
    Leaf,
    Map,
    MatMul,
    MatrixName,
    MatrixRule,
    MatrixStep,
    Ones,
    Scale,
    Softmax,
    Subtract,
    Transpose,
    entries,
    entry,
)
from symbackprop.pages.document import EquationLine, Inlines
from symbackprop.pages.narrate.equations import drifts, is_breakable, line
from symbackprop.pages.narrate.matrix_teller import MOST_COLUMNS, MOST_ROWS, MatrixTeller
from symbackprop.pages.narrate.matrix_writer import Writer, in_figures, in_names
from symbackprop.typeset.formula import Cases, quantities
from symbackprop.typeset.layout import Fenced, Layout, Matrix, Operator, Row
from symbackprop.typeset.matrices import with_dimensions
from symbackprop.typeset.stacked import stacked


def written(told: MatrixTeller, step: MatrixStep, writer: Writer) -> Layout:
    """A step's expression; an activation stays a function of its argument."""
    if step.rule is MatrixRule.ACTIVATION:
        match step.expression:
            case Map(slots=((_, name), *_)) | Softmax(body=Leaf(name=name)):
                argument = writer.matrix(name, False)  # noqa: FBT003 - not transposed
                closed = argument if isinstance(argument, Matrix) else Fenced(argument)
                return Row((told.symbols.function(step.target.layer), closed))
    return writer.write(step.expression)


def step_lines(told: MatrixTeller, step: MatrixStep, *others: Expression) -> Iterator[EquationLine]:
    """A matrix step from its symbol over its formula, and over `others` that say the same, to its numbers."""
    target = told.named(step.target)
    left = target if told.is_single(step.target) else with_dimensions(target, *told.dimensions(step.target))
    yield from line(left, (Operator.EQUALS, written(told, step, in_names(told, dimensions=True))))
    for other in others:
        yield from line(None, (Operator.EQUALS, in_names(told, dimensions=True).write(other)))
    yield from numbers(told, step)


def numbers(told: MatrixTeller, step: MatrixStep) -> Iterator[EquationLine]:
    """The lines with the numbers: the factors, where they fit, and the result."""
    grid = told.grid(step.target)
    result = (_relation(told, _ids(grid)), told.with_numbers(grid))
    substituted = written(told, step, in_figures(told)) if _is_worth_it(told, step) else None
    if substituted is None or not is_breakable(substituted) or stacked(substituted).width > _WIDEST_TEXT:
        yield from line(None, result)
        return
    sign = _relation(told, [id_ for name in _leaves(step.expression) for id_ in _ids(told.grid(name))])
    yield from line(None, (sign, substituted), result, note=_remark(told, step))


_WIDEST_TEXT = 120
"""What is wider than that in a terminal breaks into pieces that don't fit there either."""


def _is_worth_it(told: MatrixTeller, step: MatrixStep) -> bool:
    """Whether a line with the numbers in it shows more than the result, and matrices that fit."""
    match step.expression:
        case Leaf():
            return False
        case Map(formula=formula, slots=slots) if {slot for slot, _ in slots}.isdisjoint(quantities(formula)):
            return False
        case Map(formula=Cases()) if step.rule is not MatrixRule.ACTIVATION and not told.is_single(step.target):
            # The same matrix in two conditions, held against 0 both times, is no calculation.
            return False
        case _:
            return all(_is_small(told, name) for name in _leaves(step.expression))


def value_line(told: MatrixTeller, name: MatrixName) -> Iterator[EquationLine]:
    """A matrix, its entries by their names, and by their figures."""
    grid = told.grid(name)
    left = with_dimensions(told.named(name), *told.dimensions(name))
    names, figures = told.with_names(grid), told.with_numbers(grid)
    if told.is_single(name) and names == told.named(name):
        yield from line(names, (_relation(told, _ids(grid)), figures))
        return
    yield from line(left, (Operator.EQUALS, names), (_relation(told, _ids(grid)), figures))


def result_line(told: MatrixTeller, name: MatrixName) -> Iterator[EquationLine]:
    """A matrix and its figures."""
    grid = told.grid(name)
    left = told.named(name) if told.is_single(name) else with_dimensions(told.named(name), *told.dimensions(name))
    yield from line(left, (_relation(told, _ids(grid)), told.with_numbers(grid)))


def entry_line(told: MatrixTeller, step: MatrixStep, row: int, column: int) -> Iterator[EquationLine]:
    """One entry of a matrix step by its name, and written out."""
    formula = entry(step.expression, told.plan.quantities, row, column)
    yield from line(told.teller.name(told.grid(step.target)[row][column]), (Operator.EQUALS, told.written_out(formula)))


def formula_line(told: MatrixTeller, id_: str) -> Iterator[EquationLine]:
    """A quantity and the formula of its scalar step."""
    teller = told.teller
    yield from line(teller.name(id_), (Operator.EQUALS, teller.with_names(teller.derivation.formula(id_))))


def _is_small(told: MatrixTeller, name: MatrixName) -> bool:
    rows, columns = told.dimensions(name)
    return rows <= MOST_ROWS and columns <= MOST_COLUMNS


def _ids(grid: Grid) -> list[str]:
    return [id_ for row in grid for id_ in row]


def _relation(told: MatrixTeller, ids: list[str]) -> Operator:
    # Of a large matrix only the corners are shown, and only they are rounded.
    shown = ids if len(ids) <= _MANY else [*ids[:_MANY], ids[-1]]
    exact = all(told.teller.shown(id_).exact for id_ in shown)
    return Operator.EQUALS if exact else Operator.APPROXIMATELY


_MANY = 64


def _leaves(expression: Expression) -> tuple[MatrixName, ...]:
    match expression:
        case Leaf(name=name):
            return (name,)
        case Ones():
            return ()
        case Transpose(body=body) | Scale(body=body) | Softmax(body=body):
            return _leaves(body)
        case MatMul(left=left, right=right) | Hadamard(left=left, right=right) | Subtract(left=left, right=right):
            return (*_leaves(left), *_leaves(right))
        case Add(terms=terms):
            return tuple(name for term in terms for name in _leaves(term))
        case Map(slots=slots):
            return tuple(name for _, name in slots)


def _remark(told: MatrixTeller, step: MatrixStep) -> Inlines:
    """A remark where the rounded numbers of the line would lead to other digits in some entry."""
    formulas = entries(step.expression, told.plan.quantities)
    pairs = zip(_ids(told.grid(step.target)), (formula for row in formulas for formula in row), strict=True)
    found = any(drifts(told.teller, id_, formula) for id_, formula in pairs)
    return told.teller.phrases.say("reason.unrounded") if found else ()
