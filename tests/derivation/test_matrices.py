"""The matrix view against the scalar steps, entry by entry, over random networks; and what the proof rejects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.derivation.balls import Real, evaluate, precision, to_ball
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Hadamard,
    Leaf,
    Map,
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
from symbackprop.derivation.matrix_numbers import MatrixNumbers
from symbackprop.derivation.matrix_plan import plan_matrices
from symbackprop.derivation.matrix_proof import MOST_WRITTEN_OUT, MatrixCertificate, prove_matrices, written_out
from symbackprop.derivation.points import TOO_WIDE, is_narrow
from symbackprop.derivation.values import FIRST_BITS
from symbackprop.functions import Activation, Loss
from symbackprop.network import BatchAs, Given, Network, Reduction, Reductions, Rule, Writing
from symbackprop.network_file import read_network
from symbackprop.resources import example, example_names
from symbackprop.typeset.formula import constant, quantities
from symbackprop.typeset.plain import plain
from tests.networks import build, default_network, layer, number, optimizer, trained_otherwise
from tests.random_networks import any_networks


def planned(network: Network) -> tuple[MatrixPlan, Derivation]:
    """Give the matrices of a network beside its scalar steps."""
    derivation = derive(network)
    return plan_matrices(network, derivation.steps), derivation


def proved(network: Network) -> MatrixCertificate:
    """Prove the matrices of a network."""
    return prove_matrices(*planned(network))


# --- Entry by entry ---------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(any_networks(), st.sampled_from(BatchAs))
def test_every_entry_is_the_scalar_step(network: Network, batch: BatchAs) -> None:
    certificate = proved(replace(network, writing=Writing(batch=batch)))
    assert certificate.failures == ()
    assert certificate.written_out == certificate.entries


@settings(max_examples=40, deadline=None)
@given(any_networks(most_layers=3, most_neurons=3), st.sampled_from(BatchAs))
def test_every_entry_written_out_has_the_value_of_its_step(network: Network, batch: BatchAs) -> None:
    """The same without the proof's own means: each entry's formula evaluated by itself."""
    plan, derivation = planned(replace(network, writing=Writing(batch=batch)))
    values = derivation.values.at(2 * FIRST_BITS)
    with precision(2 * FIRST_BITS):
        for step in plan.steps:
            grid = plan.quantities[step.target].entries
            for ids, formulas in zip(grid, entries(step.expression, plan.quantities), strict=True):
                for id_, formula in zip(ids, formulas, strict=True):
                    assert to_ball(evaluate(formula, values.__getitem__)).overlaps(to_ball(values[id_])), id_


@settings(max_examples=30, deadline=None)
@given(any_networks())
def test_whatever_a_round_finds_of_whole_layers_stands_in_some_matrix(network: Network) -> None:
    """Only shares of samples and time steps, the factors of a chain, and second names have no matrix of their own."""
    plan, derivation = planned(network)
    found = {id_ for quantity in plan.quantities.values() for row in quantity.entries for id_ in row}
    assert {id_ for id_ in derivation.steps.state if not id_.endswith("_t")} <= found
    for start in ("net_", "out_", "delta_", "target_", "E_l", "E_total"):
        missing = {id_ for id_ in derivation.steps if id_.startswith(start)} - found
        assert missing == set(), start
    gradients = {f"dE_total/d{parameter}" for parameter in derivation.graph.parameters()}
    assert {id_ for id_ in derivation.steps if id_ in gradients} <= found


@pytest.mark.parametrize("name", example_names())
def test_every_example_is_proved(name: str) -> None:
    certificate = proved(read_network(example(name)))
    assert certificate.failures == ()
    assert certificate.steps > 10
    assert (certificate.written_out < certificate.entries) is (name == "large")


def test_of_a_large_matrix_each_row_and_each_column_has_an_entry_written_out() -> None:
    chosen = written_out(30, 784)
    assert {row for row, _ in chosen} == set(range(30))
    assert {column for _, column in chosen} == set(range(784))
    assert len(chosen) == 784
    assert len(written_out(20, 20)) == MOST_WRITTEN_OUT


def test_the_default_network_has_these_matrices() -> None:
    network = default_network()
    plan, _ = planned(network)
    grids = {(name.role, name.layer): quantity.entries for name, quantity in plan.quantities.items()}
    assert grids[Role.WEIGHTS, 1] == (("w1", "w2"), ("w3", "w4"))
    assert grids[Role.BIAS, 2] == (("b2",), ("b2",))
    assert grids[Role.OUT, 0] == (("i1",), ("i2",))
    assert grids[Role.DELTA, 1] == (("delta_h1",), ("delta_h2",))
    assert grids[Role.GRADIENT, 2] == (("dE_total/dw5", "dE_total/dw6"), ("dE_total/dw7", "dE_total/dw8"))
    assert grids[Role.UPDATED, 2] == (("w5+", "w6+"), ("w7+", "w8+"))


def test_a_bias_that_is_shared_gets_the_sum_of_the_deltas() -> None:
    network = trained_otherwise(default_network(), update_biases=True)
    plan, _ = planned(network)
    name = MatrixName(role=Role.GRADIENT, layer=2, of=Role.BIAS)
    assert plan.quantities[name].entries == (("dE_total/db2",),)
    delta = Leaf(MatrixName(role=Role.DELTA, layer=2))
    assert plan.step(name).expression == MatMul(Ones(1, 2), delta)


# --- Batches, sequences, softmax --------------------------------------------------------------------------


def several(batch: BatchAs = BatchAs.COLUMNS, reduction: Reduction = Reduction.MEAN) -> Network:
    """Build a 2-3-2 network with three samples."""
    base = build(
        layer([["0.1", "0.2"], ["0.3", "0.4"], ["-0.5", "0.6"]], "0.1"),
        layer([["1", "-1", "0.5"], ["2", "0.25", "-1"]], ["0.2", "0.3"]),
        inputs=["0.5", "1"],
        targets=["1", "0"],
        update_biases=True,
    )
    first = base.samples[0]
    others = tuple(
        replace(first, inputs=((number(a), number(b)),), targets=((number(b), number(a)),))
        for a, b in (("0.25", "-1"), ("0.75", "0.5"))
    )
    training = replace(base.training, reductions=Reductions(batch=reduction))
    return replace(base, samples=(first, *others), training=training, writing=Writing(batch=batch))


def test_samples_as_rows_move_the_transpose_to_the_forward_pass() -> None:
    plan, _ = planned(several(BatchAs.ROWS))
    weights, inputs = Leaf(MatrixName(role=Role.WEIGHTS, layer=1)), Leaf(MatrixName(role=Role.OUT, layer=0))
    net = plan.step(MatrixName(role=Role.NET, layer=1)).expression
    assert isinstance(net, Add)
    assert net.terms[0] == MatMul(inputs, Transpose(weights))
    gradient = plan.step(MatrixName(role=Role.GRADIENT, layer=1, of=Role.WEIGHTS))
    product = MatMul(Transpose(Leaf(MatrixName(role=Role.DELTA, layer=1))), inputs)
    assert gradient.expression == Scale(constant(1, 3), product)


def recurrent() -> Network:
    """Build a recurrent 2-2-1 network over three time steps."""
    return read_network(example("recurrent"))


def test_the_gradient_of_recurrent_weights_is_a_sum_over_time_steps() -> None:
    network = recurrent()
    plan, _ = planned(network)
    gradient = plan.step(MatrixName(role=Role.GRADIENT, layer=1, of=Role.RECURRENT)).expression
    assert isinstance(gradient, Add)
    assert len(gradient.terms) == network.steps
    slope = plan.step(MatrixName(role=Role.OUT_SLOPE, layer=1, step=1)).expression
    later = MatMul(
        Transpose(Leaf(MatrixName(role=Role.RECURRENT, layer=1))), Leaf(MatrixName(role=Role.DELTA, layer=1, step=2))
    )
    assert isinstance(slope, Add)
    assert slope.terms[-1] == later


def softmax_network(targets: tuple[str, ...] = ("0.25", "0.75", "0"), loss: Loss = Loss.CROSS_ENTROPY) -> Network:
    """Build a 2-2-3 network with softmax over its outputs and two samples."""
    hidden = layer([["0.1", "-0.2"], ["0.3", "0.4"]], "0.1")
    output = replace(
        layer([["0.5", "-0.6"], ["0.7", "0.8"], ["-0.9", "1"]], ["0.1", "0.2", "0.3"]), activation=Activation.SOFTMAX
    )
    base = build(hidden, output, inputs=["0.5", "0.25"], targets=targets)
    first = base.samples[0]
    second = replace(
        first, inputs=((number("-0.5"), number("1.5")),), targets=((number("0"), number("0"), number("1")),)
    )
    return replace(base, samples=(first, second), training=replace(base.training, loss=loss))


@pytest.mark.parametrize("loss", [Loss.CROSS_ENTROPY, Loss.HALF_SQUARED])
def test_softmax_has_a_jacobian_for_each_sample_and_a_fused_form_with_cross_entropy(loss: Loss) -> None:
    plan, derivation = planned(softmax_network(loss=loss))
    assert prove_matrices(plan, derivation).failures == ()
    rules = [step.rule for step in plan.steps]
    assert rules.count(MatrixRule.FUSED_DELTA) == (loss is Loss.CROSS_ENTROPY)
    assert sum(name.role is Role.JACOBIAN for name in plan.quantities) == 2
    assert any(isinstance(step.expression, Softmax) for step in plan.steps)


def test_the_fused_form_is_rejected_where_targets_do_not_add_up_to_1() -> None:
    certificate = proved(softmax_network(("0.25", "0.5", "0.5")))
    # What comes back from them is calculated as if they added up to 0.
    returning = {"dE[1]/dout_h1[1]", "dE[1]/dout_h2[1]"}
    assert {failure.id for failure in certificate.failures} == {"delta_o1[1]", "delta_o2[1]", "delta_o3[1]"} | returning


# --- Penalties and optimizers -----------------------------------------------------------------------------


def small(rule: Rule, l1: Given | None = None, l2: Given | None = None) -> Network:
    """Build a 2-2-1 network with an optimizer and penalties."""
    base = build(
        layer([["0.1", "0.2"], ["0.3", "-0.4"]], ["0.1", "0.2"]),
        layer([["0.5", "-0.6"]], "0.3"),
        inputs=["1", "2"],
        targets=["0"],
        update_biases=True,
    )
    return replace(base, training=replace(base.training, optimizer=optimizer(rule), l1=l1, l2=l2))


@pytest.mark.parametrize("strength", [None, number("0.01")])
@pytest.mark.parametrize("rule", Rule)
def test_penalties_and_optimizers_agree(rule: Rule, strength: Given | None) -> None:
    plan, derivation = planned(small(rule, l1=strength, l2=strength))
    assert prove_matrices(plan, derivation).failures == ()
    rules = [step.rule for step in plan.steps]
    assert (MatrixRule.PENALTY in rules) is (strength is not None)
    assert rules.count(MatrixRule.PENALTY_ON_WEIGHTS) == (0 if strength is None else 2)
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
    plan, _ = planned(small(rule))
    written = {
        plan.quantities[step.target].entries[0][0]: entries(step.expression, plan.quantities)[0][0]
        for step in plan.steps
    }
    if rule is not Rule.RMSPROP:
        assert {id_: plain(written[id_]) for id_ in ADAM} == ADAM
        assert list(quantities(written["w1+"]))[-3:] == ["mhat_w1", "vhat_w1", "epsilon"]
    assert ("lambda" in quantities(written["w1+"])) is (rule is Rule.ADAMW)


def test_the_penalties_on_weights_are_sums_over_matrices() -> None:
    plan, _ = planned(small(Rule.SGD, l1=number("0.1"), l2=number("0.2")))
    written = {
        plan.quantities[step.target].entries[0][0]: plain(entries(step.expression, plan.quantities)[0][0])
        for step in plan.steps
    }
    assert written["E_l1"] == "lambda1*(abs(w1) + abs(w3) + abs(w2) + abs(w4) + abs(w5) + abs(w6))"
    assert written["E_total"] == "E_data + E_l1 + E_l2"


# --- What the proof rejects -------------------------------------------------------------------------------


def broken(role: Role, layer_: int, mend: Callable[[Expression], Expression], network: Network) -> set[str]:
    """Break one step of a network's plan and tell which entries fail."""
    plan, derivation = planned(network)

    def breaking(step: MatrixStep) -> MatrixStep:
        if (step.target.role, step.target.layer) != (role, layer_):
            return step
        return replace(step, expression=mend(step.expression))

    steps = tuple(map(breaking, plan.steps))
    assert steps != plan.steps
    certificate = prove_matrices(replace(plan, steps=steps), derivation)
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


