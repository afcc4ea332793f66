"""Which steps of a derivation a program takes, by which of their formulas, and where each belongs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.keys import Paths, PathsToErrors, Softmax, Squash, SquashByNet, TotalByOut
from symbackprop.derivation.pattern import Form
from symbackprop.network import HiddenGradients
from symbackprop.programs.cross_entropy import calculated_from_nets
from symbackprop.programs.functions import activation_call, is_defined, softmax_call
from symbackprop.programs.names import VariableNames, sample_of
from symbackprop.typeset.formula import Formula, Quantity, Sum, quantities, transform
from symbackprop.typeset.plain import PLAIN, Spelling, plain

_TOLD = (TotalByOut, SquashByNet, Paths, PathsToErrors)
"""The factors that a walkthrough gives a line of their own."""

_SHORTEST = (Form.FUSED, Form.WITH_DELTA)
_FIRST_SAMPLE = re.compile(r"\[1(?:,(\d+))?\]")
_READABLE = 160
_VARIABLE = re.compile(r"(?:d.+/d)?(?:(?:net|out|delta|target|E|mhat|vhat|m|v)_)?([^\[+]+).*")


@dataclass(frozen=True, kw_only=True)
class ProgramSteps:
    """The steps of one derivation as a program takes them, in the plan's order."""

    derivation: Derivation
    names: VariableNames

    # --- Formulas -------------------------------------------------------------------------------------------

    def formula(self, id_: str) -> Formula:
        """The shortest formula of a step: with deltas, and with what cancels left out."""
        also = self.derivation.pattern(id_).also
        short = next((also[form] for form in _SHORTEST if form in also), self.derivation.pattern(id_).result)
        filled = self.derivation.fill(id_, short)
        return transform(filled, self._known_as) if id_ in self.derivation.steps else filled

    def _known_as(self, part: Formula) -> Formula | None:
        """The quantity that another is only a second name of: dnet_o1/dw5 is out_h1."""
        return Quantity(self._source(part.id)) if isinstance(part, Quantity) else None

    def _source(self, id_: str) -> str:
        same = self.derivation.steps.same_as(id_)
        return id_ if same is None else self._source(same)

    def expression(self, id_: str, spelling: Spelling = PLAIN) -> str:
        """The source from which a step's value is computed."""
        step = self.derivation.steps[id_]
        if spelling == PLAIN and (stable := calculated_from_nets(self.derivation.steps, id_, self.names)) is not None:
            return stable
        if isinstance(step.pattern, Squash) and is_defined(step.pattern.activation):
            bend = step.slots.get("alpha")
            return activation_call(
                step.pattern.activation, self.names(step.slots["net"]), None if bend is None else self.names(bend)
            )
        if isinstance(step.pattern, Softmax) and spelling == PLAIN:
            nets = {slot: self.names(of) for slot, of in step.slots.items()}
            return softmax_call(nets[f"net{step.pattern.index}"], nets.values())
        formula = self.formula(id_)
        return plain(transform(formula, self._summed_up) if self.names.looped else formula, self._variable, spelling)

    def _variable(self, id_: str) -> str:
        return id_.removeprefix("+") if id_.startswith("+") else self.names(id_)

    def _summed_up(self, part: Formula) -> Formula | None:
        """A sum over the samples, which a loop adds up, is the variable in which it does so."""
        if not isinstance(part, Sum) or not all(isinstance(term, Quantity) for term in part.terms):
            return None
        ids = [term.id for term in part.terms if isinstance(term, Quantity)]
        if {sample_of(id_, self.names.shape) for id_ in ids} != set(range(1, self.names.shape.samples + 1)):
            return None
        return Quantity(f"+{self.accumulator(ids[0])}")

    def accumulator(self, id_: str) -> str:
        """The variable in which a loop over the samples adds a quantity up."""
        return f"sum_{self.names(id_)}"

    def derivation_of(self, id_: str) -> str:
        """A step's formula as it was derived, in the notation's plain spelling; only its result if that is too long."""
        pattern = self.derivation.pattern(id_)
        derived = [line.formula for line in pattern.working[:1]] + [pattern.result]
        show = self._told_as if self.of_first_sample(id_) else str
        said = [f"{show(id_)} = {plain(self.derivation.fill(id_, it), show)}" for it in derived]
        return next((it for it in said if len(it) <= _READABLE), said[-1])

    def _told_as(self, id_: str) -> str:
        """An id without the mark of its sample, where it is told for all of them."""
        if not self.names.looped or sample_of(id_, self.names.shape) != 1:
            return id_
        return _FIRST_SAMPLE.sub(lambda match: f"[{match[1]}]" if match[1] else "", id_)

    # --- Which ----------------------------------------------------------------------------------------------

    @cached_property
    def told(self) -> tuple[str, ...]:
        """The steps whose figures a walkthrough shows, and all that they need."""
        steps = self.derivation.steps
        wanted = (
            id_
            for id_, step in steps.items()
            if step.pattern is not None
            and steps.same_as(id_) is None
            and (step.kind is not Kind.FACTOR or isinstance(step.pattern, _TOLD))
        )
        return self._in_order(wanted)

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The steps without which there is no update, or nothing to be measured."""
        updates = (id_ for id_ in self.derivation.steps if id_.endswith("+"))
        return self._in_order((*updates, *self.derivation.measured))

    def _in_order(self, wanted: Iterable[str]) -> tuple[str, ...]:
        found: set[str] = set()
        waiting = list(wanted)
        while waiting:
            id_ = waiting.pop()
            if id_ not in found and self.derivation.steps[id_].pattern is not None:
                found.add(id_)
                waiting.extend(quantities(self.formula(id_)))
        return tuple(self._updates_last([id_ for id_ in self.derivation.steps if id_ in found]))

    def _updates_last(self, ids: list[str]) -> Iterator[str]:
        """A parameter is overwritten by its update: so nothing that uses it may come later, except by that mistake."""
        if self.derivation.network.training.hidden_gradients is HiddenGradients.UPDATED:
            yield from ids
            return
        yield from (id_ for id_ in ids if not self.is_update(id_))
        yield from (id_ for id_ in ids if self.is_update(id_))

    def is_update(self, id_: str) -> bool:
        """Whether a step belongs to the updates: a parameter, or a state of the optimizer."""
        return self.derivation.steps.kind(id_) in (Kind.UPDATE, Kind.STATE)

    # --- Where ----------------------------------------------------------------------------------------------

    def is_forward(self, id_: str) -> bool:
        """Whether a step belongs to the forward pass."""
        return id_ in self._forward

    @cached_property
    def _forward(self) -> frozenset[str]:
        return frozenset(id_ for family in self.derivation.steps.forward for id_ in family.ids)

    def of_first_sample(self, id_: str) -> bool:
        """Whether a step belongs to the first sample, whose formulas are those of all others."""
        return sample_of(id_, self.names.shape) == 1

    def of_all_samples(self, id_: str) -> bool:
        """Whether a step belongs to no single sample."""
        return sample_of(id_, self.names.shape) is None

    def layer(self, id_: str) -> int | None:
        """The layer, counted from 0, of the neuron or the parameter that a step is about."""
        match = _VARIABLE.fullmatch(id_)
        return self._layers.get(match[1]) if match else None

    @cached_property
    def _layers(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for depth, layer in enumerate(self.derivation.graph.layers):
            for neuron in layer:
                found[neuron.name] = depth
                found |= dict.fromkeys(neuron.weight_ids, depth)
                if neuron.bias is not None:
                    found[neuron.bias] = depth
        return found
