"""Reads what a document says to equal something, and holds it against a textbook's numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from symbackprop.pages.document import (
    Block,
    EquationLine,
    Equations,
    Figure,
    Heading,
    Inlines,
    Items,
    Ledger,
    Math,
    Note,
    Paragraph,
    Remark,
    Table,
)
from symbackprop.typeset.layout import Fenced, Layout, Number, Operator, Row
from symbackprop.typeset.measure import CLOSING, OPENING
from symbackprop.typeset.unicode import unicode
from tests.pages.arithmetic import NoValueError, evaluate, only_numbers

RELATIONS = (Operator.EQUALS, Operator.APPROXIMATELY)
Claim = tuple[Layout, Operator, Layout]

_SEEN_DIGITS = Decimal("1e-6")
"""How far a formula with rounded figures in it may be off, for each 1 that its value or its factors may have."""

_NOISE = Decimal("1e-40")
"""How far 60 digits may have taken the reference from what is exact, as a third of what comes three times."""


def claims(blocks: Iterable[Block]) -> Iterator[Claim]:
    """Yield everything that is said to equal something: in calculations, and within sentences and cells."""
    for block in blocks:
        if isinstance(block, Equations):
            yield from _calculated(block)
        for content in inlines(block):
            for inline in content:
                if isinstance(inline, Math) and isinstance(inline.layout, Row):
                    yield from _said(inline.layout.parts)


def inlines(block: Block) -> Iterator[Inlines]:
    """Yield the words of a block."""
    match block:
        case Heading(content=content) | Paragraph(content=content):
            yield content
        case Note(title=title, content=contents):
            yield title
            yield from contents
        case Items(items=items):
            yield from items
        case Table(header=header, rows=rows):
            yield from header
            for row in rows:
                yield from row
        case Equations(lines=lines):
            for line in lines:
                yield line.content if isinstance(line, Remark) else line.note
        case Figure(caption=caption):
            yield caption
        case Ledger(header=header):
            yield from header


def _said(parts: tuple[Layout | Operator, ...]) -> Iterator[Claim]:
    at = next((place for place, part in enumerate(parts) if part in RELATIONS), None)
    if at is not None:
        left = _joined(list(parts[:at]))
        yield from ((left, sign, right) for sign, right in _relations(list(parts[at:])))


def _calculated(block: Equations) -> Iterator[Claim]:
    left: Layout | None = None
    formula: list[Layout | Operator] = []
    sign: Operator | None = None
    for line in [*(line for line in block.lines if isinstance(line, EquationLine)), None]:
        if (line is None or line.relation is not None) and left is not None and sign is not None:
            yield from ((left, relation, right) for relation, right in _relations([sign, *formula]))
        if line is None:
            return
        left = line.left or left
        parts = line.right.parts if isinstance(line.right, Row) else (line.right,)
        if line.relation is None:
            # The formula above was too long for one line.
            formula.extend(parts)
        else:
            formula, sign = [*parts], line.relation


def _relations(parts: list[Layout | Operator]) -> Iterator[tuple[Operator, Layout]]:
    sign: Operator | None = None
    gathered: list[Layout | Operator] = []
    for part in [*parts, Operator.EQUALS]:
        if isinstance(part, Operator) and part in RELATIONS:
            if sign is not None:
                yield sign, _joined(gathered)
            sign, gathered = part, []
        else:
            gathered.append(part)


def _joined(parts: list[Layout | Operator]) -> Layout:
    parts = closed(parts)
    alone = parts[0] if len(parts) == 1 else None
    return Row(tuple(parts)) if alone is None or isinstance(alone, Operator) else alone


def untrue(found: Iterable[Claim], known: Mapping[str, Decimal], general: frozenset[str]) -> list[str]:
    """Return every claim that isn't true. Those about any neuron, `general`, are left to other tests."""
    wrong = []
    for left, sign, right in found:
        if unicode(left) in general:
            continue
        said = f"{unicode(left)} {sign.value} {unicode(right)}"
        value = known[unicode(left)]
        if isinstance(right, Number):
            # What is multiplied by an initial state of 0 may be exact and yet not known to be.
            is_off = abs(Decimal(right.digits) - value) > _NOISE
            if not _is_rounding(right.digits, value) or (sign is Operator.EQUALS and is_off):
                wrong.append(f"{said}, but it is {value}")
            continue
        try:
            result = evaluate(right, known)
        except NoValueError:
            continue
        allowed = _SEEN_DIGITS * max(Decimal(1), abs(value)) if only_numbers(right) else _NOISE
        if abs(result - value) > allowed:
            wrong.append(f"{said}: {result}, but it is {value}")
    return wrong


def _is_rounding(digits: str, value: Decimal) -> bool:
    shown = Decimal(digits)
    return value.quantize(Decimal(1).scaleb(int(shown.as_tuple().exponent)), ROUND_HALF_UP) == shown


def closed(parts: list[Layout | Operator]) -> list[Layout | Operator]:
    """Return the parts with parentheses that a line's end had cut open around what they enclose again."""
    rows: list[list[Layout | Operator]] = [[]]
    for part in parts:
        if part == OPENING:
            rows.append([])
        elif part == CLOSING:
            body = rows.pop()
            rows[-1].append(Fenced(Row(tuple(body))))
        else:
            rows[-1].append(part)
    (row,) = rows
    return row
