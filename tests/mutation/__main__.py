"""Samples mutants of the package, runs the tests that cover their lines, and says which of them nothing has noticed.

    python -m tests.mutation measure    # which test runs which line, and how long it takes: the default run, once
    python -m tests.mutation run        # some mutants of each part

Those that change nothing stand in equivalent.toml, each with the reason, and are left out of the sample.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import signal
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Queue

from tests.mutation.choice import Tests
from tests.mutation.mutants import PARTS, ROOT, Mutant, sampled
from tests.mutation.plugin import CHOSEN, MEASURED, run_tests

# What asks for TeX, a browser or somebody else's framework is no part of the default run everywhere.
LEFT_OUT = ("consumers", "frameworks", "fuzz", "mutation", "pdf")
COPIED = ("symbackprop", "tests", "templates", "examples", "docs", "output", "benchmarks", "tools", "pyproject.toml")
# First a few seconds of tests, of which most mutants die; then as many as one may be worth: seconds, and files.
ROUNDS = ((4.0, 3), (12.0, 8), (60.0, 40))
TIME_LIMIT = 300.0
# What every run of tests imports and no mutant changes, imported once.
PRELOADED = ["pytest", "hypothesis", "sympy", "flint", "jinja2", "numpy", "mpmath", "coverage", "tests.mutation.plugin"]
SPAWN = multiprocessing.get_context("forkserver")


def killed(tree: Path, mutant: Mutant, tests: Tests) -> bool:
    """Whether a test fails, or none comes to an end, with a mutant in a copy of the project."""
    path = tree / mutant.source
    covering, original, tried = tests.covering(mutant), path.read_text(encoding="utf-8"), set[str]()
    try:
        _write(path, mutant.code)
        for seconds, files in ROUNDS:
            chosen = [it for it in tests.choose(covering, seconds, files) if it not in tried]
            tried |= set(chosen)
            if chosen and not _passes(tree, chosen):
                return True
    finally:
        _write(path, original)
    return False


def _write(path: Path, code: str) -> None:
    """Write a source so that nothing compiled is taken for it."""
    path.write_text(code, encoding="utf-8")
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
        compiled.unlink()


def _passes(tree: Path, chosen: list[str]) -> bool:
    (tree / "chosen.json").write_text(json.dumps(chosen), encoding="utf-8")
    files = dict.fromkeys(it.partition("::")[0] for it in chosen)
    code = _pytest(tree, ["-x", *files], {CHOSEN: str(tree / "chosen.json"), "PYTHONDONTWRITEBYTECODE": "1"})
    if code not in (0, 1, 2, None):
        raise RuntimeError(f"pytest ended with {code}: {chosen[0]}, ...")
    return code == 0


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


def measure(folder: Path, processes: int) -> None:
    """Run all tests once, and write what each of them runs."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = [it for it in sorted(ROOT.glob("tests/**/test_*.py")) if it.relative_to(ROOT).parts[1] not in LEFT_OUT]
    shares = [[str(it.relative_to(ROOT)) for it in files[number::processes]] for number in range(processes)]
    with ThreadPoolExecutor(processes) as pool:
        codes = list(pool.map(lambda share: _pytest(ROOT, share, {MEASURED: str(folder)}), shares))
    if any(codes):
        raise SystemExit("the tests fail without any mutant")


def run(arguments: argparse.Namespace) -> None:
    """Run the tests of each mutant, and print the score and who is left."""
    known = tomllib.loads(Path(__file__).with_name("equivalent.toml").read_text(encoding="utf-8"))["equivalent"]
    equivalent = {(it["file"], it["before"], it["after"]) for it in known}
    parts = [arguments.part] if arguments.part else list(PARTS)
    mutants = [(part, it) for part in parts for it in sampled(part, arguments.each, arguments.seed, equivalent)]
    tests, dead = Tests(arguments.measured), Counter[str]()
    with tempfile.TemporaryDirectory() as work, ThreadPoolExecutor(arguments.processes) as pool:
        trees: Queue[Path] = Queue()
        for number in range(arguments.processes):
            trees.put(_copied(Path(work) / str(number)))

        def judged(mutant: Mutant) -> bool:
            tree = trees.get()
            try:
                return killed(tree, mutant, tests)
            finally:
                trees.put(tree)

        for (part, mutant), is_dead in zip(mutants, pool.map(judged, (it for _, it in mutants)), strict=True):
            dead[part] += is_dead
            if not is_dead:
                print(
                    f"{mutant.source}:{mutant.lines[0]} survives\n  - {mutant.before}\n  + {mutant.after}", flush=True
                )
    for part in parts:
        print(f"{part}: {dead[part]} of {sum(it == part for it, _ in mutants)} killed")
    print(f"all: {dead.total()} of {len(mutants)} killed, {100 * dead.total() / len(mutants):.1f} %")


def _copied(tree: Path) -> Path:
    """Copy the project, and compile it once."""
    tree.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tree / name)
    if _pytest(tree, ["--collect-only"], {}) != 0:
        raise SystemExit("the tests can't be collected without any mutant")
    return tree


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["measure", "run"])
    parser.add_argument("--measured", type=Path, default=ROOT / "build" / "mutants", help="where what was measured is")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--each", type=int, default=30, help="how many mutants of each part")
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    SPAWN.set_forkserver_preload(PRELOADED)
    if arguments.what == "measure":
        measure(arguments.measured, arguments.processes)
    else:
        run(arguments)


if __name__ == "__main__":
    main()
