"""Names as people type them, and as our own printers write them, lead to the quantities that they mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symbackprop.checking.reading.names import names_of
from symbackprop.checking.reading.parser import read_quantity
from symbackprop.derivation.ids import known_ids
from symbackprop.network import Network
from symbackprop.notation_file import bound_to_network, load_notation, notation_names
from symbackprop.typeset.latex import latex
from symbackprop.typeset.unicode import unicode
from tests.checking.reading import example, names

TYPED: dict[str, tuple[str, ...]] = {
    "net_h1": (
        "net_h1", "net_{h1}", "net_{h 1}", r"\mathrm{net}_{h_1}", "{ net }_{h 1}", "n e t_{h 1}", "Net_{h1}", "neth1",
        r"\text{net}_{\text{h1}}", r"\smash[b]{\mathit{net}}_{h1}", "netₕ₁", "net(h1)", "z_1^{(1)}", "z^{(1)}_1",
        "z^{[1]}_1", "ｎｅｔ_ｈ１", "net h1", r"net_h1\,", "in_{h1}",
    ),
    "w5": (
        "w5", "w_5", "w_{5}", "w₅", "W_5", "w_{h1o1}", "w_{h1,o1}", "w_{h_1 o_1}", "w_{11}^{(2)}", "w^{(2)}_{11}",
        "w_{1,1}^{(2)}", "w^{[2]}_{1,1}", r"\mathbf w_5"[:0] + "w_5^{old}", "𝑤₅",
    ),
    "w5+": (
        "w5+", "w_5^+", "w_{5}^{+}", "w_5^{new}", "w_5^{(new)}", "w_5'", "w5_new", "w₅⁺", r"w_5^{\text{new}}",
        "w_{5,new}", "w_{5_{new}}", "w_5^{(t+1)}", r"w_{5}^{\mathrm{new}}",
    ),
    "w1@3": ("w1@3", "w_1^{(3)}", "w₁⁽³⁾"),
    "E_total@10000": ("E_total@10000", "E_{total}^{(10000)}"),
    "E_total": ("E", "L", "C", "J", "Loss", "Error", "E_total", "E_{tot}", r"E_{\mathit{total}}", "Eₜₒₜₐₗ", "L_{total}"),
    "E_o1": ("E_{o1}", "E_1", "L_{o1}", "Eₒ₁", "E_{y_{1}}"),
    "dE_total/dw5": (
        "dE_total/dw5", "∂E/∂w₅", "dE/dw5", "∂E_total/∂w5", r"\partial_{w_5} E", r"\frac{dE}{dw_5}",
        r"\frac{\partial E_{total}}{\partial w_5}", r"\nabla_{w_5}E", r"\frac{\partial}{\partial w_5} E", "∂_w5 E", "E'_{w_5}",
        r"\partial E/\partial w_5", r"\frac{\mathrm{d}E}{\mathrm{d}w_5}", r"\dfrac{\partial L}{\partial w_{11}^{(2)}}",
    ),
    "dE_total/dw1@2": ("dE_total/dw1@2", r"\left(\frac{\partial E}{\partial w_1}\right)^{(2)}"),
    "dE_o1/dw5": ("dE_o1/dw5", r"\frac{\partial E_{o1}}{\partial w_5}"),
    "dnet_o1/dw1": ("dnet_o1/dw1", r"\frac{\partial net_{o1}}{\partial w_1}"),
    "delta_o1": ("δ_o1", r"\delta_{o1}", "δo1", "delta_o1", "δₒ₁"),
    "target_o1": ("target_{o1}", "t_1", "t_{o1}", "y_1", "targetₒ₁"),
    "out_o1": ("out_{o1}", "output_{o1}", "a_{o1}", "o_1", r"\hat{y}_1", "ŷ_1", "a_1^{(2)}"),
    "i1": ("i_1", "x_1", "i1", "X_1"),
    "eta": (r"\eta", "η", "alpha", "lr", r"\alpha", "learning_rate"),
}  # fmt: skip


@pytest.mark.parametrize("id_", TYPED)
def test_what_people_type(id_: str) -> None:
    known = names()
    read = {text: read_quantity(text, known)[:1] for text in TYPED[id_]}
    assert read == dict.fromkeys(TYPED[id_], (id_,))


AMBIGUOUS = [("y_1", "out_o1"), ("z_{1}^{(1)}", "out_h1"), ("a_{1}^{(1)}", "net_h1")]


@pytest.mark.parametrize(("text", "second"), AMBIGUOUS)
def test_what_notations_write_alike_means_either(text: str, second: str) -> None:
    assert second in read_quantity(text, names())[1:]


NOTHING = [
    "net_{h3}",
    "w_9",
    "foo",
    "e",
    "net",
    "w5@1000001",
    "w5 + w6",
    "0.5",
    "",
    "E_{o3}",
    "w_{h1h2}",
    "\\frac",
    "(",
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_means_nothing(text: str) -> None:
    assert read_quantity(text, names()) == ()


def test_biases_that_stay_may_be_updated_by_somebody() -> None:
    assert read_quantity("b_1^+", names()) == ("b1+",)


@pytest.mark.parametrize(
    ("name", "text", "id_"),
    [
        ("xor", "E[2]", "E[2]"),
        ("xor", "net_{h1}^{[2]}", "net_h1[2]"),
        ("xor", "E", "E_total"),
        ("weight-decay", "E_{data}", "E_data"),
        ("weight-decay", "E_D", "E_data"),
        ("adam", r"\hat{m}_{w_5}", "mhat_w5"),
        ("adam", "m_w1@2", "m_w1@2"),
        ("adam", "m_{w_{11}^{(1)}}^{+}", "m_w1+"),
        ("deep", "net_{h_{2,1}}", "net_h2_1"),
        ("deep", "net_{h21}", "net_h2_1"),
        ("large", "w_{1,12}^{(1)}", "w12"),
        ("recurrent", r"\frac{\partial E}{\partial w_{1}^{[2]}}", "dE_total/dw1[2]"),
    ],
)
def test_other_networks(name: str, text: str, id_: str) -> None:
    assert read_quantity(text, names(name))[:1] == (id_,)


# --- Names of one's own


def test_a_networks_own_names_come_first() -> None:
    own = (("in_{h1}", "net_h1"), ("y1", "o1"), ("w_{7_{new}}", "w7+"), ("A", "h2"))
    known = names_of(replace(example("mazur"), names=own))
    for text, id_ in {
        "in_h1": "net_h1",
        "net_{y1}": "net_o1",
        "y1": "out_o1",
        "w_{7_{new}}": "w7+",
        "net_A": "net_h2",
        "dE/dnet_y1": "dE_total/dnet_o1",
    }.items():
        assert read_quantity(text, known)[:1] == (id_,)


# --- Round trip


def some_ids(network: Network) -> list[str]:
    ids = known_ids(network)
    if len(ids) > 2_000:
        ids = (*ids[:20], *ids[800:820], *ids[24_000:24_020], *ids[25_000::4_000])
    return [*ids, *(f"{id_}@3" for id_ in ids if "[" not in id_)]


@pytest.mark.one_of_each
@pytest.mark.parametrize("notation", notation_names())
@pytest.mark.parametrize(
    "name",
    [
        "adam",
        "binary",
        "deep",
        "large",
        "mazur",
        "recurrent",
        "regression-relu",
        "three-classes",
        "weight-decay",
        "xor",
    ],
)
def test_what_our_printers_write_is_read_back(name: str, notation: str) -> None:
    network = example(name)
    network = replace(network, writing=replace(network.writing, notation=notation))
    known = names_of(network)
    namer = bound_to_network(load_notation(notation, "a test"), network)
    lost = [
        (id_, text)
        for id_ in some_ids(network)
        for text in (latex(namer.name(id_)), unicode(namer.name(id_)), id_)
        if id_ not in read_quantity(text, known)
    ]
    assert lost == []


SAMPLED = {
    "out_h1^{(2)}": ("out_h1[2]",),
    "out_h1^(2)": ("out_h1[2]",),
    "x_1^{(4)}": ("i1[4]",),
    "out_h1^{(5)}": (),
    "w_5^{(2)}": ("w5@2",),
}


@pytest.mark.parametrize("text", SAMPLED)
def test_a_number_raised_on_a_neurons_name_is_that_of_a_sample(text: str) -> None:
    assert read_quantity(text, names("xor"))[:1] == SAMPLED[text]


def test_names_without_a_sample_mean_the_one_that_is_spoken_of() -> None:
    known = names("xor").of_sample(2)
    read = [read_quantity(text, known)[:1] for text in ("net_h1", "E", "∂E/∂w5", "w5", "E_total", "net_h1[3]")]
    assert read == [("net_h1[2]",), ("E[2]",), ("dE[2]/dw5",), ("w5",), ("E_total",), ("net_h1[3]",)]
    assert names("xor").of_sample(9).ids("neth1") == ()
    assert read_quantity("net_h1", names().of_sample(2)) == ("net_h1",)
