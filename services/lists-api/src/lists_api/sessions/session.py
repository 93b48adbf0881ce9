"""A browser's session, as it is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import SecretStr

Login = Literal["link", "oidc"]
"""How a session began: by a one-time link, or at the identity provider."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a browser's cookie stands for.

    Args:
        token: the access token, as the APIs take it.
        token_expires_at: when the token ends; a link's session ends with it.
        refresh_token: None: the provider gave none, or there is no provider.
        expires_at: when the browser has to log in again at the latest.
    """

    user_id: str
    login: Login
    token: SecretStr
    token_expires_at: datetime
    refresh_token: SecretStr | None
    expires_at: datetime
