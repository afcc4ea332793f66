"""The closed registry: which rules apply to which kind of step, and how common each mistake is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from symbackprop.checking.mistakes import backward, forward, learning, local, softmax
from symbackprop.checking.mistakes.slip import Site, Slip
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.keys import (
    AddUp,
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
    OutputDelta,
    Paths,
    PathsToErrors,
    ScaledUpdate,
    Softmax,
    SoftmaxByNet,
    SoftmaxDelta,
    Squash,
    SquashByNet,
    SumByInput,
    SumOfShares,
    TotalByOut,
    Update,
    UpdatedWeight,
    WeightedSum,
    WithPenalty,
)

Rule = Callable[[Site], Iterator[Slip]]

_SLOPES: tuple[Rule, ...] = (
    local.slope_negated,
    local.half_of_slope_forgotten,
    local.net_in_slope,
    forward.another_target,
    forward.another_output,
)
_DELTAS: tuple[Rule, ...] = (
    backward.derivative_left_out,
    backward.derivative_kept,
    backward.negated,
    backward.neighbours_factor,
    backward.neighbours_delta,
    backward.error_left_out_of_delta,
)
_PATHS: tuple[Rule, ...] = (
    backward.other_state_of_weights,
    backward.path_left_out,
    backward.weights_transposed,
    backward.negated,
    backward.slopes_for_deltas,
    backward.another_weight_back,
    backward.another_delta_back,
    backward.neighbours_sum,
    backward.weights_left_out,
)
_BIASES: tuple[Rule, ...] = (
    learning.bias_times_input,
    learning.bias_times_itself,
    learning.one_neuron_of_bias,
    backward.negated,
    learning.other_gradient,
)
_UPDATES: tuple[Rule, ...] = (
    learning.gradient_added,
    learning.rate_forgotten,
    learning.rate_twice,
    learning.another_rate,
    learning.not_updated,
    learning.gradient_of_another,
    learning.old_of_another,
    learning.only_the_step,
)

RULES: Mapping[type, tuple[Rule, ...]] = {
    WeightedSum: forward.OF_SUMS,
    Squash: forward.OF_OUTPUTS,
    Softmax: (softmax.not_divided, softmax.softmax_twice, forward.neighbours_output),
    Compare: forward.OF_ERRORS,
    AddUp: forward.OF_TOTALS,
    TotalByOut: (*_SLOPES, local.other_mean_of_slopes),
    ErrorByOut: _SLOPES,
    SquashByNet: (
        local.net_in_derivative,
        local.derivative_of_output,
        local.derivative_of_another_activation,
        local.half_of_derivative,
        local.neighbours_derivative,
        local.derivative_negated,
    ),
    SoftmaxByNet: (softmax.wrong_sign_off_diagonal, softmax.net_in_derivative),
    SumByInput: (backward.weight_on_the_way,),
    UpdatedWeight: (backward.weight_on_the_way,),
    Chain: (backward.of_one_error, backward.along_one_path, backward.negated),
    Paths: _PATHS,
    PathsToErrors: _PATHS,
    OutputDelta: _DELTAS,
    HiddenDelta: _DELTAS,
    SoftmaxDelta: (
        softmax.diagonal_only,
        softmax.derivative_kept,
        softmax.derivative_left_out,
        softmax.output_left_out,
        softmax.target_of_another,
        softmax.neighbours_delta,
        backward.negated,
    ),
    Gradient: (
        learning.net_in_gradient,
        learning.input_of_another_weight,
        learning.delta_of_another,
        learning.factor_of_gradient_left_out,
        learning.weight_for_input,
        backward.negated,
        learning.other_gradient,
    ),
    DeltaGradient: (
        learning.net_in_gradient,
        learning.input_of_another_weight,
        learning.delta_of_another,
        learning.factor_of_gradient_left_out,
        learning.weight_for_input,
        backward.negated,
        learning.other_gradient,
    ),
    BiasGradient: _BIASES,
    DeltaBiasGradient: _BIASES,
    SumOfShares: (
        learning.shares_not_summed,
        learning.other_mean_of_shares,
        backward.negated,
        learning.other_gradient,
    ),
    WithPenalty: (learning.penalty_left_out, backward.negated, learning.other_gradient),
    Update: _UPDATES,
    NesterovUpdate: _UPDATES,
    ScaledUpdate: _UPDATES,
    Momentum: (learning.term_left_out,),
    MovingAverage: (learning.term_left_out,),
    BiasCorrected: (learning.correction_left_out,),
}
"""The rules for each kind of step, the commonest first."""

COMMON: Mapping[Mistake, float] = {
    **dict.fromkeys(
        (
            Mistake.UPDATED_WEIGHTS,
            Mistake.SIGN_FLIPPED,
            Mistake.GRADIENT_ADDED,
            Mistake.OUTPUT_DERIVATIVE_LEFT_OUT,
            Mistake.HIDDEN_DERIVATIVE_LEFT_OUT,
            Mistake.PATH_LEFT_OUT,
            Mistake.BIAS_LEFT_OUT,
            Mistake.RATE_FORGOTTEN,
            Mistake.DERIVATIVE_KEPT,
            Mistake.STEPS_NOT_SUMMED,
            Mistake.ORIGINAL_WEIGHTS,
            Mistake.SUM_FOR_MEAN,
            Mistake.ROUND_LESS,
            Mistake.ROUND_MORE,
        ),
        3.0,
    ),
    **dict.fromkeys(
        (
            Mistake.NET_IN_DERIVATIVE,
            Mistake.NET_FOR_OUT,
            Mistake.ACTIVATION_TWICE,
            Mistake.ANOTHER_DERIVATIVE,
            Mistake.WEIGHTS_TRANSPOSED,
            Mistake.MEAN_FOR_SUM,
            Mistake.DIAGONAL_SOFTMAX,
            Mistake.BIASES_UPDATED,
            Mistake.BIASES_FROZEN,
            Mistake.BIAS_TIMES_INPUT,
            Mistake.DIGITS_TRANSPOSED,
            Mistake.DIGIT_DROPPED,
        ),
        4.0,
    ),
    Mistake.HALF_FORGOTTEN: 3.5,
    Mistake.NEIGHBOURS_VALUE: 6.0,
    Mistake.FACTOR_LEFT_OUT: 6.0,
    Mistake.TERM_LEFT_OUT: 6.0,
    Mistake.TOO_MUCH: 6.0,
}
"""What a mistake costs an explanation, in bits: the commoner, the less."""

RARE = 5.0
"""What any other mistake costs."""


def cost_of(mistake: Mistake) -> float:
    """What a mistake costs an explanation, in bits."""
    return COMMON.get(mistake, RARE)


def slips(site: Site) -> Iterator[Slip]:
    """Every mistaken formula of a step that is told from its own one."""
    pattern = site.step.pattern
    own = site.formula
    for rule in RULES.get(type(pattern), ()):
        for slip in rule(site):
            if slip.formula != own:
                yield slip
