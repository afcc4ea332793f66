"""Scripts and notebooks from the command line: what the files are called, and what is refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop.cli import main
from symbackprop.formats import SCRIPTS, Format, View
from symbackprop.network_file import read_network
from symbackprop.resources import example
from symbackprop.sizes import full_size


@pytest.mark.parametrize(
    ("format_", "file"),
    [
        ("python", "xor.en.py"),
        ("numpy", "xor-numpy.en.py"),
        ("torch", "xor-torch.en.py"),
        ("notebook", "xor.en.ipynb"),
    ],
)
def test_each_format_has_a_file_of_its_own(
    format_: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["render", "xor", "--format", format_]) == 0
    assert capsys.readouterr().out == f"output/{file}\n"
    assert (tmp_path / "output" / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["large", "--format", "notebook"],
            "expected at most 300 weights times samples times time steps for a notebook",
        ),
        (
            ["mistaken.toml", "--format", "torch"],
            'mistaken.toml: hidden_gradients = "updated" can\'t be written for torch',
        ),
    ],
)
def test_what_can_not_be_written_is_refused_in_one_line(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    text = example("mazur").read_text(encoding="utf-8")
    mistaken = text.replace('hidden_gradients = "original"', 'hidden_gradients = "updated"')
    (tmp_path / "mistaken.toml").write_text(mistaken, encoding="utf-8")
    assert main(["render", *arguments, "-o", "it"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "it").exists()


@pytest.mark.parametrize("format_", [*SCRIPTS, Format.NOTEBOOK])
def test_nobody_is_asked_before_a_program_is_written(format_: Format) -> None:
    assert full_size(read_network(example("large")), format_, View.SCALAR) is None
