"""The samples in output/ are what the program writes today; `--update-golden` rewrites them."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from symbackprop.cli import main

SAMPLES = Path(__file__).parents[1] / "output"
SHOWN_LINES = 20

CHOICES = {
    "mazur.en.tex": ("latex", "en"),
    "mazur.zh.tex": ("latex", "zh"),
    "mazur.en.md": ("markdown", "en"),
    "mazur.zh.md": ("markdown", "zh"),
}


@pytest.mark.parametrize("name", CHOICES)
def test_a_sample_is_up_to_date(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    format_, lang = CHOICES[name]
    monkeypatch.chdir(tmp_path)
    assert main(["render", "--format", format_, "--lang", lang]) == 0
    fresh = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "output").iterdir()}
    assert name in fresh
    if request.config.getoption("--update-golden"):
        SAMPLES.mkdir(exist_ok=True)
        for file, text in fresh.items():
            (SAMPLES / file).write_text(text, encoding="utf-8", newline="\n")
        return
    outdated = [line for file, text in sorted(fresh.items()) for line in _difference(file, text)]
    if outdated:
        shown = "\n".join(outdated[:SHOWN_LINES])
        pytest.fail(
            f"{shown}\nIf this is what it should be: python -m pytest tests/test_samples.py --update-golden",
            pytrace=False,
        )


def _difference(file: str, text: str) -> list[str]:
    path = SAMPLES / file
    if not path.exists():
        return [f"output/ has no {file} yet"]
    committed = path.read_text(encoding="utf-8")
    lines = difflib.unified_diff(
        committed.splitlines(), text.splitlines(), fromfile=f"output/{file}", tofile="now", lineterm="", n=1
    )
    return list(lines)


def test_nothing_else_stands_there(request: pytest.FixtureRequest) -> None:
    """A sample that no command writes any more would mislead."""
    if request.config.getoption("--update-golden"):
        return
    stems = {name.rpartition(".")[0] for name in CHOICES if name.endswith(".md")}
    figures = {f"{stem}-{figure}.svg" for stem in stems for figure in ("network", "path-w1", "path-w5", "error")}
    assert {path.name for path in SAMPLES.iterdir()} == {*CHOICES, *figures}
