"""Any network told and read again: whatever a walkthrough states is held against the textbook in 60 digits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath  # type: ignore[import-untyped]

from symbackprop.derivation.certify import Certificate
from symbackprop.derivation.derive import derive
from symbackprop.formats import Detail
from symbackprop.functions import Activation
from symbackprop.network import Network
from symbackprop.network_file import parse_network
from symbackprop.notation_file import bound_to_network, load_notation
from symbackprop.pages.document import Document
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.walkthrough import tell_walkthrough
from symbackprop.pages.phrases import load_phrases
from symbackprop.resources import example
from symbackprop.typeset.layout import Layout, Number, Operator
from symbackprop.typeset.notation import Namer
from symbackprop.typeset.unicode import unicode
from tests.networks import trained_otherwise
from tests.pages.arithmetic import NoValueError
from tests.pages.printed import Reader, half_of_last, slack
from tests.pages.statements import claims
from tests.reference import given_numbers, initial_state, one_round, parameters
from tests.scalars import Arithmetic, activate

NOTATIONS = ("mazur", "standard", "bishop")
EXAMPLES = ("xor", "regression-relu", "three-classes", "binary", "deep", "weight-decay", "adam")
DIGITS = 60


def _in_mpmath(number: Fraction) -> Any:
    return mpmath.mpf(number.numerator) / number.denominator


EXACTLY = Arithmetic(number=_in_mpmath, exp=mpmath.exp, log=mpmath.log, sqrt=mpmath.sqrt, erf=mpmath.erf)
NOTHING_PROVED = Certificate(
    proved=(), failures=(), patterns=2, points=2, bits=128, flat=False, mistaken=(), examined=0
)
"""What was proved is told in other tests."""


def namer_of(network: Network, notation: str = "mazur") -> Namer:
    """Give a notation's names for a network."""
    return bound_to_network(load_notation(notation, "a test"), network)


def told_any(network: Network, lang: str = "en", detail: Detail = Detail.FULL, notation: str = "mazur") -> Document:
    """Give the document of a network, without a certificate."""
    teller = Teller(
        derivation=derive(network),
        phrases=load_phrases(lang),
        namer=namer_of(network, notation),
        decimals=9,
        detail=detail,
    )
    return tell_walkthrough(teller, (), NOTHING_PROVED)


@cache
def short_example(name: str) -> Network:
    """An example's network, trained for two rounds only."""
    network = parse_network(example(name).read_text(encoding="utf-8"), f"{name}.toml")
    return trained_otherwise(network, rounds=2)


# --- Every line is true -----------------------------------------------------------------------------------


def _rounds(network: Network, count: int) -> Iterator[Mapping[str, Any]]:
    """What the textbook finds in the first round and in those after it."""
    given = {id_: _in_mpmath(number) for id_, number in given_numbers(network).items()}
    found = parameters(network, EXACTLY) | initial_state(network, EXACTLY)
    for _ in range(count):
        values = given | one_round(network, EXACTLY, given | found)
        yield values
        found = {id_: values.get(f"{id_}+", value) for id_, value in found.items()}


def _known(network: Network, namer: Namer) -> dict[str, Any]:
    """The values of all quantities by what they look like."""
    known: dict[str, Any] = {}
    for number, values in enumerate(_rounds(network, network.training.rounds + 1)):
        suffix = f"@{number}" if number else ""
        known |= {unicode(namer.name(f"{id_}{suffix}")): value for id_, value in values.items()}
    weight, given = mpmath.mpf("-0.7"), given_numbers(network)
    known[unicode(namer.name("w"))] = weight
    for penalty, slope in (("l1", mpmath.sign(weight)), ("l2", weight)):
        strength = given.get("lambda1" if penalty == "l1" else "lambda2")
        if strength is not None:
            known[unicode(namer.name(f"dE_{penalty}/dw"))] = _in_mpmath(strength) * slope
    return known


def _general(network: Network, namer: Namer, net: str) -> Iterator[dict[str, Any]]:
    """For each activation of one net input, in the order in which they are told, its values at some net input."""
    told = dict.fromkeys(it.activation for it in network.layers if it.activation is not Activation.SOFTMAX)
    for activation in told:
        bend = mpmath.mpf("0.3")
        (out,), (slopes,) = activate(EXACTLY, activation, [mpmath.mpf(net)], bend)
        values = {"net": mpmath.mpf(net), "out": out, "dout/dnet": slopes[0], "alpha": bend}
        yield {unicode(namer.name(id_)): value for id_, value in values.items()}


def untrue_lines(network: Network, document: Document, namer: Namer, net: str = "-0.4") -> list[str]:
    """Return every statement of a document that isn't true; general derivatives are held at some net input."""
    with mpmath.workdps(DIGITS):
        known = _known(network, namer)
        functions = _general(network, namer, net)
        untrue = []
        for left, sign, right in claims(document):
            name = unicode(left)
            if name == unicode(namer.name("out")):
                known |= next(functions)
            if why := _wrong(known[name], sign, right, known):
                untrue.append(f"{name} {sign.value} {unicode(right)}: {why}")
        return untrue


TRUE_ZERO = "1e-40"


def _wrong(value: Any, sign: Operator, right: Layout, known: Mapping[str, Any]) -> str:
    """Return what is wrong with a statement, or nothing."""
    if isinstance(right, Number):
        off = abs(mpmath.mpf(right.digits) - value)
        allowed = mpmath.mpf(TRUE_ZERO) if sign is Operator.EQUALS else half_of_last(right.digits)
    else:
        try:
            off = abs(Reader(known=known).value(right) - value)
            allowed = mpmath.mpf(TRUE_ZERO)
            if sign is Operator.APPROXIMATELY:
                allowed += slack(right, known)
        except (NoValueError, ZeroDivisionError):
            # A general form; or a figure that is rounded to 0, below a fraction line.
            return ""
    return f"it is {mpmath.nstr(value, 15)}" if off > allowed * mpmath.mpf("1.0001") else ""
