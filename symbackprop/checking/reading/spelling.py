"""How a name is spelled once all that doesn't tell it from others is gone: spaces, braces, fonts, underscores.

The spelling of `net_{h1}`, `n e t_{h_1}` and `net_h1` is `neth1`. What is raised follows a `^`: `z1^(2)[3]`.
A comma stays where it parts two numbers (`w1,12`), and an underscore between two digits is one (`h2_1`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

from symbackprop.typeset.layout import Accent, Fenced, Layout, Number, Row, Script, Symbol

SLOTS = "\ue000-\ue0ff"
"""The characters that stand for the numbers of a template, as a class of a regular expression has them."""

_IDLE_COMMA = re.compile(rf"(?<![0-9{SLOTS}]),|,(?![0-9{SLOTS}])")
_RUN = re.compile(rf"[0-9{SLOTS}]+")
_PART = re.compile(rf"[0-9]+|[{SLOTS}]")
_DIGITS = re.compile(r"[0-9]+")

Run = tuple[str, ...]
"""What a row of digits is made of: slots, each one character, and digits of the template's own."""


@lru_cache(maxsize=20_000)
def tidy(text: str) -> str:
    """A spelling without the underscores and the commas that part nothing."""
    return _IDLE_COMMA.sub("", text.replace("_", ",").replace(" ", ""))


def scripted(base: str, sub: str, sup: str) -> str:
    """The spelling of a base with what is lowered and what is raised."""
    lowered = f"{base}_{sub}" if sub else base
    return f"{lowered}^{sup}" if sup else lowered


def spelling_of(layout: Layout) -> str:
    """The spelling of a name as it is laid out."""
    return tidy(_spelled(layout))


def _spelled(layout: Layout) -> str:
    match layout:
        case Symbol(text=text) | Number(digits=text):
            return text
        case Accent(body=body, mark=mark):
            return f"{body.text}{mark.value}"
        case Row(parts=parts):
            return "".join(_spelled(part) for part in parts if isinstance(part, Layout))
        case Fenced(body=body, fence=fence):
            return f"{fence.value[0]}{_spelled(body)}{fence.value[1]}"
        case Script(base=base, sub=sub, sup=sup):
            return scripted(_spelled(base), "" if sub is None else _spelled(sub), "" if sup is None else _spelled(sup))
        case _:
            return ""


def skeleton_of(spelling: str) -> tuple[str, tuple[str, ...]]:
    """A spelling with `#` for each of its numbers, and the numbers."""
    return _DIGITS.sub("#", spelling), tuple(_DIGITS.findall(spelling))


def skeletons_of(spelling: str) -> list[tuple[str, tuple[Run, ...]]]:
    """The skeletons of a template's spelling with what each `#` is made of; two numbers may be parted by a comma."""
    runs = [tuple(_PART.findall(run)) for run in _RUN.findall(spelling)]
    shape = _RUN.sub("#", spelling)
    ways: list[list[tuple[str, tuple[Run, ...]]]] = []
    for parts in runs:
        way: list[tuple[str, tuple[Run, ...]]] = [("#", (parts,))]
        if len(parts) > 1:
            way.append((",".join("#" * len(parts)), tuple((part,) for part in parts)))
        ways.append(way)
    found: list[tuple[str, tuple[Run, ...]]] = []
    pieces = shape.split("#")
    for chosen in product(*ways):
        text = pieces[0] + "".join(written + piece for (written, _), piece in zip(chosen, pieces[1:], strict=True))
        found.append((text, tuple(run for _, added in chosen for run in added)))
    return found


def fitted(runs: tuple[Run, ...], numbers: tuple[str, ...]) -> list[dict[str, int]]:
    """Every way in which numbers fill the slots of runs; those that give the first slots few digits come first."""
    ways: list[dict[str, int]] = [{}]
    for run, digits in zip(runs, numbers, strict=True):
        fits = _fits(run, digits)
        ways = [{**way, **fit} for way in ways for fit in fits if _agree(way, fit)]
    return ways


def _agree(one: dict[str, int], other: dict[str, int]) -> bool:
    return all(one.get(slot, number) == number for slot, number in other.items())


def _fits(run: Run, digits: str) -> list[dict[str, int]]:
    first, *rest = run
    if not rest:
        if first.isdecimal():
            return [{}] if first == digits else []
        # Nobody counts to a million neurons, and nobody writes 01 for 1.
        return [{first: int(digits)}] if len(digits) <= _MOST_DIGITS and str(int(digits)) == digits else []
    found: list[dict[str, int]] = []
    for cut in range(1, min(len(digits), _MOST_DIGITS + 1)):
        for head in _fits((first,), digits[:cut]):
            found.extend({**head, **tail} for tail in _fits(tuple(rest), digits[cut:]) if _agree(head, tail))
    return found


_MOST_DIGITS = 7
