"""A round calculated as somebody may have done it: with other formulas, from own figures on, rounded on the way.

A quantity is calculated when it is asked for, with all that it needs. Each has one formula here: the one that a
calculation by hand goes through, in which deltas carry the error back, so that whatever is changed in one place is
carried on to all that comes after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from types import MappingProxyType

from flint import arb, ctx, fmpq

from symbackprop.derivation.balls import Real, evaluate, kept_small, to_ball
from symbackprop.derivation.digits import leading_place
from symbackprop.derivation.families import Step
from symbackprop.derivation.keys import Paths, PathsToErrors, SumByBias, SumByInput, SumByWeight
from symbackprop.derivation.pattern import Form
from symbackprop.derivation.patterns import fill, work_out
from symbackprop.derivation.steps import Plan
from symbackprop.records import record
from symbackprop.typeset.formula import ONE, Formula, Quantity, quantities

_NO_FORMULAS: Mapping[str, Formula] = MappingProxyType({})
_NO_NUMBERS: Mapping[str, Real] = MappingProxyType({})


class Way(Enum):
    """By which of several equal formulas a calculation goes."""

    BY_DELTAS = "by_deltas"
    BY_FACTORS = "by_factors"


@record(kw_only=True)
class Digits:
    """To how many digits every result on the way was rounded: decimals or significant ones, whichever are fewer."""

    decimals: int
    significant: int

    def around(self, value: Real) -> Real:
        """All that a value can have become by being rounded so, as a ball; a number so short stays exact."""
        place = leading_place(value)
        last = -self.decimals if place is None else max(-self.decimals, place - self.significant + 1)
        if isinstance(value, fmpq) and (value * fmpq(10) ** -last).q == 1:
            return value
        return to_ball(value) + _half_a_unit(last, ctx.prec)


@lru_cache(maxsize=1024)
def _half_a_unit(place: int, bits: int) -> arb:
    """All that is within half a unit of that place of 0, at the precision in force."""
    assert bits == ctx.prec
    return arb(0, arb(10) ** place / 2)


@record
class Formulated:
    """A formula, and each quantity that it needs once."""

    formula: Formula
    parts: tuple[str, ...]


def formulated(formula: Formula) -> Formulated:
    """A formula with what it needs."""
    return Formulated(formula, tuple(dict.fromkeys(quantities(formula))))


class Calculation:
    """The quantities of one round, from the numbers that are given.

    `changes` are formulas that take the place of ours, `claimed` values that stand whatever their formula gives.
    Not for the precision that is in force when a value is first asked for to change.
    """

    def __init__(
        self,
        plan: Plan,
        given: Mapping[str, Real],
        *,
        changes: Mapping[str, Formula] = _NO_FORMULAS,
        claimed: Mapping[str, Real] = _NO_NUMBERS,
        way: Way = Way.BY_DELTAS,
        digits: Digits | None = None,
    ) -> None:
        self._plan = plan
        self._changes = changes
        self._way = way
        self._digits = digits
        self._known: dict[str, Real] = {**given, **claimed}

    def formula(self, id_: str) -> Formula:
        """The formula by which a quantity is calculated here. Raises KeyError for a given or unknown one."""
        return self._formulated(id_).formula

    def _formulated(self, id_: str) -> Formulated:
        changed = self._changes.get(id_)
        return _formulated_step(self._plan, id_, self._way) if changed is None else formulated(changed)

    def value(self, id_: str) -> Real:
        """One quantity. Raises KeyError for an unknown one, and what `balls.evaluate` raises."""
        known = self._known
        open_: dict[str, Formulated] = {}
        waiting = [id_]
        while waiting:
            top = waiting[-1]
            if top in known:
                waiting.pop()
                continue
            own = open_.get(top) or self._formulated(top)
            missing = [part for part in own.parts if part not in known]
            if missing:
                if top in open_:
                    raise KeyError(top)  # a formula that leads back to itself
                open_[top] = own
                waiting.extend(missing)
                continue
            value = kept_small(evaluate(own.formula, known.__getitem__))
            known[top] = value if self._digits is None else self._digits.around(value)
            waiting.pop()
        return known[id_]

    def claim(self, id_: str, value: Real) -> bool:
        """Lets a value stand from now on; False where something may have come of another one by then."""
        if id_ in self._known:
            return False
        self._known[id_] = value
        return True

    def again(self, formula: Formula) -> Real:
        """The value of a formula of this round's quantities."""
        for part in quantities(formula):
            self.value(part)
        return evaluate(formula, self._known.__getitem__)

    def value_by_own_formula(self, id_: str) -> Real:
        """What a quantity's formula gives, whatever is claimed of the quantity itself, and not yet rounded."""
        try:
            formula = self.formula(id_)
        except KeyError:
            return self.value(id_)
        return self.again(formula)


def formula_of(plan: Plan, id_: str, way: Way = Way.BY_DELTAS) -> Formula:
    """The formula of a step, without what only sympy could say of it. Raises KeyError for a given or unknown one."""
    return _formulated_step(plan, id_, way).formula


_FORMULAS_KEPT = 8192


@lru_cache(maxsize=_FORMULAS_KEPT)
def _formulated_step(plan: Plan, id_: str, way: Way) -> Formulated:
    same = plan.same_as(id_)
    if same is not None:
        return Formulated(Quantity(same), (same,))
    return formulated(_formula_of_step(plan[id_], way))


def _formula_of_step(step: Step, way: Way) -> Formula:
    match step.pattern:
        case SumByWeight() | SumByInput() | SumByBias():
            # Others of these are second names, so only the bias's 1 is left.
            return ONE
        case None:
            raise KeyError(step.id)
        case Paths() | PathsToErrors() if way is Way.BY_FACTORS:
            return fill(work_out(step.pattern).result, step.slots)
        case _:
            pattern = work_out(step.pattern)
            form = pattern.also.get(Form.WITH_DELTA) if way is Way.BY_DELTAS else None
            return fill(form or pattern.result, step.slots)
