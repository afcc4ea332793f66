"""Every formula of the article, and its counterpart for every neuron and weight, with its figure.

The article prints each kind of formula once, for one neuron or weight, and leaves the others to the reader. Here
they are listed as data: for each kind the formula, for each neuron and weight the figure to nine decimals. The
figures are checked against arithmetic that shares nothing with the package, then looked for on the pages.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import cache

import pytest

from symbackprop.pages.phrases import load_phrases
from tests.pages.calculations import Calculation, bare, calculations
from tests.walkthroughs import rendered, written

PAGES = [(format_, lang) for format_ in ("latex", "markdown") for lang in ("en", "zh")]

# --- The network, as data ---------------------------------------------------------------------------------

HIDDEN, OUTPUTS = ("h1", "h2"), ("o1", "o2")
WEIGHTS = {
    # weight: (its neuron, what it multiplies, its place in the net input, its number)
    "w_{1}": ("h1", "i_{1}", 1, "0.15"),
    "w_{2}": ("h1", "i_{2}", 2, "0.20"),
    "w_{3}": ("h2", "i_{1}", 1, "0.25"),
    "w_{4}": ("h2", "i_{2}", 2, "0.30"),
    "w_{5}": ("o1", "out_{h1}", 1, "0.40"),
    "w_{6}": ("o1", "out_{h2}", 2, "0.45"),
    "w_{7}": ("o2", "out_{h1}", 1, "0.50"),
    "w_{8}": ("o2", "out_{h2}", 2, "0.55"),
}
FED = {("h1", "o1"): "w_{5}", ("h2", "o1"): "w_{6}", ("h1", "o2"): "w_{7}", ("h2", "o2"): "w_{8}"}
BIAS = {"h1": ("b_{1}", "0.35"), "h2": ("b_{1}", "0.35"), "o1": ("b_{2}", "0.60"), "o2": ("b_{2}", "0.60")}
TARGET = {"o1": "0.01", "o2": "0.99"}
INPUT = {"i_{1}": "0.05", "i_{2}": "0.10"}

# --- The figures, as data ---------------------------------------------------------------------------------

FORWARD = {
    # neuron: (net, out, the logistic function's derivative)
    "h1": ("0.3775", "0.593269992", "0.241300709"),
    "h2": ("0.3925", "0.596884378", "0.240613417"),
    "o1": ("1.105905967", "0.751365070", "0.186815602"),
    "o2": ("1.224921404", "0.772928465", "0.175510053"),
}
ERROR = {"o1": "0.274811083", "o2": "0.023560026", "total": "0.298371109"}
BY_OUT = {"o1": "0.741365070", "o2": "-0.217071535", "h1": "0.036350306", "h2": "0.041370323"}
DELTA = {"o1": "0.138498562", "o2": "-0.038098237", "h1": "0.008771355", "h2": "0.009954255"}
PATHS = {
    ("h1", "o1"): "0.055399425",
    ("h1", "o2"): "-0.019049118",
    ("h2", "o1"): "0.062324353",
    ("h2", "o2"): "-0.020954030",
}
GRADIENT_AND_UPDATE = {
    "w_{1}": ("0.000438568", "0.149780716"),
    "w_{2}": ("0.000877135", "0.199561432"),
    "w_{3}": ("0.000497713", "0.249751144"),
    "w_{4}": ("0.000995425", "0.299502287"),
    "w_{5}": ("0.082167041", "0.358916480"),
    "w_{6}": ("0.082667628", "0.408666186"),
    "w_{7}": ("-0.022602540", "0.511301270"),
    "w_{8}": ("-0.022740242", "0.561370121"),
}
AFTER = {
    1: {"total": "0.291027774", "o1": "0.742088111", "o2": "0.775284968"},
    10000: {"total": "0.000035102", "o1": "0.015913620", "o2": "0.984064274"},
}

# --- The figures, checked by plain arithmetic -------------------------------------------------------------


def _rounds(number: int) -> Iterator[dict[str, Decimal]]:
    """Yield every quantity of each round, by the textbook's formulas for this one network."""
    w = {weight: Decimal(digits) for weight, (*_, digits) in WEIGHTS.items()}
    for _ in range(number):
        x = {source: Decimal(digits) for source, digits in INPUT.items()}
        v: dict[str, Decimal] = {}
        for neuron in (*HIDDEN, *OUTPUTS):
            net = Decimal(BIAS[neuron][1])
            net += sum(w[weight] * x[source] for weight, (to, source, *_) in WEIGHTS.items() if to == neuron)
            out = 1 / (1 + (-net).exp())
            x[f"out_{{{neuron}}}"] = out
            v |= {f"net {neuron}": net, f"out {neuron}": out, f"slope {neuron}": out * (1 - out)}
        for o in OUTPUTS:
            missed = v[f"out {o}"] - Decimal(TARGET[o])
            v |= {f"error {o}": missed * missed / 2, f"by_out {o}": missed, f"delta {o}": missed * v[f"slope {o}"]}
        v["error total"] = v["error o1"] + v["error o2"]
        for h in HIDDEN:
            for o in OUTPUTS:
                v[f"path {h} {o}"] = v[f"delta {o}"] * w[FED[h, o]]
            v[f"by_out {h}"] = v[f"path {h} o1"] + v[f"path {h} o2"]
            v[f"delta {h}"] = v[f"by_out {h}"] * v[f"slope {h}"]
        for weight, (to, source, *_) in WEIGHTS.items():
            v[f"gradient {weight}"] = v[f"delta {to}"] * x[source]
            v[f"update {weight}"] = w[weight] - Decimal("0.5") * v[f"gradient {weight}"]
        w = {weight: v[f"update {weight}"] for weight in WEIGHTS}
        yield v


