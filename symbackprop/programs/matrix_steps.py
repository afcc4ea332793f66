"""The matrix steps of a round as a program takes them: what is needed, in an order that allows updates in place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Grid,
    Hadamard,
    Leaf,
    Map,
    MatMul,
    MatrixName,
    MatrixPlan,
    MatrixRule,
    Ones,
    Role,
    Scale,
    Softmax,
    Subtract,
    Transpose,
)
from symbackprop.derivation.matrix_plan import plan_matrices
from symbackprop.functions import Activation, Loss
from symbackprop.network import BatchAs, HiddenGradients
from symbackprop.records import record

SCALARS = (Role.DATA_ERROR, Role.TOTAL_ERROR, Role.L1_PENALTY, Role.L2_PENALTY)
"""What is a single number in every network."""

_UPDATES = (
    Role.NEXT_FIRST_MOMENT,
    Role.NEXT_SECOND_MOMENT,
    Role.CORRECTED_FIRST_MOMENT,
    Role.CORRECTED_SECOND_MOMENT,
    Role.UPDATED,
)
_LETTERS = {
    Role.FIRST_MOMENT: "m_",
    Role.NEXT_FIRST_MOMENT: "m_",
    Role.SECOND_MOMENT: "v_",
    Role.NEXT_SECOND_MOMENT: "v_",
    Role.CORRECTED_FIRST_MOMENT: "mhat_",
    Role.CORRECTED_SECOND_MOMENT: "vhat_",
    Role.UPDATED: "",
}


@record
class SoftmaxBack:
    """The deltas of a softmax layer: the slopes of each sample through the Jacobian."""

    out: MatrixName
    slope: MatrixName


@record(kw_only=True)
class MatrixLine:
    """One assignment of a program over matrices."""

    target: MatrixName
    value: Expression | SoftmaxBack


@dataclass(frozen=True, kw_only=True)
class MatrixSteps:
    """The matrices of one derivation: their variables, and the lines in order."""

    derivation: Derivation

    @cached_property
    def plan(self) -> MatrixPlan:
        """The matrix view of the derivation."""
        return plan_matrices(self.derivation.network, self.derivation.steps)

    @property
    def rowwise(self) -> bool:
        """Whether samples are rows."""
        network = self.derivation.network
        return len(network.samples) > 1 and network.writing.batch is BatchAs.ROWS

    # --- Names ----------------------------------------------------------------------------------------------

    def name(self, name: MatrixName) -> str:
        """The variable that holds a matrix."""
        step = "" if name.step is None else f"_t{name.step}"
        return f"{self._letter(name)}{step}"

    def _letter(self, name: MatrixName) -> str:
        layer = name.layer
        match name.role:
            case Role.OUT if layer == 0:
                return "x"
            case Role.TARGET:
                return "y"
            case Role.ERRORS:
                return "errors"
            case role if role in SCALARS:
                return self.plan.quantities[name].entries[0][0]
            case Role.OUT_SLOPE:
                return f"dE_da{layer}"
            case Role.SQUASH_SLOPE:
                return f"da{layer}_dz{layer}"
            case Role.DELTA:
                return f"delta{layer}"
            case Role.DATA_GRADIENT:
                return f"dE_data_d{self._parameter(name)}"
            case Role.GRADIENT:
                return f"dE_d{self._parameter(name)}"
            case role if role in _LETTERS:
                return f"{_LETTERS[role]}{self._parameter(name)}"
            case role:
                return f"{role.value}{layer}"

    @staticmethod
    def _parameter(name: MatrixName) -> str:
        return f"{(name.of or name.role).value}{name.layer}"

    # --- Lines ----------------------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> tuple[MatrixLine, ...]:
        """Every assignment of a round that something depends on."""
        lines = list(self._planned())
        wanted = {line.target for line in lines if line.target.role in (*_UPDATES, *SCALARS)}
        wanted |= {name for line in lines for name in _leaves(line.value) if line.target in wanted}
        kept: list[MatrixLine] = []
        for line in reversed(lines):
            if line.target in wanted:
                wanted |= set(_leaves(line.value))
                kept.append(line)
        kept.reverse()
        if self.derivation.network.training.hidden_gradients is HiddenGradients.UPDATED:
            return tuple(kept)
        # An update overwrites its parameter, so nothing that uses it may come later.
        return (*(it for it in kept if not is_update(it)), *(it for it in kept if is_update(it)))

    def _planned(self) -> Iterator[MatrixLine]:
        """The plan's steps, but a softmax layer's deltas at once: sample by sample only where nothing cancels."""
        fused = {step.target for step in self.plan.steps if step.rule is MatrixRule.FUSED_DELTA}
        for step in self.plan.steps:
            name = step.target
            if name.role is Role.DELTA and (short := self._short_delta(name)) is not None:
                yield MatrixLine(target=name, value=short)
                continue
            if not any(leaf.role is Role.JACOBIAN for leaf in _leaves(step.expression)):
                yield MatrixLine(target=name, value=step.expression)
                continue
            whole = MatrixName(role=Role.DELTA, layer=name.layer, step=name.step)
            if whole not in fused and name.sample in (None, 1):
                yield self._through_softmax(whole)

    def _short_delta(self, name: MatrixName) -> Expression | None:
        """The delta a - y of sigmoid and binary cross-entropy: a saturated neuron's two factors are 0 and no number."""
        network = self.derivation.network
        if name.layer != len(network.layers) or network.training.loss is not Loss.BINARY_CROSS_ENTROPY:
            return None
        if network.layers[-1].activation is not Activation.SIGMOID:
            return None
        out, target, slope = (
            MatrixName(role=role, layer=name.layer, step=name.step) for role in (Role.OUT, Role.TARGET, Role.OUT_SLOPE)
        )
        difference = Subtract(Leaf(out), Leaf(target))
        # In a recurrent layer more than its own error comes back.
        match self.plan.step(slope).expression:
            case Map():
                return difference
            case Scale(factor=factor, body=Map()):
                return Scale(factor, difference)
            case _:
                return None

    def _through_softmax(self, name: MatrixName) -> MatrixLine:
        out, slope = (MatrixName(role=it, layer=name.layer, step=name.step) for it in (Role.OUT, Role.OUT_SLOPE))
        return MatrixLine(target=name, value=SoftmaxBack(out, slope))

    @cached_property
    def given(self) -> tuple[tuple[MatrixName, Grid], ...]:
        """The matrices with which a program begins, and the ids of their entries."""
        computed = {line.target for line in self._planned()}
        used = {name for line in self.lines for name in _leaves(line.value)} - computed
        return tuple(
            (name, _once(quantity.entries) if name.role is Role.BIAS else quantity.entries)
            for name, quantity in self.plan.quantities.items()
            if name in used and not (name.role is Role.BIAS and name.of is not None)
        )


def _once(grid: Grid) -> Grid:
    """What a layer shares is one number, whatever vector repeats it."""
    return grid[:1] if len(set(grid)) == 1 else grid


def is_update(line: MatrixLine) -> bool:
    """Whether a line belongs to the updates."""
    return line.target.role in _UPDATES


def _leaves(value: Expression | SoftmaxBack) -> Iterator[MatrixName]:
    match value:
        case SoftmaxBack(out=out, slope=slope):
            yield from (out, slope)
        case Leaf(name=name):
            yield name
        case Ones():
            return
        case MatMul(left=left, right=right) | Hadamard(left=left, right=right) | Subtract(left=left, right=right):
            yield from _leaves(left)
            yield from _leaves(right)
        case Transpose(body=body) | Scale(body=body) | Softmax(body=body):
            yield from _leaves(body)
        case Add(terms=terms):
            for term in terms:
                yield from _leaves(term)
        case Map(slots=slots):
            yield from (name for _, name in slots)
