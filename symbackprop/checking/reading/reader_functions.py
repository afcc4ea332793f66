"""Functions within formulas: the network's activations with their derivatives, and the elementary ones."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from symbackprop.checking.reading.reader import Reader
from symbackprop.checking.reading.tokens import Kind
from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.work import Gap, Leaf, Span
from symbackprop.functions import ACTIVATIONS, Activation, softmax_definition
from symbackprop.typeset.formula import (
    Abs,
    Apply,
    Cases,
    Comparison,
    Condition,
    Elementary,
    Exp,
    Formula,
    Power,
    Quantity,
    Sqrt,
    quantities,
    transform,
)

_NAMED: Mapping[str, Activation] = {
    "sigma": Activation.SIGMOID,
    "sigmoid": Activation.SIGMOID,
    "logistic": Activation.SIGMOID,
    "sigm": Activation.SIGMOID,
    "sig": Activation.SIGMOID,
    "expit": Activation.SIGMOID,
    "S": Activation.SIGMOID,
    "tanh": Activation.TANH,
    "relu": Activation.RELU,
    "leakyrelu": Activation.LEAKY_RELU,
    "lrelu": Activation.LEAKY_RELU,
    "elu": Activation.ELU,
    "softplus": Activation.SOFTPLUS,
    "gelu": Activation.GELU,
    "silu": Activation.SILU,
    "swish": Activation.SILU,
    "identity": Activation.IDENTITY,
    "linear": Activation.IDENTITY,
    "softmax": Activation.SOFTMAX,
}
_THE_NETWORKS = frozenset({"f", "g", "phi", "varphi", "act", "activation", "h", "psi", "a"})
_ELEMENTARY = frozenset({"exp", "ln", "log", "sqrt", "abs", "max", "min", "sign", "sgn"})
_NORMAL: Mapping[str, Elementary] = {
    "Phi": Elementary.NORMAL_CDF,
    "phi": Elementary.NORMAL_PDF,
    "normal_cdf": Elementary.NORMAL_CDF,
    "normal_pdf": Elementary.NORMAL_PDF,
}
_BARE = frozenset({"exp", "ln", "log", "sqrt", "tanh", "sigma", "sigmoid"})
MOST_COPIES = 10_000


def is_function(word: str) -> bool:
    """Whether a word is a function's name."""
    return word in _THE_NETWORKS or word.lower() in _NAMED or word in _NAMED or word in _ELEMENTARY or word in _NORMAL


def applied(reader: Reader, word: str, end: int) -> Formula | None:
    """A function of what follows its name, which ends at `end`; None where it is no function or nothing follows."""
    if not is_function(word):
        return None
    start, scan = reader.at, reader.scan
    at, power, primes = end, None, 0
    while scan.kind(at) is Kind.PRIME:
        at, primes = at + 1, primes + 1
    if scan.kind(at) is Kind.SUP and (mark := _prime(reader, at)):
        at, primes = mark, primes + 1
    if scan.kind(at) is Kind.SUP and not primes and word in ("tanh", "sigma", "exp", "log", "ln"):
        power = at
        at = scan.partner[at + 1] + 1 if scan.is_open(at + 1, "{") else at + 2
        if scan.kind(at) is not Kind.OPEN:
            return None
    braces = scan.is_open(at, "{") and word in _BARE
    # Braces may also hold no more than the first letters of a name: {net}_{h1}.
    begun = braces and scan.kind(scan.partner[at] + 1) in (Kind.SUB, Kind.SUP, Kind.PRIME)
    group = scan.is_open(at, "(") or scan.is_open(at, "[") or (braces and not begun)
    bare = begun or (word in _BARE and scan.kind(at) in (Kind.LETTER, Kind.WORD, Kind.NUMBER, Kind.COMMAND))
    bare = bare and not power
    if (not group and not bare) or (word in ("h", "a") and not primes and not _is_net(reader, at)):
        return None
    raised = None
    if power is not None:
        reader.at = power + 1
        raised = reader.exponent()
    reader.at = at
    arguments = _arguments(reader) if group else [reader._factor()]  # noqa: SLF001 - one parser in several files
    span = reader.span_from(start)
    found = _value(reader, word, arguments, primes, span)
    return found if raised is None else Power(found, raised)


