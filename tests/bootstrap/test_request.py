"""How a run is completed from flags, settings, strategy and store, and which says the last word."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tickwright.bootstrap.project import Project
from tickwright.bootstrap.request import PreparedRun, RunFlags, prepare_run
from tickwright.domain.errors import DataMissing, UsageError
from tickwright.domain.limits import RiskLimits
from tickwright.domain.timestamp import DAY, parse_instant
from tickwright.settings import load_settings

AFTER = "2020-05-01"
TREND = """
version = 1
[defaults]
cash = 50_000
[strategies.trend]
use = "SmaCross"
symbols = ["BTC/USDT"]
allocation = 0.5
params = { fast = 10, slow = 30 }
"""


def prepared(project: Project, settings_text: str = "version = 1\n", **flags: object) -> PreparedRun:
    project.home.mkdir(exist_ok=True)
    (project.home / "tickwright.toml").write_text(settings_text)
    settings = load_settings(project.home).values
    return prepare_run(project, settings, RunFlags(**{"strategy": "SmaCross", **flags}))


def test_with_nothing_said_everything_stored_is_run_with_the_default_cash(project: Project) -> None:
    run = prepared(project)
    assert [str(identity) for identity in run.loaded.market.ids] == ["binance:BTC/USDT", "binance:ETH/USDT"]
    assert (run.request.cash, run.request.mode) == (Decimal(100_000), "vector")


def test_an_instance_name_stands_for_class_symbols_parameters_and_its_share_of_the_cash(project: Project) -> None:
    run = prepared(project, TREND, strategy="trend")
    assert run.request.strategy.__name__ == "SmaCross"
    assert run.request.params == {"fast": 10, "slow": 30}
    assert run.request.cash == Decimal(25_000)
    assert [identity.symbol for identity in run.loaded.market.ids] == ["BTC/USDT"]


def test_flags_win_over_the_instance(project: Project) -> None:
    run = prepared(project, TREND, strategy="trend", symbols=("ETH/USDT",), params={"fast": "12"}, mode="event")
    assert run.request.params == {"fast": "12", "slow": 30}
    assert run.request.mode == "event"
    assert [identity.symbol for identity in run.loaded.market.ids] == ["ETH/USDT"]


def test_last_counts_back_from_the_newest_stored_bar(project: Project) -> None:
    bars = prepared(project, symbols=("BTC/USDT",), last="10d").loaded.market.bars[0]
    assert int(bars.open_time_ns[0]) == parse_instant(AFTER) - 10 * DAY


def test_an_anchor_starts_the_indicators_before_the_trading(project: Project) -> None:
    run = prepared(project, symbols=("BTC/USDT",), anchor="2020-01-01", start="2020-02-01")
    assert int(run.loaded.market.bars[0].open_time_ns[0]) < (run.request.start_ns or 0)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ({"start": "2020-03-01", "end": "2020-02-01"}, "is empty"),
        ({"start": "2020-03-01", "last": "10d"}, "say the same thing"),
        ({"last": "ten days"}, "is not a span of time"),
        ({"start": "2020-02-01", "anchor": "2020-03-01"}, "is after the start"),
        ({"start": "yesterday"}, "is not a date or time"),
        ({"symbols": ("BTC",)}, "is not an instrument"),
        ({"timeframe": "1x"}, "is not a timeframe"),
    ],
)
def test_words_that_do_not_go_together_are_refused_in_one_sentence(
    project: Project, flags: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        prepared(project, **flags)


def test_nothing_stored_for_the_timeframe_names_the_command_that_fetches(project: Project) -> None:
    with pytest.raises(DataMissing, match=r"tickwright data fetch .* --timeframe 4h"):
        prepared(project, timeframe="4h")


def test_last_of_what_is_not_stored_asks_for_no_year_1969(project: Project) -> None:
    with pytest.raises(DataMissing) as caught:
        prepared(project, symbols=("BTC/USDT",), timeframe="5m", last="10d")
    assert "--start" not in str(caught.value)


def test_limits_of_the_settings_reach_the_run(project: Project) -> None:
    run = prepared(project, 'version = 1\n[risk]\nmax_daily_loss = "3%"\n')
    assert run.request.limits == RiskLimits(max_daily_loss=Decimal("0.03"))
