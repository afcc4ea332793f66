"""Which of this network's quantities a work's own names can only mean, by their values and by their formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import PurePath

from flint import arb, fmpq

from symbackprop.checking.budget import Budget
from symbackprop.checking.sources.read import read_text
from symbackprop.checking.sources.snippet import kind_of
from symbackprop.checking.work import Chain, Figure, Gap, Member, Work
from symbackprop.derivation.balls import Real, evaluate, precision, to_ball
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.ids import split_id
from symbackprop.derivation.values import FIRST_BITS
from symbackprop.errors import CertificationError, SpecError
from symbackprop.network import Network
from symbackprop.records import record
from symbackprop.typeset.formula import Formula, Negative, Power, Quantity, transform

_MOST_PASSES = 4
_LARGEST_EXPONENT = 10
_NEAR_ENOUGH = Fraction(1, 10**25)
_LONGEST_NAME = 60


@record(kw_only=True)
class Suggestion:
    """What a name can only mean, and how many links of the work say so."""

    name: str
    id: str
    matches: int


def suggest_names(work: Work, network: Network, budget: Budget | None = None) -> Mapping[str, str]:
    """The table `[names]` for a work: its names that mean nothing yet, with the only id that each can mean.

    Raises OutOfBudget for a work that costs more than it may.
    """
    return {suggestion.name: suggestion.id for suggestion in suggestions(work, network, budget)}


def suggestions(work: Work, network: Network, budget: Budget | None = None) -> tuple[Suggestion, ...]:
    """The same with how often each name matched. A name that could mean two quantities is left out."""
    budget = budget or Budget()
    finder = _Finder(derive(network), budget)
    found: dict[str, Suggestion] = {}
    # What one formula names is used in the next, so the work is read again with the names found so far.
    for _ in range(_MOST_PASSES):
        more = {it.name: it for it in finder.suggestions(work) if it.name not in found}
        if not more:
            break
        found |= more
        named = replace(network, names=(*network.names, *((it.name, it.id) for it in found.values())))
        work = read_text(work.text, kind_of(PurePath(work.name)), named, work.name, budget)
    return tuple(found.values())


class _Finder:
    """Holds the values of a network's quantities, to be compared with what a work says."""

    def __init__(self, derivation: Derivation, budget: Budget) -> None:
        self._derivation = derivation
        self._budget = budget
        self._trained = 0
        self._values: Mapping[str, Real] = derivation.values.at(FIRST_BITS)

    def suggestions(self, work: Work) -> Iterator[Suggestion]:
        """The names of a work that nothing reads and that can mean one quantity only."""
        possible: dict[str, set[str]] = {}
        matches: Counter[str] = Counter()
        for chain in work.chains:
            name = _unknown_name(chain)
            if name is None:
                continue
            for member in chain.members[1:]:
                ids = self._matching(member)
                if ids is not None:
                    possible[name] = possible[name] & ids if name in possible else ids
                    matches[name] += 1
        for name, ids in possible.items():
            likeliest = self._likeliest(ids, name)
            if len(likeliest) == 1:
                yield Suggestion(name=name, id=likeliest.pop(), matches=matches[name])

    def _matching(self, member: Member) -> set[str] | None:
        """The quantities with the value that a member shows; None where it shows none."""
        figure = _figure(member)
        if figure is not None:
            return self._rounding_to(*figure)
        if member.formula is None or member.trouble is not None or not _is_moderate(member):
            return None
        if not any(leaf.ids for leaf in member.leaves):
            # A line with numbers only is worked out by hand, from figures that were rounded.
            return None
        value = self._value(member)
        return None if value is None else {id_ for id_, other in self._values.items() if _is_near(value, other)}

    def _rounding_to(self, value: Fraction, figure: Figure) -> set[str]:
        self._budget.spend(len(self._values))
        around = 2 * figure.unit
        near = (
            id_ for id_, other in self._values.items() if abs(to_ball(other).mid() - to_ball(value)) <= to_ball(around)
        )
        return {id_ for id_ in near if self._rounds_to(id_, value, figure.decimals)}

    def _rounds_to(self, id_: str, value: Fraction, decimals: int) -> bool:
        if decimals < 0:
            return False
        self._budget.spend(decimals)
        try:
            return Fraction(self._derivation.values.rounded(id_, decimals)) == value
        except (SpecError, CertificationError):
            return False

    def _value(self, member: Member) -> Real | None:
        assert member.formula is not None
        self._budget.spend(len(member.leaves) + len(self._values))

        def of_leaf(number: str) -> Real | Fraction:
            leaf = member.leaves[int(number)]
            if leaf.figure is not None:
                return leaf.figure.value
            base, rounds = split_id(leaf.ids[0])
            return self._after(rounds, base) if rounds else self._values[base]

        try:
            with precision(FIRST_BITS):
                return evaluate(member.formula, of_leaf)
        except (ArithmeticError, LookupError, ValueError, SpecError, CertificationError):
            return None

    def _after(self, rounds: int, id_: str) -> Real:
        if rounds != self._trained:
            # As if each had to be trained for anew, unless it was the last one asked for.
            self._budget.spend(rounds * len(self._values))
            self._trained = rounds
        return self._derivation.after(rounds).value(id_, FIRST_BITS)

    def _likeliest(self, ids: set[str], name: str) -> set[str]:
        """The ids without second names of the same quantity; a name that is no fraction is a lone symbol first."""
        plan = self._derivation.steps
        first = {id_ for id_ in ids if plan.same_as(id_) not in ids}
        alone = {id_ for id_ in first if "/" not in id_}
        is_fraction = "/" in name or "frac" in name
        return alone if alone and not is_fraction else first


def _unknown_name(chain: Chain) -> str | None:
    first = chain.members[0]
    if first.trouble is None or first.trouble.gap is not Gap.UNKNOWN or len(first.leaves) != 1:
        return None
    name = first.text.strip()
    return name if 0 < len(name) <= _LONGEST_NAME else None


def _figure(member: Member) -> tuple[Fraction, Figure] | None:
    match member.formula:
        case Quantity(id="0"):
            figure, sign = member.leaves[0].figure, 1
        case Negative(body=Quantity(id="0")):
            figure, sign = member.leaves[0].figure, -1
        case _:
            return None
    return None if figure is None else (sign * figure.value, figure)


def _is_moderate(member: Member) -> bool:
    """Whether all powers have small whole exponents: what somebody typed may be 9**9**9."""
    assert member.formula is not None
    moderate = True

    def look(part: Formula) -> Formula | None:
        nonlocal moderate
        if isinstance(part, Power):
            figure = member.leaves[int(part.exponent.id)].figure if isinstance(part.exponent, Quantity) else None
            moderate = moderate and figure is not None and abs(figure.value) <= _LARGEST_EXPONENT
        return None

    transform(member.formula, look)
    return moderate


def _is_near(one: Real, other: Real) -> bool:
    """Whether two values agree in more digits than chance explains."""
    with precision(FIRST_BITS):
        difference = one - other
    if isinstance(difference, fmpq):
        return difference == 0
    assert isinstance(difference, arb)
    return bool(abs(difference) < to_ball(_NEAR_ENOUGH))
