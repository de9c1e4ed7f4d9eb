"""The sandbox exchange as a process of its own, which ends with whoever started it.

Invariants: the parent learns the address from one JSON line on the child's standard output, printed once the child
listens; the child ends when its standard input closes, which the kernel does for a parent that dies in any way, kill -9
included; a signal of the terminal reaches the child only through its parent.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self

from tickwright.adapters.sandbox.clock import RunningClock
from tickwright.adapters.sandbox.server import SandboxServer, serve_until_stopped
from tickwright.domain.errors import ExchangeUnavailable
from tickwright.domain.timestamp import parse_instant

READY_SCHEMA = "tickwright.sandbox.ready/1"
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """What a sandbox process is started with; `now` (ISO 8601) is where its clock starts: the history's end if None."""

    host: str = "127.0.0.1"
    port: int = 0
    now: str | None = None
    weight_limit: int | None = None

    def server(self) -> SandboxServer:
        """The server these options describe."""
        clock = None if self.now is None else RunningClock(parse_instant(self.now, where="--now"))
        return SandboxServer(host=self.host, port=self.port, clock=clock, weight_limit=self.weight_limit)

    def arguments(self) -> list[str]:
        """The options as the child's arguments."""
        arguments = ["--host", self.host, "--port", str(self.port)]
        if self.weight_limit is not None:
            arguments += ["--weight-limit", str(self.weight_limit)]
        return arguments if self.now is None else [*arguments, "--now", self.now]


class SandboxProcess:
    """A sandbox in a child process, to be entered as a context; `url` is known inside.

    Raises `ExchangeUnavailable` when the child does not come up.
    """

    def __init__(self, options: SandboxOptions | None = None) -> None:
        self._options = options or SandboxOptions()
        self._child: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None
        self.url = ""

    def start(self) -> None:
        """Start the child and wait until it listens."""
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tickwright.adapters.sandbox.process", *self._options.arguments()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            start_new_session=True,
        )
        try:
            self.url = json.loads(self._first_line())["url"]
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """The child's process id."""
        assert self._child is not None
        return self._child.pid

    def kill(self) -> None:
        """End the child at once, as a crash would."""
        assert self._child is not None
        self._child.kill()
        self._child.wait()

    def stop(self) -> None:
        """Ask the child to end, insist after a while; safe to call twice."""
        child, self._child = self._child, None
        if child is not None:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.close()
            child.terminate()
            try:
                child.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            child.stdout.close()
        if self._complaints is not None:
            self._complaints.close()
            self._complaints = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _first_line(self) -> bytes:
        assert self._child is not None
        assert self._child.stdout is not None
        received, deadline = b"", time.monotonic() + START_TIMEOUT_S
        with selectors.DefaultSelector() as selector:
            selector.register(self._child.stdout, selectors.EVENT_READ)
            while not received.endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise self._failed(f"the sandbox did not start within {START_TIMEOUT_S:.0f} s")
                chunk = os.read(self._child.stdout.fileno(), 4096)
                if not chunk:
                    raise self._failed("the sandbox ended before it could listen")
                received += chunk
        return received

    def _failed(self, what: str) -> ExchangeUnavailable:
        assert self._complaints is not None
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return ExchangeUnavailable(f"{what}: {lines[-1]}" if lines else what, where="sandbox")


def main(arguments: Sequence[str]) -> None:
    """What the child does."""
    parser = argparse.ArgumentParser(prog="tickwright.adapters.sandbox.process")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--now")
    parser.add_argument("--weight-limit", type=int)
    options = SandboxOptions(**vars(parser.parse_args(arguments)))
    asyncio.run(_serve_while_parent_lives(options.server()))


async def _serve_while_parent_lives(server: SandboxServer) -> None:
    orphaned = asyncio.Event()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: _Lifeline(orphaned), sys.stdin.buffer)
    await serve_until_stopped(server, _announce, orphaned)


class _Lifeline(asyncio.Protocol):
    """The pipe to the parent: nothing is ever sent, its end is the parent's end."""

    def __init__(self, orphaned: asyncio.Event) -> None:
        self._orphaned = orphaned

    def connection_lost(self, exc: Exception | None) -> None:
        self._orphaned.set()


def _announce(server: SandboxServer) -> None:
    line = {"schema": READY_SCHEMA, "exchange": server.dialect.exchange, "url": server.url, "pid": os.getpid()}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
