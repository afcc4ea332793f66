"""The matrix view against the scalar steps, entry by entry, over random networks; and what the proof rejects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop import functions
from symbackprop.derivation.balls import precision
from symbackprop.derivation.derive import derive
from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Hadamard,
    Leaf,
    MatMul,
    MatrixName,
    MatrixPlan,
    MatrixRule,
    MatrixStep,
    Ones,
    Role,
    Scale,
    ShapeError,
    Softmax,
    Subtract,
    Transpose,
    entries,
)
from symbackprop.derivation.matrix_numbers import compute
from symbackprop.derivation.matrix_plan import plan_matrices
from symbackprop.derivation.matrix_proof import BITS, MatrixCertificate, prove_matrices
from symbackprop.functions import Activation, Function, Line, Loss, Reason
from symbackprop.network import BatchAs, Given, Network, Optimizer, Reduction, Reductions, Rule, Sample, Writing
from symbackprop.typeset.formula import Negative, Product, Quantity, Quotient, constant, quantities
from symbackprop.typeset.plain import plain
from tests.derivation.scalars import scalars
from tests.networks import build, default_network, layer, networks, number, trained_otherwise

CROSS_ENTROPY = Function(
    # Only its derivative is looked at here, and the definition need not have a logarithm for that.
    definition=Negative(Product((Quantity("target"), Quantity("out")))),
    derivative=(Line(formula=Negative(Quotient(Quantity("target"), Quantity("out"))), reason=Reason.SIMPLIFIED),),
)


def proved(network: Network) -> MatrixCertificate:
    """Prove the matrices of a network that the package derives."""
    derivation = derive(network)
    plan = plan_matrices(network, derivation.steps)
    return prove_matrices(plan, derivation, derivation.values.at(BITS))


def proved_of_scalars(network: Network) -> tuple[MatrixPlan, MatrixCertificate]:
    """Prove the matrices of any network against the steps that the tests write out."""
    steps = scalars(network)
    plan = plan_matrices(network, steps.steps)
    return plan, prove_matrices(plan, steps, steps.values(BITS))


# --- Single samples: the package's own derivation ---------------------------------------------------------


@settings(max_examples=40)
@given(networks())
def test_every_entry_is_the_scalar_step(network: Network) -> None:
    certificate = proved(network)
    assert certificate.failures == ()
    assert certificate.holds


def test_the_default_network_has_these_matrices() -> None:
    network = default_network()
    plan = plan_matrices(network, derive(network).steps)
    grids = {(name.role, name.layer): quantity.entries for name, quantity in plan.quantities.items()}
    assert grids[Role.WEIGHTS, 1] == (("w1", "w2"), ("w3", "w4"))
    assert grids[Role.BIAS, 2] == (("b2",), ("b2",))
    assert grids[Role.OUT, 0] == (("i1",), ("i2",))
    assert grids[Role.DELTA, 1] == (("delta_h1",), ("delta_h2",))
    assert grids[Role.GRADIENT, 2] == (("dE_total/dw5", "dE_total/dw6"), ("dE_total/dw7", "dE_total/dw8"))
    assert grids[Role.UPDATED, 2] == (("w5+", "w6+"), ("w7+", "w8+"))


def test_a_bias_that_is_shared_gets_the_sum_of_the_deltas() -> None:
    network = trained_otherwise(default_network(), update_biases=True)
    plan = plan_matrices(network, derive(network).steps)
    name = MatrixName(role=Role.GRADIENT, layer=2, of=Role.BIAS)
    assert plan.quantities[name].entries == (("dE_total/db2",),)
    delta = Leaf(MatrixName(role=Role.DELTA, layer=2))
    assert plan.step(name).expression == MatMul(Ones(1, 2), delta)


# --- Batches, sequences, softmax --------------------------------------------------------------------------

NUMBERS = st.integers(-2000, 2000).map(lambda thousandths: number(f"{thousandths / 1000:.3f}"))


@st.composite
def general_networks(draw: st.DrawFn) -> Network:
    """Draw batches and recurrent networks with every reduction and both ways to write a batch."""
    widths = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))
    batch, steps = draw(st.integers(1, 3)), draw(st.integers(1, 3))

    def vector(length: int) -> tuple[Given, ...]:
        return tuple(draw(NUMBERS) for _ in range(length))

    layers = []
    unrolled = draw(st.sets(st.integers(1, len(widths) - 1), min_size=1)) if steps > 1 else set()
    for depth, (below, here) in enumerate(pairwise(widths), start=1):
        biases = draw(st.sampled_from(("none", "shared", "each")))
        own = depth in unrolled
        layers.append(
            replace(
                layer([["0"] * below] * here),
                weights=tuple(vector(below) for _ in range(here)),
                biases={"none": None, "shared": draw(NUMBERS), "each": vector(here)}[biases],
                recurrent_weights=tuple(vector(here) for _ in range(here)) if own else None,
                initial_state=vector(here) if own else None,
            )
        )
    targets = draw(st.sampled_from((1, steps)))
    samples = tuple(
        Sample(
            inputs=tuple(vector(widths[0]) for _ in range(steps)),
            targets=tuple(vector(widths[-1]) for _ in range(targets)),
        )
        for _ in range(batch)
    )
    reductions = Reductions(
        outputs=draw(st.sampled_from(Reduction)),
        steps=draw(st.sampled_from(Reduction)),
        batch=draw(st.sampled_from(Reduction)),
    )
    base = build(*layers, inputs=["0"] * widths[0], targets=["0"] * widths[-1], update_biases=draw(st.booleans()))
    return replace(
        base,
        samples=samples,
        training=replace(base.training, reductions=reductions),
        writing=Writing(batch=draw(st.sampled_from(BatchAs))),
    )


@settings(max_examples=60, deadline=None)
@given(general_networks())
def test_batches_and_sequences_agree_entry_by_entry(network: Network) -> None:
    _, certificate = proved_of_scalars(network)
    assert certificate.failures == ()


@pytest.mark.parametrize("writing", BatchAs)
@pytest.mark.parametrize("batch", [1, 2])
def test_softmax_with_cross_entropy_has_a_jacobian_and_a_fused_form(
    monkeypatch: pytest.MonkeyPatch, batch: int, writing: BatchAs
) -> None:
    monkeypatch.setitem(functions.LOSSES, Loss.CROSS_ENTROPY, CROSS_ENTROPY)
    plan, certificate = proved_of_scalars(softmax_network(batch, writing, ("0.25", "0.75", "0")))
    assert certificate.failures == ()
    rules = [step.rule for step in plan.steps]
    assert rules.count(MatrixRule.FUSED_DELTA) == 1
    assert sum(name.role is Role.JACOBIAN for name in plan.quantities) == batch
    assert any(isinstance(step.expression, Softmax) for step in plan.steps)


def test_the_fused_form_is_rejected_where_targets_do_not_add_up_to_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(functions.LOSSES, Loss.CROSS_ENTROPY, CROSS_ENTROPY)
    _, certificate = proved_of_scalars(softmax_network(1, BatchAs.COLUMNS, ("0.25", "0.5", "0.5")))
    assert {failure.id for failure in certificate.failures} == {"delta_o1", "delta_o2", "delta_o3"}


def softmax_network(batch: int, writing: BatchAs, targets: tuple[str, ...]) -> Network:
    """Build a 2-2-3 network with softmax over its outputs."""
    hidden = layer([["0.1", "-0.2"], ["0.3", "0.4"]], "0.1")
    output = replace(
        layer([["0.5", "-0.6"], ["0.7", "0.8"], ["-0.9", "1"]], ["0.1", "0.2", "0.3"]), activation=Activation.SOFTMAX
    )
    base = build(hidden, output, inputs=["0.5", "0.25"], targets=targets)
    first = base.samples[0]
    second = replace(
        first, inputs=((number("-0.5"), number("1.5")),), targets=((number("0"), number("0"), number("1")),)
    )
    return replace(
        base,
        samples=(first, second)[:batch],
        training=replace(base.training, loss=Loss.CROSS_ENTROPY),
        writing=Writing(batch=writing),
    )


@pytest.mark.parametrize("l2", [None, number("0.01")])
@pytest.mark.parametrize("rule", [Rule.SGD, Rule.MOMENTUM, Rule.NESTEROV])
@pytest.mark.parametrize("biases", ["0.1", ["0.1", "0.2"]])
def test_penalties_and_optimizers_agree(rule: Rule, l2: Given | None, biases: str | list[str]) -> None:
    base = build(
        layer([["0.1", "0.2"], ["0.3", "-0.4"]], biases),
        layer([["0.5", "-0.6"]], "0.3"),
        inputs=["1", "2"],
        targets=["0"],
        update_biases=True,
    )
    momentum = None if rule is Rule.SGD else number("0.9")
    optimizer = Optimizer(rule=rule, momentum=momentum)
    plan, certificate = proved_of_scalars(replace(base, training=replace(base.training, optimizer=optimizer, l2=l2)))
    assert certificate.failures == ()
    rules = [step.rule for step in plan.steps]
    assert (MatrixRule.PENALTY in rules) is (l2 is not None)
    assert (MatrixRule.STATE in rules) is (rule is not Rule.SGD)
    assert rules.count(MatrixRule.UPDATE) == 4


ADAM = {
    "m_w1+": "beta1*m_w1 + (1 - beta1) * dE_total/dw1",
    "v_w1+": "beta2*v_w1 + (1 - beta2) * dE_total/dw1**2",
    "mhat_w1": "m_w1+/(1 - beta1_t+)",
    "vhat_w1": "v_w1+/(1 - beta2_t+)",
}


@pytest.mark.parametrize("rule", [Rule.RMSPROP, Rule.ADAM, Rule.ADAMW])
def test_the_formulas_of_other_optimizers(rule: Rule) -> None:
    base = build(layer([["0.1"]]), inputs=["1"], targets=["0"])
    network = replace(base, training=replace(base.training, optimizer=Optimizer(rule=rule)))
    plan = plan_matrices(network, derive(base).steps)
    written = {
        plan.quantities[step.target].entries[0][0]: entries(step.expression, plan.quantities)[0][0]
        for step in plan.steps
    }
    if rule is not Rule.RMSPROP:
        assert {id_: plain(written[id_]) for id_ in ADAM} == ADAM
        assert list(quantities(written["w1+"]))[-3:] == ["mhat_w1", "vhat_w1", "epsilon"]
    assert ("lambda" in quantities(written["w1+"])) is (rule is Rule.ADAMW)


def test_samples_as_rows_move_the_transpose_to_the_forward_pass() -> None:
    base = build(layer([["0.1", "0.2"]]), inputs=["1", "2"], targets=["0"])
    network = replace(base, samples=base.samples * 2, writing=Writing(batch=BatchAs.ROWS))
    plan, _ = proved_of_scalars(network)
    weights, inputs = Leaf(MatrixName(role=Role.WEIGHTS, layer=1)), Leaf(MatrixName(role=Role.OUT, layer=0))
    assert plan.step(MatrixName(role=Role.NET, layer=1)).expression == MatMul(inputs, Transpose(weights))
    gradient = plan.step(MatrixName(role=Role.GRADIENT, layer=1, of=Role.WEIGHTS))
    assert gradient.expression == MatMul(Transpose(Leaf(MatrixName(role=Role.DELTA, layer=1))), inputs)


# --- What the proof rejects -------------------------------------------------------------------------------


def broken(role: Role, layer_: int, mend: Callable[[Expression], Expression], network: Network) -> set[str]:
    """Break one step of a network's plan and tell which entries fail."""
    derivation = derive(network)
    plan = plan_matrices(network, derivation.steps)

    def breaking(step: MatrixStep) -> MatrixStep:
        if (step.target.role, step.target.layer) != (role, layer_):
            return step
        return replace(step, expression=mend(step.expression))

    steps = tuple(map(breaking, plan.steps))
    assert steps != plan.steps
    certificate = prove_matrices(replace(plan, steps=steps), derivation, derivation.values.at(BITS))
    assert not certificate.holds
    return {failure.id for failure in certificate.failures}


