"""The closed tables of activations and losses: definition, and derivative in the form that people write.

Activations are written in the slots `net`, `out` and, where they have one, `alpha`, the number that bends them;
losses in `target`, `out` and, huber's alone, `kappa`. Softmax takes in a whole layer, so what stands for it here
are functions of the layer's width, in the slots `net1`, `net2`, ... and `out1`, `out2`, ...

Every line of each derivative is proved equal to sympy's derivative of the definition whenever a certificate is made.
"""

from symbackprop.functions.activations import ACTIVATIONS
from symbackprop.functions.fused import fused, softmax_cross_entropy
from symbackprop.functions.kinds import OF_TERM, Activation, Function, Line, Loss, Reason
from symbackprop.functions.losses import LOSSES
from symbackprop.functions.softmax import softmax_definition, softmax_derivative, softmax_shifted

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "OF_TERM",
    "Activation",
    "Function",
    "Line",
    "Loss",
    "Reason",
    "fused",
    "softmax_cross_entropy",
    "softmax_definition",
    "softmax_derivative",
    "softmax_shifted",
]
