"""Files: read within limits, written whole or not at all."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from symbackprop.errors import SpecError
from symbackprop.formats import Format
from symbackprop.leftovers import temporary_file, tidy, written_as_set
from symbackprop.wording import counted, one_line, shortened

_PIECE = 1 << 16


def read_text(path: Path, *, most_bytes: int) -> str:
    """Give the text of a file: UTF-8, with a byte order mark or without, or UTF-16 with one, as Windows writes them.

    Raise `SpecError` if it can't be read, is written in anything else or is larger than `most_bytes`.
    """
    return _decoded(read_bytes(path, most_bytes=most_bytes), one_line(str(path)), most_bytes)


def read_bytes(path: Path, *, most_bytes: int) -> bytes:
    """Give what a file holds; raise `SpecError` if it can't be read or is larger than `most_bytes`."""
    where = one_line(str(path))
    with _failure_at(path, "cannot be read"):
        # A pipe has no size to look at, hence the second look at what was read.
        if path.stat().st_size > most_bytes:
            raise _too_large(where, most_bytes)
        with path.open("rb") as file:
            content = _some_of(file, most_bytes)
    if len(content) > most_bytes:
        raise _too_large(where, most_bytes)
    return content


def read_stream(stream: BinaryIO, where: str, *, most_bytes: int) -> str:
    """Give the text of an open stream, such as the standard input; raise `SpecError` as `read_text` does."""
    try:
        content = _some_of(stream, most_bytes)
    except OSError as error:
        raise SpecError(where, f"cannot be read: {error.strerror or error}") from None
    return _decoded(content, where, most_bytes)


def _some_of(stream: BinaryIO, most_bytes: int) -> bytes:
    """Give all that a stream holds, or the beginning of what is larger than `most_bytes`."""
    # Asked for so many bytes at once, Python would make room for all of them, however few there are.
    pieces = [stream.read(_PIECE)]
    left = most_bytes - len(pieces[0])
    while pieces[-1] and left >= 0:
        pieces.append(stream.read(_PIECE))
        left -= len(pieces[-1])
    return b"".join(pieces)


def _decoded(content: bytes, where: str, most_bytes: int) -> str:
    if len(content) > most_bytes:
        raise _too_large(where, most_bytes)
    mark, name, codec = next((it for it in _MARKS if content.startswith(it[0])), _UNMARKED)
    if name == _UTF_32:
        raise SpecError(where, f"expected UTF-8 text, found {name}")
    if not mark and (guessed := _unmarked_utf_16(content)):
        raise SpecError(where, f"expected UTF-8 text, found {guessed} without a byte order mark; save it as UTF-8")
    marked = content[len(mark) :]
    try:
        return marked.decode(codec)
    except UnicodeDecodeError as error:
        line = marked[: error.start].decode(codec, "ignore").count("\n") + 1
        found = "byte" if error.end == error.start + 1 else "bytes"
        why = f"expected {name} text, found the {found} 0x{marked[error.start : error.end].hex()}"
        raise SpecError(f"{where}: line {line}", why) from None