def _figures() -> Iterator[tuple[str, str]]:
    for neuron, (net, out, slope) in FORWARD.items():
        yield from ((f"net {neuron}", net), (f"out {neuron}", out), (f"slope {neuron}", slope))
    yield from ((f"error {name}", figure) for name, figure in ERROR.items())
    yield from ((f"by_out {name}", figure) for name, figure in BY_OUT.items())
    yield from ((f"delta {name}", figure) for name, figure in DELTA.items())
    yield from ((f"path {h} {o}", figure) for (h, o), figure in PATHS.items())
    for weight, (gradient, update) in GRADIENT_AND_UPDATE.items():
        yield from ((f"gradient {weight}", gradient), (f"update {weight}", update))


def _rounded(value: Decimal, figure: str) -> str:
    places = len(figure.partition(".")[2])
    return f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN):f}"


def test_the_figures_are_right() -> None:
    with localcontext() as context:
        context.prec = 45
        first, second = _rounds(2)
    for name, figure in _figures():
        assert _rounded(first[name], figure) == figure, name
    assert first["net h1"] == Decimal("0.3775")
    assert first["net h2"] == Decimal("0.3925")
    for name, figure in AFTER[1].items():
        key = "error total" if name == "total" else f"out {name}"
        assert _rounded(second[key], figure) == figure, name


def test_the_closing_figures_are_right() -> None:
    with localcontext() as context:
        context.prec = 30
        last = deque(_rounds(10_001), maxlen=1).pop()
    for name, figure in AFTER[10000].items():
        key = "error total" if name == "total" else f"out {name}"
        assert _rounded(last[key], figure) == figure, name


# --- The formulas, as data --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a page has to say of a quantity: these formulas in this order, then the figure."""

    left: str
    formulas: tuple[str, ...]
    figure: str | None = None


def _row(left: str, *formulas: str, figure: str | None = None) -> Row:
    return Row(left=left, formulas=formulas, figure=figure)


def _d(above: str, below: str) -> str:
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"


def _by_total(below: str) -> str:
    return _d("E_{total}", below)


def _net(name: str) -> str:
    return f"net_{{{name}}}"


def _out(name: str) -> str:
    return f"out_{{{name}}}"


def _error(name: str) -> str:
    return f"E_{{{name}}}"


def _delta(name: str) -> str:
    return rf"\delta_{{{name}}}"


def _signed(figure: str) -> str:
    """A negative factor or term stands in parentheses."""
    return f"({figure})" if figure.startswith("-") else figure


def _times(*figures: str) -> str:
    return r" \cdot ".join(map(_signed, figures))


def _weights_of(neuron: str) -> tuple[str, str]:
    first, second = (weight for weight, (to, *_) in WEIGHTS.items() if to == neuron)
    return first, second


def _shown(source: str) -> str:
    """The figure of an input, or of a neuron's output."""
    return INPUT[source] if source in INPUT else FORWARD[source[5:-1]][1]


