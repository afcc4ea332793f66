"""How a complaint writes what it found and what it expected: short, on one line, with what would do."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

_LONGEST_SHOWN = 40
_LONGEST_COMPARED = 60
_MOST_COMPARED = 5_000


def one_line(text: str) -> str:
    """Give `text` with each character that would break or garble a line as its escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def shortened(text: str) -> str:
    """Give `text` on one line, cut where it gets too long to read."""
    cut = text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."
    return one_line(cut)


def quoted(text: str) -> str:
    """Give `text` in double quotes, on one line and not too long."""
    return f'"{shortened(text)}"'


def counted(number: int, noun: str) -> str:
    """Give `1 neuron`, `2 neurons`, `1,000 neurons`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: Iterable[str]) -> str:
    """Give the names quoted and parted by commas."""
    return ", ".join(f'"{name}"' for name in names)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give `; did you mean "..."?` with the known name nearest to `name`, or nothing if none is near."""
    near = nearest(name, known)
    return "" if near is None else f'; did you mean "{near}"?'


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Give the known name nearest to `name`; None if none is near, or if there are too many to go through them."""
    names = list(islice(known, _MOST_COMPARED + 1))
    if len(name) > _LONGEST_COMPARED or len(names) > _MOST_COMPARED:
        return None
    # Only a message needs it: a good file shouldn't pay for the import.
    from difflib import get_close_matches  # noqa: PLC0415

    return next(iter(get_close_matches(name.lower(), names, n=1)), None)


A_NETWORK = "a network, as symbackprop.load(path) reads one"
A_DERIVATION = "a derivation, as symbackprop.derive(network) makes one"
VERDICTS = "verdicts, as symbackprop.check(work) gives them"
A_PATH = "a path or the name of an example"
A_WORK = "a text, a Path or a mapping of answers"


def require_type(found: object, types: type | tuple[type, ...], expected: str) -> None:
    """Raise TypeError for what is of none of the types; `expected` says in words what is, and how to get one."""
    if not isinstance(found, types):
        what = f"the text {quoted(found)}" if isinstance(found, str) else f"something of type {type(found).__name__}"
        raise TypeError(f"expected {expected}, found {what}")
