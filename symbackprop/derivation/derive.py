"""From a network to its derivation: every step of a round, its formulas and its certified values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from symbackprop.derivation.balls import Real
from symbackprop.derivation.graph import TOTAL_ERROR, Graph, Kind, build_graph
from symbackprop.derivation.ids import split_id
from symbackprop.derivation.keys import PatternKey
from symbackprop.derivation.patterns import Pattern, fill, work_out
from symbackprop.derivation.steps import Step, plan_steps
from symbackprop.derivation.train import Trace, Trainer, bits_affordable, compile_training
from symbackprop.derivation.values import Values
from symbackprop.network import Network
from symbackprop.typeset import formula as tree
from symbackprop.typeset.formula import Formula
from symbackprop.typeset.plain import plain

DECIMALS = 9
"""The decimals of a figure where nobody asks for others: the article's."""

SIGNIFICANT_DIGITS = 15
"""The significant digits of a value that is handed to a program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A quantity as programs see it: ASCII formulas, and decimal strings that are correctly rounded.

    `substituted` is the formula with the figures that a page shows; `value` has fifteen significant digits;
    `exact` is a fraction where the value is rational and known to be.
    """

    id: str
    kind: Kind
    formula: str
    substituted: str
    value: str
    exact: str | None


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """Every step that leads from a network's numbers to its updated weights, in order, by id."""

    network: Network
    graph: Graph
    steps: Mapping[str, Step]
    patterns: Mapping[PatternKey, Pattern]

    def pattern(self, id_: str) -> Pattern:
        """The pattern that a step follows. Given numbers have none: their pattern is only their name."""
        key = self.steps[id_].pattern
        return Pattern(result=tree.Quantity("given")) if key is None else self.patterns[key]

    def fill(self, id_: str, formula: Formula) -> Formula:
        """One of the formulas of a step's pattern, in the step's own quantities."""
        return fill(formula, self.steps[id_].slots)

    def formula(self, id_: str) -> Formula:
        """The formula from which a step's value is computed."""
        if self.steps[id_].pattern is None:
            return tree.Quantity(id_)
        return self.fill(id_, self.pattern(id_).result)

    def __getitem__(self, id_: str) -> Quantity:
        """One quantity with its formula and certified value; `E_total@10000` is the one after that many rounds.

        Raises KeyError for an id that the network hasn't got.
        """
        try:
            base, rounds = split_id(id_)
        except ValueError:
            raise KeyError(id_) from None
        step = self.steps[base]
        values = self.after(rounds)
        suffix = f"@{rounds}" if rounds else ""
        formula = self.formula(base)
        exact = values.exact(base)
        return Quantity(
            id=id_,
            kind=step.kind,
            formula=plain(formula, lambda part: f"{part}{suffix}"),
            substituted=plain(formula, lambda part: values.shown(part, DECIMALS).digits),
            value=values.significant(base, SIGNIFICANT_DIGITS),
            exact=None if exact is None else str(exact),
        )

    @cached_property
    def given(self) -> Mapping[str, Fraction]:
        """The exact numbers of the steps that aren't computed."""
        return {id_: number.exact for id_, number in self.graph.given.items()}

    @cached_property
    def values(self) -> Values:
        """The values of the first round, before any update."""
        typed = {id_: number.typed for id_, number in self.graph.given.items()}
        return Values(self.steps, self.patterns, lambda _: self.given, typed, where=f"{self.network.origin}: ")

    @property
    def measured(self) -> tuple[str, ...]:
        """What training measures of a state: the total error, then each output."""
        return (TOTAL_ERROR, *(neuron.out for neuron in self.graph.outputs))

    @cached_property
    def trainer(self) -> Trainer:
        """The compiled round. It measures the total error, then each output."""
        return compile_training(self.steps, self.patterns, self.measured)

    @cached_property
    def trace(self) -> Trace:
        """Training: the parameters after any number of rounds."""
        return Trace(self.trainer, self.given)

    def after(self, rounds: int) -> Values:
        """The values of the round that follows that many updates; `after(0)` are those of the first round."""
        if rounds == 0:
            return self.values
        known = self._later
        if rounds not in known:

            def given(bits: int) -> Mapping[str, Real]:
                return {**self.given, **self.trace.parameters(rounds, bits)}

            typed = {id_: number.typed for id_, number in self.graph.given.items()}
            fixed = {id_: text for id_, text in typed.items() if id_ not in self.trainer.parameters}
            where = f"{self.network.origin}: after {rounds:,} rounds: "
            most_bits = bits_affordable(rounds)
            known[rounds] = Values(self.steps, self.patterns, given, fixed, where=where, most_bits=most_bits)
        return known[rounds]

    @cached_property
    def _later(self) -> dict[int, Values]:
        return {}


def derive(network: Network) -> Derivation:
    """The derivation of a network: its graph, the plan of its steps, and each pattern worked out once."""
    graph = build_graph(network)
    steps = {step.id: step for step in plan_steps(graph, network.training)}
    keys = dict.fromkeys(step.pattern for step in steps.values() if step.pattern is not None)
    return Derivation(network=network, graph=graph, steps=steps, patterns={key: work_out(key) for key in keys})
