"""The training of a notebook: the loop of the script in plain Python, as a function of the notebook's numbers."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import Kind, target_of
from symbackprop.derivation.train import milestones_until
from symbackprop.pages.phrases import Phrases
from symbackprop.programs.cross_entropy import DEFINED
from symbackprop.programs.functions import ELEMENTARY, WITH_SOFTMAX, definitions, spelled_plainly
from symbackprop.programs.names import VariableNames, sample_of
from symbackprop.programs.python import write_training_loop
from symbackprop.programs.source import WIDEST_IN_A_NOTEBOOK, Source
from symbackprop.typeset.plain import PLAIN


def training_cell(derivation: Derivation, names: VariableNames, phrases: Phrases, decimals: int) -> str:
    """The code of a training in floating point, with the figures of the page after 0, 1, 10, ... rounds."""
    loop = Source(depth=1, widest=WIDEST_IN_A_NOTEBOOK)
    own = write_training_loop(loop, derivation, phrases, "rows[done] = ({row})")
    given = [id_ for id_ in derivation.typed if not own.looped or _is_common(derivation, id_)]
    functions = list(definitions(loop.lines, ELEMENTARY, PLAIN, WITH_SOFTMAX, DEFINED))
    source = Source(widest=WIDEST_IN_A_NOTEBOOK)
    source.comment(phrases.plain("notebook.training"))
    parameters = (["samples"] if own.looped else []) + [own(id_) for id_ in given]
    source.enclosed("def train(", [*parameters, "rounds", "milestones"], "):")
    source.depth = 1
    used = spelled_plainly([*loop.lines, *(line for lines in functions for line in lines)])
    if used:
        source.add(f"from math import {', '.join(used)}")
    for lines in functions:
        source.blank()
        source.add(*lines)
    source.blank()
    source.add("rows = {}")
    source.depth = 0
    source.lines += loop.lines
    source.add("    return rows", "", "")
    _figures(source, derivation, decimals)
    arguments = [f"float({names(id_)})" for id_ in given]
    if own.looped:
        with source.block("samples = ["):
            for sample in _samples(derivation, names):
                source.enclosed("(", sample, "),")
        source.add("]")
        arguments.insert(0, "samples")
    source.enclosed("rows = train(", [*arguments, f"{derivation.network.training.rounds}", "set(figures)"], ")")
    source.add(
        "for done, row in rows.items():",
        '    print(done, *(f"{value:.12g}" for value in row))',
        "    assert all(map(rounds_to, row, figures[done]))",
    )
    return source.text.strip("\n")


def _is_common(derivation: Derivation, id_: str) -> bool:
    """Whether a given number is no part of a sample. What each sample begins with is alike for all of them."""
    if sample_of(id_, derivation.graph.shape) not in (None, 1):
        return False
    return derivation.steps.kind(id_) not in (Kind.INPUT, Kind.TARGET)


def _samples(derivation: Derivation, names: VariableNames) -> Iterable[Iterable[str]]:
    """Each sample of the notebook's own numbers: its inputs, its targets."""
    shape = derivation.graph.shape
    inputs = [id_ for family in derivation.steps.forward if family.kind is Kind.INPUT for id_ in family.ids]
    for sample in range(1, shape.samples + 1):
        own = (
            [id_ for id_ in inputs if sample_of(id_, shape) == sample],
            [target_of(neuron) for neuron in derivation.graph.judged_in[sample - 1]],
        )
        yield (f"({_floats(ids, names)},)" for ids in own)


def _floats(ids: Iterable[str], names: VariableNames) -> str:
    return ", ".join(f"float({names(id_)})" for id_ in ids)


def _figures(source: Source, derivation: Derivation, decimals: int) -> None:
    """The figures that the page shows of what a training measures."""
    with source.block("figures = {"):
        for done in milestones_until(derivation.network.training.rounds):
            values = derivation.after(done)
            shown = (values.shown(id_, decimals) for id_ in derivation.measured)
            digits = (f"{it.digits}" for it in shown)
            source.enclosed(f"{done}: [", [f'"{it}"' for it in digits], "],")
    source.add("}")
