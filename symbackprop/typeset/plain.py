"""Formulas as plain ASCII in the project's ids: `w5*out_h1 + w6*out_h2 + b2`.

The result reads the same in JSON, in an answer sheet and, its names chosen accordingly, as Python source.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from symbackprop.typeset.formula import (
    Constant,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    SumOver,
)


class _Binding(IntEnum):
    SUM = 0
    PRODUCT = 1
    SIGN = 2
    POWER = 3
    ATOM = 4


def plain(formula: Formula, name: Callable[[str], str] = str) -> str:
    """ASCII text for one formula, each quantity written as `name` writes its id."""
    return _write(formula, name)[0]


def _write(formula: Formula, name: Callable[[str], str]) -> tuple[str, _Binding]:
    match formula:
        case Constant(value=value) if value.denominator == 1:
            return str(value), _Binding.SIGN if value < 0 else _Binding.ATOM
        case Constant(value=value):
            return f"{value.numerator}/{value.denominator}", _Binding.PRODUCT
        case Quantity(id=id_):
            text = name(id_)
            return text, _Binding.SIGN if text.startswith("-") else _Binding.ATOM
        case Sum(terms=terms):
            return _write_sum(terms, name), _Binding.SUM
        case Product(factors=factors):
            texts = [_bound(factor, name, _Binding.POWER) for factor in factors[1:]]
            texts.insert(0, _bound(factors[0], name, _Binding.PRODUCT))
            # A derivative's id has a slash of its own, so it needs air around the sign.
            return (" * " if any("/d" in text for text in texts) else "*").join(texts), _Binding.PRODUCT
        case Negative(body=body):
            return f"-{_bound(body, name, _Binding.PRODUCT)}", _Binding.SIGN
        case Quotient(numerator=numerator, denominator=denominator):
            above = _bound(numerator, name, _Binding.PRODUCT)
            return f"{above}/{_bound(denominator, name, _Binding.POWER)}", _Binding.PRODUCT
        case Power(base=base, exponent=exponent):
            raised = _bound(exponent, name, _Binding.ATOM)
            return f"{_bound(base, name, _Binding.ATOM)}**{raised}", _Binding.POWER
        case Exp(exponent=exponent):
            return f"exp({plain(exponent, name)})", _Binding.ATOM
        case SumOver(index=index, body=body):
            return f"sum over {index} of ({plain(body, name)})", _Binding.SUM


def _bound(formula: Formula, name: Callable[[str], str], least: _Binding) -> str:
    text, binding = _write(formula, name)
    return text if binding >= least else f"({text})"


def _write_sum(terms: tuple[Formula, ...], name: Callable[[str], str]) -> str:
    text = ""
    for term in terms:
        if isinstance(term, Negative):
            body = _bound(term.body, name, _Binding.PRODUCT)
            text += f" - {body}" if text else f"-{body}"
        else:
            body = _bound(term, name, _Binding.SUM if not text else _Binding.PRODUCT)
            text += f" + {body}" if text else body
    return text
