"""What grows with the size of a network: counted, not timed."""

from __future__ import annotations

from itertools import pairwise

import pytest

from symbackprop.derivation.balls import evaluate, precision, to_ball
from symbackprop.derivation.code import Arithmetic, code_of
from symbackprop.derivation.derive import ROUNDS_KEPT, derive
from symbackprop.derivation.families import by
from symbackprop.derivation.forward import judged_of
from symbackprop.derivation.graph import Graph
from symbackprop.derivation.keys import PatternKey, Softmax, SoftmaxByNet, SoftmaxDelta, TotalByOut
from symbackprop.derivation.oracle import Oracle
from symbackprop.derivation.patterns import fill, work_out
from symbackprop.derivation.proofs import proved_keys
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network, Rule
from tests.networks import UPDATED, build, default_network, layer, optimizer, sample


def wide(outputs: int, *, activation: Activation = Activation.SIGMOID, loss: Loss = Loss.HALF_SQUARED) -> Network:
    """One input, many outputs."""
    rows = [[f"0.{number}"] for number in range(1, outputs + 1)]
    targets = ["1"] + ["0"] * (outputs - 1)
    return build(layer(rows, activation=activation), inputs=["0.5"], targets=targets, loss=loss)


def in_time(samples: int, steps: int) -> Network:
    """A recurrent neuron that sees a batch of sequences."""
    one = sample([["0.5"]] * steps, [["1"]] * steps)
    return build(layer([["0.5"]], recurrent=[["0.25"]]), samples=[one] * samples)


def test_instants_are_found_by_sample_and_step() -> None:
    graph = derive(in_time(3, 4)).graph
    for number, instants in enumerate(graph.instants_in[0]):
        assert [(it.sample, it.step) for it in instants] == [(number, step) for step in range(4)]
        for instant, following in pairwise(instants):
            assert graph.one_step_later(0, instant) == graph.at[0][following]
        assert graph.one_step_later(0, instants[-1]) == ()
        assert [neuron.instant for neuron in judged_of(graph, number)] == list(instants)


def test_planning_looks_at_the_neurons_with_a_target_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = 0
    judged_in = Graph.__dict__["judged_in"]
    found = judged_in.func

    def counting(graph: Graph) -> object:
        nonlocal looked_at
        looked_at += 1
        return found(graph)

    monkeypatch.setattr(judged_in, "func", counting)
    derive(in_time(7, 6))
    assert looked_at == 1


def test_outputs_share_what_they_are_parts_of() -> None:
    derivation = derive(wide(40))
    steps = [derivation.steps[by("E_total", neuron.out)] for neuron in derivation.graph.outputs]
    assert len({id(step.slots) for step in steps}) == 1
    definitions = [derivation.pattern(step.id).differentiates for step in steps]
    assert len({id(it.definition) for it in definitions if it is not None}) == 1


def test_a_total_of_few_errors_is_proved_by_every_output_and_one_of_many_by_two() -> None:
    for outputs, indexes in ((16, range(1, 17)), (17, (1, 17))):
        keys = [key for key in proved_keys(derive(wide(outputs)).steps) if isinstance(key, TotalByOut)]
        assert [key.index for key in keys] == list(indexes)


def keys_of(network: Network, *kinds: type) -> list[PatternKey]:
    """The patterns of some kinds that a network follows."""
    patterns = (family.pattern for family in derive(network).steps.families)
    return [it for it in dict.fromkeys(patterns) if it is not None and isinstance(it, kinds)]


@pytest.mark.parametrize(
    ("loss", "kind", "most"),
    [
        (Loss.HALF_SQUARED, Softmax, 1),
        (Loss.HALF_SQUARED, SoftmaxByNet, 2),
        (Loss.HALF_SQUARED, SoftmaxDelta, 1),
        (Loss.HALF_SQUARED, TotalByOut, 1),
        (Loss.CROSS_ENTROPY, SoftmaxDelta, 1),
    ],
)
def test_wide_layers_have_few_functions_to_compute(loss: Loss, kind: type, most: int) -> None:
    keys = keys_of(wide(9, activation=Activation.SOFTMAX, loss=loss), kind)
    assert len(keys) >= 9
    for arithmetic in Arithmetic:
        assert len({code_of(key, arithmetic).run for key in keys}) == most


@pytest.mark.parametrize("loss", [Loss.HALF_SQUARED, Loss.CROSS_ENTROPY])
def test_shared_functions_compute_what_each_pattern_says(loss: Loss) -> None:
    derivation = derive(wide(5, activation=Activation.SOFTMAX, loss=loss))
    values = derivation.values.at(128)
    with precision(128):
        for family in derivation.steps.families:
            if isinstance(family.pattern, Softmax | SoftmaxByNet | SoftmaxDelta | TotalByOut):
                code = code_of(family.pattern, Arithmetic.BALLS)
                found = code.run(*[values[family.slots[slot]] for slot in code.slots])
                told = evaluate(fill(work_out(family.pattern).result, family.slots), values.__getitem__)
                assert to_ball(found).overlaps(to_ball(told))


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("rule", [Rule.SGD, Rule.ADAM])
def test_updated_weights_take_a_run_for_each_neuron(samples: int, rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[f"0.{row}{column}" for column in range(1, 6)] for row in range(1, 6)]
    network = build(
        layer(rows, "0.1"),
        layer(rows, "0.2", activation=Activation.TANH),
        layer(rows),
        samples=[
            sample([f"0.{number}", "1", "0", "0.5", "-1"], ["1", "0", "0.5", "0", "1"]) for number in range(samples)
        ],
        l1="0.01",
        l2="0.02",
        rule=optimizer(rule),
        hidden_gradients=UPDATED,
    )
    runs = 0
    move = Oracle._move

    def counting(*arguments: object) -> object:
        nonlocal runs
        runs += 1
        return move(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Oracle, "_move", counting)
    derivation = derive(network)
    with precision(128):
        oracle = Oracle(network, derivation.given)
        assert runs == 10
        for depth in (1, 2):
            for weights, carrying in zip(oracle._neurons[depth], oracle._carrying[depth], strict=True):
                for weight, carried in zip(weights[0], carrying, strict=True):
                    assert carried.overlaps(oracle.update(weight))


def test_only_the_last_rounds_are_kept() -> None:
    derivation = derive(default_network())
    first = derivation.after(1)
    assert derivation.after(1) is first
    for rounds in range(2, ROUNDS_KEPT + 1):
        derivation.after(rounds)
    assert derivation.after(1) is first
    derivation.after(ROUNDS_KEPT + 1)
    assert derivation.after(1) is first
    for rounds in range(10, 10 + ROUNDS_KEPT):
        derivation.after(rounds)
    assert derivation.after(1) is not first
    assert len(derivation._later) == ROUNDS_KEPT
    assert derivation.after(0) is derivation.values
