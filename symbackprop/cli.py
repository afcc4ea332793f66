"""The command line: arguments, exit codes, one line for whatever is wrong."""

from __future__ import annotations

import argparse
import errno
import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from symbackprop import __version__
from symbackprop.errors import CertificationError, ExitCode, NotJudgedError, SpecError, SymbackpropError
from symbackprop.formats import REPORTS, WALKTHROUGHS, Detail, Engine, Kind, View
from symbackprop.network import MOST_ROUNDS
from symbackprop.pages.languages import languages
from symbackprop.streams import prepare, remark
from symbackprop.wording import did_you_mean, listed, one_line, quoted

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_INTERRUPTED = 130
_MOST_DECIMALS = 50
_LISTS = ("formats", "activations", "losses", "languages", "notations", "examples")


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line, as all others."""

    def error(self, message: str) -> NoReturn:
        """Raises what argparse would print over several lines, as the one line of all complaints."""
        raise SpecError("arguments", f"{one_line(message)} (see {self.prog} --help)")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        # argparse's own keeps to itself that nothing could be written.
        (file or sys.stdout).write(message)


def run_as_program() -> NoReturn:
    """Runs the command line in a process of its own and ends the process.

    Two things that a short-lived process needn't do cost a fifth of its time: searching sympy's hundreds of
    thousands of lasting objects for garbage, and taking them down one by one at the end.
    """
    gc.disable()
    prepare()
    os._exit(main())


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code.

    0 done, 1 if the work that was checked is wrong, 2 for what a user has to mend, 3 if something isn't proved or could
    not be judged.
    """
    try:
        chosen = _chosen(arguments)
        if chosen is None:
            sys.stdout.flush()
            return ExitCode.DONE
        # Only a command that runs may cost anything: --help and complaints shall be instant.
        from symbackprop import commands  # noqa: PLC0415

        code = commands.run(chosen)
        sys.stdout.flush()
    except (CertificationError, NotJudgedError) as error:
        return _complain(error, ExitCode.UNDECIDED)
    except SymbackpropError as error:
        return _complain(error, ExitCode.BAD_INPUT)
    except BrokenPipeError:
        # Whoever read our output has enough. Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except OSError as error:
        return _complain(_failed(error), ExitCode.BAD_INPUT)
    except KeyboardInterrupt:
        remark("symbackprop: interrupted")
        return _INTERRUPTED
    return code


def _chosen(arguments: Sequence[str] | None) -> argparse.Namespace | None:
    """What was chosen; None where the parser itself has answered, to --help and --version."""
    try:
        return _parser().parse_args(arguments)
    except SystemExit as answered:
        if answered.code in (0, None):
            return None
        raise


_OF_WRITING = frozenset(
    {errno.EAGAIN, errno.EBADF, errno.EDQUOT, errno.EFBIG, errno.EINVAL, errno.EIO, errno.ENOSPC, errno.EPERM}
)
"""Why something that is open can't be written. Only what is printed is written without a name."""


def _failed(error: OSError) -> SpecError:
    """What the system refused: something with a file, which has a name, to write what is printed, or something else."""
    why = str(error.strerror or error)
    if error.filename is None and error.errno in _OF_WRITING:
        return SpecError("standard output", f"cannot be written: {why}")
    return SpecError(str(error.filename or "the system"), f"{why[:1].lower()}{why[1:]}")


def _complain(error: SymbackpropError, code: ExitCode) -> int:
    remark(f"symbackprop: {one_line(str(error))}")
    return code


