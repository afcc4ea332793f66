"""Reading the samples of a network file.

A vector is a list of numbers. Around it there may be a list of time steps, where a layer is recurrent, and around
that a list of samples; both are told from how deep the first list goes.
"""

from __future__ import annotations

from symbackprop.errors import SpecError
from symbackprop.file_keys import DATA, KINDS, SEEDED_INPUTS
from symbackprop.layers_file import MOST_VALUES
from symbackprop.network import Rows, Sample, Vector
from symbackprop.places import Place
from symbackprop.records import record
from symbackprop.seeded import make_vector, read_seeded
from symbackprop.wording import counted

MOST_SAMPLES = 1000
MOST_STEPS = 100

_VECTOR = DATA.keys["inputs"]
_DEEPEST = 4


@record(kw_only=True)
class Inputs:
    """The inputs of all samples, a vector for each time step, and how they were written.

    `batch` says whether there is a list of samples, if only of one. `recurrent` is the index of the first recurrent
    layer, None where there is none: then each sample has one step.
    """

    sequences: tuple[Rows, ...]
    batch: bool
    recurrent: int | None

    @property
    def width(self) -> int:
        """The number of inputs of the network."""
        return len(self.sequences[0][0])

    @property
    def steps(self) -> int:
        """The number of time steps of each sample."""
        return len(self.sequences[0])


def read_inputs(place: Place, recurrent: int | None) -> Inputs:
    """Give the inputs; raise `SpecError` where samples or time steps differ in size, or where they are too many."""
    if isinstance(place.value, dict) and recurrent is None:
        seeded = place.table(SEEDED_INPUTS, KINDS)
        count = seeded.required("count").whole_number(least=1, most=MOST_VALUES)
        return Inputs(sequences=((make_vector(read_seeded(seeded), count),),), batch=False, recurrent=None)
    batch = _is_batch(place, recurrent)
    samples = _list(place, "sample", MOST_SAMPLES) if batch else (place,)
    sequences: list[Rows] = []
    reader = _Reader(width=None, because="")
    for number, sample in enumerate(samples, start=1):
        steps = (sample,) if recurrent is None else _list(sample, "time step", MOST_STEPS)
        if sequences and len(steps) != len(sequences[0]):
            why = f"sample {number} has {counted(len(steps), 'time step')}, sample 1 has {len(sequences[0])}"
            raise SpecError(sample.where, why)
        if not sequences:
            width = len(reader.read(steps[0]))
            _require_few(place, len(samples) * len(steps) * width)
            reader = _Reader(width=width, because=f"{steps[0].path} has {width}")
        sequences.append(tuple(reader.read(step) for step in steps))
    return Inputs(sequences=tuple(sequences), batch=batch, recurrent=recurrent)


def _is_batch(place: Place, recurrent: int | None) -> bool:
    """Tell whether there is a list of samples, by how deep the first of the nested lists goes."""
    if recurrent is None:
        depth, one = _depth(place, _VECTOR), 1
        most = "a vector, or a list with a vector for each sample (no layer is recurrent)"
    else:
        because = f"(layer {recurrent} is recurrent)"
        least = f"a list with a vector for each time step {because}"
        depth, one = _depth(place, least), 2
        most = f"a list of vectors, or a list of such lists, one for each sample {because}"
        if depth < one and place.value:
            raise place.refusal(least, "a list of numbers")
    if depth > one + 1:
        raise place.refusal(most, "lists that are nested deeper")
    return depth > one


def read_samples(inputs: Inputs, targets: Place, neurons: int) -> tuple[Sample, ...]:
    """Give the samples; raise `SpecError` where the targets don't fit the inputs or the last layer."""
    reader = _Reader(width=neurons, because=f"the last layer has {counted(neurons, 'neuron')}")
    if not inputs.batch:
        return (Sample(inputs=inputs.sequences[0], targets=_targets(targets, targets, inputs, reader)),)
    count = len(inputs.sequences)
    places = _exactly(targets, count, "sample")
    return tuple(
        Sample(inputs=sequence, targets=_targets(place, places[0], inputs, reader))
        for sequence, place in zip(inputs.sequences, places, strict=True)
    )


def _targets(place: Place, first: Place, inputs: Inputs, reader: _Reader) -> Rows:
    """Give a sample's targets, written as those of the first sample: a vector, or one for each time step."""
    nested = _depth(first, _VECTOR) > 1
    if not nested:
        return (reader.read(place),)
    if inputs.recurrent is None:
        because = "no layer is recurrent" if inputs.batch else "data.inputs is a single sample"
        raise place.refusal(f"{_VECTOR} ({because})", "a list of lists")
    return tuple(reader.read(step) for step in _exactly(place, inputs.steps, "time step"))


def _exactly(place: Place, count: int, item: str) -> tuple[Place, ...]:
    """Give the places of targets, one for each sample or time step."""
    expected = f"a list with targets for each of the {counted(count, item)}"
    # The length comes first: a place for each of a million targets would cost more than the file.
    found = len(place.raw_list(expected))
    if found != count:
        there = f"there is 1 {item}" if count == 1 else f"there are {count} {item}s"
        raise place.refusal(f"{counted(count, 'target')} ({there})", str(found))
    return place.items(expected)


@record(kw_only=True)
class _Reader:
    """Reads vectors of one width, which something else asks for; the first vector of all has any width."""

    width: int | None
    because: str

    def read(self, place: Place) -> Vector:
        """Give a vector."""
        values = place.raw_list(_VECTOR)
        if not values:
            raise place.refusal("at least one number")
        if self.width is None:
            _require_few(place, len(values))
        return place.numbers(_VECTOR, count=self.width, because=self.because)


def _require_few(place: Place, numbers: int) -> None:
    if numbers > MOST_VALUES:
        raise place.refusal(f"at most {MOST_VALUES:,} numbers", f"{numbers:,}")


def _list(place: Place, item: str, most: int) -> tuple[Place, ...]:
    expected = f"at least one {item}, each a list"
    count = len(place.raw_list(expected))
    if not count:
        raise place.refusal(expected)
    if count > most:
        raise place.refusal(f"at most {most:,} {item}s", f"{count:,}")
    return place.items(expected)


def _depth(place: Place, expected: str) -> int:
    """Give how deep the first of the nested lists goes, as far as it matters."""
    depth = 0
    inner: object = place.raw_list(expected)
    while isinstance(inner, list) and depth < _DEEPEST:
        depth += 1
        inner = inner[0] if inner else None
    return depth
