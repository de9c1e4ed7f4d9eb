"""The sandbox as a process: its address is learnt, its errors too, and it never outlives who started it."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from tickwright.adapters.sandbox.process import SandboxOptions, SandboxProcess
from tickwright.domain.errors import ExchangeUnavailable


def is_alive(pid: int) -> bool:
    """Whether there is a process of that id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_tells_its_address_and_ends_with_the_context() -> None:
    with SandboxProcess(SandboxOptions(now="2024-06-01T12:00:00Z")) as sandbox:
        pid = sandbox.pid
        with urllib.request.urlopen(f"{sandbox.url}/api/v3/time", timeout=10) as answer:
            assert answer.read().startswith(b'{"serverTime":17172432')
    assert not is_alive(pid)
    sandbox.stop()


def test_a_port_that_is_taken_is_told_in_its_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ExchangeUnavailable, match=rf"ended before it could listen.*port {port}"):
            SandboxProcess(SandboxOptions(port=port)).start()


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not a child through a pidfd")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_it_ends_when_its_parent_dies_in_any_way(number: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.adapters.sandbox.orphan"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert parent.stdout is not None
    sandbox = os.pidfd_open(int(parent.stdout.readline().split()[0]))
    parent.send_signal(number)
    parent.communicate(timeout=30)
    ended, _, _ = select.select([sandbox], [], [], 20)
    os.close(sandbox)
    assert ended