def _parser() -> _Parser:
    parser = _Parser(
        prog="symbackprop",
        description="Writes proved, worked-out walkthroughs of backpropagation for a network with concrete numbers.",
        epilog="Without a NETWORK, the commands take the default one: 2 inputs, 2 hidden neurons, 2 outputs.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"symbackprop {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    _add_render(commands)
    verify = commands.add_parser("verify", help="prove every step and print the certificate", allow_abbrev=False)
    _add_network(verify)
    verify.add_argument(
        "--against",
        metavar="FRAMEWORK",
        type=_choice("against", ("torch",)),
        help="torch: hold the gradients against PyTorch's own, too",
    )
    _add_train(commands)
    _add_check(commands)
    _add_import(commands)
    init = commands.add_parser("init", help="write a commented network file to start from", allow_abbrev=False)
    init.add_argument("path", metavar="PATH", help="the file to write; an existing one is left alone")
    lists = commands.add_parser("list", help=f"list what there is: {', '.join(_LISTS)}", allow_abbrev=False)
    lists.add_argument("what", metavar="|".join(_LISTS), type=_choice("list", _LISTS))
    return parser


def _add_render(commands: argparse._SubParsersAction[_Parser]) -> None:
    render = commands.add_parser("render", help="write the walkthrough of a network", allow_abbrev=False)
    _add_network(render)
    _add_kinds(render)
    formats, details = WALKTHROUGHS, tuple(Detail)
    render.add_argument(
        "--format",
        metavar="F",
        default="latex",
        type=_choice("format", formats),
        help="latex (default), markdown, text, html, json, notebook, python, numpy, torch, pdf",
    )
    render.add_argument("--lang", metavar="L", default="en", help=f"{', '.join(languages())} (default en)")
    render.add_argument(
        "--detail",
        metavar="D",
        default="full",
        type=_choice("detail", details),
        help="full (default), or brief: one weight a layer",
    )
    render.add_argument(
        "--view",
        metavar="V",
        default="scalar",
        type=_choice("view", tuple(View)),
        help="scalar (default): number by number, matrix: one formula a layer, both",
    )
    render.add_argument(
        "--decimals",
        metavar="N",
        default=9,
        type=_number("decimals", 1, _MOST_DECIMALS),
        help="decimals of a figure, 1 to 50 (default 9)",
    )
    render.add_argument(
        "--rounds",
        metavar="N",
        type=_number("rounds", 1, MOST_ROUNDS),
        help="train for N rounds, whatever the file says",
    )
    render.add_argument(
        "--notation", metavar="N", help="the name or the TOML file of a notation, whatever the file says"
    )
    render.add_argument("--yes", action="store_true", help="write a full document of hundreds of pages, too")
    render.add_argument("--templates", metavar="DIR", help="a folder whose templates replace ours")
    render.add_argument(
        "-o", "--output", metavar="PATH", help="where to write; - is standard output (default: into output/)"
    )


def _add_kinds(render: _Parser) -> None:
    render.add_argument(
        "--document",
        metavar="K",
        default="walkthrough",
        type=_choice("document", tuple(Kind)),
        help="walkthrough (default), slides: a step a slide, summary: one page",
    )
    render.add_argument(
        "--engine",
        metavar="E",
        type=_choice("engine", tuple(Engine)),
        help="what makes a PDF: typst (default), latex: an installed TeX",
    )


def _add_train(commands: argparse._SubParsersAction[_Parser]) -> None:
    train = commands.add_parser("train", help="repeat the derived step and print the error", allow_abbrev=False)
    _add_network(train)
    train.add_argument(
        "--steps",
        metavar="N",
        type=_number("steps", 1, MOST_ROUNDS),
        help="how many rounds (default: the file's)",
    )
    train.add_argument("--csv", metavar="PATH", help="write error and outputs of every round as CSV")
    train.add_argument("--plot", metavar="PATH", help="draw the error's curve as SVG")


def _add_check(commands: argparse._SubParsersAction[_Parser]) -> None:
    check = commands.add_parser(
        "check",
        help="judge somebody's derivation and name its mistakes",
        epilog="Exit code: 0 nothing is wrong, 1 something is, 2 it can't be read, 3 a work could not be judged.",
        allow_abbrev=False,
    )
    check.add_argument("work", metavar="WORK", help="an answer sheet, a document, - for standard input, or a folder")
    check.add_argument("--network", metavar="NETWORK", help="what it is held against (default: the default network)")
    check.add_argument(
        "--format",
        metavar="F",
        default="text",
        type=_choice("format", REPORTS),
        help="text (default), markdown, html, json",
    )
    check.add_argument("--lang", metavar="L", default="en", help=f"{', '.join(languages())} (default en)")
    check.add_argument(
        "-o", "--output", metavar="PATH", help="where the report goes (default: standard output); for a folder, one too"
    )
    check.add_argument("--points", metavar="FILE", help="a TOML file that says what each quantity is worth")
    check.add_argument("--csv", metavar="PATH", help="write the marks as CSV (of a folder: to standard output else)")
    check.add_argument(
        "--time-limit",
        metavar="SECONDS",
        type=_seconds,
        help="give a work up that takes longer (default: none; every work has an end, counted in steps)",
    )
    check.add_argument(
        "--suggest-names", action="store_true", help="print a table [names] for what the work calls its quantities"
    )


def _add_import(commands: argparse._SubParsersAction[_Parser]) -> None:
    import_ = commands.add_parser("import", help="make a network file from an ONNX model", allow_abbrev=False)
    import_.add_argument("model", metavar="MODEL", help="an ONNX file with a chain of dense layers")
    samples = 'a .csv or .json file, or numbers such as "0.05, 0.10" or "[0, 1], [1, 0]"'
    import_.add_argument("--inputs", metavar="NUMBERS", required=True, help=samples)
    import_.add_argument("--targets", metavar="NUMBERS", required=True, help="the same for what ought to come out")
    import_.add_argument(
        "--loss", metavar="L", default="half-squared", help="the loss (default half-squared); list losses tells them"
    )
    import_.add_argument("--reduction", metavar="R", default="sum", help="sum (default) or mean of several errors")
    import_.add_argument("--learning-rate", metavar="X", default="0.5", help="the learning rate (default 0.5)")
    import_.add_argument("--optimizer", metavar="O", default="sgd", help="sgd (default), momentum, nesterov, adam, ...")
    import_.add_argument(
        "--rounds", metavar="N", default=1, type=_number("rounds", 1, MOST_ROUNDS), help="rounds of training"
    )
    import_.add_argument("-o", "--output", metavar="PATH", help="where to write (default: standard output)")


def _add_network(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="NETWORK", nargs="?", help="a network file (TOML) or an example's name")


def _choice(what: str, known: tuple[str, ...]) -> Callable[[str], str]:
    """An argument's type: one of a closed set, with the nearest one in the complaint."""

    def choose(text: str) -> str:
        if text not in known:
            why = f"expected one of {listed(known)}, found {quoted(text)}{did_you_mean(text, known)}"
            raise SpecError(f"--{what}" if what != "list" else what, why)
        return text

    return choose


def _number(what: str, least: int, most: int) -> Callable[[str], int]:
    """An argument's type: a whole number within limits."""

    def read(text: str) -> int:
        plain = text.isascii() and text.isdigit() and len(text) <= len(str(most))
        number = int(text) if plain else -1
        if not least <= number <= most:
            raise SpecError(f"--{what}", f"expected a whole number from {least:,} to {most:,}, found {quoted(text)}")
        return number

    return read


_LONGEST_LIMIT = 12


def _seconds(text: str) -> float:
    """An argument's type: a positive number of seconds."""
    whole, point, rest = text.partition(".")
    plain = text.isascii() and len(text) <= _LONGEST_LIMIT and (whole + rest).isdigit() and (not point or bool(rest))
    seconds = float(text) if plain else 0.0
    if seconds <= 0:
        raise SpecError("--time-limit", f"expected a positive number of seconds, found {quoted(text)}")
    return seconds
