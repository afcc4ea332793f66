"""The sample of mutants is the same wherever it is drawn, and what it leaves out is still there."""

from __future__ import annotations

import tomllib
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
