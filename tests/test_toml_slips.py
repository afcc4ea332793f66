"""What somebody is told whose file is no TOML: the line, what was found there, and how it has to be written."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import SpecError
from symbackprop.network_file import parse_network
from symbackprop.toml_slips import not_toml

WORD = "expected a number, or a text in quotes"
NUMBER = "expected a number such as 0.5 or 1e-3"
DECIMAL = "expected a decimal number such as"
POINT = "(numbers in the file take a point)"
PAIR = "expected a name and a value, such as rounds = 10"
LIST = "expected a closing ] for the list that begins here, found none"
COMMA = "expected a comma between the items of a list"
TWICE = "expected b once, found it a second time"
QUOTES = 'expected a closing """ for the text that begins here, found none'
NAME = "expected a name of letters a to z, digits, - and _ (or a name in quotes)"
BRACE = "expected a closing } in the same line for the table that begins here, found none"
END = "expected the end of the line after the value"
ONE = "expected one = between a name and its value"
SPACE = "expected a plain space or none"
REMARK = "expected a comment to begin with #"
SQUARE = "expected square brackets around"
LISTS = "a list of lists, found , [0.25, 0.30] behind the first"
HEADER = "expected a name in brackets, such as [data]"

SLIPS = [
    # --- values ---
    ("a = half", f'line 1: {WORD}, "half", found half'),
    ("a = A net # a title", f'line 1: {WORD}, "A net", found A net'),
    ('a = relu"\nb = 1', f'line 1: {WORD}, "relu", found relu"'),
    ("b = 1\na = .65", "line 2: expected 0.65, found .65"),
    ("a = -.5\r\nb = 1", "line 1: expected -0.5, found -.5"),
    ("a = 5.", "line 1: expected 5.0, found 5."),
    ("a = 007", "line 1: expected 7, found 007"),
    ("a = \u22120.5", "line 1: expected -0.5, found \u22120.5"),
    ("a = 1/2", f"line 1: {DECIMAL} 0.5, found 1/2"),
    ("a = -3/8", f"line 1: {DECIMAL} -0.375, found -3/8"),
    ("a = 1/3", f"line 1: {DECIMAL} 0.25, found 1/3"),
    ("a = 1/0", f"line 1: {DECIMAL} 0.25, found 1/0"),
    ("a = 50%", f"line 1: {DECIMAL} 0.5, found 50%"),
    ("a = 1e-3x", f"line 1: {NUMBER}, found 1e-3x"),
    ("a = 1 000", f"line 1: {NUMBER}, found 1 000"),
    ("a = 0,1", f"line 1: expected 0.1 {POINT}, found 0,1"),
    ("a = True", "line 1: expected true or false, in small letters, found True"),
    ("a = \u201cx y\u201d", 'line 1: expected straight quotes, "x y", found \u201cx y\u201d'),
    ("a =\nb = 1", "line 1: expected a value after the =, found none"),
    ("a = # later", "line 1: expected a value after the =, found none"),
    ("a = 1]", "line 1: expected an opening [ before it, found 1]"),
    # --- lists ---
    ("a = [0.1, half]", f'line 1: {WORD}, "half", found half'),
    ("a = [1/2 , .5]", f"line 1: {DECIMAL} 0.5, found 1/2"),
    ("a = [[0.1, 0.2], [.3, 0.4]]", "line 1: expected 0.3, found .3"),
    ("a = [\n  0.1,\n  .2\n]", "line 3: expected 0.2, found .2"),
    ("a = [0.1 0.2]", f'line 1: {COMMA}, found "a = [0.1 0.2]"'),
    ("a = [[1, 2]\n     [3, 4]]", f'line 2: {COMMA}, found "[3, 4]]"'),
    ("a = [1.0, 2.0\n  4.0]", f'line 2: {COMMA}, found "4.0]"'),
    ("a = [0.1, 0.2\nb = 1", f"line 1: {LIST}"),
    ("a = [1]\nb = [[1, 2], # ]\n\n[3, 4]\n[[layers]]\nc = 1", f"line 2: {LIST}"),
    ("a = [0.1", f"line 1: {LIST}"),
    ("a = {x = 1\nb = 2", f"line 1: {BRACE}"),
    # --- strings ---
    ('a = "x\nb = 1', 'line 1: expected a closing " in the same line, found "x'),
    ("c = 1\na = 'x\nb = 1", "line 2: expected a closing ' in the same line, found 'x"),
    ('a = "x', 'line 1: expected a closing " in the same line, found "x'),
    ('b = 1\na = """x\ny"\n', f"line 2: {QUOTES}"),
    # --- lines ---
    ("a 0.5", f'line 1: {PAIR}, found "a 0.5"'),
    ("a: 0.5", f'line 1: {PAIR}, found "a: 0.5"'),
    ("[t\na = 1", f"line 1: {HEADER}, found [t"),
    ("[[t]\na = 1", f"line 1: {HEADER}, found [[t]"),
    ('a = """x\n[y" # \n"""\nb = "c" d', f"line 4: {END}, found d"),
    ("a == 1", f'line 1: {ONE}, found "a == 1"'),
    ("a = null", "line 1: expected a value, or the line left out, found null"),
    # --- twice ---
    ("a = 1\n\na = 2", "line 3: expected a once, found it a second time; the first is in line 1"),
    ("[s]\na = 0\n[t]\na = 1\na = 2\n", "line 5: expected a once, found it a second time; the first is in line 4"),
    ("[t]\na = 1\n[t]\nb = 1", "line 3: expected [t] once, found it a second time; the first is in line 1"),
    ("[t]\na = 1\n\na = [\n2,\n3\n]", "line 4: expected a once, found it a second time; the first is in line 2"),
    ('a = """\nb = 1\n"""\n\'b\' = 1 # b = 2\nb = [ # ]\n]', f"line 5: {TWICE}; the first is in line 4"),
    ("[[s]]\nb = 1\n[s.t]\nb = 1\n[[s]]\nb = 1\n[s.t]\nb = 1\nb = 2", f"line 9: {TWICE}; the first is in line 8"),
    ("a.b = 1\na.b.c = 2", "line 2: expected a.b once, found a.b.c; a.b is already a value in line 1"),
    (
        "a.b.c = 1\na.b = 2",
        "line 2: expected a.b once, found it a second time; it begins already in line 1, with a.b.c",
    ),
    ("[s]\na = 1\n[s.a]", "line 3: expected a once, found [s.a]; a is already a value in line 2"),
    ("[s.a]\n[s]\na = 1", "line 3: expected a once, found it a second time; [s.a] is already a table in line 1"),
    ("[[t]]\n[t]", "line 2: expected [[t]] for each of several, found [t]; the first is in line 1"),
    ("[t]\n[[t]]", "line 2: expected [[t]] for each of several, found [t] in line 1"),
    # --- what only the reader can tell ---
    (r'a = "b\q"', "line 1, column 9: not TOML: unescaped '\\' in a string"),
    (r'a = "b\q // c"', "line 1, column 9: not TOML: unescaped '\\' in a string"),
    ("= 5", "line 1, column 1: not TOML: invalid statement"),
]


