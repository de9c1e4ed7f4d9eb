"""The first tables: runs, manifests, trials, jobs, instruments with their rules, orders, fills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "instruments",
        sa.Column("exchange", sa.String(length=40), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("contract_size", sa.String(length=40), nullable=False),
        sa.Column("maker_fee", sa.String(length=40), nullable=True),
        sa.Column("taker_fee", sa.String(length=40), nullable=True),
        sa.Column("listed_ns", sa.BigInteger(), nullable=True),
        sa.Column("delisted_ns", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("exchange", "symbol", name=op.f("pk_instruments")),
    )
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("started_ns", sa.BigInteger(), nullable=True),
        sa.Column("finished_ns", sa.BigInteger(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_status"), "jobs", ["status"], unique=False)
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(length=80), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("strategy", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("folder", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("account_digest", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_created_ns"), "runs", ["created_ns"], unique=False)
    op.create_index(op.f("ix_runs_strategy"), "runs", ["strategy"], unique=False)
    op.create_table(
        "instrument_rules",
        sa.Column("exchange", sa.String(length=40), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("valid_from_ns", sa.BigInteger(), nullable=False),
        sa.Column("tick", sa.String(length=40), nullable=False),
        sa.Column("lot", sa.String(length=40), nullable=False),
        sa.Column("min_notional", sa.String(length=40), nullable=False),
        sa.Column("min_quantity", sa.String(length=40), nullable=False),
        sa.Column("max_quantity", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["exchange", "symbol"],
            ["instruments.exchange", "instruments.symbol"],
            name=op.f("fk_instrument_rules_exchange_symbol"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("exchange", "symbol", "valid_from_ns", name=op.f("pk_instrument_rules")),
    )
    op.create_table(
        "manifests",
        sa.Column("run_id", sa.String(length=80), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_manifests_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_manifests")),
    )
    op.create_table(
        "orders",
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=80), nullable=True),
        sa.Column("exchange", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("type", sa.String(length=24), nullable=False),
        sa.Column("quantity", sa.String(length=40), nullable=False),
        sa.Column("price", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.String(length=80), nullable=True),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_orders_run_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_orders")),
    )
    op.create_index(
        op.f("ix_orders_exchange_account_symbol"), "orders", ["exchange", "account", "symbol"], unique=False
    )
    op.create_index(op.f("ix_orders_run_id"), "orders", ["run_id"], unique=False)
    op.create_index(op.f("ix_orders_status"), "orders", ["status"], unique=False)
    op.create_table(
        "trials",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.String(length=80), nullable=True),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("strategy", sa.String(length=120), nullable=False),
        sa.Column("data_hash", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("metrics", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_trials_run_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
    )
    op.create_index(op.f("ix_trials_data_hash_strategy"), "trials", ["data_hash", "strategy"], unique=False)
    op.create_index(op.f("ix_trials_run_id"), "trials", ["run_id"], unique=False)
    op.create_table(
        "fills",
        sa.Column("exchange", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("trade_id", sa.String(length=80), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=True),
        sa.Column("ts_ns", sa.BigInteger(), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("price", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.String(length=40), nullable=False),
        sa.Column("fee", sa.String(length=40), nullable=False),
        sa.Column("fee_asset", sa.String(length=20), nullable=False),
        sa.Column("liquidity", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["orders.client_id"], name=op.f("fk_fills_client_id")),
        sa.PrimaryKeyConstraint("exchange", "account", "trade_id", name=op.f("pk_fills")),
    )
    op.create_index(op.f("ix_fills_client_id"), "fills", ["client_id"], unique=False)
    op.create_index(op.f("ix_fills_ts_ns"), "fills", ["ts_ns"], unique=False)


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_index(op.f("ix_fills_ts_ns"), table_name="fills")
    op.drop_index(op.f("ix_fills_client_id"), table_name="fills")
    op.drop_table("fills")
    op.drop_index(op.f("ix_trials_run_id"), table_name="trials")
    op.drop_index(op.f("ix_trials_data_hash_strategy"), table_name="trials")
    op.drop_table("trials")
    op.drop_index(op.f("ix_orders_status"), table_name="orders")
    op.drop_index(op.f("ix_orders_run_id"), table_name="orders")
    op.drop_index(op.f("ix_orders_exchange_account_symbol"), table_name="orders")
    op.drop_table("orders")
    op.drop_table("manifests")
    op.drop_table("instrument_rules")
    op.drop_index(op.f("ix_runs_strategy"), table_name="runs")
    op.drop_index(op.f("ix_runs_created_ns"), table_name="runs")
    op.drop_table("runs")
    op.drop_index(op.f("ix_jobs_status"), table_name="jobs")
    op.drop_table("jobs")
    op.drop_table("instruments")
