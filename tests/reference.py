"""Backpropagation once more, as a textbook's loop over numbers: what the package's figures are held against.

It shares nothing with `symbackprop.derivation` but the names of quantities, and works in any arithmetic: `FLOATS`, or
mpmath's `mpf` with mpmath's functions. The functions stand in `tests/scalars.py`, the optimizers in `_after_update`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symbackprop.functions import Activation, Loss
from symbackprop.network import Given, HiddenGradients, Network, Reduction, Rule, Training
from tests.scalars import FLOATS, Arithmetic, activate, loss_and_slope, sign

__all__ = ["FLOATS", "Arithmetic", "Numbers", "after_rounds", "initial_state", "one_round", "parameters"]

Numbers = dict[str, Any]


# --- Names ------------------------------------------------------------------------------------------------


def neuron_names(network: Network) -> list[list[str]]:
    """`h1` in an only hidden layer, `h2_1` in one of several, `o1` in the last."""
    depth = len(network.layers)
    prefixes = ["h" if depth == 2 else f"h{number}_" for number in range(1, depth)] + ["o"]
    return [
        [f"{prefix}{index}" for index in range(1, len(layer.weights) + 1)]
        for prefix, layer in zip(prefixes, network.layers, strict=True)
    ]


def weight_names(network: Network) -> list[list[list[str]]]:
    """Numbered through the net, each neuron's in a row: the weights from below, then its recurrent ones."""
    count = 0
    names: list[list[list[str]]] = []
    for layer in network.layers:
        names.append([])
        for row in layer.weights:
            length = len(row) + (0 if layer.recurrent_weights is None else len(layer.weights))
            names[-1].append([f"w{count + index}" for index in range(1, length + 1)])
            count += length
    return names


def bias_names(network: Network) -> list[list[str | None]]:
    """The bias of each neuron of each layer: `b1` for all of layer 1, or `b_h1` for one of its neurons."""
    return [
        [
            None if layer.biases is None else f"b{number}" if isinstance(layer.biases, Given) else f"b_{name}"
            for name in names
        ]
        for number, (layer, names) in enumerate(zip(network.layers, neuron_names(network), strict=True), start=1)
    ]


def tag(network: Network, sample: int, step: int) -> str:
    """What follows a quantity's name, both counted from 0: `[2,3]` for sample 1 at step 2, if there are several."""
    several, long = len(network.samples) > 1, network.steps > 1 or step < 0
    match several, long:
        case True, True:
            return f"[{sample + 1},{step + 1}]"
        case True, False:
            return f"[{sample + 1}]"
        case False, True:
            return f"[{step + 1}]"
        case _:
            return ""


def is_penalized(training: Training) -> bool:
    """Whether weights cost something."""
    return training.l1 is not None or training.l2 is not None


def sample_error(network: Network, sample: int) -> str:
    """The error that everything backward is a derivative of."""
    if len(network.samples) > 1:
        return f"E[{sample + 1}]"
    return "E_data" if is_penalized(network.training) else "E_total"


# --- Parameters and state ---------------------------------------------------------------------------------


def parameters(network: Network, arithmetic: Arithmetic) -> Numbers:
    """The initial weights and biases by name."""
    found: Numbers = {}
    for layer, weights, biases in zip(network.layers, weight_names(network), bias_names(network), strict=True):
        for index, below in enumerate(layer.weights):
            row = below if layer.recurrent_weights is None else below + layer.recurrent_weights[index]
            found |= {name: arithmetic.number(it.exact) for name, it in zip(weights[index], row, strict=True)}
            if layer.biases is not None:
                bias = layer.biases if isinstance(layer.biases, Given) else layer.biases[index]
                found[str(biases[index])] = arithmetic.number(bias.exact)
    return found


def trained(network: Network) -> list[str]:
    """The parameters that an update changes."""
    found = [name for layer in weight_names(network) for row in layer for name in row]
    if network.training.update_biases:
        found += [name for layer in bias_names(network) for name in dict.fromkeys(layer) if name is not None]
    return found


def initial_state(network: Network, arithmetic: Arithmetic) -> Numbers:
    """What the optimizer remembers before the first round."""
    zero, one = arithmetic.number(Fraction(0)), arithmetic.number(Fraction(1))
    rule = network.training.optimizer.rule
    adaptive = rule in {Rule.ADAM, Rule.ADAMW}
    found = {"beta1_t": one, "beta2_t": one} if adaptive else {}
    for name in trained(network):
        if adaptive or rule in {Rule.MOMENTUM, Rule.NESTEROV}:
            found[f"m_{name}"] = zero
        if adaptive or rule is Rule.RMSPROP:
            found[f"v_{name}"] = zero
    return found


