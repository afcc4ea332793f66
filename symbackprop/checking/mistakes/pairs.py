"""Two mistakes on the way to the same figures, tried where no single one leads there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import isfinite

from symbackprop.checking.mistakes.agreement import shown
from symbackprop.checking.mistakes.compose import composed
from symbackprop.checking.mistakes.look import Hit, hit_of
from symbackprop.checking.mistakes.paths import Path, Way
from symbackprop.checking.mistakes.suspects import LEAST_GAIN, Suspects
from symbackprop.checking.mistakes.terrain import Change, Key, Terrain
from symbackprop.checking.verdicts import Cause
from symbackprop.typeset.formula import Formula

_MOST_TRIED = 3000
_MOST_TRIED_ONCE = 600
_TABLES_KEPT = 128
_MOST_ROOTS = 3

_MOST_WORK = 2000
"""Networks with more edges than this, unrolled, are searched for single mistakes only."""

Pair = tuple[float, Key, Key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """Two mistakes that together lead to a figure; `free` is the one that explains another figure already."""

    hits: tuple[Hit, Hit]
    free: Key | None

    @property
    def keys(self) -> frozenset[Key]:
        """The two mistakes."""
        return frozenset(hit.key for hit in self.hits)

    @property
    def cost(self) -> float:
        """What it takes to tell them."""
        return sum(hit.cost + hit.place for hit in self.hits if hit.key != self.free)


class Pairs:
    """Pairs of mistakes by what they lead to, kept for each quantity that somebody has asked for."""

    def __init__(self) -> None:
        self._tables: dict[tuple[str, int], list[Pair]] = {}

    def causes(
        self, suspects: Suspects, roots: Sequence[int], known: Sequence[Hit]
    ) -> Iterator[tuple[int, tuple[Cause, ...]]]:
        """For some wrong figures the two mistakes that lead there, of which others may explain one already."""
        found: dict[frozenset[Key], dict[int, Both]] = {}
        for root in roots[:_MOST_ROOTS]:
            for both in self._leading_to(suspects, root, known):
                found.setdefault(both.keys, {}).setdefault(root, both)
        open_ = set(roots)
        while found:
            best = max(found.values(), key=_gain)
            if _gain(best) < LEAST_GAIN:
                return
            first = next(iter(best.values()))
            covered = {root for root in open_ if root in best or _lead_to(suspects, root, first)}
            for root in sorted(covered):
                yield root, tuple(map(_cause, first.hits))
            open_ -= covered
            found = {
                keys: left
                for keys, mine in found.items()
                if (left := {root: both for root, both in mine.items() if root in open_})
            }

    def _leading_to(self, suspects: Suspects, root: int, known: Sequence[Hit]) -> Iterator[Both]:
        claim, place = suspects.claims[root], suspects.place(root)
        if place is None or suspects.scene.truth.plan.graph.shape.work > _MOST_WORK:
            return
        figure = shown(claim.value, claim.figure)
        for way in suspects.ways(root):
            bits = figure.bits(way.path.value)
            for (value, *keys), free in self._tried(way, place[1], known):
                suspects.spend()
                slack = figure.slack(value)
                if slack is None or any(suspects.is_contradicted(key, place[1]) for key in keys):
                    continue
                first, second = (hit_of(way.path, way.path.changes[key], bits - slack, rounded=False) for key in keys)
                yield Both(hits=(first, second), free=free)

    def _tried(self, way: Way, rounds: int, known: Sequence[Hit]) -> Iterator[tuple[Pair, Key | None]]:
        """Pairs on a way, and which of the two explains another figure already."""
        changes = way.path.changes
        for key in dict.fromkeys(hit.key for hit in known):
            first = changes.get(key)
            if first is not None:
                yield from ((pair, key) for pair in _with(way.path, first, changes.values()))
        pairs = self._table(way.path, rounds) if not way.claimed else islice(_all(way.path), _MOST_TRIED_ONCE)
        yield from ((pair, None) for pair in pairs)

    def _table(self, path: Path, rounds: int) -> list[Pair]:
        table = self._tables.get((path.id, rounds))
        if table is None:
            if len(self._tables) >= _TABLES_KEPT:
                self._tables.clear()
            table = self._tables[(path.id, rounds)] = list(islice(_all(path), _MOST_TRIED))
        return table


def _gain(found: dict[int, Both]) -> float:
    """What two mistakes gain over all figures that they explain together."""
    return sum(both.hits[0].saved for both in found.values()) - min(both.cost for both in found.values())


def _lead_to(suspects: Suspects, root: int, both: Both) -> bool:
    """Whether two mistakes lead to one more figure."""
    claim = suspects.claims[root]
    figure = shown(claim.value, claim.figure)
    for way in suspects.ways(root):
        changes = [way.path.changes.get(hit.key) for hit in both.hits]
        if changes[0] is not None and changes[1] is not None:
            for value, _, _ in _with(way.path, changes[0], (changes[1],)):
                if figure.slack(value) is not None:
                    return True
    return False


def _all(path: Path) -> Iterator[Pair]:
    """Pairs of mistakes on a path: those in the last step with all, then those made everywhere with each other."""
    changes = tuple(path.changes.values())
    everywhere = tuple(it for it in changes if it.key.everywhere)
    local = tuple(it for it in changes if not it.key.everywhere and path.id in it.formulas)
    for number, first in enumerate(everywhere):
        yield from _with(path, first, everywhere[number + 1 :])
    for first in local:
        yield from _with(path, first, everywhere)


def _with(path: Path, first: Change, others: Iterable[Change]) -> Iterator[Pair]:
    for second in others:
        formulas = _merged(path.terrain, first, second)
        if formulas is not None:
            value = path.with_changes(formulas)
            if isfinite(value):
                yield value, first.key, second.key


def _merged(terrain: Terrain, first: Change, second: Change) -> dict[str, Formula] | None:
    """The formulas of two mistakes; where both change the same one, the two in one formula."""
    formulas = {**first.formulas, **second.formulas}
    for id_ in first.formulas.keys() & second.formulas.keys():
        both = composed(terrain.formula(id_), first.formulas[id_], second.formulas[id_])
        if both is None:
            return None
        formulas[id_] = both
    return formulas


def _cause(hit: Hit) -> Cause:
    at = () if hit.key.everywhere else hit.sites
    return Cause(mistake=hit.key.mistake, at=at, right=hit.right, taken=hit.taken)
