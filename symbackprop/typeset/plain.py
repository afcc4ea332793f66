"""Formulas as plain ASCII in the project's ids: `w5*out_h1 + w6*out_h2 + b2`.

The result reads the same in JSON, in an answer sheet and, its names chosen accordingly, as Python source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum

from symbackprop.records import record
from symbackprop.typeset.formula import (
    Abs,
    Apply,
    Cases,
    Constant,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    SumOver,
)


@record(kw_only=True)
class Spelling:
    """How a language writes what isn't alike in all of them: functions by their names, fractions, and cases.

    `fraction` has places for `above` and `below`, `choice` for `when`, `then` and `otherwise`.
    """

    functions: Mapping[str, str]
    fraction: str
    choice: str

    def function(self, name: str) -> str:
        """The name of a function."""
        return self.functions.get(name, name)


PLAIN = Spelling(functions={}, fraction="{above}/{below}", choice="({then} if {when} else {otherwise})")
"""As in JSON and in answer sheets, and as Python reads it."""


class _Binding(IntEnum):
    SUM = 0
    SIGN = 1
    PRODUCT = 2
    POWER = 3
    ATOM = 4


def plain(formula: Formula, name: Callable[[str], str] = str, spelling: Spelling = PLAIN) -> str:
    """ASCII text for one formula, each quantity written as `name` writes its id."""
    return _Writer(name, spelling).text(formula)


class _Writer:
    """Writes formulas; `leading` says that nothing stands before, so that a minus needs no parentheses."""

    def __init__(self, name: Callable[[str], str], spelling: Spelling) -> None:
        self._name = name
        self._spelling = spelling

    def text(self, formula: Formula, least: _Binding = _Binding.SUM, *, leading: bool = True) -> str:
        """The formula, in parentheses if it binds less strongly than its place asks for."""
        text, binding = self._write(formula, leading=leading)
        if not leading and text.startswith("-"):
            binding = min(binding, _Binding.SIGN)
        return text if binding >= least else f"({self._write(formula, leading=True)[0]})"

    def _write(self, formula: Formula, *, leading: bool) -> tuple[str, _Binding]:
        match formula:
            case Constant(value=value) if value.denominator == 1:
                return str(value), _Binding.SIGN if value < 0 else _Binding.ATOM
            case Constant(value=value):
                text = self._spelling.fraction.format(above=value.numerator, below=value.denominator)
                return text, _Binding.SIGN if value < 0 else _Binding.PRODUCT
            case Quantity(id=id_):
                text = self._name(id_)
                return text, _Binding.SIGN if text.startswith("-") else _Binding.ATOM
            case Sum(terms=terms):
                return self._sum(terms, leading=leading), _Binding.SUM
            case Product(factors=factors):
                return self._product(factors, leading=leading), _Binding.PRODUCT
            case Negative(body=body):
                return f"-{self.text(body, _Binding.PRODUCT, leading=False)}", _Binding.SIGN
            case Quotient(numerator=numerator, denominator=denominator):
                above = self._first(numerator, leading=leading)
                return f"{above}/{self.text(denominator, _Binding.POWER, leading=False)}", _Binding.PRODUCT
            case Power(base=base, exponent=exponent):
                raised = self.text(exponent, _Binding.ATOM, leading=False)
                return f"{self.text(base, _Binding.ATOM, leading=False)}**{raised}", _Binding.POWER
            case Exp(exponent=exponent):
                return f"{self._spelling.function('exp')}({self.text(exponent)})", _Binding.ATOM
            case Apply(function=function, argument=argument):
                return f"{self._spelling.function(function.value)}({self.text(argument)})", _Binding.ATOM
            case Sqrt(body=body):
                return f"{self._spelling.function('sqrt')}({self.text(body)})", _Binding.ATOM
            case Abs(body=body):
                return f"{self._spelling.function('abs')}({self.text(body)})", _Binding.ATOM
            case Cases():
                return self._cases(formula), _Binding.ATOM
            case SumOver(index=index, body=body):
                return f"sum over {index} of ({self.text(body)})", _Binding.SUM

    def _first(self, formula: Formula, *, leading: bool) -> str:
        """A product's first factor or a quotient's numerator, whose minus may lead the whole."""
        return self.text(formula, _Binding.SIGN if leading else _Binding.PRODUCT, leading=leading)

    def _cases(self, cases: Cases) -> str:
        """As the language chooses; parentheses belong to it, since hardly anything binds less strongly."""
        condition = cases.condition
        when = f"{self.text(condition.left)} {condition.comparison} {self.text(condition.right)}"
        then, otherwise = self.text(cases.then), self.text(cases.otherwise)
        return self._spelling.choice.format(when=when, then=then, otherwise=otherwise)

    def _product(self, factors: tuple[Formula, ...], *, leading: bool) -> str:
        texts = [self._first(factors[0], leading=leading)]
        texts.extend(self.text(factor, _Binding.POWER, leading=False) for factor in factors[1:])
        # A derivative's id has a slash of its own, so it needs air around the sign.
        return (" * " if any("/d" in text for text in texts) else "*").join(texts)

    def _sum(self, terms: tuple[Formula, ...], *, leading: bool) -> str:
        text = ""
        for term in terms:
            first = leading and not text
            if isinstance(term, Negative):
                body = self.text(term.body, _Binding.PRODUCT, leading=False)
                text += f" - {body}" if text else f"-{body}"
            else:
                body = self.text(term, _Binding.SIGN if first else _Binding.PRODUCT, leading=first)
                text += f" + {body}" if text else body
        return text
