"""What each command does. Everything that needs sympy is imported by the command that derives."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symbackprop.errors import EndedTrainingError, ExitCode, SpecError
from symbackprop.files import (
    encoded,
    require_ending,
    require_folder,
    require_output,
    require_writable,
    write_all,
    write_whole,
)
from symbackprop.formats import MADE_AS, WALKTHROUGHS, Detail, Engine, Format, Kind, View
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network
from symbackprop.network_file import read_network, read_title
from symbackprop.notation_file import notation_names, notation_of
from symbackprop.pages.languages import languages, require_languages
from symbackprop.pages.templates import require_harmless
from symbackprop.records import record
from symbackprop.resources import example, example_names, network_path, starter
from symbackprop.sizes import full_size, require_notebook, require_playable, require_typesettable
from symbackprop.streams import remark
from symbackprop.wording import counted, listed, quoted

if TYPE_CHECKING:
    from symbackprop.derivation.certify import Certificate
    from symbackprop.derivation.derive import Derivation
    from symbackprop.derivation.matrix_proof import MatrixCertificate
    from symbackprop.frameworks.against_torch import Comparison

_OUTPUT = Path("output")
_STANDARD_OUTPUT = "-"


def run(chosen: argparse.Namespace) -> int:
    """Runs the command that was chosen on the command line and gives its exit code."""
    match chosen.command:
        case "render":
            return _render(chosen)
        case "verify":
            return _verify(chosen)
        case "train":
            return _train(chosen)
        case "check":
            from symbackprop.check_command import run_check  # noqa: PLC0415 - only who checks waits for it

            return run_check(chosen)
        case "import":
            from symbackprop.import_command import run_import  # noqa: PLC0415 - the same of who imports

            return run_import(chosen)
        case "init":
            return _init(Path(chosen.path))
        case _:
            return _list(chosen.what)


def _network_path(chosen: argparse.Namespace) -> Path:
    return network_path(chosen.network)


def _load(chosen: argparse.Namespace) -> Network:
    from symbackprop.derivation.ids import require_known_quantities  # noqa: PLC0415 - after the file was read

    path = _network_path(chosen)
    network = read_network(path)
    require_known_quantities(network)
    _remark_on_namesake(chosen.network, path)
    return network


def _remark_on_namesake(asked: str | None, path: Path) -> None:
    """Whoever asks for the example `xor` beside a file xor.toml may mean the file; their documents have one name."""
    file = Path(f"{asked}.toml")
    if asked is None or asked not in example_names() or path == Path(asked):
        return
    if file.exists() and not file.samefile(path):
        remark(f"symbackprop: {quoted(asked)} is the example; the file here is {file}")


def _render(chosen: argparse.Namespace) -> int:
    format_ = Format(chosen.format)
    languages = require_languages(chosen.lang, format_.most_languages, "--lang")
    _require_makeable(chosen)
    network = _load(chosen)
    if chosen.rounds is not None:
        network = _with_rounds(network, chosen.rounds)
    if chosen.templates is not None and not Path(chosen.templates).is_dir():
        raise SpecError(chosen.templates, "expected a folder of templates, found none")
    notation = notation_of(network, chosen.notation)
    _require_consent(chosen, network)
    from symbackprop import api  # noqa: PLC0415 - needs sympy

    to_standard_output = chosen.output == _STANDARD_OUTPUT
    if chosen.output is None or to_standard_output:
        path = _OUTPUT / _file_name(_network_path(chosen), chosen, "-".join(languages))
    else:
        path = Path(chosen.output)
        require_folder(path)
    if not to_standard_output:
        require_output(path, format_.ending, {"network file": _network_path(chosen)})
    wished: dict[str, Any] = {
        "lang": chosen.lang,
        "detail": chosen.detail,
        "view": chosen.view,
        "decimals": chosen.decimals,
        "templates": chosen.templates,
        "notation": notation,
        "document": chosen.document,
    }

    def tell(network: Network) -> Told:
        derivation = api.derive(network)
        if format_ is Format.PDF:
            return Told(pieces=(api.render_pdf(derivation, engine=_engine(chosen), **wished),), figures={})
        rendered = api.render_files(derivation, format=chosen.format, stem=path.stem, **wished)
        return Told(pieces=rendered.pieces, figures=rendered.figures)

    told, ended = _as_far_as_certain(network, tell)
    if to_standard_output:
        for piece in told.pieces:
            sys.stdout.buffer.write(encoded(piece))
        if told.figures:
            remark("symbackprop: the figures are not written to standard output; -o PATH writes them")
    else:
        write_all(_files(path, told.pieces, told.figures))
        for written in (path, *map(path.with_name, told.figures)):
            print(written)
    if ended is not None:
        raise ended
    return ExitCode.DONE


@record(kw_only=True)
class Told:
    """A document, in pieces, and the figures that belong beside it, by their names."""

    pieces: Iterable[str | bytes]
    figures: Mapping[str, str]


def _as_far_as_certain(network: Network, tell: Callable[[Network], Told]) -> tuple[Told, EndedTrainingError | None]:
    """What is told of a network, of fewer rounds than it wishes where only those are certain, with the error then."""
    try:
        return tell(network), None
    except EndedTrainingError as error:
        if error.last_good == 0:
            raise
        return tell(_with_rounds(network, error.last_good)), error


def _with_rounds(network: Network, rounds: int) -> Network:
    return replace(network, training=replace(network.training, rounds=rounds))


def _require_makeable(chosen: argparse.Namespace) -> None:
    """Nobody waits for a derivation that can't be written as wished."""
    kind, format_ = Kind(chosen.document), Format(chosen.format)
    if format_ not in MADE_AS[kind]:
        why = f"{kind} can be had as {listed(MADE_AS[kind])}; --format says {quoted(format_)}"
        raise SpecError("--document", why)
    if chosen.engine is not None and format_ is not Format.PDF:
        raise SpecError("--engine", f"goes only with --format pdf; --format says {quoted(format_)}")
    require_harmless(chosen.templates, _engine(chosen))


