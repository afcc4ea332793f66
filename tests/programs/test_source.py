"""How Python is written: lines that aren't too long, numbers as typed, and names."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbackprop import api
from symbackprop.derivation.derive import derive
from symbackprop.network import Given
from symbackprop.programs.names import VariableNames, sample_of
from symbackprop.programs.source import WIDEST, Source, calls, literal


@pytest.mark.parametrize(
    ("typed", "exact", "written"),
    [
        ("0.10", "1/10", "0.10"),
        ("-3", "-3", "-3"),
        ("1e-8", "1/100000000", "1e-8"),
        ("1_000.5", "2001/2", "1000.5"),
        ("+0.5", "1/2", "0.5"),
        ("007", "7", "7.0"),
        ("__import__('os')", "1", "1.0"),
    ],
)
def test_a_number_is_written_as_it_was_typed(typed: str, exact: str, written: str) -> None:
    assert literal(Given(exact=Fraction(exact), typed=typed)) == written


def test_long_lines_are_broken_where_python_allows_it() -> None:
    source = Source()
    names = [f"number_{it}" for it in range(40)]
    source.assign("total", " + ".join(names))
    source.call("f", names)
    source.comment(" + ".join(names))
    assert max(map(len, source.lines)) <= WIDEST
    namespace: dict[str, object] = dict.fromkeys(names, 1) | {"f": lambda *each: each}
    exec(source.text, namespace)  # noqa: S102
    assert namespace["total"] == 40


def test_a_long_call_is_broken_between_and_within_its_arguments() -> None:
    source = Source(widest=30)
    source.assign("y", "slope(lambda x: a*(b + x)**2 + a*(c - x)**2 - 1, x)")
    source.assign("z", "number(one + two + three + four + five)")
    source.assign("t", "f(one, 2)*g(three, 4) + 12345")
    assert source.lines == [
        "y = slope(",
        "    lambda x: a*(b + x)**2",
        "    + a*(c - x)**2 - 1,",
        "    x",
        ")",
        "z = number(",
        "    one + two + three + four",
        "    + five",
        ")",
        "t = (",
        "    f(one, 2)*g(three, 4)",
        "    + 12345",
        ")",
    ]


def test_what_is_only_in_a_comment_is_not_called() -> None:
    assert calls(["y = sigmoid(x)"], "sigmoid")
    assert not calls(["# sigmoid(x)", "    # and sigmoid"], "sigmoid")
    assert not calls(["log_sigmoid(x)"], "sigmoid")


@pytest.mark.parametrize(
    ("name", "id_", "looped", "unrolled"),
    [
        ("mazur", "dE_total/dw5", "dE_dw5", "dE_dw5"),
        ("mazur", "w5+", "w5", "w5"),
        ("xor", "net_h1[2]", "net_h1", "net_h1_s2"),
        ("xor", "dE[2]/dw5", "dE_dw5", "dE_s2_dw5"),
        ("xor", "dE_total/dw5", "dE_total_dw5", "dE_total_dw5"),
        ("recurrent", "net_h1[2]", "net_h1_t2", "net_h1_t2"),
        ("recurrent", "out_h1[0]", "out_h1_t0", "out_h1_t0"),
        ("weight-decay", "dE_data/dw1", "dE_data_dw1", "dE_data_dw1"),
    ],
)
def test_names(name: str, id_: str, looped: str, unrolled: str) -> None:
    shape = derive(api.load(name)).graph.shape
    assert VariableNames(shape=shape, looped=True)(id_) == looped
    assert VariableNames(shape=shape, looped=False)(id_) == unrolled


def test_a_name_is_no_keyword() -> None:
    shape = derive(api.load("mazur")).graph.shape
    assert VariableNames(shape=shape, looped=False)("lambda") == "lambda_"
    assert VariableNames(shape=shape, looped=False, updated="_new")("w1+") == "w1_new"
    assert sample_of("net_h1[2]", shape) is None


@pytest.mark.parametrize("name", ["mazur", "xor", "recurrent", "weight-decay", "three-classes", "adam", "deep"])
def test_no_two_quantities_share_a_name(name: str) -> None:
    derivation = derive(api.load(name))
    names = VariableNames(shape=derivation.graph.shape, looped=False, updated="_new")
    assert len(set(map(names, derivation.steps))) == len(derivation.steps)
    assert all(map(str.isidentifier, map(names, derivation.steps)))
