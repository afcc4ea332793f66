"""The certificate: every line of every step held against routes that share no rule with the derivation.

Four routes. `pattern`: each line of each local derivative, and of each shortcut, equals sympy's derivative of the
definition, exactly. `points`: each line of each step, evaluated in balls at the network's own numbers and at random
rational points, meets the value or slope that the oracle finds there. `direction`: in a large network, at its own
numbers, everything that belongs to a neuron meets the oracle's values and slopes, and all gradients at once meet the
slope along a random direction. `flat`: for small networks, each gradient's formula equals the derivative of the one
flat error expression, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from symbackprop.derivation.at_large import LargePoint
from symbackprop.derivation.balls import Undecided, precision
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.families import Family
from symbackprop.derivation.flat import is_small, unproved_gradients
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.keys import RULES, PatternKey, UpdatedWeight
from symbackprop.derivation.oracle import Oracle
from symbackprop.derivation.oracle_functions import UndecidedError
from symbackprop.derivation.pattern import Pattern
from symbackprop.derivation.points import Numbers, Point, is_narrow, other_numbers, own_numbers
from symbackprop.derivation.proofs import lines_that_differ, proved_keys
from symbackprop.derivation.values import FIRST_BITS, MOST_BITS
from symbackprop.errors import CertificationError
from symbackprop.records import record
from symbackprop.wording import A_DERIVATION, require_type

RANDOM_POINTS = 3

MOST_EXAMINED_WORK = 400
"""Of networks with more edges than this, unrolled, weights are examined all together, at their own numbers alone."""


class Route(StrEnum):
    """By which route something was proved."""

    PATTERN = "pattern"
    POINTS = "points"
    DIRECTION = "direction"
    FLAT = "flat"


@record(kw_only=True)
class Proof:
    """What the certificate says of one step: the routes by which it holds, and the lines that were examined."""

    id: str
    rule: str
    routes: tuple[Route, ...]
    lines: int


@record(kw_only=True)
class Proofs:
    """The same of several steps that follow one pattern."""

    ids: tuple[str, ...]
    rule: str
    routes: tuple[Route, ...]
    lines: int


@record(kw_only=True)
class Failure:
    """One line that does not hold: what, and how it was found out."""

    id: str
    route: Route
    why: str


@record(kw_only=True)
class Certificate:
    """The outcome. `points` counts the network's own numbers as the first; `bits` is the precision there.

    `examined` counts the quantities for which the oracle was asked singly, in a large network; in all others it is
    asked for each.
    """

    proved: tuple[Proofs, ...]
    failures: tuple[Failure, ...]
    patterns: int
    points: int
    bits: int
    flat: bool
    mistaken: tuple[str, ...]
    examined: int

    @property
    def holds(self) -> bool:
        """Whether everything was proved."""
        return not self.failures

    @property
    def steps(self) -> int:
        """The number of steps that were proved."""
        return sum(len(proofs.ids) for proofs in self.proved)

    @property
    def lines(self) -> int:
        """The number of lines of all these steps."""
        return sum(len(proofs.ids) * proofs.lines for proofs in self.proved)

    @property
    def proofs(self) -> Iterator[Proof]:
        """What was proved, step by step."""
        for proofs in self.proved:
            for id_ in proofs.ids:
                yield Proof(id=id_, rule=proofs.rule, routes=proofs.routes, lines=proofs.lines)


def certify(derivation: Derivation) -> Certificate:
    """Proves every step of a derivation, or says which could not be proved.

    Where the network asks for hidden gradients from updated weights, the steps in `mistaken` are no derivatives;
    the oracle then makes the same mistake by its own means, and they are held against that.
    """
    require_type(derivation, Derivation, A_DERIVATION)
    keys = tuple(dict.fromkeys(proved_keys(derivation.steps)))
    failures = list(_pattern_failures(derivation, keys))
    small = derivation.graph.shape.work <= MOST_EXAMINED_WORK
    points = (RANDOM_POINTS if small else 0) + 1
    bits = _enough_bits(derivation)
    points, examined = 1, 0
    try:
        if small:
            failures.extend(_examined_singly(derivation, own_numbers(derivation, bits), 0))
            others = (other_numbers(derivation, number, bits) for number in range(1, RANDOM_POINTS + 1))
            for numbers in others:
                if numbers is not None:
                    failures.extend(_examined_singly(derivation, numbers, points))
                    points += 1
        else:
            with precision(bits):
                numbers = own_numbers(derivation, bits)
                oracle = Oracle(derivation.network, numbers.given)
                point = LargePoint(derivation=derivation, values=numbers.values, oracle=oracle)
                found = (Failure(id=it.id, route=Route.DIRECTION, why=it.why) for it in point.examine())
                failures.extend(found)
                examined = len(point.examined)
    except Undecided as error:
        raise CertificationError(f"{error}, with {bits:,} bits, too") from error
    except UndecidedError as error:
        where = f"{derivation.network.origin}: the oracle"
        raise CertificationError(f"{where}: {error}, with {bits:,} bits, too") from error
    mistaken = tuple(_mistaken(derivation))
    flat = is_small(derivation.network) and not mistaken
    if flat:
        why = "the formula differs from the derivative of the flat error"
        failures.extend(Failure(id=id_, route=Route.FLAT, why=why) for id_ in unproved_gradients(derivation))
    failed = frozenset(failure.id for failure in failures)
    return Certificate(
        proved=tuple(_proved(derivation, failed, small=small, flat=flat)),
        failures=tuple(failures),
        patterns=len(keys),
        points=points,
        bits=bits,
        flat=flat,
        mistaken=mistaken,
        examined=examined,
    )


def _pattern_failures(derivation: Derivation, keys: tuple[PatternKey, ...]) -> Iterator[Failure]:
    """A failure for every step that follows a pattern with a wrong line."""
    wrong = {key: lines for key in keys if (lines := lines_that_differ(key, derivation.patterns))}
    for step in derivation.steps.values() if wrong else ():
        for number in wrong.get(step.pattern, ()) if step.pattern is not None else ():
            why = f"line {number} differs from sympy's derivative of the definition"
            yield Failure(id=step.id, route=Route.PATTERN, why=why)


def _examined_singly(derivation: Derivation, numbers: Numbers, number: int) -> Iterator[Failure]:
    with precision(numbers.bits):
        point = Point(derivation, numbers)
        for found in point.examine_all():
            yield Failure(id=found.id, route=Route.POINTS, why=f"at point {number}: {found.why}")
        for found in point.examine_training():
            why = f"compiled for training, at point {number}: {found.why}"
            yield Failure(id=found.id, route=Route.POINTS, why=why)


def _enough_bits(derivation: Derivation) -> int:
    """A precision at which the network's own numbers leave every value a narrow ball, saturated or not."""
    bits = FIRST_BITS
    while bits < MOST_BITS:
        try:
            if all(map(is_narrow, derivation.values.at(bits).values())):
                return bits
        except Undecided:
            pass
        bits *= 2
    return bits


