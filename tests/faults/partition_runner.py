"""The programs of `test_database_partition`: a server and a client in network namespaces of their own, on one cable.

unshare --net python partition_runner.py cable SOCKET DATABASE [unlimited]
    Lays a cable to a second namespace, passes port 5432 of this end on to SOCKET, starts the client at the other end,
    and pulls the cable as soon as the client has had an answer. Prints what the client says.
python partition_runner.py client DATABASE [unlimited]
    Asks, says `ready`, waits for a line, asks again, and says how that ended after how many seconds; the mutant
    `unlimited` has no limits of its own for a dead line.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import sqlalchemy as sa

from tickwright.adapters.storage.database import database as database_module
from tickwright.adapters.storage.database import engine
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.pool_options import PoolOptions
from tickwright.domain.errors import TickwrightError

HERE, THERE = "10.77.0.1", "10.77.0.2"


def ip(*words: str, inside: int | None = None) -> None:
    place = [] if inside is None else ["nsenter", "--target", str(inside), "--net"]
    subprocess.run([*place, "ip", *words], check=True, capture_output=True)


def passed_on(listener: socket.socket, path: str) -> None:
    """Carry the bytes of every connection to the socket of the server and back."""

    def carry(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)

    while True:
        arrived, _ = listener.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(path)
        for pair in ((arrived, server), (server, arrived)):
            threading.Thread(target=carry, args=pair, daemon=True).start()


def cable(path: str, database: str, *mutant: str) -> None:
    with subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE) as other:
        try:
            while Path(f"/proc/{other.pid}/comm").read_text() != "cat\n":
                time.sleep(0.01)
            ip("link", "add", "here", "type", "veth", "peer", "name", "there", "netns", str(other.pid))
            for name, address, inside in (("here", HERE, None), ("there", THERE, other.pid)):
                ip("addr", "add", f"{address}/24", "dev", name, inside=inside)
                ip("link", "set", name, "up", inside=inside)
            listener = socket.create_server((HERE, 5432))
            threading.Thread(target=passed_on, args=(listener, path), daemon=True).start()
            command = ["nsenter", "--target", str(other.pid), "--net", sys.executable, "-P", __file__, "client"]
            client = subprocess.Popen(
                [*command, database, *mutant], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            assert client.stdin is not None
            assert client.stdout is not None
            print(client.stdout.readline(), end="", flush=True)
            ip("link", "set", "here", "down")
            client.stdin.write("go\n")
            client.stdin.flush()
            try:
                print(client.communicate(timeout=12)[0], end="", flush=True)
            except subprocess.TimeoutExpired:
                client.kill()
                client.wait()
                print("silent", flush=True)
        finally:
            other.terminate()


def client(database: str, mutant: str = "") -> None:
    if mutant == "unlimited":
        engine.line_limits = lambda limit_s: {"connect_timeout": 2}
    database_module.PAUSES_S = (0.1,)
    url = f"postgresql://postgres@{HERE}:5432/{database}"
    asked = Database(url, options=PoolOptions(connect_s=2.0, statement_s=1.0))
    asked.read(lambda connection: connection.execute(sa.text("select 1")).scalar())
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    try:
        asked.read(lambda connection: connection.execute(sa.text("select 2")).scalar())
        outcome = "answered"
    except TickwrightError as failure:
        outcome = failure.code
    print(outcome, round(time.monotonic() - began), flush=True)


if __name__ == "__main__":
    {"cable": cable, "client": client}[sys.argv[1]](*sys.argv[2:])
