"""What a derivation shows of itself in Jupyter."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.card import Card, card_of
from symbackprop.derivation.values import Values
from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.formula import Formula
from symbackprop.typeset.layout import Layout, Number, Operator, Row
from symbackprop.typeset.notation import Namer


def derivation_card(
    title: str, namer: Namer, formulas: Iterable[tuple[str, Formula]], values: Values, decimals: int
) -> Card:
    """Quantities with their formulas and their figures."""

    def equation(id_: str, formula: Formula) -> tuple[Layout, Layout]:
        shown = values.shown(id_, decimals)
        sign = Operator.EQUALS if shown.exact else Operator.APPROXIMATELY
        right = Row((Operator.EQUALS, arrange(formula, namer.name), sign, Number(shown.digits)))
        return namer.name(id_), right

    return card_of(title, (equation(id_, formula) for id_, formula in formulas))
