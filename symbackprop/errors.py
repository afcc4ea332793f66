"""What can go wrong, by whose fault it is."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line ends with."""

    DONE = 0
    WRONG = 1
    BAD_INPUT = 2
    UNDECIDED = 3
    """Something isn't proved, or a work could not be judged."""


class SymbackpropError(Exception):
    """Everything that this package raises on purpose. Its text is one line, meant for a person."""


class SpecError(SymbackpropError):
    """The user's: something handed in is missing, malformed or contradicts itself.

    `where` names the file and the place in it (`mynet.toml: layers[1].weights[0]`), `why` says what was
    expected and what was found.
    """

    def __init__(self, where: str, why: str) -> None:
        self.where = where
        self.why = why
        super().__init__(f"{where}: {why}")


class NetInputError(SpecError):
    """A net input so large that what comes of it needs more digits than anybody could use."""


class EndedTrainingError(SpecError):
    """Training that can be told only so far: `last_good` is the last round after which everything is certain."""

    def __init__(self, where: str, why: str, *, last_good: int) -> None:
        self.last_good = last_good
        super().__init__(where, why)


class DivergenceError(NetInputError, EndedTrainingError):
    """Training that runs away: after round `last_good`, a net input is too large."""


class UnsupportedError(SpecError):
    """Nobody's: a well-formed wish that this version doesn't fulfil."""


class NotJudgedError(SymbackpropError):
    """A work that costs more than one may, or that something of ours fails at: nobody knows whether it is right."""

    def __init__(self, where: str, why: str) -> None:
        self.where = where
        self.why = why
        super().__init__(f"{where}: could not be judged: {why}")


class CertificationError(SymbackpropError):
    """Ours: a step could not be proved, or a digit could not be certified."""
