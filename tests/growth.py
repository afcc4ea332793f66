"""How the time and the memory of a reader grow with what it reads.

Time is the processor's, not the clock's: it counts what regular expressions do, too, and not what else the machine
has to do. A load still makes it vary by half, so sizes are far apart, and only what is out of proportion every time
that it is measured is taken to be so.
"""

from __future__ import annotations

import gc
import math
import sys
import tracemalloc
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from time import process_time

from symbackprop.errors import SymbackpropError

KB = 1_000
SIZES = tuple(size * KB for size in (20, 40, 80, 160))
"""How long the texts are, in characters, where time is no matter."""

STEEPEST = 1.6
"""The largest exponent that passes. Something between n (1) and n log n (1.1) is right, n squared is wrong."""

_AGAIN = 3
_FAR_APART = 4
_LEAST_SECONDS = 0.01
_LEAST_BYTES = 4_000_000
_MOST_BYTES = 500_000_000
_MOST_SECONDS = 10.0

Run = Callable[[str], object]
Text = Callable[[int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What texts of some sizes cost, in seconds or in bytes; of what went on for too long, the first few sizes.

    What costs less than `least` is too little to tell, what costs more than `most` too much anyway.
    """

    sizes: tuple[int, ...]
    costs: tuple[float, ...]
    least: float
    most: float

    @property
    def exponent(self) -> float:
        """The steepest growth between two sizes that are far apart; 0 where the costs are too small to tell."""
        # Where a longer text costs less it is refused sooner: of an odd number of quotes nothing is read.
        measured = list(zip(self.sizes, accumulate(self.costs, max), strict=True))
        slopes = (
            math.log(most / max(least, self.least / 100)) / math.log(large / small)
            for small, least in measured
            for large, most in measured
            if large >= _FAR_APART * small and most > self.least
        )
        return max(slopes, default=0.0)

    @property
    def is_in_proportion(self) -> bool:
        """Whether the costs grow no faster than the texts."""
        return self.is_flatter_than(STEEPEST)

    def is_flatter_than(self, steepest: float) -> bool:
        """Whether the costs grow with no larger exponent, and are none too large anyway."""
        return self.exponent <= steepest and max(self.costs, default=0.0) <= self.most

    def lower(self, other: Growth) -> Growth:
        """The lower of two measurements, size by size."""
        costs = tuple(map(min, self.costs, other.costs))
        return Growth(sizes=self.sizes[: len(costs)], costs=costs, least=self.least, most=self.most)


def time_of(run: Run, text: Text, sizes: Iterable[int] = SIZES, steepest: float = STEEPEST) -> Growth:
    """Give the seconds that the processor spends on texts of these sizes; what seems to grow fast is tried again."""
    found = _seconds(run, text, tuple(sizes))
    for _ in range(_AGAIN - 1):
        if found.is_flatter_than(steepest) or max(found.costs) > found.most:
            break
        forget()
        found = found.lower(_seconds(run, text, found.sizes))
    return found


def memory_of(run: Run, text: Text, sizes: Iterable[int] = SIZES) -> Growth:
    """Give the most bytes that Python holds at once while it reads texts of these sizes."""
    wanted = tuple(sizes)
    costs = tuple(_bytes(run, text(size)) for size in wanted)
    return Growth(sizes=wanted, costs=costs, least=_LEAST_BYTES, most=_MOST_BYTES)


def _seconds(run: Run, text: Text, sizes: tuple[int, ...]) -> Growth:
    spent: list[float] = []
    for size in sizes:
        made = text(size)
        was_on = gc.isenabled()
        gc.disable()
        begun = process_time()
        _read(run, made)
        spent.append(process_time() - begun)
        if was_on:
            gc.enable()
        if spent[-1] > _MOST_SECONDS:
            # The next one could take hours.
            break
    return Growth(sizes=sizes[: len(spent)], costs=tuple(spent), least=_LEAST_SECONDS, most=_MOST_SECONDS)


def _bytes(run: Run, text: str) -> float:
    forget()
    tracemalloc.start()
    try:
        _read(run, text)
        return float(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def _read(run: Run, text: str) -> None:
    """A text may be refused: that is what most of these deserve."""
    with suppress(SymbackpropError):
        run(text)


def forget() -> None:
    """Empty the package's caches: what was read before, at the same size, would be read in no time."""
    for name, module in list(sys.modules.items()):
        if name.startswith("symbackprop."):
            for thing in vars(module).values():
                if hasattr(thing, "cache_clear"):
                    thing.cache_clear()


# --- Texts that are long ------------------------------------------------------------------------------------------

_CLOSED_BY = {"(": ")", "[": "]", "{": "}", "<": ">"}


def texts_of(token: str, ends: Iterable[str]) -> dict[str, Text]:
    """Give texts of any size made of a token: as runs and as nestings, and as runs before each of the `ends`."""
    closing = closing_of(token)
    found: dict[str, Text] = {
        "run": lambda size: token * (size // len(token)),
        "with spaces": lambda size: f"{token} " * (size // (len(token) + 1)),
        "in lines": lambda size: f"{token}\n" * (size // (len(token) + 1)),
        "with words": lambda size: f"{token}x" * (size // (len(token) + 1)),
        "with words apart": lambda size: f"{token}  x" * (size // (len(token) + 3)),
    }
    before = tuple(it for it in ends if it != token)
    if before:
        # What parts the runs is what a pattern fails over, or ends at.
        found["before others"] = lambda size: "".join(
            f"{token * (size // len(before) // len(token))}{end}\n" for end in before
        )
    if closing:
        found["nested"] = lambda size: _nested(token, closing, size)
        found["only closed"] = lambda size: closing * (size // len(closing))
    return found


def series_of(item: str) -> Text:
    """Give texts of any size in which an item comes again and again, its `#` the number of each."""
    return lambda size: "".join(item.replace("#", str(number)) for number in range(1, 1 + size // (len(item) + 3)))


def _nested(opening: str, closing: str, size: int) -> str:
    depth = size // (len(opening) + len(closing))
    return f"{opening * depth}1{closing * depth}"


_CLOSED_BY_WORDS = {"<!--": "-->"}
_WITH_TWO_ARGUMENTS = frozenset({r"\frac{", r"\cfrac{"})


def closing_of(token: str) -> str:
    r"""Give what closes a token that opens something: `}` for `\text{`, `\end{x}` for `\begin{x}`; else nothing."""
    if token.startswith(r"\begin{"):
        return token.replace(r"\begin", r"\end", 1)
    if token in _CLOSED_BY_WORDS:
        return _CLOSED_BY_WORDS[token]
    opened: list[str] = []
    for it in token:
        if it in _CLOSED_BY:
            opened.append(_CLOSED_BY[it])
        elif opened and it == opened[-1]:
            opened.pop()
    closing = "".join(reversed(opened))
    return f"{closing}{{2}}" if token in _WITH_TWO_ARGUMENTS else closing
