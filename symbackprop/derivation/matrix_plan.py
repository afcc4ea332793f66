"""The matrix steps of a round: from the shape of a network, and the ids that its scalar derivation knows.

Samples stand in the columns of a matrix, or in its rows where the network's file asks for that; a single sample
is a column vector. With several time steps there is a matrix for each of them.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

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
    MatrixQuantity,
    MatrixRule,
    MatrixStep,
    Ones,
    Role,
    Scale,
    Softmax,
    Subtract,
    Transpose,
)
from symbackprop.derivation.matrix_ids import MatrixIds
from symbackprop.derivation.matrix_updates import plan_penalties, plan_updates
from symbackprop.derivation.shape import Shape, shape_of
from symbackprop.functions import ACTIVATIONS, LOSSES, Activation, Loss
from symbackprop.network import BatchAs, Given, HiddenGradients, Network
from symbackprop.typeset.formula import Formula, constant


def plan_matrices(network: Network, known: Container[str]) -> MatrixPlan:
    """Every matrix of a round and every step between them; `known` are the ids of the scalar steps."""
    planner = _Planner(network=network, shape=shape_of(network), ids=MatrixIds(network), known=known)
    planner.plan()
    return MatrixPlan(quantities=planner.quantities, steps=tuple(planner.steps))


@dataclass(frozen=True, kw_only=True)
class _Planner:
    """Gathers quantities and steps in the order in which they are worked out."""

    network: Network
    shape: Shape
    ids: MatrixIds
    known: Container[str]
    quantities: dict[MatrixName, MatrixQuantity] = field(default_factory=dict)
    steps: list[MatrixStep] = field(default_factory=list)

    # --- What there is --------------------------------------------------------------------------------------

    @property
    def rowwise(self) -> bool:
        """Whether the samples are rows."""
        return self.batch > 1 and self.network.writing.batch is BatchAs.ROWS

    @property
    def batch(self) -> int:
        """The number of samples."""
        return len(self.network.samples)

    @property
    def last(self) -> int:
        """The number of the output layer."""
        return len(self.network.layers)

    def has(self, name: MatrixName) -> bool:
        """Whether a matrix is among the quantities already."""
        return name in self.quantities

    def give(self, name: MatrixName, grid: Grid) -> None:
        """Notes a matrix down."""
        self.quantities[name] = MatrixQuantity(name=name, entries=grid)

    def step(self, name: MatrixName, grid: Grid, expression: Expression, rule: MatrixRule) -> None:
        """Notes a matrix down with what gives it."""
        self.give(name, grid)
        self.steps.append(MatrixStep(target=name, expression=expression, rule=rule))

    def at(self, role: Role, layer: int, time: int) -> MatrixName:
        """The name of a layer's matrix at a time step."""
        return MatrixName(role=role, layer=layer, step=time if self.network.steps > 1 or time == 0 else None)

    def computed(self, layer: int, time: int) -> bool:
        """Whether a layer is computed at a time step."""
        return self.has(self.at(Role.NET, layer, time))

    # --- In order -------------------------------------------------------------------------------------------

    def plan(self) -> None:
        """All of it."""
        for layer in range(1, self.last + 1):
            self._parameters(layer)
        for time in range(1, self.network.steps + 1):
            self.give(self.at(Role.OUT, 0, time), self.ids.grid(0, "", time))
            self._initial_states(time)
            for layer in range(1, self.last + 1):
                self._forward(layer, time)
        self._errors()
        for name, grid, penalty in plan_penalties(self.network, self.ids):
            is_whole = name.role is Role.TOTAL_ERROR
            self.step(name, grid, penalty, MatrixRule.PENALIZED_ERROR if is_whole else MatrixRule.PENALTY_ON_WEIGHTS)
        for layer in range(self.last, 0, -1):
            for time in range(self.network.steps, 0, -1):
                if self.computed(layer, time):
                    self._backward(layer, time)
            self._gradients(layer)
            for name, grid, expression, rule in plan_updates(self.network, self.ids, layer, self.quantities):
                if expression is None:
                    self.give(name, grid)
                else:
                    self.step(name, grid, expression, rule)

    def _parameters(self, layer: int) -> None:
        for role in (Role.WEIGHTS, Role.RECURRENT, Role.BIAS):
            grid = self.ids.parameter(role, layer)
            if grid:
                self.give(MatrixName(role=role, layer=layer), grid)

    def _initial_states(self, time: int) -> None:
        for layer in range(1, self.last + 1):
            grid = self.ids.grid(layer, "out_", 0)
            if time == 1 and grid[0][0] in self.known:
                self.give(self.at(Role.OUT, layer, 0), grid)

    def _forward(self, layer: int, time: int) -> None:
        net = self.ids.grid(layer, "net_", time)
        if net[0][0] not in self.known:
            return
        z, a = self.at(Role.NET, layer, time), self.at(Role.OUT, layer, time)
        terms = [self._product(Role.WEIGHTS, layer, self.at(Role.OUT, layer - 1, time))]
        before = self.at(Role.OUT, layer, time - 1)
        if self.has(MatrixName(role=Role.RECURRENT, layer=layer)) and self.has(before):
            terms.append(self._product(Role.RECURRENT, layer, before))
        bias = MatrixName(role=Role.BIAS, layer=layer)
        if self.has(bias):
            terms.append(self._spread(Leaf(bias)))
        self.step(z, net, terms[0] if len(terms) == 1 else Add(tuple(terms)), MatrixRule.WEIGHTED_SUM)
        self.step(a, self.ids.grid(layer, "out_", time), self._activated(layer, z), MatrixRule.ACTIVATION)

    def _product(self, role: Role, layer: int, source: MatrixName) -> Expression:
        """W x, or X W^T where samples are rows."""
        weights = Leaf(MatrixName(role=role, layer=layer))
        return MatMul(Leaf(source), Transpose(weights)) if self.rowwise else MatMul(weights, Leaf(source))

    def _spread(self, bias: Expression) -> Expression:
        """The same bias for every sample."""
        if self.batch == 1:
            return bias
        if self.rowwise:
            return MatMul(Ones(self.batch, 1), Transpose(bias))
        return MatMul(bias, Ones(1, self.batch))

    def _activated(self, layer: int, z: MatrixName) -> Expression:
        activation = self.network.layers[layer - 1].activation
        if activation is Activation.SOFTMAX:
            return Softmax(Leaf(z), over_rows=self.rowwise)
        return Map(self.ids.in_layer(ACTIVATIONS[activation].definition, layer), (("net", z),))

    # --- The error ------------------------------------------------------------------------------------------

    def _errors(self) -> None:
        loss = LOSSES[self.network.training.loss]
        sums: list[Expression] = []
        for time in (number + 1 for number in self.network.target_steps):
            y, a, e = (self.at(role, self.last, time) for role in (Role.TARGET, Role.OUT, Role.ERRORS))
            self.give(y, self.ids.grid(self.last, "target_", time))
            grid = self.ids.grid(self.last, "E_", time)
            self.step(e, grid, Map(loss.definition, (("target", y), ("out", a))), MatrixRule.LOSS)
            rows, columns = self.quantities[e].shape
            down: Expression = Leaf(e) if rows == 1 else MatMul(Ones(1, rows), Leaf(e))
            sums.append(down if columns == 1 else MatMul(down, Ones(columns, 1)))
        total = self.ids.data_error
        if total in self.known:
            body = sums[0] if len(sums) == 1 else Add(tuple(sums))
            factor = self.shape.divisor * self.shape.batch_divisor
            expression = body if factor == 1 else Scale(constant(1, factor), body)
            self.step(
                MatrixName(role=Role.DATA_ERROR, layer=self.last), ((total,),), expression, MatrixRule.SUM_OF_ERRORS
            )

    # --- Backward -------------------------------------------------------------------------------------------

    def _backward(self, layer: int, time: int) -> None:
        slope, delta = self.at(Role.OUT_SLOPE, layer, time), self.at(Role.DELTA, layer, time)
        expression, rule = self._out_slope(layer, time)
        self.step(slope, self.ids.by_error(layer, "out_", time), expression, rule)
        grid = self.ids.grid(layer, "delta_", time)
        activation = self.network.layers[layer - 1].activation
        if activation is Activation.SOFTMAX:
            self._softmax_delta(layer, time, slope, grid)
            if layer == self.last and self.network.training.loss is Loss.CROSS_ENTROPY:
                self._fused_delta(layer, time, grid)
            return
        squash = self.at(Role.SQUASH_SLOPE, layer, time)
        formula = self.ids.in_layer(ACTIVATIONS[activation].derivative[-1].formula, layer)
        slots = (("net", self.at(Role.NET, layer, time)), ("out", self.at(Role.OUT, layer, time)))
        rule = MatrixRule.DERIVATIVE_OF_ACTIVATION
        self.step(squash, self.ids.out_by_net(layer, time), Map(formula, slots), rule)
        self.step(delta, grid, Hadamard(Leaf(slope), Leaf(squash)), MatrixRule.DELTA)

    def _out_slope(self, layer: int, time: int) -> tuple[Expression, MatrixRule]:
        terms: list[Expression] = []
        rule = MatrixRule.BACK
        if layer == self.last and time - 1 in self.network.target_steps:
            terms.append(self._loss_slope(time))
            rule = MatrixRule.DERIVATIVE_OF_ERROR
        if layer < self.last and self.computed(layer + 1, time):
            weights: Expression = Leaf(MatrixName(role=Role.WEIGHTS, layer=layer + 1))
            if self.network.training.hidden_gradients is HiddenGradients.UPDATED:
                weights = Leaf(MatrixName(role=Role.UPDATED, layer=layer + 1, of=Role.WEIGHTS))
            terms.append(self._back(weights, self.at(Role.DELTA, layer + 1, time)))
        later = self.at(Role.DELTA, layer, time + 1)
        own = MatrixName(role=Role.RECURRENT, layer=layer)
        if self.has(own) and self.has(later):
            terms.append(self._back(Leaf(own), later))
        return (terms[0] if len(terms) == 1 else Add(tuple(terms))), rule

    def _back(self, weights: Expression, delta: MatrixName) -> Expression:
        """W^T delta, or delta W where samples are rows."""
        return MatMul(Leaf(delta), weights) if self.rowwise else MatMul(Transpose(weights), Leaf(delta))

    def _loss_slope(self, time: int) -> Expression:
        formula: Formula = LOSSES[self.network.training.loss].derivative[-1].formula
        slots = (("target", self.at(Role.TARGET, self.last, time)), ("out", self.at(Role.OUT, self.last, time)))
        mapped = Map(formula, slots)
        return mapped if self.shape.divisor == 1 else Scale(constant(1, self.shape.divisor), mapped)

    def _softmax_delta(self, layer: int, time: int, slope: MatrixName, grid: Grid) -> None:
        """Sample by sample: the Jacobian of softmax isn't diagonal, so no Hadamard product will do."""
        delta = self.at(Role.DELTA, layer, time)
        self.give(delta, grid)
        for sample in range(1, self.batch + 1):
            number = sample if self.batch > 1 else None
            jacobian = MatrixName(role=Role.JACOBIAN, layer=layer, step=delta.step, sample=number)
            self.give(jacobian, self.ids.jacobian(layer, sample, time))
            from_ = MatrixName(role=slope.role, layer=layer, step=delta.step, sample=number)
            to = MatrixName(role=delta.role, layer=layer, step=delta.step, sample=number)
            self.give(from_, self._one_sample(self.quantities[slope].entries, sample))
            column = self._one_sample(grid, sample)
            self.step(to, column, MatMul(Transpose(Leaf(jacobian)), Leaf(from_)), MatrixRule.DELTA)

    def _one_sample(self, grid: Grid, sample: int) -> Grid:
        vectors = grid if self.rowwise else tuple(zip(*grid, strict=True))
        return tuple((id_,) for id_ in vectors[sample - 1])

    def _fused_delta(self, layer: int, time: int, grid: Grid) -> None:
        difference = Subtract(Leaf(self.at(Role.OUT, layer, time)), Leaf(self.at(Role.TARGET, layer, time)))
        expression = difference if self.shape.divisor == 1 else Scale(constant(1, self.shape.divisor), difference)
        self.step(self.at(Role.DELTA, layer, time), grid, expression, MatrixRule.FUSED_DELTA)

    # --- Gradients ------------------------------------------------------------------------------------------

    def _gradients(self, layer: int) -> None:
        times = [time for time in range(1, self.network.steps + 1) if self.computed(layer, time)]
        deltas = {time: Leaf(self.at(Role.DELTA, layer, time)) for time in times}
        sources = {time: self.at(Role.OUT, layer - 1, time) for time in times}
        self._gradient(Role.WEIGHTS, layer, [self._outer(deltas[time], sources[time]) for time in times])
        if self.has(MatrixName(role=Role.RECURRENT, layer=layer)):
            before = {time: self.at(Role.OUT, layer, time - 1) for time in times}
            terms = [self._outer(deltas[time], before[time]) for time in times if self.has(before[time])]
            self._gradient(Role.RECURRENT, layer, terms)
        bias = self.ids.parameter(Role.BIAS, layer)
        if bias:
            shared = isinstance(self.network.layers[layer - 1].biases, Given)
            self._gradient(Role.BIAS, layer, [self._summed(deltas[time], shared=shared) for time in times])

    def _gradient(self, of: Role, layer: int, terms: list[Expression]) -> None:
        grid = self.ids.gradient(of, layer, total=False)
        if grid[0][0] not in self.known or not terms:
            return
        body = terms[0] if len(terms) == 1 else Add(tuple(terms))
        expression = body if self.shape.batch_divisor == 1 else Scale(constant(1, self.shape.batch_divisor), body)
        role = Role.DATA_GRADIENT if self.ids.penalized else Role.GRADIENT
        self.step(MatrixName(role=role, layer=layer, of=of), grid, expression, MatrixRule.GRADIENT)

    def _outer(self, delta: Leaf, source: MatrixName) -> Expression:
        """The product delta x^T, or Delta^T X where samples are rows."""
        if self.rowwise:
            return MatMul(Transpose(delta), Leaf(source))
        return MatMul(delta, Transpose(Leaf(source)))

    def _summed(self, delta: Leaf, *, shared: bool) -> Expression:
        """Delta times ones: the sum over the samples, and over the neurons where they share their bias."""
        neurons = self.network.widths[delta.name.layer]
        body: Expression = Transpose(delta) if self.rowwise else delta
        if self.batch > 1:
            body = MatMul(body, Ones(self.batch, 1))
        return MatMul(Ones(1, neurons), body) if shared and neurons > 1 else body
