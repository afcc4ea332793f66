"""What can keep a member of somebody's work from being judged: a closed set, each with words in every language."""

from __future__ import annotations

from enum import StrEnum

from symbackprop.records import record


class Snag(StrEnum):
    """What a reader got caught on; the catalogues have the sentence for each."""

    OPERATOR_OR_END = "operator_or_end"
    OPERATOR_OR_BRACKET = "operator_or_bracket"
    OPERAND = "operand"
    OTHER_HALF = "other_half"
    CLOSING_BAR = "closing_bar"
    CONDITION = "condition"
    CONDITION_AND_ELSE = "condition_and_else"
    COLON = "colon"
    SEMICOLON_OR_BRACE = "semicolon_or_brace"
    NEXT_CASE = "next_case"
    TWO_CASES = "two_cases"
    ARGUMENT = "argument"
    ARGUMENT_OF_FUNCTION = "argument_of_function"
    ARGUMENTS_IN_BRACES = "arguments_in_braces"
    ONE_ARGUMENT = "one_argument"
    TWO_ARGUMENTS = "two_arguments"
    INDEX = "index"
    SQUARE_ROOT = "square_root"
    DERIVATIVE = "derivative"
    DIFFERENTIATED = "differentiated"
    ONE_FORMULA = "one_formula"

    NOTHING = "nothing"
    DECIMAL_POINT = "decimal_point"
    TWO_POINTS = "two_points"
    SHORTER_TEXT = "shorter_text"
    SHORTER_FORMULA = "shorter_formula"
    CHARACTERS = "characters"
    LEAVES = "leaves"
    OPERATIONS = "operations"
    PARENTHESES = "parentheses"
    NESTED_SUMS = "nested_sums"
    POWER = "power"
    DIGITS = "digits"
    EXPONENT = "exponent"

    TERMS = "terms"
    MATRICES = "matrices"
    DOTS = "dots"
    DERIVATIVE_OF_FORMULA = "derivative_of_formula"
    GRADIENT_BY_NOTHING = "gradient_by_nothing"
    SUM_OVER_NOTHING = "sum_over_nothing"
    BEND = "bend"
    SOFTMAX_OF_ELSE = "softmax_of_else"
    WIDE_SOFTMAX = "wide_softmax"
    NO_ACTIVATION = "no_activation"
    NO_PARTICULAR = "no_particular"

    NO_QUANTITY = "no_quantity"
    NO_ID = "no_id"
    MISSPELT_ID = "misspelt_id"
    NO_VALUE = "no_value"


_OF_SOMETHING_ELSE = frozenset(
    {
        Snag.OPERATOR_OR_END,
        Snag.OPERATOR_OR_BRACKET,
        Snag.OPERAND,
        Snag.OTHER_HALF,
        Snag.CLOSING_BAR,
        Snag.CONDITION,
        Snag.CONDITION_AND_ELSE,
        Snag.COLON,
        Snag.SEMICOLON_OR_BRACE,
        Snag.NEXT_CASE,
        Snag.TWO_CASES,
        Snag.ARGUMENT,
        Snag.ARGUMENT_OF_FUNCTION,
        Snag.ARGUMENTS_IN_BRACES,
        Snag.ONE_ARGUMENT,
        Snag.TWO_ARGUMENTS,
        Snag.INDEX,
        Snag.SQUARE_ROOT,
        Snag.DERIVATIVE,
        Snag.DIFFERENTIATED,
        Snag.ONE_FORMULA,
    }
)
_OF_A_NAME = frozenset(
    {Snag.NO_ACTIVATION, Snag.NO_PARTICULAR, Snag.NO_QUANTITY, Snag.NO_ID, Snag.MISSPELT_ID, Snag.NO_VALUE}
)
_OF_A_LIMIT = frozenset(
    {
        Snag.CHARACTERS,
        Snag.LEAVES,
        Snag.OPERATIONS,
        Snag.PARENTHESES,
        Snag.NESTED_SUMS,
        Snag.POWER,
        Snag.DIGITS,
        Snag.EXPONENT,
        Snag.TERMS,
    }
)


def places_of(snag: Snag) -> frozenset[str]:
    """What the sentence on a snag names: `found`, `limit`, `near`, or nothing."""
    return frozenset(
        name
        for name, snags in (
            ("found", _OF_SOMETHING_ELSE | _OF_A_NAME),
            ("limit", _OF_A_LIMIT),
            ("near", {Snag.MISSPELT_ID}),
        )
        if snag in snags
    )


@record
class Why:
    """A snag with what fills the places of its sentence.

    `found` is what somebody wrote, `limit` how much of something is read, `near` the id that may be meant.
    """

    snag: Snag
    found: str | None = None
    limit: int | None = None
    near: str | None = None

    def __post_init__(self) -> None:
        """Every place is filled, and nothing else is given."""
        given = {name for name in ("found", "limit", "near") if getattr(self, name) is not None}
        assert given == places_of(self.snag), f"{self.snag} names {sorted(places_of(self.snag))}, given {sorted(given)}"

    @property
    def is_at_the_end(self) -> bool:
        """Whether something was expected where nothing stands any more."""
        return self.found == "" and self.snag in _OF_SOMETHING_ELSE