def _without_factor(expression: Expression) -> Expression:
    assert isinstance(expression, Scale)
    return expression.body


def _without_a_term(expression: Expression) -> Expression:
    assert isinstance(expression, Add)
    return Add(expression.terms[:-1])


@pytest.mark.parametrize("batch", BatchAs)
def test_a_missing_share_of_the_batch_is_rejected(batch: BatchAs) -> None:
    weights = {f"dE_total/dw{count}" for count in range(7, 13)}
    failing = broken(Role.GRADIENT, 2, _without_factor, several(batch))
    assert failing == weights | {"dE_total/db_o1", "dE_total/db_o2"}
    assert broken(Role.DATA_ERROR, 2, _without_factor, several(batch)) == {"E_total"}


def test_a_missing_time_step_is_rejected() -> None:
    failing = broken(Role.GRADIENT, 1, _without_a_term, recurrent())
    assert {"dE_total/dw1", "dE_total/dw2"} <= failing
    assert broken(Role.OUT_SLOPE, 1, lambda body: _without_a_term(body) if isinstance(body, Add) else body, recurrent())


def test_a_missing_penalty_is_rejected() -> None:
    network = small(Rule.SGD, l1=number("0.1"), l2=number("0.2"))
    assert broken(Role.TOTAL_ERROR, 2, _without_a_term, network) == {"E_total"}
    assert broken(Role.L2_PENALTY, 2, _without_factor, network) == {"E_l2"}
    assert "dE_total/dw1" in broken(
        Role.GRADIENT, 1, lambda body: _without_a_term(body) if isinstance(body, Add) else body, network
    )


