"""Chains of equal members in a stretch of text, and single formulas and names.

What separates members is a relation (`=`, `≈`, `:=`, `←`); what separates chains a comma, an arrow, or the end of a
row. A row that begins with a relation, or with an operator, goes on with the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symbackprop.checking.reading import reader_commands, reader_names, reader_numbers
from symbackprop.checking.reading.account import Account
from symbackprop.checking.reading.cleaning import cleaned
from symbackprop.checking.reading.gaps import GapError
from symbackprop.checking.reading.name_spelling import Stand
from symbackprop.checking.reading.name_tokens import NameTokens
from symbackprop.checking.reading.names import Names
from symbackprop.checking.reading.parting import Part, parted
from symbackprop.checking.reading.reader import Grammar, Reader
from symbackprop.checking.reading.scan_latex import tokenize
from symbackprop.checking.reading.soundness import unsound
from symbackprop.checking.reading.tokens import Dialect, Kind, Token, TooLongError, pairs_of
from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.work import Chain, Gap, Leaf, Member, Span, Trouble
from symbackprop.typeset.formula import Exp, Formula, Quantity, rename

MOST_CHARACTERS = 100_000

_GRAMMAR = Grammar(
    number=reader_numbers.read,
    name=reader_names.read,
    known_name=reader_names.try_read,
    marked=reader_names.with_mark,
    command=reader_commands.read,
    cases=reader_commands.cases,
    condition=reader_commands.condition,
)


def read_chains(
    text: str, span: Span, dialect: Dialect, names: Names, account: Account | None = None
) -> tuple[Chain, ...]:
    """The chains in a stretch of a text; a stretch that says of nothing what it equals is none.

    What that costs goes on the account of the work. Raises OutOfBudget.
    """
    account = account or Account()
    try:
        tokens = tokenize(text, span, dialect, decimal_comma=names.decimal_comma)
    except TooLongError as error:
        where = Span(start=error.offset, end=span.end)
        return (Chain(members=(_unread(text, where, Why(Snag.SHORTER_TEXT)),) * 2),)
    account.spend(len(tokens))
    chains = parted(cleaned(tokens, dialect, names))
    return tuple(_Chains(text, dialect, names, account).chain(parts) for parts in chains)


def read_member(text: str, span: Span, names: Names, account: Account | None = None) -> Member:
    """One formula or figure, without a relation; LaTeX where it has a backslash or a brace, else plain text."""
    stretch = text[span.start : span.end]
    dialect = Dialect.LATEX if "\\" in stretch or "{" in stretch else Dialect.PLAIN
    try:
        tokens = tokenize(text, span, dialect, decimal_comma=names.decimal_comma)
    except TooLongError:
        return _unread(text, span, Why(Snag.SHORTER_TEXT))
    account = account or Account()
    account.spend(len(tokens))
    kept: list[Token] = []
    depth = 0
    for token in cleaned(tokens, dialect, names):
        depth += (token.kind in (Kind.OPEN, Kind.BEGIN)) - (token.kind in (Kind.CLOSE, Kind.END))
        if depth <= 0 and token.kind in (Kind.RELATION, Kind.ARROW):
            return _unread_token(text, token, Snag.ONE_FORMULA)
        if depth > 0 or token.kind not in (Kind.ROW, Kind.COLUMN):
            kept.append(token)
    while kept and kept[-1].kind is Kind.COMMA:
        kept.pop()
    if not kept:
        return _unread(text, span, Why(Snag.NOTHING))
    return _Chains(text, dialect, names, account).member(Part(tuple(kept), ""), {})


def read_quantity(text: str, names: Names, account: Account | None = None) -> tuple[str, ...]:
    """The ids of the quantities that a lone name means; none if it is no name, or that of nothing here."""
    plain = text.strip()
    if names.has(plain):
        return (plain,)
    member = read_member(text, Span(start=0, end=len(text)), names, account)
    return _ids(member)


def _ids(member: Member) -> tuple[str, ...]:
    return member.leaves[0].ids if isinstance(member.formula, Quantity) and len(member.leaves) == 1 else ()


# --- Members


class _Chains:
    """Reads the chains in one stretch of a text."""

    def __init__(self, text: str, dialect: Dialect, names: Names, account: Account) -> None:
        self._text = text
        self._dialect = dialect
        self._names = names
        self._account = account

    def chain(self, parts: Sequence[Part]) -> Chain:
        """The chain of these members."""
        members = [self.member(part, {}) for part in parts]
        if [token.text for token in parts[0].tokens] == ["e"] and isinstance(members[0].formula, Exp):
            # What something is said to equal has a name: this is nobody's number e.
            why = Why(Snag.NO_PARTICULAR, found="e")
            trouble = Trouble(gap=Gap.GENERAL, span=members[0].span, why=why)
            members[0] = replace(members[0], formula=None, trouble=trouble)
        if any(it.trouble is not None and it.trouble.gap is Gap.GENERAL for it in members):
            meant = _meant(members, self._names)
            if meant:
                members = [
                    self.member(part, meant) if member.trouble is not None else member
                    for part, member in zip(parts, members, strict=True)
                ]
        ids = _ids(members[0])
        assigned = parts[1].relation if len(parts) > 1 else ""
        if assigned == "<-" or (assigned == ":=" and any(set(ids) & set(leaf.ids) for leaf in members[1].leaves)):
            updated = self._names.updated(ids)
            if updated:
                ids = updated
                leaf = replace(members[0].leaves[0], ids=ids)
                members[0] = replace(members[0], leaves=(leaf,))
        return Chain(members=tuple(members), ids=ids)

    def member(self, part: Part, meant: dict[str, str]) -> Member:
        """One member; `meant` says what free letters stand for."""
        text = self._text
        tokens = part.tokens
        span = Span(start=tokens[0].start, end=tokens[-1].end)
        approximate = part.relation == "~"
        own = text[span.start : span.end]
        if len(own) > MOST_CHARACTERS:
            return _unread(text, span, Why(Snag.CHARACTERS, limit=MOST_CHARACTERS))
        partner, lonely = pairs_of(list(tokens))
        if lonely is not None:
            return _unread_token(text, tokens[lonely], Snag.OTHER_HALF)
        scan = NameTokens(tokens, partner, self._names, self._dialect, Stand(bound=dict(meant)))
        reader = Reader(text, scan, _GRAMMAR, self._account)
        trouble: Trouble | None = None
        formula: Formula | None = None
        try:
            formula = reader.formula()
            trouble = _worst(reader.troubles) or unsound(formula, reader.leaves, span)
        except GapError as error:
            trouble = error.trouble
            if trouble.gap is Gap.GENERAL and any(it.gap is Gap.UNKNOWN for it in reader.troubles):
                trouble = _worst(reader.troubles)
        self._account.spend(reader.steps)
        if trouble is not None:
            trouble = _of_matrices(tokens) or trouble
        if trouble is not None:
            leaves = tuple(reader.leaves)
            return Member(text=own, span=span, formula=None, leaves=leaves, trouble=trouble, approximate=approximate)
        assert formula is not None
        formula, leaves = _numbered(formula, reader.leaves)
        return Member(text=own, span=span, formula=formula, leaves=leaves, approximate=approximate)


def _meant(members: Sequence[Member], names: Names) -> dict[str, str]:
    """What free letters stand for: the only neuron of a layer that the chain names beside them."""
    found: dict[str, set[str]] = {}
    for member in members:
        for leaf in member.leaves:
            for id_ in leaf.ids[:1]:
                for layer in range(1, names.neurons.last + 1):
                    letter = "o" if layer == names.neurons.last else "h"
                    label = _label(id_)
                    if label and label[0] == letter:
                        found.setdefault(letter, set()).add(label)
    return {letter: next(iter(labels)) for letter, labels in found.items() if len(labels) == 1}


def _label(id_: str) -> str:
    """The neuron that an id speaks of last: h1 of dout_h1/dnet_h1."""
    _, slash, last = id_.partition("@")[0].rpartition("/")
    what, _, label = last.removeprefix("d" if slash else "").partition("[")[0].partition("_")
    return label if what in ("net", "out", "delta") else ""


def _of_matrices(tokens: Sequence[Token]) -> Trouble | None:
    """What can't be read of a formula with vectors or matrices in it, whatever else stands there."""
    found = next((it for it in tokens if it.kind is Kind.MATRIX), None)
    if found is None:
        return None
    span = Span(start=found.start, end=found.end)
    return Trouble(gap=Gap.GENERAL, span=span, why=Why(Snag.MATRICES))


