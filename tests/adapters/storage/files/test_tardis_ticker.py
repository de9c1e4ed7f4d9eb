"""Funding rates of Tardis' derivative tickers: the last told before each payment that came due, digit for digit."""

from __future__ import annotations

from pathlib import Path

from tickwright.adapters.storage.files.event_file import events_of_table
from tickwright.adapters.storage.files.tardis_ticker import funding_of_ticker, is_ticker
from tickwright.adapters.storage.files.text_table import read_text_table
from tickwright.domain.events import event_key
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timestamp import HOUR, parse_instant

HEADER = "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,mark_price"
START = parse_instant("2024-01-01")


def row(hour: float, due: int, rate: str, mark: str) -> str:
    """A ticker told some hours after the start about the payment of another hour."""
    told, paid = START + round(hour * HOUR), START + due * HOUR
    return f"binance-futures,BTCUSDT,{told // 1000},{told // 1000 + 7},{paid // 1000},{rate},{mark}"


def test_the_last_rate_before_a_payment_counts_once_the_payment_came_due(tmp_path: Path) -> None:
    rows = [
        row(1, 8, "0.0001", "100"),
        row(7.9, 8, "0.00012345", "101.5"),
        row(8, 8, "0.0009", "102"),  # told at the payment's own instant: too late to be what was announced
        row(8.1, 16, "0.0002", "103"),
        row(8.2, 16, "", "103"),
        row(16.5, 24, "-0.0003", "104"),  # the payment of hour 24 has not come due
    ]
    path = tmp_path / "ticker.csv"
    path.write_text("\n".join([HEADER, *reversed(rows)]))
    table = read_text_table(path)
    assert is_ticker(table)
    key = event_key(InstrumentId.parse("binance:BTC/USDT:USDT"), "funding")
    events = events_of_table(funding_of_ticker(table), key, path).events
    assert events.ts_ns.tolist() == [START + 8 * HOUR, START + 16 * HOUR]
    assert events.values("rate").tolist() == [0.00012345, 0.0002]
    assert events.values("mark").tolist() == [101.5, 103.0]
