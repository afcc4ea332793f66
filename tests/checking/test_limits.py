"""Works that mean harm, through the command itself: each ends with a report or one line, never with a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

import symbackprop
from symbackprop.checking.budget import Budget
from symbackprop.checking.entry import judge_for, load, reader_for
from symbackprop.checking.reading.commands import RELATIONS, SIGNS
from symbackprop.checking.sources.read import MOST_SIGNS
from symbackprop.checking.sources.snippet import Kind
from symbackprop.checking.verdicts import Verdict
from symbackprop.derivation.balls import to_ball
from symbackprop.errors import SpecError
from symbackprop.resources import DEFAULT_EXAMPLE
from tests.checking.sheets_of_claims import truth_of

LARGE = 1_000_000
MOST_MEMORY = 500_000
"""In kilobytes."""

MEASURED = """
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
done = subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(done.returncode)
"""

HOSTILE = {
    "tower.md": b"net_h1 = 9**9**9",
    "exponents.md": b"out_h1 = exp(exp(exp(99999)))",
    "powers.md": b"net_h1 = 10**(10**9)*0",
    "parentheses.toml": b'net_h1 = "' + b"(" * (LARGE - 20) + b'"',
    "digits.toml": b'net_h1 = "0.' + b"3" * 100_000 + b'"',
    "small.toml": b'net_h1 = "1e-4000"\nout_h1 = "1e-999999999"',
    "fractions.md": b"$net_{h1} = " + b"\\frac{1}{" * 70_000 + b"1" + b"}" * 70_000 + b"$",
    "lists.toml": b"a = " + b"[" * 400_000,
    "keys.toml": b"a" + b".a" * 490_000 + b" = 1",
    "lists.json": b"[" * LARGE,
    "objects.json": b'{"a":' * 160_000,
    "nul.md": b"net_h1 = 0.3775\0",
    "utf16.md": "net_h1 = 0.3775".encode("utf-16-le"),
    "latin1.md": b"net_h1 = 0.3775 \xe9",
    "chain.md": b"w_5 = " * 160_000,
    "formulas.md": b"net_h1 = w1*w2*0.5\n" * 10_000,
    "answers.csv": b"id,answer\n" + b"net_h1,0.5\n" * 80_000,
    "rounds.csv": b"id,answer\nw1@1000001,0.1\nw1@1000000,0.1\n",
    "dollars.md": b"$" * LARGE,
    "macros.tex": b"\\newcommand{\\a}{\\a\\a}\n$net_{h1} = \\a$",
    "giants.tex": b"".join(b"$net_{h1} = " + b"w_1 i_1 + " * 9_000 + b"b_1$\n" for _ in range(11)),
}


SLOW = {"fractions.md", "formulas.md", "dollars.md", "giants.tex"}


MOST_STEPS_A_CHARACTER = 120
"""So many steps are made at most, from reading to the last suspect, where a work is long enough for its figures."""

REPEATED = {
    Kind.MARKDOWN: (
        "net_h1 = w1*i1 + w2*i2 + b1 = 0.15*0.05 + 0.2*0.1 + 0.35 = 0.3775\n\n",
        "net_h1 = 0.15*0.05 + 0.#*0.1 + 0.35 = 0.5#\n\n",
        "out_h1 = " + "(t)" * 60 + "#\n\n",
        "w_5 = " + "w_5" * 60 + "#\n\n",
        "w_5 = " + "ab-" * 60 + "#\n\n",
        "w_5 = " * 40 + "#\n\n",
        "| net_h1 | 0.#5 |\n",
    ),
    Kind.LATEX: (
        "\\begin{align}net_{h1} &= w_1 i_1 + # \\\\ &= 0.3775\\end{align}\n",
        "$net_{h1} = \\sum_{k=1}^{2000} w_k + #$\n",
        "$net_{h1} = " + "&" * 200 + "#$\n",
        "$net_{h1} = " + "{" * 90 + "#" + "}" * 90 + "$\n",
    ),
    Kind.TEXT: ("net_h1 = # = 1\n",),
}
"""What can stand in a work again and again, numbered at a `#`."""


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in REPEATED.items() for line in lines])
def test_steps_are_in_proportion(kind: Kind, line: str) -> None:
    network = load(None)
    reader, judge = reader_for(network), judge_for(network)
    steps = []
    for size in (3_000, 5_000):
        budget = Budget()
        text = "".join(line.replace("#", str(number + 1)) for number in range(size // len(line)))
        judge.judge(reader.read_text(text, kind, "work", budget), budget)
        steps.append(budget.spent)
    few, many = steps
    assert many < MOST_STEPS_A_CHARACTER * 5_000
    assert many < 2.2 * few


def many_wrong() -> bytes:
    """Figures of the large example, each twice what it should be."""
    large = truth_of(symbackprop.load("large"))
    ids = [f"dE_total/dw{number}" for start in (1, 23_521) for number in range(start, start + 60)]
    answers = "".join(f"{id_},{2 * float(to_ball(large.value(id_))):.9f}\n" for id_ in ids)
    return f"id,answer\n{answers}".encode()


def checked(path: Path, network: str) -> tuple[int, str, int]:
    """The exit code of the command, what it says of errors, and the memory that it took."""
    command = [sys.executable, "-m", "symbackprop", "check", str(path), "--network", network, "--format", "json"]
    # A hang ends by the processor's time, whatever else the machine does: how long it takes is measured by hand.
    done = subprocess.run([sys.executable, "-c", MEASURED, *command], capture_output=True, text=True, check=False)
    errors, _, memory = done.stderr.rstrip("\n").rpartition("\n")
    return done.returncode, errors, int(memory)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in HOSTILE]
)
def test_hostile_works_end(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(HOSTILE[name])
    code, errors, memory = checked(path, DEFAULT_EXAMPLE)
    assert "Traceback" not in errors
    assert "a network" not in errors
    assert code in (1, 2), errors
    assert code == 1 or (errors and "\n" not in errors)
    assert memory < MOST_MEMORY


@pytest.mark.slow
def test_much_that_is_wrong_in_a_large_network_ends(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(many_wrong())
    code, errors, memory = checked(path, "large")
    assert (code, errors) == (1, "")
    assert memory < MOST_MEMORY


STEPS_BEHIND_WRONG_LINKS = 5_000_000
"""So many steps are made at most for a megabyte of which nothing is right: a quarter of what a work may cost."""

CHAINS = (
    "net_h1 = w1*i1 + w2*i2 + b1 = 0.15*0.#05 + 0.2*0.#1 + 0.35 = 0.#3775",
    "out_h1 = 1/(1 + exp(-net_h1)) = 1/(1 + exp(-0.#3775)) = 0.#59326",
    "net_o1 = w5*out_h1 + w6*out_h2 + b2 = 0.4*0.#59327 + 0.45*0.#596884 + 0.6 = 1.#1059",
    "E_total = E_o1 + E_o2 = 0.#2748 + 0.#2356 = 0.#29837",
    "dE_total/dw5 = (out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h1 = 0.#7413*0.#7513*(1 - 0.#75)*0.#593 = 0.#0821",
    "w5+ = w5 - 0.5*dE_total/dw5 = 0.4 - 0.5*0.#082167 = 0.#35891",
)


def all_wrong() -> str:
    """A megabyte of figures each of which is wrong for no reason."""
    random = Random(12)  # noqa: S311 - the same figures in every run
    prose = "The gradient tells how the error grows with a weight. " * 2
    chains = (CHAINS[number % len(CHAINS)] for number in range(4_990))
    digits = ("".join(piece + str(random.randrange(1_000)) for piece in it.split("#")[:-1]) + it[-4:] for it in chains)
    return "".join(f"{it}\n{prose}\n\n" for it in digits)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".md", ".txt"])
def test_a_megabyte_of_which_nothing_is_right_is_judged(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"work{suffix}"
    path.write_text(all_wrong(), encoding="utf-8")
    assert 900_000 < path.stat().st_size < LARGE
    budget = Budget()
    network = load(None)
    found = judge_for(network).judge(reader_for(network).read_work(path, budget), budget)
    assert budget.spent < STEPS_BEHIND_WRONG_LINKS
    assert sum(link.verdict is Verdict.WRONG for link in found.links) > 4_990
    assert not all(link.sought for link in found.links)
    code, errors, memory = checked(path, DEFAULT_EXAMPLE)
    assert (code, errors) == (1, "")
    assert memory < MOST_MEMORY


def refusal_of(text: str, kind: Kind) -> str:
    """Why a text isn't read, before any of its formulas is."""
    budget = Budget(most=2 * LARGE)
    with pytest.raises(SpecError) as refused:
        reader_for(load(None)).read_text(text, kind, "work", budget)
    assert budget.spent == len(text)
    return str(refused.value)


