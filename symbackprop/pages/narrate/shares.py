"""The gradients of weights that work at several time steps: each step's share, their sum, and the update."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.gradients import share_of
from symbackprop.derivation.graph import TOTAL_ERROR, Instant, Neuron, biases_of, data_error, sample_error
from symbackprop.derivation.pattern import Form
from symbackprop.derivation.steps import by, delta_of, updated
from symbackprop.formats import Detail
from symbackprop.functions import Activation
from symbackprop.network import Rule
from symbackprop.pages.document import Align, Block, EquationLine, Inlines, Table
from symbackprop.pages.narrate.equations import computed, equations, in_blocks, in_names, in_numbers, line, worked
from symbackprop.pages.narrate.factors import tell_first_update, tell_update
from symbackprop.pages.narrate.signs import tell_sign
from symbackprop.pages.narrate.summary import names_of_rows
from symbackprop.pages.narrate.teller import Teller, math
from symbackprop.records import record
from symbackprop.typeset.layout import Operator


@record(kw_only=True)
class Shares:
    """The shares that make up one parameter's gradient: of each sample, the neurons that it feeds at each step."""

    depth: int
    parameter: str
    fed: tuple[tuple[Instant, tuple[Neuron, ...]], ...]


def tell_layer_gradients(teller: Teller, depth: int) -> Iterator[Block]:
    """The gradient and the update of every weight into a layer, and of its biases if they learn."""
    graph = teller.graph
    layer = graph.layers[depth]
    first = layer[0].weight_ids[0]
    recurrent = layer[0].weight_ids[-len(layer)] if graph.shape.layers[depth].recurrent else None
    told = [weight for neuron in layer for weight in neuron.weight_ids]
    if teller.detail is Detail.BRIEF:
        told = [first] if recurrent is None else [first, recurrent]
    for index, neuron in enumerate(layer):
        for weight in neuron.weight_ids:
            if weight not in told:
                continue
            yield teller.heading(2, "weight.heading", weight=teller.name(weight), total=teller.name(TOTAL_ERROR))
            yield from _tell_weight(teller, _shares_of(teller, depth, weight, index), is_first=weight == first)
            yield from _tell_update(teller, weight, is_first=depth == len(graph.at) - 1 and weight == first)
    yield from _tell_biases(teller, depth)
    if teller.detail is Detail.BRIEF:
        yield from _tell_rest(teller, depth, tuple(told))


def _shares_of(teller: Teller, depth: int, parameter: str, index: int) -> Shares:
    at = teller.graph.at[depth]
    fed = tuple((instant, (neurons[index],)) for instant, neurons in at.items())
    return Shares(depth=depth, parameter=parameter, fed=fed)


def _tell_weight(teller: Teller, shares: Shares, *, is_first: bool) -> Iterator[Block]:
    """The third factor at each step of the first sample, the shares, and their sum."""
    graph = teller.graph
    weight, depth = shares.parameter, shares.depth
    own = [(instant, neurons[0]) for instant, neurons in shares.fed if instant.sample == 0]
    start = own[0][1]
    position = start.weight_ids.index(weight)
    before = position - (len(start.weight_ids) - len(graph.layers[depth]))
    through_time = graph.shape.layers[depth].recurrent and before >= 0
    if through_time:
        state = start.sources[position]
        yield teller.paragraph("time.recurrent_weight", weight=teller.name(weight), state=math(teller.equality(state)))
    else:
        softmax = graph.shape.layers[depth].activation is Activation.SOFTMAX
        key = "time.other_factor" if softmax else "time.third_factor"
        yield teller.paragraph(key, weight=teller.name(weight))
    first, *later = (by(neuron.net, weight) for _, neuron in own)
    start_of_all = worked(teller, first) if is_first else computed(teller, first)
    yield from in_blocks((start_of_all, *(computed(teller, it) for it in later)))
    if is_first and graph.shape.layers[depth].recurrent and len(own) > 1:
        last = own[-1][1]
        yield teller.note(
            "time.immediate",
            weight=teller.name(weight),
            net=teller.name(last.net),
            state=teller.name(last.sources[-len(graph.layers[depth])]),
            factor=teller.name(by(last.net, weight)),
            delta=teller.name(delta_of(own[-2][1])),
        )
    yield teller.paragraph("time.products" if len(own) > 1 else "time.product")
    for _, neuron in own:
        yield equations(_share(teller, shares, neuron.instant))
    yield from _tell_sums(teller, shares)


def _share(teller: Teller, shares: Shares, instant: Instant) -> Iterator[EquationLine]:
    """One share in its factors, then with delta and numbers."""
    share = share_of(teller.graph, shares.depth, instant, shares.parameter)
    formula = teller.derivation.formula(share)
    yield from line(teller.name(share), (Operator.EQUALS, teller.with_names(formula)))
    yield from _with_delta(teller, share, first=False)


def _with_delta(teller: Teller, share: str, *, first: bool) -> Iterator[EquationLine]:
    short = teller.derivation.forms(share)[Form.WITH_DELTA]
    yield from in_names(teller, short, left=teller.name(share) if first else None)
    yield from in_numbers(teller, share, short, left=None)


