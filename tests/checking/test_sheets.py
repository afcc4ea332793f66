"""Answer sheets: what is read of them and where it stands, and how a malformed one is refused."""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.sources.read import Reader, read_text
from symbackprop.checking.sources.sheets import entries
from symbackprop.checking.sources.snippet import Kind
from symbackprop.checking.work import Chain, Gap, Member
from symbackprop.errors import SpecError
from symbackprop.network_file import read_network
from symbackprop.resources import DEFAULT_EXAMPLE, example

NETWORK = read_network(example(DEFAULT_EXAMPLE))
TOML, CSV, JSON = Kind.TOML, Kind.CSV, Kind.JSON

READ = {
    "toml": (TOML, '"dE_total/dw5" = "0.0822"\n', [("dE_total/dw5", "0.0822")]),
    "toml number": (TOML, "net_h1 = 0.3770\nw1 = 1e-3 # x", [("net_h1", "0.3770"), ("w1", "1e-3")]),
    "toml table": (TOML, '[answers]\nnet_h1 = "0.3"\n[a.b]\nw1=1', [("net_h1", "0.3"), ("w1", "1")]),
    "toml list": (
        TOML,
        'net_h1 = ["0.3", 0.38,\n "0.378", ]',
        [("net_h1", "0.3"), ("net_h1", "0.38"), ("net_h1", "0.378")],
    ),
    "toml inline": (TOML, "answers = { net_h1 = 1, 'w5+' = -0.5 }", [("net_h1", "1"), ("w5+", "-0.5")]),
    "toml list of tables": (
        TOML,
        '[[answers]]\nid = "w1"\nanswer = "2"\n[[answers]]\nid = "w2"\nanswer = 3',
        [("w1", "2"), ("w2", "3")],
    ),
    "toml dotted": (TOML, 'answers."w5+" = "1"', [("w5+", "1")]),
    "toml latex": (
        TOML,
        "net_h1 = '\\frac{1}{2}'\nw1 = \"\\\\frac{1}{3}\"",
        [("net_h1", "\\frac{1}{2}"), ("w1", "\\frac{1}{3}")],
    ),
    "toml lines": (TOML, "net_h1 = \"\"\"\na = \\\n  b\"\"\"\nw1 = '''x'''", [("net_h1", "a = b"), ("w1", "x")]),
    "toml escape": (TOML, 'net_h1 = "\\u0031\\U00000032"', [("net_h1", "12")]),
    "toml digits parted": (TOML, "w1 = +1_000", [("w1", "1000")]),
    "csv": (CSV, "id,answer\nnet_h1,0.3775\n", [("net_h1", "0.3775")]),
    "csv without header": (CSV, "net_h1,0.3775\r\n\r\nw1,2", [("net_h1", "0.3775"), ("w1", "2")]),
    "csv semicolons": (CSV, "id;answer\nnet_h1;0,3775\n", [("net_h1", "0,3775")]),
    "csv tabs": (CSV, "net_h1\t1,5\n", [("net_h1", "1,5")]),
    "csv columns": (CSV, "who,answer,id\nme,1,w1\n", [("w1", "1")]),
    "csv quoted": (CSV, '"w1","a ""b""\nc"\n"w2" , 2', [("w1", 'a "b"\nc'), ("w2", "2")]),
    "csv tabs and quotes": (CSV, '"w1"\t"1\t2"\n"w2"\t 3', [("w1", "1\t2"), ("w2", "3")]),
    "csv tabs alone": (CSV, 'id\t\tanswer\nw1\t\t"2"\n\t\t\n', [("w1", "2")]),
    "csv brackets": (CSV, "net_h1[2,3],0.5\n", [("net_h1[2,3]", "0.5")]),
    "csv left empty": (CSV, "net_h1,\nw1,1\n,\n", [("w1", "1")]),
    "json": (JSON, '{"net_h1": "0.3775", "w1": 2.50}', [("net_h1", "0.3775"), ("w1", "2.50")]),
    "json list": (JSON, '[{"id": "net_h1", "answer": 1}, {"answer": "2", "id": "w1"}]', [("net_h1", "1"), ("w1", "2")]),
    "json twice": (JSON, '{"w1": 1, "w1": [2, "3"]}', [("w1", "1"), ("w1", "2"), ("w1", "3")]),
    "json nested": (JSON, '{"answers": {"w1": -1e-5}}', [("w1", "-1e-5")]),
    "json escapes": (JSON, '{"w1": "\\\\frac\\u0031 \\ud83d\\ude00\\n"}', [("w1", "\\frac1 \U0001f600\n")]),
}


