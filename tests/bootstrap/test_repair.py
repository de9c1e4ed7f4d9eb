"""Asking a practice exchange again for what is missing in a project's store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.adapters.sandbox.process import SandboxProcess
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.repair import repair
from tickwright.bootstrap.stored_data import SeriesChoice
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import UsageError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant

KEY = SeriesKey(InstrumentId("binance", "BTC", "USDT"), Timeframe.parse("1h"))


@pytest.fixture
def torn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a month of bars of which thirty are missing."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    project = Project(tmp_path / "project")
    month = bundled_candles("BTC/USDT").between(parse_instant("2024-05-01"), parse_instant("2024-06-01"))
    keep = np.ones(len(month), np.bool_)
    keep[100:120] = keep[300:310] = False
    project.store.write(month.where(keep))
    return project


def test_what_is_missing_is_fetched_and_nothing_else(torn: Project) -> None:
    with SandboxProcess() as exchange:
        (row,) = repair(torn, SeriesChoice(), url=exchange.url)
        assert repair(torn, SeriesChoice(), url=exchange.url) == []
    assert row == {
        "series": str(KEY),
        "asked": 2,
        "filled": 30,
        "built": 0,
        "gaps": 0,
        "missing_bars": 0,
        "failure": None,
    }
    assert len(torn.store.read(KEY)) == 744


def test_one_address_is_of_one_exchange(torn: Project) -> None:
    other = SeriesKey(InstrumentId("other", "BTC", "USDT"), KEY.timeframe)
    bars = torn.store.read(KEY)
    torn.store.write(type(bars)(other, bars.open_time_ns, bars.open, bars.high, bars.low, bars.close, bars.volume,
                                bars.price_scale, bars.volume_scale))  # fmt: skip
    with pytest.raises(UsageError, match="binance, other"):
        repair(torn, SeriesChoice(), url="http://127.0.0.1:1")
