"""What growth prints: a table for each network, the fitted exponents, and which goals are reached."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fitting import FEWEST_POINTS, Fit, fit_exponential, fit_power
from growth_networks import BIG, Family
from growth_ways import Measured, Way
from processes import Ending
from timing import milliseconds, print_table

MEGABYTE = 1_000_000
LARGEST = 3
"""How many of the largest networks the second fit goes through: there the fixed costs hardly count any more."""

Results = Mapping[str, Measured]


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How a way's time beyond its import grows within a family: fits over all networks and over the largest ones.

    In the family of depth, `layer` is how many times as long each further layer makes it, over all and the largest.
    """

    way: Way
    family: Family
    names: tuple[str, ...]
    overall: Fit
    largest: Fit
    layer: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Something to be reached, what was found, and whether that is it; None if it wasn't measured."""

    what: str
    found: str
    reached: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondNetwork:
    """Median seconds for two networks of one shape in one process: of `derive`, and until all gradients are known.

    `warm` is whether a network of another shape had been derived before.
    """

    name: str
    warm: bool
    first: Mapping[str, float]
    second: Mapping[str, float]

    def ratio(self, what: str) -> float:
        """How many times as fast the second one is."""
        return self.first[what] / self.second[what]


def print_network(measured: Measured) -> None:
    """Print one network's table."""
    shape = measured.shape
    print(f"\n{shape.name}: {shape.weights:,} weights, {shape.parameters:,} parameters\n")
    head = ["", "runs", "median ms", "min", "max", "/ import", "/ ours", "MB", "bytes", "bytes/w", "µs/w"]
    print_table(head, [_row(measured, way) for way in measured.runs])
    for way in measured.runs:
        if measured.ending(way) is Ending.FAILED:
            print(f"{way}: {measured.runs[way][-1].said}")


def _row(measured: Measured, way: Way) -> list[str]:
    timing, weights = measured.timing(way), measured.shape.weights
    runs = measured.runs[way]
    least = ">" if measured.ending(way) is Ending.STOPPED else ""
    if timing is None:
        verdict = f"> {runs[-1].seconds:.0f} s" if least else "failed"
        times = [verdict, "", ""]
    else:
        times = [milliseconds(timing.median), milliseconds(timing.least), milliseconds(max(timing.seconds))]
    ratios = [measured.ratio(way, base) for base in (Way.IMPORT, Way.OURS)]
    written, beyond = measured.written_bytes(way), measured.beyond_import(way)
    return [
        way,
        str(len(runs)),
        *times,
        *("" if ratio is None else f"{least}{ratio:.2f}" for ratio in ratios),
        f"{measured.peak_bytes(way) / MEGABYTE:.0f}",
        f"{written:,}" if written else "",
        f"{written / weights:,.0f}" if written else "",
        "" if beyond is None else f"{beyond / weights * 1e6:,.0f}",
    ]


def fit_growths(results: Results) -> list[Growth]:
    """Fit every way in every family, where enough networks came to their end."""
    growths = []
    for family in Family:
        for way in (Way.OURS, Way.PLAIN, Way.XREPLACE, Way.HANDCALCS):
            found = [
                (measured.shape, beyond)
                for measured in results.values()
                if family in measured.shape.families and (beyond := measured.beyond_import(way)) is not None
            ]
            if len(found) < FEWEST_POINTS:
                continue
            is_depth = family is Family.DEPTH
            points = [(float(shape.depth if is_depth else shape.weights), beyond) for shape, beyond in found]
            growths.append(
                Growth(
                    way=way,
                    family=family,
                    names=tuple(shape.name for shape, _ in found),
                    overall=fit_power(points),
                    largest=fit_power(points[-LARGEST:]),
                    layer=(_each_layer(points), _each_layer(points[-LARGEST:])) if is_depth else None,
                )
            )
    return growths


def _each_layer(points: Sequence[tuple[float, float]]) -> float:
    return math.exp(fit_exponential(points).slope)


