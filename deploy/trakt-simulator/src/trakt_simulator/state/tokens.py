"""Access and refresh tokens."""

import secrets
from dataclasses import dataclass, field
from heapq import heappop, heappush

from trakt_simulator.state.account import Account


@dataclass(slots=True)
class App:
    """A registered API app. Redirect URIs must match exactly."""

    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]


@dataclass(slots=True)
class Grant:
    """A token pair. The access token is valid until `expires_ms`, the refresh token until it is used or revoked."""

    account: Account
    client_id: str
    access_token: str
    refresh_token: str
    created_ms: int
    lifetime_s: int

    @property
    def expires_ms(self) -> int:
        return self.created_ms + self.lifetime_s * 1000

    def as_json(self) -> dict[str, object]:
        return {
            "access_token": self.access_token,
            "token_type": "bearer",
            "expires_in": self.lifetime_s,
            "refresh_token": self.refresh_token,
            "scope": "public",
            "created_at": self.created_ms // 1000,
        }


def new_token() -> str:
    """Return an opaque token of 64 hex digits."""
    return secrets.token_hex(32)


@dataclass(slots=True)
class Tokens:
    """All valid tokens."""

    _by_access: dict[str, Grant] = field(default_factory=dict)
    _by_refresh: dict[str, Grant] = field(default_factory=dict)
    _rotated: list[tuple[int, str, Grant]] = field(default_factory=list)
    """A heap of grants whose refresh token was used: (expires_ms, access token, grant)."""
    changed: dict[str, Grant] = field(default_factory=dict)
    """Grants, by access token, that the state file does not hold as they are now."""

    def issue(self, account: Account, client_id: str, *, lifetime_s: int, now_ms: int) -> Grant:
        self._forget_expired(now_ms)
        grant = Grant(account, client_id, new_token(), new_token(), now_ms, lifetime_s)
        self.put(grant)
        return grant

    def put(self, grant: Grant, *, is_access_alive: bool = True, is_refresh_alive: bool = True) -> None:
        if is_access_alive:
            self._by_access[grant.access_token] = grant
        if is_refresh_alive:
            self._by_refresh[grant.refresh_token] = grant
        else:
            heappush(self._rotated, (grant.expires_ms, grant.access_token, grant))
        self.changed[grant.access_token] = grant

    def is_access_alive(self, grant: Grant) -> bool:
        return grant.access_token in self._by_access

    def is_refresh_alive(self, grant: Grant) -> bool:
        return grant.refresh_token in self._by_refresh

    def account_of(self, access_token: str, now_ms: int) -> Account | None:
        """Return the account of an access token; None when the token is unknown, expired or revoked."""
        grant = self._by_access.get(access_token)
        if grant is None or now_ms >= grant.expires_ms:
            return None
        return grant.account

    def owner_of(self, token: str) -> Account | None:
        """Return the account of an access or refresh token, expired or not; None when it is unknown or revoked."""
        grant = self._by_access.get(token) or self._by_refresh.get(token)
        return grant.account if grant else None

    def refresh(self, refresh_token: str, client_id: str, *, lifetime_s: int, now_ms: int) -> Grant | None:
        """Use a refresh token and return a new pair; None when it is unknown, used or of another app.

        The old access token stays valid until it expires.
        """
        old = self._by_refresh.get(refresh_token)
        if old is None or old.client_id != client_id:
            return None
        del self._by_refresh[refresh_token]
        heappush(self._rotated, (old.expires_ms, old.access_token, old))
        self.changed[old.access_token] = old
        return self.issue(old.account, client_id, lifetime_s=lifetime_s, now_ms=now_ms)

    def revoke(self, token: str) -> None:
        """Revoke the pair of this access or refresh token. An unknown token changes nothing."""
        grant = self._by_access.get(token) or self._by_refresh.get(token)
        if grant is None:
            return
        self._by_access.pop(grant.access_token, None)
        self._by_refresh.pop(grant.refresh_token, None)
        self.changed[grant.access_token] = grant

    def end_all(self, account: Account, *, with_refresh: bool) -> None:
        """Revoke all access tokens of an account, and its refresh tokens if asked."""
        grants = [*self._by_access.values(), *self._by_refresh.values()]
        self.changed.update({grant.access_token: grant for grant in grants if grant.account is account})
        self._by_access = {token: g for token, g in self._by_access.items() if g.account is not account}
        if with_refresh:
            self._by_refresh = {token: g for token, g in self._by_refresh.items() if g.account is not account}

    def _forget_expired(self, now_ms: int) -> None:
        """Drop rotated access tokens that have expired. Without this, a long run keeps them all."""
        while self._rotated and self._rotated[0][0] <= now_ms:
            grant = heappop(self._rotated)[-1]
            self._by_access.pop(grant.access_token, None)
            self.changed[grant.access_token] = grant
