"""One wrong figure, and the mistakes that lead to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from symbackprop.checking.estimates import bits_of_choice
from symbackprop.checking.mistakes.agreement import Shown
from symbackprop.checking.mistakes.paths import Path, Reach
from symbackprop.checking.mistakes.registry import cost_of
from symbackprop.checking.mistakes.slip import OF_LAYER
from symbackprop.checking.mistakes.terrain import Change, Key
from symbackprop.checking.verdicts import Cause, Mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A mistake that leads to a figure: what it saves to know it, and what it costs to tell it, in bits.

    `cost` is for the mistake and `place` for where it was made; `sites` are the quantities that it changes.
    """

    key: Key
    saved: float
    cost: float
    place: float
    sites: tuple[str, ...]
    right: str = ""
    taken: str = ""
    rounded: bool = False

    @property
    def group(self) -> tuple[Mistake, bool, str]:
        """What makes hits of several figures one cause."""
        if self.key.everywhere:
            return (self.key.mistake, True, self.key.where)
        return (self.key.mistake, False, f"{self.right}>{self.taken}" if self.right or self.taken else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A cause with the figures that it explains (by their number among the wrong ones), and what it gains in all."""

    cause: Cause
    covers: frozenset[int]
    gain: float
    saved: float
    hits: tuple[Hit, ...]

    @property
    def worth(self) -> float:
        """What it gains, and a little more if it is made everywhere: one habit is likelier than single slips."""
        return self.gain if self.cause.at else self.gain + _HABIT


_HABIT = 3.0

_NEAR_MISSES = 40
"""So many candidates at most are calculated again with rounding on the way: what comes after these is luck."""


def near_misses(path: Path, shown: Shown, reach: float) -> Iterator[tuple[float, Key]]:
    """The mistakes that lead to a value within reach of a figure, the nearest first."""
    low, high = shown.value - reach, shown.value + reach
    found = sorted(path.near(low, high), key=lambda it: abs(it[0] - shown.value))
    yield from found[:_NEAR_MISSES]


def hit_of(path: Path, change: Change, saved: float, *, rounded: bool) -> Hit:
    """A mistake on a path as what it saves and costs."""
    key, reach = change.key, path.reach(change)
    # Where a mistake is made everywhere in the one usual way, no place has to be told.
    place = 0.0 if reach is Reach.EVERYWHERE and not key.where else bits_of_choice(path.ways[key.mistake, reach])
    if reach is Reach.SOMEWHERE:
        place += 1.0
    return Hit(
        key=key,
        saved=saved,
        cost=cost_of(key.mistake),
        place=place,
        sites=tuple(change.formulas),
        right=change.right,
        taken=change.taken,
        rounded=rounded,
    )


def combined(hits: Mapping[int, Sequence[Hit]]) -> Iterator[Found]:
    """Causes: hits of the same mistake on several figures taken together."""
    groups: dict[tuple[Mistake, bool, str], dict[int, Hit]] = {}
    for number, mine in hits.items():
        for hit in mine:
            group = groups.setdefault(hit.group, {})
            known = group.get(number)
            if known is None or hit.saved - hit.place > known.saved - known.place:
                group[number] = hit
    for (mistake, everywhere, where), members in groups.items():
        chosen = tuple(members.values())
        places: dict[str, float] = {}
        for hit in chosen:
            places.setdefault(hit.key.where, hit.place)
        place = max(places.values()) if everywhere else sum(places.values())
        saved = sum(hit.saved for hit in chosen)
        gain = saved - chosen[0].cost - place
        in_layer = everywhere and where.startswith(OF_LAYER)
        at = () if everywhere and not in_layer else tuple(dict.fromkeys(site for hit in chosen for site in hit.sites))
        cause = Cause(mistake=mistake, at=at, right=chosen[0].right, taken=chosen[0].taken)
        yield Found(cause=cause, covers=frozenset(members), gain=gain, saved=saved, hits=chosen)