def test_one_wrong_entry_of_a_large_matrix_is_rejected() -> None:
    """Even where no formula of it is looked at."""
    rows, columns = 30, 40
    network = build(
        layer([[f"0.{row + 1}{column + 1}" for column in range(columns)] for row in range(rows)]),
        inputs=[f"0.{column + 1}" for column in range(columns)],
        targets=["0"] * rows,
    )
    plan, derivation = planned(network)
    name = MatrixName(role=Role.UPDATED, layer=1, of=Role.WEIGHTS)
    place = (3, 5)
    assert place not in written_out(rows, columns)
    # The update of one weight is said to be that of its neighbour.
    grid = [list(row) for row in plan.quantities[name].entries]
    right, grid[3][5] = grid[3][5], grid[3][6]
    swapped = replace(plan.quantities[name], entries=tuple(map(tuple, grid)))
    certificate = prove_matrices(replace(plan, quantities={**plan.quantities, name: swapped}), derivation)
    assert {failure.id for failure in certificate.failures} == {grid[3][5]} != {right}


@pytest.mark.parametrize(
    ("mend", "why"),
    [
        (lambda body: MatMul(Transpose(body), body), "the result has other dimensions"),
        (lambda body: MatMul(body, Ones(2, 2)), "the matrices don't fit: 3 x 3 times 2 x 2"),
    ],
)
def test_matrices_that_do_not_fit_are_rejected(mend: Callable[[Expression], Expression], why: str) -> None:
    network = several()
    plan, derivation = planned(replace(network, samples=network.samples[:3]))
    step = plan.step(MatrixName(role=Role.NET, layer=2))
    hidden = plan.step(MatrixName(role=Role.NET, layer=1))
    chosen = step if why.startswith("the result") else hidden
    steps = tuple(replace(it, expression=mend(it.expression)) if it is chosen else it for it in plan.steps)
    (failure,) = prove_matrices(replace(plan, steps=steps), derivation).failures
    assert failure.why == why


