"""The smallest set of mistakes that explains the most wrong figures: one cause, many effects.

A mistake explains a figure if making it leads to the digits shown. Each costs as many bits as it takes to tell it,
and saves those of the digits that it gives: what luck could do saves too little, and stays unexplained.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.check.claims import Claim
from symbackprop.check.early import rounded_early
from symbackprop.check.look import Found, Hit, combined
from symbackprop.check.pairs import Pairs
from symbackprop.check.scene import Scene
from symbackprop.check.suspects import LEAST_GAIN, Suspects
from symbackprop.check.truth import Truth
from symbackprop.check.verdicts import Cause, Explanation, Mistake

_EQUALLY_WELL = 3.0
_MOST_ALTERNATIVES = 4


def explain(claims: Sequence[Claim], roots: Sequence[int], truth: Truth) -> tuple[Explanation, ...]:
    """What explains some wrong figures, given by their numbers among the claims. What nothing explains is left out."""
    return Explainer(truth).explain(claims, roots)


class Explainer:
    """Explains the figures of any number of works on one network; what it learns of the network it keeps."""

    def __init__(self, truth: Truth) -> None:
        self._scene = Scene(truth)
        self._pairs = Pairs(self._scene)

    def explain(self, claims: Sequence[Claim], roots: Sequence[int]) -> tuple[Explanation, ...]:
        """What explains the wrong figures, the cause of most of them first."""
        if not roots:
            return ()
        suspects = Suspects(self._scene, claims)
        hits = {root: tuple(suspects.hits(root)) for root in roots}
        found = tuple(_fewest({root: mine for root, mine in hits.items() if mine}))
        explained = frozenset[int]().union(*(it.covers for it, _ in found))
        explanations = [_explanation(claims, it.cause, it.covers, others) for it, others in found]
        left = [root for root in roots if root not in explained]
        early = [root for root in left if rounded_early(suspects, root)]
        if early:
            cause = Cause(mistake=Mistake.ROUNDED_EARLY, at=tuple(claims[root].quantity for root in early))
            explanations.append(_explanation(claims, cause, early, ()))
        known = tuple(hit for it, _ in found for hit in it.hits)
        for root in left:
            if root not in early:
                for cause in self._pairs.causes(suspects, root, known):
                    explanations.append(_explanation(claims, cause, (root,), ()))
        return tuple(explanations)


def _explanation(
    claims: Sequence[Claim], cause: Cause, roots: Sequence[int] | frozenset[int], others: Sequence[Cause]
) -> Explanation:
    links = tuple(claims[root].link for root in sorted(roots))
    return Explanation(cause=cause, links=links, alternatives=tuple(others))


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
    return cause.mistake, cause.wrong, cause.instead
