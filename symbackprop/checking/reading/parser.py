"""Chains of equal members in a stretch of text, and single formulas and names.

What separates members is a relation (`=`, `≈`, `:=`, `←`); what separates chains a comma, an arrow, or the end of a
row. A row that begins with a relation, or with an operator, goes on with the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from symbackprop.checking.reading import reader_commands, reader_names, reader_numbers
from symbackprop.checking.reading.gaps import GapError
from symbackprop.checking.reading.name_spelling import Stand
from symbackprop.checking.reading.name_tokens import NameTokens
from symbackprop.checking.reading.names import Names
from symbackprop.checking.reading.parting import Part, parted
from symbackprop.checking.reading.reader import Grammar, Reader
from symbackprop.checking.reading.reader_functions import is_function
from symbackprop.checking.reading.scan_latex import tokenize
from symbackprop.checking.reading.soundness import unsound
from symbackprop.checking.reading.tokens import Dialect, Kind, Token, TooLongError, pairs_of
from symbackprop.checking.reading.updates import with_updates
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
)


def read_chains(text: str, span: Span, dialect: Dialect, names: Names) -> tuple[Chain, ...]:
    """The chains in a stretch of a text; a stretch that says of nothing what it equals is none."""
    try:
        tokens = tokenize(text, span, dialect, decimal_comma=names.decimal_comma)
    except TooLongError as error:
        where = Span(start=error.offset, end=span.end)
        return (Chain(members=(_unread(text, where, "expected a shorter text"),) * 2),)
    chains = (_chain(text, parts, dialect, names) for parts in parted(_cleaned(tokens, dialect, names)))
    return tuple(chains)


def read_member(text: str, span: Span, names: Names) -> Member:
    """One formula or figure, without a relation; LaTeX where it has a backslash or a brace, else plain text."""
    stretch = text[span.start : span.end]
    dialect = Dialect.LATEX if "\\" in stretch or "{" in stretch else Dialect.PLAIN
    try:
        tokens = tokenize(text, span, dialect, decimal_comma=names.decimal_comma)
    except TooLongError:
        return _unread(text, span, "expected a shorter text")
    kept: list[Token] = []
    depth = 0
    for token in _cleaned(tokens, dialect, names):
        depth += (token.kind in (Kind.OPEN, Kind.BEGIN)) - (token.kind in (Kind.CLOSE, Kind.END))
        if depth <= 0 and token.kind in (Kind.RELATION, Kind.ARROW):
            why = f'expected one formula or figure, found "{token.text}"'
            return _unread(text, Span(start=token.start, end=token.end), why)
        if depth > 0 or token.kind not in (Kind.ROW, Kind.COLUMN):
            kept.append(token)
    while kept and kept[-1].kind is Kind.COMMA:
        kept.pop()
    if not kept:
        return _unread(text, span, "expected a formula or a figure, found nothing")
    return _member(text, Part(tuple(kept), ""), dialect, names, {})


def read_quantity(text: str, names: Names) -> tuple[str, ...]:
    """The ids of the quantities that a lone name means; none if it is no name, or that of nothing here."""
    plain = text.strip()
    if names.has(plain):
        return (plain,)
    member = read_member(text, Span(start=0, end=len(text)), names)
    return _ids(member)


def _ids(member: Member) -> tuple[str, ...]:
    return member.leaves[0].ids if isinstance(member.formula, Quantity) and len(member.leaves) == 1 else ()


# --- Members


def _chain(text: str, parts: Sequence[Part], dialect: Dialect, names: Names) -> Chain:
    members = [_member(text, part, dialect, names, {}) for part in parts]
    if [token.text for token in parts[0].tokens] == ["e"] and isinstance(members[0].formula, Exp):
        # What something is said to equal has a name: this is nobody's number e.
        why = '"e" is no quantity in particular'
        trouble = Trouble(gap=Gap.GENERAL, span=members[0].span, why=why)
        members[0] = replace(members[0], formula=None, trouble=trouble)
    if any(it.trouble is not None and it.trouble.gap is Gap.GENERAL for it in members):
        meant = _meant(members, names)
        if meant:
            members = [
                _member(text, part, dialect, names, meant) if member.trouble is not None else member
                for part, member in zip(parts, members, strict=True)
            ]
    ids = _ids(members[0])
    assigned = parts[1].relation if len(parts) > 1 else ""
    if assigned == "<-" or (assigned == ":=" and any(set(ids) & set(leaf.ids) for leaf in members[1].leaves)):
        updated = names.updated(ids)
        if updated:
            ids = updated
            leaf = replace(members[0].leaves[0], ids=ids)
            members[0] = replace(members[0], leaves=(leaf,))
    return Chain(members=tuple(members), ids=ids)


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


def _member(text: str, part: Part, dialect: Dialect, names: Names, meant: dict[str, str]) -> Member:
    tokens = part.tokens
    span = Span(start=tokens[0].start, end=tokens[-1].end)
    approximate = part.relation == "~"
    own = text[span.start : span.end]
    if len(own) > MOST_CHARACTERS:
        return _unread(text, span, f"expected at most {MOST_CHARACTERS:,} characters")
    partner, lonely = pairs_of(list(tokens))
    if lonely is not None:
        token = tokens[lonely]
        why = f'expected the other half of "{token.text}"'
        return _unread(text, Span(start=token.start, end=token.end), why)
    reader = Reader(text, NameTokens(tokens, partner, names, dialect, Stand(bound=dict(meant))), _GRAMMAR)
    trouble: Trouble | None = None
    formula: Formula | None = None
    try:
        formula = reader.formula()
        trouble = _worst(reader.troubles) or unsound(formula, reader.leaves, span)
    except GapError as error:
        trouble = error.trouble
        if trouble.gap is Gap.GENERAL and any(it.gap is Gap.UNKNOWN for it in reader.troubles):
            trouble = _worst(reader.troubles)
    if trouble is not None:
        trouble = _of_matrices(tokens) or trouble
    if trouble is not None:
        leaves = tuple(reader.leaves)
        return Member(text=own, span=span, formula=None, leaves=leaves, trouble=trouble, approximate=approximate)
    assert formula is not None
    formula, leaves = _numbered(formula, reader.leaves)
    return Member(text=own, span=span, formula=formula, leaves=leaves, approximate=approximate)


def _of_matrices(tokens: Sequence[Token]) -> Trouble | None:
    """What can't be read of a formula with vectors or matrices in it, whatever else stands there."""
    found = next((it for it in tokens if it.kind is Kind.MATRIX), None)
    if found is None:
        return None
    span = Span(start=found.start, end=found.end)
    return Trouble(gap=Gap.GENERAL, span=span, why="vectors and matrices aren't read yet")


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


