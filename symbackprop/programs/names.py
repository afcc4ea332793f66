"""Which variable holds a quantity: `dE_total/dw5` is `dE_dw5`, `net_h1[2]` is `net_h1_s2`."""

from __future__ import annotations

import re
from keyword import iskeyword

from symbackprop.derivation.shape import Shape
from symbackprop.records import record

_MARK = re.compile(r"\[(\d+)(?:,(\d+))?\]")
_DERIVATIVE = re.compile(r"d(.+)/d(.+)")


@record(kw_only=True)
class VariableNames:
    """Names the variables of one program.

    In a loop over the samples a quantity is called alike for each of them (`looped`). What an update makes of a
    parameter takes the parameter's own place, unless a name of its own begins with it and ends in `updated`.
    """

    shape: Shape
    looped: bool
    updated: str = ""

    def __call__(self, id_: str) -> str:
        """The name of the variable that holds a quantity."""
        if id_.endswith("+"):
            return self(id_.removesuffix("+")) + self.updated
        if match := _DERIVATIVE.fullmatch(id_):
            name = f"d{self._differentiated(match[1])}_d{self._marked(match[2])}"
        else:
            name = self._marked(id_)
        return f"{name}_" if iskeyword(name) else name

    def _differentiated(self, of: str) -> str:
        """The only error is plain E; of several, the whole one keeps its name."""
        only = self.shape.samples == 1 and not self.shape.penalized
        return "E" if of == "E_total" and only else self._marked(of)

    def _marked(self, id_: str) -> str:
        return _MARK.sub(self._mark, id_)

    def _mark(self, match: re.Match[str]) -> str:
        sample, step = (match[1], match[2]) if self.shape.samples > 1 else (None, match[1])
        of_sample = "" if sample is None or self.looped else f"_s{sample}"
        return of_sample + ("" if step is None else f"_t{step}")


def sample_of(id_: str, shape: Shape) -> int | None:
    """The sample that a quantity belongs to, counted from 1; None where it belongs to all, or to the only one."""
    match = _MARK.search(id_)
    return int(match[1]) if match and shape.samples > 1 else None
