"""The frame of the page to play with: its numbers, its words, and what the scripts in it need to know."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from symbackprop.derivation.graph import LEARNING_RATE, TOTAL_ERROR, Kind, Neuron, target_of
from symbackprop.functions import Loss
from symbackprop.live.engine import engine_of
from symbackprop.pages.document import Document, Math
from symbackprop.pages.narrate.pictures import picture_to_play_with
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.unrolled import network_over_time
from symbackprop.pages.phrases import Phrases
from symbackprop.pages.render import draw_svg
from symbackprop.pages.templates import our_templates
from symbackprop.records import record
from symbackprop.resources import folder
from symbackprop.typeset.layout import Layout
from symbackprop.typeset.mathml import mathml
from symbackprop.typeset.unicode import unicode

_SCRIPTS = (
    "repeated",
    "words",
    "numbers",
    "state",
    "cases",
    "figures",
    "picture",
    "panel",
    "training",
    "practice",
    "start",
)
_ROUNDS = (1, 10, 100, 10_000)


@record(kw_only=True)
class Number:
    """A number that can be changed: its name, what it is called aloud, and how far its slider goes in which steps.

    A `positive` one can't be 0 or less.
    """

    id: str
    name: Layout
    spoken: str
    typed: str
    least: str
    most: str
    step: str
    positive: bool


@record(kw_only=True)
class Group:
    """Numbers of one kind, under a title that is one of the page's words."""

    title: str
    numbers: tuple[Number, ...]


