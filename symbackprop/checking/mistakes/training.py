"""Figures after rounds of training: from another round, or from a training with one mistake throughout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from math import isfinite, nan

from symbackprop.checking.estimates import estimate
from symbackprop.checking.mistakes.terrain import Change, Key, Stage, Terrain
from symbackprop.checking.own import MOST_ROUNDS_BY_HAND
from symbackprop.checking.truth import NO_VALUE, Truth
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.code import Arithmetic
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.evaluation import evaluate_families
from symbackprop.derivation.shape import shape_of
from symbackprop.derivation.steps import plan_of
from symbackprop.network import HiddenGradients, Network, Reduction, Training

_MOST_TRAINED = 400
"""A round of more quantities than these isn't repeated for every mistake."""

Given = Mapping[str, float]


class Trained:
    """The rounds of one network, trained with a mistake."""

    def __init__(self, truth: Truth, terrain: Terrain) -> None:
        self._truth = truth
        self._terrain = terrain
        self._states: dict[Key, list[Given]] = {}
        self._results: dict[tuple[str, int], tuple[tuple[float, Key], ...]] = {}

    @cached_property
    def _order(self) -> tuple[str, ...]:
        return self._terrain.reached((f"{id_}+" for id_ in self._terrain.plan.state), frozenset())

    @cached_property
    def _changes(self) -> tuple[Change, ...]:
        """The mistakes that somebody makes everywhere, in each round."""
        return tuple(change for change in self._terrain.changes(self._order) if change.key.everywhere)

    def results(self, id_: str, rounds: int) -> tuple[tuple[float, Key], ...]:
        """What a quantity is after some rounds with each mistake; nothing where there are too many of either."""
        if not 0 < rounds <= MOST_ROUNDS_BY_HAND or len(self._order) > _MOST_TRAINED:
            return ()
        known = self._results.get((id_, rounds))
        if known is None:
            if len(self._results) > _RESULTS_KEPT:
                self._results.clear()
            known = self._results[(id_, rounds)] = tuple(self._calculated(id_, rounds))
        return known

    def _calculated(self, id_: str, rounds: int) -> Iterator[tuple[float, Key]]:
        for change in self._changes:
            own = {site: self._terrain.changed(formula) for site, formula in change.formulas.items()}
            given = self._given(change.key, own, rounds)
            found = self._run(given, own, self._terrain.order(id_)).get(id_, nan)
            if isfinite(found):
                yield found, change.key

    def _given(self, key: Key, own: Mapping[str, Stage], rounds: int) -> Given:
        states = self._states.setdefault(key, [{name: estimate(it) for name, it in self._truth.round(0).given.items()}])
        while len(states) <= rounds:
            values = self._run(states[-1], own, self._order)
            after = {id_: values[f"{id_}+"] for id_ in self._terrain.plan.state}
            states.append({**states[0], **after})
        return states[rounds]

    def _run(self, given: Given, own: Mapping[str, Stage], order: tuple[str, ...]) -> Given:
        values = dict(given)
        for id_ in order:
            stage = own.get(id_) or self._terrain.stage(id_)
            assert stage is not None
            try:
                values[id_] = stage.calculate(values)
            except (ArithmeticError, ValueError, KeyError):
                values[id_] = nan
        return values


_RESULTS_KEPT = 256


_MOST_WORK = 5_000_000
"""Edges times rounds: training a variant for longer takes too long for a check."""


class Variants:
    """The network trained by other choices of the file: what no formula of a single step can say."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._derivations: dict[int, Derivation] = {}
        self._values: dict[tuple[int, int], Mapping[str, float]] = {}

    @cached_property
    def _networks(self) -> tuple[tuple[Mistake, Network], ...]:
        network = self._truth.derivation.network
        return tuple((mistake, replace(network, training=training)) for mistake, training in _otherwise(network))

    def results(self, id_: str, rounds: int) -> Iterator[tuple[float, Mistake]]:
        """What a quantity is after some rounds of each variant, the likeliest first."""
        if self._truth.plan.graph.shape.work * max(1, rounds) > _MOST_WORK:
            return
        for number, (mistake, _) in enumerate(self._networks):
            try:
                found = self._values_after(number, rounds)[id_]
            except NO_VALUE:
                continue
            if isfinite(found):
                yield found, mistake

    def _values_after(self, number: int, rounds: int) -> Mapping[str, float]:
        """The quantities of a round of a variant: a figure of ten digits is no question of balls."""
        known = self._values.get((number, rounds))
        if known is None:
            if number not in self._derivations:
                network = self._networks[number][1]
                self._derivations[number] = Derivation(network=network, steps=plan_of(shape_of(network)))
            derivation = self._derivations[number]
            values = {id_: estimate(given) for id_, given in derivation.given.items()}
            values |= derivation.trace.parameters_in_doubles(rounds)
            evaluate_families(derivation.steps.families, values, Arithmetic.DOUBLES)
            if len(self._values) > _ROUNDS_KEPT:
                self._values.clear()
            known = self._values[number, rounds] = values
        return known


_ROUNDS_KEPT = 32


def _otherwise(network: Network) -> Iterator[tuple[Mistake, Training]]:
    training = network.training
    if len(network.layers) > 1:
        updated = training.hidden_gradients is HiddenGradients.UPDATED
        other = HiddenGradients.ORIGINAL if updated else HiddenGradients.UPDATED
        mistake = Mistake.ORIGINAL_WEIGHTS if updated else Mistake.UPDATED_WEIGHTS
        yield mistake, replace(training, hidden_gradients=other)
    if any(layer.biases is not None for layer in network.layers):
        mistake = Mistake.BIASES_FROZEN if training.update_biases else Mistake.BIASES_UPDATED
        yield mistake, replace(training, update_biases=not training.update_biases)
    reductions = training.reductions
    several = {"batch": len(network.samples), "outputs": network.widths[-1], "steps": len(network.target_steps)}
    for name, count in several.items():
        if count > 1:
            mean = getattr(reductions, name) is Reduction.MEAN
            other_reduction = Reduction.SUM if mean else Reduction.MEAN
            mistake = Mistake.SUM_FOR_MEAN if mean else Mistake.MEAN_FOR_SUM
            yield mistake, replace(training, reductions=replace(reductions, **{name: other_reduction}))
