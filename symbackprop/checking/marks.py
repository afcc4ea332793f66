"""What a work earns.

An answer is a chain of links that say something of one quantity. It is worth what its weakest link is worth, and of
several answers to one quantity the best one counts. What can't be judged takes no part, unless nothing else is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symbackprop.checking.points import Points
from symbackprop.checking.verdicts import Link, Verdict, Verdicts
from symbackprop.checking.work import Member
from symbackprop.records import record
from symbackprop.typeset.formula import Quantity

_CENT = 100


@record(kw_only=True)
class Mark:
    """Points earned, out of how many, and those of each quantity."""

    points: Fraction
    of: Fraction
    earned: Mapping[str, Fraction]


def mark_work(verdicts: Verdicts, points: Points) -> Mark:
    """The mark of a work. What it doesn't answer earns nothing, and what nobody asked for is worth the default."""
    shares = _shares(verdicts, points)
    worth = dict(points.of)
    if points.default:
        worth |= {id_: points.default for id_ in shares if id_ not in points.of}
    earned = {id_: worth[id_] * shares.get(id_, Fraction(0)) for id_ in worth}
    return Mark(points=sum(earned.values(), Fraction(0)), of=sum(worth.values(), Fraction(0)), earned=earned)


def written_points(points: Fraction) -> str:
    """Points as a person writes them: 2, 1.5, 0.33."""
    hundredths = round(points * _CENT)
    return f"{hundredths // _CENT}.{hundredths % _CENT:02}".rstrip("0").rstrip(".")


def _shares(verdicts: Verdicts, points: Points) -> dict[str, Fraction]:
    """The share of its points that each quantity that is answered earns."""
    answers: dict[tuple[str, int], list[Fraction]] = {}
    members = {_place(member): member for chain in verdicts.work.chains for member in chain.members}
    for chain, link in zip(_chain_numbers(verdicts), verdicts.links, strict=True):
        if link.quantity is None:
            continue
        shares = answers.setdefault((link.quantity, chain), [])
        if _counts(link) and not _repeats(members.get(_span(link)), link.quantity):
            shares.append(points.shares.get(link.verdict, Fraction(0)))
    best: dict[str, Fraction] = {}
    for (id_, _), shares in answers.items():
        best[id_] = max(best.get(id_, Fraction(0)), min(shares, default=Fraction(0)))
    return best


def _counts(link: Link) -> bool:
    return link.verdict not in (Verdict.GENERAL, Verdict.UNKNOWN, Verdict.UNREAD)


def _repeats(member: Member | None, quantity: str) -> bool:
    """Whether a member only says the quantity's own name again, as in `net_h1 = net_h1`."""
    return member is not None and isinstance(member.formula, Quantity) and quantity in member.leaves[0].ids


def _chain_numbers(verdicts: Verdicts) -> list[int]:
    """The number of the chain that each link belongs to; a link that belongs to none stands for itself."""
    chains = {_place(member): number for number, chain in enumerate(verdicts.work.chains) for member in chain.members}
    return [chains.get(_span(link), -1 - number) for number, link in enumerate(verdicts.links)]


def _place(member: Member) -> tuple[int, int]:
    return member.span.start, member.span.end


def _span(link: Link) -> tuple[int, int]:
    return link.place.span.start, link.place.span.end
