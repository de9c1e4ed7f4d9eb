"""The callback job in freqtrade: signals from a frame, then its own Python loop over the candles.

The exchange is its class for Binance with one market put in by hand, so that nothing is asked of the network; loading
candles from files and the statistics of the report are left out of the time.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

import pandas as pd
from freqtrade.configuration import TimeRange
from freqtrade.data.btanalysis import get_tick_size_over_time
from freqtrade.enums import CandleType, RunMode
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.persistence import LocalTrade
from freqtrade.resolvers import ExchangeResolver
from jobs import CALLBACK_BARS, CASH, FEE, candles
from measuring import chosen, measure

logging.disable(logging.CRITICAL)
PAIR = "S001/USDT"
STRATEGY = '''
from freqtrade.strategy import IStrategy


class Cross(IStrategy):
    """Hold while the fast average is above the slow one."""

    timeframe = "1h"
    stoploss = -0.99
    minimal_roi = {}
    startup_candle_count = 50

    def populate_indicators(self, dataframe, metadata):
        dataframe["fast"] = dataframe["close"].rolling(20).mean()
        dataframe["slow"] = dataframe["close"].rolling(50).mean()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["fast"] > dataframe["slow"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["fast"] <= dataframe["slow"], "exit_long"] = 1
        return dataframe
'''
MARKET = {
    "id": "S001USDT",
    "symbol": PAIR,
    "base": "S001",
    "quote": "USDT",
    "active": True,
    "spot": True,
    "swap": False,
    "future": False,
    "margin": False,
    "type": "spot",
    "precision": {"amount": 1e-8, "price": 0.01},
    "limits": {"amount": {"min": 1e-8, "max": None}, "cost": {"min": 0, "max": None}, "price": {}},
    "info": {},
}


def config(home: Path) -> dict:
    """What freqtrade's command would read from a file."""
    (home / "cross.py").write_text(STRATEGY)
    return {
        "strategy": "Cross",
        "strategy_path": str(home),
        "user_data_dir": home,
        "datadir": home,
        "exportdirectory": home,
        "runmode": RunMode.BACKTEST,
        "dry_run": True,
        "dry_run_wallet": CASH,
        "stake_currency": "USDT",
        "stake_amount": "unlimited",
        "tradable_balance_ratio": 0.998,
        "max_open_trades": 1,
        "timeframe": "1h",
        "fee": FEE,
        "exchange": {"name": "binance", "pair_whitelist": [PAIR]},
        "pairlists": [{"method": "StaticPairList", "allow_inactive": True}],
        "entry_pricing": {"price_side": "same", "use_order_book": False},
        "exit_pricing": {"price_side": "same", "use_order_book": False},
        "trading_mode": "spot",
        "margin_mode": "",
        "candle_type_def": CandleType.SPOT,
        "dataformat_ohlcv": "feather",
        "internals": {},
        "export": "none",
    }


def frame(bars: int) -> pd.DataFrame:
    """The candles as freqtrade loads them."""
    data = candles(bars)
    columns = {"open": data.open, "high": data.high, "low": data.low, "close": data.close, "volume": data.volume}
    return pd.DataFrame({"date": pd.to_datetime(data.open_ns, utc=True).as_unit("ms"), **columns})


def callback(bars: int) -> float:
    with tempfile.TemporaryDirectory() as home:
        settings = config(Path(home))
        exchange = ExchangeResolver.load_exchange(settings, validate=False)
        exchange._markets = {PAIR: MARKET}
        exchange._api.set_markets([MARKET])
        backtesting = Backtesting(settings, exchange)
        backtesting.progress = None
        data = frame(bars)
        backtesting.price_pair_prec[PAIR] = get_tick_size_over_time(data)
        backtesting.available_pairs.append(PAIR)
        strategy = backtesting.strategylist[0]
        LocalTrade.reset_trades()
        backtesting.backtest_one_strategy(strategy, {PAIR: data}, TimeRange())
        return float(backtesting.all_bt_content[strategy.get_strategy_name()]["final_balance"])


os.environ.setdefault("NO_COLOR", "1")
chosen(
    {
        "callback": lambda: measure(
            "callback", CALLBACK_BARS, lambda: callback(CALLBACK_BARS), lambda: callback(2000), 1
        ),
    }
)
