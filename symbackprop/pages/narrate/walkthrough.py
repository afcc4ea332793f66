"""The whole walkthrough: the chapters in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symbackprop.checking.published import JudgedFigure
from symbackprop.derivation.certify import Certificate
from symbackprop.formats import Detail, View
from symbackprop.pages.document import Block, Document, Figure
from symbackprop.pages.narrate.certificate import tell_certificate
from symbackprop.pages.narrate.errors import tell_error
from symbackprop.pages.narrate.forward import tell_forward_pass
from symbackprop.pages.narrate.gradients import tell_gradients
from symbackprop.pages.narrate.hidden_layers import tell_hidden_layer
from symbackprop.pages.narrate.large import is_large, tell_large, tell_large_network, tell_large_round
from symbackprop.pages.narrate.opening import tell_goal, tell_network
from symbackprop.pages.narrate.optimizers import tell_step
from symbackprop.pages.narrate.output_layer import tell_output_layer
from symbackprop.pages.narrate.published import tell_published
from symbackprop.pages.narrate.samples import tell_other_samples
from symbackprop.pages.narrate.scope import updates_in_place
from symbackprop.pages.narrate.sequence import tell_network_over_time
from symbackprop.pages.narrate.story import Story
from symbackprop.pages.narrate.summary import tell_updates
from symbackprop.pages.narrate.teller import Teller, words
from symbackprop.pages.narrate.through_time import is_recurrent, tell_through_time
from symbackprop.pages.narrate.training import tell_first_round, tell_training


def tell_walkthrough(teller: Teller, figures: tuple[JudgedFigure, ...], certificate: Certificate) -> Document:
    """The document of one derivation. `figures` are the network's published ones."""
    return Document(
        title=words(teller.derivation.network.title_in(teller.phrases.language)),
        subtitle=teller.phrases.say(_subtitle(teller)),
        language=teller.phrases.language,
        blocks=Story(lambda: _numbered(_chapters(teller, figures, certificate))),
    )


def _subtitle(teller: Teller) -> str:
    if teller.view is View.MATRIX:
        return "document.subtitle_matrix"
    return "document.subtitle" if teller.detail is Detail.FULL else "document.subtitle_brief"


def _numbered(blocks: Iterator[Block]) -> Iterator[Block]:
    """The blocks with their figures numbered."""
    number = 0
    for block in blocks:
        if isinstance(block, Figure):
            number += 1
            yield replace(block, number=number)
        else:
            yield block


def _chapters(teller: Teller, figures: tuple[JudgedFigure, ...], certificate: Certificate) -> Iterator[Block]:
    yield from tell_goal(teller)
    if is_large(teller):
        yield from _large_chapters(teller)
    else:
        in_time = is_recurrent(teller.graph)
        yield from (tell_network_over_time if in_time else tell_network)(teller)
        if teller.view is not View.MATRIX:
            yield from (tell_through_time if in_time else _scalar_chapters)(teller)
        if teller.view is not View.SCALAR:
            yield from _matrix_chapters(teller)
        yield from tell_updates(teller)
        yield from tell_first_round(teller)
    rounds = teller.derivation.network.training.rounds
    if rounds > 1:
        yield from tell_training(teller, rounds)
    if teller.derivation.network.published:
        yield from tell_published(teller, figures)
    yield from tell_certificate(teller, certificate)


def _matrix_chapters(teller: Teller) -> Iterator[Block]:
    # Only this view needs them, and every render would wait for their import.
    from symbackprop.pages.narrate.matrix import tell_matrices  # noqa: PLC0415

    yield from tell_matrices(teller)


def _large_chapters(teller: Teller) -> Iterator[Block]:
    """The same of a network that has more weights than anybody reads one by one."""
    yield from tell_large_network(teller)
    if teller.view is not View.MATRIX:
        yield from tell_large(teller)
    if teller.view is not View.SCALAR:
        yield from _matrix_chapters(teller)
    yield from tell_large_round(teller)


def _scalar_chapters(teller: Teller) -> Iterator[Block]:
    """Number by number: forward, the error, and back layer by layer."""
    yield from tell_forward_pass(teller)
    yield from tell_error(teller)
    yield from tell_output_layer(teller)
    for depth in reversed(range(len(teller.graph.layers) - 1)):
        yield from tell_hidden_layer(teller, depth)
    shape = teller.graph.shape
    if shape.samples > 1:
        yield from tell_other_samples(teller)
    if shape.samples > 1 or shape.penalized:
        yield from tell_gradients(teller)
    if not updates_in_place(shape):
        yield from tell_step(teller)
