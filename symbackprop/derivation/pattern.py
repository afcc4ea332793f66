"""The record of a pattern, and the pieces from which patterns are put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from symbackprop.functions import Line
from symbackprop.records import record
from symbackprop.typeset.formula import Constant, Formula, Negative, Product, Quantity, Sum, constant


@record(kw_only=True)
class Derivative:
    """What a local derivative differentiates: a definition, by one of its slots."""

    definition: Formula
    slot: str


class Form(Enum):
    """Another way to write a result."""

    FACTORS_WRITTEN_OUT = "factors_written_out"
    WITH_DELTA = "with_delta"
    FUSED = "fused"


@record(kw_only=True)
class Pattern:
    """The formulas of one kind of step.

    `result` is the form into which numbers are put; `working` leads to it line by line, and `also` holds other
    forms of it, the shortest last. `differentiates` is set for local derivatives. `shortcut` leads from the result
    to its fused form, where loss and activation cancel. `cancelling` is a form of the same value that
    nobody is told: in it, what cancels exactly does so in balls, too.
    """

    result: Formula
    cancelling: Formula | None = None
    working: tuple[Line, ...] = ()
    also: Mapping[Form, Formula] = field(default_factory=dict)
    differentiates: Derivative | None = None
    shortcut: tuple[Line, ...] = ()

    @property
    def fastest(self) -> Formula:
        """The form that shares most with other steps: the last of the others where there are any, else the result."""
        short = self.also.get(Form.WITH_DELTA, self.result)
        return self.also.get(Form.FUSED, short)

    @property
    def in_balls(self) -> Formula:
        """The form by which certified values are calculated."""
        return self.fastest if self.cancelling is None else self.cancelling


def slots(letter: str, count: int) -> tuple[Quantity, ...]:
    """The slots a letter numbers; braces in it say where the number goes, else it goes to the end."""
    template = letter if "{}" in letter else f"{letter}{{}}"
    return tuple(Quantity(template.format(number)) for number in range(1, count + 1))


def sum_of(terms: tuple[Formula, ...]) -> Formula:
    """The sum of some terms, or the only one."""
    return terms[0] if len(terms) == 1 else Sum(terms)


def sum_of_products(left: tuple[Quantity, ...], right: tuple[Quantity, ...]) -> Formula:
    """Pairs multiplied, and added up."""
    return sum_of(tuple(Product(pair) for pair in zip(left, right, strict=True)))


def scaled(formula: Formula, divisor: int) -> Formula:
    """The formula divided by a whole number, as a factor in front of it; a minus stays in front of that."""
    if divisor == 1:
        return formula
    match formula:
        case Negative(body=body):
            return Negative(scaled(body, divisor))
        case Constant(value=value):
            return Constant(value / divisor)
        case Product(factors=(Constant(value=value), *factors)):
            first = Constant(value / divisor)
            return Product((first, *factors)) if first.value != 1 else flat_product(*factors)
        case Product(factors=factors):
            return Product((constant(1, divisor), *factors))
        case _:
            return Product((constant(1, divisor), formula))


def flat_product(*factors: Formula) -> Formula:
    """A product of products as one product."""
    flat: list[Formula] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Product) else (factor,))
    return flat[0] if len(flat) == 1 else Product(tuple(flat))
