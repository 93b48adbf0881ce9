"""What can go wrong between us and Trakt, one class per cause. The adapter (`trakt/`) translates into these.

TraktError: every failure of a call to Trakt. Each is also of one of the two kinds:

chassis TransientError                a retry may help
├── TraktUnreachableError             no connection: the request was never sent
├── TraktUnavailableError             5xx, timeout or a garbled response: a write may have been carried out
├── RateLimitedError                  429
└── LeaseLostError *                  another worker (or a new login) has the account now, or may have it
chassis PermanentError                the same call fails again
├── TokenRefusedError                 401
├── GrantRefusedError                 the refresh token is dead: the user must connect again
├── AppRefusedError                   403 or invalid_client: our client id is blocked or gone
├── ListGoneError                     404 on a list
├── LimitReachedError                 420
├── RejectedError                     any other 4xx
├── AccountLockedError                423
└── BadTokensError *                  the JSON given to `account import` is no token pair, or the stored pair is locked

* not TraktErrors
"""

from datetime import timedelta

from chassis.errors import PermanentError, TransientError


class TraktError(Exception):
    """A call to Trakt failed; `detail` says how, without secrets."""

    detail: str


class TraktUnreachableError(TraktError, TransientError):
    """Trakt could not be connected to: nothing was sent."""

    slug = "trakt-unreachable"


class TraktUnavailableError(TraktError, TransientError):
    """Trakt failed after the request had been sent: what a write did is unknown."""

    slug = "trakt-unavailable"


class RateLimitedError(TraktError, TransientError):
    """Trakt refused the call for now.

    Args:
        retry_after: as Trakt said; None when it said nothing.
    """

    slug = "trakt-rate-limited"

    def __init__(self, detail: str, retry_after: timedelta | None) -> None:
        """Keep Trakt's own waiting time."""
        super().__init__(detail)
        self.retry_after = retry_after


class LeaseLostError(TransientError):
    """The account's lease is, or may be, another's: nothing may be sent or recorded."""

    slug = "lease-lost"


class TokenRefusedError(TraktError, PermanentError):
    """The access token is expired or revoked; a refresh may help."""

    slug = "trakt-token-refused"


class GrantRefusedError(TraktError, PermanentError):
    """The refresh token is dead."""

    slug = "trakt-grant-refused"


class AppRefusedError(TraktError, PermanentError):
    """Trakt refuses our application, whoever the user is."""

    slug = "trakt-app-refused"


class ListGoneError(TraktError, PermanentError):
    """Trakt has no list under this id."""

    slug = "trakt-list-gone"


class LimitReachedError(TraktError, PermanentError):
    """The account may have no more lists, or no more items."""

    slug = "trakt-limit-reached"


class AccountLockedError(TraktError, PermanentError):
    """Trakt has locked the user's account."""

    slug = "trakt-account-locked"


class RejectedError(TraktError, PermanentError):
    """Trakt will not do this; the text is Trakt's own where it gave any."""

    slug = "trakt-rejected"


class BadTokensError(PermanentError):
    """What was given is no token pair."""

    slug = "bad-tokens"
