"""One file per indicator: a fold that serves batch and online alike, to the last bit.

`sma`, `ema`, `wilder` moving averages; `rsi`, `roc`, `zscore` where a price stands; `true_range`, `atr`, `rolling_std`
how much it moves; `rolling_max`, `rolling_min`, `donchian` its extremes; `rolling_sum` what it adds up to.
Under them: `fold` what an indicator is, `recursive_average` and `decimal_units` the shared arithmetic, `bar_columns`
what an indicator of whole bars reads, `memo` results remembered for the length of a run, `compiled` how they compile.
"""

from tickwright.indicators.atr import Atr, atr
from tickwright.indicators.donchian import Channel, Donchian, donchian
from tickwright.indicators.ema import Ema, ema
from tickwright.indicators.roc import Roc, roc
from tickwright.indicators.rolling_max import RollingMax, rolling_max
from tickwright.indicators.rolling_min import RollingMin, rolling_min
from tickwright.indicators.rolling_std import RollingStd, rolling_std
from tickwright.indicators.rolling_sum import RollingSum, rolling_sum
from tickwright.indicators.rsi import Rsi, rsi
from tickwright.indicators.sma import Sma, sma
from tickwright.indicators.true_range import TrueRange, true_range
from tickwright.indicators.wilder import Wilder, wilder
from tickwright.indicators.zscore import Zscore, zscore

__all__ = [
    "Atr", "Channel", "Donchian", "Ema", "Roc", "RollingMax", "RollingMin", "RollingStd", "RollingSum", "Rsi", "Sma",
    "TrueRange", "Wilder", "Zscore", "atr", "donchian", "ema", "roc", "rolling_max", "rolling_min", "rolling_std",
    "rolling_sum", "rsi", "sma", "true_range", "wilder", "zscore",
]  # fmt: skip
