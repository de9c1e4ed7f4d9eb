"""A run's ledger for people and programs: one row per posting, one per account, and what does not add up.

Invariant: amounts are exact decimals; a row has a debit or a credit, never both.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from tickwright.analytics.ledger import Account, Event, Ledger, ledger
from tickwright.domain.money import amount
from tickwright.domain.run import RunResult
from tickwright.domain.timestamp import iso

_DIGITS = 38


@dataclass(frozen=True)
class LedgerView:
    """The ledger of one run: `balances`, `postings`, `problems`, and the equity it comes to."""

    ledger: Ledger

    @classmethod
    def of(cls, result: RunResult) -> LedgerView:
        """The ledger of a run."""
        return cls(ledger(result))

    @property
    def problems(self) -> list[str]:
        """What does not add up; empty where every entry balances and the account is what the entries say."""
        return self.ledger.problems()

    @property
    def equity(self) -> Decimal:
        """Cash with positions at the last prices."""
        return amount(self.ledger.equity, self._scale(self.ledger.result.cash_asset))

    def balances(self) -> list[dict[str, Any]]:
        """Debits, credits and balance of each account and asset."""
        assets = self.ledger.result.assets
        rows = []
        for (account, asset), (debits, credits) in self.ledger.balances.items():
            scale = self._scale(assets.index(asset))
            rows.append(
                {
                    "account": account.name.lower(),
                    "asset": asset,
                    "debits": amount(debits, scale),
                    "credits": amount(credits, scale),
                    "balance": amount(debits - credits, scale),
                }
            )
        return rows

    def last_entries(self, count: int) -> list[dict[str, Any]]:
        """The postings of the last entries."""
        first = self.ledger.entries - count
        return [self._posting(row) for row in self.ledger.postings[self.ledger.postings["entry"] >= first]]

    def frame(self) -> pl.DataFrame:
        """One row per posting: entry, time, event, instrument, order, account, asset, debit, credit."""
        rows = [self._posting(row) for row in self.ledger.postings]
        exact = pl.Decimal(_DIGITS, max(self.ledger.result.asset_scales))
        schema: dict[str, Any] = {
            "entry": pl.Int64, "ts": pl.String, "event": pl.String, "instrument": pl.String, "order": pl.Int64,
            "account": pl.String, "asset": pl.String, "debit": exact, "credit": exact,
        }  # fmt: skip
        made = pl.DataFrame(rows, schema=schema)
        times = pl.Series("ts", self.ledger.postings["ts_ns"].copy()).cast(pl.Datetime("ns", "UTC"))
        return made.with_columns(times)

    def _posting(self, row: Any) -> dict[str, Any]:
        result, place = self.ledger.result, int(row["instrument"])
        moved = amount(abs(int(row["amount"])), self._scale(int(row["asset"])))
        debit = int(row["amount"]) > 0
        return {
            "entry": int(row["entry"]),
            "ts": iso(int(row["ts_ns"])),
            "event": Event(int(row["event"])).name.lower(),
            "instrument": str(result.instruments[place]) if place >= 0 else None,
            "order": int(row["order_id"]) if row["order_id"] >= 0 else None,
            "account": Account(int(row["account"])).name.lower(),
            "asset": result.assets[int(row["asset"])],
            "debit": moved if debit else None,
            "credit": None if debit else moved,
        }

    def _scale(self, asset: int) -> int:
        return self.ledger.result.asset_scales[asset]
