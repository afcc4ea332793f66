"""Several drawings of one thing that differ in what is lit and written, while nothing moves from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from symbackprop.pages.figures.parts import Edge, Factor, Spot
from symbackprop.pages.figures.shapes import Drawing, Shape, crop_together
from symbackprop.records import record

MARGIN = 2.0

Attempt = tuple[float, float]
"""A type size, and additional room between the rows."""


@record(kw_only=True)
class Look:
    """One of the drawings: what is lit, which edges have their labels (None: all), and what is multiplied where."""

    description: str
    lit: frozenset[Spot] = frozenset()
    named: frozenset[Spot] | None = None
    factors: tuple[Factor, ...] = ()

    def labelled(self, edges: Iterable[Edge]) -> tuple[Edge, ...]:
        """The edges with the labels that this drawing shows."""
        if self.named is None:
            return tuple(edges)
        return tuple(
            it if it.label is None or (it.source, it.target) in self.named else replace(it, label=None) for it in edges
        )


def require_known(keys: Sequence[str], edges: Sequence[Edge], looks: Sequence[Look]) -> None:
    """Raises ValueError where something is named that isn't drawn, or two nodes have one key."""
    known = set(keys)
    if len(known) != len(keys):
        raise ValueError("a node's key stands for two nodes")
    spots: set[Spot] = {*known, *((edge.source, edge.target) for edge in edges)}
    unknown = [spot for look in looks for spot in (*look.lit, *(it.at for it in look.factors)) if spot not in spots]
    unknown += [key for edge in edges for key in (edge.source, edge.target) if key not in known]
    if unknown:
        raise ValueError(f"nothing to draw is called {unknown[0]!r}")


def written(edges: Sequence[Edge], looks: Sequence[Look]) -> tuple[tuple[Edge, ...], tuple[Factor, ...]]:
    """The edges with every label that some look shows, and the factors of all looks: what has to find room."""
    named = frozenset(
        (edge.source, edge.target) for look in looks for edge in look.labelled(edges) if edge.label is not None
    )
    factors = tuple(dict.fromkeys(factor for look in looks for factor in look.factors))
    return Look(description="", named=named).labelled(edges), factors


def drawn_together(
    attempts: Sequence[Attempt],
    looks: Sequence[Look],
    draw: Callable[[float, float], Iterable[tuple[int, tuple[Shape, ...]]]],
) -> tuple[Drawing, ...]:
    """The looks in the first of the sizes and widths in which each label finds a place, all equally large.

    `draw` tells for each look how many labels found none, and its shapes. Where labels are left out whatever the
    attempt, the one that leaves out the fewest is taken.
    """
    best: tuple[int, list[tuple[Shape, ...]]] | None = None
    for size, slack in attempts:
        missing, shapes = 0, []
        for left_out, drawn in draw(size, slack):
            missing += left_out
            shapes.append(drawn)
        if best is None or missing < best[0]:
            best = missing, shapes
        if missing == 0:
            break
    pictures = [()] * len(looks) if best is None else best[1]
    return crop_together(pictures, [look.description for look in looks], margin=MARGIN)
