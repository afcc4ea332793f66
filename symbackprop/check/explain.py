"""The smallest set of mistakes that explains the most wrong figures: one cause, many effects.

A mistake explains a figure if making it leads to the digits shown. Each costs as many bits as it takes to tell it,
and saves those of the digits that it gives: what luck could do saves too little, and stays unexplained.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite, log2

from symbackprop.check.agreement import Shown, fewer_digits, rounded_on_the_way, shown
from symbackprop.check.calculation import Calculation
from symbackprop.check.claims import Claim
from symbackprop.check.figures import as_shown
from symbackprop.check.habit import digits_of
from symbackprop.check.look import Found, Hit, combined, hit_of, near_misses
from symbackprop.check.mistakes.registry import cost_of
from symbackprop.check.mistakes.typed import meant
from symbackprop.check.terrain import Field, Key, Path, Terrain
from symbackprop.check.truth import BITS, NO_VALUE, Truth
from symbackprop.check.verdicts import Cause, Explanation, Mistake
from symbackprop.derivation.balls import Real, precision, to_ball
from symbackprop.derivation.ids import split_id
from symbackprop.typeset.formula import Formula

LEAST_GAIN = 5.0
"""An explanation has to save so many bits more than it costs: by luck, one in 2^5 does."""

_EQUALLY_WELL = 2.5
_MOST_ALTERNATIVES = 4
_FIELDS_KEPT = 8


def explain(claims: Sequence[Claim], roots: Sequence[int], truth: Truth) -> tuple[Explanation, ...]:
    """What explains some wrong figures, given by their numbers among the claims. What nothing explains is left out."""
    return Explainer(truth).explain(claims, roots)


class Explainer:
    """Explains the figures of any number of works on one network; what it learns of the network it keeps."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.terrain = Terrain(truth.plan)
        self._fields: dict[int, Field] = {}
        self._reaches: dict[tuple[str, int, int, int], float] = {}

    def explain(self, claims: Sequence[Claim], roots: Sequence[int]) -> tuple[Explanation, ...]:
        """What explains the wrong figures, the cause of most of them first."""
        if not roots:
            return ()
        work = _Work(self, claims)
        hits: dict[int, list[Hit]] = {}
        for root in roots:
            mine = list(work.hits(root))
            if mine:
                hits[root] = mine
        return tuple(self._covered(claims, hits))

    def field(self, rounds: int) -> Field:
        """The values of a round."""
        if rounds not in self._fields:
            while len(self._fields) >= _FIELDS_KEPT:
                self._fields.pop(next(iter(self._fields)))
            given = {id_: float(value) for id_, value in self._given(rounds).items()}
            self._fields[rounds] = Field(self.terrain, given)
        return self._fields[rounds]

    def _given(self, rounds: int) -> Mapping[str, Real]:
        return self.truth.round(rounds).given

    def place(self, quantity: str) -> tuple[str, int] | None:
        """Where a quantity is calculated: its id and the round; a weight after a round is that round's update."""
        base, rounds = split_id(quantity)
        plan = self.truth.plan
        if rounds and f"{base}+" in plan:
            base, rounds = f"{base}+", rounds - 1
        if base not in plan:
            return None
        same = plan.same_as(base)
        if same is not None and self.terrain.stage(same) is not None and base.startswith("dE"):
            base = same
        return base, rounds

    def reach(self, path: Path, rounds: int, claim: Claim, claimed: Mapping[str, Real]) -> float:
        """How far rounding on the way can move a quantity, with the digits that a figure shows."""
        digits = digits_of(claim.figure)
        key = (path.id, rounds, digits.decimals, digits.significant)
        if not claimed and key in self._reaches:
            return self._reaches[key]
        with precision(BITS):
            try:
                ball = to_ball(self.calculation({}, rounds, claim, claimed).value_by_own_formula(path.id))
                reach = float(ball.rad())
            except NO_VALUE:
                reach = 0.0
        if not isfinite(reach):
            reach = 0.0
        if not claimed:
            if len(self._reaches) > _REACHES_KEPT:
                self._reaches.clear()
            self._reaches[key] = reach
        return reach

    def calculation(
        self, formulas: Mapping[str, Formula], rounds: int, claim: Claim, claimed: Mapping[str, Real]
    ) -> Calculation:
        """A round with other formulas, rounded on the way to the digits that a figure shows."""
        return Calculation(
            self.truth.plan, self._given(rounds), changes=formulas, claimed=claimed, digits=digits_of(claim.figure)
        )

    def _covered(self, claims: Sequence[Claim], hits: dict[int, list[Hit]]) -> Iterator[Explanation]:
        open_ = dict(hits)
        while open_:
            found = sorted(combined(open_), key=lambda it: -it.gain)
            if not found or found[0].gain < LEAST_GAIN:
                return
            best = found[0]
            others = (
                it.cause
                for it in found[1:]
                if it.covers == best.covers and it.gain >= best.gain - _EQUALLY_WELL and it.gain >= LEAST_GAIN
            )
            alternatives = tuple(dict.fromkeys(it for it in others if it != best.cause))[:_MOST_ALTERNATIVES]
            links = tuple(claims[number].link for number in sorted(best.covers))
            yield Explanation(cause=best.cause, links=links, alternatives=alternatives)
            for number in best.covers:
                del open_[number]


_REACHES_KEPT = 4096


