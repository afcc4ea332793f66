"""The smallest set of mistakes that explains the most wrong figures: one cause, many effects.

A mistake explains a figure if making it leads to the digits shown. Each costs as many bits as it takes to tell it,
and saves those of the digits that it gives: what luck could do saves too little, and stays unexplained.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from symbackprop.checking.budget import Budget, PartSpent
from symbackprop.checking.claims import Claim
from symbackprop.checking.mistakes.early import within_a_digit
from symbackprop.checking.mistakes.look import Found, Hit, combined
from symbackprop.checking.mistakes.pairs import Pairs
from symbackprop.checking.mistakes.scene import Scene
from symbackprop.checking.mistakes.suspects import LEAST_GAIN, Suspects
from symbackprop.checking.own import MOST_ROUNDS_BY_HAND
from symbackprop.checking.truth import Truth
from symbackprop.checking.verdicts import Cause, Explanation, Mistake
from symbackprop.records import record

_EQUALLY_WELL = 6.0
_MOST_ALTERNATIVES = 4


def explain(claims: Sequence[Claim], roots: Sequence[int], truth: Truth) -> tuple[Explanation, ...]:
    """What explains some wrong figures, given by their numbers among the claims. What nothing explains is left out."""
    return Explainer(truth).look_for(claims, roots).explanations


@record(kw_only=True)
class Sought:
    """What explains some wrong figures, and those that are `left`: behind which not all was looked for."""

    explanations: tuple[Explanation, ...] = ()
    left: tuple[int, ...] = ()


class Explainer:
    """Explains the figures of any number of works on one network; what it learns of the network it keeps."""

    def __init__(self, truth: Truth) -> None:
        self._scene = Scene(truth)
        self._pairs = Pairs()

    def look_for(self, claims: Sequence[Claim], roots: Sequence[int], budget: Budget | None = None) -> Sought:
        """What explains the wrong figures, the cause of most of them first. Raises OutOfBudget."""
        if not roots:
            return Sought()
        part = (budget or Budget()).part(_MOST_STEPS)
        suspects = Suspects(self._scene, claims, part)
        hits: dict[int, tuple[Hit, ...]] = {}
        with suppress(PartSpent):
            for root in roots:
                if part.spent >= _MOST_STEPS_ALONE:
                    break
                hits[root] = tuple(suspects.hits(root))
        left = {root for root in roots if root not in hits}
        found = tuple(_fewest({root: mine for root, mine in hits.items() if mine}))
        explained = frozenset[int]().union(*(it.covers for it, _ in found))
        unexplained = [root for root in roots if root not in explained]
        causes: dict[Cause, list[int]] = {}
        alternatives: dict[Cause, tuple[Cause, ...]] = {}
        for it, others in found:
            causes.setdefault(it.cause, []).extend(it.covers)
            alternatives[it.cause] = others
        known = tuple(hit for it, _ in found for hit in it.hits)
        open_ = []
        try:
            for root in unexplained:
                cause = self._left_over(suspects, root, found)
                if cause is None:
                    open_.append(root)
                else:
                    causes.setdefault(cause, []).append(root)
            for root, both in self._pairs.causes(suspects, open_, known):
                for cause in both:
                    causes.setdefault(cause, []).append(root)
        except PartSpent:
            left.update(unexplained)
        explanations = tuple(
            Explanation(
                cause=_told(cause, [claims[root].quantity for root in mine]),
                links=tuple(claims[root].link for root in sorted(mine)),
                alternatives=alternatives.get(cause, ()),
            )
            for cause, mine in causes.items()
        )
        return Sought(explanations=explanations, left=tuple(sorted(left)))

    def _left_over(
        self, suspects: Suspects, root: int, found: Sequence[tuple[Found, tuple[Cause, ...]]]
    ) -> Cause | None:
        """What may explain a figure of too few digits to tell: what others came of, or rounding."""
        for it, _ in found:
            if any(suspects.agrees(root, hit) for hit in dict.fromkeys(it.hits)):
                return it.cause
        place, claim = suspects.place(root), suspects.claims[root]
        if place is None or place[1] > MOST_ROUNDS_BY_HAND:
            return None
        by_hand = any(within_a_digit(self._scene, way, place[1], claim) for way in suspects.ways(root))
        return _ROUNDED_EARLY if by_hand else None


_MOST_STEPS = 400_000
"""So many steps are made to explain the figures of one work."""

_MOST_STEPS_ALONE = 300_000
"""So many of them to find what explains each by itself; then come those that the same mistakes explain."""

_ROUNDED_EARLY = Cause(mistake=Mistake.ROUNDED_EARLY)


def _told(cause: Cause, quantities: Sequence[str]) -> Cause:
    """A cause as it is told: figures are rounded early one by one."""
    return Cause(mistake=cause.mistake, at=tuple(quantities)) if cause.mistake is Mistake.ROUNDED_EARLY else cause


def _fewest(hits: dict[int, tuple[Hit, ...]]) -> Iterator[tuple[Found, tuple[Cause, ...]]]:
    """Causes that explain what they can, the one that saves most first; with each, those that do as well."""
    open_ = dict(hits)
    while open_:
        found = sorted(combined(open_), key=lambda it: (-it.worth, it.cause.mistake))
        if not found or found[0].gain < LEAST_GAIN:
            return
        best = found[0]
        yield best, tuple(_as_good(best, found[1:]))[:_MOST_ALTERNATIVES]
        for number in best.covers:
            del open_[number]


def _as_good(best: Found, others: Sequence[Found]) -> Iterator[Cause]:
    """Other mistakes that explain the same figures about as well."""
    told = {_said(best.cause)}
    for other in others:
        equal = other.covers == best.covers and other.saved >= best.saved - _EQUALLY_WELL
        if equal and _said(other.cause) not in told:
            told.add(_said(other.cause))
            yield other.cause


def _said(cause: Cause) -> tuple[Mistake, str, str]:
    """What a reader is told of a cause besides the place."""
    return cause.mistake, cause.right, cause.taken
