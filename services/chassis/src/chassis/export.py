"""Everything that a service has of a user, as JSON: each table's rows as they are, without secrets."""

import json
import tempfile
from collections.abc import Callable, Sequence
from typing import IO, Final

from chassis.personal import PersonalTable
from chassis.postgres.database import Pool

IN_MEMORY: Final = 1024 * 1024
"""Bytes of a file that is kept in memory; a larger one lies on the disk, under no name."""
CHUNK: Final = 64 * 1024
PREFETCHED: Final = 20
"""Rows that are read at a time. One of 10,000 items is about 1 MB."""


def scratch_file() -> IO[bytes]:
    """Return a file that is gone when it is closed."""
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)


async def write_export(
    pool: Pool, tables: Sequence[PersonalTable], user_id: str, write: Callable[[bytes], object]
) -> int:
    """Write `{"table": [{"column": value, …}, …], …}`, as it was at one moment; return how many rows it has.

    Memory does not grow with it.
    """
    rows = 0
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        begin = b"{"
        for table in tables:
            if not table.is_exported:
                continue
            write(begin + json.dumps(table.name).encode() + b":[")
            begin, between = b",\n", b"\n"
            async for row in connection.cursor(table.select, user_id, prefetch=PREFETCHED):
                write(between + row["row"].encode())
                between = b",\n"
                rows += 1
            write(b"]")
        write(b"}\n" if begin != b"{" else b"{}\n")
    return rows
