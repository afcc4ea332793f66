"""Reading the layers of a network file."""

from __future__ import annotations

from enum import StrEnum

from symbackprop.errors import SpecError
from symbackprop.file_keys import KINDS, LAYER, SEEDED, SEEDED_WEIGHTS
from symbackprop.functions import Activation
from symbackprop.network import Given, Layer, Rows, Vector
from symbackprop.numerals import read_decimal
from symbackprop.places import Place, Table, TableKind
from symbackprop.records import record
from symbackprop.seeded import make_rows, make_vector, read_seeded
from symbackprop.wording import counted, listed, quoted

MOST_PARAMETERS = 1_000_000
"""Weights and biases, counted again for each sample and each time step: each has a share in the gradient there."""

MOST_VALUES = 200_000
"""Values of inputs and neurons, all samples and time steps together."""


class LayerKind(StrEnum):
    """Whether a layer takes in its own outputs of the time step before."""

    DENSE = "dense"
    RECURRENT = "recurrent"


RECURRENT_ACTIVATIONS = (Activation.SIGMOID, Activation.TANH, Activation.RELU)

BENDS = {Activation.LEAKY_RELU: ("slope", "0.01"), Activation.ELU: ("alpha", "1")}
"""The key of the number that bends an activation, and what is taken where it is left out."""

_ROW = "a row of weights, which is a list of numbers"


@record(kw_only=True)
class _Below:
    """What a layer stands on: how many numbers come up, and from where."""

    width: int
    because: str


@record(kw_only=True)
class LayerTables:
    """The tables of the layers, their keys known and their kinds read, but nothing else yet."""

    place: Place
    tables: tuple[Table, ...]
    kinds: tuple[LayerKind, ...]

    @property
    def recurrent(self) -> int | None:
        """The index of the first recurrent layer, or None where there is none."""
        return self.kinds.index(LayerKind.RECURRENT) if LayerKind.RECURRENT in self.kinds else None


def find_layers(place: Place) -> LayerTables:
    """Give the tables of the layers; what the data may look like depends on their kinds."""
    items = place.items("a table [[layers]] for each layer (in double brackets)")
    if not items:
        raise place.refusal("at least one layer")
    tables = tuple(item.table(LAYER, KINDS) for item in items)
    return LayerTables(place=place, tables=tables, kinds=tuple(map(_kind, tables)))


def _kind(table: Table) -> LayerKind:
    kind = table.optional("kind")
    return kind.choice("a kind of layer", LayerKind) if kind else LayerKind.DENSE


def read_layers(found: LayerTables, *, inputs: int, instances: int) -> tuple[Layer, ...]:
    """Give the layers. Each of them will be computed `instances` times, for each sample and each time step."""
    layers: list[Layer] = []
    below = _Below(width=inputs, because=f"the network has {counted(inputs, 'input')}")
    parameters, values = 0, inputs
    for index, (table, kind) in enumerate(zip(found.tables, found.kinds, strict=True)):
        neurons = _neurons(table.required("weights"))
        # Sizes come first: nothing is made before it is known to be small enough.
        parameters += _size(table.required("weights"), below.width * neurons)
        parameters += _size(table.optional("recurrent_weights"), neurons * neurons)
        parameters += _size(table.optional("biases"), neurons)
        values += neurons
        _require_small(found.place, parameters, values, instances)
        layers.append(_layer(table, kind, neurons, below))
        below = _Below(width=neurons, because=f"layer {index} has {counted(neurons, 'neuron')}")
    return tuple(layers)


def _require_small(place: Place, parameters: int, values: int, instances: int) -> None:
    again = " x samples x time steps" if instances > 1 else ""
    for what, found, most in (
        ("weights and biases", parameters * instances, MOST_PARAMETERS),
        ("inputs and neurons", values * instances, MOST_VALUES),
    ):
        if found > most:
            raise place.refusal(f"at most {most:,} {what}{again}", f"at least {found:,}")


