"""Every indicator on series B, as prices and as ratios, reduced to a fingerprint each."""

from __future__ import annotations

import hashlib

import numpy as np

import tickwright.indicators as indicators
from tests.indicators.reference_series import BarArrays, series_b

OF_BARS = ("true_range", "atr", "adx", "williams_r", "obv", "vwap", "donchian")


def digests() -> dict[str, str]:
    bars = series_b()
    ratios = BarArrays(*(column / 3 for column in (bars.high, bars.low, bars.close, bars.volume)))
    return {
        f"{name} {kind}": _digest(
            getattr(indicators, name)(source if name in OF_BARS else source.close, *_window(name))
        )
        for name in sorted(indicators.__all__)
        if name.islower()
        for kind, source in (("prices", bars), ("ratios", ratios))
    }


def _window(name: str) -> tuple[int, ...]:
    return () if name in ("true_range", "obv", "macd") else (9,)


def _digest(result: np.ndarray | tuple[np.ndarray, ...]) -> str:
    lines = result if isinstance(result, tuple) else (result,)
    return hashlib.sha256(b"".join(np.nan_to_num(line, nan=-1e300).tobytes() for line in lines)).hexdigest()[:16]
