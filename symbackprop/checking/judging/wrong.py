"""What is behind the links that aren't right: an earlier figure, a slip in the link itself, or a mistake."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from symbackprop.checking.budget import PartSpent
from symbackprop.checking.claims import Claim
from symbackprop.checking.estimates import is_told_in_doubles
from symbackprop.checking.figures import as_shown, can_be_equal, figure_given, is_cut_off_from, is_rounded_from
from symbackprop.checking.habit import Habit
from symbackprop.checking.judging.drafts import Draft
from symbackprop.checking.judging.formulas import alignment, mistaken, own_alignment
from symbackprop.checking.judging.repair import Repair, WrongLink, renumber, renumbered, repair
from symbackprop.checking.judging.standard import Standard, with_digits_shown
from symbackprop.checking.mistakes.explain import Explainer
from symbackprop.checking.own import Followed, OwnFigures
from symbackprop.checking.truth import BITS, NO_VALUE
from symbackprop.checking.verdicts import Cause, Correction, Explanation, LinkKind
from symbackprop.checking.work import Figure
from symbackprop.derivation.balls import Real, absolute, precision, to_ball
from symbackprop.derivation.ids import split_id
from symbackprop.records import record


@record(kw_only=True)
class Outcome:
    """What is said of a link that isn't right. `sought` says whether all that may be behind it was looked for."""

    cause: Cause | None = None
    correction: Correction | None = None
    follows_from: str | None = None
    sought: bool = True


