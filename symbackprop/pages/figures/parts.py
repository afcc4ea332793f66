"""What a network's drawing is made of, as the caller hands it over, and what is left out of a large one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from symbackprop.records import record
from symbackprop.typeset.layout import Layout

MAX_ROWS = 6
"""More nodes in a column than these (biases apart) are not drawn: dots stand for the rest."""

MAX_COLUMNS = 8
"""More columns than these are not drawn: dots stand for the rest."""


class NodeShape(Enum):
    """How a node looks, and where it stands in its column."""

    INPUT = "input"
    """A disc with the label above the detail."""
    NEURON = "neuron"
    """A disc; with a detail it is split into two halves, the label in the first, the detail in the second."""
    BIAS = "bias"
    """A small disc below its column, the detail under it; several in a column stand each under its neuron."""
    ERROR = "error"
    """A box with the label above the detail."""
    TOTAL = "total"
    """The same as ERROR."""
    TARGET = "target"
    """The label above the detail, without an outline."""


@record(kw_only=True)
class Node:
    """A node of a network's drawing; `key` is unique in it. A detail wider than 66 points is not drawn.

    `about` says what it stands for, where a page wants to find it again.
    """

    key: str
    label: Layout
    detail: Layout | None = None
    shape: NodeShape
    about: str = ""


@record(kw_only=True)
class Edge:
    """An arrow from one node to another, what is written on it, and what it stands for."""

    source: str
    target: str
    label: Layout | None = None
    about: str = ""


Spot = str | tuple[str, str]
"""A node by its key, or an edge by the keys of its source and its target."""


@record(kw_only=True)
class Factor:
    """A factor of the chain rule, written beside the node or the edge to which it belongs."""

    at: Spot
    label: Layout


Slots = tuple[Node | None, ...]
"""A column's nodes from the top, None for dots."""


def abridge(
    columns: Sequence[Sequence[Node]], edges: Sequence[Edge], lit: frozenset[Spot]
) -> tuple[tuple[Slots | None, ...], tuple[Edge, ...]]:
    """The columns and edges that are drawn, with None for dots in place of what is too much.

    What is lit stays first. Where a column is abridged its edges carry labels only if they are lit: a few
    weights out of hundreds tell nothing.
    """
    lit_columns = [i for i, column in enumerate(columns) if any(node.key in lit for node in column)]
    # A path's beginning is what differs from figure to figure; its end is always the last three columns.
    preferred = [*range(len(columns) - 3, len(columns)), 0, *lit_columns[:3]]
    kept = _keep(len(columns), preferred, MAX_COLUMNS)
    slots = tuple(None if i is None else _abridge_column(columns[i], lit) for i in kept)
    shown = {node.key: None in column for column in slots if column for node in column if node is not None}
    drawn = []
    for edge in edges:
        if edge.source in shown and edge.target in shown and edge.source != edge.target:
            crowded = shown[edge.source] or shown[edge.target]
            drawn.append(replace(edge, label=None) if crowded and (edge.source, edge.target) not in lit else edge)
    feeding = {edge.source for edge in drawn}
    return tuple(column and _without_idle_biases(column, feeding) for column in slots), tuple(drawn)


def _without_idle_biases(column: Slots, feeding: set[str]) -> Slots:
    return tuple(node for node in column if node is None or node.shape is not NodeShape.BIAS or node.key in feeding)


def _abridge_column(column: Sequence[Node], lit: frozenset[Spot]) -> Slots:
    nodes = [node for node in column if node.shape is not NodeShape.BIAS]
    biases = [node for node in column if node.shape is NodeShape.BIAS]
    kept = _keep(len(nodes), [i for i, node in enumerate(nodes) if node.key in lit], MAX_ROWS)
    return (*(None if i is None else nodes[i] for i in kept), *biases)


def _keep(count: int, preferred: Sequence[int], limit: int) -> list[int | None]:
    """At most `limit` places out of `count`: the preferred ones, the last, then from the first on."""
    if count <= limit:
        return list(range(count))
    chosen: dict[int, None] = {}
    for i in (*(i for i in preferred if 0 <= i < count), count - 1, *range(count)):
        chosen.setdefault(i)
        # Two runs of dots may be needed around what was chosen, and they take room too.
        if len(chosen) == limit - 1:
            break
    kept: list[int | None] = []
    for i in sorted(chosen):
        if i != (kept[-1] if kept and kept[-1] is not None else -1) + 1:
            kept.append(None)
        kept.append(i)
    if kept[-1] != count - 1:
        kept.append(None)
    return kept
