"""Reading a notation: one of ours by its name, or a file of the user's own.

A file is a table `[roles]` with a template for each role (see `typeset.roles` and `typeset.template`); `extends`
names one of our notations, from which it takes the roles that it leaves out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from symbackprop.errors import SpecError
from symbackprop.files import read_text
from symbackprop.network import Network
from symbackprop.places import Place, TableKind
from symbackprop.toml_slips import not_toml
from symbackprop.typeset.layout import Layout
from symbackprop.typeset.matrix_names import matrix_names
from symbackprop.typeset.notation import Namer, Notation, Shape
from symbackprop.typeset.roles import PLACEHOLDERS, Role
from symbackprop.typeset.template import LONGEST_TEMPLATE, Template, TemplateError, read_template
from symbackprop.wording import did_you_mean, listed, one_line, quoted

MOST_BYTES = 64_000
LONGEST_LINE = 1_000
_LONGEST_NAME = 200

_FOLDER = Path(__file__).resolve().parent / "notations"
_ENDING = ".toml"
_ROOT = TableKind(
    name="the top of the file",
    keys={"extends": "the name of the notation that this one changes", "roles": "a table [roles]"},
)
_ROLES = TableKind(name="[roles]", keys={role.value: "a template, how this role is written" for role in Role})

# A network with whatever may have a name, to see that no two names are alike.
_PROBE = Shape(widths=(2, 2, 2, 2), recurrent=(False, True, False), samples=2)
_PROBED: Mapping[Role, tuple[str, ...]] = {
    Role.INPUT: ("i1", "i2"),
    Role.TARGET: ("target_o1", "target_o2"),
    Role.WEIGHT: ("w1", "w2", "w3", "w4", "w5", "w6", "w9", "w10", "w13", "w14", "w15", "w16"),
    Role.RECURRENT_WEIGHT: ("w7", "w8", "w11", "w12"),
    Role.SHARED_BIAS: ("b1", "b2", "b3"),
    Role.BIAS: ("b_h1_1", "b_h1_2", "b_h2_1", "b_o1", "b_o2"),
    Role.NET: ("net_h1_1", "net_h1_2", "net_h2_1", "net_o1", "net_o2"),
    Role.OUT: ("out_h1_1", "out_h1_2", "out_h2_1"),
    Role.OUTPUT: ("out_o1", "out_o2"),
    Role.ERROR: ("E_o1", "E_o2"),
    Role.SAMPLE_ERROR: ("E[1]", "E[2]"),
    Role.DATA_ERROR: ("E_data",),
    Role.L1_PENALTY: ("E_l1",),
    Role.L2_PENALTY: ("E_l2",),
    Role.TOTAL_ERROR: ("E_total",),
    Role.DELTA: ("delta_h1_1", "delta_h1_2", "delta_h2_1", "delta_o1", "delta_o2"),
    Role.HIDDEN_NEURON: ("h1_1", "h1_2", "h2_1"),
    Role.OUTPUT_NEURON: ("o1", "o2"),
    Role.LEARNING_RATE: ("eta",),
    Role.L1: ("lambda1",),
    Role.L2: ("lambda2",),
    Role.MOMENTUM: ("mu",),
    Role.SMOOTHING: ("rho",),
    Role.BETA1: ("beta1",),
    Role.BETA2: ("beta2",),
    Role.BETA1_BEFORE: ("beta1_t",),
    Role.BETA2_BEFORE: ("beta2_t",),
    Role.BETA1_POWER: ("beta1_t+",),
    Role.BETA2_POWER: ("beta2_t+",),
    Role.EPSILON: ("epsilon",),
    Role.DECAY: ("lambda",),
    Role.THRESHOLD: ("kappa",),
    Role.BEND: ("alpha1", "alpha2"),
    Role.FIRST_MOMENT: ("m_w1", "m_w2"),
    Role.SECOND_MOMENT: ("v_w1", "v_w2"),
    Role.CORRECTED_FIRST_MOMENT: ("mhat_w1", "mhat_w2"),
    Role.CORRECTED_SECOND_MOMENT: ("vhat_w1", "vhat_w2"),
    Role.UPDATED: ("w1+",),
    Role.ROUNDS: ("w1@1", "w1@2"),
    Role.SAMPLE: ("out_o1[1]", "out_o1[2]"),
    Role.SAMPLE_AND_STEP: ("out_o1[1,1]", "out_o1[1,2]", "out_o1[2,1]"),
}
# Samples and steps of one network are always told apart, so their marks need not differ from one another.
_SEQUENCE = Shape(widths=_PROBE.widths, recurrent=_PROBE.recurrent, steps=2)
_PROBED_STEPS: Mapping[Role, tuple[str, ...]] = {
    Role.SAMPLE_ERROR: (),
    Role.SAMPLE: (),
    Role.SAMPLE_AND_STEP: (),
    Role.STEP: ("out_o1[1]", "out_o1[2]"),
}


def notation_names() -> tuple[str, ...]:
    """Give the names of the notations that ship with the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob(f"*{_ENDING}")))


def load_notation(name: str, where: str, beside: Path = Path()) -> Notation:
    """Give the notation that is called so, or that a file describes; a path is taken from the folder `beside`.

    Raise `SpecError` if there is none, at `where` it was asked for, or if the file is wrong, at its place in it.
    """
    if name.endswith(_ENDING) or "/" in name or "\\" in name:
        path = beside / name
        return parse_notation(_text_of(path, where), str(path))
    return _shipped(name, where, f" or a file that ends in {_ENDING}")


