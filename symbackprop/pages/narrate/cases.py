"""Formulas with cases: which one applies to the numbers at hand, and the condition that says so."""

from __future__ import annotations

from symbackprop.derivation.balls import Undecided, evaluate, is_true, precision
from symbackprop.derivation.values import FIRST_BITS, MOST_BITS
from symbackprop.errors import CertificationError
from symbackprop.pages.document import Inlines
from symbackprop.pages.narrate.teller import Teller, math
from symbackprop.typeset.arrange import Show, arrange_condition
from symbackprop.typeset.formula import Cases, Condition, Formula, opposite, transform
from symbackprop.typeset.plain import plain


def applying(teller: Teller, formula: Formula) -> Formula:
    """The formula with the case that applies in the place of all cases."""

    def chosen(part: Formula) -> Formula | None:
        if not isinstance(part, Cases):
            return None
        return applying(teller, part.then if _holds(teller, part.condition) else part.otherwise)

    return transform(formula, chosen)


def why(teller: Teller, formula: Formula, show: Show) -> Inlines:
    """The condition under which the case that applies is taken; nothing where a formula has no cases."""
    if not isinstance(formula, Cases):
        return ()
    condition = formula.condition
    true = condition if _holds(teller, condition) else opposite(condition)
    return teller.phrases.say("reason.case", condition=math(arrange_condition(true, show)))


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
