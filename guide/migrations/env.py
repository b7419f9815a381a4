"""Run by Alembic for each migration command, with the connection that `guide.migrations` hands over."""

from alembic import context

from guide.model import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
