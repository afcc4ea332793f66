"""The closed set of patterns: for each kind of quantity, what it is called and which slots it has.

A key says everything that the pattern's formulas depend on, so that equal keys share one pattern.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from symbackprop.functions import Activation, Loss
from symbackprop.records import record


@record
class WeightedSum:
    """The net input of a neuron with that many inputs. Slots: w1.., x1.., and b where there is a bias."""

    inputs: int
    bias: bool


@record
class Squash:
    """A neuron's output. Slots: net, and alpha where the activation has a number of its own."""

    activation: Activation


@record
class Softmax:
    """The output of neuron `index` of a softmax layer. Slots: net1, net2, ..."""

    width: int
    index: int


@record
class Compare:
    """An output's error. Slots: target, out, and kappa for the huber loss."""

    loss: Loss


@record
class AddUp:
    """The sum of that many errors, divided where it is a mean. Slots: e1, e2, ..."""

    terms: int
    divisor: int = 1


class Norm(IntEnum):
    """What a penalty adds up: absolute values or squares."""

    L1 = 1
    L2 = 2


@record
class Penalty:
    """What that many weights add to the error. Slots: w1, w2, ..., lambda."""

    norm: Norm
    weights: int


ForwardPattern = WeightedSum | Squash | Softmax | Compare | AddUp | Penalty


@record
class TotalByOut:
    """The error by output `index`: only its own term depends on it. Slots: target1, out1, ..., kappa."""

    terms: int
    index: int
    loss: Loss
    divisor: int = 1


@record
class ErrorByOut:
    """dE_o/dout_o. Slots: target, out, kappa."""

    loss: Loss


@record
class SquashByNet:
    """dout/dnet. Slots: net, out, alpha."""

    activation: Activation


@record
class SoftmaxByNet:
    """dout/dnet of output `of` by net input `by` of one softmax layer. Slots: out1, out2, ..., net1, net2, ..."""

    width: int
    of: int
    by: int


@record
class SumByWeight:
    """dnet/dw of weight `index` is the input that it weighs. Slots: those of the weighted sum."""

    sum: WeightedSum
    index: int


@record
class SumByInput:
    """dnet/dx of input `index` is the weight on it. Slots: those of the weighted sum."""

    sum: WeightedSum
    index: int


@record
class SumByBias:
    """dnet/db is 1. Slots: those of the weighted sum."""

    sum: WeightedSum


@record
class UpdatedWeight:
    """The mistake of taking the updated weight for dnet/dx. Slot: updated."""


@record
class Chain:
    """A product of factors: the chain rule along one path. Slots: f1, f2, ..."""

    factors: int


@record
class PathsToErrors:
    """dE_total/dout of a hidden neuron below the outputs: one path through each error.

    Slots: p1.. (dE_o/dout), and for the same with deltas d1.. and v1.. (the weights on the way back).
    """

    paths: int


@record
class Paths:
    """The error by a neuron's output: one path through each neuron that takes it in.

    Slots: d1.. (their deltas), g1.. (dnet/dout), v1.. (the weights on the way back). A recurrent output neuron also
    has a `direct` path to its own error: slot p (dE_o/dout_o), divided where the error is a mean. Where the layer above
    is a softmax layer, its `softmax` neurons come first.
    """

    paths: int
    direct: bool = False
    divisor: int = 1
    softmax: int = 0


@record
class OutputDelta:
    """delta_o = dE/dout * dout/dnet. Slots: f1, f2, target, out, net, kappa, alpha."""

    loss: Loss
    activation: Activation
    divisor: int = 1


@record
class HiddenDelta:
    """delta_h = dE/dout * dout/dnet. Slots: f1, f2, out, net, alpha, d1.., v1.., p."""

    paths: Paths
    activation: Activation


@record
class SoftmaxDelta:
    """The delta of neuron `index` of a softmax layer: its net input moves every output of the layer.

    Slots: f1.. (dE/dout of each output), g1.. (dout/dnet of each by this net), and where the error is the
    cross-entropy (`fused`) target1.., out1..
    """

    width: int
    index: int
    fused: bool
    divisor: int = 1


