"""The one place that knows the order of everything: load, derive, certify, tell, render."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from symbackprop.checking.published import JudgedFigure, judge_published
from symbackprop.derivation.certify import Certificate, certify
from symbackprop.derivation.derive import DECIMALS, Derivation, Quantity, derive
from symbackprop.derivation.ids import require_known_quantities, split_id
from symbackprop.derivation.train import milestones_until, spread_until
from symbackprop.errors import CertificationError, SpecError
from symbackprop.export import to_json
from symbackprop.formats import MADE_AS, SCRIPTS, WALKTHROUGHS, Detail, Engine, Format, Kind, View
from symbackprop.network import Network
from symbackprop.network_file import read_network
from symbackprop.notation_file import bound_to_network, notation_of
from symbackprop.pages.document import Document
from symbackprop.pages.languages import require_languages
from symbackprop.pages.narrate.teller import FollowingTeller, Teller
from symbackprop.pages.narrate.walkthrough import tell_walkthrough
from symbackprop.pages.phrases import DecimalMark, Phrases, load_phrases
from symbackprop.pages.render import Rendered, render_alive, render_document
from symbackprop.pages.templates import Templates, require_harmless, templates_of
from symbackprop.pdf import compiled
from symbackprop.resources import network_path
from symbackprop.sizes import require_notebook, require_playable, require_typesettable
from symbackprop.typeset.notation import Notation
from symbackprop.wording import A_DERIVATION, did_you_mean, listed, quoted, require_type

if TYPE_CHECKING:
    from symbackprop.derivation.matrix_proof import MatrixCertificate

__all__ = [
    "Certificate",
    "Derivation",
    "Network",
    "Quantity",
    "certify",
    "derive",
    "load",
    "render",
    "render_files",
    "render_pdf",
]

MOST_DECIMALS = 50


def load(path: str | Path | None = None) -> Network:
    """The network that a TOML file describes, an example by its name, or the default one.

    Raises SpecError, whose text is one line, for anything that is wrong with the file.
    """
    network = read_network(network_path(path))
    require_known_quantities(network)
    return network


def render(
    derivation: Derivation,
    *,
    format: str = "latex",  # noqa: A002 - the word that users know from the command line
    lang: str = "en",
    detail: str = "full",
    view: str = "scalar",
    decimals: int = DECIMALS,
    templates: str | Path | None = None,
    notation: str | Path | None = None,
    document: str = "walkthrough",
) -> str:
    """The walkthrough of a derivation as text: `latex`, `markdown`, `text`, `json`, or `notebook`; or a script.

    The scripts are `python`, `numpy` and `torch`.

    `view` is `scalar` (number by number), `matrix` (one formula for a whole layer) or `both`. `templates` is a folder
    whose templates replace ours; `notation` is the name or the file of a notation, if not the network's own. Instead
    of the `walkthrough`, `document` may be its `slides` or a `summary` of one page. Raises SpecError for a choice that
    there isn't, and CertificationError where a step could not be proved.
    """
    require_type(derivation, Derivation, A_DERIVATION)
    rendered = render_files(
        derivation,
        format=format,
        lang=lang,
        detail=detail,
        view=view,
        decimals=decimals,
        templates=templates,
        stem="walkthrough",
        notation=notation_of(derivation.network, notation),
        document=document,
    )
    return "".join(rendered.pieces)


def render_files(
    derivation: Derivation,
    *,
    format: str,  # noqa: A002
    lang: str,
    detail: str,
    view: str = "scalar",
    decimals: int,
    templates: str | Path | None,
    stem: str,
    notation: Notation | None = None,
    document: str = "walkthrough",
) -> Rendered:
    """The same as `render`, with the figures that belong beside the text; their names begin with `stem`."""
    require_type(derivation, Derivation, A_DERIVATION)
    format_ = Format(_known("format", format, WALKTHROUGHS))
    if format_ is Format.PDF:
        raise SpecError("format", "a PDF is no text; render_pdf gives its bytes")
    kind = _kind(document, format_)
    found = templates_of(templates)
    tellers = _tellers(derivation, format_, lang=lang, detail=detail, view=view, decimals=decimals, notation=notation)
    if format_ is Format.HTML:
        require_playable(derivation.network)
    if format_ is Format.NOTEBOOK:
        require_notebook(derivation.network)
    if format_ in SCRIPTS:
        require_proved(certify(derivation))
        return _script(derivation, tellers[0].phrases, format_, decimals)
    certificate, figures = _proved(tellers[0], kind)
    if format_ is Format.JSON:
        return Rendered(pieces=to_json(derivation, figures, certificate), figures={})
    told = [(_tell(kind, teller, figures, certificate), teller.phrases) for teller in tellers]
    if format_ is Format.HTML:
        return _render_alive(tellers, told, found)
    if format_ is Format.NOTEBOOK:
        return _notebook(tellers[0], told[0][0], found)
    return render_document(*told[0], format_, stem=stem, templates=found)


def render_pdf(
    derivation: Derivation,
    *,
    lang: str = "en",
    detail: str = "full",
    view: str = "scalar",
    decimals: int = DECIMALS,
    templates: str | Path | None = None,
    notation: str | Path | Notation | None = None,
    document: str = "walkthrough",
    engine: str = "typst",
) -> bytes:
    """The same as a PDF, made by Typst (`pip install 'symbackprop[pdf]'`) or, as engine `latex`, by an installed TeX.

    The same input gives the same bytes. Raises SpecError where the engine isn't there, where TeX was to set templates
    that aren't ours, where a character is in none of the fonts, and where something doesn't fit its page.
    """
    require_type(derivation, Derivation, A_DERIVATION)
    kind = _kind(document, Format.PDF)
    source_format = Format(_known("engine", engine, tuple(Engine)))
    require_harmless(templates, Engine(engine))
    found = templates_of(templates)
    named = notation if isinstance(notation, Notation) else notation_of(derivation.network, notation)
    (teller,) = _tellers(derivation, Format.PDF, lang=lang, detail=detail, view=view, decimals=decimals, notation=named)
    if source_format is Format.TYPST and kind is Kind.WALKTHROUGH:
        require_typesettable(derivation.network, teller.detail, teller.view)
    certificate, figures = _proved(teller, kind)
    told = _tell(kind, teller, figures, certificate)
    rendered = render_document(told, teller.phrases, source_format, stem="walkthrough", templates=found)
    return compiled("".join(rendered.pieces), Engine(engine), lang)


def _kind(document: str, format_: Format) -> Kind:
    kind = Kind(_known("document", document, tuple(Kind)))
    if format_ not in MADE_AS[kind]:
        raise SpecError("document", f"{kind} can be had as {listed(MADE_AS[kind])}, not as {quoted(format_)}")
    return kind


def _tellers(
    derivation: Derivation,
    format_: Format,
    *,
    lang: str,
    detail: str,
    view: str,
    decimals: int,
    notation: Notation | None,
) -> list[Teller]:
    """Who tells it, in each language."""
    detail_ = Detail(_known("detail", detail, tuple(Detail)))
    view_ = View(_known("view", view, tuple(View)))
    require_type(lang, str, 'lang, a text such as "en"')
    require_type(decimals, int, "decimals, a whole number")
    network = derivation.network
    languages = require_languages(lang, format_.most_languages)
    mark = DecimalMark.COMMA if network.writing.decimal_comma else DecimalMark.POINT
    namer = bound_to_network(notation or notation_of(network), network)
    if not 1 <= decimals <= MOST_DECIMALS:
        raise SpecError("decimals", f"expected 1 to {MOST_DECIMALS}, found {decimals}")
    kind = FollowingTeller if format_ is Format.HTML else Teller
    teller = partial(kind, derivation=derivation, namer=namer, decimals=decimals, detail=detail_, view=view_)
    return [teller(phrases=load_phrases(language, mark)) for language in languages]


def _proved(teller: Teller, kind: Kind) -> tuple[Certificate, tuple[JudgedFigure, ...]]:
    """The certificate, which holds, and the network's published figures, judged; both need the training done."""
    derivation = teller.derivation
    certificate = certify(derivation)
    require_proved(certificate)
    if teller.view is not View.SCALAR:
        _require_matrices(derivation)
    derivation.trace.train_through(_rounds_told(network=derivation.network))
    if kind is Kind.WALKTHROUGH:
        _require_certain_training(derivation)
    return certificate, judge_published(derivation)