def _is_net(reader: Reader, at: int) -> bool:
    """Whether a net input alone stands in parentheses: a(net_h1) is a function of it, a(1 - a) is a product."""
    hit = reader.scan.name(at + 1)
    return hit is not None and hit.end == reader.partner.get(at) and any(it.startswith("net_") for it in hit.ids)


def _prime(reader: Reader, at: int) -> int | None:
    """Where the raised prime at a position ends, if it is one."""
    scan = reader.scan
    if scan.kind(at + 1) is Kind.PRIME:
        return at + 2
    if scan.is_open(at + 1, "{") and scan.kind(at + 2) is Kind.PRIME and scan.partner[at + 1] == at + 3:
        return at + 4
    return None


def _arguments(reader: Reader) -> list[Formula]:
    """What stands in parentheses, parted by commas."""
    close = reader.partner[reader.at]
    reader.take()
    found = [reader.expression()]
    while reader.kind() is Kind.COMMA and reader.at < close:
        reader.take()
        found.append(reader.expression())
    if reader.at != close:
        raise reader.expected(Snag.OPERATOR_OR_BRACKET)
    reader.take()
    return found


def _value(reader: Reader, word: str, arguments: list[Formula], primes: int, span: Span) -> Formula:
    if word in _ELEMENTARY and not primes:
        return elementary(reader, word, arguments)
    if len(arguments) != 1:
        raise reader.expected(Snag.ONE_ARGUMENT)
    (argument,) = arguments
    activation = _activation(reader, word, argument)
    # In a layer of GELU the letter is that of its definition rather than its own.
    if word in _NORMAL and not primes and (word != "phi" or activation in (None, Activation.GELU)):
        return Apply(_NORMAL[word], argument)
    if activation is None or primes > 1:
        reader.note(Gap.GENERAL, span, Why(Snag.NO_ACTIVATION, found=word))
        return argument
    return activated(reader, activation, argument, span, derived=primes == 1)


def elementary(reader: Reader, word: str, arguments: list[Formula]) -> Formula:
    """An elementary function of its arguments."""
    if word in ("max", "min"):
        if len(arguments) != 2:  # noqa: PLR2004 - the larger of two
            raise reader.expected(Snag.TWO_ARGUMENTS)
        one, other = arguments
        if any(_size(reader, it, copies=2) > MOST_COPIES for it in arguments):
            raise reader.too_much(Snag.SHORTER_FORMULA)
        sign = Comparison.ABOVE if word == "max" else Comparison.BELOW
        # max(0, x) is relu as it is always written: x where x > 0, else 0.
        return Cases(Condition(other, sign, one), other, one)
    if len(arguments) != 1:
        raise reader.expected(Snag.ONE_ARGUMENT)
    (argument,) = arguments
    match word:
        case "exp":
            return Exp(argument)
        case "ln" | "log":
            return Apply(Elementary.LOG, argument)
        case "sqrt":
            return Sqrt(argument)
        case "abs":
            return Abs(argument)
        case "tanh":
            return Apply(Elementary.TANH, argument)
        case _:
            return Apply(Elementary.SIGN, argument)


def _activation(reader: Reader, word: str, argument: Formula) -> Activation | None:
    """Which activation a name means; where it is the network's, that of the layer whose net input is its argument."""
    named = _NAMED.get(word) or _NAMED.get(word.lower())
    if word == "S" and named and not any(it.activation is named for it in reader.names.shape.layers):
        return None
    if named is not None:
        return named
    layers = reader.names.shape.layers
    squashing = {it.activation for it in layers if it.activation is not Activation.IDENTITY}
    depth = _depth(reader, argument)
    if depth is not None:
        return layers[depth - 1].activation
    return next(iter(squashing)) if len(squashing) == 1 else None


