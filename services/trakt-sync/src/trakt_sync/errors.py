"""What can go wrong between us and Trakt, one class per cause. The adapter (`trakt/`) translates into these.

TraktError: every failure of a request to Trakt. Each is also of one of the two kinds:

chassis TransientError                a retry may help
├── TraktUnreachableError             no connection: the request was never sent
├── TraktUnavailableError             5xx, timeout or a garbled response: a write may have been carried out
├── RateLimitedError                  429
├── RenewalRefusedError               the token endpoint refuses, and not in words that end the connection
└── LeaseLostError *                  another worker (or a new login) has the account now, or may have it
chassis PermanentError                the same request fails again
├── TokenRefusedError                 401: the access token is expired or revoked; a refresh may help
├── GrantRefusedError                 invalid_grant: the refresh token is dead, or another worker has used it
├── AppRefusedError                   403 of the API, or invalid_client: our application is refused, whoever the user is
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
    """A request to Trakt failed.

    Args:
        detail: how, without secrets.
        retry_after: the account asks nothing more before that, as Trakt said; None: it said nothing.
    """

    detail: str

    def __init__(self, detail: str, retry_after: timedelta | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TraktUnreachableError(TraktError, TransientError):
    slug = "trakt-unreachable"


class TraktUnavailableError(TraktError, TransientError):
    """Nobody knows what Trakt did. Args: is_server_error: it answered 500, which one odd title can make it do."""

    slug = "trakt-unavailable"

    def __init__(self, detail: str, retry_after: timedelta | None = None, *, is_server_error: bool = False) -> None:
        super().__init__(detail, retry_after)
        self.is_server_error = is_server_error


class RateLimitedError(TraktError, TransientError):
    slug = "trakt-rate-limited"


class RenewalRefusedError(TraktError, TransientError):
    slug = "trakt-renewal-refused"


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
