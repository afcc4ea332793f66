"""The plain way, for small networks: one flat error expression, differentiated by sympy as a whole.

The logistic function and its like stand as functions of their own whose derivative sympy knows, so that a derivative
is a rational function of parameters, targets and outputs: the difference of two either vanishes or it doesn't.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

import sympy

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.flat_functions import Squashed, compare, squash
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.oracle_shape import comparisons_of, places_of, tag, totals_of, units_of
from symbackprop.derivation.polynomials import Rational, Ring
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network
from symbackprop.records import record
from symbackprop.typeset.formula import Apply, Formula, Quantity, quantities

_MOST_PATHS = 16
_MOST_LAYERS = 4

_KINKED = {Activation.RELU, Activation.LEAKY_RELU, Activation.ELU, Loss.ABSOLUTE, Loss.HUBER}


@record(kw_only=True)
class Flat:
    """The errors of a network in parameters, inputs and targets alone, and what each neuron gives, by id.

    `uses` says by which symbols a parameter stands in them: one for each sample and time step that uses it, and one
    for the penalty. `nets` gives the functions of each net input that derivatives are made of, as expressions.
    """

    errors: Mapping[str, sympy.Expr]
    outs: Mapping[str, sympy.Expr]
    nets: Mapping[str, Squashed]
    uses: Mapping[str, tuple[sympy.Symbol, ...]]


def is_small(network: Network) -> bool:
    """Whether the flat expression is smooth, and of a size that sympy differentiates in milliseconds."""
    functions = {layer.activation for layer in network.layers} | {network.training.loss}
    if not _KINKED.isdisjoint(functions) or network.training.l1 is not None:
        return False
    paths = prod(network.widths) * len(network.samples)
    for layer in network.layers:
        width = len(layer.weights)
        if layer.activation is Activation.SOFTMAX:
            paths *= width
        if layer.recurrent_weights is not None:
            # Every step of the sequence may be reached through each neuron of the step before.
            paths *= network.steps * width ** (network.steps - 1)
    return paths <= _MOST_PATHS and len(network.layers) <= _MOST_LAYERS


def flatten(network: Network) -> Flat:
    """The errors, written out."""
    known: dict[str, sympy.Expr] = {}
    nets: dict[str, Squashed] = {}
    uses: dict[str, list[sympy.Symbol]] = {}
    layers = tuple(units_of(network))
    for place in places_of(network):
        here = tag(network, place.sample, place.step)

        def used(parameter: str, here: str = here) -> sympy.Symbol:
            symbol = sympy.Symbol(f"{parameter}{here}")
            uses.setdefault(parameter, []).append(symbol)
            return symbol

        sums = []
        for unit in layers[place.depth]:
            signals = (known.get(id_, sympy.Symbol(id_)) for id_ in place.taken)
            terms = [used(it) * signal for it, signal in zip((*unit.weights, *unit.recurrent), signals, strict=True)]
            sums.append(sympy.Add(*terms, *([] if unit.bias is None else [used(unit.bias)])))
        squashed = squash(network.layers[place.depth].activation, sums)
        nets |= dict(zip(place.nets, squashed, strict=True))
        known |= {out: nets[net].out for net, out in zip(place.nets, place.outs, strict=True)}
    outs = dict(known)
    for sample in range(1, len(network.samples) + 1):
        for it in comparisons_of(network, sample):
            known[it.error] = compare(network.training.loss, sympy.Symbol(it.target), known[it.out])
    if network.training.l2 is not None:
        weights = [weight for layer in layers for unit in layer for weight in (*unit.weights, *unit.recurrent)]
        for weight in weights:
            uses[weight].append(sympy.Symbol(weight))
        known["E_l2"] = (
            sympy.Symbol("lambda2") / 2 * sympy.Add(*(sympy.Symbol(it) * sympy.Symbol(it) for it in weights))
        )
    totals = tuple(totals_of(network))
    for total in totals:
        known[total.id] = sympy.Add(*(known[id_] for id_ in total.parts)) / total.divisor
    return Flat(
        errors={total.id: known[total.id] for total in totals},
        outs=outs,
        nets=nets,
        # A parameter of a single use has the penalty's symbol already.
        uses={parameter: tuple(dict.fromkeys(symbols)) for parameter, symbols in uses.items()},
    )


def unproved_gradients(derivation: Derivation) -> Iterator[str]:
    """The ids of the gradients whose formula isn't the flat error's derivative; none if all is well.

    Our formulas are multiplied out in the ring of rational functions of everything given and of the outputs; sympy's
    derivative goes into the same ring, each logistic(...) in it as the output that it is.
    """
    flat = flatten(derivation.network)
    ours = _Ours(derivation, flat)
    atoms = ours.atoms()
    for step in derivation.steps.values():
        if step.kind is not Kind.GRADIENT:
            continue
        error, _, variable = step.id.removeprefix("d").partition("/d")
        symbols = flat.uses.get(variable, (sympy.Symbol(variable),))
        slopes = (sympy.diff(flat.errors[error], symbol) for symbol in symbols)
        if not ours[step.id].is_identical(ours.ring.from_sympy(sympy.Add(*slopes), atoms)):
            yield step.id


class _Ours:
    """Our formulas as rational functions, each worked out when it is needed."""

    def __init__(self, derivation: Derivation, flat: Flat) -> None:
        given = tuple(step.id for step in derivation.steps.values() if step.pattern is None)
        self._derivation = derivation
        self._flat = flat
        self._given = given
        functions = (f"{it.name}({net})" for net, squashed in flat.nets.items() for it in squashed.functions)
        self.ring = Ring(list(dict.fromkeys((*given, *flat.outs, *functions))))
        self._known = {id_: self.ring.generator(id_) for id_ in (*given, *flat.outs)}
        self._functions: dict[Formula, Rational] = {
            Apply(it, Quantity(net)): self.ring.generator(f"{it.name}({net})")
            for net, squashed in flat.nets.items()
            for it in squashed.functions
        }
        for net, squashed in flat.nets.items():
            if squashed.activation is Activation.IDENTITY:
                # No number of its own: sympy sees only the sum that it is.
                self._known[net.replace("net_", "out_", 1)] = self[net]

    def __getitem__(self, id_: str) -> Rational:
        if id_ not in self._known:
            formula = self._derivation.formula(id_)
            known = {part: self[part] for part in quantities(formula)}
            self._known[id_] = self.ring.from_formula(formula, known, self._functions)
        return self._known[id_]

    def atoms(self) -> dict[sympy.Expr, Rational]:
        """What sympy's symbols and functions stand for."""
        atoms = {sympy.Symbol(id_): self.ring.generator(id_) for id_ in self._given}
        for parameter, symbols in self._flat.uses.items():
            atoms |= dict.fromkeys(symbols, self.ring.generator(parameter))
        atoms |= {expression: self._known[out] for out, expression in self._flat.outs.items()}
        for net, squashed in self._flat.nets.items():
            for it, expression in squashed.functions.items():
                atoms[expression] = self._functions[Apply(it, Quantity(net))]
        return atoms
