"""Times whole processes in turns, so that a busy minute of the machine falls on all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A command under a name, with the exit code that it must end with."""

    name: str
    command: Sequence[str]
    exit_code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The seconds of each run, in the order in which they were run."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)

    @property
    def least(self) -> float:
        """The quickest one."""
        return min(self.seconds)

    def ratio_to(self, other: Timing) -> float:
        """The median of the ratios within each turn: what both share in a turn falls out."""
        pairs = zip(self.seconds, other.seconds, strict=True)
        return statistics.median(mine / theirs for mine, theirs in pairs)


def python(*arguments: str) -> list[str]:
    """Return a command for the interpreter that runs this benchmark."""
    return [sys.executable, *arguments]


def time_in_turns(tasks: Sequence[Task], runs: int) -> Mapping[str, Timing]:
    """Run every task once to warm the disk's cache, then all of them in turns, `runs` times."""
    for task in tasks:
        time_once(task)
    turns = [[time_once(task) for task in tasks] for _ in range(runs)]
    columns = zip(*turns, strict=True)
    return {task.name: Timing(seconds=tuple(column)) for task, column in zip(tasks, columns, strict=True)}


def time_once(task: Task) -> float:
    """Run a task and return its seconds; a wrong exit code ends the benchmark, as its time means nothing."""
    # An installed package comes with its bytecode; a checkout keeps it unless the environment forbids that.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(task.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, env=environment)
    seconds = time.perf_counter() - start
    if done.returncode != task.exit_code:
        said = done.stderr.decode(errors="replace").strip()
        sys.exit(f"{task.name}: exit code {done.returncode}, expected {task.exit_code}\n{said}")
    return seconds


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a head: the first column to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, ["-" * width for width in widths], *rows]:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join(cells).rstrip())


def milliseconds(seconds: float) -> str:
    """Return a time as the tables print it."""
    return f"{seconds * 1000:.1f}" if seconds < 1 else f"{seconds * 1000:.0f}"