def test_an_unknown_entry_is_rejected() -> None:
    plan, derivation = planned(default_network())
    name = MatrixName(role=Role.DELTA, layer=1)
    grid = (("delta_h1",), ("delta_h9",))
    quantities = {**plan.quantities, name: replace(plan.quantities[name], entries=grid)}
    certificate = prove_matrices(replace(plan, quantities=quantities), derivation)
    assert "the scalar derivation has no such quantity" in {failure.why for failure in certificate.failures}


def told(monkeypatch: pytest.MonkeyPatch, derivation: Derivation, id_: str, value: arb) -> None:
    """Let a derivation give another value for a quantity."""
    before = derivation.values.at

    def at(bits: int) -> dict[str, Real]:
        return {**before(bits), id_: value}

    monkeypatch.setattr(derivation.values, "at", at)


def test_a_value_that_is_not_the_scalar_one_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, derivation = planned(default_network())
    told(monkeypatch, derivation, "delta_h2", arb("0.01"))
    whys = {failure.id: failure.why for failure in prove_matrices(plan, derivation).failures}
    assert whys["delta_h2"].startswith("its value is not that of the scalar step: ")


def test_a_ball_that_is_too_wide_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, derivation = planned(default_network())
    value = derivation.values.at(FIRST_BITS)["delta_h2"]
    assert is_narrow(value)
    told(monkeypatch, derivation, "delta_h2", to_ball(value) + arb(0, 1))
    whys = {failure.id: failure.why for failure in prove_matrices(plan, derivation).failures}
    assert whys["delta_h2"].endswith(TOO_WIDE)


# --- The algebra ------------------------------------------------------------------------------------------

_A = MatrixName(role=Role.WEIGHTS, layer=1)
_X = MatrixName(role=Role.OUT, layer=0)


def _known() -> MatrixPlan:
    network = build(layer([["1", "2", "3"], ["4", "5", "6"]]), inputs=["1", "0", "-1"], targets=["0", "0"])
    return planned(network)[0]


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
        numbers = MatrixNumbers(known=plan.quantities, values=values)
        result = numbers.compute(MatMul(Leaf(_A), Leaf(_X)))
        both = numbers.compute(Hadamard(Leaf(_A), Leaf(_A)))
        ones = numbers.compute(Map(constant(1), (("w", _A),)))
    assert result[0, 0] == result[1, 0] == -2
    assert both[1, 2] == 36
    assert ones.entries() == [1] * 6
