"""What is said of somebody's work: a verdict for each link, and the mistakes that explain the wrong ones."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from symbackprop.checking.snags import Why
from symbackprop.checking.work import Span, Work
from symbackprop.records import record
from symbackprop.wording import one_line


class LinkKind(StrEnum):
    """What stands on the right of an equals sign."""

    FORMULA = "formula"
    NUMBERS = "numbers"
    VALUE = "value"


class Verdict(StrEnum):
    """What is said of a link."""

    CORRECT = "correct"
    ROUNDED = "rounded"
    FOLLOWS = "follows"
    CONVENTION = "convention"
    WRONG = "wrong"
    GENERAL = "general"
    UNKNOWN = "unknown"
    UNREAD = "unread"


class Rounding(StrEnum):
    """How a figure came to differ in its last digits only."""

    INTERMEDIATES = "intermediates"
    CUT_OFF = "cut_off"
    DOUBLE_NOISE = "double_noise"
    SINGLE_NOISE = "single_noise"


class Convention(StrEnum):
    """Another usual way to define a quantity, under which a link is right."""

    OPPOSITE_DELTA = "opposite_delta"
    DESCENT_DIRECTION = "descent_direction"
    NO_HALF = "no_half"
    WITH_HALF = "with_half"
    MEAN_OVER_OUTPUTS = "mean_over_outputs"
    SUM_OVER_OUTPUTS = "sum_over_outputs"
    MEAN_OVER_BATCH = "mean_over_batch"
    SUM_OVER_BATCH = "sum_over_batch"


class Mistake(StrEnum):
    """The closed registry of what can go wrong in a derivation. Each is a transformation of it."""

    UPDATED_WEIGHTS = "updated_weights"
    ORIGINAL_WEIGHTS = "original_weights"
    PATH_LEFT_OUT = "path_left_out"
    OUTPUT_DERIVATIVE_LEFT_OUT = "output_derivative_left_out"
    HIDDEN_DERIVATIVE_LEFT_OUT = "hidden_derivative_left_out"
    NET_IN_DERIVATIVE = "net_in_derivative"
    ACTIVATION_TWICE = "activation_twice"
    ANOTHER_DERIVATIVE = "another_derivative"
    SIGN_FLIPPED = "sign_flipped"
    GRADIENT_ADDED = "gradient_added"
    HALF_FORGOTTEN = "half_forgotten"
    MEAN_FOR_SUM = "mean_for_sum"
    SUM_FOR_MEAN = "sum_for_mean"
    WEIGHTS_TRANSPOSED = "weights_transposed"
    NET_FOR_OUT = "net_for_out"
    BIAS_LEFT_OUT = "bias_left_out"
    BIASES_UPDATED = "biases_updated"
    BIASES_FROZEN = "biases_frozen"
    DERIVATIVE_KEPT = "derivative_kept"
    DIAGONAL_SOFTMAX = "diagonal_softmax"
    ANOTHER_INPUT = "another_input"
    NEIGHBOURS_VALUE = "neighbours_value"
    ANOTHER_TARGET = "another_target"
    RATE_FORGOTTEN = "rate_forgotten"
    RATE_TWICE = "rate_twice"
    ANOTHER_RATE = "another_rate"
    STEPS_NOT_SUMMED = "steps_not_summed"
    ROUND_LESS = "round_less"
    ROUND_MORE = "round_more"
    BIAS_TIMES_INPUT = "bias_times_input"
    ASSIGNED = "assigned"
    DIGITS_TRANSPOSED = "digits_transposed"
    DIGIT_DROPPED = "digit_dropped"
    ROUNDED_EARLY = "rounded_early"
    WEIGHT_INDEX = "weight_index"
    WRONG_NUMBER = "wrong_number"
    WRONG_NAME = "wrong_name"
    WRONG_SIGN = "wrong_sign"
    WRONG_OPERATOR = "wrong_operator"
    FACTOR_LEFT_OUT = "factor_left_out"
    TERM_LEFT_OUT = "term_left_out"
    TOO_MUCH = "too_much"


@record(kw_only=True)
class Cause:
    """A mistake where it was made: `at` are the quantities whose formula it changed, none where it is everywhere.

    Where one thing was taken for another, `taken` is what was taken and `right` what belongs there; where something was
    left out, `right` is what. Both are ids, formulas in ids, or numbers.
    """

    mistake: Mistake
    at: tuple[str, ...] = ()
    taken: str = ""
    right: str = ""


@record(kw_only=True)
class Place:
    """Where a link stands, counted from 1."""

    line: int
    column: int
    span: Span


@record(kw_only=True)
class Correction:
    """What would mend a wrong link: this stretch of it, and what ought to stand there; nothing if it is too much."""

    span: Span
    found: str
    expected: str


@record(kw_only=True)
class Link:
    """One member of a chain with what is said of it.

    `quantity` is the id of what it is said to equal, with its rounds. `expected` is the right figure to the digits
    shown, or the right formula in plain ASCII; `expected_digits` the true figure to more digits where the shown ones
    can't tell. `cause` explains a wrong link, `follows_from` names the earlier quantity that it follows from, and `why`
    says what kept a link from being judged. Not `sought` is the cause of a wrong one where so much is wrong that not
    everything was looked into.
    """

    place: Place
    text: str
    quantity: str | None
    kind: LinkKind
    verdict: Verdict
    expected: str | None = None
    rounding: Rounding | None = None
    convention: Convention | None = None
    cause: Cause | None = None
    follows_from: str | None = None
    correction: Correction | None = None
    why: Why | None = None
    sought: bool = True


@record(kw_only=True)
class Explanation:
    """A cause with the links (by number, from 0) that it explains, and causes that explain them as well."""

    cause: Cause
    links: tuple[int, ...]
    alternatives: tuple[Cause, ...] = ()


@record(kw_only=True)
class Verdicts:
    """All that is said of a work."""

    work: Work
    links: tuple[Link, ...]
    explanations: tuple[Explanation, ...] = ()
    conventions: tuple[Convention, ...] = ()

    @property
    def summary(self) -> Mapping[Verdict, int]:
        """How many links got each verdict."""
        return {verdict: sum(link.verdict is verdict for link in self.links) for verdict in Verdict}

    @property
    def is_judged(self) -> bool:
        """Whether anything in it could be judged."""
        unjudged = (Verdict.GENERAL, Verdict.UNKNOWN, Verdict.UNREAD)
        return any(link.verdict not in unjudged for link in self.links)

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong: nothing is called so, and nothing only follows from something that is."""
        return not any(link.verdict in (Verdict.WRONG, Verdict.FOLLOWS) for link in self.links)

    def __str__(self) -> str:
        """The counts, then a line for each link that isn't simply correct, as compilers write them."""
        counts = ", ".join(f"{count} {verdict.value}" for verdict, count in self.summary.items() if count)
        links = (link for link in self.links if link.verdict is not Verdict.CORRECT)
        return "\n".join([f"{self.work.name}: {counts or 'nothing to judge'}", *map(self._line, links)])

    def _line(self, link: Link) -> str:
        mistake = "" if link.cause is None else f" ({link.cause.mistake.value})"
        expected = "" if link.expected is None else f"; expected {link.expected}"
        what = "" if link.quantity is None else f"{link.quantity} = "
        place = f"{self.work.name}:{link.place.line}:{link.place.column}"
        return one_line(f"{place}: {link.verdict.value}: {what}{link.text}{expected}{mistake}")
