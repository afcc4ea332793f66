"""To what value a mistake leads: looked up, or calculated on from somebody's own figures.

All in floating point: which mistakes come near a figure at all is a question of thousands of candidates.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from math import isfinite, nan

from symbackprop.checking.mistakes.agreement import NOISE
from symbackprop.checking.mistakes.terrain import Change, Key, Stage, Terrain
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.balls import Real
from symbackprop.typeset.formula import Formula


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
        return nan


class Reach(Enum):
    """Where on the way to a quantity a mistake is made."""

    EVERYWHERE = "everywhere"
    SOMEWHERE = "somewhere"
    LAST_STEP = "last_step"


class Path:
    """The way to one quantity, perhaps on from figures that stand whatever their formula gives.

    `claimed` are such figures, `beside` those of quantities that only a mistake leads to.
    """

    def __init__(
        self, field: Field, id_: str, claimed: Mapping[str, float], *, beside: Mapping[str, float] | None = None
    ) -> None:
        self.id = id_
        self.terrain = field.terrain
        self.claimed = claimed
        self._beside = beside or {}
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

    @cached_property
    def beside(self) -> frozenset[str]:
        """What only mistaken formulas need."""
        formulas = (formula for change in self.changes.values() for formula in change.formulas.values())
        needed = frozenset[str]().union(*(self.terrain.changed(formula).parts for formula in formulas))
        return needed - self.values.keys()

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

    def rounded_throughout(self, rounding: Callable[[float], float]) -> float:
        """What the formulas lead to where every result on the way is rounded."""
        values = dict(self.values)
        for id_ in self.order:
            if id_ != self.id:
                values[id_] = rounding(_value(self._stage(id_), values))
        return _value(self._stage(self.id), values)

    def rounded_at_last(self, rounding: Callable[[float], float]) -> float:
        """What the last formula gives where the results that it needs are rounded."""
        stage = self._stage(self.id)
        parts = {part: self.values[part] for part in stage.parts}
        return _value(stage, {part: rounding(it) if self.terrain.stage(part) else it for part, it in parts.items()})

    def _stage(self, id_: str) -> Stage:
        stage = self.terrain.stage(id_)
        assert stage is not None
        return stage

    def _with_others(self, stages: Mapping[str, Stage], values: dict[str, float]) -> Sequence[str]:
        """The order, with what mistaken formulas need besides what is on the way."""
        missing = {part for stage in stages.values() for part in stage.parts if part not in values}
        if not missing:
            return self.order
        more = set(self.order)
        for part in missing:
            if part in self._beside:
                values[part] = self._beside[part]
                continue
            if self.terrain.stage(part) is None:
                values[part] = self._field.given.get(part, nan)
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
        least = NOISE * max(abs(own), _SMALL)
        told = ((it, key) for it, key in found if isfinite(it) and abs(it - own) > least)
        return tuple(sorted(told, key=_first))

    @cached_property
    def ways(self) -> Mapping[tuple[Mistake, Reach], int]:
        """In how many ways each mistake can be made on the way: everywhere, in the last step, or in any."""
        counts: dict[tuple[Mistake, Reach], int] = {}
        for key, change in self.changes.items():
            reaches = (Reach.EVERYWHERE,) if key.everywhere else (Reach.SOMEWHERE, Reach.LAST_STEP)
            for reach in reaches:
                if reach is not Reach.LAST_STEP or self.id in change.formulas:
                    counts[key.mistake, reach] = counts.get((key.mistake, reach), 0) + 1
        return counts

    def reach(self, change: Change) -> Reach:
        """How far a mistake reaches."""
        if change.key.everywhere:
            return Reach.EVERYWHERE
        return Reach.LAST_STEP if self.id in change.formulas else Reach.SOMEWHERE

    def near(self, low: float, high: float) -> Iterator[tuple[float, Key]]:
        """The mistakes that lead to a value between two others."""
        table = self.table
        for place in range(bisect_left(table, low, key=_first), len(table)):
            if table[place][0] > high:
                return
            yield table[place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to a figure: `path` may start from figures of the claimant's own, which `claimed` has as balls."""

    path: Path
    claimed: Mapping[str, Real]


_SMALL = 1e-9


def _first(entry: tuple[float, Key]) -> float:
    return entry[0]
