"""Recurrent networks on the page: every line is true, both languages tell the same, and the drawings are whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, localcontext
from functools import cache
from itertools import pairwise, product

import mpmath  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symbackprop.derivation.certify import certify
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.formats import Detail
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network, Reduction, Reductions, Rule
from symbackprop.notation_file import bound_to_network, load_notation
from symbackprop.pages.document import Block, Document, Equations, Figure, Heading, Math, Note, Paragraph, Table
from symbackprop.pages.figures import Disc, Drawing, Edge, Factor, Node, NodeShape, Segment, Tone
from symbackprop.pages.figures.shapes import MAX_WIDTH
from symbackprop.pages.figures.unrolled import draw_unrolled
from symbackprop.pages.narrate.sequence import tell_network_over_time
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.through_time import tell_through_time
from symbackprop.pages.narrate.walkthrough import tell_walkthrough
from symbackprop.pages.phrases import load_phrases
from symbackprop.typeset.layout import Symbol
from symbackprop.typeset.unicode import unicode
from tests.networks import build, layer, optimizer, sample
from tests.pages.claims import claims, inlines, untrue
from tests.pages.test_figures import hidden, labels_of, outside, overlapping
from tests.random_networks import any_networks
from tests.reference import Arithmetic, after_rounds, given_numbers, initial_state, one_round, parameters

DIGITS = 60
LANGUAGES = ("en", "zh")


# --- Networks ---------------------------------------------------------------------------------------------


def _hidden(**changes: object) -> Network:
    """A recurrent hidden layer of two neurons below one output, over three steps."""
    network = build(
        layer(
            [["0.6"], ["-0.4"]], ["0.1", "0.0"], activation=Activation.TANH, recurrent=[["0.5", "-0.3"], ["0.2", "0.7"]]
        ),
        layer([["0.9", "-0.5"]], ["0.1"], activation=Activation.IDENTITY),
        samples=[sample([["0.5"], ["0.3"], ["-0.2"]], [["0.5"], ["0.8"], ["0.1"]])],
        learning_rate="0.1",
        update_biases=True,
        rounds=3,
    )
    return replace(network, **changes)  # type: ignore[arg-type]


def _batch() -> Network:
    return build(
        layer([["0.6"], ["-0.4"]], "0.1", activation=Activation.TANH, recurrent=[["1.5", "-0.3"], ["0.2", "0.7"]]),
        layer([["0.9", "-0.5"], ["0.1", "0.4"]], ["0.1", "0.2"], activation=Activation.SOFTMAX),
        samples=[
            sample([["0.5"], ["0.3"]], [["0.5", "0.5"], ["0.8", "0.2"]]),
            sample([["0.1"], ["0.2"]], [["0.1", "0.9"], ["0.3", "0.7"]]),
        ],
        loss=Loss.CROSS_ENTROPY,
        reductions=Reductions(steps=Reduction.MEAN, batch=Reduction.MEAN),
        l2="0.01",
        learning_rate="0.1",
    )


def _with_momentum() -> Network:
    network = _hidden()
    return replace(network, training=replace(network.training, rounds=1, optimizer=optimizer(Rule.MOMENTUM)))


def _recurrent_outputs() -> Network:
    return build(
        layer([["0.6"], ["-0.4"]], activation=Activation.TANH),
        layer([["0.6", "0.2"]], "0.2", recurrent=[["0.5"]], state=["0.3"]),
        samples=[sample([["0.5"], ["0.3"], ["-0.4"]], [["0.8"]])],
        rounds=2,
    )


def _stacked() -> Network:
    return build(
        layer([["0.6"], ["-0.4"]], activation=Activation.RELU, recurrent=[["1.5", "-0.3"], ["0.2", "1.7"]]),
        layer([["0.6", "0.2"], ["-0.4", "0.9"]], "0.2", recurrent=[["0.5", "-0.3"], ["0.2", "0.7"]]),
        layer([["0.9", "-0.5"]], ["0.1"]),
        samples=[sample([["0.5"], ["0.3"]], [["0.1"]])],
    )


NETWORKS: Mapping[str, Network] = {
    "hidden": _hidden(),
    "last": _hidden(samples=(sample([["0.5"], ["0.3"], ["-0.2"]], [["0.8"]]),)),
    "one-step": _hidden(samples=(sample([["0.5"]], [["0.8"]]),)),
    "momentum": _with_momentum(),
    "batch": _batch(),
    "outputs": _recurrent_outputs(),
    "stacked": _stacked(),
}


@cache
def derived(name: str) -> Derivation:
    return derive(NETWORKS[name])


def _teller(derivation: Derivation, *, lang: str, detail: Detail, notation: str = "mazur") -> Teller:
    namer = bound_to_network(load_notation(notation, "a test"), derivation.network)
    return Teller(derivation=derivation, phrases=load_phrases(lang), namer=namer, decimals=9, detail=detail)


@cache
def told(name: str, *, lang: str = "en", detail: Detail = Detail.FULL) -> Document:
    derivation = derived(name)
    return tell_walkthrough(_teller(derivation, lang=lang, detail=detail), (), certify(derivation))


# --- Every line is true -----------------------------------------------------------------------------------


def _erf(value: Decimal) -> Decimal:
    with mpmath.workdps(DIGITS):
        return Decimal(mpmath.nstr(mpmath.erf(mpmath.mpf(str(value))), DIGITS))


DECIMALS = Arithmetic(
    number=lambda it: Decimal(it.numerator) / Decimal(it.denominator),
    exp=Decimal.exp,
    log=Decimal.ln,
    sqrt=Decimal.sqrt,
    erf=_erf,
)


def _known(teller: Teller, rounds: tuple[int, ...] = ()) -> dict[str, Decimal]:
    """Every quantity as it is printed, with the textbook's number. Call it within a context of enough digits."""
    network = teller.derivation.network
    given = {id_: DECIMALS.number(it) for id_, it in given_numbers(network).items()}
    found = one_round(network, DECIMALS, parameters(network, DECIMALS) | initial_state(network, DECIMALS))
    known = {unicode(teller.name(id_)): value for id_, value in (given | found).items()}
    for number in rounds:
        later = after_rounds(network, DECIMALS, number)
        known |= {unicode(teller.name(f"{id_}@{number}")): value for id_, value in later.items()}
    return known


