"""Bringing a store up to date: which migrations are missing, each in one transaction with the record that it ran."""

import threading
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from db.faults import StoreFault, from_sqlite

_ALEMBIC = threading.Lock()
"""Alembic keeps the running migration in a global: one thread of a program at a time."""

MIGRATIONS = Path(__file__).parent / "migrations"


def newest() -> str:
    """The revision this program brings a store to."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def bring_up_to_date(engine: Engine, copy_first: Callable[[str], None] | None, scripts: Path = MIGRATIONS) -> None:
    """Run the missing migrations of `scripts`, oldest first.

    `copy_first(revision)` is called before each of them, None when there is nothing yet worth a copy.
    Raises StoreFault: `store.migration` when one failed (what it did is rolled back), `store.newer` when a later
    version of the program has written the file.
    """
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    directory = ScriptDirectory.from_config(config)
    with _ALEMBIC, engine.connect() as connection:
        config.attributes["connection"] = connection
        current = _current(connection)
        while (revision := _next(directory, current)) is not None:
            if copy_first is not None:
                copy_first(revision)
            try:
                command.upgrade(config, revision)
            except DBAPIError as error:
                connection.rollback()
                if _current(connection) == current:
                    raise from_sqlite(error) or StoreFault("store.migration", revision) from error
                # else: another program that started at the same moment has just done it
            current = _current(connection)


def must_be_current(engine: Engine) -> None:
    """Raise StoreFault: `store.newer`, or `store.older` when migrations are missing and cannot run now."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _ALEMBIC, engine.connect() as connection:
        current = _current(connection)
        if _next(ScriptDirectory.from_config(config), current) is not None:
            raise StoreFault("store.older", current or "")


def _current(connection: Connection) -> str | None:
    try:
        return MigrationContext.configure(connection).get_current_revision()
    finally:
        connection.rollback()


def _next(directory: ScriptDirectory, current: str | None) -> str | None:
    try:
        newer = [script.revision for script in directory.iterate_revisions("head", current or "base")]
    except RevisionError as error:
        raise StoreFault("store.newer", current or "") from error
    return next((revision for revision in reversed(newer) if revision != current), None)
