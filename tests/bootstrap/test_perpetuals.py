"""Runs on perpetuals from a project's store: what is read beside the candles, and what is said where it lacks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.parity.scenarios import START_NS, candles, walk
from tests.parity.twin import instrument
from tickwright.bootstrap.backtest import BacktestRequest, run_backtest
from tickwright.bootstrap.market_loading import load_market
from tickwright.bootstrap.perpetuals import PerpetualTerms
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.request import perpetual_terms
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.costs import CostModel
from tickwright.domain.errors import SettingsError
from tickwright.domain.events import funding_events
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.margin import Margin
from tickwright.domain.records import AccountEventKind
from tickwright.domain.timeframe import Timeframe
from tickwright.settings import load_settings
from tickwright.strategy_api import Strategy

PERPETUAL = InstrumentId.parse("binance:BTC/USDT:USDT")
HOUR = Timeframe.parse("1h")


class Short(Strategy):
    """Short from the first close on."""

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        return np.full(len(bars.close), -2.0)


@pytest.fixture
def bars() -> Bars:
    rows = walk(3, 60, price=4_000_000, swing=0.002, volume=10**6, absent=0.0, silent=0.0)
    made = candles(instrument("BTC/USDT"), "1h", rows, (2, 0))
    return replace(made, key=SeriesKey(PERPETUAL, HOUR))


def project_with(home: Path, bars: Bars, *, marks: bool = False, funding: bool = False) -> Project:
    project = Project(home)
    project.store.write(bars)
    if marks:
        project.store.write(replace(bars, key=SeriesKey(PERPETUAL, HOUR, "mark"), volume=bars.volume * 0))
    if funding:
        times = START_NS + np.arange(1, 8) * 8 * HOUR.length_ns
        project.store.write(funding_events(PERPETUAL, times, np.full(7, 1), 4))
    return project


def test_stored_marks_and_funding_take_part_in_a_run(tmp_path: Path, bars: Bars) -> None:
    project = project_with(tmp_path, bars, marks=True, funding=True)
    terms = PerpetualTerms(Margin(Decimal(5)))
    loaded = load_market(project, [PERPETUAL], HOUR, None, None, perpetuals=terms)
    assert not [text for text in loaded.warnings if "mark" in text or "funding" in text]
    run = run_backtest(BacktestRequest(Short, {}, Decimal(10_000), CostModel.free()), loaded)
    assert run.manifest["margin"] == {str(PERPETUAL): {"leverage": "5", "mode": "isolated"}}
    assert list(run.manifest["data"]["marks"]) == [f"{PERPETUAL} mark 1h"]
    events = run.result.account_events
    assert set(events["kind"].tolist()) == {int(AccountEventKind.FUNDING)}
    assert len(events) == 7, "shorts receive what longs pay, at each of the seven times"
    assert bool((events["amount"] > 0).all())


def test_what_is_not_stored_or_known_is_a_warning_that_says_what_counts(tmp_path: Path, bars: Bars) -> None:
    warnings = " | ".join(load_market(project_with(tmp_path, bars), [PERPETUAL], HOUR, None, None).warnings)
    assert "maintenance tiers are not known; 0.5% of any notional is assumed" in warnings
    assert "no 1h mark prices are stored; trades liquidate and value it" in warnings
    assert "no funding is stored; none is paid" in warnings


def test_leverage_on_spot_is_a_warning(tmp_path: Path, bars: Bars) -> None:
    spot = InstrumentId.parse("binance:BTC/USDT")
    project = project_with(tmp_path, replace(bars, key=SeriesKey(spot, HOUR)))
    terms = PerpetualTerms(Margin(Decimal(5)))
    (said,) = [
        text for text in load_market(project, [spot], HOUR, None, None, perpetuals=terms).warnings if "margin" in text
    ]
    assert said == "leverage and margin act on perpetuals; the symbols of this run are spot and trade without"


def test_settings_say_how_perpetuals_are_held(tmp_path: Path) -> None:
    (tmp_path / "tickwright.toml").write_text(
        '[margin]\nleverage = 12.5\nmode = "cross"\ntiers = [[0, "0.004"], [50000, "0.005"]]\n'
    )
    terms = perpetual_terms(load_settings(tmp_path).values)
    assert terms.margin == Margin(Decimal("12.5"), "cross")
    assert [(tier.notional_above, tier.rate, tier.amount) for tier in terms.tiers] == [
        (0, Decimal("0.004"), 0),
        (50_000, Decimal("0.005"), 50),
    ]


def test_settings_may_hold_one_perpetual_otherwise_than_all(tmp_path: Path) -> None:
    (tmp_path / "tickwright.toml").write_text(
        '[margin]\nleverage = 3\n\n[margin.instruments."binance:BTC/USDT:USDT"]\nleverage = 20\n\n'
        '[margin.instruments."ETH-USDT:USDT"]\nmode = "cross"\n'
    )
    terms = perpetual_terms(load_settings(tmp_path).values)
    held = {name: terms.margin_of(InstrumentId.parse(name)) for name in (
        "binance:BTC/USDT:USDT", "bybit:BTC/USDT:USDT", "bybit:ETH/USDT:USDT", "bybit:SOL/USDT:USDT",
    )}  # fmt: skip
    assert held == {
        "binance:BTC/USDT:USDT": Margin(Decimal(20)),
        "bybit:BTC/USDT:USDT": Margin(Decimal(3)),
        "bybit:ETH/USDT:USDT": Margin(Decimal(3), "cross"),
        "bybit:SOL/USDT:USDT": Margin(Decimal(3)),
    }


def test_a_leverage_of_a_spot_symbol_is_refused_by_its_key(tmp_path: Path) -> None:
    (tmp_path / "tickwright.toml").write_text('[margin.instruments."BTC/USDT"]\nleverage = 20\n')
    with pytest.raises(SettingsError, match="a perpetual such as BTC/USDT:USDT"):
        load_settings(tmp_path)


def test_the_market_of_a_run_holds_each_perpetual_as_told(tmp_path: Path, bars: Bars) -> None:
    terms = PerpetualTerms(Margin(Decimal(2)), own_margins={"BTC/USDT:USDT": Margin(Decimal(7), "cross")})
    loaded = load_market(project_with(tmp_path, bars), [PERPETUAL], HOUR, None, None, perpetuals=terms)
    assert loaded.market.margins == (Margin(Decimal(7), "cross"),)


def test_a_large_turnover_gets_a_lot_whose_volumes_fit(tmp_path: Path, bars: Bars) -> None:
    busy = replace(bars, volume=bars.volume + 10**11)
    loaded = load_market(project_with(tmp_path, busy), [PERPETUAL], HOUR, None, None)
    assert loaded.market.instruments[0].rules[0].lot == Decimal("1e-5")
    assert any("lot 0.00001 are assumed" in text for text in loaded.warnings)
