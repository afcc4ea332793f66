"""The numerical route of the certificate for large networks, at their own numbers, in time linear in the edges.

Every value of the forward pass meets the oracle's. Every derivative that belongs to a neuron meets the slope that the
oracle finds when that neuron moves. All gradients at once meet the slope along a random direction, and all updates
what the optimizer's rule makes of the gradients. Every form of every step that is told has the value of the step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from flint import arb

from symbackprop.derivation.balls import Real, evaluate, to_ball
from symbackprop.derivation.code import Arithmetic, Code, compiled
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.evaluation import run_for_each
from symbackprop.derivation.families import Family, by, updated
from symbackprop.derivation.graph import LEARNING_RATE, TOTAL_ERROR, Kind
from symbackprop.derivation.keys import SumByInput, SumByWeight, WeightedSum
from symbackprop.derivation.oracle import Oracle
from symbackprop.derivation.oracle_questions import ask
from symbackprop.derivation.oracle_updates import update
from symbackprop.derivation.pattern import Pattern
from symbackprop.derivation.points import Disagreement, disagreement
from symbackprop.network import Rule
from symbackprop.typeset.formula import Formula, Quantity

_SEED = 20150317
_MOST_OPERATIONS = 5_000_000
"""What asking the oracle about single neurons may cost; of larger networks, some neurons stand for all."""

_OF_WEIGHTS = frozenset({Kind.GRADIENT, Kind.UPDATE, Kind.STATE})


@dataclass(slots=True, kw_only=True)
class LargePoint:
    """Our values at the network's own numbers, and the oracle's. `examined` are the ids that were asked for singly."""

    derivation: Derivation
    values: Mapping[str, Real]
    oracle: Oracle
    examined: set[str] = field(default_factory=set)
    told: dict[tuple[type, WeightedSum], set[int]] = field(default_factory=dict)
    codes: dict[Formula, Code] = field(default_factory=dict)

    def examine(self) -> Iterator[Disagreement]:
        """Everything that the module's own words name."""
        yield from self._forward()
        yield from self._neurons()
        for family in self.derivation.steps.families:
            if family.pattern is not None:
                yield from self._forms(family)
        gradients = {parameter: self.values[by(TOTAL_ERROR, parameter)] for parameter in self._trained()}
        yield from self._gradients(gradients)
        yield from self._updates(gradients)
        if self.derivation.network.training.rounds > 1:
            yield from self._training()

    def _forward(self) -> Iterator[Disagreement]:
        for family in self.derivation.steps.forward:
            if family.pattern is not None:
                self.examined.update(family.ids)
                yield from self._differing((id_, self.oracle.value(id_)) for id_ in family.ids)

    def _neurons(self) -> Iterator[Disagreement]:
        """Every derivative but a weight's, those by the same variable together: the oracle runs once for each."""
        by_variable: dict[str, list[str]] = {}
        for family in self.derivation.steps.backward:
            if family.kind in _OF_WEIGHTS or isinstance(family.pattern, SumByWeight):
                continue
            for id_ in family.ids:
                variable = id_.partition("/d")[2] or id_.replace("delta_", "net_")
                by_variable.setdefault(variable, []).append(id_)
        operations = len(by_variable) * self.derivation.graph.shape.weights
        every = max(1, -(-operations // _MOST_OPERATIONS))
        for number, ids in enumerate(by_variable.values()):
            if number % every == 0:
                self.examined.update(ids)
                yield from self._differing((id_, ask(self.oracle, self.derivation.network, id_)) for id_ in ids)

    def _forms(self, family: Family) -> Iterator[Disagreement]:
        """Every line of each member's step has the member's value."""
        assert family.pattern is not None
        if isinstance(family.pattern, SumByWeight | SumByInput):
            yield from self._of_sum(family, family.pattern)
            return
        pattern = self.derivation.patterns(family.pattern)
        # By which formula the values were calculated, they needn't be calculated again.
        calculated = self.derivation.evaluated(family.pattern).in_balls
        lines = tuple(line for line in _lines(pattern) if line != calculated)
        if len(family.ids) == 1:
            yield from self._member(family.ids[0], lines, family.step(0).slots)
            return
        for line in lines:
            code = self._code(line)
            found = run_for_each(family, code, self.values)
            yield from self._differing(zip(family.ids, map(to_ball, found), strict=False))

    def _code(self, line: Formula) -> Code:
        """The rows of a layer follow the same few formulas: each is compiled once."""
        if line not in self.codes:
            self.codes[line] = compiled(line, Arithmetic.BALLS)
        return self.codes[line]

    def _of_sum(self, family: Family, first: SumByWeight | SumByInput) -> Iterator[Disagreement]:
        """A derivative of a weighted sum is another name of what stands beside the variable."""
        letter = "x" if isinstance(first, SumByWeight) else "w"
        assert family.same is not None
        indexes = range(first.index, first.index + len(family.ids))
        for id_, index, same in zip(family.ids, indexes, family.same, strict=True):
            if family.slots[f"{letter}{index}"] != same:
                yield Disagreement(id=id_, why=f"another name of {same}, which is another quantity")
        told = self.told.setdefault((type(first), first.sum), set())
        for index in sorted({*indexes} - told):
            told.add(index)
            id_ = family.ids[index - first.index]
            pattern = self.derivation.patterns(type(first)(first.sum, index))
            if pattern.result != Quantity(f"{letter}{index}"):
                yield Disagreement(id=id_, why=f"its result isn't {letter}{index}")
            yield from self._member(id_, tuple(line.formula for line in pattern.working), family.slots)

    def _member(self, id_: str, lines: Iterable[Formula], slots: Mapping[str, str]) -> Iterator[Disagreement]:
        expected = to_ball(self.values[id_])
        for line in lines:
            found = to_ball(evaluate(line, lambda slot: self.values[slots[slot]]))
            if why := disagreement(found, expected):
                yield Disagreement(id=id_, why=why)

    def _gradients(self, gradients: Mapping[str, Real]) -> Iterator[Disagreement]:
        rates = [arb(rate) for rate in _rates(_SEED, len(gradients))]
        found = arb(0)
        for gradient, rate in zip(gradients.values(), rates, strict=True):
            found += rate * gradient
        if why := disagreement(found, self.oracle.along(dict(zip(gradients, rates, strict=True)))):
            yield Disagreement(id=TOTAL_ERROR, why=f"along a random direction of all parameters: {why}")

    def _updates(self, gradients: Mapping[str, Real]) -> Iterator[Disagreement]:
        """What the optimizer makes of each gradient; plain steps downhill all at once, each times a random number."""
        rule = self.derivation.network.training.optimizer.rule
        if rule is Rule.SGD:
            yield from self._plain_updates(gradients)
            return
        settings = {id_: to_ball(self.values[id_]) for id_ in self.derivation.typed}
        for parameter, gradient in gradients.items():
            yield from self._differing(update(rule, parameter, to_ball(gradient), settings).items())

    def _plain_updates(self, gradients: Mapping[str, Real]) -> Iterator[Disagreement]:
        steps, slopes, values = arb(0), arb(0), self.values
        rates = _rates(_SEED + 1, len(gradients))
        for (parameter, gradient), rate in zip(gradients.items(), rates, strict=True):
            steps += rate * (values[parameter] - values[updated(parameter)])
            slopes += rate * gradient
        if why := disagreement(steps, self.values[LEARNING_RATE] * slopes):
            first = updated(next(iter(gradients)))
            yield Disagreement(id=first, why=f"all updates, each times a random number: {why}")

    def _training(self) -> Iterator[Disagreement]:
        """One round as training runs it ends where the steps do."""
        trainer = self.derivation.trainer
        state = tuple(trainer.number(self.values[id_]) for id_ in trainer.parameters)
        fixed = tuple(trainer.number(self.values[id_]) for id_ in trainer.fixed_ids)
        after = trainer.advance(state, fixed, 1, Arithmetic.BALLS)
        found = list(zip(map(updated, trainer.parameters), after, strict=True))
        found += zip(trainer.measured, trainer.measure(state, fixed, Arithmetic.BALLS), strict=True)
        yield from self._differing((id_, to_ball(value)) for id_, value in found)

    def _trained(self) -> tuple[str, ...]:
        updates = (family for family in self.derivation.steps.backward if family.kind is Kind.UPDATE)
        return tuple(id_.removesuffix("+") for family in updates for id_ in family.ids)

    def _differing(self, expected: Iterable[tuple[str, arb]]) -> Iterator[Disagreement]:
        values = self.values
        for id_, ball in expected:
            if why := disagreement(to_ball(values[id_]), ball):
                yield Disagreement(id=id_, why=why)


def _lines(pattern: Pattern) -> Iterator[Formula]:
    yield from (line.formula for line in pattern.working)
    yield pattern.result
    yield from (line.formula for line in pattern.shortcut)
    yield from pattern.also.values()


def _rates(seed: int, count: int) -> list[int]:
    """Random numbers of both signs, none of them 0: what is multiplied by 0 is not looked at."""
    return Random(seed).choices((*range(-1000, 0), *range(1, 1001)), k=count)  # noqa: S311