def told(text: str) -> SpecError:
    with pytest.raises(tomllib.TOMLDecodeError) as refused:
        tomllib.loads(text)
    return not_toml(text, refused.value, "mynet.toml")


@pytest.mark.parametrize(("text", "said"), SLIPS, ids=[text for text, _ in SLIPS])
def test_a_slip_is_named_with_its_line_and_its_remedy(text: str, said: str) -> None:
    assert str(told(text)) == f"mynet.toml: {said}"


NETWORK = """title = "My network"

[data]
inputs = [0.05, 0.10]
targets = [0.01]

[[layers]]
activation = "sigmoid"
weights = [[0.15, 0.20], [0.25, 0.30]]

[[layers]]
activation = "sigmoid"
weights = [[0.40, 0.45]]

[training]
learning_rate = 0.5
"""
PUBLISHED = '\n[published]\nquantity = "E_total"\nvalue = "1"\nsource = "a book"\n'
SEVERAL = "expected [[layers]] for each of several, found [layers]"
VALUE = "is already a value in line"

# What of the network's text is written in another way, and what is told then.
IN_A_NETWORK = [
    # --- tables and lists of tables ---
    ([("[[layers]]", "[layers]")], f"line 11: {SEVERAL}; the first is in line 7"),
    ([("0.01]\n\n[[layers]]", "0.01]\n\n[layers]")], f"line 11: {SEVERAL} in line 7"),
    ([("0.30]]\n\n[[layers]]", "0.30]]\n\n[layers]")], f"line 11: {SEVERAL}; the first is in line 7"),
    (
        [("[training]", "[data]\n[training]")],
        "line 15: expected [data] once, found it a second time; the first is in line 3",
    ),
    ([("[training]", "[[data]]\n[training]")], "line 15: expected [data] once, found [[data]]; the first is in line 3"),
    (
        [("[data]", "[[data]]"), ("[training]", "[data]\n[training]")],
        "line 15: expected [data] once, found [[data]] in line 3",
    ),
    (
        [("0.5\n", f"0.5\n{PUBLISHED}{PUBLISHED}")],
        "line 23: expected [[published]] for each of several, found [published]; the first is in line 18",
    ),
    # --- texts ---
    ([('"My network"', '"""My network')], f"line 1: {QUOTES}"),
    ([('"My network"', '"""My network"')], f"line 1: {QUOTES}"),
    ([('"My network"', '"""My network""')], f"line 1: {QUOTES}"),
    ([('"My network"', "'''My network'")], f"line 1: {QUOTES}".replace('"', "'")),
    ([('"My network"', "'''My network\"\"\"")], f"line 1: {QUOTES}".replace('"', "'")),
    # --- names ---
    ([("title", "\u00e4 = 1\ntitle")], f"line 1: {NAME}, found \u00e4"),
    ([("title", "learning rate = 1\ntitle")], f"line 1: {NAME}, found learning rate"),
    ([("title", "in_{h1} = 1\ntitle")], f"line 1: {NAME}, found in_{{h1}}"),
    ([("inputs", "$inputs[0]")], f"line 4: {NAME}, found $inputs[0]"),
    ([("[data]", "[\u00e4]")], f"line 3: {NAME}, found [\u00e4]"),
    ([("0.01]\n\n[[layers]]", "0.01]\n\n[[my layers]]")], f"line 7: {NAME}, found [[my layers]]"),
    ([("[data]", "[[\u00e4]")], f"line 3: {HEADER}, found [[\u00e4]"),
    ([("[data]", "[.data]")], f"line 3: {HEADER}, found [.data]"),
    ([("title = ", "title: a = ")], f'line 1: {PAIR}, found "title: a = "My network""'),
    # --- other languages and keyboards ---
    ([("title", "// a net\ntitle")], f"line 1: {REMARK}, found // a net"),
    ([("title", "; a net\ntitle")], f"line 1: {REMARK}, found ; a net"),
    ([("0.10]", "0.10] // two")], f"line 4: {REMARK}, found // two"),
    ([("= 0.5", "= 0.5 // a half")], f"line 16: {REMARK}, found // a half"),
    ([("[0.05, ", "[0.05, // one\n")], f"line 4: {REMARK}, found // one"),
    ([("title", "\u00a0title")], f"line 1: {SPACE}, found U+00A0, which looks like one"),
    ([("inputs = ", "inputs =\u3000")], f"line 4: {SPACE}, found U+3000, which looks like one"),
    ([("[0.05, 0.10]", "[0.05\uff0c0.10]")], "line 4: expected , in half width, found \uff0c"),
    ([("title = ", "title \uff1d ")], "line 1: expected = in half width, found \uff1d"),
    ([("inputs = ", "inputs == ")], f'line 4: {ONE}, found "inputs == [0.05, 0.10]"'),
    ([("inputs = ", "inputs: ")], f'line 4: {PAIR}, found "inputs: [0.05, 0.10]"'),
    ([("[data]", "(data)")], f"line 3: {HEADER}, found (data)"),
    ([("[data]", "data]")], f"line 3: {HEADER}, found data]"),
    ([("[data]", "[data]]")], f"line 3: {HEADER}, found [data]]"),
    ([("[data]", "[data]:")], "line 3: expected the end of the line after [data], found :"),
    ([("0.10]", "0.10],")], f"line 4: {END}, found ,"),
    ([("= 0.5", "= 0.5, rounds = 2")], f"line 16: {END}, found , rounds = 2"),
    ([('"My network"', '"My" + "network"')], f'line 1: {END}, found + "network"'),
    # --- lists ---
    ([("[0.05, 0.10]", "[0,05, 0,10]")], f"line 4: expected 0.05 {POINT}, found 0,05"),
    ([("[0.05, 0.10]", "0.05, 0.10")], f"line 4: {SQUARE} several values, found 0.05, 0.10"),
    ([("[0.05, 0.10]", "(0.05, 0.10)")], f"line 4: {SQUARE} several values, found (0.05, 0.10)"),
    ([("[[0.15, 0.20], [0.25, 0.30]]", "[0.15, 0.20], [0.25, 0.30]")], f"line 9: {SQUARE} {LISTS}"),
    ([("0.20], [", "0.20]; [")], f'line 9: {COMMA}, found "weights = [[0.15, 0.20]; [0.25, 0.30]]"'),
    ([("[0.05, 0.10]", "[0.05,, 0.10]")], "line 4, column 16: not TOML: invalid value"),
    ([("= [[0.15, 0.20], [", "= [\n[0.15 0.20], [")], f'line 10: {COMMA}, found "[0.15 0.20], [0.25, 0.30]]"'),
    ([("0.5\n", '0.5\noptimizer = {kind = "adam",\nbeta1 = 0.9}\n')], f"line 17: {BRACE}"),
    # --- keys and tables ---
    ([("[data]", "data=3\n[data]")], f"line 4: expected data once, found [data]; data {VALUE} 3"),
    ([("[data]", "layers = [ # [\n]\n[data]")], f"line 9: expected layers once, found [[layers]]; layers {VALUE} 3"),
    ([("[training]", "[title.en]\n[training]")], f"line 15: expected title once, found [title.en]; title {VALUE} 1"),
    (
        [("[data]", "data.inputs = [1]\n[data]")],
        "line 4: expected [data] once, found it a second time; it begins already in line 3, with data.inputs",
    ),
]