def _sum_of_inputs(neuron: str) -> str:
    first, second = _weights_of(neuron)
    return f"{first} {WEIGHTS[first][1]} + {second} {WEIGHTS[second][1]} + {BIAS[neuron][0]}"


def forward_pass() -> Iterator[Row]:
    """Yield net and out of each neuron."""
    for neuron, (net, out, _) in FORWARD.items():
        terms = [_times(WEIGHTS[weight][3], _shown(WEIGHTS[weight][1])) for weight in _weights_of(neuron)]
        numbers = " + ".join([*terms, BIAS[neuron][1]])
        yield _row(_net(neuron), _sum_of_inputs(neuron), numbers, figure=net)
        logistic = rf"\frac{{1}}{{1 + e^{{-{_net(neuron)}}}}}"
        yield _row(_out(neuron), logistic, rf"\frac{{1}}{{1 + e^{{-{net}}}}}", figure=out)


def _half_square(o: str) -> str:
    return rf"\frac{{1}}{{2}} (target_{{{o}}} - out_{{{o}}})^{{2}}"


def errors() -> Iterator[Row]:
    """Yield the errors of the outputs and the total, in both of its forms."""
    for o in OUTPUTS:
        numbers = rf"\frac{{1}}{{2}} ({TARGET[o]} - {FORWARD[o][1]})^{{2}}"
        yield _row(_error(o), _half_square(o), numbers, figure=ERROR[o])
    yield _row("E_{total}", "E_{o1} + E_{o2}", f"{ERROR['o1']} + {ERROR['o2']}", figure=ERROR["total"])
    yield _row("E_{total}", f"{_half_square('o1')} + {_half_square('o2')}")


def first_factors_of_outputs() -> Iterator[Row]:
    """Yield the error by an output: the power rule, its result, the numbers."""
    power = {o: rf"2 \cdot \frac{{1}}{{2}} (target_{{{o}}} - out_{{{o}}})^{{2 - 1}} \cdot (-1)" for o in OUTPUTS}
    lines = {"o1": f"{power['o1']} + 0", "o2": f"0 + {power['o2']}"}
    for o in OUTPUTS:
        result, numbers = f"-(target_{{{o}}} - out_{{{o}}})", f"-({TARGET[o]} - {FORWARD[o][1]})"
        yield _row(_by_total(_out(o)), lines[o], result, numbers, figure=BY_OUT[o])


def logistic_derivative() -> Iterator[Row]:
    """Yield the derivative of the logistic function: in general, and for each neuron."""
    yield _row("out", r"\frac{1}{1 + e^{-net}}")
    yield _row(
        _d("out", "net"),
        r"(-1) \cdot (1 + e^{-net})^{-1 - 1} \cdot (0 + e^{-net} \cdot (-1))",
        r"\frac{e^{-net}}{(1 + e^{-net})^{2}}",
        r"\frac{1}{1 + e^{-net}} \cdot \frac{e^{-net}}{1 + e^{-net}}",
        r"\frac{1}{1 + e^{-net}} \cdot (1 - \frac{1}{1 + e^{-net}})",
        "out (1 - out)",
    )
    for neuron, (_, out, slope) in FORWARD.items():
        yield _row(_out(neuron), rf"\frac{{1}}{{1 + e^{{-{_net(neuron)}}}}}")
        symbols, numbers = f"{_out(neuron)} (1 - {_out(neuron)})", rf"{out} \cdot (1 - {out})"
        yield _row(_d(_out(neuron), _net(neuron)), symbols, numbers, figure=slope)


def third_factors() -> Iterator[Row]:
    """Yield the net input by each weight: the power rule with the exponent 1 - 1, its result."""
    for weight, (neuron, source, place, _) in WEIGHTS.items():
        power = rf"1 \cdot {source} {weight}^{{1 - 1}}"
        line = f"{power} + 0 + 0" if place == 1 else f"0 + {power} + 0"
        yield _row(_net(neuron), _sum_of_inputs(neuron))
        yield _row(_d(_net(neuron), weight), line, source, figure=_shown(source))


