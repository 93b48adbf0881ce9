"""An identity provider's keys, from its JWKS page. However it behaves, a check of a token takes seconds at most."""

import http.client
import json
import time
import urllib.request
from datetime import timedelta
from typing import Any, Final
from urllib.error import URLError

import jwt

from chassis.errors import TransientError

WITHIN: Final = timedelta(seconds=5)
"""How long the page may take."""
ASKED_AGAIN: Final = timedelta(seconds=2)
"""After the provider did not answer. Requests in between are refused at once: they would wait one after the other."""
MAX_PAGE: Final = 1024 * 1024
"""Bytes. A key has 2,000 at most."""
_PIECE: Final = 65_536


class KeysAwayError(TransientError):
    """The keys cannot be read now."""

    def __init__(self) -> None:
        super().__init__("the identity provider's keys cannot be read at the moment")


class ProviderKeys(jwt.PyJWKClient):
    """The keys, known for `lifespan`. One that is not among them has them read again, every half a minute at most."""

    def __init__(self, url: str, lifespan: timedelta) -> None:
        super().__init__(url, timeout=WITHIN.total_seconds(), lifespan=lifespan.total_seconds())
        self._away_until = 0.0

    def fetch_data(self) -> Any:  # noqa: ANN401 - as PyJWT has it
        """Read the page. Its text is checked by PyJWT.

        Raises:
            KeysAwayError: it did not come, is too large or no JSON.
        """
        if time.monotonic() < self._away_until:
            raise KeysAwayError
        try:
            keys = json.loads(_page(self.uri))
        except (OSError, URLError, http.client.HTTPException, ValueError, RecursionError) as exc:
            self._away_until = time.monotonic() + ASKED_AGAIN.total_seconds()
            raise KeysAwayError from exc
        self._last_successful_fetch = time.monotonic()
        return keys


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        """Go nowhere else: the keys of another page would be trusted."""


def _page(url: str) -> bytes:
    end, content = time.monotonic() + WITHIN.total_seconds(), bytearray()
    opener = urllib.request.build_opener(_NoRedirects())
    with opener.open(url, timeout=WITHIN.total_seconds()) as response:
        while piece := response.read1(_PIECE):
            content += piece
            if len(content) > MAX_PAGE or time.monotonic() > end:
                raise ValueError("the page has no end")
    return bytes(content)
