"""The plan of a shape: every step of one round, in an order in which each stands after all that it uses.

This is the plan only. Which formula a pattern stands for is worked out by `patterns`, once for each pattern.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from symbackprop.derivation.backward import backward_families, delta_of
from symbackprop.derivation.families import Family, Step, by, updated
from symbackprop.derivation.forward import forward_families
from symbackprop.derivation.graph import Graph, Kind, build_graph
from symbackprop.derivation.shape import Shape
from symbackprop.derivation.updates import state_families

__all__ = ["Plan", "Step", "by", "delta_of", "plan_of", "updated"]

SHAPES_KEPT = 8
"""How many shapes' plans are kept."""


class Plan(Mapping[str, Step]):
    """The steps by their ids, made when somebody looks at them."""

    def __init__(self, graph: Graph, forward: tuple[Family, ...], backward: tuple[Family, ...]) -> None:
        self.graph = graph
        self.forward = forward
        self.backward = backward

    @property
    def families(self) -> tuple[Family, ...]:
        """All families in their order."""
        return (*self.forward, *self.backward)

    @cached_property
    def state(self) -> tuple[str, ...]:
        """What a round changes: the trained parameters, and what the optimizer keeps."""
        after = (id_ for family in self.backward for id_ in family.ids if id_.endswith("+"))
        return tuple(id_.removesuffix("+") for id_ in after)

    # A plan is itself and no other: comparing a hundred thousand steps would help nobody.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __getitem__(self, id_: str) -> Step:
        family = self._families[id_]
        return family.step(self._position(family, id_))

    def __iter__(self) -> Iterator[str]:
        for family in self.families:
            yield from family.ids

    def __len__(self) -> int:
        return self._count

    def __contains__(self, id_: object) -> bool:
        return id_ in self._families

    def kind(self, id_: str) -> Kind:
        """What a quantity is."""
        return self._families[id_].kind

    def same_as(self, id_: str) -> str | None:
        """The quantity that another is only a second name of: dnet_o1/dw5 is out_h1."""
        family = self._families[id_]
        return None if family.same is None else family.same[self._position(family, id_)]

    def family(self, id_: str) -> Family:
        """The family that a quantity belongs to."""
        return self._families[id_]

    def _position(self, family: Family, id_: str) -> int:
        first = family.ids[0]
        if id_ == first:
            return 0
        if first not in self._positions:
            self._positions[first] = {it: position for position, it in enumerate(family.ids)}
        return self._positions[first][id_]

    @cached_property
    def _count(self) -> int:
        return sum(len(family.ids) for family in self.families)

    @cached_property
    def _families(self) -> dict[str, Family]:
        families: dict[str, Family] = {}
        for family in self.families:
            families.update(dict.fromkeys(family.ids, family))
        return families

    @cached_property
    def _positions(self) -> dict[str, dict[str, int]]:
        """The places within each family, by its first member: of a large network, few families are looked into."""
        return {}


@lru_cache(maxsize=SHAPES_KEPT)
def plan_of(shape: Shape) -> Plan:
    """The plan of a shape, kept for the next network of the same shape."""
    graph = build_graph(shape)
    return Plan(graph, (*forward_families(graph), *state_families(graph)), tuple(backward_families(graph)))