def test_the_number_of_formulas_is_bounded_before_any_is_read() -> None:
    sheet = "id,answer\n" + "net_h1,w1*i1\n" * 5_000
    assert refusal_of("net_h1 = w1\n\n" * 5_001, Kind.MARKDOWN) == "work: expected at most 5,000 formulas, found more"
    assert refusal_of(sheet + "net_h1,1\n", Kind.CSV) == "work: expected at most 5,000 answers, found more"


_MOST_IN_A_LINE = "net_h1 = " + "w1*i1 + " * 998 + "w1*i1"
"""A fiftieth of what formulas may have together."""


def test_what_formulas_have_together_is_bounded_before_any_is_read() -> None:
    over = _MOST_IN_A_LINE + "*1"
    what = "work: expected at most 300,000 letters, numbers and signs in"
    assert refusal_of(f"{over}\n\n" * 50, Kind.MARKDOWN) == f"{what} formulas, found more"
    assert refusal_of("id,answer\n" + f"net_h1,{'9+' * 4_997}\n" * 31, Kind.CSV) == f"{what} answers, found more"


RELATED = [*(sign for sign, (kind, _) in SIGNS.items() if kind == "relation"), "＝", *(f"\\{it}" for it in RELATIONS)]


@pytest.mark.parametrize("sign", RELATED)
def test_links_are_bounded_before_any_is_read(sign: str) -> None:
    line = f"$w_5 = w_5{f' {sign} w_5' * 30}$\n\n"
    assert refusal_of(line * 1_001, Kind.LATEX) == "work: expected at most 30,000 equals signs in formulas, found more"


def test_as_many_links_as_are_read_are_counted() -> None:
    line = "$w_5 = w_5 ≈ w_5 \\approx w_5 = 0.4$\n\n"
    assert len(symbackprop.check(line * 2).links) == 8


@pytest.mark.slow
def test_as_much_as_is_allowed_is_read() -> None:
    line = _MOST_IN_A_LINE
    assert len(line.replace(" ", "")) * 50 == MOST_SIGNS
    work = reader_for(load(None)).read_text(f"{line}\n\n" * 50, Kind.MARKDOWN, "work")
    assert len(work.chains) == 50


def test_what_has_no_bounds_is_not_right() -> None:
    for text in ("out_h1 = exp(exp(exp(99999)))", "net_h1 = 1/(0.1 - 0.1)"):
        assert not symbackprop.check(text).is_right
