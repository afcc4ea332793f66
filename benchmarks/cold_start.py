"""How long a command takes from nothing, against merely importing what it stands on.

    python benchmarks/cold_start.py [--runs 10]

Whole processes, in turns. Ends with 1 where a command is over its limit.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from timing import Task, milliseconds, print_table, python, time_in_turns

IMPORTS = "import sympy, jinja2"
BROKEN = '[data]\ninputs = [0.05, "a"]\ntargets = [0.01]\n'


def tasks(broken: Path) -> list[tuple[Task, float]]:
    """Return each command with its limit: how many times as long as the imports it may take."""
    render = ["-m", "symbackprop", "render", "--format", "latex"]
    return [
        (Task(name="render, 1 round", command=python(*render, "--rounds", "1", "-o", "-")), 1.5),
        (Task(name="render, 10,000 rounds", command=python(*render, "-o", "-")), 2.0),
        (Task(name="--help", command=python("-m", "symbackprop", "--help")), 0.25),
        (Task(name="list examples", command=python("-m", "symbackprop", "list", "examples")), 0.25),
        (
            Task(
                name="render broken.toml",
                command=python("-m", "symbackprop", "render", str(broken)),
                exit_code=2,
            ),
            0.25,
        ),
    ]


def main() -> int:
    """Measure, print the table, and tell by the exit code whether every limit is kept."""
    parser = argparse.ArgumentParser(description="Measure the commands' cold start.")
    parser.add_argument("--runs", type=int, default=10, help="timed runs of each command (default: 10)")
    runs = parser.parse_args().runs
    imports = Task(name=IMPORTS, command=python("-c", IMPORTS))
    with tempfile.TemporaryDirectory() as folder:
        broken = Path(folder) / "broken.toml"
        broken.write_text(BROKEN, encoding="utf-8")
        limited = tasks(broken)
        timings = time_in_turns([imports, *(task for task, _ in limited)], runs)
    base = timings[IMPORTS]
    rows = [[IMPORTS, milliseconds(base.median), milliseconds(base.least), "1.00", "", ""]]
    kept = True
    for task, limit in limited:
        timing = timings[task.name]
        ratio = timing.ratio_to(base)
        kept = kept and ratio <= limit
        verdict = "ok" if ratio <= limit else "OVER"
        figures = [milliseconds(timing.median), milliseconds(timing.least), f"{ratio:.2f}", f"{limit:.2f}"]
        rows.append([task.name, *figures, verdict])
    print_table(["command", "median ms", "min ms", "ratio", "limit", ""], rows)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
