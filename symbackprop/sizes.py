"""When a full walkthrough is large, and how large it will be: known before anything is derived."""

from __future__ import annotations

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.formats import SCRIPTS, Detail, Format, View
from symbackprop.network import Network
from symbackprop.wording import counted

MOST_TOLD = 300
"""Networks with more weights than this are told in tables, and in full only for somebody who has been asked.

Nor is more than this, weights times samples times time steps, worked out in full for anybody who hasn't been asked."""

# A large network's ledgers, measured on 784-30-10.
_BYTES_A_ROW = {Format.LATEX: 135, Format.MARKDOWN: 140, Format.TEXT: 110, Format.PDF: 3300}
_ROWS_A_PAGE = 45

# Other networks, in LaTeX and in English, measured from 1-2-1 to 8-8-8, with up to 60 samples and 20 time steps: what
# every document has, the first sample's first step, what each other step adds to it, and what each step of each other
# sample adds.
_BYTES_OF_ANY = 30_000
_BYTES_A_WEIGHT = 3_500
_BYTES_A_WEIGHT_IN_TIME = 2_500
_BYTES_A_WEIGHT_AND_STEP = 700
_BYTES_A_WEIGHT_AND_SAMPLE = 240
_BYTES_A_NEURON_AND_SAMPLE = 960
_BYTES_A_PAGE = 2_700
_SHARE_OF_LATEX = {Format.LATEX: 1.0, Format.MARKDOWN: 0.97, Format.TEXT: 0.6, Format.HTML: 2.8, Format.PDF: 8.0}


def count_weights(network: Network) -> int:
    """The number of weights of a network, recurrent ones included."""
    return sum(
        len(row) for layer in network.layers for rows in (layer.weights, layer.recurrent_weights or ()) for row in rows
    )


def require_playable(network: Network) -> None:
    """Raises SpecError for a network whose page would be too heavy to play with."""
    weights = count_weights(network)
    if weights > MOST_TOLD:
        why = f"expected at most {MOST_TOLD} weights for a page of html, found {weights:,}; take another format"
        raise SpecError(network.origin, why)


def full_size(network: Network, format_: Format, view: View) -> str | None:
    """How large a full walkthrough will be and why, in words; None where nobody needs to be asked."""
    weights = count_weights(network)
    instants = len(network.samples) * network.steps
    asks_nobody = (Format.JSON, Format.NOTEBOOK, *SCRIPTS)
    if weights * instants <= MOST_TOLD or format_ in asks_nobody or view is View.MATRIX:
        return None
    if weights > MOST_TOLD:
        size, pages = weights * _BYTES_A_ROW[format_], weights // _ROWS_A_PAGE
    else:
        in_latex = _bytes_worked_out(network, weights)
        size, pages = round(in_latex * _SHARE_OF_LATEX[format_]), in_latex // _BYTES_A_PAGE
    told = f", some {_rounded(pages):,} pages" if format_ in (Format.LATEX, Format.PDF) else ""
    return (
        f"with {_extent(network, weights)} this will be a document of about {max(0.1, size / 1_000_000):.1f} MB{told}"
    )


def _bytes_worked_out(network: Network, weights: int) -> int:
    """How long a walkthrough in LaTeX is that works out each weight, within a quarter."""
    others = (len(network.samples) - 1) * network.steps
    neurons = sum(network.widths[1:])
    first = _BYTES_A_WEIGHT if network.steps == 1 else _BYTES_A_WEIGHT_IN_TIME
    return (
        _BYTES_OF_ANY
        + weights * (first + _BYTES_A_WEIGHT_AND_STEP * (network.steps - 1) + _BYTES_A_WEIGHT_AND_SAMPLE * others)
        + neurons * _BYTES_A_NEURON_AND_SAMPLE * others
    )


def _rounded(pages: int) -> int:
    """Two digits are all that is known."""
    return round(pages, 2 - len(str(pages)))


def _extent(network: Network, weights: int) -> str:
    """What makes it long: the weights, and the samples and time steps where there are several."""
    several = ((len(network.samples), "sample"), (network.steps, "time step"))
    parts = [counted(weights, "weight"), *(counted(number, what) for number, what in several if number > 1)]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def require_notebook(network: Network) -> None:
    """Raises UnsupportedError for a network of which a notebook would have thousands of cells."""
    work = count_weights(network) * len(network.samples) * network.steps
    if work > MOST_TOLD:
        expected = f"expected at most {MOST_TOLD} weights times samples times time steps for a notebook, found {work:,}"
        raise UnsupportedError(network.origin, f"{expected}; a script has no such limit (--format python)")


MOST_IN_PDF = 3_000
"""So many weights' rows take Typst some two gigabytes, most of it for the tags by which they are read aloud."""


def require_typesettable(network: Network, detail: Detail, view: View) -> None:
    """Raises UnsupportedError where tables of all weights would take more memory than most machines have."""
    found = count_weights(network)
    if detail is Detail.FULL and view is not View.MATRIX and found > MOST_IN_PDF:
        why = f"tells at most {MOST_IN_PDF:,} weights in full, found {found:,}; --detail brief or --engine latex can"
        raise UnsupportedError("--format pdf", why)
