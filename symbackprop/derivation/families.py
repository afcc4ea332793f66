"""Families of steps: quantities that follow the same pattern in a row, such as all gradients of one neuron.

A network has few families, however many weights: what is known of a step is kept once for its family, and a
step is made only when somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING

from symbackprop.derivation.graph import Kind
from symbackprop.derivation.keys import RULES, PatternKey, SumByInput, SumByWeight
from symbackprop.records import record

if TYPE_CHECKING:
    from symbackprop.card import Card


@record(kw_only=True)
class Step:
    """One quantity, and how it follows: the pattern, its slots filled with ids. A given number has no pattern."""

    id: str
    kind: Kind
    pattern: PatternKey | None
    slots: Mapping[str, str]

    @property
    def rule(self) -> str:
        """The rule's name, as JSON and the certificate give it."""
        return "given" if self.pattern is None else RULES[type(self.pattern)]

    # --- In Jupyter, in the notation of ids: a step knows no network

    def _repr_latex_(self) -> str:
        return self._card.latex

    def _repr_html_(self) -> str:
        return self._card.html

    def _repr_markdown_(self) -> str:
        return self._card.markdown

    @property
    def _card(self) -> Card:
        # Only who looks at a step waits for the formulas.
        from symbackprop.derivation.step_card import step_card  # noqa: PLC0415

        return step_card(self.id, self.pattern, self.slots)


# One empty mapping for all: a long batch has a hundred thousand families.
_NO_SLOTS: Mapping[str, str] = MappingProxyType({})
_NO_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@record(kw_only=True)
class Family:
    """Quantities of one kind and one pattern.

    `slots` are filled alike for all members, `each` has an id for each member in its order. The pattern of
    derivatives of a weighted sum counts on with the members: the first is by `index`, the next by `index + 1`. `same`
    names, for each member, the quantity that it is only another name of, where it is one.
    """

    kind: Kind
    ids: tuple[str, ...]
    pattern: PatternKey | None
    slots: Mapping[str, str] = field(default_factory=lambda: _NO_SLOTS)
    each: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_COLUMNS)
    same: tuple[str, ...] | None = None

    def step(self, position: int) -> Step:
        """The step of one member."""
        pattern = self.pattern
        if isinstance(pattern, SumByWeight | SumByInput):
            pattern = type(pattern)(pattern.sum, pattern.index + position)
        slots = self.slots
        if self.each:
            slots = {**slots, **{slot: ids[position] for slot, ids in self.each.items()}}
        return Step(id=self.ids[position], kind=self.kind, pattern=pattern, slots=slots)


def one(id_: str, kind: Kind, pattern: PatternKey, slots: Mapping[str, str]) -> Family:
    """The family of a single quantity."""
    return Family(kind=kind, ids=(id_,), pattern=pattern, slots=slots)


def numbered(letter: str, ids: tuple[str, ...]) -> dict[str, str]:
    """Ids in slots of one letter, numbered from 1."""
    return {f"{letter}{number}": id_ for number, id_ in enumerate(ids, start=1)}


def by(of: str, variable: str) -> str:
    """The id of the derivative of one quantity by another."""
    return f"d{of}/d{variable}"


def updated(parameter: str) -> str:
    """The id of a weight, a bias or a state of the optimizer after the update."""
    return f"{parameter}+"
