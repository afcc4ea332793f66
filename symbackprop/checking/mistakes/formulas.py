"""The mistaken formulas of one quantity's step alone, to be held against a formula that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.checking.mistakes.registry import slips
from symbackprop.checking.mistakes.slip import Ground, Site
from symbackprop.checking.truth import Truth
from symbackprop.checking.verdicts import Cause
from symbackprop.derivation.ids import split_id
from symbackprop.typeset.formula import Formula


def changed_formulas(truth: Truth, quantity: str) -> Iterator[tuple[Cause, Formula]]:
    """Each mistake that can be made in a quantity's own formula, with the formula that it leads to.

    The formulas name quantities without rounds: those of the quantity's own round. Nothing for what is given.
    """
    base, _ = split_id(quantity)
    if base not in truth.plan:
        return
    same = truth.plan.same_as(base)
    if same is not None and truth.plan[same].pattern is not None:
        base = same
    step = truth.plan[base]
    if step.pattern is None:
        return
    told: set[Formula] = set()
    for slip in slips(Site(step=step, ground=Ground(truth.plan))):
        if slip.formula not in told:
            told.add(slip.formula)
            yield Cause(mistake=slip.mistake, at=(base,), right=slip.right, taken=slip.taken), slip.formula
