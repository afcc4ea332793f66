"""The certificate: every line of every step held against routes that share no rule with the derivation.

Three routes. `pattern`: each line of each local derivative equals sympy's derivative of its definition, exactly.
`points`: each line of each step, evaluated in balls at the network's own numbers and at random rational points,
meets the value or slope that the oracle finds there. `flat`: for small networks, each gradient's formula equals
the derivative of the one flat error expression, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from random import Random

from flint import arb, fmpq

from symbackprop.derivation.balls import Real, precision, to_ball
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.flat import is_small, unproved_gradients
from symbackprop.derivation.graph import TOTAL_ERROR, Kind
from symbackprop.derivation.identities import unproved_lines
from symbackprop.derivation.keys import PatternKey, SquashByNet, UpdatedWeight
from symbackprop.derivation.oracle import Oracle
from symbackprop.derivation.patterns import Pattern
from symbackprop.derivation.steps import Step, updated
from symbackprop.derivation.values import FIRST_BITS, MOST_BITS, evaluate_in_slots, evaluate_steps
from symbackprop.errors import CertificationError
from symbackprop.functions import ACTIVATIONS
from symbackprop.typeset.formula import Formula

RANDOM_POINTS = 3
_SEED = 20150317
_AGREED_BITS = 64


class Route(StrEnum):
    """By which route something was proved."""

    PATTERN = "pattern"
    POINTS = "points"
    FLAT = "flat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the certificate says of one step: the routes by which it holds, and the lines that were examined."""

    id: str
    rule: str
    routes: tuple[Route, ...]
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One line that does not hold: what, and how it was found out."""

    id: str
    route: Route
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The outcome. `points` counts the network's own numbers as the first; `bits` is the precision there."""

    proofs: tuple[Proof, ...]
    failures: tuple[Failure, ...]
    patterns: int
    points: int
    bits: int
    flat: bool
    mistaken: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether everything was proved."""
        return not self.failures


def certify(derivation: Derivation) -> Certificate:
    """Proves every step of a derivation, or says which could not be proved.

    Where the network asks for hidden gradients from updated weights, the steps in `mistaken` are no derivatives;
    the oracle then makes the same mistake by its own means, and they are held against that.
    """
    local = {key: pattern for key, pattern in derivation.patterns.items() if pattern.differentiates is not None}
    failures = list(_pattern_failures(derivation, local))
    bits = _enough_bits(derivation)
    for number in range(RANDOM_POINTS + 1):
        with precision(bits):
            failures.extend(_point_failures(derivation, _point(derivation, number), number))
    mistaken = tuple(_mistaken(derivation))
    flat = is_small(derivation.network) and not mistaken
    if flat:
        why = "the formula differs from the derivative of the flat error"
        failures.extend(Failure(id=id_, route=Route.FLAT, why=why) for id_ in unproved_gradients(derivation))
    return Certificate(
        proofs=tuple(_proofs(derivation, local, failures, flat=flat)),
        failures=tuple(failures),
        patterns=len(local),
        points=RANDOM_POINTS + 1,
        bits=bits,
        flat=flat,
        mistaken=mistaken,
    )


def _proofs(
    derivation: Derivation, local: Mapping[PatternKey, Pattern], failures: list[Failure], *, flat: bool
) -> Iterator[Proof]:
    failed = {failure.id for failure in failures}
    for step in derivation.steps.values():
        if step.pattern is None or step.id in failed:
            continue
        routes = [Route.POINTS]
        if step.pattern in local:
            routes.insert(0, Route.PATTERN)
        if flat and step.kind is Kind.GRADIENT:
            routes.append(Route.FLAT)
        lines = len(list(_lines(derivation.patterns[step.pattern])))
        yield Proof(id=step.id, rule=step.rule, routes=tuple(routes), lines=lines)


def _lines(pattern: Pattern) -> Iterator[Formula]:
    """Every formula of a pattern; the general forms with a sum sign that pages add are not among them."""
    yield from (line.formula for line in pattern.working)
    yield pattern.result
    yield from pattern.also.values()


def _pattern_failures(derivation: Derivation, local: Mapping[PatternKey, Pattern]) -> Iterator[Failure]:
    """A failure for every step that follows a pattern with a wrong line."""
    wrong = {key: _lines_that_differ(key, pattern) for key, pattern in local.items()}
    for step in derivation.steps.values():
        for number in wrong.get(step.pattern, ()) if step.pattern is not None else ():
            why = f"line {number} differs from sympy's derivative of the definition"
            yield Failure(id=step.id, route=Route.PATTERN, why=why)


def _lines_that_differ(key: PatternKey, pattern: Pattern) -> tuple[int, ...]:
    """The lines that are not sympy's derivative of the definition."""
    assert pattern.differentiates is not None
    formulas = (*(line.formula for line in pattern.working), pattern.result)
    # Where it is differentiated itself, the output is no number of its own: it stands for its definition.
    meanings = {"out": ACTIVATIONS[key.activation].definition} if isinstance(key, SquashByNet) else {}
    return unproved_lines(pattern.differentiates.definition, pattern.differentiates.slot, formulas, meanings)


