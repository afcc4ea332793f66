"""Walkthroughs of networks of any kind but the recurrent: every line of them is true."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symbackprop.formats import Detail
from symbackprop.network import Network
from symbackprop.network_file import parse_network
from symbackprop.resources import example
from tests.networks import trained_otherwise
from tests.pages.statements import claims
from tests.pages.telling import EXAMPLES, NOTATIONS, namer_of, short_example, told_any, untrue_lines
from tests.random_networks import any_networks


@pytest.mark.one_of_each
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_line_of_the_examples_is_true(name: str, detail: Detail, notation: str) -> None:
    network = short_example(name)
    document = told_any(network, detail=detail, notation=notation)
    namer = namer_of(network, notation)
    assert len(list(claims(document))) > 50
    assert untrue_lines(network, document, namer) == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(
    any_networks(most_layers=3, most_neurons=3, most_steps=0),
    st.sampled_from(Detail),
    st.sampled_from(("en", "zh")),
    st.sampled_from(NOTATIONS),
    st.sampled_from(("0.4", "-0.4")),
)
def test_every_line_is_true_of_any_network(
    network: Network, detail: Detail, lang: str, notation: str, net: str
) -> None:
    namer = namer_of(network, notation)
    assert untrue_lines(network, told_any(network, lang, detail, notation), namer, net) == []


@pytest.mark.parametrize("name", ["xor", "three-classes", "adam"])
def test_an_untrue_line_would_be_found(name: str) -> None:
    """The reader of lines, too, has to be able to say no: here it reads about another network."""
    namer = namer_of(short_example(name))
    text = example(name).read_text(encoding="utf-8").replace("0.1, ", "0.11, ")
    other = trained_otherwise(parse_network(text, "other.toml"), rounds=2)
    assert len(untrue_lines(other, told_any(short_example(name)), namer)) > 40
