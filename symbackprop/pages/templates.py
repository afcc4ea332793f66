"""Where templates come from: ours, and before them those in a user's folder, each read once, when it is named."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from symbackprop.errors import SpecError
from symbackprop.files import read_text
from symbackprop.formats import Engine
from symbackprop.pages.template_packages import MOST_BYTES, require_no_packages
from symbackprop.records import record
from symbackprop.resources import folder
from symbackprop.wording import did_you_mean, listed, one_line, quoted, require_type

_MOST_FILES = 10_000
"""A folder with more than so many files isn't one of templates; nobody waits until a whole disk was looked through."""


@record(kw_only=True)
class Templates:
    """The folder that ours are in, and the texts of a user's own, by the names of those that they replace.

    Where there are some of a user's own, all templates run in the sandbox, ours too.
    """

    ours: Path
    own: Mapping[str, str]


def our_templates() -> Templates:
    """Those that ship with the package, and no others."""
    return Templates(ours=folder("templates"), own={})


def templates_of(path: str | Path | None) -> Templates:
    """Ours, with those of a user's folder in the places of some.

    Raises SpecError for a folder that isn't there, for a file in it that replaces none of ours, leads out of it, can't
    be read, or asks for something to be downloaded.
    """
    require_type(path, (str, Path, type(None)), "templates, the path of a folder")
    ours = our_templates()
    return ours if path is None else Templates(ours=ours.ours, own=dict(_own(Path(path), ours.ours)))


def require_harmless(path: str | Path | None, engine: Engine) -> None:
    """Raises SpecError for a user's folder of templates whose pages TeX would set.

    A page can have TeX put any file that its user may read into the PDF, in more ways than can be forbidden.
    """
    if path is not None and engine is Engine.LATEX:
        why = (
            "goes only with our own templates, since others could have TeX put your files into the PDF; "
            "take the engine typst, or format latex and run TeX yourself"
        )
        raise SpecError("--engine latex", why)


def _own(path: Path, ours: Path) -> Iterator[tuple[str, str]]:
    """The name and the text of each template in a user's folder. One that none of ours is called like is a slip."""
    known = tuple(file.relative_to(ours).as_posix() for file in sorted(ours.rglob("*.j2")))
    files = _files(path)
    for file in files:
        name = file.relative_to(path).as_posix()
        where = one_line(str(file))
        if name not in known:
            raise SpecError(where, f"expected one of {listed(known)}{did_you_mean(name, known)}")
        _require_within(file, path)
        yield name, read_text(file, most_bytes=MOST_BYTES)
        if name.endswith(".typ.j2"):
            require_no_packages(file)
    if not files:
        why = f"expected a template in it, such as {quoted(known[0])}, found none"
        raise SpecError(one_line(str(path)), why)


def _files(path: Path) -> list[Path]:
    """The files in a folder that are called like templates, in the order of their names."""
    where = one_line(str(path))
    found: list[Path] = []
    try:
        if not path.is_dir():
            raise SpecError(where, "expected a folder of templates, found none")
        for number, file in enumerate(_everything_in(path)):
            if number >= _MOST_FILES:
                raise SpecError(
                    where, f"expected a folder of templates, found one with more than {_MOST_FILES:,} files"
                )
            if file.name.endswith(".j2"):
                found.append(file)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise SpecError(where, f"cannot be read: {one_line(reason[:1].lower() + reason[1:])}") from None
    return sorted(found)


def _everything_in(path: Path) -> Iterator[Path]:
    """What is in a folder and below it. Raises OSError for whatever can't be listed: it shall not be passed over."""

    def refuse(error: OSError) -> None:
        raise error

    for place, folders, files in os.walk(path, onerror=refuse):
        yield from (Path(place) / name for name in (*folders, *files))


def _require_within(file: Path, path: Path) -> None:
    """A link in somebody's folder must not put a file of the reader's own into the document."""
    where = one_line(str(file))
    try:
        leads_out = not file.resolve().is_relative_to(path.resolve())
        is_file = file.is_file()
    except (OSError, RuntimeError):
        raise SpecError(where, "cannot be read: it is a link that leads in a circle") from None
    if leads_out:
        raise SpecError(where, "is a link that leads out of the folder; put the template itself there")
    if not is_file:
        raise SpecError(where, "expected a file, found none")
