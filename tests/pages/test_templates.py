"""A user's folder of templates is read once, and nothing but the templates in it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from symbackprop import api
from symbackprop.cli import main
from symbackprop.errors import SpecError
from symbackprop.pages.templates import our_templates, templates_of
from tests.walkthroughs import SMALL, derived

NAME = "markdown/page.md.j2"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Give a folder with one template."""
    page = tmp_path / "mine" / NAME
    page.parent.mkdir(parents=True)
    page.write_text("Mine", encoding="utf-8")
    return tmp_path / "mine"


def _refusal(folder: Path) -> str:
    with pytest.raises(SpecError) as refused:
        templates_of(folder)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_without_a_folder_there_are_ours_alone() -> None:
    assert templates_of(None) == our_templates()
    assert our_templates().own == {}
    assert NAME in {it.relative_to(our_templates().ours).as_posix() for it in our_templates().ours.rglob("*.j2")}


def test_a_folders_templates_are_read_when_it_is_named(mine: Path) -> None:
    found = templates_of(mine)
    (mine / NAME).write_text("changed", encoding="utf-8")
    assert found.own == {NAME: "Mine"}


@pytest.mark.parametrize("name", ["nowhere", "a file"])
def test_what_is_no_folder_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("x", encoding="utf-8")
    assert _refusal(tmp_path / name) == f"{tmp_path / name}: expected a folder of templates, found none"


def test_a_link_that_leads_out_of_the_folder_is_refused(mine: Path, tmp_path: Path) -> None:
    """The templates of somebody else must not put one's own files into one's document."""
    (tmp_path / "secret").write_text("canary", encoding="utf-8")
    for target in (tmp_path / "secret", Path("/etc/passwd"), Path("../../secret")):
        (mine / NAME).unlink()
        (mine / NAME).symlink_to(target)
        why = "is a link that leads out of the folder; put the template itself there"
        assert _refusal(mine) == f"{mine / NAME}: {why}"


def test_a_folder_that_is_a_link_may_hold_templates_and_links_within_it_too(mine: Path, tmp_path: Path) -> None:
    (mine / "text").mkdir()
    (mine / "text" / "page.txt.j2").symlink_to(mine / NAME)
    (tmp_path / "there").symlink_to(mine)
    assert templates_of(tmp_path / "there").own == {NAME: "Mine", "text/page.txt.j2": "Mine"}


def test_a_link_in_a_circle_is_refused(mine: Path) -> None:
    (mine / NAME).unlink()
    (mine / NAME).symlink_to(mine / NAME)
    assert _refusal(mine).startswith(f"{mine / NAME}: ")


def test_a_pipe_and_a_folder_are_no_templates(mine: Path) -> None:
    """Nobody waits for what may never come."""
    (mine / NAME).unlink()
    os.mkfifo(mine / NAME)
    assert _refusal(mine) == f"{mine / NAME}: expected a file, found none"
    (mine / NAME).unlink()
    (mine / NAME).mkdir()
    assert _refusal(mine) == f"{mine / NAME}: expected a file, found none"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told(mine: Path) -> None:
    mine.chmod(0)
    try:
        assert _refusal(mine) == f"{mine}: cannot be read: permission denied"
    finally:
        mine.chmod(0o755)


def test_a_folder_that_cannot_be_listed_is_told(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.scandir", refuse)
    assert _refusal(mine) == f"{mine}: cannot be read: permission denied"


def test_a_template_that_is_too_large_or_no_text_is_told(mine: Path) -> None:
    (mine / NAME).write_text("x" * 1_000_001, encoding="utf-8")
    assert _refusal(mine) == f"{mine / NAME}: larger than the 1,000,000 bytes that are read at most"
    (mine / NAME).write_bytes(b"fine\n\xff")
    assert _refusal(mine) == f"{mine / NAME}: line 2: expected UTF-8 text, found the byte 0xff"


def test_a_folder_of_everything_is_none_of_templates(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symbackprop.pages.templates._MOST_FILES", 2)
    assert templates_of(mine).own == {NAME: "Mine"}
    (mine / "notes.txt").write_text("x", encoding="utf-8")
    assert _refusal(mine) == f"{mine}: expected a folder of templates, found one with more than 2 files"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "markdown"),
        ("--format", "notebook"),
        ("--format", "markdown", "-o", "there.md"),
        ("--format", "markdown", "-o", "-"),
    ],
)
def test_a_template_that_fails_halfway_leaves_no_file(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the document nor one of its figures; what goes to standard output has gone, and the exit code says so."""
    monkeypatch.chdir(tmp_path)
    blocks = tmp_path / "mine" / "markdown" / "blocks.md.j2"
    blocks.parent.mkdir(parents=True)
    ours = (our_templates().ours / "markdown" / "blocks.md.j2").read_text(encoding="utf-8")
    blocks.write_text(ours.replace("{% macro table(block) %}", "{% macro table(block) %}{{ 'x' * 10000000000 }}"))
    (tmp_path / "net.toml").write_text(SMALL, encoding="utf-8")
    assert main(["render", "net.toml", "--templates", "mine", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("symbackprop: markdown/blocks.md.j2, line ")
    assert "works or writes too much" in said
    assert said.count("\n") == 1
    assert sorted(it.name for it in tmp_path.iterdir() if it.name != "output") == ["mine", "net.toml"]
    assert not list((tmp_path / "output").glob("*"))


@pytest.mark.parametrize("format_", ["html", "notebook"])
def test_copies_of_our_templates_make_the_same_page_and_notebook(format_: str, tmp_path: Path) -> None:
    """In the sandbox; the other formats are held to this where documents are rendered."""
    ours = our_templates().ours
    for name in ("html/walkthrough.html.j2", "html/blocks.html.j2", "html/figure.svg.j2", "markdown/blocks.md.j2"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ours / name, tmp_path / name)
    plain, boxed = (
        "".join(
            api.render_files(
                derived(SMALL), format=format_, lang="en", detail="full", decimals=9, templates=it, stem="x"
            ).pieces
        )
        for it in (None, tmp_path)
    )
    assert plain == boxed
