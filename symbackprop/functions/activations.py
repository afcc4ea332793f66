"""The activations of one net input; softmax, which takes in a whole layer, stands in a module of its own."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.functions.kinds import Activation, Function, Reason, lines
from symbackprop.typeset.formula import (
    ONE,
    TWO,
    ZERO,
    Apply,
    Cases,
    Comparison,
    Condition,
    Elementary,
    Exp,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    constant,
)

_NET, _OUT, _ALPHA = Quantity("net"), Quantity("out"), Quantity("alpha")
_MINUS_ONE = constant(-1)
_GROWTH, _DECAY = Exp(_NET), Exp(Negative(_NET))
_ABOVE_ZERO = Condition(_NET, Comparison.ABOVE, ZERO)
_NET_BY_NET = Power(_NET, Sum((ONE, Negative(ONE))))

_IDENTITY = Function(
    definition=_NET,
    derivative=lines((Product((ONE, _NET_BY_NET)), Reason.POWER_RULE), (ONE, Reason.SIMPLIFIED)),
)

_ONE_PLUS_DECAY = Sum((ONE, _DECAY))
_LOGISTIC = Quotient(ONE, _ONE_PLUS_DECAY)
_SLOPE_OF_DECAY = Sum((ZERO, Product((_DECAY, _MINUS_ONE))))

_SIGMOID = Function(
    definition=_LOGISTIC,
    derivative=lines(
        (
            Product((_MINUS_ONE, Power(_ONE_PLUS_DECAY, Sum((_MINUS_ONE, Negative(ONE)))), _SLOPE_OF_DECAY)),
            Reason.POWER_AND_CHAIN_RULE,
        ),
        (Quotient(_DECAY, Power(_ONE_PLUS_DECAY, TWO)), Reason.SIGNS_CANCEL),
        (Product((_LOGISTIC, Quotient(_DECAY, _ONE_PLUS_DECAY))), Reason.SPLIT_FRACTION),
        (Product((_LOGISTIC, Sum((ONE, Negative(_LOGISTIC))))), Reason.COMPLEMENT),
        (Product((_OUT, Sum((ONE, Negative(_OUT))))), Reason.BACK_TO_OUT),
    ),
)

_DIFFERENCE, _TOTAL = Sum((_GROWTH, Negative(_DECAY))), Sum((_GROWTH, _DECAY))

_TANH = Function(
    definition=Apply(Elementary.TANH, _NET),
    derivative=lines(
        (
            Quotient(
                Sum((Product((_TOTAL, _TOTAL)), Negative(Product((_DIFFERENCE, _DIFFERENCE))))),
                Power(_TOTAL, TWO),
            ),
            Reason.QUOTIENT_RULE_OF_TANH,
        ),
        (Sum((ONE, Negative(Power(Quotient(_DIFFERENCE, _TOTAL), TWO)))), Reason.DIVIDED_TERM_BY_TERM),
        (Sum((ONE, Negative(Power(_OUT, TWO)))), Reason.FRACTION_IS_OUT),
    ),
)

_RELU = Function(
    definition=Cases(_ABOVE_ZERO, _NET, ZERO),
    derivative=lines((Cases(_ABOVE_ZERO, ONE, ZERO), Reason.EACH_CASE)),
    kink=ZERO,
)

_LEAKY_RELU = Function(
    definition=Cases(_ABOVE_ZERO, _NET, Product((_ALPHA, _NET))),
    derivative=lines(
        (Cases(_ABOVE_ZERO, ONE, Product((_ALPHA, ONE))), Reason.EACH_CASE),
        (Cases(_ABOVE_ZERO, ONE, _ALPHA), Reason.SIMPLIFIED),
    ),
    kink=ZERO,
)

_ELU_BELOW = Product((_ALPHA, Sum((_GROWTH, Negative(ONE)))))

_ELU = Function(
    definition=Cases(_ABOVE_ZERO, _NET, _ELU_BELOW),
    derivative=lines(
        (Cases(_ABOVE_ZERO, ONE, Product((_ALPHA, _GROWTH))), Reason.CASES_AND_EXPONENTIAL),
        (Cases(_ABOVE_ZERO, ONE, Sum((_ELU_BELOW, _ALPHA))), Reason.ADDED_AND_SUBTRACTED),
        (Cases(_ABOVE_ZERO, ONE, Sum((_OUT, _ALPHA))), Reason.PART_IS_OUT),
    ),
    kink=ZERO,
)

_ONE_PLUS_GROWTH = Sum((ONE, _GROWTH))
_SIGMA = Apply(Elementary.SIGMOID, _NET)

_SOFTPLUS = Function(
    definition=Apply(Elementary.LOG, _ONE_PLUS_GROWTH),
    derivative=lines(
        (
            Product((Quotient(ONE, _ONE_PLUS_GROWTH), Sum((ZERO, _GROWTH)))),
            Reason.LOGARITHM_AND_CHAIN_RULE,
        ),
        (Quotient(_GROWTH, _ONE_PLUS_GROWTH), Reason.SIMPLIFIED),
        (_LOGISTIC, Reason.EXPANDED_FRACTION),
        (_SIGMA, Reason.IS_LOGISTIC),
    ),
)

_CDF, _PDF = Apply(Elementary.NORMAL_CDF, _NET), Apply(Elementary.NORMAL_PDF, _NET)

_GELU = Function(
    definition=Product((_NET, _CDF)),
    derivative=lines(
        (Sum((Product((ONE, _CDF)), Product((_NET, _PDF)))), Reason.PRODUCT_RULE_WITH_NORMAL),
        (Sum((_CDF, Product((_NET, _PDF)))), Reason.SIMPLIFIED),
    ),
)

_REST = Sum((ONE, Negative(_SIGMA)))

_SILU = Function(
    definition=Product((_NET, _SIGMA)),
    derivative=lines(
        (Sum((Product((ONE, _SIGMA)), Product((_NET, _SIGMA, _REST)))), Reason.PRODUCT_RULE_WITH_LOGISTIC),
        (Sum((_SIGMA, Product((_NET, _SIGMA, _REST)))), Reason.SIMPLIFIED),
        (Sum((_SIGMA, Product((_OUT, _REST)))), Reason.PART_IS_OUT),
    ),
)

ACTIVATIONS: Mapping[Activation, Function] = {
    Activation.IDENTITY: _IDENTITY,
    Activation.SIGMOID: _SIGMOID,
    Activation.TANH: _TANH,
    Activation.RELU: _RELU,
    Activation.LEAKY_RELU: _LEAKY_RELU,
    Activation.ELU: _ELU,
    Activation.SOFTPLUS: _SOFTPLUS,
    Activation.GELU: _GELU,
    Activation.SILU: _SILU,
}
"""`net` to `out`, and d out / d net, for all activations but softmax."""
