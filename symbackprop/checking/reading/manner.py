"""Which notation a work is written in: it needn't say so, and the same letter is another quantity in another one."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.checking.reading.names import Names
from symbackprop.checking.reading.parser import read_quantity
from symbackprop.checking.work import Chain

_MOST_NAMES = 400


def in_its_notation(names: Names, chains: Iterable[Chain]) -> Names:
    """The names in the order that fits a work: the notation comes first that by itself reads most of its names.

    Where several read as many, the network's own comes before the others.
    """
    texts = names_in(chains)
    if not texts:
        return names
    read = [sum(bool(read_quantity(text, alone)) for text in texts) for alone in names.alone]
    return names.preferring[read.index(max(read))]


def names_in(chains: Iterable[Chain]) -> tuple[str, ...]:
    """The names that a work uses, each once: those that mean something and aren't ids anyway."""
    found: dict[str, None] = {}
    for chain in chains:
        for member in chain.members:
            for leaf in member.leaves:
                if leaf.ids and leaf.ids != (leaf.text,):
                    found[leaf.text] = None
        if len(found) > _MOST_NAMES:
            break
    return tuple(found)[:_MOST_NAMES]
