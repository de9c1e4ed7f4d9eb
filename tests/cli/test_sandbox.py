"""Serving the practice exchange."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request

import pytest


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_listens_answers_and_stops_when_told(ending) -> None:
    words = [sys.executable, "-m", "tickwright", "sandbox", "--now", "2020-01-02", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as served:
        assert served.stderr is not None
        announced = re.search(r"http://127\.0\.0\.1:\d+", served.stderr.readline())
        assert announced is not None
        with urllib.request.urlopen(f"{announced[0]}/api/v3/time", timeout=10) as answer:
            assert json.load(answer)["serverTime"] >= 1577923200000  # 2020-01-02
        served.send_signal(ending)
        out, _ = served.communicate(timeout=20)
    assert served.returncode == 0
    document = json.loads(out)
    assert (document["schema"], document["url"], document["requests"]) == ("tickwright.sandbox/1", announced[0], 1)


@pytest.mark.parametrize(
    ("words", "sentence"), [(["--port", "70000"], "expected at most 65535"), (["--now", "soon"], "'soon'")]
)
def test_what_does_not_fit_is_one_sentence(tickwright, words, sentence) -> None:
    outcome = tickwright("sandbox", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert sentence in outcome.err