class _Work:
    """The claims of one work, by quantity and round."""

    def __init__(self, explainer: Explainer, claims: Sequence[Claim]) -> None:
        self._explainer = explainer
        self._claims = claims
        self._at: dict[int, dict[str, Claim]] = {}
        self._places: dict[int, tuple[str, int]] = {}
        for number, claim in enumerate(claims):
            place = explainer.place(claim.quantity)
            if place is not None:
                self._places[number] = place
                mine = self._at.setdefault(place[1], {})
                known = mine.get(place[0])
                # Of several figures for one quantity the one with most digits counts.
                if known is None or known.figure.significant < claim.figure.significant:
                    mine[place[0]] = claim
        self._contradicted: dict[tuple[Key, int], bool] = {}

    def hits(self, root: int) -> Iterator[Hit]:
        """Everything that leads to a wrong figure."""
        claim = self._claims[root]
        place = self._places.get(root)
        if place is None:
            return
        id_, rounds = place
        try:
            field = self._explainer.field(rounds)
        except NO_VALUE:
            return
        if self._explainer.terrain.stage(id_) is None:
            return
        path = field.path(id_)
        figure = shown(claim.value, claim.figure)
        bases = [path.value]
        mine: dict[Key, Hit] = {}
        behind = self._behind(path, rounds, id_)
        if any(not it.right for it in behind.values()):
            own = {
                name: float(it.value) if not it.right else field.values((name,))[name] for name, it in behind.items()
            }
            on = Path(field, id_, own)
            bases.insert(0, on.value)
            balls: dict[str, Real] = {name: as_shown(it.value, it.figure) for name, it in behind.items()}
            for hit in self._on_path(on, rounds, claim, figure, balls):
                mine[hit.key] = hit
        for hit in self._on_path(path, rounds, claim, figure, {}):
            if not self._is_contradicted(hit.key, rounds) and hit.key not in mine:
                mine[hit.key] = hit
        for hit in mine.values():
            if not hit.key.everywhere or not self._is_contradicted(hit.key, rounds):
                yield hit
        yield from self._typed(claim, figure, bases)

    def _behind(self, path: Path, rounds: int, id_: str) -> dict[str, Claim]:
        claimed = self._at.get(rounds, {})
        return {name: claim for name, claim in claimed.items() if name != id_ and name in path.values}

    def _on_path(
        self, path: Path, rounds: int, claim: Claim, figure: Shown, claimed: Mapping[str, Real]
    ) -> Iterator[Hit]:
        bits = figure.bits(path.value)
        if bits < LEAST_GAIN:
            return
        reach = self._explainer.reach(path, rounds, claim, claimed)
        width = figure.width(reach)
        wide = 4 * reach + 2 * figure.unit
        for value, key in near_misses(path, figure, wide):
            change = path.changes[key]
            slack = figure.slack(value)
            if slack is not None:
                yield hit_of(path, change, bits - slack, rounded=False)
            elif width < bits:
                slack = self._slack_of_rounded(change.formulas, path, rounds, claim, claimed, figure)
                if slack is not None and slack < bits:
                    yield hit_of(path, change, bits - slack, rounded=True)

    def _slack_of_rounded(
        self,
        formulas: Mapping[str, Formula],
        path: Path,
        rounds: int,
        claim: Claim,
        claimed: Mapping[str, Real],
        figure: Shown,
    ) -> float | None:
        with precision(BITS):
            try:
                ball = self._explainer.calculation(formulas, rounds, claim, claimed).value_by_own_formula(path.id)
                return figure.slack_around(ball)
            except NO_VALUE:
                return None

    def _is_contradicted(self, key: Key, rounds: int) -> bool:
        """Whether a mistake would have made wrong what is right, or what only follows from an earlier figure."""
        known = self._contradicted.get((key, rounds))
        if known is None:
            known = self._contradicted[(key, rounds)] = any(self._contradictions(key, rounds))
        return known

    def _contradictions(self, key: Key, rounds: int) -> Iterator[bool]:
        field = self._explainer.field(rounds)
        for name, claim in self._at.get(rounds, {}).items():
            if not claim.right or self._explainer.terrain.stage(name) is None:
                continue
            path = field.path(name)
            if key in path.changes:
                result = path.result(key)
                yield abs(result - path.value) > 2 * float(claim.figure.unit) and not _is_near(result, claim)

    def _typed(self, claim: Claim, figure: Shown, bases: Sequence[float]) -> Iterator[Hit]:
        bits = figure.all_bits
        for base in bases:
            if not isfinite(base) or (base < 0) != (claim.value < 0):
                continue
            for it in meant(claim.figure):
                unit = 10.0**-it.decimals
                if abs(float(it.value) - abs(base)) <= unit / 2 * (1 + 1e-9):
                    typed = f"{float(it.value):.{max(0, it.decimals)}f}"
                    yield Hit(
                        key=Key(it.mistake, False, f"{claim.quantity} {it.value}"),  # noqa: FBT003 - a field of Key
                        saved=bits,
                        cost=cost_of(it.mistake),
                        place=log2(it.ways) if it.ways > 1 else 0.0,
                        sites=(claim.quantity,),
                        wrong=typed,
                        instead=claim.figure.typed,
                    )


def _is_near(value: float, claim: Claim) -> bool:
    return abs(value - float(claim.value)) <= 2 * float(claim.figure.unit)


_ = (Found, replace, fewer_digits, rounded_on_the_way, Cause, Mistake)
