"""The matrix steps that end a round: penalties, the optimizer's state, and the parameters after the update."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Grid,
    Leaf,
    Map,
    MatMul,
    MatrixName,
    MatrixQuantity,
    MatrixRule,
    Ones,
    Role,
    Scale,
    Subtract,
)
from symbackprop.derivation.matrix_ids import MatrixIds
from symbackprop.network import Network, Rule
from symbackprop.typeset.formula import (
    ONE,
    TWO,
    Abs,
    Apply,
    Elementary,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    constant,
    quantities,
)

Noted = tuple[MatrixName, Grid, Expression | None, MatrixRule]
"""A matrix, its ids, what gives it (nothing for a state that is only there), and by which rule."""


def plan_penalties(network: Network, ids: MatrixIds) -> Iterator[tuple[MatrixName, Grid, Expression]]:
    """What the weights themselves add to the error, and the error with that."""
    last = len(network.layers)
    terms: list[Expression] = [Leaf(MatrixName(role=Role.DATA_ERROR, layer=last))]
    for role, factor, each in _penalties(network):
        name = MatrixName(role=role, layer=last)
        sums = tuple(_added_up(ids, of, layer, each) for layer in range(1, last + 1) for of in ids.weights(layer))
        yield name, ((role.value,),), Scale(factor, sums[0] if len(sums) == 1 else Add(sums))
        terms.append(Leaf(name))
    if len(terms) > 1:
        yield MatrixName(role=Role.TOTAL_ERROR, layer=last), (("E_total",),), Add(tuple(terms))


def _penalties(network: Network) -> Iterator[tuple[Role, Formula, Formula]]:
    weight = Quantity("w")
    if network.training.l1 is not None:
        yield Role.L1_PENALTY, Quantity("lambda1"), Abs(weight)
    if network.training.l2 is not None:
        yield Role.L2_PENALTY, Product((constant(1, 2), Quantity("lambda2"))), Power(weight, TWO)


def _added_up(ids: MatrixIds, of: Role, layer: int, each: Formula) -> Expression:
    """The sum of what a formula gives for each weight of a matrix: ones on both sides."""
    grid = ids.parameter(of, layer)
    rows, columns = len(grid), len(grid[0])
    body: Expression = Map(each, (("w", MatrixName(role=of, layer=layer)),))
    down = body if rows == 1 else MatMul(Ones(1, rows), body)
    return down if columns == 1 else MatMul(down, Ones(columns, 1))


def plan_updates(
    network: Network, ids: MatrixIds, layer: int, known: Mapping[MatrixName, MatrixQuantity]
) -> Iterator[Noted]:
    """What happens to a layer's parameters once their gradients are there."""
    for of in (Role.WEIGHTS, Role.RECURRENT, Role.BIAS):
        data = MatrixName(role=Role.DATA_GRADIENT, layer=layer, of=of)
        total = MatrixName(role=Role.GRADIENT, layer=layer, of=of)
        if ids.penalized and data in known:
            yield _penalized(network, ids, data, total)
        elif total not in known:
            continue
        yield from _updated(network.training.optimizer.rule, ids, total)


def _penalized(network: Network, ids: MatrixIds, data: MatrixName, total: MatrixName) -> Noted:
    """The gradient of the penalized error: the penalties' own derivatives are added, for weights only."""
    assert data.of is not None
    weights = MatrixName(role=data.of, layer=data.layer)
    terms: list[Expression] = [Leaf(data)]
    if data.of is not Role.BIAS and network.training.l1 is not None:
        sign = Apply(Elementary.SIGN, Quantity("w"))
        terms.append(Scale(Quantity("lambda1"), Map(sign, (("w", weights),))))
    if data.of is not Role.BIAS and network.training.l2 is not None:
        terms.append(Scale(Quantity("lambda2"), Leaf(weights)))
    expression = terms[0] if len(terms) == 1 else Add(tuple(terms))
    return total, ids.gradient(data.of, data.layer, total=True), expression, MatrixRule.PENALTY


_OLD, _SLOPE, _ETA = Quantity("w"), Quantity("g"), Quantity("eta")
_M, _V, _NEXT_M, _NEXT_V = Quantity("m"), Quantity("v"), Quantity("next_m"), Quantity("next_v")
_HAT_M, _HAT_V = Quantity("hat_m"), Quantity("hat_v")
_MU = Quantity("mu")
_SLOTS = {
    "m": Role.FIRST_MOMENT,
    "v": Role.SECOND_MOMENT,
    "next_m": Role.NEXT_FIRST_MOMENT,
    "next_v": Role.NEXT_SECOND_MOMENT,
    "hat_m": Role.CORRECTED_FIRST_MOMENT,
    "hat_v": Role.CORRECTED_SECOND_MOMENT,
    "g": Role.GRADIENT,
}
_WRITTEN = {
    Role.FIRST_MOMENT: ("m_", ""),
    Role.SECOND_MOMENT: ("v_", ""),
    Role.NEXT_FIRST_MOMENT: ("m_", "+"),
    Role.NEXT_SECOND_MOMENT: ("v_", "+"),
    Role.CORRECTED_FIRST_MOMENT: ("mhat_", ""),
    Role.CORRECTED_SECOND_MOMENT: ("vhat_", ""),
    Role.UPDATED: ("", "+"),
}


