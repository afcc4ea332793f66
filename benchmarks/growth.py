"""How time, memory and size grow with the network: ours, the plain way, and handcalcs, against `import sympy`.

    python benchmarks/growth.py [--runs 3] [--only 2-2-2 5-5-5 depth second] [--json PATH] [--plot PATH]

Whole processes, in turns. A peer that runs out of time isn't tried on larger networks of the same family. Tells
which goals are reached, and ends with 0 either way. Everything takes about half an hour for each run.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from growth_networks import SHAPES, Family, Shape, find_shape, network_text
from growth_plot import draw
from growth_report import (
    Goal,
    Growth,
    Results,
    SecondNetwork,
    fit_growths,
    judge,
    print_goals,
    print_growths,
    print_network,
    print_second,
)
from growth_ways import Measured, Way, ways_for
from processes import Ending, Run, run_metered
from timing import python

SECOND = "second"
SECOND_SHAPES = ("2-2-2", "4-4-4", "8-8-8", "16-16-16", "depth-6")
OTHER_SHAPE = "depth-3"
PEERS = {Way.PLAIN, Way.XREPLACE, Way.HANDCALCS}
PACKAGES = ("sympy", "jinja2", "python-flint", "handcalcs")


def measure(shape: Shape, ways: Sequence[Way], runs: int, limit: float, folder: Path) -> Measured:
    """Run all ways in turns; one that was stopped or has failed is left out of the turns that follow."""
    network, output = folder / f"{shape.name}.toml", folder / "output.tex"
    network.write_text(network_text(shape), encoding="utf-8")
    found: dict[Way, list[Run]] = {way: [] for way in ways}
    for _ in range(runs):
        for way in ways:
            if all(run.ending is Ending.DONE for run in found[way]):
                found[way].append(run_metered(way.command(network, output), limit=limit, output=output))
    return Measured(shape=shape, runs=found)


def measure_all(shapes: Sequence[Shape], known: Collection[Way], runs: int, limit: float) -> Results:
    """Measure every network and print its table as soon as it is there."""
    results: dict[str, Measured] = {}
    # Larger ones are hopeless for a peer that ran out of time, as far as they are of the same family. Ours is
    # always run: the largest network is what its goals are about.
    exhausted: set[tuple[Way, Family]] = set()
    with tempfile.TemporaryDirectory() as name:
        # Bytecode is written and the disk's cache filled before anything counts.
        measure(find_shape("2-2-2"), [*known], 1, limit, Path(name))
        for shape in shapes:
            hopeless = {way for way, family in exhausted if family in shape.families}
            ways = [way for way in ways_for(shape) if way in known and way not in hopeless]
            results[shape.name] = measure(shape, ways, runs, limit, Path(name))
            print_network(results[shape.name])
            sys.stdout.flush()
            stopped = {way for way in ways if results[shape.name].ending(way) is Ending.STOPPED}
            exhausted |= {(way, family) for way in stopped & PEERS for family in shape.families}
    return results


def measure_second(runs: int) -> list[SecondNetwork]:
    """Time two networks of one shape, each pair in processes of its own: at once, and after another shape."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        first, second, other = (Path(name) / f"{each}.toml" for each in ("first", "second", "other"))
        other.write_text(network_text(find_shape(OTHER_SHAPE)), encoding="utf-8")
        for shape in map(find_shape, SECOND_SHAPES):
            first.write_text(network_text(shape, seed=1), encoding="utf-8")
            second.write_text(network_text(shape, seed=2), encoding="utf-8")
            script = str(Path(__file__).with_name("second_network.py"))
            fresh = python(script, str(first), str(second))
            for command, warm in ((fresh, False), ([*fresh, "--before", str(other)], True)):
                runs_found = [json.loads(_output(command)) for _ in range(runs)]
                halves = [
                    {what: statistics.median(run[half][what] for run in runs_found) for what in ("derive", "gradients")}
                    for half in ("first", "second")
                ]
                found.append(SecondNetwork(name=shape.name, warm=warm, first=halves[0], second=halves[1]))
    return found


def _output(command: Sequence[str]) -> str:
    # A script's own folder comes first on its path, so a checkout that isn't installed is told where it is.
    root = str(Path(__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, env=environment).stdout


def to_json(results: Results, growths: Sequence[Growth], second: Sequence[SecondNetwork], goals: Sequence[Goal]) -> str:
    """Return everything that was measured, and on what."""
    machine = {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}
    packages = {package: version(package) for package in PACKAGES if package != "handcalcs" or has_handcalcs()}
    networks = [
        {**asdict(measured.shape), "weights": measured.shape.weights, "parameters": measured.shape.parameters}
        | {"runs": {way: [asdict(run) for run in runs] for way, runs in measured.runs.items()}}
        for measured in results.values()
    ]
    whole = {
        "machine": machine,
        "packages": packages,
        "networks": networks,
        "fits": [asdict(each) for each in growths],
        "second_network": [asdict(each) for each in second],
        "goals": [asdict(each) for each in goals],
    }
    return json.dumps(whole, indent=1)


def has_handcalcs() -> bool:
    """Tell whether the extra `benchmarks` is installed, without importing it: this process stays small."""
    return importlib.util.find_spec("handcalcs") is not None


def _chosen(only: Sequence[str]) -> list[Shape]:
    return [shape for shape in SHAPES if not only or shape.name in only or set(shape.families) & set(only)]


def main() -> None:
    """Measure what was asked for, print it, and write it."""
    parser = argparse.ArgumentParser(description="Measure how time, memory and size grow with the network.")
    names = [*(shape.name for shape in SHAPES), *Family, SECOND]
    parser.add_argument("--runs", type=int, default=3, help="runs of each way (default: 3)")
    parser.add_argument("--limit", type=float, default=120, help="seconds after which a way is stopped (default: 120)")
    parser.add_argument("--only", nargs="+", choices=names, default=(), metavar="NAME", help=", ".join(names))
    parser.add_argument("--json", type=Path, metavar="PATH", help="write all runs")
    parser.add_argument("--plot", type=Path, metavar="PATH", help="draw time against weights as SVG")
    chosen = parser.parse_args()
    known = [way for way in Way if has_handcalcs() or way not in {Way.HANDCALCS, Way.IMPORT_HANDCALCS}]
    if not has_handcalcs():
        print("handcalcs isn't installed and is left out: pip install -e '.[benchmarks]'")
    shapes = _chosen(chosen.only)
    # What can't be written is told now, not an hour later.
    for path in filter(None, (chosen.json, chosen.plot)):
        if not path.parent.is_dir():
            parser.error(f"{path}: expected the folder to exist")
    if chosen.plot is not None and not any(Family.WIDTH in shape.families for shape in shapes):
        parser.error("--plot: expected a network of the family of width among --only")
    results = measure_all(shapes, known, chosen.runs, chosen.limit) if shapes else {}
    second = measure_second(chosen.runs) if not chosen.only or SECOND in chosen.only else []
    growths = fit_growths(results)
    if growths:
        print_growths(growths)
    if second:
        print_second(second)
    goals = judge(results, growths, second)
    print_goals(goals)
    if chosen.json is not None:
        chosen.json.write_text(to_json(results, growths, second, goals) + "\n", encoding="utf-8")
    if chosen.plot is not None:
        chosen.plot.write_text(draw(results, chosen.limit), encoding="utf-8")


if __name__ == "__main__":
    main()
