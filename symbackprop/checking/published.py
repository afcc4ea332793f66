"""Published figures held against certified ones, and what explains a difference.

An explanation is found by doing what it says and arriving at the published digits, never by likeness.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction

from symbackprop.derivation.balls import Real, evaluate, precision
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.digits import round_to
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.ids import split_id
from symbackprop.derivation.steps import Step
from symbackprop.derivation.values import FIRST_BITS, Values
from symbackprop.errors import CertificationError
from symbackprop.network import MOST_ROUNDS, HiddenGradients, Network, Published, Training
from symbackprop.records import record
from symbackprop.typeset.formula import Formula


class Cause(StrEnum):
    """What was done to arrive at a published figure."""

    RIGHT = "right"
    CUT_OFF = "cut_off"
    ROUNDED_EARLY = "rounded_early"
    UPDATED_WEIGHTS = "updated_weights"
    ORIGINAL_WEIGHTS = "original_weights"
    ONE_ROUND_LESS = "one_round_less"
    ONE_ROUND_MORE = "one_round_more"
    BIASES_UPDATED = "biases_updated"
    BIASES_FROZEN = "biases_frozen"
    UNEXPLAINED = "unexplained"


@record(kw_only=True)
class Verdict:
    """A published figure, the certified one to the same decimals, and what the difference comes from."""

    published: Published
    certified: str
    cause: Cause


def judge_published(derivation: Derivation) -> tuple[Verdict, ...]:
    """A verdict for each published figure within the network's rounds of training, in the file's order."""
    judge = _Judge(derivation)
    most = derivation.network.training.rounds
    within = (it for it in derivation.network.published if split_id(it.quantity)[1] <= most)
    return tuple(judge.verdict(published) for published in within)


class _Judge:
    """Tries the explanations one after the other; a variant of the network is derived when it is first needed."""

    def __init__(self, derivation: Derivation) -> None:
        self._derivation = derivation
        self._variants: dict[Cause, Derivation] = {}
        self._by_hand: dict[tuple[int, int], Mapping[str, Fraction] | None] = {}

    def verdict(self, published: Published) -> Verdict:
        """The certified figure to the published decimals, and the likeliest cause of a difference."""
        base, rounds = split_id(published.quantity)
        decimals = _decimals(published)
        certified = self._derivation.after(rounds).rounded(base, decimals)
        cause = next(self._causes(published, base, rounds, decimals), Cause.UNEXPLAINED)
        return Verdict(published=published, certified=certified, cause=cause)

    def _causes(self, published: Published, base: str, rounds: int, decimals: int) -> Iterator[Cause]:
        """The causes that lead to the published figure, the likeliest first."""
        claimed = published.value.exact

        def leads_there(derivation: Derivation, rounds: int) -> bool:
            if base not in derivation.steps:
                return False
            return Fraction(derivation.after(rounds).rounded(base, decimals)) == claimed

        values = self._derivation.after(rounds)
        if leads_there(self._derivation, rounds):
            yield Cause.RIGHT
        if _cut_off(values, base, decimals) == claimed:
            yield Cause.CUT_OFF
        if claimed in self._rounded_early(base, rounds, decimals):
            yield Cause.ROUNDED_EARLY
        weights, biases = self._other_weights(), self._other_biases()
        if weights is not None and leads_there(self._variant(weights), rounds):
            yield weights
        if rounds > 0 and leads_there(self._derivation, rounds - 1):
            yield Cause.ONE_ROUND_LESS
        if 0 < rounds < MOST_ROUNDS and leads_there(self._derivation, rounds + 1):
            yield Cause.ONE_ROUND_MORE
        if biases is not None and rounds > 0 and leads_there(self._variant(biases), rounds):
            yield biases

    def _rounded_early(self, base: str, rounds: int, decimals: int) -> Iterator[Fraction]:
        """The results from figures that were already rounded to the decimals that the claim shows."""
        derivation = self._derivation
        step = derivation.steps[base]
        if step.pattern is None or rounds > _MOST_ROUNDS_BY_HAND:
            return
        if rounds == 0:
            pattern = derivation.pattern(base)
            seen = {id_: Fraction(derivation.values.rounded(id_, decimals)) for id_ in step.slots.values()}
            for form in (pattern.result, *pattern.also.values()):
                yield from _rounded(form, step, seen, decimals)
        throughout = self._rounded_throughout(rounds, decimals)
        if throughout is not None:
            yield throughout[base]

    def _rounded_throughout(self, rounds: int, decimals: int) -> Mapping[str, Fraction] | None:
        """A calculation by hand: every result of every round is rounded, and the next one goes on with it."""
        key = (rounds, decimals)
        if key not in self._by_hand:
            self._by_hand[key] = self._calculate_by_hand(rounds, decimals)
        return self._by_hand[key]

    def _calculate_by_hand(self, rounds: int, decimals: int) -> Mapping[str, Fraction] | None:
        derivation = self._derivation

        def form_of(step: Step) -> Formula:
            assert step.pattern is not None
            return derivation.pattern(step.id).result

        steps = tuple(step for step in derivation.steps.values() if step.pattern is not None)
        updates = tuple(step for step in steps if step.kind is Kind.UPDATE)
        values = dict(derivation.given)
        for _ in range(rounds + 1):
            values |= {step.slots["old"]: values[step.id] for step in updates if step.id in values}
            for step in steps:
                rounded = tuple(_rounded(form_of(step), step, values, decimals))
                if not rounded:
                    return None
                (values[step.id],) = rounded
        return values

    def _other_weights(self) -> Cause | None:
        """The other way to choose the weights that carry the error back, where there is a hidden layer."""
        if len(self._derivation.graph.layers) == 1:
            return None
        updated = self._derivation.network.training.hidden_gradients is HiddenGradients.UPDATED
        return Cause.ORIGINAL_WEIGHTS if updated else Cause.UPDATED_WEIGHTS

    def _other_biases(self) -> Cause | None:
        """The other way to treat biases, where there are any."""
        if not self._derivation.graph.shared_biases:
            return None
        updated = self._derivation.network.training.update_biases
        return Cause.BIASES_FROZEN if updated else Cause.BIASES_UPDATED

    def _variant(self, cause: Cause) -> Derivation:
        if cause not in self._variants:
            network = self._derivation.network
            training = _changed(network, cause)
            self._variants[cause] = derive(replace(network, training=training))
        return self._variants[cause]


def _changed(network: Network, cause: Cause) -> Training:
    training = network.training
    match cause:
        case Cause.UPDATED_WEIGHTS:
            return replace(training, hidden_gradients=HiddenGradients.UPDATED)
        case Cause.ORIGINAL_WEIGHTS:
            return replace(training, hidden_gradients=HiddenGradients.ORIGINAL)
        case Cause.BIASES_UPDATED:
            return replace(training, update_biases=True)
        case Cause.BIASES_FROZEN:
            return replace(training, update_biases=False)
        case _:
            raise ValueError(f"{cause} is no other way to train")


_MOST_ROUNDS_BY_HAND = 20


def _rounded(form: Formula, step: Step, values: Mapping[str, Real | Fraction], decimals: int) -> Iterator[Fraction]:
    """The result rounded as by hand, or nothing where no precision tried makes it certain."""
    for bits in (FIRST_BITS, 4 * FIRST_BITS, 16 * FIRST_BITS):
        with precision(bits):
            whole = round_to(evaluate(form, lambda slot: values[step.slots[slot]]), decimals)
        if whole is not None:
            yield Fraction(whole, 10**decimals)
            return


def _cut_off(values: Values, base: str, decimals: int) -> Fraction | None:
    """The value cut off, or None for one that lies on the last digit itself as far as can be told."""
    try:
        return Fraction(values.cut_off(base, decimals))
    except CertificationError:
        return None


def _decimals(published: Published) -> int:
    """How many decimals a published figure shows, an exponent counted in."""
    mantissa, _, exponent = published.value.typed.lower().partition("e")
    return max(0, len(mantissa.partition(".")[2]) - int(exponent or 0))
