"""The neurons and weights of a network by their numbers, as names give them: arithmetic, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from symbackprop.derivation.graph import neuron_name
from symbackprop.derivation.shape import Shape


class Neurons:
    """Which neurons and weights there are. Layers are counted from 1; the inputs are layer 0."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.widths = (shape.inputs, *(layer.neurons for layer in shape.layers))
        self.last = len(shape.layers)

    def label(self, layer: int, index: int) -> str | None:
        """The neuron's name: o1, h1, h2_1; of an input i1. None if there is none."""
        if not (0 <= layer <= self.last and 1 <= index <= self.widths[layer]):
            return None
        return neuron_name(index, layer=layer, layers=self.last) if layer else f"i{index}"

    def labels(self, layer: int) -> tuple[str, ...]:
        """The names of a layer's neurons, or of the inputs."""
        names = (self.label(layer, index) for index in range(1, self.widths[layer] + 1))
        return tuple(name for name in names if name)

    @cached_property
    def _offsets(self) -> tuple[int, ...]:
        """How many weights stand before each layer's first one."""
        found = [0]
        for layer, fan_in in zip(self.shape.layers, self.shape.fan_ins, strict=True):
            found.append(found[-1] + layer.neurons * fan_in)
        return tuple(found)

    def weight(self, layer: int, to: int, source: int, *, recurrent: bool) -> str | None:
        """The weight to neuron `to` of a layer from neuron `source`, of the layer below or of its own."""
        if not (1 <= layer <= self.last and 1 <= to <= self.widths[layer]):
            return None
        below, own = self.widths[layer - 1], self.shape.layers[layer - 1]
        if not 1 <= source <= (own.neurons if recurrent else below) or (recurrent and not own.recurrent):
            return None
        row = self.shape.fan_ins[layer - 1]
        return f"w{self._offsets[layer - 1] + (to - 1) * row + (below if recurrent else 0) + source}"

    def numbered(self, number: int) -> str | None:
        """The neuron with that number, counted through all layers."""
        for layer in range(1, self.last + 1):
            if number <= self.widths[layer]:
                return self.label(layer, number)
            number -= self.widths[layer]
        return None

    def layers_of(self, layer: int | None) -> Iterator[int]:
        """That layer if it is given, else every one, the last first."""
        yield from (layer,) if layer is not None else range(self.last, 0, -1)
