"""Other usual conventions: found out where a work holds to one throughout, and shows that it is one.

A delta with the other sign is a convention if the gradients or updates after it are right all the same; a gradient
with the other sign if the updates are. An error without its half, or a mean for a sum, is one if the errors themselves
are stated so. What is seen in one place and not in the next is a mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from symbackprop.checking.budget import PartSpent
from symbackprop.checking.calculation import formula_of
from symbackprop.checking.habit import Habit
from symbackprop.checking.judging.assess import Goal, assess, goal_of
from symbackprop.checking.judging.drafts import Draft, draft
from symbackprop.checking.judging.standard import Standard
from symbackprop.checking.own import MOST_ROUNDS_BY_HAND, Afresh
from symbackprop.checking.truth import NO_VALUE, Truth
from symbackprop.checking.verdicts import Convention, LinkKind
from symbackprop.checking.work import Work
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.ids import split_id
from symbackprop.derivation.shape import shape_of
from symbackprop.derivation.steps import Plan, plan_of
from symbackprop.functions import Loss
from symbackprop.network import Network, Reduction
from symbackprop.typeset.formula import quantities

_SIGNS = (Convention.OPPOSITE_DELTA, Convention.DESCENT_DIRECTION)
_ERRORS = frozenset({Kind.ERROR, Kind.SAMPLE_ERROR, Kind.TOTAL_ERROR})


def adopt(
    work: Work, habit: Habit, standard: Standard, others: Iterable[Standard], drafts: Sequence[Draft]
) -> tuple[Standard, tuple[Draft, ...]]:
    """The standard under which most of a work is right, and what can be said of its links by that.

    Links that are right by the network's own conventions stay so.
    """
    best, best_drafts = standard, tuple(drafts)
    open_ = tuple(it for it in drafts if it.is_open)
    for other in others:
        if not _is_meant_somewhere(open_, standard, other):
            continue
        found = _drafts_under(work, habit, other, drafts)
        if found is not None and _open(found) < _open(best_drafts) and _is_held_to(other, drafts, found):
            best, best_drafts = other, found
    return best, best_drafts


def _drafts_under(work: Work, habit: Habit, other: Standard, before: Sequence[Draft]) -> tuple[Draft, ...] | None:
    """What can be said of the links under another standard; None as soon as one isn't right that was right before."""
    after: list[Draft] = []
    for old, new in zip(before, draft(work, habit, other), strict=True):
        if new.is_open and not old.is_open:
            return None
        after.append(new)
    return tuple(after)


def _is_meant_somewhere(open_: Iterable[Draft], standard: Standard, other: Standard) -> bool:
    """Whether one of the first links that aren't right is so under another standard; pages of them are asked."""
    asked = replace(other, budget=other.budget.part(_MOST_ASKED))
    goals: dict[str, Goal | None] = {}
    with suppress(PartSpent):
        for it in open_:
            if it.quantity is not None and it.quantity not in goals:
                goals[it.quantity] = _goal_under(asked, it.quantity)
            goal = goals.get(it.quantity or "")
            if goal is not None and _is_meant(it, goal, standard):
                return True
    return False


_MOST_ASKED = 50_000
"""In steps, for each standard: several hundred formulas."""


def _goal_under(other: Standard, quantity: str) -> Goal | None:
    """A quantity as a goal under another standard; what takes long training is not asked."""
    if split_id(quantity)[1] <= MOST_ROUNDS_BY_HAND:
        with suppress(*NO_VALUE):
            return goal_of(other, quantity)
    return None


def _is_meant(it: Draft, goal: Goal, standard: Standard) -> bool:
    """Whether an open link is right by itself, held against a goal under another standard."""
    other = goal.standard
    if it.finding.kind is not LinkKind.FORMULA and other.is_same(goal.quantity or "", standard):
        return False
    other.spend(())
    return assess(it.member, goal, other, lambda _: ()).verdict is not None


def _open(drafts: Sequence[Draft]) -> int:
    return sum(it.is_open for it in drafts)


