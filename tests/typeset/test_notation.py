"""The notations side by side: each kind of id, as each of them writes it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from symbackprop.derivation.ids import known_ids
from symbackprop.network import Network
from symbackprop.notation_file import bound_to_network, load_notation, notation_names
from symbackprop.typeset.latex import latex
from symbackprop.typeset.layout import Layout
from symbackprop.typeset.matrix_names import matrix_names
from symbackprop.typeset.notation import Namer, Shape
from symbackprop.typeset.roles import Role
from symbackprop.typeset.unicode import unicode
from tests.names import name
from tests.networks import networks

# Two inputs, two hidden neurons, two outputs, several samples.
SMALL = Shape(widths=(2, 2, 2), recurrent=(False, False), samples=4)
# The hidden layers have 3 and 2 neurons; the second is recurrent, so w7, w8 lead into it from below and w10, w11 don't.
DEEP = Shape(widths=(2, 3, 2, 1), recurrent=(False, True, False), steps=3)

# id, mazur, standard, bishop
IN_A_SMALL_NETWORK = [
    ("i1", "i_{1}", "x_{1}", "x_{1}"),
    ("target_o1", "\\smash[b]{\\mathit{target}}_{o1}", "y_{1}", "t_{1}"),
    ("w1", "w_{1}", "w_{11}^{(1)}", "w_{11}^{(1)}"),
    ("w2", "w_{2}", "w_{12}^{(1)}", "w_{12}^{(1)}"),
    ("w7", "w_{7}", "w_{21}^{(2)}", "w_{21}^{(2)}"),
    ("b1", "b_{1}", "b^{(1)}", "w_{0}^{(1)}"),
    ("b_h2", "b_{h2}", "b_{2}^{(1)}", "w_{20}^{(1)}"),
    ("b_o1", "b_{o1}", "b_{1}^{(2)}", "w_{10}^{(2)}"),
    ("net_h1", "\\mathit{net}_{h1}", "z_{1}^{(1)}", "a_{1}^{(1)}"),
    ("net_o2", "\\mathit{net}_{o2}", "z_{2}^{(2)}", "a_{2}^{(2)}"),
    ("out_h1", "\\mathit{out}_{h1}", "a_{1}^{(1)}", "z_{1}^{(1)}"),
    ("out_o1", "\\mathit{out}_{o1}", "a_{1}^{(2)}", "y_{1}"),
    ("E_o1", "E_{o1}", "L_{1}", "E_{y_{1}}"),
    ("E[3]", "E^{[3]}", "L^{[3]}", "E_{3}"),
    ("E_data", "E_{\\mathit{data}}", "L_{\\mathit{data}}", "E_{D}"),
    ("E_l1", "E_{l1}", "\\Omega_{1}", "E_{W1}"),
    ("E_l2", "E_{l2}", "\\Omega_{2}", "E_{W2}"),
    ("E_total", "E_{\\mathit{total}}", "L", "E"),
    ("delta_o1", "\\delta_{o1}", "\\delta_{1}^{(2)}", "\\delta_{1}^{(2)}"),
    ("eta", "\\eta", "\\eta", "\\eta"),
    ("lambda1", "\\lambda_{1}", "\\lambda_{1}", "\\lambda_{1}"),
    ("mu", "\\mu", "\\mu", "\\mu"),
    ("rho", "\\rho", "\\rho", "\\rho"),
    ("beta1", "\\beta_{1}", "\\beta_{1}", "\\beta_{1}"),
    ("beta1_t", "\\beta_{1}^{t-1}", "\\beta_{1}^{t-1}", "\\beta_{1}^{t-1}"),
    ("beta1_t+", "\\beta_{1}^{t}", "\\beta_{1}^{t}", "\\beta_{1}^{t}"),
    ("epsilon", "\\varepsilon", "\\varepsilon", "\\varepsilon"),
    ("lambda", "\\lambda", "\\lambda", "\\lambda"),
    ("kappa", "\\kappa", "\\kappa", "\\kappa"),
    ("alpha1", "\\alpha_{1}", "\\alpha^{(1)}", "\\alpha^{(1)}"),
    ("h1", "h_{1}", "h_{1}^{(1)}", "h_{1}^{(1)}"),
    ("o2", "o_{2}", "o_{2}", "o_{2}"),
    ("m_w5", "m_{w_{5}}", "m_{w_{11}^{(2)}}", "m_{w_{11}^{(2)}}"),
    ("v_b1+", "v_{b_{1}}^{+}", "v_{b^{(1)}}^{+}", "v_{w_{0}^{(1)}}^{+}"),
    ("mhat_w5", "\\hat{m}_{w_{5}}", "\\hat{m}_{w_{11}^{(2)}}", "\\hat{m}_{w_{11}^{(2)}}"),
    ("w5+", "w_{5}^{+}", "w_{11}^{(2)+}", "w_{11}^{(2)+}"),
    ("net_h1[2]", "\\mathit{net}_{h1}^{[2]}", "z_{1}^{(1)[2]}", "a_{1}^{(1)[2]}"),
    ("i2[4]", "i_{2}^{[4]}", "x_{2}^{[4]}", "x_{2}^{[4]}"),
    ("E_total@10000", "E_{\\mathit{total}}^{(10000)}", "L^{(10000)}", "E^{(10000)}"),
    ("w5+@3", "(w_{5}^{+})^{(3)}", "(w_{11}^{(2)+})^{(3)}", "(w_{11}^{(2)+})^{(3)}"),
    (
        "dE_total/dw5",
        "\\frac{\\partial E_{\\mathit{total}}}{\\partial w_{5}}",
        "\\frac{\\partial L}{\\partial w_{11}^{(2)}}",
        "\\frac{\\partial E}{\\partial w_{11}^{(2)}}",
    ),
    (
        "dE[2]/dw5",
        "\\frac{\\partial E^{[2]}}{\\partial w_{5}}",
        "\\frac{\\partial L^{[2]}}{\\partial w_{11}^{(2)}}",
        "\\frac{\\partial E_{2}}{\\partial w_{11}^{(2)}}",
    ),
    # General forms.
    ("net", "\\mathit{net}", "z", "a"),
    ("out", "\\mathit{out}", "a", "z"),
    ("alpha", "\\alpha", "\\alpha", "\\alpha"),
    ("dE_total/dw", "\\frac{\\partial E_{\\mathit{total}}}{\\partial w}", "\\frac{\\partial L}{\\partial w}", "\\frac{\\partial E}{\\partial w}"),
    ("o*", "o", "k", "k"),
    ("net_o*", "\\mathit{net}_{o}", "z_{k}^{(2)}", "a_{k}^{(2)}"),
    ("out_o*", "\\mathit{out}_{o}", "a_{k}^{(2)}", "y_{k}"),
    ("delta_o*", "\\delta_{o}", "\\delta_{k}^{(2)}", "\\delta_{k}^{(2)}"),
    ("w_h1>o*", "w_{\\mathit{ho}}", "w_{k1}^{(2)}", "w_{k1}^{(2)}"),
]  # fmt: skip

IN_A_DEEP_RECURRENT_NETWORK = [
    ("h2_1", "h_{2,1}", "h_{1}^{(2)}", "h_{1}^{(2)}"),
    ("net_h2_1[3]", "\\mathit{net}_{h2,1}^{[3]}", "z_{1}^{(2)[3]}", "a_{1}^{(2)[3]}"),
    ("out_h2_1[0]", "\\mathit{out}_{h2,1}^{[0]}", "a_{1}^{(2)[0]}", "z_{1}^{(2)[0]}"),
    ("b_h2_1", "b_{h2,1}", "b_{1}^{(2)}", "w_{10}^{(2)}"),
    ("w6", "w_{6}", "w_{32}^{(1)}", "w_{32}^{(1)}"),
    ("w7", "w_{7}", "w_{11}^{(2)}", "w_{11}^{(2)}"),
    ("w9", "w_{9}", "w_{13}^{(2)}", "w_{13}^{(2)}"),
    ("w10", "w_{10}", "u_{11}^{(2)}", "u_{11}^{(2)}"),
    ("w11", "w_{11}", "u_{12}^{(2)}", "u_{12}^{(2)}"),
    ("w12", "w_{12}", "w_{21}^{(2)}", "w_{21}^{(2)}"),
    ("w16", "w_{16}", "u_{22}^{(2)}", "u_{22}^{(2)}"),
    ("w17", "w_{17}", "w_{11}^{(3)}", "w_{11}^{(3)}"),
    (
        "dE_total/dw10[2]",
        "\\frac{\\partial E_{\\mathit{total}}}{\\partial w_{10}^{[2]}}",
        "\\frac{\\partial L}{\\partial u_{11}^{(2)[2]}}",
        "\\frac{\\partial E}{\\partial u_{11}^{(2)[2]}}",
    ),
    ("net_o1[2,3]", "\\mathit{net}_{o1}^{[2,3]}", "z_{1}^{(3)[2,3]}", "a_{1}^{(3)[2,3]}"),
    ("h2_*", "k", "k", "k"),
    ("delta_h2_*", "\\delta_{k}", "\\delta_{k}^{(2)}", "\\delta_{k}^{(2)}"),
    ("w_h1_3>h2_*", "w_{\\mathit{hk}}", "w_{k3}^{(2)}", "w_{k3}^{(2)}"),
    ("w_h2_1>o*", "w_{\\mathit{ho}}", "w_{k1}^{(3)}", "w_{k1}^{(3)}"),
]

NOTATIONS = ("mazur", "standard", "bishop")
LOADED = tuple(load_notation(each, "here") for each in NOTATIONS)


@pytest.mark.parametrize(
    ("shape", "row"),
    [*((SMALL, row) for row in IN_A_SMALL_NETWORK), *((DEEP, row) for row in IN_A_DEEP_RECURRENT_NETWORK)],
    ids=[row[0] for row in (*IN_A_SMALL_NETWORK, *IN_A_DEEP_RECURRENT_NETWORK)],
)
def test_names(shape: Shape, row: tuple[str, str, str, str]) -> None:
    id_, *expected = row
    assert [latex(notation.bound_to(shape).name(id_)) for notation in LOADED] == expected


IN_UNICODE = [
    ("w12", "w₁₂"),
    ("b_h2_1", "b_(h2,1)"),
    ("net_h1", "netₕ₁"),
    ("target_o1", "targetₒ₁"),
    ("E_total", "Eₜₒₜₐₗ"),
    ("b_h1+", "bₕ₁⁺"),
    ("E_total@10000", "Eₜₒₜₐₗ⁽¹⁰⁰⁰⁰⁾"),
    ("w5+@3", "(w₅⁺)⁽³⁾"),
    ("dE_total/dw5", "∂Eₜₒₜₐₗ/∂w₅"),
    ("out_h1[2]", "outₕ₁[2]"),
    ("mhat_w5", "m̂_(w₅)"),
    ("eta@2", "η⁽²⁾"),
]


@pytest.mark.parametrize(("id_", "text"), IN_UNICODE)
def test_names_of_the_article_in_a_terminal(id_: str, text: str) -> None:
    assert unicode(name(id_)) == text


def test_the_table_knows_every_notation() -> None:
    assert set(NOTATIONS) == set(notation_names())


def test_a_weights_place_is_found_in_a_wide_layer() -> None:
    namer = load_notation("standard", "here").bound_to(Shape(widths=(784, 30, 10), recurrent=(False, False)))
    assert latex(namer.name("w1")) == "w_{11}^{(1)}"
    assert latex(namer.name("w784")) == "w_{1,784}^{(1)}"
    assert latex(namer.name("w785")) == "w_{21}^{(1)}"
    assert latex(namer.name("w23820")) == "w_{10,30}^{(2)}"


@pytest.mark.parametrize("id_", ["w0", "w99", "nonsense", "m_", "w_x>o*", "d/d", "@", "+", "[1]"])
def test_what_is_no_id_has_some_name(id_: str) -> None:
    assert isinstance(name(id_), Layout)


def _namers(network: Network) -> list[Namer]:
    """Every notation for a network, and for the same one with recurrent layers."""
    recurrent = replace(
        network,
        layers=tuple(
            replace(layer, recurrent_weights=(layer.weights[0],) * len(layer.weights)) for layer in network.layers
        ),
    )
    return [bound_to_network(notation, it) for notation in LOADED for it in (network, recurrent)]


@given(networks())
def test_every_id_of_a_network_has_a_name_of_its_own_that_holds_no_id_any_more(network: Network) -> None:
    ids = known_ids(network)
    for namer in _namers(network):
        names = [namer.name(id_) for id_ in ids]
        for write, left in ((unicode, "/d"), (latex, r"_[oh]\d|__")):
            written = {write(name) for name in names}
            assert len(written) == len(ids)
            assert not [it for it in written if re.search(left, it)]


@pytest.mark.parametrize("samples", [1, 4])
def test_every_layer_has_its_matrices(samples: int) -> None:
    namer = load_notation("mazur", "here").bound_to(replace(DEEP, samples=samples))
    layers: dict[str, list[int]] = {}
    for role, layer, _ in matrix_names(namer):
        layers.setdefault(role.value, []).append(layer)
    of_neurons = {"input": [0], "net": [1, 2, 3], "out": [1, 2], "output": [3], "target": [3], "error": [3]}
    moments = ("first_moment", "second_moment", "corrected_first_moment", "corrected_second_moment")
    assert layers == {
        **{f"{what}_{'matrix' if samples > 1 else 'vector'}": it for what, it in of_neurons.items()},
        f"delta_{'matrix' if samples > 1 else 'vector'}": [1, 2, 3],
        **{f"{what}_matrix": [1, 2, 3] for what in ("weight", *moments)},
        "bias_vector": [1, 2, 3],
        "jacobian": [1, 2, 3],
        "recurrent_weight_matrix": [2],
        "ones": [0],
    }


def test_matrices_are_named_by_their_layers_neurons() -> None:
    namer = load_notation("mazur", "here").bound_to(DEEP)
    named = [unicode(layout) for role, _, layout in matrix_names(namer) if role in (Role.WEIGHT_MATRIX, Role.JACOBIAN)]
    assert named == ["Wₕ₁", "Jₕ₁", "Wₕ₂", "Jₕ₂", "Wₒ", "Jₒ"]
    small = load_notation("mazur", "here").bound_to(SMALL)
    assert [unicode(layout) for role, _, layout in matrix_names(small) if role is Role.WEIGHT_MATRIX] == ["Wₕ", "Wₒ"]
