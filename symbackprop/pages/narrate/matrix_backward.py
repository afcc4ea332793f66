"""The backward pass in matrices: deltas, why the transpose is where it is, gradients and updates."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Hadamard,
    Leaf,
    MatMul,
    MatrixName,
    MatrixRule,
    MatrixStep,
    Role,
    Transpose,
)
from symbackprop.formats import View
from symbackprop.functions import Activation
from symbackprop.network import HiddenGradients
from symbackprop.pages.document import Block, Inlines
from symbackprop.pages.narrate.activations import tell_activation_derivative
from symbackprop.pages.narrate.equations import equations, line
from symbackprop.pages.narrate.matrix_lines import entry_line, formula_line, result_line, step_lines, value_line
from symbackprop.pages.narrate.matrix_teller import MatrixTeller
from symbackprop.typeset.layout import Dots, Operator
from symbackprop.typeset.matrices import transposed

_EXAMPLES = 2
"""So many entries are shown index by index."""

_MOST_LISTED = 5


def tell_backward(told: MatrixTeller) -> Iterator[Block]:
    """Layer by layer from the outputs: the deltas, then what they say about the parameters."""
    teller, network = told.teller, told.teller.derivation.network
    last = len(network.layers)
    yield teller.heading(1, "matrix.backward.heading")
    yield teller.paragraph("matrix.backward.intro")
    if teller.view is View.MATRIX:
        entrywise = (layer.activation for layer in network.layers if layer.activation is not Activation.SOFTMAX)
        for activation in dict.fromkeys(entrywise):
            yield from tell_activation_derivative(teller, activation)
    for layer in range(last, 0, -1):
        yield teller.heading(2, "matrix.delta.heading", layer=told.layer(layer))
        steps = [step for step in told.plan.steps if step.target.layer == layer]
        yield from _tell_deltas(told, layer, steps)
        yield from _tell_gradients(told, layer, steps)


# --- Deltas -----------------------------------------------------------------------------------------------


def _tell_deltas(told: MatrixTeller, layer: int, steps: list[MatrixStep]) -> Iterator[Block]:
    teller = told.teller
    last = len(teller.derivation.network.layers)
    explained = layer != _explained_at(told)
    time: int | None = None
    for step in steps:
        symbol = told.named(step.target)
        if step.rule is MatrixRule.BACK and not explained:
            yield from _tell_transpose(told, step)
            explained = True
        if step.rule in _OPENING and step.target.step != time:
            time = step.target.step
            yield teller.heading(3, "matrix.delta.at_step", step=str(time))
        match step.rule:
            case MatrixRule.DERIVATIVE_OF_ERROR:
                later = isinstance(step.expression, Add)
                key = "matrix.delta.error_and_later" if later else "matrix.delta.error"
                yield teller.paragraph(key, slope=symbol)
                yield equations(step_lines(told, step))
            case MatrixRule.BACK:
                if layer == last - 1 and _is_mistaken(told):
                    yield teller.paragraph("matrix.why.updated", weights=told.named(_weights_back(told, step)))
                yield teller.paragraph(_way_back(step), slope=symbol)
                yield equations(step_lines(told, step))
            case MatrixRule.DERIVATIVE_OF_ACTIVATION:
                yield teller.paragraph("matrix.delta.squash", slope=symbol)
                yield equations(step_lines(told, step))
            case MatrixRule.DELTA if isinstance(step.expression, Hadamard):
                key = "matrix.delta.hadamard" if layer == last else "matrix.delta.hadamard_again"
                yield teller.paragraph(key, delta=symbol)
                yield equations(step_lines(told, step, *_in_one(told, step)))
            case MatrixRule.DELTA:
                yield from _tell_jacobian(told, step)
            case MatrixRule.FUSED_DELTA:
                yield teller.paragraph("matrix.delta.fused", delta=symbol)
                yield equations(step_lines(told, step))
            case _:
                pass


def _tell_jacobian(told: MatrixTeller, step: MatrixStep) -> Iterator[Block]:
    """Softmax: the first sample in full; with the last, what all of them give together."""
    teller, jacobian = told.teller, _jacobian(step)
    if jacobian.sample in (None, 1):
        yield teller.paragraph("matrix.delta.jacobian", jacobian=told.named(jacobian))
        row = told.grid(jacobian)[0][:_EXAMPLES]
        yield equations(*(formula_line(told, id_) for id_ in row))
        yield teller.paragraph("matrix.delta.jacobian_back", delta=told.named(step.target))
        yield equations(value_line(told, jacobian), step_lines(told, step))
    if jacobian.sample == len(teller.derivation.network.samples) > 1:
        together = MatrixName(role=Role.DELTA, layer=step.target.layer, step=step.target.step)
        key = "matrix.delta.jacobian_rows" if told.rowwise else "matrix.delta.jacobian_columns"
        yield teller.paragraph(key, delta=told.named(together))
        yield equations(result_line(told, together))


_OPENING = (MatrixRule.DERIVATIVE_OF_ERROR, MatrixRule.BACK)


def _way_back(step: MatrixStep) -> str:
    """What to say of the ways on which the error comes back: from above, from the next time step, or both."""
    match step.expression:
        case Add():
            return "matrix.delta.back_both"
        case MatMul(left=Transpose(body=Leaf(name=name))) | MatMul(right=Leaf(name=name)):
            return "matrix.delta.back_later" if name.role is Role.RECURRENT else "matrix.delta.back"
        case _:
            return "matrix.delta.back"


def _explained_at(told: MatrixTeller) -> int:
    """The hidden layer with which the transpose is explained: the first on the way back where sums are sums."""
    widths = told.teller.derivation.network.widths
    hidden = range(len(widths) - 2, 0, -1)
    several = [layer for layer in hidden if widths[layer] > 1 and widths[layer + 1] > 1]
    return next(iter(several), len(widths) - 2)


def _jacobian(step: MatrixStep) -> MatrixName:
    match step.expression:
        case MatMul(left=Transpose(body=Leaf(name=name))):
            return name
        case _:
            raise ValueError(f"no Jacobian: {step.expression}")


def _in_one(told: MatrixTeller, step: MatrixStep) -> Iterator[Expression]:
    """The delta in one formula, where the error comes back over weights: (W^T delta) and the derivative."""
    match step.expression:
        case Hadamard(left=Leaf(name=slope), right=squash):
            before = told.plan.step(slope)
            if before.rule is MatrixRule.BACK:
                yield Hadamard(before.expression, squash)
        case _:
            pass


def _tell_transpose(told: MatrixTeller, step: MatrixStep) -> Iterator[Block]:
    """Index by index, once: the error of a neuron comes back over a column of the weights."""
    teller = told.teller
    over = _weights_back(told, step)
    above, plain = told.grid(over), told.named(over)
    if told.rowwise and len(above) == 1:
        return
    rowwise = told.rowwise
    places = [(0, index) if rowwise else (index, 0) for index in range(min(_EXAMPLES, len(above[0])))]
    yield teller.heading(3, "matrix.why.heading_rows" if rowwise else "matrix.why.heading")
    original = MatrixName(role=Role.WEIGHTS, layer=over.layer)
    forward, row = told.named(original), _listed(told, told.grid(original)[0])
    yield teller.paragraph("matrix.why.forward", weights=forward, row=row)
    yield equations(line(forward, (Operator.EQUALS, told.with_names(told.grid(original)))))
    yield teller.paragraph("matrix.why.back")
    yield equations(*(entry_line(told, step, row, column) for row, column in places))
    column = _listed(told, tuple(row[0] for row in above))
    delta = told.named(MatrixName(role=Role.DELTA, layer=step.target.layer + 1, step=step.target.step))
    if rowwise:
        yield teller.paragraph("matrix.why.rows", weights=plain, column=column, delta=delta)
        return
    key = "matrix.why.single" if len(above) == 1 else "matrix.why.column"
    if len(above) > 1 == len(above[0]):
        key = "matrix.why.only_column"
    yield teller.paragraph(key, weights=plain, column=column, turned=transposed(plain))
    turned = tuple(zip(*above, strict=True))
    yield equations(line(transposed(plain), (Operator.EQUALS, told.with_names(turned))))


def _listed(told: MatrixTeller, ids: tuple[str, ...]) -> Inlines:
    """Ids in a sentence, dots for those in the middle where there are many."""
    names = [told.teller.name(id_) for id_ in ids]
    if len(names) > _MOST_LISTED:
        names = [*names[:_EXAMPLES], Dots.ACROSS, names[-1]]
    return told.teller.list_of(tuple(names))


def _weights_back(told: MatrixTeller, step: MatrixStep) -> MatrixName:
    """The weights of the layer above, over which the error comes back."""
    above = step.target.layer + 1
    if _is_mistaken(told):
        return MatrixName(role=Role.UPDATED, layer=above, of=Role.WEIGHTS)
    return MatrixName(role=Role.WEIGHTS, layer=above)


def _is_mistaken(told: MatrixTeller) -> bool:
    """Whether the network's file asks for updated weights on the way back."""
    return told.teller.derivation.network.training.hidden_gradients is HiddenGradients.UPDATED


