"""A finished run in the hands of its user: statistics, tables, digests, report.

Invariant: a `Run` is the same whether it was just made or read back from its folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from tickwright.adapters.storage.run_tables import to_tables
from tickwright.analytics.benchmark import buy_and_hold
from tickwright.analytics.summary import Statistics, summarise
from tickwright.analytics.trades import trades
from tickwright.bootstrap.ledger_view import LedgerView
from tickwright.bootstrap.trade_frame import trade_frame
from tickwright.domain.bars import Bars, Float64Array
from tickwright.domain.errors import DataMissing
from tickwright.domain.gaps import Gap
from tickwright.domain.run import RunResult


@dataclass(frozen=True, repr=False)
class Run:
    """One run of one strategy: `stats`, `trades`, `fills`, `orders`, `equity`, `ledger`, `digest`, `report()`.

    `manifest` says what was run on what; `bars` and `gaps` stand beside `result.instruments` and are empty when the
    candles are no longer stored. `folder` is where the run is kept, None for a run made in memory.
    """

    result: RunResult
    manifest: Mapping[str, Any]
    bars: Sequence[Bars]
    gaps: Sequence[Sequence[Gap]]
    folder: Path | None = None

    def __repr__(self) -> str:
        """One line: what was run on what, and what came of it."""
        what = f"{self.manifest['strategy']} on {', '.join(self.manifest['symbols'])} {self.manifest['timeframe']}"
        stats = self.stats
        return (
            f"<Run of {what}: {self.result.bars:,} bars, {stats.fills:,} fills, total return {stats.total_return:.2%}>"
        )

    @cached_property
    def benchmark_equity(self) -> Float64Array | None:
        """Equity of buying all symbols in equal parts at their first open, without costs; None without candles."""
        if not self.bars:
            return None
        initial = self.result.initial_cash / 10.0 ** self.result.asset_scales[self.result.cash_asset]
        return buy_and_hold(self.bars, self.result.equity_ts_ns, initial)

    @cached_property
    def stats(self) -> Statistics:
        """The run's performance measures."""
        return summarise(self.result, self.benchmark_equity)

    @cached_property
    def trades(self) -> pl.DataFrame:
        """Trades from flat to flat in order of entry; one that is still open is marked at the last price."""
        return trade_frame(trades(self.result), self.result)

    @property
    def fills(self) -> pl.DataFrame:
        """Every fill, with exact decimal amounts."""
        return self._frame("fills")

    @property
    def orders(self) -> pl.DataFrame:
        """Every order and how it ended."""
        return self._frame("orders")

    @property
    def equity(self) -> pl.DataFrame:
        """Equity, exposure and cash at every bar close, as floats."""
        return self._frame("equity").with_columns(pl.selectors.decimal().cast(pl.Float64))

    @property
    def ledger(self) -> pl.DataFrame:
        """Every movement of money as double entries, with exact decimal amounts; see `tickwright run ledger`."""
        return LedgerView.of(self.result).frame()

    @property
    def digest(self) -> str:
        """The fingerprint of the fills: equal for equal trading in every mode."""
        return self.result.digest

    @property
    def account_digest(self) -> str:
        """The fingerprint of funding, liquidations and transfers."""
        return self.result.account_digest

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the numbers should know: assumptions, missing data, shrunk orders."""
        return tuple(self.manifest.get("warnings", ())) + tuple(self.result.warnings)

    def report(self, path: Path | str | None = None) -> Path:
        """Write the HTML report and return its path: into the run's folder unless a path is given."""
        from tickwright.adapters.reports import write_report  # most runs are never reported, and it takes a while

        if not self.bars:
            raise DataMissing(
                "the candles of this run are no longer stored",
                where=str(self.folder or "run"),
                hint="Fetch or import them again, then make the report.",
            )
        target = Path(path) if path is not None else (self.folder or Path.cwd()) / "report.html"
        return write_report(
            target,
            result=self.result,
            statistics=self.stats,
            bars=tuple(self.bars),
            gaps=self.gaps,
            manifest=self.manifest,
            benchmark_equity=self.benchmark_equity,
        )

    def document(self) -> dict[str, Any]:
        """The run as one document: what was asked, the statistics, the digests."""
        manifest, stats = self.manifest, self.stats
        return {
            "run_id": manifest.get("run_id"),
            **{
                name: manifest.get(name)
                for name in ("strategy", "params", "mode", "symbols", "timeframe", "detail", "start", "end")
            },
            "bars": self.result.bars,
            **stats.document(),
            "digest": self.digest,
            "account_digest": self.account_digest,
            "ambiguous_trades": self.result.ambiguous_trades,
            "data": manifest.get("data"),
            "trials": manifest.get("trials"),
            "warnings": list(self.warnings),
            "folder": None if self.folder is None else str(self.folder),
        }

    def _frame(self, table: str) -> pl.DataFrame:
        frame = pl.from_arrow(to_tables(self.result)[table])
        assert isinstance(frame, pl.DataFrame)
        return frame
