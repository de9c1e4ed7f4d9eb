"""A parent that starts a sandbox process, tells its pid and address, and waits to be killed."""

from __future__ import annotations

import sys

from tickwright.adapters.sandbox.process import SandboxProcess

if __name__ == "__main__":
    with SandboxProcess() as sandbox:
        print(sandbox.pid, sandbox.url, flush=True)
        sys.stdin.read()
