"""The peer: a walkthrough the plain way, as one writes it who knows sympy and has an hour.

The whole error is one sympy expression. Each parameter gets its derivative from sympy.diff, as a formula from
sympy.latex and as a number from subs and evalf, and a template makes a document of them all. Nothing here is made
slow on purpose, and nothing is tuned away from what one would write.

    python benchmarks/plain_way.py NETWORK.toml OUTPUT.tex [--numbers xreplace]

`subs` is what sympy's tutorial teaches, and takes most of the time. With `--numbers xreplace` the numbers go in the
way that only those know who have looked for the reason; the benchmark shows both.
"""

from __future__ import annotations

import argparse
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import jinja2
import sympy

TEMPLATE = r"""\documentclass{article}
\usepackage{amsmath}
\allowdisplaybreaks
\begin{document}
\section*{Backpropagation: {{ title }}}
\[ E_{total} = {{ error }} \approx {{ "%.9f" | format(error_value) }} \]
{% for it in gradients %}
\subsection*{ ${{ it.symbol }}$ }
\[ \frac{\partial E_{total}}{\partial {{ it.symbol }}} = {{ it.formula }} \]
\[ \frac{\partial E_{total}}{\partial {{ it.symbol }}} \approx {{ "%.9f" | format(it.value) }} \]
\[ {{ it.symbol }}^{+} \approx {{ it.old }} - {{ rate }} \cdot ({{ "%.9f" | format(it.value) }})
   \approx {{ "%.9f" | format(it.new) }} \]
{% endfor %}
\end{document}
"""


class Numbers(StrEnum):
    """By which of sympy's functions the numbers are put into a formula."""

    SUBS = "subs"
    XREPLACE = "xreplace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The error as one expression, the symbols to differentiate by, and a number for every symbol."""

    error: Any
    parameters: list[Any]
    numbers: dict[Any, float]

    def evaluate(self, expression: Any, way: Numbers) -> float:
        """Put the numbers into an expression."""
        match way:
            case Numbers.SUBS:
                return float(expression.subs(self.numbers).evalf())
            case Numbers.XREPLACE:
                floats = {symbol: sympy.Float(number) for symbol, number in self.numbers.items()}
                return float(expression.xreplace(floats).evalf())


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradient:
    """A parameter's derivative as LaTeX and as a number, and what the update makes of the parameter."""

    name: str
    symbol: str
    formula: str
    value: float
    old: float
    new: float


def state(network: dict[str, Any]) -> Problem:
    """Write down the error of a fully connected network of sigmoid neurons, half of it squared."""
    numbers: dict[Any, float] = {}

    def given(name: str, number: float) -> Any:
        symbol = sympy.Symbol(name)
        numbers[symbol] = number
        return symbol

    signals = [given(f"i{i}", number) for i, number in enumerate(network["data"]["inputs"], 1)]
    parameters: list[Any] = []
    layers = network["layers"]
    for depth, layer in enumerate(layers, 1):
        outputs = []
        for j, (row, bias) in enumerate(zip(layer["weights"], layer["biases"], strict=True), 1):
            weights = [given(f"w{len(parameters) + k}", number) for k, number in enumerate(row, 1)]
            parameters += weights
            net = sum(weight * signal for weight, signal in zip(weights, signals, strict=True))
            net += given(f"b_{_neuron(depth, len(layers), j)}", bias)
            outputs.append(1 / (1 + sympy.exp(-net)))
        signals = outputs
    targets = [given(f"t{j}", number) for j, number in enumerate(network["data"]["targets"], 1)]
    error = sum(sympy.Rational(1, 2) * (t - out) ** 2 for t, out in zip(targets, signals, strict=True))
    biases = [symbol for symbol in numbers if symbol.name.startswith("b_")]
    return Problem(error=error, parameters=[*parameters, *biases], numbers=numbers)


def work_out(problem: Problem, rate: float, way: Numbers) -> list[Gradient]:
    """Differentiate by every parameter, and put the numbers in."""
    gradients = []
    for symbol in problem.parameters:
        derivative = sympy.diff(problem.error, symbol)
        value = problem.evaluate(derivative, way)
        old = problem.numbers[symbol]
        gradients.append(
            Gradient(
                name=symbol.name,
                symbol=sympy.latex(symbol),
                formula=sympy.latex(derivative),
                value=value,
                old=old,
                new=old - rate * value,
            )
        )
    return gradients


def write(network: dict[str, Any], problem: Problem, gradients: list[Gradient], way: Numbers) -> str:
    """Return the document."""
    document: str = jinja2.Template(TEMPLATE).render(
        title=network["title"],
        error=sympy.latex(problem.error),
        error_value=problem.evaluate(problem.error, way),
        gradients=gradients,
        rate=network["training"]["learning_rate"],
    )
    return document


def _neuron(depth: int, deepest: int, number: int) -> str:
    if depth == deepest:
        return f"o{number}"
    return f"h{number}" if deepest <= 2 else f"h{depth}_{number}"  # noqa: PLR2004 - hidden and output


def main() -> None:
    """Read a network, write its walkthrough."""
    parser = argparse.ArgumentParser(description="Write a walkthrough the plain way.")
    parser.add_argument("network", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--numbers", type=Numbers, choices=tuple(Numbers), default=Numbers.SUBS)
    arguments = parser.parse_args()
    network = tomllib.loads(arguments.network.read_text(encoding="utf-8"))
    problem = state(network)
    gradients = work_out(problem, network["training"]["learning_rate"], arguments.numbers)
    arguments.output.write_text(write(network, problem, gradients, arguments.numbers), encoding="utf-8")


if __name__ == "__main__":
    main()
