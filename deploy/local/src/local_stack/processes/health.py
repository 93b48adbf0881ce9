"""Asking a health address."""

import asyncio
import contextlib
from datetime import timedelta
from urllib.parse import urlsplit

ANSWER_TIMEOUT = timedelta(seconds=3)
_HTTP_OK = b"200"


async def is_ready(url: str, within: timedelta = ANSWER_TIMEOUT) -> bool:
    """Return whether a GET is answered by 200.

    The supervisor asks all the time. A client library would add a pool of connections to it.
    """
    address = urlsplit(url)
    try:
        async with asyncio.timeout(within.total_seconds()):
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            try:
                writer.write(f"GET {address.path} HTTP/1.0\r\nHost: {address.netloc}\r\n\r\n".encode())
                return (await reader.readline()).split()[1:2] == [_HTTP_OK]
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError):
        return False
