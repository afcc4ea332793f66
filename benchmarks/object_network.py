"""The peer: the same network as plain objects, the way a good teaching script writes it.

A neuron knows its weights, a layer its neurons, the network its layers; training is a loop of method calls.
Nothing here is made slow on purpose, and nothing is tuned away from what one would teach.

    python benchmarks/object_network.py --steps 10000
"""

from __future__ import annotations

import argparse
import math


class Neuron:
    """Weighs its inputs, adds a bias, squashes the sum, and remembers both for the way back."""

    def __init__(self, weights: list[float], bias: float) -> None:
        self.weights = weights
        self.bias = bias
        self.inputs: list[float] = []
        self.output = 0.0
        self.delta = 0.0

    def feed(self, inputs: list[float]) -> float:
        """Compute the output for these inputs."""
        self.inputs = inputs
        self.output = self.squash(self.net_input())
        return self.output

    def net_input(self) -> float:
        """Return the weighted sum of the inputs plus the bias."""
        total = self.bias
        for weight, value in zip(self.weights, self.inputs, strict=True):
            total += weight * value
        return total

    def squash(self, net: float) -> float:
        """Return the logistic function of a net input."""
        return 1 / (1 + math.exp(-net))

    def slope(self) -> float:
        """Return the logistic function's derivative, written with the output."""
        return self.output * (1 - self.output)

    def error(self, target: float) -> float:
        """Return half the squared distance from the target."""
        return 0.5 * (target - self.output) ** 2

    def blame_from_target(self, target: float) -> None:
        """Set delta for a neuron of the output layer."""
        self.delta = (self.output - target) * self.slope()

    def blame_from_above(self, pulled: float) -> None:
        """Set delta for a hidden neuron, of which the next layer has `pulled` together its share."""
        self.delta = pulled * self.slope()

    def learn(self, learning_rate: float) -> None:
        """Step against the gradient of each weight; the bias stays."""
        for index, value in enumerate(self.inputs):
            self.weights[index] -= learning_rate * self.delta * value


class NeuronLayer:
    """Neurons that share their inputs and a bias."""

    def __init__(self, weights: list[list[float]], bias: float) -> None:
        self.neurons = [Neuron(list(row), bias) for row in weights]

    def feed(self, inputs: list[float]) -> list[float]:
        """Return the output of every neuron."""
        return [neuron.feed(inputs) for neuron in self.neurons]

    def pull_back(self, index: int) -> float:
        """Return how the error changes with input `index`: a sum over the paths through this layer."""
        return sum(neuron.delta * neuron.weights[index] for neuron in self.neurons)

    def learn(self, learning_rate: float) -> None:
        """Let every neuron learn."""
        for neuron in self.neurons:
            neuron.learn(learning_rate)


class NeuralNetwork:
    """A hidden layer and an output layer, trained on one sample."""

    def __init__(self, hidden: NeuronLayer, output: NeuronLayer, learning_rate: float) -> None:
        self.hidden = hidden
        self.output = output
        self.learning_rate = learning_rate

    def feed(self, inputs: list[float]) -> list[float]:
        """Return the network's outputs."""
        return self.output.feed(self.hidden.feed(inputs))

    def total_error(self, inputs: list[float], targets: list[float]) -> float:
        """Return the sum of the outputs' errors."""
        self.feed(inputs)
        return sum(neuron.error(target) for neuron, target in zip(self.output.neurons, targets, strict=True))

    def train(self, inputs: list[float], targets: list[float]) -> None:
        """Do one round: forward, every delta from the weights as they are, and only then the updates."""
        self.feed(inputs)
        for neuron, target in zip(self.output.neurons, targets, strict=True):
            neuron.blame_from_target(target)
        for index, neuron in enumerate(self.hidden.neurons):
            neuron.blame_from_above(self.output.pull_back(index))
        self.output.learn(self.learning_rate)
        self.hidden.learn(self.learning_rate)


INPUTS = [0.05, 0.10]
TARGETS = [0.01, 0.99]


def default_network() -> NeuralNetwork:
    """Return the network of examples/mazur.toml."""
    hidden = NeuronLayer([[0.15, 0.20], [0.25, 0.30]], bias=0.35)
    output = NeuronLayer([[0.40, 0.45], [0.50, 0.55]], bias=0.60)
    return NeuralNetwork(hidden, output, learning_rate=0.5)


def error_after(rounds: int) -> float:
    """Train the default network and return its total error then."""
    network = default_network()
    for _ in range(rounds):
        network.train(INPUTS, TARGETS)
    return network.total_error(INPUTS, TARGETS)


def main() -> None:
    """Train for as long as the command line says."""
    parser = argparse.ArgumentParser(description="Train the default network, object by object.")
    parser.add_argument("--steps", type=int, default=10_000)
    print(f"{error_after(parser.parse_args().steps):.15g}")


if __name__ == "__main__":
    main()
