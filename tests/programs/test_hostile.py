"""Whatever a title holds, it stays a comment: nothing of it is run, and the program still does what it should."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop import api
from symbackprop.derivation.derive import derive
from symbackprop.formats import SCRIPTS, Format
from symbackprop.network import Network
from symbackprop.pages.phrases import load_phrases
from symbackprop.programs.source import comment
from symbackprop.programs.write import write_script
from tests.programs.running import run_script
from tests.sampling import slow_but

HOSTILE = [
    'print("taken over")',
    '\nprint("taken over")\n',
    "\r\nimport os; os.abort()",
    "\x0cprint(1)",
    "\x85print(1)",
    "\u2028print(1)\u2029",
    '"""\nprint(1)\n"""',
    "'''",
    "\\\nprint(1)",
    "\\",
    "coding: utf-7",
    "-*- coding: rot13 -*-",
    "\x00",
    "\u202eprint(1)",
    "{boom} {0} %s {{",
    "</script><script>alert(1)</script>",
    "![x](javascript:alert(1)) <img src=x onerror=alert(1)>",
    "```\nprint(1)\n```",
    "$\\input{/etc/passwd}$",
]


# A bracket that is escaped closes nothing.
_LINK = re.compile(r"(?<!\\)\]\(javascript:")


@cache
def small() -> Network:
    network = api.load("adam")
    return replace(network, training=replace(network.training, rounds=2))


def titled(title: str) -> Network:
    return replace(small(), title=title, titles=(), references=(("en", title),), origin=title)


def code_without_comments(source: str) -> str:
    return ast.dump(ast.parse(source))


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_never_becomes_code(title: str) -> None:
    harmless = derive(titled("harmless"))
    hostile = derive(titled(title))
    for format_ in SCRIPTS:
        scripts = [write_script(it, load_phrases("en"), format_, 9) for it in (harmless, hostile)]
        assert code_without_comments(scripts[0]) == code_without_comments(scripts[1])
        # Python looks for an encoding in the first two lines alone.
        assert scripts[0].splitlines()[:2] == scripts[1].splitlines()[:2]
        # As bytes, as it will lie in a file.
        assert code_without_comments(scripts[1]) == ast.dump(ast.parse(scripts[1].encode()))


@settings(max_examples=50)
@given(st.text())
def test_a_comment_is_one_comment(text: str) -> None:
    line = comment(text)
    assert line.isprintable()
    assert line.startswith("#")
    assert ast.dump(ast.parse(f"{line}\nx = 1")) == ast.dump(ast.parse("x = 1"))


def test_a_script_with_a_hostile_title_runs() -> None:
    hostile = derive(titled('"""\n"\'\'\'"; raise SystemExit(3) # coding: utf-7 \\'))
    assert "E_total" in run_script(write_script(hostile, load_phrases("en"), Format.PYTHON, 9))


# Each is run, which takes a while: in every run, those that begin with code.
@pytest.mark.parametrize("title", slow_but(HOSTILE[:3], HOSTILE))
def test_a_title_stays_in_its_cell_of_a_notebook(title: str) -> None:
    def cells(network: Network) -> list[tuple[str, str]]:
        text = api.render(derive(network), format="notebook")
        return [(it["cell_type"], "".join(it["source"])) for it in json.loads(text)["cells"]]

    harmless, hostile = cells(titled("harmless")), cells(titled(title))
    assert [kind for kind, _ in harmless] == [kind for kind, _ in hostile]
    assert [text for kind, text in harmless if kind == "code"] == [text for kind, text in hostile if kind == "code"]
    first = hostile[0][1]
    assert "<script" not in first
    assert "<img" not in first
    assert not _LINK.search(first)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_stays_text_in_jupyter(title: str) -> None:
    for shown in (titled(title), derive(titled(title))):
        page = shown._repr_html_()
        assert "<script" not in page
        assert "<img" not in page
        text = shown._repr_markdown_()
        assert "<script" not in text
        assert not _LINK.search(text)
        assert text.partition("\n\n$$")[0].count("\n") == 0
        assert title not in shown._repr_latex_() or title == "\\"
