"""The bundled candles are what their notice says."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

from tickwright.adapters.sandbox.history import BUNDLED, bundled_candles, bundled_exchange_info, bundled_history
from tickwright.domain.timestamp import HOUR, iso, parse_instant


@pytest.mark.parametrize("symbol", BUNDLED)
def test_the_series_runs_from_2018_to_2024_with_the_exchange_s_27_outages(symbol: str) -> None:
    bars = bundled_candles(symbol)
    times = bars.open_time_ns
    holes = np.diff(times) // HOUR - 1
    assert (iso(times[0]), iso(times[-1])) == ("2018-01-01T00:00:00Z", "2024-12-31T23:00:00Z")
    assert (len(bars), int((holes > 0).sum()), int(holes.sum())) == (61246, 27, 122)
    assert (np.diff(times) > 0).all()
    assert (times % HOUR == 0).all()


@pytest.mark.parametrize("symbol", BUNDLED)
def test_every_candle_is_sound(symbol: str) -> None:
    bars = bundled_candles(symbol)
    assert (bars.low <= np.minimum(bars.open, bars.close)).all()
    assert (bars.high >= np.maximum(bars.open, bars.close)).all()
    assert (bars.low > 0).all()
    assert (bars.volume >= 0).all()
    assert int((bars.volume == 0).sum()) == 3


def test_known_events_are_there() -> None:
    """The 33 hour outage of 2018-02-08; 4 410 on 2020-03-12 is in the daily low of BTC/USDT as Binance printed it."""
    bars = bundled_candles("BTC/USDT")
    outage = bars.between(parse_instant("2018-02-08"), parse_instant("2018-02-10"))
    assert len(outage) == 48 - 33
    crash = bars.between(parse_instant("2020-03-12"), parse_instant("2020-03-13"))
    assert int(crash.low.min()) == 441_000
    fall = bars.between(parse_instant("2021-05-19"), parse_instant("2021-05-20"))
    assert int(fall.low.min()) == 3_000_000


def test_the_values_never_change_by_accident() -> None:
    """Fingerprints of the values, independent of how they are packed."""
    assert [bars.content_hash()[:16] for bars in bundled_history()] == ["4b2998828dd857dd", "59f8b0aeb49950e5"]


def test_nobody_can_write_into_the_shared_columns() -> None:
    with pytest.raises(ValueError, match="read-only"):
        bundled_candles("BTC/USDT").close[0] = 1


def test_the_notice_lies_beside_the_files() -> None:
    folder = resources.files("tickwright.adapters.sandbox") / "candles"
    notice = (folder / "NOTICE.md").read_text()
    for name in ("BTC-USDT_1h.parquet", "ETH-USDT_1h.parquet", "exchange_info.json", "finom/static-klines", "MIT"):
        assert name in notice


def test_the_whole_history_is_smaller_than_two_megabytes() -> None:
    folder = resources.files("tickwright.adapters.sandbox") / "candles"
    assert sum(len(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".parquet")) < 2_000_000


def test_the_rules_are_the_exchange_s_own() -> None:
    info = bundled_exchange_info()
    btc = next(entry for entry in info["symbols"] if entry["symbol"] == "BTCUSDT")
    filters = {entry["filterType"]: entry for entry in btc["filters"]}
    assert filters["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert filters["LOT_SIZE"]["stepSize"] == "0.00001000"
    assert filters["NOTIONAL"]["minNotional"] == "5.00000000"
