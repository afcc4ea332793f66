"""What a run leaves behind that is killed while it writes: temporary files, and sets of files that aren't whole.

Files of ours are locked while the run that made them lives, so that no other run takes them for leftovers.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from symbackprop.streams import remark
from symbackprop.wording import one_line


def _locks() -> Any:
    """The module for locks that end with their process; None where the system has none, and nothing is swept."""
    try:
        return import_module("fcntl")
    except ImportError:
        return None


LOCKS = _locks()

_TEMPORARY = "tmp"
_SET = "set"
_OURS = re.compile(rf"\.symbackprop-[0-9a-f]{{16}}\.({_TEMPORARY}|{_SET})")
_MOST_BYTES = 1000


def temporary_file(folder: Path, cleaning: ExitStack) -> Path:
    """Makes an empty file in a folder, which `cleaning` removes if it is still there."""
    return _made(folder, _TEMPORARY, cleaning, is_removed=True)


@contextmanager
def written_as_set(folder: Path, what: str) -> Iterator[list[Path]]:
    """While files that belong together are put into a folder, a mark says so; it stays if not all of them get there.

    Yields a list, to which each file is added that is in its place.
    """
    placed: list[Path] = []
    with ExitStack() as held:
        mark = _made(folder, _SET, held, is_removed=False)
        try:
            mark.write_text(one_line(what), encoding="utf-8")
            yield placed
        except BaseException:
            if not placed:
                _remove(mark)
            raise
        _remove(mark)


def tidy(folder: Path) -> None:
    """Removes what killed runs left in a folder, and says on standard error which sets of files they left in parts."""
    for what in _swept(folder):
        why = "not all of these files are there, or new"
        remark(f"symbackprop: {one_line(str(folder))}: an earlier run was stopped while it wrote {what}: {why}")


def _made(folder: Path, kind: str, cleaning: ExitStack, *, is_removed: bool) -> Path:
    while True:
        path = folder / f".symbackprop-{os.urandom(8).hex()}.{kind}"
        if is_removed:
            cleaning.callback(_remove, path)
        path.touch(exist_ok=False)
        if _is_locked(path, cleaning):
            return path


def _is_locked(path: Path, cleaning: ExitStack) -> bool:
    """Locks a new file as long as `cleaning` lasts. False if another run has swept it before it was locked."""
    if LOCKS is None:
        return True
    try:
        held = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    cleaning.callback(os.close, held)
    try:
        LOCKS.flock(held, LOCKS.LOCK_EX)
    except OSError:
        # A file system without locks: nobody can lock it to sweep it, either.
        return True
    return os.fstat(held).st_nlink > 0


def _swept(folder: Path) -> Iterator[str]:
    """Removes our files that no living run has locked; gives what the marks among them say."""
    if LOCKS is None:
        return
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if _OURS.fullmatch(entry.name))
    except OSError:
        return
    for name in names:
        with suppress(OSError):
            said = _taken_away(folder / name)
            if name.endswith(_SET) and said:
                yield one_line(said.decode("utf-8", "replace"))


def _taken_away(path: Path) -> bytes:
    """Removes a leftover and gives what it says. Raises OSError where it is another's, or of a run that lives."""
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            raise PermissionError
        LOCKS.flock(file, LOCKS.LOCK_EX | LOCKS.LOCK_NB)
        said = os.read(file, _MOST_BYTES)
        path.unlink()
        return said
    finally:
        os.close(file)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
