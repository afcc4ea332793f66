"""Ids as the article writes them."""

from __future__ import annotations

import pytest
from hypothesis import given

from symbackprop.derivation.ids import known_ids
from symbackprop.network import Network
from symbackprop.typeset.latex import latex
from symbackprop.typeset.notation import name
from symbackprop.typeset.unicode import unicode
from tests.networks import networks

TABLE = [
    ("i1", "i₁", "i_{1}"),
    ("w12", "w₁₂", "w_{12}"),
    ("b1", "b₁", "b_{1}"),
    ("b_h1", "bₕ₁", "b_{h1}"),
    ("b_h2_1", "b_(h2,1)", "b_{h2,1}"),
    ("eta", "η", "\\eta"),
    ("net_h1", "netₕ₁", "\\mathit{net}_{h1}"),
    ("out_o2", "outₒ₂", "\\mathit{out}_{o2}"),
    ("out_h2_13", "out_(h2,13)", "\\mathit{out}_{h2,13}"),
    ("target_o1", "targetₒ₁", "\\smash[b]{\\mathit{target}}_{o1}"),
    ("delta_o1", "δₒ₁", "\\delta_{o1}"),
    ("E_o1", "Eₒ₁", "E_{o1}"),
    ("E_total", "Eₜₒₜₐₗ", "E_{\\mathit{total}}"),
    ("w5+", "w₅⁺", "w_{5}^{+}"),
    ("b_h1+", "bₕ₁⁺", "b_{h1}^{+}"),
    ("E_total@10000", "Eₜₒₜₐₗ⁽¹⁰⁰⁰⁰⁾", "E_{\\mathit{total}}^{(10000)}"),
    ("w5+@3", "(w₅⁺)⁽³⁾", "(w_{5}^{+})^{(3)}"),
    ("dE_total/dw5", "∂Eₜₒₜₐₗ/∂w₅", "\\frac{\\partial E_{\\mathit{total}}}{\\partial w_{5}}"),
    ("dout_h1/dnet_h1", "∂outₕ₁/∂netₕ₁", "\\frac{\\partial\\mathit{out}_{h1}}{\\partial\\mathit{net}_{h1}}"),
    ("h2_1", "h_(2,1)", "h_{2,1}"),
    ("h1", "h₁", "h_{1}"),
    ("eta@2", "η⁽²⁾", "\\eta^{(2)}"),
]


@pytest.mark.parametrize(("id_", "text", "tex"), TABLE, ids=[row[0] for row in TABLE])
def test_names(id_: str, text: str, tex: str) -> None:
    assert unicode(name(id_)) == text
    assert latex(name(id_)) == tex


@given(networks())
def test_every_id_of_a_network_has_a_name_of_its_own(network: Network) -> None:
    ids = known_ids(network)
    for write in (unicode, latex):
        assert len({write(name(id_)) for id_ in ids}) == len(ids)


@given(networks())
def test_names_hold_no_id_any_more(network: Network) -> None:
    for id_ in known_ids(network):
        assert "/d" not in unicode(name(id_))
        assert "_o" not in latex(name(id_))
