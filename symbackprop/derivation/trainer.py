"""One round as a function of the numbers that it changes: straight-line code for small networks, families for others.

Straight-line code is ten times as fast for a small network; for thousands of edges, compiling it takes longer than
running it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache, partial
from operator import methodcaller, truediv
from typing import Any

from symbackprop.derivation.balls import Real, kept_small, to_ball
from symbackprop.derivation.code import Arithmetic, Times, Writer, formula_of, function_of, run
from symbackprop.derivation.evaluation import evaluate_families
from symbackprop.derivation.families import updated
from symbackprop.derivation.graph import TOTAL_ERROR
from symbackprop.derivation.patterns import fill
from symbackprop.derivation.steps import Plan
from symbackprop.records import record
from symbackprop.typeset.formula import Formula, quantities

State = tuple[Any, ...]
"""The numbers that a round changes, in the order of `Trainer.parameters`."""

MOST_COMPILED_WORK = 3000
"""Networks with more edges than this, unrolled, are run family by family."""


_OF_BALLS_ALONE: Mapping[str, Callable[..., Any]] = {"exp": methodcaller("exp"), "divide": truediv}
"""What is faster where no number is a fraction any more. A ball divided by 0 is unbounded, and shows no digit."""


@record(kw_only=True)
class Trainer:
    """`advance(state, fixed, rounds, arithmetic)` repeats the round, `measure(state, fixed, arithmetic)` looks at it.

    `parameters` orders the state; `fixed_ids` the numbers that stay. `tell(state, fixed, where)` runs a round that
    has failed step by step, and raises an error that names the quantity, `where` before it.

    `number` makes a number one that the round in balls takes: a ball, or, where the side of a kink counts, a fraction
    as long as it is short. Only a fraction can be right at a kink, and known to be.
    """

    parameters: tuple[str, ...]
    fixed_ids: tuple[str, ...]
    measured: tuple[str, ...]
    advance: Callable[[State, State, int, Arithmetic], State]
    measure: Callable[[State, State, Arithmetic], State]
    tell: Callable[[State, State, str], None]
    number: Callable[[Real | Fraction], Real]


@lru_cache(maxsize=8)
def trainer_of(plan: Plan) -> Trainer:
    """The training round of a plan, kept for the next network of the same shape."""
    return compiled_trainer(plan) if plan.graph.shape.work <= MOST_COMPILED_WORK else family_trainer(plan)


def measured_of(plan: Plan) -> tuple[str, ...]:
    """What training measures of a state: the total error, then each output."""
    return (TOTAL_ERROR, *(neuron.out for neuron in plan.graph.judged))


def _tell(plan: Plan, state: State, fixed: State, where: str) -> None:
    values = dict(zip(plan.state, state, strict=True)) | dict(zip(_fixed_of(plan), fixed, strict=True))
    evaluate_families(plan.families, values, Arithmetic.BALLS, where=where)


def _fixed_of(plan: Plan) -> tuple[str, ...]:
    state = frozenset(plan.state)
    given = (id_ for family in plan.forward if family.pattern is None for id_ in family.ids)
    return tuple(id_ for id_ in given if id_ not in state)


def _number_of(plan: Plan) -> Callable[[Real | Fraction], Real]:
    return kept_small if plan.graph.shape.in_cases else to_ball


@record(kw_only=True)
class _Source:
    """The code of a round, and the constants that it takes after the fixed numbers."""

    lines: tuple[str, ...]
    constants: tuple[Fraction, ...]


def _write(plan: Plan, arithmetic: Arithmetic) -> _Source:
    times = arithmetic.times
    parameters, fixed_ids, measured = plan.state, _fixed_of(plan), measured_of(plan)
    names = {id_: f"p{number}" for number, id_ in enumerate(parameters)}
    names |= {id_: f"f{number}" for number, id_ in enumerate(fixed_ids)}

    def look_up(id_: str) -> Formula:
        step = plan[id_]
        if step.pattern is None:
            raise ValueError(f"{id_} has no number")
        return fill(formula_of(step.pattern, arithmetic), step.slots)

    writer = Writer(names=dict(names), look_up=look_up, times=times)
    goals = tuple(map(updated, parameters))
    _write_in_order(plan, writer, goals, arithmetic)
    after = [writer.quantity(goal) for goal in goals]
    if times is Times.KEEPING_ZERO:
        # Fractions grow without end where every round multiplies them.
        after = [f"kept_small({name})" for name in after]
    meter = Writer(names=dict(names), look_up=look_up, times=times, constants=writer.constants)
    _write_in_order(plan, meter, measured, arithmetic)
    figures = [meter.quantity(id_) for id_ in measured]
    state = _tuple(names[id_] for id_ in parameters)
    fixed = _tuple([*(names[id_] for id_ in fixed_ids), *writer.constants.values()])
    unpack = [f"{state} = state", f"{fixed} = fixed"]
    loop = ["for _ in range(rounds):", *(f"    {line}" for line in [*writer.lines, f"{state} = {_tuple(after)}"])]
    source = (
        *function_of("advance(state, fixed, rounds)", [*unpack, *loop, f"return {state}"]),
        *function_of("measure(state, fixed)", [*unpack, *meter.lines, f"return {_tuple(figures)}"]),
    )
    return _Source(lines=source, constants=tuple(writer.constants))


def compiled_trainer(plan: Plan) -> Trainer:
    """The round as straight-line code."""
    in_cases = plan.graph.shape.in_cases
    plain = _write(plan, Arithmetic.DOUBLES)
    sources = {Arithmetic.BALLS: _write(plan, Arithmetic.BALLS) if in_cases else plain, Arithmetic.DOUBLES: plain}
    in_balls = Arithmetic.BALLS.functions if in_cases else {**Arithmetic.BALLS.functions, **_OF_BALLS_ALONE}
    functions = {
        Arithmetic.BALLS: run(sources[Arithmetic.BALLS].lines, in_balls),
        Arithmetic.DOUBLES: run(plain.lines, Arithmetic.DOUBLES.functions),
    }
    numbers: Mapping[Arithmetic, Callable[[Fraction], Any]] = {
        Arithmetic.BALLS: _number_of(plan),
        Arithmetic.DOUBLES: float,
    }

    def with_constants(fixed: State, arithmetic: Arithmetic) -> State:
        return fixed + tuple(map(numbers[arithmetic], sources[arithmetic].constants))

    def advance(state: State, fixed: State, rounds: int, arithmetic: Arithmetic) -> State:
        after: State = functions[arithmetic]["advance"](state, with_constants(fixed, arithmetic), rounds)
        return after

    def measure(state: State, fixed: State, arithmetic: Arithmetic) -> State:
        found: State = functions[arithmetic]["measure"](state, with_constants(fixed, arithmetic))
        return found

    return Trainer(
        parameters=plan.state,
        fixed_ids=_fixed_of(plan),
        measured=measured_of(plan),
        advance=advance,
        measure=measure,
        tell=partial(_tell, plan),
        number=_number_of(plan),
    )


def family_trainer(plan: Plan) -> Trainer:
    """The round as families of steps, evaluated one after the other."""
    parameters, fixed_ids, measured = plan.state, _fixed_of(plan), measured_of(plan)
    goals = tuple(map(updated, parameters))
    numbers: Mapping[Arithmetic, Callable[[Any], Any]] = {
        Arithmetic.BALLS: _number_of(plan),
        Arithmetic.DOUBLES: float,
    }

    def values_of(state: State, fixed: State, arithmetic: Arithmetic) -> dict[str, Any]:
        values = dict(zip(parameters, state, strict=True)) | dict(zip(fixed_ids, fixed, strict=True))
        evaluate_families(plan.forward, values, arithmetic)
        return values

    def advance(state: State, fixed: State, rounds: int, arithmetic: Arithmetic) -> State:
        number = numbers[arithmetic]
        for _ in range(rounds):
            values = values_of(state, fixed, arithmetic)
            evaluate_families(plan.backward, values, arithmetic)
            state = tuple([number(values[goal]) for goal in goals])
        return state

    def measure(state: State, fixed: State, arithmetic: Arithmetic) -> State:
        values = values_of(state, fixed, arithmetic)
        return tuple([values[id_] for id_ in measured])

    return Trainer(
        parameters=parameters,
        fixed_ids=fixed_ids,
        measured=measured,
        advance=advance,
        measure=measure,
        tell=partial(_tell, plan),
        number=_number_of(plan),
    )


def _write_in_order(plan: Plan, writer: Writer, goals: Iterable[str], arithmetic: Arithmetic) -> None:
    """Writes what the goals need from the first step to the last, so that no chain of steps recurses through all."""
    needed = set(goals)
    formulas: dict[str, Formula] = {}
    for step in reversed(tuple(plan.values())):
        if step.id in needed and step.pattern is not None:
            formulas[step.id] = fill(formula_of(step.pattern, arithmetic), step.slots)
            needed.update(quantities(formulas[step.id]))
    for id_ in reversed(formulas):
        writer.quantity(id_)


def _tuple(names: Iterable[str]) -> str:
    return f"({''.join(f'{name}, ' for name in names)})"
