"""The callback job in backtesting.py, as its users write it."""

from __future__ import annotations

import warnings

import pandas as pd
from backtesting import Backtest, Strategy
from jobs import CALLBACK_BARS, CASH, FEE, candles
from measuring import chosen, measure

warnings.filterwarnings("ignore")
WHOLE = 1000  # backtesting.py trades whole units: prices are divided so that a unit is a thousandth


class Cross(Strategy):
    """Hold while the fast average is above the slow one."""

    def init(self):
        close = pd.Series(self.data.Close)
        self.fast = self.I(lambda: close.rolling(20).mean())
        self.slow = self.I(lambda: close.rolling(50).mean())

    def next(self):
        if self.fast[-1] > self.slow[-1]:
            if not self.position:
                self.buy(size=0.99999)
        elif self.position:
            self.position.close()


def callback(bars: int) -> float:
    data = candles(bars)
    columns = {"Open": data.open, "High": data.high, "Low": data.low, "Close": data.close, "Volume": data.volume}
    frame = pd.DataFrame(columns, index=pd.to_datetime(data.open_ns))
    frame[["Open", "High", "Low", "Close"]] /= WHOLE
    stats = Backtest(frame, Cross, cash=CASH, commission=FEE, trade_on_close=False, finalize_trades=False).run()
    return float(stats["Equity Final [$]"])


chosen(
    {
        "callback": lambda: measure(
            "callback", CALLBACK_BARS, lambda: callback(CALLBACK_BARS), lambda: callback(5000), 1
        ),
    }
)
