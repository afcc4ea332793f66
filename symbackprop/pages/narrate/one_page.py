"""The summary: one page with each formula and its value, in the order in which they are calculated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeVar

from symbackprop.derivation.forward import L1_PENALTY, L1_STRENGTH, L2_PENALTY, L2_STRENGTH, THRESHOLD, judged_of
from symbackprop.derivation.gradients import share_of
from symbackprop.derivation.graph import LEARNING_RATE, TOTAL_ERROR, Neuron, data_error, error_of
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of, updated
from symbackprop.derivation.updates import STATES
from symbackprop.formats import Detail
from symbackprop.pages.document import Align, Block, Document, EquationLine, Equations, Figure, Frame, Inlines, Table
from symbackprop.pages.narrate.cases import applying
from symbackprop.pages.narrate.elision import abridged
from symbackprop.pages.narrate.equations import equations, line, value_of
from symbackprop.pages.narrate.optimizers import settings_of, steps_of
from symbackprop.pages.narrate.pictures import network_picture, shows_numbers
from symbackprop.pages.narrate.samples import table_of_samples
from symbackprop.pages.narrate.sheet import told_instants
from symbackprop.pages.narrate.story import Story, require_short
from symbackprop.pages.narrate.summary import header_of, trained
from symbackprop.pages.narrate.teller import Teller, math, words
from symbackprop.pages.narrate.through_time import is_recurrent
from symbackprop.pages.narrate.unrolled import network_over_time, shows_neurons
from symbackprop.typeset.formula import Cases, Formula, Quantity, Sum, transform
from symbackprop.typeset.layout import Operator

_COLUMN = 24.0
"""What a line of a calculation may take, in ems: the page has two columns."""

_MOST_TOGETHER = 12
"""So many lines stay together in a column."""

_MOST_ROWS = 30
"""So many parameters have the formula of their gradient in the table."""

_MOST_IN_HALF = 14
"""Of more rows than these, two halves stand side by side."""

_MOST_SAMPLES = 8
"""The numbers of so many samples are on the page."""

_MOST_NEURONS = 10
"""So many neurons, at all time steps, have formulas of their own; of more, one of each layer stands for the others."""


def tell_one_page(teller: Teller) -> Document:
    """The summary of one derivation. Raises UnsupportedError where a network is too large."""
    require_short(teller, "summary")
    return Document(
        title=words(teller.derivation.network.title_in(teller.phrases.language)),
        subtitle=teller.phrases.say("summary.subtitle"),
        language=teller.phrases.language,
        blocks=Story(partial(_tell, teller)),
        frame=Frame.ONE_PAGE,
    )


def _tell(teller: Teller) -> Iterator[Block]:
    in_time = is_recurrent(teller.graph)
    drawing = (network_over_time if in_time else network_picture)(teller)
    yield Figure(name="network", number=1, drawing=drawing, caption=teller.phrases.say(_caption(teller)))
    if not in_time and 1 < teller.graph.shape.samples <= _MOST_SAMPLES:
        yield table_of_samples(teller)
    layers = tuple(_layers(teller))
    short = sum(map(len, layers)) > _MOST_NEURONS
    yield teller.heading(1, "forward.heading")
    for neurons in _first_of_each(teller, layers, _AFTER_THE_FIRST) if short else layers:
        yield from _together([_valued(teller, id_) for neuron in neurons for id_ in (neuron.net, neuron.out)])
    yield teller.heading(1, "error.heading")
    yield from _together([_valued(teller, id_) for id_ in _errors(teller, short=short)])
    yield teller.heading(1, "summary.backward")
    for neurons in reversed(tuple(_first_of_each(teller, layers, _BEFORE_THE_LAST) if short else layers)):
        yield from _together([_backward(teller, neuron) for neuron in neurons])
    if short:
        yield from _tables_of_neurons(teller, tuple(neuron for neurons in layers for neuron in neurons))
    if first := tuple(_from_samples(teller)):
        yield from _together([_valued(teller, id_) for id_ in first])
    yield teller.heading(1, "updates.heading")
    yield equations(_rule(teller, trained(teller)[0]))
    yield from _tables(teller)


def _caption(teller: Teller) -> str:
    if is_recurrent(teller.graph):
        return "sequence.caption" if shows_neurons(teller) else "sequence.caption_grouped"
    return "network.caption" if shows_numbers(teller) else "network.caption_plain"


def _layers(teller: Teller) -> Iterator[tuple[Neuron, ...]]:
    """The neurons that are told: layer by layer, and of a sequence step by step."""
    graph = teller.graph
    if not is_recurrent(graph):
        yield from graph.layers
        return
    for instant in told_instants(graph):
        yield from (layer[instant] for layer in graph.at if instant in layer)


_AFTER_THE_FIRST, _BEFORE_THE_LAST = 1, -2
"""The time steps at which a network is like at any other: where a state comes in, where an error comes back twice."""


def _first_of_each(teller: Teller, layers: tuple[tuple[Neuron, ...], ...], step: int) -> Iterator[tuple[Neuron, ...]]:
    """The first neuron of each layer, of a sequence at one of its steps."""
    steps = teller.graph.shape.steps
    at = step % steps if steps > 1 else 0
    of_step = [layer for layer in layers if steps == 1 or layer[0].instant.step == at]
    later = [layer for layer in layers if layer[0].instant.step == steps - 1] if steps > 1 else []
    # The layers above the topmost recurrent one may be there at the last steps only.
    known = {layer[0].name for layer in of_step}
    yield from (layer[:1] for layer in (*of_step, *(it for it in later if it[0].name not in known)))


def _together(groups: Sequence[Iterator[EquationLine]]) -> Iterator[Equations]:
    """Groups of lines in blocks that a column has room for."""
    waiting: list[EquationLine] = []
    for group in groups:
        lines = tuple(group)
        if waiting and len(waiting) + len(lines) > _MOST_TOGETHER:
            yield equations(waiting)
            waiting = []
        waiting.extend(lines)
    if waiting:
        yield equations(waiting)


def _errors(teller: Teller, *, short: bool) -> Iterator[str]:
    """The errors of the outputs, and all that they add up to."""
    shape = teller.graph.shape
    judged = judged_of(teller.graph, 0) if is_recurrent(teller.graph) else teller.graph.outputs
    judged = judged[:1] if short else judged
    penalties = (*((L1_PENALTY,) if shape.l1 else ()), *((L2_PENALTY,) if shape.l2 else ()))
    yield from dict.fromkeys((*map(error_of, judged), teller.error, data_error(shape), *penalties, TOTAL_ERROR))


def _backward(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    """A neuron's delta, and the gradients that follow from it where the table has no room for them."""
    delta = delta_of(neuron)
    if delta in teller.derivation.steps:
        yield from _delta(teller, neuron)
    if not _has_formulas(teller) and not is_recurrent(teller.graph):
        yield from _valued(teller, by(teller.error, neuron.weight_ids[0]), Form.WITH_DELTA)


