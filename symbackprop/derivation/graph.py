"""The neurons of a network, unrolled over samples and time steps, and the ids of all that belongs to them.

A recurrent layer is computed at every time step; so is every layer below one. The layers above the topmost
recurrent one are only computed where there is a target.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from symbackprop.derivation.shape import Biases, LayerShape, Shape
from symbackprop.records import record


class Kind(StrEnum):
    """What a quantity is."""

    INPUT = "input"
    TARGET = "target"
    WEIGHT = "weight"
    BIAS = "bias"
    LEARNING_RATE = "learning_rate"
    SETTING = "setting"
    NET = "net"
    OUT = "out"
    ERROR = "error"
    SAMPLE_ERROR = "sample_error"
    PENALTY = "penalty"
    TOTAL_ERROR = "total_error"
    FACTOR = "factor"
    DELTA = "delta"
    GRADIENT = "gradient"
    STATE = "state"
    UPDATE = "update"


@record(kw_only=True)
class Instant:
    """A sample and a time step, both counted from 0, and the mark of both on an id: nothing, `[2]` or `[2,3]`."""

    sample: int
    step: int
    mark: str


@dataclass(frozen=True, kw_only=True)
class Neuron:
    """The ids that belong to one neuron at one instant.

    `weight_ids` are its weights, `sources` what each of them weighs: first the layer below, then, in a recurrent
    layer, the same layer one time step before.
    """

    name: str
    instant: Instant
    weight_ids: tuple[str, ...]
    sources: tuple[str, ...]
    bias: str | None

    @property
    def net(self) -> str:
        """The id of the net input."""
        return f"net_{self.name}{self.instant.mark}"

    @property
    def out(self) -> str:
        """The id of the output."""
        return f"out_{self.name}{self.instant.mark}"

    @property
    def weights(self) -> tuple[tuple[str, str], ...]:
        """Each weight with the quantity that it weighs."""
        return tuple(zip(self.weight_ids, self.sources, strict=True))

    @cached_property
    def sum_slots(self) -> Mapping[str, str]:
        """The slots of its weighted sum: made once, for the sum and for all of its derivatives."""
        slots = {f"w{number}": id_ for number, id_ in enumerate(self.weight_ids, start=1)}
        slots |= {f"x{number}": id_ for number, id_ in enumerate(self.sources, start=1)}
        return slots if self.bias is None else slots | {"b": self.bias}


@dataclass(frozen=True, kw_only=True)
class Graph:
    """The neurons of each layer at each instant at which it is computed.

    `followed` is the sample, counted from 0, whose neurons stand for all where one of each will do.
    """

    shape: Shape
    at: tuple[Mapping[Instant, tuple[Neuron, ...]], ...]
    followed: int = 0

    @cached_property
    def layers(self) -> tuple[tuple[Neuron, ...], ...]:
        """The neurons of each layer at the first instant at which it is computed in the sample that is followed."""
        return tuple(
            instants[first[self.followed][0]] for instants, first in zip(self.at, self.instants_in, strict=True)
        )

    @property
    def outputs(self) -> tuple[Neuron, ...]:
        """The neurons of the last layer, at the first instant."""
        return self.layers[-1]

    @cached_property
    def judged(self) -> tuple[Neuron, ...]:
        """The output neurons at every instant that has a target."""
        return tuple(neuron for neurons in self.judged_in for neuron in neurons)

    @cached_property
    def judged_in(self) -> tuple[tuple[Neuron, ...], ...]:
        """The same, sample by sample."""
        first = self.shape.steps - self.shape.targets
        return tuple(
            tuple(neuron for instant in instants if instant.step >= first for neuron in self.at[-1][instant])
            for instants in self.instants_in[-1]
        )

    @cached_property
    def instants(self) -> tuple[Instant, ...]:
        """Every sample at every time step."""
        return tuple(instants_of(self.shape))

    @cached_property
    def instants_in(self) -> tuple[tuple[tuple[Instant, ...], ...], ...]:
        """For each layer, and each sample of it, the instants at which the layer is computed."""
        found: list[tuple[tuple[Instant, ...], ...]] = []
        for instants in self.at:
            samples: list[list[Instant]] = [[] for _ in range(self.shape.samples)]
            for instant in instants:
                samples[instant.sample].append(instant)
            found.append(tuple(map(tuple, samples)))
        return tuple(found)

    @cached_property
    def _instant_at(self) -> Mapping[tuple[int, int], Instant]:
        return {(instant.sample, instant.step): instant for instant in self.instants}

    def one_step_later(self, depth: int, instant: Instant) -> tuple[Neuron, ...]:
        """The neurons of a layer one time step after an instant; none after the last."""
        following = self._instant_at.get((instant.sample, instant.step + 1))
        return () if following is None else self.at[depth].get(following, ())

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The ids of the inputs, at the first instant of the sample that is followed."""
        return tuple(inputs_at(self.shape, self._instant_at[self.followed, 0]))

    @cached_property
    def shared_biases(self) -> Mapping[str, tuple[Neuron, ...]]:
        """Each bias that several neurons may share, with the neurons that it feeds at the first instant."""
        fed: dict[str, list[Neuron]] = {}
        for layer in self.layers:
            for neuron in layer:
                if neuron.bias is not None:
                    fed.setdefault(neuron.bias, []).append(neuron)
        return {bias: tuple(neurons) for bias, neurons in fed.items()}

    def neurons(self) -> Iterator[Neuron]:
        """Every neuron at its first instant, layer by layer."""
        for layer in self.layers:
            yield from layer

    def parameters(self) -> Iterator[str]:
        """Every weight and bias, layer by layer."""
        for layer in self.layers:
            for neuron in layer:
                yield from neuron.weight_ids
            yield from biases_of(layer)