def _untrue(teller: Teller, blocks: Iterator[Block] | Document, rounds: tuple[int, ...] = ()) -> list[str]:
    general = frozenset(unicode(teller.name(id_)) for id_ in ("out", "dout/dnet"))
    with localcontext() as context:
        context.prec = DIGITS
        known = _known(teller, rounds)
        return untrue(claims(blocks.blocks if isinstance(blocks, Document) else blocks), known, general)


@pytest.mark.one_of_each
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_line_is_true(name: str, detail: Detail, lang: str) -> None:
    teller = _teller(derived(name), lang=lang, detail=detail)
    document = told(name, lang=lang, detail=detail)
    assert len(list(claims(document.blocks))) > 50
    assert _untrue(teller, document, (derived(name).network.training.rounds,)) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(
    # What divides by a root of a small average would ask for more digits than a line shows.
    any_networks(
        most_layers=2, most_neurons=2, most_samples=2, most_steps=3, rules=(Rule.SGD, Rule.MOMENTUM, Rule.NESTEROV)
    ).filter(lambda it: any(layer_.recurrent_weights is not None for layer_ in it.layers)),
    st.sampled_from(Detail),
    st.sampled_from(LANGUAGES),
)
def test_every_line_is_true_of_any_recurrent_network(network: Network, detail: Detail, lang: str) -> None:
    teller = _teller(derive(network), lang=lang, detail=detail)
    assert _untrue(teller, tell_network_over_time(teller)) == []
    assert _untrue(teller, tell_through_time(teller)) == []


