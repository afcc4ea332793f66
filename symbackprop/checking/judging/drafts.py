"""The first reading of a work: which quantity each chain is about, and which of its links are right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count

from symbackprop.checking.claims import Claim
from symbackprop.checking.figures import is_cut_off_from, is_rounded_from
from symbackprop.checking.habit import Habit, habit_of
from symbackprop.checking.judging.assess import Finding, Goal, assess, goal_of, goal_of_member, kind_of, signed_figure
from symbackprop.checking.judging.standard import Standard, value_of
from symbackprop.checking.own import OwnFigures
from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.truth import BITS, NO_VALUE, Truth
from symbackprop.checking.verdicts import LinkKind, Rounding, Verdict
from symbackprop.checking.work import Chain, Figure, Gap, Member, Trouble, Work
from symbackprop.derivation.balls import Real, precision
from symbackprop.derivation.ids import split_id
from symbackprop.records import record
from symbackprop.typeset.formula import Quantity


@record(kw_only=True)
class Draft:
    """A link before all is said of it: no verdict where it isn't right. `trouble` is set where it can't be judged.

    `number` is its own among all links, `chain` its chain's among all chains.
    """

    member: Member
    goal: Goal | None
    finding: Finding
    trouble: Trouble | None = None
    number: int = 0
    chain: int = 0

    @property
    def quantity(self) -> str | None:
        """What it is said to equal."""
        return None if self.goal is None else self.goal.quantity

    @property
    def is_open(self) -> bool:
        """Whether it could be judged and isn't right."""
        return self.trouble is None and self.finding.verdict is None

    def claim(self) -> Claim | None:
        """The figure that it claims for a quantity, if it does."""
        figure = None if self.member.formula is None else signed_figure(self.member)
        if figure is None or self.quantity is None:
            return None
        right = self.finding.verdict is not None
        return Claim(link=self.number, quantity=self.quantity, value=figure[0], figure=figure[1], right=right)


def draft(work: Work, habit: Habit, standard: Standard) -> Iterator[Draft]:
    """Every link of a work with what can be said of it by itself, in its order."""
    own = OwnFigures(standard.afresh, habit, standard.turns, standard.budget)
    links = count()
    for number, chain in enumerate(work.chains):
        for it in _of_chain(chain, standard, own):
            numbered = replace(it, number=next(links), chain=number)
            if (claim := numbered.claim()) is not None and claim.right:
                own.add(claim)
            yield numbered


def habit_in(work: Work, truth: Truth) -> Habit:
    """To how many digits a work is calculated, by its figures that aren't exact numbers."""
    members = (member for chain in work.chains for member in chain.members[1:] if member.formula is not None)
    found = (signed_figure(member) for member in members)
    exact = truth.numbers_behind(None)
    return habit_of(figure for it in found if it is not None and (figure := it[1]).value not in exact)


def _of_chain(chain: Chain, standard: Standard, own: OwnFigures) -> tuple[Draft, ...]:
    """The links of one chain; where its quantity has several names, by the one under which most of it is right."""
    goals = tuple(_goals(chain, standard))
    best: tuple[Draft, ...] = ()
    # What rounding may have led to takes long in a large network: where there is a choice, first without.
    for figures in (None, own) if len(goals) > 1 else (own,):
        best = ()
        for goal, head in goals:
            found = tuple(_links(chain, goal, head, standard, figures))
            if not any(it.is_open for it in found):
                return found
            if not best or _right(found) > _right(best):
                best = found
    return best or tuple(_troubled(chain))


def _right(drafts: Sequence[Draft]) -> int:
    return sum(it.trouble is None and not it.is_open for it in drafts)


def _goals(chain: Chain, standard: Standard) -> Iterator[tuple[Goal, Member]]:
    """What a chain may be about, the likeliest first, each with the member that says so.

    That is the quantity that it begins with, or else the first that a member names by itself; or what the first member
    gives. A parameter that is calculated may be the updated one: so people write `w5 = w5 - ...`.
    """
    head, ids = _head(chain)
    for id_ in (*ids, *_updated(chain, ids, standard)):
        with suppress(*NO_VALUE):
            yield goal_of(standard, id_), head
    if not ids and head.trouble is None and head.formula is not None:
        with suppress(*NO_VALUE):
            yield goal_of_member(standard, head), head


def _head(chain: Chain) -> tuple[Member, tuple[str, ...]]:
    """The member that a chain is about, and the quantities that it may name."""
    if not chain.ids and chain.members[0].trouble is None:
        for member in chain.members:
            if member.formula == Quantity("0") and member.leaves[0].ids:
                return member, member.leaves[0].ids
    return chain.members[0], chain.ids


def _updated(chain: Chain, ids: Sequence[str], standard: Standard) -> Iterator[str]:
    calculated = any(it.formula is not None and kind_of(it) is not LinkKind.VALUE for it in chain.members[1:])
    for id_ in ids if calculated else ():
        base, rounds = split_id(id_)
        if base in standard.truth.plan.state:
            yield f"{base}+@{rounds}" if rounds else f"{base}+"
            if rounds:  # what a weight is in one round is what the one before has made of it
                yield f"{base}+@{rounds - 1}" if rounds > 1 else f"{base}+"


def _links(chain: Chain, goal: Goal, head: Member, standard: Standard, own: OwnFigures | None) -> Iterator[Draft]:
    reached = _no_rounding if own is None or goal.quantity is None else partial(own.reached, goal.quantity)
    before: list[Draft] = []
    for member in chain.members:
        if member is head:
            continue
        finding = _UNREAD if member.trouble else assess(member, goal, standard, reached)
        it = Draft(member=member, goal=goal, finding=finding, trouble=member.trouble)
        before.append(_after_own_numbers(it, before))
        yield before[-1]


def _after_own_numbers(it: Draft, before: Sequence[Draft]) -> Draft:
    """A figure that isn't simply right, in the light of the numbers before it in the chain: what these give exactly.

    After right numbers it is right but for their rounding; after wrong ones it only follows from them.
    """
    claim = it.claim()
    if claim is None or it.goal is None or it.finding.verdict is Verdict.CORRECT:
        return it
    for other in reversed(before):
        if other.trouble is not None or other.claim() is not None or other.member.formula is None:
            continue
        it.goal.standard.spend(other.member.leaves)
        with suppress(*NO_VALUE), precision(BITS):
            formula, leaves, reading = other.member.formula, other.member.leaves, other.finding.reading
            given = value_of(formula, leaves, reading, it.goal.standard.value)
            if is_rounded_from(claim.value, claim.figure, given) or is_cut_off_from(claim.value, claim.figure, given):
                rounding = None if other.is_open else it.finding.rounding or Rounding.INTERMEDIATES
                verdict = None if other.is_open else Verdict.ROUNDED
                return replace(it, finding=replace(it.finding, verdict=verdict, rounding=rounding))
    return it


def _no_rounding(_: Figure) -> Iterable[Real]:
    return ()


_UNREAD = Finding(kind=LinkKind.FORMULA, verdict=None, reading={})


def _troubled(chain: Chain) -> Iterator[Draft]:
    """The links of a chain that says nothing that could be judged."""
    head = chain.members[0]
    why = head.trouble or Trouble(gap=Gap.UNKNOWN, span=head.span, why=Why(Snag.NO_VALUE, found=head.text))
    for member in chain.members[1:]:
        finding = Finding(kind=kind_of(member), verdict=None, reading={})
        yield Draft(member=member, goal=None, finding=finding, trouble=member.trouble or why)