def biases_of(layer: tuple[Neuron, ...]) -> tuple[str, ...]:
    """The biases of a layer, a shared one once."""
    return tuple(dict.fromkeys(neuron.bias for neuron in layer if neuron.bias is not None))


def error_of(neuron: Neuron) -> str:
    """The id of an output neuron's error."""
    return f"E_{neuron.name}{neuron.instant.mark}"


def target_of(neuron: Neuron) -> str:
    """The id of an output neuron's target."""
    return f"target_{neuron.name}{neuron.instant.mark}"


def bend_of(depth: int) -> str:
    """The id of the number that bends the activation of a layer, which is counted from 0."""
    return f"alpha{depth + 1}"


TOTAL_ERROR = "E_total"
DATA_ERROR = "E_data"
LEARNING_RATE = "eta"


def sample_error(shape: Shape, sample: int) -> str:
    """The id of the error that the deltas of a sample are derivatives of."""
    if shape.samples > 1:
        return f"E[{sample + 1}]"
    return data_error(shape)


def data_error(shape: Shape) -> str:
    """The id of the error of all samples, without a penalty on the weights."""
    return DATA_ERROR if shape.penalized else TOTAL_ERROR


def instants_of(shape: Shape) -> Iterator[Instant]:
    """Every sample at every time step."""
    for sample in range(shape.samples):
        for step in range(shape.steps):
            yield Instant(sample=sample, step=step, mark=mark_of(shape, sample, step))


def mark_of(shape: Shape, sample: int, step: int) -> str:
    """The mark of a sample and a time step on an id, both counted from 0; step -1 is before the first."""
    counted = (sample + 1,) * (shape.samples > 1) + (step + 1,) * (shape.steps > 1 or step < 0)
    return f"[{','.join(map(str, counted))}]" if counted else ""


def inputs_at(shape: Shape, instant: Instant) -> Iterator[str]:
    """The ids of the inputs at an instant."""
    return (f"i{number}{instant.mark}" for number in range(1, shape.inputs + 1))


def build_graph(shape: Shape) -> Graph:
    """The unrolled network; ids as the documentation's page on names lists them."""
    recurrent = [depth for depth, layer in enumerate(shape.layers) if layer.recurrent]
    topmost = recurrent[-1] if recurrent else -1
    instants = tuple(instants_of(shape))
    first_target = shape.steps - shape.targets
    below = {instant: tuple(inputs_at(shape, instant)) for instant in instants}
    at: list[Mapping[Instant, tuple[Neuron, ...]]] = []
    weight = 1
    for depth, (layer, fan_in) in enumerate(zip(shape.layers, shape.fan_ins, strict=True)):
        rows = tuple(
            tuple(f"w{number}" for number in range(start, start + fan_in))
            for start in range(weight, weight + fan_in * layer.neurons, fan_in)
        )
        weight += fan_in * layer.neurons
        names = layer_names(shape, depth)
        biases = _bias_ids(layer, depth, names)
        computed: dict[Instant, tuple[Neuron, ...]] = {}
        for instant in instants:
            if depth > topmost and instant.step < first_target:
                continue
            sources = below[instant] + (_before(shape, instant, names) if layer.recurrent else ())
            computed[instant] = tuple(
                Neuron(name=name, instant=instant, weight_ids=row, sources=sources, bias=bias)
                for name, row, bias in zip(names, rows, biases, strict=True)
            )
        at.append(computed)
        below = {instant: tuple(neuron.out for neuron in neurons) for instant, neurons in computed.items()}
    return Graph(shape=shape, at=tuple(at))


def layer_names(shape: Shape, depth: int) -> tuple[str, ...]:
    """The names of a layer's neurons."""
    numbers = range(1, shape.layers[depth].neurons + 1)
    return tuple(neuron_name(index, layer=depth + 1, layers=len(shape.layers)) for index in numbers)


_LAYERS_WITH_ONE_HIDDEN = 2


def neuron_name(index: int, *, layer: int, layers: int) -> str:
    """A neuron's name, all counted from 1: o1 in the last layer, h1 in an only hidden one, h2_1 in one of several."""
    if layer == layers:
        return f"o{index}"
    return f"h{index}" if layers == _LAYERS_WITH_ONE_HIDDEN else f"h{layer}_{index}"


def initial_states(shape: Shape, depth: int, sample: int) -> tuple[str, ...]:
    """The ids of what a recurrent layer's neurons had put out before the first time step."""
    mark = mark_of(shape, sample, -1)
    return tuple(f"out_{name}{mark}" for name in layer_names(shape, depth))


def _before(shape: Shape, instant: Instant, names: tuple[str, ...]) -> tuple[str, ...]:
    mark = mark_of(shape, instant.sample, instant.step - 1)
    return tuple(f"out_{name}{mark}" for name in names)


def _bias_ids(layer: LayerShape, depth: int, names: tuple[str, ...]) -> tuple[str | None, ...]:
    match layer.biases:
        case Biases.NONE:
            return (None,) * layer.neurons
        case Biases.SHARED:
            return (f"b{depth + 1}",) * layer.neurons
        case Biases.OWN:
            return tuple(f"b_{name}" for name in names)
