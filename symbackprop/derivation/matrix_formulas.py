"""Whether a matrix entry's formula is that of the scalar step of the same quantity.

The two may stop at different quantities on the way: delta times input, or three factors of a chain. So both are
opened up until they speak of the same ones; then they are one rational function, exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from fractions import Fraction
from itertools import product

from flint import fmpq

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.matrix_numbers import Numbers
from symbackprop.derivation.polynomials import Ring
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
    transform,
)

_OWN_LEVELS, _STATED_LEVELS = 3, 5
"""How often quantities are replaced by what they are computed from, in the matrix entry and in the scalar step.

From the error that comes back to a layer below the outputs, it takes two and three to reach the forward pass.
"""

_LEVELS = sorted(product(range(_OWN_LEVELS + 1), range(_STATED_LEVELS + 1)), key=sum)

_LARGEST = 2_000
"""A formula with more quantities than that is opened no further, nor worked out as a quotient of polynomials."""

Levels = tuple[int, int]
"""How often the matrix entry's quantities and the scalar step's are replaced by what they are computed from."""


def find_levels(formula: Formula, id_: str, scalar: Derivation, likely: Levels = (0, 0)) -> Levels | None:
    """The levels at which a formula and that of a scalar step are identical, or None where they never are.

    `likely` is tried first: the entries of a matrix are alike.
    """
    stated = scalar.formula(id_)
    for levels in dict.fromkeys((likely, *_LEVELS)):
        left, right = _both_opened(formula, stated, levels, scalar)
        if left == right or _canonical(left) == _canonical(right):
            return levels
        if set(_atoms(left)) == set(_atoms(right)) and _is_identical(left, right):
            return levels
    return None


def is_same_for_targets(formula: Formula, id_: str, scalar: Derivation, values: Numbers) -> bool:
    """Whether both are identical with the targets' numbers in them: those of one sample may add up to 1."""
    left, right = _both_opened(formula, scalar.formula(id_), _LEVELS[-1], scalar)
    return _is_identical(_with_targets(left, scalar, values), _with_targets(right, scalar, values))


# --- Opening up -------------------------------------------------------------------------------------------

_CLOSED = frozenset({Kind.NET, Kind.OUT, Kind.STATE, Kind.UPDATE})
"""What both sides name alike: the forward pass, and what an update gives."""


def _both_opened(formula: Formula, stated: Formula, levels: Levels, scalar: Derivation) -> tuple[Formula, Formula]:
    """The first opened so many levels, the second down to what the first then names, but no deeper than allowed."""
    own, other = levels
    opened = _open(formula, frozenset(), own, scalar)
    return opened, _open(stated, frozenset(quantities(opened)), other, scalar)


def _open(formula: Formula, stop: frozenset[str], levels: int, scalar: Derivation) -> Formula:
    """The formula with quantities of the backward pass written out by what they are computed from."""
    if not levels or sum(1 for _ in quantities(formula)) > _LARGEST:
        return formula

    def replaced(part: Formula) -> Formula | None:
        if not isinstance(part, Quantity) or part.id in stop:
            return None
        # A second name stands for what it names: dnet_o1/dw5 is out_h1.
        if same := scalar.steps.same_as(part.id):
            return _open(Quantity(same), stop, levels - 1, scalar)
        step = scalar.steps[part.id]
        if step.pattern is None or step.kind in _CLOSED:
            return None
        return _open(scalar.formula(part.id), stop, levels - 1, scalar)

    return transform(formula, replaced)


def _with_targets(formula: Formula, scalar: Derivation, values: Numbers) -> Formula:
    """The formula with the numbers of the targets in it, which are exact."""

    def replaced(part: Formula) -> Formula | None:
        if not isinstance(part, Quantity) or scalar.steps.kind(part.id) is not Kind.TARGET:
            return None
        value = values[part.id]
        assert isinstance(value, Fraction | fmpq)
        return constant(int(value.numerator), int(value.denominator))

    return transform(formula, replaced)


# --- Comparing --------------------------------------------------------------------------------------------


def _canonical(formula: Formula) -> Hashable:
    """The formula without the order of its terms and factors, and without sums in sums and products in products."""
    match formula:
        case Sum():
            return "sum", frozenset(Counter(map(_canonical, _flat(formula, Sum))).items())
        case Product():
            return "product", frozenset(Counter(map(_canonical, _flat(formula, Product))).items())
        case Negative(body=body):
            return "negative", _canonical(body)
        case _:
            return formula


def _flat(formula: Formula, kind: type[Sum | Product]) -> Iterator[Formula]:
    if not isinstance(formula, kind):
        yield formula
        return
    for part in formula.terms if isinstance(formula, Sum) else formula.factors:
        yield from _flat(part, kind)


def _is_identical(left: Formula, right: Formula) -> bool:
    """Whether two formulas are one rational function of their atoms."""
    atoms = list(dict.fromkeys([*_atoms(left), *_atoms(right)]))
    if len(atoms) > _LARGEST:
        return False
    ring = Ring([f"g{number}" for number in range(len(atoms))])
    generators = {atom: ring.generator(f"g{number}") for number, atom in enumerate(atoms)}
    known = {atom.id: generator for atom, generator in generators.items() if isinstance(atom, Quantity)}
    try:
        one, other = (ring.from_formula(formula, known, generators) for formula in (left, right))
    except ZeroDivisionError:
        return False
    return one.is_identical(other)


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
        case Power(base=base, exponent=Constant()):
            yield from _atoms(base)
        case _:
            yield formula