def _without_transpose(expression: Expression) -> Expression:
    match expression:
        case MatMul(left=Transpose(body=left), right=right):
            return MatMul(left, right)
        case _:
            raise AssertionError(expression)


def _swapped(expression: Expression) -> Expression:
    assert isinstance(expression, MatMul)
    return MatMul(expression.right, expression.left)


def _turned(expression: Expression) -> Expression:
    return Transpose(expression)


def _as_sum(expression: Expression) -> Expression:
    assert isinstance(expression, Hadamard)
    return Add((expression.left, expression.right))


def _raised(expression: Expression) -> Expression:
    assert isinstance(expression, Subtract)
    return Add((expression.left, expression.right))


SLOPES = {"dE_total/dout_h1", "dE_total/dout_h2"}
BROKEN = [
    (Role.OUT_SLOPE, 1, _without_transpose, SLOPES),
    (Role.OUT_SLOPE, 1, _swapped, {"dE_total/dout_h1"}),
    (Role.GRADIENT, 1, _swapped, {"dE_total/dw1"}),
    (Role.GRADIENT, 2, _turned, {"dE_total/dw6", "dE_total/dw7"}),
    (Role.DELTA, 1, _as_sum, {"delta_h1", "delta_h2"}),
    (Role.UPDATED, 2, _raised, {"w5+", "w6+", "w7+", "w8+"}),
    (Role.NET, 1, lambda body: Scale(constant(2), body), {"net_h1", "net_h2"}),
]