def _tell_sums(teller: Teller, shares: Shares) -> Iterator[Block]:
    """What the shares of the steps, and then of the samples, add up to; the penalty's part; what the sign means."""
    graph = teller.graph
    shape, parameter = graph.shape, shares.parameter
    unrolled = len(shares.fed) > shape.samples
    if unrolled:
        yield teller.paragraph("time.sum", parameter=teller.name(parameter))
        yield equations(computed(teller, by(sample_error(shape, 0), parameter)))
    if shape.samples > 1:
        yield teller.paragraph("time.other_samples")
        for sample in range(1, shape.samples):
            instants = [instant for instant, _ in shares.fed if instant.sample == sample]
            lines = [_with_delta(teller, share_of(graph, shares.depth, it, parameter), first=True) for it in instants]
            if unrolled:
                lines.append(computed(teller, by(sample_error(shape, sample), parameter)))
            yield from in_blocks(lines)
        key = "time.sum_of_samples" if shape.batch_divisor == 1 else "time.mean_of_samples"
        yield teller.paragraph(key, parameter=teller.name(parameter))
        yield equations(computed(teller, by(data_error(shape), parameter)))
    if shape.penalized:
        is_bias = parameter in graph.shared_biases
        yield teller.paragraph("time.no_penalty" if is_bias else "time.penalty", parameter=teller.name(parameter))
        yield equations(computed(teller, by(TOTAL_ERROR, parameter)))
    if shape.rule is Rule.SGD:
        yield from tell_sign(teller, TOTAL_ERROR, parameter)


def _tell_update(teller: Teller, parameter: str, *, is_first: bool) -> Iterator[Block]:
    """The step downhill; that of another optimizer is told when all gradients are known."""
    if teller.graph.shape.rule is not Rule.SGD:
        return
    if is_first:
        yield from tell_first_update(teller, parameter)
        return
    yield teller.paragraph("update.again")
    yield from tell_update(teller, parameter)


# --- Biases -------------------------------------------------------------------------------------------------


def _tell_biases(teller: Teller, depth: int) -> Iterator[Block]:
    graph = teller.graph
    biases = biases_of(graph.layers[depth])
    if not biases:
        return
    if not graph.shape.update_biases:
        listed = teller.list_of(tuple(map(teller.name, biases)))
        yield teller.paragraph("bias.frozen.one" if len(biases) == 1 else "bias.frozen.many", biases=listed)
        return
    if teller.detail is Detail.BRIEF:
        return
    for bias in biases:
        at = graph.at[depth]
        fed = tuple((it, tuple(neuron for neuron in neurons if neuron.bias == bias)) for it, neurons in at.items())
        shares = Shares(depth=depth, parameter=bias, fed=fed)
        yield teller.heading(2, "weight.heading", weight=teller.name(bias), total=teller.name(TOTAL_ERROR))
        neurons = fed[0][1]
        own = [(instant, fed_then) for instant, fed_then in fed if instant.sample == 0]
        names = teller.list_of(tuple(map(teller.neuron_name, neurons)))
        yield teller.paragraph(_bias_key(len(own), len(neurons)), bias=teller.name(bias), neurons=names)
        for number, (instant, fed_then) in enumerate(own):
            locals_ = [by(neuron.net, bias) for neuron in fed_then]
            tell = worked if number == 0 else computed
            yield equations(*(tell(teller, it) for it in locals_))
            yield equations(_share(teller, shares, instant))
        yield from _tell_sums(teller, shares)
        yield from _tell_update(teller, bias, is_first=False)


def _bias_key(steps: int, neurons: int) -> str:
    if steps == 1:
        return "time.bias_once.one" if neurons == 1 else "time.bias_once.many"
    return "time.bias.one" if neurons == 1 else "time.bias.many"


# --- Brief --------------------------------------------------------------------------------------------------


def _tell_rest(teller: Teller, depth: int, told: tuple[str, ...]) -> Iterator[Block]:
    """The parameters that were not worked out: every share as delta times input, then gradients and new values."""
    graph = teller.graph
    layer = graph.layers[depth]
    rest = [weight for neuron in layer for weight in neuron.weight_ids if weight not in told]
    if graph.shape.update_biases:
        rest += biases_of(layer)
    if not rest:
        return
    yield teller.paragraph("time.rest_of_weights")
    if len(graph.at[depth]) > 1:
        rows: list[tuple[Inlines, ...]] = []
        for parameter in rest:
            for instant in graph.at[depth]:
                share = share_of(graph, depth, instant, parameter)
                form = teller.derivation.forms(share)[Form.WITH_DELTA]
                rows.append((math(teller.name(share)), math(teller.with_names(form)), math(teller.value(share))))
        yield _table(teller, ("share", "formula", "value"), rows)
    # The step of another optimizer has a chapter of its own.
    columns = ("weight", "before", "gradient", *(("after",) if graph.shape.rule is Rule.SGD else ()))
    summary: list[tuple[Inlines, ...]] = []
    for parameter in rest:
        gradient = by(TOTAL_ERROR, parameter)
        shown = (teller.value(parameter), teller.value(gradient), teller.value(updated(parameter)))
        summary.append((math(teller.name(parameter)), *map(math, shown[: len(columns) - 1])))
    yield _table(teller, columns, summary)


def _table(teller: Teller, columns: tuple[str, ...], rows: list[tuple[Inlines, ...]]) -> Table:
    gradient = teller.name(by(TOTAL_ERROR, "w"))
    keys = {"share": "time.table.share", "value": "time.table.value", "weight": names_of_rows(teller)}
    header = tuple(teller.phrases.say(keys.get(it, f"column.{it}"), gradient=gradient) for it in columns)
    align = tuple(Align.LEFT if column in {"weight", "share", "formula"} else Align.RIGHT for column in columns)
    return Table(header=header, align=align, rows=tuple(rows))
