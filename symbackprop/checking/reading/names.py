"""The symbol table of a network: which quantities a name means, however somebody writes it.

Names come from the network's own notation, from the ids, from the other notations that ship with the package, and from
how people write (`habits`), in this order: where a name can mean several quantities, the likelier ones come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import copy
from functools import cache, cached_property

from symbackprop.checking.reading.habits import HABITS, OLD_MARKS, UPDATED_MARKS
from symbackprop.checking.reading.name_entries import NAMED, STATES, Entry, entries_of, ids_of, state_affixes
from symbackprop.checking.reading.name_spelling import spelling_of_text
from symbackprop.checking.reading.neurons import Neurons
from symbackprop.checking.reading.samples import RAISED_SAMPLE, with_sample
from symbackprop.checking.reading.spelling import fitted, skeleton_of, skeletons_of, spelling_of
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.ids import split_id
from symbackprop.derivation.shape import shape_of
from symbackprop.derivation.steps import Plan, plan_of
from symbackprop.network import Network
from symbackprop.notation_file import load_notation, notation_names, notation_of
from symbackprop.typeset.layout import Symbol
from symbackprop.typeset.notation import Notation
from symbackprop.typeset.roles import PLACEHOLDERS, Role
from symbackprop.typeset.template import Template, read_template

MOST_IDS = 12
"""A name that can mean more than these quantities means the likeliest of them."""

_LIKELIEST = ("mazur", "standard")
_MOST_REMEMBERED = 20_000
_MOST_MARKS = 3
_LONGEST_NAME = 120
_SAMPLE, _STEP, _ROUNDS = "\ue000", "\ue001", "\ue002"
_ABOVE = {Kind.NET, Kind.OUT, Kind.ERROR, Kind.SAMPLE_ERROR, Kind.TOTAL_ERROR, Kind.PENALTY}
_BELOW = {Kind.NET, Kind.OUT, Kind.WEIGHT, Kind.BIAS, Kind.INPUT}


@cache
def _shipped() -> tuple[Notation, ...]:
    return tuple(load_notation(name, "") for name in dict.fromkeys((*_LIKELIEST, *notation_names())))


_Habits = tuple[tuple[Role, Template], ...]


@cache
def _habits() -> _Habits:
    return tuple((role, read_template(text, PLACEHOLDERS[role])) for role, texts in HABITS.items() for text in texts)


def names_of(network: Network) -> Names:
    """The symbol table of a network, its own notation first."""
    own = notation_of(network)
    others = (it for it in _shipped() if it.templates != own.templates)
    return Names(network, (own, *others), _habits())


class Names:
    """What names mean in one network. A name is asked for by its spelling (see `spelling`).

    Where a name can mean several quantities, the first of the notations comes first, what people write besides last.
    """

    def __init__(self, network: Network, notations: tuple[Notation, ...], habits: _Habits) -> None:
        self.network = network
        self.notations = notations
        self._others = habits
        self.shape = shape_of(network)
        self.neurons = Neurons(self.shape)
        self.decimal_comma = network.writing.decimal_comma
        self._known: dict[str, tuple[str, ...]] = {}
        self._raw: dict[str, tuple[str, ...]] = {}
        self._sample = 0
        self._of_samples: dict[int, Names] = {}

    def of_sample(self, sample: int) -> Names:
        """The same where a name that says nothing of a sample means that of a certain one, if there is one of it."""
        if self.shape.steps > 1 or not 0 < sample <= self.shape.samples or self.shape.samples == 1:
            return self
        if sample not in self._of_samples:
            found = copy(self)
            found._sample, found._known = sample, {}  # noqa: SLF001 - its own
            self._of_samples[sample] = found
        return self._of_samples[sample]

    @cached_property
    def preferring(self) -> tuple[Names, ...]:
        """The same where a work is written in each of the notations: what that means by a name comes first."""
        return tuple(
            Names(self.network, (it, *(other for other in self.notations if other is not it)), self._others)
            if number
            else self
            for number, it in enumerate(self.notations)
        )

    @cached_property
    def alone(self) -> tuple[Names, ...]:
        """What each of the notations means by itself."""
        return tuple(Names(self.network, (notation,), ()) for notation in self.notations)

    @cached_property
    def plan(self) -> Plan:
        """The quantities of a round."""
        return plan_of(self.shape)

    @cached_property
    def _own(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The names of the network file: spellings of quantities, and of neurons."""
        quantities: dict[str, str] = {}
        neurons: dict[str, str] = {}
        known = {label for layer in range(self.neurons.last + 1) for label in self.neurons.labels(layer)}
        for name, id_ in self.network.names:
            spelling = spelling_of_text(name)
            if spelling:
                (neurons if id_ in known else quantities)[spelling] = id_
        return quantities, neurons

    def _renamed(self, spelling: str) -> Iterator[str]:
        """The spelling with the neurons' own names in place of those of the network file."""
        bare, raised, mark = spelling.partition("^")
        for alias, label in self._own[1].items():
            if not bare.endswith(alias) and alias not in bare:
                continue
            if alias[-1:].isdigit():
                changed = re.sub(rf"(?<![0-9]){re.escape(alias)}(?![0-9])", label.replace("_", ","), bare)
            elif bare == alias or bare.removesuffix(alias) in self.bases:
                changed = bare.removesuffix(alias) + label.replace("_", ",")
            else:
                continue
            if changed != bare:
                yield f"{changed}{raised}{mark}"

    @cached_property
    def _entries(self) -> Mapping[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        templates = [(role, notation.templates[role]) for notation in self.notations for role in NAMED]
        for role, template in (*templates, *self._others):
            for skeleton, entry in entries_of(role, template, self.neurons):
                entries = found.setdefault(skeleton, [])
                if entry not in entries:
                    entries.append(entry)
        return found

    @cached_property
    def _folded(self) -> Mapping[str, list[Entry]]:
        """The same without regard to capitals, for names of more than one letter."""
        found: dict[str, list[Entry]] = {}
        for skeleton, entries in self._entries.items():
            if len(skeleton) > 1:
                found.setdefault(skeleton.lower(), []).extend(entries)
        return found

    @cached_property
    def _states(self) -> tuple[tuple[str, str, str], ...]:
        if not any(family.kind is Kind.STATE for family in self.plan.families):
            return ()
        affixes = {
            (*state_affixes(notation.templates[role]), letter): None
            for notation in self.notations
            for role, letter in STATES.items()
        }
        return tuple(affixes)

    @cached_property
    def bases(self) -> frozenset[str]:
        """What names begin with, before their first number: words such as `net` that alone are no quantity."""
        letters = (skeleton.partition("#")[0] for skeleton in self._entries)
        return frozenset(part for it in letters for part in (it, it[:-1] if it[-1:] in "ohi" else it) if part)

    @cached_property
    def _marks(self) -> tuple[tuple[str, str, str], ...]:
        """The skeleton of each mark, its own numbers' slots, and what it does to an id."""
        found: dict[tuple[str, str], tuple[str, str, str]] = {}

        def add(text: str, effect: str) -> None:
            for skeleton, runs in skeletons_of(text):
                slots = "".join(part for run in runs for part in run)
                if all(len(run) == 1 for run in runs):
                    found.setdefault((skeleton, effect), (skeleton, slots, effect))

        for notation in self.notations:
            fill = notation.templates
            add(spelling_of(fill[Role.UPDATED].fill({})), "{id}+")
            add(spelling_of(fill[Role.ROUNDS].fill({"rounds": Symbol(_ROUNDS)})), "{id}@{rounds}")
            both = {"sample": Symbol(_SAMPLE), "step": Symbol(_STEP)}
            add(spelling_of(fill[Role.SAMPLE_AND_STEP].fill(both)), "{id}[{sample},{step}]")
            add(spelling_of(fill[Role.SAMPLE].fill({"sample": Symbol(_SAMPLE)})), "{id}[{sample}]")
            add(spelling_of(fill[Role.STEP].fill({"step": Symbol(_SAMPLE)})), "{id}[{sample}]")
        add(f"[{_SAMPLE}]", "{id}[{sample}]")
        add(f"[{_SAMPLE},{_STEP}]", "{id}[{sample},{step}]")
        add(f"@{_ROUNDS}", "{id}@{rounds}")
        for mark in UPDATED_MARKS:
            add(mark, "{id}+")
        for mark in OLD_MARKS:
            add(mark, "{id}")
        return tuple(found.values())

    # --- Asking

    def ids(self, spelling: str) -> tuple[str, ...]:
        """The quantities of this network that a name spelled so can mean, the likeliest first."""
        if spelling not in self._known:
            if len(self._known) > _MOST_REMEMBERED:
                self._known.clear()
            meant = self._of_the_sample(self.guesses(spelling))
            found = tuple(id_ for id_ in meant if self.has(id_)) or self._of_raised_sample(spelling)
            self._known[spelling] = found[:MOST_IDS]
        return self._known[spelling]

    def _of_the_sample(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """What ids may be meant for where names without a sample mean a certain one."""
        return tuple(it for id_ in ids for it in (with_sample(id_, self._sample), id_)) if self._sample else ids

    def _of_raised_sample(self, spelling: str) -> tuple[str, ...]:
        """What a neuron's name means with the number of a sample raised in parentheses, where no notation says so."""
        raised = RAISED_SAMPLE.fullmatch(spelling)
        if raised is None or self.shape.steps > 1:
            return ()
        ids = (with_sample(id_, int(raised["sample"])) for id_ in self.guesses(raised["name"]))
        return tuple(id_ for id_ in ids if self.has(id_))

    def guesses(self, spelling: str) -> tuple[str, ...]:
        """Whatever a name spelled so could mean, quantities that this network hasn't got included."""
        if len(spelling) > _LONGEST_NAME:
            return ()
        if spelling not in self._raw:
            if len(self._raw) > _MOST_REMEMBERED:
                self._raw.clear()
            spellings = (*self._renamed(spelling), spelling) if self.network.names else (spelling,)
            found = dict.fromkeys(id_ for it in spellings for id_ in self._of_name(it, _MOST_MARKS))
            self._raw[spelling] = tuple(found)
        return self._raw[spelling]

    def has(self, id_: str) -> bool:
        """Whether there is a quantity with this id; any derivative of one by another is one."""
        try:
            base, _ = split_id(id_)
        except ValueError:
            return False
        if base in self.plan:
            return True
        if base.endswith("+"):
            # Biases that stay as they are have no update of their own; somebody may update them all the same.
            return base[:-1] in self.plan and self.plan.kind(base[:-1]) is Kind.BIAS
        above, slash, below = base.partition("/")
        if not slash or not (above.startswith("d") and below.startswith("d")):
            return False
        above, below = above[1:], below[1:]
        if above not in self.plan or below not in self.plan:
            return False
        return self.plan.kind(above) in _ABOVE and self.plan.kind(below) in _BELOW

    def derivative(self, above: str, below: str) -> tuple[str, ...]:
        """The derivatives that two spellings with a line between them can mean; those of the plan come first."""
        pairs = [
            f"d{one.partition('@')[0]}/d{other}"
            for one in self._of_the_sample(self.guesses(above)[:MOST_IDS])
            for other in self._of_the_sample(self.guesses(below)[:MOST_IDS])
            if one != other
        ]
        known = [id_ for id_ in dict.fromkeys(pairs) if self.has(id_)]
        return tuple(sorted(known, key=lambda id_: id_.partition("@")[0] not in self.plan))[:MOST_IDS]

    def updated(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """The same quantities after the update, as far as there is one."""
        return tuple(f"{id_}+" for id_ in ids if self.has(f"{id_}+"))

    def marked(self, ids: tuple[str, ...], mark: str) -> tuple[str, ...]:
        """Quantities with a mark raised on the whole of a name, as after so many rounds."""
        skeleton, numbers = skeleton_of(mark)
        found = (
            _marked(id_, slots, numbers, effect)
            for known, slots, effect in self._marks
            if known == skeleton
            for id_ in ids
        )
        return tuple(id_ for id_ in dict.fromkeys(found) if self.has(id_))

    # --- Names without and with marks

    def _of_name(self, spelling: str, marks: int) -> Iterator[str]:
        yield from self._unmarked(spelling)
        if not marks:
            return
        skeleton, numbers = skeleton_of(spelling)
        for mark, slots, effect in self._marks:
            if not skeleton.endswith(mark) or len(mark) == len(skeleton):
                continue
            count = len(slots)
            rest = _without(spelling, mark, numbers[len(numbers) - count :])
            if rest is not None:
                for id_ in self._of_name(rest, marks - 1):
                    yield _marked(id_, slots, numbers[len(numbers) - count :], effect)

    def _unmarked(self, spelling: str) -> Iterator[str]:
        own = self._own[0].get(spelling) if self.network.names else None
        if own is not None:
            yield own
        skeleton, numbers = skeleton_of(spelling)
        entries = self._entries.get(skeleton) or self._folded.get(skeleton.lower(), [])
        if len(skeleton) == 1 and skeleton not in self._entries:
            entries = []
        for entry in entries:
            for slots in fitted(entry.runs, numbers):
                yield from ids_of(entry, slots, self.neurons)
        for before, after, letter in self._states:
            inner = spelling[len(before) : len(spelling) - len(after)]
            if inner and spelling == before + inner + after:
                yield from (f"{letter}_{id_}" for id_ in self._unmarked(inner) if self.has(id_))


def _marked(id_: str, slots: str, numbers: tuple[str, ...], effect: str) -> str:
    filled = dict(zip(slots, numbers, strict=True))
    sample, step, rounds = (filled.get(slot, "") for slot in (_SAMPLE, _STEP, _ROUNDS))
    return effect.format(id=id_, sample=sample, step=step, rounds=rounds)


def _without(spelling: str, mark: str, numbers: tuple[str, ...]) -> str | None:
    """A spelling without the mark at its end, and without the sign that nothing is raised any more."""
    written = iter(numbers)
    tail = "".join(next(written) if part == "#" else part for part in mark)
    rest = spelling.removesuffix(tail).removesuffix("^")
    if mark[0] == "#" and rest[-1:].isdigit():
        return None
    return rest or None
