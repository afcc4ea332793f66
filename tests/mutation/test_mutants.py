"""The sample of mutants is the same wherever it is drawn, and what it leaves out is still there."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EQUIVALENT = tomllib.loads(Path(__file__).with_name("equivalent.toml").read_text(encoding="utf-8"))["equivalent"]

SOURCE = """\
@lru_cache(maxsize=16)
def ends(values: list[int], most: int | None) -> bool:
    return all(it < 3 for it in values) and most is None
"""


def test_what_changes_nothing_is_a_line_of_its_file_and_has_a_reason() -> None:
    for it in EQUIVALENT:
        rows = [row.strip() for row in (ROOT / it["file"]).read_text(encoding="utf-8").splitlines()]
        assert "\n".join(rows).count(it["before"]) >= 1, it
        assert it["before"] != it["after"]
        assert it["why"]


def test_a_sample_stays_when_something_else_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cosmic_ray")
    from tests.mutation import mutants  # noqa: PLC0415 - it imports Cosmic Ray

    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    monkeypatch.setattr(mutants, "PARTS", {"one": ("one.py",)})
    (tmp_path / "symbackprop").mkdir()

    def sample(text: str, seed: int = 1, equivalent: frozenset[tuple[str, str, str]] = frozenset()) -> list[str]:
        (tmp_path / "symbackprop" / "one.py").write_text(text, encoding="utf-8")
        return [it.after for it in mutants.sampled("one", 100, seed, equivalent)]

    found = sample(SOURCE)
    line = "return all(it < 3 for it in values) and most is None"
    assert len(found) == 5
    assert "return any(it < 3 for it in values) and most is None" in found
    assert "return all(it < 3 for it in values) or most is None" in found
    assert all(it.startswith("return ") for it in found)
    assert sample(f"import sys\n\n{SOURCE}") == found
    assert set(sample(SOURCE, seed=2)) != set(found)
    left = sample(SOURCE, equivalent=frozenset({("symbackprop/one.py", line, found[0])}))
    assert left == found[1:]


USED = """\
Numbers = list[int] | tuple[int]
MOST = 3


def least(values: list[int]) -> int:
    if len(values) > MOST:
        return values[0]
    return min(values)
"""


def test_a_mutant_is_shown_to_tests_that_pass_and_run_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cosmic_ray")
    from tests.mutation import choice  # noqa: PLC0415
    from tests.mutation.mutants import Mutant  # noqa: PLC0415

    source = "symbackprop/one.py"
    (tmp_path / "symbackprop").mkdir()
    (tmp_path / source).write_text(USED, encoding="utf-8")
    monkeypatch.setattr(choice, "ROOT", tmp_path)
    measured = {
        "seconds": {"test_a.py::test_short": 0.5, "test_a.py::test_red": None, "test_a.py::test_other": 0.1},
        "lines": {source: {"6": [0], "8": [0]}},
    }
    (tmp_path / "test_a.json").write_text(json.dumps(measured), encoding="utf-8")
    tests = choice.Tests(tmp_path)
    assert tests.failed == ["test_a.py::test_red"]

    def covering(line: int) -> tuple[set[str], bool]:
        return tests.covering(Mutant(source=source, lines=(line, line), before="", after="", code=""))

    short = {"test_a.py::test_short"}
    assert covering(8) == (short, True)
    assert covering(2) == (short, True), "run on import, and used in a line that is run"
    assert covering(1) == ({*short, "test_a.py::test_other"}, True), "used nowhere, but imported"
    assert covering(7) == (set(), False), "nothing runs it"
    assert tests.choose(short, 4.0, 3) == ["test_a.py::test_short", "test_a.py::test_other"]
    assert tests.choose(short, 0.6, 3) == ["test_a.py::test_other"]


def test_a_score_counts_what_no_test_runs_as_alive_and_what_never_ends_as_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("cosmic_ray")
    from tests.mutation import __main__ as script  # noqa: PLC0415

    def result(outcome: script.Outcome, seconds: float = 30.0) -> script.Result:
        return script.Result(source="one.py", line=1, before="a", after="b", outcome=outcome, test="", seconds=seconds)

    script._print_score({"one": [result(it) for it in script.Outcome], "two": [result(script.Outcome.KILLED)]})
    assert capsys.readouterr().out.splitlines() == [
        "one.py:1 survives",
        "  - a",
        "  + b",
        "one.py:1 survives: no test runs it",
        "  - a",
        "  + b",
        "one: 2 of 4 killed (50.0 %), 1 of them by time; no test runs it: 1; 2 min",
        "two: 1 of 1 killed (100.0 %), 0 of them by time; no test runs it: 0; 0 min",
        "all: 3 of 5 killed (60.0 %), 1 of them by time; no test runs it: 1; 2 min",
    ]
    kept = tmp_path / "results.jsonl"
    earlier, later = result(script.Outcome.SURVIVES), result(script.Outcome.KILLED)
    rows = [("x", earlier), ("y", earlier), ("x", later)]
    kept.write_text("".join(json.dumps({"key": key, **asdict(it)}) + "\n" for key, it in rows), encoding="utf-8")
    assert script._read(kept) == {"x": later, "y": earlier}
    assert script._read(tmp_path / "none.jsonl") == {}
