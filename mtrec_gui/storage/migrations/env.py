"""Alembic's entry: run the migrations on the connection that ``upgrade.py`` hands over."""

from alembic import context

from mtrec_gui.storage.rows import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()
