"""Fetching into a project, from a practice exchange whose time is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.adapters.sandbox.process import SandboxOptions, SandboxProcess
from tickwright.bootstrap.fetch import fetch
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import UnknownSymbol
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant

BTC = InstrumentId("binance", "BTC", "USDT")
HOUR = Timeframe.parse("1h")
START = parse_instant("2024-05-30")


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shared request budget lies in the test's own folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_now_is_the_exchange_s_and_what_it_has_not_lived_yet_is_no_hole(tmp_path: Path) -> None:
    """Our clock is far ahead of the exchange's: nothing beyond its noon may count as asked for."""
    project, key = Project(tmp_path / "project"), SeriesKey(BTC, HOUR)
    for noon in ("2024-06-01T12:00:00Z", "2024-06-02T12:00:00Z"):
        with SandboxProcess(SandboxOptions(now=noon)) as exchange:
            fetched = fetch(project, [BTC], HOUR, START, None, url=exchange.url)[0]
        closed = parse_instant(noon) - HOUR.length_ns  # the one that ended this very second may come later
        assert project.store.fetched(key)[-1][1] in (closed, closed + HOUR.length_ns)
        assert fetched.gaps == ()
    stored = project.store.read(key)
    truth = bundled_candles("BTC/USDT").between(START, int(stored.open_time_ns[-1]) + 1)
    assert stored.content_hash() == truth.content_hash()


def test_an_unknown_symbol_is_told_before_a_candle_is_asked_for(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    with SandboxProcess() as exchange, pytest.raises(UnknownSymbol, match="BTC/USDD"):
        fetch(project, [BTC, InstrumentId("binance", "BTC", "USDD")], HOUR, START, None, url=exchange.url)
    assert list(project.store.keys()) == []
