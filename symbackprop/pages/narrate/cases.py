"""Formulas with cases: which one applies to the numbers at hand, and the condition that says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from symbackprop.derivation.balls import Undecided, evaluate, is_true, precision
from symbackprop.derivation.values import FIRST_BITS, MOST_BITS
from symbackprop.errors import CertificationError
from symbackprop.pages.document import EquationLine, Inlines, When
from symbackprop.pages.narrate.teller import Teller, math
from symbackprop.records import record
from symbackprop.typeset.arrange import Show, arrange_condition
from symbackprop.typeset.formula import Cases, Condition, Formula, opposite, transform
from symbackprop.typeset.plain import plain


@record(kw_only=True)
class Case:
    """A formula with one case in the place of all, and when this one applies; None for a formula without cases."""

    formula: Formula
    when: When | None

    @property
    def applies(self) -> bool:
        """Whether it is the one for the network's own numbers."""
        return self.when is None or self.when.now


def cases_of(teller: Teller, formula: Formula) -> Iterator[Case]:
    """A formula case by case: only the one that applies where nobody can change the numbers."""
    for case in _split(teller, formula, When(conditions=(), now=True)):
        if case.when is None or teller.tells(case.when):
            yield case


def applying(teller: Teller, formula: Formula) -> Formula:
    """The formula with the case that applies in the place of all cases."""
    return next(case.formula for case in cases_of(teller, formula) if case.applies)


def in_each_case(
    teller: Teller, formula: Formula, tell: Callable[[Case], Iterable[EquationLine]]
) -> Iterator[EquationLine]:
    """The lines that tell of a formula, for each case that is told."""
    for case in cases_of(teller, formula):
        for line in tell(case):
            yield replace(line, when=case.when)


def why(teller: Teller, formula: Formula, case: Case, show: Show) -> Inlines:
    """The condition under which a case of a formula is taken; nothing where it isn't made of cases as a whole."""
    if not isinstance(formula, Cases) or case.when is None:
        return ()
    condition = case.when.conditions[0]
    return teller.phrases.say("reason.case", condition=math(arrange_condition(condition, show)))


def _split(teller: Teller, formula: Formula, when: When) -> Iterator[Case]:
    first = _first_condition(formula)
    if first is None:
        yield Case(formula=formula, when=when if when.conditions else None)
        return
    holds = _holds(teller, first)
    for condition, now in ((first, holds), (opposite(first), not holds)):
        one = _with_case(formula, first, holds=condition == first)
        yield from _split(teller, one, When(conditions=(*when.conditions, condition), now=when.now and now))


def _first_condition(formula: Formula) -> Condition | None:
    found: list[Condition] = []

    def look(part: Formula) -> Formula | None:
        if isinstance(part, Cases):
            found.append(part.condition)
        return part if found else None

    transform(formula, look)
    return found[0] if found else None


def _with_case(formula: Formula, condition: Condition, *, holds: bool) -> Formula:
    def chosen(part: Formula) -> Formula | None:
        if not isinstance(part, Cases) or part.condition != condition:
            return None
        return _with_case(part.then if holds else part.otherwise, condition, holds=holds)

    return transform(formula, chosen)


def _holds(teller: Teller, condition: Condition) -> bool:
    values, bits = teller.derivation.values, FIRST_BITS
    while bits <= MOST_BITS:
        try:
            with precision(bits):
                left = evaluate(condition.left, lambda part: values.value(part, bits))  # noqa: B023 - called at once
                right = evaluate(condition.right, lambda part: values.value(part, bits))  # noqa: B023
                return is_true(left, condition.comparison, right)
        except Undecided:
            bits *= 2
    where, kink = teller.derivation.network.origin, plain(condition.right)
    raise CertificationError(
        f"{where}: {plain(condition.left)} can't be told from its kink at {kink}, with {MOST_BITS:,} bits, too"
    )
