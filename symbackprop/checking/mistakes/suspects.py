"""The mistakes that lead to each wrong figure of one work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite

from symbackprop.checking.budget import Budget
from symbackprop.checking.calculation import Digits
from symbackprop.checking.claims import Claim
from symbackprop.checking.estimates import bits_of_choice, estimate, power_of_ten
from symbackprop.checking.figures import as_shown
from symbackprop.checking.habit import digits_of
from symbackprop.checking.mistakes.agreement import Shown, shown
from symbackprop.checking.mistakes.early import rounded_early
from symbackprop.checking.mistakes.look import Hit, hit_of, near_misses
from symbackprop.checking.mistakes.paths import Path, Way
from symbackprop.checking.mistakes.registry import cost_of
from symbackprop.checking.mistakes.scene import Scene
from symbackprop.checking.mistakes.terrain import Key
from symbackprop.checking.mistakes.typed import meant
from symbackprop.checking.own import MOST_ROUNDS_BY_HAND
from symbackprop.checking.truth import NO_VALUE
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.balls import Real

LEAST_GAIN = 4.5
"""An explanation has to save so many bits more than it costs: by luck, one in twenty does."""


class Suspects:
    """The claims of one work by quantity and round, and what is known against each mistake.

    Each question has its price, the same whether its answer is kept from another work or not.
    """

    def __init__(self, scene: Scene, claims: Sequence[Claim], budget: Budget) -> None:
        self.scene = scene
        self._budget = budget
        self.claims = claims
        self._at: dict[int, dict[str, Claim]] = {}
        self._places: dict[int, tuple[str, int]] = {}
        for number, claim in enumerate(claims):
            place = scene.place(claim.quantity)
            if place is not None:
                self._places[number] = place
                mine = self._at.setdefault(place[1], {})
                known = mine.get(place[0])
                # Of several figures for one quantity, the one with the most digits counts.
                if known is None or known.figure.significant < claim.figure.significant:
                    mine[place[0]] = claim
        self._contradicted: dict[tuple[Key, int], bool] = {}
        self._contradicted_later: dict[Key, bool] = {}

    def spend(self, tried: int = 1) -> None:
        """Takes the price of trying so many formulas or figures in floating point. Raises OutOfBudget."""
        self._budget.spend(_STEPS_A_TRIAL * tried)

    def place(self, root: int) -> tuple[str, int] | None:
        """The quantity of a wrong figure, and its round."""
        return self._places.get(root)

    def ways(self, root: int) -> tuple[Way, ...]:
        """The ways to a wrong figure: on from the claimant's own figures where some of these are wrong, and afresh."""
        place = self._places.get(root)
        if place is None:
            return ()
        id_, rounds = place
        try:
            field = self.scene.field(rounds)
        except NO_VALUE:
            return ()
        afresh = Way(path=field.path(id_), claimed={})
        self.spend(len(afresh.path.order))
        behind = self._behind(afresh.path, rounds)
        beside = self._beside(afresh.path, rounds)
        if all(claim.right for claim in behind.values()) and not beside:
            return (afresh,)
        known = field.values(afresh.path.order)
        own = {name: known[name] if it.right else estimate(it.value) for name, it in behind.items()}
        balls: dict[str, Real] = {name: as_shown(it.value, it.figure) for name, it in behind.items()}
        return Way(path=Path(field, id_, own, beside=beside), claimed=balls), afresh

    def _beside(self, path: Path, rounds: int) -> dict[str, float]:
        """Wrong figures that a mistake would have taken in: another neuron's for its own."""
        wrong = {name: it for name, it in self._at.get(rounds, {}).items() if not it.right and name != path.id}
        return {name: estimate(it.value) for name, it in wrong.items() if name in path.beside} if wrong else {}

    def _behind(self, path: Path, rounds: int) -> dict[str, Claim]:
        """The claims that a quantity is calculated from."""
        behind = {name: it for name, it in self._at.get(rounds, {}).items() if name != path.id and name in path.values}
        if rounds:
            # What a weight became in the round before is what this round starts with.
            for name, claim in self._at.get(rounds - 1, {}).items():
                given = name.removesuffix("+")
                if name.endswith("+") and not claim.right and given in path.values:
                    behind[given] = claim
        return behind

    def hits(self, root: int) -> Iterator[Hit]:
        """Everything that leads to a wrong figure."""
        ways = self.ways(root)
        if not ways:
            return
        claim = self.claims[root]
        figure = shown(claim.value, claim.figure)
        _, rounds = self._places[root]
        seen: set[Key] = set()
        for way in ways:
            for hit in self._on_the_way(way, rounds, claim, figure):
                checked = hit.key.everywhere or not way.claimed
                if hit.key not in seen and not (checked and self.is_contradicted(hit.key, rounds)):
                    seen.add(hit.key)
                    yield hit
        if rounds <= MOST_ROUNDS_BY_HAND:
            yield from self._early(claim, figure, ways)
        yield from self._typed(claim, figure, [way.path.value for way in ways])
        yield from self._of_other_rounds(root, figure, ways[-1].path.value)

    def _on_the_way(self, way: Way, rounds: int, claim: Claim, figure: Shown) -> Iterator[Hit]:
        path = way.path
        bits = figure.bits(path.value)
        reach = self.scene.reach(path, rounds, claim, way.claimed)
        width = figure.width(reach)
        digits = digits_of(claim.figure)
        self.spend(len(path.changes))
        for value, key in near_misses(path, figure, 4 * reach + 2 * figure.unit):
            self.spend()
            change = path.changes[key]
            slack = figure.slack(value)
            rounded = slack is None
            if slack is None and width < bits:
                slack = self._slack_of_rounded(way, rounds, key, digits, figure)
            if slack is not None and slack < bits:
                yield hit_of(path, change, bits - slack, rounded=rounded)

    def agrees(self, root: int, hit: Hit) -> bool:
        """Whether a figure, of too few digits to tell, is at least what a mistake and rounding on the way can give."""
        place, claim = self._places.get(root), self.claims[root]
        if place is None:
            return False
        figure, rounds = shown(claim.value, claim.figure), place[1]
        return any(
            hit.key in way.path.changes
            and self._slack_of_rounded(way, rounds, hit.key, digits_of(claim.figure), figure) is not None
            for way in self.ways(root)
        )

    def _slack_of_rounded(self, way: Way, rounds: int, key: Key, digits: Digits, figure: Shown) -> float | None:
        self.spend(len(way.path.order))
        formulas = way.path.changes[key].formulas
        ball = self.scene.rounded(formulas, way.path.id, rounds, way.claimed, digits)
        return None if ball is None else figure.slack_around(ball)

    def is_contradicted(self, key: Key, rounds: int) -> bool:
        """Whether a mistake would have made something wrong that is right."""
        known = self._contradicted.get((key, rounds))
        if known is None:
            known = self._contradicted[(key, rounds)] = any(self._contradictions(key, rounds))
        return known

    def _contradictions(self, key: Key, rounds: int) -> Iterator[bool]:
        field = self.scene.field(rounds)
        for name, claim in self._asked(rounds):
            self.spend()
            path = field.path(name)
            if claim.right:
                if key in path.changes:
                    result = path.result(key)
                    yield abs(result - path.value) > 2 * estimate(claim.figure.unit) and not _is_near(result, claim)
            elif key.everywhere and (change := path.changes.get(key)) and name in change.formulas:
                yield not self._is_made_at(name, claim, key, rounds)

    def _asked(self, rounds: int) -> Iterable[tuple[str, Claim]]:
        """The claims of a round that are asked about mistakes: of many in a large network only some, evenly spread."""
        mine = tuple(self._at.get(rounds, {}).items())
        most = max(_FEWEST_ASKED, _MOST_ASKED // len(self.scene.truth.plan))
        return mine[:: -(-len(mine) // most)] if mine else ()

    def _is_made_at(self, name: str, claim: Claim, key: Key, rounds: int) -> bool:
        """Whether a wrong figure shows a mistake in its own formula, or can't tell."""
        field = self.scene.field(rounds)
        behind = self._behind(field.path(name), rounds)
        known = field.values(field.path(name).order)
        own = {part: known[part] if it.right else estimate(it.value) for part, it in behind.items()}
        path = Path(field, name, own)
        without = path.value
        result = path.result(key)
        nearer = abs(result - estimate(claim.value)) <= abs(without - estimate(claim.value))
        return nearer or not _is_near(without, claim)

    def _typed(self, claim: Claim, figure: Shown, bases: Sequence[float]) -> Iterator[Hit]:
        """Slips of the hand that typed what is right, or what is right from earlier figures."""
        wanted = [abs(base) for base in bases if isfinite(base) and (base < 0) == (claim.value < 0)]
        for it in meant(claim.figure) if wanted else ():
            self.spend()
            value, unit = estimate(it.value), power_of_ten(-it.decimals)
            if not any(abs(value - base) <= unit * _HALF for base in wanted) or it.value == claim.figure.value:
                continue
            yield Hit(
                key=Key(it.mistake, False, f"{claim.quantity} {it.value}"),  # noqa: FBT003 - a field of Key
                saved=max(figure.bits(base) for base in bases) + _SHARED_DIGITS,
                cost=cost_of(it.mistake),
                place=bits_of_choice(it.ways),
                sites=(claim.quantity,),
                right=f"{value:.{max(0, it.decimals)}f}",
                taken=claim.figure.typed,
            )

    def _early(self, claim: Claim, figure: Shown, ways: Sequence[Way]) -> Iterator[Hit]:
        """Results rounded on the way to fewer digits than are shown."""
        for way in ways:
            bits = figure.bits(way.path.value)
            if bits <= _LEAST_OF_EARLY:
                continue
            results = tuple(rounded_early(way.path, claim))
            if any(figure.slack(value) is not None for value in results):
                yield Hit(
                    key=Key(Mistake.ROUNDED_EARLY, False, claim.quantity),  # noqa: FBT003 - a field of Key
                    saved=bits,
                    cost=cost_of(Mistake.ROUNDED_EARLY),
                    place=bits_of_choice(len(results)),
                    sites=(claim.quantity,),
                )
                return

    def _of_other_rounds(self, root: int, figure: Shown, base: float) -> Iterator[Hit]:
        """The same quantity a round earlier or later, or after rounds with a mistake in each."""
        id_, rounds = self._places[root]
        bits = figure.bits(base)
        if bits < LEAST_GAIN:
            return
        at = (self.claims[root].quantity,)
        for other, mistake in ((rounds - 1, Mistake.ROUND_LESS), (rounds + 1, Mistake.ROUND_MORE)):
            if not rounds and not id_.endswith("+"):
                continue  # the first figures of a walkthrough come from no other round
            found = self.scene.value(id_, other)
            if found is not None and figure.slack(found) is not None:
                key = Key(mistake, True, "")  # noqa: FBT003
                yield Hit(key=key, saved=bits, cost=cost_of(mistake), place=1.0, sites=at)
                if rounds > MOST_ROUNDS_BY_HAND:
                    return  # a long training that nothing more is to be asked of
        if not rounds:
            return
        hit = False
        for value, key in self.scene.trained.results(id_, rounds):
            self.spend()
            slack = figure.slack(value)
            if slack is not None and not self._is_contradicted_later(key):
                hit = True
                yield Hit(key=key, saved=bits - slack, cost=cost_of(key.mistake), place=2.0, sites=at)
        for value, mistake in () if hit else self.scene.variants.results(id_, rounds):
            slack = figure.slack(value)
            if slack is not None:
                key = Key(mistake, True, "")  # noqa: FBT003
                yield Hit(key=key, saved=bits - slack, cost=cost_of(mistake), place=2.0, sites=at)
                return

    def _is_contradicted_later(self, key: Key) -> bool:
        """Whether a mistake in each round would have made something wrong after some rounds that is right."""
        known = self._contradicted_later.get(key)
        if known is None:
            known = self._contradicted_later[key] = any(
                not _is_near(value, claim)
                for rounds, mine in self._at.items()
                for name, claim in mine.items()
                if rounds and claim.right
                for value, other in self.scene.trained.results(name, rounds)
                if other == key
            )
        return known


_STEPS_A_TRIAL = 5

_FEWEST_ASKED = 20
_MOST_ASKED = 100_000
"""So many claims, times the quantities of the network, are held against each mistake."""

_LEAST_OF_EARLY = 8.0

_SHARED_DIGITS = 3.0
"""That all other digits are right speaks for a slip of the hand, in bits."""

_HALF = 0.5 + 1e-9


def _is_near(value: float, claim: Claim) -> bool:
    return abs(value - estimate(claim.value)) <= 2 * estimate(claim.figure.unit)
