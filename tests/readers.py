"""Every reader of what somebody hands in: how it is called, and in what places a text can stand."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path

from symbackprop import cli
from symbackprop.checking import entry
from symbackprop.checking.points import read_points
from symbackprop.checking.sources.read import Reader as WorkReader
from symbackprop.checking.sources.snippet import Kind
from symbackprop.files import read_text
from symbackprop.frameworks.typed_samples import read_samples
from symbackprop.network_file import read_title
from symbackprop.notation_file import load_notation
from symbackprop.pages.template_packages import require_no_packages
from symbackprop.resources import example

HOLE = "\N{WHITE SQUARE}"
"""Where a text is put into the places in which it can stand."""

Read = Callable[[str, Path], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One reader: `read` gives it a text, and a folder of its own, in which it may be a file.

    `places` are whole texts with a hole in them; `series` pairs of such a place and of
    what can come there again and again, numbered at a `#`. `doors` are the functions by which the text comes in.
    """

    name: str
    read: Read
    places: tuple[str, ...]
    doors: tuple[str, ...] = ()
    series: tuple[tuple[str, str], ...] = ()

    def text(self, place: str, filling: str) -> str:
        """A text of this reader's kind, filled."""
        return place.replace(HOLE, filling)


def in_file(name: str, read: Callable[[Path], object]) -> Read:
    """Give a text to a reader of files."""

    def written(text: str, folder: Path) -> object:
        path = folder / name
        path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
        return read(path)

    return written


@cache
def _mazur() -> str:
    return example("mazur").read_text(encoding="utf-8")


_FORMULAS = (f"w5 = {HOLE}", f"net_h1 = 0.05 * 0.15 {HOLE} = 0.3775", f"{HOLE} = 0.3775")


@cache
def _of_works() -> WorkReader:
    return entry.reader_for(entry.load(None))


def _each(series: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, str], ...]:
    """Give places and what comes there again and again, as pairs."""
    return tuple((place, item) for place, items in series.items() for item in items)


def _works(kind: Kind, ending: str, *places: str) -> Reader:
    def read(text: str, _: Path) -> object:
        return _of_works().read_text(text, kind, f"work.{ending}")

    return Reader(
        name=f"work in {kind}",
        read=read,
        places=(HOLE, *places),
        doors=(
            "check_command:_work",
            "checking.entry:read",
            "checking.sources.read:Reader.read_work",
            "checking.sources.read:read_text",
        ),
    )


def _network_places() -> tuple[str, ...]:
    before, layers, rest = _mazur().partition("[[layers]]")
    return (
        HOLE,
        f"{_mazur()}\n{HOLE}",
        f"title = {HOLE}",
        f'title = "{HOLE}"',
        f'title = """{HOLE}"""',
        f"{HOLE} = 1",
        f"[{HOLE}]",
        f"# {HOLE}",
        f"[data]\ninputs = [{HOLE}]",
        f"[data]\ninputs = [{HOLE}",
        f"{before}{HOLE}\n{layers}{rest}",
        f'{_mazur()}\n[names]\n"{HOLE}" = "w1"',
        f'{_mazur()}\n[names]\n"x" = "{HOLE}"',
        f'{_mazur()}\n[[published]]\nquantity = "{HOLE}"\nvalue = 1\nsource = "x"',
        f'{_mazur()}\n[[published]]\nquantity = "w1"\nvalue = "{HOLE}"\nsource = "x"',
        f"a = 1\na = {HOLE}",
        f'a = b{HOLE}"',
    )


# --- The command line ---------------------------------------------------------------------------------------------


# No file can be called so: what a command would write or render is refused before.
_NO_FILE = "x" * 300


def _commands() -> Iterator[Reader]:
    """Yield a reader for each value that a command takes, as the parser knows them."""
    for command, arguments in _arguments():
        for name, before, after in arguments:
            yield Reader(name=f"{command} {name}", read=_main(command, before, after), places=(_NO_FILE + HOLE,))


def _arguments() -> Iterator[tuple[str, tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]]]:
    """Yield each command with its values: what a value is called, and what stands before and after it."""
    (commands,) = (it for it in cli._parser()._actions if isinstance(it, argparse._SubParsersAction))
    for command, parser in commands.choices.items():
        known = [it for it in parser._actions if it.nargs != 0]
        required = [it for it in known if it.required]
        yield (
            command,
            tuple(
                (it.metavar or it.dest, *_around(it, [other for other in required if other is not it])) for it in known
            ),
        )


