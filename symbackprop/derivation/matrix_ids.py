"""The ids that fill the matrices of a network: which quantity stands in which row and column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from symbackprop.derivation.graph import neuron_name
from symbackprop.derivation.matrices import Grid, Role
from symbackprop.network import BatchAs, Given, Network
from symbackprop.typeset.formula import Formula, rename


@dataclass(frozen=True)
class MatrixIds:
    """Grids of ids, samples in columns or in rows as the network asks for it."""

    network: Network

    @property
    def batch(self) -> int:
        """The number of samples."""
        return len(self.network.samples)

    @property
    def penalized(self) -> bool:
        """Whether a penalty on the weights is added to the error."""
        return self.network.training.l1 is not None or self.network.training.l2 is not None

    @property
    def data_error(self) -> str:
        """The id of the whole error before any penalty."""
        return "E_data" if self.penalized else "E_total"

    def error(self, sample: int) -> str:
        """The id of the error that the backward pass of a sample differentiates."""
        return f"E[{sample}]" if self.batch > 1 else self.data_error

    def suffix(self, sample: int, time: int) -> str:
        """What a quantity's id ends in. Time step 0 is the initial state, whatever follows."""
        marks = [str(sample)] if self.batch > 1 else []
        if self.network.steps > 1 or time == 0:
            marks.append(str(time))
        return f"[{','.join(marks)}]" if marks else ""

    def neurons(self, layer: int) -> tuple[str, ...]:
        """The names of a layer's neurons; layer 0 are the inputs."""
        widths = self.network.widths
        if layer == 0:
            return tuple(f"i{number}" for number in range(1, widths[0] + 1))
        layers = len(self.network.layers)
        return tuple(neuron_name(number, layer=layer, layers=layers) for number in range(1, widths[layer] + 1))

    def grid(self, layer: int, kind: str, time: int) -> Grid:
        """One quantity of every neuron and every sample: `net_h1[2]`."""
        return self._laid_out(
            tuple(
                tuple(f"{kind}{name}{self.suffix(sample, time)}" for sample in range(1, self.batch + 1))
                for name in self.neurons(layer)
            )
        )

    def by_error(self, layer: int, kind: str, time: int) -> Grid:
        """The derivatives of each sample's error: `dE_total/dout_h1`."""
        return self._laid_out(
            tuple(
                tuple(
                    f"d{self.error(sample)}/d{kind}{name}{self.suffix(sample, time)}"
                    for sample in range(1, self.batch + 1)
                )
                for name in self.neurons(layer)
            )
        )

    def out_by_net(self, layer: int, time: int) -> Grid:
        """The derivative of each neuron's output by its own net input."""
        outs, nets = self.grid(layer, "out_", time), self.grid(layer, "net_", time)
        return tuple(
            tuple(f"d{out}/d{net}" for out, net in zip(*rows, strict=True)) for rows in zip(outs, nets, strict=True)
        )

    def jacobian(self, layer: int, sample: int, time: int) -> Grid:
        """The derivative of each output of a layer (down) by each of its net inputs (across), for one sample."""
        names, end = self.neurons(layer), self.suffix(sample, time)
        return tuple(tuple(f"dout_{out}{end}/dnet_{net}{end}" for net in names) for out in names)

    def _laid_out(self, grid: Grid) -> Grid:
        rowwise = self.batch > 1 and self.network.writing.batch is BatchAs.ROWS
        return tuple(zip(*grid, strict=True)) if rowwise else grid

    # --- Parameters -----------------------------------------------------------------------------------------

    @cached_property
    def _weights(self) -> tuple[tuple[Grid, Grid], ...]:
        """For each layer, the weights from below and the recurrent ones: a row for each neuron, numbered through."""
        layers = []
        number = 1
        for layer in self.network.layers:
            below: list[tuple[str, ...]] = []
            own: list[tuple[str, ...]] = []
            for index, row in enumerate(layer.weights):
                below.append(tuple(f"w{number + offset}" for offset in range(len(row))))
                number += len(row)
                if layer.recurrent_weights is not None:
                    width = len(layer.recurrent_weights[index])
                    own.append(tuple(f"w{number + offset}" for offset in range(width)))
                    number += width
            layers.append((tuple(below), tuple(own)))
        return tuple(layers)

    def parameter(self, role: Role, layer: int) -> Grid:
        """A layer's weights, recurrent weights or biases; no rows where it has none."""
        match role:
            case Role.WEIGHTS:
                return self._weights[layer - 1][0]
            case Role.RECURRENT:
                return self._weights[layer - 1][1]
            case _:
                return tuple((bias,) for bias in self._biases(layer))

    def weights(self, layer: int) -> tuple[Role, ...]:
        """The kinds of weights that a layer has."""
        return tuple(role for role in (Role.WEIGHTS, Role.RECURRENT) if self.parameter(role, layer))

    def _biases(self, layer: int) -> tuple[str, ...]:
        names = self.neurons(layer)
        match self.network.layers[layer - 1].biases:
            case None:
                return ()
            case Given():
                return (f"b{layer}",) * len(names)
            case _:
                return tuple(f"b_{name}" for name in names)

    def trained(self, role: Role, layer: int) -> Grid:
        """The same, but a bias that the layer shares stands there once."""
        grid = self.parameter(role, layer)
        shared = role is Role.BIAS and isinstance(self.network.layers[layer - 1].biases, Given)
        return grid[:1] if shared else grid

    def gradient(self, role: Role, layer: int, *, total: bool) -> Grid:
        """The gradient of each parameter, of the whole error or of the error before any penalty."""
        error = "E_total" if total else self.data_error
        return self.written(role, layer, f"d{error}/d", "")

    def written(self, role: Role, layer: int, before: str, after: str) -> Grid:
        """The ids of each trained parameter with something around them: `w5+`, `m_w5`."""
        return tuple(tuple(f"{before}{id_}{after}" for id_ in row) for row in self.trained(role, layer))

    # --- Settings -------------------------------------------------------------------------------------------

    def in_layer(self, formula: Formula, layer: int) -> Formula:
        """A function's formula with the layer's own bend in it."""
        return rename(formula, lambda slot: f"alpha{layer}" if slot == "alpha" else slot)
