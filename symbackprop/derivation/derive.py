"""From a network to its derivation: every step of a round, its formulas and its certified values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from symbackprop.derivation.balls import Real, Undecided, to_exact
from symbackprop.derivation.digits import fraction_digits
from symbackprop.derivation.endings import first_divergence, first_undecided, first_without_digits
from symbackprop.derivation.families import updated
from symbackprop.derivation.graph import TOTAL_ERROR, Graph, Kind
from symbackprop.derivation.ids import split_id
from symbackprop.derivation.keys import PatternKey
from symbackprop.derivation.numbers import given_numbers
from symbackprop.derivation.pattern import Form, Pattern, flat_product
from symbackprop.derivation.patterns import fill, work_out
from symbackprop.derivation.shape import Shape, shape_of
from symbackprop.derivation.steps import SHAPES_KEPT, Plan, plan_of
from symbackprop.derivation.train import Trace, after_rounds, bits_affordable
from symbackprop.derivation.trainer import Trainer, trainer_of
from symbackprop.derivation.values import Values
from symbackprop.errors import CertificationError, EndedTrainingError, NetInputError
from symbackprop.network import Given, Network
from symbackprop.notation_file import bound_to_network, notation_of
from symbackprop.records import record
from symbackprop.typeset import formula as tree
from symbackprop.typeset.formula import Formula
from symbackprop.typeset.plain import plain
from symbackprop.wording import A_NETWORK, did_you_mean, quoted, require_type

if TYPE_CHECKING:
    from symbackprop.card import Card

DECIMALS = 9
"""The decimals of a figure where nobody asks for others: the article's."""

SIGNIFICANT_DIGITS = 15
"""The significant digits of a value that is handed to a program."""

ROUNDS_KEPT = 8
"""Of how many rounds a derivation keeps all values: those that were asked for last. The first round's stay."""