def _worst(troubles: Sequence[Trouble]) -> Trouble | None:
    """The trouble to tell: a name that there isn't before one that is general."""
    unknown = (it for it in troubles if it.gap is not Gap.GENERAL)
    return next(unknown, troubles[0] if troubles else None)


def _numbered(formula: Formula, leaves: Sequence[Leaf]) -> tuple[Formula, tuple[Leaf, ...]]:
    """The formula with its leaves numbered from left to right, each once."""
    order: list[Leaf] = []
    beside_target = any(leaf.ids and all(id_.startswith(_TARGET) for id_ in leaf.ids) for leaf in leaves)

    def number(id_: str) -> str:
        leaf = leaves[int(id_)]
        if beside_target and leaf.ids[:1] and leaf.ids[0].startswith(_TARGET):
            # Who writes t_1 for the target means the output by y_1.
            leaf = replace(leaf, ids=tuple(sorted(leaf.ids, key=lambda it: it.startswith(_TARGET))))
        order.append(leaf)
        return str(len(order) - 1)

    return rename(formula, number), tuple(order)


_TARGET = "target_"


def _unread(text: str, span: Span, why: Why) -> Member:
    trouble = Trouble(gap=Gap.UNREAD, span=span, why=why)
    return Member(text=text[span.start : span.end], span=span, formula=None, trouble=trouble)


def _unread_token(text: str, token: Token, what: Snag) -> Member:
    span = Span(start=token.start, end=token.end)
    return _unread(text, span, Why(what, found=text[span.start : span.end]))
