"""Alembic's entry: runs the steps on the connection that `database` hands over, in one transaction."""

from __future__ import annotations

from alembic import context

from tickwright.adapters.storage.database.models import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
