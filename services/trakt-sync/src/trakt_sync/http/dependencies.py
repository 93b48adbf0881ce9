"""What routes take from a request and from the application."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from chassis.http.auth import BEARER, current_user
from chassis.http.problem_kinds import ANYWHERE, documented
from chassis.postgres.database import Pool
from trakt_sync.logins.device import DeviceLogins

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


Caller = Annotated[str, Depends(current_user)]
Database = Annotated[Pool, Depends(database)]
Devices = Annotated[DeviceLogins, Depends(device_logins)]
