"""The roles that a quantity can play, and what a notation's template for each may want to know about it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a quantity or a mark is for, as a notation's file calls it."""

    INPUT = "input"
    TARGET = "target"
    WEIGHT = "weight"
    RECURRENT_WEIGHT = "recurrent_weight"
    SHARED_BIAS = "shared_bias"
    BIAS = "bias"
    NET = "net"
    OUT = "out"
    OUTPUT = "output"
    ERROR = "error"
    SAMPLE_ERROR = "sample_error"
    DATA_ERROR = "data_error"
    L1_PENALTY = "l1_penalty"
    L2_PENALTY = "l2_penalty"
    TOTAL_ERROR = "total_error"
    DELTA = "delta"
    HIDDEN_NEURON = "hidden_neuron"
    OUTPUT_NEURON = "output_neuron"
    ANY_HIDDEN = "any_hidden"
    ANY_OUTPUT = "any_output"
    WEIGHT_TO_ANY_HIDDEN = "weight_to_any_hidden"
    WEIGHT_TO_ANY_OUTPUT = "weight_to_any_output"
    LEARNING_RATE = "learning_rate"
    L1 = "l1"
    L2 = "l2"
    MOMENTUM = "momentum"
    SMOOTHING = "smoothing"
    BETA1 = "beta1"
    BETA2 = "beta2"
    BETA1_BEFORE = "beta1_before"
    BETA2_BEFORE = "beta2_before"
    BETA1_POWER = "beta1_power"
    BETA2_POWER = "beta2_power"
    EPSILON = "epsilon"
    DECAY = "decay"
    THRESHOLD = "threshold"
    BEND = "bend"
    FIRST_MOMENT = "first_moment"
    SECOND_MOMENT = "second_moment"
    CORRECTED_FIRST_MOMENT = "corrected_first_moment"
    CORRECTED_SECOND_MOMENT = "corrected_second_moment"
    UPDATED = "updated"
    ROUNDS = "rounds"
    SAMPLE = "sample"
    STEP = "step"
    SAMPLE_AND_STEP = "sample_and_step"
    INPUT_VECTOR = "input_vector"
    INPUT_MATRIX = "input_matrix"
    NET_VECTOR = "net_vector"
    NET_MATRIX = "net_matrix"
    OUT_VECTOR = "out_vector"
    OUT_MATRIX = "out_matrix"
    OUTPUT_VECTOR = "output_vector"
    OUTPUT_MATRIX = "output_matrix"
    TARGET_VECTOR = "target_vector"
    TARGET_MATRIX = "target_matrix"
    ERROR_VECTOR = "error_vector"
    ERROR_MATRIX = "error_matrix"
    DELTA_VECTOR = "delta_vector"
    DELTA_MATRIX = "delta_matrix"
    WEIGHT_MATRIX = "weight_matrix"
    RECURRENT_WEIGHT_MATRIX = "recurrent_weight_matrix"
    BIAS_VECTOR = "bias_vector"
    JACOBIAN = "jacobian"
    ONES = "ones"
    FIRST_MOMENT_MATRIX = "first_moment_matrix"
    SECOND_MOMENT_MATRIX = "second_moment_matrix"
    CORRECTED_FIRST_MOMENT_MATRIX = "corrected_first_moment_matrix"
    CORRECTED_SECOND_MOMENT_MATRIX = "corrected_second_moment_matrix"


_UNIT = ("neuron", "layer", "index", "place")
_ENDS = ("to", "from", "to_neuron", "from_neuron")
_STATE = ("parameter",)
_LAYER = ("layer", "neurons")

PLACEHOLDERS: Mapping[Role, tuple[str, ...]] = dict.fromkeys(Role, ()) | {
    Role.INPUT: ("index",),
    Role.TARGET: _UNIT,
    Role.WEIGHT: ("number", "layer", *_ENDS),
    Role.RECURRENT_WEIGHT: ("number", "layer", *_ENDS),
    Role.SHARED_BIAS: ("layer",),
    Role.BIAS: _UNIT,
    Role.NET: _UNIT,
    Role.OUT: _UNIT,
    Role.OUTPUT: _UNIT,
    Role.ERROR: _UNIT,
    Role.SAMPLE_ERROR: ("sample",),
    Role.DELTA: _UNIT,
    Role.HIDDEN_NEURON: ("layer", "index", "place"),
    Role.OUTPUT_NEURON: ("layer", "index", "place"),
    Role.WEIGHT_TO_ANY_HIDDEN: ("layer", "from", "from_neuron"),
    Role.WEIGHT_TO_ANY_OUTPUT: ("layer", "from", "from_neuron"),
    Role.BEND: ("layer",),
    Role.FIRST_MOMENT: _STATE,
    Role.SECOND_MOMENT: _STATE,
    Role.CORRECTED_FIRST_MOMENT: _STATE,
    Role.CORRECTED_SECOND_MOMENT: _STATE,
    Role.ROUNDS: ("rounds",),
    Role.SAMPLE: ("sample",),
    Role.STEP: ("step",),
    Role.SAMPLE_AND_STEP: ("sample", "step"),
    Role.NET_VECTOR: _LAYER,
    Role.NET_MATRIX: _LAYER,
    Role.OUT_VECTOR: _LAYER,
    Role.OUT_MATRIX: _LAYER,
    Role.OUTPUT_VECTOR: _LAYER,
    Role.OUTPUT_MATRIX: _LAYER,
    Role.TARGET_VECTOR: _LAYER,
    Role.TARGET_MATRIX: _LAYER,
    Role.ERROR_VECTOR: _LAYER,
    Role.ERROR_MATRIX: _LAYER,
    Role.DELTA_VECTOR: _LAYER,
    Role.DELTA_MATRIX: _LAYER,
    Role.WEIGHT_MATRIX: _LAYER,
    Role.RECURRENT_WEIGHT_MATRIX: _LAYER,
    Role.BIAS_VECTOR: _LAYER,
    Role.JACOBIAN: _LAYER,
    Role.FIRST_MOMENT_MATRIX: _STATE,
    Role.SECOND_MOMENT_MATRIX: _STATE,
    Role.CORRECTED_FIRST_MOMENT_MATRIX: _STATE,
    Role.CORRECTED_SECOND_MOMENT_MATRIX: _STATE,
}
"""What may stand in braces in each role's template."""