def test_an_untrue_line_would_be_found() -> None:
    """The reader of lines, too, has to be able to say no."""
    network = NETWORKS["hidden"]
    other = replace(network, samples=(sample([["0.5"], ["0.3"], ["-0.1"]], [["0.5"], ["0.8"], ["0.1"]]),))
    teller = _teller(derive(other), lang="en", detail=Detail.FULL)
    found = _untrue(teller, told("hidden"), (3,))
    assert len(found) > 20
    assert not any(line.startswith("netₕ₁[1]") for line in found)
    assert any(line.startswith("netₕ₁[3]") for line in found)


# --- What is told ------------------------------------------------------------------------------------------


@pytest.mark.one_of_each
@pytest.mark.parametrize(("name", "detail"), [*product(NETWORKS, Detail)])
def test_both_languages_tell_the_same(name: str, detail: Detail) -> None:
    english, chinese = (list(told(name, lang=lang, detail=detail).blocks) for lang in LANGUAGES)
    assert [type(block) for block in english] == [type(block) for block in chinese]
    for ours, theirs in zip(english, chinese, strict=True):
        if isinstance(ours, Equations | Table):
            assert _formulas(ours) == _formulas(theirs)


def _formulas(block: Block) -> list[str]:
    if isinstance(block, Equations):
        return [unicode(line.right) for line in block.lines if hasattr(line, "right")]
    return [unicode(part.layout) for content in inlines(block) for part in content if isinstance(part, Math)]


def _text(name: str, *, detail: Detail = Detail.FULL) -> str:
    blocks = told(name, detail=detail).blocks
    contents = (content for block in blocks for content in inlines(block))
    return "\n".join(
        "".join(unicode(part.layout) if isinstance(part, Math) else part.text for part in content)
        for content in contents
    )


def _lefts(name: str, *, detail: Detail = Detail.FULL) -> set[str]:
    return {unicode(left) for left, _, _ in claims(told(name, detail=detail).blocks)}


@pytest.mark.parametrize("name", NETWORKS)
def test_every_step_of_the_first_sequence_is_told(name: str) -> None:
    """Each net input, output, error, delta, share and update of the first sample stands on the left of some line."""
    derivation = derived(name)
    graph = derivation.graph
    teller = _teller(derivation, lang="en", detail=Detail.FULL)
    told_ones = _lefts(name)
    wanted = [f"{it}+" for it in graph.parameters() if f"{it}+" in derivation.steps]
    for layer_ in graph.at:
        for instant, neurons in layer_.items():
            for neuron in neurons if instant.sample == 0 else ():
                mark = neuron.instant.mark
                wanted += [neuron.net, neuron.out, f"delta_{neuron.name}{mark}"]
    wanted += [id_ for id_ in derivation.steps if id_.startswith("dE") and "/dw" in id_]
    assert [id_ for id_ in wanted if unicode(teller.name(id_)) not in told_ones] == []


def test_brief_documents_are_brief_and_table_the_rest() -> None:
    lengths = {detail: len(list(told("stacked", detail=detail).blocks)) for detail in Detail}
    assert lengths[Detail.BRIEF] < 0.7 * lengths[Detail.FULL]
    full, brief = (_lefts("stacked", detail=detail) for detail in (Detail.FULL, Detail.BRIEF))
    assert {left for left in full if left.startswith("δ")} == {left for left in brief if left.startswith("δ")}


def _notes(name: str) -> list[str]:
    return [
        "".join(getattr(part, "text", "") for part in block.title)
        for block in told(name).blocks
        if isinstance(block, Note)
    ]


def test_the_immediate_derivative_is_named_where_there_is_another_way() -> None:
    assert "What is held fixed" in _notes("hidden")
    assert "What is held fixed" in _notes("last")
    assert "What is held fixed" not in _notes("one-step")


def test_what_remains_of_a_gradient_is_said_only_where_it_is_so() -> None:
    """0.5 (1 - out²) is less than 1; 1.5 times a ReLU's slope is more, and some tanh's slopes are less."""
    assert "Why long memories are hard to learn" in _notes("hidden")
    assert "Why long sequences are hard to learn" in _notes("stacked")
    assert "Why long memories are hard to learn" not in _notes("one-step")


