"""What can go wrong between us and Trakt, one class per cause. The adapter (`trakt/`) translates into these.

TraktError: every failure of a request to Trakt. Each is also of one of the two kinds:

chassis TransientError                a retry may help
├── TraktUnreachableError             no connection: the request was never sent
├── TraktUnavailableError             5xx, timeout or a garbled response: a write may have been carried out
├── RateLimitedError                  429
└── LeaseLostError *                  another worker (or a new login) has the account now, or may have it
chassis PermanentError                the same request fails again
├── TokenRefusedError                 401: the access token is expired or revoked; a refresh may help
├── GrantRefusedError                 the refresh token is dead: the user must connect again
├── AppRefusedError                   403 or invalid_client: Trakt refuses our application, whoever the user is
├── ListGoneError                     404 on a list
├── PrivateListError                  401 with X-Private-User: another user's private list or account
├── LimitReachedError                 420: the account may have no more lists, or no more items
├── RejectedError                     any other 4xx; the text is Trakt's own where it gave any
├── AccountLockedError                423: Trakt has locked the user's account
└── BadTokensError *                  `account import` got no token pair, or no key opens the stored one

* not TraktErrors
"""

from datetime import timedelta

from chassis.errors import PermanentError, TransientError


class TraktError(Exception):
    """A request to Trakt failed; `detail` says how, without secrets."""

    detail: str


class TraktUnreachableError(TraktError, TransientError):
    slug = "trakt-unreachable"


class TraktUnavailableError(TraktError, TransientError):
    slug = "trakt-unavailable"


class RateLimitedError(TraktError, TransientError):
    """Trakt refused the request for now.

    Args:
        retry_after: as Trakt said; None when it said nothing.
    """

    slug = "trakt-rate-limited"

    def __init__(self, detail: str, retry_after: timedelta | None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class LeaseLostError(TransientError):
    slug = "lease-lost"


class TokenRefusedError(TraktError, PermanentError):
    slug = "trakt-token-refused"


class GrantRefusedError(TraktError, PermanentError):
    slug = "trakt-grant-refused"


class AppRefusedError(TraktError, PermanentError):
    slug = "trakt-app-refused"


class ListGoneError(TraktError, PermanentError):
    slug = "trakt-list-gone"


class PrivateListError(TraktError, PermanentError):
    slug = "trakt-list-private"


class LimitReachedError(TraktError, PermanentError):
    slug = "trakt-limit-reached"


class AccountLockedError(TraktError, PermanentError):
    slug = "trakt-account-locked"


class RejectedError(TraktError, PermanentError):
    slug = "trakt-rejected"


class BadTokensError(PermanentError):
    slug = "bad-tokens"
