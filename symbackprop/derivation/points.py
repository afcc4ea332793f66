"""The numerical route of the certificate: every line of every step at a point, against the oracle.

At the network's own numbers and at random rational ones, each line is evaluated in balls; it has to meet the value
or slope that the oracle finds there, in a ball so narrow that a different one would be told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from random import Random

from flint import arb, fmpq

from symbackprop.derivation.balls import Real, Undecided, evaluate, precision, to_ball, to_exact
from symbackprop.derivation.code import Arithmetic
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.evaluation import evaluate_families
from symbackprop.derivation.families import Step, updated
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.oracle import Oracle
from symbackprop.derivation.oracle_questions import ask
from symbackprop.derivation.patterns import fill
from symbackprop.errors import SpecError
from symbackprop.functions import Loss
from symbackprop.records import record
from symbackprop.typeset.formula import Formula

_SEED = 20150317
_AGREED_BITS = 64

TOO_WIDE = "too wide a ball to tell"
"""Why two balls prove nothing, neither that they hold the same nor that they don't."""


@record(kw_only=True)
class Disagreement:
    """A step of which a line meets something else than the oracle's value or slope."""

    id: str
    why: str


@record(kw_only=True)
class Numbers:
    """The numbers of a point, our values there, and the precision at which all of them are narrow balls."""

    given: Mapping[str, Real]
    values: Mapping[str, Real]
    bits: int


def own_numbers(derivation: Derivation, bits: int) -> Numbers:
    """The network's own numbers."""
    values = derivation.values.at(bits)
    return Numbers(given={id_: values[id_] for id_ in derivation.typed}, values=values, bits=bits)


_ATTEMPTS = 6


def other_numbers(derivation: Derivation, number: int, bits: int) -> Numbers | None:
    """Arbitrary numbers at which every quantity has a value; None where none were found.

    Random ones first. Where a logarithm or a deep network has no use for these, some near the network's own, nearer
    with each attempt.
    """
    for attempt in range(_ATTEMPTS):
        chosen = random_numbers(derivation, number) if attempt == 0 else _near(derivation, number, attempt)
        given: dict[str, Real] = {id_: to_exact(it) for id_, it in chosen.items()}
        for precise in (bits, 4 * bits):
            values = dict(given)
            with precision(precise), suppress(SpecError, Undecided):
                evaluate_families(derivation.steps.families, values, Arithmetic.BALLS)
                if all(map(is_narrow, values.values())):
                    return Numbers(given=given, values=values, bits=precise)
    return None


def _near(derivation: Derivation, number: int, attempt: int) -> dict[str, Fraction]:
    """The network's own numbers, each moved a little; what has to stay as it is (targets, zeros) is left alone."""
    random = Random(_SEED * number + attempt)  # noqa: S311 - the same points in every run
    moved = {}
    for id_, own in derivation.given.items():
        fixed = derivation.steps.kind(id_) is Kind.TARGET
        moved[id_] = own if fixed else own * (1 + Fraction(random.randint(-1000, 1000), 4000 * 4**attempt))
    return moved


def random_numbers(derivation: Derivation, number: int) -> dict[str, Fraction]:
    """Random fractions, the same in every run: parameters of both signs, all others between 0 and 1 (or 2)."""
    random = Random(_SEED + number)  # noqa: S311 - the same points in every run
    shape, plan = derivation.graph.shape, derivation.steps
    numbers: dict[str, Fraction] = {}
    for family in plan.forward:
        if family.pattern is not None:
            continue
        signed = family.kind in (Kind.WEIGHT, Kind.BIAS) or (
            family.kind is Kind.STATE and not family.ids[0].startswith(("v_", "beta"))
        )
        below_one = family.kind in (Kind.SETTING, Kind.TARGET) or family.ids[0].startswith("beta")
        most = 999 if below_one else 1999
        scale = _scale(derivation, family.kind)
        least, denominator = (1 - 1000 if signed else 1), 1000 * scale
        chosen = random.choices(range(least, least + most), k=len(family.ids))
        numbers.update((id_, Fraction(it, denominator)) for id_, it in zip(family.ids, chosen, strict=True))
    if shape.loss is Loss.CROSS_ENTROPY:
        _make_probabilities(derivation, numbers)
    return numbers


