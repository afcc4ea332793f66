"""What a mistake does to the formula of one step, and where the step stands in the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from symbackprop.checking.calculation import formula_of
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.backward import delta_of
from symbackprop.derivation.families import Step
from symbackprop.derivation.graph import Neuron
from symbackprop.derivation.steps import Plan
from symbackprop.typeset.formula import Formula, Quantity, Sum, transform

MOST_NEIGHBOURS = 6
"""In a wide layer, a value is taken for one that stands at most so far away."""


OF_LAYER = "layer"
"""How the kinds of mistakes are called that are made throughout one layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A mistaken formula of one step.

    `unit` is what the mistake is made at: steps of one unit (dE_total/dout_o1 and dE_o1/dout_o1 at o1) are mistaken
    together. None is for a formula that is only one part of a mistake made everywhere. `kinds` name the ways to make
    the mistake everywhere that this is a part of; `taken` stands in the place of `right`.
    """

    mistake: Mistake
    formula: Formula
    unit: str | None = ""
    kinds: tuple[str, ...] = ()
    right: str = ""
    taken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A neuron at one instant: the layer, counted from 0, its place in it, and the layer's neurons then."""

    neuron: Neuron
    depth: int
    index: int
    layer: tuple[Neuron, ...]

    @property
    def neighbours(self) -> tuple[Neuron, ...]:
        """The others of its layer that stand near it."""
        return near(self.layer, self.index)


class Ground:
    """A plan, and which neuron each of its steps belongs to."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @cached_property
    def _spots(self) -> Mapping[str, Spot]:
        spots: dict[str, Spot] = {}
        for depth, instants in enumerate(self.plan.graph.at):
            for layer in instants.values():
                for index, neuron in enumerate(layer):
                    spot = Spot(neuron=neuron, depth=depth, index=index, layer=layer)
                    spots |= dict.fromkeys((neuron.net, neuron.out, delta_of(neuron)), spot)
        return spots

    def spot(self, id_: str) -> Spot | None:
        """The neuron whose net input, output or delta this is; None for an input."""
        return self._spots.get(id_)

    def rows(self, depth: int) -> tuple[tuple[str, ...], ...]:
        """The weights of a layer, a row for each neuron."""
        return tuple(neuron.weight_ids for neuron in self.plan.graph.layers[depth])


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A step with its ground, as the rules look at it."""

    step: Step
    ground: Ground

    @property
    def id(self) -> str:
        """The step's id."""
        return self.step.id

    @property
    def formula(self) -> Formula:
        """The step's own formula."""
        return formula_of(self.ground.plan, self.step.id)

    def slot(self, name: str) -> Quantity:
        """What fills a slot."""
        return Quantity(self.step.slots[name])

    def numbered(self, letter: str, count: int) -> tuple[Quantity, ...]:
        """What fills the slots of a letter, from 1 on."""
        return tuple(self.slot(f"{letter}{number}") for number in range(1, count + 1))

    @property
    def layer(self) -> str:
        """The kind of mistake that is made in the step's whole layer, and in no other."""
        spot = next((it for part in self._neurons() if (it := self.ground.spot(part)) is not None), None)
        return "" if spot is None else f"{OF_LAYER}{spot.depth}"

    def _neurons(self) -> tuple[str, ...]:
        parts = self.step.id.removeprefix("d").split("/")
        return (self.step.id, parts[0], self.step.slots.get("delta", ""), parts[-1].removeprefix("d"))

    def exchanged(self, wrong: str, instead: Formula) -> Formula:
        """The step's formula with another one in the place of a quantity."""
        return exchanged(self.formula, wrong, instead)


def exchanged(formula: Formula, wrong: str, instead: Formula) -> Formula:
    """A formula with another one in the place of a quantity."""
    return transform(formula, lambda part: instead if part == Quantity(wrong) else None)


def near(layer: tuple[Neuron, ...], index: int) -> tuple[Neuron, ...]:
    """The neurons of a layer that stand near one of them, without itself."""
    start = max(0, index - MOST_NEIGHBOURS)
    return tuple(it for number, it in enumerate(layer[start : index + MOST_NEIGHBOURS + 1], start) if number != index)


def added(terms: tuple[Formula, ...]) -> Formula:
    """The sum of some terms, or the only one."""
    return terms[0] if len(terms) == 1 else Sum(terms)


def without(terms: tuple[Formula, ...], index: int) -> tuple[Formula, ...]:
    """All terms but one."""
    return terms[:index] + terms[index + 1 :]
