"""The losses: what an output's error is, given its target."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.functions.kinds import Function, Loss, Reason, lines
from symbackprop.typeset.formula import (
    ONE,
    TWO,
    Abs,
    Apply,
    Cases,
    Comparison,
    Condition,
    Elementary,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    constant,
)

_OUT, _TARGET, _KAPPA = Quantity("out"), Quantity("target"), Quantity("kappa")
_MINUS_ONE, _HALF = constant(-1), constant(1, 2)
_MISS = Sum((_TARGET, Negative(_OUT)))
_MISS_BY_POWER_RULE = Power(_MISS, Sum((TWO, Negative(ONE))))
_HALF_SQUARE_BY_POWER_RULE = Product((TWO, _HALF, _MISS_BY_POWER_RULE, _MINUS_ONE))
_SIGN = Apply(Elementary.SIGN, _MISS)

_HALF_SQUARED = Function(
    definition=Product((_HALF, Power(_MISS, TWO))),
    derivative=lines(
        (_HALF_SQUARE_BY_POWER_RULE, Reason.POWER_AND_INNER),
        (Negative(_MISS), Reason.SIMPLIFIED),
    ),
)

_SQUARED = Function(
    definition=Power(_MISS, TWO),
    derivative=lines(
        (Product((TWO, _MISS_BY_POWER_RULE, _MINUS_ONE)), Reason.POWER_AND_INNER),
        (Negative(Product((TWO, _MISS))), Reason.SIMPLIFIED),
    ),
)

_ABSOLUTE = Function(
    definition=Abs(_MISS),
    derivative=lines(
        (Product((_SIGN, _MINUS_ONE)), Reason.ABSOLUTE_AND_INNER),
        (Negative(_SIGN), Reason.SIMPLIFIED),
    ),
    kink=_TARGET,
)

_NEAR = Condition(Abs(_MISS), Comparison.AT_MOST, _KAPPA)
_BEYOND = Product((_KAPPA, Sum((Abs(_MISS), Negative(Product((_HALF, _KAPPA)))))))

_HUBER = Function(
    definition=Cases(_NEAR, Product((_HALF, Power(_MISS, TWO))), _BEYOND),
    derivative=lines(
        (
            Cases(_NEAR, _HALF_SQUARE_BY_POWER_RULE, Product((_KAPPA, _SIGN, _MINUS_ONE))),
            Reason.CASES_AND_INNER,
        ),
        (Cases(_NEAR, Negative(_MISS), Negative(Product((_KAPPA, _SIGN)))), Reason.SIMPLIFIED),
    ),
)

_NO_TARGET, _NO_OUT = Sum((ONE, Negative(_TARGET))), Sum((ONE, Negative(_OUT)))
_LOG_OUT, _LOG_NO_OUT = Apply(Elementary.LOG, _OUT), Apply(Elementary.LOG, _NO_OUT)

_BINARY_CROSS_ENTROPY = Function(
    definition=Negative(Sum((Product((_TARGET, _LOG_OUT)), Product((_NO_TARGET, _LOG_NO_OUT))))),
    derivative=lines(
        (
            Negative(
                Sum(
                    (
                        Product((_TARGET, Quotient(ONE, _OUT))),
                        Product((_NO_TARGET, Quotient(ONE, _NO_OUT), _MINUS_ONE)),
                    )
                )
            ),
            Reason.LOGARITHMS_AND_INNER,
        ),
        (Sum((Negative(Quotient(_TARGET, _OUT)), Quotient(_NO_TARGET, _NO_OUT))), Reason.SIMPLIFIED),
    ),
)

_CROSS_ENTROPY = Function(
    definition=Negative(Product((_TARGET, _LOG_OUT))),
    derivative=lines(
        (Negative(Product((_TARGET, Quotient(ONE, _OUT)))), Reason.LOGARITHM),
        (Negative(Quotient(_TARGET, _OUT)), Reason.SIMPLIFIED),
    ),
)

LOSSES: Mapping[Loss, Function] = {
    Loss.HALF_SQUARED: _HALF_SQUARED,
    Loss.SQUARED: _SQUARED,
    Loss.ABSOLUTE: _ABSOLUTE,
    Loss.HUBER: _HUBER,
    Loss.BINARY_CROSS_ENTROPY: _BINARY_CROSS_ENTROPY,
    Loss.CROSS_ENTROPY: _CROSS_ENTROPY,
}
"""`target` and `out` to an output's error, and d E / d out."""