# --- Gradients --------------------------------------------------------------------------------------------


def _tell_gradients(told: MatrixTeller, layer: int, steps: list[MatrixStep]) -> Iterator[Block]:
    teller = told.teller
    last = len(teller.derivation.network.layers)
    yield teller.heading(2, "matrix.gradient.heading", layer=told.layer(layer))
    for step in steps:
        symbol = told.named(step.target)
        match step.rule, step.target.of:
            case MatrixRule.GRADIENT, Role.WEIGHTS:
                if layer == last:
                    yield from _tell_outer_product(told, step)
                else:
                    yield teller.paragraph("matrix.gradient.again", gradient=symbol)
                yield equations(step_lines(told, step))
            case MatrixRule.GRADIENT, Role.RECURRENT:
                yield teller.paragraph("matrix.gradient.recurrent", gradient=symbol)
                yield equations(step_lines(told, step))
            case MatrixRule.GRADIENT, _:
                yield teller.paragraph("matrix.gradient.bias", gradient=symbol)
                yield equations(step_lines(told, step))
            case MatrixRule.PENALTY, of:
                key = "matrix.gradient.no_penalty" if of is Role.BIAS else "matrix.gradient.penalty"
                yield teller.paragraph(key, gradient=symbol)
                yield equations(step_lines(told, step))
            case MatrixRule.STATE, Role() as of:
                states = [it for it in steps if it.rule is MatrixRule.STATE and it.target.of is of]
                if step is states[0]:
                    key = "matrix.update.state" if of is Role.WEIGHTS and layer == last else "matrix.update.state_again"
                    yield teller.paragraph(key, parameter=told.named(MatrixName(role=of, layer=layer)))
                    yield equations(*(step_lines(told, it) for it in states))
            case MatrixRule.UPDATE, _:
                first = layer == last and step.target.of is Role.WEIGHTS
                yield teller.paragraph("matrix.update.intro" if first else "matrix.update.again", updated=symbol)
                yield equations(step_lines(told, step))
            case _:
                pass


def _tell_outer_product(told: MatrixTeller, step: MatrixStep) -> Iterator[Block]:
    """Why a column times a row: every delta of the layer meets every input of it."""
    teller = told.teller
    rows, columns = told.dimensions(step.target)
    places = [(row, column) for row in range(min(_EXAMPLES, rows)) for column in range(min(_EXAMPLES, columns))]
    yield teller.paragraph("matrix.gradient.entries")
    yield equations(*(entry_line(told, step, row, column) for row, column in places))
    several = len(teller.derivation.network.samples) > 1 or teller.derivation.network.steps > 1
    key = "matrix.gradient.outer_summed" if several else "matrix.gradient.outer"
    yield teller.paragraph(key, gradient=told.named(step.target))
