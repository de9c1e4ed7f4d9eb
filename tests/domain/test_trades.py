"""Public trades in exact integers."""

from __future__ import annotations

from tests.data.xrp_eth import trades
from tickwright.domain.trades import Trades, joined_trades


def test_a_mask_keeps_whole_trades() -> None:
    buys = trades().where(trades().taker_buys)
    assert 0 < len(buys) < len(trades())
    assert buys.taker_buys.all()
    assert set(buys.trade_id) == set(trades().trade_id[trades().taker_buys])


def test_pages_join_on_the_finest_scales() -> None:
    whole = trades()
    first, rest = whole.where(whole.trade_id < 13519900), whole.where(whole.trade_id >= 13519900)
    finer = Trades(
        rest.instrument, rest.trade_id, rest.ts_ns, rest.price * 10, rest.quantity * 100, rest.taker_buys, 8, 2
    )
    joined = joined_trades([first, finer])
    assert (joined.price_scale, joined.quantity_scale, len(joined)) == (8, 2, len(whole))
    assert (joined.price == whole.price * 10).all()
    assert (joined.quantity == whole.quantity * 100).all()
