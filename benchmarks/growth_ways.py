"""The ways of writing a walkthrough that growth compares, and what their runs have measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from growth_networks import BIG, Shape
from processes import Ending, Run
from timing import Timing, python

CONSENT: tuple[str, ...] = ("--yes",)
"""What lets a large document through."""

_HERE = Path(__file__).parent


class Way(StrEnum):
    """What is run; each by its name in the tables."""

    IMPORT = "import sympy"
    IMPORT_HANDCALCS = "import handcalcs"
    OURS = "symbackprop"
    BRIEF = "symbackprop, brief"
    PLAIN = "plain way"
    XREPLACE = "plain way, xreplace"
    HANDCALCS = "handcalcs"

    @property
    def start(self) -> Way | None:
        """The import without which this way can't begin; None for an import itself."""
        match self:
            case Way.IMPORT | Way.IMPORT_HANDCALCS:
                return None
            case Way.HANDCALCS:
                return Way.IMPORT_HANDCALCS
            case Way.OURS | Way.BRIEF | Way.PLAIN | Way.XREPLACE:
                return Way.IMPORT

    def command(self, network: Path, output: Path) -> list[str]:
        """Return the command that writes `output` for `network`."""
        files = (str(network), str(output))
        render = ["-m", "symbackprop", "render", str(network), "--format", "latex", *CONSENT, "-o", str(output)]
        match self:
            case Way.IMPORT | Way.IMPORT_HANDCALCS:
                return python("-c", self.value)
            case Way.OURS:
                return python(*render, "--detail", "full")
            case Way.BRIEF:
                return python(*render, "--detail", "brief")
            case Way.PLAIN:
                return python(str(_HERE / "plain_way.py"), *files)
            case Way.XREPLACE:
                return python(str(_HERE / "plain_way.py"), *files, "--numbers", "xreplace")
            case Way.HANDCALCS:
                return python(str(_HERE / "handcalcs_way.py"), *files)


def ways_for(shape: Shape) -> list[Way]:
    """Return what is run for a network: `brief` is for those that are too large to be read in full."""
    return [way for way in Way if way is not Way.BRIEF or shape.name == BIG]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The runs for one network, in turns: the first of each way, then the second of each, and so on.

    A way that was stopped or has failed isn't run again; one that isn't in `runs` wasn't tried.
    """

    shape: Shape
    runs: Mapping[Way, Sequence[Run]]

    def ending(self, way: Way) -> Ending | None:
        """How the way's last run ended; None if it wasn't tried."""
        return self.runs[way][-1].ending if self.runs.get(way) else None

    def timing(self, way: Way) -> Timing | None:
        """The way's seconds if all its runs came to their end."""
        if self.ending(way) is not Ending.DONE:
            return None
        return Timing(seconds=tuple(run.seconds for run in self.runs[way]))

    def ratio(self, way: Way, base: Way) -> float | None:
        """How many times as long as `base` a way takes; if it was stopped, at least that many times."""
        beneath = self.timing(base)
        if beneath is None:
            return None
        timing = self.timing(way)
        if timing is not None:
            return timing.ratio_to(beneath)
        return self.runs[way][-1].seconds / beneath.median if self.ending(way) is Ending.STOPPED else None

    def beyond_import(self, way: Way) -> float | None:
        """The way's median seconds without those of its import; None if that isn't known, or less than nothing."""
        timing, start = self.timing(way), way.start
        base = None if start is None else self.timing(start)
        if timing is None or base is None or timing.median <= base.median:
            return None
        return timing.median - base.median

    def peak_bytes(self, way: Way) -> int:
        """The largest memory of the way's runs."""
        return max(run.peak_bytes for run in self.runs[way])

    def written_bytes(self, way: Way) -> int:
        """The size of the document."""
        return self.runs[way][-1].written_bytes