_UTF_32 = "UTF-32"
_UNMARKED = (b"", "UTF-8", "utf-8")
_MARKS = (
    (codecs.BOM_UTF8, "UTF-8", "utf-8"),
    # This one begins with the next.
    (codecs.BOM_UTF32_LE, _UTF_32, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "UTF-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "UTF-16", "utf-16-be"),
    (codecs.BOM_UTF32_BE, _UTF_32, "utf-32-be"),
)
"""Byte order marks, with what they are the marks of."""


def _unmarked_utf_16(content: bytes) -> str | None:
    """Give what a text is in of which every second byte is zero, if only those of its spaces, signs and line ends."""
    least, most = sorted((content[::2].count(0), content[1::2].count(0)))
    return "UTF-16" if least == 0 and most >= max(_FEWEST_ZEROS, len(content) / _ZEROS_APART) else None


_FEWEST_ZEROS, _ZEROS_APART = 2, 20


def _too_large(where: str, most_bytes: int) -> SpecError:
    return SpecError(where, f"larger than the {most_bytes:,} bytes that are read at most")


def require_writable(path: Path) -> None:
    """Raise `SpecError` at once if `path` can't be written, before anybody works for a result that gets lost.

    What a killed run left in its folder is put in order first.
    """
    with _failure_at(path, "cannot be written"):
        target = path.resolve()
        mode = _mode(path)
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(None, "is a directory")
        place = target if mode is not None else next(folder for folder in target.parents if folder.exists())
        if mode is None and not place.is_dir():
            raise NotADirectoryError(None, "not a directory")
        if not os.access(place, os.W_OK):
            raise PermissionError(None, "permission denied")
        if target.parent.is_dir():
            tidy(target.parent)


def require_folder(path: Path) -> None:
    """Raise `SpecError` if `path` is in a folder that isn't there: a slip in its name shall make no new folder."""
    with _failure_at(path, "cannot be written"):
        if not path.parent.exists():
            raise FileNotFoundError(None, f"there is no folder {path.parent}")


_ENDINGS = frozenset({*(format_.ending for format_ in Format), "csv", "svg", "pdf", "png", "toml"})


def require_output(path: Path, ending: str, kept: Mapping[str, Path]) -> None:
    """Raise `SpecError` at once for what would be lost work or a lost file.

    That is a place that can't be written, one of the `kept` files, by what they are called, and another ending.
    """
    require_writable(path)
    for what, other in kept.items():
        if path.exists() and other.exists() and path.samefile(other):
            raise SpecError(one_line(str(path)), f"is the {what} itself and is left alone")
    if path.suffix.removeprefix(".").lower() in _ENDINGS - {ending}:
        require_ending(path, ending)


def require_ending(path: Path, ending: str) -> None:
    """Raise `SpecError` for a name with any other ending; one without an ending, such as a pipe's, may stay."""
    found = path.suffix.removeprefix(".").lower()
    if found not in ("", ending):
        raise SpecError(one_line(str(path)), f"expected a name that ends in .{ending}, found .{shortened(found)}")


def write_whole(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all; raise `SpecError` if it can't be written."""
    write_all([(path, (text,))])


def encoded(piece: str | bytes) -> bytes:
    """Give the bytes of a piece of a file: text is written as UTF-8, a PDF as it is."""
    return piece if isinstance(piece, bytes) else piece.encode()


def write_all(files: Iterable[tuple[Path, Iterable[str | bytes]]]) -> None:
    """Write all the files, each in pieces, beside their places first and only then put them there.

    Whatever goes wrong, an interruption included, no file is left half written and no temporary one stays.
    Missing folders are made. An existing file keeps its permissions, a link keeps pointing where it points,
    and a device or a pipe is simply written to. Raise `SpecError` for the first file that can't be written.
    """
    with ExitStack() as cleaning:
        finished: list[tuple[Path, Path]] = []
        for path, pieces in files:
            with _failure_at(path, "cannot be written"):
                place = _place_for(path, cleaning)
                file = cleaning.enter_context(place.open("wb"))
            for piece in pieces:
                # Only the writing: what goes wrong where a piece is made is no failure of the file.
                with _failure_at(path, "cannot be written"):
                    file.write(encoded(piece))
            with _failure_at(path, "cannot be written"):
                file.close()
            if place != path.resolve():
                finished.append((path, place))
        if len(finished) == 1:
            _put_in_place(*finished[0])
        elif finished:
            with _as_set([path for path, _ in finished]) as placed:
                for path, temporary in finished:
                    _put_in_place(path, temporary)
                    placed.append(path)


def _put_in_place(path: Path, temporary: Path) -> None:
    with _failure_at(path, "cannot be written"):
        temporary.replace(path.resolve())


def _as_set(paths: list[Path]) -> AbstractContextManager[list[Path]]:
    first, others = paths[0], counted(len(paths) - 1, "other file")
    return written_as_set(first.resolve().parent, f"{first.name} and {others}")


def _place_for(path: Path, cleaning: ExitStack) -> Path:
    """Give a new temporary file in the folder of `path`, with its permissions; a device or a pipe itself."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = _mode(path)
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(None, "is a directory")
    if mode is not None and not os.access(target, os.W_OK):
        # Replacing it would succeed: a rename asks the folder for permission, not the file.
        raise PermissionError(None, "permission denied")
    if mode is not None and not stat.S_ISREG(mode):
        return target
    temporary = temporary_file(target.parent, cleaning)
    if mode is not None:
        temporary.chmod(stat.S_IMODE(mode))
    return temporary


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


@contextmanager
def _failure_at(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        # RuntimeError: a circle of links, on some versions of Python.
        if isinstance(error, FileExistsError):
            # So says mkdir of a file that stands where a folder is needed.
            error = NotADirectoryError(None, "not a directory")
        if isinstance(error, ValueError) and not isinstance(error, UnicodeError):
            # A NUL: each version of Python says it in other words.
            error = ValueError("no file can have such a name")
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise SpecError(one_line(str(path)), f"{what}: {reason[:1].lower()}{one_line(reason[1:])}") from None
