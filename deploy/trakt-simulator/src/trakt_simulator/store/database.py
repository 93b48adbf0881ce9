"""The SQLite file: opened, checked and prepared."""

import sqlite3
from pathlib import Path

# Marks the file as a simulator's state.
_APPLICATION_ID = 0x7472616B
_FORMAT = 2
# Format 1 had no table for plays and ratings.
_READABLE = (1, _FORMAT)
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS accounts (slug text PRIMARY KEY, content blob NOT NULL)",
    "CREATE TABLE IF NOT EXISTS histories (slug text PRIMARY KEY, content blob NOT NULL)",
    "CREATE TABLE IF NOT EXISTS lists (trakt integer PRIMARY KEY, content blob NOT NULL, rows blob NOT NULL)",
    "CREATE TABLE IF NOT EXISTS grants (access_token text PRIMARY KEY, content blob NOT NULL)",
    "CREATE TABLE IF NOT EXISTS titles (position integer PRIMARY KEY, content blob NOT NULL)",
    "CREATE TABLE IF NOT EXISTS numbers (id integer PRIMARY KEY CHECK (id = 1), content blob NOT NULL)",
)
TABLES = ("accounts", "histories", "lists", "grants", "titles", "numbers")


class StateFileError(Exception):
    """The state file cannot be read or written; the text says why."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open or make the state file, for this process alone.

    Raises:
        StateFileError: no such folder, not writable, in use by another simulator, or not a state file.
    """
    try:
        database = sqlite3.connect(path, isolation_level=None, timeout=1)
    except sqlite3.Error as error:
        raise StateFileError(f"{path}: {error}") from error
    try:
        _prepare(database)
    except sqlite3.Error as error:
        database.close()
        is_in_use = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
        raise StateFileError(f"{path}: {'in use by another simulator' if is_in_use else error}") from error
    return database


def _prepare(database: sqlite3.Connection) -> None:
    execute = database.execute
    execute("PRAGMA locking_mode = EXCLUSIVE")
    # Safe when the process ends at any moment. Only a power failure can lose the last changes.
    execute("PRAGMA journal_mode = WAL")
    execute("PRAGMA synchronous = OFF")
    (application_id,) = execute("PRAGMA application_id").fetchone()
    (tables,) = execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application_id != _APPLICATION_ID:
        raise sqlite3.DatabaseError("a database of something else")
    (file_format,) = execute("PRAGMA user_version").fetchone()
    if tables and file_format not in _READABLE:
        raise sqlite3.DatabaseError(f"format {file_format} of the state, and this simulator knows format {_FORMAT}")
    execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    execute(f"PRAGMA user_version = {_FORMAT}")
    for statement in _SCHEMA:
        execute(statement)
