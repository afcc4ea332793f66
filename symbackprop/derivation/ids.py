"""Which ids a network has, without deriving anything: enough to doubt a quantity that somebody names."""

from __future__ import annotations

from symbackprop.derivation.graph import layer_names
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
    """Raises SpecError for the first published figure, or the first name, of what the network hasn't got."""
    known = frozenset(known_ids(network) if network.published or network.names else ())
    _require_known_names(network, known)
    for number, published in enumerate(network.published):
        where = f"{network.origin}: published[{number}].quantity"
        try:
            base, _ = split_id(published.quantity)
        except ValueError:
            expected = f"expected a number of rounds up to {MOST_ROUNDS:,} after the @"
            raise SpecError(where, f"{expected}, found {quoted(published.quantity)}") from None
        if base not in known:
            raise SpecError(where, f"this network has no quantity {quoted(base)}{did_you_mean(base, sorted(known))}")


def neurons_of(network: Network) -> tuple[str, ...]:
    """The names of a network's neurons."""
    shape = shape_of(network)
    return tuple(name for depth in range(len(shape.layers)) for name in layer_names(shape, depth))


def _require_known_names(network: Network, known: frozenset[str]) -> None:
    """The same for the names of the user's own, each of which means a quantity or a neuron."""
    if not network.names:
        return
    things = known | frozenset(neurons_of(network)) | frozenset(f"i{it + 1}" for it in range(network.widths[0]))
    for name, id_ in network.names:
        if id_ not in things:
            why = f"this network has no quantity or neuron {quoted(id_)}{did_you_mean(id_, sorted(things))}"
            raise SpecError(f"{network.origin}: names.{quoted(name)}", why)
