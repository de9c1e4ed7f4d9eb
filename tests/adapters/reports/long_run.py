"""A run as long as seven years of hourly bars over several symbols, made of arrays: for size and speed of pages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickwright.analytics.benchmark import buy_and_hold
from tickwright.analytics.summary import Statistics, summarise
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.gaps import Gap, GapKind
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.records import ACCOUNT_EVENT, FILL, ORDER, OrderState
from tickwright.domain.run import RunResult
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import HOUR, parse_instant

START_NS = parse_instant("2018-01-01")
CENT, LOT, MONEY = 2, 8, 8


@dataclass(frozen=True)
class LongRun:
    """What `write_report` takes."""

    result: RunResult
    statistics: Statistics
    bars: tuple[Bars, ...]
    gaps: tuple[tuple[Gap, ...], ...]
    manifest: dict[str, object]
    benchmark_equity: np.ndarray


def long_run(n: int = 61_000, symbols: int = 2, trade_every: int = 40) -> LongRun:
    """A random walk per symbol with an outage, bought and sold in turn every `trade_every` bars."""
    draw = np.random.default_rng(7)
    bars = tuple(_bars(draw, n, place) for place in range(symbols))
    fills = np.concatenate([_fills(series, place, trade_every) for place, series in enumerate(bars)])
    fills = fills[np.argsort(fills["ts_ns"], kind="stable")]
    instants = bars[0].open_time_ns + HOUR
    equity, exposure = _books(bars, fills, instants)
    orders = np.zeros(len(fills), ORDER)
    orders["state"] = OrderState.FILLED
    result = RunResult(
        instruments=tuple(series.key.instrument for series in bars),
        price_scales=(CENT,) * symbols,
        quantity_scales=(LOT,) * symbols,
        assets=("USDT", *(series.key.instrument.base for series in bars)),
        asset_scales=(MONEY,) * (symbols + 1),
        cash_asset=0,
        initial_cash=100_000 * 10**MONEY,
        bars=n * symbols,
        orders=orders,
        fills=fills,
        account_events=np.zeros(0, ACCOUNT_EVENT),
        equity_ts_ns=instants,
        equity=equity,
        exposure=exposure,
        cash=equity - exposure,
        last_price=np.array([series.close[-1] for series in bars]),
        position=np.zeros(symbols, np.int64),
        warnings=("The spread is assumed: no book was recorded.",),
        plots={"centre": np.where(np.arange(n) % 24 == 0, 4000.0 + np.arange(n) / 10.0, np.nan)},
    )
    benchmark = buy_and_hold(bars, instants, 100_000.0)
    hole = Gap(int(bars[0].open_time_ns[999] + HOUR), int(bars[0].open_time_ns[1000]), 33, GapKind.OUTAGE)
    manifest: dict[str, object] = {
        "run_id": "2024-12-31-smacross-7f3a",
        "strategy": "SmaCross",
        "params": {"fast": 20, "slow": 50},
        "mode": "event",
        "timeframe": "1h",
        "data": {"rows": n * symbols, "hash": bars[0].content_hash()},
    }
    return LongRun(result, summarise(result, benchmark), bars, ((hole,),) * symbols, manifest, benchmark)


def _bars(draw: np.random.Generator, n: int, place: int) -> Bars:
    close = np.round(100.0 * 4000.0 * np.exp(np.cumsum(0.006 * draw.standard_normal(n)) / (place + 1))).astype(np.int64)
    first = np.concatenate(([400_000], close[:-1]))
    wick = np.round(close * 0.002 * draw.random((2, n))).astype(np.int64)
    times = START_NS + HOUR * np.arange(n)
    times[1000:] += 33 * HOUR
    name = InstrumentId("sandbox", f"COIN{place}", "USDT")
    return Bars(
        SeriesKey(name, Timeframe.parse("1h")), times, first, np.maximum(first, close) + wick[0],
        np.minimum(first, close) - wick[1], close, draw.integers(0, 10**9, n), CENT, 4,
    )  # fmt: skip


def _fills(series: Bars, place: int, every: int) -> np.ndarray:
    rows = np.arange(every, len(series) - 1, every)[: (len(series) - 1) // every // 2 * 2]
    fills = np.zeros(len(rows), FILL)
    fills["ts_ns"], fills["price"], fills["instrument"] = series.open_time_ns[rows], series.open[rows], place
    fills["quantity"], fills["tag"], fills["at_open"] = 2 * 10**LOT, -1, 1
    fills["side"] = np.where(np.arange(len(rows)) % 2 == 0, 1, -1)
    fills["fee"] = fills["price"] * 2 * 10 ** (MONEY - CENT) // 1000
    fills["spread_cost"] = fills["fee"] // 20
    return fills


def _books(bars: tuple[Bars, ...], fills: np.ndarray, instants: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cash = np.full(len(instants), 100_000 * 10**MONEY, np.int64)
    exposure = np.zeros(len(instants), np.int64)
    for place, series in enumerate(bars):
        own = fills[fills["instrument"] == place]
        at = np.searchsorted(instants, own["ts_ns"], "right")
        paid, bought = np.zeros(len(instants), np.int64), np.zeros(len(instants), np.int64)
        np.add.at(paid, at, own["side"] * own["price"] * 2 * 10 ** (MONEY - CENT) + own["fee"])
        np.add.at(bought, at, own["side"] * 2)
        cash -= np.cumsum(paid)
        exposure += np.cumsum(bought) * series.close * 10 ** (MONEY - CENT)
    return cash + exposure, exposure
