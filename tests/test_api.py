"""symbackprop as a library: what its docstring promises, and how it refuses what there isn't."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import symbackprop
from symbackprop import api
from symbackprop.derivation.graph import Kind
from symbackprop.errors import SpecError
from symbackprop.formats import WALKTHROUGHS
from symbackprop.resources import DEFAULT_EXAMPLE, example
from symbackprop.wording import listed
from tests.broken import with_slots
from tests.networks import build, default_network, layer, published, trained_otherwise

SMALL = """\
title = "A small net"
[data]
inputs = [0.5]
targets = [0.01]
[[layers]]
activation = "sigmoid"
weights = [[0.15], [-0.25]]
[[layers]]
activation = "sigmoid"
weights = [[0.40, 0.45]]
biases = 0.60
[training]
learning_rate = 0.5
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "mynet.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def a_derivation() -> symbackprop.Derivation:
    return symbackprop.derive(trained_otherwise(default_network(), rounds=1))


# --- As the docstring says --------------------------------------------------------------------------------


def test_load_derive_and_look_up(small: Path) -> None:
    derivation = symbackprop.derive(symbackprop.load(small))
    quantity = derivation["dE_total/dw3"]
    assert isinstance(quantity, symbackprop.Quantity)
    assert (quantity.id, quantity.kind) == ("dE_total/dw3", Kind.GRADIENT)
    assert quantity.formula == "dE_total/dout_o1 * dout_o1/dnet_o1 * dnet_o1/dw3"
    assert quantity.exact is None
    assert symbackprop.load(str(small)) == symbackprop.load(small)


def test_the_default_network_needs_no_path() -> None:
    network = symbackprop.load()
    assert isinstance(network, symbackprop.Network)
    assert network == symbackprop.load(example(DEFAULT_EXAMPLE))
    assert symbackprop.derive(network)["dE_total/dw5"].value == "0.0821670405642308"


def test_an_example_is_loaded_by_its_name() -> None:
    assert symbackprop.load("xor") == symbackprop.load(example("xor"))


@pytest.mark.parametrize(
    ("format_", "lang", "start"),
    [
        ("latex", "en", "\\documentclass"),
        ("latex", "zh", "\\documentclass"),
        ("markdown", "en", "# "),
        ("text", "zh", ""),
        ("json", "en", '{\n "schema": 1'),
    ],
)
def test_a_derivation_is_rendered_in_every_format(small: Path, format_: str, lang: str, start: str) -> None:
    text = symbackprop.render(symbackprop.derive(symbackprop.load(small)), format=format_, lang=lang)
    assert start in text
    assert "0.6" in text
    assert ("误差" in text) is (lang == "zh")


def test_latex_is_the_default_format() -> None:
    derivation = a_derivation()
    assert symbackprop.render(derivation) == symbackprop.render(derivation, format="latex", lang="en", detail="full")


def test_detail_and_decimals_are_heard() -> None:
    derivation = a_derivation()
    full, brief = (symbackprop.render(derivation, format="text", detail=detail) for detail in ("full", "brief"))
    assert len(brief) < len(full)
    assert "0.75136506955" in symbackprop.render(derivation, format="text", decimals=12)
    assert "0.75136506955" not in full


def test_rendering_is_repeatable() -> None:
    texts = {symbackprop.render(a_derivation(), format=name) for name in ("markdown", "markdown")}
    assert len(texts) == 1


def test_the_certificate_is_an_object() -> None:
    certificate = symbackprop.certify(a_derivation())
    assert isinstance(certificate, symbackprop.Certificate)
    assert certificate.holds


@pytest.mark.parametrize("id_", ["E_totl", "dE_total/dw9", "E_total@", "E_total@x", "E_total@-1", ""])
def test_an_unknown_quantity_is_a_key_error(id_: str) -> None:
    with pytest.raises(KeyError):
        a_derivation()[id_]


def test_quantities_after_some_rounds_name_them_throughout() -> None:
    quantity = a_derivation()["net_o1@2"]
    assert quantity.id == "net_o1@2"
    assert quantity.formula == "w5@2*out_h1@2 + w6@2*out_h2@2 + b2@2"
    assert a_derivation()["net_o1@0"].value == a_derivation()["net_o1"].value


# --- What is refused --------------------------------------------------------------------------------------

REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"format": "latx"},
        f'format: expected one of {listed(WALKTHROUGHS)}, found "latx"; did you mean "latex"?',
    ),
    ({"format": "pdf"}, "format: a PDF is no text; render_pdf gives its bytes"),
    ({"format": "LaTeX"}, "format: expected one of"),
    ({"detail": "long"}, 'detail: expected one of "full", "brief", found "long"'),
    ({"view": "vector"}, 'view: expected one of "scalar", "matrix", "both", found "vector"'),
    ({"lang": "de"}, "expected"),
    ({"lang": "../en"}, "expected"),
    ({"decimals": 0}, "decimals: expected 1 to 50, found 0"),
    ({"decimals": 51}, "decimals: expected 1 to 50, found 51"),
    ({"templates": "/no/such/folder"}, "/no/such/folder: expected a folder of templates, found none"),
]


@pytest.mark.parametrize(("chosen", "said"), REFUSED, ids=[str(chosen) for chosen, _ in REFUSED])
def test_a_choice_that_there_is_not_is_refused_in_one_line(chosen: dict[str, Any], said: str) -> None:
    with pytest.raises(symbackprop.SpecError) as caught:
        symbackprop.render(a_derivation(), **chosen)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_is_refused_with_its_name_and_place(small: Path) -> None:
    small.write_text(SMALL.replace("[0.5]", "[true]"), encoding="utf-8")
    with pytest.raises(symbackprop.SpecError, match=r"mynet\.toml: data\.inputs\[0\]: expected a number"):
        symbackprop.load(small)