def _engine(chosen: argparse.Namespace) -> Engine:
    return Engine.TYPST if chosen.engine is None else Engine(chosen.engine)


def _files(
    path: Path, pieces: Iterable[str | bytes], figures: Mapping[str, str]
) -> Iterator[tuple[Path, Iterable[str | bytes]]]:
    """The document, then its figures, which are known only when it has been told."""
    yield path, pieces
    yield from ((path.with_name(name), (text,)) for name, text in figures.items())


def _require_consent(chosen: argparse.Namespace, network: Network) -> None:
    """Nobody gets hundreds of pages without having been asked."""
    if chosen.document != Kind.WALKTHROUGH:
        return
    _require_small_enough(chosen, network)
    size = full_size(network, Format(chosen.format), View(chosen.view))
    if chosen.detail == Detail.FULL and size is not None and not chosen.yes:
        raise SpecError("--detail full", f"{size}; add --yes to have it, or --detail brief for a short one")


def _require_small_enough(chosen: argparse.Namespace, network: Network) -> None:
    """Nobody is asked for a consent that wouldn't help."""
    match Format(chosen.format):
        case Format.HTML:
            require_playable(network)
        case Format.NOTEBOOK:
            require_notebook(network)
        case Format.PDF if _engine(chosen) is Engine.TYPST:
            require_typesettable(network, Detail(chosen.detail), View(chosen.view))
        case _:
            pass


def _file_name(network: Path, chosen: argparse.Namespace, lang: str) -> str:
    parts = ((chosen.detail, Detail.FULL), (chosen.view, View.SCALAR), (chosen.document, Kind.WALKTHROUGH))
    choices = "".join(f"-{choice}" for choice, usual in parts if choice != usual)
    # Three formats end in py.
    library = f"-{chosen.format}" if chosen.format in (Format.NUMPY, Format.TORCH) else ""
    return f"{network.stem}{choices}{library}.{lang}.{Format(chosen.format).ending}"


def _verify(chosen: argparse.Namespace) -> int:
    network = _load(chosen)
    from symbackprop import api  # noqa: PLC0415 - needs sympy

    derivation = api.derive(network)
    comparison = None if chosen.against is None else _compare(derivation)
    certificate = api.certify(derivation)
    matrices = api.certify_matrices(derivation)
    print("\n".join(_certificate_lines(_network_path(chosen), certificate, matrices)))
    if comparison is not None:
        print(comparison.told)
    agrees = comparison is None or comparison.agrees
    if certificate.holds and (ended := derivation.ended_before(network.training.rounds)) is not None:
        raise ended
    return ExitCode.DONE if certificate.holds and matrices.holds and agrees else ExitCode.UNDECIDED


def _compare(derivation: Derivation) -> Comparison:
    """Holds the gradients against PyTorch's, before anything is printed: it may not be installed."""
    from symbackprop.frameworks.against_torch import compare_gradients  # noqa: PLC0415 - only who asks for it

    return compare_gradients(derivation)


