"""The callback job in backtrader, as its users write it."""

from __future__ import annotations

import backtrader as bt
import pandas as pd
from jobs import CALLBACK_BARS, CASH, FEE, candles
from measuring import chosen, measure


class Cross(bt.Strategy):
    """Hold while the fast average is above the slow one."""

    def __init__(self):
        self.fast = bt.indicators.SMA(self.data.close, period=20)
        self.slow = bt.indicators.SMA(self.data.close, period=50)

    def next(self):
        self.order_target_percent(target=0.99 if self.fast[0] > self.slow[0] else 0.0)


def callback(bars: int) -> float:
    data = candles(bars)
    columns = {"open": data.open, "high": data.high, "low": data.low, "close": data.close, "volume": data.volume}
    frame = pd.DataFrame(columns, index=pd.to_datetime(data.open_ns))
    engine = bt.Cerebro(stdstats=False)
    engine.adddata(bt.feeds.PandasData(dataname=frame))
    engine.addstrategy(Cross)
    engine.broker.setcash(CASH)
    engine.broker.setcommission(FEE)
    engine.run()
    return float(engine.broker.getvalue())


chosen(
    {
        "callback": lambda: measure(
            "callback", CALLBACK_BARS, lambda: callback(CALLBACK_BARS), lambda: callback(2000), 1
        ),
    }
)
