"""The command line: each mistake gets its one line, each command does what its help says."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from symbackprop import __version__, api
from symbackprop.cli import main
from symbackprop.derivation.certify import Certificate, Failure, Route
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.keys import PatternKey, SquashByNet
from symbackprop.derivation.patterns import Pattern, work_out
from symbackprop.formats import WALKTHROUGHS
from symbackprop.functions import Activation, Loss
from symbackprop.resources import example_names
from symbackprop.typeset.formula import Negative
from symbackprop.wording import listed
from tests.walkthroughs import SMALL

ROOT = Path(__file__).parents[1]
NET = """\
title = "A net"
[data]
inputs = [0.05, 0.10]
targets = [0.01]
[[layers]]
activation = "sigmoid"
weights = [[0.15, 0.20], [0.25, 0.30]]
biases = 0.35
[[layers]]
activation = "sigmoid"
weights = [[0.40, 0.45]]
[training]
loss = "half-squared"
learning_rate = 0.5
"""
PUBLISHED = '[[published]]\nquantity = "{}"\nvalue = "0.29"\nsource = "a sheet"\n'

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in an empty folder and give exit code, output and complaints."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(arguments)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return call


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


# --- Bad network files ------------------------------------------------------------------------------------

WEIGHTS = "weights = [[0.15, 0.20], [0.25, 0.30]]"
LAYERS = NET[NET.index("[[layers]]") : NET.index("[training]")]
DIGITS = "9" * 10_000

# What the file holds (bytes, or what is replaced in a good one by what), and what is said after its name.
BAD_FILES: list[tuple[str, bytes | tuple[str, str], str]] = [
    ("not UTF-8", b'title = "\xe9"', "line 1: expected UTF-8 text, found the byte 0xe9"),
    ("not TOML", b"title: a net", 'line 1: expected a name and a value, such as rounds = 10, found "title: a net"'),
    ("empty", b"", "title: missing; expected a text, the title of the document"),
    ("unknown key", ("inputs =", "input ="), 'data.input: unknown key; did you mean "inputs"?'),
    ("unknown table", ("[training]", "[trainings]"), 'trainings: unknown key; did you mean "training"?'),
    ("missing key", ("learning_rate = 0.5\n", ""), "training.learning_rate: missing; expected a number above 0"),
    ("wrong shape", ("targets = [0.01]", "targets = 0.01"), "data.targets: expected a list of numbers, found 0.01"),
    (
        "wrong width",
        ("targets = [0.01]", "targets = [0.01, 0.99]"),
        "data.targets: expected 1 number (the last layer has 1 neuron), found 2",
    ),
    (
        "ragged rows",
        (WEIGHTS, "weights = [[0.15, 0.20], [0.25]]"),
        "layers[0].weights[1]: expected 2 numbers (the network has 2 inputs), found 1",
    ),
    ("no layers", (LAYERS, ""), "layers: missing; expected a table [[layers]] for each layer"),
    (
        "zero layers",
        f"layers = []\n{NET.replace(LAYERS, '')}".encode(),
        "layers: expected at least one layer, found an empty list",
    ),
    (
        "a layer without neurons",
        (WEIGHTS, "weights = []"),
        "layers[0].weights: expected a row of weights for each neuron, at least one, found an empty list",
    ),
    (
        "a text for a number",
        ("0.15", '"0.15"'),
        'layers[0].weights[0][0]: expected a number, found the text "0.15" (a number stands without quotes)',
    ),
    ("a bool for a number", ("0.15", "true"), "layers[0].weights[0][0]: expected a number, found true"),
    ("NaN", ("0.15", "nan"), "layers[0].weights[0][0]: expected a number, found nan"),
    ("infinity", ("0.15", "-inf"), "layers[0].weights[0][0]: expected a number, found -inf"),
    (
        "a number of 10,000 digits",
        ("0.15", DIGITS),
        "line 7: expected a number of at most 60 significant digits, found more than 500",
    ),
    (
        "10,000 decimals",
        ("0.15", f"0.{DIGITS}"),
        "line 7: expected a number of at most 60 significant digits, found more than 500",
    ),
    (
        "an unknown activation",
        ('"sigmoid"', '"sigmoit"'),
        f'layers[0].activation: expected an activation ({listed(Activation)}), found "sigmoit"; did you mean "sigmoid"?',
    ),
    (
        "a later key",
        ("biases = 0.35", 'names = ["a", "b"]'),
        "layers[0].names: this key is not supported yet",
    ),
    (
        "an unknown loss",
        ('"half-squared"', '"half-square"'),
        f'training.loss: expected a loss ({listed(Loss)}), found "half-square"; did you mean "half-squared"?',
    ),
    (
        "an unknown quantity",
        ("[training]", f"{PUBLISHED.format('dE_total/dw9')}[training]"),
        'published[0].quantity: this network has no quantity "dE_total/dw9"; did you mean "dE_total/dw6"?',
    ),
    (
        "a quantity after too many rounds",
        ("[training]", f"{PUBLISHED.format('E_total@1000001')}[training]"),
        'published[0].quantity: expected a number of rounds up to 1,000,000 after the @, found "E_total@1000001"',
    ),
    (
        "a title of two lines",
        ('"A net"', '"A\\nnet"'),
        "title: expected a text of one line without control characters, found U+000A in it",
    ),
]


@pytest.mark.parametrize("command", ["render", "verify", "train"])
@pytest.mark.parametrize(("content", "said"), [row[1:] for row in BAD_FILES], ids=[row[0] for row in BAD_FILES])
def test_a_bad_file_gets_one_line(
    command: str, content: bytes | tuple[str, str], said: str, run: Run, tmp_path: Path
) -> None:
    if isinstance(content, tuple):
        assert content[0] in NET
        content = NET.replace(*content, 1).encode()
    (tmp_path / "bad.toml").write_bytes(content)
    assert run(command, "bad.toml") == (2, "", f"symbackprop: bad.toml: {said}\n")
    assert _files(tmp_path) == {"bad.toml"}


# --- Bad arguments ----------------------------------------------------------------------------------------

FORMATS = f"expected one of {listed(WALKTHROUGHS)}"
LISTS = 'expected one of "formats", "activations", "losses", "languages", "notations", "examples"'
EXAMPLES = f"expected a network file or an example ({listed(example_names())})"
DECIMALS = "--decimals: expected a whole number from 1 to 50"
ROUNDS = "--rounds: expected a whole number from 1 to 1,000,000"
HELP = "(see symbackprop --help)"
RENDER_HELP = "(see symbackprop render --help)"

NOTATIONS = 'expected a notation ("bishop", "mazur", "standard")'
BAD_ARGUMENTS: list[tuple[str, str]] = [
    (
        "render --notation bishp",
        f'--notation: {NOTATIONS} or a file that ends in .toml, found "bishp"; did you mean "bishop"?',
    ),
    ("render --notation no.toml", "--notation: no.toml: cannot be read: no such file or directory"),
    # --- files ---
    ("render nowhere.toml", "nowhere.toml: cannot be read: no such file or directory"),
    ("verify nowhere.toml", "nowhere.toml: cannot be read: no such file or directory"),
    ("train nowhere.toml", "nowhere.toml: cannot be read: no such file or directory"),
    ("render folder", "folder: cannot be read: is a directory"),
    *(
        (f"{command} mazr", f'network: {EXAMPLES}, found "mazr"; did you mean "mazur"?')
        for command in ("render", "verify", "train")
    ),
    ("render net.toml -o net.toml/x.tex", "net.toml/x.tex: cannot be written: not a directory"),
    ("render net.toml -o folder", "folder: cannot be written: is a directory"),
    ("train net.toml --csv folder", "folder: cannot be written: is a directory"),
    ("train net.toml --plot net.toml/x.svg", "net.toml/x.svg: cannot be written: not a directory"),
    ("init net.toml", "net.toml: exists already and is left alone"),
    ("init folder", "folder: exists already and is left alone"),
    ("init net.toml/new.toml", "net.toml/new.toml: cannot be written: not a directory"),
    ("render net.toml -o deep/er/x.tex", "deep/er/x.tex: cannot be written: there is no folder deep/er"),
    ("train net.toml --csv folder/er/x.csv", "folder/er/x.csv: cannot be written: there is no folder folder/er"),
    ("train net.toml --plot deep/x.svg", "deep/x.svg: cannot be written: there is no folder deep"),
    ("train net.toml --plot a.xyz", "a.xyz: expected a name that ends in .svg, found .xyz"),
    ("train nowhere.toml --plot a.png", "a.png: expected a name that ends in .svg, found .png"),
    ("init new/mine.toml", "new/mine.toml: cannot be written: there is no folder new"),
    # --- choices ---
    ("render --format djvu", f'--format: {FORMATS}, found "djvu"'),
    ("render --document slides --format json", '--document: slides can be had as "latex", "pdf"; --format says "json"'),
    ("render --document poster", '--document: expected one of "walkthrough", "slides", "summary", found "poster"'),
    ("render --engine latex", '--engine: goes only with --format pdf; --format says "latex"'),
    ("render --engine typst --format html", '--engine: goes only with --format pdf; --format says "html"'),
    (
        "render recurrent --document slides",
        "--document slides: can't be made of a recurrent network yet; --document walkthrough can",
    ),
    ("render --format latxe", f'--format: {FORMATS}, found "latxe"; did you mean "latex"?'),
    ("render --lang eng", '--lang: expected one of "en", "zh", found "eng"; did you mean "en"?'),
    ("render --format html --lang en,en", '--lang: expected each language once, found "en,en"'),
    ("render --format html --lang en,zh,en", '--lang: expected each language once, found "en,zh,en"'),
    ("render --lang ../en", '--lang: expected one of "en", "zh", found "../en"'),
    ("render --detail breif", '--detail: expected one of "full", "brief", found "breif"; did you mean "brief"?'),
    (
        "render --view matrx",
        '--view: expected one of "scalar", "matrix", "both", found "matrx"; did you mean "matrix"?',
    ),
    (
        "list format",
        f'list: {LISTS}, found "format"; did you mean "formats"?',
    ),
    # --- numbers ---
    ("render --decimals 0", f'{DECIMALS}, found "0"'),
    ("render --decimals 51", f'{DECIMALS}, found "51"'),
    ("render --decimals abc", f'{DECIMALS}, found "abc"'),
    ("render --decimals -1", f'{DECIMALS}, found "-1"'),
    ("render --decimals 9.0", f'{DECIMALS}, found "9.0"'),
    ("render --decimals ９", f'{DECIMALS}, found "９"'),
    ("render --rounds 0", f'{ROUNDS}, found "0"'),
    ("render --rounds 1000001", f'{ROUNDS}, found "1000001"'),
    (f"render --rounds {DIGITS}", f'{ROUNDS}, found "{"9" * 37}..."'),
    ("train --steps 0", '--steps: expected a whole number from 1 to 1,000,000, found "0"'),
    # --- the rest ---
    ("render --templates nowhere", "nowhere: expected a folder of templates, found none"),
    ("render --templates net.toml", "net.toml: expected a folder of templates, found none"),
    ("render --nonsense", f"arguments: unrecognized arguments: --nonsense {HELP}"),
    ("render --dec 3", f"arguments: unrecognized arguments: --dec {HELP}"),
    ("render --decimals", f"arguments: argument --decimals: expected one argument {RENDER_HELP}"),
    ("init", "arguments: the following arguments are required: PATH (see symbackprop init --help)"),
    ("", f"arguments: the following arguments are required: COMMAND {HELP}"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD_ARGUMENTS, ids=[row[0][:50] or "nothing" for row in BAD_ARGUMENTS])
def test_bad_arguments_get_one_line(arguments: str, said: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    assert run(*arguments.split()) == (2, "", f"symbackprop: {said}\n")
    assert _files(tmp_path) == {"net.toml"}
    assert (tmp_path / "net.toml").read_text(encoding="utf-8") == NET


def test_an_example_beside_a_file_of_its_name_is_remarked_on(run: Run, tmp_path: Path) -> None:
    (tmp_path / "xor.toml").write_text(NET, encoding="utf-8")
    code, out, err = run("render", "xor", "--detail", "brief")
    assert (code, out) == (0, "output/xor-brief.en.tex\n")
    assert err == 'symbackprop: "xor" is the example; the file here is xor.toml\n'
    assert run("render", "xor.toml", "--detail", "brief")[2] == ""
    assert run("render", "adam", "--detail", "brief")[2] == ""


TOO_LONG = (
    "symbackprop: --detail full: with 23,820 weights this will be a document of about 3.2 MB, some 530 pages; "
    "add --yes to have it, or --detail brief for a short one\n"
)


def test_a_document_of_hundreds_of_pages_is_not_written_unasked(run: Run, tmp_path: Path) -> None:
    assert run("render", "large") == (2, "", TOO_LONG)
    assert _files(tmp_path) == set()
    code, out, _ = run("render", "large", "--view", "matrix", "--format", "text", "-o", "-")
    assert code == 0
    assert len(out) < 50_000
    assert "of each large matrix only the first entries" in " ".join(out.split())


def test_a_long_batch_is_told_in_full_to_somebody_who_was_asked(run: Run, tmp_path: Path) -> None:
    inputs = ", ".join(f"[0.{number}, 0.10]" for number in range(10, 61))
    batch = NET.replace("[0.05, 0.10]", f"[{inputs}]").replace("[0.01]", f"[{', '.join(['[0.01]'] * 51)}]")
    (tmp_path / "net.toml").write_text(batch, encoding="utf-8")
    code, out, err = run("render", "net.toml", "--format", "text", "-o", "-")
    assert (code, out) == (2, "")
    assert err.startswith("symbackprop: --detail full: with 6 weights and 51 samples this will be a document of")
    assert err.count("\n") == 1
    code, out, _ = run("render", "net.toml", "--format", "text", "-o", "-", "--yes")
    assert code == 0
    assert len(out) > 100_000


def test_an_unknown_command_is_told_the_known_ones(run: Run) -> None:
    code, out, err = run("rendr")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "rendr" in err
    for command in ("render", "verify", "train", "init", "list"):
        assert command in err


def test_a_complaint_stays_one_line_whatever_the_name(run: Run) -> None:
    code, out, err = run("render", "a\nb\x1b[31m.toml")
    assert (code, out) == (2, "")
    assert err == "symbackprop: a\\nb\\x1b[31m.toml: cannot be read: no such file or directory\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    code, out, err = run("init", "locked/net.toml")
    assert (code, out, err) == (2, "", "symbackprop: locked/net.toml: cannot be written: permission denied\n")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("text/page.txt.j2", "{% for %}", "text/page.txt.j2, line 1: "),
        ("text/page.txt.j2", "a\n{{ nonsense }}", "text/page.txt.j2, line 2: 'nonsense' is undefined"),
        (
            "text/blocks.txt.j2",
            "{% macro text(part) %}{{ part.text }}{% endmacro %}\n{% macro heading(block) %}{{ block.words }}{% endmacro %}",
            "text/blocks.txt.j2, line 2: ",
        ),
    ],
)
def test_a_broken_template_gets_one_line(name: str, text: str, said: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    (tmp_path / "mine" / name).parent.mkdir(parents=True)
    (tmp_path / "mine" / name).write_text(text, encoding="utf-8")
    code, out, err = run("render", "net.toml", "--format", "text", "--templates", "mine")
    assert (code, out) == (2, "")
    assert err.startswith(f"symbackprop: {said}")
    assert err.count("\n") == 1
    assert _files(tmp_path) == {"net.toml", f"mine/{name}"}


# --- render -----------------------------------------------------------------------------------------------


def test_render_writes_into_output_and_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my net.toml").write_text(NET, encoding="utf-8")
    code, out, err = run("render", "my net.toml")
    assert (code, out, err) == (0, "output/my net.en.tex\n", "")
    assert "\\begin{document}" in (tmp_path / "output" / "my net.en.tex").read_text(encoding="utf-8")


def test_render_takes_the_default_network(run: Run, tmp_path: Path) -> None:
    code, out, err = run("render", "--format", "text", "--rounds", "1")
    assert (code, out, err) == (0, "output/mazur.en.txt\n", "")
    assert "0.082167041" in (tmp_path / "output" / "mazur.en.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ("--format latex", "net.en.tex"),
        ("--format latex --lang zh", "net.zh.tex"),
        ("--format markdown --detail brief", "net-brief.en.md"),
        ("--format text --lang zh --detail brief", "net-brief.zh.txt"),
        ("--format markdown --view matrix", "net-matrix.en.md"),
        ("--format text --detail brief --view both", "net-brief-both.en.txt"),
        ("--format json", "net.en.json"),
    ],
)
def test_every_format_gets_its_own_name(arguments: str, name: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    code, out, err = run("render", "net.toml", *arguments.split())
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"output/{name}"
    assert _files(tmp_path) == {"net.toml", *out.splitlines()}


def test_markdown_puts_its_figures_beside_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    (tmp_path / "deep/er").mkdir(parents=True)
    code, out, _ = run("render", "net.toml", "--format", "markdown", "-o", "deep/er/page.md")
    assert code == 0
    assert out.splitlines() == [
        "deep/er/page.md",
        "deep/er/page-network.svg",
        "deep/er/page-path-w5.svg",
        "deep/er/page-path-w1.svg",
    ]
    page = (tmp_path / "deep/er/page.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((.*\.svg)\)", page) == ["page-network.svg", "page-path-w5.svg", "page-path-w1.svg"]
    for line in out.splitlines()[1:]:
        ET.parse(tmp_path / line)  # noqa: S314 - we wrote it


@pytest.mark.parametrize("format_", ["latex", "markdown", "text", "html", "json"])
def test_a_dash_is_standard_output(
    format_: str, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    assert main(["render", "net.toml", "--format", format_, "--lang", "zh", "-o", "-"]) == 0
    printed = capfdbinary.readouterr()
    assert main(["render", "net.toml", "--format", format_, "--lang", "zh", "-o", "file"]) == 0
    whole = (tmp_path / "file").read_bytes()
    # The links to figures carry the file's name.
    assert printed.out.replace(b"](net.zh-", b"](file-") == whole
    said = b"symbackprop: the figures are not written to standard output; -o PATH writes them\n"
    assert printed.err == (said if format_ == "markdown" else b"")


def test_decimals_and_rounds_are_what_was_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    assert run("render", "net.toml", "--format", "text", "--decimals", "4", "--rounds", "20", "-o", "a.txt")[0] == 0
    page = (tmp_path / "a.txt").read_text(encoding="utf-8")
    assert "outₕ₁ = 1/(1 + e^(−netₕ₁))\n          = 1/(1 + e^(−0.3775)) ≈ 0.5933" in page
    assert "After 20 rounds" in page


def test_an_existing_file_is_replaced_whole(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    (tmp_path / "old.txt").write_text("old" * 100_000, encoding="utf-8")
    assert run("render", "net.toml", "--format", "text", "-o", "old.txt")[0] == 0
    assert "old" not in (tmp_path / "old.txt").read_text(encoding="utf-8")[:100]
    assert _files(tmp_path) == {"net.toml", "old.txt"}


def test_a_folder_of_templates_replaces_ours(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    (tmp_path / "mine/text").mkdir(parents=True)
    (tmp_path / "mine/text/page.txt.j2").write_text("Mine: {{ document.title | inlines }}", encoding="utf-8")
    assert run("render", "net.toml", "--format", "text", "--templates", "mine", "-o", "a.txt")[0] == 0
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "Mine: A net\n"


# --- verify -----------------------------------------------------------------------------------------------


def test_verify_prints_the_certificate(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    code, out, err = run("verify", "net.toml")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    for id_ in ("net_h1", "out_o1", "E_total", "dE_total/dw1", "dE_total/dw6", "delta_h2", "w1+", "w6+", "b1+"):
        assert len([line for line in lines if line.split(" ")[0] == id_]) == 1, id_
    steps = lines.index("")
    assert re.fullmatch(rf"net\.toml: proved\. {steps} steps with \d+ formulas hold, 0 failures\.", lines[steps + 1])
    assert "pattern" in lines[steps + 2]
    assert "balls of 128 bits" in out
    assert "NOT PROVED" not in out


def test_verify_says_when_gradients_are_mistaken_on_purpose(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(f'{NET}hidden_gradients = "updated"\n', encoding="utf-8")
    code, out, _ = run("verify", "net.toml")
    assert code == 0
    assert 'steps are no gradients: the file asks for hidden_gradients = "updated"' in out


@pytest.fixture
def broken_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one step fail its proof."""
    whole = api.certify

    def certify(derivation: Derivation) -> Certificate:
        certificate = whole(derivation)
        failure = Failure(id="dE_total/dw5", route=Route.POINTS, why="0.0822 is not 0.0821")
        proved = tuple(
            replace(proofs, ids=tuple(id_ for id_ in proofs.ids if id_ != failure.id)) for proofs in certificate.proved
        )
        return replace(certificate, proved=proved, failures=(failure,))

    monkeypatch.setattr(api, "certify", certify)


