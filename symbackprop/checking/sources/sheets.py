"""Answer sheets: which quantity each answer is for, and what it says.

Most answers are figures under known ids. They are read here, without the table of all names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice

from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.sources.plain_lines import SIGN
from symbackprop.checking.sources.sheet_csv import entries_in_csv
from symbackprop.checking.sources.sheet_json import entries_in_json
from symbackprop.checking.sources.sheet_source import Entry, Source
from symbackprop.checking.sources.sheet_toml import entries_in_toml
from symbackprop.checking.sources.snippet import Kind, Snippet
from symbackprop.checking.work import Chain, Figure, Gap, Leaf, Member, Trouble
from symbackprop.derivation.ids import split_id
from symbackprop.derivation.steps import Plan
from symbackprop.numerals import LARGEST_EXPONENT, MOST_DIGITS
from symbackprop.typeset.formula import Formula, Negative, Quantity
from symbackprop.wording import nearest

_FIGURE = re.compile(r"([+−-]?)((\d{1,400})?(?:\.(\d{0,400}))?(?:[eE]([+−-]?\d{1,4}))?)", re.ASCII)
_ONLY: Formula = Quantity("0")
_NEGATIVE: Formula = Negative(_ONLY)


def entries(text: str, kind: Kind, name: str) -> Iterator[Entry]:
    """The answers of a sheet, in its order. Raises SpecError where it is malformed."""
    source = Source(text, name)
    match kind:
        case Kind.TOML:
            return entries_in_toml(source)
        case Kind.JSON:
            return entries_in_json(source)
        case Kind.CSV:
            return entries_in_csv(source)
        case _:
            raise ValueError(f"{kind} is no answer sheet")


class Answers:
    """Makes chains of answers.

    `ids` gives what a name means that is no id, `member` reads an answer that is no figure: whoever needs neither
    doesn't pay for the table of names.
    """

    def __init__(self, plan: Plan, ids: Callable[[str], tuple[str, ...]], member: Callable[[Snippet], Member]) -> None:
        self._plan = plan
        self._ids = ids
        self._member = member
        self._guessed = 0

    def chain(self, entry: Entry) -> Chain:
        """The quantity and its answer. An answer may be a chain itself: a formula, the same with numbers, a value."""
        first = self._quantity(entry.quantity)
        answer = entry.answer
        if SIGN.search(answer.text) is None:
            return Chain(members=(first, self._side(answer.stripped(), approximate=False)), ids=first.leaves[0].ids)
        members, place, approximate = [first], 0, False
        for sign in (*SIGN.finditer(answer.text), None):
            side = answer.part(place, sign.start() if sign else len(answer.text)).stripped()
            # An answer may begin with its sign: "= 0.3775".
            if side.text or len(members) > 1 or sign is None:
                members.append(self._side(side, approximate=approximate))
            if sign is not None:
                place, approximate = sign.end(), sign[0] not in ("=", "＝", ":=")
        return Chain(members=tuple(members), ids=first.leaves[0].ids)

    def _quantity(self, name: Snippet) -> Member:
        text, span = name.text, name.span
        ids = self._known(text) or self._ids(text)
        trouble = None if ids else Trouble(gap=Gap.UNKNOWN, span=span, why=self._why_unknown(text))
        leaf = Leaf(text=text, span=span, ids=ids)
        return Member(text=text, span=span, formula=_ONLY, leaves=(leaf,), trouble=trouble)

    def _why_unknown(self, text: str) -> Why:
        # To compare with all ids takes a millisecond; a sheet with thousands of unknown names is no slip of the pen.
        self._guessed += 1
        near = nearest(text, near_ids(self._plan)) if self._guessed <= _MOST_GUESSES else None
        return Why(Snag.NO_ID if near is None else Snag.MISSPELT_ID, found=text, near=near)

    def _known(self, text: str) -> tuple[str, ...]:
        """The id that a text is, if it is one of this network's."""
        try:
            base, rounds = split_id(text)
        except ValueError:
            return ()
        if base not in self._plan:
            return ()
        return (f"{base}@{rounds}" if rounds else base,)

    def _side(self, side: Snippet, *, approximate: bool) -> Member:
        figure = _figure(side.text)
        if figure is None:
            member = self._member(side)
            return member if member.approximate == approximate else _approximated(member)
        span = side.span
        digits = side if side.text[0] not in "+−-" else side.part(1, len(side.text)).stripped()
        leaf = Leaf(text=digits.text, span=digits.span, figure=figure)
        formula = _ONLY if side.text[0] not in "−-" else _NEGATIVE
        return Member(text=side.text, span=span, formula=formula, leaves=(leaf,), approximate=approximate)


_MOST_GUESSES = 20
_MOST_COMPARED = 2_000


def near_ids(plan: Plan) -> Iterator[str]:
    """The ids with which a misspelt one is compared: all that a network of a textbook has."""
    return islice(plan, _MOST_COMPARED)


def _approximated(member: Member) -> Member:
    return Member(
        text=member.text,
        span=member.span,
        formula=member.formula,
        leaves=member.leaves,
        trouble=member.trouble,
        approximate=True,
    )


def _figure(text: str) -> Figure | None:
    """A plain decimal of a usual length; None for anything else."""
    match = _FIGURE.fullmatch(text)
    if match is None:
        return None
    _, typed, whole, decimals, exponent = match.groups(default="")
    digits = whole + decimals
    power = int(exponent.replace("−", "-") or 0)
    if not digits or len(digits) > MOST_DIGITS or abs(power) > LARGEST_EXPONENT:
        return None
    last = len(decimals) - power
    value = Fraction(int(digits) * 10**-last) if last < 0 else Fraction(int(digits), 10**last)
    return Figure(value=value, typed=typed, decimals=last, significant=len(digits.lstrip("0")))
