"""Trades as a frame with plain columns, for tables, files and notebooks."""

from __future__ import annotations

import numpy as np
import polars as pl

from tickwright.analytics.trades import Trades
from tickwright.domain.records import Reason, Side
from tickwright.domain.run import RunResult


def trade_frame(table: Trades, result: RunResult) -> pl.DataFrame:
    """One row per trade, in order of entry; times are UTC, amounts floats, `tag` that of the entry."""
    symbols = np.array([str(identity) for identity in result.instruments], dtype=object)
    tags = [result.tags[place] if place >= 0 else None for place in table["entry_tag"]]
    amounts = (
        "quantity", "entry_price", "exit_price", "pnl", "trade_return",
        "account_flow", "fee", "spread_cost", "slippage_cost", "impact_cost",
    )  # fmt: skip
    return pl.DataFrame(
        {
            "entry": pl.Series(table["entry_ns"]).cast(pl.Datetime("ns", "UTC")),
            "exit": pl.Series(table["exit_ns"]).cast(pl.Datetime("ns", "UTC")),
            "instrument": pl.Series(symbols[table["instrument"]].tolist(), dtype=pl.String),
            "side": pl.Series(["long" if side == Side.BUY else "short" for side in table["side"]], dtype=pl.String),
            **{name: pl.Series(np.ascontiguousarray(table[name])) for name in amounts},
            "bars_held": pl.Series(np.ascontiguousarray(table["bars_held"])),
            "exit_reason": pl.Series([Reason(int(r)).name.lower() for r in table["exit_reason"]], dtype=pl.String),
            "tag": pl.Series(tags, dtype=pl.String),
            "open": pl.Series(np.ascontiguousarray(table["is_open"])),
        }
    )
