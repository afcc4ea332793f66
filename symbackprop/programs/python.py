"""A network as a script in Python that needs nothing else: each step by itself, then the training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import TOTAL_ERROR, Kind
from symbackprop.derivation.train import milestones_until
from symbackprop.network import HiddenGradients
from symbackprop.pages.phrases import Phrases
from symbackprop.programs.cross_entropy import DEFINED
from symbackprop.programs.functions import ELEMENTARY, WITH_SOFTMAX, definitions, spelled_plainly
from symbackprop.programs.givens import sample_variables, write_numbers, write_opening
from symbackprop.programs.names import VariableNames
from symbackprop.programs.printing import write_printing
from symbackprop.programs.source import Source
from symbackprop.programs.steps import ProgramSteps
from symbackprop.typeset.plain import PLAIN


def python_script(derivation: Derivation, phrases: Phrases, decimals: int) -> str:
    """The script, each quantity a variable of its own."""
    return _Script(derivation=derivation, phrases=phrases, decimals=decimals).text()


def write_training_loop(source: Source, derivation: Derivation, phrases: Phrases, record: str) -> VariableNames:
    """Writes the loop of a whole training, from the first round on, and gives the names that it uses.

    `record` is the statement that keeps what is measured, with a place for the `row` of it.
    """
    script = _Script(derivation=derivation, phrases=phrases, decimals=1)
    script.loop(source, 0, record)
    return script.names


@dataclass(frozen=True, kw_only=True)
class _Script:
    derivation: Derivation
    phrases: Phrases
    decimals: int

    @cached_property
    def names(self) -> VariableNames:
        """Samples are gone through in a loop, unless the updates are mixed with their backward passes by mistake."""
        shape = self.derivation.graph.shape
        mixed = self.derivation.network.training.hidden_gradients is HiddenGradients.UPDATED
        return VariableNames(shape=shape, looped=shape.samples > 1 and not mixed)

    @cached_property
    def steps(self) -> ProgramSteps:
        """The steps as this script takes them."""
        return ProgramSteps(derivation=self.derivation, names=self.names)

    def say(self, key: str, **fillings: object) -> str:
        """Words for a comment."""
        return self.phrases.plain(f"program.{key}", **fillings)

    def text(self) -> str:
        """All of it. The functions are written last, when it is known which are used."""
        body = Source()
        write_numbers(body, self.derivation, self.names, self.phrases)
        self._first_round(body)
        self._training(body)
        source = Source()
        write_opening(source, self.derivation, self.phrases, "program.needs_nothing")
        functions = list(definitions(body.lines, ELEMENTARY, PLAIN, WITH_SOFTMAX, DEFINED))
        used = spelled_plainly([*body.lines, *(line for lines in functions for line in lines)])
        if used:
            source.add("", f"from math import {', '.join(used)}")
        write_printing(source, functions, self.phrases, self.decimals)
        source.add(*body.lines)
        return source.text

    # --- The first round ------------------------------------------------------------------------------------

    def _first_round(self, source: Source) -> None:
        told = self.steps.told
        if not self.names.looped:
            self._chapters(source, told)
            return
        source.heading(self.say("samples_in_turn"))
        self._sums(source, told)
        source.add("outs = []")
        source.add(f"for number, ({sample_variables(self.derivation, self.names)}) in enumerate(samples, start=1):")
        source.depth += 1
        source.add(f'print(f"{self.say("sample", number="{number}")}")')
        own = [id_ for id_ in told if self.steps.of_first_sample(id_)]
        self._chapters(source, own)
        self._add_up(source, told)
        source.depth -= 1
        self._chapters(source, [id_ for id_ in told if self.steps.of_all_samples(id_)])

    def _sums(self, source: Source, ids: Iterable[str]) -> None:
        """What a loop over the samples adds up begins with 0."""
        for chunk in _chunks([self.steps.accumulator(id_) for id_ in self._summed(ids)], _BESIDE_EACH_OTHER):
            source.add(f"{' = '.join(chunk)} = 0")

    def _add_up(self, source: Source, ids: Iterable[str]) -> None:
        source.blank()
        source.comment(self.say("add_up"))
        source.add(*(f"{self.steps.accumulator(id_)} += {self.names(id_)}" for id_ in self._summed(ids)))
        source.add(f"outs += [{', '.join(self._outs)}]")

    def _summed(self, ids: Iterable[str]) -> list[str]:
        """The first sample's error and gradients, where something is the sum of all samples' ones."""
        known = list(ids)
        used = " ".join(self.steps.expression(id_) for id_ in known if self.steps.of_all_samples(id_)).replace("(", " ")
        words = set(used.replace(")", " ").replace("*", " ").split())
        return [id_ for id_ in known if self.steps.of_first_sample(id_) and self.steps.accumulator(id_) in words]

    @cached_property
    def _outs(self) -> list[str]:
        judged = self.derivation.graph.judged_in[0] if self.names.looped else self.derivation.graph.judged
        return [self.names(neuron.out) for neuron in judged]

    def _chapters(self, source: Source, ids: Iterable[str]) -> None:
        """Steps under the headings of their chapters, each group followed by its figures."""
        for chapter, in_chapter in groupby(ids, self._chapter):
            source.heading(chapter)
            for _, group in groupby(in_chapter, self._group):
                members = list(group)
                for id_ in members:
                    if self._is_derived(id_):
                        source.comment(self.steps.derivation_of(id_))
                    source.assign(self.names(id_), self.steps.expression(id_))
                variables = dict.fromkeys(self.names(id_) for id_ in members)
                source.call("show", (f"{name}={name}" for name in variables))
                source.blank()

    def _is_derived(self, id_: str) -> bool:
        return not self.steps.is_forward(id_) and not self.steps.is_update(id_)

    def _chapter(self, id_: str) -> str:
        kind = self.derivation.steps.kind(id_)
        if self.steps.is_update(id_):
            return self.say("updates")
        if kind in (Kind.NET, Kind.OUT):
            return self.say("forward")
        if self.steps.is_forward(id_):
            return self.say("error")
        if self.names.looped and self.steps.of_all_samples(id_):
            return self.say("gradients")
        depth, last = self.steps.layer(id_), len(self.derivation.graph.layers) - 1
        if depth is None or depth == last:
            return self.say("output")
        return self.say("hidden") if last == 1 else self.say("hidden_numbered", layer=depth + 1)

    def _group(self, id_: str) -> object:
        """What is shown together: a layer's neurons, its deltas, its gradients, the errors, the updates."""
        kind = self.derivation.steps.kind(id_)
        joined = {Kind.OUT: Kind.NET, Kind.FACTOR: Kind.DELTA, Kind.STATE: Kind.UPDATE}.get(kind, kind)
        if self.steps.is_forward(id_) and joined is not Kind.NET:
            return Kind.ERROR
        return joined, self.steps.layer(id_)

    # --- Training -------------------------------------------------------------------------------------------

    def _training(self, source: Source) -> None:
        rounds = self.derivation.network.training.rounds
        source.heading(self.say("training"))
        source.add(f"rounds = {rounds}")
        source.enclosed("milestones = {", map(str, milestones_until(rounds)), "}")
        source.blank()
        source.comment(self.say("columns", columns=", ".join([TOTAL_ERROR, *self.derivation.measured[1:]])))
        source.add(f"show_row(0, {self.row})")
        self.loop(source, 1, "show_row(done, {row})")

    @property
    def row(self) -> str:
        """What is measured, as arguments."""
        return ", ".join([TOTAL_ERROR, *(["*outs"] if self.names.looped else self._outs)])

    def loop(self, source: Source, first: int, record: str) -> None:
        """Rounds without a word: the error of each is measured before its backward pass."""
        source.add(f"for done in range({first}, rounds + 1):")
        source.depth += 1
        needed = self.steps.needed
        if self.names.looped:
            self._sums(source, needed)
            source.add("outs = []")
            source.add(f"for {sample_variables(self.derivation, self.names)} in samples:")
            source.depth += 1
            self._briefly(source, [id_ for id_ in needed if self.steps.of_first_sample(id_)])
            self._add_up(source, needed)
            source.depth -= 1
            needed = tuple(id_ for id_ in needed if self.steps.of_all_samples(id_))
        self._briefly(source, [id_ for id_ in needed if self.steps.is_forward(id_)])
        with source.block("if done in milestones:"):
            source.add(record.format(row=self.row))
        with source.block("if done == rounds:"):
            source.add("break")
        self._briefly(source, [id_ for id_ in needed if not self.steps.is_forward(id_)])
        source.depth -= 1

    def _briefly(self, source: Source, ids: Iterable[str]) -> None:
        for id_ in ids:
            source.assign(self.names(id_), self.steps.expression(id_))


_BESIDE_EACH_OTHER = 6


def _chunks(items: list[str], size: int) -> Iterator[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
