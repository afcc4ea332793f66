"""A round calculated as somebody may have done it: with other formulas, from own figures on, rounded on the way.

A quantity is calculated when it is asked for, with all that it needs. Each has one formula here: the one that a
calculation by hand goes through, in which deltas carry the error back, so that whatever is changed in one place is
carried on to all that comes after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from flint import arb, fmpq

from symbackprop.derivation.balls import Real, evaluate, kept_small, to_ball
from symbackprop.derivation.digits import leading_place
from symbackprop.derivation.families import Step
from symbackprop.derivation.keys import Paths, PathsToErrors, SumByBias, SumByInput, SumByWeight
from symbackprop.derivation.pattern import Form
from symbackprop.derivation.patterns import fill, work_out
from symbackprop.derivation.steps import Plan
from symbackprop.typeset.formula import ONE, Formula, Quantity, quantities

_NO_FORMULAS: Mapping[str, Formula] = MappingProxyType({})
_NO_NUMBERS: Mapping[str, Real] = MappingProxyType({})


class Way(Enum):
    """By which of several equal formulas a calculation goes."""

    BY_DELTAS = "by_deltas"
    BY_FACTORS = "by_factors"


@dataclass(frozen=True, slots=True, kw_only=True)
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
        return to_ball(value) + arb(0, arb(10) ** last / 2)


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
        self._claimed = claimed
        self._way = way
        self._digits = digits
        self._known: dict[str, Real] = {**given, **claimed}

    def formula(self, id_: str) -> Formula:
        """The formula by which a quantity is calculated here. Raises KeyError for a given or unknown one."""
        changed = self._changes.get(id_)
        return formula_of(self._plan, id_, self._way) if changed is None else changed

    def value(self, id_: str) -> Real:
        """One quantity. Raises KeyError for an unknown one, and what `balls.evaluate` raises."""
        known = self._known
        open_: dict[str, Formula] = {}
        waiting = [id_]
        while waiting:
            top = waiting[-1]
            if top in known:
                waiting.pop()
                continue
            formula = open_.get(top) or self.formula(top)
            missing = [part for part in quantities(formula) if part not in known]
            if missing:
                if top in open_:
                    raise KeyError(top)  # a formula that leads back to itself
                open_[top] = formula
                waiting.extend(missing)
                continue
            value = kept_small(evaluate(formula, known.__getitem__))
            known[top] = value if self._digits is None else self._digits.around(value)
            waiting.pop()
        return known[id_]

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
    same = plan.same_as(id_)
    if same is not None:
        return Quantity(same)
    step = plan[id_]
    if step.pattern is None:
        raise KeyError(id_)
    return _formula_of_step(step, way)


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