def given_numbers(network: Network) -> dict[str, Fraction]:
    """Every number that the network is given, and the optimizer's state before the first round, by id."""
    exact = Arithmetic(number=lambda it: it, exp=lambda it: it)
    found: dict[str, Fraction] = {}
    for sample, each in enumerate(network.samples):
        for step, row in enumerate(each.inputs):
            here = tag(network, sample, step)
            found |= {f"i{index}{here}": it.exact for index, it in enumerate(row, start=1)}
        for step, row in zip(network.target_steps, each.targets, strict=True):
            here = tag(network, sample, step)
            found |= {f"target_o{index}{here}": it.exact for index, it in enumerate(row, start=1)}
        for layer, names in zip(network.layers, neuron_names(network), strict=True):
            if layer.recurrent_weights is not None:
                state = layer.initial_state or (None,) * len(names)
                for name, it in zip(names, state, strict=True):
                    found[f"out_{name}{tag(network, sample, -1)}"] = Fraction(0) if it is None else it.exact
    training, optimizer = network.training, network.training.optimizer
    settings = {
        "eta": training.learning_rate, "kappa": training.threshold, "lambda1": training.l1, "lambda2": training.l2,
        "mu": optimizer.momentum, "rho": optimizer.smoothing, "beta1": optimizer.beta1, "beta2": optimizer.beta2,
        "epsilon": optimizer.epsilon, "lambda": optimizer.decay,
    }  # fmt: skip
    settings |= {f"alpha{number}": layer.bend for number, layer in enumerate(network.layers, start=1)}
    found |= {id_: it.exact for id_, it in settings.items() if it is not None}
    return found | parameters(network, exact) | initial_state(network, exact)


