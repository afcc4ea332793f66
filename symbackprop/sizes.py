"""When a network is large, and how large its full walkthrough will be: known before anything is derived."""

from __future__ import annotations

from symbackprop.formats import Format
from symbackprop.network import Network

MOST_TOLD = 300
"""Networks with more weights than this are told in tables, and in full only for somebody who has been asked."""

_BYTES_A_WEIGHT = {Format.LATEX: 135, Format.MARKDOWN: 140, Format.TEXT: 110}
_ROWS_A_PAGE = 42


def count_weights(network: Network) -> int:
    """The number of weights of a network, recurrent ones included."""
    return sum(
        len(row) for layer in network.layers for rows in (layer.weights, layer.recurrent_weights or ()) for row in rows
    )


def full_size(network: Network, format_: Format) -> str | None:
    """How large a large network's full walkthrough will be, in words; None where nobody needs to be asked."""
    weights = count_weights(network)
    if weights <= MOST_TOLD or format_ is Format.JSON:
        return None
    megabytes = max(0.1, weights * _BYTES_A_WEIGHT[format_] / 1_000_000)
    pages = f", some {weights // _ROWS_A_PAGE:,} pages" if format_ is Format.LATEX else ""
    return f"about {megabytes:.1f} MB{pages}"
