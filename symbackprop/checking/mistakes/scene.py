"""What all works on one network share when their wrong figures are explained, made once and kept within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from symbackprop.checking.calculation import Calculation, Digits
from symbackprop.checking.claims import Claim
from symbackprop.checking.estimates import estimate, margin
from symbackprop.checking.habit import digits_of
from symbackprop.checking.mistakes.paths import Field, Path
from symbackprop.checking.mistakes.terrain import Terrain
from symbackprop.checking.mistakes.training import Trained, Variants
from symbackprop.checking.truth import BITS, NO_VALUE, Truth
from symbackprop.derivation.balls import Real, precision
from symbackprop.derivation.ids import split_id
from symbackprop.typeset.formula import Formula

_FIELDS_KEPT = 8
_REACHES_KEPT = 4096


class Scene:
    """A truth with the mistakes on the way to each of its quantities."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.terrain = Terrain(truth.plan)
        self.trained = Trained(truth, self.terrain)
        self.variants = Variants(truth)
        self._fields: dict[int, Field] = {}
        self._reaches: dict[tuple[str, int, int, int], float] = {}

    def place(self, quantity: str) -> tuple[str, int] | None:
        """Where a quantity is calculated: its id and the round; a weight after a round is that round's update.

        None for one that has no step of its own.
        """
        base, rounds = split_id(quantity)
        plan = self.truth.plan
        if rounds and f"{base}+" in plan:
            base, rounds = f"{base}+", rounds - 1
        if base not in plan:
            return None
        same = plan.same_as(base)
        if same is not None and base.startswith("dE") and self.terrain.stage(same) is not None:
            base = same
        return (base, rounds) if self.terrain.stage(base) is not None else None

    def field(self, rounds: int) -> Field:
        """The values of a round. Raises one of `NO_VALUE` where it has none."""
        if rounds not in self._fields:
            given = {id_: estimate(value) for id_, value in self.truth.round(rounds).given.items()}
            while len(self._fields) >= _FIELDS_KEPT:
                self._fields.pop(next(iter(self._fields)))
            self._fields[rounds] = Field(self.terrain, given)
        return self._fields[rounds]

    def value(self, id_: str, rounds: int) -> float | None:
        """The true value after some rounds; None where there is none."""
        if rounds < 0:
            return None
        try:
            value = self.field(rounds).path(id_).value
        except NO_VALUE:
            return None
        return value if isfinite(value) else None

    def reach(self, path: Path, rounds: int, claim: Claim, claimed: Mapping[str, Real]) -> float:
        """How far rounding on the way, to the digits that a figure shows, can move a quantity."""
        digits = digits_of(claim.figure)
        key = (path.id, rounds, digits.decimals, digits.significant)
        if not claimed and key in self._reaches:
            return self._reaches[key]
        ball = self.rounded({}, path.id, rounds, claimed, digits)
        reach = margin(ball) if ball is not None else 0.0
        reach = reach if isfinite(reach) else 0.0
        if not claimed:
            if len(self._reaches) >= _REACHES_KEPT:
                self._reaches.clear()
            self._reaches[key] = reach
        return reach

    def rounded(
        self,
        formulas: Mapping[str, Formula],
        id_: str,
        rounds: int,
        claimed: Mapping[str, Real],
        digits: Digits,
    ) -> Real | None:
        """All that a quantity can be by other formulas if what leads to it is rounded; None where it has no value."""
        given = self.truth.round(rounds).given
        with precision(BITS):
            try:
                calculation = Calculation(self.truth.plan, given, changes=formulas, claimed=claimed, digits=digits)
                return calculation.again(calculation.formula(id_))
            except NO_VALUE:
                return None
