"""What follows from somebody's own earlier figures, and what rounding on the way can lead to."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from enum import Enum
from types import MappingProxyType

from symbackprop.checking.budget import Budget
from symbackprop.checking.calculation import Calculation, Digits, Way
from symbackprop.checking.claims import Claim
from symbackprop.checking.figures import as_shown
from symbackprop.checking.habit import Habit
from symbackprop.checking.truth import BITS, NO_VALUE, Truth
from symbackprop.checking.work import Figure
from symbackprop.derivation.balls import Real, precision, to_ball, to_exact
from symbackprop.derivation.ids import split_id
from symbackprop.records import record
from symbackprop.typeset.formula import quantities

MOST_ROUNDS_BY_HAND = 20
"""After more rounds than these nobody has gone on from figures on paper."""


class ByRounds:
    """Values that are claimed, by the round and the quantity's id in it."""

    def __init__(self, claimed: Mapping[str, Real] = MappingProxyType({})) -> None:
        self.values: dict[int, dict[str, Real]] = {}
        for id_, value in claimed.items():
            self[id_] = value

    def __setitem__(self, id_: str, value: Real) -> None:
        """Sets the value of a quantity, perhaps after some rounds."""
        base, rounds = split_id(id_)
        self.values.setdefault(rounds, {})[base] = value


class Course:
    """Rounds calculated one after the other, on from claimed figures: a claim stands, and the next rounds use it."""

    def __init__(
        self,
        truth: Truth,
        claimed: Mapping[str, Real] | ByRounds,
        *,
        way: Way = Way.BY_DELTAS,
        digits: Digits | None = None,
    ) -> None:
        self._truth = truth
        self._way = way
        self._digits = digits
        self._claimed = (claimed if isinstance(claimed, ByRounds) else ByRounds(claimed)).values
        self._first = 0 if digits is not None else min(self._claimed, default=MOST_ROUNDS_BY_HAND)
        self._rounds: dict[int, Calculation] = {}
        # All that one of these is made of is known by then, and so can't be claimed any more (see `claim`).
        self._values: dict[str, Real] = {}

    def value(self, id_: str) -> Real:
        """What a quantity's own formula gives here. Raises one of `NO_VALUE` where it gives nothing."""
        known = self._values.get(id_)
        if known is None:
            base, rounds = split_id(id_)
            with precision(BITS):
                known = self._values[id_] = self.round(rounds).value_by_own_formula(base)
        return known

    def round(self, rounds: int) -> Calculation:
        """The calculation of one round."""
        if rounds not in self._rounds:
            claimed = self._claimed.get(rounds, {})
            given = self._given(rounds)
            self._rounds[rounds] = Calculation(
                self._truth.plan, given, claimed=claimed, way=self._way, digits=self._digits
            )
        return self._rounds[rounds]

    def claim(self, id_: str) -> bool:
        """Lets what is claimed of a quantity by now stand; False where this course has gone on from something else."""
        base, rounds = split_id(id_)
        started = self._rounds.get(rounds)
        return started is None or started.claim(base, self._claimed[rounds][base])

    def _given(self, rounds: int) -> Mapping[str, Real]:
        if not self._first < rounds <= most_rounds(self._truth):
            return self._truth.round(rounds).given
        before = self.round(rounds - 1)
        given = self._truth.round(0).given
        return {**given, **{id_: before.value(f"{id_}+") for id_ in self._truth.plan.state}}

    def behind(self, id_: str) -> Iterator[str]:
        """The claimed quantities that a quantity is calculated from, the nearest first."""
        return self._behind(id_, set())

    def _behind(self, id_: str, told: set[str]) -> Iterator[str]:
        """The same without going back twice by way of the same updates, which are many after some rounds."""
        base, rounds = split_id(id_)
        mark = f"@{rounds}" if rounds else ""
        calculation, claimed = self.round(rounds), self._claimed.get(rounds, {})
        waiting, seen = [base], {base}
        while waiting:
            later: list[str] = []
            for here in waiting:
                for part in _parts(calculation, here):
                    if part in seen:
                        continue
                    seen.add(part)
                    if part in claimed:
                        yield part + mark
                    else:
                        later.append(part)
            waiting = later
        if 0 < rounds <= most_rounds(self._truth):
            for state in self._truth.plan.state:
                if state in seen:
                    updated = f"{state}+" + (f"@{rounds - 1}" if rounds > 1 else "")
                    if updated in told:
                        continue
                    told.add(updated)
                    if f"{state}+" in self._claimed.get(rounds - 1, {}):
                        yield updated
                    else:
                        yield from self._behind(updated, told)


def _parts(calculation: Calculation, id_: str) -> Iterable[str]:
    try:
        return tuple(dict.fromkeys(quantities(calculation.formula(id_))))
    except KeyError:
        return ()


@record(kw_only=True)
class Followed:
    """What a quantity is if it is calculated from earlier figures, and the nearest of these that are wrong."""

    value: Real
    behind: tuple[str, ...]


_MOST_CALCULATED = 100_000
"""So many quantities are calculated on from a work's own figures."""

_STEPS_A_QUANTITY = 20

