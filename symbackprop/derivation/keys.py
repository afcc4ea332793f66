"""The closed set of patterns: for each kind of quantity, what it is called and which slots it has.

A key says everything that the pattern's formulas depend on, so that equal keys share one pattern.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symbackprop.functions import Activation, Loss


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """The net input of a neuron with that many inputs. Slots: w1.., x1.., and b where there is a bias."""

    inputs: int
    bias: bool


@dataclass(frozen=True, slots=True)
class Squash:
    """A neuron's output. Slot: net."""

    activation: Activation


@dataclass(frozen=True, slots=True)
class Compare:
    """An output's error. Slots: target, out."""

    loss: Loss


@dataclass(frozen=True, slots=True)
class AddUp:
    """The total error over that many outputs. Slots: e1.. (the errors); its derivatives: target1, out1, ..."""

    outputs: int
    loss: Loss


ForwardPattern = WeightedSum | Squash | Compare | AddUp


@dataclass(frozen=True, slots=True)
class TotalByOut:
    """dE_total/dout of output `index`: only its own error depends on it. Slots: target1, out1, ..."""

    outputs: int
    index: int
    loss: Loss


@dataclass(frozen=True, slots=True)
class ErrorByOut:
    """dE_o/dout_o. Slots: target, out."""

    loss: Loss


@dataclass(frozen=True, slots=True)
class SquashByNet:
    """dout/dnet. Slots: net, out."""

    activation: Activation


@dataclass(frozen=True, slots=True)
class SumByWeight:
    """dnet/dw of weight `index` is the input that it weighs. Slots: those of the weighted sum."""

    sum: WeightedSum
    index: int


@dataclass(frozen=True, slots=True)
class SumByInput:
    """dnet/dx of input `index` is the weight on it. Slots: those of the weighted sum."""

    sum: WeightedSum
    index: int


@dataclass(frozen=True, slots=True)
class SumByBias:
    """dnet/db is 1. Slots: those of the weighted sum."""

    sum: WeightedSum


@dataclass(frozen=True, slots=True)
class UpdatedWeight:
    """The mistake of taking the updated weight for dnet/dx. Slot: updated."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A product of factors: the chain rule along one path. Slots: f1, f2, ..."""

    factors: int


@dataclass(frozen=True, slots=True)
class PathsToErrors:
    """dE_total/dout of a hidden neuron below the outputs: one path through each error.

    Slots: p1.. (dE_o/dout), and for the same with deltas d1.. and v1.. (the weights on the way back).
    """

    paths: int


@dataclass(frozen=True, slots=True)
class PathsToNeurons:
    """dE_total/dout of a hidden neuron below another hidden layer: one path through each of its neurons.

    Slots: d1.. (the deltas of the layer above), g1.. (dnet/dout), v1.. (the weights on the way back).
    """

    paths: int


@dataclass(frozen=True, slots=True)
class OutputDelta:
    """delta_o = dE_total/dout * dout/dnet. Slots: f1, f2, target, out."""

    loss: Loss
    activation: Activation


@dataclass(frozen=True, slots=True)
class HiddenDelta:
    """delta_h = dE_total/dout * dout/dnet. Slots: f1, f2, out, d1.., v1.."""

    paths: int
    activation: Activation


@dataclass(frozen=True, slots=True)
class OutputGradient:
    """dE_total/dw of an output neuron's weight. Slots: f1, f2, f3, delta, target, out, x."""

    loss: Loss
    activation: Activation


@dataclass(frozen=True, slots=True)
class HiddenGradient:
    """dE_total/dw of a hidden neuron's weight. Slots: f1, f2, f3, delta, out, x, d1.., v1.."""

    paths: int
    activation: Activation


@dataclass(frozen=True, slots=True)
class BiasGradient:
    """dE_total/db, summed over the neurons that share it. Slots for each neuron: f1_1, f2_1, f3_1, delta1."""

    neurons: int


@dataclass(frozen=True, slots=True)
class Update:
    """w+ = w - eta * dE_total/dw. Slots: old, eta, gradient."""


@dataclass(frozen=True, slots=True)
class SameAs:
    """A second name of a quantity: dE_total/dnet is delta. Slot: same."""


BackwardPattern = (
    TotalByOut
    | ErrorByOut
    | SquashByNet
    | SumByWeight
    | SumByInput
    | SumByBias
    | UpdatedWeight
    | Chain
    | PathsToErrors
    | PathsToNeurons
    | OutputDelta
    | HiddenDelta
    | OutputGradient
    | HiddenGradient
    | BiasGradient
    | Update
    | SameAs
)
PatternKey = ForwardPattern | BackwardPattern


RULES: Mapping[type, str] = {
    WeightedSum: "weighted_sum",
    Squash: "activation",
    Compare: "loss",
    AddUp: "sum_of_errors",
    TotalByOut: "derivative_of_total_error",
    ErrorByOut: "derivative_of_error",
    SquashByNet: "derivative_of_activation",
    SumByWeight: "derivative_of_net_by_weight",
    SumByInput: "derivative_of_net_by_input",
    SumByBias: "derivative_of_net_by_bias",
    UpdatedWeight: "updated_weight_by_mistake",
    Chain: "chain_rule",
    PathsToErrors: "sum_over_paths",
    PathsToNeurons: "sum_over_paths",
    OutputDelta: "delta",
    HiddenDelta: "delta",
    OutputGradient: "chain_rule",
    HiddenGradient: "chain_rule",
    BiasGradient: "chain_rule_over_neurons",
    Update: "update",
    SameAs: "same_as",
}
"""The rule that each kind of pattern applies, by the name that JSON and the certificate give it."""
