"""Reading what each quantity is worth: the file of `check --points`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from symbackprop.checking.verdicts import Verdict
from symbackprop.derivation.ids import known_ids, split_id
from symbackprop.errors import SpecError
from symbackprop.files import read_text
from symbackprop.network import MOST_ROUNDS, Network
from symbackprop.network_file import parse_toml
from symbackprop.places import Place, TableKind
from symbackprop.records import record
from symbackprop.wording import did_you_mean, one_line, quoted

MOST_BYTES = 1_000_000
MOST_POINTS = 1_000_000
_POINTS = f"a number from 0 to {MOST_POINTS:,}"
_SHARE = "a number from 0 to 1"

_FILE = TableKind(
    name="the top of the file",
    keys={
        "points": "a table [points] with a number for each quantity",
        "default": _POINTS,
        "rounded": _SHARE,
        "convention": _SHARE,
        "follows": _SHARE,
    },
)


@record(kw_only=True)
class Points:
    """What the quantities of a work are worth.

    `of` has the points of those that every work should answer; `default` are those of any other that is answered.
    `shares` say which part of its points an answer earns by its verdict; a verdict that isn't there earns nothing.
    """

    of: Mapping[str, Fraction]
    default: Fraction
    shares: Mapping[Verdict, Fraction]


FULL_MARKS = Points(
    of=MappingProxyType({}),
    default=Fraction(1),
    shares=MappingProxyType(
        {
            Verdict.CORRECT: Fraction(1),
            Verdict.ROUNDED: Fraction(1),
            Verdict.CONVENTION: Fraction(1),
            Verdict.FOLLOWS: Fraction(1, 2),
        }
    ),
)
"""One point for whatever is answered, and what is taken where a file leaves something out."""


def read_points(path: Path, network: Network) -> Points:
    """Give the points of a file; raise `SpecError` with place, what was expected and what was found."""
    return parse_points(read_text(path, most_bytes=MOST_BYTES), str(path), network)


def parse_points(text: str, origin: str, network: Network) -> Points:
    """Give the points that `text` gives; errors call it `origin`."""
    place = Place(origin=origin, path="", value=parse_toml(text, one_line(origin)))
    table = place.table(_FILE)
    default, listed = table.optional("default"), table.optional("points")
    if default is None and listed is None:
        raise SpecError(one_line(origin), "expected a table [points], or a default, found neither")
    shares = {Verdict.CORRECT: Fraction(1)}
    for verdict in (Verdict.ROUNDED, Verdict.CONVENTION, Verdict.FOLLOWS):
        share = table.optional(verdict.value)
        shares[verdict] = FULL_MARKS.shares[verdict] if share is None else share.number_that(_SHARE, _is_share).exact
    return Points(
        of=_of(listed, network) if listed else {},
        default=default.number_that(_POINTS, _is_few).exact if default else Fraction(0),
        shares=shares,
    )


def _of(place: Place, network: Network) -> dict[str, Fraction]:
    if not isinstance(place.value, dict):
        raise place.refusal(_FILE.keys["points"])
    known = frozenset(known_ids(network))
    points = {}
    for id_ in place.value:
        item = place.under(id_)
        if isinstance(item.value, dict):
            # A dotted key or a table: the id wasn't put in quotes.
            raise SpecError(item.where, f'expected {_POINTS}; an id stands in quotes: "dE_total/dw5" = 2')
        _require_known(id_, item, known)
        points[id_] = item.number_that(_POINTS, _is_few).exact
    return points


def _require_known(id_: str, place: Place, known: frozenset[str]) -> None:
    try:
        base, _ = split_id(id_)
    except ValueError:
        why = f"expected a number of rounds up to {MOST_ROUNDS:,} after the @, found {quoted(id_)}"
        raise SpecError(place.where, why) from None
    if base not in known:
        raise SpecError(place.where, f"this network has no quantity {quoted(base)}{did_you_mean(base, sorted(known))}")


def _is_share(number: Fraction) -> bool:
    return 0 <= number <= 1


def _is_few(number: Fraction) -> bool:
    return 0 <= number <= MOST_POINTS
