"""The networks on which growth is measured: their shapes, and files with numbers from a fixed seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class Family(StrEnum):
    """In which direction a row of networks grows."""

    WIDTH = "width"
    DEPTH = "depth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A fully connected network without its numbers: how many inputs, then how many neurons in each layer."""

    name: str
    widths: tuple[int, ...]
    families: tuple[Family, ...]

    @property
    def weights(self) -> int:
        """The number of weights, biases not counted."""
        return sum(below * above for below, above in pairwise(self.widths))

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return self.weights + sum(self.widths[1:])

    @property
    def depth(self) -> int:
        """The number of layers that have weights."""
        return len(self.widths) - 1


DEEPEST = 12
BIG = "784-30-10"


def _square(width: int) -> Shape:
    return Shape(name=f"{width}-{width}-{width}", widths=(width,) * 3, families=(Family.WIDTH,))


SHAPES = (
    Shape(name="2-2-2", widths=(2, 2, 2), families=(Family.WIDTH, Family.DEPTH)),
    *(_square(width) for width in (4, 5, 8, 16, 32, 64)),
    Shape(name=BIG, widths=(784, 30, 10), families=(Family.WIDTH,)),
    *(
        Shape(name=f"depth-{depth}", widths=(2,) * (depth + 1), families=(Family.DEPTH,))
        for depth in range(3, DEEPEST + 1)
    ),
)
"""Every network, within its families from small to large. What has depth 2 and width 2 is 2-2-2."""


def find_shape(name: str) -> Shape:
    """Return the shape of that name; raises KeyError if there is none."""
    return {shape.name: shape for shape in SHAPES}[name]


def network_text(shape: Shape, seed: int = 1) -> str:
    """Return a network file: sigmoid, half squared error, one round, the same numbers for the same seed.

    Numbers are as short as a person's would be, and weights small where many inputs meet, so that no sigmoid is
    driven into its flat ends.
    """
    numbers = random.Random(f"{shape.name} {seed}")  # noqa: S311 - only has to be the same again
    inputs = [f"0.{numbers.randint(1, 99):02d}" for _ in range(shape.widths[0])]
    targets = [numbers.choice(("0.01", "0.99")) for _ in range(shape.widths[-1])]
    lines = [f'title = "{shape.name}"', "", "[data]", f"inputs = {_array(inputs)}", f"targets = {_array(targets)}"]
    for below, above in pairwise(shape.widths):
        largest = max(1, round(2000 / below**0.5))
        rows = [_array([_thousandths(numbers, largest) for _ in range(below)]) for _ in range(above)]
        biases = [_thousandths(numbers, 500) for _ in range(above)]
        weights = ["weights = [", *(f"    {row}," for row in rows), "]"]
        lines += ["", "[[layers]]", 'activation = "sigmoid"', *weights, f"biases = {_array(biases)}"]
    training = ['loss = "half-squared"', "learning_rate = 0.5", "update_biases = true", "rounds = 1"]
    return "\n".join([*lines, "", "[training]", *training, ""])


def _thousandths(numbers: random.Random, largest: int) -> str:
    """Return a number of up to `largest` thousandths, of either sign, and never 0."""
    return f"{numbers.choice((-1, 1)) * numbers.randint(1, largest) / 1000:.3f}"


def _array(numbers: list[str]) -> str:
    return f"[{', '.join(numbers)}]"
