"""Blocks that are told while they are written, as in all documents; and which networks are too large for short ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symbackprop.errors import UnsupportedError
from symbackprop.pages.document import Block
from symbackprop.pages.narrate.large import is_large
from symbackprop.pages.narrate.teller import Teller
from symbackprop.sizes import MOST_TOLD


def require_short(teller: Teller, document: str) -> None:
    """Raises UnsupportedError where a network has more to tell than slides or one page can."""
    if is_large(teller):
        found = teller.graph.shape.weights
        raise UnsupportedError(f"--document {document}", f"expected at most {MOST_TOLD} weights, found {found:,}")


class Story:
    """Blocks that are told anew whenever somebody goes through them, and kept by nobody."""

    def __init__(self, tell: Callable[[], Iterator[Block]]) -> None:
        self._tell = tell

    def __iter__(self) -> Iterator[Block]:
        return self._tell()