def other_conventions(own: Afresh) -> Iterator[tuple[Afresh, tuple[Convention, ...]]]:
    """Each other convention by itself, and each sign with each other error, with what is calculated by it."""
    afresh = [own]
    kept: list[tuple[Convention, ...]] = [()]
    for convention in Convention:
        network = _changed(own.truth.derivation.network, convention)
        if network is not None:
            derivation = Derivation(network=network, steps=plan_of(shape_of(network)))
            afresh.append(Afresh(Truth(derivation)))
            kept.append((convention,))
    signs: list[tuple[Convention, ...]] = [(), *((sign,) for sign in _SIGNS), _SIGNS]
    for each, error in zip(afresh, kept, strict=True):
        for sign in signs:
            if error or sign:
                yield each, (*error, *sign)


def _changed(network: Network, convention: Convention) -> Network | None:
    """The network under another convention for its error; None where that is no other one."""
    training = network.training
    outputs, batch = training.reductions.outputs, training.reductions.batch
    loss, reductions = training.loss, training.reductions
    match convention, loss, outputs, batch:
        case Convention.NO_HALF, Loss.HALF_SQUARED, _, _:
            loss = Loss.SQUARED
        case Convention.WITH_HALF, Loss.SQUARED, _, _:
            loss = Loss.HALF_SQUARED
        case Convention.MEAN_OVER_OUTPUTS, _, Reduction.SUM, _ if network.widths[-1] > 1:
            reductions = replace(reductions, outputs=Reduction.MEAN)
        case Convention.SUM_OVER_OUTPUTS, _, Reduction.MEAN, _ if network.widths[-1] > 1:
            reductions = replace(reductions, outputs=Reduction.SUM)
        case Convention.MEAN_OVER_BATCH, _, _, Reduction.SUM if len(network.samples) > 1:
            reductions = replace(reductions, batch=Reduction.MEAN)
        case Convention.SUM_OVER_BATCH, _, _, Reduction.MEAN if len(network.samples) > 1:
            reductions = replace(reductions, batch=Reduction.SUM)
        case _:
            return None
    if loss is Loss.CROSS_ENTROPY and reductions.outputs is not training.reductions.outputs:
        return None
    return replace(network, training=replace(training, loss=loss, reductions=reductions))


def _is_held_to(other: Standard, before: Sequence[Draft], after: Sequence[Draft]) -> bool:
    """Whether a work follows other conventions wherever they make a difference, and shows that they are meant."""
    gained = [new for old, new in zip(before, after, strict=True) if old.is_open and not new.is_open]
    return all(_is_shown(convention, other, gained, after) for convention in other.conventions)


def _is_shown(convention: Convention, other: Standard, gained: Sequence[Draft], after: Sequence[Draft]) -> bool:
    """Whether something in the work can only be right if the convention is meant.

    For a sign that is something calculated from what it turns, itself not turned, and right all the same.
    """
    plan = other.truth.plan
    match convention:
        case Convention.OPPOSITE_DELTA:
            turned, despite = Kind.DELTA, frozenset({Kind.GRADIENT, Kind.UPDATE})
        case Convention.DESCENT_DIRECTION:
            turned, despite = Kind.GRADIENT, frozenset({Kind.UPDATE})
        case _:
            return any(_kind(it, plan) in _ERRORS for it in gained)
    bases = frozenset(_base(it) for it in gained if _kind(it, plan) is turned)
    right = (it for it in after if it.trouble is None and not it.is_open and _kind(it, plan) in despite)
    return any(not other.turns(_base(it)) and _is_calculated_from(bases, _base(it), plan) for it in right)


def _is_calculated_from(bases: frozenset[str], id_: str, plan: Plan) -> bool:
    """Whether one of some quantities is needed for another one."""
    waiting, seen = [id_], {id_}
    while waiting:
        here = waiting.pop()
        with suppress(KeyError):
            parts = set(quantities(formula_of(plan, here))) - seen
            if parts & bases:
                return True
            seen |= parts
            waiting.extend(parts)
    return False


def _base(it: Draft) -> str:
    return split_id(it.quantity or "")[0]


def _kind(it: Draft, plan: Plan) -> Kind | None:
    base = _base(it)
    return plan.kind(base) if base in plan else None
