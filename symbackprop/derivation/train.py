"""The derived step, compiled to straight-line code and repeated: training, in balls.

Each weight's update is traced back through the steps that it uses. Every operation becomes one assignment to a
local variable, equal operations only once, so that a round is nothing but arithmetic on local variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import exp, inf, nan
from typing import Any

from flint import arb

from symbackprop.derivation.balls import Real, precision, to_ball
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.keys import PatternKey
from symbackprop.derivation.patterns import Pattern, fill
from symbackprop.derivation.steps import Step, updated
from symbackprop.derivation.values import MOST_BITS
from symbackprop.typeset.formula import (
    Abs,
    Apply,
    Cases,
    Constant,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    SumOver,
    quantities,
)

DRAWING_BITS = 128
"""The precision of curves, the same as that of figures: what was trained for one serves the other."""

_DRAWN_BITS = 24

State = tuple[Any, ...]
"""The numbers of the trained parameters, in the order of `Trainer.parameters`."""


@dataclass(slots=True)
class _Writer:
    """Writes assignments for formulas, each different operation once."""

    steps: Mapping[str, Step]
    patterns: Mapping[PatternKey, Pattern]
    lines: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    operations: dict[str, str] = field(default_factory=dict)
    constants: dict[Fraction, str] = field(default_factory=dict)

    def quantity(self, id_: str) -> str:
        """The variable that holds a quantity, after the lines that compute it."""
        if id_ not in self.names:
            step = self.steps[id_]
            if step.pattern is None:
                raise ValueError(f"{id_} has no number")
            self.names[id_] = self.formula(fill(self.patterns[step.pattern].fastest, step.slots))
        return self.names[id_]

    def formula(self, formula: Formula) -> str:
        """The variable that holds a formula's value, after the lines that compute it."""
        match formula:
            case Constant(value=value):
                return self.constants.setdefault(value, f"c{len(self.constants)}")
            case Quantity(id=id_):
                return self.quantity(id_)
            case Sum(terms=terms):
                return self._sum(terms)
            case Product(factors=factors):
                # Later factors first: eta * (delta * x) shares nothing less, and delta * (out * (1 - out)) more.
                product = self.formula(factors[-1])
                for factor in reversed(factors[:-1]):
                    product = self._assign(f"{self.formula(factor)} * {product}")
                return product
            case Negative(body=Sum(terms=(first, Negative(body=second)))):
                return self._sum((second, Negative(first)))
            case Negative(body=body):
                return self._assign(f"-{self.formula(body)}")
            case Quotient(numerator=numerator, denominator=denominator):
                return self._assign(f"{self.formula(numerator)} / {self.formula(denominator)}")
            case Power(base=base, exponent=Constant(value=value)) if value.denominator == 1 and value > 0:
                # Multiplied out: a ball's power goes by way of a logarithm, which one with 0 in it hasn't got.
                return self.formula(Product((base,) * value.numerator))
            case Exp(exponent=exponent):
                return self._assign(f"exp({self.formula(exponent)})")
            case Power() | SumOver() | Apply() | Sqrt() | Abs() | Cases():
                raise ValueError(f"not compiled: {formula}")

    def _sum(self, terms: tuple[Formula, ...]) -> str:
        total = self.formula(terms[0])
        for term in terms[1:]:
            sign, body = ("-", term.body) if isinstance(term, Negative) else ("+", term)
            total = self._assign(f"{total} {sign} {self.formula(body)}")
        return total

    def _assign(self, operation: str) -> str:
        if operation not in self.operations:
            name = f"t{len(self.operations)}"
            self.operations[operation] = name
            self.lines.append(f"{name} = {operation}")
        return self.operations[operation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainer:
    """Compiled training. `advance(state, fixed, rounds, exp)` repeats the step; `parameters` orders the state.

    `fixed` are the numbers that stay, in the order of `fixed_ids`, then the constants of the formulas.
    """

    parameters: tuple[str, ...]
    fixed_ids: tuple[str, ...]
    constants: tuple[Fraction, ...]
    advance: Callable[..., State]
    measure: Callable[..., tuple[Any, ...]]


def compile_training(
    steps: Mapping[str, Step], patterns: Mapping[PatternKey, Pattern], measured: Iterable[str]
) -> Trainer:
    """The training loop for a plan of steps, and a function for the `measured` quantities of a state."""
    parameters = tuple(step.slots["old"] for step in steps.values() if step.kind is Kind.UPDATE)
    fixed = tuple(step.id for step in steps.values() if step.pattern is None and step.id not in parameters)
    names = {id_: f"p{number}" for number, id_ in enumerate(parameters)}
    names |= {id_: f"f{number}" for number, id_ in enumerate(fixed)}
    writer = _Writer(steps=steps, patterns=patterns, names=dict(names))
    goals = [updated(parameter) for parameter in parameters]
    _write_in_order(writer, goals)
    after = [writer.quantity(goal) for goal in goals]
    meter = _Writer(steps=steps, patterns=patterns, names=dict(names), constants=writer.constants)
    wanted = tuple(measured)
    _write_in_order(meter, wanted)
    figures = [meter.quantity(id_) for id_ in wanted]
    state = _tuple(names[id_] for id_ in parameters)
    unpack = [
        f"{state} = state",
        f"{_tuple([*(names[id_] for id_ in fixed), *writer.constants.values()])} = fixed",
    ]
    loop = [
        "for _ in range(rounds):",
        *(f"    {line}" for line in [*writer.lines, f"{state} = {_tuple(after)}"]),
    ]
    source = [
        *_function("advance(state, fixed, rounds, exp)", [*unpack, *loop, f"return {state}"]),
        *_function("measure(state, fixed, exp)", [*unpack, *meter.lines, f"return {_tuple(figures)}"]),
    ]
    namespace: dict[str, Any] = {"__builtins__": {"range": range}}
    # The source holds nothing but the numbered names and the operators written above.
    exec(compile("\n".join(source), "<training>", "exec"), namespace)  # noqa: S102
    return Trainer(
        parameters=parameters,
        fixed_ids=fixed,
        constants=tuple(writer.constants),
        advance=namespace["advance"],
        measure=namespace["measure"],
    )


def _write_in_order(writer: _Writer, goals: Iterable[str]) -> None:
    """Writes what the goals need from the first step to the last, so that no chain of steps recurses through all."""
    needed = set(goals)
    formulas: dict[str, Formula] = {}
    for step in reversed(tuple(writer.steps.values())):
        if step.id in needed and step.pattern is not None:
            formulas[step.id] = fill(writer.patterns[step.pattern].fastest, step.slots)
            needed.update(quantities(formulas[step.id]))
    for id_ in reversed(formulas):
        writer.quantity(id_)


def _tuple(names: Iterable[str]) -> str:
    return f"({''.join(f'{name}, ' for name in names)})"


def _function(signature: str, body: list[str]) -> list[str]:
    return [f"def {signature}:", *(f"    {line}" for line in body)]


def _saturating_exp(value: float) -> float:
    """Exp that gives infinity instead of an error, as other languages do."""
    try:
        return exp(value)
    except OverflowError:
        return inf


def bits_affordable(rounds: int) -> int:
    """The precision at which that many rounds still take seconds rather than hours."""
    bits = LEAST_AFFORDABLE_BITS
    while bits < MOST_BITS and 2 * bits * max(1, rounds) <= _MOST_BIT_ROUNDS:
        bits *= 2
    return bits


LEAST_AFFORDABLE_BITS = 4096
_MOST_BIT_ROUNDS = 1 << 26


class Trace:
    """The parameters after any number of rounds, each with proof. What was computed once is kept."""

    def __init__(self, trainer: Trainer, given: Mapping[str, Fraction]) -> None:
        self._trainer = trainer
        self._given = given
        self._states: dict[int, dict[int, State]] = {}

    def train_through(self, rounds: Iterable[int]) -> None:
        """Trains to the last of the rounds once, keeping the parameters at each of them, given in ascending order."""
        for number in rounds:
            self.parameters(number, DRAWING_BITS)

    def parameters(self, rounds: int, bits: int) -> dict[str, Real]:
        """The trained parameters after that many rounds, computed with that many bits from the start."""
        with precision(bits):
            return dict(zip(self._trainer.parameters, self._state(rounds, bits), strict=True))

    def error(self, rounds: int) -> float:
        """The total error after that many rounds, to the precision of a drawing; nan where that can't be had."""
        bits = DRAWING_BITS
        while bits <= bits_affordable(rounds):
            error = self.measure(rounds, bits)[0]
            if error.rel_accuracy_bits() >= _DRAWN_BITS or error.is_zero():
                return float(error)
            bits *= 2
        return nan

    def measure(self, rounds: int, bits: int) -> State:
        """The measured quantities after that many rounds."""
        with precision(bits):
            state = self._state(rounds, bits)
            return self._trainer.measure(state, self._fixed(), arb.exp)

    def walk(self, rounds: int, bits: int) -> Iterator[State]:
        """The measured quantities of each round from 0 on, none of them kept."""
        with precision(bits):
            state, fixed = self._state(0, bits), self._fixed()
            for number in range(rounds + 1):
                yield self._trainer.measure(state, fixed, arb.exp)
                if number < rounds:
                    state = self._trainer.advance(state, fixed, 1, arb.exp)

    def in_doubles(self, rounds: int) -> tuple[float, ...]:
        """The measured quantities after that many rounds, as ordinary floating point arithmetic finds them."""
        state = tuple(float(self._given[id_]) for id_ in self._trainer.parameters)
        fixed = (
            *(float(self._given[id_]) for id_ in self._trainer.fixed_ids),
            *(float(value) for value in self._trainer.constants),
        )
        try:
            return self._in_doubles(state, fixed, rounds, exp)
        except OverflowError:
            return self._in_doubles(state, fixed, rounds, _saturating_exp)

    def _in_doubles(
        self, state: State, fixed: State, rounds: int, exponential: Callable[[float], float]
    ) -> tuple[float, ...]:
        after = self._trainer.advance(state, fixed, rounds, exponential)
        return self._trainer.measure(after, fixed, exponential)

    def _state(self, rounds: int, bits: int) -> State:
        states = self._states.setdefault(bits, {0: tuple(self._balls(self._trainer.parameters))})
        if rounds not in states:
            start = max(known for known in states if known <= rounds)
            states[rounds] = self._trainer.advance(states[start], self._fixed(), rounds - start, arb.exp)
        return states[rounds]

    def _fixed(self) -> State:
        constants = (to_ball(value) for value in self._trainer.constants)
        return (*self._balls(self._trainer.fixed_ids), *constants)

    def _balls(self, ids: Iterable[str]) -> list[arb]:
        return [to_ball(self._given[id_]) for id_ in ids]


_CURVE_POINTS = 60


def milestones_until(rounds: int) -> tuple[int, ...]:
    """The rounds at which figures are told: 0, 1, 10, 100, ... and the last one."""
    milestones = [0]
    power = 1
    while power < rounds:
        milestones.append(power)
        power *= 10
    return (*milestones, rounds)


def spread_until(rounds: int) -> frozenset[int]:
    """About sixty rounds, evenly apart on a logarithmic axis: enough for a smooth curve."""
    return frozenset(round(rounds ** (number / _CURVE_POINTS)) for number in range(_CURVE_POINTS + 1))