def _depth(reader: Reader, argument: Formula) -> int | None:
    """The layer whose net input an argument is by itself."""
    if not isinstance(argument, Quantity):
        return None
    neurons = reader.names.neurons
    for id_ in reader.leaves[int(argument.id)].ids:
        if id_.startswith("net_"):
            label = id_.removeprefix("net_").partition("[")[0].partition("@")[0]
            if label.startswith("o"):
                return neurons.last
            return int(label[1:].partition("_")[0]) if "_" in label else 1
    return None


def activated(reader: Reader, activation: Activation, argument: Formula, span: Span, *, derived: bool) -> Formula:
    """An activation's definition at an argument, or its derivative."""
    if activation is Activation.SOFTMAX:
        return _softmax(reader, argument, span)
    function = ACTIVATIONS[activation]
    if _size(reader, argument, copies=_MOST_SLOTS if derived else 2) * _MOST_SLOTS > MOST_COPIES:
        raise reader.too_much(Snag.SHORTER_FORMULA)
    bend = _bend(reader, argument, span)

    def filled(formula: Formula) -> Formula:
        return transform(formula, fill)

    def fill(part: Formula) -> Formula | None:
        if not isinstance(part, Quantity):
            return None
        match part.id:
            case "net":
                return argument
            case "out":
                return filled(function.definition)
            case _:
                return bend if bend is not None else unbent()

    def unbent() -> Formula:
        reader.note(Gap.GENERAL, span, Why(Snag.BEND))
        return argument

    return filled(function.derivative[-1].formula if derived else function.definition)


_MOST_SLOTS = 8


def _bend(reader: Reader, argument: Formula, span: Span) -> Formula | None:
    """The number that bends the activation of the layer whose net input is the argument, or of the only one."""
    bent = [f"alpha{depth}" for depth, it in enumerate(reader.names.shape.layers, start=1) if it.bent]
    depth = _depth(reader, argument)
    wanted = f"alpha{depth}" if depth is not None else bent[0] if len(bent) == 1 else ""
    if wanted not in bent:
        return None
    return reader.leaf(Leaf(text=reader.text[span.start : span.end], span=span, ids=(wanted,)))


def _softmax(reader: Reader, argument: Formula, span: Span) -> Formula:
    """The softmax of one neuron of the last layer: all its net inputs belong to it."""
    leaf = reader.leaves[int(argument.id)] if isinstance(argument, Quantity) else None
    nets = [it for it in (leaf.ids if leaf else ()) if it.startswith("net_")]
    depth = _depth(reader, argument) if nets else None
    if not nets or depth is None or reader.names.shape.layers[depth - 1].activation is not Activation.SOFTMAX:
        reader.note(Gap.GENERAL, span, Why(Snag.SOFTMAX_OF_ELSE))
        return argument
    label = nets[0].removeprefix("net_").partition("[")[0].partition("@")[0]
    labels = reader.names.neurons.labels(depth)
    if label not in labels or len(labels) > _WIDEST_SOFTMAX:
        reader.note(Gap.GENERAL, span, Why(Snag.WIDE_SOFTMAX))
        return argument
    slots = {
        f"net{index}": Leaf(text=leaf.text if leaf else "", span=span, ids=(nets[0].replace(label, other, 1),))
        for index, other in enumerate(labels, start=1)
    }

    def fill(part: Formula) -> Formula | None:
        return reader.leaf(slots[part.id]) if isinstance(part, Quantity) else None

    return transform(softmax_definition(len(labels), labels.index(label) + 1), fill)


_WIDEST_SOFTMAX = 100


def _size(reader: Reader, formula: Formula, *, copies: int) -> int:
    """How many leaves a formula has, as far as it matters; takes it into account that it is written so many times."""
    size = sum(1 for _ in islice(quantities(formula), MOST_COPIES + 1))
    reader.write_out(copies * size)
    return size