def _proved(derivation: Derivation, failed: frozenset[str], *, small: bool, flat: bool) -> Iterator[Proofs]:
    """Family by family, without the members that failed."""
    for family in derivation.steps.families:
        if family.pattern is None:
            continue
        ids = tuple(id_ for id_ in family.ids if id_ not in failed) if failed else family.ids
        pattern = derivation.patterns(family.pattern)
        forms = derivation.forms(family.ids[0])
        lines = len(pattern.working) + 1 + len(forms) + len(pattern.shortcut)
        routes = tuple(_routes(family, pattern, small=small, flat=flat))
        yield Proofs(ids=ids, rule=RULES[type(family.pattern)], routes=routes, lines=lines)


def _routes(family: Family, pattern: Pattern, *, small: bool, flat: bool) -> Iterator[Route]:
    if pattern.differentiates is not None or pattern.shortcut:
        yield Route.PATTERN
    yield Route.POINTS if small else Route.DIRECTION
    if flat and family.kind is Kind.GRADIENT:
        yield Route.FLAT


def _mistaken(derivation: Derivation) -> Iterator[str]:
    """The steps that are no derivatives because they use updated weights, or something that does."""
    if not any(isinstance(family.pattern, UpdatedWeight) for family in derivation.steps.backward):
        return
    found: set[str] = set()
    for step in derivation.steps.values():
        if isinstance(step.pattern, UpdatedWeight) or not found.isdisjoint(step.slots.values()):
            found.add(step.id)
            yield step.id
