"""Derivatives among tokens: with a slash, as fractions, and as operators with the variable lowered."""

from __future__ import annotations

from symbackprop.checking.reading.name_tokens import Hit, NameTokens
from symbackprop.checking.reading.spelling import scripted, tidy
from symbackprop.checking.reading.tokens import Kind
from symbackprop.records import record


@record
class Lost:
    """What is written as a derivative but is none of this network: its two parts, and where it ends."""

    above: str
    below: str
    end: int


def is_d(names: NameTokens, at: int) -> bool:
    """Whether the d or the round d of a derivative stands at a position."""
    match names.kind(at):
        case Kind.COMMAND:
            return names.text(at) == "partial"
        case Kind.LETTER | Kind.WORD:
            return names.text(at) == "d"
        case _:
            return False


def in_line(names: NameTokens, at: int) -> Hit | Lost | None:
    """A derivative with a slash; None if what stands there isn't written as one."""
    if not is_d(names, at):
        return None
    lost: Lost | None = None
    for above, end in _names(names, at + 1):
        slash = names.kind(end) is Kind.OPERATOR and names.text(end) == "/"
        if not slash or not is_d(names, end + 1):
            continue
        for below, after in _names(names, end + 2):
            ids = names.names.derivative(above, below)
            if ids:
                return Hit(ids, f"d{above}/d{below}", after)
            lost = lost or Lost(above, below, after)
    return lost


def in_fraction(names: NameTokens, above: tuple[int, int], below: tuple[int, int]) -> Hit | Lost | None:
    """The same as a fraction with these two ranges of tokens, the d's included. The end is for the caller to say."""
    one = names.spelled(above[0] + 1, above[1])
    other = names.spelled(below[0] + 1, below[1])
    if not one or not other:
        return None
    one, other = _bare(names, one), _bare(names, other)
    ids = names.names.derivative(one, other)
    return Hit(ids, f"d{one}/d{other}", below[1]) if ids else Lost(one, other, below[1])


def operator(names: NameTokens, below: str, at: int) -> Hit | Lost | None:
    """What the sign of a derivative makes of the name after it."""
    lost: Lost | None = None
    for above, end in _names(names, at):
        ids = names.names.derivative(above, below)
        if ids:
            return Hit(ids, f"d{above}/d{below}", end)
        lost = lost or Lost(above, below, end)
    return lost


def primed(names: NameTokens, at: int) -> Hit | None:
    """A derivative with a prime and its variable lowered: E'_{w_5}."""
    units = names.units(at)
    if not units or names.kind(units[-1].end) is not Kind.PRIME:
        return None
    above = "".join(it.spelling for it in units)
    for below, after in names.lowered(units[-1].end + 1):
        ids = names.names.derivative(above, tidy(below)) if below else ()
        if ids:
            return Hit(ids, f"d{above}/d{below}", after)
    return None


def _bare(names: NameTokens, spelling: str) -> str:
    """A spelling without parentheses around the whole, with the index that stands for names without one."""
    spelling = tidy(spelling)
    if spelling.startswith("(") and spelling.endswith(")"):
        spelling = spelling[1:-1]
    suffix = names.stand.suffix
    if suffix and names.names.ids(tidy(f"{spelling}_{suffix}")) and not names.names.ids(spelling):
        names.stand.used = True
        return tidy(f"{spelling}_{suffix}")
    return spelling


def _names(names: NameTokens, at: int) -> list[tuple[str, int]]:
    """The spellings of the names that may begin at a position, each with its end; the longest first."""
    units = names.units(at)
    found: list[tuple[str, int]] = []
    for count in range(len(units), 0, -1):
        base = "".join(it.spelling for it in units[:count])
        if count < len(units):
            found.append((_bare(names, base), units[count - 1].end))
            continue
        found.extend((_bare(names, scripted(base, it.sub, it.sup)), it.end) for it in names.scripts(units[-1].end))
    return found