def _certificate_lines(path: Path, certificate: Certificate, matrices: MatrixCertificate) -> Iterator[str]:
    """A line for each step, then what was proved by which route."""
    from symbackprop.derivation.certify import Route  # noqa: PLC0415 - needs sympy, as the certificate did

    failures = certificate.failures
    wide = max((len(id_) for proofs in certificate.proved for id_ in proofs.ids), default=0)
    rule = max((len(proofs.rule) for proofs in certificate.proved), default=0)
    for proof in certificate.proofs:
        yield f"{proof.id:{wide}}  {proof.rule:{rule}}  {' + '.join(proof.routes)}"
    for failure in failures:
        yield f"{failure.id:{wide}}  NOT PROVED by {failure.route}: {failure.why}"
    for entry in matrices.failures:
        yield f"{entry.id:{wide}}  NOT PROVED as an entry of a matrix: {entry.why}"
    yield ""
    verdict = "proved" if certificate.holds and matrices.holds else "NOT PROVED"
    failed = counted(len(failures) + len(matrices.failures), "failure")
    yield f"{path.name}: {verdict}. {certificate.steps:,} steps with {certificate.lines:,} formulas hold, {failed}."
    failed_routes = {failure.route for failure in failures}
    if Route.PATTERN not in failed_routes:
        local = counted(certificate.patterns, "local derivative")
        yield f"pattern  {local}: every line identical with sympy's derivative"
    if certificate.examined and Route.DIRECTION not in failed_routes:
        singly = f"{certificate.examined:,} values and derivatives of neurons one by one,"
        yield f"direction  the network's own numbers, in balls of {certificate.bits} bits: {singly}"
        yield "         all gradients and all updates together, each times a random number"
    elif not certificate.examined and Route.POINTS not in failed_routes:
        others = f"{certificate.points - 1} random points, in balls of {certificate.bits} bits,"
        yield f"points   the network's own numbers and {others}"
        yield "         against power series arithmetic on the forward pass; one compiled round of training likewise"
    if certificate.flat and Route.FLAT not in failed_routes:
        yield "flat     every gradient identical with sympy's derivative of the one flat error expression"
    elif not certificate.flat:
        why = (
            "the gradients are mistaken on purpose"
            if certificate.mistaken
            else "the flat error expression is too large, or has a kink"
        )
        yield f"flat     not tried: {why}"
    if not matrices.failures:
        yield from _matrix_lines(matrices)
    if certificate.mistaken:
        asked = 'the file asks for hidden_gradients = "updated"'
        yield f"mistake  {len(certificate.mistaken)} steps are no gradients: {asked}"


def _matrix_lines(matrices: MatrixCertificate) -> Iterator[str]:
    """How it was proved that the matrix view says the same."""
    steps = f"{counted(matrices.steps, 'matrix step')} with {matrices.entries:,} entries"
    yield f"matrix   {steps}: each has the scalar step's value, in balls of {matrices.bits} bits,"
    if matrices.written_out == matrices.entries:
        yield "         and a formula identical with the scalar step's"
    else:
        few = "of a large matrix one in each row and column"
        yield f"         and {matrices.written_out:,} of them ({few}) a formula identical with the scalar step's"


def _train(chosen: argparse.Namespace) -> int:
    for path, ending in ((chosen.csv, "csv"), (chosen.plot, "svg")):
        if path is not None:
            require_folder(Path(path))
            require_output(Path(path), ending, {"network file": _network_path(chosen)})
    if chosen.plot is not None:
        require_ending(Path(chosen.plot), "svg")
    network = _load(chosen)
    from symbackprop import api, training_report  # noqa: PLC0415 - needs sympy

    derivation = api.derive(network)
    api.require_proved(api.certify(derivation))
    rounds = network.training.rounds if chosen.steps is None else chosen.steps
    ended: EndedTrainingError | None = None
    try:
        for line in training_report.report(derivation, rounds):
            print(line)
    except EndedTrainingError as error:
        ended, rounds = error, error.last_good
    files: dict[Path, str] = {}
    if chosen.csv is not None:
        files[Path(chosen.csv)], ended = _csv(derivation, rounds, ended)
    if chosen.plot is not None and rounds > 0:
        files[Path(chosen.plot)] = training_report.draw_plot(derivation, rounds)
    write_all((path, (text,)) for path, text in files.items())
    for written in files:
        print(written)
    if ended is not None:
        raise ended
    return ExitCode.DONE


def _csv(
    derivation: Derivation, rounds: int, ended: EndedTrainingError | None
) -> tuple[str, EndedTrainingError | None]:
    """The rounds that are certain, and the error that ended them: a file has all of them, the rows only some."""
    from symbackprop.training_report import write_csv  # noqa: PLC0415 - needs sympy

    try:
        return write_csv(derivation, rounds), ended
    except EndedTrainingError as error:
        return write_csv(derivation, error.last_good), error


def _init(path: Path) -> int:
    if path.exists():
        raise SpecError(str(path), "exists already and is left alone")
    require_folder(path)
    require_writable(path)
    write_whole(path, starter().read_text(encoding="utf-8"))
    print(path)
    return ExitCode.DONE


def _examples() -> Iterator[str]:
    """A line for each example: its name and its title."""
    names = example_names()
    wide = max(map(len, names))
    return (f"{name:{wide}}  {read_title(example(name))}" for name in names)


def _list(what: str) -> int:
    names: dict[str, tuple[str, ...]] = {
        "formats": WALKTHROUGHS,
        "activations": tuple(Activation),
        "losses": tuple(Loss),
        "languages": languages(),
        "notations": notation_names(),
    }
    print("\n".join(_examples() if what == "examples" else names[what]))
    return ExitCode.DONE
