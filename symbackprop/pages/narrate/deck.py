"""A deck of slides: each with a title, a look of the one drawing that all of them share, and a calculation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from symbackprop.derivation.forward import L1_PENALTY, L2_PENALTY
from symbackprop.derivation.graph import TOTAL_ERROR, data_error
from symbackprop.derivation.steps import updated
from symbackprop.pages.document import Block, EquationLine, Equations, Figure, Heading, Inlines, Remark, Table
from symbackprop.pages.figures import Drawing, Look
from symbackprop.pages.figures.shapes import extent
from symbackprop.pages.narrate.equations import compact, computed, equations, words_width
from symbackprop.pages.narrate.optimizers import steps_of
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.training import tell_training
from symbackprop.pages.phrases import Filling
from symbackprop.records import record
from symbackprop.typeset.formula import Quantity

_TALLEST = 10.0
"""A slide has room for so many ems of lines below a drawing; what is longer goes on on another one."""

_AIR = 0.65


@record(kw_only=True)
class Slide:
    """One step of the calculation, and what is lit meanwhile."""

    title: Heading
    look: Look
    lines: Equations


def slide(teller: Teller, look: Look, lines: Iterable[EquationLine], title: str, **names: Filling) -> Iterator[Slide]:
    """A slide, or more where there are too many lines for one."""
    heading = teller.heading(2, title, **names)
    whole = equations(lines).lines
    parts = -(-_height(whole) // _TALLEST)
    part: tuple[EquationLine | Remark, ...] = ()
    for calculation in _calculations(whole):
        if part and _height(part) + _height(calculation) / 2 > _height(whole) / parts:
            yield Slide(title=heading, look=look, lines=Equations(lines=part))
            part = ()
        part += calculation
    yield Slide(title=heading, look=look, lines=Equations(lines=part))


def _calculations(lines: tuple[EquationLine | Remark, ...]) -> Iterator[tuple[EquationLine | Remark, ...]]:
    """The lines in groups, each of which begins with what is calculated; of one that is too long, line by line."""
    starts = [number for number, it in enumerate(lines) if isinstance(it, EquationLine) and it.left is not None]
    for start, end in pairwise((*(starts or [0]), len(lines))):
        group = lines[start:end]
        if _height(group) <= _TALLEST:
            yield group
        else:
            yield from ((it,) for it in group)


def has_room(lines: Iterable[EquationLine]) -> bool:
    """Whether a slide has room for some lines."""
    return _height(equations(lines).lines) <= _TALLEST


def _height(lines: Iterable[EquationLine | Remark]) -> float:
    """The estimated height of some lines in ems of their font, with the air between them."""
    return sum(_AIR + (1.0 if isinstance(it, Remark) else _tallest(it)) for it in lines)


def _tallest(line: EquationLine) -> float:
    return max(sum(extent(it, 1.0)[1:]) for it in (line.left, line.right) if it is not None)


def shown(slides: Iterable[Slide], draw: Callable[[Sequence[Look]], tuple[Drawing, ...]]) -> Iterator[Block]:
    """The slides with their drawings, in which nothing moves from one to the next."""
    deck = tuple(slides)
    drawings = draw([it.look for it in deck])
    for number, (it, drawing) in enumerate(zip(deck, drawings, strict=True), start=1):
        yield it.title
        yield figure(f"slide-{number}", drawing)
        yield it.lines


_MOST_LINES = 9
_COLUMN_WIDTH = 30.0
"""What the second column of a table of numbers may take on a slide, in ems."""


def tell_numbers(teller: Teller, table: Table) -> Iterator[Block]:
    """The numbers given, on as many slides as their table needs."""
    rows: list[tuple[Inlines, ...]] = []
    height = 0
    for row in table.rows:
        lines = 1 + int(words_width(row[1]) / _COLUMN_WIDTH)
        if rows and height + lines > _MOST_LINES:
            yield teller.heading(2, "slides.numbers")
            yield replace(table, rows=tuple(rows))
            rows, height = [], 0
        rows.append(row)
        height += lines
    yield teller.heading(2, "slides.numbers")
    yield replace(table, rows=tuple(rows))


def figure(name: str, drawing: Drawing) -> Figure:
    """A drawing without a caption: the slide's title says what it shows."""
    return Figure(name=name, drawing=drawing, caption=())


def error_slides(teller: Teller, look: Callable[[str], Look]) -> Iterator[Slide]:
    """What the errors of the outputs make up, up to the error that training makes smaller."""
    shape = teller.graph.shape
    penalties = (*((L1_PENALTY,) if shape.l1 else ()), *((L2_PENALTY,) if shape.l2 else ()))
    waiting: list[EquationLine] = []
    for error in dict.fromkeys((teller.error, data_error(shape), *penalties, TOTAL_ERROR)):
        waiting.extend(computed(teller, error))
        # An error that is only another name for the one before it needs no slide of its own.
        if error == TOTAL_ERROR or not isinstance(teller.derivation.formula(error), Quantity):
            title = "slides.total" if error == TOTAL_ERROR else "slides.part"
            yield from slide(teller, look(error), waiting, title, total=teller.name(error))
            waiting = []


def update_slides(teller: Teller, parameter: str, look: Look) -> Iterator[Slide]:
    """What the optimizer keeps of a gradient, if it does, and the parameter's new value."""
    if updated(parameter) not in teller.derivation.steps:
        return
    name = teller.name(parameter)
    *kept, last = steps_of(parameter, teller.graph.shape.rule)
    if kept:
        lines = (line for id_ in kept for line in compact(teller, id_))
        yield from slide(teller, look, lines, "slides.state", weight=name)
    yield from slide(teller, look, computed(teller, last), "slides.update", weight=name)


def tell_curve(teller: Teller) -> Iterator[Block]:
    """The error over all rounds, as the last slide."""
    rounds = teller.derivation.network.training.rounds
    if rounds > 1:
        yield teller.heading(2, "slides.curve", rounds=teller.counted(rounds))
        yield from (
            figure("error", block.drawing) for block in tell_training(teller, rounds) if isinstance(block, Figure)
        )
