"""What a derivation depends on beside the numbers: two networks of one shape share every formula and all code."""

from __future__ import annotations

from enum import Enum

from symbackprop.functions import ACTIVATIONS, LOSSES, Activation, Loss
from symbackprop.network import Given, HiddenGradients, Layer, Network, Reduction, Reductions, Rule
from symbackprop.records import record


class Biases(Enum):
    """Which biases a layer has."""

    NONE = "none"
    SHARED = "shared"
    OWN = "own"


@record(kw_only=True)
class LayerShape:
    """A layer without its numbers. `bent` says whether its activation has a number of its own."""

    neurons: int
    activation: Activation
    biases: Biases
    recurrent: bool
    bent: bool


@record(kw_only=True)
class Shape:
    """A network without its numbers. `targets` counts the time steps, the last ones, that have a target."""

    inputs: int
    layers: tuple[LayerShape, ...]
    samples: int
    steps: int
    targets: int
    loss: Loss
    reductions: Reductions
    l1: bool
    l2: bool
    rule: Rule
    update_biases: bool
    hidden_gradients: HiddenGradients

    @property
    def penalized(self) -> bool:
        """Whether the weights themselves add to the error."""
        return self.l1 or self.l2

    @property
    def in_cases(self) -> bool:
        """Whether some value's side of a limit counts, as at a kink: a number right there has to be known exactly."""
        used = (ACTIVATIONS[it.activation] for it in self.layers if it.activation is not Activation.SOFTMAX)
        # The derivative of |w| is the sign of w.
        return self.l1 or LOSSES[self.loss].in_cases or any(function.in_cases for function in used)

    @property
    def outputs(self) -> int:
        """The number of neurons of the last layer."""
        return self.layers[-1].neurons

    @property
    def divisor(self) -> int:
        """What the sum of a sample's errors is divided by: the means over outputs and over time steps."""
        reductions = self.reductions
        # The sum over the classes belongs to the definition of the cross-entropy, and is never a mean.
        classes = self.loss is Loss.CROSS_ENTROPY
        outputs = self.outputs if reductions.outputs is Reduction.MEAN and not classes else 1
        return outputs * (self.targets if reductions.steps is Reduction.MEAN else 1)

    @property
    def batch_divisor(self) -> int:
        """What the sum over the samples is divided by."""
        return self.samples if self.reductions.batch is Reduction.MEAN else 1

    @property
    def fan_ins(self) -> tuple[int, ...]:
        """The number of weights into each neuron of each layer, its recurrent ones included."""
        below = (self.inputs, *(layer.neurons for layer in self.layers))
        return tuple(
            width + (layer.neurons if layer.recurrent else 0) for width, layer in zip(below, self.layers, strict=False)
        )

    @property
    def weights(self) -> int:
        """The number of weights."""
        return sum(fan * layer.neurons for fan, layer in zip(self.fan_ins, self.layers, strict=True))

    @property
    def work(self) -> int:
        """The number of edges of the unrolled network, over all samples: what the work grows with."""
        return self.weights * self.samples * self.steps


def shape_of(network: Network) -> Shape:
    """The shape of a network."""
    training = network.training
    return Shape(
        inputs=network.widths[0],
        layers=tuple(map(_layer_shape, network.layers)),
        samples=len(network.samples),
        steps=network.steps,
        targets=len(network.target_steps),
        loss=training.loss,
        reductions=training.reductions,
        l1=training.l1 is not None,
        l2=training.l2 is not None,
        rule=training.optimizer.rule,
        update_biases=training.update_biases,
        hidden_gradients=training.hidden_gradients,
    )


def _layer_shape(layer: Layer) -> LayerShape:
    match layer.biases:
        case None:
            biases = Biases.NONE
        case Given():
            biases = Biases.SHARED
        case _:
            biases = Biases.OWN
    return LayerShape(
        neurons=len(layer.weights),
        activation=layer.activation,
        biases=biases,
        recurrent=layer.recurrent_weights is not None,
        bent=layer.bend is not None,
    )
