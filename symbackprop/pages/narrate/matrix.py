"""The matrix view: what the matrices hold, and the forward pass with one formula for a whole layer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from symbackprop.derivation.matrices import Leaf, MatrixName, MatrixRule, Role, Softmax
from symbackprop.derivation.matrix_plan import plan_matrices
from symbackprop.derivation.matrix_proof import written_out
from symbackprop.formats import View
from symbackprop.pages.document import Align, Block, Inlines, Note, Table
from symbackprop.pages.narrate.equations import equations
from symbackprop.pages.narrate.matrix_backward import tell_backward
from symbackprop.pages.narrate.matrix_lines import step_lines, value_line
from symbackprop.pages.narrate.matrix_symbols import MatrixSymbols
from symbackprop.pages.narrate.matrix_teller import MatrixTeller
from symbackprop.pages.narrate.scope import scope_of
from symbackprop.pages.narrate.teller import Teller, math
from symbackprop.typeset.layout import Number, Operator, Row, Symbol
from symbackprop.typeset.matrices import transposed


def tell_matrices(teller: Teller) -> Iterator[Block]:
    """All chapters of the matrix view."""
    derivation = teller.derivation
    told = MatrixTeller(
        teller=teller,
        plan=plan_matrices(derivation.network, derivation.steps),
        symbols=MatrixSymbols(network=derivation.network, namer=teller.namer),
    )
    yield from _tell_opening(told)
    yield from _tell_forward_pass(told)
    yield from _tell_error(told)
    yield from tell_backward(told)


# --- What there is ----------------------------------------------------------------------------------------


def _tell_opening(told: MatrixTeller) -> Iterator[Block]:
    teller, network = told.teller, told.teller.derivation.network
    alone = teller.view is View.MATRIX
    yield teller.heading(1, "matrix.heading_alone" if alone else "matrix.heading")
    yield teller.paragraph("matrix.idea_rows" if told.rowwise else "matrix.idea")
    yield teller.paragraph("matrix.alone" if alone else "matrix.same")
    yield teller.paragraph("matrix.proved" if _is_small(told) else "matrix.proved_large")
    yield _rules(told)
    if len(network.samples) > 1:
        count = teller.counted(len(network.samples))
        yield teller.paragraph("matrix.batch.rows" if told.rowwise else "matrix.batch.columns", samples=count)
        if any(layer.biases is not None for layer in network.layers):
            yield teller.paragraph("matrix.batch.ones", ones=told.symbols.ones)
    if network.steps > 1:
        yield teller.paragraph("matrix.time", steps=teller.counted(network.steps))
    yield teller.paragraph("matrix.shapes")
    yield _table_of_shapes(told)
    yield teller.paragraph("matrix.numbers")
    given = [name for name in _in_order(told) if name.role in _GIVEN and (name.role is not Role.OUT or _starts(name))]
    for _, group in groupby(given, key=lambda name: (name.role is Role.TARGET, name.layer)):
        yield equations(*(value_line(told, name) for name in group))


def _is_small(told: MatrixTeller) -> bool:
    """Whether every entry of every matrix was compared as a formula, too."""
    shapes = (told.dimensions(step.target) for step in told.plan.steps)
    return all(len(written_out(rows, columns)) == rows * columns for rows, columns in shapes)


def _starts(name: MatrixName) -> bool:
    """Whether outputs are given: the inputs, and what a recurrent layer begins with."""
    return name.layer == 0 or name.step == 0


def _in_order(told: MatrixTeller) -> list[MatrixName]:
    """The matrices of the network: from the inputs through the layers to the targets, deltas last."""
    roles = list(_MEANINGS)
    names = [name for name in told.plan.quantities if name.role in roles and name.of is None and name.sample is None]
    last = {Role.TARGET: 1, Role.DELTA: 2}
    return sorted(names, key=lambda name: (last.get(name.role, 0), name.layer, roles.index(name.role), name.step or 0))


_GIVEN = (Role.OUT, Role.TARGET, Role.WEIGHTS, Role.RECURRENT, Role.BIAS)


def _rules(told: MatrixTeller) -> Note:
    """How matrix formulas are read, with the first layer's dimensions as the example."""
    say = told.teller.phrases.say
    rows, columns = told.dimensions(MatrixName(role=Role.WEIGHTS, layer=1))
    samples = len(told.teller.derivation.network.samples)
    high, wide = (samples, rows) if told.rowwise else (rows, samples)
    sizes = {"left": _size(high, columns), "right": _size(columns, wide), "whole": _size(high, wide)}
    transposition = math(transposed(Symbol("W")))
    return Note(
        title=say("matrix.rules.title"),
        content=(
            say("matrix.rules.product", **sizes),
            say("matrix.rules.hadamard", sign=Symbol("odot")),
            say("matrix.rules.transpose", transposed=transposition, matrix=Symbol("W")),
            say("matrix.rules.function", sign=Symbol("odot")),
        ),
    )