def _require_certain_training(derivation: Derivation) -> None:
    """Raises at once what else would only be raised in the middle of the document."""
    for rounds in sorted({1, derivation.network.training.rounds}):
        if (ended := derivation.ended_before(rounds)) is not None:
            raise ended


def _tell(kind: Kind, teller: Teller, figures: tuple[JudgedFigure, ...], certificate: Certificate) -> Document:
    match kind:
        case Kind.WALKTHROUGH:
            return tell_walkthrough(teller, figures, certificate)
        case Kind.SLIDES:
            # Only who asks for them waits for their import.
            from symbackprop.pages.narrate.slides import tell_slides  # noqa: PLC0415

            return tell_slides(teller)
        case Kind.SUMMARY:
            from symbackprop.pages.narrate.one_page import tell_one_page  # noqa: PLC0415

            return tell_one_page(teller)


def _render_alive(
    tellers: Sequence[Teller], told: Sequence[tuple[Document, Phrases]], templates: Templates
) -> Rendered:
    # Only this format needs it.
    from symbackprop.live.page import frame_of  # noqa: PLC0415

    return render_alive(told, frame_of(tellers, [document for document, _ in told]), templates=templates)


def _script(derivation: Derivation, phrases: Phrases, format_: Format, decimals: int) -> Rendered:
    # Only a script needs them, and every render would wait for their import.
    from symbackprop.programs.write import write_script  # noqa: PLC0415

    return Rendered(pieces=iter((write_script(derivation, phrases, format_, decimals),)), figures={})


