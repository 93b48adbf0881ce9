"""A login at Trakt that is under way, and what an answer of Trakt means for it. Pure."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal
from urllib.parse import urlencode
from uuid import UUID

from pydantic import SecretStr

from trakt_sync.errors import AppRefusedError, RateLimitedError, TraktError
from trakt_sync.trakt.device_code import PollAnswer

LoginState = Literal["pending", "connected", "denied", "expired", "failed"]
FailureCause = Literal["code_used", "code_unknown", "app_refused"]

SLOWER_BY: Final = timedelta(seconds=5)
"""After `polling too fast`, for the rest of the login (RFC 8628, 3.5)."""
REUSED_UNTIL: Final = timedelta(minutes=1)
"""A login that ends sooner is no help to who begins one now."""
STATE_FOR: Final = timedelta(minutes=10)
"""How long a user may take at Trakt's page of a login by address."""
KEPT_FOR: Final = timedelta(days=1)
"""How long it can be read what became of a login."""


@dataclass(frozen=True, slots=True)
class DeviceLogin:
    """A login by device code, as its user sees it.

    Args:
        poll_every: Trakt is polled no sooner.
        reason: why it failed.
    """

    user_code: str
    verification_url: str
    state: LoginState
    reason: FailureCause | None
    poll_every: timedelta
    expires_at: datetime

    def at(self, now: datetime) -> LoginState:
        """Return the state. A login whose time is over has expired, though nobody may have noted it yet."""
        return "expired" if self.state == "pending" and now >= self.expires_at else self.state


@dataclass(frozen=True, slots=True)
class DuePoll:
    """A login whose poll is due, taken up by this process until `taken_until`."""

    user_id: str
    login_id: UUID
    device_code: SecretStr
    poll_every: timedelta
    expires_at: datetime
    taken_until: datetime


@dataclass(frozen=True, slots=True)
class AfterPoll:
    """How a login stands after a poll that brought no tokens. Args: poll_at: None: it has ended."""

    state: LoginState
    reason: FailureCause | None
    poll_every: timedelta
    poll_at: datetime | None


def after_poll(poll: DuePoll, answer: PollAnswer | TraktError, now: datetime) -> AfterPoll:
    """Return how the login stands. Only what Trakt says of this login, or of our application, ends it."""
    every, wait = poll.poll_every, timedelta(0)
    match answer:
        case "denied" | "expired":
            return AfterPoll(answer, None, every, None)
        case "used":  # an answer with tokens was lost
            return AfterPoll("failed", "code_used", every, None)
        case "unknown":
            return AfterPoll("failed", "code_unknown", every, None)
        case AppRefusedError():
            return AfterPoll("failed", "app_refused", every, None)
        case RateLimitedError():
            every += SLOWER_BY
            wait = answer.retry_after or wait
    poll_at = now + max(every, wait)
    if now >= poll.expires_at:
        return AfterPoll("expired", None, every, None)
    return AfterPoll("pending", None, every, poll_at)


@dataclass(frozen=True, slots=True)
class AuthorizationLogin:
    """A login by address whose state has just been used."""

    user_id: str
    verifier: SecretStr
    redirect_uri: str


StateProblem = Literal["unknown", "used", "expired"]
"""What is wrong with a state that a browser brings."""


def hash_of(state: str) -> bytes:
    """Return what is kept of a state."""
    return sha256(state.encode(errors="surrogatepass")).digest()


def challenge_of(verifier: SecretStr) -> str:
    """Return the challenge of a verifier: S256 (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.get_secret_value().encode()).digest()).rstrip(b"=").decode()


def authorize_address(page: str, *, client_id: str, redirect_uri: str, state: str, verifier: SecretStr) -> str:
    """Return where a user goes to log in. Args: page: the address of Trakt's page."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return f"{page}?{urlencode(query)}"
