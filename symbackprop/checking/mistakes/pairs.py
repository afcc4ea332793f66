"""Two mistakes on the way to one figure, tried where no single one leads there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from math import isfinite

from symbackprop.checking.mistakes.agreement import shown
from symbackprop.checking.mistakes.look import Hit, hit_of
from symbackprop.checking.mistakes.paths import Path
from symbackprop.checking.mistakes.scene import Scene
from symbackprop.checking.mistakes.suspects import LEAST_GAIN, Suspects
from symbackprop.checking.mistakes.terrain import Change, Key
from symbackprop.checking.mistakes.ways import Way
from symbackprop.checking.verdicts import Cause

_MOST_TRIED = 3000
_MOST_TRIED_ONCE = 600
_TABLES_KEPT = 128
_LEAST_DIGITS = 7

Pair = tuple[float, Key, Key]


class Pairs:
    """Pairs of mistakes by what they lead to, kept for each quantity that somebody has asked for."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._tables: dict[tuple[str, int], list[Pair]] = {}

    def causes(self, suspects: Suspects, root: int, known: Sequence[Hit]) -> tuple[Cause, ...]:
        """The two mistakes that lead to a figure, one of them perhaps known from another figure; else nothing."""
        claim = suspects.claims[root]
        figure = shown(claim.value, claim.figure)
        place = suspects.place(root)
        if place is None:
            return ()
        best: tuple[float, Hit, Hit] | None = None
        for way in suspects.ways(root):
            bits = figure.bits(way.path.value)
            for (value, first, second), free in self._tried(way, place[1], known, claim.figure.significant):
                slack = figure.slack(value)
                if slack is None or _is_contradicted(suspects, (first, second), place[1]):
                    continue
                hits = tuple(hit_of(way.path, way.path.changes[key], bits, rounded=False) for key in (first, second))
                cost = sum(hit.cost + hit.place for hit in hits if hit.key != free)
                gain = bits - slack - cost
                if gain >= LEAST_GAIN and (best is None or gain > best[0]):
                    best = (gain, hits[0], hits[1])
        return () if best is None else tuple(map(_cause, best[1:]))

    def _tried(self, way: Way, rounds: int, known: Sequence[Hit], digits: int) -> Iterator[tuple[Pair, Key | None]]:
        """Pairs on a way, and which of the two explains another figure already."""
        changes = way.path.changes
        for hit in known:
            first = changes.get(hit.key)
            if first is not None:
                yield from ((pair, hit.key) for pair in _with(way.path, first, changes.values()))
        if digits >= _LEAST_DIGITS:
            pairs = self._table(way.path, rounds) if not way.claimed else islice(_all(way.path), _MOST_TRIED_ONCE)
            yield from ((pair, None) for pair in pairs)

    def _table(self, path: Path, rounds: int) -> list[Pair]:
        table = self._tables.get((path.id, rounds))
        if table is None:
            if len(self._tables) >= _TABLES_KEPT:
                self._tables.clear()
            table = self._tables[(path.id, rounds)] = list(islice(_all(path), _MOST_TRIED))
        return table


def _all(path: Path) -> Iterator[Pair]:
    """Pairs of mistakes on a path: those made everywhere with each other, then those in the last step with all."""
    changes = tuple(path.changes.values())
    everywhere = tuple(it for it in changes if it.key.everywhere)
    local = tuple(it for it in changes if not it.key.everywhere and path.id in it.formulas)
    for number, first in enumerate(everywhere):
        yield from _with(path, first, everywhere[number + 1 :])
    for first in local:
        yield from _with(path, first, everywhere)


def _with(path: Path, first: Change, others: Iterable[Change]) -> Iterator[Pair]:
    for second in others:
        if first.formulas.keys() & second.formulas.keys():
            continue
        value = path.with_changes({**first.formulas, **second.formulas})
        if isfinite(value):
            yield value, first.key, second.key


def _is_contradicted(suspects: Suspects, keys: tuple[Key, Key], rounds: int) -> bool:
    return any(suspects.is_contradicted(key, rounds) for key in keys)


def _cause(hit: Hit) -> Cause:
    at = () if hit.key.everywhere else hit.sites
    return Cause(mistake=hit.key.mistake, at=at, wrong=hit.wrong, instead=hit.instead)
