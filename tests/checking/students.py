"""Students who calculate a network in plain floating point, and make mistakes.

Written straight from the definitions, neuron by neuron: nothing is shared with the package but the names of
quantities and the network's numbers, so that the registry of mistakes is judged by something else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from symbackprop.checking.verdicts import Mistake
from symbackprop.functions import Activation, Loss
from symbackprop.network import Given, HiddenGradients, Layer, Network, Reduction

Slips = Mapping[Mistake, str | None]
"""The mistakes that are made, each at one quantity, or (None) wherever it can be made."""

Sheet = dict[str, float]


def sigmoid(net: float) -> float:
    return 1 / (1 + math.exp(-net))


_F: Mapping[Activation, Callable[[float], float]] = {
    Activation.SIGMOID: sigmoid,
    Activation.TANH: math.tanh,
    Activation.IDENTITY: lambda net: net,
}
_SLOPE: Mapping[Activation, Callable[[float], float]] = {  # by the output
    Activation.SIGMOID: lambda out: out * (1 - out),
    Activation.TANH: lambda out: 1 - out * out,
    Activation.IDENTITY: lambda _: 1.0,
}


_MISTAKEN_FOR: Mapping[Activation, Activation] = {
    Activation.SIGMOID: Activation.TANH,
    Activation.TANH: Activation.SIGMOID,
    Activation.IDENTITY: Activation.SIGMOID,
}


@dataclass
class Student:
    """One who goes through a round; `weights` are those of each layer, a row for each neuron."""

    network: Network
    slips: Slips
    sheet: Sheet = field(default_factory=dict)

    def __post_init__(self) -> None:
        net = self.network
        self.eta = float(net.training.learning_rate.exact)
        self.weights: list[list[list[float]]] = []
        self.ids: list[list[list[str]]] = []
        count = 0
        for layer in net.layers:
            rows = []
            for number, row in enumerate(layer.weights):
                recurrent = layer.recurrent_weights[number] if layer.recurrent_weights else ()
                rows.append([float(it.exact) for it in (*row, *recurrent)])
            self.weights.append(rows)
            self.ids.append([[f"w{(count := count + 1)}" for _ in row] for row in rows])
        self.biases = [self._biases(layer) for layer in net.layers]

    def _biases(self, layer: Layer) -> list[float]:
        if layer.biases is None:
            return [0.0] * len(layer.weights)
        if isinstance(layer.biases, Given):
            return [float(layer.biases.exact)] * len(layer.weights)
        return [float(it.exact) for it in layer.biases]

    def makes(self, mistake: Mistake, at: str) -> bool:
        """Whether a mistake is made at a quantity."""
        return mistake in self.slips and self.slips[mistake] in (None, at)

    # --- Names ----------------------------------------------------------------------------------------

    def name(self, depth: int, index: int) -> str:
        """A neuron's name."""
        last = len(self.network.layers) - 1
        if depth == last:
            return f"o{index + 1}"
        return f"h{index + 1}" if last == 1 else f"h{depth + 1}_{index + 1}"

    def mark(self, sample: int, step: int) -> str:
        """The mark of a sample and a step."""
        parts = [sample + 1] * (len(self.network.samples) > 1) + [step + 1] * (self.network.steps > 1 or step < 0)
        return f"[{','.join(map(str, parts))}]" if parts else ""

    def error(self, sample: int) -> str:
        """The id of a sample's error."""
        return f"E[{sample + 1}]" if len(self.network.samples) > 1 else "E_total"

    def bias(self, depth: int, index: int) -> str | None:
        """The id of a neuron's bias."""
        biases = self.network.layers[depth].biases
        if biases is None:
            return None
        return f"b{depth + 1}" if isinstance(biases, Given) else f"b_{self.name(depth, index)}"

    # --- A round --------------------------------------------------------------------------------------

    def round(self) -> Sheet:
        """All figures of one round."""
        net, sheet = self.network, self.sheet
        sheet.clear()
        shares: dict[str, list[list[float]]] = {}
        errors = []
        for sample in range(len(net.samples)):
            errors.append(self.forward(sample))
            self.backward(sample, shares)
        if len(net.samples) > 1:
            sheet["E_total"] = self.reduced(errors, net.training.reductions.batch, "E_total")
        self.learn(shares)
        return sheet

    def reduced(self, terms: list[float], reduction: Reduction, at: str) -> float:
        """The sum of some terms, or their mean."""
        mean = reduction is Reduction.MEAN
        if self.makes(Mistake.SUM_FOR_MEAN, at):
            mean = False
        if self.makes(Mistake.MEAN_FOR_SUM, at):
            mean = True
        return sum(terms) / (len(terms) if mean else 1)

    def inputs(self, depth: int, sample: int, step: int) -> list[tuple[str, float, float]]:
        """What a layer takes in: each source's name, its output, its net input."""
        net, layer, mark = self.network, self.network.layers[depth], self.mark(sample, step)
        if depth == 0:
            vector = net.samples[sample].inputs[step]
            found = [(f"i{n}{mark}", float(it.exact), float(it.exact)) for n, it in enumerate(vector, 1)]
        else:
            below = [f"{self.name(depth - 1, index)}{mark}" for index in range(len(net.layers[depth - 1].weights))]
            found = [(f"out_{name}", self.sheet[f"out_{name}"], self.sheet[f"net_{name}"]) for name in below]
        if layer.recurrent_weights:
            for index in range(len(layer.weights)):
                name = f"{self.name(depth, index)}{self.mark(sample, step - 1)}"
                state = float(layer.initial_state[index].exact) if layer.initial_state else 0.0
                out = self.sheet[f"out_{name}"] if step else state
                found.append((f"out_{name}", out, self.sheet[f"net_{name}"] if step else state))
        return found

    def computed(self, depth: int, step: int) -> bool:
        """Whether a layer is computed at a step."""
        recurrent = [n for n, layer in enumerate(self.network.layers) if layer.recurrent_weights]
        return depth <= max(recurrent, default=-1) or step in self.network.target_steps

    def forward(self, sample: int) -> float:
        """The way forward of one sample."""
        errors = []
        for step in range(self.network.steps):
            for depth, layer in enumerate(self.network.layers):
                if self.computed(depth, step):
                    self.layer_forward(depth, layer, sample, step)
            if step in self.network.target_steps:
                errors += self.errors(sample, step)
        reductions = self.network.training.reductions
        classes = self.network.training.loss is Loss.CROSS_ENTROPY
        total = sum(errors) if classes else self.reduced(errors, reductions.outputs, self.error(sample))
        self.sheet[self.error(sample)] = total
        return total

    def layer_forward(self, depth: int, layer: Layer, sample: int, step: int) -> None:
        """The net inputs and outputs of a layer."""
        mark, sheet = self.mark(sample, step), self.sheet
        sources = self.inputs(depth, sample, step)
        for index in range(len(layer.weights)):
            net_id = f"net_{self.name(depth, index)}{mark}"
            weights = list(self.weights[depth][index])
            if self.makes(Mistake.WEIGHT_INDEX, net_id) and net_id == "net_h1":
                weights[1] = self.weights[depth][1][0]
            outs = [it[2] if self.makes(Mistake.NET_FOR_OUT, net_id) else it[1] for it in sources]
            if Mistake.ANOTHER_INPUT in self.slips and self.slips[Mistake.ANOTHER_INPUT] == net_id:
                outs[0] = outs[1]
            net = sum(weight * out for weight, out in zip(weights, outs, strict=True))
            if not self.makes(Mistake.BIAS_LEFT_OUT, net_id):
                net += self.biases[depth][index]
            sheet[net_id] = net
        nets = [sheet[f"net_{self.name(depth, index)}{mark}"] for index in range(len(layer.weights))]
        for index, net in enumerate(nets):
            out_id = f"out_{self.name(depth, index)}{mark}"
            if layer.activation is Activation.SOFTMAX:
                out = math.exp(net) / sum(map(math.exp, nets))
            else:
                out = _F[layer.activation](net)
                if self.makes(Mistake.ACTIVATION_TWICE, out_id):
                    out = _F[layer.activation](out)
            sheet[out_id] = out

    def target(self, sample: int, step: int, index: int) -> float:
        """An output's target."""
        vector = self.network.samples[sample].targets[step - self.network.target_steps.start]
        if self.makes(Mistake.ANOTHER_TARGET, f"o{index + 1}"):
            index = (index + 1) % len(vector)
        return float(vector[index].exact)

    def errors(self, sample: int, step: int) -> list[float]:
        """The errors of a sample's outputs at a step."""
        found, loss, mark = [], self.network.training.loss, self.mark(sample, step)
        for index in range(self.network.widths[-1]):
            out, target = self.sheet[f"out_o{index + 1}{mark}"], self.target(sample, step, index)
            match loss:
                case Loss.CROSS_ENTROPY:
                    error = -target * math.log(out)
                case Loss.BINARY_CROSS_ENTROPY:
                    error = -(target * math.log(out) + (1 - target) * math.log(1 - out))
                case _:
                    half = 1.0 if Mistake.HALF_FORGOTTEN in self.slips or loss is Loss.SQUARED else 0.5
                    error = half * (target - out) ** 2
            self.sheet[f"E_o{index + 1}{mark}"] = error
            found.append(error)
        return found

    # --- The way back ---------------------------------------------------------------------------------

    def slope(self, sample: int, step: int, index: int) -> float:
        """dE/dout of an output."""
        training = self.network.training
        out = self.sheet[f"out_o{index + 1}{self.mark(sample, step)}"]
        target = self.target(sample, step, index)
        match training.loss:
            case Loss.CROSS_ENTROPY:
                slope = -target / out
            case Loss.BINARY_CROSS_ENTROPY:
                slope = -target / out + (1 - target) / (1 - out)
            case Loss.SQUARED:
                slope = -2 * (target - out)
            case _:
                slope = -(target - out) * (2 if Mistake.HALF_FORGOTTEN in self.slips else 1)
        if training.loss is not Loss.CROSS_ENTROPY:
            count = self.network.widths[-1] * len(self.network.target_steps)
            slope = self.reduced([slope] + [0.0] * (count - 1), training.reductions.outputs, self.error(sample))
        return -slope if self.makes(Mistake.SIGN_FLIPPED, f"o{index + 1}") else slope

    def backward(self, sample: int, shares: dict[str, list[list[float]]]) -> None:
        """The way back of one sample."""
        deltas: dict[str, float] = {}
        mine: dict[str, list[float]] = {}
        layers = self.network.layers
        for depth in reversed(range(len(layers))):
            for step in reversed(range(self.network.steps)):
                if self.computed(depth, step):
                    self.layer_backward(depth, sample, step, deltas)
            for step in range(self.network.steps):
                if self.computed(depth, step):
                    self.gradients(depth, sample, step, deltas, mine)
        for parameter, values in mine.items():
            shares.setdefault(parameter, []).append(values)

    def layer_backward(self, depth: int, sample: int, step: int, deltas: dict[str, float]) -> None:
        """The deltas of a layer."""
        layer, mark, error, sheet = self.network.layers[depth], self.mark(sample, step), self.error(sample), self.sheet
        names = [f"{self.name(depth, index)}{mark}" for index in range(len(layer.weights))]
        last = depth == len(self.network.layers) - 1
        for index, name in enumerate(names):
            direct = last and step in self.network.target_steps
            value = self.slope(sample, step, index) if direct else 0.0
            value += self.returned(depth, index, sample, step, deltas)
            sheet[f"d{error}/dout_{name}"] = value
        for index, name in enumerate(names):
            if layer.activation is Activation.SOFTMAX:
                deltas[name] = self.softmax_delta(names, index, error)
            else:
                slope = self.derivative(layer.activation, name)
                sheet[f"dout_{name}/dnet_{name}"] = slope
                left_out = Mistake.OUTPUT_DERIVATIVE_LEFT_OUT if last else Mistake.HIDDEN_DERIVATIVE_LEFT_OUT
                whole = sheet[f"d{error}/dout_{name}"] * slope
                if self.makes(Mistake.DERIVATIVE_KEPT, f"delta_{name}") and last:
                    whole *= slope
                deltas[name] = sheet[f"d{error}/dout_{name}"] if self.makes(left_out, f"delta_{name}") else whole
        if Mistake.NEIGHBOURS_VALUE in self.slips and self.slips[Mistake.NEIGHBOURS_VALUE] == f"delta_{names[0]}":
            deltas[names[0]] = deltas[names[1]]
        for name in names:
            sheet[f"delta_{name}"] = deltas[name]

    def derivative(self, activation: Activation, name: str) -> float:
        """The derivative of a neuron's output by its net input."""
        out = self.sheet[f"out_{name}"]
        if self.makes(Mistake.NET_IN_DERIVATIVE, f"dout_{name}/dnet_{name}"):
            out = self.sheet[f"net_{name}"]
        if self.slips.get(Mistake.ACTIVATION_TWICE) == "derivative":
            out = _F[activation](out)
        if self.slips.get(Mistake.ANOTHER_DERIVATIVE) == "relu":
            return 1.0 if self.sheet[f"net_{name}"] > 0 else 0.0
        if self.makes(Mistake.ANOTHER_DERIVATIVE, f"dout_{name}/dnet_{name}"):
            activation = _MISTAKEN_FOR[activation]
        return _SLOPE[activation](out)

    def softmax_delta(self, names: list[str], index: int, error: str) -> float:
        """The delta of a neuron of a softmax layer."""
        delta, own = 0.0, self.sheet[f"out_{names[index]}"]
        for other, name in enumerate(names):
            out = self.sheet[f"out_{name}"]
            slope = own * (1 - own) if other == index else -own * out
            self.sheet[f"dout_{name}/dnet_{names[index]}"] = slope
            if other == index or not self.makes(Mistake.DIAGONAL_SOFTMAX, f"delta_{names[index]}"):
                delta += self.sheet[f"d{error}/dout_{name}"] * slope
        if self.makes(Mistake.DERIVATIVE_KEPT, f"delta_{names[index]}"):
            delta *= own * (1 - own)
        return delta

    def returned(self, depth: int, index: int, sample: int, step: int, deltas: dict[str, float]) -> float:
        """The error that comes back to a neuron."""
        terms = []
        layers, mark = self.network.layers, self.mark(sample, step)
        at = f"d{self.error(sample)}/dout_{self.name(depth, index)}{mark}"
        if depth + 1 < len(layers) and self.computed(depth + 1, step):
            above = [f"{self.name(depth + 1, number)}{mark}" for number in range(len(layers[depth + 1].weights))]
            for number, name in enumerate(above):
                weight = self.weights[depth + 1][number][index]
                if self.makes(Mistake.WEIGHTS_TRANSPOSED, at):
                    weight = self.weights[depth + 1][index][number]
                mistaken = self.network.training.hidden_gradients is HiddenGradients.UPDATED
                if self.makes(Mistake.UPDATED_WEIGHTS, at) or (
                    mistaken and not self.makes(Mistake.ORIGINAL_WEIGHTS, at)
                ):
                    weight -= self.eta * deltas[name] * self.sheet[f"out_{self.name(depth, index)}{mark}"]
                terms.append(deltas[name] * weight)
        if layers[depth].recurrent_weights and step + 1 < self.network.steps:
            width, later = len(layers[depth].weights), self.mark(sample, step + 1)
            for number in range(width):
                row = self.weights[depth][number]
                terms.append(deltas[f"{self.name(depth, number)}{later}"] * row[len(row) - width + index])
        if len(terms) > 1 and self.makes(Mistake.PATH_LEFT_OUT, at):
            terms = terms[:-1]
        return sum(terms)

    def gradients(
        self, depth: int, sample: int, step: int, deltas: dict[str, float], mine: dict[str, list[float]]
    ) -> None:
        """What one instant adds to the gradients of a layer."""
        mark, error = self.mark(sample, step), self.error(sample)
        steps = sum(self.computed(depth, it) for it in range(self.network.steps))
        local = mark if steps > 1 else ""
        sources = self.inputs(depth, sample, step)
        for index in range(len(self.network.layers[depth].weights)):
            delta = deltas[f"{self.name(depth, index)}{mark}"]
            for column, weight in enumerate(self.ids[depth][index]):
                at = f"d{error}/d{weight}{local}"
                out = sources[column][1]
                if self.slips.get(Mistake.ANOTHER_INPUT) == at:
                    out = sources[(column + 1) % len(sources)][1]
                if self.slips.get(Mistake.NET_FOR_OUT) == at:
                    out = sources[column][2]
                self.sheet[at] = delta * out
                mine.setdefault(weight, []).append(delta * out)
        if not self.network.training.update_biases:
            return
        own: dict[str, list[float]] = {}
        for index in range(len(self.network.layers[depth].weights)):
            bias = self.bias(depth, index)
            if bias is not None:
                own.setdefault(bias, []).append(deltas[f"{self.name(depth, index)}{mark}"])
        for bias, parts in own.items():
            at = f"d{error}/d{bias}{local}"
            share = parts[-1] if self.makes(Mistake.ASSIGNED, at) else sum(parts)
            if self.makes(Mistake.BIAS_TIMES_INPUT, at):
                share *= sources[0][1]
            self.sheet[at] = share
            mine.setdefault(bias, []).append(share)

    def learn(self, shares: dict[str, list[list[float]]]) -> None:
        """Adds up the shares of each parameter, over steps and samples, and updates it."""
        batch = self.network.training.reductions.batch
        for parameter, of_samples in shares.items():
            summed = []
            for sample, values in enumerate(of_samples):
                whole = values[-1] if self.makes(Mistake.STEPS_NOT_SUMMED, parameter) else sum(values)
                if len(values) > 1:
                    self.sheet[f"d{self.error(sample)}/d{parameter}"] = whole
                summed.append(whole)
            gradient = summed[0]
            if len(summed) > 1:
                gradient = self.reduced(summed, batch, "E_total")
                if self.makes(Mistake.ASSIGNED, f"dE_total/d{parameter}"):
                    gradient = summed[-1] / (len(summed) if batch is Reduction.MEAN else 1)
            self.sheet[f"dE_total/d{parameter}"] = gradient
            self.sheet[f"{parameter}+"] = self.updated(parameter, gradient)

    def updated(self, parameter: str, gradient: float) -> float:
        """A parameter after its update."""
        at = f"{parameter}+"
        step = self.eta * gradient
        if self.makes(Mistake.RATE_FORGOTTEN, at):
            step = gradient
        if self.makes(Mistake.RATE_TWICE, at):
            step = self.eta * self.eta * gradient
        if self.makes(Mistake.ANOTHER_RATE, at):
            step = 0.1 * gradient
        if self.makes(Mistake.ROUND_LESS, at):
            step = 0.0
        old = self.old(parameter)
        return old + step if self.makes(Mistake.GRADIENT_ADDED, at) else old - step

    def old(self, parameter: str) -> float:
        """A parameter before its update."""
        for depth, rows in enumerate(self.ids):
            for index, row in enumerate(rows):
                if parameter in row:
                    return self.weights[depth][index][row.index(parameter)]
                if parameter == self.bias(depth, index):
                    return self.biases[depth][index]
        raise KeyError(parameter)

    def train(self, rounds: int) -> Sheet:
        """The figures of the round that follows so many updates."""
        for _ in range(rounds):
            sheet = dict(self.round())
            for depth, rows in enumerate(self.ids):
                for index, row in enumerate(rows):
                    self.weights[depth][index] = [sheet[f"{weight}+"] for weight in row]
                    bias = self.bias(depth, index)
                    if f"{bias}+" in sheet:
                        self.biases[depth][index] = sheet[f"{bias}+"]
        return self.round()


def sheet_of(network: Network, slips: Slips | None = None) -> Sheet:
    """Everything that a student who makes some mistakes calculates in the first round."""
    return Student(network, slips or {}).round()
