"""Whether a matrix entry's formula is that of the scalar step of the same quantity.

The two may stop at different quantities on the way: delta times input, or three factors of a chain. So both are
opened up until they speak of the same ones; then they are one rational function, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Protocol

from flint import fmpq

from symbackprop.derivation.graph import Kind
from symbackprop.derivation.matrix_numbers import Numbers
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

_OWN_LEVELS, _STATED_LEVELS = 3, 5
"""How often quantities are replaced by what they are computed from, in the matrix entry and in the scalar step.

From the error that comes back to a layer below the outputs, it takes two and three to reach the forward pass.
"""

_LEVELS = sorted(product(range(_OWN_LEVELS + 1), range(_STATED_LEVELS + 1)), key=sum)

_LARGEST = 20_000
"""A formula with more quantities than that is opened no further."""


class ScalarSteps(Protocol):
    """What the proof needs of a derivation."""

    @property
    def steps(self) -> Mapping[str, Step]:
        """The scalar steps by id."""

    def formula(self, id_: str) -> Formula:
        """The formula of a scalar step, in ids."""


Levels = tuple[int, int]
"""How often the matrix entry's quantities and the scalar step's are replaced by what they are computed from."""


def find_levels(formula: Formula, id_: str, scalar: ScalarSteps, likely: Levels = (0, 0)) -> Levels | None:
    """The levels at which a formula and that of a scalar step are identical, or None where they never are.

    `likely` is tried first: the entries of a matrix are alike.
    """
    stated = scalar.formula(id_)
    for levels in (likely, *_LEVELS):
        left, right = _both_opened(formula, stated, levels, scalar)
        if left == right or (set(_atoms(left)) == set(_atoms(right)) and _identical(left, right)):
            return levels
    return None


def is_same_for_targets(formula: Formula, id_: str, scalar: ScalarSteps, values: Numbers) -> bool:
    """Whether both are identical with the targets' numbers in them: those of one sample may add up to 1."""
    left, right = _both_opened(formula, scalar.formula(id_), _LEVELS[-1], scalar)
    return _identical(_with_targets(left, scalar, values), _with_targets(right, scalar, values))


def _both_opened(formula: Formula, stated: Formula, levels: Levels, scalar: ScalarSteps) -> tuple[Formula, Formula]:
    """The first opened so many levels, the second down to what the first then names, but no deeper than allowed."""
    own, other = levels
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


def _with_targets(formula: Formula, scalar: ScalarSteps, values: Numbers) -> Formula:
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