def chain_rules() -> Iterator[Row]:
    """Yield each weight's chain rule, with the numbers and the gradient."""
    for weight, (neuron, source, *_) in WEIGHTS.items():
        factors = (_by_total(_out(neuron)), _d(_out(neuron), _net(neuron)), _d(_net(neuron), weight))
        numbers = _times(BY_OUT[neuron], FORWARD[neuron][2], _shown(source))
        yield _row(_by_total(weight), r" \cdot ".join(factors))
        yield _row(_by_total(weight), r" \cdot ".join(factors), numbers, figure=GRADIENT_AND_UPDATE[weight][0])


def deltas() -> Iterator[Row]:
    """Yield each neuron's delta, and each gradient as delta times input."""
    for neuron, figure in DELTA.items():
        factors = rf"{_by_total(_out(neuron))} \cdot {_d(_out(neuron), _net(neuron))}"
        numbers = _times(BY_OUT[neuron], FORWARD[neuron][2])
        yield _row(_delta(neuron), _by_total(_net(neuron)), factors, numbers, figure=figure)
    for weight, (neuron, source, *_) in WEIGHTS.items():
        numbers = _times(DELTA[neuron], _shown(source))
        gradient = GRADIENT_AND_UPDATE[weight][0]
        yield _row(_by_total(weight), f"{_delta(neuron)} {source}", numbers, figure=gradient)


def delta_rule_written_out() -> Iterator[Row]:
    """Yield the delta of each output neuron, and the gradient of each of its weights, with the factors in full."""
    for o in OUTPUTS:
        yield _row(_delta(o), rf"-(target_{{{o}}} - out_{{{o}}}) \cdot out_{{{o}}} (1 - out_{{{o}}})")
    for weight, (neuron, source, *_) in WEIGHTS.items():
        if neuron in OUTPUTS:
            squash = rf"out_{{{neuron}}} (1 - out_{{{neuron}}})"
            yield _row(_by_total(weight), rf"-(target_{{{neuron}}} - out_{{{neuron}}}) \cdot {squash} \cdot {source}")


def sums_over_paths() -> Iterator[Row]:
    """Yield the first factor of the hidden neurons: its two paths, each with its factors, and their sum."""
    for h in HIDDEN:
        paths = [_d(_error(o), _out(h)) for o in OUTPUTS]
        yield _row(_by_total(_out(h)), " + ".join(paths))
        numbers = " + ".join(_signed(PATHS[h, o]) for o in OUTPUTS)
        yield _row(_by_total(_out(h)), numbers, figure=BY_OUT[h])
        for o in OUTPUTS:
            weight = FED[h, o]
            back = _d(_error(o), _net(o))
            yield _row(_d(_error(o), _out(h)), rf"{back} \cdot {_d(_net(o), _out(h))}")
            factors = rf"{_d(_error(o), _out(o))} \cdot {_d(_out(o), _net(o))}"
            yield _row(back, factors, _times(BY_OUT[o], FORWARD[o][2]), figure=DELTA[o])
            power = rf"1 \cdot {weight} {_out(h)}^{{1 - 1}}"
            line = f"{power} + 0 + 0" if h == "h1" else f"0 + {power} + 0"
            yield _row(_d(_net(o), _out(h)), line, weight, figure=WEIGHTS[weight][3])
            yield _row(_d(_error(o), _out(h)), _times(DELTA[o], WEIGHTS[weight][3]), figure=PATHS[h, o])


def general_forms() -> Iterator[Row]:
    """Yield the gradient of each hidden weight with a sum over the outputs: in derivatives, then in deltas."""
    for weight, (h, source, *_) in WEIGHTS.items():
        if h in HIDDEN:
            chain = rf"{_by_total('out_{o}')} \cdot {_d('out_{o}', 'net_{o}')} \cdot {_d('net_{o}', _out(h))}"
            rest = rf"{_d(_out(h), _net(h))} \cdot {_d(_net(h), weight)}"
            yield _row(
                _by_total(weight),
                rf"(\sum_{{o}} {chain}) \cdot {rest}",
                rf"(\sum_{{o}} \delta_{{o}} w_{{ho}}) \cdot {_out(h)} (1 - {_out(h)}) \cdot {source}",
                f"{_delta(h)} {source}",
            )


def updates() -> Iterator[Row]:
    """Yield the update of each weight."""
    for weight, (gradient, update) in GRADIENT_AND_UPDATE.items():
        numbers = rf"{WEIGHTS[weight][3]} - {_times('0.5', gradient)}"
        yield _row(f"{weight}^{{+}}", rf"{weight} - \eta \cdot {_by_total(weight)}", numbers, figure=update)


