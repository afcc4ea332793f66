"""What stands where in a network, named from its shape alone: the oracle's own reading, shared with no graph."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.functions import Activation, Loss
from symbackprop.network import Given, Network, Reduction
from symbackprop.records import record

_ONE_HIDDEN = 2


@record(kw_only=True)
class Unit:
    """A neuron's ids: its weights from below, its weights from its own layer a step before, its bias."""

    name: str
    weights: tuple[str, ...]
    recurrent: tuple[str, ...]
    bias: str | None


@record(kw_only=True)
class Place:
    """A layer, counted from 0, in one sample at one step, counted from 1, with the ids of what it takes in and gives.

    `taken` lists what its neurons' weights weigh: the signals from below, then those of the step before.
    """

    depth: int
    sample: int
    step: int
    activation: Activation
    taken: tuple[str, ...]
    nets: tuple[str, ...]
    outs: tuple[str, ...]


@record(kw_only=True)
class Comparison:
    """An output held against its target."""

    error: str
    target: str
    out: str


@record(kw_only=True)
class Total:
    """A sum of errors, divided by a whole number."""

    id: str
    parts: tuple[str, ...]
    divisor: int


def units_of(network: Network) -> Iterator[tuple[Unit, ...]]:
    """The neurons of each layer, numbered as the documentation's page on names says."""
    count = 0
    depth = len(network.layers)
    for number, layer in enumerate(network.layers, start=1):
        units = []
        for index, row in enumerate(layer.weights, start=1):
            prefix = "o" if number == depth else "h" if depth == _ONE_HIDDEN else f"h{number}_"
            name = f"{prefix}{index}"
            from_below = tuple(f"w{count + offset}" for offset in range(1, len(row) + 1))
            count += len(from_below)
            neighbours = len(layer.weights) if layer.recurrent_weights is not None else 0
            recurrent = tuple(f"w{count + offset}" for offset in range(1, neighbours + 1))
            count += len(recurrent)
            biases = layer.biases
            bias = None if biases is None else f"b{number}" if isinstance(biases, Given) else f"b_{name}"
            units.append(Unit(name=name, weights=from_below, recurrent=recurrent, bias=bias))
        yield tuple(units)


def tag(network: Network, sample: int, step: int) -> str:
    """What follows the name of a quantity of one sample at one step, both counted from 1: `[2,3]`, `[2]` or nothing."""
    parts = [str(sample)] if len(network.samples) > 1 else []
    if network.steps > 1 or step == 0:
        parts.append(str(step))
    return f"[{','.join(parts)}]" if parts else ""


def places_of(network: Network) -> Iterator[Place]:
    """Every layer of every sample and step in an order of computation.

    The layers above the topmost recurrent one are computed at the steps with a target only: nothing else needs them.
    """
    layers = tuple(units_of(network))
    recurrent = [depth for depth, layer in enumerate(network.layers) if layer.recurrent_weights is not None]
    for sample in range(1, len(network.samples) + 1):
        for step in range(1, network.steps + 1):
            needed = len(layers) if step - 1 in network.target_steps else max(recurrent) + 1
            here = tag(network, sample, step)
            signals = tuple(f"i{number}{here}" for number in range(1, network.widths[0] + 1))
            for depth, units in enumerate(layers[:needed]):
                outs = tuple(f"out_{unit.name}{here}" for unit in units)
                before = tag(network, sample, step - 1)
                kept = tuple(f"out_{unit.name}{before}" for unit in units) if depth in recurrent else ()
                yield Place(
                    depth=depth,
                    sample=sample,
                    step=step,
                    activation=network.layers[depth].activation,
                    taken=signals + kept,
                    nets=tuple(f"net_{unit.name}{here}" for unit in units),
                    outs=outs,
                )
                signals = outs


def comparisons_of(network: Network, sample: int) -> Iterator[Comparison]:
    """Each output of a sample at each step that has a target."""
    for step in network.target_steps:
        here = tag(network, sample, step + 1)
        for number in range(1, network.widths[-1] + 1):
            yield Comparison(error=f"E_o{number}{here}", target=f"target_o{number}{here}", out=f"out_o{number}{here}")


def totals_of(network: Network) -> Iterator[Total]:
    """The sums of errors: each sample's, the whole batch's, and with the penalties."""
    training = network.training
    reductions = training.reductions
    penalties = tuple(id_ for id_, given in (("E_l1", training.l1), ("E_l2", training.l2)) if given is not None)
    data = "E_data" if penalties else "E_total"
    batch = len(network.samples)
    divisor = 1
    if reductions.outputs is Reduction.MEAN and training.loss is not Loss.CROSS_ENTROPY:
        divisor *= network.widths[-1]
    if reductions.steps is Reduction.MEAN:
        divisor *= len(network.target_steps)
    for sample in range(1, batch + 1):
        errors = tuple(it.error for it in comparisons_of(network, sample))
        yield Total(id=data if batch == 1 else f"E[{sample}]", parts=errors, divisor=divisor)
    if batch > 1:
        samples = tuple(f"E[{sample}]" for sample in range(1, batch + 1))
        yield Total(id=data, parts=samples, divisor=batch if reductions.batch is Reduction.MEAN else 1)
    if penalties:
        yield Total(id="E_total", parts=(data, *penalties), divisor=1)