def _notebook(teller: Teller, document: Document, templates: Templates) -> Rendered:
    # As above: only a notebook needs it.
    from symbackprop.programs.notebook import write_notebook  # noqa: PLC0415

    return Rendered(pieces=iter((write_notebook(teller, document, templates),)), figures={})


def require_proved(certificate: Certificate) -> None:
    """Raises CertificationError where something could not be proved."""
    if not certificate.holds:
        failure = certificate.failures[0]
        raise CertificationError(f"{failure.id} could not be proved: {failure.why}")


def certify_matrices(derivation: Derivation) -> MatrixCertificate:
    """Proves that each entry of each matrix of the matrix view is the scalar step's, or says which is not."""
    # Only this view needs them, and every render would wait for their import.
    from symbackprop.derivation.matrix_plan import plan_matrices  # noqa: PLC0415
    from symbackprop.derivation.matrix_proof import prove_matrices  # noqa: PLC0415

    return prove_matrices(plan_matrices(derivation.network, derivation.steps), derivation)


def _require_matrices(derivation: Derivation) -> None:
    """Raises CertificationError where an entry of a matrix couldn't be proved to be its scalar step."""
    found = certify_matrices(derivation)
    if not found.holds:
        failure = found.failures[0]
        raise CertificationError(f"{failure.id} could not be proved as an entry of a matrix: {failure.why}")


def _rounds_told(network: Network) -> tuple[int, ...]:
    """The rounds of which a walkthrough tells something, so that training passes through all of them once."""
    rounds = network.training.rounds
    published = {split_id(it.quantity)[1] for it in network.published}
    # A figure that differs is also held against the rounds beside its own.
    near = {number + offset for number in published for offset in (-1, 0, 1)}
    told = {*milestones_until(rounds), *spread_until(rounds), *near} if rounds > 1 else near
    return tuple(sorted(number for number in told if 0 <= number <= rounds))


def _known(what: str, found: str, known: tuple[str, ...]) -> str:
    require_type(found, str, f"{what}, one of {listed(known)}")
    if found not in known:
        raise SpecError(what, f"expected one of {listed(known)}, found {quoted(found)}{did_you_mean(found, known)}")
    return found
