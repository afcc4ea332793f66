"""Ways to a wrong figure: from the numbers that are given, or on from figures of the claimant's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symbackprop.checking.mistakes.paths import Path
from symbackprop.derivation.balls import Real


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to a figure: `path` may start from figures of the claimant's own, which `claimed` has as balls."""

    path: Path
    claimed: Mapping[str, Real]
