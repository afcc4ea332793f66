"""Training that runs away: the first round whose net inputs are beyond all use."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from symbackprop.derivation.balls import Real, Undecided, precision, to_ball
from symbackprop.derivation.code import Arithmetic
from symbackprop.derivation.evaluation import evaluate_families
from symbackprop.errors import DivergenceError, NetInputError

if TYPE_CHECKING:
    from symbackprop.derivation.derive import Derivation


def first_divergence(derivation: Derivation, start: int, rounds: int, bits: int) -> DivergenceError | None:
    """The error of the first round, from `start` to `rounds`, with a net input beyond the limit; None if none is found.

    Every round between is looked at: a net input that is too large in one may be moderate again in the next.
    """
    trainer, steps = derivation.trainer, derivation.steps
    known = derivation.trace.parameters(start, bits)
    with precision(bits), suppress(ZeroDivisionError, Undecided):
        state = tuple(known.values())
        fixed: dict[str, Real] = {id_: to_ball(derivation.given[id_]) for id_ in trainer.fixed_ids}
        for number in range(start, rounds + 1):
            where = f"{derivation.network.origin}: {after(number)}"
            try:
                values = dict(zip(trainer.parameters, state, strict=True)) | fixed
                evaluate_families(steps.forward, values, Arithmetic.BALLS, where=where)
            except NetInputError as error:
                why = f"{error.why}: the training diverges; a smaller learning_rate may help"
                return DivergenceError(error.where, why, last_good=number - 1) if number else None
            state = trainer.advance(state, tuple(fixed.values()), 1, Arithmetic.BALLS)
    return None


def after(rounds: int) -> str:
    """How an error begins that happens after so many rounds."""
    return f"after {rounds:,} round{'' if rounds == 1 else 's'}: " if rounds else ""
