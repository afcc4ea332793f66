"""Notations: how the ids of quantities are written on a page, as data.

A `Notation` has a template for each role that a quantity can play. An id says only a part of what a template may
want to know: `w17` doesn't tell its layer. A `Namer` is a notation bound to the shape of one network, from which
it works the rest out by arithmetic.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise

from symbackprop.records import record
from symbackprop.typeset.layout import Accent, Fenced, Fraction, Layout, Number, Row, Script, Symbol
from symbackprop.typeset.roles import PLACEHOLDERS, Role
from symbackprop.typeset.template import Template

_PLAIN: Mapping[str, Role] = {
    "E": Role.SAMPLE_ERROR,
    "E_data": Role.DATA_ERROR,
    "E_l1": Role.L1_PENALTY,
    "E_l2": Role.L2_PENALTY,
    "E_total": Role.TOTAL_ERROR,
    "eta": Role.LEARNING_RATE,
    "lambda1": Role.L1,
    "lambda2": Role.L2,
    "mu": Role.MOMENTUM,
    "rho": Role.SMOOTHING,
    "beta1": Role.BETA1,
    "beta2": Role.BETA2,
    "beta1_t": Role.BETA1_BEFORE,
    "beta2_t": Role.BETA2_BEFORE,
    "epsilon": Role.EPSILON,
    "lambda": Role.DECAY,
    "kappa": Role.THRESHOLD,
}
# The power of a beta after the round's update has a name of its own; a mark on it would look like an exponent.
_POWERS: Mapping[str, Role] = {"beta1_t+": Role.BETA1_POWER, "beta2_t+": Role.BETA2_POWER}
# The slots of a function that is told for all neurons at once: out = f(net).
_SLOTS: Mapping[str, Role] = {
    "net": Role.NET,
    "out": Role.OUT,
    "target": Role.TARGET,
    "delta": Role.DELTA,
    "alpha": Role.BEND,
    "w": Role.WEIGHT,
}
_OF_NEURONS: Mapping[str, Role] = {
    "net": Role.NET,
    "out": Role.OUT,
    "target": Role.TARGET,
    "delta": Role.DELTA,
    "E": Role.ERROR,
    "b": Role.BIAS,
}
_STATES: Mapping[str, Role] = {
    "m": Role.FIRST_MOMENT,
    "v": Role.SECOND_MOMENT,
    "mhat": Role.CORRECTED_FIRST_MOMENT,
    "vhat": Role.CORRECTED_SECOND_MOMENT,
}

_DERIVATIVE = re.compile(r"d(.+)/d(.+)")
_INSTANCE = re.compile(r"(.+)\[(\d+)(?:,(\d+))?\]")
_NUMBERED = re.compile(r"(i|w|b|alpha)(\d+)")
_OF_NEURON = re.compile(r"(?:(net|out|target|delta|E|b)_)?([ho])(?:(\d+)_)?(\d+|\*)")
_OF_PARAMETER = re.compile(r"(mhat|vhat|m|v)_(.+)")
_TO_ANY = re.compile(r"w_(.+)>(.+)\*")
_LAYERS_WITH_ONE_HIDDEN = 2


@record(kw_only=True)
class Shape:
    """What names depend on.

    `widths` are the number of inputs and of each layer's neurons; `recurrent` says which layers are; `samples` and
    `steps` are how many there are of each, which decides what a single number in brackets counts.
    """

    widths: tuple[int, ...]
    recurrent: tuple[bool, ...]
    samples: int = 1
    steps: int = 1


@record(kw_only=True)
class Notation:
    """A template for every role."""

    name: str
    templates: Mapping[Role, Template]

    def bound_to(self, shape: Shape) -> Namer:
        """The notation for the quantities of networks of one shape."""
        return Namer(notation=self, shape=shape)


@record(kw_only=True)
class _Unit:
    """A neuron by its layer, counted from 1 (an input's is 0), and its number in it: `*` stands for any of them.

    `letter` is i, h or o, `place` what follows it: the number, or layer and number among several hidden layers.
    """

    letter: str
    layer: int
    index: str
    place: str


@dataclass(frozen=True, kw_only=True)
class Namer:
    """A notation bound to a shape.

    Beside the ids of quantities it knows those of general forms: `net_o*` is that of any output, `h2_*` the letter
    for any neuron of hidden layer 2, `w_h1>o*` the weight from h1 to any output, and `net` alone any net input.
    """

    notation: Notation
    shape: Shape

    def name(self, id_: str) -> Layout:
        """The layout of an id's name: `net_h1`, `dE_total/dw5`, `w5+`, `E_total@10000` (after that many rounds)."""
        return self._cached(id_)

    @cached_property
    def numbers_weights(self) -> bool:
        """Whether weights are written with the numbers that they have through the whole network."""
        return "number" in self.notation.templates[Role.WEIGHT].placeholders

    @cached_property
    def _cached(self) -> Callable[[str], Layout]:
        # Only so many: a large network has more names than anybody should keep.
        return lru_cache(maxsize=4096)(self._name)

    def _name(self, id_: str) -> Layout:
        # Most names of a large network are those of its weights, so they come first.
        if match := _NUMBERED.fullmatch(id_):
            return self._numbered(match[1], int(match[2]))
        base, at, rounds = id_.partition("@")
        if at:
            return _raised(self.name(base), self.fill(Role.ROUNDS, rounds=Number(rounds)))
        if power := _POWERS.get(id_):
            return self.fill(power)
        if id_.endswith("+"):
            return marked(self.name(id_.removesuffix("+")), self.fill(Role.UPDATED))
        if match := _DERIVATIVE.fullmatch(id_):
            above, below = (Row((Symbol("partial"), self.name(part))) for part in match.groups())
            return Fraction(above, below)
        if match := _INSTANCE.fullmatch(id_):
            return self._instance(match[1], match[2], match[3])
        return self._quantity(id_)

    def _instance(self, id_: str, first: str, second: str | None) -> Layout:
        """A quantity of one sample, of one time step, or of one step of one sample."""
        if id_ == "E" and "sample" in self.notation.templates[Role.SAMPLE_ERROR].placeholders:
            return self.fill(Role.SAMPLE_ERROR, sample=Number(first))
        if second is not None:
            return self.at_instant(self.name(id_), first, second)
        if self.shape.steps > 1 and self.shape.samples == 1:
            return self.at_instant(self.name(id_), None, first)
        return self.at_instant(self.name(id_), first, None)

    def at_instant(self, layout: Layout, sample: str | None, step: str | None) -> Layout:
        """A name with the mark of its sample, its time step, or both."""
        if sample is None:
            return layout if step is None else marked(layout, self.fill(Role.STEP, step=Number(step)))
        if step is None:
            return marked(layout, self.fill(Role.SAMPLE, sample=Number(sample)))
        return marked(layout, self.fill(Role.SAMPLE_AND_STEP, sample=Number(sample), step=Number(step)))

    def _quantity(self, id_: str) -> Layout:
        if id_ in _SLOTS:
            return self._slot(_SLOTS[id_])
        if id_ in _PLAIN:
            return self.fill(_PLAIN[id_], sample=Symbol("n"))
        if match := _OF_NEURON.fullmatch(id_):
            return self._of_neuron(match[1], self._unit(match))
        if match := _OF_PARAMETER.fullmatch(id_):
            return self.fill(_STATES[match[1]], parameter=self.name(match[2]))
        if match := _TO_ANY.fullmatch(id_):
            return self._to_any(match[1], match[2])
        return Symbol(id_)

    def fill(self, role: Role, **fillings: Layout) -> Layout:
        """The notation's template for a role, filled."""
        return self.notation.templates[role].fill(fillings)

    def _numbered(self, letter: str, number: int) -> Layout:
        match letter:
            case "i":
                return self.fill(Role.INPUT, index=Number(f"{number}"))
            case "w":
                return self._weight(number)
            case "b":
                return self.fill(Role.SHARED_BIAS, layer=Number(f"{number}"))
            case _:
                return self.fill(Role.BEND, layer=Number(f"{number}"))

    # --- Neurons

    def _unit(self, match: re.Match[str]) -> _Unit:
        letter, depth, index = match[2], match[3], match[4]
        layer = len(self.shape.widths) - 1 if letter == "o" else int(depth or 1)
        return _Unit(letter=letter, layer=layer, index=index, place=index if depth is None else f"{depth},{index}")

    def _of_neuron(self, what: str | None, unit: _Unit) -> Layout:
        last = unit.letter == "o"
        if what is None:
            if unit.index == "*":
                return self.fill(Role.ANY_OUTPUT if last else Role.ANY_HIDDEN)
            role = Role.OUTPUT_NEURON if last else Role.HIDDEN_NEURON
        else:
            role = Role.OUTPUT if last and what == "out" else _OF_NEURONS[what]
        layer = Number(f"{unit.layer}")
        if unit.index == "*":
            letter = self.fill(Role.ANY_OUTPUT if last else Role.ANY_HIDDEN)
            return self.fill(role, neuron=letter, place=letter, index=letter, layer=layer)
        index = Number(unit.index)
        place = index if unit.place == unit.index else Symbol(unit.place)
        return self.fill(role, neuron=_label(unit), place=place, index=index, layer=layer)

    def _slot(self, role: Role) -> Layout:
        """A quantity of any neuron: its letter alone, without what would say of which one it is."""
        letter = Symbol("j")
        fillings = dict.fromkeys(PLACEHOLDERS[role], letter)
        return self.notation.templates[role].base(fillings)

    # --- Weights

    @cached_property
    def _offsets(self) -> tuple[int, ...]:
        """How many weights stand before each layer's first one."""
        sizes = (
            here * (below + (here if recurrent else 0))
            for (below, here), recurrent in zip(pairwise(self.shape.widths), self.shape.recurrent, strict=True)
        )
        return tuple(accumulate(sizes, initial=0))

    def _weight(self, number: int) -> Layout:
        depth = max(1, min(bisect_right(self._offsets, number - 1), len(self.shape.recurrent)))
        below, here = self.shape.widths[depth - 1 : depth + 1]
        row = below + (here if self.shape.recurrent[depth - 1] else 0)
        to, place = divmod(number - 1 - self._offsets[depth - 1], row)
        recurrent = place >= below
        source = (depth, place - below + 1) if recurrent else (depth - 1, place + 1)
        role = Role.RECURRENT_WEIGHT if recurrent else Role.WEIGHT
        wanted = self.notation.templates[role].placeholders
        fillings: dict[str, Layout] = {}
        if "number" in wanted:
            fillings["number"] = Number(f"{number}")
        if "layer" in wanted:
            fillings["layer"] = Number(f"{depth}")
        if "to" in wanted:
            fillings["to"] = Number(f"{to + 1}")
        if "from" in wanted:
            fillings["from"] = Number(f"{source[1]}")
        if "to_neuron" in wanted:
            fillings["to_neuron"] = _label(self._unit_at(depth, to + 1))
        if "from_neuron" in wanted:
            fillings["from_neuron"] = _label(self._unit_at(*source))
        return self.notation.templates[role].fill(fillings)

    def _unit_at(self, layer: int, number: int) -> _Unit:
        last = len(self.shape.widths) - 1
        letter = "i" if layer == 0 else "o" if layer == last else "h"
        deep = letter == "h" and last > _LAYERS_WITH_ONE_HIDDEN
        place = f"{layer},{number}" if deep else f"{number}"
        return _Unit(letter=letter, layer=layer, index=f"{number}", place=place)

    def _to_any(self, source: str, target: str) -> Layout:
        """The weight from a neuron to any of the layer above."""
        lower = _OF_NEURON.fullmatch(source)
        if lower is None:
            return Symbol(source)
        unit = self._unit(lower)
        to_output = target.startswith("o")
        fillings: dict[str, Layout] = {
            "layer": Number(f"{unit.layer + 1}"),
            "from": Number(unit.index),
            "from_neuron": _label(unit),
        }
        return self.fill(Role.WEIGHT_TO_ANY_OUTPUT if to_output else Role.WEIGHT_TO_ANY_HIDDEN, **fillings)


def _label(unit: _Unit) -> Symbol:
    """A neuron as an index: h1, o1; h2,1 where there are several hidden layers."""
    return Symbol(f"{unit.letter}{unit.place}")


def marked(layout: Layout, mark: Layout) -> Layout:
    """A name with a mark above. A superscript of its own, such as its layer, stays before the mark."""
    if isinstance(layout, Script) and layout.sup is not None:
        return Script(layout.base, sub=layout.sub, sup=Row((layout.sup, mark)))
    return _raised(layout, mark)


def _raised(layout: Layout, mark: Layout) -> Layout:
    match layout:
        case Script(base=base, sub=sub, sup=None):
            return Script(base, sub=sub, sup=mark)
        case Symbol() | Accent() | Number():
            return Script(layout, sup=mark)
        case _:
            return Script(Fenced(layout), sup=mark)
