"""Decides exactly whether the lines of a derivation are the derivative of a definition.

sympy differentiates the definition; whether a line is the same is decided in the ring of rational functions, in
which exponentials, logarithms and the functions of the normal distribution are generators. Where cases, absolute
values or signs make a formula piecewise, every combination of the pieces is proved by itself. What a line says
between two pieces, where there may be no derivative, is a convention of the tables and nothing that is proved here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import sympy

from symbackprop.derivation.polynomials import Rational, Ring, inverse
from symbackprop.derivation.symbolic import differentiate, to_sympy
from symbackprop.typeset.formula import (
    ONE,
    Abs,
    Apply,
    Cases,
    Condition,
    Elementary,
    Exp,
    Formula,
    Negative,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    constant,
    quantities,
    rename,
    transform,
)


def unproved_lines(
    definition: Formula, slot: str, formulas: Sequence[Formula], meanings: Mapping[str, Formula]
) -> tuple[int, ...]:
    """The numbers, from 1, of the formulas that aren't proved to be the definition's derivative by a slot.

    Some slots have a meaning: an activation's `out` stands for its definition. A formula that holds something of
    which the proof knows nothing isn't proved.
    """

    def meant(formula: Formula) -> Formula:
        return transform(formula, lambda part: meanings.get(part.id) if isinstance(part, Quantity) else None)

    wrong: set[int] = set()
    for pieces in _pieces((meant(definition), *map(meant, formulas))):
        wrong |= set(_differing(*_renamed(pieces, slot)))
    return tuple(sorted(wrong))


def _renamed(formulas: tuple[Formula, ...], slot: str) -> tuple[tuple[Formula, ...], str]:
    """The same with slots that are only numbered: patterns that differ in nothing but names are proved once."""
    slots = dict.fromkeys([*(name for formula in formulas for name in quantities(formula)), slot])
    names = {name: f"x{number}" for number, name in enumerate(slots)}
    return tuple(rename(formula, names.__getitem__) for formula in formulas), names[slot]


# --- Pieces -----------------------------------------------------------------------------------------------


def _pieces(formulas: tuple[Formula, ...]) -> Iterator[tuple[Formula, ...]]:
    """The formulas without cases, absolute values and signs: once for each way in which these may turn out."""
    question = next((found for formula in formulas for found in _questions(formula)), None)
    if question is None:
        yield formulas
        return
    for answer in (True, False):
        yield from _pieces(tuple(transform(formula, _Answer(question, answer=answer)) for formula in formulas))


def _questions(formula: Formula) -> Iterator[Condition | Formula]:
    """The conditions in a formula, and the formulas whose sign it asks for."""
    for part in _parts(formula):
        match part:
            case Cases(condition=condition):
                yield condition
            case Abs(body=asked) | Apply(function=Elementary.SIGN, argument=asked):
                yield asked


def _parts(formula: Formula) -> Iterator[Formula]:
    """The formula and all that it is made of."""
    found: list[Formula] = []

    def note(part: Formula) -> None:
        found.append(part)

    transform(formula, note)
    return iter(found)


class _Answer:
    """Resolves what depends on one question: a condition that holds or doesn't, a formula above or below 0."""

    def __init__(self, question: Condition | Formula, *, answer: bool) -> None:
        self._question = question
        self._answer = answer

    def __call__(self, part: Formula) -> Formula | None:
        match part:
            case Cases(condition=condition, then=then, otherwise=otherwise) if condition == self._question:
                return transform(then if self._answer else otherwise, self)
            case Abs(body=body) if body == self._question:
                body = transform(body, self)
                return body if self._answer else Negative(body)
            case Apply(function=Elementary.SIGN, argument=argument) if argument == self._question:
                return ONE if self._answer else constant(-1)
            case _:
                return None


# --- One piece --------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _differing(formulas: tuple[Formula, ...], slot: str) -> tuple[int, ...]:
    """The numbers of the formulas that aren't the derivative of the first one, which is number 0."""
    definition, *written_out = (transform(formula, _in_exponentials) for formula in formulas)
    bridge = _Bridge((definition, *written_out))
    try:
        expected = bridge.from_sympy(_derivative(formulas[0], slot))
    except ValueError:
        return tuple(range(1, len(formulas)))
    return tuple(
        number for number, formula in enumerate(written_out, start=1) if not bridge.is_identical(formula, expected)
    )


