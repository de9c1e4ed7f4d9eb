"""A way to the object storage that breaks where a test says so."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

Stream = Callable[[], bytes]


@dataclass
class BrokenRoad:
    """A TCP proxy. Each entry of `faults` strikes one request: its method, and how many bytes of which side pass.

    ("PUT", "request", 300) closes after 300 bytes of a PUT; ("GET", "answer", 300) after 300 bytes of the answer to a
    GET; ("PUT", "answer", 0) loses a whole answer; a fourth entry "stall" keeps the line open and silent instead.
    """

    server: tuple[str, int]
    faults: list[tuple[str, ...]] = field(default_factory=list)
    struck: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def close(self) -> None:
        self.over.set()
        self.listener.close()

    def _carry(self, client: socket.socket) -> None:
        """One request and its answer; the connection is not kept, so that each fault strikes one request."""
        with client, contextlib.suppress(OSError), socket.create_connection(self.server) as server:
            request = _message(client)
            fault = self._fault(request)
            if fault and fault[1] == "request":
                server.sendall(request[: int(fault[2])])
                return
            server.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            answer = b"".join(iter(lambda: server.recv(65536), b""))
            client.sendall(answer[: int(fault[2])] if fault else answer)
            if fault and fault[3:] == ("stall",):
                self.over.wait(30)

    def _fault(self, request: bytes) -> tuple[str, ...] | None:
        if self.faults and request.startswith(self.faults[0][0].encode()):
            self.struck += 1
            return self.faults.pop(0)
        return None


def _message(line: socket.socket) -> bytes:
    """One whole HTTP message with its length in the header."""
    content = b""
    while b"\r\n\r\n" not in content:
        piece = line.recv(65536)
        if not piece:
            raise OSError
        content += piece
    head, _, body = content.partition(b"\r\n\r\n")
    sizes = [int(one.split(b":")[1]) for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:")]
    while sizes and len(body) < sizes[0]:
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def road(s3_server: tuple[str, int]) -> Iterator[BrokenRoad]:
    """The proxy before the object storage."""
    proxy = BrokenRoad(s3_server)
    threading.Thread(target=proxy.run, daemon=True).start()
    yield proxy
    proxy.close()
