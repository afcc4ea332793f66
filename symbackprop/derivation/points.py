"""The numerical route of the certificate: every line of every step at a point, against the oracle.

At the network's own numbers and at random rational ones, each line is evaluated in balls; it has to meet the value
or slope that the oracle finds there, in a ball so narrow that a different one would be told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from random import Random

from flint import arb, fmpq

from symbackprop.derivation.balls import Real, Undecided, evaluate, to_ball, to_exact
from symbackprop.derivation.code import Arithmetic
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.evaluation import evaluate_families
from symbackprop.derivation.families import Step, by, updated
from symbackprop.derivation.graph import LEARNING_RATE, TOTAL_ERROR, Kind, sample_error
from symbackprop.derivation.oracle import Oracle
from symbackprop.derivation.oracle_questions import ask
from symbackprop.derivation.oracle_updates import update
from symbackprop.derivation.patterns import fill
from symbackprop.functions import Loss
from symbackprop.network import Rule
from symbackprop.typeset.formula import Formula

_SEED = 20150317
_AGREED_BITS = 64

TOO_WIDE = "too wide a ball to tell"
"""Why two balls prove nothing, neither that they hold the same nor that they don't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A step of which a line meets something else than the oracle's value or slope."""

    id: str
    why: str


def point_of(derivation: Derivation, number: int, bits: int) -> Point:
    """The network's own numbers for point 0, random fractions after; with that many bits, which must be in force."""
    if number == 0:
        values = derivation.values.at(bits)
        return Point(derivation, {id_: values[id_] for id_ in derivation.typed}, values)
    numbers: dict[str, Real] = {id_: to_exact(it) for id_, it in random_numbers(derivation, number).items()}
    values = dict(numbers)
    evaluate_families(derivation.steps.families, values, Arithmetic.BALLS)
    return Point(derivation, numbers, values)


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

    def __init__(self, derivation: Derivation, numbers: Mapping[str, Real], values: Mapping[str, Real]) -> None:
        self._derivation = derivation
        self._plan = derivation.steps
        self._numbers = numbers
        self._values = values
        self._oracle = Oracle(derivation.network, numbers)
        self.examined: set[str] = set()

    def examine_all(self) -> Iterator[Disagreement]:
        """Every line of every step, and every definition that is differentiated."""
        return self._examine(step for step in self._plan.values() if step.pattern is not None)

    def examine_a_few(self) -> Iterator[Disagreement]:
        """The same for the first neuron of each layer, with its first and its last weight."""
        ids: dict[str, None] = {}
        for layer in self._derivation.graph.layers:
            neuron = layer[0]
            error = sample_error(self._derivation.graph.shape, neuron.instant.sample)
            delta = f"delta_{neuron.name}{neuron.instant.mark}"
            ids |= dict.fromkeys((neuron.net, neuron.out, by(error, neuron.out), by(neuron.out, neuron.net), delta))
            for weight in (neuron.weight_ids[0], neuron.weight_ids[-1]):
                ids |= dict.fromkeys((by(neuron.net, weight), by(TOTAL_ERROR, weight), updated(weight)))
        return self._examine(self._plan[id_] for id_ in ids)

    def _examine(self, steps: Iterable[Step]) -> Iterator[Disagreement]:
        for step in steps:
            self.examined.add(step.id)
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
        if differentiates is None or (id(differentiates.definition), id(step.slots)) in self._defined:
            return
        # All weights of a neuron share one definition, which needs to be looked at once.
        self._defined.add((id(differentiates.definition), id(step.slots)))
        found = to_ball(evaluate(fill(differentiates.definition, step.slots), self._values.__getitem__))
        if why := disagreement(found, self._oracle.value(step.id.partition("/")[0].removeprefix("d"))):
            yield Disagreement(id=step.id, why=f"its definition: {why}")

    @cached_property
    def _defined(self) -> set[tuple[int, int]]:
        return set()

    def examine_together(self) -> Iterator[Disagreement]:
        """All values of the forward pass; all gradients at once, along a random direction."""
        for family in self._plan.forward:
            if family.pattern is not None:
                yield from self._differing((id_, self._oracle.value(id_)) for id_ in family.ids)
        trained = self._trained
        rates = Random(_SEED).choices(range(-1000, 1001), k=len(trained))  # noqa: S311
        direction = {parameter: arb(rate) for parameter, rate in zip(trained, rates, strict=True)}
        found = arb(0)
        for parameter, rate in direction.items():
            found += rate * self._values[by(TOTAL_ERROR, parameter)]
        if why := disagreement(found, self._oracle.along(direction)):
            yield Disagreement(id=TOTAL_ERROR, why=f"along a random direction of all parameters: {why}")

    def examine_updates(self) -> Iterator[Disagreement]:
        """What the optimizer makes of each gradient; plain steps downhill all at once, each times a random number."""
        rule = self._derivation.network.training.optimizer.rule
        if rule is Rule.SGD:
            yield from self._examine_plain_updates()
            return
        settings = {id_: to_ball(self._values[id_]) for id_ in self._numbers}
        for parameter in self._trained:
            gradient = to_ball(self._values[by(TOTAL_ERROR, parameter)])
            yield from self._differing(update(rule, parameter, gradient, settings).items())

    def _examine_plain_updates(self) -> Iterator[Disagreement]:
        values, eta = self._values, self._values[LEARNING_RATE]
        rates = Random(_SEED).choices(range(-1000, 1001), k=len(self._trained))  # noqa: S311
        steps, gradients = arb(0), arb(0)
        for parameter, rate in zip(self._trained, rates, strict=True):
            steps += rate * (values[parameter] - values[updated(parameter)])
            gradients += rate * values[by(TOTAL_ERROR, parameter)]
        if why := disagreement(steps, eta * gradients):
            yield Disagreement(id=updated(self._trained[0]), why=f"all updates, each times a random number: {why}")

    @cached_property
    def _trained(self) -> tuple[str, ...]:
        updates = (family for family in self._plan.backward if family.kind is Kind.UPDATE)
        return tuple(id_.removesuffix("+") for family in updates for id_ in family.ids)

    def _differing(self, expected: Iterable[tuple[str, arb]]) -> Iterator[Disagreement]:
        values = self._values
        for id_, ball in expected:
            if why := disagreement(to_ball(values[id_]), ball):
                yield Disagreement(id=id_, why=why)

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
    return "" if is_narrow(found) and is_narrow(expected) else TOO_WIDE
