"""Reading somebody's work, whatever it is written in: the one entry, and the limits of what is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

from symbackprop.checking.budget import Budget
from symbackprop.checking.reading.manner import in_its_notation, names_in
from symbackprop.checking.reading.names import Names, names_of
from symbackprop.checking.reading.parser import read_chains, read_member, read_quantity
from symbackprop.checking.reading.samples import Samples
from symbackprop.checking.sources.documents import DOCUMENTS, snippets
from symbackprop.checking.sources.sheet_source import Source
from symbackprop.checking.sources.sheets import Answers, entries, near_ids
from symbackprop.checking.sources.snippet import MOST_SNIPPETS, Kind, Snippet, kind_of, relocated
from symbackprop.checking.work import Chain, Member, Span, Work
from symbackprop.derivation.shape import shape_of
from symbackprop.derivation.steps import Plan, plan_of
from symbackprop.errors import SpecError
from symbackprop.files import read_text as text_of
from symbackprop.network import Network
from symbackprop.wording import counted, did_you_mean, one_line

MOST_BYTES = 1_000_000


def read_work(path: Path, network: Network) -> Work:
    """Somebody's work on a network from a file; its suffix says what it is written in.

    Raises SpecError with file, place, what was expected and what was found for what can't be read.
    """
    return Reader(network).read_work(path)


def read_text(text: str, kind: Kind, network: Network, name: str) -> Work:
    """The same of a text; errors call it `name`."""
    return Reader(network).read_text(text, kind, name)


class Reader:
    """Reads works on one network. What they need of it is looked up once, and only if one needs it."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def read_work(self, path: Path, budget: Budget | None = None) -> Work:
        """The work in a file (see `read_work`). Raises OutOfBudget for one that costs more than it may."""
        return self.read_text(text_of(path, most_bytes=MOST_BYTES), kind_of(path), str(path), budget)

    def read_text(self, text: str, kind: Kind, name: str, budget: Budget | None = None) -> Work:
        """The work in a text (see `read_text`). Raises OutOfBudget for one that costs more than it may."""
        budget = budget or Budget()
        _require_text(text, name)
        budget.spend(len(text))
        chains = self._chains(text, kind, name, self._first)
        names = in_its_notation(self.names, chains) if names_in(chains) else None
        if names is not None and names is not self.names:
            chains = self._chains(text, kind, name, self._versions(names))
        what = "formulas" if kind in DOCUMENTS else "answers"
        if len(chains) > MOST_SNIPPETS:
            raise SpecError(one_line(name), f"expected at most {MOST_SNIPPETS:,} {what}, found more")
        if not chains:
            why = self._first.why_nothing(text, kind) if kind in DOCUMENTS else "expected answers, found none"
            raise SpecError(one_line(name), why)
        return Work(name=name, text=text, chains=chains)

    @cached_property
    def _plan(self) -> Plan:
        return plan_of(shape_of(self.network))

    @cached_property
    def names(self) -> Names:
        """The network's table of names."""
        return names_of(self.network)

    @cached_property
    def _first(self) -> _Hand:
        return _Hand(self._plan, lambda: self.names)

    def _versions(self, names: Names) -> _Hand:
        return _Hand(self._plan, lambda: names)

    def _chains(self, text: str, kind: Kind, name: str, hand: _Hand) -> tuple[Chain, ...]:
        found = hand.of_document(text, kind) if kind in DOCUMENTS else hand.of_sheet(text, kind, name)
        return tuple(islice(found, MOST_SNIPPETS + 1))


class _Hand:
    """Reads works with one table of names, which it asks for when it needs it."""

    def __init__(self, plan: Plan, names: Callable[[], Names]) -> None:
        self._plan = plan
        self._names = names
        self._answers = Answers(plan, self._ids, self._member)

    def of_sheet(self, text: str, kind: Kind, name: str) -> Iterator[Chain]:
        return map(self._answers.chain, entries(text, kind, name))

    def of_document(self, text: str, kind: Kind) -> Iterator[Chain]:
        samples = Samples(text)
        for snippet in snippets(text, kind):
            whole = Span(start=0, end=len(snippet.text))
            names = self._names().of_sample(samples.at(snippet.span.start))
            for chain in read_chains(snippet.text, whole, snippet.dialect, names):
                # Running text has equals signs for much else; what names something of this network is a claim.
                if _names_something(chain) if snippet.loose else _says_something(chain):
                    yield relocated(chain, snippet)

    def why_nothing(self, text: str, kind: Kind) -> str:
        """What is to be said of a document in which nothing is a claim on this network."""
        read = (
            chain
            for snippet in islice(snippets(text, kind), MOST_SNIPPETS)
            for chain in read_chains(snippet.text, Span(start=0, end=len(snippet.text)), snippet.dialect, self._names())
        )
        named = [chain.members[0].text for chain in read]
        if not named:
            return "expected formulas, or lines with an equals sign, found none"
        meant = (did_you_mean(name, near_ids(self._plan)) for name in named[:_MOST_GUESSES])
        found = f"found {counted(len(named), 'line')} with an equals sign"
        return f"{found}, but none names a quantity of this network{next(filter(None, meant), '')}"

    def _ids(self, text: str) -> tuple[str, ...]:
        return read_quantity(text, self._names())

    def _member(self, side: Snippet) -> Member:
        member = read_member(side.text, Span(start=0, end=len(side.text)), self._names())
        return relocated(Chain(members=(member,)), side).members[0]


def _names_something(chain: Chain) -> bool:
    return any(leaf.ids for member in chain.members for leaf in member.leaves)


def _says_something(chain: Chain) -> bool:
    """Whether something in a chain is a formula's: a figure, a known name or an operator."""
    return _names_something(chain) or any(_FORMULA.search(member.text) for member in chain.members)


_MOST_GUESSES = 10
_FORMULA = re.compile(r"[0-9+*/^\\·×√∂Σ∑]")


def _require_text(text: str, name: str) -> None:
    if len(text) > MOST_BYTES:
        raise SpecError(one_line(name), f"larger than the {MOST_BYTES:,} bytes that are read at most")
    at = text.find("\0")
    if at >= 0:
        found = "UTF-16" if 3 * text.count("\0") > len(text) else "the byte 0x00"
        raise SpecError(Source(text, name).where(at), f"expected UTF-8 text, found {found}")