@record(kw_only=True)
class Quantity:
    """A quantity as programs see it: ASCII formulas, and decimal strings that are correctly rounded.

    `substituted` is the formula with the figures that a page shows; `value` has fifteen significant digits;
    `exact` is a fraction where the value is rational and known to be, unless it has more than 4,300 digits.
    `undecided` says that the last digit of `value` can't be decided: the value is at a tie, or around 0, at every
    precision.
    """

    id: str
    kind: Kind
    formula: str
    substituted: str
    value: str
    exact: str | None
    undecided: bool


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """Every step that leads from a network's numbers to its updated weights, in order, by id.

    `patterns` works out the formulas of a kind of step, `trainers` the round as one function.
    """

    network: Network
    steps: Plan
    patterns: Callable[[PatternKey], Pattern] = work_out
    trainers: Callable[[Plan], Trainer] = trainer_of

    @property
    def graph(self) -> Graph:
        """The network's neurons, unrolled over samples and time steps."""
        return self.steps.graph

    def pattern(self, id_: str) -> Pattern:
        """The pattern that a step follows. Given numbers have none: their pattern is only their name."""
        key = self.steps[id_].pattern
        return Pattern(result=tree.Quantity("given")) if key is None else self.patterns(key)

    @staticmethod
    def evaluated(key: PatternKey) -> Pattern:
        """The pattern by which the values of a kind of step are calculated, whatever is told of it."""
        return work_out(key)

    def fill(self, id_: str, formula: Formula) -> Formula:
        """One of the formulas of a step's pattern, in the step's own quantities."""
        return fill(formula, self.steps[id_].slots)

    def formula(self, id_: str) -> Formula:
        """The formula from which a step's value is computed."""
        if self.steps[id_].pattern is None:
            return tree.Quantity(id_)
        return self.fill(id_, self.pattern(id_).result)

    def forms(self, id_: str) -> Mapping[Form, Formula]:
        """Other ways to write a step's result; a gradient also with its delta written out."""
        own = {form: self.fill(id_, formula) for form, formula in self.pattern(id_).also.items()}
        slots = self.steps[id_].slots
        if self.steps.kind(id_) is not Kind.GRADIENT or "delta" not in slots:
            return own
        delta, x = slots["delta"], tree.Quantity(slots["x"])
        known = self.pattern(delta).also
        longer = {
            form: flat_product(self.fill(delta, known[form]), x)
            for form in (Form.FACTORS_WRITTEN_OUT, Form.FUSED)
            if form in known
        }
        return longer | own

    def __getitem__(self, id_: str) -> Quantity:
        """One quantity with its formula and certified value; `E_total@10000` is the one after that many rounds.

        Raises KeyError, which names the nearest one, for an id that the network hasn't got.
        """
        try:
            base, rounds = split_id(id_)
        except ValueError:
            raise KeyError(id_) from None
        if base not in self.steps:
            raise KeyError(f"this network has no quantity {quoted(base)}{did_you_mean(base, self.steps)}")
        kind = self.steps.kind(base)
        values = self.after(rounds)
        suffix = f"@{rounds}" if rounds else ""
        formula = self.formula(base)
        exact, nearest = values.exact(base), values.nearest(base, SIGNIFICANT_DIGITS)
        return Quantity(
            id=id_,
            kind=kind,
            formula=plain(formula, lambda part: f"{part}{suffix}"),
            substituted=plain(formula, lambda part: values.shown(part, DECIMALS).digits),
            value=nearest.digits,
            exact=None if exact is None else fraction_digits(exact),
            undecided=not nearest.decided,
        )

    # --- In Jupyter: the errors and the gradients

    def _repr_latex_(self) -> str:
        return self._card.latex

    def _repr_html_(self) -> str:
        return self._card.html

    def _repr_markdown_(self) -> str:
        return self._card.markdown

    @property
    def _card(self) -> Card:
        # Only Jupyter asks for it.
        from symbackprop.derivation.derivation_card import derivation_card  # noqa: PLC0415

        namer = bound_to_network(notation_of(self.network), self.network)
        whole = [id_ for id_ in self.steps if id_ == TOTAL_ERROR or id_.startswith(f"d{TOTAL_ERROR}/dw")]
        shown = ((id_, self.formula(id_)) for id_ in whole)
        return derivation_card(self.network.title, namer, shown, self.values, DECIMALS)

    @cached_property
    def typed(self) -> Mapping[str, Given]:
        """The numbers of the steps that aren't computed, as somebody gave them."""
        return given_numbers(self.graph, self.network)

    @cached_property
    def given(self) -> Mapping[str, Fraction]:
        """The exact numbers of the steps that aren't computed."""
        return {id_: number.exact for id_, number in self.typed.items()}

    @cached_property
    def values(self) -> Values:
        """The values of the first round, before any update."""
        exact: dict[str, Real] = {id_: to_exact(number) for id_, number in self.given.items()}
        return Values(self.steps, lambda _: exact, self.typed, where=f"{self.network.origin}: ")

    @property
    def measured(self) -> tuple[str, ...]:
        """What training measures of a state: the total error, then each output."""
        return self.trainer.measured

    @property
    def trainer(self) -> Trainer:
        """The compiled round. It measures the total error, then each output."""
        return self.trainers(self.steps)

    @cached_property
    def trace(self) -> Trace:
        """Training: the parameters after any number of rounds."""
        return Trace(self.trainer, self.given, where=f"{self.network.origin}: ")

    def after(self, rounds: int) -> Values:
        """The values of the round that follows that many updates; `after(0)` are those of the first round."""
        if rounds == 0:
            return self.values
        known = self._later
        if rounds not in known:
            state = frozenset(self.steps.state)
            fixed = {id_: number for id_, number in self.typed.items() if id_ not in state}
            exact: dict[str, Real] = {id_: to_exact(number.exact) for id_, number in fixed.items()}

            def given(bits: int) -> Mapping[str, Real]:
                return {**exact, **self._state_after(rounds, bits)}

            where = after_rounds(f"{self.network.origin}: ", rounds)
            most_bits = bits_affordable(rounds)
            while len(known) >= ROUNDS_KEPT:
                known.popitem(last=False)
            known[rounds] = Values(
                self.steps, given, fixed, where=where, most_bits=most_bits, explain=partial(self._explain, rounds)
            )
        known.move_to_end(rounds)
        return known[rounds]

    def ended_before(self, rounds: int) -> EndedTrainingError | None:
        """The error that ends the training before so many rounds are done; None if what follows them can be told."""
        try:
            self.after(rounds).shown(TOTAL_ERROR, DECIMALS)
        except EndedTrainingError as error:
            return (self.ended_before(error.last_good) if error.last_good > 0 else None) or error
        except CertificationError:
            ended = first_without_digits(
                self.trace,
                rounds=rounds,
                bits=bits_affordable(rounds),
                digits=SIGNIFICANT_DIGITS,
                origin=self.network.origin,
            )
            if ended is None:
                raise
            return ended
        return None

    def _explain(self, rounds: int, bits: int, error: NetInputError | Undecided) -> EndedTrainingError | None:
        """The first round that went wrong, rather than the one that somebody asked about."""
        if isinstance(error, Undecided):
            return first_undecided(self.trace, rounds=rounds, bits=bits, origin=self.network.origin)
        start = max((known for known, values in self._later.items() if known < rounds and values.is_known), default=0)
        return first_divergence(
            self.steps,
            self.trainer,
            self.given,
            start=(start, self.trace.parameters(start, bits)),
            rounds=rounds,
            bits=bits,
            where=f"{self.network.origin}: ",
        )

    def _state_after(self, rounds: int, bits: int) -> Mapping[str, Real]:
        if rounds > 1:
            return self.trace.parameters(rounds, bits)
        # The first round's updates are steps themselves.
        values = self.values.at(bits)
        return {id_: values[updated(id_)] for id_ in self.steps.state}

    @cached_property
    def _later(self) -> OrderedDict[int, Values]:
        return OrderedDict()


def derive(network: Network) -> Derivation:
    """The derivation of a network. What depends on its shape alone is kept for the next one of the same shape."""
    require_type(network, Network, A_NETWORK)
    return Derivation(network=network, steps=_derived(shape_of(network)))


@lru_cache(maxsize=SHAPES_KEPT)
def _derived(shape: Shape) -> Plan:
    """The plan of a shape with all its patterns worked out."""
    plan = plan_of(shape)
    for pattern in dict.fromkeys(family.pattern for family in plan.families if family.pattern is not None):
        work_out(pattern)
    return plan