KINDS = (
    forward_pass,
    errors,
    first_factors_of_outputs,
    logistic_derivative,
    third_factors,
    chain_rules,
    deltas,
    delta_rule_written_out,
    sums_over_paths,
    general_forms,
    updates,
)

# --- The pages --------------------------------------------------------------------------------------------


@cache
def _calculations(format_: str, lang: str) -> tuple[Calculation, ...]:
    return calculations(written(format_=format_, lang=lang))


def _says(calculation: Calculation, row: Row) -> bool:
    if calculation.left != row.left:
        return False
    said = iter(right for _, right in calculation.rights)
    wanted = row.formulas if row.figure is None else (*row.formulas, row.figure)
    return all(any(formula == right for right in said) for formula in wanted)


@pytest.mark.parametrize(("format_", "lang"), PAGES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_formula_has_its_counterpart(kind: Callable[[], Iterator[Row]], format_: str, lang: str) -> None:
    found = _calculations(format_, lang)
    missing = [row for row in kind() if not any(_says(calculation, row) for calculation in found)]
    assert not missing, "\n".join(f"no {row.left} = {' = '.join(row.formulas)}" for row in missing)


@pytest.mark.parametrize(("format_", "lang"), PAGES)
def test_the_closing_figures_stand_there(format_: str, lang: str) -> None:
    page = bare(written(format_=format_, lang=lang))
    final = AFTER[10000]
    for claim in (
        rf"E_{{total}}^{{(10000)}} \approx {final['total']}",
        rf"out_{{o1}}^{{(10000)}} \approx {final['o1']}",
        rf"out_{{o2}}^{{(10000)}} \approx {final['o2']}",
    ):
        assert f"${claim}$" in page
    for figure in (ERROR["total"], *AFTER[1].values()):
        assert f"${figure}$" in page


# --- The slips --------------------------------------------------------------------------------------------

WRONG_FIGURES = ("0.019049119", "0.291027924", "0.000035085", "0.0000351085", "0.015912196", "0.984065734")
_SECTION = {"latex": r"\\section\{(.*)\}$", "markdown": r"## (.*)$"}


def _outside_of_published(format_: str, lang: str) -> tuple[str, str]:
    """Return the chapter on published figures, and the page without it."""
    page = written(format_=format_, lang=lang)
    title = load_phrases(lang).words["published.heading"]
    chapters = list(re.finditer(f"^{_SECTION[format_]}", page, re.MULTILINE))
    number = next(index for index, chapter in enumerate(chapters) if chapter[1] == title)
    start, end = chapters[number].start(), chapters[number + 1].start()
    return page[start:end], page[:start] + page[end:]


@pytest.mark.parametrize(("format_", "lang"), PAGES)
@pytest.mark.parametrize("figure", WRONG_FIGURES)
def test_a_wrong_figure_stands_only_where_it_is_judged(figure: str, format_: str, lang: str) -> None:
    published, others = _outside_of_published(format_, lang)
    assert figure in published
    assert figure not in others


@pytest.mark.parametrize("figure", WRONG_FIGURES)
def test_no_drawing_shows_a_wrong_figure(figure: str) -> None:
    for name, drawing in rendered(format_="markdown").figures.items():
        assert figure not in drawing, name


@pytest.mark.parametrize(("format_", "lang"), PAGES)
def test_the_net_input_of_h1_never_takes_w3(format_: str, lang: str) -> None:
    rights = [right for it in _calculations(format_, lang) if it.left == "net_{h1}" for _, right in it.rights]
    assert rights
    assert not [right for right in rights if "w_{3}" in right]
    assert "w_{3} i_{2}" not in bare(written(format_=format_, lang=lang))


@pytest.mark.parametrize(("format_", "lang"), PAGES)
def test_no_weight_is_left_to_the_reader(format_: str, lang: str) -> None:
    """The article says "repeat for w1, w2 and w3", and means w2, w3 and w4; here each has its own heading."""
    page = bare(written(format_=format_, lang=lang))
    for weight in WEIGHTS:
        headings = [line for line in page.splitlines() if re.match(r"(### |\\subsection\{)", line)]
        assert len([line for line in headings if f"${weight}$" in line and "$E_{total}$" in line]) == 1, weight
