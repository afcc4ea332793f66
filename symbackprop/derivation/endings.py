"""Training that can be told only so far: it runs away, or meets a case that no precision decides."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction

from symbackprop.derivation.balls import Real, Undecided, precision, to_ball
from symbackprop.derivation.code import Arithmetic
from symbackprop.derivation.evaluation import evaluate_families
from symbackprop.derivation.steps import Plan
from symbackprop.derivation.train import Trace, UndecidedRound, after_rounds
from symbackprop.derivation.trainer import Trainer
from symbackprop.derivation.values import show_certain
from symbackprop.errors import DivergenceError, EndedTrainingError, NetInputError
from symbackprop.wording import counted


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


def first_undecided(trace: Trace, *, rounds: int, bits: int, origin: str) -> EndedTrainingError | None:
    """The error of the first round that can't be decided with that many bits, up to the one after so many rounds.

    None if there is none, and where it is the very first one, before which nothing is certain.
    """
    try:
        trace.measure(rounds, bits)
        trace.parameters(rounds + 1, bits)
    except UndecidedRound as error:
        return ended_by(trace, error, bits=bits, origin=origin)
    return None


def first_without_digits(
    trace: Trace, *, rounds: int, bits: int, digits: int, origin: str
) -> EndedTrainingError | None:
    """The error of the first round after which so many bits leave a measured figure without so many certain digits.

    A training that answers to the smallest difference loses some in each round. None if there is no such round.
    """
    try:
        for number, figures in enumerate(trace.walk(rounds, bits)):
            for id_, figure in zip(trace.measured, figures, strict=True):
                if number > 0 and show_certain(figure, digits) is None:
                    why = f"after {counted(number, 'round')}, the digits of {id_} can't be certified with {bits:,} bits"
                    told = f"{_certain(number - 1)}; {why}" if number > 1 else why
                    return EndedTrainingError(origin, told, last_good=number - 1)
    except UndecidedRound as error:
        return ended_by(trace, error, bits=bits, origin=origin)
    return None


def ended_by(trace: Trace, error: UndecidedRound, *, bits: int, origin: str) -> EndedTrainingError | None:
    """What is undecided, with the rounds before it, which are certain; None where there are none."""
    done = error.rounds
    if done == 0:
        return None
    why = f"{_certain(done)}; in round {done + 1:,}, {error.what}, with {bits:,} bits, too"
    return EndedTrainingError(origin, why, last_good=done if _is_measured(trace, done, bits) else done - 1)


def _certain(rounds: int) -> str:
    return "round 1 is certain" if rounds == 1 else f"rounds 1 to {rounds:,} are certain"


def _is_measured(trace: Trace, rounds: int, bits: int) -> bool:
    try:
        trace.measure(rounds, bits)
    except Undecided:
        return False
    return True
