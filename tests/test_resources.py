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


def test_a_network_is_a_path_or_the_name_of_an_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert resources.network_path(None) == resources.example("mazur")
    assert resources.network_path("xor") == resources.example("xor")
    assert resources.network_path(Path("xor")) == resources.example("xor")
    (tmp_path / "xor").mkdir()
    assert resources.network_path("xor") == resources.example("xor"), "a folder is no network"
    (tmp_path / "adam").touch()
    assert resources.network_path("adam") == Path("adam"), "a file comes first"


@pytest.mark.parametrize("name", ["xor.toml", "nets/xor", "./xor", "..", ".", "/"])
def test_what_looks_like_a_path_is_left_to_its_reader(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert resources.network_path(name) == Path(name)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("xr", '"xr"; did you mean "xor"?'),
        ("qqq", '"qqq"'),
        ("x\0y", r'"x\x00y"'),
        ("n" * 5000, f'"{"n" * 37}..."'),
    ],
)
def test_a_name_that_nothing_has_is_told_the_examples(name: str, found: str) -> None:
    with pytest.raises(SpecError) as caught:
        resources.network_path(name)
    message = str(caught.value)
    assert message.startswith('network: expected a network file or an example ("adam", ')
    assert message.endswith(f'"xor"), found {found}')


def test_the_starter_is_there() -> None:
    assert resources.starter().is_file()
