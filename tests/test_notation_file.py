"""A notation's file: what it may say, and one clear line for whatever is wrong with it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import SpecError
from symbackprop.network import Writing
from symbackprop.notation_file import (
    LONGEST_LINE,
    MOST_BYTES,
    bound_to_network,
    load_notation,
    notation_names,
    notation_of,
    parse_notation,
)
from symbackprop.typeset.latex import latex
from symbackprop.typeset.matrix_names import matrix_names
from symbackprop.typeset.notation import Shape
from symbackprop.typeset.roles import PLACEHOLDERS, Role
from tests.networks import default_network

SHAPE = Shape(widths=(2, 2, 2), recurrent=(False, False))
STANDARD = load_notation("standard", "here")

MINE = r"""
extends = "standard"
[roles]
net = 's^{({layer})}_{index}'
output = '\hat{y}_{index}'
learning_rate = '\alpha'
"""


def test_a_file_changes_what_it_names_and_keeps_the_rest() -> None:
    namer = parse_notation(MINE, "mine.toml").bound_to(SHAPE)
    written = [latex(namer.name(id_)) for id_ in ("net_h1", "out_o2", "eta", "out_h1", "dout_o1/dnet_o1")]
    assert written[:4] == ["s_{1}^{(1)}", "\\hat{y}_{2}", "\\alpha", "a_{1}^{(1)}"]
    assert written[4] == "\\frac{\\partial\\hat{y}_{1}}{\\partial s_{1}^{(2)}}"


def test_a_file_may_say_everything_itself() -> None:
    roles = "\n".join(f"{role} = '{template.text}'" for role, template in STANDARD.templates.items())
    assert parse_notation(f"[roles]\n{roles}", "standard.toml") == STANDARD


def test_a_notation_is_called_by_its_name() -> None:
    assert notation_names() == ("bishop", "mazur", "standard")
    assert [load_notation(name, "here").name for name in notation_names()] == list(notation_names())


def test_every_role_has_its_placeholders() -> None:
    assert set(PLACEHOLDERS) == set(Role)


def test_a_networks_notation_is_looked_for_beside_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    network = replace(default_network(), origin=str(tmp_path / "net.toml"), writing=Writing(notation="mine.toml"))
    assert latex(bound_to_network(notation_of(network), network).name("eta")) == "\\alpha"
    assert notation_of(network, "bishop").name == "bishop"


def test_a_network_that_asks_for_no_notation_gets_the_articles() -> None:
    assert notation_of(default_network()).name == "mazur"


def test_a_missing_notation_file_is_told_where_it_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"^net\.toml: notation\.name: .*missing\.toml: cannot be read: no such file"):
        load_notation("missing.toml", "net.toml: notation.name", tmp_path)


def test_an_unknown_notation_is_told_where_it_stands() -> None:
    network = replace(default_network(), origin="net.toml", writing=Writing(notation="standart"))
    with pytest.raises(SpecError) as caught:
        notation_of(network)
    assert str(caught.value) == (
        'net.toml: notation.name: expected a notation ("bishop", "mazur", "standard") or a file that ends in .toml, '
        'found "standart"; did you mean "standard"?'
    )


# The lines of [roles] in a file that extends "standard", and the complaint.
ALIKE, DEEP = "expected names that differ, found one for both", "in the deep network with which this is checked"
BROKEN_ROLES = [
    ('nett = "z"', 'roles.nett: unknown key; did you mean "net"?'),
    ('extends = "mazur"', "roles.extends: unknown key; it belongs to the top of the file"),
    ("net = 3", "roles.net: expected a text in quotes, found 3"),
    ('net = ""', "roles.net: expected a text, found an empty one"),
    (
        "net = 'z_{{indx}{layer}}'",
        (
            "roles.net: expected a placeholder that there is here, found {indx} at character 4: "
            '"z_{ >>> {indx}{layer}}"; did you mean "index"?'
        ),
    ),
    (
        "eta = 1",
        'roles.eta: unknown key; did you mean "delta"?',
    ),
    (
        "learning_rate = '{qqq}'",
        (
            "roles.learning_rate: expected a placeholder that there is here, found {qqq} at character 1: "
            '" >>> {qqq}"; this role knows no placeholder'
        ),
    ),
    (
        r"net = 'z^{\input{x}}'",
        (
            r"roles.net: expected one of the commands that a template knows, found \input at character 4: "
            r'"z^{ >>> \input{x}}"; this role knows {neuron}, {layer}, {index}, {place}'
        ),
    ),
    (
        "net = 'z_{a'",
        (
            "roles.net: expected a letter, a number, a Greek letter such as \\delta, a {placeholder}, ( or [ "
            'at character 5: "z_{a >>> "'
        ),
    ),
    (
        "weight = 'w_{numbr}'",
        (
            f"roles.weight: {ALIKE} w1 and w2 {DEEP}; "
            "this role knows {number}, {layer}, {to}, {from}, {to_neuron}, {from_neuron}"
        ),
    ),
    (
        "weight = 'w_{{to}{from}}'",
        (
            f"roles.weight: {ALIKE} w1 and w5 {DEEP}; "
            "this role knows {number}, {layer}, {to}, {from}, {to_neuron}, {from_neuron}"
        ),
    ),
    (
        "out = 'z^{({layer})}_{index}'",
        (
            f"roles.out: {ALIKE} net_h1_1 and out_h1_1 {DEEP}; "
            "this role knows {neuron}, {layer}, {index}, {place}"
        ),
    ),
    (
        "net = 'a^{({layer})}_{index}'",
        (
            f"roles.net: {ALIKE} net_h1_1 and out_h1_1 {DEEP}; "
            "this role knows {neuron}, {layer}, {index}, {place}"
        ),
    ),
    (
        "step = '[t]'",
        f"roles.step: {ALIKE} out_o1[1] and out_o1[2] {DEEP}; this role knows {{step}}",
    ),
]


@pytest.mark.parametrize(("line", "complaint"), BROKEN_ROLES, ids=[row[0] for row in BROKEN_ROLES])
def test_a_broken_role_gets_one_line(line: str, complaint: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_notation(f'extends = "standard"\n[roles]\n{line}\n', "mine.toml")
    assert str(caught.value) == f"mine.toml: {complaint}"


BROKEN_FILES = [
    ("", "roles: missing; expected a table [roles]"),
    ("[roles]", "roles.input: missing; expected a template, how this role is written"),
    ("roles = 1", "roles: expected a table, [roles], found 1"),
    ('name = "mine"\n[roles]', "name: unknown key"),
    ('net = "z"\n[roles]', "net: unknown key; it belongs to [roles]"),
    ("extends = 1\n[roles]", "extends: expected a text in quotes, found 1"),
    (
        'extends = "mine.toml"\n[roles]',
        'extends: expected a notation ("bishop", "mazur", "standard"), found "mine.toml"',
    ),
    ("[roles", "line 1: expected a name in brackets, such as [data], found [roles"),
    (
        '[roles]\nlearning_rate = "\\eta"',
        ("line 2, column 20: not TOML: unescaped '\\' in a string; a template with a backslash stands in single "
        "quotes: '\\eta'"),
    ),
    (f"a = '{'x' * LONGEST_LINE}'", "line 1: expected a line of at most 1,000 characters, found 1,006"),
    ("a = " + "1" * 900, "mine.toml: "),
    ("\n".join(["a = ["] + ["["] * 60_000), "lists, tables or numbers are too large for a notation"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "complaint"), BROKEN_FILES, ids=[row[0][:30] for row in BROKEN_FILES])
def test_a_broken_file_gets_one_line(text: str, complaint: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_notation(text, "mine.toml")
    assert str(caught.value).startswith("mine.toml: ")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    path.write_text("#" * (MOST_BYTES + 1), encoding="utf-8")
    with pytest.raises(SpecError, match="larger than the 64,000 bytes"):
        load_notation(str(path), "here")


@given(st.sampled_from(Role), st.text(max_size=40))
def test_any_text_as_a_template_is_read_or_refused(role: Role, text: str) -> None:
    escaped = "".join(f"\\U{ord(character):08x}" for character in text if not 0xD800 <= ord(character) < 0xE000)
    try:
        notation = parse_notation(f'extends = "standard"\n[roles]\n{role} = "{escaped}"', "mine.toml")
    except SpecError as error:
        refusal = str(error)
    else:
        refusal = "mine.toml: "
        assert notation.templates[role].text == text
    assert refusal.startswith("mine.toml: ")
    assert refusal.isprintable()


@pytest.mark.parametrize(
    ("role", "template", "told"),
    [
        (
            "delta_matrix",
            "Z^{({layer})}",
            "found one for both the net matrix of layer 1 and the delta matrix of layer 1",
        ),
        ("net_vector", r"\mathbf{z}", "found one for both the net vector of layer 1 and the net vector of layer 2"),
        ("target_vector", r"\mathbf{x}", "both the input vector of layer 0 and the target vector of layer 3"),
        ("weight_matrix", "W", "both the weight matrix of layer 1 and the weight matrix of layer 2"),
        ("recurrent_weight_matrix", "W^{({layer})}", "the weight matrix of layer 2 and the recurrent weight matrix"),
        (
            "second_moment_matrix",
            "M_{parameter}",
            "both the first moment matrix of layer 1 and the second moment matrix",
        ),
    ],
)
def test_matrices_that_would_be_written_alike_are_refused(role: str, template: str, told: str) -> None:
    with pytest.raises(SpecError, match=re.escape(told)) as caught:
        parse_notation(f"extends = 'standard'\n[roles]\n{role} = '{template}'", "mine.toml")
    assert f"roles.{role}" in str(caught.value)


def test_a_file_changes_the_names_of_matrices() -> None:
    text = r"""
extends = "mazur"
[roles]
weight_matrix = '\Theta^{({layer})}'
delta_vector = '\mathbf{d}_{neurons}'
"""
    namer = parse_notation(text, "mine.toml").bound_to(Shape(widths=(2, 2, 2), recurrent=(False, False)))
    names = {(role.value, layer): latex(layout) for role, layer, layout in matrix_names(namer)}
    assert names["weight_matrix", 2] == r"\Theta^{(2)}"
    assert names["delta_vector", 1] == r"\mathbf{d}_{h}"
    assert names["first_moment_matrix", 1] == r"M_{\Theta^{(1)}}"
    assert names["net_vector", 2] == r"\mathbf{net}_{o}"
