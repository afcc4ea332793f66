"""The closing certificate: what was proved, by which routes, and how anybody can repeat it."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.certify import Certificate, Route
from symbackprop.pages.document import Block, Items
from symbackprop.pages.narrate.teller import Teller


def tell_certificate(teller: Teller, certificate: Certificate) -> Iterator[Block]:
    """What the reader may rely on."""
    phrases = teller.phrases
    steps = certificate.steps
    lines = certificate.lines
    flat = sum(len(proofs.ids) for proofs in certificate.proved if Route.FLAT in proofs.routes)
    yield teller.heading(1, "certificate.heading")
    if certificate.examined:
        yield teller.paragraph("certificate.intro_large", steps=teller.counted(steps))
    else:
        yield teller.paragraph("certificate.intro", steps=teller.counted(steps), lines=teller.counted(lines))
    items = [phrases.count("certificate.patterns", certificate.patterns)]
    if certificate.examined:
        examined = teller.counted(certificate.examined)
        items.append(phrases.say("certificate.large", examined=examined, bits=f"{certificate.bits}"))
    else:
        others = f"{certificate.points - 1}"
        items.append(phrases.say("certificate.points", points=others, bits=f"{certificate.bits}"))
    if certificate.flat:
        items.append(phrases.count("certificate.flat", flat))
    items.append(phrases.say("certificate.digits"))
    if teller.derivation.network.training.rounds > 1:
        items.append(phrases.say("certificate.training"))
    yield Items(items=tuple(items))
    if certificate.mistaken:
        yield teller.paragraph("certificate.mistaken", number=f"{len(certificate.mistaken)}")
    yield teller.paragraph("certificate.repeat")
