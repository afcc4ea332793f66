"""What has to be derived for a graph: one step for each quantity, in order, each naming its pattern.

This is the plan only. Which formula a pattern stands for is worked out by `patterns`, once for each pattern.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symbackprop.derivation.graph import (
    LEARNING_RATE,
    TOTAL_ERROR,
    Graph,
    Kind,
    Neuron,
    error_of,
    target_of,
)
from symbackprop.derivation.keys import (
    RULES,
    BackwardPattern,
    BiasGradient,
    Chain,
    Compare,
    ErrorByOut,
    HiddenDelta,
    HiddenGradient,
    OutputDelta,
    OutputGradient,
    PathsToErrors,
    PathsToNeurons,
    PatternKey,
    SameAs,
    Squash,
    SquashByNet,
    SumByBias,
    SumByInput,
    SumByWeight,
    TotalByOut,
    Update,
    UpdatedWeight,
    WeightedSum,
)
from symbackprop.functions import Activation, Loss
from symbackprop.network import HiddenGradients, Training


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One quantity, and how it follows: the pattern, its slots filled with ids. A given number has no pattern."""

    id: str
    kind: Kind
    pattern: PatternKey | None
    slots: Mapping[str, str]

    @property
    def rule(self) -> str:
        """The rule's name, as JSON and the certificate give it."""
        return "given" if self.pattern is None else RULES[type(self.pattern)]


def by(of: str, variable: str) -> str:
    """The id of the derivative of one quantity by another."""
    return f"d{of}/d{variable}"


def delta_of(neuron: Neuron) -> str:
    """The id of a neuron's delta: dE_total/dnet."""
    return f"delta_{neuron.name}"


def updated(parameter: str) -> str:
    """The id of a weight or bias after the update."""
    return f"{parameter}+"


def plan_steps(graph: Graph, training: Training) -> Iterator[Step]:
    """Every step of one round, each after all that it uses: forward, then backward layer by layer, with updates.

    A layer's updates stand before the gradients of the layer below only as a matter of order; unless the network
    asks for the mistake (`hidden_gradients = "updated"`), nothing but the next round uses them.
    """
    for node in graph.nodes:
        yield Step(id=node.id, kind=node.kind, pattern=node.pattern, slots=node.slots)
    for depth in reversed(range(len(graph.layers))):
        layer = graph.layers[depth]
        if depth == len(graph.layers) - 1:
            backward = _output_steps(graph)
        else:
            backward = _hidden_steps(graph, depth, training.hidden_gradients)
        yield from backward
        yield from _gradients(graph, depth, training)
        for parameter in _trained(layer, training):
            slots = {"old": parameter, "eta": LEARNING_RATE, "gradient": by(TOTAL_ERROR, parameter)}
            yield Step(id=updated(parameter), kind=Kind.UPDATE, pattern=Update(), slots=slots)


def _output_steps(graph: Graph) -> Iterator[Step]:
    outputs = graph.outputs
    compared = {f"target{number}": target_of(neuron) for number, neuron in enumerate(outputs, start=1)}
    compared |= {f"out{number}": neuron.out for number, neuron in enumerate(outputs, start=1)}
    for index, neuron in enumerate(outputs, start=1):
        loss, activation = _loss(graph, neuron), _activation(graph, neuron)
        error, own = error_of(neuron), {"target": target_of(neuron), "out": neuron.out}
        total = TotalByOut(outputs=len(outputs), index=index, loss=loss)
        yield _factor(by(TOTAL_ERROR, neuron.out), total, compared)
        yield _squash_step(neuron, activation)
        factors = {"f1": by(TOTAL_ERROR, neuron.out), "f2": by(neuron.out, neuron.net)}
        delta = OutputDelta(loss=loss, activation=activation)
        yield Step(id=delta_of(neuron), kind=Kind.DELTA, pattern=delta, slots=factors | own)
        yield _factor(by(TOTAL_ERROR, neuron.net), SameAs(), {"same": delta_of(neuron)})
        yield _factor(by(error, neuron.out), ErrorByOut(loss), own)
        factors = {"f1": by(error, neuron.out), "f2": by(neuron.out, neuron.net)}
        yield _factor(by(error, neuron.net), Chain(2), factors)


def _hidden_steps(graph: Graph, depth: int, weights_used: HiddenGradients) -> Iterator[Step]:
    above = graph.layers[depth + 1]
    below_errors = depth + 2 == len(graph.layers)
    for index, neuron in enumerate(graph.layers[depth], start=1):
        for upper in above:
            yield _step_back(graph, upper, index, weights_used)
            if below_errors:
                error = error_of(upper)
                factors = {"f1": by(error, upper.net), "f2": by(upper.net, neuron.out)}
                yield _factor(by(error, neuron.out), Chain(2), factors)
        returning = _returning_slots(above, index, weights_used)
        if below_errors:
            paths = {f"p{number}": by(error_of(upper), neuron.out) for number, upper in enumerate(above, start=1)}
            yield _factor(by(TOTAL_ERROR, neuron.out), PathsToErrors(len(above)), paths | returning)
        else:
            paths = {f"g{number}": by(upper.net, neuron.out) for number, upper in enumerate(above, start=1)}
            yield _factor(by(TOTAL_ERROR, neuron.out), PathsToNeurons(len(above)), paths | returning)
        activation = _activation(graph, neuron)
        yield _squash_step(neuron, activation)
        slots = {"f1": by(TOTAL_ERROR, neuron.out), "f2": by(neuron.out, neuron.net), "out": neuron.out}
        delta = HiddenDelta(paths=len(above), activation=activation)
        yield Step(id=delta_of(neuron), kind=Kind.DELTA, pattern=delta, slots=slots | returning)
        yield _factor(by(TOTAL_ERROR, neuron.net), SameAs(), {"same": delta_of(neuron)})


