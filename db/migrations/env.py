"""How Alembic runs a migration here: on the store's own connection, one transaction for each and its record."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,          # SQLite can; Alembic assumes it cannot because of the driver's old habits
    transaction_per_migration=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
