"""A batch killed in the middle of a job: its lock lives as long as the job does, and the next batch tells what died."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil

from tickwright.bootstrap.batch import newest_jobs
from tickwright.bootstrap.project import Project

TIMEOUT_S = 60.0


def started(home: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tickwright", "batch", "nightly", "--home", str(home), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def code_and_error(process: subprocess.Popen[bytes]) -> tuple[int, str | None]:
    out, _ = process.communicate(timeout=TIMEOUT_S)
    return process.returncode, json.loads(out).get("error", {}).get("code")


def test_a_killed_batch_holds_its_lock_until_its_job_ends(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(TIMEOUT_S)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        fetch = f"data fetch --symbol BTC/USDT --timeframe 1h --start 2020-01-01 --end 2020-01-02 --url {url}"
        settings = f'version = 1\n[schedule.nightly]\njobs = ["explain DATA", "{fetch}", "run ls"]\n'
        (tmp_path / "tickwright.toml").write_text(settings)
        batch = started(tmp_path)
        asked, _ = silent.accept()  # the second job has called an exchange that never answers
        (job,) = psutil.Process(batch.pid).children()
        os.kill(batch.pid, signal.SIGKILL)
        batch.communicate(timeout=TIMEOUT_S)
        states = [row["status"] for row in newest_jobs(Project(tmp_path), 3)[::-1]]
        assert states == ["done", "running", "queued"]

        assert code_and_error(started(tmp_path)) == (4, "STORE_BUSY")
        job.kill()
        job.wait(TIMEOUT_S)
        asked.close()

    (tmp_path / "tickwright.toml").write_text('version = 1\n[schedule.nightly]\njobs = ["explain DATA"]\n')
    assert code_and_error(started(tmp_path)) == (0, None)
    states = [row["status"] for row in newest_jobs(Project(tmp_path), 4)[::-1]]
    assert states == ["done", "interrupted", "interrupted", "done"]


def test_an_interrupted_batch_ends_its_job_and_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(TIMEOUT_S)
        fetch = "data fetch --symbol BTC/USDT --timeframe 1h --start 2020-01-01 --end 2020-01-02"
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        (tmp_path / "tickwright.toml").write_text(f'[schedule.nightly]\njobs = ["{fetch} --url {url}", "run ls"]\n')
        batch = started(tmp_path)
        asked, _ = silent.accept()
        batch.send_signal(signal.SIGINT)
        assert code_and_error(batch) == (130, "INTERRUPTED")
        asked.close()
    states = [row["status"] for row in newest_jobs(Project(tmp_path), 2)[::-1]]
    assert states == ["interrupted", "interrupted"]
