"""What tests of reading share: chains and members in one line, each name as its likeliest id."""

from __future__ import annotations

from pathlib import Path

from symbackprop.checking.reading.names import Names, names_of
from symbackprop.checking.reading.parser import read_chains, read_member
from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.work import Chain, Member, Span
from symbackprop.network import Network
from symbackprop.network_file import read_network
from symbackprop.typeset.plain import plain

EXAMPLES = Path(__file__).parents[2] / "examples"


def example(name: str) -> Network:
    """A network that comes with the package."""
    return read_network(EXAMPLES / f"{name}.toml")


def names(name: str = "mazur") -> Names:
    """The symbol table of an example."""
    return names_of(example(name))


def chains(text: str, known: Names, dialect: Dialect = Dialect.LATEX) -> tuple[Chain, ...]:
    """All chains of a text."""
    return read_chains(text, Span(start=0, end=len(text)), dialect, known)


def member(text: str, known: Names) -> Member:
    """A formula by itself."""
    return read_member(text, Span(start=0, end=len(text)), known)


def shown(it: Member) -> str:
    """A member in plain text, each name as its likeliest id; or what kept it from being read."""
    if it.trouble is not None:
        return f"{it.trouble.gap}: {it.trouble.why}"
    assert it.formula is not None
    return plain(it.formula, lambda leaf: (*it.leaves[int(leaf)].ids, it.leaves[int(leaf)].text)[0])