@pytest.mark.parametrize(("kind", "text", "expected"), READ.values(), ids=READ)
def test_answers_of_a_sheet(kind: Kind, text: str, expected: list[tuple[str, str]]) -> None:
    found = list(entries(text, kind, "sheet"))
    assert [(it.quantity.text, it.answer.text) for it in found] == expected
    for it in found:
        span = it.answer.span
        if "\\" not in text and '""' not in text and "_0" not in text:
            assert text[span.start : span.end] == it.answer.text


REFUSED = {
    "toml key": (
        TOML,
        "dE_total/dw5 = 1",
        r'line 1, column 9: expected a "=" after the key \(a key with "/" in it stands in quotes\), found "/"',
    ),
    "toml no value": (
        TOML,
        "a = 1\nnet_h1 =",
        "line 2, column 9: expected a number, or a text in quotes, found the end of the file",
    ),
    "toml word": (TOML, "net_h1 = half", 'found "half"'),
    "toml date": (TOML, "net_h1 = 2020-01-01", "expected a number"),
    "toml point": (TOML, "net_h1 = .5", "expected a number"),
    "toml comma": (TOML, "net_h1 = 0,5", r'the end of the line \(a number with a comma stands in quotes\), found ","'),
    "toml twice": (TOML, "a = 1\na = 2", "line 2, column 1: expected each key once"),
    "toml table twice": (TOML, "[a]\n[a]", "each key once"),
    "toml quote": (TOML, 'a = "1\n', "a text in quotes, found one that doesn't end there"),
    "toml backslash": (TOML, 'a = "\\frac{1}{2}\\x"', "a backslash that TOML knows"),
    "toml deep": (TOML, "a = " + "[" * 100_000, "tables and lists at most 8 deep"),
    "toml deep tables": (TOML, "a = " + "{a=" * 100_000, "at most 8 deep"),
    "toml long key": (TOML, "a" + ".a" * 100_000, "a key of at most 8 parts"),
    "toml list in list": (TOML, "a = [[1]]", 'a number or a text as the answer to "a", found a list'),
    "toml nul": (TOML, 'a = "\\u0000"', "expected a character"),
    "csv one field": (CSV, "id,answer\nnet_h1\n", "line 2, column 1: expected an id and an answer, found 1 field"),
    "csv three fields": (
        CSV,
        "net_h1,0,3775",
        r"expected 2 fields \(an answer with a comma stands in quotes\), found 3",
    ),
    "csv quote": (CSV, 'net_h1,"0.3775', r'expected a quote \("\) that ends the field'),
    "csv after quote": (CSV, 'net_h1,"0.3775"x', 'expected "," or the end of the line, found "x"'),
    "csv many fields": (CSV, "w1,1" + "," * 20_000, "line 1, column 20004: expected at most 20,000 fields in a row"),
    "csv no id": (CSV, ",1", "expected the name of a quantity, found an empty field"),
    "json empty": (JSON, "", "expected a number, a text in quotes, an object or a list, found the end of the file"),
    "json alone": (JSON, '"w1"', "expected a table of answers"),
    "json after": (JSON, "{} {}", 'expected the end of the file, found "{"'),
    "json comma": (JSON, '{"w1": 1 "w2": 2}', 'expected "," or "}"'),
    "json colon": (JSON, '{"w1" 1}', 'expected ":"'),
    "json key": (JSON, "{w1: 1}", "the name of a quantity in double quotes"),
    "json true": (JSON, '{"w1": true}', 'found "true"'),
    "json number": (JSON, '{"w1": 01}', "expected a number"),
    "json backslash": (JSON, '{"w1": "\\sigma"}', "a backslash that JSON knows"),
    "json open": (JSON, '{"w1": "1', "one that doesn't end there"),
    "json deep": (JSON, "[" * 100_000, "at most 8 deep"),
    "json long": (JSON, "[" + "1," * 100_000, "at most 40,000 values"),
    "none in toml": (TOML, "# nothing\n[answers]\n", "expected answers, found none"),
    "none in csv": (CSV, "id,answer\n", "expected answers, found none"),
    "none in json": (JSON, "{}", "expected answers, found none"),
}


