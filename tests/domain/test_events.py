"""A series of events: order, scales, hashes, and what strategies and markets are given of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tickwright.checks.example_events import INSTRUMENT, example_events
from tickwright.domain.bars import SeriesKey, SeriesKind
from tickwright.domain.events import (
    Events,
    event_key,
    funding_events,
    funding_of,
    joined_events,
    trade_events,
    trades_of,
)
from tickwright.domain.row_layout import EVENT_KINDS
from tickwright.domain.timeframe import Timeframe


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_the_hash_is_that_of_the_values_whatever_the_scale(kind: SeriesKind) -> None:
    events = example_events(kind, 0, 30)
    assert events.rescaled(5, 9).content_hash() == events.content_hash()
    assert events.rescaled(5, 9).coarsened().content_hash() == events.content_hash()
    assert example_events(kind, 0, 30, shift=1).content_hash() != events.content_hash()


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_pieces_on_several_scales_are_one_series(kind: SeriesKind) -> None:
    pieces = [example_events(kind, 0, 10), example_events(kind, 10, 30).rescaled(4, 8)]
    whole = joined_events(event_key(INSTRUMENT, kind), pieces)
    assert whole.content_hash() == example_events(kind, 0, 30).content_hash()
    assert len(joined_events(whole.key, [])) == 0


def test_rows_are_put_in_order_of_time_and_then_of_identity() -> None:
    books = example_events("book", 0, 20)
    mixed = books.take(np.random.default_rng(3).permutation(len(books)))
    assert mixed.in_order().content_hash() == books.content_hash()
    assert books.in_order() is books


def test_a_funding_rate_is_given_in_billionths_and_a_finer_one_rounded_half_up() -> None:
    times = np.array([0, 28_800_000_000_000])
    exact = funding_of(funding_events(INSTRUMENT, times, np.array([12_345, -75]), 8))
    assert exact.rate_ppb.tolist() == [123_450, -750]
    finer = funding_of(funding_events(INSTRUMENT, times, np.array([123_456_789_5, -123_456_789_5]), 13))
    assert finer.rate_ppb.tolist() == [123_457, -123_457]
    tied = funding_of(funding_events(INSTRUMENT, times, np.array([15, -15]), 10))
    assert tied.rate_ppb.tolist() == [2, -1]


def test_trades_survive_the_way_there_and_back() -> None:
    events = example_events("trades", 0, 30)
    trades = trades_of(events)
    assert trade_events(trades).content_hash() == events.content_hash()
    assert trades.taker_buys.tolist()[:4] == [False, True, False, True]
    assert trades_of(events.take(slice(None, None, -1))).trade_id.tolist() == trades.trade_id.tolist()


def test_columns_read_as_floats_on_their_own_scale() -> None:
    quotes = example_events("quotes", 0, 3)
    assert quotes.values("bid").tolist() == [42000.0, 42000.37, 42000.74]
    assert quotes.values("bid_quantity")[0] == 0.002
    assert quotes.values("update_id").tolist() == [0.0, 10.0, 20.0]


def test_keys_with_and_without_a_timeframe_have_one_order() -> None:
    candles = SeriesKey(INSTRUMENT, Timeframe.parse("1h"))
    keys = [candles, replace(candles, kind="mark"), event_key(INSTRUMENT, "trades"), event_key(INSTRUMENT, "funding")]
    assert [str(key).split(" ", 1)[1] for key in sorted(keys)] == ["funding", "trades", "candles 1h", "mark 1h"]


def test_no_rows_are_a_series_of_their_kind() -> None:
    nothing = Events.none(event_key(INSTRUMENT, "quotes"))
    assert len(nothing) == 0
    assert set(nothing.columns) == set(example_events("quotes", 0, 1).columns)
