"""One thing handed to the library for another: a TypeError of one line that says how to get the right one."""

from __future__ import annotations

from symbackprop.wording import quoted


def require_type(found: object, types: type | tuple[type, ...], expected: str) -> None:
    """Raises TypeError for what is of none of the types; `expected` says in words what is, and how to get one."""
    if not isinstance(found, types):
        what = f"the text {quoted(found)}" if isinstance(found, str) else f"something of type {type(found).__name__}"
        raise TypeError(f"expected {expected}, found {what}")


A_NETWORK = "a network, as symbackprop.load(path) reads one"
A_DERIVATION = "a derivation, as symbackprop.derive(network) makes one"
VERDICTS = "verdicts, as symbackprop.check(work) gives them"
A_PATH = "a path or the name of an example"
A_WORK = "a text, a Path or a mapping of answers"
