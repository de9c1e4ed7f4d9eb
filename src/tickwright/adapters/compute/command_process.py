"""A tickwright command as a process of its own: its answer as a document, its exit code, its time.

Invariants: the answer is the one JSON document of `--json`; a command that outlives its time is asked to end, then
ended; what a command needs of memory, and how it dies, stays its own. A descriptor that is handed over (a lock) is held
by the command too, so that it outlives its caller.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

GRACE_S = 10.0


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """How a command ended: its exit code (None where its time ran out), its document (None where it gave none)."""

    exit_code: int | None
    document: dict[str, Any] | None
    complaint: str
    seconds: float

    @property
    def failure(self) -> str | None:
        """Why it failed, in one sentence; None where it did not."""
        if self.exit_code == 0:
            return None
        if self.exit_code is None:
            return f"it did not end within {self.seconds:.0f} s"
        error = (self.document or {}).get("error")
        if isinstance(error, dict):
            place = f"{error['where']}: " if error.get("where") else ""
            return f"{error.get('code')}: {place}{error.get('message')}"
        if self.exit_code < 0:
            return f"it was ended by signal {-self.exit_code}"
        return self.complaint or f"it ended with {self.exit_code}: its check did not pass"


def run_command(words: Sequence[str], *, timeout_s: float, directory: Path, held: Sequence[int] = ()) -> CommandOutcome:
    """Run `tickwright WORDS --json` in a directory to its end; an interruption here ends it too and is raised again."""
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "tickwright", *words, "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=directory,
        pass_fds=tuple(held),
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout_s)
            code: int | None = process.returncode
        except subprocess.TimeoutExpired:
            out, err = _ended(process)
            code = None
        except BaseException:
            _ended(process)
            raise
    return CommandOutcome(code, _document(out), _last_line(err), time.monotonic() - started)


def _ended(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    process.terminate()
    try:
        return process.communicate(timeout=GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()


def _document(out: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(out)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _last_line(err: bytes) -> str:
    lines = err.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
