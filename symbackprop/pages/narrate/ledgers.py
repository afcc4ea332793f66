"""The weights of one neuron as a ledger: each gradient and each update with its numbers, a row for each weight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat

from symbackprop.derivation.families import Family, by, updated
from symbackprop.derivation.graph import TOTAL_ERROR
from symbackprop.derivation.pattern import Form
from symbackprop.derivation.patterns import work_out
from symbackprop.derivation.values import Shown
from symbackprop.pages.document import Align, Digits, Inlines, Ledger, Setting
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.formula import Formula, Quantity, quantities
from symbackprop.typeset.layout import Layout, Number, Operator, relate


class _Rows:
    """Rows that are made anew whenever somebody goes through them, and kept by nobody."""

    def __init__(self, make: Callable[[], Iterator[tuple[Layout | Digits, ...]]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[tuple[Layout | Digits, ...]]:
        return self._make()


def weights_ledger(teller: Teller, weights: tuple[str, ...], sources: tuple[str, ...]) -> Ledger:
    """Each weight into a neuron: what it weighs, its gradient, and itself after the update."""
    calculations = _calculations(teller, weights)
    header = (*_said(teller, "weight", "weighs"), *_headers(teller))

    def rows() -> Iterator[tuple[Layout | Digits, ...]]:
        names = map(teller.name, weights)
        return zip(names, map(teller.name, sources), *(column() for _, column in calculations), strict=True)

    return Ledger(
        header=header,
        align=(Align.LEFT, Align.LEFT, *_sides(teller)),
        settings=(None, None, *(setting for setting, _ in calculations)),
        rows=_Rows(rows),
    )


def biases_ledger(teller: Teller, biases: tuple[str, ...]) -> Ledger:
    """Each bias of a layer: its gradient, and itself after the update."""
    calculations = _calculations(teller, biases)

    def rows() -> Iterator[tuple[Layout | Digits, ...]]:
        return zip(map(teller.name, biases), *(column() for _, column in calculations), strict=True)

    return Ledger(
        header=(*_said(teller, "bias"), *_headers(teller)),
        align=(Align.LEFT, *_sides(teller)),
        settings=(None, *(setting for setting, _ in calculations)),
        rows=_Rows(rows),
    )


_MOST_IN_A_LINE = 10


def _sides(teller: Teller) -> tuple[Align, Align]:
    """How the two calculations stand: with so many decimals that a page is too narrow for both, in several lines."""
    side = Align.RIGHT if teller.decimals <= _MOST_IN_A_LINE else Align.WRAPPED
    return side, side


def _said(teller: Teller, *columns: str) -> tuple[Inlines, ...]:
    return tuple(teller.phrases.say(f"large.column.{column}") for column in columns)


def _headers(teller: Teller) -> tuple[Inlines, Inlines]:
    gradient = teller.phrases.say("large.column.gradient", gradient=teller.name(by(TOTAL_ERROR, "w")))
    return gradient, teller.phrases.say("large.column.update")


_Calculation = tuple[Setting, Callable[[], Iterable[Digits]]]


def _calculations(teller: Teller, parameters: tuple[str, ...]) -> tuple[_Calculation, _Calculation]:
    """The gradients and the updates of parameters, each with how it looks and with its numbers."""
    gradients = tuple(by(TOTAL_ERROR, parameter) for parameter in parameters)
    return _calculation(teller, gradients), _calculation(teller, tuple(map(updated, parameters)))


def _calculation(teller: Teller, ids: tuple[str, ...]) -> _Calculation:
    family = teller.derivation.steps.family(ids[0])
    assert family.pattern is not None
    pattern = work_out(family.pattern)
    formula = pattern.also.get(Form.WITH_DELTA, pattern.result)
    slots = tuple(dict.fromkeys(quantities(formula)))

    def numbers() -> Iterator[Digits]:
        columns = [list(_column(teller, family, ids, slot)) for slot in slots]
        for shown in zip(*columns, _shown(teller, ids), strict=True):
            digits = tuple([teller.phrases.decimals(one.digits) for one in shown])
            yield Digits(digits, (all(one.exact for one in shown[:-1]), shown[-1].exact))

    return _setting(formula, slots), numbers


def _column(teller: Teller, family: Family, ids: tuple[str, ...], slot: str) -> Iterable[Shown]:
    """What fills one slot of each step."""
    if slot in family.each and ids == family.ids:
        return _shown(teller, family.each[slot])
    if slot in family.slots and ids == family.ids:
        return repeat(teller.shown(family.slots[slot]), len(ids))
    return _shown(teller, tuple(teller.derivation.steps[id_].slots[slot] for id_ in ids))


def _shown(teller: Teller, ids: tuple[str, ...]) -> list[Shown]:
    return teller.derivation.values.shown_all(ids, teller.decimals)


def _setting(formula: Formula, slots: tuple[str, ...]) -> Setting:
    places = {slot: place for place, slot in enumerate(slots)}

    def layout(cell: Digits) -> Layout:
        *numbers, result = cell.digits
        if isinstance(formula, Quantity):
            return Number(result)
        calculated = arrange(formula, lambda slot: Number(numbers[places[slot]]))
        sign = Operator.EQUALS if all(cell.exact) else Operator.APPROXIMATELY
        return relate(calculated, sign, Number(result))

    return layout