# --- One round --------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class _Round:
    """The tables of one round: what each layer takes in, and what comes back to its outputs, by sample and step."""

    network: Network
    arithmetic: Arithmetic
    values: Numbers
    taken: dict[tuple[int, int, int], list[Any]] = field(default_factory=dict)
    back: dict[tuple[int, int, int], list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.zero = self.arithmetic.number(Fraction(0))
        self.names = neuron_names(self.network)
        self.weights = weight_names(self.network)
        self.biases = bias_names(self.network)
        self.training = self.network.training

    def total(self, terms: Iterable[Any]) -> Any:
        return sum(terms, start=self.zero)

    def steps_of(self, depth: int) -> list[int]:
        """The steps at which a layer is computed."""
        above = [layer.recurrent_weights is not None for layer in self.network.layers[depth:]]
        return list(range(self.network.steps)) if any(above) else list(self.network.target_steps)

    def number(self, given: Given | None) -> Any:
        assert given is not None
        return self.arithmetic.number(given.exact)


def one_round(network: Network, arithmetic: Arithmetic, found: Numbers) -> Numbers:
    """Every quantity of one round from the parameters and the state `found`, the updated ones (`w1+`) among them."""
    here = _Round(network=network, arithmetic=arithmetic, values=dict(found))
    for sample in range(len(network.samples)):
        for step in range(network.steps):
            _run_forward(here, sample, step)
        _compare(here, sample)
    _add_up(here)
    for depth in reversed(range(len(network.layers))):
        for sample in range(len(network.samples)):
            for step in reversed(here.steps_of(depth)):
                _run_back(here, depth, sample, step)
        _find_gradients(here, depth)
    return here.values


def _run_forward(here: _Round, sample: int, step: int) -> None:
    values, mark = here.values, tag(here.network, sample, step)
    signals = [here.number(it) for it in here.network.samples[sample].inputs[step]]
    for depth, layer in enumerate(here.network.layers):
        if step not in here.steps_of(depth):
            return
        taken = list(signals)
        if layer.recurrent_weights is not None:
            start = [here.zero] * len(layer.weights)
            if layer.initial_state is not None:
                start = [here.number(it) for it in layer.initial_state]
            before = tag(here.network, sample, step - 1)
            if step == 0:
                values |= {f"out_{name}{before}": it for name, it in zip(here.names[depth], start, strict=True)}
            taken += [values[f"out_{name}{before}"] for name in here.names[depth]]
        here.taken[depth, sample, step] = taken
        nets = []
        for row, bias in zip(here.weights[depth], here.biases[depth], strict=True):
            net = here.total(values[weight] * signal for weight, signal in zip(row, taken, strict=True))
            nets.append(net if bias is None else net + values[bias])
        bend = None if layer.bend is None else here.number(layer.bend)
        signals, slopes = activate(here.arithmetic, layer.activation, nets, bend)
        for index, name in enumerate(here.names[depth]):
            values[f"net_{name}{mark}"], values[f"out_{name}{mark}"] = nets[index], signals[index]
            for other, slope in slopes[index].items():
                values[f"dout_{name}{mark}/dnet_{here.names[depth][other]}{mark}"] = slope


def _compare(here: _Round, sample: int) -> None:
    values, training, last = here.values, here.training, len(here.network.layers) - 1
    divisor = 1
    if training.reductions.outputs is Reduction.MEAN and training.loss is not Loss.CROSS_ENTROPY:
        divisor *= len(here.names[last])
    if training.reductions.steps is Reduction.MEAN:
        divisor *= len(here.network.target_steps)
    threshold = None if training.threshold is None else here.number(training.threshold)
    errors = []
    for step, targets in zip(here.network.target_steps, here.network.samples[sample].targets, strict=True):
        mark, back = tag(here.network, sample, step), []
        for name, target in zip(here.names[last], targets, strict=True):
            out = values[f"out_{name}{mark}"]
            error, slope = loss_and_slope(here.arithmetic, training.loss, here.number(target), out, threshold)
            values[f"E_{name}{mark}"], values[f"dE_{name}{mark}/dout_{name}{mark}"] = error, slope
            for other in here.names[last]:
                by_net = values.get(f"dout_{name}{mark}/dnet_{other}{mark}")
                if by_net is not None:
                    values[f"dE_{name}{mark}/dnet_{other}{mark}"] = slope * by_net
            errors.append(error)
            back.append(slope / divisor)
        here.back[last, sample, step] = back
    values[sample_error(here.network, sample)] = here.total(errors) / divisor


def _add_up(here: _Round) -> None:
    values, training, batch = here.values, here.training, len(here.network.samples)
    data = here.total(values[sample_error(here.network, sample)] for sample in range(batch))
    if training.reductions.batch is Reduction.MEAN:
        data /= batch
    values["E_total"] = data
    if is_penalized(training):
        values["E_data"] = data
        weights = [values[name] for layer in here.weights for row in layer for name in row]
        if training.l1 is not None:
            values["E_l1"] = here.number(training.l1) * here.total(map(abs, weights))
            values["E_total"] += values["E_l1"]
        if training.l2 is not None:
            values["E_l2"] = here.number(training.l2) / 2 * here.total(weight * weight for weight in weights)
            values["E_total"] += values["E_l2"]


def _run_back(here: _Round, depth: int, sample: int, step: int) -> None:
    """From the slopes by a layer's outputs to those by its net inputs, and on to whatever it took in."""
    values, mark, names = here.values, tag(here.network, sample, step), here.names[depth]
    error = sample_error(here.network, sample)
    back = here.back.get((depth, sample, step), [here.zero] * len(names))
    layer = here.network.layers[depth]
    full = layer.activation is Activation.SOFTMAX
    deltas = []
    for index, name in enumerate(names):
        values[f"d{error}/dout_{name}{mark}"] = back[index]
        from_outs = enumerate(names) if full else [(index, name)]
        delta = here.total(back[it] * values[f"dout_{out}{mark}/dnet_{name}{mark}"] for it, out in from_outs)
        values[f"delta_{name}{mark}"] = values[f"d{error}/dnet_{name}{mark}"] = delta
        deltas.append(delta)
    taken = here.taken[depth, sample, step]
    width = len(layer.weights[0])
    sources = [f"i{index}{mark}" for index in range(1, width + 1)]
    if depth > 0:
        sources = [f"out_{name}{mark}" for name in here.names[depth - 1]]
    sources += [f"out_{name}{tag(here.network, sample, step - 1)}" for name in names][: len(taken) - width]
    for name, row, bias in zip(names, here.weights[depth], here.biases[depth], strict=True):
        for weight, signal, source in zip(row, taken, sources, strict=True):
            values[f"dnet_{name}{mark}/d{weight}"] = signal
            values[f"dnet_{name}{mark}/d{source}"] = values[weight]
        if bias is not None:
            values[f"dnet_{name}{mark}/d{bias}"] = here.zero + 1
    for column in range(width, len(taken)):
        sent = here.total(d * values[row[column]] for d, row in zip(deltas, here.weights[depth], strict=True))
        if step > 0:
            earlier = here.back.setdefault((depth, sample, step - 1), [here.zero] * len(names))
            earlier[column - width] += sent


def _find_gradients(here: _Round, depth: int) -> None:
    """The shares of each sample and step, their sum, the update, and what the layer sends to the one below."""
    values, network, batch = here.values, here.network, len(here.network.samples)
    width = len(network.layers[depth].weights[0])
    for sample in range(batch):
        error = sample_error(network, sample)
        for step in here.steps_of(depth):
            deltas = [values[f"delta_{name}{tag(network, sample, step)}"] for name in here.names[depth]]
            share = f"{tag(network, sample, step)}" if network.steps > 1 else ""
            for delta, row, bias in zip(deltas, here.weights[depth], here.biases[depth], strict=True):
                pairs = zip(row, here.taken[depth, sample, step], strict=True)
                for parameter, signal in [*pairs, *([] if bias is None else [(bias, here.zero + 1)])]:
                    for mark in {share, ""}:
                        id_ = f"d{error}/d{parameter}{mark}"
                        values[id_] = values.get(id_, here.zero) + delta * signal
    parameters = [name for row in here.weights[depth] for name in row]
    for parameter in [*parameters, *(bias for bias in dict.fromkeys(here.biases[depth]) if bias is not None)]:
        _finish_gradient(here, parameter)
    values |= dict(_after_update(here, [name for name in trained(network) if f"dE_total/d{name}" in values]))
    if depth == 0:
        return
    mark = "+" if here.training.hidden_gradients is HiddenGradients.UPDATED else ""
    for sample in range(batch):
        for step in here.steps_of(depth):
            deltas = [values[f"delta_{name}{tag(network, sample, step)}"] for name in here.names[depth]]
            carried = [[values[weight + mark] for weight in row] for row in here.weights[depth]]
            here.back[depth - 1, sample, step] = [
                here.total(d * row[i] for d, row in zip(deltas, carried, strict=True)) for i in range(width)
            ]
            now = tag(network, sample, step)
            for index, below in enumerate(here.names[depth - 1]):
                for name, row in zip(here.names[depth], carried, strict=True):
                    values[f"dnet_{name}{now}/dout_{below}{now}"] = row[index]
                for error in here.names[depth] if depth == len(network.layers) - 1 else []:
                    terms = zip(here.names[depth], carried, strict=True)
                    ways = [(values.get(f"dE_{error}{now}/dnet_{name}{now}"), row[index]) for name, row in terms]
                    way = here.total(slope * weight for slope, weight in ways if slope is not None)
                    if step in network.target_steps:
                        values[f"dE_{error}{now}/dout_{below}{now}"] = way


def _finish_gradient(here: _Round, parameter: str) -> None:
    values, training, batch = here.values, here.training, len(here.network.samples)
    errors = [sample_error(here.network, sample) for sample in range(batch)]
    gradient = here.total(values[f"d{error}/d{parameter}"] for error in errors)
    if training.reductions.batch is Reduction.MEAN:
        gradient /= batch
    if is_penalized(training):
        values[f"dE_data/d{parameter}"] = gradient
        if parameter.startswith("w"):
            if training.l1 is not None:
                gradient += here.number(training.l1) * sign(values[parameter])
            if training.l2 is not None:
                gradient += here.number(training.l2) * values[parameter]
    values[f"dE_total/d{parameter}"] = gradient


def _after_update(here: _Round, names: list[str]) -> Iterator[tuple[str, Any]]:
    """Each parameter and its state after the update."""
    optimizer, values, root = here.training.optimizer, here.values, here.arithmetic.sqrt
    eta = here.number(here.training.learning_rate)
    for name in names:
        gradient, value = values[f"dE_total/d{name}"], values[name]
        move = here.zero
        match optimizer.rule:
            case Rule.SGD:
                move = eta * gradient
            case Rule.MOMENTUM | Rule.NESTEROV:
                mu = here.number(optimizer.momentum)
                velocity = mu * values[f"m_{name}"] + gradient
                yield f"m_{name}+", velocity
                move = eta * (velocity if optimizer.rule is Rule.MOMENTUM else gradient + mu * velocity)
            case Rule.RMSPROP:
                alpha = here.number(optimizer.smoothing)
                average = alpha * values[f"v_{name}"] + (1 - alpha) * gradient**2
                yield f"v_{name}+", average
                move = eta * gradient / (root(average) + here.number(optimizer.epsilon))
            case Rule.ADAM | Rule.ADAMW:
                beta1, beta2 = here.number(optimizer.beta1), here.number(optimizer.beta2)
                first = beta1 * values[f"m_{name}"] + (1 - beta1) * gradient
                second = beta2 * values[f"v_{name}"] + (1 - beta2) * gradient**2
                power1, power2 = values["beta1_t"] * beta1, values["beta2_t"] * beta2
                first_hat, second_hat = first / (1 - power1), second / (1 - power2)
                yield from ((f"m_{name}+", first), (f"v_{name}+", second), ("beta1_t+", power1), ("beta2_t+", power2))
                yield from ((f"mhat_{name}", first_hat), (f"vhat_{name}", second_hat))
                move = eta * first_hat / (root(second_hat) + here.number(optimizer.epsilon))
                if optimizer.rule is Rule.ADAMW:
                    move += eta * here.number(optimizer.decay) * value
        yield f"{name}+", value - move


def after_rounds(network: Network, arithmetic: Arithmetic, rounds: int) -> Numbers:
    """Every quantity of the round that follows so many updates."""
    found = parameters(network, arithmetic) | initial_state(network, arithmetic)
    for _ in range(rounds):
        values = one_round(network, arithmetic, found)
        found = {name: values.get(f"{name}+", value) for name, value in found.items()}
    return one_round(network, arithmetic, found)
