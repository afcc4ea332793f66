"""What a document says to equal something: the statements of its calculations, and those within its sentences."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.pages.document import (
    Document,
    EquationLine,
    Equations,
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
from symbackprop.typeset.layout import Layout, Operator, Row

RELATIONS = (Operator.EQUALS, Operator.APPROXIMATELY)

Claim = tuple[Layout, Operator, Layout]
"""A quantity, how exactly it is said to equal something, and what."""


def claims(document: Document) -> Iterator[Claim]:
    """Yield everything that a document says to equal something: in calculations, and within sentences."""
    for block in document.blocks:
        if isinstance(block, Equations):
            yield from _calculated(block)
    for content in inlines(document):
        for inline in content:
            match inline:
                case Math(layout=Row(parts=parts)) if any(part in RELATIONS for part in parts):
                    first = next(place for place, part in enumerate(parts) if part in RELATIONS)
                    left = Row(parts[:first])
                    yield from ((left, sign, right) for sign, right in _relations(list(parts[first:])))
                case _:
                    pass


def _calculated(block: Equations) -> Iterator[Claim]:
    left: Layout | None = None
    formula: list[Layout | Operator] = []
    sign: Operator | None = None
    lines = [line for line in block.lines if isinstance(line, EquationLine)]
    for line in [*lines, None]:
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
    """Yield `= a ≈ b` one by one."""
    sign: Operator | None = None
    gathered: list[Layout | Operator] = []
    for part in [*parts, Operator.EQUALS]:
        if isinstance(part, Operator) and part in RELATIONS:
            if sign is not None:
                alone = gathered[0] if len(gathered) == 1 else None
                yield sign, Row(tuple(gathered)) if alone is None or isinstance(alone, Operator) else alone
            sign, gathered = part, []
        else:
            gathered.append(part)


def inlines(document: Document) -> Iterator[Inlines]:
    """Yield all words and formulas that don't stand in calculations."""
    yield document.title
    yield document.subtitle
    for block in document.blocks:
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
            case Ledger(header=header):
                yield from header
            case _:
                yield block.caption
