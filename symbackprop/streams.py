"""The standard streams: what a process is given, whatever its caller has closed, and what it says beside its output."""

from __future__ import annotations

import codecs
import io
import os
import sys
from contextlib import suppress

_NAMES = "symbackprop.names"
_SURROGATES = range(0xDC80, 0xDD00)
"""How Python reads bytes of a file's name that are no UTF-8."""


def prepare() -> None:
    """Gives the process standard streams that can be relied on; done once, before anything is read or written.

    A stream that the caller closed fails when it is used, as any other that can't be written, and no file that is
    opened later gets its number. The name of a file that was written is printed byte for byte, whatever it is made of;
    documents and the table of marks are UTF-8 as a whole and have such bytes as escapes.
    """
    for number, wrong_way in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_RDWR)):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free is this one.
            os.open(os.devnull, wrong_way)
    codecs.register_error(_NAMES, _bytes_of_names)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays open
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=_NAMES)


def remark(text: str, *, end: str = "\n") -> None:
    """Says something on standard error; if nobody can hear it, the work goes on."""
    with suppress(OSError, ValueError):
        sys.stderr.write(text + end)
        sys.stderr.flush()


def is_watched() -> bool:
    """Whether standard error is a terminal, on which progress can be told."""
    try:
        return sys.stderr.isatty()
    except ValueError:
        return False


def _bytes_of_names(error: UnicodeError) -> tuple[bytes, int]:
    """Bytes of names as they were, and what an encoding hasn't got as its escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    found = (bytes([ord(it) - 0xDC00]) if ord(it) in _SURROGATES else _escaped(it) for it in letters)
    return b"".join(found), error.end


def _escaped(letter: str) -> bytes:
    return letter.encode("ascii", "backslashreplace")