def _size(rows: int, columns: int) -> Inlines:
    return math(Row((Number(str(rows)), Operator.TIMES, Number(str(columns)))))


def _table_of_shapes(told: MatrixTeller) -> Table:
    """Each matrix once, with its dimensions: of several time steps only the first."""
    say = told.teller.phrases.say
    seen: set[tuple[Role, int]] = set()
    rows = []
    for name in _in_order(told):
        key = (name.role, name.layer)
        if key in seen or name.step == 0:
            continue
        seen.add(key)
        meaning = "matrix.meaning.inputs" if key == (Role.OUT, 0) else _MEANINGS[name.role]
        rows.append((math(told.named(name)), told.layer(name.layer), _size(*told.dimensions(name)), say(meaning)))
    columns = ("symbol", "layer", "dimensions", "meaning")
    header = tuple(say(f"matrix.table.{column}") for column in columns)
    return Table(header=header, align=(Align.LEFT,) * len(columns), rows=tuple(rows))


_MEANINGS = {
    Role.WEIGHTS: "matrix.meaning.weights",
    Role.RECURRENT: "matrix.meaning.recurrent",
    Role.BIAS: "matrix.meaning.bias",
    Role.NET: "matrix.meaning.net",
    Role.OUT: "matrix.meaning.out",
    Role.TARGET: "matrix.meaning.target",
    Role.DELTA: "matrix.meaning.delta",
}


# --- Forward ----------------------------------------------------------------------------------------------


def _tell_forward_pass(told: MatrixTeller) -> Iterator[Block]:
    teller = told.teller
    yield teller.heading(1, "matrix.forward.heading")
    yield teller.paragraph("matrix.forward.intro")
    first = True
    for step in told.plan.steps:
        if step.rule is MatrixRule.WEIGHTED_SUM:
            yield _layer_heading(told, step.target)
            weights = told.named(MatrixName(role=Role.WEIGHTS, layer=step.target.layer))
            opening = "matrix.forward.net_first_rows" if told.rowwise else "matrix.forward.net_first"
            key = opening if first else "matrix.forward.net"
            yield teller.paragraph(key, weights=weights, net=told.named(step.target))
            yield equations(step_lines(told, step))
        elif step.rule is MatrixRule.ACTIVATION:
            key = "matrix.forward.out_first" if first else "matrix.forward.out"
            if isinstance(step.expression, Softmax):
                key = "matrix.forward.softmax"
            function = told.symbols.function(step.target.layer)
            yield teller.paragraph(key, function=function, out=told.named(step.target))
            yield equations(step_lines(told, step))
            first = False if key == "matrix.forward.out_first" else first


def _layer_heading(told: MatrixTeller, name: MatrixName) -> Block:
    """A heading of its own for each layer, and each time step."""
    layer = told.layer(name.layer)
    if name.step is None:
        return told.teller.heading(2, "matrix.layer.heading", layer=layer)
    return told.teller.heading(2, "matrix.layer.heading_at", layer=layer, step=str(name.step))


def _tell_error(told: MatrixTeller) -> Iterator[Block]:
    teller = told.teller
    yield teller.heading(2, "matrix.error.heading")
    yield teller.paragraph("matrix.error.intro")
    for step in told.plan.steps:
        symbol = told.named(step.target)
        match step.rule:
            case MatrixRule.LOSS:
                yield equations(step_lines(told, step))
            case MatrixRule.SUM_OF_ERRORS if isinstance(step.expression, Leaf):
                ((total,),) = told.grid(step.target)
                scope = scope_of(teller.derivation.graph.shape).value
                yield teller.paragraph(f"scope.only.{scope}", total=teller.equality(total))
            case MatrixRule.SUM_OF_ERRORS:
                yield teller.paragraph("matrix.error.total", ones=told.symbols.ones, total=symbol)
                yield equations(step_lines(told, step))
            case MatrixRule.PENALTY_ON_WEIGHTS:
                key = "magnitudes" if step.target.role is Role.L1_PENALTY else "squares"
                yield teller.paragraph(f"matrix.error.{key}", penalty=symbol, ones=told.symbols.ones)
                yield equations(step_lines(told, step))
            case MatrixRule.PENALIZED_ERROR:
                yield teller.paragraph("matrix.error.penalized", total=symbol)
                yield equations(step_lines(told, step))
            case _:
                continue