@lru_cache(maxsize=256)
def _derivative(definition: Formula, slot: str) -> sympy.Expr:
    return differentiate(definition, slot)


def _in_exponentials(part: Formula) -> Formula | None:
    """The logistic function and tanh by exponentials."""
    match part:
        case Apply(function=Elementary.SIGMOID, argument=argument):
            argument = transform(argument, _in_exponentials)
            return Quotient(ONE, Sum((ONE, Exp(Negative(argument)))))
        case Apply(function=Elementary.TANH, argument=argument):
            argument = transform(argument, _in_exponentials)
            growth, decay = Exp(argument), Exp(Negative(argument))
            return Quotient(Sum((growth, Negative(decay))), Sum((growth, decay)))
        case _:
            return None


class _Bridge:
    """A ring in which both our formulas and sympy's derivative have their place."""

    def __init__(self, formulas: Sequence[Formula]) -> None:
        parts = dict.fromkeys(part for formula in formulas for part in _parts(formula))
        # An id never has a blank in it, so these names are free.
        names = {atom: f"atom {number}" for number, atom in enumerate(dict.fromkeys(_atoms(parts)))}
        slots = dict.fromkeys(part.id for part in parts if isinstance(part, Quantity))
        self._ring = Ring([*slots, *names.values()])
        self._known = {slot: self._ring.generator(slot) for slot in slots}
        self._formulas = {atom: self._ring.generator(name) for atom, name in names.items()}
        for part in parts:
            if isinstance(part, Exp) and part not in self._formulas:
                self._formulas[part] = inverse(self._formulas[_rising(part)])
        self._expressions = {sympy.Symbol(slot): value for slot, value in self._known.items()}
        self._replaced: dict[sympy.Expr, sympy.Expr] = {}
        for atom, name in names.items():
            symbol = expression = to_sympy(atom, sympy.Symbol)
            match atom:
                case Apply(function=Elementary.NORMAL_CDF, argument=argument):
                    # sympy writes both by functions of its own, so these are put into its derivative first.
                    symbol = sympy.Symbol(name)
                    self._replaced[sympy.erf(to_sympy(argument, sympy.Symbol) / sympy.sqrt(2))] = 2 * symbol - 1
                case Apply(function=Elementary.NORMAL_PDF):
                    symbol = sympy.Symbol(name)
                    root = sympy.sqrt(2 * sympy.pi)
                    self._replaced[expression * root] = symbol * root
            if not symbol.is_number:
                self._expressions.setdefault(symbol, self._ring.generator(name))

    def from_sympy(self, expression: sympy.Expr) -> Rational:
        """One of sympy's expressions. Raises ValueError for what is no rational function of the generators."""
        expression = expression.xreplace(self._replaced).replace(sympy.tanh, _tanh)
        return self._ring.from_sympy(expression, self._expressions)

    def is_identical(self, formula: Formula, expected: Rational) -> bool:
        """Whether a formula is certainly that rational function."""
        try:
            return self._ring.from_formula(formula, self._known, self._formulas).is_identical(expected)
        except (ValueError, ZeroDivisionError):
            return False


def _atoms(parts: Iterable[Formula]) -> Iterator[Formula]:
    """What stands for itself in the ring. The normal distribution and its density come together."""
    for part in parts:
        match part:
            case Exp():
                yield _rising(part)
            case Apply(function=Elementary.NORMAL_CDF | Elementary.NORMAL_PDF, argument=argument):
                yield Apply(Elementary.NORMAL_CDF, argument)
                yield Apply(Elementary.NORMAL_PDF, argument)
            case Apply() | Sqrt():
                yield part


def _rising(power: Exp) -> Exp:
    """The power without the minus of its exponent: e^-x is 1/e^x."""
    return Exp(power.exponent.body) if isinstance(power.exponent, Negative) else power


def _tanh(argument: sympy.Expr) -> sympy.Expr:
    growth, decay = sympy.exp(argument), sympy.exp(-argument)
    return (growth - decay) / (growth + decay)
