import numpy as np
import pytest

from tickwright.checks.example_bars import example_bars, example_market
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import UsageError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.market import Funding
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, HOUR
from tickwright.strategy_api.views import StrategyBars, StrategyMarket, bars_of_span

HOURLY = Timeframe.parse("1h")


def stored(symbol="BTC/USDT", hours=(0, 1, 2, 3), first_price=10_000):
    times = np.array(hours, np.int64) * HOUR
    prices = first_price + np.arange(len(hours))
    key = SeriesKey(InstrumentId.parse(symbol, exchange="binance"), HOURLY)
    volume = np.full(len(hours), 15_000, np.int64)
    return Bars(key, times, prices, prices + 2, prices - 2, prices + 1, volume, 2, 4)


def test_prices_are_the_stored_decimals_and_the_integers_stand_beside_them():
    bars = stored()
    view = StrategyBars.of(bars)
    assert view.close.tolist() == [100.01, 100.02, 100.03, 100.04]
    assert view.volume.tolist() == [1.5] * 4
    assert view.exact is bars
    assert view.symbol == "BTC/USDT"


def test_columns_cannot_be_written_to_and_keep_their_identity():
    view = StrategyBars.of(stored())
    assert view.close is view.close
    with pytest.raises(ValueError, match="read-only"):
        view.close[0] = 1.0


def test_a_panel_without_holes_has_the_floats_of_each_series():
    series = [stored(), stored("ETH/USDT", first_price=500)]
    market = StrategyMarket.of(series)
    for place, one in enumerate(series):
        assert market.close[:, place].tolist() == one.prices("close").tolist()
        assert market.volume[:, place].tolist() == one.volumes().tolist()


def test_a_bar_closes_at_its_open_time_plus_the_timeframe():
    assert StrategyBars.of(stored()).close_time_ns.tolist() == [HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR]


def test_funding_is_the_last_rate_published_at_or_before_the_close():
    funding = Funding(np.array([2 * HOUR, 3 * HOUR + 1]), np.array([100_000, 200_000]))
    rates = StrategyBars.of(stored(), funding).funding
    assert np.isnan(rates[0])
    assert rates[1:].tolist() == [1e-4, 1e-4, 2e-4]


def test_funding_that_is_not_there_is_one_sentence():
    with pytest.raises(UsageError, match='needs = \\("funding",\\)'):
        _ = StrategyBars.of(stored()).funding


def test_the_head_is_the_data_as_it_was_then():
    view = example_bars(100)
    head = view.head(40)
    assert len(head) == 40
    assert np.array_equal(head.close, view.close[:40])
    assert len(head.funding) == 40
    assert len(StrategyBars.of(stored()).head(2).exact) == 2


def test_columns_cannot_be_replaced():
    with pytest.raises(UsageError, match=r"bars\.close cannot be replaced"):
        example_bars(10).close = np.ones(10)


def test_columns_become_floats_when_they_are_first_read():
    view = StrategyBars.of(stored())
    assert "close" not in vars(view)
    assert view.close is vars(view)["close"]


def test_history_may_begin_later():
    assert np.array_equal(example_bars(100).since(60).close, example_bars(100).close[60:])
    assert np.array_equal(example_bars(100).since(60).funding, example_bars(100).funding[60:])
    assert example_market(100).since(60).close.shape == (40, 6)


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(UsageError, match="one per bar"):
        StrategyBars("X/Y", HOURLY, np.arange(3), *[np.ones(3)] * 4, np.ones(2))


def test_resampling_leaves_out_what_began_before_the_data_and_what_has_not_closed():
    hours = list(range(20, 24 * 3 + 5))  # from 20:00 on the first day to 05:00 on the fourth
    days = StrategyBars.of(stored(hours=hours)).resampled(Timeframe.parse("1d"))
    assert days.open_time_ns.tolist() == [DAY, 2 * DAY]


def test_a_day_with_a_hole_stands_and_a_day_without_bars_does_not():
    hours = [h for h in range(24 * 4) if not 24 <= h < 48 and h != 50]
    days = StrategyBars.of(stored(hours=hours)).resampled(Timeframe.parse("1d"))
    assert days.open_time_ns.tolist() == [0, 2 * DAY, 3 * DAY]
    assert days.volume[1] == 23 * 1.5


def test_a_day_whose_last_hours_are_missing_closes_with_the_next_bar():
    hours = [*range(20), 30]
    view = StrategyBars.of(stored(hours=hours))
    assert view.resampled(Timeframe.parse("1d")).open_time_ns.tolist() == [0]
    assert len(view.head(20).resampled(Timeframe.parse("1d"))) == 0  # nobody knew yet that the day was over


def test_resampling_carries_the_last_funding_rate():
    view = example_bars(48)
    assert view.resampled(Timeframe.parse("1d")).funding.tolist() == view.funding[[23, 47]].tolist()


def test_resampling_is_done_once_and_not_at_all_for_the_same_timeframe():
    view = example_bars(48)
    day = Timeframe.parse("1d")
    assert view.resampled(day) is view.resampled(day)
    assert view.resampled(HOURLY) is view


@pytest.mark.parametrize("timeframe", ["30m", "90m"])
def test_a_timeframe_that_is_no_multiple_is_refused(timeframe):
    with pytest.raises(UsageError, match="not a multiple"):
        example_bars(10).resampled(Timeframe.parse(timeframe))


def test_nothing_can_be_made_of_no_bars():
    assert len(example_bars(10).head(0).resampled(Timeframe.parse("1d"))) == 0


def test_spans_are_whole_numbers_of_bars():
    assert bars_of_span("90d", HOURLY) == 90 * 24
    assert example_bars(2).bars_in("1w") == 168
    assert example_market(2).bars_in("1d") == 24
    with pytest.raises(UsageError, match="whole number"):
        bars_of_span("90m", HOURLY)


def test_a_panel_is_the_union_of_times_with_nan_where_a_symbol_is_absent():
    panel = StrategyMarket.of([stored("BTC/USDT", (0, 1, 3)), stored("ETH/USDT", (1, 2, 3), 5_000)])
    assert panel.symbols == ("BTC/USDT", "ETH/USDT")
    assert panel.open_time_ns.tolist() == [0, HOUR, 2 * HOUR, 3 * HOUR]
    assert np.isnan(panel.close[0, 1])
    assert np.isnan(panel.close[2, 0])
    assert panel.close[3].tolist() == [100.03, 50.03]
    assert panel.close_time_ns[0] == HOUR
    assert len(panel.head(2)) == 2


def test_a_panel_of_another_shape_is_refused():
    with pytest.raises(UsageError, match="shape"):
        StrategyMarket(("A/B",), HOURLY, np.arange(3), *[np.ones((3, 2))] * 5)
