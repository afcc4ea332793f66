"""Conditions as data that the scripts of a page can answer for whatever numbers it has."""

from __future__ import annotations

import json

from symbackprop.pages.document import When
from symbackprop.pages.escape import html_words
from symbackprop.typeset.formula import (
    Abs,
    Constant,
    Formula,
    Negative,
    Product,
    Quantity,
    Sum,
)

_Asked = str | float | list["_Asked"]


def shown_while(when: When | None) -> str:
    """The attributes of an HTML element that is shown while conditions hold, hidden where they don't hold now.

    The conditions are JSON, `[[left, sign, right], ...]`; a side is a number, a quantity's id, or a list of an operator
    and what it works on. Raises ValueError for a side of other operators.
    """
    if when is None:
        return ""
    sides = [[_side(it.left), it.comparison.value, _side(it.right)] for it in when.conditions]
    asked = html_words(json.dumps(sides, ensure_ascii=False, separators=(",", ":")))
    return f' data-when="{asked}"' + ("" if when.now else " hidden")


def _side(formula: Formula) -> _Asked:
    match formula:
        case Constant(value=value):
            return float(value)
        case Quantity(id=id_):
            return id_
        case Negative(body=body):
            return ["-", _side(body)]
        case Abs(body=body):
            return ["abs", _side(body)]
        case Sum(terms=terms):
            return ["+", *map(_side, terms)]
        case Product(factors=factors):
            return ["*", *map(_side, factors)]
        case _:
            raise ValueError(f"expected a condition on sums and products, found {formula}")