def test_steps_without_a_target_say_so() -> None:
    assert "Only the last step has a target" in _text("last")
    assert "Nothing at this step is compared with a target" in _text("last")
    assert "Only the last step has a target" not in _text("hidden")


def test_a_batch_names_its_sequences() -> None:
    assert "2 sequences of 2 time steps each" in _text("batch")
    assert "is the mean" in _text("batch")


def test_the_headings_go_back_in_time() -> None:
    titles = [
        "".join(getattr(part, "text", "") for part in block.content)
        for block in told("hidden").blocks
        if isinstance(block, Heading) and block.level == 2
    ]
    steps = [title for title in titles if title.startswith("The deltas at time step")]
    assert [title[-1] for title in steps] == ["3", "2", "1"] * 2


@pytest.mark.parametrize("notation", ["mazur", "standard", "bishop"])
def test_every_notation_can_tell_it(notation: str) -> None:
    teller = _teller(derived("hidden"), lang="en", detail=Detail.FULL, notation=notation)
    blocks = [*tell_network_over_time(teller), *tell_through_time(teller)]
    assert any(isinstance(block, Paragraph) for block in blocks)


# --- Drawings ----------------------------------------------------------------------------------------------


def _drawings(name: str) -> dict[str, Drawing]:
    return {block.name: block.drawing for block in told(name).blocks if isinstance(block, Figure)}


@pytest.mark.parametrize("name", NETWORKS)
def test_drawings_are_clear(name: str) -> None:
    for title, drawing in _drawings(name).items():
        if title != "error":
            assert (title, overlapping(drawing), hidden(drawing), outside(drawing)) == (title, [], [], [])


def _arrows(drawing: Drawing, tone: Tone | None = None) -> list[Segment]:
    return [it for it in drawing.shapes if isinstance(it, Segment) and it.arrow and tone in {None, it.tone}]


def test_the_network_is_drawn_with_every_arrow() -> None:
    drawing = _drawings("hidden")["network"]
    # At each of three steps: 2 from the input, 4 from the step before, 2 to the output, 1 to the target.
    assert len(_arrows(drawing)) == 3 * (2 + 4 + 2 + 1)
    # Two initial states, and at each step an input, two hidden neurons and an output.
    assert sum(isinstance(it, Disc) for it in drawing.shapes) == 2 + 3 * 4
    labels = [
        str(it.content) if isinstance(it.content, str) else unicode(it.content) for it in labels_of(drawing) if it.halo
    ]
    assert sorted(labels) == sorted(
        f"w{number}".translate(str.maketrans("12345678", "₁₂₃₄₅₆₇₈")) for number in range(1, 9)
    )


def test_a_target_at_the_last_step_only_leaves_out_the_others() -> None:
    drawing = _drawings("last")["network"]
    assert len(_arrows(drawing)) == 3 * (2 + 4) + 2 + 1


def test_a_path_leads_forward_in_time_only() -> None:
    drawing = _drawings("hidden")["path-w7"]
    # From h1 to the output at each step, on to its error, and on to the total.
    assert len(_arrows(drawing, Tone.LIT)) == 3 * 3
    later = _drawings("last")["path-w7"]
    assert len(_arrows(later, Tone.LIT)) == 3


def test_a_softmax_neuron_moves_every_error() -> None:
    drawing = _drawings("batch")["path-w7"]
    # At each of two steps: from h1 to the output, on to both errors, and from both to the total.
    assert len(_arrows(drawing, Tone.LIT)) == 2 * (1 + 2 + 2)


def test_the_ways_back_are_lit() -> None:
    drawing = _drawings("hidden")["back-h12"]
    # To the output at the same step, and to both neurons one step later.
    assert len(_arrows(drawing, Tone.LIT)) == 1 + 2


