"""A Trakt whose every response and failure the circuit breaker counts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog

from chassis.clock import Clock
from trakt_sync.errors import AppRefusedError, TraktError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.trakt.api import Trakt
from trakt_sync.trakt.breaker import Breaker

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WatchedTrakt:
    """Wraps each method of another Trakt; the breaker counts by the kind of error.

    Any error but an outage is a response and closes the breaker. A 403 is neither: only a second account tells whether
    our application is refused (see `reconciler/recover.py`). Nor is a renewal of tokens that works: that the OAuth host
    answers says nothing of the API.

    Args:
        user_id: whose account the requests are for.
    """

    trakt: Trakt
    breaker: Breaker
    user_id: str
    now: Clock

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        async def watched(*arguments: object) -> object:
            try:
                response = await getattr(self.trakt, method)(*arguments)
            except (TraktUnreachableError, TraktUnavailableError) as exc:
                if self.breaker.failed(self.now(), self.user_id, exc.retry_after):
                    log.warning("breaker_opened", cause="network", error=exc.detail)
                raise
            except TraktError as exc:
                if method != "refresh" and not isinstance(exc, AppRefusedError):
                    self._answered()
                raise
            if method != "refresh":
                self._answered()
            return response

        return watched

    def _answered(self) -> None:
        if self.breaker.succeeded(self.now()):
            log.info("breaker_closed")
