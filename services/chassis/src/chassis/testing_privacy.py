"""For tests: docs/privacy.md beside a service's schema, and beside what it exports and erases."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from chassis.personal import PersonalTable
from chassis.postgres.database import Pool

PAGE: Final = Path(__file__).parents[4] / "docs/privacy.md"
_SECRET: Final = re.compile("token|secret|hash|sealed|verifier|code$")
_NAME: Final = re.compile(r"`([a-z_0-9.-]+)`")
COLUMNS: Final = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"


def section(name: str) -> str:
    """Return the part of the page under a heading."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(f"\n## {name}\n")
    return rest.partition("\n## ")[0]


def first_cells(text: str) -> set[str]:
    """Return what the first cells of a table's rows name."""
    return {name for line in text.splitlines() if line.startswith("| `") for name in _NAME.findall(line.split("|")[1])}


async def assert_described(pool: Pool, service: str, tables: Sequence[PersonalTable], *, passing: set[str]) -> None:
    """Fail unless the page says of every table what it has of a user, and these tables are what is said to have some.

    Args:
        passing: tables with personal data that leaves them by itself.
    """
    columns: dict[str, set[str]] = {}
    for row in await pool.fetch(COLUMNS):
        columns.setdefault(row["table_name"], set()).add(row["column_name"])
    text = section(service)
    personal = first_cells(text)
    others = {name for name in _NAME.findall(text.partition("No personal data:")[2]) if name in columns}
    assert personal | others == columns.keys()
    assert not personal & others
    assert personal - passing == {table.name for table in tables}
    assert {name for name, has in columns.items() if "user_id" in has} <= personal
    for table in tables:
        assert columns[table.name] >= set(table.secrets)
        secret = {one for one in columns[table.name] if _SECRET.search(one)}
        if table.is_exported:
            assert secret - NOT_SECRET <= set(table.secrets), f"{table.name} would export a secret"
        async with pool.acquire() as connection:
            await connection.prepare(table.select)
            await connection.prepare(table.delete)


NOT_SECRET: Final = frozenset({"old_secret_until", "token_expires_at"})
"""Columns whose names sound like secrets."""
