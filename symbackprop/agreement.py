"""Whether the parts of a network agree: each may be well-formed by itself and still make no sense beside another."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.functions import Activation, Loss
from symbackprop.network import HiddenGradients, Network, Vector
from symbackprop.wording import one_line, shortened

# Sums of numbers from 0 to 1 with 60 digits, down to 1e-300: this many digits write them all out.
_EXACT_DIGITS = 400


def require_agreement(network: Network) -> None:
    """Raise `SpecError` with the reason for the first two parts of a network that don't agree."""
    match network.training.loss:
        case Loss.CROSS_ENTROPY:
            _require_softmax(network)
            _require_probabilities(network)
            _require_sums_of_one(network)
        case Loss.BINARY_CROSS_ENTROPY:
            _require_independence(network)
            _require_outputs_between_0_and_1(network)
            _require_probabilities(network)
        case Loss.HALF_SQUARED | Loss.SQUARED | Loss.ABSOLUTE | Loss.HUBER:
            pass
    updated = network.training.hidden_gradients is HiddenGradients.UPDATED
    if updated and any(layer.recurrent_weights is not None for layer in network.layers):
        where = _at(network, "training.hidden_gradients")
        raise UnsupportedError(where, '"updated" with a recurrent layer is not supported')


def _at(network: Network, path: str) -> str:
    return f"{one_line(network.origin)}: {path}"


def _require_softmax(network: Network) -> None:
    found = network.layers[-1].activation
    if found is Activation.SOFTMAX:
        return
    instead = '; did you mean "binary-cross-entropy"?' if found is Activation.SIGMOID else ""
    why = f'cross-entropy compares probabilities: expected "softmax" in the last layer, found "{found}"{instead}'
    raise SpecError(_at(network, "training.loss"), why)


def _require_independence(network: Network) -> None:
    if network.layers[-1].activation is Activation.SOFTMAX:
        why = (
            "binary-cross-entropy takes each output for a probability of its own, but those of softmax depend on each "
            'other; did you mean "cross-entropy"?'
        )
        raise SpecError(_at(network, "training.loss"), why)


def _require_outputs_between_0_and_1(network: Network) -> None:
    """Refuses what may end in the logarithm of a negative number, if not in this round, then in a later one."""
    found = network.layers[-1].activation
    if found is not Activation.SIGMOID:
        why = f'binary-cross-entropy needs outputs between 0 and 1; use "sigmoid" in the last layer, not "{found}"'
        raise SpecError(_at(network, f"layers[{len(network.layers) - 1}].activation"), why)


def _require_probabilities(network: Network) -> None:
    loss = network.training.loss
    for target, whose in _targets(network):
        for number in target:
            if not 0 <= number.exact <= 1:
                why = f"{loss} expects probabilities, from 0 to 1, found {shortened(number.typed)}{whose}"
                raise SpecError(_at(network, "data.targets"), why)


def _require_sums_of_one(network: Network) -> None:
    for target, whose in _targets(network):
        total = sum((number.exact for number in target), Fraction(0))
        if total != 1:
            expected = "cross-entropy expects probabilities that add up to exactly 1"
            raise SpecError(_at(network, "data.targets"), f"{expected}, found a sum of {_decimal(total)}{whose}")


def _targets(network: Network) -> Iterator[tuple[Vector, str]]:
    """Give each target, and whose it is where there are several."""
    many = len(network.samples) > 1
    for number, sample in enumerate(network.samples, start=1):
        for step, target in zip(network.target_steps, sample.targets, strict=True):
            words = [f"sample {number}"] if many else []
            if len(sample.targets) > 1:
                words.append(f"time step {step + 1}")
            yield target, f" in {', '.join(words)}" if words else ""


def _decimal(number: Fraction) -> str:
    with localcontext(prec=_EXACT_DIGITS):
        return shortened(f"{Decimal(number.numerator) / Decimal(number.denominator):f}")
