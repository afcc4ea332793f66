"""Networks with anything in them, by Hypothesis: all functions, losses, reductions, batches, optimizers, recurrence.

Only combinations that a network file may ask for, and numbers that keep doubles honest: no net input near a kink,
nothing saturated so far that a logarithm loses its digits.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import assume
from hypothesis import strategies as st

from symbackprop.functions import Activation, Loss
from symbackprop.network import (
    Given,
    HiddenGradients,
    Layer,
    Network,
    Optimizer,
    Reduction,
    Reductions,
    Rule,
    Sample,
    Training,
)
from tests.networks import PYTORCH, number, numbers, optimizer
from tests.reference import FLOATS, Numbers, after_rounds, initial_state, one_round, parameters, tag, trained
from tests.reference import neuron_names as names_of

RECURRENT = (Activation.TANH, Activation.SIGMOID, Activation.RELU)
BENT = {Activation.LEAKY_RELU: ("0.01", "0.2"), Activation.ELU: ("1", "0.5")}
KINKED = {Activation.RELU, Activation.LEAKY_RELU, Activation.ELU}
SMOOTH = tuple(it for it in Activation if it not in KINKED)
SMOOTH_LOSSES = tuple(it for it in Loss if it not in {Loss.ABSOLUTE, Loss.HUBER})
ADAPTIVE = {Rule.RMSPROP, Rule.ADAM, Rule.ADAMW}
NEAR = 0.02
FAR = 12
TINY = 1e-4
WEIGHTS = numbers(-1, 1)


@st.composite
def any_networks(
    draw: st.DrawFn,
    *,
    most_layers: int = 4,
    most_neurons: int = 5,
    most_samples: int = 3,
    most_steps: int = 4,
    rules: tuple[Rule, ...] = tuple(Rule),
    losses: tuple[Loss, ...] = tuple(Loss),
    activations: tuple[Activation, ...] = tuple(Activation),
) -> Network:
    """Networks of every kind within the limits. `most_steps=0` leaves out recurrent layers.

    Where a loss or recurrence asks for certain activations, it gets them, whatever `activations` says.
    """
    loss = draw(st.sampled_from(losses))
    depth = draw(st.integers(1, most_layers))
    least = 2 if loss is Loss.CROSS_ENTROPY else 1
    widths = [*(draw(st.integers(1, most_neurons)) for _ in range(depth)), draw(st.integers(least, most_neurons))]
    steps = draw(st.integers(0, most_steps))
    recurrent = draw(st.lists(st.booleans(), min_size=depth, max_size=depth)) if steps else [False] * depth
    if loss is Loss.CROSS_ENTROPY:
        recurrent[-1] = False
    steps = steps if any(recurrent) else 1
    layers = tuple(
        draw(
            _layers(
                below, here, _choices(here, loss, activations, final=index == depth - 1, recurrent=recurrent[index])
            )
        )
        for index, (below, here) in enumerate(pairwise(widths))
    )
    with_target = draw(st.sampled_from([1, steps]))
    samples = draw(st.lists(_samples(widths, steps, with_target, loss), min_size=1, max_size=most_samples))
    network = Network(
        title="A random net",
        samples=tuple(samples),
        layers=layers,
        training=draw(_trainings(loss, rules, may_be_mistaken=not any(recurrent))),
        published=(),
        origin="random.toml",
    )
    assume(is_well_behaved(network, parameters(network, FLOATS)))
    return network


def is_well_behaved(network: Network, found: Numbers) -> bool:
    """Whether doubles can be trusted with the network at these parameters."""
    try:
        values = one_round(network, FLOATS, found | initial_state(network, FLOATS))
    except (OverflowError, ValueError, ZeroDivisionError):
        return False
    if network.training.optimizer.rule in ADAPTIVE:
        # Where a gradient should be 0 and is 1e-17, these make a visible step of the noise.
        slopes = [values[f"dE_total/d{name}"] for name in trained(network)]
        if any(0 < abs(slope) < TINY for slope in slopes):
            return False
    training = network.training
    for id_, value in values.items():
        if id_.startswith("net_") and (abs(value) > FAR or (abs(value) < NEAR and _is_kinked(network, id_))):
            return False
    threshold = None if training.threshold is None else float(training.threshold.exact)
    for sample, each in enumerate(network.samples):
        for step, targets in zip(network.target_steps, each.targets, strict=True):
            for name, target in zip(names_of(network)[-1], targets, strict=True):
                out = values[f"out_{name}{tag(network, sample, step)}"]
                miss = abs(float(target.exact) - out)
                near = [0.0] if training.loss is Loss.ABSOLUTE else [] if threshold is None else [threshold]
                if any(abs(miss - it) < NEAR for it in near):
                    return False
    return True


def stays_well_behaved(network: Network, rounds: int) -> bool:
    """Whether doubles can be trusted with that many rounds of training."""
    try:
        return all(is_well_behaved(network, after_rounds(network, FLOATS, number)) for number in range(1, rounds))
    except (OverflowError, ValueError, ZeroDivisionError):
        return False


def _is_kinked(network: Network, id_: str) -> bool:
    name = id_.removeprefix("net_").partition("[")[0]
    return any(
        name in names and layer.activation in KINKED
        for names, layer in zip(names_of(network), network.layers, strict=True)
    )


def _choices(
    neurons: int, loss: Loss, activations: tuple[Activation, ...], *, final: bool, recurrent: bool
) -> tuple[tuple[Activation, ...], bool]:
    """The activations that a layer may have, and whether it is recurrent."""
    if final and loss is Loss.CROSS_ENTROPY:
        return (Activation.SOFTMAX,), recurrent
    if final and loss is Loss.BINARY_CROSS_ENTROPY:
        return (Activation.SIGMOID,), recurrent
    if recurrent:
        return tuple(it for it in RECURRENT if it in activations) or RECURRENT, recurrent
    may_be_softmax = neurons > 1 and loss is not Loss.BINARY_CROSS_ENTROPY
    return tuple(it for it in activations if may_be_softmax or it is not Activation.SOFTMAX), recurrent


@st.composite
def _layers(draw: st.DrawFn, inputs: int, neurons: int, kinds: tuple[tuple[Activation, ...], bool]) -> Layer:
    choices, recurrent = kinds
    activation = draw(st.sampled_from(choices))
    bends = BENT.get(activation)
    return Layer(
        activation=activation,
        weights=draw(_matrix(neurons, inputs)),
        biases=draw(st.none() | WEIGHTS | st.tuples(*[WEIGHTS] * neurons)),
        bend=None if bends is None else number(draw(st.sampled_from(bends))),
        recurrent_weights=draw(_matrix(neurons, neurons)) if recurrent else None,
        initial_state=draw(st.none() | st.tuples(*[WEIGHTS] * neurons)) if recurrent else None,
    )


def _matrix(rows: int, columns: int) -> st.SearchStrategy[tuple[tuple[Given, ...], ...]]:
    return st.tuples(*[st.tuples(*[WEIGHTS] * columns)] * rows)


@st.composite
def _samples(draw: st.DrawFn, widths: list[int], steps: int, with_target: int, loss: Loss) -> Sample:
    inputs = tuple(tuple(draw(numbers(-2, 2)) for _ in range(widths[0])) for _ in range(steps))
    return Sample(inputs=inputs, targets=tuple(draw(_targets(widths[-1], loss)) for _ in range(with_target)))


@st.composite
def _targets(draw: st.DrawFn, length: int, loss: Loss) -> tuple[Given, ...]:
    if loss is not Loss.CROSS_ENTROPY:
        return tuple(draw(numbers(0, 1)) for _ in range(length))
    cuts = sorted(draw(st.lists(st.integers(0, 1000), min_size=length - 1, max_size=length - 1)))
    shares = [Fraction(high - low, 1000) for low, high in pairwise([0, *cuts, 1000])]
    return tuple(Given(exact=it, typed=f"{it.numerator * (1000 // it.denominator) / 1000}") for it in shares)


@st.composite
def _trainings(draw: st.DrawFn, loss: Loss, rules: tuple[Rule, ...], *, may_be_mistaken: bool) -> Training:
    reductions = st.sampled_from(Reduction)
    penalty = st.none() | st.sampled_from(["0.01", "0.5"]).map(number)
    return Training(
        loss=loss,
        learning_rate=number(draw(st.sampled_from(["0.5", "0.01", "0.1", "0.05"]))),
        update_biases=draw(st.booleans()),
        hidden_gradients=draw(st.sampled_from(HiddenGradients)) if may_be_mistaken else HiddenGradients.ORIGINAL,
        rounds=1,
        threshold=number(draw(st.sampled_from(["1", "0.5", "0.1"]))) if loss is Loss.HUBER else None,
        reductions=Reductions(outputs=draw(reductions), steps=draw(reductions), batch=draw(reductions)),
        l1=draw(penalty),
        l2=draw(penalty),
        optimizer=draw(_optimizers(rules)),
    )


@st.composite
def _optimizers(draw: st.DrawFn, rules: tuple[Rule, ...]) -> Optimizer:
    rule = draw(st.sampled_from(rules))
    others = {
        "momentum": "0.5",
        "smoothing": "0.9",
        "beta1": "0.8",
        "beta2": "0.99",
        "epsilon": "0.001",
        "decay": "0.1",
    }
    changed = {name: it for name, it in others.items() if name in PYTORCH[rule]}
    return optimizer(rule, **(changed if draw(st.booleans()) else {}))
