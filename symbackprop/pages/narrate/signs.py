"""What the sign of a gradient means for the update, in words that go with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symbackprop.derivation.graph import TOTAL_ERROR
from symbackprop.derivation.steps import by
from symbackprop.network import Rule
from symbackprop.pages.document import Block, When
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.formula import ZERO, Comparison, Condition, Quantity

_SIGNS = {
    "zero": (Comparison.AT_LEAST, Comparison.AT_MOST),
    "negative": (Comparison.BELOW,),
    "positive": (Comparison.ABOVE,),
}


def tell_sign(teller: Teller, error: str, parameter: str) -> Iterator[Block]:
    """What the sign of an error's gradient means, for the update too where the gradient is all that this depends on."""
    gradient = by(error, parameter)
    digits = teller.shown(gradient).digits
    own = "zero" if not digits.strip("-0.") else "negative" if digits.startswith("-") else "positive"
    names = {"parameter": teller.name(parameter), "total": teller.name(error)}
    updates = error == TOTAL_ERROR and teller.graph.shape.rule is Rule.SGD
    for sign, comparisons in _SIGNS.items():
        conditions = tuple(Condition(Quantity(gradient), comparison, ZERO) for comparison in comparisons)
        when = When(conditions=conditions, now=sign == own)
        if teller.tells(when):
            told = teller.paragraph(f"gradient.{sign}" if updates else f"slope.{sign}", **names)
            yield replace(told, when=when)