def test_no_arrow_runs_through_a_neuron() -> None:
    for name in ("hidden", "stacked", "batch"):
        drawing = _drawings(name)["network"]
        discs = [it for it in drawing.shapes if isinstance(it, Disc) and not it.solid]
        for arrow in _arrows(drawing):
            for disc in discs:
                assert _distance(arrow, disc) > disc.radius - 0.5, (name, arrow, disc)


def _distance(arrow: Segment, disc: Disc) -> float:
    across, down = arrow.end.x - arrow.start.x, arrow.end.y - arrow.start.y
    part = ((disc.centre.x - arrow.start.x) * across + (disc.centre.y - arrow.start.y) * down) / (across**2 + down**2)
    part = max(0.0, min(1.0, part))
    x, y = arrow.start.x + part * across, arrow.start.y + part * down
    return float(((disc.centre.x - x) ** 2 + (disc.centre.y - y) ** 2) ** 0.5)


def test_large_networks_are_drawn_as_layers() -> None:
    rows = [["0.1"] * 5 for _ in range(5)]
    network = build(
        layer(rows, activation=Activation.TANH, recurrent=rows),
        layer([["0.2"] * 5]),
        samples=[sample([["0.5"] * 5] * 9, [["0.1"]])],
    )
    teller = _teller(derive(network), lang="en", detail=Detail.BRIEF)
    (figure,) = (block for block in tell_network_over_time(teller) if isinstance(block, Figure))
    assert (overlapping(figure.drawing), outside(figure.drawing)) == ([], [])
    assert sum(isinstance(it, Disc) and it.solid for it in figure.drawing.shapes) == 3


def _two_nodes() -> list[list[list[Node]]]:
    return [[[Node(key=key, label=Symbol(key), shape=NodeShape.NEURON)]] for key in "ab"]


@pytest.mark.parametrize(
    ("edge", "lit", "at"),
    [
        (Edge(source="a", target="nowhere"), frozenset[str](), "a"),
        (Edge(source="a", target="b"), frozenset(["nowhere"]), "a"),
        (Edge(source="a", target="b"), frozenset[str](), "nowhere"),
    ],
)
def test_an_unknown_key_is_named(edge: Edge, lit: frozenset[str], at: str) -> None:
    factors = [Factor(at=at, label=Symbol("x"))]
    with pytest.raises(ValueError, match="nothing to draw is called 'nowhere'"):
        draw_unrolled(
            columns=_two_nodes(), edges=[edge], lit=lit, factors=factors, slanted=frozenset({0}), description="unknown"
        )


def test_a_key_stands_for_one_node() -> None:
    (column, _) = _two_nodes()
    with pytest.raises(ValueError, match="stands for two nodes"):
        draw_unrolled(columns=[column, column], edges=[], slanted=frozenset(), description="twice")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=3), st.integers(1, 4))
def test_unrolled_drawings_are_clear(rows: list[tuple[int, bool]], steps: int) -> None:
    """Any rows of nodes, the slanted ones joined over time: no label covers another, and none leaves the page."""
    columns = [
        [
            [Node(key=f"{row},{index},{step}", label=Symbol("n"), shape=NodeShape.NEURON) for index in range(width)]
            for row, (width, _) in enumerate(rows)
        ]
        for step in range(steps)
    ]
    edges = [
        Edge(source=lower.key, target=upper.key, label=Symbol("w"))
        for column in columns
        for below, above in pairwise(column)
        for lower, upper in product(below, above)
    ]
    slanted = frozenset(row for row, (_, recurrent) in enumerate(rows) if recurrent)
    edges += [
        Edge(source=before.key, target=after.key)
        for one, other in pairwise(columns)
        for row in slanted
        for before, after in product(one[row], other[row])
    ]
    drawing = draw_unrolled(columns=columns, edges=edges, slanted=slanted, description="any")
    assert (overlapping(drawing), hidden(drawing), outside(drawing)) == ([], [], [])
    assert drawing.width <= MAX_WIDTH
    assert len(_arrows(drawing)) == len(edges)
