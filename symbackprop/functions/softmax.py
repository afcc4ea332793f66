"""Softmax: every output of a layer depends on every net input, so its formulas depend on the layer's width.

Slots are `net1`, `net2`, ... and `out1`, `out2`, ...; indices are counted from 1.
"""

from __future__ import annotations

from functools import lru_cache

from symbackprop.functions.kinds import Line, Reason, lines
from symbackprop.typeset.formula import ONE, TWO, ZERO, Exp, Formula, Negative, Power, Product, Quantity, Quotient, Sum


@lru_cache(maxsize=1024)
def softmax_definition(width: int, index: int) -> Formula:
    """One output: e to its net input, divided by the sum of the same over the layer."""
    return Quotient(_power(index), _all_powers(width))


@lru_cache(maxsize=1024)
def softmax_shifted(width: int, index: int) -> Formula:
    """The same with the first net input taken from all, which changes nothing: of equal ones each power is then 1."""
    first = Negative(Quantity("net1"))
    others = tuple(Exp(Sum((Quantity(f"net{number}"), first))) for number in range(2, width + 1))
    powers: tuple[Formula, ...] = (ONE, *others)
    return Quotient(powers[index - 1], Sum(powers) if others else ONE)


@lru_cache(maxsize=1024)
def softmax_derivative(width: int, of: int, by: int) -> tuple[Line, ...]:
    """The derivative of output `of` by net input `by`: out_j (1 - out_j) for its own, -out_j out_k for another."""
    return _by_its_own(width, of) if of == by else _by_another(width, of, by)


def _by_its_own(width: int, index: int) -> tuple[Line, ...]:
    power, total, out = _power(index), _all_powers(width), Quantity(f"out{index}")
    share = softmax_definition(width, index)
    rest = Sum((total, Negative(power)))
    return lines(
        (
            Quotient(Sum((Product((power, total)), Negative(Product((power, power))))), Power(total, TWO)),
            Reason.QUOTIENT_RULE,
        ),
        (Product((share, Quotient(rest, total))), Reason.SPLIT_FRACTION),
        (Product((share, Sum((ONE, Negative(share))))), Reason.DIVIDED_TERM_BY_TERM),
        (Product((out, Sum((ONE, Negative(out))))), Reason.FRACTIONS_ARE_OUTS),
    )


def _by_another(width: int, of: int, by: int) -> tuple[Line, ...]:
    power, other, total = _power(of), _power(by), _all_powers(width)
    shares = Product((softmax_definition(width, of), softmax_definition(width, by)))
    return lines(
        (
            Quotient(Sum((Product((ZERO, total)), Negative(Product((power, other))))), Power(total, TWO)),
            Reason.QUOTIENT_RULE_OF_OTHER,
        ),
        (Negative(shares), Reason.SPLIT_FRACTION),
        (Negative(Product((Quantity(f"out{of}"), Quantity(f"out{by}")))), Reason.FRACTIONS_ARE_OUTS),
    )


def _power(index: int) -> Formula:
    return Exp(Quantity(f"net{index}"))


@lru_cache(maxsize=64)
def _all_powers(width: int) -> Formula:
    powers = tuple(_power(index) for index in range(1, width + 1))
    return powers[0] if width == 1 else Sum(powers)
