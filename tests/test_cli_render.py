"""`render` from the command line: where its pages go, and what it asks or refuses."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from symbackprop.cli import main
from tests.command_line import NET, Run, files


def test_render_writes_into_output_and_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my net.toml").write_text(NET, encoding="utf-8")
    code, out, err = run("render", "my net.toml")
    assert (code, out, err) == (0, "output/my net.en.tex\n", "")
    assert "\\begin{document}" in (tmp_path / "output" / "my net.en.tex").read_text(encoding="utf-8")


def test_render_takes_the_default_network(run: Run, tmp_path: Path) -> None:
    code, out, err = run("render", "--format", "text", "--rounds", "1")
    assert (code, out, err) == (0, "output/mazur.en.txt\n", "")
    assert "0.082167041" in (tmp_path / "output" / "mazur.en.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ("--format latex", "net.en.tex"),
        ("--format latex --lang zh", "net.zh.tex"),
        ("--format markdown --detail brief", "net-brief.en.md"),
        ("--format text --lang zh --detail brief", "net-brief.zh.txt"),
        ("--format markdown --view matrix", "net-matrix.en.md"),
        ("--format text --detail brief --view both", "net-brief-both.en.txt"),
        ("--format json", "net.en.json"),
    ],
)
def test_every_format_gets_its_own_name(arguments: str, name: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    code, out, err = run("render", "net.toml", *arguments.split())
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"output/{name}"
    assert files(tmp_path) == {"net.toml", *out.splitlines()}


def test_markdown_puts_its_figures_beside_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    (tmp_path / "deep/er").mkdir(parents=True)
    code, out, _ = run("render", "net.toml", "--format", "markdown", "-o", "deep/er/page.md")
    assert code == 0
    assert out.splitlines() == [
        "deep/er/page.md",
        "deep/er/page-network.svg",
        "deep/er/page-path-w5.svg",
        "deep/er/page-path-w1.svg",
    ]
    page = (tmp_path / "deep/er/page.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((.*\.svg)\)", page) == ["page-network.svg", "page-path-w5.svg", "page-path-w1.svg"]
    for line in out.splitlines()[1:]:
        ET.parse(tmp_path / line)  # noqa: S314 - we wrote it


@pytest.mark.parametrize("format_", ["latex", "markdown", "text", "html", "json"])
def test_a_dash_is_standard_output(
    format_: str, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    assert main(["render", "net.toml", "--format", format_, "--lang", "zh", "-o", "-"]) == 0
    printed = capfdbinary.readouterr()
    assert main(["render", "net.toml", "--format", format_, "--lang", "zh", "-o", "file"]) == 0
    whole = (tmp_path / "file").read_bytes()
    # The links to figures carry the file's name.
    assert printed.out.replace(b"](net.zh-", b"](file-") == whole
    said = b"symbackprop: the figures are not written to standard output; -o PATH writes them\n"
    assert printed.err == (said if format_ == "markdown" else b"")


def test_decimals_and_rounds_are_what_was_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    assert run("render", "net.toml", "--format", "text", "--decimals", "4", "--rounds", "20", "-o", "a.txt")[0] == 0
    page = (tmp_path / "a.txt").read_text(encoding="utf-8")
    assert "outₕ₁ = 1/(1 + e^(−netₕ₁))\n          = 1/(1 + e^(−0.3775)) ≈ 0.5933" in page
    assert "After 20 rounds" in page


def test_an_existing_file_is_replaced_whole(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    (tmp_path / "old.txt").write_text("old" * 100_000, encoding="utf-8")
    assert run("render", "net.toml", "--format", "text", "-o", "old.txt")[0] == 0
    assert "old" not in (tmp_path / "old.txt").read_text(encoding="utf-8")[:100]
    assert files(tmp_path) == {"net.toml", "old.txt"}


def test_a_folder_of_templates_replaces_ours(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    (tmp_path / "mine/text").mkdir(parents=True)
    (tmp_path / "mine/text/page.txt.j2").write_text("Mine: {{ document.title | inlines }}", encoding="utf-8")
    assert run("render", "net.toml", "--format", "text", "--templates", "mine", "-o", "a.txt")[0] == 0
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "Mine: A net\n"


def test_an_example_beside_a_file_of_its_name_is_remarked_on(run: Run, tmp_path: Path) -> None:
    (tmp_path / "xor.toml").write_text(NET, encoding="utf-8")
    code, out, err = run("render", "xor", "--detail", "brief")
    assert (code, out) == (0, "output/xor-brief.en.tex\n")
    assert err == 'symbackprop: "xor" is the example; the file here is xor.toml\n'
    assert run("render", "xor.toml", "--detail", "brief")[2] == ""
    assert run("render", "adam", "--detail", "brief")[2] == ""


TOO_LONG = (
    "symbackprop: --detail full: with 23,820 weights this will be a document of about 3.2 MB, some 530 pages; "
    "add --yes to have it, or --detail brief for a short one\n"
)


def test_a_document_of_hundreds_of_pages_is_not_written_unasked(run: Run, tmp_path: Path) -> None:
    assert run("render", "large") == (2, "", TOO_LONG)
    assert files(tmp_path) == set()
    code, out, _ = run("render", "large", "--view", "matrix", "--format", "text", "-o", "-")
    assert code == 0
    assert len(out) < 50_000
    assert "of each large matrix only the first entries" in " ".join(out.split())


@pytest.mark.slow
def test_a_long_batch_is_told_in_full_to_somebody_who_was_asked(run: Run, tmp_path: Path) -> None:
    inputs = ", ".join(f"[0.{number}, 0.10]" for number in range(10, 61))
    batch = NET.replace("[0.05, 0.10]", f"[{inputs}]").replace("[0.01]", f"[{', '.join(['[0.01]'] * 51)}]")
    (tmp_path / "net.toml").write_text(batch, encoding="utf-8")
    code, out, err = run("render", "net.toml", "--format", "text", "-o", "-")
    assert (code, out) == (2, "")
    assert err.startswith("symbackprop: --detail full: with 6 weights and 51 samples this will be a document of")
    assert err.count("\n") == 1
    code, out, _ = run("render", "net.toml", "--format", "text", "-o", "-", "--yes")
    assert code == 0
    assert len(out) > 100_000


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("text/page.txt.j2", "{% for %}", "text/page.txt.j2, line 1: "),
        ("text/page.txt.j2", "a\n{{ nonsense }}", "text/page.txt.j2, line 2: 'nonsense' is undefined"),
        (
            "text/blocks.txt.j2",
            "{% macro text(part) %}{{ part.text }}{% endmacro %}\n{% macro heading(block) %}{{ block.words }}{% endmacro %}",
            "text/blocks.txt.j2, line 2: ",
        ),
    ],
)
def test_a_broken_template_gets_one_line(name: str, text: str, said: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    (tmp_path / "mine" / name).parent.mkdir(parents=True)
    (tmp_path / "mine" / name).write_text(text, encoding="utf-8")
    code, out, err = run("render", "net.toml", "--format", "text", "--templates", "mine")
    assert (code, out) == (2, "")
    assert err.startswith(f"symbackprop: {said}")
    assert err.count("\n") == 1
    assert files(tmp_path) == {"net.toml", f"mine/{name}"}