@pytest.mark.parametrize(("kind", "text", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_malformed_sheet_is_refused_in_one_line(kind: Kind, text: str, expected: str) -> None:
    with pytest.raises(SpecError, match=expected) as caught:
        read_text(text, kind, NETWORK, "sheet.x")
    assert str(caught.value).startswith("sheet.x: ")
    assert "\n" not in str(caught.value)


def chains(text: str, kind: Kind = CSV) -> tuple[Chain, ...]:
    return read_text(text, kind, NETWORK, "sheet").chains


@pytest.mark.parametrize(
    ("typed", "value", "decimals", "significant"),
    [
        ("0.0822", "0.0822", 4, 3),
        ("-.019", "-0.019", 3, 2),
        ("−1.20e-3", "-0.0012", 5, 3),
        ("1.2e3", "1200", -2, 2),
        ("0.00", "0", 2, 0),
    ],
)
def test_figures(typed: str, value: str, decimals: int, significant: int) -> None:
    (chain,) = chains(f"dE_total/dw5,{typed}")
    figure = chain.members[1].leaves[0].figure
    assert figure is not None
    assert abs(Fraction(value)) == figure.value
    assert (figure.decimals, figure.significant) == (decimals, significant)


@given(st.from_regex(r"[+-]?([0-9]{1,5}(\.[0-9]{1,5})?|\.[0-9]{1,4})(e-?[0-9]{1,2})?", fullmatch=True))
def test_the_short_way_reads_figures_as_the_reader_of_formulas_does(typed: str) -> None:
    (short,) = chains(f"net_h1,{typed}")
    # White space inside keeps the short way from reading it.
    (long,) = chains(f"net_h1,( {typed.removeprefix('+')} )")
    assert _figures(short.members[1]) == _figures(long.members[1])
    assert type(short.members[1].formula) is type(long.members[1].formula)


def _figures(member: Member) -> list[tuple[Fraction, int, int]]:
    return [(it.figure.value, it.figure.decimals, it.figure.significant) for it in member.leaves if it.figure]


def test_ids_with_rounds_and_names_of_other_notations() -> None:
    found = chains("net_h1@2,1\nw1@0,1\nz_h1,1\ndE/dw5,1\nw5+@3,1\n")
    assert [chain.ids[0] for chain in found] == ["net_h1@2", "w1", "net_h1", "dE_total/dw5", "w5+@3"]


def test_what_names_nothing_is_unknown() -> None:
    (chain,) = chains("net_h9,0.5")
    assert chain.ids == ()
    trouble = chain.members[0].trouble
    assert trouble is not None
    assert trouble.gap is Gap.UNKNOWN


def test_an_answer_may_be_a_chain() -> None:
    text = "net_h1 = '= w1 i1 + w2 i2 + b1 ≈ 0.3775'"
    (chain,) = chains(text, TOML)
    assert [member.text for member in chain.members] == ["net_h1", "w1 i1 + w2 i2 + b1", "0.3775"]
    assert [member.approximate for member in chain.members] == [False, False, True]
    for member in chain.members:
        assert text[member.span.start : member.span.end] == member.text
        assert all(text[leaf.span.start : leaf.span.end] == leaf.text for leaf in member.leaves)


def test_escapes_dont_shift_places() -> None:
    text = '{"net_h1": "\\\\frac{151}{400}"}'
    (chain,) = chains(text, JSON)
    assert [text[leaf.span.start : leaf.span.end] for leaf in chain.members[1].leaves] == ["151", "400"]


def test_figures_under_ids_need_no_table_of_names() -> None:
    reader = Reader(NETWORK)
    reader.read_text("net_h1,0.3775\nw5+,-1e-5\n", CSV, "sheet")
    assert "names" not in vars(reader)


_KEYS = st.from_regex(r"[A-Za-z_0-9]{1,5}", fullmatch=True)
_VALUES = st.one_of(
    st.from_regex(r"(0|-?[1-9][0-9]{0,4})(\.[0-9]{1,4})?([eE][+-]?[0-9])?", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_characters="'\r\n", exclude_categories=["Cc", "Cs"]), max_size=8).map(
        lambda it: f"'{it}'"
    ),
)


@given(st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=5))
def test_toml_is_read_as_the_standard_reader_reads_it(table: dict[str, str]) -> None:
    text = "".join(f"{key} = {value}\n" for key, value in table.items())
    found = {it.quantity.text: it.answer.text for it in entries(text, TOML, "sheet")}
    assert found == {key: str(value) for key, value in tomllib.loads(text, parse_float=str).items()}


@given(st.text(st.sampled_from("ab=.,[]{}\"'\\#\n \t-+1e0x_;:/u"), max_size=40))
def test_toml_that_is_taken_is_toml(text: str) -> None:
    try:
        found = list(entries(text, TOML, "sheet"))
    except SpecError as error:
        assert re.match(r"sheet: line \d+, column \d+: expected .+, found .+", str(error))  # noqa: PT017
        return
    if found:
        assert tomllib.loads(text.replace("\r", "")) is not None


def test_a_misspelt_id_is_told_the_nearest_one() -> None:
    work = read_text("net_hh1,0.3\nzzzz,1\n", CSV, NETWORK, "sheet")
    troubles = [chain.members[0].trouble for chain in work.chains]
    assert [it and it.why for it in troubles] == [
        Why(Snag.MISSPELT_ID, found="net_hh1", near="net_h1"),
        Why(Snag.NO_ID, found="zzzz"),
    ]
