"""What a kept run is listed by, searches with their symbols, and the run of a fill; indexes for open orders alone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_RUN_COLUMNS: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("name", sa.String(length=120)),
    ("params", sa.Text()),
    ("symbols", sa.Text()),
    ("timeframe", sa.String(length=8)),
    ("home", sa.Text()),
    ("finished_ns", sa.BigInteger()),
    ("total_return", sa.Double()),
    ("sharpe", sa.Double()),
    ("max_drawdown", sa.Double()),
    ("trades", sa.BigInteger()),
)
_ORDER_COLUMNS: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("stop_price", sa.String(length=40)),
    ("filled", sa.String(length=40)),
    ("ended_ns", sa.BigInteger()),
)


def upgrade() -> None:
    """Add them; every row that is there stays as it is."""
    op.create_table(
        "searches",
        sa.Column("search_id", sa.String(length=64), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("last_ns", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("strategy", sa.String(length=120), nullable=False),
        sa.Column("timeframe", sa.String(length=8), nullable=False),
        sa.Column("start_ns", sa.BigInteger(), nullable=False),
        sa.Column("end_ns", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("search_id", name=op.f("pk_searches")),
    )
    op.create_table(
        "search_symbols",
        sa.Column("symbol", sa.String(length=96), nullable=False),
        sa.Column("search_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"], ["searches.search_id"], name=op.f("fk_search_symbols_search_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("symbol", "search_id", name=op.f("pk_search_symbols")),
    )
    # Plain columns only: SQLite adds a constraint by making the table anew, which would empty those that refer to it.
    for name, kind in _RUN_COLUMNS:
        op.add_column("runs", sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("trials") as trials:  # nothing refers to it
        trials.add_column(sa.Column("search_id", sa.String(length=64), nullable=True))
        trials.add_column(sa.Column("fingerprint", sa.String(length=16), nullable=True))
        trials.create_foreign_key(
            op.f("fk_trials_search_id"), "searches", ["search_id"], ["search_id"], ondelete="CASCADE"
        )
    op.create_index(op.f("ix_trials_search_id_fingerprint"), "trials", ["search_id", "fingerprint"], unique=True)
    op.drop_index(op.f("ix_fills_ts_ns"), table_name="fills")
    with op.batch_alter_table("fills") as fills:
        fills.drop_constraint(op.f("fk_fills_client_id"), type_="foreignkey")
        fills.add_column(sa.Column("run_id", sa.String(length=80), nullable=True))
    op.create_index(op.f("ix_fills_run_id"), "fills", ["run_id"], unique=False)
    op.drop_index(op.f("ix_orders_exchange_account_symbol"), table_name="orders")
    op.drop_index(op.f("ix_orders_status"), table_name="orders")
    with op.batch_alter_table("orders") as orders:  # nothing refers to it any more
        for name, kind in _ORDER_COLUMNS:
            orders.add_column(sa.Column(name, kind, nullable=True))
        orders.alter_column("status", existing_type=sa.String(length=24), type_=sa.String(length=40))
    open_orders = sa.text("ended_ns is null")
    op.create_index(
        op.f("ix_orders_exchange_account_symbol"),
        "orders",
        ["exchange", "account", "symbol"],
        sqlite_where=open_orders,
        postgresql_where=open_orders,
    )


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_index(op.f("ix_orders_exchange_account_symbol"), table_name="orders")
    with op.batch_alter_table("orders") as orders:
        for name, _ in _ORDER_COLUMNS:
            orders.drop_column(name)
        orders.alter_column(
            "status",
            existing_type=sa.String(length=40),
            type_=sa.String(length=24),
            postgresql_using="substr(status, 1, 24)",
        )
    op.create_index(op.f("ix_orders_status"), "orders", ["status"])
    op.create_index(op.f("ix_orders_exchange_account_symbol"), "orders", ["exchange", "account", "symbol"])
    op.drop_index(op.f("ix_fills_run_id"), table_name="fills")
    with op.batch_alter_table("fills") as fills:
        fills.drop_column("run_id")
        fills.create_foreign_key(op.f("fk_fills_client_id"), "orders", ["client_id"], ["client_id"])
    op.create_index(op.f("ix_fills_ts_ns"), "fills", ["ts_ns"])
    op.drop_index(op.f("ix_trials_search_id_fingerprint"), table_name="trials")
    with op.batch_alter_table("trials") as trials:
        trials.drop_constraint(op.f("fk_trials_search_id"), type_="foreignkey")
        trials.drop_column("fingerprint")
        trials.drop_column("search_id")
    for name, _ in reversed(_RUN_COLUMNS):
        op.drop_column("runs", name)
    op.drop_table("search_symbols")
    op.drop_table("searches")
