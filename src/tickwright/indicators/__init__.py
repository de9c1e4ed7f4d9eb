"""One file per indicator: a fold that serves batch and online alike, to the last bit.

`sma`, `ema`, `wma`, `wilder` and `vwap` averages; `rsi`, `roc`, `zscore`, `williams_r` where a price stands; `macd` and
`adx` where it is going and how strongly; `true_range`, `atr`, `rolling_std` how much it moves; `bollinger`, `donchian`,
`rolling_max`, `rolling_min` its bands and extremes; `rolling_sum` and `obv` what adds up;
`latch` what stays on, `choice` one of two numbers.
Under them: `fold` what an indicator is, `recursive_average` and `decimal_units` the shared arithmetic, `bar_columns`
what an indicator of whole bars reads, `memo` results remembered for the length of a run, `compiled` how they compile.
"""

from tickwright.indicators.adx import Adx, adx
from tickwright.indicators.atr import Atr, atr
from tickwright.indicators.bollinger import Bands, Bollinger, bollinger
from tickwright.indicators.donchian import Channel, Donchian, donchian
from tickwright.indicators.ema import Ema, ema
from tickwright.indicators.macd import Macd, MacdLines, macd
from tickwright.indicators.obv import Obv, obv
from tickwright.indicators.roc import Roc, roc
from tickwright.indicators.rolling_max import RollingMax, rolling_max
from tickwright.indicators.rolling_min import RollingMin, rolling_min
from tickwright.indicators.rolling_std import RollingStd, rolling_std
from tickwright.indicators.rolling_sum import RollingSum, rolling_sum
from tickwright.indicators.rsi import Rsi, rsi
from tickwright.indicators.sma import Sma, sma
from tickwright.indicators.true_range import TrueRange, true_range
from tickwright.indicators.vwap import Vwap, vwap
from tickwright.indicators.wilder import Wilder, wilder
from tickwright.indicators.williams_r import WilliamsR, williams_r
from tickwright.indicators.wma import Wma, wma
from tickwright.indicators.zscore import Zscore, zscore

__all__ = [
    "Adx", "Atr", "Bands", "Bollinger", "Channel", "Donchian", "Ema", "Macd", "MacdLines", "Obv", "Roc", "RollingMax",
    "RollingMin", "RollingStd", "RollingSum", "Rsi", "Sma", "TrueRange", "Vwap", "Wilder", "WilliamsR", "Wma", "Zscore",
    "adx", "atr", "bollinger", "donchian", "ema", "macd", "obv", "roc", "rolling_max", "rolling_min", "rolling_std",
    "rolling_sum", "rsi", "sma", "true_range", "vwap", "wilder", "williams_r", "wma", "zscore",
]  # fmt: skip