def _around(argument: argparse.Action, others: list[argparse.Action]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    after = [word for it in others for word in (*it.option_strings[:1], "0.5")]
    return tuple(argument.option_strings[:1]), tuple(after)


def _main(command: str, before: tuple[str, ...], after: tuple[str, ...]) -> Read:
    def run(text: str, folder: Path) -> object:
        with chdir(folder), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            return cli.main([command, *before, text, *after])

    return run


# --- The table ----------------------------------------------------------------------------------------------------

TEXTS: tuple[Reader, ...] = (
    Reader(
        name="network",
        read=in_file("network.toml", entry.load),
        places=_network_places(),
        doors=("network_file:read_network", "network_file:parse_toml"),
        series=_each(
            {
                HOLE: (
                    "k# = 1\n",
                    "a.b# = 1\n",
                    "[t#]\n",
                    "[a.b#]\n",
                    "[[layers]]\nactivation = 'relu'\nweights = [[#]]\n",
                    "[[t]]\n[t.a]\nb = #\n",
                    "a = .#\n",
                ),
                f"{HOLE}k1 = 1\n": ("k# = 1\n", "a.b# = [\n#]\n"),
                f"[data]\ninputs = [{HOLE}]": ("#.5, ", "[#, 1],\n", "'#' "),
                f"{_mazur()}\n[names]\n{HOLE}": ('"x#" = "w1"\n', '"x" = "w#"\n'),
                f"{_mazur()}\n{HOLE}": ('[[published]]\nquantity = "E_total@#"\nvalue = #\nsource = "x"\n',),
            }
        ),
    ),
    Reader(
        name="title of a network",
        read=in_file("network.toml", read_title),
        places=(HOLE, f"title = {HOLE}"),
        doors=("network_file:read_title",),
    ),
    Reader(
        name="notation",
        read=in_file("notation.toml", lambda path: load_notation(str(path), "--notation")),
        places=(
            HOLE,
            f"extends = '{HOLE}'",
            f"extends = 'standard'\n[roles]\nweight = '{HOLE}'",
            f"[roles]\n{HOLE} = 'w'",
        ),
        doors=("notation_file:_text_of", "notation_file:_toml"),
        series=_each({f"[roles]\n{HOLE}": ("w# = 'x'\n",)}),
    ),
    Reader(
        name="points",
        read=in_file("points.toml", lambda path: read_points(path, _of_works().network)),
        places=(HOLE, f"default = {HOLE}", f'[points]\n"{HOLE}" = 1', f'[points]\n"w1" = {HOLE}'),
        doors=("checking.points:read_points",),
        series=_each({f"[points]\n{HOLE}": ('"w1@#" = #\n', '"x#" = 1\n')}),
    ),
    Reader(
        name="packages in a template",
        read=in_file("page.typ.j2", require_no_packages),
        places=(HOLE, f'"{HOLE}"', f"// {HOLE}", f'#import "{HOLE}"', f'#import {HOLE} "@preview/x"'),
        doors=("pages.template_packages:require_no_packages",),
    ),
    Reader(
        name="samples as CSV",
        read=in_file("samples.csv", lambda path: read_samples(str(path), "--inputs")),
        places=(HOLE, f"0.1,{HOLE},0.2", f'"{HOLE}"'),
        doors=("frameworks.typed_samples:read_samples", "frameworks.typed_samples:_table"),
        series=_each({HOLE: ("#.5, #\n",)}),
    ),
    Reader(
        name="samples as JSON",
        read=in_file("samples.json", lambda path: read_samples(str(path), "--inputs")),
        places=(HOLE, f"[{HOLE}]", f'["{HOLE}"]'),
        doors=("frameworks.typed_samples:read_samples", "frameworks.typed_samples:_lists"),
        series=_each({f"[{HOLE}1]": ("#, ", "[#, 1], ")}),
    ),
    Reader(
        name="typed samples",
        read=lambda text, _: read_samples(text, "--inputs"),
        places=(HOLE, f"[1, {HOLE}], [2, 3]"),
        doors=("frameworks.typed_samples:_lists",),
    ),
    Reader(name="bytes", read=in_file("text", lambda path: read_text(path, most_bytes=10**9)), places=(HOLE,)),
    Reader(
        name="answers",
        read=lambda text, _: entry.read({"w5": text}, _of_works()),
        places=(HOLE,),
        doors=("checking.entry:read",),
    ),
    _works(Kind.MARKDOWN, "md", *_FORMULAS, f"$w_5 = {HOLE}$", f"| w5 | {HOLE} |\n|---|---|\n| 1 | 2 |", f"`{HOLE}`"),
    _works(Kind.LATEX, "tex", f"$w_5 = {HOLE}$", f"\\[w_5 = {HOLE}\\]", f"\\newcommand{{\\a}}{{{HOLE}}}$w_5 = \\a$"),
    _works(Kind.RST, "rst", *_FORMULAS, f":math:`w_5 = {HOLE}`", f".. math::\n\n   w_5 = {HOLE}"),
    _works(Kind.TEXT, "txt", *_FORMULAS),
    _works(Kind.TOML, "toml", f'"w5" = {HOLE}', f'"w5" = "{HOLE}"', f'"{HOLE}" = 1'),
    _works(Kind.CSV, "csv", f"id,answer\nw5,{HOLE}", f"id,answer\n{HOLE},1", f'id,answer\nw5,"{HOLE}"'),
    _works(Kind.JSON, "json", f'{{"w5": {HOLE}}}', f'{{"w5": "{HOLE}"}}', f'{{"{HOLE}": 1}}'),
)

COMMANDS: tuple[Reader, ...] = tuple(_commands())

READERS = (*TEXTS, *COMMANDS)
