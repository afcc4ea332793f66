"""Runs one process after the other and meters each: seconds, peak memory, bytes written, and how it ended.

Whoever imports this should be small itself: on Linux a new process starts with the memory of the one that starts
it, and its peak can't fall below that any more.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_KILOBYTE = 1024
_LONGEST_REMARK = 200


class Ending(StrEnum):
    """How a process ended."""

    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a process took. `said` is the last line of its complaints if it failed."""

    ending: Ending
    seconds: float
    peak_bytes: int
    written_bytes: int
    said: str


def run_metered(command: Sequence[str], *, limit: float, output: Path | None = None) -> Run:
    """Run a command for at most `limit` seconds, and meter it. What it writes to `output` is counted and removed."""
    # An installed package comes with its bytecode; a checkout keeps it unless the environment forbids that.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    stopped = threading.Event()
    with tempfile.TemporaryFile() as complaints:
        start = time.perf_counter()
        # A session of its own: what the process has started itself is stopped with it.
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=complaints, env=environment, start_new_session=True
        )

        def stop() -> None:
            stopped.set()
            _kill(process.pid)

        timer = threading.Timer(limit, stop)
        timer.start()
        try:
            # Only wait4 tells the peak of this very process; RUSAGE_CHILDREN is the largest of all until now.
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
        except BaseException:
            _kill(process.pid)
            raise
        finally:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        complaints.seek(0)
        lines = complaints.read().decode(errors="replace").split("\n")
    ended_badly = Ending.STOPPED if stopped.is_set() else Ending.FAILED
    ending = Ending.DONE if process.returncode == 0 else ended_badly
    said = [line.strip() for line in lines if line.strip()] or [f"exit code {process.returncode}"]
    return Run(
        ending=ending,
        seconds=seconds,
        peak_bytes=usage.ru_maxrss * (1 if sys.platform == "darwin" else _KILOBYTE),
        written_bytes=0 if output is None else _take_away(output),
        said=said[-1][:_LONGEST_REMARK] if ending is Ending.FAILED else "",
    )


def _kill(group: int) -> None:
    # It may have ended by itself just now.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _take_away(output: Path) -> int:
    if not output.exists():
        return 0
    size = output.stat().st_size
    output.unlink()
    return size