def _step_back(graph: Graph, upper: Neuron, index: int, weights_used: HiddenGradients) -> Step:
    weight, source = upper.weights[index - 1]
    match weights_used:
        case HiddenGradients.ORIGINAL:
            return _factor(by(upper.net, source), SumByInput(_sum(graph, upper), index), graph[upper.net].slots)
        case HiddenGradients.UPDATED:
            return _factor(by(upper.net, source), UpdatedWeight(), {"updated": updated(weight)})


def _returning_slots(above: tuple[Neuron, ...], index: int, weights_used: HiddenGradients) -> dict[str, str]:
    """The deltas of the layer above, and the weights that carry them back to its input `index`."""
    weights = [upper.weights[index - 1][0] for upper in above]
    if weights_used is HiddenGradients.UPDATED:
        weights = [updated(weight) for weight in weights]
    slots = {f"d{number}": delta_of(upper) for number, upper in enumerate(above, start=1)}
    return slots | {f"v{number}": weight for number, weight in enumerate(weights, start=1)}


def _gradients(graph: Graph, depth: int, training: Training) -> Iterator[Step]:
    layer = graph.layers[depth]
    for neuron in layer:
        delta = _compared_slots(graph, depth, neuron, training)
        for index, (weight, source) in enumerate(neuron.weights, start=1):
            local = SumByWeight(_sum(graph, neuron), index)
            yield _factor(by(neuron.net, weight), local, graph[neuron.net].slots)
            slots = {
                "f1": by(TOTAL_ERROR, neuron.out),
                "f2": by(neuron.out, neuron.net),
                "f3": by(neuron.net, weight),
                "delta": delta_of(neuron),
                "out": neuron.out,
                "x": source,
            }
            pattern = _gradient_pattern(graph, depth, neuron)
            yield Step(id=by(TOTAL_ERROR, weight), kind=Kind.GRADIENT, pattern=pattern, slots=slots | delta)
    if training.update_biases:
        yield from _bias_gradients(graph, layer)


def _compared_slots(graph: Graph, depth: int, neuron: Neuron, training: Training) -> dict[str, str]:
    """The slots that a gradient's written-out form needs beside its own: the target, or the deltas above."""
    if depth == len(graph.layers) - 1:
        return {"target": target_of(neuron)}
    index = graph.layers[depth].index(neuron) + 1
    return _returning_slots(graph.layers[depth + 1], index, training.hidden_gradients)


def _gradient_pattern(graph: Graph, depth: int, neuron: Neuron) -> OutputGradient | HiddenGradient:
    activation = _activation(graph, neuron)
    if depth == len(graph.layers) - 1:
        return OutputGradient(loss=_loss(graph, neuron), activation=activation)
    return HiddenGradient(paths=len(graph.layers[depth + 1]), activation=activation)


def _bias_gradients(graph: Graph, layer: tuple[Neuron, ...]) -> Iterator[Step]:
    biases = dict.fromkeys(neuron.bias for neuron in layer if neuron.bias is not None)
    for bias in biases:
        fed = graph.shared_biases[bias]
        slots: dict[str, str] = {}
        for number, neuron in enumerate(fed, start=1):
            yield _factor(by(neuron.net, bias), SumByBias(_sum(graph, neuron)), graph[neuron.net].slots)
            slots |= {
                f"f1_{number}": by(TOTAL_ERROR, neuron.out),
                f"f2_{number}": by(neuron.out, neuron.net),
                f"f3_{number}": by(neuron.net, bias),
                f"delta{number}": delta_of(neuron),
            }
        pattern = BiasGradient(len(fed))
        yield Step(id=by(TOTAL_ERROR, bias), kind=Kind.GRADIENT, pattern=pattern, slots=slots)


def _trained(layer: tuple[Neuron, ...], training: Training) -> Iterator[str]:
    for neuron in layer:
        yield from (weight for weight, _ in neuron.weights)
    if training.update_biases:
        yield from dict.fromkeys(neuron.bias for neuron in layer if neuron.bias is not None)


def _squash_step(neuron: Neuron, activation: Activation) -> Step:
    slots = {"net": neuron.net, "out": neuron.out}
    return _factor(by(neuron.out, neuron.net), SquashByNet(activation), slots)


def _factor(id_: str, pattern: BackwardPattern, slots: Mapping[str, str]) -> Step:
    return Step(id=id_, kind=Kind.FACTOR, pattern=pattern, slots=slots)


def _sum(graph: Graph, neuron: Neuron) -> WeightedSum:
    pattern = graph[neuron.net].pattern
    assert isinstance(pattern, WeightedSum)
    return pattern


def _activation(graph: Graph, neuron: Neuron) -> Activation:
    pattern = graph[neuron.out].pattern
    assert isinstance(pattern, Squash)
    return pattern.activation


def _loss(graph: Graph, neuron: Neuron) -> Loss:
    pattern = graph[error_of(neuron)].pattern
    assert isinstance(pattern, Compare)
    return pattern.loss
