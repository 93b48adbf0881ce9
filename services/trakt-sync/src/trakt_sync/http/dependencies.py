"""What routes take from a request and from the application."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from chassis.http.auth import BEARER, current_user
from chassis.http.problem_kinds import ANYWHERE, documented
from chassis.postgres.database import Pool
from trakt_sync.logins.authorization import AuthorizationLogins
from trakt_sync.logins.device import DeviceLogins
from trakt_sync.logins.logout import Logout
from trakt_sync.mirroring.policy import Policy
from trakt_sync.settings import HttpSettings

PREFIX = "/api/trakt"


def users_router(tag: str) -> APIRouter:
    """Return a router whose routes need a token."""
    return APIRouter(prefix=PREFIX, tags=[tag], dependencies=[Depends(BEARER)], responses=documented(*ANYWHERE))


async def database(request: Request) -> Pool:
    """Return what the application was built with. A plain function would cost a thread per request."""
    pool: Pool = request.app.state.pool
    return pool


async def device_logins(request: Request) -> DeviceLogins:
    logins: DeviceLogins = request.app.state.device_logins
    return logins


async def authorization_logins(request: Request) -> AuthorizationLogins:
    logins: AuthorizationLogins = request.app.state.authorization_logins
    return logins


async def logout_of(request: Request) -> Logout:
    logout: Logout = request.app.state.logout
    return logout


async def waits(request: Request) -> Policy:
    """Return how long mirroring waits for what."""
    policy: Policy = request.app.state.policy
    return policy


async def wake_of(request: Request) -> Callable[[], None]:
    """Return what wakes the workers and the relay."""
    wake: Callable[[], None] = request.app.state.wake
    return wake


async def settings_of(request: Request) -> HttpSettings:
    settings: HttpSettings = request.app.state.settings
    return settings


Caller = Annotated[str, Depends(current_user)]
Database = Annotated[Pool, Depends(database)]
Devices = Annotated[DeviceLogins, Depends(device_logins)]
Authorizations = Annotated[AuthorizationLogins, Depends(authorization_logins)]
LogoutOf = Annotated[Logout, Depends(logout_of)]
Waits = Annotated[Policy, Depends(waits)]
ServerSettings = Annotated[HttpSettings, Depends(settings_of)]
Wake = Annotated[Callable[[], None], Depends(wake_of)]
