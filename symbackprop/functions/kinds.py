"""What activations and losses there are, and what is known of one: its definition, and its derivative line by line."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum

from symbackprop.records import record
from symbackprop.typeset.formula import Cases, Formula


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
    ABSOLUTE_AND_INNER = "absolute_and_inner"
    ABSOLUTE_AND_INNER_OF_TERM = "absolute_and_inner_of_term"
    LOGARITHM = "logarithm"
    LOGARITHM_OF_TERM = "logarithm_of_term"
    LOGARITHMS_AND_INNER = "logarithms_and_inner"
    LOGARITHMS_AND_INNER_OF_TERM = "logarithms_and_inner_of_term"
    CASES_AND_INNER = "cases_and_inner"
    CASES_AND_INNER_OF_TERM = "cases_and_inner_of_term"
    ONLY_TERM = "only_term"
    SIMPLIFIED = "simplified"
    POWER_AND_CHAIN_RULE = "power_and_chain_rule"
    SIGNS_CANCEL = "signs_cancel"
    SPLIT_FRACTION = "split_fraction"
    COMPLEMENT = "complement"
    BACK_TO_OUT = "back_to_out"
    EACH_CASE = "each_case"
    CASES_AND_EXPONENTIAL = "cases_and_exponential"
    ADDED_AND_SUBTRACTED = "added_and_subtracted"
    PART_IS_OUT = "part_is_out"
    QUOTIENT_RULE = "quotient_rule"
    QUOTIENT_RULE_OF_OTHER = "quotient_rule_of_other"
    QUOTIENT_RULE_OF_TANH = "quotient_rule_of_tanh"
    DIVIDED_TERM_BY_TERM = "divided_term_by_term"
    FRACTION_IS_OUT = "fraction_is_out"
    LOGARITHM_AND_CHAIN_RULE = "logarithm_and_chain_rule"
    EXPANDED_FRACTION = "expanded_fraction"
    IS_LOGISTIC = "is_logistic"
    PRODUCT_RULE_WITH_NORMAL = "product_rule_with_normal"
    PRODUCT_RULE_WITH_LOGISTIC = "product_rule_with_logistic"
    FRACTIONS_ARE_OUTS = "fractions_are_outs"
    BOTH_FACTORS = "both_factors"
    DENOMINATORS_CANCEL = "denominators_cancel"
    MULTIPLIED_OUT = "multiplied_out"
    TERMS_CANCEL = "terms_cancel"
    EVERY_OUTPUT = "every_output"
    FACTORED_OUT = "factored_out"
    TARGETS_ADD_UP = "targets_add_up"


OF_TERM: Mapping[Reason, Reason] = {
    Reason.POWER_RULE: Reason.POWER_RULE_OF_TERM,
    Reason.POWER_AND_INNER: Reason.POWER_AND_INNER_OF_TERM,
    Reason.ABSOLUTE_AND_INNER: Reason.ABSOLUTE_AND_INNER_OF_TERM,
    Reason.CASES_AND_INNER: Reason.CASES_AND_INNER_OF_TERM,
    Reason.LOGARITHM: Reason.LOGARITHM_OF_TERM,
    Reason.LOGARITHMS_AND_INNER: Reason.LOGARITHMS_AND_INNER_OF_TERM,
}
"""A reason, and the same where it is only one of several terms that is differentiated by it."""


@record(kw_only=True)
class Line:
    """One line of a derivation, and why it follows from the line before it."""

    formula: Formula
    reason: Reason


@record(kw_only=True)
class Function:
    """A function of one network quantity: its definition and its derivative, worked out line by line.

    `kink` is where the function has no derivative of its own: the net input, or for a loss the output, at which the
    last line's value is a convention. Elu has none at alpha = 1, where its two halves meet smoothly.
    """

    definition: Formula
    derivative: tuple[Line, ...]
    kink: Formula | None = None

    @property
    def in_cases(self) -> bool:
        """Whether it has to be told which side of a limit a value is on: at a kink, or where two halves meet."""
        return self.kink is not None or isinstance(self.definition, Cases)


def lines(*worked: tuple[Formula, Reason]) -> tuple[Line, ...]:
    """Formulas with their reasons as lines."""
    return tuple(Line(formula=formula, reason=reason) for formula, reason in worked)
