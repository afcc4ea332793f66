"""Where the files that ship with the package are: inside it when it is installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.wording import did_you_mean, listed, quoted

DEFAULT_EXAMPLE = "mazur"
"""The network that every command takes when none is given."""

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Give the folder `templates` or `examples`; raise `SymbackpropError` if the installation lacks it."""
    for place in (_PACKAGE / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise SymbackpropError(
        f"{quoted(name)}: this folder is missing from the installation of symbackprop; install it again",
    )


def example_names() -> tuple[str, ...]:
    """Give the names of the networks that ship with the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in folder("examples").glob("*.toml")))


def example(name: str) -> Path:
    """Give the file of the network that is called `name`; raise `SpecError` if there is none."""
    names = example_names()
    if name not in names:
        why = f"expected an example ({listed(names)}), found {quoted(name)}{did_you_mean(name, names)}"
        raise SpecError("examples", why)
    return folder("examples") / f"{name}.toml"


def starter() -> Path:
    """Give the commented network file that a new one starts from."""
    return _PACKAGE / "starter.toml"