def _unread(text: str, span: Span, why: str) -> Member:
    trouble = Trouble(gap=Gap.UNREAD, span=span, why=why)
    return Member(text=text[span.start : span.end], span=span, formula=None, trouble=trouble)


# --- From tokens to members


def _cleaned(tokens: list[Token], dialect: Dialect, names: Names) -> list[Token]:
    """The tokens without remarks, and without braces around whole equations."""
    partner, _ = pairs_of(tokens)
    dropped: set[int] = set()
    depth = 0
    for index, token in enumerate(tokens):
        opens = token.kind is Kind.OPEN and token.text == "{"
        if opens and index in partner and not _is_argument(tokens, index) and _holds_relation(tokens, index, partner):
            dropped |= {index, partner[index]}
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
    kept = [token for index, token in enumerate(tokens) if index not in dropped]
    return _without_remarks(with_updates(_with_times(kept, names)), dialect, names)


def _with_times(tokens: list[Token], names: Names) -> list[Token]:
    """The tokens with an x between two numbers as a sign: 2x3, unless x3 is one of the network's names."""
    found = list(tokens)
    for index in range(1, len(tokens) - 1):
        before, token, after = tokens[index - 1 : index + 2]
        if token.kind is not Kind.LETTER or token.text not in ("x", "X") or not (after.glued and before.text):
            continue
        if before.kind is not Kind.NUMBER or after.kind is not Kind.NUMBER or _is_index(tokens, index - 1):
            continue
        guesses = names.guesses(f"x{after.text}")
        if not any(names.has(f"{id_}{mark}") for id_ in guesses for mark in ("", "[1]", "[1,1]")):
            found[index] = Token(Kind.OPERATOR, "*", token.start, token.end, token.glued)
    return found


def _is_index(tokens: Sequence[Token], index: int) -> bool:
    """Whether a number belongs to a name before it."""
    before = tokens[index - 1] if index else None
    if before is None:
        return False
    return before.kind is Kind.SUB or (tokens[index].glued and before.kind in (Kind.LETTER, Kind.WORD))


