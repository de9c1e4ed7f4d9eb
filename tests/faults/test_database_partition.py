"""ST-08: the line to the database drops every packet, in the middle of a conversation. MUST: the program is told within
the limits of its settings; a statement's own time limit is the server's and cannot reach it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

RUNNER = Path(__file__).with_name("partition_runner.py")
TOOLS = ("unshare", "nsenter", "ip")


def can_part() -> bool:
    """Whether this machine lets a test have networks of its own."""
    if os.geteuid() != 0 or not all(map(shutil.which, TOOLS)):
        return False
    return subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not can_part(), reason="networks of its own need root, util-linux and iproute2")


def said_by_the_client(address: str, *mutant: str) -> list[str]:
    parts = urlsplit(address)
    socket = Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432"
    command = ["unshare", "--net", sys.executable, "-P", str(RUNNER), "cable", str(socket), parts.path[1:], *mutant]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_server_behind_a_dead_line_is_given_up_in_time(database: Callable[[str], str]) -> None:
    ready, outcome, seconds = said_by_the_client(database("far"))
    assert (ready, outcome) == ("ready", "STORE_UNREACHABLE")
    assert int(seconds) <= 10


def test_a_connection_without_a_limit_of_its_own_is_seen(database: Callable[[str], str]) -> None:
    assert said_by_the_client(database("far"), "unlimited") == ["ready", "silent"]
