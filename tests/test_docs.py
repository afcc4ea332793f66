"""Holds the documentation to what the package does: its examples run, its tables are complete, its links lead somewhere."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path

import pytest

from symbackprop.checking.points import parse_points
from symbackprop.checking.verdicts import Verdict as JudgedAs
from symbackprop.cli import main
from symbackprop.data_file import MOST_SAMPLES, MOST_STEPS
from symbackprop.derivation.derive import derive
from symbackprop.derivation.ids import known_ids
from symbackprop.derivation.matrix_proof import MOST_WRITTEN_OUT
from symbackprop.errors import SpecError
from symbackprop.file_keys import KINDS
from symbackprop.functions import Activation, Loss
from symbackprop.layers_file import MOST_PARAMETERS, MOST_VALUES
from symbackprop.network import MOST_ROUNDS, Rule
from symbackprop.network_file import MOST_BYTES, parse_network, read_network
from symbackprop.notation_file import load_notation, parse_notation
from symbackprop.numerals import MOST_DIGITS
from symbackprop.pages.phrases import load_phrases
from symbackprop.places import TableKind
from symbackprop.resources import example, starter
from symbackprop.typeset.latex import latex
from symbackprop.typeset.matrix_names import matrix_names
from symbackprop.typeset.notation import Shape
from symbackprop.typeset.roles import PLACEHOLDERS

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def fenced(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []


def test_the_readme_tells_the_value_that_the_library_gives() -> None:
    (code,) = fenced("README.md", "python")
    value = re.search(r"# (\S+) for the default network", code)
    assert value is not None
    derivation = derive(read_network(example("mazur")))
    assert derivation["dE_total/dw5"].value == value[1]


def test_the_network_file_of_the_docs_is_read() -> None:
    (text,) = fenced("docs/network-file.md", "toml")
    network = parse_network(text, "mynet.toml")
    assert network.published[0].quantity == "E_total@1"
    assert network.training.rounds == 1


def test_the_error_of_the_docs_is_the_one_that_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs/network-file.md").read_text(encoding="utf-8")
    told = re.search(r"^    (symbackprop: mynet\.toml: .*)$", page, flags=re.MULTILINE)
    assert told is not None
    (text,) = fenced("docs/network-file.md", "toml")
    file = tmp_path / "mynet.toml"
    file.write_text(text.replace("[[0.40, 0.45], ", "[[0.40, 0.45, 0.5], "), encoding="utf-8")
    assert main(["verify", str(file)]) == 2
    assert capsys.readouterr().err.replace(f"{tmp_path}/", "").strip() == told[1]


def test_the_samples_of_the_docs_are_read() -> None:
    page = (ROOT / "docs/network-file.md").read_text(encoding="utf-8")
    table = page.partition("## Samples")[2].partition("## Layers")[0]
    rows = re.findall(r"^\| `(\[.*?)` and `(\[.*?)` \| (.*) \|$", table, flags=re.MULTILINE)
    assert len(rows) == 5
    for inputs, targets, words in rows:
        columns = 2 if inputs.startswith(("[0.5", "[[0,")) else 1
        recurrent = "sequence" in words
        text = f"title = 'x'\n[data]\ninputs = {inputs}\ntargets = {targets}\n[training]\nlearning_rate = 1\n"
        text += f"[[layers]]\nactivation = 'tanh'\nweights = [{[1] * columns}]\n"
        text += "kind = 'recurrent'\nrecurrent_weights = [[1]]\n" if recurrent else ""
        network = parse_network(text, "mynet.toml")
        assert len(network.samples) == (2 if "batch" in words else 1)
        assert network.steps == (2 if recurrent else 1)
        assert len(network.target_steps) == (2 if recurrent and "last" not in words else 1)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_key_is_explained(kind: TableKind) -> None:
    starter_, page = starter().read_text(encoding="utf-8"), (ROOT / "docs/network-file.md").read_text(encoding="utf-8")
    assert [key for key in kind.keys if not re.search(rf"\b{key}\b", page)] == []
    # The starter leaves the rarest to the page.
    rare = {"beta1", "beta2", "smoothing", "epsilon", "decay", "count"}
    assert [key for key in kind.keys if key not in rare and not re.search(rf"\b{key}\b", starter_)] == []


@pytest.mark.parametrize("name", [*Activation, *Loss, *Rule])
def test_every_function_and_rule_is_named(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs/network-file.md").read_text(encoding="utf-8")


def test_the_limits_are_those_that_are_held() -> None:
    page = (ROOT / "docs/network-file.md").read_text(encoding="utf-8").partition("## Limits")[2]
    limits = (MOST_BYTES, MOST_PARAMETERS, MOST_VALUES, MOST_SAMPLES, MOST_STEPS, MOST_DIGITS, MOST_ROUNDS)
    assert [limit for limit in limits if not re.search(rf"\| {limit:,}\b", page)] == []


def test_the_notations_stand_side_by_side_as_they_are_printed() -> None:
    page = (ROOT / "docs/notations.md").read_text(encoding="utf-8")
    shape = Shape(widths=(2, 2, 2), recurrent=(True, False), samples=4)
    namers = [load_notation(name, "docs").bound_to(shape) for name in ("mazur", "standard", "bishop")]
    rows = re.findall(r"^\| `([^`{]+)` \| [^|]+ \| \$(.+)\$ \| \$(.+)\$ \| \$(.+)\$ \|$", page, flags=re.MULTILINE)
    assert len(rows) == 30
    for id_, *written in rows:
        assert [text.replace("}_ {", "}_{") for text in written] == [latex(namer.name(id_)) for namer in namers], id_


def test_the_names_of_matrices_stand_side_by_side_as_they_are_printed() -> None:
    page = (ROOT / "docs/notations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|`]+ \| `(\w+)` \| \$(.+)\$ \| \$(.+)\$ \| \$(.+)\$ \|$", page, flags=re.MULTILINE)
    written = [tuple(text.replace("}_ {", "}_{") for text in names) for _, *names in rows]
    shapes = [Shape(widths=(2, 2, 2), recurrent=(True, False), samples=samples) for samples in (1, 4)]
    known: dict[str, set[tuple[str, ...]]] = {}
    for shape in shapes:
        namers = [load_notation(name, "docs").bound_to(shape) for name in ("mazur", "standard", "bishop")]
        for several in zip(*map(matrix_names, namers), strict=True):
            known.setdefault(several[0][0].value, set()).add(tuple(latex(layout) for _, _, layout in several))
    assert {role for role, *_ in rows} == set(known)
    assert [role for (role, *_), names in zip(rows, written, strict=True) if names not in known[role]] == []


def test_every_role_is_listed_with_its_placeholders() -> None:
    page = (ROOT / "docs/notations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z0-9_]+)` \| [^|]+ \| ([^|]+) \|$", page, flags=re.MULTILINE))
    assert {role: tuple(re.findall(r"\{(\w+)\}", rows[role])) for role in rows} == dict(PLACEHOLDERS)


def test_the_notation_of_the_docs_is_read_and_its_slip_is_told() -> None:
    page = (ROOT / "docs/notations.md").read_text(encoding="utf-8")
    (text,) = (block for block in fenced("docs/notations.md", "toml") if "extends" in block)
    assert parse_notation(text, "mine.toml").name == "mine"
    told = re.search(r"^    symbackprop: (mine\.toml: .*)$", page, flags=re.MULTILINE)
    assert told is not None
    with pytest.raises(SpecError) as caught:
        parse_notation("extends = 'standard'\n[roles]\nnet = 'z_{{indx}}'", "mine.toml")
    assert str(caught.value) == told[1]


def test_every_verdict_is_explained() -> None:
    page = (ROOT / "docs/published-figures.md").read_text(encoding="utf-8")
    words = load_phrases("en").words
    said = {key: word for key, word in words.items() if key.startswith("verdict.")}
    missing = [key for key, word in said.items() if f"| {word.format(number=1)}" not in page]
    assert missing == []


def test_every_id_in_the_table_of_names_is_of_its_kind() -> None:
    # The default network has one sample and one step, no penalty and no optimizer: it knows the names of the first part.
    page = (ROOT / "docs/names.md").read_text(encoding="utf-8").partition("\n## ")[0]
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    named = {id_ for row in rows for id_ in re.findall(r"`([^`]+)`", row.split("|")[1])}
    known = set(known_ids(read_network(example("mazur"))))
    others = {"b1+", "E_total@1", "out_o1@10000", "@"}
    assert named - others <= known


def test_the_matrix_view_is_proved_as_its_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs/matrix-view.md").read_text(encoding="utf-8")
    assert f"at most {MOST_WRITTEN_OUT} entries" in page
    assert main(["verify", "mazur"]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("matrix ", "         and a"))]
    assert [f"    {line}" for line in told] == [line for line in page.splitlines() if line.startswith("    ")][-2:]


# --- Checking somebody's work -----------------------------------------------------------------------------


def report_on_the_students_work(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> str:
    """Give what `check` says of the work in the docs."""
    (text,) = fenced("docs/check.md", "markdown")
    monkeypatch.chdir(folder)
    (folder / "student.md").write_text(text, encoding="utf-8")
    assert main(["check", "student.md", "-o", "report.txt"]) == 1
    capsys.readouterr()
    return (folder / "report.txt").read_text(encoding="utf-8")


def test_the_report_of_the_docs_is_what_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = report_on_the_students_work(tmp_path, capsys, monkeypatch)
    (shown,) = fenced("docs/check.md", "text")
    assert shown == told
    (short,) = (text for text in fenced("README.md", "text") if text.startswith("$ symbackprop check"))
    _, *lines, dots = short.splitlines()
    assert dots == "..."
    assert told.startswith("\n".join(lines))


def test_the_points_of_the_docs_are_read() -> None:
    (text,) = (text for text in fenced("docs/check.md", "toml") if "[points]" in text)
    assert len(parse_points(text, "points.toml", read_network(example("mazur"))).of) == 3


def test_the_meaning_of_each_verdict_is_told() -> None:
    page = (ROOT / "docs/check.md").read_text(encoding="utf-8")
    words = load_phrases("en").words
    for judged in JudgedAs:
        assert f"| {words[f'judged.{judged.value}.name']} | `{judged.value}` |" in page


def test_the_keys_of_a_report_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs/check.md").read_text(encoding="utf-8").partition("## For programs")[2]
    sheet = tmp_path / "a.json"
    sheet.write_text('{"net_h1": "0.3775", "w5+": "0.4411"}', encoding="utf-8")
    main(["check", str(sheet), "--format", "json", "-o", str(tmp_path / "b.json")])
    capsys.readouterr()
    told = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    keys = {*told, *told["links"][0], *told["mistakes"][0]}
    assert [key for key in keys if not re.search(rf'[`"]{key}[`"]', page)] == []


FRAMEWORKS = ("torch", "sklearn", "keras")


@pytest.mark.parametrize(
    "framework", [pytest.param(it, marks=[] if it == "sklearn" else pytest.mark.slow) for it in FRAMEWORKS]
)
def test_the_examples_of_the_frameworks_run(
    framework: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip(framework)
        (code,) = (
            it
            for it in fenced("docs/frameworks.md", "python")
            if it.startswith((f"import {framework}", f"from {framework}"))
        )
        exec(code, {})  # noqa: S102 - our own page
    assert float(capsys.readouterr().out.split()[0]) != 0