_NUMBERS_AT_ONCE = 100
"""So many numbers are taken over in the time in which one quantity is calculated."""

_MOST_BY_HAND = 40_000


def most_rounds(truth: Truth) -> int:
    """After how many rounds figures may have come from a calculation on paper; none of a large network."""
    return min(MOST_ROUNDS_BY_HAND, _MOST_BY_HAND // max(1, len(truth.plan)))


class _On(Enum):
    """From which of the figures that a work has shown somebody goes on."""

    RIGHT = "right"
    WRONG = "wrong"
    BOTH = "both"


_COURSES_KEPT = 8


class Afresh:
    """Calculations on from nothing but what is given: the same for every work, so that the last few are kept."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self._kept: OrderedDict[tuple[Way, Digits], Course] = OrderedDict()

    def course(self, way: Way, digits: Digits) -> Course:
        """The calculation that goes one way and is rounded to so many digits."""
        key = (way, digits)
        if key not in self._kept:
            while len(self._kept) >= _COURSES_KEPT:
                self._kept.popitem(last=False)
            self._kept[key] = Course(self.truth, {}, way=way, digits=digits)
        self._kept.move_to_end(key)
        return self._kept[key]


class OwnFigures:
    """The figures that a work has shown so far.

    `afresh` is what is calculated without them, `habit` to how many digits the work is calculated, `turned` says of
    which quantities it means the opposite, `budget` what the work may cost.
    """

    def __init__(self, afresh: Afresh, habit: Habit, turned: Callable[[str], bool], budget: Budget) -> None:
        self._afresh = afresh
        self._truth = afresh.truth
        self.habit = habit
        self._turned = turned
        self._budget = budget
        self._right: dict[str, Claim] = {}
        self._wrong: dict[str, Claim] = {}
        self._left = _MOST_CALCULATED
        self._shown = {on: ByRounds() for on in _On}
        self._courses: dict[tuple[_On, Way, Digits], Course] = {}

    def add(self, claim: Claim) -> None:
        """Takes in the next figure. A wrong 0 is forgotten: everything would follow from it."""
        if self._turned(claim.quantity):
            claim = replace(claim, value=-claim.value)
        if claim.right:
            self._right[claim.quantity] = claim
            self._show(claim, to_exact(claim.value), _On.RIGHT)
        elif claim.value:
            self._wrong[claim.quantity] = claim
            with precision(BITS):
                self._show(claim, as_shown(claim.value, claim.figure), _On.WRONG)

    def _show(self, claim: Claim, value: Real, on: _On) -> None:
        self._shown[on][claim.quantity] = value
        shown = [on]
        if on is _On.WRONG or claim.quantity not in self._wrong:
            self._shown[_On.BOTH][claim.quantity] = value
            shown.append(_On.BOTH)
        late = [key for key, it in self._courses.items() if key[0] in shown and not it.claim(claim.quantity)]
        for key in late:
            del self._courses[key]

    def reached(self, quantity: str, figure: Figure) -> Iterator[Real]:
        """All that rounding on the way may have made of a quantity, in the ways in which people round."""
        digits = self.habit.digits(figure)
        if not self._can_go_on(quantity):
            return
        for way in Way:
            yield from self._values(quantity, self._afresh.course(way, digits))
        for way in Way if self._right else ():
            yield from self._values(quantity, self._course(_On.RIGHT, way, digits))

    def followed(self, quantity: str, figure: Figure | None, is_it: Callable[[Real], bool]) -> Followed | None:
        """What a quantity is if it is calculated from the wrong figures shown before, if that is what is asked for.

        `figure` is what is shown of it, None where only numbers were put into its formula.
        """
        if not any(id_ != quantity for id_ in self._wrong) or not self._can_go_on(quantity):
            return None
        digits = self.habit.digits(figure)
        for on in (_On.WRONG, _On.BOTH) if self._right else (_On.WRONG,):
            for way in Way:
                course = self._course(on, way, digits)
                for value in filter(is_it, self._values(quantity, course)):
                    behind = tuple(id_ for id_ in course.behind(quantity) if id_ in self._wrong)
                    if behind:
                        return Followed(value=value, behind=behind)
        return None

    def _course(self, on: _On, way: Way, digits: Digits) -> Course:
        """A calculation on from the figures shown so far, kept until the next of them."""
        key = (on, way, digits)
        if key not in self._courses:
            self._courses[key] = Course(self._truth, self._shown[on], way=way, digits=digits)
        return self._courses[key]

    def _can_go_on(self, quantity: str) -> bool:
        """Whether there is time left to go on from these figures to a quantity; counted, to be the same anywhere."""
        rounds = min(split_id(quantity)[1], most_rounds(self._truth))
        numbers = len(self._truth.round(0).given) + len(self._wrong) + len(self._right)
        cost = 1 + numbers // _NUMBERS_AT_ONCE + rounds * len(self._truth.plan)
        if cost > self._left:
            return False
        self._left -= cost
        self._budget.spend(_STEPS_A_QUANTITY * cost)
        return True

    def _values(self, quantity: str, course: Course) -> Iterator[Real]:
        try:
            value = to_ball(course.value(quantity))
        except NO_VALUE:
            return
        yield -value if self._turned(quantity) else value
