"""Which ids a network has, without deriving anything: enough to doubt a quantity that somebody names."""

from __future__ import annotations

from symbackprop.derivation.shape import shape_of
from symbackprop.derivation.steps import plan_of
from symbackprop.errors import SpecError
from symbackprop.network import MOST_ROUNDS, Network
from symbackprop.wording import did_you_mean, quoted


def split_id(id_: str) -> tuple[str, int]:
    """A quantity's id and the number of rounds after its `@`, which is 0 where there is none.

    Raises ValueError where what stands after the `@` is no number of rounds.
    """
    base, at, rounds = id_.partition("@")
    if not at:
        return base, 0
    if not (rounds.isascii() and rounds.isdigit()) or len(rounds) > len(str(MOST_ROUNDS)) or int(rounds) > MOST_ROUNDS:
        raise ValueError(id_)
    return base, int(rounds)


def known_ids(network: Network) -> tuple[str, ...]:
    """The ids of all quantities of a network's first round."""
    return tuple(plan_of(shape_of(network)))


def require_known_quantities(network: Network) -> None:
    """Raises SpecError for the first published figure of a quantity that the network hasn't got."""
    known = frozenset(known_ids(network) if network.published else ())
    for number, published in enumerate(network.published):
        where = f"{network.origin}: published[{number}].quantity"
        try:
            base, _ = split_id(published.quantity)
        except ValueError:
            expected = f"expected a number of rounds up to {MOST_ROUNDS:,} after the @"
            raise SpecError(where, f"{expected}, found {quoted(published.quantity)}") from None
        if base not in known:
            raise SpecError(where, f"this network has no quantity {quoted(base)}{did_you_mean(base, sorted(known))}")
