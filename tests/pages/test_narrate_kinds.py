"""What walkthroughs of batches, functions, penalties and optimizers tell, what they remark on, and the smallest ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symbackprop.derivation.derive import derive
from symbackprop.formats import Detail
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network, Rule
from symbackprop.pages.document import (
    Document,
    EquationLine,
    Equations,
    Heading,
    Inline,
    Math,
    Note,
    Paragraph,
    Table,
    Text,
)
from symbackprop.pages.narrate.output_layer import tell_rules
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.phrases import load_phrases
from symbackprop.typeset.unicode import unicode
from tests.networks import build, layer, sample
from tests.pages.statements import claims, inlines
from tests.pages.telling import EXAMPLES, namer_of, short_example, told_any, untrue_lines
from tests.random_networks import any_networks

# --- What is told, and in both languages ------------------------------------------------------------------


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(any_networks(most_layers=3, most_neurons=3, most_steps=0), st.sampled_from(Detail))
def test_both_languages_tell_the_same(network: Network, detail: Detail) -> None:
    english, chinese = (list(told_any(network, lang, detail).blocks) for lang in ("en", "zh"))
    assert [type(block) for block in english] == [type(block) for block in chinese]
    for ours, theirs in zip(english, chinese, strict=True):
        match ours, theirs:
            case Equations(), Equations():
                assert _formulas(ours) == _formulas(theirs)
            case Table(rows=rows), Table(rows=others):
                assert [list(map(_figures, row)) for row in rows] == [list(map(_figures, row)) for row in others]
            case Heading(level=level), Heading(level=other):
                assert level == other
            case _:
                pass


def _formulas(block: Equations) -> list[str]:
    return [unicode(line.right) for line in block.lines if isinstance(line, EquationLine)]


def _figures(cell: Any) -> list[str]:
    return [unicode(inline.layout) for inline in cell if isinstance(inline, Math)]


def _lefts(document: Document) -> set[str]:
    return {unicode(left) for left, _, _ in claims(document)}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_gradient_and_every_update_is_worked_out(name: str) -> None:
    network = short_example(name)
    derivation = derive(network)
    namer = namer_of(network)
    lefts = _lefts(told_any(network))
    for parameter in derivation.graph.parameters():
        for id_ in (f"dE_total/d{parameter}", f"{parameter}+"):
            assert unicode(namer.name(id_)) in lefts, id_


@pytest.mark.parametrize("name", ["xor", "three-classes", "binary", "weight-decay", "regression-relu"])
def test_every_sample_has_its_deltas_and_its_error(name: str) -> None:
    network = short_example(name)
    graph = derive(network).graph
    namer = namer_of(network)
    lefts = _lefts(told_any(network))
    for instant in graph.instants:
        assert unicode(namer.name(f"E{instant.mark}")) in lefts
        for neurons in graph.at:
            for neuron in neurons[instant]:
                for id_ in (neuron.net, neuron.out, f"delta_{neuron.name}{instant.mark}"):
                    assert unicode(namer.name(id_)) in lefts, id_


@pytest.mark.parametrize(
    ("inputs", "followed", "said"),
    [
        ([["0", "0"], ["0", "1"], ["1", "0"], ["1", "1"]], "4", "We follow sample 4 first, with i₁[4] = 1"),
        ([["0", "0"], ["0", "1"], ["1", "0"]], "2", "the fewest inputs of 0"),
        ([["3", "1"], ["1", "1"]], "1", "We follow sample 1 first, with i₁[1] = 3 and i₂[1] = 1."),
    ],
    ids=["none is 0", "one is 0", "the first one will do"],
)
def test_the_sample_worked_out_is_the_first_with_the_fewest_zeros(
    inputs: list[list[str]], followed: str, said: str
) -> None:
    samples = [sample(vector, ["1"]) for vector in inputs]
    network = build(layer([["0.8", "-0.6"]]), samples=samples)
    blocks = list(told_any(network).blocks)
    words = ["".join(map(_word, block.content)) for block in blocks if isinstance(block, Paragraph)]
    assert any(said in paragraph for paragraph in words)
    assert any(f"The backward pass of sample {followed}," in paragraph for paragraph in words)
    told = [unicode(left) for left, _, _ in claims(told_any(network)) if unicode(left).startswith("net")]
    first = f"netₒ₁[{followed}]"
    assert told[0] == first
    assert set(told) == {f"netₒ₁[{number}]" for number in range(1, len(inputs) + 1)}


def _word(inline: Inline) -> str:
    match inline:
        case Math(layout=layout):
            return unicode(layout)
        case _:
            return inline.text


@pytest.mark.parametrize("name", ["adam", "weight-decay"])
def test_the_state_is_told_before_and_after(name: str) -> None:
    network = short_example(name)
    namer = namer_of(network)
    lefts = _lefts(told_any(network))
    letters = "m" if network.training.optimizer.rule is Rule.MOMENTUM else "mv"
    for letter in letters:
        for id_ in (f"{letter}_w1", f"{letter}_w1+", f"{letter}_w2+"):
            assert unicode(namer.name(id_)) in lefts, id_


@pytest.mark.parametrize(("name", "goes_on"), [("adam", True), ("weight-decay", True), ("xor", False)])
def test_a_state_goes_on_into_the_next_round(name: str, *, goes_on: bool) -> None:
    blocks = told_any(short_example(name)).blocks
    words = ["".join(map(_word, block.content)) for block in blocks if isinstance(block, Paragraph)]
    assert any("what round 2 begins with" in paragraph for paragraph in words) is goes_on


@pytest.mark.parametrize(("update_biases", "header"), [(True, "Parameter"), (False, "Weight")])
def test_a_table_with_biases_is_one_of_parameters(update_biases: bool, header: str) -> None:  # noqa: FBT001
    network = build(layer([["0.8", "-0.6"]], "0.1"), inputs=["1", "2"], targets=["1"], update_biases=update_biases)
    tables = [block for block in told_any(network).blocks if isinstance(block, Table)]
    assert sum(table.header[0] == (Text(header),) for table in tables) == 1


# --- Remarks, where they are true -------------------------------------------------------------------------


def _note_titles(document: Document, lang: str = "en") -> list[str]:
    words = load_phrases(lang).words
    titles = {words[key]: key for key in words if key.endswith(".title")}
    said = (block.title for block in document.blocks if isinstance(block, Note))
    return [titles["".join(part.text for part in title)] for title in said]  # type: ignore[union-attr]


def _lone(activation: Activation, net: str, *, loss: Loss = Loss.HALF_SQUARED, target: str = "0.7") -> Network:
    """A single neuron whose net input is `net`."""
    bend = {Activation.LEAKY_RELU: "0.1", Activation.ELU: "0.5"}.get(activation)
    return build(layer([[net]], activation=activation, bend=bend), inputs=["1"], targets=[target], loss=loss)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("activation", [Activation.RELU, Activation.LEAKY_RELU, Activation.ELU])
@pytest.mark.parametrize("net", ["0", "0.5", "-0.5"])
def test_a_net_input_at_the_corner_is_remarked_on(activation: Activation, net: str, lang: str) -> None:
    titles = _note_titles(told_any(_lone(activation, net), lang), lang)
    assert ("kink.net.title" in titles) is (net == "0")


def test_elu_has_no_corner_where_its_halves_meet_smoothly() -> None:
    smooth = build(layer([["0"]], activation=Activation.ELU, bend="1"), inputs=["1"], targets=["0.7"])
    assert "kink.net.title" not in _note_titles(told_any(smooth))


@pytest.mark.parametrize(("target", "hit"), [("0.5", True), ("0.7", False)])
def test_an_exact_hit_is_remarked_on_where_the_loss_has_a_corner(target: str, *, hit: bool) -> None:
    titles = _note_titles(told_any(_lone(Activation.IDENTITY, "0.5", loss=Loss.ABSOLUTE, target=target)))
    assert ("kink.out.title" in titles) is hit


@pytest.mark.parametrize("loss", [it for it in Loss if it is not Loss.CROSS_ENTROPY])
def test_the_other_sign_is_only_shown_where_the_factor_is_a_miss(loss: Loss) -> None:
    threshold = "10" if loss is Loss.HUBER else None
    network = build(layer([["0.5"]]), inputs=["1"], targets=["0.7"], loss=loss, threshold=threshold)
    misses = loss in (Loss.HALF_SQUARED, Loss.SQUARED, Loss.HUBER)
    assert ("delta.sign.title" in _note_titles(told_any(network))) is misses


def test_cases_show_the_one_that_applies_and_say_why() -> None:
    said = "\n".join(
        "".join(getattr(part, "text", "") for part in content)
        for content in inlines(told_any(_lone(Activation.RELU, "-0.5")))
    )
    assert "since " in said


# --- In the singular --------------------------------------------------------------------------------------

SMALLEST = [
    build(layer([["0.5"]]), samples=[sample(["1"], ["0.7"]), sample(["2"], ["0.1"])]),
    build(layer([["0.5"]], "0.1"), inputs=["1"], targets=["0.7"], update_biases=True, l1="0.01", l2="0.1"),
    build(
        layer([["0.5"], ["0.1"]]),
        layer([["0.5", "-0.5"]], activation=Activation.IDENTITY),
        inputs=["1"],
        targets=["0.7"],
    ),
    build(
        layer([["0.5"], ["0.1"]], activation=Activation.SOFTMAX),
        layer([["0.5", "-0.5"]]),
        inputs=["1"],
        targets=["0.7"],
    ),
    build(layer([["0.5"]], activation=Activation.SOFTMAX), inputs=["1"], targets=["1"], loss=Loss.CROSS_ENTROPY),
]


@pytest.mark.parametrize("number", range(len(SMALLEST)))
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("detail", Detail)
def test_the_smallest_networks_aretold_any(number: int, lang: str, detail: Detail) -> None:
    network = SMALLEST[number]
    document = told_any(network, lang, detail)
    namer = namer_of(network)
    assert untrue_lines(network, document, namer) == []
    titles = [title for block in document.blocks if isinstance(block, Heading) for title in [block.content]]
    assert all(titles)


@pytest.mark.parametrize(
    ("activation", "loss", "rules"),
    [
        (Activation.IDENTITY, Loss.SQUARED, ""),
        (Activation.SIGMOID, Loss.HALF_SQUARED, "exponential"),
        (Activation.TANH, Loss.HUBER, "quotient exponential"),
        (Activation.GELU, Loss.ABSOLUTE, "product"),
        (Activation.SIGMOID, Loss.BINARY_CROSS_ENTROPY, "exponential logarithm"),
        (Activation.SOFTMAX, Loss.CROSS_ENTROPY, "quotient exponential logarithm"),
    ],
)
def test_the_rules_are_those_of_the_functions(activation: Activation, loss: Loss, rules: str) -> None:
    weights = [["1"], ["2"]] if activation is Activation.SOFTMAX else [["1"]]
    targets = ["1", "0"][: len(weights)]
    network = build(layer(weights, activation=activation), inputs=["1"], targets=targets, loss=loss)
    derivation, phrases = derive(network), load_phrases("en")
    teller = Teller(derivation=derivation, phrases=phrases, namer=namer_of(network), decimals=9, detail=Detail.FULL)
    expected = [*"constant multiple power sum".split(), *rules.split(), "chain"]  # noqa: SIM905
    assert tell_rules(teller).content == tuple(phrases.say(f"rules.{rule}") for rule in expected)