@record
class Gradient:
    """The error by a weight along its three factors. Slots: f1, f2, f3, delta, x."""


@record
class DeltaGradient:
    """The error by a weight as delta times dnet/dw. Slots: delta, f3, x."""


@record
class BiasGradient:
    """The error by a bias, summed over the neurons that share it. Slots for each neuron: f1_1, f2_1, f3_1, delta1."""

    neurons: int


@record
class DeltaBiasGradient:
    """The same as deltas times dnet/db. Slots for each neuron: delta1, f3_1."""

    neurons: int


@record
class SumOfShares:
    """A gradient over several samples or time steps, divided where it is a mean. Slots: s1, s2, ..."""

    shares: int
    divisor: int = 1


@record
class WithPenalty:
    """dE_total/dw where the weights themselves add to the error. Slots: gradient, w, lambda1, lambda2."""

    l1: bool
    l2: bool


@record
class MovingAverage:
    """decay * state + (1 - decay) * gradient^power. Slots: state, decay, gradient."""

    power: int


@record
class Momentum:
    """mu * state + gradient. Slots: state, mu, gradient."""


@record
class NextPower:
    """beta^t from beta^(t-1). Slots: state, beta."""


@record
class BiasCorrected:
    """average / (1 - beta^t). Slots: average, power."""


@record
class Update:
    """w+ = w - eta * dE_total/dw, or another direction in place of the gradient. Slots: old, eta, gradient."""


@record
class NesterovUpdate:
    """w+ = w - eta * (gradient + mu * momentum). Slots: old, eta, gradient, mu, momentum."""


@record
class ScaledUpdate:
    """w+ = w - eta * gradient / (sqrt(square) + epsilon). Slots: old, eta, gradient, square, epsilon, decay.

    Where the weights decay (adamw), (1 - eta * decay) * w takes the place of w.
    """

    decays: bool = False


@record
class SameAs:
    """A second name of a quantity: dE_total/dnet is delta. Slot: same."""


BackwardPattern = (
    TotalByOut
    | ErrorByOut
    | SquashByNet
    | SoftmaxByNet
    | SumByWeight
    | SumByInput
    | SumByBias
    | UpdatedWeight
    | Chain
    | PathsToErrors
    | Paths
    | OutputDelta
    | HiddenDelta
    | SoftmaxDelta
    | Gradient
    | DeltaGradient
    | BiasGradient
    | DeltaBiasGradient
    | SumOfShares
    | WithPenalty
    | MovingAverage
    | Momentum
    | NextPower
    | BiasCorrected
    | Update
    | NesterovUpdate
    | ScaledUpdate
    | SameAs
)
PatternKey = ForwardPattern | BackwardPattern


RULES: Mapping[type, str] = {
    WeightedSum: "weighted_sum",
    Squash: "activation",
    Softmax: "activation",
    Compare: "loss",
    AddUp: "sum_of_errors",
    Penalty: "penalty",
    TotalByOut: "derivative_of_total_error",
    ErrorByOut: "derivative_of_error",
    SquashByNet: "derivative_of_activation",
    SoftmaxByNet: "derivative_of_activation",
    SumByWeight: "derivative_of_net_by_weight",
    SumByInput: "derivative_of_net_by_input",
    SumByBias: "derivative_of_net_by_bias",
    UpdatedWeight: "updated_weight_by_mistake",
    Chain: "chain_rule",
    PathsToErrors: "sum_over_paths",
    Paths: "sum_over_paths",
    OutputDelta: "delta",
    HiddenDelta: "delta",
    SoftmaxDelta: "delta",
    Gradient: "chain_rule",
    DeltaGradient: "chain_rule",
    BiasGradient: "chain_rule_over_neurons",
    DeltaBiasGradient: "chain_rule_over_neurons",
    SumOfShares: "sum_of_shares",
    WithPenalty: "sum_with_penalty",
    MovingAverage: "moving_average",
    Momentum: "momentum",
    NextPower: "power",
    BiasCorrected: "bias_correction",
    Update: "update",
    NesterovUpdate: "update",
    ScaledUpdate: "update",
    SameAs: "same_as",
}
"""The rule that each kind of pattern applies, by the name that JSON and the certificate give it."""