@pytest.mark.parametrize(("role", "layer_", "mend", "failing"), BROKEN)
def test_a_broken_step_is_rejected(
    role: Role, layer_: int, mend: Callable[[Expression], Expression], failing: set[str]
) -> None:
    assert broken(role, layer_, mend, default_network()) == failing


def test_a_wrong_transpose_is_rejected_where_nothing_is_symmetric() -> None:
    network = build(
        layer([["0.1", "0.2", "0.3"], ["0.4", "0.5", "0.6"], ["0.7", "0.8", "0.9"]]),
        layer([["1", "2", "3"], ["-1", "-2", "-3"], ["0.5", "0.25", "0.125"]]),
        inputs=["1", "2", "3"],
        targets=["0", "1", "0"],
    )
    assert len(broken(Role.OUT_SLOPE, 1, _without_transpose, network)) == 3


def test_an_unknown_entry_is_rejected() -> None:
    network = default_network()
    derivation = derive(network)
    plan = plan_matrices(network, derivation.steps)
    name = MatrixName(role=Role.DELTA, layer=1)
    grid = (("delta_h1",), ("delta_h9",))
    quantities = {**plan.quantities, name: replace(plan.quantities[name], entries=grid)}
    certificate = prove_matrices(replace(plan, quantities=quantities), derivation, derivation.values.at(BITS))
    assert "the scalar derivation has no such quantity" in {failure.why for failure in certificate.failures}


