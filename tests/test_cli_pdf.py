"""The command line writes PDF, slides and summaries, whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from symbackprop.cli import main
from tests.walkthroughs import SMALL, titled


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.toml").write_text(SMALL, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("--format", "pdf"), "output/net.en.pdf"),
        (("--format", "pdf", "--lang", "zh", "--detail", "brief"), "output/net-brief.zh.pdf"),
        (("--format", "pdf", "--document", "slides"), "output/net-slides.en.pdf"),
        (("--format", "pdf", "--document", "summary", "-o", "one.pdf"), "one.pdf"),
        (("--document", "slides"), "output/net-slides.en.tex"),
        (("--document", "summary", "--format", "markdown", "-o", "one.md"), "one.md\none-network.svg"),
    ],
)
def test_each_document_has_its_name(
    arguments: tuple[str, ...], name: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(("render", "net.toml", *arguments)) == 0
    assert capsys.readouterr().out == f"{name}\n"
    first = place / name.splitlines()[0]
    assert first.read_bytes().startswith(b"%PDF") is (first.suffix == ".pdf")


def test_standard_output_takes_the_bytes(place: Path) -> None:
    command = [sys.executable, "-m", "symbackprop", "render", "net.toml", "--format", "pdf", "-o", "-"]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, cwd=place, env={"PYTHONPATH": str(root)}, capture_output=True, check=True)
    assert done.stdout.startswith(b"%PDF")
    assert done.stdout.rstrip().endswith(b"%%EOF")


def test_a_refused_pdf_leaves_nothing_and_takes_nothing_away(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "net.toml").write_text(titled("a 😀 b"), encoding="utf-8")
    (place / "page.pdf").write_bytes(b"an earlier one")
    assert main(("render", "net.toml", "--format", "pdf", "-o", "page.pdf")) == 2
    assert capsys.readouterr().err == 'symbackprop: PDF: the fonts have no "😀" (U+1F600), which stands in "a 😀 b"\n'
    assert (place / "page.pdf").read_bytes() == b"an earlier one"
    assert sorted(path.name for path in place.iterdir()) == ["net.toml", "page.pdf"]


def test_another_ending_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("render", "net.toml", "--format", "pdf", "-o", "page.tex")) == 2
    assert capsys.readouterr().err == "symbackprop: page.tex: expected a name that ends in .pdf, found .tex\n"
    assert sorted(path.name for path in place.iterdir()) == ["net.toml"]
