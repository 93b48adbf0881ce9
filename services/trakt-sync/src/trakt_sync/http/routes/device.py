"""Logging in by device code: the user enters a code at Trakt, and the page here sees when it is done."""

from chassis.http.problem_kinds import NotFound, documented
from trakt_sync.errors import TraktError
from trakt_sync.http.dependencies import Caller, Devices, users_router
from trakt_sync.http.problems import ASKS_TRAKT, NoLoginError, as_problem
from trakt_sync.http.schemas.logins import DeviceLoginOut

router = users_router("login")


@router.post("/device", responses=documented(*ASKS_TRAKT))
async def begin_device_login(user_id: Caller, devices: Devices) -> DeviceLoginOut:
    """Begin a login, or read the one that is open: show its code and its address to the user.

    From then on the server asks Trakt by itself.
    """
    try:
        login = await devices.begin(user_id)
    except TraktError as error:
        raise as_problem(error) from error
    return DeviceLoginOut.of(login, devices.now())


@router.get("/device", responses=documented(NotFound))
async def read_device_login(user_id: Caller, devices: Devices) -> DeviceLoginOut:
    """Read what has become of one's last login. It is kept for a day."""
    login = await devices.read(user_id)
    if login is None:
        raise NoLoginError
    return DeviceLoginOut.of(login, devices.now())
