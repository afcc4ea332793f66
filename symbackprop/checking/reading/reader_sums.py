"""Sums over an index, written out over whatever the index can stand for in this network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symbackprop.checking.reading.reader import Reader
from symbackprop.checking.reading.tokens import Kind
from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.work import Gap
from symbackprop.typeset.formula import Formula, Sum

MOST_TERMS = 2_000
MOST_NESTED = 3
_LEAVES_A_STEP = 4
"""To read a token takes as long as to write so many leaves."""


def read(reader: Reader) -> Formula:
    """The sum whose sign stands here."""
    start = reader.at
    reader.take()
    letter, first, last = _bounds(reader)
    body = reader.at
    if (letter and letter in reader.stand.summed) or len(reader.stand.summed) >= MOST_NESTED:
        # Each sum in another one multiplies the work.
        raise reader.too_much(Snag.NESTED_SUMS, MOST_NESTED)
    with reader.level():
        found = _written_out(reader, letter, (first, last), body)
        if found is not None:
            return found
        reader.at = body
        noted = len(reader.troubles)
        found = reader.expression(product=True)
        if len(reader.troubles) == noted and (letter or first):
            reader.note(Gap.GENERAL, reader.span_from(start), Why(Snag.SUM_OVER_NOTHING))
    return found


def _written_out(reader: Reader, letter: str, bounds: tuple[int | None, int | None], body: int) -> Formula | None:
    """The sum over what its index can stand for: in the notation of the work before any other."""
    names, summed = reader.names, reader.stand.summed
    reader.stand.summed = (*summed, letter)
    try:
        for known in (names.alone[0], names):
            reader.names = reader.scan.names = known
            for values in _sets(reader, letter, *bounds):
                found = _over(reader, letter, values, body)
                if found is not None:
                    return found
    finally:
        reader.names = reader.scan.names = names
        reader.stand.summed = summed
    return None


def _bounds(reader: Reader) -> tuple[str, int | None, int | None]:
    """The letter of the index, and the numbers that it runs from and to, as far as they are given."""
    letter, first, last = "", None, None
    while reader.kind() in (Kind.SUB, Kind.SUP):
        lower = reader.take().kind is Kind.SUB
        at = reader.at
        if reader.kind() is Kind.OPEN and at in reader.partner:
            inside, reader.at = range(at + 1, reader.partner[at]), reader.partner[at] + 1
        elif reader.kind() is None:
            raise reader.expected(Snag.INDEX)
        else:
            reader.take()
            inside = range(at, at + 1)
        tokens = [reader.tokens[index] for index in inside]
        number = int(tokens[-1].text) if tokens and _is_small(tokens[-1].text) else None
        if lower:
            letter = next((it.text for it in tokens if it.kind in (Kind.LETTER, Kind.WORD)), "")
            first = number
        else:
            last = number
    return letter, first, last


def _is_small(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


_MOST_DIGITS = 6
_TASTES = {"o": (-1,), "h": (1,), "i": (0,)}


def _sets(reader: Reader, letter: str, first: int | None, last: int | None) -> Iterator[Iterable[str]]:
    """What an index may run over, the likeliest first."""
    names = reader.names
    neurons = names.neurons
    layers = list(range(neurons.last, -1, -1))
    if letter in _TASTES:
        liked = _TASTES[letter][0] % (neurons.last + 1)
        layers.sort(key=lambda layer: layer != liked)
    widths = [neurons.widths[layer] for layer in layers]
    if first is not None and last is not None:
        if last - first >= MOST_TERMS:
            return
        if first == 1:
            yield from (neurons.labels(layer) for layer in layers if neurons.widths[layer] == last)
        yield map(str, range(first, last + 1))
        return
    yield from (neurons.labels(layer) for layer in layers if neurons.widths[layer] <= MOST_TERMS)
    if not letter:
        return
    counts = sorted({*widths, names.shape.samples, names.shape.steps}, reverse=True)
    yield from (map(str, range(1, count + 1)) for count in counts if count <= MOST_TERMS)


def _over(reader: Reader, letter: str, values: Iterable[str], body: int) -> Formula | None:
    """The sum over these values, or None where some name then means nothing."""
    stand = reader.stand
    bound, suffix, used = dict(stand.bound), stand.suffix, stand.used
    leaves, troubles = len(reader.leaves), len(reader.troubles)
    terms: list[Formula] = []
    any_used = False
    for value in values:
        stand.used = False
        if letter:
            stand.bound = {**bound, letter: value}
        else:
            stand.suffix = value
        reader.at = body
        reader.count_term()
        steps = reader.steps
        terms.append(reader.expression(product=True))
        reader.write_out(_LEAVES_A_STEP * (reader.steps - steps))
        any_used = any_used or stand.used
        if len(reader.troubles) > troubles:
            del reader.leaves[leaves:]
            del reader.troubles[troubles:]
            stand.bound, stand.suffix, stand.used = bound, suffix, used
            return None
        if not stand.used:
            break
    stand.bound, stand.suffix, stand.used = bound, suffix, used or any_used
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))
