"""Samples mutants of the package, runs the tests that cover their lines, and says which of them nothing has noticed.

    python -m tests.mutation measure          # which test runs which line, and how long it takes: the default run, once
    python -m tests.mutation measure FILE...  # the same of these files of tests, beside what was measured before
    python -m tests.mutation run              # some mutants of each part
    python -m tests.mutation run --again      # the same, and once more those that nothing noticed before

A run that was interrupted goes on where it was: what became of a mutant is kept until its source changes.
Those that change nothing stand in equivalent.toml, each with the reason, and are left out of the sample.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from queue import Queue
from time import monotonic

import pytest

from tests.mutation.choice import Tests
from tests.mutation.mutants import PARTS, ROOT, Mutant, sampled
from tests.mutation.plugin import CHOSEN, MEASURED, run_tests

# What asks for TeX, a browser or somebody else's framework is no part of the default run everywhere.
LEFT_OUT = ("consumers", "frameworks", "fuzz", "mutation", "pdf")
# First a few seconds of tests, of which most mutants die; then as many as one may be worth: seconds, and files.
ROUNDS = ((4.0, 3), (12.0, 8), (60.0, 40))
TIME_LIMIT = 300.0
# What every run of tests imports and no mutant changes, imported once.
PRELOADED = ["pytest", "hypothesis", "sympy", "flint", "jinja2", "numpy", "mpmath", "coverage", "tests.mutation.plugin"]
SPAWN = multiprocessing.get_context("forkserver")


class Outcome(StrEnum):
    """What becomes of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "times out"
    SURVIVES = "survives"
    NOT_RUN = "survives: no test runs it"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of a mutant, by which test, and how many seconds that took."""

    source: str
    line: int
    before: str
    after: str
    outcome: Outcome
    test: str
    seconds: float


def judged(tree: Path, mutant: Mutant, tests: Tests) -> Result:
    """Say whether a test fails, or none comes to an end, with a mutant in a copy of the project."""
    path, start = tree / mutant.source, monotonic()
    covering, is_run = tests.covering(mutant)
    original, tried = path.read_text(encoding="utf-8"), set[str]()
    outcome, test = Outcome.SURVIVES if is_run else Outcome.NOT_RUN, ""
    try:
        _write(path, mutant.code)
        for seconds, files in ROUNDS:
            chosen = [it for it in tests.choose(covering, seconds, files) if it not in tried]
            tried |= set(chosen)
            if chosen and (noticed := _noticed(tree, chosen)):
                outcome, test = noticed
                break
    finally:
        _write(path, original)
    return Result(
        source=mutant.source,
        line=mutant.lines[0],
        before=mutant.before,
        after=mutant.after,
        outcome=outcome,
        test=test,
        seconds=round(monotonic() - start, 1),
    )


def _write(path: Path, code: str) -> None:
    """Write a source so that nothing compiled is taken for it."""
    path.write_text(code, encoding="utf-8")
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
        compiled.unlink()


def _noticed(tree: Path, chosen: list[str]) -> tuple[Outcome, str] | None:
    """Run chosen tests; say how and by which of them a mutant is noticed, if it is."""
    path = tree / "chosen.json"
    path.write_text(json.dumps(chosen), encoding="utf-8")
    files = dict.fromkeys(it.partition("::")[0] for it in chosen)
    code = _pytest(tree, ["-x", *files], {CHOSEN: str(path), "PYTHONDONTWRITEBYTECODE": "1"})
    if code is None:
        return Outcome.TIMED_OUT, ""
    if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return None
    left = json.loads(path.read_text(encoding="utf-8"))
    return Outcome.KILLED, left[0] if left != chosen or len(left) == 1 else "none can be collected"


def _pytest(tree: Path, arguments: list[str], settings: Mapping[str, str]) -> int | None:
    """Give pytest's exit code, or None where it didn't end in time."""
    process = SPAWN.Process(target=run_tests, args=(tree, arguments, dict(settings)))
    process.start()
    process.join(None if MEASURED in settings else TIME_LIMIT)
    if (code := process.exitcode) is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()
    return code


def measure(folder: Path, processes: int, files: list[str]) -> None:
    """Run all tests once, or those of some files, and write what each of them runs."""
    if not files:
        shutil.rmtree(folder, ignore_errors=True)
        tests = (it.relative_to(ROOT) for it in sorted(ROOT.glob("tests/**/test_*.py")))
        files = [str(it) for it in tests if it.parts[1] not in LEFT_OUT]
    folder.mkdir(parents=True, exist_ok=True)
    shares = [files[number::processes] for number in range(processes)]
    settings = {MEASURED: str(folder.resolve())}
    with tempfile.TemporaryDirectory() as work, ThreadPoolExecutor(processes) as pool:
        tree = _copied(Path(work) / "measured")
        codes = list(pool.map(lambda share: _pytest(tree, share, settings), shares))
    failed = Tests(folder).failed
    for it in failed:
        print(f"{it} fails without any mutant, and is left out")
    if any(codes) and not failed:
        raise SystemExit(f"pytest ended with {codes}")


def run(arguments: argparse.Namespace) -> None:
    """Run the tests of each mutant, and print the score and who is left."""
    known = tomllib.loads(Path(__file__).with_name("equivalent.toml").read_text(encoding="utf-8"))["equivalent"]
    equivalent = {(it["file"], it["before"], it["after"]) for it in known}
    parts = [arguments.part] if arguments.part else list(PARTS)
    sample = {part: list(sampled(part, arguments.each, arguments.seed, equivalent)) for part in parts}
    results = _read(arguments.results)
    if arguments.again:
        lives = (Outcome.SURVIVES, Outcome.NOT_RUN)
        results = {key: it for key, it in results.items() if it.outcome not in lives}
    left = [it for mutants in sample.values() for it in mutants if _key(it) not in results]
    for number, (mutant, result) in enumerate(_judge_all(left, Tests(arguments.measured), arguments.processes), 1):
        results[_key(mutant)] = result
        with arguments.results.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps({"key": _key(mutant), **asdict(result)}) + "\n")
        shown = f"{number} of {len(left)}: {mutant.source}:{mutant.lines[0]} {result.outcome} ({result.seconds:.0f} s)"
        print(shown, flush=True)
    _print_score({part: [results[_key(it)] for it in mutants] for part, mutants in sample.items()})


def _judge_all(mutants: list[Mutant], tests: Tests, processes: int) -> Iterable[tuple[Mutant, Result]]:
    """Give what becomes of each, as soon as it is known."""
    if not mutants:
        return
    with tempfile.TemporaryDirectory() as work, ThreadPoolExecutor(processes) as pool:
        trees: Queue[Path] = Queue()
        for number in range(processes):
            trees.put(_copied(Path(work) / str(number)))

        def judge(mutant: Mutant) -> Result:
            tree = trees.get()
            try:
                return judged(tree, mutant, tests)
            finally:
                trees.put(tree)

        waiting = {pool.submit(judge, it): it for it in mutants}
        try:
            for it in as_completed(waiting):
                yield waiting[it], it.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _key(mutant: Mutant) -> str:
    return sha256(f"{mutant.source}\n{mutant.code}".encode()).hexdigest()[:16]


def _read(path: Path) -> dict[str, Result]:
    """Read what earlier runs have kept; the last word on a mutant counts."""
    rows = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = [json.loads(it) for it in rows]
    return {it.pop("key"): Result(**it | {"outcome": Outcome(it["outcome"])}) for it in found}


def _print_score(results: Mapping[str, list[Result]]) -> None:
    """Print who is left, and for each part and all of them how many were noticed."""
    everything = [it for rows in results.values() for it in rows]
    for it in everything:
        if it.outcome in (Outcome.SURVIVES, Outcome.NOT_RUN):
            print(f"{it.source}:{it.line} {it.outcome}\n  - {it.before}\n  + {it.after}")
    for part, rows in {**results, "all": everything}.items():
        count = Counter(it.outcome for it in rows)
        killed = count[Outcome.KILLED] + count[Outcome.TIMED_OUT]
        print(f"{part}: {killed} of {len(rows)} killed ({100 * killed / len(rows):.1f} %)", end=", ")
        print(f"{count[Outcome.TIMED_OUT]} of them by time; no test runs it: {count[Outcome.NOT_RUN]};", end=" ")
        print(f"{sum(it.seconds for it in rows) / 60:.0f} min")


def _copied(tree: Path) -> Path:
    """Copy the project, and compile it once."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    if _pytest(tree, ["--collect-only"], {}) != 0:
        raise SystemExit("the tests can't be collected without any mutant")
    return tree


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["measure", "run"])
    parser.add_argument("files", nargs="*", help="files of tests to measure, instead of all")
    parser.add_argument("--measured", type=Path, default=ROOT / "build" / "mutants", help="where what was measured is")
    parser.add_argument(
        "--results", type=Path, default=ROOT / "build" / "mutants.jsonl", help="where outcomes are kept"
    )
    parser.add_argument("--again", action="store_true", help="run those once more that nothing has noticed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--each", type=int, default=30, help="how many mutants of each part")
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_intermixed_args()
    SPAWN.set_forkserver_preload(PRELOADED)
    if arguments.what == "measure":
        measure(arguments.measured, arguments.processes, arguments.files)
    else:
        run(arguments)


if __name__ == "__main__":
    main()
