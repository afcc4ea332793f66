"""What a printed formula comes to, whatever functions stand in it: by its digits, and by what its names stand for.

In mpmath; `slack` says how far a formula of rounded figures may be off, from how it answers to each figure's last digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import mpmath  # type: ignore[import-untyped]

from symbackprop.typeset.layout import (
    Applied,
    Bars,
    Choice,
    Dots,
    Fenced,
    Fraction,
    Layout,
    Number,
    Operator,
    Root,
    Row,
    Script,
    Summation,
    Symbol,
)
from symbackprop.typeset.unicode import unicode
from tests.pages.arithmetic import NoValueError

Numbers = Mapping[str, Any]

_FUNCTIONS = {
    "log": mpmath.log,
    "tanh": mpmath.tanh,
    "sigma": lambda x: 1 / (1 + mpmath.exp(-x)),
    "Phi": mpmath.ncdf,
    "phi": mpmath.npdf,
    "sign": mpmath.sign,
}
_COMPARISONS = {
    Operator.ABOVE: lambda a, b: a > b,
    Operator.AT_LEAST: lambda a, b: a >= b,
    Operator.BELOW: lambda a, b: a < b,
    Operator.AT_MOST: lambda a, b: a <= b,
}


@dataclass(kw_only=True)
class Reader:
    """Reads formulas. `nudged` is the place of the figure that is moved by half of its last digit, if any."""

    known: Numbers
    nudged: int | None = None
    figures: int = field(default=0)

    def value(self, layout: Layout) -> Any:
        """What a formula comes to. Raises NoValueError for a general form."""
        shown = unicode(layout)
        if shown in self.known:
            return self.known[shown]
        match layout:
            case Number(digits=digits):
                return self._figure(digits)
            case Fenced(body=body):
                return self.value(body)
            case Bars(body=body):
                return abs(self.value(body))
            case Root(body=body):
                return mpmath.sqrt(self.value(body))
            case Applied(function=Symbol(text=name), argument=argument):
                return _FUNCTIONS[name](self.value(argument))
            case Fraction(numerator=above, denominator=below):
                return self.value(above) / self.value(below)
            case Script(base=Symbol(text="e"), sub=None, sup=exponent) if exponent is not None:
                return mpmath.exp(self.value(exponent))
            case Script(base=base, sub=None, sup=exponent) if exponent is not None:
                return self.value(base) ** int(self.value(exponent))
            case Choice(rows=rows):
                return next(self.value(value) for value, condition in rows if self._holds(condition))
            case Summation() | Dots():
                raise NoValueError
            case Row(parts=parts):
                return self._row(parts)
            case _:
                raise AssertionError(f"nothing is known of {shown}")

    def _figure(self, digits: str) -> Any:
        self.figures += 1
        value = mpmath.mpf(digits)
        return value + half_of_last(digits) if self.nudged == self.figures else value

    def _holds(self, condition: Layout) -> bool:
        assert isinstance(condition, Row)
        place = next(place for place, part in enumerate(condition.parts) if part in _COMPARISONS)
        sign = condition.parts[place]
        assert isinstance(sign, Operator)
        left, right = Row(condition.parts[:place]), Row(condition.parts[place + 1 :])
        return bool(_COMPARISONS[sign](self.value(left), self.value(right)))

    def _row(self, parts: tuple[Layout | Operator, ...]) -> Any:
        total, product, sign = mpmath.mpf(0), mpmath.mpf(1), 1
        for part in parts:
            match part:
                case Operator.PLUS | Operator.MINUS:
                    total, product, sign = total + sign * product, mpmath.mpf(1), 1 if part is Operator.PLUS else -1
                case Operator.NEGATIVE:
                    sign = -sign
                case Operator.DOT | Operator.BESIDE:
                    pass
                case Operator():
                    raise AssertionError(f"{part} relates two formulas")
                case _:
                    product *= self.value(part)
        return total + sign * product


def half_of_last(digits: str) -> Any:
    """Half a unit of the last digit."""
    return mpmath.mpf(10) ** int(Decimal(digits).as_tuple().exponent) / 2


def slack(layout: Layout, known: Numbers) -> Any:
    """How far a formula may be off because its figures are rounded: twice what all of them can do to first order."""
    reader = Reader(known=known)
    found = reader.value(layout)
    moved = (abs(Reader(known=known, nudged=place).value(layout) - found) for place in range(1, reader.figures + 1))
    return 2 * sum(moved, mpmath.mpf(0))