def print_growths(growths: Sequence[Growth]) -> None:
    """Print the fits, and say what is fitted."""
    print(
        f"""
Exponents k of seconds = c * x^k: a straight line of least squares through ln(median seconds beyond the import that
the way needs: sympy, or handcalcs) against ln x. x is the number of weights in the family of width, the number of
layers in the family of depth. Fixed costs flatten the line over all networks; the one through the {LARGEST} largest
shows where it leads. "Off" is the root mean square distance in ln seconds. "A layer": how many times as long each
further layer makes it, over all and over the last {LARGEST}.
"""
    )
    head = ["", "family", "networks", "from", "to", "k, all", "off", f"k, last {LARGEST}", "off", "a layer", "last"]
    rows = [
        [
            growth.way,
            growth.family,
            str(len(growth.names)),
            growth.names[0],
            growth.names[-1],
            f"{growth.overall.slope:.2f}",
            f"{growth.overall.error:.2f}",
            f"{growth.largest.slope:.2f}",
            f"{growth.largest.error:.2f}",
            *(("", "") if growth.layer is None else (f"{each:.2f}" for each in growth.layer)),
        ]
        for growth in growths
    ]
    print_table(head, rows)


def print_second(found: Sequence[SecondNetwork]) -> None:
    """Print the times of second networks."""
    print("\nA second network of the same shape, in one process. Warm: after a network of another shape.\n")
    rows = []
    for each in found:
        for what in each.first:
            times = [f"{each.first[what] * 1000:.2f}", f"{each.second[what] * 1000:.2f}"]
            rows.append([each.name, "warm" if each.warm else "fresh", what, *times, f"{each.ratio(what):.1f}"])
    print_table(["network", "process", "until", "first ms", "second ms", "times as fast"], rows)


def judge(results: Results, growths: Sequence[Growth], second: Sequence[SecondNetwork]) -> list[Goal]:
    """Hold everything against the goals."""
    big = results.get(BIG)
    memory = big.peak_bytes(Way.OURS) / MEGABYTE if big and big.timing(Way.OURS) else None
    exponents = [
        max(growth.overall.slope, growth.largest.slope)
        for growth in growths
        if growth.way is Way.OURS and growth.family is Family.WIDTH and growth.names[-1] == BIG
    ]
    derive = min((each.ratio("derive") for each in second if not each.warm), default=None)
    faster = _ratio(results, "5-5-5", Way.PLAIN, Way.OURS)
    full, brief = (_ratio(results, BIG, way, Way.IMPORT) for way in (Way.OURS, Way.BRIEF))
    ours = None if big is None else big.ending(Way.OURS)
    return [
        _at_least("5-5-5: times as fast as the plain way", faster, 100),
        _at_most(f"exponent in the weights up to {BIG} (the larger of both fits)", next(iter(exponents), ours), 1.1),
        _at_most(f"{BIG} in full / import sympy", full, 5),
        _at_most(f"{BIG} in full: MB", ours if memory is None else memory, 400),
        _at_most(f"{BIG} in brief / import sympy", brief, 2.5),
        _at_least("second network: derive, times as fast (the least, fresh process)", derive, 20),
    ]


def _ratio(results: Results, name: str, way: Way, base: Way) -> float | Ending | None:
    """How many times as long a way took, or how it ended if there is no telling; None if it wasn't tried."""
    measured = results.get(name)
    if measured is None:
        return None
    ratio = measured.ratio(way, base)
    return measured.ending(way) if ratio is None else ratio


def _at_least(what: str, found: float | Ending | None, least: float) -> Goal:
    return _goal(f"{what}: at least {least:g}", found, reached=isinstance(found, float) and found >= least)


def _at_most(what: str, found: float | Ending | None, most: float) -> Goal:
    return _goal(f"{what}: at most {most:g}", found, reached=isinstance(found, float) and found <= most)


def _goal(what: str, found: float | Ending | None, *, reached: bool) -> Goal:
    if found is None:
        return Goal(what=what, found="", reached=None)
    return Goal(what=what, found=str(found) if isinstance(found, Ending) else f"{found:.2f}", reached=reached)


def print_goals(goals: Sequence[Goal]) -> None:
    """Print what was to be reached."""
    print()
    verdicts = {True: "reached", False: "NOT REACHED", None: "not measured"}
    print_table(["goal", "found", ""], [[goal.what, goal.found, verdicts[goal.reached]] for goal in goals])
