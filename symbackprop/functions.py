"""The closed tables of activations and losses: definition, and derivative in the form that people write.

Every formula is written in the slots `net`, `out` and `target`. The last line of each derivative is proved
equal to sympy's derivative of the definition whenever a certificate is made; the lines before it show the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from symbackprop.typeset.formula import (
    ONE,
    TWO,
    ZERO,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    constant,
)


class Activation(StrEnum):
    """What squashes a net input."""

    IDENTITY = "identity"
    SIGMOID = "sigmoid"
    TANH = "tanh"
    RELU = "relu"
    LEAKY_RELU = "leaky_relu"
    ELU = "elu"
    SOFTPLUS = "softplus"
    GELU = "gelu"
    SILU = "silu"
    SOFTMAX = "softmax"


class Loss(StrEnum):
    """What compares an output with its target."""

    HALF_SQUARED = "half-squared"
    SQUARED = "squared"
    ABSOLUTE = "absolute"
    HUBER = "huber"
    BINARY_CROSS_ENTROPY = "binary-cross-entropy"
    CROSS_ENTROPY = "cross-entropy"


class Reason(Enum):
    """Why a line of a derivation follows from the line before it; the words are in the phrases."""

    POWER_RULE = "power_rule"
    POWER_RULE_OF_TERM = "power_rule_of_term"
    POWER_AND_INNER = "power_and_inner"
    POWER_AND_INNER_OF_TERM = "power_and_inner_of_term"
    ONLY_TERM = "only_term"
    SIMPLIFIED = "simplified"
    POWER_AND_CHAIN_RULE = "power_and_chain_rule"
    SIGNS_CANCEL = "signs_cancel"
    SPLIT_FRACTION = "split_fraction"
    COMPLEMENT = "complement"
    BACK_TO_OUT = "back_to_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a derivation, and why it follows from the line before it."""

    formula: Formula
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of one network quantity: its definition and its derivative, worked out line by line."""

    definition: Formula
    derivative: tuple[Line, ...]


_NET, _OUT, _TARGET = Quantity("net"), Quantity("out"), Quantity("target")
_MINUS_ONE = constant(-1)
_DECAY = Exp(Negative(_NET))
_ONE_PLUS_DECAY = Sum((ONE, _DECAY))
_LOGISTIC = Quotient(ONE, _ONE_PLUS_DECAY)

_SIGMOID = Function(
    definition=_LOGISTIC,
    derivative=(
        Line(
            formula=Product(
                (
                    _MINUS_ONE,
                    Power(_ONE_PLUS_DECAY, Sum((_MINUS_ONE, Negative(ONE)))),
                    Sum((ZERO, Product((_DECAY, _MINUS_ONE)))),
                )
            ),
            reason=Reason.POWER_AND_CHAIN_RULE,
        ),
        Line(formula=Quotient(_DECAY, Power(_ONE_PLUS_DECAY, TWO)), reason=Reason.SIGNS_CANCEL),
        Line(formula=Product((_LOGISTIC, Quotient(_DECAY, _ONE_PLUS_DECAY))), reason=Reason.SPLIT_FRACTION),
        Line(formula=Product((_LOGISTIC, Sum((ONE, Negative(_LOGISTIC))))), reason=Reason.COMPLEMENT),
        Line(formula=Product((_OUT, Sum((ONE, Negative(_OUT))))), reason=Reason.BACK_TO_OUT),
    ),
)

_MISS = Sum((_TARGET, Negative(_OUT)))

_HALF_SQUARED = Function(
    definition=Product((constant(1, 2), Power(_MISS, TWO))),
    derivative=(
        Line(
            formula=Product((TWO, constant(1, 2), Power(_MISS, Sum((TWO, Negative(ONE)))), _MINUS_ONE)),
            reason=Reason.POWER_AND_INNER,
        ),
        Line(formula=Negative(_MISS), reason=Reason.SIMPLIFIED),
    ),
)

ACTIVATIONS: Mapping[Activation, Function] = {Activation.SIGMOID: _SIGMOID}
"""`net` to `out`, and d out / d net."""

LOSSES: Mapping[Loss, Function] = {Loss.HALF_SQUARED: _HALF_SQUARED}
"""`target` and `out` to an output's error, and d E / d out."""
