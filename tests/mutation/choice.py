"""Which tests a mutant is shown to: those that run its line, the most special and the quickest first."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain, zip_longest
from pathlib import Path

from tests.mutation.mutants import ROOT, Mutant


class Tests:
    """What was measured: which tests run which lines, and how many seconds each takes."""

    def __init__(self, folder: Path) -> None:
        self.failed: list[str] = []
        self._seconds: dict[str, float] = {}
        self._by_line: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._of_file: dict[str, list[str]] = {}
        self._breadth = Counter[str]()
        for path in sorted(folder.glob("*.json")):
            found = json.loads(path.read_text(encoding="utf-8"))
            tests = list(found["seconds"])
            file = tests[0].partition("::")[0]
            self._seconds |= {test: it for test, it in found["seconds"].items() if it is not None}
            self.failed += [test for test, it in found["seconds"].items() if it is None]
            self._of_file[file] = [it for it in tests if it in self._seconds]
            for source, lines in found["lines"].items():
                self._breadth[file] += len(lines)
                for line, numbers in lines.items():
                    self._by_line[source, int(line)] += [tests[number] for number in numbers]
        self._texts = {str(it.relative_to(ROOT)): it.read_text("utf-8") for it in (ROOT / "symbackprop").rglob("*.py")}

    def covering(self, mutant: Mutant) -> tuple[set[str], bool]:
        """Give the tests that run a mutant's line, else those that run where it is used, and whether its line is run.

        What is run on import is not seen to run.
        """
        first, last = mutant.lines
        around = [it for it in self._statements(mutant.source) if it[0] <= first and last <= it[1]]
        low, high, own = max(around, key=lambda it: (it[0], -it[1]))
        for lines in (range(first, last + 1), range(low, high + 1)):
            if found := set(chain.from_iterable(self._by_line[mutant.source, it] for it in lines)):
                return found, True
        defined = {it.id for it in ast.walk(own) if isinstance(it, ast.Name) and isinstance(it.ctx, ast.Store)}
        defined |= {it.name for *_, it in around if isinstance(it, ast.ClassDef | ast.FunctionDef)}
        words = re.compile(rf"\b({'|'.join(map(re.escape, defined))})\b" if defined else r"(?!)")
        is_import = not any(isinstance(it, ast.FunctionDef) for *_, it in around)
        used = set(
            chain.from_iterable(
                self._by_line[source, number]
                for source, text in self._texts.items()
                if words.search(text)
                for number, row in enumerate(text.splitlines(), 1)
                if words.search(row)
            )
        )
        if is_import and not used:  # a name of annotations alone: to import it is all that can be done
            used = set(self._seconds)
        return used, is_import

    def _statements(self, source: str) -> Iterator[tuple[int, int, ast.stmt]]:
        """Give the first and the last line of each statement, its decorators' lines included."""
        for it in ast.walk(ast.parse(self._texts[source])):
            if isinstance(it, ast.stmt):
                above = [each.lineno for each in getattr(it, "decorator_list", ())]
                yield min([it.lineno, *above]), it.end_lineno or it.lineno, it

    def choose(self, covering: set[str], seconds: float, files: int) -> list[str]:
        """Give tests in the order in which they run: the most special files in turn, their quickest tests first.

        What one test has worked out another one of its file may only look up: so these come, too, for a quarter of the
        time and what the first have left.
        """
        by_file: dict[str, list[str]] = defaultdict(list)
        for test in sorted(covering, key=lambda it: (self._seconds[it], it)):
            by_file[test.partition("::")[0]].append(test)
        near = sorted(by_file, key=lambda it: (self._breadth[it], it))[:files]
        own = chain.from_iterable(zip_longest(*(by_file[it] for it in near)))
        others = (it for file in near for it in self._of_file[file] if it not in covering)
        chosen, left = [], 0.0
        for tests, share in ((own, 0.75), (others, 0.25)):
            left += share * seconds
            for test in tests:
                if test is not None and self._seconds[test] <= left:
                    left -= self._seconds[test] + 0.01
                    chosen.append(test)
        return chosen