@pytest.mark.usefixtures("broken_certificate")
def test_verify_ends_with_3_when_a_step_fails(run: Run) -> None:
    code, out, err = run("verify")
    assert (code, err) == (3, "")
    assert re.search(r"^dE_total/dw5 +NOT PROVED by \w+: 0\.0822 is not 0\.0821$", out, re.MULTILINE)
    assert "mazur.toml: NOT PROVED." in out
    assert "1 failures" not in out


@pytest.mark.usefixtures("broken_certificate")
def test_render_refuses_to_write_what_is_not_proved(run: Run, tmp_path: Path) -> None:
    code, out, err = run("render", "--rounds", "1")
    assert (code, out) == (3, "")
    assert err == "symbackprop: dE_total/dw5 could not be proved: 0.0822 is not 0.0821\n"
    assert _files(tmp_path) == set()


def test_a_wrong_rule_is_found(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a made-up failure: the derivative of the logistic function is given a wrong sign."""

    def wrong(key: PatternKey) -> Pattern:
        pattern = work_out(key)
        if not isinstance(key, SquashByNet):
            return pattern
        return replace(pattern, result=Negative(pattern.result))

    right = api.derive
    monkeypatch.setattr(api, "derive", lambda network: replace(right(network), patterns=wrong))
    code, out, err = run("verify")
    assert (code, err) == (3, "")
    for id_ in ("dout_h1/dnet_h1", "dout_o1/dnet_o1"):
        assert re.search(rf"^{id_} +NOT PROVED", out, re.MULTILINE)


# --- train ------------------------------------------------------------------------------------------------


def test_train_prints_certified_rows(run: Run) -> None:
    code, out, err = run("train", "--steps", "1000")
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["rounds", "E_total", "out_o1", "out_o2"]
    assert [line[0] for line in lines[1:-1]] == ["0", "1", "10", "100", "1,000"]
    assert lines[1] == ["0", "0.298371109", "0.751365070", "0.772928465"]
    assert lines[2][1] == "0.291027774"
    assert lines[5] == ["1,000", "0.001114349", "0.044052885", "0.957302907"]
    assert out.splitlines()[-1].startswith("E_total after 1,000 rounds: 0.00111")


def test_train_writes_every_round_as_csv(run: Run, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    code, out, _ = run("train", "--steps", "10000", "--csv", "deep/run.csv")
    assert code == 0
    assert out.splitlines()[-1] == "deep/run.csv"
    text = (tmp_path / "deep/run.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["rounds", "E_total", "out_o1", "out_o2"]
    assert [int(row[0]) for row in rows[1:]] == list(range(10_001))
    # From decimal arithmetic with 60 digits.
    assert rows[1][1:] == ["0.298371108760003", "0.751365069552316", "0.772928465321463"]
    assert rows[2][1] == "0.291027773693599"
    assert rows[-1][1:] == ["0.0000351018778297885", "0.0159136204435506", "0.984064273514624"]
    assert {len(row) for row in rows} == {4}


def test_train_draws_the_curve(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("train", "--steps", "100", "--plot", "curve.svg")
    assert code == 0
    assert out.splitlines()[-1] == "curve.svg"
    root = ET.parse(tmp_path / "curve.svg").getroot()  # noqa: S314 - we wrote it
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    text = "".join(root.itertext())
    assert "0.298371109" in text
    assert "0.020046828" in text


def test_train_takes_the_rounds_of_the_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(SMALL, encoding="utf-8")
    code, out, _ = run("train", "net.toml")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:-1]] == ["0", "1", "2"]


TOO_SMALL = """title = "An error that is soon too small for the bits that can be afforded"
[data]
inputs = [1.0]
targets = [0.5]
[[layers]]
activation = "identity"
weights = [[0.3]]
biases = [0.1]
[training]
learning_rate = 0.1
"""


def test_train_says_below_what_an_error_is_that_has_lost_its_digits(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(TOO_SMALL, encoding="utf-8")
    code, out, _ = run("train", "net.toml", "--steps", "10000")
    rows = [line.split() for line in out.splitlines()]
    assert code == 0
    assert rows[5] == ["1,000", "7.56735291e-197", "0.500000000"]
    assert rows[6] == ["10,000", "<1e-881", "0.500000000"]
    assert rows[7][:6] == ["E_total", "after", "10,000", "rounds:", "<1e-881", "(certified),"]


DIVERGING = """title = "Too fast"
[data]
inputs = [[2], [-1]]
targets = [[3], [0.5]]
[[layers]]
activation = "relu"
weights = [[0.5], [-1]]
biases = [0, -1]
[[layers]]
activation = "identity"
weights = [[1, 2]]
[training]
learning_rate = 1
loss = "squared"
"""


def test_train_prints_and_writes_the_rounds_before_a_divergence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(DIVERGING, encoding="utf-8")
    code, out, err = run("train", "net.toml", "--steps", "1000", "--csv", "run.csv")
    assert code == 2
    found = re.match(r"symbackprop: net\.toml: after (\d+) rounds: net_\w+\[\d\]: expected .* may help$", err.strip())
    assert found
    assert err.strip().endswith("the training diverges; a smaller learning_rate may help")
    last = str(int(found[1]) - 1)
    printed = [line.split() for line in out.splitlines()]
    assert printed[0] == ["rounds", "E_total", "out_o1[1]", "out_o1[2]"]
    assert printed[-2][0] == last
    assert printed[-1] == ["run.csv"]
    rows = (tmp_path / "run.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [str(number) for number in range(int(last) + 1)]


def test_train_leaves_out_outputs_that_have_no_room(run: Run) -> None:
    code, out, _ = run("train", "three-classes", "--steps", "2")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "The 9 outputs are too many to be shown here; --csv writes all of them."
    assert lines[1].split() == ["rounds", "E_total"]


# --- init and list ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["render", "verify", "train"])
def test_what_init_writes_can_be_used_at_once(command: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert run("init", "new/mine.toml") == (0, "new/mine.toml\n", "")
    text = (tmp_path / "new/mine.toml").read_text(encoding="utf-8")
    assert "learning_rate" in text
    code, _, err = run(command, "new/mine.toml")
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("formats", list(WALKTHROUGHS)),
        ("activations", list(Activation)),
        ("losses", list(Loss)),
        ("languages", ["en", "zh"]),
        ("notations", ["bishop", "mazur", "standard"]),
    ],
)
def test_list_tells_what_there_is(what: str, names: list[str], run: Run) -> None:
    assert run("list", what) == (0, "\n".join(names) + "\n", "")


def test_examples_are_listed_with_their_titles(run: Run) -> None:
    code, out, err = run("list", "examples")
    lines = dict(line.split("  ", 1) for line in out.splitlines())
    assert (code, err) == (0, "")
    assert tuple(lines) == example_names()
    assert lines["xor"].strip() == "Exclusive or: a batch of four samples"
    assert len({line.index(lines[line.split()[0]].strip()) for line in out.splitlines()}) == 1, (
        "titles stand in a column"
    )


@pytest.mark.parametrize("command", ["verify", "train"])
def test_an_example_is_taken_by_its_name(command: str, run: Run) -> None:
    steps = ("--steps", "3") if command == "train" else ()
    by_name = run(command, "mazur", *steps)
    assert by_name[0] == 0
    assert by_name == run(command, *steps)


def test_an_example_is_rendered_under_its_name(run: Run, tmp_path: Path) -> None:
    code, out, err = run("render", "mazur", "--format", "json", "--rounds", "1")
    assert (code, out, err) == (0, "output/mazur.en.json\n", "")
    assert _files(tmp_path) == {"output/mazur.en.json"}


def test_a_file_comes_before_an_example_of_its_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mazur").write_text("title = 1", encoding="utf-8")
    assert run("verify", "mazur") == (2, "", "symbackprop: mazur: title: expected a text in quotes, found 1\n")


@pytest.mark.parametrize(
    "arguments", ["--help", "render --help", "verify --help", "train --help", "init --help", "list --help"]
)
def test_help_is_printed(arguments: str, run: Run) -> None:
    code, out, err = run(*arguments.split())
    assert (code, err) == (0, "")
    assert out.startswith("usage: symbackprop")


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version") == (0, f"symbackprop {__version__}\n", "")


# --- Whole processes --------------------------------------------------------------------------------------


def _process(*arguments: str, folder: Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "symbackprop", *arguments],
        cwd=folder,
        env=_environment(),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


def test_a_process_writes_and_ends_with_0(tmp_path: Path) -> None:
    done = _process("render", "--rounds", "1", "--format", "json", "-o", "-", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["schema"] == 1
    assert _files(tmp_path) == set()


def test_a_process_reads_a_network_from_standard_input(tmp_path: Path) -> None:
    done = _process("verify", "/dev/stdin", folder=tmp_path, stdin=NET)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_process_complains_and_ends_with_2(tmp_path: Path) -> None:
    done = _process("render", "nowhere.toml", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "symbackprop: nowhere.toml: cannot be read: no such file or directory\n"


def test_a_process_that_cannot_prove_ends_with_3(tmp_path: Path) -> None:
    program = (
        "import sys, symbackprop.derivation.certify as certify\n"
        "certify._examined_singly = lambda *_, **__: [certify.Failure(id='E_total', route=certify.Route.POINTS, why='it is not')]\n"
        "from symbackprop.cli import run_as_program\n"
        "sys.argv = ['symbackprop', 'render', '--rounds', '1', '-o', 'x.tex']\n"
        "run_as_program()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=_environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "symbackprop: E_total could not be proved: it is not\n"
    assert _files(tmp_path) == set()


@pytest.mark.parametrize(
    "command", [["render", "-o", "page.tex"], ["train", "--csv", "run.csv"]], ids=["render", "train"]
)
def test_an_interrupted_process_leaves_nothing(command: list[str], tmp_path: Path) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        pytest.skip("a shell that put the tests into the background lets them ignore interruptions")
    option = "--rounds" if command[0] == "render" else "--steps"
    arguments = [sys.executable, "-m", "symbackprop", *command, option, "1000000"]
    with subprocess.Popen(
        arguments, cwd=tmp_path, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            # Long enough to be in the middle of training, which takes many seconds.
            time.sleep(2.5)
            assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 130
    assert err == "symbackprop: interrupted\n"
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_while_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """The first file is finished beside its place; the second one is interrupted."""
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    whole = Path.open
    opened: list[Path] = []

    def interrupted(self: Path, mode: str = "r", *rest: object, **options: object) -> object:
        if mode == "wb":
            opened.append(self)
        if len(opened) > 1:
            raise KeyboardInterrupt
        return whole(self, mode, *rest, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", interrupted)
    code, out, err = run("render", "net.toml", "--format", "markdown", "-o", "page.md")
    assert (code, out, err) == (130, "", "symbackprop: interrupted\n")
    assert len(opened) == 2
    assert _files(tmp_path) == {"net.toml"}


@pytest.mark.parametrize(
    "arguments",
    ["render --format text --rounds 1 -o -", "render --format markdown --rounds 1 -o -", "verify", "train --steps 10"],
)
def test_a_reader_that_has_enough_is_no_error(arguments: str, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "symbackprop", *arguments.split()],
        cwd=tmp_path,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read().decode()
        process.wait(timeout=60)
    # 141 is what a shell makes of a program that the closed pipe ended.
    assert process.returncode in {0, 141}
    assert [line for line in err.splitlines() if "figures are not written" not in line] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["list", "formats"],
        ["list", "examples"],
        ["render", "broken.toml"],
        ["train", "x.toml"],
    ],
    ids=" ".join,
)
def test_what_needs_no_derivation_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("title = 1", encoding="utf-8")
    program = (
        "import sys\n"
        "from symbackprop.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'sympy', 'flint', 'jinja2', 'mpmath'} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=tmp_path,
        env=_environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "[]"
