"""What tests of the command line share: a network file, what a run gives, and which files it leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

NET = """\
title = "A net"
[data]
inputs = [0.05, 0.10]
targets = [0.01]
[[layers]]
activation = "sigmoid"
weights = [[0.15, 0.20], [0.25, 0.30]]
biases = 0.35
[[layers]]
activation = "sigmoid"
weights = [[0.40, 0.45]]
[training]
loss = "half-squared"
learning_rate = 0.5
"""

Run = Callable[..., tuple[int, str, str]]


def files(folder: Path) -> set[str]:
    """Return the files in a folder and below it, by their paths within it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
