"""How fast the derived step trains, against the same network as plain Python objects.

    python benchmarks/training.py [--runs 5]

First within one process: only the training itself, in floats as the peer does, and in balls, which prove
every digit. Then whole processes, with everything that each has to import and to derive.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from object_network import error_after
from symbackprop.derivation.balls import precision, to_ball
from symbackprop.derivation.code import Arithmetic
from symbackprop.derivation.derive import derive
from symbackprop.network_file import read_network
from symbackprop.resources import example
from timing import Task, Timing, milliseconds, print_table, python, time_in_turns

IN_PROCESS_STEPS = 10_000
PROCESS_STEPS = (10_000, 200_000)
BITS = 128
PEER = str(Path(__file__).with_name("object_network.py"))

Training = Callable[[], object]


def our_trainings(steps: int) -> tuple[Training, Training]:
    """Return what trains our network for that many steps: in floats, and in balls.

    The only place of these benchmarks that knows how the package trains.
    """
    derivation = derive(read_network(example("mazur")))
    trainer, given = derivation.trainer, derivation.given
    start = [given[id_] for id_ in trainer.parameters]
    fixed = [given[id_] for id_ in trainer.fixed_ids]

    def in_floats() -> object:
        numbers = (tuple(map(float, start)), tuple(map(float, fixed)))
        after = trainer.advance(*numbers, steps, Arithmetic.DOUBLES)
        return trainer.measure(after, numbers[1], Arithmetic.DOUBLES)

    def in_balls() -> object:
        with precision(BITS):
            numbers = (tuple(map(to_ball, start)), tuple(map(to_ball, fixed)))
            after = trainer.advance(*numbers, steps, Arithmetic.BALLS)
            return trainer.measure(after, numbers[1], Arithmetic.BALLS)

    return in_floats, in_balls


def within_a_process(runs: int) -> None:
    """Compare the training alone."""
    begin = time.perf_counter()
    in_floats, in_balls = our_trainings(IN_PROCESS_STEPS)
    ready = time.perf_counter() - begin
    contenders: dict[str, Training] = {
        "objects": lambda: error_after(IN_PROCESS_STEPS),
        "symbackprop, floats": in_floats,
        f"symbackprop, {BITS}-bit balls": in_balls,
    }
    turns = [[_seconds(train) for train in contenders.values()] for _ in range(runs)]
    timings = [Timing(seconds=tuple(column)) for column in zip(*turns, strict=True)]
    print(f"\n{IN_PROCESS_STEPS:,} steps within a process, after {milliseconds(ready)} ms of preparation\n")
    _print(dict(zip(contenders, timings, strict=True)))


def as_processes(runs: int, steps: int) -> None:
    """Compare commands, from nothing to the printed error."""
    peer = Task(name="objects", command=python(PEER, "--steps", str(steps)))
    ours = Task(
        name="symbackprop train",
        command=python("-m", "symbackprop", "train", "--steps", str(steps)),
    )
    print(f"\n{steps:,} steps as a whole process\n")
    _print(dict(time_in_turns([peer, ours], runs)))


def _print(timings: dict[str, Timing]) -> None:
    """Print every timing, and how many times as fast as the first one it is."""
    base = next(iter(timings.values()))
    rows = [
        [name, milliseconds(each.median), milliseconds(each.least), f"{base.ratio_to(each):.2f}"]
        for name, each in timings.items()
    ]
    print_table(["training", "median ms", "min ms", "times as fast"], rows)


def _seconds(train: Training) -> float:
    begin = time.perf_counter()
    train()
    return time.perf_counter() - begin


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description="Measure training against plain Python objects.")
    parser.add_argument("--runs", type=int, default=5, help="timed runs of each (default: 5)")
    runs = parser.parse_args().runs
    within_a_process(runs)
    for steps in PROCESS_STEPS:
        as_processes(runs, steps)


if __name__ == "__main__":
    main()
