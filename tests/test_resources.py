"""What ships with the package is found, installed or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop import resources
from symbackprop.errors import SpecError, SymbackpropError


def test_the_folders_beside_the_checkout_are_found() -> None:
    assert (resources.folder("examples") / "mazur.toml").is_file()
    assert resources.folder("templates").is_dir()


def test_an_installed_package_finds_them_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "symbackprop"
    (package / "examples").mkdir(parents=True)
    # Somebody else's folder of that name, as careless packages install it.
    (tmp_path / "examples").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.folder("examples") == package / "examples"


def test_an_incomplete_installation_says_so() -> None:
    with pytest.raises(SymbackpropError, match=r'^"nothing": this folder is missing from the installation'):
        resources.folder("nothing")


def test_examples_are_known_by_name() -> None:
    assert "mazur" in resources.example_names()
    assert resources.example("mazur").name == "mazur.toml"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mazr", r'^examples: expected an example \(.*"mazur".*\), found "mazr"; did you mean "mazur"\?$'),
        ("../pyproject", r'^examples: expected an example \(.*\), found "../pyproject"$'),
    ],
)
def test_an_unknown_example_is_told_the_known_ones(name: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        resources.example(name)


def test_the_starter_is_there() -> None:
    assert resources.starter().is_file()
