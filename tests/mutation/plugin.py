"""For pytest: measures which lines each test runs and how long it takes, or runs chosen tests in a given order.

Which of the two, and the file or folder for it, is said by the environment: see `mutants.py`.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from coverage import Coverage

MEASURED, CHOSEN = "MUTANTS_MEASURED", "MUTANTS_CHOSEN"


def run_tests(root: Path, arguments: list[str], settings: dict[str, str]) -> None:
    """Run pytest in a project's folder, and end this process with its exit code; what it prints is nobody's business."""
    os.setpgid(0, 0)
    os.chdir(root)
    os.environ.update({"PYTHONPATH": str(root), **settings})
    sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in settings
    sys.path[:] = [str(root), *sys.path]
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    plain = ["-q", "--numprocesses=0", "--assert=plain", "-p", "no:cacheprovider", "-p", "tests.mutation.plugin"]
    os._exit(pytest.main([*plain, *arguments]))


def pytest_configure(config: pytest.Config) -> None:
    """Take up what the environment asks for."""
    if MEASURED in os.environ:
        config.pluginmanager.register(_Measure(Path(os.environ[MEASURED]), Path(config.rootpath)))
    if CHOSEN in os.environ:
        config.pluginmanager.register(_Choose(Path(os.environ[CHOSEN])))


class _Choose:
    """Runs the tests that a file names in their order, and leaves the name of one that fails in its place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places = {test: place for place, test in enumerate(json.loads(path.read_text(encoding="utf-8")))}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what was chosen, the likeliest to fail first."""
        found = [item for item in items if item.nodeid in self._places]
        items[:] = sorted(found, key=lambda item: self._places[item.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Say which test has noticed."""
        if report.failed:
            self._path.write_text(json.dumps([report.nodeid]), encoding="utf-8")


class _Measure:
    """Writes a file for each file of tests: its tests with their seconds, and by source and line their numbers.

    What fails without any mutant could tell nothing of one: it is named apart.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self._root = root
        self._coverage = Coverage(data_file=None, source=[str(root / "symbackprop")], config_file=False)
        self._coverage.set_option("run:disable_warnings", ["module-not-measured", "no-data-collected"])
        self._seconds: dict[str, float] = {}
        self._failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what fails."""
        if report.failed:
            self._failed.add(report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        """Measure one test, with its fixtures."""
        if not self._seconds:
            _forget()
            self._coverage.start()
        self._coverage.switch_context(item.nodeid)
        before = _seconds()
        result = yield
        self._seconds[item.nodeid] = round(_seconds() - before, 2)
        if nextitem is None or nextitem.path != item.path:
            self._write(item.path)
        return result

    def _write(self, path: Path) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        numbers = {test: number for number, test in enumerate(self._seconds)}
        lines = {}
        for source in sorted(data.measured_files()):
            found = {
                line: sorted(numbers[it] for it in tests if it and it not in self._failed)
                for line, tests in data.contexts_by_lineno(source).items()
            }
            lines[str(Path(source).relative_to(self._root))] = {line: it for line, it in found.items() if it}
        name = str(path.relative_to(self._root)).replace("/", ".")
        seconds = {test: None if test in self._failed else it for test, it in self._seconds.items()}
        text = json.dumps({"seconds": seconds, "lines": lines})
        (self._folder / f"{name}.json").write_text(text, encoding="utf-8")
        self._coverage.erase()
        self._seconds = {}


def _seconds() -> float:
    """Give the processor's time so far, with that of processes that were started and have ended."""
    return sum(os.times()[:4])


def _forget() -> None:
    """Empty all caches: what one file of tests has worked out, another one shall be seen to use."""
    for it in gc.get_objects():
        if isinstance(it, functools._lru_cache_wrapper) and str(it.__module__).startswith(("symbackprop", "tests")):
            it.cache_clear()