@pytest.mark.parametrize(("changes", "said"), IN_A_NETWORK, ids=[str(changes[0][1]) for changes, _ in IN_A_NETWORK])
def test_a_slip_in_a_network_is_named_with_its_line(changes: list[tuple[str, str]], said: str) -> None:
    text = NETWORK
    for good, bad in changes:
        assert good in text
        text = text.replace(good, bad)
    with pytest.raises(SpecError) as refused:
        parse_network(text, "mynet.toml")
    assert str(refused.value) == f"mynet.toml: {said}"


def test_the_network_without_a_slip_is_read() -> None:
    assert parse_network(NETWORK, "mynet.toml").title == "My network"


PIECES = st.sampled_from([
    "a", " = ", "=", "[", "]", "{", "}", ",", " ", "\n", '"', "'", '"""', "'''", "#", "1", ".5", "1/2", "x", "\\",
    "[t]\n", "[[t]]\n", "a = 1\n", "\u2212", "\u201c", "%", "\r\n", "\t",
])  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_whatever_stands_there_is_told_in_one_line(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(not_toml(text, error, "mynet.toml"))
        assert said.startswith("mynet.toml: ")
        assert said.isprintable()
        assert len(said) < 300


def test_blanks_between_many_values_are_gone_through_once() -> None:
    """Where a blank could belong to two parts of a pattern, each more doubles what is tried."""
    with pytest.raises(SpecError) as caught:
        parse_network("x = a" + ",  b" * 1000 + '"', "x.toml")
    assert str(caught.value).startswith(f'x.toml: line 1: {WORD}, "a,  b,  b')
