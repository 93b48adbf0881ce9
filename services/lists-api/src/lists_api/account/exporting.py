"""Everything of a user in one file: a ZIP with a part of each service."""

import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import IO, Final

from chassis.export import scratch_file, write_export
from chassis.postgres.database import Pool
from lists_api.store.personal import TABLES

OTHERS: Final = {"trakt-sync": "/api/trakt/export", "notifier": "/api/notifications/export"}
"""Service → the address of its part."""
Parts = Callable[[str, str, str], AbstractAsyncContextManager[AsyncIterator[bytes]]]
"""Gives the body of the answer of a service (its name) to a GET of a path with an Authorization header.

Raises TransientError when the service is away.
"""


@dataclass(frozen=True, slots=True)
class Exporting:
    """Writes exports. Args: parts: reads those of the other services."""

    pool: Pool
    parts: Parts

    async def export(self, user_id: str, authorization: str) -> IO[bytes]:
        """Return a file with everything of a user, which the caller closes.

        Args:
            authorization: the user's, by which the other services know them.

        Raises:
            TransientError: another service is away. A file is whole, or there is none.
        """
        file = scratch_file()
        try:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                with archive.open("lists-api.json", "w", force_zip64=True) as part:
                    await write_export(self.pool, TABLES, user_id, part.write)
                for service, path in OTHERS.items():
                    async with self.parts(service, path, authorization) as chunks:
                        with archive.open(f"{service}.json", "w", force_zip64=True) as part:
                            async for chunk in chunks:
                                part.write(chunk)
        except BaseException:
            file.close()
            raise
        return file