def test_a_published_quantity_that_there_is_not_is_refused(small: Path) -> None:
    extra = '[[published]]\nquantity = "E_totl"\nvalue = 1\nsource = "x"\n'
    small.write_text(SMALL + extra, encoding="utf-8")
    said = r'mynet\.toml: published\[0\]\.quantity: this network has no quantity "E_totl"; did you mean "E_total"\?'
    with pytest.raises(symbackprop.SpecError, match=said):
        symbackprop.load(small)


def test_what_is_not_supported_yet_is_an_error_of_its_own(small: Path) -> None:
    small.write_text(SMALL.replace("[data]", '[data]\nnames = ["a"]', 1), encoding="utf-8")
    with pytest.raises(symbackprop.UnsupportedError, match="not supported yet"):
        symbackprop.load(small)


def test_all_errors_have_one_parent() -> None:
    for error in (symbackprop.SpecError, symbackprop.UnsupportedError, symbackprop.CertificationError):
        assert issubclass(error, symbackprop.SymbackpropError)


def test_nothing_unproved_is_rendered() -> None:
    derivation = with_slots(a_derivation(), "w5+", gradient="dE_total/dw6")
    with pytest.raises(symbackprop.CertificationError, match=r"^w5\+ could not be proved: at point 0: "):
        symbackprop.render(derivation)


# --- The package ------------------------------------------------------------------------------------------


def test_everything_that_is_offered_is_there() -> None:
    for name in symbackprop.__all__:
        assert getattr(symbackprop, name) is not None
    assert symbackprop.derive is api.derive
    with pytest.raises(AttributeError, match="module 'symbackprop' has no attribute 'train'"):
        symbackprop.__getattr__("train")


def test_importing_it_does_not_import_sympy() -> None:
    source = "import sys, symbackprop; print('sympy' in sys.modules, symbackprop.__version__)"
    printed = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["False", symbackprop.__version__]


def test_figures_of_rounds_that_are_not_trained_are_left_out_of_a_rendering() -> None:
    figures = [published("E_total@1", "0.1"), published("E_total@2", "0.1")]
    network = build(layer([["0.5"]]), inputs=["1"], targets=["0"], figures=figures)
    told = json.loads(symbackprop.render(symbackprop.derive(network), format="json"))["published"]
    assert [it["quantity"] for it in told] == ["E_total@1"]


def test_an_unknown_quantity_gets_the_nearest_one() -> None:
    with pytest.raises(KeyError, match=r'this network has no quantity "dE_total/dw99"; did you mean "dE_total/dw\d"'):
        symbackprop.derive(symbackprop.load())["dE_total/dw99"]


def test_an_unknown_language_is_told_by_the_name_of_the_argument() -> None:
    with pytest.raises(SpecError, match=r"^lang: expected one of "):
        symbackprop.render(symbackprop.derive(symbackprop.load()), lang="de")


# --- One thing for another ----------------------------------------------------------------------------------


def _verdicts() -> symbackprop.Verdicts:
    return symbackprop.check({"w5+": "0.35"})


NETWORK = "expected a network, as symbackprop.load(path) reads one"
DERIVATION = "expected a derivation, as symbackprop.derive(network) makes one"
PATH = "expected a path or the name of an example"
MISTAKEN: list[tuple[Any, str]] = [
    (lambda s: s.derive("mynet.toml"), f'{NETWORK}, found the text "mynet.toml"'),
    (lambda s: s.derive(None), f"{NETWORK}, found something of type NoneType"),
    (lambda s: s.derive(a_derivation()), f"{NETWORK}, found something of type Derivation"),
    (lambda s: s.certify("mynet.toml"), f'{DERIVATION}, found the text "mynet.toml"'),
    (lambda s: s.render(s.load()), f"{DERIVATION}, found something of type Network"),
    (lambda s: s.render_pdf("mynet.toml"), f'{DERIVATION}, found the text "mynet.toml"'),
    (lambda s: s.load(s.load()), f"{PATH}, found something of type Network"),
    (lambda s: s.check(5), "expected a text, a Path or a mapping of answers, found something of type int"),
    (lambda s: s.check({"w5+": 1}, a_derivation()), f"{PATH}, found something of type Derivation"),
    (lambda s: s.report("x.md"), 'expected verdicts, as symbackprop.check(work) gives them, found the text "x.md"'),
    (
        lambda s: s.report(_verdicts(), format=None),
        'expected format, one of "text", "markdown", "html", "json", found something of type NoneType',
    ),
    (
        lambda s: s.render(a_derivation(), lang=("en", "zh")),
        'expected lang, a text such as "en", found something of type tuple',
    ),
    (lambda s: s.render(a_derivation(), decimals="9"), 'expected decimals, a whole number, found the text "9"'),
    (
        lambda s: s.render(a_derivation(), view=None),
        'expected view, one of "scalar", "matrix", "both", found something of type NoneType',
    ),
    (
        lambda s: s.render(a_derivation(), templates=5),
        "expected templates, the path of a folder, found something of type int",
    ),
]


@pytest.mark.parametrize(("call", "said"), MISTAKEN)
def test_one_thing_taken_for_another_is_told_in_one_line(call: Any, said: str) -> None:
    with pytest.raises(TypeError) as refused:
        call(symbackprop)
    assert str(refused.value) == said
