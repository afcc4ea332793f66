"""The formulas on the way to a quantity, and what can go wrong in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from symbackprop.checking.calculation import formula_of
from symbackprop.checking.mistakes.floats import Compiled, compiled
from symbackprop.checking.mistakes.registry import slips
from symbackprop.checking.mistakes.slip import Ground, Site, Slip
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.steps import Plan
from symbackprop.typeset.formula import Formula, quantities

MOST_ANCESTORS = 1500
"""Of a quantity that more others lead to, only the nearest are looked at."""

MOST_CHANGES = 6000
"""More candidates than these are not tried on one figure."""


@dataclass(frozen=True, slots=True)
class Key:
    """One mistake: `where` is the unit that it is made at, or the kind of sites where all of them are mistaken."""

    mistake: Mistake
    everywhere: bool
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A mistake as the formulas that it puts in the place of ours."""

    key: Key
    formulas: Mapping[str, Formula]
    right: str = ""
    taken: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A formula that is calculated, with what it needs."""

    calculate: Compiled
    parts: frozenset[str]


class Terrain:
    """The formulas of a plan and the mistakes in them, made when they are first needed and kept."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._ground = Ground(plan)
        self._stages: dict[str, Stage | None] = {}
        self._orders: dict[str, tuple[str, ...]] = {}
        self._slips: dict[str, tuple[tuple[str, Slip], ...]] = {}
        self._changed: dict[Formula, Stage] = {}

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {id_: number for number, id_ in enumerate(self.plan)}

    def stage(self, id_: str) -> Stage | None:
        """A quantity's own formula; None for what is given."""
        if id_ not in self._stages:
            try:
                formula = formula_of(self.plan, id_)
            except KeyError:
                self._stages[id_] = None
            else:
                self._stages[id_] = Stage(compiled(formula), frozenset(quantities(formula)))
        return self._stages[id_]

    def formula(self, id_: str) -> Formula:
        """A quantity's own formula. Raises KeyError for what is given."""
        return formula_of(self.plan, id_)

    def changed(self, formula: Formula) -> Stage:
        """A mistaken formula."""
        stage = self._changed.get(formula)
        if stage is None:
            if len(self._changed) > MOST_CHANGES:
                self._changed.clear()
            stage = self._changed[formula] = Stage(compiled(formula), frozenset(quantities(formula)))
        return stage

    def order(self, id_: str) -> tuple[str, ...]:
        """All that is calculated on the way to a quantity, itself included, each after what it needs."""
        if id_ not in self._orders:
            if len(self._orders) > _ORDERS_KEPT:
                self._orders.clear()
            self._orders[id_] = self.reached((id_,), frozenset())
        return self._orders[id_]

    def reached(self, goals: Iterable[str], fixed: frozenset[str] | set[str]) -> tuple[str, ...]:
        """All that has to be calculated for some quantities where some others stand fixed."""
        waiting = list(goals)
        seen = set(waiting)
        calculated: list[str] = []
        for id_ in waiting:  # grows as it is gone through: the nearest first
            stage = self.stage(id_)
            if stage is None:
                continue
            calculated.append(id_)
            if len(calculated) > MOST_ANCESTORS:
                continue
            new = stage.parts - seen - fixed
            seen |= new
            waiting.extend(sorted(new))
        return self.sorted(calculated)

    def sorted(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Quantities in an order in which each stands after what it needs."""
        return tuple(sorted(ids, key=self._places.__getitem__))

    def slips(self, id_: str) -> tuple[tuple[str, Slip], ...]:
        """The mistakes in a quantity's formula, each with the unit that it is made at."""
        if id_ not in self._slips:
            step = self.plan[id_]
            if self.plan.same_as(id_) is not None and step.id.startswith("dE"):
                found: tuple[tuple[str, Slip], ...] = ()
            else:
                site = Site(step=step, ground=self._ground)
                found = tuple((_unit(id_, slip), slip) for slip in slips(site))
            if len(self._slips) > _ORDERS_KEPT:
                self._slips.clear()
            self._slips[id_] = found
        return self._slips[id_]

    def changes(self, order: Sequence[str]) -> tuple[Change, ...]:
        """Every mistake that changes something among some quantities, the nearest to the last of them first."""
        changes: dict[Key, dict[str, Formula]] = {}
        told: dict[Key, tuple[str, str]] = {}
        for id_ in reversed(order):
            for unit, slip in self.slips(id_):
                keys = [Key(slip.mistake, True, kind) for kind in slip.kinds]  # noqa: FBT003 - a field of Key
                if slip.unit is not None:
                    keys.append(Key(slip.mistake, False, unit))  # noqa: FBT003
                for key in keys:
                    changes.setdefault(key, {}).setdefault(id_, slip.formula)
                    told.setdefault(key, (slip.right, slip.taken))
            if len(changes) > MOST_CHANGES:
                break
        return tuple(
            Change(key=key, formulas=formulas, right=told[key][0], taken=told[key][1])
            for key, formulas in changes.items()
        )


_ORDERS_KEPT = 4096


def _unit(id_: str, slip: Slip) -> str:
    """The unit of a slip: steps that are mistaken together have the same."""
    if not slip.unit:
        return id_
    # A delta's f1 left out goes with dE_o/dnet_o; a weight's exchange with dnet/dout: units that name no step.
    together = slip.mistake in _TOGETHER
    return slip.unit if together else f"{id_}: {slip.unit}"


_TOGETHER = frozenset(
    {
        Mistake.OUTPUT_DERIVATIVE_LEFT_OUT,
        Mistake.HALF_FORGOTTEN,
        Mistake.MEAN_FOR_SUM,
        Mistake.SUM_FOR_MEAN,
    }
)
