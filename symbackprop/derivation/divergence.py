"""Training that runs away: the first round whose net inputs are beyond all use."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction

from symbackprop.derivation.balls import Real, Undecided, precision, to_ball
from symbackprop.derivation.code import Arithmetic
from symbackprop.derivation.evaluation import evaluate_families
from symbackprop.derivation.steps import Plan
from symbackprop.derivation.train import after_rounds
from symbackprop.derivation.trainer import Trainer
from symbackprop.errors import DivergenceError, NetInputError


def first_divergence(
    plan: Plan,
    trainer: Trainer,
    given: Mapping[str, Fraction],
    *,
    start: tuple[int, Mapping[str, Real]],
    rounds: int,
    bits: int,
    where: str,
) -> DivergenceError | None:
    """The error of the first round with a net input beyond the limit, or None if none is found until `rounds`.

    `start` is a round with its state. Every round is looked at: a net input that is too large in one may be moderate
    again in the next.
    """
    first, known = start
    with precision(bits), suppress(ZeroDivisionError, Undecided):
        state = tuple(known.values())
        fixed: dict[str, Real] = {id_: to_ball(given[id_]) for id_ in trainer.fixed_ids}
        for number in range(first, rounds + 1):
            try:
                values = dict(zip(trainer.parameters, state, strict=True)) | fixed
                evaluate_families(plan.forward, values, Arithmetic.BALLS, where=after_rounds(where, number))
            except NetInputError as error:
                why = f"{error.why}: the training diverges; a smaller learning_rate may help"
                return DivergenceError(error.where, why, last_good=number - 1) if number else None
            state = trainer.advance(state, tuple(fixed.values()), 1, Arithmetic.BALLS)
    return None
