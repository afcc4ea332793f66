"""What can go wrong on the way to a quantity, and to what value it leads: looked up, or calculated from own figures.

All in floating point: which mistakes come near a figure at all is a question of thousands of candidates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

from symbackprop.check.calculation import formula_of
from symbackprop.check.floats import Compiled, compiled
from symbackprop.check.mistakes.registry import slips
from symbackprop.check.mistakes.slip import Ground, Site, Slip
from symbackprop.check.verdicts import Mistake
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
    wrong: str = ""
    instead: str = ""


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
                    told.setdefault(key, (slip.wrong, slip.instead))
            if len(changes) > MOST_CHANGES:
                break
        return tuple(
            Change(key=key, formulas=formulas, wrong=told[key][0], instead=told[key][1])
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


class Field:
    """The values of one round from the numbers that it starts with."""

    def __init__(self, terrain: Terrain, given: Mapping[str, float]) -> None:
        self.terrain = terrain
        self.given = given
        self._values: dict[str, float] = dict(given)
        self._paths: dict[str, Path] = {}

    def values(self, order: Iterable[str]) -> Mapping[str, float]:
        """The true values, those of some quantities among them; the order is one of the terrain's."""
        for id_ in order:
            if id_ not in self._values:
                stage = self.terrain.stage(id_)
                assert stage is not None
                self._values[id_] = _value(stage, self._values)
        return self._values

    def path(self, id_: str) -> Path:
        """The way to a quantity from nothing but what is given, kept for the next one who asks."""
        if id_ not in self._paths:
            if len(self._paths) > _PATHS_KEPT:
                self._paths.clear()
            self._paths[id_] = Path(self, id_, {})
        return self._paths[id_]


_PATHS_KEPT = 512


def _value(stage: Stage, values: Mapping[str, float]) -> float:
    try:
        return stage.calculate(values)
    except (OverflowError, ZeroDivisionError, ValueError, KeyError):
        return float("nan")


class Path:
    """The way to one quantity, perhaps on from figures that stand whatever their formula gives."""

    def __init__(self, field: Field, id_: str, claimed: Mapping[str, float]) -> None:
        self.id = id_
        self.terrain = field.terrain
        self.claimed = claimed
        terrain = field.terrain
        whole = terrain.order(id_)
        fixed = claimed.keys() - {id_}
        self.order = terrain.reached((id_,), fixed) if fixed else whole
        known = field.values(whole)
        names = set(whole)
        for part in whole:
            stage = terrain.stage(part)
            assert stage is not None
            names |= stage.parts
        values = {name: known[name] for name in names if name in known}
        if fixed:
            values |= {name: claimed[name] for name in fixed}
            for part in self.order:
                stage = terrain.stage(part)
                assert stage is not None
                values[part] = _value(stage, values)
        self.values = values
        self._field = field
        self._results: dict[Key, float] = {}

    @property
    def value(self) -> float:
        """What the formulas give here without a mistake."""
        return self.values[self.id]

    @cached_property
    def changes(self) -> Mapping[Key, Change]:
        """Every mistake on the way."""
        return {change.key: change for change in self.terrain.changes(self.order)}

    @cached_property
    def sites(self) -> Mapping[Key, frozenset[str]]:
        """The quantities that each mistake changes."""
        return {key: frozenset(change.formulas) for key, change in self.changes.items()}

    def result(self, key: Key) -> float:
        """What a mistake on the way leads to."""
        known = self._results.get(key)
        if known is None:
            change = self.changes.get(key)
            known = self._results[key] = self.value if change is None else self.with_changes(change.formulas)
        return known

    def with_changes(self, formulas: Mapping[str, Formula]) -> float:
        """What other formulas on the way lead to."""
        terrain = self.terrain
        stages = {id_: terrain.changed(formula) for id_, formula in formulas.items()}
        values = dict(self.values)
        order, affected = self._with_others(stages, values), set(stages)
        for id_ in order:
            stage = stages.get(id_)
            if stage is None:
                own = terrain.stage(id_)
                if own is None or affected.isdisjoint(own.parts):
                    continue
                affected.add(id_)
                stage = own
            values[id_] = _value(stage, values)
        return values[self.id]

    def _with_others(self, stages: Mapping[str, Stage], values: dict[str, float]) -> Sequence[str]:
        """The order, with what mistaken formulas need besides what is on the way."""
        missing = {part for stage in stages.values() for part in stage.parts if part not in values}
        if not missing:
            return self.order
        more = set(self.order)
        for part in missing:
            if self.terrain.stage(part) is None:
                values[part] = self._field.given.get(part, float("nan"))
                continue
            others = self.terrain.order(part)
            known = self._field.values(others)
            for other in others:
                stage = self.terrain.stage(other)
                assert stage is not None
                for name in (other, *stage.parts):
                    if name not in values:
                        values[name] = known[name]
            more.update(it for it in others if it not in self.claimed)
        return self.terrain.sorted(more)

    @cached_property
    def table(self) -> tuple[tuple[float, Key], ...]:
        """All mistakes by the value that they lead to, which is another than without."""
        found = [(self.result(key), key) for key in self.changes]
        own = self.value
        return tuple(sorted(((it, key) for it, key in found if isfinite(it) and it != own), key=lambda it: it[0]))

    @cached_property
    def count_of(self) -> Mapping[tuple[Mistake, bool], int]:
        """In how many ways each mistake can be made on the way: at single sites, and everywhere."""
        counts: dict[tuple[Mistake, bool], int] = {}
        for key in self.changes:
            kind = (key.mistake, key.everywhere)
            counts[kind] = counts.get(kind, 0) + 1
        return counts

    def near(self, low: float, high: float) -> Iterator[tuple[float, Key]]:
        """The mistakes that lead to a value between two others."""
        table = self.table
        start, end = 0, len(table)
        while start < end:
            middle = (start + end) // 2
            if table[middle][0] < low:
                start = middle + 1
            else:
                end = middle
        while start < len(table) and table[start][0] <= high:
            yield table[start]
            start += 1
