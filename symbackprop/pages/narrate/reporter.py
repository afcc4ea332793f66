"""Who tells a report: the words of a language, and how ids and formulas are written in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from symbackprop.checking.verdicts import Cause, Convention, LinkKind, Verdict
from symbackprop.derivation.ids import split_id
from symbackprop.network import Network
from symbackprop.pages.document import Code, Heading, Inline, Inlines, Math, Paragraph, Text
from symbackprop.pages.phrases import Filling, Phrases
from symbackprop.records import record
from symbackprop.typeset.layout import Layout, Number, in_line
from symbackprop.wording import one_line

_NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")


_LONGEST = 400


class Writing(Protocol):
    """How a report writes ids and formulas."""

    def name(self, id_: str) -> Inlines:
        """A quantity of the network."""

    def formula(self, text: str) -> Inlines:
        """A formula or a figure, given in plain ASCII."""


@record(kw_only=True)
class PlainWriting:
    """Ids and formulas as they are typed, for terminals and for programs."""

    def name(self, id_: str) -> Inlines:
        """An id as it is."""
        return _as_typed(id_)

    def formula(self, text: str) -> Inlines:
        """A formula as it is."""
        return _as_typed(text)


@record(kw_only=True)
class SetWriting:
    """Ids and formulas in a notation. `known` are the network's ids: anything else is shown as it was typed.

    `read` gives the layout of a formula in plain ASCII, or None where it can't be read.
    """

    named: Callable[[str], Layout]
    known: frozenset[str]
    read: Callable[[str], Layout | None]

    def name(self, id_: str) -> Inlines:
        """An id in the notation."""
        return (Math(in_line(self.named(id_))),) if self._is_known(id_) else _as_typed(id_)

    def formula(self, text: str) -> Inlines:
        """A formula in the notation, a figure as a number."""
        if _NUMBER.fullmatch(text):
            return (Math(Number(text)),)
        if self._is_known(text):
            return self.name(text)
        layout = self.read(text) if len(text) <= _LONGEST else None
        return _as_typed(text) if layout is None else (Math(layout),)

    def _is_known(self, id_: str) -> bool:
        try:
            return split_id(id_)[0] in self.known
        except ValueError:
            return False


def _as_typed(text: str) -> Inlines:
    # A layer of a thousand neurons has formulas that nobody reads to their end.
    return (Code(one_line(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}...")),)


@record(kw_only=True)
class Reporter:
    """Says things about one work in one language."""

    phrases: Phrases
    writing: Writing
    network: Network

    def say(self, key: str, **fillings: Filling) -> Inlines:
        """A phrase of the catalogue."""
        return self.phrases.say(key, **fillings)

    def heading(self, level: int, key: str, **fillings: Filling) -> Heading:
        """A heading in the catalogue's words."""
        return Heading(level=level, content=self.say(key, **fillings))

    def paragraph(self, key: str, **fillings: Filling) -> Paragraph:
        """A paragraph in the catalogue's words."""
        return Paragraph(content=self.say(key, **fillings))

    def network_title(self) -> Inlines:
        """The network's title in the report's language."""
        return (Text(self.network.title_in(self.phrases.language)),)

    def names(self, ids: tuple[str, ...]) -> Inlines:
        """Quantities listed in a sentence."""
        return self.phrases.join(tuple(map(self.writing.name, ids)))

    def verdict(self, verdict: Verdict) -> Inlines:
        """A verdict in a word or two."""
        return self.say(f"judged.{verdict.value}.name")

    def claim(self, kind: LinkKind, quantity: str) -> Inlines:
        """What a link is said to be: the formula, the numbers or the value of a quantity."""
        return self.say(f"link_kind.{kind.value}", quantity=self.writing.name(quantity))

    def cause_name(self, cause: Cause) -> Inlines:
        """What a mistake is called."""
        return self.say(f"mistake.{cause.mistake.value}.name")

    def cause_text(self, cause: Cause) -> Inlines:
        """What was done, why it is wrong, and what to do instead."""
        return self.say(
            f"mistake.{cause.mistake.value}.text",
            at=self.names(cause.at) if cause.at else "",
            wrong=self.writing.formula(cause.taken) if cause.taken else self.say("report.another"),
            instead=self.writing.formula(cause.right) if cause.right else self.say("report.the_right"),
        )

    def convention(self, convention: Convention) -> Inlines:
        """What a convention is called, and what it says."""
        name = self.say(f"convention.{convention.value}.name")
        return self.say("report.convention", name=name, text=self.say(f"convention.{convention.value}.text"))

    def sentences(self, sentences: tuple[Inlines, ...]) -> Inlines:
        """Sentences one after the other, parted as the language parts them."""
        said: Inlines = ()
        for sentence in sentences:
            said = self.say("list.sentences", first=said, second=sentence) if said else sentence
        return said


def plain_words(inlines: Inlines) -> str:
    """What was said, without any markup: for programs. Formulas must have been written plainly."""
    return "".join(_plain(inline) for inline in inlines)


def _plain(inline: Inline) -> str:
    assert not isinstance(inline, Math)
    return inline.text
