"""A market: one canonical order, exact units that fit everything, and pieces that go together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.domain.candles import bars_of
from tickwright.domain.bars import Bars
from tickwright.domain.errors import DataError, UsageError
from tickwright.domain.instrument import Instrument, TradingRules
from tickwright.domain.market import MONEY_SCALE, Market


def instrument(bars: Bars, tick: str = "0.01", lot: str = "0.001") -> Instrument:
    return Instrument(bars.key.instrument, (TradingRules(0, Decimal(tick), Decimal(lot)),))


def test_the_order_of_naming_does_not_matter() -> None:
    btc, eth = bars_of([4_000_000]), bars_of([200_000], base="ETH")
    one = Market.of([instrument(btc), instrument(eth)], [btc, eth])
    other = Market.of([instrument(eth), instrument(btc)], [eth, btc])
    assert [str(identity) for identity in one.ids] == ["binance:BTC/USDT", "binance:ETH/USDT"]
    assert (one.ids, one.price_scales, one.assets) == (other.ids, other.price_scales, other.assets)


def test_units_hold_every_tick_lot_and_volume_exactly() -> None:
    bars = bars_of([600], price_scale=8)
    market = Market.of([instrument(bars, tick="0.00000001", lot="1")], [bars])
    assert market.price_scales == (12,)
    assert market.bars[0].prices("close").tolist() == bars.prices("close").tolist()
    assert market.quantity_scales[0] >= 3
    assert market.price_scales[0] + market.quantity_scales[0] >= MONEY_SCALE


def test_the_price_unit_covers_ticks_and_is_only_ever_refined_by_more_data() -> None:
    bars = bars_of([4_000_000, 4_100_000])
    by_tick = Market.of([instrument(bars, tick="0.000001")], [bars])
    assert by_tick.price_scales[0] == 6
    longer = bars_of([4_000_000, 4_100_000, 1_000, 5_000_000])
    scales = [Market.of([instrument(longer)], [longer.between(0, end)]).price_scales[0] for end in ends_of(longer)]
    assert scales == sorted(scales)
    assert scales[0] < scales[-1]


def ends_of(bars: Bars) -> list[int]:
    """The close of each bar."""
    return [int(opened) + bars.timeframe.length_ns for opened in bars.open_time_ns]


def test_cash_comes_first_among_the_assets_with_its_own_scale() -> None:
    btc, eth = bars_of([4_000_000]), bars_of([200_000], base="ETH")
    market = Market.of([instrument(eth), instrument(btc)], [eth, btc])
    assert market.assets == ("USDT", "BTC", "ETH")
    assert market.asset_scales[0] == MONEY_SCALE


def test_a_symbol_is_found_by_either_name_and_an_unknown_one_lists_the_market() -> None:
    bars = bars_of([4_000_000])
    market = Market.of([instrument(bars)], [bars])
    assert market.place_of("BTC/USDT") == market.place_of("binance:BTC/USDT") == 0
    with pytest.raises(UsageError, match="is not in this market; expected one of binance:BTC/USDT"):
        market.place_of("DOGE/USDT")


def test_pieces_that_do_not_go_together_are_refused() -> None:
    btc, eth = bars_of([4_000_000]), bars_of([200_000], base="ETH")
    with pytest.raises(UsageError, match="do not match one to one"):
        Market.of([instrument(btc)], [btc, eth])
    with pytest.raises(UsageError, match="named twice"):
        Market.of([instrument(btc)] * 2, [btc, btc])
    with pytest.raises(UsageError, match="stand beside"):
        Market.of([instrument(btc)], [eth])
    with pytest.raises(DataError, match="no candles"):
        Market.of([instrument(btc)], [bars_of([])])


def test_numbers_that_would_not_fit_into_64_bits_are_refused() -> None:
    bars = bars_of([600, 10**15], price_scale=8)
    with pytest.raises(DataError, match="do not fit"):
        Market.of([instrument(bars)], [bars])
    tiny = replace(bars_of([600], price_scale=8), volume_scale=15)
    with pytest.raises(DataError, match="too fine together"):
        Market.of([instrument(tiny)], [tiny])
