"""The first reading of a work: which quantity each chain is about, and which of its links are right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count

from symbackprop.checking.claims import Claim
from symbackprop.checking.habit import Habit, habit_of
from symbackprop.checking.judging.assess import Finding, Goal, assess, goal_of, goal_of_member, kind_of, signed_figure
from symbackprop.checking.judging.standard import Standard
from symbackprop.checking.own import OwnFigures
from symbackprop.checking.truth import NO_VALUE, Truth
from symbackprop.checking.verdicts import LinkKind
from symbackprop.checking.work import Chain, Figure, Gap, Member, Trouble, Work
from symbackprop.derivation.balls import Real
from symbackprop.records import record


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
    own = OwnFigures(standard.truth, habit, standard.turns)
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
    return habit_of(figure for it in found if it is not None and (figure := it[1]).value not in truth.exact_numbers)


def _of_chain(chain: Chain, standard: Standard, own: OwnFigures) -> tuple[Draft, ...]:
    """The links of one chain; where its quantity has several names, by the one under which most of it is right."""
    best: tuple[Draft, ...] = ()
    for goal in _goals(chain, standard):
        found = tuple(_links(chain, goal, standard, own))
        if not best or _right(found) > _right(best):
            best = found
        if _right(found) == len(found):
            break
    return best or tuple(_troubled(chain))


def _right(drafts: Sequence[Draft]) -> int:
    return sum(it.trouble is None and not it.is_open for it in drafts)


def _goals(chain: Chain, standard: Standard) -> Iterator[Goal]:
    for id_ in chain.ids:
        try:
            yield goal_of(standard, id_)
        except NO_VALUE:
            continue
    if not chain.ids and chain.members[0].trouble is None and chain.members[0].formula is not None:
        try:
            yield goal_of_member(standard, chain.members[0])
        except NO_VALUE:
            return


def _links(chain: Chain, goal: Goal, standard: Standard, own: OwnFigures) -> Iterator[Draft]:
    reached = _no_rounding if goal.quantity is None else partial(own.reached, goal.quantity)
    for member in chain.members[1:]:
        finding = _UNREAD if member.trouble else assess(member, goal, standard, reached)
        yield Draft(member=member, goal=goal, finding=finding, trouble=member.trouble)


def _no_rounding(_: Figure) -> Iterable[Real]:
    return ()


_UNREAD = Finding(kind=LinkKind.FORMULA, verdict=None, reading={})


def _troubled(chain: Chain) -> Iterator[Draft]:
    """The links of a chain that says nothing that could be judged."""
    head = chain.members[0]
    why = head.trouble or Trouble(gap=Gap.UNKNOWN, span=head.span, why=head.text)
    for member in chain.members[1:]:
        finding = Finding(kind=kind_of(member), verdict=None, reading={})
        yield Draft(member=member, goal=None, finding=finding, trouble=member.trouble or why)
