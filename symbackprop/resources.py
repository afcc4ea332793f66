"""Where the files that ship with the package are: inside it when it is installed, beside it in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.wording import A_PATH, did_you_mean, listed, quoted, require_type

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


def network_path(name: str | Path | None) -> Path:
    """Give the file that is meant by a path, by the name of an example, or by nothing: the default example.

    A file of that name comes first. Raise `SpecError` for what is neither; a path that ends in `.toml` or names a
    folder is left to its reader, who says why it can't be read.
    """
    if name is None:
        return example(DEFAULT_EXAMPLE)
    require_type(name, (str, os.PathLike), A_PATH)
    path, text = Path(name), str(name)
    # os.path takes whatever somebody types for a path; Path.exists fails over a name that is too long.
    if os.path.exists(path) and not os.path.isdir(path):  # noqa: PTH110, PTH112
        return path
    names = example_names()
    if text in names:
        return folder("examples") / f"{text}.toml"
    if os.path.isdir(path) or path.suffix == ".toml" or path.name != text:  # noqa: PTH112
        return path
    known = f"a network file or an example ({listed(names)})"
    raise SpecError("network", f"expected {known}, found {quoted(text)}{did_you_mean(text, names)}")


def starter() -> Path:
    """Give the commented network file that a new one starts from."""
    return _PACKAGE / "starter.toml"