def _text_of(path: Path, where: str) -> str:
    try:
        return read_text(path, most_bytes=MOST_BYTES)
    except SpecError as error:
        # Whoever looks for the fault has to know where the file was asked for.
        raise SpecError(where, str(error)) from None


def notation_of(network: Network, instead: str | Path | None = None) -> Notation:
    """Give the notation that a network asks for, a file looked for beside the network's own; or the one `instead`."""
    if instead is not None:
        return load_notation(str(instead), "--notation")
    return load_notation(
        network.writing.notation, f"{one_line(network.origin)}: notation.name", Path(network.origin).parent
    )


def bound_to_network(notation: Notation, network: Network) -> Namer:
    """Give the notation for the quantities of one network."""
    recurrent = tuple(layer.recurrent_weights is not None for layer in network.layers)
    shape = Shape(widths=network.widths, recurrent=recurrent, samples=len(network.samples), steps=network.steps)
    return notation.bound_to(shape)


def parse_notation(text: str, origin: str) -> Notation:
    """Give the notation that `text` describes; errors call the text `origin`."""
    root = Place(origin=origin, path="", value=_toml(text, one_line(origin))).table(_ROOT, (_ROLES,))
    base = root.optional("extends")
    inherited = _shipped(base.text(longest=_LONGEST_NAME), base.where).templates if base else {}
    roles = root.required("roles").table(_ROLES, (_ROOT,))
    templates: dict[Role, Template] = {}
    own: dict[Role, Place] = {}
    for role in Role:
        place = roles.optional(role.value)
        if place is None and role in inherited:
            templates[role] = inherited[role]
        else:
            own[role] = place or roles.required(role.value)
            templates[role] = _template(own[role], PLACEHOLDERS[role])
    notation = Notation(name=Path(origin).stem, templates=templates)
    _require_different_names(notation, own, one_line(origin))
    return notation


def _shipped(name: str, where: str, else_: str = "") -> Notation:
    names = notation_names()
    if name not in names:
        found = f"{quoted(name)}{did_you_mean(name, names)}"
        raise SpecError(where, f"expected a notation ({listed(names)}){else_}, found {found}")
    path = _FOLDER / f"{name}{_ENDING}"
    return parse_notation(path.read_text(encoding="utf-8"), path.name)


def _toml(text: str, origin: str) -> object:
    # Long keys and endless numbers would take tomllib a time that grows as the square of their length.
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > LONGEST_LINE:
            expected = f"expected a line of at most {LONGEST_LINE:,} characters"
            raise SpecError(f"{origin}: line {number}", f"{expected}, found {len(line):,}")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        refusal = not_toml(text, error, origin, {_ROLES.name})
        raise SpecError(refusal.where, f"{refusal.why}{_backslashes(refusal.why)}") from None
    except (RecursionError, ValueError):
        raise SpecError(origin, "lists, tables or numbers are too large for a notation") from None


def _backslashes(why: str) -> str:
    """The remedy of the slip that everybody makes."""
    return r"; a template with a backslash stands in single quotes: '\eta'" if "\\" in why else ""


def _template(place: Place, placeholders: tuple[str, ...]) -> Template:
    text = place.text(longest=LONGEST_TEMPLATE)
    try:
        return read_template(text, placeholders)
    except TemplateError as error:
        there = f"{text[max(0, error.offset - 20) : error.offset]} >>> {text[error.offset : error.offset + 20]}"
        known = ""
        if error.found:
            known = did_you_mean(error.found, error.known) or _known(placeholders)
        why = f"expected {error.expected} at character {error.offset + 1}: {quoted(there)}{known}"
        raise SpecError(place.where, why) from None


def _known(placeholders: tuple[str, ...]) -> str:
    known = ", ".join(f"{{{name}}}" for name in placeholders)
    return f"; this role knows {known}" if known else "; this role knows no placeholder"


def _require_different_names(notation: Notation, own: Mapping[Role, Place], origin: str) -> None:
    """Raises SpecError where two things would be written alike, at a role of the file that is to blame."""
    for shape, probed in ((_PROBE, _PROBED), (_SEQUENCE, {**_PROBED, **_PROBED_STEPS})):
        known: dict[Layout, tuple[Role, str]] = {}
        for layout, role, what in _probed_names(notation.bound_to(shape), probed):
            other, earlier = known.setdefault(layout, (role, what))
            if earlier != what:
                blamed = role if role in own else other
                where = own[blamed].where if blamed in own else f"{origin}: roles.{blamed}"
                hint = _known(PLACEHOLDERS[blamed])
                deep = "in the deep network with which this is checked"
                found = f"found one for both {earlier} and {what} {deep}{hint}"
                raise SpecError(where, f"expected names that differ, {found}")


def _probed_names(namer: Namer, probed: Mapping[Role, tuple[str, ...]]) -> Iterator[tuple[Layout, Role, str]]:
    """Names that have to differ, each with its role and with what is called so."""
    for role, ids in probed.items():
        yield from ((namer.name(id_), role, id_) for id_ in ids)
    for role, layer, layout in matrix_names(namer):
        yield layout, role, f"the {role.replace('_', ' ')} of layer {layer}"
