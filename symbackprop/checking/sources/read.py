"""Reading somebody's work, whatever it is written in: the one entry, and the limits of what is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain, islice
from pathlib import Path

from symbackprop.checking.budget import Budget
from symbackprop.checking.reading.account import Account
from symbackprop.checking.reading.commands import RELATIONS, SIGNS
from symbackprop.checking.reading.manner import in_its_notation, names_in
from symbackprop.checking.reading.names import Names, names_of
from symbackprop.checking.reading.parser import read_chains, read_member, read_quantity
from symbackprop.checking.reading.samples import Samples
from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.sources.documents import DOCUMENTS, snippets
from symbackprop.checking.sources.sheet_source import Entry, Source
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

MOST_SIGNS = 300_000
"""So many letters, numbers, commands and signs all formulas of a work may have, or all answers.

Each is read in about the same time. So many are in 700 kilobytes of LaTeX that are nothing but formulas; a megabyte of
a walkthrough, with its words, has half of them.
"""

MOST_EQUALITIES = 30_000
"""So many signs of equality, each of which makes a link to be judged; honest megabytes have some 20,000."""


def read_work(path: Path, network: Network) -> Work:
    """Somebody's work on a network from a file; its suffix says what it is written in.

    Raises SpecError with file, place, what was expected and what was found for what can't be read.
    """
    return Reader(network).read_work(path)


def read_text(text: str, kind: Kind, network: Network, name: str, budget: Budget | None = None) -> Work:
    """The same of a text; errors call it `name`. Raises OutOfBudget for one that costs more than it may."""
    return Reader(network).read_text(text, kind, name, budget)


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
        pieces = _Pieces(text, kind, name)
        what = "formulas" if kind in DOCUMENTS else "answers"
        too_many = SpecError(one_line(name), f"expected at most {MOST_SNIPPETS:,} {what}, found more")
        if pieces.count > MOST_SNIPPETS:
            raise too_many
        if pieces.signs > MOST_SIGNS:
            found = f"expected at most {MOST_SIGNS:,} letters, numbers and signs in {what}, found more"
            raise SpecError(one_line(name), found)
        if pieces.equalities > MOST_EQUALITIES:
            raise SpecError(one_line(name), f"expected at most {MOST_EQUALITIES:,} equals signs in {what}, found more")
        hand = _Hand(self._plan, lambda: self.names, Account(budget))
        chains = hand.chains(pieces)
        if len(chains) > MOST_SNIPPETS:
            raise too_many
        if not chains:
            why = hand.why_nothing() if kind in DOCUMENTS else "expected answers, found none"
            raise SpecError(one_line(name), why)
        names = in_its_notation(self.names, chains) if names_in(chains) else None
        if names is not None and names is not self.names:
            chains = _Hand(self._plan, lambda: names, Account(budget)).chains(pieces)
        return Work(name=name, text=text, chains=chains)

    @cached_property
    def _plan(self) -> Plan:
        return plan_of(shape_of(self.network))

    @cached_property
    def names(self) -> Names:
        """The network's table of names."""
        return names_of(self.network)


class _Pieces:
    """What in a work may be read as formulas or answers, found once for whoever reads it."""

    def __init__(self, text: str, kind: Kind, name: str) -> None:
        self.entries: tuple[Entry, ...] = ()
        self.snippets: tuple[tuple[Snippet, int], ...] = ()
        if kind in DOCUMENTS:
            samples = Samples(text)
            self.snippets = tuple((it, samples.at(it.span.start)) for it in snippets(text, kind))
        else:
            self.entries = tuple(islice(entries(text, kind, name), MOST_SNIPPETS + 1))

    @property
    def count(self) -> int:
        """How many there are; of too many, one more than may be."""
        return len(self.snippets) + len(self.entries)

    @property
    def signs(self) -> int:
        """How many letters, numbers, commands and signs they have."""
        return self._count(_SIGN)

    @property
    def equalities(self) -> int:
        """How many signs they have that make a link."""
        return self._count(_EQUALITY)

    def _count(self, pattern: re.Pattern[str]) -> int:
        answers = (side for it in self.entries for side in (it.quantity, it.answer))
        return sum(1 for it in chain((it for it, _ in self.snippets), answers) for _ in pattern.finditer(it.text))