def _smoothed(setting: str, old: Formula, new: Formula) -> Formula:
    share = Quantity(setting)
    return Sum((Product((share, old)), Product((Sum((ONE, Negative(share))), new))))


def _step(direction: Formula, scale: Formula) -> Formula:
    return Quotient(Product((_ETA, direction)), Sum((Sqrt(scale), Quantity("epsilon"))))


_SQUARE = Power(_SLOPE, TWO)
_MOMENTUM = (Role.NEXT_FIRST_MOMENT, Sum((Product((_MU, _M)), _SLOPE)))
_ADAM = (
    (Role.NEXT_FIRST_MOMENT, _smoothed("beta1", _M, _SLOPE)),
    (Role.NEXT_SECOND_MOMENT, _smoothed("beta2", _V, _SQUARE)),
    (Role.CORRECTED_FIRST_MOMENT, Quotient(_NEXT_M, Sum((ONE, Negative(Quantity("beta1_t+")))))),
    (Role.CORRECTED_SECOND_MOMENT, Quotient(_NEXT_V, Sum((ONE, Negative(Quantity("beta2_t+")))))),
)
_KEPT = Product((Sum((ONE, Negative(Product((_ETA, Quantity("lambda")))))), _OLD))

_FORMULAS: Mapping[Rule, tuple[tuple[Role, Formula], ...]] = {
    Rule.MOMENTUM: (_MOMENTUM, (Role.UPDATED, Sum((_OLD, Negative(Product((_ETA, _NEXT_M))))))),
    Rule.NESTEROV: (
        _MOMENTUM,
        (Role.UPDATED, Sum((_OLD, Negative(Product((_ETA, Sum((_SLOPE, Product((_MU, _NEXT_M)))))))))),
    ),
    Rule.RMSPROP: (
        (Role.NEXT_SECOND_MOMENT, _smoothed("rho", _V, _SQUARE)),
        (Role.UPDATED, Sum((_OLD, Negative(_step(_SLOPE, _NEXT_V))))),
    ),
    Rule.ADAM: (*_ADAM, (Role.UPDATED, Sum((_OLD, Negative(_step(_HAT_M, _HAT_V)))))),
    Rule.ADAMW: (*_ADAM, (Role.UPDATED, Sum((_KEPT, Negative(_step(_HAT_M, _HAT_V)))))),
}
"""The formulas of each rule but the plainest, entry by entry, in the order in which they are worked out."""

_STATES: Mapping[Rule, tuple[Role, ...]] = {
    Rule.MOMENTUM: (Role.FIRST_MOMENT,),
    Rule.NESTEROV: (Role.FIRST_MOMENT,),
    Rule.RMSPROP: (Role.SECOND_MOMENT,),
    Rule.ADAM: (Role.FIRST_MOMENT, Role.SECOND_MOMENT),
    Rule.ADAMW: (Role.FIRST_MOMENT, Role.SECOND_MOMENT),
}


def _updated(rule: Rule, ids: MatrixIds, gradient: MatrixName) -> Iterator[Noted]:
    of, layer = gradient.of, gradient.layer
    assert of is not None

    def noted(role: Role) -> tuple[MatrixName, Grid]:
        return MatrixName(role=role, layer=layer, of=of), ids.written(of, layer, *_WRITTEN[role])

    old = MatrixName(role=of, layer=layer)
    if ids.trained(of, layer) != ids.parameter(of, layer):
        # A bias that a layer shares is one number; the vector only repeats it.
        old = MatrixName(role=of, layer=layer, of=of)
        yield old, ids.trained(of, layer), None, MatrixRule.UPDATE
    if rule is Rule.SGD:
        yield *noted(Role.UPDATED), Subtract(Leaf(old), Scale(_ETA, Leaf(gradient))), MatrixRule.UPDATE
        return
    for role in _STATES[rule]:
        yield *noted(role), None, MatrixRule.STATE
    for role, formula in _FORMULAS[rule]:
        used = {slot: MatrixName(role=state, layer=layer, of=of) for slot, state in _SLOTS.items()} | {"w": old}
        slots = tuple((slot, name) for slot, name in used.items() if slot in set(quantities(formula)))
        yield *noted(role), Map(formula, slots), MatrixRule.UPDATE if role is Role.UPDATED else MatrixRule.STATE
