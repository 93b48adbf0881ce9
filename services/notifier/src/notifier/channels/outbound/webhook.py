"""One POST. Redirects are not followed, and nothing of the answer is read but its head."""

import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import time
from urllib.parse import urlsplit

from notifier.channels.outbound.answers import Answer

TIMEOUT_S = 15.0


def post(url: str, headers: Mapping[str, str], body: str) -> Answer:
    """Return what the receiver answers."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = (
        HTTPSConnection(host, parts.port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        if parts.scheme == "https"
        else HTTPConnection(host, parts.port, timeout=TIMEOUT_S)
    )
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.request("POST", target, body.encode(), dict(headers))
        response = connection.getresponse()
        return answered(response.status, response.getheader("Retry-After"))
    except TimeoutError:
        return Answer("timeout")
    except (OSError, HTTPException):
        return Answer("unreachable")
    finally:
        connection.close()


def answered(status: int, retry_after: str | None) -> Answer:
    """Return what an HTTP answer means."""
    if 200 <= status < 300:  # noqa: PLR2004 - the statuses of success
        return Answer(None, status)
    if 300 <= status < 400:  # noqa: PLR2004 - redirects
        return Answer("redirected", status)
    return Answer("answered", status, _seconds(retry_after))


def _seconds(retry_after: str | None) -> float | None:
    """Return what the header asks for (RFC 9110 10.2.3); None: nothing that can be read."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time())
    except (ValueError, OverflowError):
        return None
