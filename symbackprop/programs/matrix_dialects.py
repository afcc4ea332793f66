"""How the lines of a program over matrices are written, whatever it is written in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Leaf,
    Map,
    MatMul,
    MatrixName,
    Ones,
    Role,
    Scale,
)
from symbackprop.functions import Activation, Loss
from symbackprop.programs.cross_entropy import is_from_nets
from symbackprop.programs.functions import Bodies, activation_call, is_defined
from symbackprop.programs.matrix_steps import SCALARS, MatrixLine, MatrixSteps, SoftmaxBack
from symbackprop.programs.names import VariableNames
from symbackprop.typeset.formula import Elementary, Formula, quantities
from symbackprop.typeset.plain import Spelling, plain


@dataclass(frozen=True, kw_only=True)
class Dialect(ABC):
    """Writes the lines of one network's program."""

    steps: MatrixSteps
    scalars: VariableNames

    @property
    @abstractmethod
    def spelling(self) -> Spelling:
        """How formulas are written."""

    @property
    @abstractmethod
    def elementary(self) -> Mapping[Elementary, str]:
        """Functions that the language hasn't got."""

    @property
    @abstractmethod
    def bodies(self) -> Bodies:
        """Functions that would overflow if they were written as their formulas."""

    @abstractmethod
    def helpers(self) -> Mapping[str, tuple[str, ...]]:
        """The functions over matrices that a program may call, by their names, each after those that it calls."""

    @abstractmethod
    def matrix(self, rows: list[str]) -> tuple[str, str]:
        """What stands before and after the rows of a matrix of numbers."""

    @abstractmethod
    def zeros(self, rows: int, columns: int) -> str:
        """A matrix of nothing but 0."""

    @abstractmethod
    def write(self, value: Expression) -> str:
        """An expression as source."""

    @abstractmethod
    def total(self, value: Expression) -> str:
        """The sum of all entries of an expression."""

    def value(self, line: MatrixLine) -> str:
        """The right side of a line."""
        if isinstance(line.value, SoftmaxBack):
            return f"softmax_back({self.steps.name(line.value.out)}, {self.steps.name(line.value.slope)})"
        if line.target.role in SCALARS:
            return self.scalar(line.value)
        if line.target.role is Role.ERRORS and (stable := self._errors(line)) is not None:
            return stable
        return self.write(line.value)

    def _errors(self, line: MatrixLine) -> str | None:
        """Cross-entropies from net inputs, where the last layer's activation goes with them."""
        network = self.steps.derivation.network
        loss, depth = network.training.loss, len(network.layers)
        if not is_from_nets(loss, network.layers[-1].activation):
            return None
        target, net = (
            self.steps.name(MatrixName(role=role, layer=depth, step=line.target.step))
            for role in (Role.TARGET, Role.NET)
        )
        return self.cross_entropies(loss, target, net)

    @abstractmethod
    def cross_entropies(self, loss: Loss, target: str, net: str) -> str:
        """The cross-entropies of all outputs, from their net inputs."""

    def scalar(self, value: Expression) -> str:
        """An expression that is a single number: sums over all entries, added up and scaled."""
        match value:
            case Leaf(name=name) if name.role in SCALARS:
                return self.steps.name(name)
            case Add(terms=terms):
                return " + ".join(map(self.scalar, terms))
            case Scale(factor=factor, body=body):
                text = self.scalar(body)
                return f"{self.factor(factor)}*{f'({text})' if isinstance(body, Add) else text}"
            case MatMul(left=Ones(), right=body) | MatMul(left=body, right=Ones()):
                return self.scalar(body)
            case _:
                return self.total(value)

    def factor(self, formula: Formula) -> str:
        """A number before a matrix."""
        return plain(formula, self.scalars, self.spelling)

    def activation(self, mapped: Map) -> Activation | None:
        """The activation that an expression applies to net inputs, where a program has a function for it."""
        _, net = mapped.slots[0]
        kind = self.steps.derivation.network.layers[net.layer - 1].activation
        if net.role is not Role.NET or len(mapped.slots) > 1 or not is_defined(kind):
            return None
        definition = self.steps.plan.step(MatrixName(role=Role.OUT, layer=net.layer, step=net.step))
        return kind if definition.expression == mapped else None

    def called(self, kind: Activation, mapped: Map, argument: str) -> str:
        """The call of an activation's function."""
        bends = [id_ for id_ in quantities(mapped.formula) if id_.startswith("alpha")]
        return activation_call(kind, argument, self.scalars(bends[0]) if bends else None)
