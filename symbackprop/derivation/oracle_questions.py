"""What the oracle says of a quantity that has nothing but a name, as the documentation's page on names gives them."""

from __future__ import annotations

import re

from flint import arb

from symbackprop.derivation.oracle import Oracle
from symbackprop.network import Network

_PARAMETER = r"w\d+|b\d+|b_\w+"
_SHARE = re.compile(rf"d(?P<error>E\w*(?:\[\d+\])?)/d(?P<parameter>{_PARAMETER})\[(?P<place>[\d,]+)\]")
_LOCAL = re.compile(rf"d(?P<net>net_\w+(?:\[(?P<place>[\d,]+)\])?)/d(?P<parameter>{_PARAMETER})")
_AFTER = re.compile(rf"(?:[mv]_)?(?P<parameter>{_PARAMETER})\+|[mv]hat_(?P<corrected>{_PARAMETER})")


def ask(oracle: Oracle, network: Network, id_: str) -> arb:
    """The value of any quantity of a round: a forward one, a derivative, an update. KeyError if there is none."""
    if share := _SHARE.fullmatch(id_):
        return oracle.slope(share["error"], share["parameter"], _place(network, share["place"]))
    if local := _LOCAL.fullmatch(id_):
        # Here what the same neurons gave a step before is held fixed, though they share the weight.
        return oracle.slope(local["net"], local["parameter"], _place(network, local["place"]))
    if after := _AFTER.fullmatch(id_):
        return oracle.updates(after["parameter"] or after["corrected"])[id_]
    if id_ in {"beta1_t+", "beta2_t+"}:
        return oracle.updates("w1")[id_]
    if id_.startswith("delta_"):
        return oracle.slope(error_behind(network, id_), id_.replace("delta_", "net_"))
    above, slash, below = id_.partition("/")
    return oracle.slope(above.removeprefix("d"), below.removeprefix("d")) if slash else oracle.value(id_)


def error_behind(network: Network, id_: str) -> str:
    """The error that a delta is a derivative of: its sample's, or before any penalty the only one."""
    if len(network.samples) > 1:
        return f"E[{_place(network, id_.partition('[')[2].rstrip(']'))[0]}]"
    return "E_total" if network.training.l1 is None and network.training.l2 is None else "E_data"


def _place(network: Network, text: str | None) -> tuple[int, int]:
    """The sample and the step, counted from 1, that the brackets of an id name."""
    match [int(it) for it in text.split(",")] if text else []:
        case []:
            return 1, 1
        case [only]:
            return (only, 1) if len(network.samples) > 1 else (1, only)
        case [sample, step]:
            return sample, step
        case _:
            raise KeyError(text)
