"""Calculations: a step's definition, working, result, numbers and value as aligned lines that fit the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from symbackprop.derivation.balls import DomainError, Undecided, evaluate, precision
from symbackprop.derivation.values import FIRST_BITS, show
from symbackprop.functions import Line, Reason
from symbackprop.pages.document import EquationLine, Equations, Inlines, Math, Remark
from symbackprop.pages.narrate.cases import Case, in_each_case, why
from symbackprop.pages.narrate.fitting import fitted
from symbackprop.pages.narrate.remarks import folded
from symbackprop.pages.narrate.teller import Teller, relation
from symbackprop.pages.terminal import cells
from symbackprop.typeset.formula import Constant, Formula, Quantity, quantities
from symbackprop.typeset.layout import Layout, Number, Operator, relate
from symbackprop.typeset.measure import broken, width

_PAGE_WIDTH = 35.5
"""What a line of a calculation may take, in ems: A4 with common margins, less some air."""

_GAP = 2.0
_INDENT = 3.4
_NAME_WIDTH = 4.0
_LETTER_WIDTH = 0.47
_FURTHER_IN = 0.7
"""How much further to the right than after a sign a line goes on."""


def equations(*lines: Iterable[EquationLine]) -> Equations:
    """One block from several groups of lines. A note that finds no room beside its line moves below it."""
    gathered = [line_ for group in lines for line_ in group]
    left = max(0 if line_.left is None else width(line_.left) for line_ in gathered)
    gathered = [piece for line_ in gathered for piece in _within(line_, _PAGE_WIDTH - left)]
    room = _PAGE_WIDTH - _GAP - left - max(width(line_.right) for line_ in gathered)
    placed: list[EquationLine | Remark] = []
    for line_ in gathered:
        if not line_.note or words_width(line_.note) <= room:
            placed.append(line_)
        else:
            placed.append(replace(line_, note=(), passing=False))
            folds = folded(line_.note, _PAGE_WIDTH - _INDENT - left)
            placed.extend(Remark(content=part, when=line_.when, passing=line_.passing) for part in folds)
    return Equations(lines=tuple(placed))


_TOGETHER = 6


def _within(line_: EquationLine, room: float) -> Iterator[EquationLine]:
    """A line in pieces where the names on the left of its block leave too little room for it."""
    if width(line_.right) <= room:
        yield line_
        return
    first, *others = broken(line_.right, room)
    yield replace(line_, right=first, note=(), passing=False) if others else replace(line_, right=first)
    for number, other in enumerate(others, start=1):
        ends = number == len(others)
        note, passing = (line_.note, line_.passing) if ends else ((), False)
        yield EquationLine(left=None, relation=None, right=other, note=note, when=line_.when, passing=passing)


def in_blocks(groups: Sequence[Iterable[EquationLine]]) -> Iterator[Equations]:
    """Several groups of lines in as few blocks as a page can take: a block is never parted by a page's end."""
    for start in range(0, len(groups), _TOGETHER):
        yield equations(*groups[start : start + _TOGETHER])


def definition(teller: Teller, id_: str) -> Iterator[EquationLine]:
    """The formula that a derivative differentiates, as a line of its own."""
    differentiates = teller.derivation.pattern(id_).differentiates
    if differentiates is None:
        return
    of = id_.partition("/")[0].removeprefix("d")
    formula = teller.derivation.fill(id_, differentiates.definition)
    yield from line(teller.name(of), (Operator.EQUALS, _in_names(teller, formula)))


def worked(teller: Teller, id_: str) -> Iterator[EquationLine]:
    """A derivative from its definition to its value, each rule named where it is used."""
    pattern = teller.derivation.pattern(id_)
    lines = [*pattern.working, Line(formula=pattern.result, reason=Reason.SIMPLIFIED)]
    variable = id_.partition("/d")[2]
    yield from definition(teller, id_)
    left: Layout | None = teller.name(id_)
    for step in lines[:-1]:
        formula = teller.derivation.fill(id_, step.formula)
        yield from line(left, (Operator.EQUALS, _in_names(teller, formula)), note=reason(teller, variable, step.reason))
        left = None
    yield from valued(teller, id_, left=left)


def valued(teller: Teller, id_: str, *, left: Layout | None) -> Iterator[EquationLine]:
    """A step's formula, the formula with the numbers in it, and its value; `left` stands before the first."""
    formula = teller.derivation.formula(id_)
    if isinstance(formula, Constant):
        yield from line(left, value_of(teller, id_))
        return
    if isinstance(formula, Quantity):
        yield from line(left, (Operator.EQUALS, _in_names(teller, formula)), value_of(teller, id_))
        return
    yield from line(left, (Operator.EQUALS, _in_names(teller, formula)))
    yield from in_numbers(teller, id_, formula, left=None)


def computed(teller: Teller, id_: str) -> Iterator[EquationLine]:
    """A step from its name over its formula to its value."""
    yield from valued(teller, id_, left=teller.name(id_))


def in_numbers(teller: Teller, id_: str, formula: Formula, *, left: Layout | None) -> Iterator[EquationLine]:
    """One form of a step's result with the numbers in it, and the value; a remark where the two seem to disagree.

    Of several cases it has the one that applies, and says why.
    """

    def told(case: Case) -> Iterator[EquationLine]:
        because = why(teller, formula, case, teller.value)
        match case.formula:
            case Quantity() | Constant():
                yield from line(left, value_of(teller, id_), note=because)
            case one:
                sign = _sign(teller, one)
                parts = ((sign, _in_figures(teller, one)), value_of(teller, id_))
                yield from _noted(teller, id_, case, because, left, *parts)

    yield from in_each_case(teller, formula, told)


