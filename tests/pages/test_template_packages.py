"""A user's templates for Typst ask for no package: nothing is downloaded to make a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop.cli import main
from symbackprop.errors import SpecError
from symbackprop.pages.template_packages import require_no_packages
from symbackprop.resources import folder

ASKING = [
    ('= Hi\n#import "@preview/cetz:0.4.0": canvas\n', 2, "@preview/cetz:0.4.0"),
    ('#include "@local/mine:1.0.0"', 1, "@local/mine:1.0.0"),
    ('#{\n\n  import("@preview/x:1.0.0")\n}', 3, "@preview/x:1.0.0"),
    ('#import "@pre" + "view/x:1.0.0"', 1, "@pre"),
    ('#let name = "@preview/x:1.0.0"\n#import name: *', 1, "@preview/x:1.0.0"),
    (r'#import "\u{40}preview/x:1.0.0"', 1, r"\u{40}preview/x:1.0.0"),
    ('// a figure\n#import "@preview/x:1.0.0" // it', 2, "@preview/x:1.0.0"),
    ('#link("https://a.org"); #import "@preview/x:1.0.0"', 1, "@preview/x:1.0.0"),
    ('https://a.org #import "@preview/x:1.0.0"', 1, "@preview/x:1.0.0"),
    ('#let a = "\\"//"; #import "@preview/x:1.0.0"', 1, "@preview/x:1.0.0"),
]


@pytest.mark.parametrize(("text", "line", "package"), ASKING)
def test_a_package_is_refused_with_its_line(text: str, line: int, package: str, tmp_path: Path) -> None:
    template = tmp_path / "page.typ.j2"
    template.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        require_no_packages(template)
    why = f'packages are not supported, since Typst would download them, found "{package}"'
    assert str(refused.value) == f"{template}: line {line}: {why}; put what you need of it into the template"


def test_nothing_is_made_of_a_template_that_asks_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "mine" / "typst" / "page.typ.j2"
    page.parent.mkdir(parents=True)
    page.write_text(ASKING[0][0], encoding="utf-8")
    assert main(["render", "--format", "pdf", "--templates", "mine"]) == 2
    assert capsys.readouterr().err.startswith("symbackprop: mine/typst/page.typ.j2: line 2: packages are not supported")
    assert not (tmp_path / "output").exists()


STAYING = [
    '"@home" by @somebody',
    "#import sym: *",
    '<% import "typst/figure.typ.j2" as f %>',
    '// #import "@preview/cetz:0.4.0": canvas',
    '#let a = "x" // or #import "@preview/cetz:0.4.0"',
    '#link("https://a.org") a/b // "@preview/x:1.0.0"',
    # Typst would import this one; the name is put together while the template runs.
    '#let at = "@"\n#import at + "preview/x:1.0.0"',
]


@pytest.mark.parametrize("text", STAYING)
def test_what_is_no_package_may_stay(text: str, tmp_path: Path) -> None:
    template = tmp_path / "page.typ.j2"
    template.write_text(text, encoding="utf-8")
    require_no_packages(template)


def test_our_own_templates_ask_for_none() -> None:
    ours = sorted(folder("templates").rglob("*.typ.j2"))
    assert ours
    for template in ours:
        require_no_packages(template)
