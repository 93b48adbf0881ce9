"""Logins over HTTP."""

from datetime import datetime
from typing import Any, Final, Self

from chassis.http.examples import examples
from trakt_sync.accounts.login import DeviceLogin, FailureCause, LoginState
from watchbuddy_contracts.documented import Documented

WORDS: Final[dict[LoginState, str]] = {
    "pending": "Open the address and enter the code there.",
    "connected": "Your Trakt account is connected.",
    "denied": "You did not let WatchBuddy in at Trakt. Begin again if that was a mistake.",
    "expired": "The code was not entered in time. Begin again.",
    "failed": "The login failed. Begin again.",
}
CAUSES: Final[dict[FailureCause, str]] = {
    "code_used": "The code was used already, and Trakt's answer to it was lost. Begin again.",
    "code_unknown": "Trakt does not know the code any more. Begin again.",
    "app_refused": "Trakt refuses WatchBuddy itself. Only its operator can help.",
}
_PENDING: Final[dict[str, Any]] = {
    "state": "pending",
    "reason": None,
    "detail": WORDS["pending"],
    "user_code": "5055CC52",
    "verification_url": "https://trakt.tv/activate",
    "expires_at": "2026-11-20T18:14:05Z",
    "interval": 5,
}


class DeviceLoginOut(Documented):
    """A login by device code."""

    model_config = examples(
        _PENDING,
        {**_PENDING, "state": "connected", "detail": WORDS["connected"]},
        {**_PENDING, "state": "failed", "reason": "code_used", "detail": CAUSES["code_used"]},
    )

    state: LoginState
    reason: FailureCause | None
    """Why it failed."""
    detail: str
    """The same for people: what is to be done."""
    user_code: str
    """What the user enters at `verification_url`."""
    verification_url: str
    expires_at: datetime
    """In UTC. The code must have been entered by then."""
    interval: float
    """Seconds. Reading the login more often than this shows nothing new."""

    @classmethod
    def of(cls, login: DeviceLogin, now: datetime) -> Self:
        state = login.at(now)
        return cls(
            state=state,
            reason=login.reason,
            detail=WORDS[state] if login.reason is None else CAUSES[login.reason],
            user_code=login.user_code,
            verification_url=login.verification_url,
            expires_at=login.expires_at,
            interval=login.poll_every.total_seconds(),
        )


class AddressOut(Documented):
    """Where the user logs in."""

    model_config = examples(
        {
            "authorize_url": "https://auth.trakt.tv/oauth/authorize?response_type=code&client_id=9b36d8c0"
            "&redirect_uri=https%3A%2F%2Fwatchbuddy.example%2Fapi%2Ftrakt%2Fcallback&state=2vXb1Nf4"
            "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        }
    )

    authorize_url: str
