"""Sessions of browsers over HTTP."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from chassis.http.examples import examples
from lists_api.http.schemas.strict import ResponseModel, StrictModel
from lists_api.sessions.session import Login

MAX_CODE: Final = 256


class LoginLinkOut(ResponseModel):
    """A one-time link for a browser."""

    model_config = examples(
        {
            "url": "https://lists.example.org/login#7Wn0d8mQ3mYdN5x1kq0b2hVZx3cJ4gk8R1uO2aT6eLs",
            "expires_at": "2026-11-20T18:14:05Z",
        }
    )

    url: str
    """Who opens it first is logged in as you. The code after `#` is sent to no server before it is used."""
    expires_at: datetime


class CodeIn(StrictModel):
    """The code of a one-time link."""

    model_config = examples({"code": "7Wn0d8mQ3mYdN5x1kq0b2hVZx3cJ4gk8R1uO2aT6eLs"})

    code: Annotated[str, Field(min_length=1, max_length=MAX_CODE)]


class SessionOut(ResponseModel):
    """The session of this browser."""

    model_config = examples({"user_id": "ada", "login": "link", "expires_at": "2026-12-20T18:04:05Z"})

    user_id: str
    login: Login
    """How it began."""
    expires_at: datetime
    """When the browser has to log in again, at the latest."""
