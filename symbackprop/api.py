"""The one place that knows the order of everything: load, derive, certify, tell, render."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from symbackprop.check.published import judge_published
from symbackprop.derivation.certify import Certificate, certify
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.derivation.ids import require_known_quantities
from symbackprop.errors import CertificationError, SpecError
from symbackprop.network import Network
from symbackprop.network_file import read_network
from symbackprop.pages.narrate.teller import Detail, Teller
from symbackprop.pages.narrate.walkthrough import tell_walkthrough
from symbackprop.pages.phrases import load_phrases
from symbackprop.pages.render import Format, Rendered, render_document
from symbackprop.resources import example, folder


def render_walkthrough(derivation, *, format_, lang, detail, decimals, templates, stem) -> Rendered:
    certificate = certify(derivation)
    phrases = load_phrases(lang)
    teller = Teller(derivation=derivation, phrases=phrases, decimals=decimals, detail=detail)
    document = tell_walkthrough(teller, judge_published(derivation), certificate)
    folders = tuple(path for path in (templates, folder("templates")) if path is not None)
    return render_document(document, phrases, format_, stem=stem, folders=folders)
