"""A network as a script over matrices: for numpy, or for Python alone where the network is large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import LEARNING_RATE, Kind
from symbackprop.derivation.keys import NextPower
from symbackprop.derivation.matrices import Grid, MatrixName, Role
from symbackprop.derivation.train import milestones_until
from symbackprop.pages.phrases import Phrases
from symbackprop.programs.functions import definitions, spelled_plainly
from symbackprop.programs.givens import write_opening
from symbackprop.programs.matrix_dialects import Dialect
from symbackprop.programs.matrix_lists import ListDialect
from symbackprop.programs.matrix_numpy import NumpyDialect
from symbackprop.programs.matrix_steps import SCALARS, MatrixLine, MatrixSteps, is_update
from symbackprop.programs.names import VariableNames
from symbackprop.programs.printing import SHOW_MATRICES, write_shown
from symbackprop.programs.source import Source, calls, comment, literal

_FORWARD = (Role.NET, Role.OUT)
_ERRORS = (Role.ERRORS, *SCALARS)


def numpy_script(derivation: Derivation, phrases: Phrases, decimals: int) -> str:
    """The script for numpy."""
    steps, names = _parts(derivation)
    dialect = NumpyDialect(steps=steps, scalars=names)
    return _Script(dialect=dialect, phrases=phrases, decimals=decimals).text("program.needs_numpy")


def list_script(derivation: Derivation, phrases: Phrases, decimals: int) -> str:
    """The script for Python alone: matrices are lists of rows."""
    steps, names = _parts(derivation)
    dialect = ListDialect(steps=steps, scalars=names)
    return _Script(dialect=dialect, phrases=phrases, decimals=decimals).text("program.needs_nothing")


def _parts(derivation: Derivation) -> tuple[MatrixSteps, VariableNames]:
    return MatrixSteps(derivation=derivation), VariableNames(shape=derivation.graph.shape, looped=False)


@dataclass(frozen=True, kw_only=True)
class _Script:
    dialect: Dialect
    phrases: Phrases
    decimals: int

    @property
    def steps(self) -> MatrixSteps:
        return self.dialect.steps

    @property
    def derivation(self) -> Derivation:
        return self.steps.derivation

    def say(self, key: str, **fillings: object) -> str:
        return self.phrases.plain(f"program.{key}", **fillings)

    def text(self, needs: str) -> str:
        """All of it. The functions are written last, when it is known which are used."""
        body = Source()
        self._numbers(body)
        self._first_round(body)
        self._training(body)
        source = Source()
        write_opening(source, self.derivation, self.phrases, needs)
        functions = list(definitions(body.lines, self.dialect.elementary, self.dialect.spelling, self.dialect.bodies))
        helpers = self._helpers([*body.lines, *(line for lines in functions for line in lines)])
        self._imports(source, [*body.lines, *(line for lines in (*functions, *helpers) for line in lines)])
        for lines in (*functions, *helpers):
            source.add("", "", *lines)
        write_shown(source, self.phrases, self.decimals)
        source.add(*SHOW_MATRICES, "", "")
        source.add(*body.lines)
        return source.text

    def _imports(self, source: Source, lines: list[str]) -> None:
        if isinstance(self.dialect, NumpyDialect):
            source.add("", *(["import math", ""] if calls(lines, "math") else []), "import numpy as np")
        elif used := spelled_plainly(lines):
            source.add("", f"from math import {', '.join(used)}")

    def _helpers(self, lines: list[str]) -> list[list[str]]:
        """The functions over matrices that are called, in the order in which they may be defined."""
        found: list[list[str]] = []
        for name, function in reversed(list(self.dialect.helpers().items())):
            if calls([*lines, *(it for each in found for it in each)], name):
                found.append(list(function))
        return list(reversed(found))

    # --- The numbers ----------------------------------------------------------------------------------------

    def _numbers(self, source: Source) -> None:
        source.heading(self.say("numbers"))
        for name, grid in self.steps.given:
            words = _WHAT.get(name.role)
            self._matrix(source, name, grid, "" if words is None else self.say(words))
        typed = self.derivation.typed
        for id_ in self._settings():
            words = self.say("learning_rate" if id_ == LEARNING_RATE else "settings")
            source.add(f"{self.dialect.scalars(id_)} = {literal(typed[id_])}  {comment(words)}")

    def _settings(self) -> Iterator[str]:
        steps = self.derivation.steps
        for family in steps.families:
            for id_ in family.ids:
                if family.kind in (Kind.LEARNING_RATE, Kind.SETTING) or f"{id_}+" in self._powers():
                    yield id_

    def _powers(self) -> list[str]:
        """beta1^t and beta2^t, which each round multiplies once more."""
        steps = self.derivation.steps
        return [id_ for it in steps.backward if isinstance(it.pattern, NextPower) for id_ in it.ids]

    def _matrix(self, source: Source, name: MatrixName, grid: Grid, words: str) -> None:
        typed, variable = self.derivation.typed, self.steps.name(name)
        remark = f"  {comment(words)}" if words else ""
        if name.role in (Role.FIRST_MOMENT, Role.SECOND_MOMENT):
            source.add(f"{variable} = {self.dialect.zeros(len(grid), len(grid[0]))}{remark}")
            return
        rows = [", ".join(literal(typed[id_]) for id_ in row) for row in grid]
        before, after = self.dialect.matrix(rows)
        whole = f"{variable} = {before}{', '.join(f'[{row}]' for row in rows)}{after}{remark}"
        if len(whole) <= _WIDEST_MATRIX:
            source.add(whole)
            return
        with source.block(f"{variable} = {before}{remark}"):
            for row in rows:
                source.enclosed("[", row.split(", "), "],")
        source.add(after)

    # --- The rounds -----------------------------------------------------------------------------------------

    def _first_round(self, source: Source) -> None:
        first_update = next(line for line in self.steps.lines if is_update(line))
        for chapter, lines in groupby(self.steps.lines, self._chapter):
            source.heading(chapter)
            known = list(lines)
            if first_update in known:
                # Once in a round, however many layers have updates of their own.
                self._next_powers(source)
            for line in known:
                self._assign(source, line)
            source.blank()
            for variable in dict.fromkeys(self.steps.name(line.target) for line in known):
                source.add(f'show("{variable}", {variable})')

    def _assign(self, source: Source, line: MatrixLine) -> None:
        source.assign(self.steps.name(line.target), self.dialect.value(line))

    def _next_powers(self, source: Source) -> None:
        for id_ in self._powers():
            variable = self.dialect.scalars(id_)
            source.add(f"{variable} = {variable}*{variable.removesuffix('_t')}")

    def _chapter(self, line: MatrixLine) -> str:
        role, layer, last = line.target.role, line.target.layer, len(self.derivation.network.layers)
        if is_update(line):
            return self.say("updates")
        if role in _FORWARD:
            return self.say("forward")
        if role in _ERRORS:
            return self.say("error")
        if layer == last:
            return self.say("output")
        return self.say("hidden") if last == _WITH_ONE_HIDDEN else self.say("hidden_numbered", layer=layer)

    def _training(self, source: Source) -> None:
        rounds = self.derivation.network.training.rounds
        source.heading(self.say("training"))
        source.add(f"rounds = {rounds}")
        source.enclosed("milestones = {", map(str, milestones_until(rounds)), "}")
        source.blank()
        outs = dict.fromkeys(
            self.steps.name(line.target)
            for line in self.steps.lines
            if line.target.role is Role.OUT and self._is_judged(line.target)
        )
        source.comment(self.say("columns", columns=", ".join(["E_total", *outs])))
        row = ", ".join(["E_total", *outs])
        source.add(f"show_row(0, {row})")
        source.add("for done in range(1, rounds + 1):")
        source.depth += 1
        lines = self.steps.lines
        cut = next(number for number, line in enumerate(lines) if line.target.role not in (*_FORWARD, *_ERRORS))
        self._briefly(source, lines[:cut])
        with source.block("if done in milestones:"):
            source.add(f"show_row(done, {row})")
        with source.block("if done == rounds:"):
            source.add("break")
        self._next_powers(source)
        self._briefly(source, lines[cut:])
        source.depth -= 1

    def _is_judged(self, name: MatrixName) -> bool:
        network = self.derivation.network
        return name.layer == len(network.layers) and (name.step or 1) - 1 in network.target_steps

    def _briefly(self, source: Source, lines: Iterable[MatrixLine]) -> None:
        for line in lines:
            self._assign(source, line)


_WITH_ONE_HIDDEN = 2
_WIDEST_MATRIX = 90
_WHAT = {Role.OUT: "inputs", Role.TARGET: "targets", Role.FIRST_MOMENT: "state", Role.SECOND_MOMENT: "state"}