def _is_argument(tokens: Sequence[Token], index: int) -> bool:
    before = tokens[index - 1].kind if index else None
    return before in (Kind.SUB, Kind.SUP, Kind.COMMAND, Kind.CLOSE, Kind.ACCENT)


def _holds_relation(tokens: Sequence[Token], index: int, partner: dict[int, int]) -> bool:
    at = index + 1
    while at < partner[index]:
        kind = tokens[at].kind
        if kind in (Kind.RELATION, Kind.ROW):
            return True
        at = partner[at] + 1 if kind is Kind.OPEN and at in partner and not _nests(tokens, at) else at + 1
    return False


def _nests(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].text == "{" and not _is_argument(tokens, at)


_BREAKS = (Kind.ROW, Kind.RELATION, Kind.COMMA, Kind.ARROW, Kind.COLUMN)


def _without_remarks(tokens: list[Token], dialect: Dialect, names: Names) -> list[Token]:
    """Without words that stand by themselves before or after a formula, as LaTeX's text does."""
    partner, _ = pairs_of(tokens)
    scan = NameTokens(tokens, partner, names, dialect, Stand())
    kept: list[Token] = []
    depth = 0
    besides = _remark_columns(tokens, scan)
    for index, token in enumerate(tokens):
        if index in besides:
            continue
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if token.kind is Kind.WORD and depth == 0 and _is_remark(tokens, index, scan):
            if index + 1 < len(tokens) and index and tokens[index + 1].kind not in _BREAKS:
                kept.append(Token(Kind.COMMA, ",", token.start, token.end, glued=False))
            continue
        kept.append(token)
    return kept


def _remark_columns(tokens: Sequence[Token], scan: NameTokens) -> set[int]:
    """What stands in columns, or in rows, that only hold a remark: its words, and the mathematics among them."""
    found: set[int] = set()
    row: list[int] = []
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.kind in (Kind.OPEN, Kind.BEGIN)) - (token.kind in (Kind.CLOSE, Kind.END))
        if depth > 0:
            continue
        if token.kind is not Kind.ROW:
            row.append(index)
        if row and (token.kind is Kind.ROW or index + 1 == len(tokens)):
            start = _remark_in_row([tokens[it] for it in row], row, lambda at: _is_remark(tokens, at, scan))
            if start is not None:
                found.update(range(start, row[-1] + 1))
            row = []
    return found


def _remark_in_row(tokens: Sequence[Token], places: Sequence[int], is_remark: Callable[[int], bool]) -> int | None:
    """Where the remark of a row begins, if there is one: after two signs of a column, or after one at its beginning."""
    kinds = [it.kind for it in tokens]
    for at, kind in enumerate(kinds):
        if kind is not Kind.COLUMN or (at and Kind.COLUMN not in kinds[at + 1 : at + 2]):
            continue
        rest = range(at + 1 if at == 0 else at + 2, len(kinds))
        words = [it for it in rest if kinds[it] is Kind.WORD]
        if at == 0:
            fits = bool(words) and words[0] == rest[0] and Kind.RELATION not in kinds
        else:
            # Beside a formula there may also be another one, with columns of its own.
            fits = bool(words) and Kind.COLUMN not in kinds[at + 2 :]
        if fits and is_remark(places[words[0]]):
            return places[at]
    return None


def _is_remark(tokens: Sequence[Token], index: int, scan: NameTokens) -> bool:
    """Whether a word is none of the formula's: it has no index, is no function, and means nothing here."""
    word = tokens[index].text
    after = tokens[index + 1].kind if index + 1 < len(tokens) else None
    before = tokens[index - 1].kind if index else None
    if not word.replace(" ", "").replace(",", "").isalnum() or not word.isascii():
        return True
    called = after is Kind.OPEN and tokens[index + 1].text != "{"
    if called or after in (Kind.SUB, Kind.SUP, Kind.PRIME):
        return " " in word and before in (None, *_BREAKS)
    if before in (Kind.SUB, Kind.SUP, Kind.ACCENT) or word == "d" or is_function(word) or scan.name(index) is not None:
        return False
    alone = before in (None, *_BREAKS) and after in (None, *_BREAKS)
    return " " in word or word not in scan.names.bases or (alone and before is Kind.COLUMN)
