"""The peer: the same arithmetic as plain assignments, which handcalcs writes as LaTeX with the numbers in it.

Nothing is derived here: whoever uses handcalcs has derived the formulas before, by hand, and writes them down one
by one, each weight's own. Here a program writes them down, into a module that handcalcs then reads; that part is
counted, too, and is small.

    python benchmarks/handcalcs_way.py NETWORK.toml OUTPUT.tex

Needs the extra `benchmarks`. Where Python or handcalcs can't cope with the size it ends with 1 and says so.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

FUNCTION = "walkthrough"
DECIMALS = 9
HEAD = "\\documentclass{article}\n\\usepackage{amsmath}\n\\allowdisplaybreaks\n\\begin{document}\n"
FOOT = "\\end{document}\n"


def given(network: dict[str, Any]) -> dict[str, float]:
    """Return every number that the calculation starts from, by the name that it has there."""
    numbers = {"eta": network["training"]["learning_rate"]}
    numbers |= {f"i_{k}": number for k, number in enumerate(network["data"]["inputs"], 1)}
    numbers |= {f"target_o{k}": number for k, number in enumerate(network["data"]["targets"], 1)}
    weights = [number for layer in network["layers"] for row in layer["weights"] for number in row]
    numbers |= {f"w_{k}": number for k, number in enumerate(weights, 1)}
    for neurons, layer in zip(_neurons(network), network["layers"], strict=True):
        numbers |= {f"b_{neuron}": bias for neuron, bias in zip(neurons, layer["biases"], strict=True)}
    return numbers


def assignments(network: dict[str, Any]) -> Iterator[str]:
    """Yield the calculation line by line: forward, the error, the deltas from above to below, every update."""
    layers = _neurons(network)
    signals = [[f"i_{k}" for k in range(1, len(network["data"]["inputs"]) + 1)]]
    signals += [[f"out_{neuron}" for neuron in neurons] for neurons in layers]
    weights = _weights(signals)
    for below, neurons, rows in zip(signals, layers, weights, strict=False):
        for neuron, row in zip(neurons, rows, strict=True):
            terms = [f"{weight} * {signal}" for weight, signal in zip(row, below, strict=True)]
            yield f"net_{neuron} = {' + '.join(terms)} + b_{neuron}"
            yield f"out_{neuron} = 1 / (1 + exp(-net_{neuron}))"
    for neuron in layers[-1]:
        yield f"E_{neuron} = (target_{neuron} - out_{neuron})**2 / 2"
    yield f"E_total = {' + '.join(f'E_{neuron}' for neuron in layers[-1])}"
    for neuron in layers[-1]:
        yield f"delta_{neuron} = (out_{neuron} - target_{neuron}) * out_{neuron} * (1 - out_{neuron})"
    for depth in range(len(layers) - 2, -1, -1):
        for j, neuron in enumerate(layers[depth]):
            shares = [
                f"delta_{above} * {row[j]}" for above, row in zip(layers[depth + 1], weights[depth + 1], strict=True)
            ]
            yield f"delta_{neuron} = ({' + '.join(shares)}) * out_{neuron} * (1 - out_{neuron})"
    for below, neurons, rows in zip(signals, layers, weights, strict=False):
        for neuron, row in zip(neurons, rows, strict=True):
            for weight, signal in zip(row, below, strict=True):
                yield f"gradient_{weight} = delta_{neuron} * {signal}"
                yield f"new_{weight} = {weight} - eta * gradient_{weight}"
            yield f"gradient_b_{neuron} = delta_{neuron}"
            yield f"new_b_{neuron} = b_{neuron} - eta * gradient_b_{neuron}"


def source(network: dict[str, Any]) -> str:
    """Return the calculation as a module with a function that handcalcs can read."""
    return "\n".join(
        [
            "from math import exp",
            "from handcalcs import handcalc",
            *(f"{name} = {number!r}" for name, number in given(network).items()),
            f"@handcalc(precision={DECIMALS})",
            f"def {FUNCTION}():",
            *(f"    {line}" for line in assignments(network)),
            "    return locals()",
            "",
        ]
    )


def calculate(network: dict[str, Any]) -> tuple[str, dict[str, float]]:
    """Return the LaTeX that handcalcs makes of the calculation, and every result by its name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calculation.py"
        path.write_text(source(network), encoding="utf-8")
        spec = importlib.util.spec_from_file_location("calculation", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["calculation"] = module
        spec.loader.exec_module(module)
        latex, results = getattr(module, FUNCTION)()
    return latex, results


def _neurons(network: dict[str, Any]) -> list[list[str]]:
    """Return the names of each layer's neurons."""
    sizes = [len(layer["weights"]) for layer in network["layers"]]
    hidden = ["h"] if len(sizes) == 2 else [f"h{depth}_" for depth in range(1, len(sizes))]  # noqa: PLR2004
    return [[f"{letter}{j}" for j in range(1, size + 1)] for letter, size in zip([*hidden, "o"], sizes, strict=True)]


def _weights(signals: list[list[str]]) -> list[list[list[str]]]:
    """Return the names of the weights: for each layer, for each neuron, one for each signal from below."""
    number = 0
    layers = []
    for below, above in pairwise(signals):
        rows = []
        for _ in above:
            rows.append([f"w_{number + k}" for k in range(1, len(below) + 1)])
            number += len(below)
        layers.append(rows)
    return layers


def main() -> None:
    """Read a network, write its arithmetic."""
    parser = argparse.ArgumentParser(description="Write the arithmetic of a round with handcalcs.")
    parser.add_argument("network", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    network = tomllib.loads(arguments.network.read_text(encoding="utf-8"))
    try:
        latex, _ = calculate(network)
    except (MemoryError, RecursionError, SyntaxError) as error:
        sys.exit(f"too large for handcalcs: {type(error).__name__}: {error}")
    arguments.output.write_text(f"{HEAD}{latex}{FOOT}", encoding="utf-8")


if __name__ == "__main__":
    main()