def frame_of(tellers: Sequence[Teller], documents: Sequence[Document]) -> Mapping[str, Any]:
    """What the template of the page needs besides the documents. `tellers` tell in the languages of these."""
    teller = tellers[0]
    groups = tuple(_groups(teller))
    drawing = network_over_time(teller) if teller.graph.shape.steps > 1 else picture_to_play_with(teller)
    live = folder("templates") / "html" / "live"
    scripts = [(live / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS]
    engine = engine_of(teller.derivation)
    data = _data(tellers, documents, engine.ids, groups)
    font = (folder("fonts") / "latin-modern-math.woff2").read_bytes()
    script = "\n".join(["", f"const data = {_as_script(data)};", engine.source, *scripts, ""])
    return {
        "font": b64encode(font).decode(),
        "picture": draw_svg(drawing, our_templates(), "html/figure.svg.j2"),
        "groups": [_as_words(group) for group in groups],
        "rounds": _ROUNDS,
        "style": (live / "page.css").read_text(encoding="utf-8"),
        "script": script,
        # Only this script may run, whatever else got into the page.
        "script_hash": b64encode(sha256(script.encode()).digest()).decode(),
    }


def _as_words(group: Group) -> Mapping[str, Any]:
    """A group by the names of its fields: templates look into no records but those of documents and drawings."""
    numbers = [{it.name: getattr(number, it.name) for it in fields(number)} for number in group.numbers]
    return {"title": group.title, "numbers": numbers}


def _as_script(data: Mapping[str, Any]) -> str:
    """Data as JavaScript that no text in it can end."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028")


def _data(
    tellers: Sequence[Teller], documents: Sequence[Document], ids: tuple[str, ...], groups: tuple[Group, ...]
) -> dict[str, Any]:
    teller = tellers[0]
    derivation, plan = teller.derivation, teller.derivation.steps
    arrows = tuple(_arrows(teller))
    return {
        "ids": ids,
        "typed": {id_: number.typed for id_, number in derivation.typed.items() if id_ in plan},
        "state": plan.state,
        "same": {id_: same for id_ in ids if (same := plan.same_as(id_)) is not None},
        "error": TOTAL_ERROR,
        "decimals": teller.decimals,
        "comma": derivation.network.writing.decimal_comma,
        "editable": [number.id for group in groups for number in group.numbers],
        "arrows": [{"id": it.id, "from": it.start, "to": it.end} for it in arrows],
        "stages": list(_stages(arrows)),
        "derivations": _derivations(teller),
        "names": {id_: _inner(teller.namer.name(id_)) for id_ in ids},
        "spoken": {id_: unicode(teller.name(id_)) for id_ in (*ids, *(it.name for it in teller.graph.neurons()))},
        "words": {it.phrases.language: _words(it.phrases) for it in tellers},
        "titles": {document.language: _title(document) for document in documents},
    }


def _title(document: Document) -> str:
    return "".join(unicode(it.layout) if isinstance(it, Math) else it.text for it in document.title)


def _inner(layout: Layout) -> str:
    return mathml(layout).removeprefix("<math>").removesuffix("</math>")


_PREFIX = "live."
WORDS = (
    "live.name",
    "live.choices",
    "live.practise",
    "live.panel",
    "live.hint",
    "live.training",
    "live.rounds",
    "live.error",
    "live.run",
    "live.untrain",
    "live.curve",
    "live.numbers",
    "live.reset",
    "live.kept",
    "live.selected",
    "live.outgrown",
    "live.trained",
    "live.untrained",
    "live.original",
    "live.language",
    "live.unreadable",
    "live.unpositive",
    "live.result",
    "live.field",
    "live.check",
    "live.reveal",
    "live.group.inputs",
    "live.group.targets",
    "live.group.weights",
    "live.group.biases",
    "live.group.rate",
    "live.theme.auto",
    "live.theme.light",
    "live.theme.dark",
    "live.practice.on",
    "live.practice.trained",
    "live.practice.off",
    "live.verdict.right",
    "live.verdict.cut_off",
    "live.verdict.rounded",
    "live.verdict.sign",
    "live.verdict.wrong",
    "live.verdict.unreadable",
)
"""All that the page says of itself, by its template and by its scripts, which leave the first part of a key out."""


def _words(phrases: Phrases) -> dict[str, str]:
    """The page's own words, their places left for the scripts to fill."""
    return {key.removeprefix(_PREFIX): phrases.words[key] for key in WORDS}


@record(kw_only=True)
class _Arrow:
    """An arrow of the picture by the keys of the nodes at its ends, and the number that it has, if any."""

    id: str
    start: str
    end: str


def _arrows(teller: Teller) -> Iterator[_Arrow]:
    """The arrows of the picture, layer by layer; over time, those of all steps of the sequence that is told."""
    for neuron, mark in _drawn(teller):
        end = _key(teller, neuron)
        for weight, source in neuron.weights:
            start = source if mark is None else source.removeprefix("out_").removesuffix(mark)
            yield _Arrow(id=weight, start=start, end=end)
        if neuron.bias is not None and mark is not None:
            yield _Arrow(id=neuron.bias, start=neuron.bias, end=end)
    for neuron in teller.graph.judged if teller.graph.shape.steps > 1 else teller.graph.outputs:
        if neuron.instant.sample in (0, teller.graph.followed):
            target = target_of(neuron)
            own = target if teller.graph.shape.steps > 1 else target.removesuffix(neuron.instant.mark)
            yield _Arrow(id="", start=_key(teller, neuron), end=own)


def _drawn(teller: Teller) -> Iterator[tuple[Neuron, str | None]]:
    """The neurons of the picture, each with the mark that its names go without there; None where they keep it."""
    if teller.graph.shape.steps == 1:
        yield from ((neuron, neuron.instant.mark) for neuron in teller.graph.neurons())
        return
    for layer in teller.graph.at:
        for instant, neurons in layer.items():
            if instant.sample == 0:
                yield from ((neuron, None) for neuron in neurons)


def _key(teller: Teller, neuron: Neuron) -> str:
    """The key of a neuron's node."""
    return neuron.out if teller.graph.shape.steps > 1 else neuron.name


def _stages(arrows: Sequence[_Arrow]) -> Iterator[list[str]]:
    """What lights up one after the other while a round runs through the picture: each node once all before it has."""
    ends = {it.end for it in arrows}
    here = list(dict.fromkeys(it.start for it in arrows if it.start not in ends))
    done: set[str] = set()
    while here:
        yield [*(f"{it.start}>{it.end}" for it in arrows if it.end in here), *here]
        done |= set(here)
        waiting = dict.fromkeys(it.end for it in arrows if it.end not in done)
        here = [node for node in waiting if all(it.start in done for it in arrows if it.end == node)]


def _derivations(teller: Teller) -> dict[str, list[str]]:
    """For each weight, bias and neuron's node the quantities whose lines tell of it, the best first."""
    plan = teller.derivation.steps
    found: dict[str, list[str]] = {}
    for neuron, _ in _drawn(teller):
        found[_key(teller, neuron)] = [neuron.net, neuron.out]
        parameters = [weight for weight, _ in neuron.weights]
        for id_ in (*parameters, *([neuron.bias] if neuron.bias is not None else [])):
            found[id_] = [f"d{teller.error}/d{id_}", f"d{TOTAL_ERROR}/d{id_}", f"{id_}+", neuron.net]
    return {id_: [it for it in dict.fromkeys(ids) if it in plan] for id_, ids in found.items()}


# --- Numbers that can be changed


def _groups(teller: Teller) -> Iterator[Group]:
    derivation = teller.derivation
    by_kind: dict[str, list[str]] = {title: [] for title in _KINDS.values()}
    for id_ in derivation.typed:
        if id_ in derivation.steps and (title := _KINDS.get(derivation.steps.kind(id_))) is not None:
            by_kind[title].append(id_)
    by_kind["rate"] = [LEARNING_RATE]
    for title, ids in by_kind.items():
        if ids:
            yield Group(title=title, numbers=tuple(_number(teller, id_, title) for id_ in ids))


_KINDS = {Kind.INPUT: "inputs", Kind.TARGET: "targets", Kind.WEIGHT: "weights", Kind.BIAS: "biases"}
_FEWEST_DECIMALS, _MOST_DECIMALS = 2, 6
_PROBABILITIES = (Loss.CROSS_ENTROPY, Loss.BINARY_CROSS_ENTROPY)


def _number(teller: Teller, id_: str, title: str) -> Number:
    number = teller.derivation.typed[id_]
    decimals = -int(Decimal(number.typed).as_tuple().exponent)
    value = number.exact
    least, most = (Fraction(1, 100), 1) if title == "rate" else (-2, 2)
    if title == "targets" and teller.derivation.network.training.loss in _PROBABILITIES:
        least, most = 0, 1
    return Number(
        id=id_,
        name=teller.name(id_),
        spoken=unicode(teller.name(id_)),
        typed=number.typed,
        least=f"{float(min(least, value if title == 'rate' else value // 1)):g}",
        most=str(max(most, int(-(-value // 1)))),
        positive=title == "rate",
        step=f"{10.0 ** -min(max(decimals, _FEWEST_DECIMALS), _MOST_DECIMALS):.{_MOST_DECIMALS}f}".rstrip("0"),
    )