@record(kw_only=True)
class Outcomes:
    """The same of all such links by their numbers, and the mistakes that explain them."""

    of: Mapping[int, Outcome]
    explanations: tuple[Explanation, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all that may be behind each of them was looked for."""
        return all(it.sought for it in self.of.values())

    @property
    def unexplained(self) -> int:
        """How many links are wrong for a reason that nobody knows."""
        return sum(it.cause is None and it.follows_from is None for it in self.of.values())


class Sizes:
    """The figures that were shown of one quantity, without their signs."""

    def __init__(self) -> None:
        self._by_decimals: dict[int, tuple[Fraction, list[Fraction]]] = {}

    @property
    def lengths(self) -> int:
        """By how many numbers of decimals they differ."""
        return len(self._by_decimals)

    def add(self, claim: Claim) -> None:
        """Takes in another one."""
        size = abs(claim.value)
        _, sizes = self._by_decimals.setdefault(claim.figure.decimals, (claim.figure.unit, []))
        at = bisect_left(sizes, size)
        if sizes[at : at + 1] != [size]:
            sizes.insert(at, size)

    def have(self, figure: Figure) -> bool:
        """Whether a figure can be rounded from what one of them is rounded from."""
        for unit, sizes in self._by_decimals.values():
            reach = (unit + figure.unit) / 2
            at = bisect_left(sizes, figure.value - reach)
            if at < len(sizes) and sizes[at] <= figure.value + reach:
                return True
        return False


def look_into(drafts: Sequence[Draft], habit: Habit, explainer: Explainer, standard: Standard) -> Outcomes:
    """What is behind each link that isn't right, in the order of the work."""
    search = _Search(drafts, habit, standard)
    for it in drafts:
        search.take(it)
    return search.outcomes(explainer)


class _Search:
    """Goes through a work once, with what it has shown so far in mind."""

    def __init__(self, drafts: Sequence[Draft], habit: Habit, standard: Standard) -> None:
        self._drafts = drafts
        # What a verdict depends on is on the work's own account, what explains it is a part that has an end.
        self._budget = standard.budget
        self._standard = replace(standard, budget=standard.budget.part(_MOST_LOOKED_INTO))
        self._own = OwnFigures(standard.afresh, habit, standard.turns, self._budget)
        self._claims: list[Claim] = []
        self._sizes: dict[str, Sizes] = {}
        self._roots: list[int] = []
        self._found: dict[int, Outcome] = {}
        # Where each wrong figure stands, so that what follows from it leads back to its mistake.
        self._wrong: dict[str, int] = {}
        self._behind: dict[int, int] = {}

    def take(self, it: Draft) -> None:
        """Looks at the next link."""
        claim = it.claim()
        if it.is_open:
            self._look(it, claim)
        elif it.finding.kind is LinkKind.NUMBERS and (found := self._mistyped(it)):
            self._found[it.number] = Outcome(cause=found.cause, correction=found.correction)
        if claim is None:
            return
        if not claim.right:
            self._wrong.setdefault(claim.quantity, it.number)
        if _can_be_explained(claim):
            self._keep(claim)
        self._own.add(claim)

    def _keep(self, claim: Claim) -> None:
        self._claims.append(claim)
        self._sizes.setdefault(claim.quantity, Sizes()).add(claim)

    def _here(self, it: Draft) -> Draft:
        """A link whose looking into goes on this search's account."""
        return it if it.goal is None else replace(it, goal=replace(it.goal, standard=self._standard))

    def _look(self, it: Draft, claim: Claim | None) -> None:
        if claim is not None and (number := self._gives(it, claim)) is not None:
            self._found[it.number] = Outcome(
                follows_from=self._found.get(number, Outcome()).follows_from or it.quantity
            )
            self._behind[it.number] = number
        elif (followed := self._followed(it, claim)) is not None:
            self._found[it.number] = Outcome(follows_from=followed.behind[0])
            self._behind[it.number] = self._wrong[followed.behind[0]]
        elif claim is not None and not _can_be_explained(claim):
            self._found[it.number] = Outcome()
        elif claim is not None:
            self._roots.append(len(self._claims))
        elif it.goal is not None:
            here = self._here(it)
            try:
                if not self._is_root(here):
                    self._found[it.number] = self._repaired(here)
            except PartSpent:
                self._found[it.number] = _NOT_SOUGHT

    def _is_root(self, it: Draft) -> bool:
        """Takes numbers that were put into a formula for the figure that they give, if they give it sharply enough.

        The mistakes behind figures are those behind calculations with numbers; a single number is looked for first.
        """
        if it.quantity is None or it.finding.kind is not LinkKind.NUMBERS:
            return False
        if (found := self._renumbered(it)) is not None:
            self._found[it.number] = Outcome(cause=found.cause, correction=found.correction)
            return True
        with suppress(*NO_VALUE), precision(BITS):
            given = figure_given(to_ball(self._numbers(it)))
            if given is not None:
                claim = Claim(link=it.number, quantity=it.quantity, value=given[0], figure=given[1], right=False)
                if _can_be_explained(claim):
                    self._roots.append(len(self._claims))
                    self._keep(claim)
                    return True
        return False

    def _renumbered(self, it: Draft) -> Repair | None:
        return renumber(self._wrong_link(it), self._aligned(it))

    def _wrong_link(self, it: Draft) -> WrongLink:
        assert it.goal is not None
        return WrongLink(
            member=it.member,
            kind=it.finding.kind,
            reading=it.finding.reading,
            goal=it.goal,
            standard=self._standard,
        )

    def _gives(self, it: Draft, claim: Claim) -> int | None:
        """The wrong link before it in the same chain, if this figure is what that gives."""
        for before in self._before(it):
            if before.is_open and before.claim() is None:
                with suppress(*NO_VALUE), precision(BITS):
                    if can_be_equal(as_shown(claim.value, claim.figure), self._numbers(before)):
                        return before.number
        return None

    def _before(self, it: Draft) -> Iterator[Draft]:
        """The links before one in its chain, the nearest first."""
        for number in range(it.number - 1, max(it.number - _MOST_BEFORE, 0) - 1, -1):
            if self._drafts[number].chain != it.chain:
                return
            yield self._drafts[number]

    def _numbers(self, it: Draft) -> Real:
        assert it.member.formula is not None
        assert it.goal is not None
        return with_digits_shown(it.member.formula, it.member.leaves, it.finding.reading, it.goal.put_in)

    def _followed(self, it: Draft, claim: Claim | None) -> Followed | None:
        """The earlier figures from which a figure, or numbers put into a formula, follow."""
        if it.goal is None or it.quantity is None or it.finding.kind is LinkKind.FORMULA:
            return None
        with suppress(*NO_VALUE), precision(BITS):
            found = to_ball(self._numbers(it)) if claim is None else as_shown(claim.value, claim.figure)
            truth = it.goal.value

            def is_it(value: Real) -> bool:
                return can_be_equal(found, value) and not can_be_equal(value, truth)

            return self._own.followed(it.quantity, None if claim is None else claim.figure, is_it)
        return None

    def _repaired(self, it: Draft) -> Outcome:
        """What one change makes a wrong formula, or wrong numbers, right; the mistake that a formula states."""
        wrong = self._wrong_link(it)
        found, cause = repair(wrong, self._aligned(it)), mistaken(wrong)
        if found is None:
            return Outcome(cause=cause)
        return Outcome(cause=cause or found.cause, correction=found.correction)

    def _aligned(self, it: Draft) -> Mapping[int, str]:
        """Which quantity each number of a link stands for, by a right formula of the same form before it."""
        for before in self._before(it):
            if before.finding.kind is LinkKind.FORMULA and not before.is_open and before.member.formula is not None:
                found = alignment(before.member, before.finding.reading, it.member)
                if found:
                    return found
        return own_alignment(self._standard.truth.plan, it.quantity, it.member)

    def _mistyped(self, it: Draft) -> Repair | None:
        """A number that is none of its formula's, in a link that is right for all that it changes.

        Terms and factors may stand in any order, so only a number that stands for nothing is one.
        """
        aligned = self._aligned(it)
        for number, id_ in aligned.items():
            leaf = it.member.leaves[number]
            if leaf.figure is not None and not any(self._is_shown(other, leaf.figure) for other in self._put_in(it)):
                return renumbered(self._standard, it.quantity, leaf, id_)
        return None

    def _put_in(self, it: Draft) -> Iterator[str]:
        """The quantities whose numbers belong into a link."""
        base, rounds = split_id(it.quantity or "")
        plan = self._standard.truth.plan
        if base in plan:
            yield from (f"{id_}@{rounds}" if rounds else id_ for id_ in self._standard.truth.parts(base))

    def _is_shown(self, id_: str, figure: Figure) -> bool:
        """Whether a figure can stand for a quantity: for its value, or for what the work has shown of it."""
        with precision(BITS):
            value = absolute(self._standard.value(id_))
            if is_rounded_from(figure.value, figure, value) or is_cut_off_from(figure.value, figure, value):
                return True
            sizes = self._sizes.get(id_)
            if sizes is not None:
                self._budget.spend(sizes.lengths)
                if sizes.have(figure):
                    return True
            shown = as_shown(figure.value, figure)
            return any(can_be_equal(shown, absolute(ball)) for ball in self._own.reached(id_, figure))

    @property
    def _most_roots(self) -> int:
        """How many figures mistakes are looked for behind: the larger a network, the longer that takes."""
        return max(1, _MOST_ROOTS * _SMALL // max(_SMALL, len(self._standard.truth.plan)))

    def outcomes(self, explainer: Explainer) -> Outcomes:
        """What was found, with the mistakes that explain the figures that nothing else explains."""
        asked = self._roots[: self._most_roots]
        sought = explainer.look_for(self._claims, asked, self._budget)
        explanations = list(sought.explanations)
        left = {*sought.left, *self._roots[len(asked) :]}
        for explanation in explanations:
            for number in explanation.links:
                self._found[number] = Outcome(cause=explanation.cause)
        for position in self._roots:
            link = self._claims[position].link
            if link not in self._found:
                it = self._drafts[link]
                found = Outcome() if it.claim() is not None else self._repaired_if_affordable(it)
                is_explained = found.cause is not None or found.correction is not None
                self._found[link] = found if is_explained or position not in left else _NOT_SOUGHT
        explained = {number for explanation in explanations for number in explanation.links}
        for number, outcome in sorted(self._found.items()):
            if outcome.cause is not None and number not in explained:
                explanations.append(Explanation(cause=outcome.cause, links=(number,)))
        whole = tuple(replace(it, links=self._with_followers(it.links)) for it in _merged(explanations))
        return Outcomes(of=self._found, explanations=tuple(sorted(whole, key=lambda it: (-len(it.links), it.links))))

    def _repaired_if_affordable(self, it: Draft) -> Outcome:
        try:
            return self._repaired(self._here(it))
        except PartSpent:
            return _NOT_SOUGHT

    def _with_followers(self, links: tuple[int, ...]) -> tuple[int, ...]:
        found = set(links)
        for number, behind in sorted(self._behind.items()):
            if behind in found:
                found.add(number)
        return tuple(sorted(found))


_NOT_SOUGHT = Outcome(sought=False)


def _can_be_explained(claim: Claim) -> bool:
    """Whether mistakes are looked for behind a figure, which is done in doubles: not behind 1e-4000."""
    return is_told_in_doubles(claim.value, claim.figure.decimals)


_MOST_LOOKED_INTO = 250_000
"""So many steps are made to look into single links: those of some twenty-five pages where nothing is right."""

_MOST_ROOTS = 400
_SMALL = 150

_MOST_BEFORE = 40
"""Of a longer chain, nobody sees its first links beside the last one."""


def _merged(explanations: Sequence[Explanation]) -> Iterator[Explanation]:
    """The same cause once, with all that it explains."""
    by_cause: dict[Cause, Explanation] = {}
    for it in explanations:
        known = by_cause.get(it.cause)
        by_cause[it.cause] = it if known is None else replace(known, links=(*known.links, *it.links))
    yield from by_cause.values()
