"""How fast `check` is, and how well it judges single formulas beside Math-Verify.

    python benchmarks/checking.py [--sheets 1000] [--math-verify PYTHON]

`PYTHON` is an interpreter that has math-verify, this one if none is given. Seconds are of the processor, start-up
included where a whole command is measured; memory is the process's largest resident set.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

import symbackprop
from checking_pairs import PAIRS
from symbackprop.checking.calculation import Calculation
from symbackprop.checking.entry import judge_for, load, read, reader_for
from symbackprop.checking.mistakes.registry import slips
from symbackprop.checking.mistakes.slip import Ground, Site
from symbackprop.checking.verdicts import Verdict
from symbackprop.derivation.balls import precision, to_exact
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.shape import shape_of
from symbackprop.derivation.steps import plan_of
from symbackprop.typeset.formula import Formula
from timing import print_table

ANSWERS = 30
BITS = 128
SEED = 20150317
# One letter each, so that Math-Verify doesn't take net for n times e times t.
LETTERS = {"net_": "z_", "out_": "y_", "target_": "t_", "E_{total}": "E"}
FORMULAS = 60
# Of each five sheets, which have mistaken formulas, which wrong digits, and how many of these.
KINDS, MISTAKEN, BY_HAND, SLIPS = 5, (2, 3), (4,), 0.15


def sheets(count: int) -> list[str]:
    """Return answer sheets: of five, two all right, two with mistaken formulas, one with wrong digits."""
    random = Random(SEED)  # noqa: S311 - the same sheets in every run
    network = load(None)
    plan = plan_of(shape_of(network))
    derivation = Derivation(network=network, steps=plan)
    given = {id_: to_exact(number) for id_, number in derivation.given.items()}
    ground = Ground(plan)
    asked = [id_ for id_, step in plan.items() if step.pattern is not None and plan.same_as(id_) is None]
    found = []
    for number in range(count):
        changes: dict[str, Formula] = {}
        for id_ in random.sample(asked, random.randint(1, 2)) if number % KINDS in MISTAKEN else ():
            mistaken = [slip.formula for slip in slips(Site(step=plan[id_], ground=ground))]
            changes |= {id_: random.choice(mistaken)} if mistaken else {}
        calculation = Calculation(plan, given, changes=changes)
        digits = random.randint(4, 9)
        lines = []
        for id_ in sorted(random.sample(asked, min(ANSWERS, len(asked))), key=asked.index):
            with precision(BITS):
                shown = f"{Decimal(float(calculation.value(id_))):.{digits}f}"
            if number % KINDS in BY_HAND and random.random() < SLIPS:
                place = random.choice([at for at, it in enumerate(shown) if it.isdigit()])
                shown = shown[:place] + str((int(shown[place]) + random.randint(1, 9)) % 10) + shown[place + 1 :]
            lines.append(f'"{id_}" = "{shown}"\n')
        found.append("".join(lines))
    return found


def run(*arguments: str) -> tuple[float, float]:
    """Run a command of symbackprop to its end; return its seconds and megabytes."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "symbackprop", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{' '.join(arguments)}: failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def commands(count: int) -> list[Sequence[str]]:
    """Measure whole commands: a sheet, a document, a folder."""
    with tempfile.TemporaryDirectory() as name:
        folder, sheet, document = Path(name) / "sheets", Path(name) / "sheet.toml", Path(name) / "document.md"
        folder.mkdir()
        texts = sheets(count)
        for number, text in enumerate(texts):
            (folder / f"{number:05}.toml").write_text(text, encoding="utf-8")
        sheet.write_text('"net_h1" = "0.3775"\n', encoding="utf-8")
        pairs = [PAIRS[number % len(PAIRS)] for number in range(FORMULAS)]
        document.write_text("\n\n".join(f"$${it.quantity} = {it.claimed}$$" for it in pairs), encoding="utf-8")
        start, small = run("check", str(sheet))
        seconds, memory = run("check", str(document))
        rows: list[Sequence[str]] = [
            ["one answer: start-up", f"{start:.2f} s", f"{small:.0f} MB"],
            [f"document of {FORMULAS} formulas, beyond that", f"{seconds - start:.2f} s", f"{memory:.0f} MB"],
        ]
        seconds, memory = run("check", str(folder), "--csv", str(Path(name) / "marks.csv"))
        rows.append([f"{count:,} sheets of {ANSWERS} answers", f"{count / seconds:.0f} a second", f"{memory:.0f} MB"])
        return rows


def ours() -> dict[str, object]:
    """Judge all pairs by symbackprop, after one that nobody counts."""
    network = load(None)
    reader, judge = reader_for(network), judge_for(network)
    judge.judge(read("net_h1 = 0.3775", reader))
    start = time.process_time()
    right = []
    for pair in PAIRS:
        links = judge.judge(read(f"${pair.quantity} = {pair.claimed}$", reader)).links
        right.append(bool(links) and all(it.verdict in (Verdict.CORRECT, Verdict.ROUNDED) for it in links))
    seconds = time.process_time() - start
    return {"equal": right, "seconds": seconds, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def theirs(interpreter: str) -> dict[str, object]:
    """Ask Math-Verify whether both sides of each pair are equal."""
    pairs = [[spelled(pair.claimed), spelled(pair.right)] for pair in PAIRS]
    command = [interpreter, str(Path(__file__).with_name("math_verify_way.py"))]
    done = subprocess.run(command, input=json.dumps(pairs), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = done.stderr.strip().rpartition("\n")[2]
        raise SystemExit(f"Math-Verify can't be asked ({last}): pip install -e '.[benchmarks]'")
    answers: dict[str, object] = json.loads(done.stdout)
    return answers


def spelled(text: str) -> str:
    """Return a formula with names of one letter."""
    for name, letter in LETTERS.items():
        text = text.replace(name, letter)
    return text


def row(name: str, found: dict[str, object]) -> Sequence[str]:
    """Return a line of the table of accuracy."""
    said, seconds, memory = found["equal"], found["seconds"], found["memory"]
    assert isinstance(said, list)
    assert isinstance(seconds, float)
    assert isinstance(memory, float)
    counts = []
    for is_right in (True, False):
        mine = [answer is is_right for answer, pair in zip(said, PAIRS, strict=True) if pair.is_right is is_right]
        counts.append(f"{sum(mine)} of {len(mine)}")
    return [name, *counts, f"{seconds * 1000 / len(PAIRS):.1f} ms", f"{memory:.0f} MB"]


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description="Measure check.")
    parser.add_argument("--sheets", type=int, default=1000, help="answer sheets in the folder (default: 1000)")
    parser.add_argument("--math-verify", default=sys.executable, help="an interpreter that has math-verify")
    chosen = parser.parse_args()
    print(f"symbackprop {symbackprop.__version__}")
    print_table(["check", "speed", "memory"], commands(chosen.sheets))
    print()
    rows = [row("symbackprop", ours()), row("Math-Verify", theirs(chosen.math_verify))]
    print_table([f"{len(PAIRS)} formulas", "right called right", "wrong called wrong", "each", "memory"], rows)


if __name__ == "__main__":
    main()