def in_names(teller: Teller, formula: Formula, *, left: Layout | None, note: Inlines = ()) -> Iterator[EquationLine]:
    """A formula in symbols, with the case that applies."""
    yield from in_each_case(
        teller,
        formula,
        lambda case: line(left, (Operator.EQUALS, teller.with_names(case.formula)), note=note),
    )


def _sign(teller: Teller, formula: Formula) -> Operator:
    exact = all(teller.shown(part).exact for part in quantities(formula))
    return Operator.EQUALS if exact else Operator.APPROXIMATELY


def _noted(
    teller: Teller, id_: str, case: Case, because: Inlines, left: Layout | None, *parts: tuple[Operator, Layout]
) -> Iterator[EquationLine]:
    """Lines with the reason for their case beside them, or else a passing remark on rounded numbers."""
    if because or not case.applies:
        yield from line(left, *parts, note=because)
        return
    for it in line(left, *parts, note=remark(teller, id_, case.formula)):
        yield replace(it, passing=bool(it.note))


def remark(teller: Teller, id_: str, formula: Formula) -> Inlines:
    """A word where the rounded numbers of a line would lead to other digits than the value's."""
    return teller.phrases.say("reason.unrounded") if drifts(teller, id_, formula) else ()


def compact(teller: Teller, id_: str, formula: Formula | None = None) -> Iterator[EquationLine]:
    """A step in as few lines as it fits in: its formula, or another form of it, the numbers, the value."""
    whole = teller.derivation.formula(id_) if formula is None else formula
    left = teller.name(id_)

    def told(case: Case) -> Iterator[EquationLine]:
        because = why(teller, whole, case, teller.name)
        symbols = (Operator.EQUALS, _in_names(teller, case.formula))
        match case.formula:
            case Constant():
                yield from line(left, value_of(teller, id_), note=because)
            case Quantity():
                yield from line(left, symbols, value_of(teller, id_), note=because)
            case one:
                numbers = (_sign(teller, one), _in_figures(teller, one))
                yield from _noted(teller, id_, case, because, left, symbols, numbers, value_of(teller, id_))

    yield from in_each_case(teller, whole, told)


def _in_names(teller: Teller, formula: Formula) -> Layout:
    return fitted(formula, teller.name, _PAGE_WIDTH - 2 * _NAME_WIDTH)


def _in_figures(teller: Teller, formula: Formula) -> Layout:
    return fitted(formula, teller.value, _PAGE_WIDTH - 2 * _NAME_WIDTH)


def value_of(teller: Teller, id_: str) -> tuple[Operator, Layout]:
    """A step's figure and the sign before it."""
    shown = teller.shown(id_)
    return relation(shown), teller.figured(id_, shown)


def drifts(teller: Teller, id_: str, formula: Formula) -> bool:
    """Whether a calculation with the rounded figures shown would end in other digits than the value's."""
    with precision(FIRST_BITS + 8 * teller.decimals):
        try:
            value = evaluate(formula, lambda part: Fraction(teller.shown(part).digits))
        except (DomainError, Undecided, ZeroDivisionError):
            # A figure that is rounded to 0 or 1 has no logarithm, or divides nothing.
            return True
        found = show(value, teller.decimals)
        return found is not None and found != show(Fraction(teller.shown(id_).digits), teller.decimals)


def reason(teller: Teller, variable: str, why: Reason) -> Inlines:
    """The words for a rule, which may name the variable of the derivative."""
    return teller.phrases.say(f"reason.{why.value}", variable=teller.name(variable), minus_one=Number("-1"))


def is_short(layout: Layout) -> bool:
    """Whether a formula fits into one line beside the name of what it gives."""
    return width(layout) <= _PAGE_WIDTH - _NAME_WIDTH


def is_breakable(layout: Layout) -> bool:
    """Whether a formula fits into as many such lines as it needs, broken before its signs."""
    return all(map(is_short, broken(layout, _PAGE_WIDTH - _NAME_WIDTH)))


def line(
    left: Layout | None, *parts: tuple[Operator, Layout], note: Inlines = (), room: float = _PAGE_WIDTH
) -> Iterator[EquationLine]:
    """Relations in one line where they fit, in as many as they need where not; `room` is how many ems a line has."""
    room -= 0 if left is None else width(left)
    row: list[Layout | Operator] = []
    for sign, layout in parts:
        if row and width(relate(*row, sign, layout)) > room:
            yield from _lines(left, row, room)
            left, row = None, []
        row.extend((sign, layout))
    lines = list(_lines(left, row, room))
    yield from lines[:-1]
    last = lines[-1]
    yield EquationLine(left=last.left, relation=last.relation, right=last.right, note=note)


def _lines(left: Layout | None, row: list[Layout | Operator], room: float) -> Iterator[EquationLine]:
    sign, *rest = row
    assert isinstance(sign, Operator)
    pieces = broken(relate(*rest), room)
    if len(pieces) > 1:
        pieces = broken(relate(*rest), room - _FURTHER_IN)
    first, *others = pieces
    yield EquationLine(left=left, relation=sign, right=first, note=())
    for other in others:
        yield EquationLine(left=None, relation=None, right=other, note=())


def words_width(note: Inlines) -> float:
    """The estimated width of words and formulas in a line, in ems."""
    return sum(width(part.layout) if isinstance(part, Math) else _LETTER_WIDTH * cells(part.text) for part in note)