def _enough_bits(derivation: Derivation) -> int:
    """A precision at which the network's own numbers leave every value a narrow ball, saturated or not."""
    bits = FIRST_BITS
    while bits < MOST_BITS:
        if all(_is_narrow(value) for value in derivation.values.at(bits).values()):
            return bits
        bits *= 2
    return bits


def _is_narrow(value: Real) -> bool:
    return isinstance(value, fmpq) or value.rel_accuracy_bits() >= _AGREED_BITS or bool(value.rad() < arb(2) ** -96)


def _point(derivation: Derivation, number: int) -> dict[str, Fraction]:
    """The numbers at which everything is evaluated: the network's own for point 0, random fractions after."""
    if number == 0:
        return dict(derivation.given)
    random = Random(_SEED + number)  # noqa: S311 - the same points in every run
    graph = derivation.graph
    signed = {Kind.WEIGHT, Kind.BIAS}
    return {
        id_: Fraction(random.randint(1, 1999) - (1000 if graph[id_].kind in signed else 0), 1000)
        for id_ in derivation.given
    }


def _point_failures(derivation: Derivation, point: Mapping[str, Fraction], number: int) -> Iterator[Failure]:
    balls = {id_: to_ball(value) for id_, value in point.items()}
    oracle = Oracle(derivation.network, balls)
    values = evaluate_steps(derivation.steps, derivation.patterns, point)
    for step, formula, expected in _claims(derivation, oracle):
        found = to_ball(evaluate_in_slots(formula, step, values))
        if why := _disagreement(found, expected):
            yield Failure(id=step.id, route=Route.POINTS, why=f"at point {number}: {why}")
    for id_, found, expected in _compiled(derivation, oracle, balls):
        if why := _disagreement(found, expected):
            yield Failure(id=id_, route=Route.POINTS, why=f"compiled for training, at point {number}: {why}")


def _claims(derivation: Derivation, oracle: Oracle) -> Iterator[tuple[Step, Formula, arb]]:
    """Each line of each step with what the oracle says, each definition that is differentiated among them."""
    defined: set[tuple[int, int]] = set()
    for step in derivation.steps.values():
        if step.pattern is None:
            continue
        pattern = derivation.patterns[step.pattern]
        expected = _ask(oracle, step)
        yield from ((step, formula, expected) for formula in _lines(pattern))
        if pattern.differentiates is not None:
            definition = pattern.differentiates.definition
            # All weights of a neuron share one definition, which needs to be looked at once.
            if (id(definition), id(step.slots)) not in defined:
                defined.add((id(definition), id(step.slots)))
                yield step, definition, oracle.value(step.id.partition("/")[0].removeprefix("d"))


def _compiled(derivation: Derivation, oracle: Oracle, point: Mapping[str, arb]) -> Iterator[tuple[str, arb, arb]]:
    """One round of the compiled training: each parameter after it, and what is measured before it."""
    trainer = derivation.trainer
    state = tuple(point[id_] for id_ in trainer.parameters)
    fixed = (*(point[id_] for id_ in trainer.fixed_ids), *(to_ball(value) for value in trainer.constants))
    for parameter, found in zip(trainer.parameters, trainer.advance(state, fixed, 1, arb.exp), strict=True):
        yield updated(parameter), found, oracle.update(parameter)
    for id_, found in zip(derivation.measured, trainer.measure(state, fixed, arb.exp), strict=True):
        yield id_, found, oracle.value(id_)


def _disagreement(found: arb, expected: arb) -> str:
    """Why two balls don't prove that they hold the same value; empty if they do."""
    if not expected.overlaps(found):
        return f"{found.str(20)} instead of {expected.str(20)}"
    return "" if _is_narrow(found) and _is_narrow(expected) else "too wide a ball to tell"


def _ask(oracle: Oracle, step: Step) -> arb:
    """What the oracle says of a step's quantity."""
    match step.kind:
        case Kind.NET | Kind.OUT | Kind.ERROR | Kind.TOTAL_ERROR:
            return oracle.value(step.id)
        case Kind.FACTOR | Kind.GRADIENT:
            above, _, below = step.id.partition("/")
            return oracle.slope(above.removeprefix("d"), below.removeprefix("d"))
        case Kind.DELTA:
            return oracle.slope(TOTAL_ERROR, step.id.replace("delta_", "net_"))
        case Kind.UPDATE:
            return oracle.update(step.id.removesuffix("+"))
        case _:
            raise CertificationError(f"{step.id}: the oracle knows nothing of a {step.kind}")


def _mistaken(derivation: Derivation) -> Iterator[str]:
    """The steps that are no derivatives because they use updated weights, or something that does."""
    found: set[str] = set()
    for step in derivation.steps.values():
        if isinstance(step.pattern, UpdatedWeight) or not found.isdisjoint(step.slots.values()):
            found.add(step.id)
            yield step.id
