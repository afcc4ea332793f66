"""How matrices are written: by the notation, with marks for time steps and samples as on any other name."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.derivation.matrices import MatrixName, Role
from symbackprop.functions import Activation
from symbackprop.network import Network
from symbackprop.records import record
from symbackprop.typeset.layout import Fenced, Fraction, Layout, Row, Symbol
from symbackprop.typeset.matrix_names import OfNeurons, name_of_layer, name_of_neurons, name_of_state
from symbackprop.typeset.notation import Namer, marked
from symbackprop.typeset.roles import Role as Written

_FUNCTIONS: Mapping[Activation, Layout] = {
    Activation.IDENTITY: Symbol("id", upright=True),
    Activation.SIGMOID: Symbol("sigma"),
    Activation.TANH: Symbol("tanh", upright=True),
    Activation.RELU: Symbol("ReLU", upright=True),
    Activation.LEAKY_RELU: Symbol("LReLU", upright=True),
    Activation.ELU: Symbol("ELU", upright=True),
    Activation.SOFTPLUS: Symbol("softplus", upright=True),
    Activation.GELU: Symbol("GELU", upright=True),
    Activation.SILU: Symbol("SiLU", upright=True),
    Activation.SOFTMAX: Symbol("softmax", upright=True),
}

_PARTIAL = Symbol("partial")


@record(kw_only=True)
class MatrixSymbols:
    """Writes the matrices of one network."""

    network: Network
    namer: Namer

    @property
    def ones(self) -> Layout:
        """A matrix that is 1 everywhere."""
        return self.namer.fill(Written.ONES)

    def function(self, layer: int) -> Layout:
        """The name of a layer's activation."""
        return _FUNCTIONS[self.network.layers[layer - 1].activation]

    def slope(self, layer: int, argument: Layout) -> Layout:
        """The derivative of a layer's activation, at something."""
        return Row((self.function(layer), Symbol("'"), Fenced(argument)))

    def write(self, name: MatrixName) -> Layout:
        """The symbol of a matrix."""
        match name.role:
            case Role.OUT_SLOPE:
                return _derivative(self.namer.name(self._error), self._vector(name, Role.OUT))
            case Role.SQUASH_SLOPE:
                return self.slope(name.layer, self._vector(name, Role.NET))
            case Role.DATA_GRADIENT | Role.GRADIENT:
                error = "E_data" if name.role is Role.DATA_GRADIENT else "E_total"
                return _derivative(self.namer.name(error), self._parameter(name))
            case Role.UPDATED:
                return marked(self._parameter(name), self.namer.fill(Written.UPDATED))
            case Role.DATA_ERROR:
                return self.namer.name(self._total)
            case Role.TOTAL_ERROR | Role.L1_PENALTY | Role.L2_PENALTY:
                return self.namer.name(name.role.value)
            case Role.WEIGHTS | Role.RECURRENT | Role.BIAS:
                return self._parameter(name)
            case role if role in _STATES:
                state, is_next = _STATES[role]
                layout = name_of_state(self.namer, state, self._parameter(name))
                return marked(layout, self.namer.fill(Written.UPDATED)) if is_next else layout
            case _:
                return self._vector(name, name.role)

    @property
    def _total(self) -> str:
        training = self.network.training
        return "E_total" if training.l1 is None and training.l2 is None else "E_data"

    @property
    def _error(self) -> str:
        """The error that the backward pass differentiates: of one sample, where there are several."""
        return self._total if len(self.network.samples) == 1 else "E"

    def _parameter(self, name: MatrixName) -> Layout:
        role = name.of or name.role
        if role is Role.BIAS and name.of is not None and self._shares_bias(name.layer):
            return self.namer.name(f"b{name.layer}")
        return name_of_layer(self.namer, _PARAMETERS[role], name.layer)

    def _shares_bias(self, layer: int) -> bool:
        biases = self.network.layers[layer - 1].biases
        return biases is not None and not isinstance(biases, tuple)

    def _vector(self, name: MatrixName, role: Role) -> Layout:
        """A vector; where several samples stand side by side, a matrix."""
        several = len(self.network.samples) > 1 and name.sample is None
        if role is Role.JACOBIAN:
            layout = name_of_layer(self.namer, Written.JACOBIAN, name.layer)
        else:
            layout = name_of_neurons(self.namer, self._what(name.layer, role), name.layer, several=several)
        sample, step = (None if number is None else str(number) for number in (name.sample, name.step))
        return self.namer.at_instant(layout, sample, step)

    def _what(self, layer: int, role: Role) -> OfNeurons:
        match role:
            case Role.NET:
                return OfNeurons.NET
            case Role.OUT if layer == 0:
                return OfNeurons.INPUT
            case Role.OUT:
                return OfNeurons.OUTPUT if layer == len(self.network.layers) else OfNeurons.OUT
            case Role.TARGET:
                return OfNeurons.TARGET
            case Role.ERRORS:
                return OfNeurons.ERROR
            case _:
                return OfNeurons.DELTA


def _derivative(of: Layout, variable: Layout) -> Layout:
    return Fraction(Row((_PARTIAL, of)), Row((_PARTIAL, variable)))


_PARAMETERS = {
    Role.WEIGHTS: Written.WEIGHT_MATRIX,
    Role.RECURRENT: Written.RECURRENT_WEIGHT_MATRIX,
    Role.BIAS: Written.BIAS_VECTOR,
}

_STATES: Mapping[Role, tuple[Written, bool]] = {
    Role.FIRST_MOMENT: (Written.FIRST_MOMENT_MATRIX, False),
    Role.SECOND_MOMENT: (Written.SECOND_MOMENT_MATRIX, False),
    Role.NEXT_FIRST_MOMENT: (Written.FIRST_MOMENT_MATRIX, True),
    Role.NEXT_SECOND_MOMENT: (Written.SECOND_MOMENT_MATRIX, True),
    Role.CORRECTED_FIRST_MOMENT: (Written.CORRECTED_FIRST_MOMENT_MATRIX, False),
    Role.CORRECTED_SECOND_MOMENT: (Written.CORRECTED_SECOND_MOMENT_MATRIX, False),
}
"""The role of each state of an optimizer, and whether it is the one after the update."""
