"""How wrong the answers are: each output's error, a sample's, the batch's, and what the weights themselves add."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.forward import judged_of
from symbackprop.derivation.graph import TOTAL_ERROR, Instant, data_error, error_of, sample_error
from symbackprop.formats import Detail
from symbackprop.functions import Loss
from symbackprop.network import Reduction
from symbackprop.pages.document import Align, Block, Paragraph, Table
from symbackprop.pages.narrate.equations import compact, computed, equations
from symbackprop.pages.narrate.penalties import tell_penalties
from symbackprop.pages.narrate.scope import can_vanish, scope_of
from symbackprop.pages.narrate.teller import Teller, math
from symbackprop.pages.phrases import Filling
from symbackprop.typeset.formula import constant
from symbackprop.typeset.layout import Number


def tell_error(teller: Teller) -> Iterator[Block]:
    """Each output's error by the loss, what they add up to, and what the backward pass is for."""
    graph = teller.graph
    others = teller.other_instants
    yield teller.heading(1, "error.heading")
    yield from _tell_loss(teller)
    yield from _tell_sum_of_outputs(teller)
    for instant in others:
        yield from _tell_other(teller, instant, first=instant is others[0])
    if others:
        yield from _tell_batch(teller)
    if graph.shape.penalized:
        yield from tell_penalties(teller)
    if graph.shape.loss in (Loss.HALF_SQUARED, Loss.SQUARED):
        yield teller.paragraph("error.names")
    yield error_goal(teller)


def error_goal(teller: Teller) -> Paragraph:
    """What the backward pass is for."""
    total = teller.name(TOTAL_ERROR)
    if can_vanish(teller.graph.shape):
        return teller.paragraph("error.goal", total=total, zero=Number("0"))
    return teller.paragraph("error.goal_smaller", total=total)


def loss_intro(teller: Teller) -> Paragraph:
    """What the error of an output is by the network's loss."""
    return teller.paragraph(f"loss.{teller.graph.shape.loss.value}.intro", **_names(teller))


def loss_remark(teller: Teller) -> Paragraph:
    """What is striking about the network's loss."""
    return teller.paragraph(f"loss.{teller.graph.shape.loss.value}.after", **_names(teller))


def _tell_loss(teller: Teller) -> Iterator[Block]:
    yield loss_intro(teller)
    for neuron in teller.graph.outputs:
        yield equations(computed(teller, error_of(neuron)))
    yield loss_remark(teller)


def _names(teller: Teller) -> dict[str, Filling]:
    names: dict[str, Filling] = {
        "half": math(teller.with_names(constant(1, 2))),
        "eta": teller.name("eta"),
        "target": teller.name("target"),
        "out": teller.name("out"),
        "zero": Number("0"),
        "one": Number("1"),
    }
    if teller.graph.shape.loss is Loss.HUBER:
        names |= {"kappa": teller.name("kappa"), "threshold": teller.equality("kappa")}
    return names


def _tell_sum_of_outputs(teller: Teller) -> Iterator[Block]:
    """The error of the only sample, or of the one worked out."""
    shape = teller.graph.shape
    scope = scope_of(shape)
    if shape.outputs == 1:
        total = {"total": math(teller.equality(teller.error))}
        yield teller.paragraph(f"scope.only.{scope.value}", **total)
        return
    if shape.divisor > 1:
        yield teller.paragraph(f"scope.mean.{scope.value}")
    else:
        yield teller.paragraph(f"scope.sum.{scope.value}")
    yield equations(computed(teller, teller.error))


def _tell_other(teller: Teller, instant: Instant, *, first: bool) -> Iterator[Block]:
    graph = teller.graph
    judged = judged_of(graph, instant.sample)
    if teller.detail is Detail.BRIEF:
        if first:
            yield teller.paragraph("samples.errors")
            yield _table_of_errors(teller)
        return
    if first:
        yield teller.paragraph("samples.errors")
    whole = sample_error(graph.shape, instant.sample)
    yield equations(*(compact(teller, error_of(neuron)) for neuron in judged), compact(teller, whole))


def _table_of_errors(teller: Teller) -> Table:
    graph = teller.graph
    rows = []
    for instant in teller.other_instants:
        errors = tuple(teller.equality(error_of(neuron)) for neuron in judged_of(graph, instant.sample))
        whole = teller.equality(sample_error(graph.shape, instant.sample))
        rows.append((math(Number(f"{instant.sample + 1}")), teller.list_of(errors), math(whole)))
    header = tuple(teller.phrases.say(f"samples.column.{column}") for column in ("sample", "errors", "whole"))
    return Table(header=header, align=(Align.LEFT, Align.WRAPPED, Align.LEFT), rows=tuple(rows))


def _tell_batch(teller: Teller) -> Iterator[Block]:
    shape = teller.graph.shape
    mean = shape.reductions.batch is Reduction.MEAN
    number = {"number": teller.counted(shape.samples)}
    yield teller.paragraph("samples.mean" if mean else "samples.sum", **number)
    yield equations(computed(teller, data_error(shape)))
