"""Times `derive` of a network, and of a second one of the same shape, within this process.

    python benchmarks/second_network.py FIRST.toml SECOND.toml [--before OTHER.toml]

Prints JSON. The package is imported before the clock starts. With `--before`, a network of another shape is derived
first, so that what sympy does only once in a process isn't counted for the first network.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from symbackprop.derivation.derive import derive
from symbackprop.derivation.graph import TOTAL_ERROR
from symbackprop.network import Network
from symbackprop.network_file import read_network


def time_network(network: Network) -> dict[str, float]:
    """Return the seconds of `derive`, and the seconds until every weight's gradient is known to 15 digits."""
    weights = sum(len(row) for layer in network.layers for row in layer.weights)
    start = time.perf_counter()
    derivation = derive(network)
    derived = time.perf_counter() - start
    for number in range(1, weights + 1):
        _ = derivation[f"d{TOTAL_ERROR}/dw{number}"].value
    return {"derive": derived, "gradients": time.perf_counter() - start}


def main() -> None:
    """Time both networks."""
    parser = argparse.ArgumentParser(description="Time a second network of the same shape.")
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--before", type=Path)
    arguments = parser.parse_args()
    if arguments.before is not None:
        time_network(read_network(arguments.before))
    first, second = read_network(arguments.first), read_network(arguments.second)
    print(json.dumps({"first": time_network(first), "second": time_network(second)}))


if __name__ == "__main__":
    main()
