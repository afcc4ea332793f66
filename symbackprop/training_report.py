"""What `train` prints and writes: certified figures by powers of ten, every round as CSV, the curve as SVG."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from symbackprop.derivation.derive import DECIMALS, SIGNIFICANT_DIGITS, Derivation
from symbackprop.derivation.endings import ended_by, first_without_digits
from symbackprop.derivation.graph import TOTAL_ERROR
from symbackprop.derivation.train import UndecidedRound, bits_affordable, milestones_until, spread_until
from symbackprop.derivation.trainer import State
from symbackprop.derivation.values import FIRST_BITS, Values, show_certain, show_decided
from symbackprop.errors import CertificationError, EndedTrainingError
from symbackprop.notation_file import bound_to_network, notation_of
from symbackprop.pages.figures import Mark, draw_curve, write_numbers
from symbackprop.pages.phrases import DecimalMark
from symbackprop.pages.render import draw_svg
from symbackprop.pages.templates import our_templates
from symbackprop.streams import is_watched, remark
from symbackprop.typeset.layout import Number
from symbackprop.wording import counted

_PATIENCE = 1.0
_PIECE = 20_000
_MOST_COLUMNS = 6


def report(derivation: Derivation, rounds: int) -> Iterator[str]:
    """The error and the outputs at 0, 1, 10, ... rounds, each digit certified, and what doubles make of it."""
    ids = _shown(derivation)
    if len(ids) == 1:
        outs = len(derivation.trainer.measured) - 1
        yield f"The {outs:,} outputs are too many to be shown here; --csv writes all of them."
    yield "  ".join([f"{'rounds':>9}", *(f"{id_:>{DECIMALS + 6}}" for id_ in ids)])
    progress = _Progress(rounds)
    done = 0
    for milestone in milestones_until(rounds):
        for reached in (*range(done + _PIECE, milestone, _PIECE), milestone):
            derivation.trace.train_through((reached,))
            progress.show(reached)
        try:
            row = _row(derivation, milestone, ids)
        except (EndedTrainingError, CertificationError):
            progress.clear()
            ended = derivation.ended_before(milestone)
            if ended is None:
                raise
            if ended.last_good > done:
                yield _row(derivation, ended.last_good, ids)
            raise ended from None
        done = milestone
        progress.clear()
        yield row
    in_doubles = derivation.trace.in_doubles(rounds)[0]
    certified = _certified(derivation.after(rounds))
    yield f"{TOTAL_ERROR} after {counted(rounds, 'round')}: {certified}, {in_doubles!r} (double precision)"


def _row(derivation: Derivation, rounds: int, ids: tuple[str, ...]) -> str:
    values = derivation.after(rounds)
    figures = (_below(values, id_) or values.shown(id_, DECIMALS).digits for id_ in ids)
    return "  ".join([f"{rounds:>9,}", *(f"{figure:>{DECIMALS + 6}}" for figure in figures)])


def _below(values: Values, id_: str) -> str | None:
    """Of an error that is too small for the bits that can be afforded, what it is below."""
    power = values.lost_below(id_, DECIMALS) if id_ == TOTAL_ERROR else None
    return None if power is None else f"<1e{power}"


def _certified(values: Values) -> str:
    if (below := _below(values, TOTAL_ERROR)) is not None:
        return f"{below} (certified)"
    nearest = values.nearest(TOTAL_ERROR, SIGNIFICANT_DIGITS)
    return f"{nearest.digits} ({'certified' if nearest.decided else 'certified but for the last digit, a tie'})"


def write_csv(derivation: Derivation, rounds: int) -> str:
    """Error and outputs of every round to fifteen significant digits, each of them certified.

    Raises EndedTrainingError where the rounds are certain only so far, CertificationError where no digits are.
    """
    bits = FIRST_BITS
    most_bits = bits_affordable(rounds)
    while bits <= most_bits:
        last = 2 * bits > most_bits
        try:
            if (rows := _rows(derivation.trace.walk(rounds, bits), last=last)) is not None:
                return "\n".join([",".join(("rounds", *derivation.trainer.measured)), *rows]) + "\n"
        except UndecidedRound as error:
            if last:
                ended = ended_by(derivation.trace, error, bits=bits, origin=derivation.network.origin)
                raise ended or CertificationError(f"{error}, with {bits:,} bits, too") from error
        bits *= 2
    origin = derivation.network.origin
    lost = first_without_digits(
        derivation.trace, rounds=rounds, bits=most_bits, digits=SIGNIFICANT_DIGITS, origin=origin
    )
    raise lost or CertificationError(f"{origin}: its digits can't be certified with {most_bits:,} bits")


def _rows(walk: Iterable[State], *, last: bool) -> list[str] | None:
    """The rows of a file, or None as soon as a figure has no certain digits."""
    rows = []
    for number, figures in enumerate(walk):
        # One that stays around 0 at the last precision that is tried is 0 as far as its digits go.
        digits = [(show_certain if last else show_decided)(figure, SIGNIFICANT_DIGITS) for figure in figures]
        if None in digits:
            return None
        rows.append(",".join((str(number), *map(str, digits))))
    return rows


def draw_plot(derivation: Derivation, rounds: int) -> str:
    """The error's curve as a complete SVG file."""
    marked = milestones_until(rounds)
    chosen = sorted({*spread_until(rounds), *marked})
    points = [(number, derivation.trace.error(number)) for number in chosen]
    known = dict(points)

    network = derivation.network
    namer = bound_to_network(notation_of(network), network)
    mark = DecimalMark.COMMA if network.writing.decimal_comma else DecimalMark.POINT

    def label(number: int) -> Number:
        return Number(derivation.after(number).shown(TOTAL_ERROR, DECIMALS).digits)

    drawing = draw_curve(
        points=points,
        description=f"The total error over {rounds:,} rounds of training.",
        x_title="rounds",
        y_title=namer.name(TOTAL_ERROR),
        marks=[Mark(x=number, y=known[number], label=label(number)) for number in marked],
    )
    return draw_svg(write_numbers(drawing, mark.write), our_templates())


def _shown(derivation: Derivation) -> tuple[str, ...]:
    """The error and every output that has a target, or the error alone where they don't fit beside each other."""
    measured = derivation.trainer.measured
    return measured if len(measured) <= _MOST_COLUMNS else measured[:1]


class _Progress:
    """A line on a terminal that tells how far a long training has come."""

    def __init__(self, rounds: int) -> None:
        self._rounds = rounds
        self._start = time.monotonic()
        self._shown = False

    def show(self, reached: int) -> None:
        """Tells the rounds reached, once it has taken longer than a second."""
        if is_watched() and time.monotonic() - self._start > _PATIENCE:
            self._shown = True
            remark(f"\r{reached:,} of {self._rounds:,} rounds", end="")

    def clear(self) -> None:
        """Takes the line away again, before a figure is printed."""
        if self._shown:
            remark("\r\033[K", end="")
            self._shown = False