def _scale(derivation: Derivation, kind: Kind) -> int:
    """Weights into wide layers are smaller, so that no net input leaves the range in which functions differ."""
    widest = max(derivation.graph.shape.fan_ins)
    return max(1, widest // 20) if kind is Kind.WEIGHT else 1


def _make_probabilities(derivation: Derivation, numbers: dict[str, Fraction]) -> None:
    width = derivation.graph.shape.outputs
    targets = [id_ for id_ in numbers if derivation.steps.kind(id_) is Kind.TARGET]
    for start in range(0, len(targets), width):
        together = targets[start : start + width]
        total = sum(numbers[id_] for id_ in together)
        numbers.update({id_: numbers[id_] / total for id_ in together})


class Point:
    """Our values at a point, and the oracle's. To be built, and asked, at the precision that counts."""

    def __init__(self, derivation: Derivation, numbers: Numbers) -> None:
        self._derivation = derivation
        self._plan = derivation.steps
        self._numbers = numbers.given
        self._values = numbers.values
        self._oracle = Oracle(derivation.network, numbers.given)
        self._defined: dict[tuple[str, int], Formula] = {}

    def examine_all(self) -> Iterator[Disagreement]:
        """Every line of every step, and every definition that is differentiated."""
        return self._examine(step for step in self._plan.values() if step.pattern is not None)

    def _examine(self, steps: Iterable[Step]) -> Iterator[Disagreement]:
        for step in steps:
            expected = self._ask(step.id)
            if why := disagreement(to_ball(self._values[step.id]), expected):
                yield Disagreement(id=step.id, why=why)
                continue
            for formula in self._formulas(step):
                found = to_ball(evaluate(formula, self._values.__getitem__))
                if why := disagreement(found, expected):
                    yield Disagreement(id=step.id, why=why)
            yield from self._examine_definition(step)

    def _formulas(self, step: Step) -> Iterator[Formula]:
        """Every line of a step; the general forms with a sum sign that pages add are not among them."""
        assert step.pattern is not None
        pattern = self._derivation.patterns(step.pattern)
        yield from (fill(line.formula, step.slots) for line in pattern.working)
        yield fill(pattern.result, step.slots)
        yield from (fill(line.formula, step.slots) for line in pattern.shortcut)
        yield from self._derivation.forms(step.id).values()

    def _examine_definition(self, step: Step) -> Iterator[Disagreement]:
        assert step.pattern is not None
        differentiates = self._derivation.patterns(step.pattern).differentiates
        of = step.id.partition("/")[0].removeprefix("d")
        if differentiates is None or (of, id(differentiates.definition)) in self._defined:
            return
        # Derivatives of a quantity share its definition, which needs to be looked at once. It is kept, so that no other
        # one can get its identity.
        self._defined[of, id(differentiates.definition)] = differentiates.definition
        found = to_ball(evaluate(fill(differentiates.definition, step.slots), self._values.__getitem__))
        if why := disagreement(found, self._oracle.value(of)):
            yield Disagreement(id=step.id, why=f"its definition: {why}")

    def examine_training(self) -> Iterator[Disagreement]:
        """One round of the compiled training: each number after it, and what is measured before it."""
        trainer = self._derivation.trainer
        state = tuple(trainer.number(self._values[id_]) for id_ in trainer.parameters)
        fixed = tuple(trainer.number(self._values[id_]) for id_ in trainer.fixed_ids)
        try:
            after = trainer.advance(state, fixed, 1, Arithmetic.BALLS)
            before = trainer.measure(state, fixed, Arithmetic.BALLS)
        except Undecided:
            trainer.tell(state, fixed, f"{self._derivation.network.origin}: ")
            raise
        found = dict(zip(map(updated, trainer.parameters), after, strict=True))
        found |= dict(zip(trainer.measured, before, strict=True))
        for id_, value in found.items():
            if why := disagreement(to_ball(value), self._ask(id_)):
                yield Disagreement(id=id_, why=why)

    def _ask(self, id_: str) -> arb:
        return ask(self._oracle, self._derivation.network, id_)


def is_narrow(value: Real) -> bool:
    """Whether a ball is so narrow that it proves something."""
    return isinstance(value, fmpq) or value.rel_accuracy_bits() >= _AGREED_BITS or bool(value.rad() < arb(2) ** -96)


def disagreement(found: arb, expected: arb) -> str:
    """Why two balls don't prove that they hold the same value; empty if they do."""
    if not expected.overlaps(found):
        return f"{found.str(20)} instead of {expected.str(20)}"
    if found.rel_accuracy_bits() >= _AGREED_BITS <= expected.rel_accuracy_bits():
        return ""
    return "" if is_narrow(found) and is_narrow(expected) else TOO_WIDE
