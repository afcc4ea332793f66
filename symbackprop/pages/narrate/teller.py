"""Who tells the story: a derivation, the words of a language, a notation, and how many decimals a figure has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import Graph, Instant, Neuron, sample_error
from symbackprop.derivation.values import Shown, Values
from symbackprop.formats import Detail, View
from symbackprop.pages.document import Heading, Inlines, Math, Note, Paragraph, Text, When
from symbackprop.pages.phrases import Filling, Phrases
from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.formula import Formula
from symbackprop.typeset.layout import Layout, Number, Operator, in_line, relate, standing_for
from symbackprop.typeset.notation import Namer


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Says things about one derivation in one language and one notation."""

    derivation: Derivation
    phrases: Phrases
    namer: Namer
    decimals: int
    detail: Detail
    view: View = View.SCALAR

    @cached_property
    def graph(self) -> Graph:
        """The network's neurons, seen from the sample that is worked out in full.

        That is the sample with the fewest inputs of 0, since these hide the weights beside them; the first of such.
        Sequences are told from the first one on.
        """
        graph, samples = self.derivation.graph, self.derivation.network.samples
        if graph.shape.steps > 1:
            return graph
        zeros = [sum(number.exact == 0 for number in sample.inputs[0]) for sample in samples]
        return replace(graph, followed=zeros.index(min(zeros)))

    @property
    def other_instants(self) -> tuple[Instant, ...]:
        """The samples of a batch that are told in short."""
        return tuple(instant for instant in self.graph.instants if instant.sample != self.graph.followed)

    @property
    def error(self) -> str:
        """The error that the chapters on layers differentiate: the only one, or that of the sample worked out."""
        return sample_error(self.graph.shape, self.graph.followed)

    @property
    def sample(self) -> str:
        """The number of the sample that is worked out in full, counted from 1."""
        return str(self.graph.followed + 1)

    def heading(self, level: int, key: str, **fillings: Filling) -> Heading:
        """A heading in the catalogue's words."""
        return Heading(level=level, content=self.phrases.say(key, **fillings))

    def paragraph(self, key: str, **fillings: Filling) -> Paragraph:
        """A paragraph in the catalogue's words."""
        return Paragraph(content=self.phrases.say(key, **fillings))

    def note(self, key: str, **fillings: Filling) -> Note:
        """A remark set off from the text, with `key.title` as its title."""
        title = self.phrases.say(f"{key}.title", **fillings)
        return Note(title=title, content=(self.phrases.say(f"{key}.text", **fillings),))

    def name(self, id_: str) -> Layout:
        """How a quantity is written: net_h1 in the article's notation, z_1 raised by its layer in another."""
        return self.namer.name(id_)

    def neuron_name(self, neuron: Neuron) -> Layout:
        """How a neuron itself is called: h_1, o_1."""
        return self.namer.name(neuron.name)

    def number(self, digits: str) -> Number:
        """Digits as this document prints them: with a point, or with a comma."""
        return Number(self.phrases.decimals(digits))

    def counted(self, number: int) -> str:
        """A whole number in the running text."""
        return self.phrases.whole(number)

    def shown(self, id_: str, values: Values | None = None) -> Shown:
        """A quantity's figure in the first round, or among other values."""
        return (self.derivation.values if values is None else values).shown(id_, self.decimals)

    def value(self, id_: str) -> Layout:
        """A quantity's figure, for a formula with the numbers in it."""
        return self.figured(id_, self.shown(id_))

    def figured(self, id_: str, shown: Shown) -> Layout:
        """A quantity's figure in the first round, as it is shown."""
        del id_
        return self.number(shown.digits)

    def with_names(self, formula: Formula) -> Layout:
        """A formula in symbols."""
        return arrange(formula, self.name)

    def with_numbers(self, formula: Formula) -> Layout:
        """The same formula with each quantity shown as the figure that the reader saw before."""
        return arrange(formula, self.value)

    def equality(self, id_: str, values: Values | None = None) -> Layout:
        """A quantity and its figure: net_h1 = 0.3775."""
        shown = self.shown(id_, values)
        figure = self.figured(id_, shown) if values is None else self.number(shown.digits)
        return relate(self.name(id_), relation(shown), figure)

    def figure(self, id_: str, values: Values) -> Layout:
        """A quantity's figure among the values of some round."""
        return self.number(self.shown(id_, values).digits)

    def later(self, id_: str) -> Layout:
        """A quantity's figure in the second round."""
        return self.figure(id_, self.derivation.after(1))

    def equality_after(self, id_: str, rounds: int, values: Values) -> Layout:
        """A quantity and its figure after some rounds: E_total^(10000) is about 0.000035102."""
        shown = self.shown(id_, values)
        return relate(self.name(f"{id_}@{rounds}"), relation(shown), self.number(shown.digits))

    def tells(self, case: When) -> bool:
        """Whether a part that stands for one case of several is told: the one that applies."""
        return case.now

    def list_of(self, layouts: tuple[Layout, ...]) -> Inlines:
        """Formulas listed in a sentence."""
        return self.phrases.join(tuple(math(layout) for layout in layouts))


@dataclass(frozen=True, kw_only=True)
class FollowingTeller(Teller):
    """One whose formulas know which quantity each name and each figure of the first round stands for.

    It tells every case, since whoever changes the numbers may come into another one.
    """

    def tells(self, case: When) -> bool:
        """Whether a part that stands for one case of several is told: always."""
        del case
        return True

    def name(self, id_: str) -> Layout:
        """How a quantity is written."""
        return standing_for(super().name(id_), id_)

    def figured(self, id_: str, shown: Shown) -> Layout:
        """A quantity's figure in the first round."""
        return standing_for(super().figured(id_, shown), id_)

    def later(self, id_: str) -> Layout:
        """A quantity's figure in the second round."""
        return standing_for(super().later(id_), f"{id_}@1")


def relation(shown: Shown) -> Operator:
    """The sign before a figure: equal where it is exact, about equal where it is rounded."""
    return Operator.EQUALS if shown.exact else Operator.APPROXIMATELY


def words(text: str) -> Inlines:
    """Words of the user's or of ours as inlines."""
    return (Text(text),)


def math(layout: Layout) -> Inlines:
    """A formula as inlines, for a line of words or a table's cell."""
    return (Math(in_line(layout)),)
