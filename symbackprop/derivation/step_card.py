"""What a step shows of itself in Jupyter."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.card import Card, card_of, equals
from symbackprop.derivation.keys import PatternKey
from symbackprop.derivation.patterns import fill, work_out
from symbackprop.notation_file import load_notation
from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.layout import Layout, Row
from symbackprop.typeset.notation import Shape

_NOTATION = "mazur"
_ANY_SHAPE = Shape(widths=(1, 1, 1), recurrent=(False, False))


def step_card(id_: str, pattern: PatternKey | None, slots: Mapping[str, str]) -> Card:
    """One step: the quantity, every line of its working, and the result; of a given number only its name."""
    namer = load_notation(_NOTATION, "a step").bound_to(_ANY_SHAPE)
    name = namer.name(id_)
    if pattern is None:
        return Card(equations=((name, Row(())),))
    worked = work_out(pattern)
    formulas = [*(line.formula for line in worked.working), worked.result]
    lines: list[tuple[Layout, Layout]] = []
    for formula in formulas:
        lines.append((Row(()) if lines else name, equals(arrange(fill(formula, slots), namer.name))))
    return card_of("", lines)
