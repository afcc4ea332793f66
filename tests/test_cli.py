"""The command line: each mistake gets its one line, and what `init`, `list` and help print."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from symbackprop import __version__, cli, commands
from symbackprop.formats import WALKTHROUGHS
from symbackprop.functions import Activation, Loss
from symbackprop.resources import example_names
from symbackprop.wording import listed
from tests.command_line import NET, Run, files

# --- Bad network files ------------------------------------------------------------------------------------

PUBLISHED = '[[published]]\nquantity = "{}"\nvalue = "0.29"\nsource = "a sheet"\n'
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
    assert files(tmp_path) == {"bad.toml"}


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
    (
        "render nowhere.toml --format pdf --engine latex --templates folder",
        (
            "--engine latex: goes only with our own templates, since others could have TeX put your files into the PDF; "
            "take the engine typst, or format latex and run TeX yourself"
        ),
    ),
    ("render --engine typst --format html", '--engine: goes only with --format pdf; --format says "html"'),
    (
        "render large --document slides",
        "--document slides: expected at most 300 weights, found 23,820",
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
    assert files(tmp_path) == {"net.toml"}
    assert (tmp_path / "net.toml").read_text(encoding="utf-8") == NET


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
    assert files(tmp_path) == {"output/mazur.en.json"}


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


@pytest.mark.parametrize("code", [0, None, 2, "no"])
def test_only_a_parser_that_has_answered_ends_it_well(code: object, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def ends(*_: object) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(cli._Parser, "parse_args", ends)
    if code in {0, None}:
        assert run("--help") == (0, "", "")
        return
    with pytest.raises(SystemExit) as ended:
        run("--help")
    assert ended.value.code == code


def test_what_has_no_name_and_is_not_printed_is_no_fault_of_standard_output(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["nowhere"])
    monkeypatch.setattr(commands, "run", lambda _: tempfile.gettempdir())
    said = "symbackprop: the system: no usable temporary directory found in ['nowhere']\n"
    assert run("list", "formats") == (2, "", said)
