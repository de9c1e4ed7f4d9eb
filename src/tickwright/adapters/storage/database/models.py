"""The tables of the relational store.

Invariants: instants are int64 nanoseconds UTC; amounts and prices are decimal text, never floats (statistics are
floats); a fill is keyed by venue, account and trade id, so that it is booked once whatever its source; the account of
simulated orders and fills is the id of their run; documents are JSON text. A change here needs a migration: a test
compares both.
"""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

REVISION = "0002"
"""The newest migration: the one these tables are."""

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_OPEN = text("ended_ns is null")
_COUNTER = BigInteger().with_variant(Integer, "sqlite")
"""A counting key; SQLite counts by itself only in plain INTEGER columns."""


class Table(DeclarativeBase):
    """What every table shares: names of constraints that do not depend on the server, and the wide types."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar = {int: BigInteger, str: Text, float: Double}


class Run(Table):
    """One run: what was run, how it ended, the fingerprints of its result and its headline statistics.

    `status` is `writing`, `finished`, `interrupted` or `removing`; `home` the directory of the runs it was kept in.
    """

    __tablename__ = "runs"

    run_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    created_ns: Mapped[int] = mapped_column(index=True)
    mode: Mapped[str] = mapped_column(String(20))
    strategy: Mapped[str] = mapped_column(String(120), index=True)
    status: Mapped[str] = mapped_column(String(20))
    folder: Mapped[str | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    account_digest: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str | None] = mapped_column(String(120))
    params: Mapped[str | None]
    symbols: Mapped[str | None]
    timeframe: Mapped[str | None] = mapped_column(String(8))
    home: Mapped[str | None]
    finished_ns: Mapped[int | None]
    total_return: Mapped[float | None]
    sharpe: Mapped[float | None]
    max_drawdown: Mapped[float | None]
    trades: Mapped[int | None]


class RunManifest(Table):
    """The manifest of a run, whole, as JSON text."""

    __tablename__ = "manifests"

    run_id: Mapped[str] = mapped_column(String(80), ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[str]


class Search(Table):
    """One backtest or sweep over a range of data; the same one made again is the same row, made once more."""

    __tablename__ = "searches"

    search_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_ns: Mapped[int]
    last_ns: Mapped[int]
    times: Mapped[int]
    strategy: Mapped[str] = mapped_column(String(120))
    timeframe: Mapped[str] = mapped_column(String(8))
    start_ns: Mapped[int]
    end_ns: Mapped[int]
    document: Mapped[str]


class SearchSymbol(Table):
    """A symbol that a search looked at."""

    __tablename__ = "search_symbols"

    symbol: Mapped[str] = mapped_column(String(96), primary_key=True)
    search_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("searches.search_id", ondelete="CASCADE"), primary_key=True
    )


class Trial(Table):
    """One parameter set that was tried on a range of data; trials outlive their run, so that searches stay counted.

    `fingerprint` is the same for the same parameters of a strategy on a timeframe, whatever the range.
    """

    __tablename__ = "trials"
    __table_args__ = (Index(None, "data_hash", "strategy"), Index(None, "search_id", "fingerprint", unique=True))

    id: Mapped[int] = mapped_column(_COUNTER, primary_key=True)
    run_id: Mapped[str | None] = mapped_column(String(80), ForeignKey("runs.run_id", ondelete="SET NULL"), index=True)
    created_ns: Mapped[int]
    strategy: Mapped[str] = mapped_column(String(120))
    data_hash: Mapped[str] = mapped_column(String(64))
    parameters: Mapped[str]
    metrics: Mapped[str]
    search_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("searches.search_id", ondelete="CASCADE"))
    fingerprint: Mapped[str | None] = mapped_column(String(16))


class Job(Table):
    """A piece of work that outlives the process that asked for it."""

    __tablename__ = "jobs"

    job_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20), index=True)
    attempts: Mapped[int]
    created_ns: Mapped[int]
    started_ns: Mapped[int | None]
    finished_ns: Mapped[int | None]
    payload: Mapped[str]
    error: Mapped[str | None]


class InstrumentRow(Table):
    """An instrument of an exchange and what is known of its listing."""

    __tablename__ = "instruments"

    exchange: Mapped[str] = mapped_column(String(40), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    contract_size: Mapped[str] = mapped_column(String(40))
    maker_fee: Mapped[str | None] = mapped_column(String(40))
    taker_fee: Mapped[str | None] = mapped_column(String(40))
    listed_ns: Mapped[int | None]
    delisted_ns: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(40))


class InstrumentRule(Table):
    """A dated trading rule of an instrument: it holds until the next one starts."""

    __tablename__ = "instrument_rules"
    __table_args__ = (
        ForeignKeyConstraint(
            ["exchange", "symbol"], ["instruments.exchange", "instruments.symbol"], ondelete="CASCADE"
        ),
    )

    exchange: Mapped[str] = mapped_column(String(40), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(64), primary_key=True)
    valid_from_ns: Mapped[int] = mapped_column(primary_key=True)
    tick: Mapped[str] = mapped_column(String(40))
    lot: Mapped[str] = mapped_column(String(40))
    min_notional: Mapped[str] = mapped_column(String(40))
    min_quantity: Mapped[str] = mapped_column(String(40))
    max_quantity: Mapped[str | None] = mapped_column(String(40))


class OrderRow(Table):
    """An order by its client id, which is never used again; one that has not ended is found by its account."""

    __tablename__ = "orders"
    __table_args__ = (Index(None, "exchange", "account", "symbol", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    client_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    run_id: Mapped[str | None] = mapped_column(String(80), ForeignKey("runs.run_id", ondelete="SET NULL"), index=True)
    exchange: Mapped[str] = mapped_column(String(40))
    account: Mapped[str] = mapped_column(String(80))
    symbol: Mapped[str] = mapped_column(String(64))
    side: Mapped[str] = mapped_column(String(4))
    type: Mapped[str] = mapped_column(String(24))
    quantity: Mapped[str] = mapped_column(String(40))
    price: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(40))
    created_ns: Mapped[int]
    venue_id: Mapped[str | None] = mapped_column(String(80))
    tag: Mapped[str]
    reason: Mapped[str] = mapped_column(String(24))
    stop_price: Mapped[str | None] = mapped_column(String(40))
    filled: Mapped[str | None] = mapped_column(String(40))
    ended_ns: Mapped[int | None]


class FillRow(Table):
    """A fill; the same one from two sources is one row. It may be known before its order is, and stands alone."""

    __tablename__ = "fills"

    exchange: Mapped[str] = mapped_column(String(40), primary_key=True)
    account: Mapped[str] = mapped_column(String(80), primary_key=True)
    trade_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    client_id: Mapped[str | None] = mapped_column(String(32), index=True)
    ts_ns: Mapped[int]
    symbol: Mapped[str] = mapped_column(String(64))
    side: Mapped[str] = mapped_column(String(4))
    price: Mapped[str] = mapped_column(String(40))
    quantity: Mapped[str] = mapped_column(String(40))
    fee: Mapped[str] = mapped_column(String(40))
    fee_asset: Mapped[str] = mapped_column(String(20))
    liquidity: Mapped[str] = mapped_column(String(8))
    run_id: Mapped[str | None] = mapped_column(String(80), index=True)
