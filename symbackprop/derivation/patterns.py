"""What each pattern says: its definition, its working line by line, its result, and other forms of the result.

Everything stands in the pattern's slots; a step fills them with its own quantities. sympy differentiates a sum
once for each pattern; the derivatives of activations and losses stand in `functions` as people write them, and
`certify` proves every one of these lines equal to sympy's derivative.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from symbackprop.derivation.backward_patterns import (
    bias_gradient,
    delta_bias_gradient,
    hidden_delta,
    output_delta,
    paths_to_errors,
    paths_to_neurons,
    softmax_delta,
)
from symbackprop.derivation.keys import (
    AddUp,
    BackwardPattern,
    BiasCorrected,
    BiasGradient,
    Chain,
    Compare,
    DeltaBiasGradient,
    DeltaGradient,
    ErrorByOut,
    Gradient,
    HiddenDelta,
    Momentum,
    MovingAverage,
    NesterovUpdate,
    NextPower,
    OutputDelta,
    Paths,
    PathsToErrors,
    PatternKey,
    Penalty,
    SameAs,
    ScaledUpdate,
    Softmax,
    SoftmaxByNet,
    SoftmaxDelta,
    Squash,
    SquashByNet,
    SumByBias,
    SumByInput,
    SumByWeight,
    SumOfShares,
    TotalByOut,
    Update,
    UpdatedWeight,
    WeightedSum,
    WithPenalty,
)
from symbackprop.derivation.local_patterns import (
    error_by_out,
    penalty,
    softmax_by_net,
    squash_by_net,
    sum_derivative,
    total_by_out,
    weighted_sum,
    with_penalty,
)
from symbackprop.derivation.pattern import Form, Pattern, scaled, slots, sum_of
from symbackprop.derivation.update_patterns import (
    bias_corrected,
    momentum,
    moving_average,
    nesterov_update,
    scaled_update,
    update,
)
from symbackprop.functions import ACTIVATIONS, LOSSES, softmax_definition, softmax_shifted
from symbackprop.typeset.formula import Formula, Product, Quantity, rename

__all__ = ["Form", "Pattern", "fill", "work_out"]

_PATTERNS_KEPT = 4096


@lru_cache(maxsize=_PATTERNS_KEPT)
def work_out(key: PatternKey) -> Pattern:
    """The pattern for a key, kept for the next network that follows it."""
    match key:
        case WeightedSum():
            return Pattern(result=weighted_sum(key))
        case Squash(activation=activation):
            return Pattern(result=ACTIVATIONS[activation].definition)
        case Softmax(width=width, index=index):
            return Pattern(result=softmax_definition(width, index), cancelling=softmax_shifted(width, index))
        case Compare(loss=loss):
            return Pattern(result=LOSSES[loss].definition)
        case AddUp(terms=terms, divisor=divisor):
            return Pattern(result=scaled(sum_of(slots("e", terms)), divisor))
        case Penalty():
            return Pattern(result=penalty(key))
        case TotalByOut():
            return total_by_out(key)
        case ErrorByOut(loss=loss):
            return error_by_out(loss)
        case SquashByNet(activation=activation):
            return squash_by_net(activation)
        case SoftmaxByNet():
            return softmax_by_net(key)
        case SumByWeight(sum=sum_, index=index):
            return sum_derivative(sum_, f"w{index}")
        case SumByInput(sum=sum_, index=index):
            return sum_derivative(sum_, f"x{index}")
        case SumByBias(sum=sum_):
            return sum_derivative(sum_, "b")
        case _:
            return _work_out_chain(key)


def _work_out_chain(key: BackwardPattern) -> Pattern:
    match key:
        case UpdatedWeight():
            return Pattern(result=Quantity("updated"))
        case SameAs():
            return Pattern(result=Quantity("same"))
        case Chain(factors=factors):
            return Pattern(result=Product(slots("f", factors)))
        case PathsToErrors(paths=paths):
            return paths_to_errors(paths)
        case Paths():
            return paths_to_neurons(key)
        case OutputDelta():
            return output_delta(key)
        case HiddenDelta():
            return hidden_delta(key)
        case SoftmaxDelta():
            return softmax_delta(key)
        case Gradient():
            with_delta = Product((Quantity("delta"), Quantity("x")))
            return Pattern(result=Product(slots("f", 3)), also={Form.WITH_DELTA: with_delta})
        case DeltaGradient():
            with_delta = Product((Quantity("delta"), Quantity("x")))
            return Pattern(result=Product((Quantity("delta"), Quantity("f3"))), also={Form.WITH_DELTA: with_delta})
        case BiasGradient(neurons=neurons):
            return bias_gradient(neurons)
        case DeltaBiasGradient(neurons=neurons):
            return delta_bias_gradient(neurons)
        case SumOfShares(shares=shares, divisor=divisor):
            return Pattern(result=scaled(sum_of(slots("s", shares)), divisor))
        case WithPenalty():
            return with_penalty(key)
        case _:
            return _work_out_update(key)


def _work_out_update(key: BackwardPattern) -> Pattern:
    match key:
        case MovingAverage(power=power):
            return Pattern(result=moving_average(power))
        case Momentum():
            return Pattern(result=momentum())
        case NextPower():
            return Pattern(result=Product((Quantity("state"), Quantity("beta"))))
        case BiasCorrected():
            return Pattern(result=bias_corrected())
        case Update():
            return Pattern(result=update())
        case NesterovUpdate():
            return Pattern(result=nesterov_update())
        case ScaledUpdate(decays=decays):
            return Pattern(result=scaled_update(decays=decays))
        case _:
            raise ValueError(f"no pattern for {key}")


def fill(formula: Formula, slots_: Mapping[str, str]) -> Formula:
    """The formula with the slots of its pattern filled by the quantities of one step."""
    return rename(formula, slots_.__getitem__)