_SIGN = re.compile(r"\\[A-Za-z]+|[0-9]+(?:\.[0-9]+)?|\S")
_RELATION_SIGNS = "".join(sign for sign, (kind, _) in SIGNS.items() if kind == "relation")
# A wide sign is read like the narrow one.
_EQUALITY = re.compile(rf"<-|[{re.escape(_RELATION_SIGNS)}＝~～]+|\\(?:{'|'.join(RELATIONS)})(?![A-Za-z])")


class _Hand:
    """Reads one work with one table of names, which it asks for when it needs it."""

    def __init__(self, plan: Plan, names: Callable[[], Names], account: Account) -> None:
        self._plan = plan
        self._names = names
        self._account = account
        self._answers = Answers(plan, self._ids, self._member)
        self._not_meant: list[str] = []
        # People write the same again and again; there are no more texts than a work may have formulas.
        self._read: dict[tuple[str, Dialect, int], tuple[Chain, ...]] = {}
        self._members: dict[str, Member] = {}

    def chains(self, pieces: _Pieces) -> tuple[Chain, ...]:
        """All that the pieces claim; of too many, one more than may be."""
        found = chain(self._of_document(pieces), map(self._answers.chain, pieces.entries))
        return tuple(islice(found, MOST_SNIPPETS + 1))

    def _of_document(self, pieces: _Pieces) -> Iterator[Chain]:
        for snippet, sample in pieces.snippets:
            for it in self._chains_of(snippet, sample):
                # Running text has equals signs for much else; what names something of this network is a claim.
                if _names_something(it) if snippet.loose else _says_something(it):
                    yield relocated(it, snippet)
                else:
                    self._not_meant.append(it.members[0].text)

    def _chains_of(self, snippet: Snippet, sample: int) -> tuple[Chain, ...]:
        """What a formula's text says, whatever its place in the document."""
        key = snippet.text, snippet.dialect, sample
        if key not in self._read:
            whole = Span(start=0, end=len(snippet.text))
            names = self._names().of_sample(sample)
            self._read[key] = read_chains(snippet.text, whole, snippet.dialect, names, self._account)
        return self._read[key]

    def why_nothing(self) -> str:
        """What is to be said of a document in which nothing is a claim on this network."""
        if not self._not_meant:
            return "expected formulas, or lines with an equals sign, found none"
        meant = (did_you_mean(name, near_ids(self._plan)) for name in self._not_meant[:_MOST_GUESSES])
        found = f"found {counted(len(self._not_meant), 'line')} with an equals sign"
        return f"{found}, but none names a quantity of this network{next(filter(None, meant), '')}"

    def _ids(self, text: str) -> tuple[str, ...]:
        return read_quantity(text, self._names(), self._account)

    def _member(self, side: Snippet) -> Member:
        text = side.text
        if text not in self._members:
            self._members[text] = read_member(text, Span(start=0, end=len(text)), self._names(), self._account)
        return relocated(Chain(members=(self._members[text],)), side).members[0]


def _names_something(claim: Chain) -> bool:
    return any(leaf.ids for member in claim.members for leaf in member.leaves)


def _says_something(claim: Chain) -> bool:
    """Whether something in a chain is a formula's: a figure, a known name or an operator."""
    return _names_something(claim) or any(_FORMULA.search(member.text) for member in claim.members)


_MOST_GUESSES = 10
_FORMULA = re.compile(r"[0-9+*/^\\·×√∂Σ∑]")


def _require_text(text: str, name: str) -> None:
    if len(text) > MOST_BYTES:
        raise SpecError(one_line(name), f"larger than the {MOST_BYTES:,} bytes that are read at most")
    at = text.find("\0")
    if at >= 0:
        raise SpecError(Source(text, name).where(at), "expected UTF-8 text, found the byte 0x00")