def _has_formulas(teller: Teller) -> bool:
    """Whether each gradient has its formula in the table."""
    return teller.detail is Detail.FULL and len(trained(teller)) <= _MOST_ROWS


def _from_samples(teller: Teller) -> Iterator[str]:
    """How the gradients of the samples make up one, and what a penalty adds to it: for the first parameter."""
    shape = teller.graph.shape
    parameter = trained(teller)[0]
    for error in dict.fromkeys((data_error(shape), TOTAL_ERROR)):
        if error != teller.error:
            yield by(error, parameter)


def _delta(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    """A neuron's delta with its factors written out; a factor that is made of cases has a line of its own before."""
    formula = _form(teller, delta_of(neuron), Form.FUSED, Form.FACTORS_WRITTEN_OUT)
    factors = (by(teller.error, neuron.out), by(neuron.out, neuron.net))
    known = {teller.derivation.formula(it): it for it in factors if it in teller.derivation.steps}
    named: list[str] = []

    def name(part: Formula) -> Formula | None:
        if not isinstance(part, Cases) or part not in known:
            return None
        named.append(known[part])
        return Quantity(known[part])

    formula = transform(formula, name)
    for factor in named:
        yield from _valued(teller, factor)
    yield from _with_value(teller, delta_of(neuron), formula)


def _valued(teller: Teller, id_: str, *wanted: Form) -> Iterator[EquationLine]:
    """A step's formula, in the first of these forms that it has, and its value."""
    yield from _with_value(teller, id_, _form(teller, id_, *wanted))


def _form(teller: Teller, id_: str, *wanted: Form) -> Formula:
    forms = teller.derivation.forms(id_)
    return next((forms[form] for form in wanted if form in forms), teller.derivation.formula(id_))


def _with_value(teller: Teller, id_: str, formula: Formula) -> Iterator[EquationLine]:
    """A formula, with all its cases if it is made of them as a whole, and its value."""
    shown = formula if isinstance(formula, Cases) else applying(teller, formula)
    yield from line(teller.name(id_), (Operator.EQUALS, abridged(teller, shown)), value_of(teller, id_), room=_COLUMN)


def _rule(teller: Teller, parameter: str) -> Iterator[EquationLine]:
    """How the first parameter is updated, and with which settings."""
    for id_ in steps_of(parameter, teller.graph.shape.rule):
        symbols = teller.with_names(teller.derivation.formula(id_))
        yield from line(teller.name(id_), (Operator.EQUALS, symbols), room=_COLUMN)
    others = (it for it in (L1_STRENGTH, L2_STRENGTH, THRESHOLD) if it in teller.derivation.given)
    for setting in (LEARNING_RATE, *settings_of(teller), *others):
        yield from line(teller.name(setting), value_of(teller, setting))


# --- Tables -----------------------------------------------------------------------------------------------


def _tables_of_neurons(teller: Teller, neurons: tuple[Neuron, ...]) -> Iterator[Table]:
    """What every neuron takes in and gives out, and its delta."""
    columns = ("neuron", "net", "out")
    delta = math(teller.name("delta"))
    header = (*(teller.phrases.say(f"forward.table.{column}") for column in columns), delta)
    for part in _cut(neurons, _MOST_IN_HALF):
        rows = tuple(
            (
                math(teller.name(f"{it.name}{it.instant.mark}")),
                *(math(teller.value(id_)) for id_ in (it.net, it.out, delta_of(it))),
            )
            for it in part
        )
        yield Table(header=header, align=(Align.LEFT, *(Align.RIGHT for _ in columns)), rows=rows)


_T = TypeVar("_T")


def _cut(items: tuple[_T, ...], most: int) -> Iterator[tuple[_T, ...]]:
    """The items in as few parts of nearly the same size as there can be."""
    size = -(-len(items) // -(-len(items) // most))
    yield from (items[start : start + size] for start in range(0, len(items), size))


def _tables(teller: Teller) -> Iterator[Table]:
    """Every parameter before and after, with its gradient and, where there is room, the formula for it."""
    parameters = trained(teller)
    formulas = _has_formulas(teller)
    # Beside the formulas, half of the page has room for these columns and no others.
    narrow = not STATES[teller.graph.shape.rule] and teller.error == TOTAL_ERROR and not is_recurrent(teller.graph)
    for part in _cut(parameters, _MOST_ROWS if formulas and not narrow else _MOST_IN_HALF):
        yield _table(teller, part, with_formulas=formulas)


def _table(teller: Teller, parameters: tuple[str, ...], *, with_formulas: bool) -> Table:
    letters = STATES[teller.graph.shape.rule]
    shares = with_formulas and teller.error != TOTAL_ERROR
    rows: list[tuple[Inlines, ...]] = []
    for parameter in parameters:
        formula = (math(abridged(teller, _gradient(teller, parameter))),) if with_formulas else ()
        own = (by(teller.error, parameter),) if shares else ()
        kept = (updated(f"{letter}_{parameter}") for letter in letters)
        ids = (*own, by(TOTAL_ERROR, parameter), *kept, updated(parameter))
        values = (math(teller.value(id_)) for id_ in ids)
        rows.append((math(teller.name(parameter)), math(teller.value(parameter)), *formula, *values))
    gradient = math(teller.name(by(TOTAL_ERROR, "w")))
    share = math(teller.name(by(teller.error, "w")))
    formulas = (share if shares else gradient,) if with_formulas else ()
    header = (
        header_of(teller, "weight"),
        header_of(teller, "before"),
        *formulas,
        *((_value(teller),) if with_formulas else ()),
        *((gradient,) if shares or not with_formulas else ()),
        *(header_of(teller, letter) for letter in letters),
        header_of(teller, "after"),
    )
    align = [Align.LEFT, *(Align.RIGHT for _ in header[1:])]
    if with_formulas:
        align[2] = Align.LEFT
    return Table(header=header, align=tuple(align), rows=tuple(rows))


def _value(teller: Teller) -> Inlines:
    return teller.phrases.say("time.table.value")


def _gradient(teller: Teller, parameter: str) -> Formula:
    """The gradient of the error that is told, by deltas; of a sequence, the sum over its steps."""
    graph = teller.graph
    depth = next(
        depth
        for depth, layer in enumerate(graph.layers)
        if any(parameter in (*neuron.weight_ids, neuron.bias) for neuron in layer)
    )
    instants = [it for it in graph.at[depth] if it.sample == graph.layers[-1][0].instant.sample]
    shares = [share_of(graph, depth, instant, parameter) for instant in instants]
    terms = tuple(applying(teller, teller.derivation.forms(share)[Form.WITH_DELTA]) for share in shares)
    return terms[0] if len(terms) == 1 else Sum(terms)
