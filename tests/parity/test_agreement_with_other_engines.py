"""Trade-for-trade agreement with vectorbt and backtesting.py on real candles, fee only, cap off.

The same decisions (fast average above the slow one at a close) are executed at the next open with all cash:

- vectorbt 1.2 `Portfolio.from_signals`: signals shifted by one bar, price = open, fees = 0.1 %, size = infinity.
- backtesting.py 0.6 `FractionalBacktest`: `trade_on_close=False`, commission = 0.1 %, all cash, one unit = 1e-8 BTC.

What differs, and why it is small: we trade whole lots (1e-8 BTC) and whole money units (1e-8 USDT) rounded against us,
they trade floats; backtesting.py also leaves up to one unit unspent. Over a thousand compounding trades this moves a
size by less than one part in a million. Prices are equal to the last digit. The last trade is open at the end of both
samples or not at all: vectorbt lists it as open, backtesting.py keeps it out of its list of closed trades; so do we.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tests.parity.precomputed import targets_strategy
from tests.parity.real_candles import bitcoin
from tests.parity.twin import instrument
from tickwright.domain.bars import Bars
from tickwright.domain.costs import CostModel
from tickwright.domain.market import Market
from tickwright.domain.run import RunResult
from tickwright.modes import vector

CASH, FEE = 100_000.0, 0.001
Trade = tuple[int, float, int, float, float]  # entry time, entry price, exit time, exit price, size


def is_long(bars: Bars, fast: int = 20, slow: int = 50) -> np.ndarray:
    """Whether the fast average lies above the slow one, from exact sums; False until both exist."""
    sums = np.concatenate(([0], np.cumsum(bars.close)))
    above = np.zeros(len(bars), np.bool_)
    ends = np.arange(slow, len(bars) + 1)
    above[slow - 1 :] = (sums[ends] - sums[ends - fast]) * slow > (sums[ends] - sums[ends - slow]) * fast
    return above


def our_run(bars: Bars) -> RunResult:
    """The decisions through vector mode."""
    closes = (bars.open_time_ns + bars.timeframe.length_ns).tolist()
    table = {"BTC/USDT": dict(zip(closes, is_long(bars).astype(np.float64).tolist(), strict=True))}
    return vector.run(
        targets_strategy(table),
        {},
        Market.of([instrument("BTC/USDT")], [bars]),
        cash=Decimal(int(CASH)),
        cash_asset="USDT",
        costs=CostModel.of(fee=str(FEE), spread=0, impact="none", max_participation=None),
    )


def our_trades(result: RunResult) -> list[Trade]:
    """Closed trades from flat to flat: every entry and exit is one fill here."""
    fills = result.fills
    price, size = fills["price"] / 10.0 ** result.price_scales[0], fills["quantity"] / 10.0 ** result.quantity_scales[0]
    assert (fills["side"][::2] == 1).all()
    assert (fills["side"][1::2] == -1).all()
    return [
        (int(fills["ts_ns"][i]), price[i], int(fills["ts_ns"][i + 1]), price[i + 1], size[i])
        for i in range(0, len(fills) - 1, 2)
    ]


def vectorbt_trades(bars: Bars) -> tuple[list[Trade], float]:
    """Closed trades and final value of vectorbt."""
    import pandas as pd
    import vectorbt as vbt

    index = pd.to_datetime(bars.open_time_ns)
    state = pd.Series(is_long(bars), index=index)
    entries = state & ~state.shift(fill_value=False)
    exits = ~state & state.shift(fill_value=False)
    portfolio = vbt.Portfolio.from_signals(
        pd.Series(bars.prices("close"), index=index),
        entries.shift(fill_value=False),
        exits.shift(fill_value=False),
        price=pd.Series(bars.prices("open"), index=index),
        init_cash=CASH,
        fees=FEE,
        size=np.inf,
        freq=bars.timeframe.name.replace("m", "min"),
    )
    rows = portfolio.trades.closed.records
    times = bars.open_time_ns
    trades = [
        (int(times[row.entry_idx]), row.entry_price, int(times[row.exit_idx]), row.exit_price, row.size)
        for row in rows.itertuples()
    ]
    return trades, float(portfolio.final_value())


def backtesting_trades(bars: Bars) -> tuple[list[Trade], float]:
    """Closed trades and final equity of backtesting.py, in units of 1e-8 BTC."""
    import pandas as pd
    from backtesting import Strategy
    from backtesting.lib import FractionalBacktest

    wanted = is_long(bars)

    class Cross(Strategy):
        def init(self) -> None:
            self.wanted = self.I(lambda: wanted.astype(float), plot=False)

        def next(self) -> None:
            if self.wanted[-1] and not self.position:
                self.buy()
            elif not self.wanted[-1] and self.position:
                self.position.close()

    frame = pd.DataFrame(
        {name.capitalize(): bars.prices(name) for name in ("open", "high", "low", "close")},
        index=pd.to_datetime(bars.open_time_ns),
    )
    frame["Volume"] = 1.0
    test = FractionalBacktest(frame, Cross, cash=CASH, commission=FEE, trade_on_close=False, fractional_unit=1e-8)
    stats = test.run()
    times = bars.open_time_ns
    trades = [
        (int(times[row.EntryBar]), row.EntryPrice, int(times[row.ExitBar]), row.ExitPrice, row.Size)
        for row in stats["_trades"].itertuples()
    ]
    return trades, float(stats["Equity Final [$]"])


def assert_same_trades(ours: list[Trade], theirs: list[Trade]) -> None:
    """Same times; prices equal to float precision, sizes to the rounding of lots."""
    assert [(trade[0], trade[2]) for trade in ours] == [(trade[0], trade[2]) for trade in theirs]
    np.testing.assert_allclose([trade[1] for trade in ours], [trade[1] for trade in theirs], rtol=1e-12)
    np.testing.assert_allclose([trade[3] for trade in ours], [trade[3] for trade in theirs], rtol=1e-12)
    np.testing.assert_allclose([trade[4] for trade in ours], [trade[4] for trade in theirs], rtol=1e-6)


@pytest.mark.parametrize("timeframe", ["1h", "15m"])
def test_every_trade_agrees_with_vectorbt(timeframe: str) -> None:
    bars = bitcoin(timeframe)
    result = our_run(bars)
    trades, final = vectorbt_trades(bars)
    assert len(trades) > 500
    assert_same_trades(our_trades(result), trades)
    assert float(result.money(result.equity[-1:])[0]) == pytest.approx(final, rel=1e-6)


@pytest.mark.parametrize("timeframe", ["1h", "15m"])
def test_every_trade_agrees_with_backtesting_py(timeframe: str) -> None:
    bars = bitcoin(timeframe)
    result = our_run(bars)
    trades, final = backtesting_trades(bars)
    assert len(trades) > 500
    assert_same_trades(our_trades(result), trades)
    assert float(result.money(result.equity[-1:])[0]) == pytest.approx(final, rel=1e-6)