def test_a_value_that_is_not_the_scalar_one_is_rejected() -> None:
    network = default_network()
    derivation = derive(network)
    plan = plan_matrices(network, derivation.steps)
    values = {**derivation.values.at(BITS), "delta_h2": arb("0.01")}
    whys = {failure.id: failure.why for failure in prove_matrices(plan, derivation, values).failures}
    assert whys["delta_h2"] == "its value is not that of the scalar step"


# --- The algebra ------------------------------------------------------------------------------------------

_A = MatrixName(role=Role.WEIGHTS, layer=1)
_X = MatrixName(role=Role.OUT, layer=0)


def _known() -> MatrixPlan:
    network = build(layer([["1", "2", "3"], ["4", "5", "6"]]), inputs=["1", "0", "-1"], targets=["0", "0"])
    return plan_matrices(network, derive(network).steps)


@pytest.mark.parametrize(
    "expression",
    [
        MatMul(Leaf(_X), Leaf(_A)),
        Add((Leaf(_A), Leaf(_X))),
        Hadamard(Leaf(_A), Transpose(Leaf(_A))),
        Subtract(Leaf(_A), Ones(3, 2)),
    ],
)
def test_what_does_not_fit_is_refused(expression: Expression) -> None:
    with pytest.raises(ShapeError):
        entries(expression, _known().quantities)


def test_expressions_are_computed_as_matrices() -> None:
    plan = _known()
    values = {f"w{count}": Fraction(count) for count in range(1, 7)} | {"i1": Fraction(1), "i2": Fraction(0)}
    values["i3"] = Fraction(-1)
    with precision(64):
        result = compute(MatMul(Leaf(_A), Leaf(_X)), plan.quantities, values)
        both = compute(Hadamard(Leaf(_A), Leaf(_A)), plan.quantities, values)
    assert result[0, 0] == result[1, 0] == -2
    assert both[1, 2] == 36
