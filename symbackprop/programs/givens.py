"""The numbers with which a program begins, as named variables with what they are."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import LEARNING_RATE, Kind, biases_of, target_of
from symbackprop.pages.phrases import Phrases
from symbackprop.programs.names import VariableNames, sample_of
from symbackprop.programs.source import Source, comment, comments, literal
from symbackprop.wording import one_line

_GROUPED_BY_KIND = {Kind.SETTING: "program.settings", Kind.STATE: "program.state"}


def write_numbers(source: Source, derivation: Derivation, names: VariableNames, phrases: Phrases) -> None:
    """Writes all given numbers; those of several samples as a list to go through."""
    source.heading(phrases.plain("program.numbers"))
    shape = derivation.graph.shape
    if names.looped:
        _write_samples(source, derivation, phrases)
    else:
        for instant in derivation.graph.instants:
            ids = [id_ for id_ in _of_kind(derivation, Kind.INPUT) if id_.endswith(instant.mark)]
            _write(
                source, derivation, names, ids, phrases.plain("program.inputs") if instant.mark in ("", "[1]") else ""
            )
        _write(source, derivation, names, _of_kind(derivation, Kind.TARGET), phrases.plain("program.targets"))
    for layer in derivation.graph.layers:
        for neuron in layer:
            words = phrases.plain("program.weights", neuron=neuron.name)
            _write(source, derivation, names, list(neuron.weight_ids), words)
        biases = list(biases_of(layer))
        _write(
            source, derivation, names, biases, phrases.plain("program.bias" if len(biases) == 1 else "program.biases")
        )
    _write(source, derivation, names, [LEARNING_RATE], phrases.plain("program.learning_rate"))
    for kind, key in _GROUPED_BY_KIND.items():
        ids = [id_ for id_ in _of_kind(derivation, kind) if not names.looped or sample_of(id_, shape) in (None, 1)]
        _write(source, derivation, names, ids, phrases.plain(key))


def _of_kind(derivation: Derivation, kind: Kind) -> list[str]:
    families = derivation.steps.families
    return [id_ for family in families if family.kind is kind and family.pattern is None for id_ in family.ids]


def _write(source: Source, derivation: Derivation, names: VariableNames, ids: list[str], words: str) -> None:
    """One assignment for quantities that belong together; several lines where there are many."""
    for start in range(0, len(ids), _BESIDE_EACH_OTHER):
        part = ids[start : start + _BESIDE_EACH_OTHER]
        values = [literal(derivation.typed[id_]) for id_ in part]
        variables = [names(id_) for id_ in part]
        if len(set(values)) == 1 and len(part) > 1:
            code = f"{' = '.join(variables)} = {values[0]}"
        else:
            code = f"{', '.join(variables)} = {', '.join(values)}"
        source.add(f"{code}  {comment(words)}" if words and start == 0 else code)


_BESIDE_EACH_OTHER = 6


def _write_samples(source: Source, derivation: Derivation, phrases: Phrases) -> None:
    source.comment(phrases.plain("program.samples"))
    with source.block("samples = ["):
        for sample in derivation.network.samples:
            inputs, targets = (
                _tuple(literal(number) for vector in rows for number in vector)
                for rows in (sample.inputs, sample.targets)
            )
            source.add(f"({inputs}, {targets}),")
    source.add("]")


def sample_variables(derivation: Derivation, names: VariableNames) -> str:
    """The variables that take in one of the samples."""
    shape = derivation.graph.shape
    inputs = [id_ for id_ in _of_kind(derivation, Kind.INPUT) if sample_of(id_, shape) == 1]
    targets = [target_of(neuron) for neuron in derivation.graph.judged_in[0]]
    return f"{_tuple(map(names, inputs))}, {_tuple(map(names, targets))}"


def _tuple(items: Iterator[str] | map[str]) -> str:
    known = list(items)
    return f"({known[0]},)" if len(known) == 1 else f"({', '.join(known)})"


def write_opening(source: Source, derivation: Derivation, phrases: Phrases, needs: str) -> None:
    """The comment at the top. A title stands below its first two lines: in these it could change the encoding."""
    network = derivation.network
    source.add(comment(phrases.plain("program.made")), comment(phrases.plain(needs)), "#")
    source.add(*comments(network.title_in(phrases.language)))
    if reference := network.reference_in(phrases.language):
        source.add(*comments(phrases.plain("program.reference", reference=one_line(reference))))