def _neurons(weights: Place) -> int:
    if isinstance(weights.value, dict):
        return weights.table(SEEDED_WEIGHTS, KINDS).required("neurons").whole_number(least=1, most=MOST_VALUES)
    rows = weights.raw_list(LAYER.keys["weights"])
    if not rows:
        raise weights.refusal("a row of weights for each neuron, at least one")
    return len(rows)


def _size(place: Place | None, made: int) -> int:
    """Count the numbers, before anything is made of them; an empty row counts, too, for it costs as much."""
    match place and place.value:
        case None:
            return 0
        case list() as items:
            return sum(max(1, len(item)) if isinstance(item, list) else 1 for item in items)
        case dict():
            return made
        case _:
            return 1


def _layer(table: Table, kind: LayerKind, neurons: int, below: _Below) -> Layer:
    activation = _activation(table, kind, neurons)
    weights = _rows(table.required("weights"), SEEDED_WEIGHTS, neurons, below)
    recurrent_weights, initial_state = _recurrence(table, kind, neurons)
    return Layer(
        activation=activation,
        bend=_bend(table, activation),
        weights=weights,
        biases=_biases(table.optional("biases"), neurons),
        recurrent_weights=recurrent_weights,
        initial_state=initial_state,
    )


def _activation(table: Table, kind: LayerKind, neurons: int) -> Activation:
    place = table.required("activation")
    activation = place.choice("an activation", Activation)
    if kind is LayerKind.RECURRENT and activation not in RECURRENT_ACTIVATIONS:
        expected = f"the activation of a recurrent layer ({listed(RECURRENT_ACTIVATIONS)})"
        raise place.refusal(expected, quoted(activation))
    if activation is Activation.SOFTMAX and neurons == 1:
        why = "softmax shares 1 among the neurons of its layer; over a single one it is always 1 and learns nothing"
        raise SpecError(place.where, why)
    return activation


def _bend(table: Table, activation: Activation) -> Given | None:
    bend: Given | None = None
    for owner, (key, default) in BENDS.items():
        place = table.optional(key)
        if owner is activation:
            bend = place.number_that(LAYER.keys[key], lambda it: it > 0) if place else read_decimal(default)
        elif place:
            raise SpecError(place.where, f'belongs to the activation "{owner}"; this layer\'s is "{activation}"')
    return bend


def _rows(place: Place, made: TableKind, neurons: int, below: _Below) -> Rows:
    if isinstance(place.value, dict):
        return make_rows(read_seeded(place.table(made, KINDS)), neurons, below.width)
    rows = place.items(LAYER.keys["weights"])
    return tuple(row.numbers(_ROW, count=below.width, because=below.because) for row in rows)


def _recurrence(table: Table, kind: LayerKind, neurons: int) -> tuple[Rows | None, Vector | None]:
    if kind is LayerKind.DENSE:
        for key in ("recurrent_weights", "initial_state"):
            if place := table.optional(key):
                raise SpecError(place.where, 'belongs to a layer of the kind "recurrent"; this one is "dense"')
        return None, None
    weights = table.required("recurrent_weights")
    because = f"the layer has {counted(neurons, 'neuron')}"
    if not isinstance(weights.value, dict):
        rows = weights.raw_list(LAYER.keys["recurrent_weights"])
        if len(rows) != neurons:
            raise weights.refusal(f"{counted(neurons, 'row')} ({because})", str(len(rows)))
    state = table.optional("initial_state")
    return (
        _rows(weights, SEEDED, neurons, _Below(width=neurons, because=because)),
        state.numbers(LAYER.keys["initial_state"], count=neurons, because=because)
        if state
        else (read_decimal("0"),) * neurons,
    )


def _biases(place: Place | None, neurons: int) -> Given | Vector | None:
    if place is None:
        return None
    match place.value:
        case dict():
            return make_vector(read_seeded(place.table(SEEDED, KINDS)), neurons)
        case list():
            because = f"the layer has {counted(neurons, 'neuron')}"
            return place.numbers(LAYER.keys["biases"], count=neurons, because=because)
        case _:
            return place.number()
